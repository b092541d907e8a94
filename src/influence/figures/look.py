"""One look for all figures: journal widths, embedded fonts, colours that survive greyscale and colour blindness.

Nothing here touches matplotlib's global state: `style` is a context, and `canvas` makes a figure inside it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from influence.errors import MissingExtra
from influence.figures.presets import DOUBLE, SINGLE, chosen, fitted, fitted_columns, fitted_height, known_preset

try:
    import matplotlib as mpl
    import seaborn as sns
    from matplotlib.colors import to_hex, to_rgb
    from matplotlib.figure import Figure
except ImportError as error:
    raise MissingExtra("figures", "influence.figures") from error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MM = 1 / 25.4
WIDTHS = {"single": SINGLE * MM, "double": DOUBLE * MM}  # inches, as matplotlib counts
# Okabe & Ito's colours in an order whose neighbours differ in luminance too; every series also has its own marker
# and dash, so that nothing rests on colour alone.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.5, 1.2, 1.5)), "-", (0, (5, 1.5)), "-", "-")
# Shades with a hatch of their own, for bars and cells: face, edge and hatch colour, hatch.
FILLS = (
    ("#12476B", "#12476B", ""),
    ("#9CC3E0", "#12476B", "/////"),
    ("#E4EEF6", "#12476B", "....."),
    ("#FFFFFF", "#12476B", "xxxxx"),
    ("#6F7F8C", "#222222", "\\\\\\\\\\"),
    ("#FFFFFF", "#777777", ""),
)
INK, QUIET, FAINT = "#222222", "#777777", "#DDDDDD"

_RC: dict[str, Any] = {
    "figure.dpi": 96,
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # travels with matplotlib: the same glyphs everywhere
    "font.size": 7.5,
    "text.hinting": "none",  # hinted letters are wider at some resolutions: texts would meet in one format only
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "hatch.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 7,
    "svg.hashsalt": "influence",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
}


@contextmanager
def style(preset: str | None = None, **changes: Any) -> Iterator[None]:
    """The look of this package, for the time of a ``with`` block.

    Parameters
    ----------
    preset : {"single", "double", "slide", "poster", "greyscale"}, optional
        The page that figures are drawn and saved for inside the block, whatever width they ask for. ``single`` (84 mm)
        and ``double`` (174 mm) lay them out for that width; ``slide`` (254 mm) and ``poster`` (420 mm) enlarge the
        double one evenly when it is saved; ``greyscale`` is saved in greys.
    **changes
        matplotlib settings to lay over it, with ``_`` for ``.``: ``style(font_size=9)``.
    """
    laid_over: dict[Any, Any] = {**_RC, **{k.replace("_", "."): v for k, v in changes.items()}}
    before = chosen.set(known_preset(preset)) if preset else None
    try:
        with sns.axes_style("ticks"), mpl.rc_context(laid_over):
            yield
    finally:
        if before is not None:
            chosen.reset(before)


def canvas(
    width: str = "single", height: float = 60, *, rows: int = 1, columns: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """A figure at its printed size, made without pyplot's global state. Call it inside `style`.

    Parameters
    ----------
    width : {"single", "double"}
        84 or 174 mm; a preset of `style` goes before it.
    height : float
        In millimetres.
    rows, columns : int
        Panels. A row of panels that is laid out for a column becomes a column of panels.
    **subplots
        As for `Figure.subplots`.

    Returns
    -------
    Figure, Axes or array of Axes
    """
    if width not in WIDTHS:
        raise ValueError(f"width must be one of {', '.join(WIDTHS)}, not {width!r}")
    if rows == 1 and fitted_columns(columns, width) < columns:
        rows, columns, height = columns, 1, height * columns
    figure = Figure(figsize=(WIDTHS[fitted(width)], height * MM), layout="constrained")
    return figure, figure.subplots(rows, columns, **subplots)


def mosaic(width: str, height: float, plan: Sequence[Sequence[str]], **options: Any) -> tuple[Figure, dict[str, Axes]]:
    """A figure with named panels, some wider than others: as `canvas`, and `plan` as for `Figure.subplot_mosaic`."""
    figure = Figure(figsize=(WIDTHS[fitted(width)], height * MM), layout="constrained")
    return figure, figure.subplot_mosaic([list(row) for row in plan], **options)


def series_looks(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A colour, marker and dash for each series, by its place in `names`: the same name keeps its look."""
    if len(names) > len(COLOURS):
        raise ValueError(f"{len(names)} series are more than can be told apart; draw at most {len(COLOURS)}")
    return {name: {"color": COLOURS[k], "marker": MARKERS[k], "linestyle": DASHES[k]} for k, name in enumerate(names)}


