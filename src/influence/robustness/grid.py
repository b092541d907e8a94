"""The grid of a specification curve: which choices there are, their options, and a reason for each."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from influence.errors import DataError, Problem

CLASSES = ("primary", "reasonable", "stress")
COLUMNS = ("choice", "option", "weight_class", "reason")
# Columns of a curve's table beside the choices.
OWN = ("value", "rank", "primary", "weight_class", "weight", "reason")


@dataclass(frozen=True)
class Option:
    """One way to settle a choice."""

    name: str
    value: Any
    weight_class: str
    reason: str


@dataclass(frozen=True)
class Grid:
    """Choices with their options, in an order of its own: by name, the primary option first, stress last.

    Attributes
    ----------
    choices : dict of str to tuple of Option
    """

    choices: dict[str, tuple[Option, ...]]

    def __iter__(self) -> Iterator[tuple[Option, ...]]:
        """All specifications, the primary one first."""
        return itertools.product(*self.choices.values())

    def __len__(self) -> int:
        return math.prod(len(options) for options in self.choices.values())

    @property
    def frame(self) -> pd.DataFrame:
        """One row an option."""
        return pd.DataFrame(
            [
                (choice, o.name, json.dumps(o.value, ensure_ascii=False), o.weight_class, o.reason)
                for choice, options in self.choices.items()
                for o in options
            ],
            columns=["choice", "option", "value", "weight_class", "reason"],
        )

    def without_stress(self) -> Grid:
        kept = {c: tuple(o for o in options if o.weight_class != "stress") for c, options in self.choices.items()}
        return Grid(kept)


def class_of(specification: tuple[Option, ...]) -> str:
    """A specification is as far from the primary one as its farthest option."""
    return max((o.weight_class for o in specification), key=CLASSES.index)


def read_grid(grid: pd.DataFrame | Path | str | Grid) -> Grid:
    """Read and check a grid.

    Parameters
    ----------
    grid : pandas.DataFrame or path of a CSV
        One row an option: choice, option, value (JSON; plain text stands for itself, an empty cell for the option's
        name), weight_class (primary, reasonable or stress), reason. Exactly one option of a choice is primary.

    Returns
    -------
    Grid
        The same for any order of the rows.

    Raises
    ------
    DataError
        All that is wrong at once.

    Examples
    --------
    >>> import pandas as pd
    >>> grid = read_grid(pd.DataFrame({
    ...     "choice": ["trade", "trade"], "option": ["BACI", "COW"], "value": ['"baci"', '"cow_trade_v4"'],
    ...     "weight_class": ["primary", "reasonable"], "reason": ["reconciled by its producer", "longer in use"]}))
    >>> len(grid), grid.choices["trade"][0].value
    (2, 'baci')
    """
    if isinstance(grid, Grid):
        return grid
    if isinstance(grid, pd.DataFrame):
        file, table = "grid", grid.reset_index(drop=True)
    else:
        # As text: an integer must not become a float because another cell is empty.
        file, table = Path(grid).name, pd.read_csv(grid, dtype=str, keep_default_na=False)
    lost = [c for c in COLUMNS if c not in table]
    if lost:
        raise DataError([Problem(file, None, c, None, "this column is missing") for c in lost])
    problems: list[Problem] = []
    choices: dict[str, list[Option]] = {}
    for row, cells in enumerate(table.to_dict("records"), start=2):
        told = {c: _text(cells[c]) for c in COLUMNS}
        for column in COLUMNS:
            if not told[column]:
                problems.append(Problem(file, row, column, "", "must not be empty"))
        if told["choice"] in OWN:
            problems.append(Problem(file, row, "choice", told["choice"], f"must not be one of {', '.join(OWN)}"))
        if told["weight_class"] and told["weight_class"] not in CLASSES:
            problems.append(
                Problem(file, row, "weight_class", told["weight_class"], f"must be one of {', '.join(CLASSES)}")
            )
        try:
            value = _value(cells.get("value"), told["option"])
        except ValueError as why:
            problems.append(Problem(file, row, "value", str(cells["value"]), f"must be JSON: {why}"))
            continue
        options = choices.setdefault(told["choice"], [])
        same = [o.name for o in options if o.name == told["option"] or _key(o.value) == _key(value)]
        if same:
            problems.append(
                Problem(file, row, "option", told["option"], f"is the same as {same[0]}: an option would count twice")
            )
        options.append(Option(told["option"], value, told["weight_class"], told["reason"]))
    for choice, options in choices.items():
        first = [o.name for o in options if o.weight_class == "primary"]
        if choice and len(first) != 1:
            found = ", ".join(first) or "none"
            problems.append(Problem(file, None, "weight_class", found, f"{choice}: exactly one option is primary"))
    if problems or not choices:
        raise DataError(problems or [Problem(file, None, None, None, "has no row")])
    order = {name: k for k, name in enumerate(CLASSES)}
    return Grid({c: tuple(sorted(choices[c], key=lambda o: (order[o.weight_class], o.name))) for c in sorted(choices)})


def _text(cell: Any) -> str:
    return "" if cell is None or (isinstance(cell, float) and math.isnan(cell)) else str(cell).strip()


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _value(cell: Any, option: str) -> Any:
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, float) and not math.isnan(cell):
        return int(cell) if cell.is_integer() else cell  # an empty cell elsewhere makes floats of a column of integers
    if isinstance(cell, (list, tuple, dict, bool, int)):
        return list(cell) if isinstance(cell, tuple) else cell
    text = _text(cell)
    if not text:
        return option
    try:
        return json.loads(text)
    except ValueError:
        if text[0] in '[{"':
            raise
        return text
