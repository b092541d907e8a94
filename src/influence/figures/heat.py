"""Values of many actors over years as shades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colorbar import Colorbar
from matplotlib.colors import BoundaryNorm, Colormap, LinearSegmentedColormap
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from influence.figures._frames import checked, in_order, one_each, said
from influence.figures._sides import part_groups, thin_ticks
from influence.figures.look import facets, in_points, ink_on, plain, root, settle, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Light to dark in one hue, so that grey keeps the order; and two hues whose signs the numbers repeat.
UP = LinearSegmentedColormap.from_list("influence_up", ["#F4F7FA", "#9CC3E0", "#3C7FB1", "#0B2F4B"])
BOTH = LinearSegmentedColormap.from_list("influence_both", ["#8A3B00", "#E9B98F", "#FAFAFA", "#9CC3E0", "#12476B"])


def heat_years(
    frame: pd.DataFrame,
    *,
    unit: str,
    actor: str = "actor",
    x: str = "year",
    value: str = "value",
    order: Sequence[Any] | None = None,
    years: Sequence[Any] | None = None,
    groups: Mapping[Any, Any] | pd.Series | None = None,
    names: Mapping[Any, str] | None = None,
    log: bool = False,
    digits: int | None = None,
    missing: str = "no value",
    classes: int = 7,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """One row an actor, one column a year, the value as a shade; cells without a value are hatched.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tidy: one row an actor and year.
    unit : str
        What the values count; stands at the scale.
    actor, x, value : str
        Columns.
    order, years : sequence, optional
        Which rows and columns, and in which order; what has no row in the frame is shown as missing.
    groups : mapping or Series, optional
        Actor → group: a line between groups (rows must already be in their order), their names at the right.
    names : mapping, optional
        Actor or group → what is printed.
    log : bool, default False
        Classes of equal ratio; zeros are shown in the lightest class.
    digits : int, optional
        Write the values, with so many digits after the point.
    missing : str, default "no value"
        What the hatch means; stands in the legend if there is any.
    classes : int, default 7
        About so many shades.
    width : {"double", "single"}
    height : float, optional
        Millimetres.
    ax : Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"actor": ["KAZ", "KAZ"], "year": [2001, 2002], "value": [0.25, None]})
    >>> figure = heat_years(frame, unit="share", digits=2)
    >>> [text.get_text() for text in figure.axes[0].texts], len(figure.axes[0].patches)
    (['0.25'], 1)
    """
    frame = checked(frame, "heat_years", actor, x, value)
    one_each(frame, "heat_years", [actor, x])
    rows = in_order(frame[actor], order, keep=True)
    across = sorted(in_order(frame[x], None)) if years is None else list(years)
    table = frame.pivot(index=actor, columns=x, values=value).reindex(index=rows, columns=across).astype(float)
    shades, norm = scale(table, classes, log=log)
    with style():
        tall = height or 20 + (4.6 if digits is not None else 3.6) * len(rows)
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        draw_cells(place, table, shades, norm)
        place.set_xticks(range(len(across)), [said(c, names) for c in across])
        place.set_yticks(range(len(rows)), [said(r, names) for r in rows])
        part_groups(place, rows, groups, names)
        bar = _scale(place, norm, unit, missing if table.isna().to_numpy().any() else None)
        settle(figure)
        thin_ticks(place)
        _thin(bar)
        if digits is not None:
            write_cells(place, table, shades, norm, digits)
    return figure


def scale(
    table: pd.DataFrame, classes: int, *, log: bool = False, limits: tuple[float, float] | None = None
) -> tuple[Colormap, BoundaryNorm]:
    """Shades in round classes; around zero in both directions if there are negative values."""
    known = table.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    low, high = limits or ((float(known.min()), float(known.max())) if len(known) else (0.0, 1.0))
    if log:
        least = float(known[known > 0].min()) if (known > 0).any() else 1.0
        exponents = range(int(np.floor(np.log10(least))), int(np.ceil(np.log10(max(high, least * 10)))) + 1)
        bounds = np.array([10.0**e for e in exponents])
        if len(bounds) < 5:
            bounds = np.array([m * b for b in bounds for m in (1, 3)])
    else:
        if low < 0:
            low, high = -max(-low, high), max(-low, high)
        if low == high:
            low, high = (min(low, 0.0), max(high, low + 1.0))
        bounds = np.asarray(MaxNLocator(nbins=classes, min_n_ticks=3).tick_values(low, high))
        bounds = bounds[np.concatenate([bounds[1:] > low, [True]]) & np.concatenate([[True], bounds[:-1] < high])]
    return (BOTH if low < 0 and not log else UP), BoundaryNorm(bounds, 256, clip=True)


def draw_cells(
    ax: Axes, table: pd.DataFrame, shades: Colormap, norm: BoundaryNorm, *, hidden: np.ndarray | None = None
) -> None:
    """Cells as shades, centred on whole numbers; those without a value hatched, hidden ones left blank."""
    rows, columns = table.shape
    values = np.ma.masked_invalid(table.to_numpy(dtype=float))
    gaps = np.ma.getmaskarray(values).copy()
    if hidden is not None:
        values, gaps = np.ma.masked_where(hidden, values), gaps & ~hidden
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    ax.pcolormesh(*edges, values, cmap=shades, norm=norm, edgecolors="white", linewidth=0.6)
    for y, x in zip(*np.nonzero(gaps), strict=True):
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, **_GAP))
    ax.set_xlim(-0.5, columns - 0.5)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.tick_params(length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


_GAP: dict[str, Any] = {
    "facecolor": "white",
    "edgecolor": "#AAAAAA",
    "hatch": "//////",
    "linewidth": 0.3,
    "zorder": 1,
}


def write_cells(
    ax: Axes, table: pd.DataFrame, shades: Colormap, norm: BoundaryNorm, digits: int, *, fontsize: float = 6.5
) -> bool:
    """Write the values into their cells, smaller or without the leading zero where cells are narrow.

    Returns
    -------
    bool
        False if they do not fit even so: then nothing is written.
    """
    box = in_points(ax)
    wide, tall = box[0] / table.shape[1], box[1] / table.shape[0]
    values = table.to_numpy(dtype=float)
    texts = {(y, x): _number(values[y, x], digits) for y, x in zip(*np.nonzero(np.isfinite(values)), strict=True)}
    if not texts:
        return True
    if max(map(len, texts.values())) * fontsize * 0.64 > wide:
        fontsize = 6
        texts = {at: t.replace("0.", ".", 1) if t.lstrip("−").startswith("0.") else t for at, t in texts.items()}
    if max(map(len, texts.values())) * fontsize * 0.6 > wide or fontsize > tall:
        return False
    for (y, x), text in texts.items():
        colour = ink_on(shades(norm(values[y, x]))[:3])
        ax.annotate(text, (x, y), ha="center", va="center_baseline", fontsize=fontsize, color=colour)
    return True


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")


def _scale(ax: Axes, norm: BoundaryNorm, unit: str, missing: str | None) -> Colorbar:
    mappable = next(c for c in ax.collections if c.get_array() is not None)
    shrink = 0.6 if missing or root(ax).get_figwidth() > 4 else 1.0
    bar = root(ax).colorbar(mappable, ax=ax, location="bottom", aspect=45, shrink=shrink, pad=0.02, anchor=(0, 1))
    bar.outline.set_linewidth(0.4)
    bar.ax.tick_params(length=2, labelsize=6.5)
    bar.set_ticks(list(norm.boundaries))
    bar.ax.xaxis.set_major_formatter(FuncFormatter(plain))
    bar.ax.minorticks_off()
    bar.set_label(unit, fontsize=7)
    if missing:
        patch = Patch(label=missing, **{k: v for k, v in _GAP.items() if k != "zorder"})
        bar.ax.legend(handles=[patch], loc="center left", bbox_to_anchor=(1.05, 0.5))
    return bar


def _thin(bar: Colorbar) -> None:
    """Leave out bounds of classes until their numbers do not touch."""
    bounds = list(bar.norm.boundaries)  # type: ignore[attr-defined]
    pixel = root(bar.ax).dpi / 72
    need = max(label.get_window_extent().width for label in bar.ax.get_xticklabels()) + 4 * pixel
    step = max(1, int(np.ceil(need * (len(bounds) - 1) / bar.ax.get_window_extent().width)))
    bar.set_ticks(bounds[::step])
