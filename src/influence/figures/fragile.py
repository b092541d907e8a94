"""How little would undo a finding, by layer and year."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm
from matplotlib.patches import Patch

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures.heat import UP, draw_cells
from influence.figures.look import INK, QUIET, facets, in_points, ink_on, key_below, settle, style
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLASSES = (0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0)  # of a probability


def fragility_chart(
    frame: pd.DataFrame,
    *,
    layer: str = "layer",
    year: str = "year",
    size: str = "size",
    probability: str = "p_reversal",
    holds: str = "holds",
    order: Sequence[Any] | None = None,
    claim: str = "the finding",
    unit: str = "probability of a reversal",
    names: Mapping[Any, str] | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """A cell a layer and year: how many rows of evidence would have to be wrong, on a shade of how probable it is.

    Dark cells are fragile. A number is the size of the most probable set of rows whose miscoding would turn the answer;
    a minus stands where no set does. Where the finding does not hold on the record, the number is in brackets: it is
    then what would make it hold.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a layer and year, such as `influence.robustness.fragility_table` gives. A row without a probability is
        hatched.
    layer, year, size, probability, holds : str
        Columns; the probability is that of a reversal, or of the set alone (``probability="probability"``).
    order : sequence, optional
        Layers, from the top. Default: as they appear.
    claim : str
        What holds or does not, under the picture.
    unit : str
        What the shades count, in the key.
    names : mapping, optional
        Layer → what is printed.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of layers.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"layer": "security", "year": [2001, 2002], "size": [3, 1], "p_reversal": [0.01, 0.3],
    ...                       "holds": [True, False]})
    >>> figure = fragility_chart(frame)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['3', '(1)']
    """
    frame = checked(frame, "fragility_chart", layer, year, size, probability, holds)
    one_each(frame, "fragility_chart", [layer, year])
    odd = frame[(frame[probability] < 0) | (frame[probability] > 1)]
    if len(odd):
        raise ValueError(f"fragility_chart: {probability} holds {odd[probability].iloc[0]:g}, which is no probability")
    rows, across = in_order(frame[layer], order), sorted(frame[year].unique())
    at = {name: frame.pivot(index=layer, columns=year, values=name) for name in (probability, size, holds)}
    table = at[probability].reindex(index=rows, columns=across).astype(float)
    norm, narrow = BoundaryNorm(CLASSES, 256, clip=True), fitted(width) == "single"
    with style():
        tall = height or (36 if narrow else 24) + 6.5 * len(rows)
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        draw_cells(place, table, UP, norm)
        place.set_xticks(range(len(across)), [str(c) for c in across])
        place.set_yticks(range(len(rows)), [said(r, names) for r in rows])
        told = "number: rows of evidence that would turn it"
        if not frame[holds].astype(bool).all():
            told += f"; in brackets: {claim} does not hold"
        place.set_xlabel("\n".join(textwrap.wrap(told, 46 if narrow else 120)), color=QUIET, loc="left")
        settle(figure)
        key_below(place, _key(norm, table, unit), own=ax is None)
        settle(figure)
        wide = in_points(place)[0] / len(across)
        for y, row in enumerate(rows):
            for x, when in enumerate(across):
                if np.isnan(table.loc[row, when]):
                    continue
                number, held = at[size].loc[row, when], bool(at[holds].loc[row, when])
                text = "−" if pd.isna(number) else f"{int(number)}"
                text = text if held else f"({text})"
                colour = ink_on(UP(norm(table.loc[row, when]))[:3])
                place.annotate(
                    text, (x, y), ha="center", va="center_baseline", color=colour, fontsize=7 if wide > 18 else 6
                )
        if wide < 22:
            place.set_xticks(range(0, len(across), 2), [str(c) for c in across[::2]])
    return figure


def _key(norm: BoundaryNorm, table: pd.DataFrame, unit: str) -> list[Patch]:
    values = table.to_numpy()
    entries = []
    for low, high in zip(CLASSES, CLASSES[1:], strict=False):
        if ((values >= low) & (values < high)).any() or (high == 1 and (values == 1).any()):
            shade = UP(norm(low))
            entries.append(Patch(facecolor=shade, edgecolor=INK, linewidth=0.3, label=f"{low:g}–{high:g}"))
    if entries:
        entries[0].set_label(f"{unit} {entries[0].get_label()}")
    if np.isnan(values).any():
        entries.append(Patch(facecolor="white", edgecolor="#AAAAAA", hatch="//////", linewidth=0.3, label="no answer"))
    return entries
