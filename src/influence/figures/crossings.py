"""Two partners of each state: who is the larger, and from when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patheffects import withStroke

from influence.figures._frames import checked, said
from influence.figures.lines import trajectories
from influence.figures.look import INK, series_looks, settle, style, tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def crossover_lines(
    frame: pd.DataFrame,
    *,
    pair: tuple[Any, Any],
    unit: str,
    x: str = "year",
    y: str = "share",
    series: str = "partner",
    panel: str | None = "state",
    panels: Sequence[Any] | None = None,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    columns: int = 2,
    width: str = "double",
    height: float = 48,
    ax: Any = None,
) -> Figure:
    """Two lines a state, the stretch between them in the tint of the larger, a ring where they cross.

    The ring stands where straight lines between two years meet; the year beside it is the first with the new order. A
    missing year breaks lines and tint, and across it no crossing is drawn.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy: one row a state, partner and year.
    pair : (first, second)
        The two partners.
    unit : str
        What the values count.
    x, y, series, panel : str
        Columns; ``panel=None`` for one state.
    panels : sequence, optional
        Which states, in which order.
    names, looks : mapping, optional
        As in `trajectories`.
    columns : int, default 2
    width : {"double", "single"}
    height : float, default 48
        Millimetres a row of panels.
    ax : Axes or sequence of Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"state": "KGZ", "partner": ["RUS"] * 2 + ["CHN"] * 2, "year": [2001, 2002] * 2,
    ...                       "share": [0.4, 0.2, 0.1, 0.3]})
    >>> figure = crossover_lines(frame, pair=("RUS", "CHN"), unit="share of trade")
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text().isdigit()]
    ['2002']
    """
    frame = checked(frame, "crossover_lines", x, y, series, panel)
    frame = frame[frame[series].isin(pair)]
    seen = looks or series_looks(list(pair))
    options = {"order": list(pair), "panels": panels, "names": names, "looks": seen, "columns": columns}
    figure = trajectories(
        frame,
        unit=unit,
        x=x,
        y=y,
        series=series,
        panel=panel,
        width=width,
        height=height,
        from_zero=True,
        ax=ax,
        **options,
    )
    axes = figure.axes if ax is None else list(np.ravel(ax))
    parts = [None] if panel is None else list(dict.fromkeys(frame[panel])) if panels is None else list(panels)
    with style():
        for part, place in zip(parts, axes, strict=False):
            own = frame if part is None else frame[frame[panel] == part]
            wide = own.pivot(index=x, columns=series, values=y).reindex(columns=list(pair)).astype(float)
            _between(place, wide, seen, pair)
        settle(figure)
        for part, place in zip(parts, axes, strict=False):
            own = frame if part is None else frame[frame[panel] == part]
            wide = own.pivot(index=x, columns=series, values=y).reindex(columns=list(pair)).astype(float)
            _rings(place, wide)
    return figure


def _between(ax: Axes, wide: pd.DataFrame, seen: Mapping[Any, Mapping[str, Any]], pair: tuple[Any, Any]) -> None:
    whole = wide.reindex(range(int(wide.index.min()), int(wide.index.max()) + 1))  # a missing year is a gap
    first, second = whole[pair[0]], whole[pair[1]]
    for leader, larger in ((pair[0], first > second), (pair[1], second > first)):
        tint = {"color": tone(seen[leader]["color"], 0.22), "linewidth": 0, "interpolate": True, "zorder": 0.8}
        ax.fill_between(whole.index, first, second, where=larger, label=f"_{said(leader, None)}", **tint)


def crossings(wide: pd.DataFrame) -> list[tuple[float, float, int]]:
    """Where the first column and the second change places: x, y and the first whole x with the new order."""
    found = []
    gap = wide.iloc[:, 0] - wide.iloc[:, 1]
    for before, after in zip(wide.index, wide.index[1:], strict=False):
        a, b = gap[before], gap[after]
        if after - before == 1 and np.isfinite([a, b]).all() and a * b < 0:
            share = a / (a - b)
            y = wide.loc[before].iloc[0] * (1 - share) + wide.loc[after].iloc[0] * share
            found.append((float(before + share), float(y), int(after)))
    return found


def _rings(ax: Axes, wide: pd.DataFrame) -> None:
    for x, y, year in crossings(wide.sort_index()):
        ring = {
            "marker": "o",
            "markersize": 7,
            "markerfacecolor": "none",
            "markeredgecolor": INK,
            "markeredgewidth": 0.9,
        }
        ax.plot([x], [y], linestyle="none", label="_crossing", zorder=5, **ring)
        up = y < np.mean(ax.get_ylim())
        ax.annotate(
            str(year),
            (x, y),
            xytext=(0, 9 if up else -9),
            textcoords="offset points",
            fontsize=6.5,
            zorder=5,
            path_effects=[withStroke(linewidth=1.5, foreground="white")],
            ha="center",
            va="center",
            color=INK,
        )