def fill_looks(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A shade and a hatch for each category, dark to light in the given order: for bars and cells.

    Parameters
    ----------
    names : sequence of str
        From the strongest to the weakest, such as member, observer, partner.

    Returns
    -------
    dict of str to dict
        facecolor, edgecolor and hatch, as a matplotlib patch takes them.

    Examples
    --------
    >>> fill_looks(["member", "observer"])["observer"]["hatch"]
    '/////'
    """
    if len(names) > len(FILLS):
        raise ValueError(f"{len(names)} shades are more than can be told apart; draw at most {len(FILLS)}")
    return {n: {"facecolor": f, "edgecolor": e, "hatch": h} for n, (f, e, h) in zip(names, FILLS, strict=False)}


def tone(colour: str, strength: float) -> str:
    """A colour thinned with white: 1 is the colour itself, 0 is white. Opaque, so that eps can carry it."""
    rgb = [1 - strength * (1 - c) for c in to_rgb(colour)]
    return to_hex(rgb)


def ink_on(colour: Any) -> str:
    """White or ink, whichever has more contrast on a colour."""
    return "white" if contrast("white", colour) > contrast(INK, colour) else INK


def readable(colour: Any) -> str:
    """The colour, darkened until a text in it can be read on white (contrast 4.5, as WCAG asks)."""
    shade = np.array(to_rgb(colour))
    while contrast(shade, "white") < 4.5:
        shade = shade * 0.94
    return to_hex(shade)


def contrast(one: Any, other: Any) -> float:
    """The contrast ratio of two colours, 1–21, by WCAG's relative luminance."""
    light = []
    for colour in (one, other):
        c = np.array(to_rgb(colour))
        linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ [0.2126, 0.7152, 0.0722]) + 0.05)
    return max(light) / min(light)


def plain(value: float, _: Any = None) -> str:
    """A number as it is printed at an axis: thousands parted, a true minus, no powers of ten.

    Examples
    --------
    >>> plain(-1250000.0)
    '−1,250,000'
    """
    return f"{value:,.10g}".replace("-", "−")


def root(ax: Axes) -> Figure:
    """The figure an axes is part of."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("this axes belongs to no figure any more")
    return figure


def in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of an axes in points. Call `settle` before."""
    box = ax.get_window_extent()
    return box.width / root(ax).dpi * 72, box.height / root(ax).dpi * 72


