"""What is known when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Patch, Rectangle

from influence.figures._frames import checked, in_order, said
from influence.figures._sides import thin_ticks
from influence.figures.look import QUIET, facets, fill_looks, key_below, settle, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def coverage_chart(
    frame: pd.DataFrame,
    *,
    layer: str = "layer",
    kind: str = "kind",
    start: str = "start_year",
    end: str = "end_year",
    coverage: str = "coverage",
    levels: Sequence[str] = ("complete", "partial", "none"),
    order: Sequence[Any] | None = None,
    names: Mapping[Any, str] | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """One row a layer and kind, one cell a year, dark where all is known; a blank cell: nothing was said of it.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a stretch of years of a layer and kind. Where two rows (two sources) meet in a year, the better
        coverage is drawn.
    layer, kind, start, end, coverage : str
        Columns.
    levels : sequence of str
        The values of `coverage`, best first.
    order : sequence, optional
        Which layers, and in which order.
    names : mapping, optional
        Layer, kind or level → what is printed.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of rows.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"layer": ["trade"], "kind": ["goods"], "start_year": [2001], "end_year": [2003],
    ...                       "coverage": ["partial"]})
    >>> figure = coverage_chart(frame)
    >>> len(figure.axes[0].patches)
    3
    """
    frame = checked(frame, "coverage_chart", layer, kind, start, end, coverage)
    odd = sorted(set(frame[coverage]) - set(levels), key=str)
    if odd:
        raise ValueError(
            f"coverage_chart: {coverage} must be one of {', '.join(levels)}, not {', '.join(map(str, odd))}"
        )
    groups = in_order(frame[layer], order)
    years = list(range(int(frame[start].min()), int(frame[end].max()) + 1))
    best: dict[tuple[Any, Any], dict[int, int]] = {}
    for group in groups:
        for row in frame[frame[layer] == group].to_dict("records"):
            cells = best.setdefault((group, row[kind]), {})
            for year in range(int(row[start]), int(row[end]) + 1):
                cells[year] = min(cells.get(year, len(levels)), levels.index(row[coverage]))
    looks = list(fill_looks(levels[:-1]).values())
    looks.append({"facecolor": "white", "edgecolor": "#999999", "hatch": ""})
    with style():
        tall = height or 18 + 4.4 * len(best) + 2.0 * len(groups)
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        ticks, y, last = [], -1.0, None
        for (group, what), cells in best.items():
            y += 1.0 if group == last else 1.5
            if group != last:
                place.annotate(
                    said(group, names),
                    (1.01, y),
                    xycoords=("axes fraction", "data"),
                    va="center",
                    fontweight="bold",
                    annotation_clip=False,
                )
            last = group
            ticks.append((y, said(what, names)))
            for year, level in cells.items():
                place.add_patch(Rectangle((year - 0.46, y - 0.4), 0.92, 0.8, linewidth=0.4, **looks[level]))
                if level == len(levels) - 1:
                    place.annotate("×", (year, y), ha="center", va="center_baseline", fontsize=6, color=QUIET)
        place.set_xlim(years[0] - 0.5, years[-1] + 0.5)
        place.set_ylim(y + 0.6, -0.1)
        place.set_xticks(years)
        place.set_yticks([t for t, _ in ticks], [text for _, text in ticks])
        place.tick_params(length=0)
        for side in ("left", "bottom"):
            place.spines[side].set_visible(False)
        keys = [
            Patch(label=said(level, names) + (" (×)" if k == len(levels) - 1 else ""), linewidth=0.4, **looks[k])
            for k, level in enumerate(levels)
        ]
        settle(figure)
        key_below(place, keys, own=ax is None)
        settle(figure)
        thin_ticks(place)
    return figure
