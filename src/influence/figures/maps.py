"""Pipelines over real coasts and borders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.text import Text

from influence.errors import MissingExtra
from influence.figures._frames import checked, in_order, one_each, said
from influence.figures._placing import name_points
from influence.figures._tracks import lanes, offset, smooth
from influence.figures.look import INK, facets, key_below, root, settle, style
from influence.tables import read_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EARTH = 6_371_007.181  # metres: the radius of the sphere with the earth's surface (authalic)
COAST, BORDER, LABEL = "#8C98A3", "#C2C8CE", "#5B6770"
WIDEST, THIN = 4.5, 0.8  # points
UNKNOWN = (0, (1.2, 1.6))
Project = Callable[[Any, Any], tuple[Any, Any]]


def pipeline_map(
    routes: pd.DataFrame,
    *,
    line: str = "pipeline_id",
    position: str = "position",
    capacity: str = "capacity",
    kind: str = "kind",
    panel: str | None = None,
    panels: Sequence[Any] | None = None,
    kinds: Mapping[str, Mapping[str, Any]],
    unit: str,
    labels: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
    names: Mapping[Any, str] | None = None,
    window: tuple[float, float, float, float] = (25, 32, 92, 58),
    lines: pd.DataFrame | None = None,
    columns: int = 2,
    width: str = "double",
    height: float = 70,
    ax: Any = None,
) -> Figure:
    """Pipelines as smooth curves through the places of their route, their width by capacity.

    The projection is Lambert's azimuthal equal-area one, centred on the window. Lines that share a stretch lie side
    by side. A line of unknown capacity is thin and dotted; what is not in the frame is not drawn, so leave out what
    is planned or out of service. The curves pass the places given and no others: no length can be measured on them.

    Parameters
    ----------
    routes : pandas.DataFrame
        A row a place of a line: line, position (order of flow), ``lon``, ``lat`` (degrees), capacity (one for a line;
        missing: unknown), kind.
    line, position, capacity, kind : str
        Columns.
    panel : str, optional
        A column, such as the year: one map for each of its values, with the same scale of widths.
    panels : sequence, optional
        Which, and in which order.
    kinds : mapping
        Kind → ``color``, ``linestyle`` and ``hollow`` (a line with a white core): told apart without colour too.
        Those last in the order are drawn on top.
    unit : str
        What the capacity counts.
    labels : pandas.DataFrame, optional
        Names to write, such as those of states: index, ``lon`` and ``lat``; those outside the map are left out.
    marks : pandas.DataFrame, optional
        Places to mark with a dot and a name: the same columns.
    names : mapping, optional
        Label, mark, kind or panel → what is printed.
    window : (west, south, east, north)
        Degrees that are to be seen; the corners of the panel may show a little more.
    lines : pandas.DataFrame, optional
        Coasts and borders: line_id, kind (coast, border or disputed), position, lon, lat. Default: those of the data
        package, for Eurasia on 31 December 2012.
    columns : int, default 2
        Panels side by side.
    width : str
        Preset of the style.
    height : float, default 70
        Millimetres a row of panels.
    ax : Axes or sequence of Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A column is missing, a line has one place only or several capacities, a kind has no look.

    References
    ----------
    J. P. Snyder (1987), Map Projections: A Working Manual, US Geological Survey Professional Paper 1395, 182-190.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"pipeline_id": "a", "position": [1, 2], "lon": [58.4, 51.4], "lat": [38.0, 35.7]})
    >>> frame = frame.assign(capacity=8.0, kind="gas")
    >>> figure = pipeline_map(frame, kinds={"gas": {"color": "#0072B2"}}, unit="bcm a year", width="single")
    >>> [text.get_text() for text in figure.legends[0].get_texts()]
    ['gas', '8 bcm a year']
    """
    frame = checked(routes, "pipeline_map", line, position, capacity, kind, panel, "lon", "lat")
    one_each(frame, "pipeline_map", [c for c in (panel, line, position) if c])
    odd = sorted(set(frame[kind]) - set(kinds), key=str)
    if odd:
        raise ValueError(f"pipeline_map: no look for {', '.join(map(str, odd))} in kinds")
    parts = in_order(frame[panel], panels) if panel else [None]
    most = float(frame[capacity].max())
    ground = read_table("map_lines") if lines is None else lines
    project = _projection(window)
    with style():
        figure, axes = facets(len(parts), columns=columns, width=width, height=height, axes=ax)
        for part, place in zip(parts, axes, strict=True):
            _frame(place, project, window)
            if part is not None:
                place.set_title(said(part, names))
        key_below(axes[0], _key(frame, kinds, kind, capacity, most, unit, names), own=ax is None)
        settle(figure)
        for part, place in zip(parts, axes, strict=True):
            own = frame if part is None else frame[frame[panel] == part]
            _same_scale(place)
            _ground(place, ground, project)
            drawn = _pipelines(place, own, project, kinds, (line, position, capacity, kind), most)
            _names(place, labels, marks, project, names, drawn)
    return figure


def _projection(window: tuple[float, float, float, float]) -> Project:
    try:
        from pyproj import Transformer
    except ImportError as error:
        raise MissingExtra("figures", "pipeline_map") from error
    west, south, east, north = window
    middle = f"+lat_0={(south + north) / 2:g} +lon_0={(west + east) / 2:g}"
    exact = Transformer.from_crs("EPSG:4326", f"+proj=laea {middle} +R={EARTH}", always_xy=True).transform

    def project(lon: Any, lat: Any) -> tuple[Any, Any]:
        x, y = exact(lon, lat)
        return np.round(x), np.round(y)  # to the metre: the last bits of a sine differ between processors

    return project


def _dense(lon: np.ndarray, lat: np.ndarray, step: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Points at most about `step` degrees apart: a long straight line in degrees is none in the projection."""
    reach = np.maximum(np.abs(np.diff(lon)), np.abs(np.diff(lat)))
    pieces = np.maximum(1, np.ceil(reach / step)).astype(int)
    at = np.concatenate([[0.0], *[k + np.arange(1, n + 1) / n for k, n in enumerate(pieces)]])
    known = np.arange(len(lon))
    return np.interp(at, known, lon), np.interp(at, known, lat)


