"""Values and ranks with what doubt leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from influence.figures._frames import checked, in_order, looks_of, one_each, said
from influence.figures.look import FAINT, INK, QUIET, canvas, plain, root, style
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def interval_ranks(
    frame: pd.DataFrame,
    *,
    unit: str,
    actor: str = "actor",
    value: str = "estimate",
    low: str = "low",
    high: str = "high",
    rank: str | None = "rank",
    rank_low: str = "rank_low",
    rank_high: str = "rank_high",
    order: Sequence[Any] | None = None,
    top: int | None = None,
    highlight: Sequence[Any] = (),
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    names: Mapping[Any, str] | None = None,
    log: bool = False,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """A row an actor: its value with an interval, and beside it the ranks that it may have.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an actor, such as `influence.robustness.intervals` gives for one metric, layer and year. Without an
        interval only the dot is drawn; without a value the row says so.
    unit : str
        What the values count.
    actor, value, low, high : str
        Columns.
    rank, rank_low, rank_high : str
        Columns of ranks, 1 the highest. ``rank=None``: no ranks.
    order : sequence, optional
        Which actors, from the top. Default: by value, the highest first.
    top : int, optional
        Only so many.
    highlight : sequence, optional
        Actors with a look of their own.
    looks : mapping, optional
        As from `series_looks`, for the highlighted.
    names : mapping, optional
        Actor → what is printed.
    log : bool, default False
        A logarithmic axis of values.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of actors.
    ax : Axes or (Axes, Axes), optional
        One for the values and, with ranks, one for these.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"actor": ["KAZ", "RUS"], "estimate": [2.0, 3.0], "low": [1.0, 2.5], "high": [2.5, 4.0],
    ...                       "rank": [2, 1], "rank_low": [1, 1], "rank_high": [2, 2]})
    >>> figure = interval_ranks(frame, unit="ties")
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['RUS', 'KAZ']
    """
    ranked = (rank, rank_low, rank_high) if rank else ()
    frame = checked(frame, "interval_ranks", actor, value, low, high, *ranked)
    one_each(frame, "interval_ranks", [actor])
    if order is None:
        frame = frame.sort_values(value, ascending=False, kind="stable", na_position="last")
    shown = in_order(frame[actor], order)[:top]
    rows = frame.set_index(actor).loc[shown]
    if log and (rows[[value, low, high]] <= 0).to_numpy().any():
        raise ValueError("interval_ranks: a logarithmic axis has no place for values ≤ 0")
    seen = looks_of([a for a in shown if a in set(highlight)], looks)
    width = fitted(width)
    with style():
        if ax is None:
            size = height or 16 + 4.2 * len(rows)
            sides = {"width_ratios": [3, 2], "sharey": True} if rank else {}
            figure, made = canvas(width, size, columns=2 if rank else 1, **sides)
        else:
            made = ax
            figure = root(np.ravel(made)[0])
        places = list(np.ravel(made))
        _intervals(places[0], rows[[value, low, high]], seen)
        if log:
            places[0].set_xscale("log")
            places[0].xaxis.set_major_locator(LogLocator(numticks=6))
            places[0].xaxis.set_minor_formatter(NullFormatter())
        else:
            places[0].xaxis.set_major_locator(MaxNLocator(nbins=6 if width != "single" else 3))
        places[0].xaxis.set_major_formatter(FuncFormatter(plain))
        places[0].set_xlabel(unit)
        if rank:
            _intervals(places[1], rows[[rank, rank_low, rank_high]], seen)
            places[1].xaxis.set_major_locator(
                MaxNLocator(nbins=6 if width != "single" else 4, integer=True, min_n_ticks=2)
            )
            deepest = float(rows[[rank, rank_low, rank_high]].max(axis=None))
            places[1].set_xlim(max(deepest, 2.0) + 0.5, 0.5)  # the first rank on the side of the large values
            places[1].set_xlabel("rank (1 = highest)")
            places[1].tick_params(labelleft=False)
        for place in places:
            place.set_yticks(range(len(rows)), [said(a, names) for a in shown])
            place.set_ylim(len(rows) - 0.4, -0.6)
            place.tick_params(axis="y", length=0)
            place.spines["left"].set_visible(False)
    return figure


def _intervals(ax: Axes, rows: pd.DataFrame, seen: Mapping[Any, Mapping[str, Any]]) -> None:
    """A bar from low to high and a mark at the value, row by row; columns value, low, high."""
    for y, (name, (value, low, high)) in enumerate(rows.astype(float).iterrows()):
        look = seen.get(name, {"color": QUIET, "marker": "o"})
        ax.axhline(y, color=FAINT, linewidth=0.4, zorder=0.5)
        if np.isfinite([low, high]).all():
            ax.plot([low, high], [y, y], color=look["color"], linewidth=2.2, solid_capstyle="butt", zorder=2, label="_")
        if np.isfinite(value):
            mark = {"marker": look["marker"], "markersize": 4.6, "markeredgecolor": "white", "markeredgewidth": 0.7}
            ax.plot([value], [y], color=look["color"], linestyle="none", zorder=3, label="_", **mark)
        else:
            where = {"xycoords": ax.get_yaxis_transform(), "va": "center", "fontsize": 6, "color": INK}
            ax.annotate("no value", (0.01, y), **where)
