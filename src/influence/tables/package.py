"""Reading the tables of a data package, typed by its `datapackage.json`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from influence._paths import data_dir
from influence.errors import DataError, Problem


def descriptor(folder: Path | str | None = None) -> dict[str, Any]:
    """The parsed `datapackage.json` of a folder (default: the bundled one)."""
    path = Path(folder or data_dir()) / "datapackage.json"
    if not path.is_file():
        raise DataError([Problem(path.name, None, None, None, f"there is no such file in {path.parent}")])
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError([Problem(path.name, None, None, None, f"is not JSON in UTF-8: {error}")]) from error


def table_names(folder: Path | str | None = None) -> list[str]:
    """The tables of the package, in its own order."""
    return [resource["name"] for resource in descriptor(folder)["resources"]]


def resource(name: str, folder: Path | str | None = None) -> dict[str, Any]:
    """The descriptor of one table."""
    found = {r["name"]: r for r in descriptor(folder)["resources"]}
    if name not in found:
        raise KeyError(f"no table named {name!r}; there are {', '.join(found)}")
    return found[name]


def read_table(name: str, folder: Path | str | None = None) -> pd.DataFrame:
    """Read a table with the types that the package declares. An empty cell is missing.

    Parameters
    ----------
    name : str
        One of `table_names`.
    folder : path, optional
        Another data package; default: the bundled one.

    Returns
    -------
    pandas.DataFrame
        string → str, integer and year → Int64, number → float, boolean → boolean, date → datetime64[s],
        object and array → parsed JSON.

    Raises
    ------
    DataError
        The file is missing, is not UTF-8, lacks a column, or holds a value of another type.

    Examples
    --------
    >>> from influence.tables import read_table
    >>> read_table("actors").set_index("actor_id").loc["KGZ", "name"]
    'Kyrgyzstan'
    """
    return read_resource(resource(name, folder), Path(folder or data_dir()))


def read_resource(described: dict[str, Any], folder: Path) -> pd.DataFrame:
    """Read the table of one resource descriptor."""
    path = folder / described["path"]
    if not path.is_file():
        raise DataError([Problem(described["path"], None, None, None, "this file is missing")])
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    except UnicodeDecodeError as error:
        raise DataError([encoding_problem(path)]) from error
    except pd.errors.ParserError as error:
        raise DataError([Problem(path.name, None, None, None, f"cannot be read as CSV: {error}")]) from error
    typed: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for field in described["schema"]["fields"]:
        column = field["name"]
        if column not in raw:
            problems.append(Problem(path.name, 1, column, None, "this column is missing"))
            continue
        try:
            typed[column] = _cast(raw[column], field["type"])
        except (ValueError, TypeError):
            problems.extend(_misfits(raw[column], field, path.name))
    if problems:
        raise DataError(problems)
    return pd.DataFrame(typed)


def encoding_problem(path: Path) -> Problem:
    """Which row of a file is not UTF-8."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            cells = line[: error.start].count(b",")
            bad = line[error.start : error.start + 1]
            return Problem(
                path.name, number, f"number {cells + 1}", repr(bad), "this byte is not UTF-8; save the file as UTF-8"
            )
    return Problem(path.name, None, None, None, "is not UTF-8; save the file as UTF-8")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_untouched(described: dict[str, Any], folder: Path) -> bool:
    """Whether a file still has the hash that the package states: then it was validated before it was shipped."""
    path = folder / described["path"]
    return path.is_file() and described.get("hash") == f"sha256:{sha256(path)}"


def _cast(cells: pd.Series, type_: str) -> pd.Series:
    if type_ == "date":
        return pd.to_datetime(cells, format="%Y-%m-%d").astype("datetime64[s]")
    if type_ == "boolean":
        odd = set(cells.dropna()) - {"true", "false"}
        if odd:
            raise ValueError(odd)
        return cells.map({"true": True, "false": False}).astype("boolean")
    if type_ in ("object", "array"):
        return cells.map(json.loads, na_action="ignore")
    if type_ in ("integer", "year"):
        return pd.to_numeric(cells).astype("Int64")
    if type_ == "number":
        return pd.to_numeric(cells).astype("float64")
    return cells.astype("str")


def _misfits(cells: pd.Series, field: dict[str, Any], file: str) -> list[Problem]:
    found = []
    for k, value in cells.dropna().items():
        try:
            _cast(pd.Series([value]), field["type"])
        except (ValueError, TypeError):
            found.append(Problem(file, int(str(k)) + 2, field["name"], str(value), f"must be of type {field['type']}"))
    return found