def _frame(ax: Axes, project: Project, window: tuple[float, float, float, float]) -> None:
    west, south, east, north = window
    edge_lon, edge_lat = _dense(np.array([west, east, east, west, west]), np.array([south, south, north, north, south]))
    x, y = (np.asarray(v) for v in project(edge_lon, edge_lat))
    # Meridians lean and parallels bend: cut them half way.
    ax.set_xlim(float(x[edge_lon == west].mean()), float(x[edge_lon == east].mean()))
    ax.set_ylim(float(y[edge_lat == south].mean()), float(y[edge_lat == north].mean()))
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=BORDER)


def _ground(ax: Axes, ground: pd.DataFrame, project: Project) -> None:
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    dx, dy = 0.02 * (right - left), 0.02 * (high - low)
    looks: dict[str, dict[str, Any]] = {
        "border": {"colors": BORDER, "linewidths": 0.5},
        "disputed": {"colors": BORDER, "linewidths": 0.5, "linestyles": [(0, (3, 2))]},
        "coast": {"colors": COAST, "linewidths": 0.5},
    }
    for kind, look in looks.items():
        own = ground[ground["kind"].eq(kind)].sort_values(["line_id", "position"])
        starts = np.flatnonzero(own["line_id"].to_numpy()[1:] != own["line_id"].to_numpy()[:-1]) + 1
        paths = []
        for points in np.split(own[["lon", "lat"]].to_numpy(), starts):
            course = np.column_stack(project(*_dense(*points.T))) if len(points) else np.empty((0, 2))
            x, y = course.T
            seen = (x > left - dx) & (x < right + dx) & (y > low - dy) & (y < high + dy)
            seen |= np.roll(seen, 1) | np.roll(seen, -1)  # a step beyond the frame, which cuts it
            pieces = np.split(np.arange(len(seen)), np.flatnonzero(np.diff(seen)) + 1)
            paths += [course[piece] for piece in pieces if len(piece) > 1 and seen[piece[0]]]
        ax.add_collection(LineCollection(paths, zorder=1, capstyle="round", **look), autolim=False)


