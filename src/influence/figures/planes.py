"""Layers as planes above one another, the same actor above itself in all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon

from influence.figures._frames import looks_of, said
from influence.figures._placing import name_points
from influence.figures.look import INK, QUIET, facets, readable, settle, style, tone
from influence.figures.positions import stable_positions
from influence.figures.presets import fitted
from influence.tables.write import round_significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SLANT, FLAT, HALF = 0.55, 0.40, 1.15  # of the oblique projection; half the side of a plane


def multilayer_planes(
    snapshot: Any,
    positions: pd.DataFrame | None = None,
    *,
    layers: Sequence[str] | None = None,
    highlight: Sequence[Any] = (),
    labels: Sequence[Any] | None = None,
    strongest: int = 80,
    names: Mapping[Any, str] | None = None,
    looks: Mapping[str, Mapping[str, Any]] | None = None,
    width: str = "double",
    height: float | None = None,
    ax: Any = None,
) -> Figure:
    """All layers of a year in oblique projection; every actor keeps its place in all of them.

    The width of a tie is its weight as a share of the largest weight in its layer: widths of two layers cannot be
    compared. Directions are not drawn (see `node_link`).

    Parameters
    ----------
    snapshot : Snapshot, or mapping of name → Layer or frame with source, target and weight
    positions : DataFrame, optional
        x and y by actor, within −1…1, as from `stable_positions`. Default: all actors on one circle.
    layers : sequence of str, optional
        From top to bottom. Default: the default layers, two-mode ones by their projection.
    highlight : sequence, optional
        Actors whose ties, places and names stand out.
    labels : sequence, optional
        Actors named on the top plane. Default: the highlighted.
    strongest : int, default 80
        At most so many ties a layer, the strongest; the label of the layer says how many of how many.
    names : mapping, optional
        Actor or layer → what is printed.
    looks : mapping, optional
        As from `series_looks`, for the highlighted.
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
    >>> ties = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "weight": [1.0, 2.0]})
    >>> figure = multilayer_planes({"trade": ties, "energy": ties[:1]}, highlight=["B"])
    >>> [text.get_text().split()[0] for text in figure.axes[0].texts]
    ['trade', '2', 'energy', '1', 'B']
    """
    edges = _edges(snapshot, layers)
    if positions is None:
        positions = stable_positions({a for e in edges.values() for a in [*e["source"], *e["target"]]})
    chosen = [a for a in highlight if a in positions.index]
    seen = looks_of(chosen, looks)
    width = fitted(width)
    step = 2 * HALF * FLAT + 0.22
    with style():
        reach = (1 + SLANT) * HALF
        span = 2 * HALF * FLAT + (len(edges) - 1) * step + 0.32
        tall = height or span * (22 if width == "single" else 37)
        figure, (place, *_) = facets(1, columns=1, width=width, height=tall, axes=ax)
        place.set_aspect("equal")
        place.axis("off")
        flat = {
            name: pd.DataFrame(
                {"x": positions["x"] + SLANT * positions["y"], "y": FLAT * positions["y"] - k * step},
                index=positions.index,
            )
            for k, name in enumerate(edges)
        }
        for actor in chosen:
            column = np.array([flat[name].loc[actor, ["x", "y"]] for name in edges], dtype=float)
            place.plot(column[:, 0], column[:, 1], color=seen[actor]["color"], lw=0.7, ls=(0, (1, 2)), zorder=1.2)
        for k, (name, ties) in enumerate(edges.items()):
            _plane(place, name, ties, flat[name], -k * step, strongest, chosen, seen, names)
        place.set_xlim(-reach - 0.02, reach + 0.02)
        place.set_ylim(HALF * FLAT + 0.3 - span, HALF * FLAT + 0.3)
        settle(figure)
        top = flat[next(iter(edges))]
        told = [a for a in (labels if labels is not None else chosen) if a in top.index]
        xy = {a: (float(x), float(y)) for a, x, y in top.itertuples()}
        name_points(
            place,
            xy,
            {a: said(a, names) for a in told},
            outward=(0, 0),
            obstacles=_written(place),
            styles={a: {"color": readable(seen[a]["color"]) if a in seen else INK} for a in told},
        )
    return figure


def _written(ax: Axes) -> list[tuple[float, float]]:
    """Places of the texts there are, in pixels, so that names keep off them."""
    boxes = [text.get_window_extent() for text in ax.texts]
    return [(x, y) for b in boxes for x in np.linspace(b.x0, b.x1, 9) for y in (b.y0, (b.y0 + b.y1) / 2, b.y1)]


def _edges(snapshot: Any, layers: Sequence[str] | None) -> dict[str, pd.DataFrame]:
    if layers is None:
        there = snapshot.one_mode() if hasattr(snapshot, "one_mode") else snapshot
    else:
        there = {name: snapshot[name] for name in layers}
    found = {}
    for name, layer in there.items():
        if getattr(layer, "mode", 1) == 2:
            layer = snapshot[f"{name}:shared"]
        frame = round_significant(layer if isinstance(layer, pd.DataFrame) else layer.to_edges())
        found[str(name)] = frame[frame["source"] != frame["target"]]
    return found


def _plane(
    ax: Axes,
    name: str,
    ties: pd.DataFrame,
    at: pd.DataFrame,
    middle: float,
    strongest: int,
    chosen: Sequence[Any],
    seen: Mapping[Any, Mapping[str, Any]],
    names: Mapping[Any, str] | None,
) -> None:
    corners = [(-HALF, -HALF), (HALF, -HALF), (HALF, HALF), (-HALF, HALF)]
    ax.add_patch(
        Polygon(
            [(x + SLANT * y, FLAT * y + middle) for x, y in corners],
            facecolor="#F6F6F4",
            edgecolor="#BBBBBB",
            linewidth=0.6,
            zorder=1,
            alpha=0.75,
        )
    )
    inside = ties[ties["source"].isin(at.index) & ties["target"].isin(at.index) & (ties["weight"] > 0)]
    drawn = inside.sort_values(["weight", "source", "target"], ascending=[False, True, True]).head(strongest)[::-1]
    ends = np.stack([at.loc[drawn["source"]].to_numpy(), at.loc[drawn["target"]].to_numpy()], axis=1)
    wide = 0.35 + 2.0 * (drawn["weight"] / drawn["weight"].max() if len(drawn) else drawn["weight"]).to_numpy()
    # A tie between two highlighted actors has the colour of the one that stands first in `highlight`.
    owner = [
        next((a for a in chosen if a in (s, t)), None) for s, t in zip(drawn["source"], drawn["target"], strict=True)
    ]
    for bright in (False, True):
        pick = np.array([(o is not None) == bright for o in owner], dtype=bool)
        colours = [tone(seen[o]["color"], 0.75) if o is not None else "#CCCCCC" for o in owner]
        ax.add_collection(
            LineCollection(
                list(ends[pick]),
                linewidths=wide[pick],
                colors=[c for c, p in zip(colours, pick, strict=True) if p],
                zorder=1.5 + bright * 0.2,
                capstyle="round",
            ),
            autolim=False,
        )
    rest = [a for a in at.index if a not in seen]
    ax.plot(at.loc[rest, "x"], at.loc[rest, "y"], ".", color=QUIET, markersize=2.5, zorder=2)
    for actor in chosen:
        x, y = at.loc[actor, ["x", "y"]].astype(float)
        ax.plot(
            [x],
            [y],
            marker=seen[actor]["marker"],
            color=seen[actor]["color"],
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.5,
            linestyle="none",
            zorder=3,
        )
    count = f"{len(drawn):,} ties"
    if len(drawn) < len(inside):
        count = f"{len(drawn):,} strongest\nof {len(inside):,} ties"
    # In the corner that the slant leaves free.
    corner = (-HALF - SLANT * HALF, middle + FLAT * HALF + 0.12)
    placed: dict[str, Any] = {"ha": "left", "va": "top", "annotation_clip": False}
    ax.annotate(said(name, names), corner, fontsize=7.5, fontweight="bold", **placed)
    ax.annotate(
        count, corner, xytext=(0, -10), textcoords="offset points", fontsize=6, linespacing=1.2, color=QUIET, **placed
    )
