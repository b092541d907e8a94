"""Ranks over years: who passes whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.ticker import MaxNLocator

from influence.figures._frames import checked, in_order, looks_of, one_each
from influence.figures.look import FAINT, INK, QUIET, facets, label_ends, settle, style
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def rank_flow(
    frame: pd.DataFrame,
    *,
    x: str = "year",
    series: str = "actor",
    value: str = "value",
    highlight: Sequence[Any] | None = None,
    top: int | None = None,
    ascending: bool = False,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    label_all: bool = False,
    unit: str = "rank (1 = highest)",
    width: str = "double",
    height: float = 90,
    ax: Any = None,
) -> Figure:
    """Ranks over years; chosen series in colour, the others faint.

    Those who tie stand together at the mean of their ranks, in a ring that says how many they are.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy: one row a series and x. A missing value has no rank and breaks the line.
    x, series, value : str
        Columns. Ranks are made here, of `value` within each x, over all series of the frame.
    highlight : sequence, optional
        Drawn in colour, in this order of looks. Default: the first five of the last year.
    top : int, optional
        Draw only the first ranks; who falls lower leaves the picture. Default: all.
    ascending : bool, default False
        Whether the smallest value is first.
    names : mapping, optional
        Series → what is printed.
    looks : mapping, optional
        As from `series_looks`, for the highlighted.
    label_all : bool, default False
        Name the faint ones too.
    unit : str
        Of the axis.
    width : {"double", "single"}
    height : float, default 90
        Millimetres.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": [2001, 2002] * 2, "actor": list("AABB"), "value": [1.0, 2, 3, 2]})
    >>> figure = rank_flow(frame)
    >>> [line.get_ydata().tolist() for line in figure.axes[0].lines[:2]]
    [[2.0, 1.5], [1.0, 1.5]]
    """
    frame = checked(frame, "rank_flow", x, series, value)
    one_each(frame, "rank_flow", [series, x])
    frame = frame.dropna(subset=[x, series])
    ranks = frame.pivot(index=x, columns=series, values=value).rank(axis=1, ascending=ascending, method="average")
    ranks = ranks[in_order(frame[series], None)]
    width = fitted(width)
    depth = int(top or ranks.notna().sum(axis=1).max())
    if highlight is None:
        highlight = list(ranks.iloc[-1].dropna().sort_values(kind="stable").index[:5])
    bright = in_order(ranks.columns, highlight)
    seen = looks_of(bright, looks)
    faint = [name for name in ranks if name not in seen]
    with style():
        figure, (place, *_) = facets(1, columns=1, width=width, height=height, axes=ax)
        for name in faint:
            place.plot(ranks.index, ranks[name], color=FAINT, linewidth=0.8, marker=".", markersize=3, zorder=1)
        for name in bright:
            place.plot(ranks.index, ranks[name], **seen[name], markeredgecolor="white", markeredgewidth=0.4, zorder=3)
        _ties(place, ranks, bright, depth)
        place.set_ylim(depth + 0.5, 0.5)
        place.margins(x=0.03)
        place.xaxis.set_major_locator(MaxNLocator(nbins=12 if width != "single" else 5, integer=True))
        place.set_yticks(range(1, depth + 1) if depth <= 15 else [1, *range(5, depth + 1, 5)])
        place.set_ylabel(unit)
        settle(figure)
        ends = {}
        for name in [*bright, *(faint if label_all else [])]:
            known = ranks[name].dropna()
            if len(known) and known.iloc[-1] < depth + 0.5:
                ends[name] = (known.index[-1], known.iloc[-1])
        dull: dict[Any, Any] = {name: {"color": QUIET} for name in faint}
        label_ends(place, ends, {**dull, **seen}, names=names, fontsize=7 if len(ends) <= 20 else 6)
    return figure


def _ties(ax: Any, ranks: pd.DataFrame, bright: Sequence[Any], depth: int) -> None:
    for when, row in ranks.iterrows():
        for rank, held in row.dropna().groupby(row.dropna()):
            if len(held) < 2 or rank >= depth + 0.5:
                continue
            shown = any(name in held.index for name in bright)
            ax.plot(
                [when],
                [rank],
                marker="o",
                markersize=8 if len(held) < 10 else 9.5,
                markerfacecolor="white",
                markeredgecolor=INK if shown else QUIET,
                markeredgewidth=0.7,
                zorder=4,
                label="_tie",
            )
            ax.annotate(
                str(len(held)),
                (when, rank),
                ha="center",
                va="center_baseline",
                fontsize=6,
                zorder=5,
                color=INK if shown else QUIET,
            )
