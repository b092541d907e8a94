"""The data package: reading, validating and writing its tables.

`datapackage.json` is written by hand and is the one truth for types, keys, ranges and vocabularies.
"""

from influence.tables.package import descriptor, read_table, table_names
from influence.tables.validate import find_problems, validate
from influence.tables.write import write_table

__all__ = ["descriptor", "find_problems", "read_table", "table_names", "validate", "write_table"]
