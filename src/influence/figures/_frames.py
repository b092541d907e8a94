"""What every drawing asks of its frame: columns that are there, an order, and names to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from influence.figures.look import QUIET, series_looks
from influence.tables.write import round_significant


def checked(frame: pd.DataFrame, drawing: str, *columns: str | None) -> pd.DataFrame:
    """The frame as it is drawn: with rows, with every column that is drawn, rounded as everything that is written.

    The last bits of a float differ between processors; rounded, the same picture comes out of all of them.

    Raises
    ------
    ValueError
        Names the drawing, what is missing and what is there.
    """
    lost = [c for c in columns if c is not None and c not in frame]
    if lost:
        raise ValueError(f"{drawing}: no column {', '.join(lost)}; the frame has {', '.join(map(str, frame.columns))}")
    if frame.empty:
        raise ValueError(f"{drawing}: the frame has no rows, there is nothing to draw")
    return round_significant(frame)


def one_each(frame: pd.DataFrame, drawing: str, keys: Sequence[str]) -> None:
    """Refuse a frame with two rows for one place in the drawing."""
    twice = frame[frame.duplicated(list(keys), keep=False)]
    if len(twice):
        where = ", ".join(f"{k}={v}" for k, v in twice.iloc[0][list(keys)].items())
        raise ValueError(f"{drawing}: {len(twice)} rows share their {', '.join(keys)}, the first at {where}")


def in_order(values: Iterable[Any], order: Sequence[Any] | None, *, keep: bool = False) -> list[Any]:
    """What is drawn, in which order: `order` chooses too; without it, order of appearance.

    With `keep`, what stands in `order` has its place even if there is nothing to draw.
    """
    there = list(dict.fromkeys(v for v in values if not pd.isna(v)))
    if order is None:
        return there
    return list(order) if keep else [v for v in order if v in there]


def looks_of(names: Sequence[str], looks: Mapping[str, Mapping[str, Any]] | None) -> dict[str, dict[str, Any]]:
    """The looks given, with quiet grey for who has none; without any, those of `series_looks`."""
    if looks is None:
        return series_looks(names)
    grey = {"color": QUIET, "marker": "o", "linestyle": "-"}
    return {n: {**grey, **looks.get(n, {})} for n in names}


def said(key: Any, names: Mapping[Any, str] | None) -> str:
    """What is printed for a key."""
    return str((names or {}).get(key, key))
