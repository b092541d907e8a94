"""Who overlaps with whom, who goes with whom: a square of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures._sides import turn_if_touching
from influence.figures.heat import draw_cells, scale, write_cells
from influence.figures.look import MM, QUIET, WIDTHS, facets, settle, style
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def overlap_matrix(
    frame: pd.DataFrame,
    *,
    unit: str,
    row: str = "a",
    column: str = "b",
    value: str = "value",
    order: Sequence[Any] | None = None,
    limits: tuple[float, float] = (0.0, 1.0),
    digits: int = 2,
    lower: bool = False,
    names: Mapping[Any, str] | None = None,
    width: str = "single",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """A square heat map with the numbers in the cells; light is little, in colour and in grey.

    With negative values there are two hues and the numbers carry the sign. Cells without a value are hatched; the
    diagonal is left out.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy, one row a pair (both orders, or one if the measure is symmetric), or a square labelled frame.
    unit : str
        What is measured, such as "Jaccard index of memberships".
    row, column, value : str
        Columns of a tidy frame.
    order : sequence, optional
        Which items, and in which order.
    limits : (float, float), default (0, 1)
        Of the shades, so that two figures can be compared.
    digits : int, default 2
    lower : bool, default False
        Draw only the lower triangle, of a symmetric measure.
    names : mapping, optional
        Item → what is printed.
    width : {"single", "double"}
    height : float, optional
        Millimetres.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": ["SCO"], "b": ["CSTO"], "value": [0.5]})
    >>> figure = overlap_matrix(frame, unit="Jaccard index")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['0.50', '0.50']
    """
    table = _square(frame, row, column, value, order)
    n = len(table)
    hidden = np.eye(n, dtype=bool)
    if lower:
        hidden |= np.triu(np.ones((n, n), dtype=bool))
    table = table.mask(hidden)
    gaps = table.isna().to_numpy() & ~hidden
    negative = bool((table < 0).to_numpy().any())
    shades, norm = scale(table, 8, limits=(-limits[1], limits[1]) if negative else limits)
    width = fitted(width)
    with style():
        tall = height or min(WIDTHS[width] / MM, 24 + 8.5 * n)
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        draw_cells(place, table, shades, norm, hidden=hidden)
        shown = [said(k, names) for k in table]
        place.set_xticks(range(n), shown)
        place.set_yticks(range(n), shown)
        if lower:  # neither the first row nor the last column has a cell
            place.set_xlim(right=n - 1.5)
            place.set_ylim(top=0.5)
            place.set_xticks(range(n - 1), shown[:-1])
            place.set_yticks(range(1, n), shown[1:])
        place.set_xlabel(unit + (" (hatched: no value)" if gaps.any() else ""), color=QUIET)
        settle(figure)
        turn_if_touching(place)
        settle(figure)
        if not write_cells(place, table, shades, norm, digits):
            raise ValueError(f"overlap_matrix: {n} items leave no room for numbers at width={width!r}")
    return figure


def _square(frame: pd.DataFrame, row: str, column: str, value: str, order: Sequence[Any] | None) -> pd.DataFrame:
    if list(frame.index) == list(frame.columns):
        items = in_order(frame.index, order)
        return frame.loc[items, items].astype(float)
    frame = checked(frame, "overlap_matrix", row, column, value)
    one_each(frame, "overlap_matrix", [row, column])
    items = in_order([k for pair in zip(frame[row], frame[column], strict=True) for k in pair], order, keep=True)
    half = frame.pivot(index=row, columns=column, values=value).reindex(index=items, columns=items)
    return half.fillna(half.T).astype(float)
