"""One layer as points and curved arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from influence.figures._frames import checked, in_order, looks_of, one_each, said
from influence.figures._placing import name_points
from influence.figures.look import DASHES, MM, QUIET, WIDTHS, facets, key_below, readable, settle, style
from influence.figures.presets import fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KIND_COLOURS = ("#0072B2", "#8A3B00", "#5A5A5A", "#CC79A7")


def node_link(
    layer: Any,
    positions: pd.DataFrame,
    *,
    kind: str | None = "kind",
    labels: int | Sequence[Any] | None = None,
    highlight: Sequence[Any] = (),
    sizes: Mapping[Any, float] | pd.Series | None = None,
    strongest: int | None = None,
    outward: tuple[float, float] | None = None,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    kinds: Mapping[str, Mapping[str, Any]] | None = None,
    unit: str = "",
    width: str = "double",
    height: float | None = None,
    equal: bool = True,
    ax: Any = None,
) -> Figure:
    """The ties of one layer as arrows, their width by weight, their colour and dashes by kind.

    Arrows bend to one side, so that the two directions of a pair, and its kinds, lie beside each other.

    Parameters
    ----------
    layer : Layer, or DataFrame with source, target, weight and optionally a kind
    positions : DataFrame
        x and y by actor; actors without a place are refused.
    kind : str or None
        The column of kinds in a frame; a layer brings its own. None: all ties alike.
    labels : int, sequence or None
        Who is named: so many of those with most ties (by weight), or these. Default: all that have a tie.
    highlight : sequence, optional
        Actors with a mark and colour of their own.
    sizes : mapping or Series, optional
        Actor → number; the area of its point is proportional.
    strongest : int, optional
        At most so many ties; the picture says how many of how many.
    outward : (x, y), optional
        Write names on the side away from here, such as (0, 0) for positions on a circle.
    names : mapping, optional
        Actor or kind → what is printed.
    looks : mapping, optional
        As from `series_looks`, for the highlighted.
    kinds : mapping, optional
        Kind → color and linestyle.
    unit : str
        What the width of a tie counts; with it, the legend has a scale.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the shape of the positions.
    equal : bool, default True
        The same scale on both axes.
    ax : Axes, optional
        Such as one on which coasts have been drawn.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> ties = pd.DataFrame({"source": ["TKM", "UZB"], "target": ["UZB", "KAZ"], "weight": 1.0, "kind": "gas"})
    >>> from influence.figures import stable_positions
    >>> figure = node_link(ties, stable_positions(["KAZ", "TKM", "UZB"]), outward=(0, 0))
    >>> sorted(text.get_text() for text in figure.axes[0].texts)
    ['KAZ', 'TKM', 'UZB']
    """
    ties, directed = _ties(layer, kind)
    ties = checked(ties, "node_link", "source", "target", "weight")
    one_each(ties, "node_link", ["source", "target", "kind"])
    lost = sorted({*ties["source"], *ties["target"]} - set(positions.index), key=str)
    if lost:
        raise ValueError(f"node_link: no position for {', '.join(map(str, lost))}")
    whole = len(ties)
    ties = ties.sort_values(["weight", "source", "target"], ascending=[False, True, True]).head(strongest or whole)
    shown = in_order(ties["kind"], list(kinds) if kinds else sorted(dict.fromkeys(ties["kind"]), key=str))
    drawn = {k: {"color": KIND_COLOURS[n % 4], "linestyle": DASHES[n % 4]} for n, k in enumerate(shown)}
    drawn = {k: {**drawn[k], **(kinds or {}).get(k, {})} for k in shown}
    chosen = [a for a in highlight if a in positions.index]
    seen = looks_of(chosen, looks)
    volume = ties.groupby("source")["weight"].sum().add(ties.groupby("target")["weight"].sum(), fill_value=0)
    volume = volume.sort_index().sort_values(ascending=False, kind="stable")
    points = {a: (float(x), float(y)) for a, x, y in positions[["x", "y"]].itertuples()}
    width = fitted(width)
    room = np.array([*points.values(), *_bulges(ties, points, shown)])
    with style():
        figure, (place, *_) = facets(1, columns=1, width=width, height=height or _height(room, width), axes=ax)
        if ax is None:
            place.axis("off")
            if equal:
                place.set_aspect("equal")
        radii = _points(place, points, sizes, seen)
        if ax is None:
            place.update_datalim(_bulges(ties, points, shown))
            place.margins(0.06)
            place.autoscale_view()
        _arrows(place, ties, points, radii, drawn, shown, directed)
        settle(figure)
        key_below(place, _key(ties, drawn, names, unit, whole), own=ax is None)
        settle(figure)
        told = list(volume.index) if labels is None else labels
        told = list(volume.index[:told]) if isinstance(told, int) else list(told)
        name_points(
            place,
            points,
            {a: said(a, names) for a in [*[c for c in chosen if c in told], *[t for t in told if t not in chosen]]},
            radius=max(radii.values()),
            outward=outward,
            styles={a: {"color": readable(seen[a]["color"]), "fontweight": "bold"} for a in chosen},
            obstacles=_along(place, ties, points, shown),
        )
    return figure


def _ties(layer: Any, kind: str | None) -> tuple[pd.DataFrame, bool]:
    if isinstance(layer, pd.DataFrame):
        frame, directed = layer.copy(), True
        frame["kind"] = frame[kind] if kind and kind in frame else ""
    elif kind is None or len(layer.kinds) == 1:
        frame, directed = layer.to_edges().assign(kind=""), layer.directed
    else:
        frame = pd.concat([own.to_edges().assign(kind=name) for name, own in layer.kinds.items()], ignore_index=True)
        directed = layer.directed
    return frame[(frame["weight"] > 0) & (frame["source"] != frame["target"])], directed


def _points(
    ax: Axes,
    points: Mapping[Any, tuple[float, float]],
    sizes: Mapping[Any, float] | pd.Series | None,
    seen: Mapping[Any, Mapping[str, Any]],
) -> dict[Any, float]:
    """Draw the points; their radii in points."""
    most = max((float(v) for v in dict(sizes).values()), default=1.0) if sizes is not None else 1.0
    radii = {}
    for actor, (x, y) in points.items():
        share = float(sizes.get(actor, 0.0)) / most if sizes is not None and most > 0 else 0.16
        radii[actor] = 1.5 + 4.5 * np.sqrt(share) if sizes is not None else 2.5
        look = seen.get(actor, {"color": QUIET, "marker": "o"})
        ax.plot(
            [x],
            [y],
            marker=look["marker"],
            color=look["color"],
            markersize=2 * radii[actor],
            linestyle="none",
            markeredgecolor="white",
            markeredgewidth=0.6,
            zorder=4,
        )
    return radii


def _arrows(
    ax: Axes,
    ties: pd.DataFrame,
    points: Mapping[Any, tuple[float, float]],
    radii: Mapping[Any, float],
    drawn: Mapping[str, Mapping[str, Any]],
    shown: Sequence[str],
    directed: bool,
) -> None:
    most = float(ties["weight"].max())
    for tie in ties.itertuples():
        wide = 0.4 + 2.4 * float(tie.weight) / most
        ax.add_patch(
            FancyArrowPatch(
                points[tie.source],
                points[tie.target],
                connectionstyle=f"arc3,rad={_bend(shown, tie.kind):.2f}",
                arrowstyle=f"-|>,head_length={2.2 + wide:.2f},head_width={1.1 + 0.6 * wide:.2f}" if directed else "-",
                shrinkA=radii[tie.source] + 0.5,
                shrinkB=radii[tie.target] + 1,
                mutation_scale=1,
                linewidth=wide,
                joinstyle="miter",
                capstyle="butt",
                zorder=2,
                **drawn[str(tie.kind)],
            )
        )


def _bend(shown: Sequence[str], kind: Any) -> float:
    return 0.14 + 0.12 * shown.index(str(kind))


def _along(
    ax: Axes, ties: pd.DataFrame, points: Mapping[Any, tuple[float, float]], shown: Sequence[str]
) -> list[tuple[float, float]]:
    """Places along the arrows, in pixels, so that names keep off them."""
    found = []
    for source, target, kind in ties[["source", "target", "kind"]].itertuples(index=False):
        start, end = ax.transData.transform([points[source], points[target]])
        dx, dy = end - start
        corner = (start + end) / 2 + _bend(shown, kind) * np.array([dy, -dx])  # as "arc3" bends
        for t in np.linspace(0.06, 0.98, max(3, int(np.hypot(dx, dy) / 6))):
            x, y = (1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end
            found.append((float(x), float(y)))
    return found


def _bulges(
    ties: pd.DataFrame, points: Mapping[Any, tuple[float, float]], shown: Sequence[str]
) -> list[tuple[float, float]]:
    """The outermost place of each arrow, in data (where both axes have the same scale)."""
    found = []
    for source, target, kind in ties[["source", "target", "kind"]].itertuples(index=False):
        (x0, y0), (x1, y1) = points[source], points[target]
        half = _bend(shown, kind) / 2  # a quadratic arc goes half as far as its corner
        found.append(((x0 + x1) / 2 + half * (y1 - y0), (y0 + y1) / 2 - half * (x1 - x0)))
    return found


def _height(room: np.ndarray, width: str) -> float:
    wide, tall = (float(d) or 1.0 for d in np.ptp(room, axis=0))
    return min(max(WIDTHS[width] / MM * tall / wide, 40.0), 140.0) + 8


def _key(
    ties: pd.DataFrame,
    drawn: Mapping[str, Mapping[str, Any]],
    names: Mapping[Any, str] | None,
    unit: str,
    whole: int,
) -> list[Line2D]:
    entries = []
    if len(drawn) > 1:
        entries = [Line2D([], [], linewidth=1.3, label=said(k, names), **look) for k, look in drawn.items()]
    most = float(ties["weight"].max())
    if unit:
        text = f"{most:,.3g} {unit} (widest; width by weight)"
        entries.append(Line2D([], [], linewidth=2.8, color=QUIET, label=text))
    if len(ties) < whole:
        entries.append(Line2D([], [], linestyle="none", label=f"{len(ties):,} strongest of {whole:,} ties"))
    return entries
