"""Names of points where they cover neither each other nor the points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patheffects import withStroke

from influence.figures.look import root

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEXT = 6  # how many times worse it is to cover a text than a line or a point

# Right, left, above, below, then the corners, then the same farther away: which way the name leans from its point.
_WAYS = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]


def name_points(
    ax: Axes,
    points: Mapping[Any, tuple[float, float]],
    texts: Mapping[Any, str],
    *,
    radius: float = 3,
    outward: tuple[float, float] | None = None,
    fontsize: float = 6.5,
    styles: Mapping[Any, Mapping[str, Any]] | None = None,
    obstacles: Iterable[tuple[float, float]] = (),
    taken: Iterable[tuple[float, float, float, float]] = (),
    here: bool = False,
    within: Any = None,
) -> None:
    """Write texts beside their points, greedily in the given order, each where it covers least.

    Call `look.settle` before: places are measured in pixels of the settled layout.

    Parameters
    ----------
    ax : Axes
    points : mapping
        Key → place in data.
    texts : mapping
        Key → text, the important ones first.
    radius : float
        Of the points, in points.
    outward : (x, y), optional
        A centre: try the side away from it first.
    fontsize : float, default 6.5
    styles : mapping, optional
        Key → text properties.
    obstacles : iterable of (x, y)
        Further places, in pixels, better not covered.
    taken : iterable of (left, low, right, high)
        Boxes, in pixels, such as those of other names.
    here : bool, default False
        Whether the text may stand on its point, such as the name of a state inside it: tried first.
    within : Bbox, optional
        What the texts should not leave, in pixels. Default: the figure.
    """
    figure = root(ax)
    pixel = figure.dpi / 72
    at = {k: ax.transData.transform(p) for k, p in points.items()}
    boxes: list[tuple[float, ...]] = [] if here else [_around(x, y, radius * pixel) for x, y in at.values()]
    boxes += [_around(x, y, 2 * pixel) for x, y in obstacles]
    written: list[tuple[float, ...]] = [
        tuple(map(float, box)) for box in taken
    ]  # a name over a line can be read, one over another cannot
    frame = figure.bbox if within is None else within
    for key, text in texts.items():
        artist = ax.annotate(
            text,
            xy=points[key],
            xytext=(0, 0),
            textcoords="offset points",
            ha="center",
            va="center_baseline",
            fontsize=fontsize,
            zorder=6,
            annotation_clip=False,
            path_effects=[withStroke(linewidth=1.5, foreground="white")],
            **(styles or {}).get(key, {}),
        )
        size = artist.get_window_extent()
        best: tuple[float, float, float, tuple[float, ...]] | None = None
        tried = _offsets(at[key], ax, outward, size, (radius + 1.5) * pixel)
        for rank, (dx, dy) in enumerate([(0.0, 0.0), *tried] if here else tried):
            x, y = at[key][0] + dx, at[key][1] + dy
            box = (x - size.width / 2, y - size.height / 2, x + size.width / 2, y + size.height / 2)
            cover = sum(_overlap(box, other) for other in boxes) + TEXT * sum(_overlap(box, other) for other in written)
            cover += 1e4 * (box[0] < frame.x0 or box[2] > frame.x1 or box[1] < frame.y0 or box[3] > frame.y1)
            if best is None or cover + 0.5 * rank < best[0]:
                best = (cover + 0.5 * rank, dx, dy, box)
        assert best is not None  # there is always a first candidate
        artist.set_position((best[1] / pixel, best[2] / pixel))
        written.append(best[3])


def _offsets(
    at: Any, ax: Axes, outward: tuple[float, float] | None, size: Any, reach: float
) -> Iterable[tuple[float, float]]:
    ways: list[tuple[float, float]] = list(_WAYS)
    if outward is not None:
        away = at - ax.transData.transform(outward)
        length = float(np.hypot(*away))
        if length > 0:
            lean = tuple(away / length)
            ways = [lean, *sorted(ways, key=lambda w: -(w[0] * lean[0] + w[1] * lean[1]) / np.hypot(*w))]
    for far in (1.0, 2.2, 3.6, 5.4):
        for dx, dy in ways:
            yield dx * (size.width / 2 + reach * far), dy * (size.height / 2 + reach * far)


def _around(x: float, y: float, reach: float) -> tuple[float, ...]:
    return (x - reach, y - reach, x + reach, y + reach)


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    tall = min(a[3], b[3]) - max(a[1], b[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0
