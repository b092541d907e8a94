"""A result over years before the outcomes that a rule fixed in advance: where would it have to lie?"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from influence.figures._frames import checked, one_each
from influence.figures.look import COLOURS, INK, QUIET, facets, in_points, plain, settle, spread, style, tone
from influence.figures.presets import fitted, fitted_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def claim_years(
    frame: pd.DataFrame,
    parts: Sequence[Mapping[str, Any]],
    *,
    columns: int = 2,
    width: str = "double",
    height: float = 52,
    ax: Any = None,
) -> Figure:
    """Each part of a claim over years, with its interval, before the outcomes of its rule.

    The outcome in which the claim is supported is tinted; its bounds are dashed; every outcome is named at the right.

    Parameters
    ----------
    frame : pandas.DataFrame
        part, year, value, low, high.
    parts : sequence of mapping
        Parts of the rule: id, quantity, unit, outcomes (from, to, verdict, label). Parts without a year in `frame`
        are left out.
    columns : int, default 2
        Panels side by side.
    width : {"double", "single"}
    height : float, default 52
        Millimetres a row of panels.
    ax : Axes or sequence of Axes, optional
        Draw there, one a part.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"part": "a", "year": [2001, 2002], "value": [0.1, 0.6], "low": 0.0, "high": 0.9})
    >>> rule = {"id": "a", "quantity": "log ratio", "unit": "log ratio", "outcomes": [
    ...     {"from": None, "to": 0.4, "verdict": "supported", "label": "parity"},
    ...     {"from": 0.4, "to": None, "verdict": "contradicted", "label": "lead"}]}
    >>> figure = claim_years(frame, [rule])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['parity', 'lead']
    """
    frame = checked(frame, "claim_years", "part", "year", "value", "low", "high")
    one_each(frame, "claim_years", ["part", "year"])
    shown = [p for p in parts if (frame["part"] == p["id"]).any()]
    if not shown:
        raise ValueError("claim_years: no part of the rule has a year in the frame")
    columns, width = fitted_columns(columns, width), fitted(width)
    with style():
        figure, axes = facets(len(shown), columns=columns, width=width, height=height, axes=ax)
        for part, place in zip(shown, axes, strict=True):
            own = frame[frame["part"] == part["id"]].sort_values("year")
            _line(place, own)
            _bounds(place, part["outcomes"], own)
            place.set_ylabel(part["unit"])
            place.yaxis.set_major_formatter(FuncFormatter(plain))
            place.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
            place.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
        settle(figure)
        for part, place in zip(shown, axes, strict=True):
            letters = int(in_points(place)[0] / 4.1)
            place.set_title("\n".join(textwrap.wrap(f"{part['id']}. {part['quantity']}", max(24, letters))), fontsize=7)
        settle(figure)
        for part, place in zip(shown, axes, strict=True):
            _named(place, part["outcomes"])
    return figure


def _line(ax: Axes, own: pd.DataFrame) -> None:
    ax.fill_between(own["year"], own["low"], own["high"], color=tone(COLOURS[0], 0.35), linewidth=0, label="_interval")
    ax.plot(own["year"], own["value"], color=COLOURS[0], marker="o", markeredgecolor="white", markeredgewidth=0.4)


def _bounds(ax: Axes, outcomes: Sequence[Mapping[str, Any]], own: pd.DataFrame) -> None:
    """The axis reaches a little beyond the data and beyond every bound, so that each outcome has room for its name."""
    bounds = [cell["to"] for cell in outcomes if cell["to"] is not None]
    seen = [*own[["value", "low", "high"]].to_numpy().ravel()]
    known = [v for v in [*seen, *bounds] if not np.isnan(v)]
    low, high = min(known), max(known)
    room = 0.18 * ((high - low) or 1.0)
    ax.set_ylim(low - room, high + room)
    bottom, top = ax.get_ylim()
    for cell in outcomes:
        if cell["verdict"] == "supported":
            ends = (bottom if cell["from"] is None else cell["from"], top if cell["to"] is None else cell["to"])
            ax.axhspan(*ends, facecolor=tone(COLOURS[5], 0.22), linewidth=0, zorder=0.1)
    for bound in bounds:
        ax.axhline(bound, color=QUIET, linewidth=0.7, linestyle=(0, (4, 2)), zorder=0.5)
    ax.margins(x=0.04)


def _named(ax: Axes, outcomes: Sequence[Mapping[str, Any]]) -> None:
    bottom, top = ax.get_ylim()
    middle = [
        (max(bottom, bottom if c["from"] is None else c["from"]) + min(top, top if c["to"] is None else c["to"])) / 2
        for c in outcomes
    ]
    tall = in_points(ax)[1]
    texts = ["\n".join(textwrap.wrap(str(c["label"]), 20)) for c in outcomes]
    lines = max(t.count("\n") + 1 for t in texts)
    gap = (2 + 8 * lines) / tall
    heights = spread([(m - bottom) / (top - bottom) for m in middle], gap, gap / 2, 1 - gap / 2)
    for cell, text, y in zip(outcomes, texts, heights, strict=True):
        weight = "bold" if cell["verdict"] == "supported" else "normal"
        ax.annotate(text, (1, y), xytext=(4, 0), xycoords="axes fraction", textcoords="offset points", va="center",
                    fontsize=6.5, color=INK, fontweight=weight, linespacing=1.05, annotation_clip=False)  # fmt: skip