def key_below(ax: Axes, handles: Sequence[Any], *, own: bool) -> None:
    """A legend under the drawing, in as few rows as its width allows, read row by row.

    Parameters
    ----------
    ax : Axes
    handles : sequence of artists with labels
    own : bool
        Whether the whole figure is ours: then the legend has a place of its own in the layout.
    """
    if not handles:
        return
    figure = root(ax)
    room = figure.bbox.width if own else ax.get_window_extent().width
    for columns in range(len(handles), 0, -1):
        rows = -(-len(handles) // columns)
        # matplotlib fills columns first: hand them over so that rows are read in order.
        turned = [
            handles[r * columns + c] for c in range(columns) for r in range(rows) if r * columns + c < len(handles)
        ]
        options: dict[str, Any] = {"handles": turned, "ncols": columns, "borderaxespad": 0.3, "columnspacing": 1.4}
        if own:
            legend = figure.legend(loc="outside lower left", **options)
        else:
            legend = ax.legend(loc="upper left", bbox_to_anchor=(0, -24 / in_points(ax)[1]), **options)
        if columns == 1 or legend.get_window_extent().width <= room:
            return
        legend.remove()


def facets(
    count: int, *, columns: int, width: str, height: float, axes: Any = None, **subplots: Any
) -> tuple[Figure, list[Axes]]:
    """A grid of `count` equal panels of `height` mm each, or the caller's own axes. Call it inside `style`."""
    if axes is not None:
        own = list(np.ravel(axes))
        if len(own) < count:
            raise ValueError(f"{count} panels need as many axes, not {len(own)}")
        return root(own[0]), own[:count]
    columns = min(fitted_columns(columns, width, count), count)
    rows = -(-count // columns)
    tall = rows * fitted_height(height, width, rows)
    figure, made = canvas(fitted(width), tall, rows=rows, columns=columns, squeeze=False, **subplots)
    flat = list(made.flat)
    for spare in flat[count:]:
        spare.remove()
    return figure, flat[:count]


def settle(figure: Figure) -> None:
    """Run the layout once, so that sizes in points are known before labels are placed."""
    figure.draw_without_rendering()


def wrap_long(figure: Figure) -> None:
    """Break titles and labels of axes across that would run off the page. Call `settle` before, and again after."""
    page = figure.bbox
    for ax in figure.axes:
        titles = [ax.title, ax._left_title, ax._right_title]  # type: ignore[attr-defined]
        for text in [*titles, ax.xaxis.label]:
            box = text.get_window_extent()
            told = text.get_text()
            if not told.strip() or not text.get_visible() or box.x0 >= page.x0 and box.x1 <= page.x1:
                continue
            middle = text.get_ha() == "center"
            room = 2 * min((box.x0 + box.x1) / 2, page.x1 - (box.x0 + box.x1) / 2) if middle else page.x1 - box.x0
            letters = max(8, int(len(told) * room / box.width) - 1)
            text.set_text("\n".join(textwrap.wrap(told, letters)))


def label_ends(
    ax: Axes,
    ends: Mapping[str, tuple[float, float]],
    looks: Mapping[str, Mapping[str, Any]],
    *,
    names: Mapping[str, str] | None = None,
    fontsize: float = 7,
) -> None:
    """Write the name of each series at its last point, moved apart until none overlaps. Call `settle` before.

    Parameters
    ----------
    ax : Axes
    ends : mapping
        series → (x, y) of the last point, in data.
    looks : mapping
        As from `series_looks`.
    names : mapping, optional
        series → what is written.
    fontsize : float, default 7
    """
    if not ends:
        return
    limits = ax.get_xlim(), ax.get_ylim()
    wide, tall = in_points(ax)
    gap = 1.25 * fontsize / tall
    to_axis = ax.transData + ax.transAxes.inverted()
    at = {n: to_axis.transform(p) for n, p in ends.items()}
    order = sorted(at, key=lambda n: (at[n][1], n))
    heights = spread([float(at[n][1]) for n in order], gap, gap / 2, 1 - gap / 2)
    moved = {n: abs(y - at[n][1]) > 0.4 * gap or at[n][0] < 0.9 for n, y in zip(order, heights, strict=True)}
    # All names begin at the same place, with room for the lines that lead to them if there are any.
    left = 1 + (12 if any(moved.values()) else 4) / wide
    for name, y in zip(order, heights, strict=True):
        ax.annotate(
            (names or {}).get(name, name),
            xy=ends[name],
            xytext=(left, y),
            textcoords="axes fraction",
            color=readable(looks[name]["color"]),
            va="center",
            ha="left",
            fontsize=fontsize,
            annotation_clip=False,
            arrowprops=_leader(looks[name]["color"]) if moved[name] else None,
        )
    ax.set_xlim(*limits[0])
    ax.set_ylim(*limits[1])


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move sorted places apart to at least `gap`, as little as can be (least squares), within low–high if they fit.

    Examples
    --------
    >>> spread([0.5, 0.5, 0.75], 0.25, 0, 1)
    [0.3333333333333333, 0.5833333333333333, 0.8333333333333333]
    """
    # With the gaps taken out the task is to make the places non-decreasing: pool neighbours that are out of order.
    blocks: list[list[float]] = []
    for k, place in enumerate(wanted):
        blocks.append([place - k * gap])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    top = max(high - (len(wanted) - 1) * gap, low)
    flat = [min(max(float(np.mean(b)), low), top) for b in blocks for _ in b]
    return [place + k * gap for k, place in enumerate(flat)]


def _leader(colour: str) -> dict[str, Any]:
    return {"arrowstyle": "-", "color": colour, "linewidth": 0.4, "shrinkA": 1, "shrinkB": 2, "relpos": (0, 0.5)}