def _same_scale(ax: Axes) -> None:
    """Widen the limits until a metre is as long both ways. Call `look.settle` before: from here on nothing may move."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    box = ax.get_window_extent()
    scale = max((right - left) / box.width, (high - low) / box.height) / 2
    x, y = (left + right) / 2, (low + high) / 2
    ax.set_xlim(x - scale * box.width, x + scale * box.width)
    ax.set_ylim(y - scale * box.height, y + scale * box.height)


def _wide(capacity: float, most: float) -> float:
    return max(WIDEST * capacity / most, THIN)


def _pipelines(
    ax: Axes,
    frame: pd.DataFrame,
    project: Project,
    kinds: Mapping[str, Mapping[str, Any]],
    columns: tuple[str, str, str, str],
    most: float,
) -> list[np.ndarray]:
    """Draw the lines; their courses in pixels."""
    line, position, capacity, kind = columns
    ordered = frame.assign(_rank=frame[kind].map({k: n for n, k in enumerate(kinds)})).sort_values(
        ["_rank", line, position]
    )
    courses, widths, looks = {}, {}, {}
    for name, points in ordered.groupby(line, sort=False):
        if len(points) < 2 or points[capacity].nunique(dropna=False) > 1 or points[kind].nunique() > 1:
            raise ValueError(f"pipeline_map: {name} needs two places or more, one capacity and one kind")
        size = float(points[capacity].iloc[0])
        unsure = np.isnan(size)
        widths[name] = THIN if unsure else _wide(size, most)
        looks[name] = {"hollow": False, "linestyle": "-", **kinds[points[kind].iloc[0]]}
        looks[name] |= {"linestyle": UNKNOWN, "hollow": False} if unsure else {}
        courses[name] = np.column_stack(project(points["lon"].to_numpy(), points["lat"].to_numpy()))
    pixel = root(ax).dpi / 72
    shift = lanes({n: [tuple(p) for p in c.round(3)] for n, c in courses.items()}, widths, gap=0.8)
    drawn = []
    for name, course in courses.items():
        track = offset(smooth(ax.transData.transform(course)), shift[name] * pixel)
        drawn.append(track)
        xy = ax.transData.inverted().transform(track)
        _draw_line(ax, xy, widths[name], looks[name])
    return drawn


def _draw_line(ax: Axes, xy: np.ndarray, wide: float, look: Mapping[str, Any]) -> None:
    colour, dashes = look["color"], _dashes(look["linestyle"], wide)
    white = {"color": "white", "solid_capstyle": "butt"}
    ax.plot(*xy.T, linewidth=wide + 1.0, zorder=2.9, **white)  # parts it from what it crosses
    ax.plot(
        *xy.T, linewidth=wide, color=colour, linestyle=dashes, solid_capstyle="butt", dash_capstyle="butt", zorder=3
    )
    if look["hollow"] and wide > 1.2:
        ax.plot(*xy.T, linewidth=wide - 1.1, zorder=3.1, **white)
    head = f"-|>,head_length={2.4 + 0.8 * wide:.2f},head_width={1.2 + 0.55 * wide:.2f}"
    arrow = {"arrowstyle": head, "color": colour, "linewidth": 0.4, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 1}
    ax.annotate("", xy=xy[-1], xytext=xy[max(-6, -len(xy))], arrowprops=arrow, zorder=3.2)


def _dashes(pattern: Any, wide: float) -> Any:
    """The same dashes on a wide line as on a narrow one: matplotlib makes them longer with the line."""
    return pattern if isinstance(pattern, str) else (0, tuple(length * 1.6 / wide for length in pattern[1]))


def _names(
    ax: Axes,
    labels: pd.DataFrame | None,
    marks: pd.DataFrame | None,
    project: Project,
    names: Mapping[Any, str] | None,
    drawn: Sequence[np.ndarray],
) -> None:
    along = [tuple(p) for track in drawn for p in track[:: max(1, len(track) // 40)]]
    dots = _inside(ax, marks, project)
    for x, y in dots.values():
        ax.plot([x], [y], marker="o", markersize=2.2, color=INK, markeredgecolor="white", markeredgewidth=0.4, zorder=4)
    frame = ax.get_window_extent()
    texts = {key: said(key, names) for key in dots}
    name_points(ax, dots, texts, radius=1.2, fontsize=6, obstacles=along, within=frame)
    taken = [Text.get_window_extent(text).extents for text in ax.texts if text.get_text()]
    taken += [(x - 3, y - 3, x + 3, y + 3) for x, y in ax.transData.transform(list(dots.values()))] if dots else []
    states = _inside(ax, labels, project)
    styles = {key: {"color": LABEL, "fontstyle": "italic"} for key in states}
    texts = {key: said(key, names) for key in states}
    off = {"obstacles": along, "taken": taken, "within": frame}
    name_points(ax, states, texts, radius=0, fontsize=6.5, styles=styles, here=True, **off)
    for text in ax.texts:
        text.set_in_layout(False)  # they lie inside the frame, and the frame must not move any more


def _inside(ax: Axes, points: pd.DataFrame | None, project: Project) -> dict[Any, tuple[float, float]]:
    if points is None:
        return {}
    x, y = project(points["lon"].to_numpy(), points["lat"].to_numpy())
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    dx, dy = 0.02 * (right - left), 0.02 * (high - low)
    return {
        key: (float(a), float(b))
        for key, a, b in zip(points.index, x, y, strict=True)
        if left + dx < a < right - dx and low + dy < b < high - dy
    }


def _key(
    frame: pd.DataFrame,
    kinds: Mapping[str, Mapping[str, Any]],
    kind: str,
    capacity: str,
    most: float,
    unit: str,
    names: Mapping[Any, str] | None,
) -> list[Any]:
    entries: list[Any] = []
    for name, look in kinds.items():
        if name in set(frame[kind]):
            own = {k: v for k, v in look.items() if k != "hollow"}
            line = Line2D([], [], linewidth=2.6, label=said(name, names), **own)
            entries.append(line)
            if look.get("hollow"):
                line.set_path_effects(_hollow(own))
    for size in _sizes(frame[capacity], most):
        entries.append(Line2D([], [], linewidth=_wide(size, most), color=INK, label=f"{size:g} {unit}"))
    if frame[capacity].isna().any():
        entries.append(Line2D([], [], linewidth=THIN, color=INK, linestyle=UNKNOWN, label="capacity unknown"))
    return entries


def _hollow(look: Mapping[str, Any]) -> list[Any]:
    from matplotlib.patheffects import Normal, Stroke

    return [Normal(), Stroke(linewidth=1.5, foreground="white")]


def _sizes(values: pd.Series, most: float) -> list[float]:
    """The largest capacity, rounded down to one digit, and a third of it: two widths for the key."""
    if np.isnan(most):
        return []
    digit = 10 ** np.floor(np.log10(most))
    top = float(np.floor(most / digit) * digit)
    small = float(f"{top / 4:.1g}")
    return [small, top] if values.nunique() > 1 and small * WIDEST / most > THIN else [top]
