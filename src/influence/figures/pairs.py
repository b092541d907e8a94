"""Two values of each item, joined: two sources, two years, two ways of counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures.look import COLOURS, FAINT, INK, QUIET, facets, plain, settle, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def dumbbell(
    frame: pd.DataFrame,
    *,
    unit: str,
    item: str = "actor",
    left: str = "left",
    right: str = "right",
    sort: str | None = "right",
    order: Sequence[Any] | None = None,
    log: bool = False,
    names: Mapping[Any, str] | None = None,
    colours: tuple[str, str] = (COLOURS[0], COLOURS[1]),
    width: str = "single",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """One row an item: an open square and a filled dot, joined by a line as long as they differ.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an item, the two values in two columns. A missing value is said in its row.
    unit : str
        What the values count.
    item, left, right : str
        Columns; `names` says what `left` and `right` are in print.
    sort : {"left", "right", "gap", None}, default "right"
        Largest on top: by a value or by their distance (their ratio, if `log`). None: the order of rows.
    order : sequence, optional
        Which items, and in which order; goes before `sort`.
    log : bool, default False
        A logarithmic axis; refuses zeros.
    names : mapping, optional
        Item or column → what is printed.
    colours : (str, str)
    width : {"single", "double"}
    height : float, optional
        Millimetres. Default: by the number of items.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"actor": ["KAZ", "KGZ"], "baci": [5.0, 8.0], "cow": [4.0, 9.0]})
    >>> figure = dumbbell(frame, unit="USD billion", left="baci", right="cow")
    >>> [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    ['KGZ', 'KAZ']
    """
    frame = checked(frame, "dumbbell", item, left, right)
    one_each(frame, "dumbbell", [item])
    if sort not in ("left", "right", "gap", None):
        raise ValueError(f'dumbbell: sort must be "left", "right", "gap" or None, not {sort!r}')
    pair = frame.set_index(item)[[left, right]].astype(float)
    if log and (pair <= 0).to_numpy().any():
        raise ValueError("dumbbell: a logarithmic axis has no place for values ≤ 0: leave them out or say how")
    if order is not None:
        pair = pair.loc[in_order(pair.index, order)]
    elif sort is not None:
        gap = (pair[right] / pair[left]).map(lambda r: max(r, 1 / r)) if log else (pair[right] - pair[left]).abs()
        by = {"left": pair[left], "right": pair[right], "gap": gap}[sort]
        pair = pair.loc[by.sort_values(ascending=False, kind="stable", na_position="last").index]
    with style():
        figure, (place, *_) = facets(1, columns=1, width=width, height=height or 18 + 4.4 * len(pair), axes=ax)
        rows = range(len(pair))
        for y in rows:
            place.axhline(y, color=FAINT, linewidth=0.4, zorder=0.5)
        place.hlines(rows, pair.min(axis=1), pair.max(axis=1), color=QUIET, linewidth=1.2, zorder=1)
        dot: dict[str, Any] = {"linestyle": "none", "zorder": 3}
        place.plot(
            pair[left],
            rows,
            marker="s",
            markersize=4.2,
            color=colours[0],
            markerfacecolor="white",
            markeredgewidth=1,
            label=said(left, names),
            **dot,
        )
        place.plot(pair[right], rows, marker="o", markersize=4.2, color=colours[1], label=said(right, names), **dot)
        if log:
            place.set_xscale("log")
            place.xaxis.set_major_locator(LogLocator(numticks=8))
            place.xaxis.set_minor_formatter(NullFormatter())
        place.xaxis.set_major_formatter(FuncFormatter(plain))
        place.margins(x=0.06)
        place.set_yticks(rows, [said(k, names) for k in pair.index])
        place.set_ylim(len(pair) - 0.4, -0.6)
        place.tick_params(axis="y", length=0)
        place.spines["left"].set_visible(False)
        place.set_xlabel(unit)
        for columns in (2, 1):  # beside each other if the page is wide enough
            where: dict[str, Any] = {
                "loc": "lower left",
                "bbox_to_anchor": (0, 1),
                "borderaxespad": 0.2,
                "handletextpad": 0.2,
            }
            key = place.legend(ncols=columns, **where)
            settle(figure)
            if key.get_window_extent().x1 <= figure.bbox.x1:
                break
        for y, (_, values) in enumerate(pair.iterrows()):
            lost = [c for c in (left, right) if pd.isna(values[c])]
            if lost:
                known = values.dropna()
                place.annotate(
                    "no value in " + " or ".join(said(c, names) for c in lost),
                    (float(known.iloc[0]) if len(known) else place.get_xlim()[0], y),
                    xytext=(6, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=6,
                    color=INK,
                )
    return figure
