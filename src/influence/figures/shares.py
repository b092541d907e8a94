"""What a whole is made of, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, PercentFormatter

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures.look import COLOURS, INK, QUIET, facets, label_ends, settle, style, tone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HATCHES = ("", "....", "", "\\\\\\\\", "", "....", "", "\\\\\\\\")


def share_bars(
    frame: pd.DataFrame,
    *,
    x: str = "year",
    part: str = "partner",
    value: str = "share",
    panel: str | None = None,
    order: Sequence[Any] | None = None,
    rest: Sequence[Any] = (),
    remainder: str | None = "not known",
    panels: Sequence[Any] | None = None,
    names: Mapping[Any, str] | None = None,
    colours: Mapping[Any, str] | None = None,
    unit: str = "share of the whole",
    horizontal: bool = False,
    columns: int = 2,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """Stacked shares of 0–1, one bar a year; the rest is hatched and named, never silently closed to 100 %.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy: one row an x and part (and panel), the value a share between 0 and 1.
    x, part, value : str
        Columns.
    panel : str, optional
        A column: one panel for each of its values.
    order : sequence, optional
        The parts from the axis outwards; those of `rest` are put last. Parts left out go to the remainder.
    rest : sequence, optional
        Parts that are hatched in grey, such as the rest of the world.
    remainder : str or None, default "not known"
        The name of what is lacking to 100 %, hatched and white. None: leave it empty.
    panels : sequence, optional
        Which panels, and in which order.
    names : mapping, optional
        Part or panel → what is printed.
    colours : mapping, optional
        Part → colour.
    unit : str
        What the shares are shares of.
    horizontal : bool, default False
        Bars lie; the first x is on top.
    columns : int, default 2
        Panels side by side.
    width : {"double", "single"}
    height : float, optional
        Millimetres a row of panels.
    ax : Axes or sequence of Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        Shares are negative or sum to more than 1.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"year": 2001, "partner": ["RUS", "CHN"], "share": [0.5, 0.25]})
    >>> figure = share_bars(frame)
    >>> [round(float(bar.get_height()), 2) for bar in figure.axes[0].patches]
    [0.5, 0.25, 0.25]
    """
    frame = checked(frame, "share_bars", x, part, value, panel)
    one_each(frame, "share_bars", [c for c in (panel, x, part) if c])
    last = [r for r in rest if r in set(frame[part])]
    named = [p for p in in_order(frame[part], order) if p not in last]
    if len(named) > len(COLOURS):
        raise ValueError(f"share_bars: {len(named)} parts are more than can be told apart: order= chooses")
    pieces = in_order(frame[panel], panels) if panel else [None]
    looks = {
        p: {"facecolor": (colours or {}).get(p, COLOURS[k]), "hatch": HATCHES[k], "edgecolor": "white"}
        for k, p in enumerate(named)
    }
    looks |= {
        p: {"facecolor": tone(QUIET, 0.3 / (k + 1)), "hatch": "////", "edgecolor": QUIET} for k, p in enumerate(last)
    }
    with style():
        tall = height or (60 if not horizontal else 20 + 5.0 * frame[x].nunique())
        figure, axes = facets(len(pieces), columns=columns, width=width, height=tall, axes=ax)
        ends = []
        for piece, place in zip(pieces, axes, strict=True):
            own = frame if piece is None else frame[frame[panel] == piece]
            table = own.pivot(index=x, columns=part, values=value).reindex(columns=[*named, *last]).sort_index()
            _check(table)
            ends.append(_stack(place, table, looks, remainder, horizontal))
            _axes(place, list(table.index), horizontal, unit)
            if piece is not None:
                place.set_title(said(piece, names), pad=14 if horizontal else None)
        settle(figure)
        inks = {**{p: look["facecolor"] for p, look in looks.items() if p in named}, **dict.fromkeys(last, INK)}
        called = {**(names or {}), "_remainder": remainder or ""}
        for place, found in zip(axes, ends, strict=True):
            if horizontal:
                _heads(place, found, inks, called)
            else:
                dark = {p: {"color": inks.get(p, INK)} for p in found}
                label_ends(place, found, dark, names=called)
    return figure


def _check(table: pd.DataFrame) -> None:
    if (table < 0).to_numpy().any() or (table.sum(axis=1) > 1 + 1e-6).any():
        worst = table.sum(axis=1).idxmax()
        raise ValueError(f"share_bars: shares must be 0 or more and sum to at most 1, not so at {worst}")


def _stack(
    ax: Axes,
    table: pd.DataFrame,
    looks: Mapping[Any, Mapping[str, Any]],
    remainder: str | None,
    horizontal: bool,
) -> dict[Any, tuple[float, float]]:
    """Draw the bars; where, in the bar that is labelled, the middle of each part lies."""
    at = np.arange(len(table))
    below = np.zeros(len(table))
    labelled = 0 if horizontal else len(table) - 1
    ends: dict[Any, tuple[float, float]] = {}
    draw = ax.barh if horizontal else ax.bar
    layers: list[tuple[Any, np.ndarray, Mapping[str, Any]]] = [
        (p, table[p].fillna(0.0).to_numpy(dtype=float), looks[p]) for p in table
    ]
    if remainder is not None:
        lack = np.clip(1 - sum(size for _, size, _ in layers), 0, None)
        if (lack > 1e-6).any():
            layers.append(("_remainder", lack, {"facecolor": "white", "edgecolor": QUIET, "hatch": "xx"}))
    for name, size, look in layers:
        keep = size > 0
        start: dict[str, Any] = {"left" if horizontal else "bottom": below[keep]}
        draw(at[keep], size[keep], 0.82, linewidth=0.5, **start, **look)
        if size.any():
            where = labelled if size[labelled] > 0 else int(np.nonzero(size)[0][0 if horizontal else -1])
            middle = float(below[where] + size[where] / 2)
            ends[name] = (middle, where) if horizontal else (where + 0.41, middle)
        below = below + size
    return ends


def _axes(ax: Axes, years: Sequence[Any], horizontal: bool, unit: str) -> None:
    at = range(len(years))
    if horizontal:
        ax.set_yticks(at, [str(y) for y in years])
        ax.set_ylim(len(years) - 0.5, -0.5)
        ax.set_xlim(0, 1)
        ax.xaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        ax.set_xlabel(unit)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True))
        picks = [int(k) for k in ax.xaxis.get_major_locator().tick_values(0, len(years) - 1) if 0 <= k < len(years)]
        ax.set_xticks(picks, [str(years[k]) for k in picks])
        ax.set_xlim(-0.5, len(years) - 0.5)
        ax.set_ylim(0, 1)
        ax.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        ax.set_ylabel(unit)
    ax.tick_params(axis="y" if horizontal else "x", length=0)


def _heads(
    ax: Axes,
    ends: Mapping[Any, tuple[float, float]],
    inks: Mapping[Any, str],
    names: Mapping[Any, str],
) -> None:
    """Names above the first lying bar, in a second row where they would touch."""
    reach = [-np.inf, -np.inf, -np.inf]
    axis = ax.get_window_extent()
    for name, (middle, _) in sorted(ends.items(), key=lambda e: e[1][0]):
        text = ax.annotate(
            said(name, names),
            (middle, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=7,
            color=inks.get(name, INK),
        )
        half = text.get_window_extent().width / 2
        x = axis.x0 + middle * axis.width
        row = next((r for r in range(3) if x - half > reach[r] + 4), 2)
        reach[row] = x + half
        text.set_position((0, 2 + 8.5 * row))
