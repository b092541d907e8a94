"""Where actors stand: the same places in every layer and year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def stable_positions(
    labels: Iterable[Any],
    groups: pd.Series | Mapping[Any, Any] | None = None,
    *,
    order: Sequence[Any] | None = None,
    gap: float = 1.0,
    start: float = 90.0,
) -> pd.DataFrame:
    """Places on the unit circle, each group in a sector of its own; nothing random, nothing that depends on ties.

    Parameters
    ----------
    labels : iterable
        The actors. Within a group they stand in alphabetical order, clockwise.
    groups : Series or mapping, optional
        Actor → group; who has none comes last. Default: one group.
    order : sequence, optional
        The groups, clockwise. Default: alphabetical.
    gap : float, default 1.0
        Space between groups, counted in actors.
    start : float, default 90.0
        Where the first group begins, in degrees counter-clockwise from the right.

    Returns
    -------
    pandas.DataFrame
        x, y and group by label.

    Examples
    --------
    >>> stable_positions(["RUS", "KAZ"], {"RUS": "Russia", "KAZ": "Central Asia"}, gap=0)[["x", "y"]].round(2) + 0.0
           x    y
    KAZ  1.0  0.0
    RUS -1.0  0.0
    """
    people = sorted(dict.fromkeys(labels), key=str)
    belongs = dict(groups) if groups is not None else {}
    of = {label: belongs.get(label, "") for label in people}
    known = list(order) if order is not None else sorted({g for g in of.values() if g != ""}, key=str)
    parts = [[p for p in people if of[p] == group] for group in known]
    parts.append([p for p in people if of[p] not in known])
    parts = [part for part in parts if part]
    space = gap if len(parts) > 1 else 0.0
    whole = len(people) + space * len(parts)
    rows, place = [], space / 2
    for part in parts:
        for label in part:
            angle = np.deg2rad(start - 360 * (place + 0.5) / whole)
            rows.append((label, float(np.cos(angle)), float(np.sin(angle)), of[label]))
            place += 1
        place += space
    return pd.DataFrame(rows, columns=["label", "x", "y", "group"]).set_index("label").rename_axis(None)
