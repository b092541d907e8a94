"""Whether a finished figure can be read: size of type, texts that overlap or leave the page, marks alike in grey."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axis import Tick
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.text import Text

from influence.figures.look import contrast, settle, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST_TYPE = 6.0  # points, in print
LEAST_CONTRAST = 1.25  # between marks that differ in nothing but colour; of two neighbouring greys of ten, 1.3
TOUCH = 0.75  # points: the boxes of texts leave room for letters that hang or rise


@dataclass(frozen=True)
class Legibility:
    """What `legibility` measured.

    Attributes
    ----------
    least_type : float
        The smallest type in points, as printed.
    overlapping : list of (str, str)
        Texts that lie over one another.
    outside : list of str
        Texts that leave the page.
    alike : list of (str, str)
        Named series of one panel, with the same marker and dashes, whose colours differ too little in luminance.
    """

    least_type: float
    overlapping: list[tuple[str, str]]
    outside: list[str]
    alike: list[tuple[str, str]]

    @property
    def complaints(self) -> list[str]:
        """What is wrong, in words; empty if nothing is."""
        found = [f"{a!r} and {b!r} overlap" for a, b in self.overlapping]
        found += [f"{a!r} leaves the page" for a in self.outside]
        found += [f"{a!r} and {b!r} look alike in grey" for a, b in self.alike]
        if self.least_type < LEAST_TYPE:
            found.append(f"type of {self.least_type:g} pt, less than {LEAST_TYPE:g}")
        return found


def legibility(figure: Figure, *, enlarged: float = 1.0) -> Legibility:
    """Measure a figure as it would be printed.

    Parameters
    ----------
    figure : Figure
    enlarged : float, default 1
        How many times larger than laid out it is printed.

    Returns
    -------
    Legibility

    Examples
    --------
    >>> from influence.figures import canvas, style
    >>> with style():
    ...     figure, ax = canvas("single", 40)
    >>> for place in (0.50, 0.52):
    ...     _ = ax.text(place, 0.5, "Kazakhstan")
    >>> legibility(figure).complaints
    ["'Kazakhstan' and 'Kazakhstan' overlap"]
    """
    with style():
        settle(figure)
        texts = shown_texts(figure)
        boxes = [corners(text) for text in texts]
    over = [
        (texts[i].get_text(), texts[j].get_text())
        for i, j in combinations(range(len(texts)), 2)
        if _near(boxes[i], boxes[j]) and depth(boxes[i], boxes[j]) > TOUCH
    ]
    page = figure.get_size_inches() * 72
    out = [
        text.get_text()
        for text, box in zip(texts, boxes, strict=True)
        if box.min() < -0.5 or (box.max(axis=0) > page + 0.5).any()
    ]
    least = min((float(text.get_fontsize()) for text in texts), default=float("inf")) * enlarged
    return Legibility(least, over, out, _alike(figure))


def shown_texts(figure: Figure) -> list[Text]:
    """The texts that a reader sees: not hidden ones, nor labels of ticks beyond the ends of their axis."""
    hidden: set[int] = set()
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            drawn = ax.get_visible() and ax.axison and axis.get_visible()
            ends = sorted(axis.get_view_interval())
            now = {id(t) for t in [*axis.get_major_ticks(), *axis.get_minor_ticks()] if drawn and _within(t, *ends)}
            for tick in axis.findobj(Tick):  # more than are drawn: those of earlier layouts stay
                if id(tick) not in now:
                    hidden |= {id(tick.label1), id(tick.label2)}
            if not drawn:
                hidden |= {id(axis.label), id(axis.get_offset_text())}
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]


def _within(tick: Tick, low: float, high: float) -> bool:
    slack = 1e-9 * (high - low)
    return low - slack <= tick.get_loc() <= high + slack


def corners(text: Text) -> np.ndarray:
    """The four corners of a text as it lies on the page, turned texts too, in points."""
    angle = text.get_rotation()
    around = Text.get_window_extent(text)  # of the letters, without the line that leads to them
    middle = np.array([(around.x0 + around.x1) / 2, (around.y0 + around.y1) / 2])
    text.set_rotation(0)
    flat = Text.get_window_extent(text)
    text.set_rotation(angle)
    w, h = flat.width / 2, flat.height / 2
    turn = np.deg2rad(angle)
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    box = np.array([(-w, -h), (w, -h), (w, h), (-w, h)]) @ rotate.T + middle
    figure = text.get_figure(root=True)
    assert figure is not None  # it came from one
    return box / figure.dpi * 72


def depth(one: np.ndarray, other: np.ndarray) -> float:
    """How deep two rectangles lie in each other; 0 or less: not at all (separating axes)."""
    least = np.inf
    for box in (one, other):
        for side in (box[1] - box[0], box[3] - box[0]):
            axis = side / np.hypot(*side)
            a, b = one @ axis, other @ axis
            least = min(least, a.max() - b.min(), b.max() - a.min())
    return float(least)


def _near(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the upright boxes around them meet: most pairs of texts need no closer look."""
    return bool((one.min(axis=0) < other.max(axis=0)).all() and (other.min(axis=0) < one.max(axis=0)).all())


def _alike(figure: Figure) -> list[tuple[str, str]]:
    found = []
    for ax in figure.axes:
        named = [a for a in [*ax.lines, *_keys(ax.get_legend())] if _told(a)]
        found += _pairs(named)
    for legend in figure.legends:
        found += _pairs([a for a in _keys(legend) if _told(a)])
    return sorted(set(found))


def _keys(legend: Any) -> list[Any]:
    return [] if legend is None else [a for a in legend.legend_handles if a is not None]


def _told(artist: Any) -> bool:
    unseen = isinstance(artist, Line2D) and artist.get_linestyle() == "None" and artist.get_marker() == "None"
    return isinstance(artist, Line2D) and not unseen and not str(artist.get_label()).startswith("_")


def _pairs(lines: Iterable[Line2D]) -> list[tuple[str, str]]:
    seen: dict[Any, dict[str, str]] = {}
    for line in lines:
        wide = round(float(line.get_linewidth()), 1)
        hollow = line.get_markerfacecolor() == "white", bool(line.get_path_effects())
        key = (line.get_marker(), hollow, str(line.get_linestyle()), str(line._dash_pattern), wide)  # type: ignore[attr-defined]
        seen.setdefault(key, {})[str(line.get_label())] = to_hex(line.get_color())
    return [
        (a, b)
        for alike in seen.values()
        for (a, one), (b, other) in combinations(alike.items(), 2)
        if one != other and contrast(one, other) < LEAST_CONTRAST
    ]
