"""What stands along the sides of a matrix: names that do not touch, and groups of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.figures._frames import said
from influence.figures.look import QUIET

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def thin_ticks(ax: Axes) -> None:
    """Leave out years below a matrix until the rest do not touch. Call `look.settle` before."""
    labels, ticks = ax.get_xticklabels(), list(ax.get_xticks())
    room = ax.get_window_extent().width / max(len(ticks), 1)
    need = max((label.get_window_extent().width for label in labels), default=0) + 3
    step = max(1, int(np.ceil(need / room)))
    ax.set_xticks(ticks[::step], [label.get_text() for label in labels][::step])


def turn_if_touching(ax: Axes, angle: float = 90) -> None:
    """Turn the names of columns, upright or by less, if they touch. Call `look.settle` before."""
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    if any(left.x1 + 3 > right.x0 for left, right in zip(boxes, boxes[1:], strict=False)):
        ax.tick_params(axis="x", labelrotation=angle)
        if angle < 90:
            for label in ax.get_xticklabels():
                label.set(rotation_mode="anchor", ha="left")


def part_groups(
    ax: Axes,
    rows: Sequence[Any],
    groups: Mapping[Any, Any] | pd.Series | None,
    names: Mapping[Any, str] | None,
) -> None:
    """A line between groups of rows, the name of each group at the right of its rows."""
    if groups is None:
        return
    of = [groups.get(r) for r in rows]
    first = 0
    for k in range(1, len(rows) + 1):
        if k < len(rows) and of[k] == of[first]:
            continue
        if k < len(rows):
            ax.axhline(k - 0.5, color=QUIET, linewidth=0.8)
        ax.annotate(
            said(of[first], names),
            (1.01, (first + k - 1) / 2),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=7,
            color=QUIET,
            annotation_clip=False,
        )
        first = k
