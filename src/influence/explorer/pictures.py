"""A view as a figure for print: the same state, drawn by `influence.figures`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence import figures
from influence._panel import panel
from influence.explorer.state import State
from influence.explorer.study import COLOURS, Study
from influence.metrics._roles import COLUMNS as ROLES
from influence.metrics._roles import ROLES as FIVE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRONGEST = 150  # ties that a printed page can carry


def draw(study: Study, state: State, what: str, **options: Any) -> Figure:
    """The network, the ranking or the role profile of a view.

    Raises
    ------
    ValueError
        There is no such picture, or no layer with brokerage is shown.
    """
    known: dict[str, Callable[..., Figure]] = {"network": _network, "ranking": _ranking, "roles": _roles}
    if what not in known:
        raise ValueError(f"figure is one of {', '.join(known)}, not {what!r}")
    return known[what](study, state, **options)


def _network(study: Study, state: State, **options: Any) -> Figure:
    net, snap = study.network(state), study.network(state).at(state.year)
    parts = []
    for layer in state.shown:
        edges = snap[layer].to_edges()
        # Only shares of a layer can lie beside those of another.
        parts.append(edges.assign(weight=edges["weight"] / edges["weight"].sum(), kind=layer))
    ties = pd.concat(parts, ignore_index=True)
    ends = [end for end in state.pick.split(">") if end]
    if ends:
        ties = ties[ties["source"].isin(ends) | ties["target"].isin(ends)]
    at = study.places()[state.place]
    spots = at[state.partition] if state.place == "circle" else at["at"]
    nodes = [*study.actors, *study.bodies]
    positions = pd.DataFrame(spots, columns=["x", "y"], index=nodes)
    used = {*ties["source"], *ties["target"]}
    positions = positions[[k in used or k in set(net.panel_actors()) for k in nodes]]
    given = {
        "highlight": [a for a in ends if a in positions.index],
        "kinds": {layer: {"color": COLOURS[study.layers.index(layer) % len(COLOURS)]} for layer in state.shown},
        "strongest": STRONGEST,
        "outward": (0, 0) if state.place == "circle" else None,
        "unit": "of the layer",
        **options,
    }
    if "lines" in at and "ax" not in given:
        below = min(float(positions["y"].min()), at["frame"][1])
        given["ax"] = _coasts(at, below, given.pop("width", "double"), given.pop("height", None))
    return figures.node_link(ties, positions, **given)


def _coasts(at: Mapping[str, Any], below: float, width: str, height: float | None) -> Axes:
    """Axes with the coasts and borders of the map, and room below them for organizations."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    left, bottom, right, top = at["frame"]
    tall = height or 174 * (top - below + 0.1) / (right - left)
    with figures.style():
        _, ax = figures.canvas(width, tall)
        for kind, lines in at["lines"].items():
            paths = [np.reshape(line, (-1, 2)) / 1000 for line in lines]
            look: dict[str, Any] = {
                "colors": "#B4BDC5" if kind == "coast" else "#D5DADE",
                "linewidths": 0.4,
                "zorder": 0,
            }
            drawn = ax.add_collection(LineCollection(paths, linestyles=":" if kind == "disputed" else "-", **look))
            drawn.set_clip_path(Rectangle((left, bottom), right - left, top - bottom, transform=ax.transData))
        ax.set_xlim(left - 0.02, right + 0.02)
        ax.set_ylim(below - 0.08, top + 0.02)
        ax.set_aspect("equal")
        ax.axis("off")
    return ax


def _ranking(study: Study, state: State, **options: Any) -> Figure:
    scope = state.shown if state.measured_in == "all" else state.measured_in
    groups = state.partition if state.measure in ROLES else None
    frame = panel(study.network(state), state.measure, layers=scope, partition=groups)
    frame = frame[frame["actor"].isin(study.ranked)]
    now = frame[frame["year"] == state.year].sort_values("value", ascending=False, kind="stable")["actor"]
    picked = [a for a in state.pick.split(">") if a in study.ranked]
    bright = [*picked, *(a for a in now if a not in picked)][:6]
    given = {"highlight": bright, "names": _names(study), "label_all": True, "height": 120, **options}
    return figures.rank_flow(frame, **given)


def _roles(study: Study, state: State, **options: Any) -> Figure:
    layer = next((name for name in (state.measured_in, *state.shown) if study.has_roles(name)), None)
    if layer is None:
        raise ValueError("no layer with brokerage is shown: a projection of memberships is a union of cliques")
    frame = panel(study.network(state), list(FIVE), layers=layer, years=state.year, partition=state.partition)
    frame = frame[frame["actor"].isin(study.ranked)]
    most = frame.groupby("actor")["value"].sum().sort_values(ascending=False, kind="stable").index
    picked = [a for a in state.pick.split(">") if a in study.ranked]
    order = [*picked, *(a for a in most if a not in picked)][:10]
    given = {"order": order, "names": _names(study), **options}
    return figures.role_profile(frame.rename(columns={"metric": "role", "value": "count"}), **given)


def _names(study: Study) -> dict[str, str]:
    actors = study.net.actors
    return dict(zip(actors["actor_id"], actors["name"], strict=True)) if "name" in actors else {}
