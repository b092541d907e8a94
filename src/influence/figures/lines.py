"""Values over years as lines, each named at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from influence.figures._frames import checked, in_order, looks_of, one_each, said
from influence.figures.look import FAINT, QUIET, facets, in_points, label_ends, plain, root, settle, style, tone
from influence.figures.presets import fitted_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def trajectories(
    frame: pd.DataFrame,
    *,
    unit: str,
    x: str = "year",
    y: str = "value",
    series: str = "actor",
    panel: str | None = None,
    low: str | None = None,
    high: str | None = None,
    order: Sequence[Any] | None = None,
    panels: Sequence[Any] | None = None,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    log: bool = False,
    from_zero: bool = False,
    share_y: bool = True,
    events: Sequence[tuple[float, str]] = (),
    columns: int = 2,
    width: str = "double",
    height: float = 55,
    ax: Any = None,
) -> Figure:
    """Lines with a marker at each value and the name of each series at its end.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy: one row a series and x (and panel). A missing value, or year, breaks the line.
    unit : str
        What the values count; stands at the axis.
    x, y, series : str
        Columns.
    panel : str, optional
        A column: one small panel for each of its values.
    low, high : str, optional
        Columns: the ribbon around the line.
    order, panels : sequence, optional
        Which series and panels, and in which order. Default: as they appear.
    names : mapping, optional
        Series or panel → what is printed.
    looks : mapping, optional
        As from `series_looks`; series that are not in it are grey. Default: by order.
    log : bool, default False
        A logarithmic axis; refuses zeros.
    from_zero : bool, default False
        Let the axis begin at zero.
    share_y : bool, default True
        The same scale in all panels.
    events : sequence of (x, text)
        Short marks with a text above the panels.
    columns : int, default 2
        Panels side by side.
    width : {"double", "single"}
    height : float, default 55
        Millimetres a row of panels.
    ax : Axes or sequence of Axes, optional
        Draw there, one a panel.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, two rows share a place, or a value ≤ 0 is to go on a logarithmic axis.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": [2001, 2002] * 2, "actor": list("AABB"), "value": [1.0, 2, 3, 1]})
    >>> figure = trajectories(frame, unit="share of trade")
    >>> [line.get_ydata().tolist() for line in figure.axes[0].lines]
    [[1.0, 2.0], [3.0, 1.0]]
    """
    frame = checked(frame, "trajectories", x, y, series, panel, low, high)
    one_each(frame, "trajectories", [c for c in (panel, series, x) if c])
    shown = in_order(frame[series], order)
    parts = in_order(frame[panel], panels) if panel else [None]
    frame = frame[frame[series].isin(shown)]
    drawn = frame[[c for c in (y, low, high) if c]]
    if log and (drawn <= 0).to_numpy().any():
        raise ValueError("trajectories: a logarithmic axis has no place for values ≤ 0: leave them out or say how")
    seen = looks_of(shown, looks)
    steps = _steps(frame[x])
    columns = fitted_columns(columns, width, len(parts))
    with style():
        figure, axes = facets(
            len(parts), columns=columns, width=width, height=height, axes=ax, sharex=True, sharey=share_y and "all"
        )
        for part, place in zip(parts, axes, strict=True):
            own = frame if part is None else frame[frame[panel] == part]
            for name in shown:
                _line(place, own[own[series] == name], seen[name], x, y, low, high, steps)
        for k, place in enumerate(axes):
            _axes(place, log, from_zero, whole=(drawn.dropna() % 1 == 0).to_numpy().all())
            place.margins(x=0.03)
            if ax is not None or k % columns == 0 or not share_y:
                place.set_ylabel(unit)
            if k + columns >= len(axes):
                place.tick_params(labelbottom=True)
        settle(figure)
        for part, place in zip(parts, axes, strict=True):
            rows = _events(place, events)
            if part is not None:
                place.set_title(said(part, names), pad=4 + 8.5 * rows)
        settle(figure)
        for part, place in zip(parts, axes, strict=True):
            own = (frame if part is None else frame[frame[panel] == part]).dropna(subset=[y]).sort_values(x)
            last = own.drop_duplicates(series, keep="last").set_index(series)
            ends = {name: (last.at[name, x], last.at[name, y]) for name in shown if name in last.index}
            label_ends(place, ends, seen, names=names)
        settle(figure)
        for place in axes:  # as many years as there is room for, now that the names have taken theirs
            room = int(in_points(place)[0] / 28)
            if room < 2:
                place.set_xticks([frame[x].max()])
                continue
            place.xaxis.set_major_locator(MaxNLocator(nbins=room, integer=True))
    return figure


def _line(
    ax: Axes,
    own: pd.DataFrame,
    look: Mapping[str, Any],
    x: str,
    y: str,
    low: str | None,
    high: str | None,
    steps: list[Any],
) -> None:
    if own[y].notna().sum() == 0:
        return
    own = own.set_index(x)
    between = [s for s in steps if own.index.min() <= s <= own.index.max()]
    own = own.reindex(between)  # a year without a row is a gap like a missing value
    if low and high:
        colour = tone(look["color"], 0.3)
        ax.fill_between(
            own.index, own[low], own[high], color=colour, alpha=0.55, linewidth=0, zorder=1.5, label="_ribbon"
        )
    ax.plot(own.index, own[y], **look, markeredgecolor="white", markeredgewidth=0.4, zorder=2.5)


def _steps(values: pd.Series) -> list[Any]:
    """Every place a line passes: whole years are counted through, other places are those that occur."""
    known = np.unique(values.dropna())
    if np.issubdtype(known.dtype, np.number) and (known == np.round(known)).all() and np.ptp(known) < 500:
        return list(range(int(known[0]), int(known[-1]) + 1))
    return list(known)


def _events(ax: Axes, events: Sequence[tuple[float, str]]) -> int:
    """Marks at the top edge, their texts above it in as many rows as keep them apart; how many rows."""
    reach: list[float] = []
    for when, text in sorted(events, reverse=True):
        ax.axvline(when, color=FAINT, linewidth=0.6, zorder=0.5)
        mark = {"transform": ax.get_xaxis_transform(), "color": QUIET, "linewidth": 0.9, "clip_on": False}
        ax.plot([when, when], [0.94, 1.0], label="_event", **mark)
        label = ax.annotate(
            text,
            xy=(when, 1),
            xytext=(2, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=6.5,
            color=QUIET,
            annotation_clip=False,
        )
        # From the last to the first: a text that would run into its right neighbour goes one row up.
        start = float(ax.transData.transform((when, 0))[0]) / root(ax).dpi * 72
        end = start + label.get_window_extent().width / root(ax).dpi * 72
        row = next((k for k, left in enumerate(reach) if end + 6 < left), len(reach))
        if row == len(reach):
            reach.append(start)
        reach[row] = start
        label.set_position((2, 2 + 8.5 * row))
    return len(reach)


def _axes(ax: Axes, log: bool, from_zero: bool, whole: bool) -> None:
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:.0f}"))
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(numticks=8))
        ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        if whole:  # counts have no halves
            ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        if from_zero:
            ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(FuncFormatter(plain))
