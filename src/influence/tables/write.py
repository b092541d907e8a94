"""Writing: every number rounded once, every file whole or not at all."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

SIGNIFICANT = 9  # the last bits of a float differ between processors; nine digits do not


def round_significant(frame: pd.DataFrame, digits: int = SIGNIFICANT) -> pd.DataFrame:
    """Round every float column to `digits` significant digits (and −0 to 0), so that processors agree."""
    rounded = frame.copy()
    for column in frame.columns:
        if pd.api.types.is_float_dtype(frame[column]):
            rounded[column] = frame[column].map(lambda v: round_number(v, digits), na_action="ignore")
    return rounded


def write_text(text: str, path: Path | str) -> Path:
    """Write a text file under a temporary name and move it into place: never half a file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        os.chmod(temporary, 0o644)  # mkstemp makes private files
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def write_table(frame: pd.DataFrame, path: Path | str, *, sort: Sequence[str] | None = None) -> Path:
    """Write a table as CSV: UTF-8, ``\\n``, sorted, floats at nine significant digits, atomic.

    Parameters
    ----------
    frame : pandas.DataFrame
        A named index becomes columns.
    path : path
    sort : sequence of str, optional
        Sort by these columns; default: keep the order.
    """
    table = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    if sort:
        table = table.sort_values(list(sort), kind="stable")
    table = round_significant(table)
    for column in table.columns:
        if pd.api.types.is_bool_dtype(table[column]):
            table[column] = table[column].map({True: "true", False: "false"})
    return write_text(table.to_csv(index=False, lineterminator="\n", float_format=f"%.{SIGNIFICANT}g"), path)


def round_number(value: float, digits: int = SIGNIFICANT) -> float:
    """A number at `digits` significant digits; −0 becomes 0."""
    if not math.isfinite(value) or value == 0:
        return value + 0.0
    return float(f"{value:.{digits}g}") + 0.0
