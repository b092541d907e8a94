"""Validation: what the schema says (by frictionless), then what holds across rows (`checks`)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from influence._paths import data_dir
from influence.errors import DataError, Problem
from influence.tables.checks import cross_row_problems
from influence.tables.package import descriptor, encoding_problem
from influence.tables.sources import read_sources

Progress = Callable[[str], None]

# What frictionless calls an error, said with what is allowed. The rest keeps frictionless' own note.
_SAID = {
    "unique-error": "must be unique",
    "primary-key": "the key stands twice",
}


def validate(folder: Path | str | None = None, *, progress: Progress | None = None) -> None:
    """Check a whole data package; all problems are raised at once.

    Raises
    ------
    DataError
        Listing every problem with file, row, column, value and what is allowed.
    """
    problems = find_problems(folder, progress=progress)
    if problems:
        raise DataError(problems)


def find_problems(folder: Path | str | None = None, *, progress: Progress | None = None) -> list[Problem]:
    """Every problem of a data package, files in the package's order.

    Parameters
    ----------
    folder : path, optional
        Default: the bundled package.
    progress : callable, optional
        Called with the name of each table before it is checked.
    """
    folder = Path(folder or data_dir())
    package = descriptor(folder)
    unreadable = [p for resource in package["resources"] for p in _file_problems(resource, folder)]
    if unreadable:  # a file that cannot be read at all makes every check that refers to it meaningless
        return unreadable
    problems: list[Problem] = []
    for resource in package["resources"]:
        if progress:
            progress(resource["name"])
        problems += _schema_problems(resource, package, folder)
    if not problems:
        problems += cross_row_problems(package, folder, read_sources(folder))
    return problems


def _file_problems(resource: dict[str, Any], folder: Path) -> list[Problem]:
    """The file is there, is UTF-8, and has the columns of the schema."""
    path = folder / resource["path"]
    if not path.is_file():
        return [Problem(resource["path"], None, None, None, "this file is missing")]
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines), [])
            for _ in lines:
                pass
    except UnicodeDecodeError:
        return [encoding_problem(path)]
    wanted = [f["name"] for f in resource["schema"]["fields"]]
    lost = [Problem(path.name, 1, c, None, "this column is missing") for c in wanted if c not in header]
    return lost


def _schema_problems(resource: dict[str, Any], package: dict[str, Any], folder: Path) -> list[Problem]:
    from frictionless import Checklist, Package, Resource

    # Only the tables that this one points to are needed beside it; hashes are not data (see `is_untouched`).
    wanted = {k["reference"]["resource"] for k in resource["schema"].get("foreignKeys", [])} - {"", resource["name"]}
    parts = [resource, *(r for r in package["resources"] if r["name"] in wanted)]
    bare = [{k: v for k, v in part.items() if k not in ("hash", "bytes")} for part in parts]
    for part in bare[1:]:
        part["schema"] = {k: v for k, v in part["schema"].items() if k != "foreignKeys"}
    # A user's table may have columns of its own: the schema is matched by name and extra columns are passed over.
    own = Resource.from_descriptor(_with_own_columns(bare[0], folder))
    whole = Package(resources=[own, *(Resource.from_descriptor(p) for p in bare[1:])], basepath=str(folder))
    report = whole.get_resource(resource["name"]).validate(Checklist())
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    return [_problem(e, resource["path"], fields) for task in report.tasks for e in task.errors]


def _with_own_columns(resource: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The schema in the order of the file's columns, with columns that it does not know as free text."""
    with (folder / resource["path"]).open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines), [])
    known = {f["name"]: f for f in resource["schema"]["fields"]}
    fields = [known.get(column, {"name": column, "type": "any"}) for column in header]
    return {**resource, "schema": {**resource["schema"], "fields": fields}}


def _problem(error: Any, file: str, fields: dict[str, Any]) -> Problem:
    row = getattr(error, "row_number", None)
    column = getattr(error, "field_name", None) or getattr(error, "label", None)
    value = getattr(error, "cell", None)
    cells = getattr(error, "cells", None)
    if error.type == "foreign-key" or error.type == "primary-key":
        names = getattr(error, "field_names", None)
        column = ", ".join(names) if names else column
        value = ", ".join(map(str, getattr(error, "field_cells", None) or cells or []))
    return Problem(file, row, column, None if value is None else str(value), _allowed(error, fields.get(str(column))))


def _allowed(error: Any, field: dict[str, Any] | None) -> str:
    note = _SAID.get(error.type, error.note)
    if not field:
        return note
    limits = field.get("constraints", {})
    said = []
    if error.type == "type-error":
        said.append(f"must be of type {field['type']}")
    if "enum" in limits:
        said.append("must be one of " + ", ".join(map(str, limits["enum"])))
    if "minimum" in limits:
        said.append(f"must be at least {limits['minimum']}")
    if "maximum" in limits:
        said.append(f"must be at most {limits['maximum']}")
    if "pattern" in limits:
        said.append(f"must match {limits['pattern']}")
    if limits.get("required"):
        said.append("must not be empty")
    return "; ".join(said) or note
