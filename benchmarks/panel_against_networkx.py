"""The same panel by influence and by networkx: the same ties in, one tidy table out, and the numbers compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

import influence as inf

KEYS = ["metric", "layer", "year", "actor"]
COLUMNS = ["actor", "year", "layer", "metric", "value"]
# By default networkx stops iterating early, off from the third digit on: it is timed so, and compared converged.
CONVERGED = {"tol": 1e-10, "max_iter": 10_000}
# Where networkx is no yardstick its distance is reported, not asserted.
KNOWN_TO_DIFFER = {
    "betweenness": "networkx compares path lengths with ==, which can miss paths of equal length",
    "effective_size": "networkx divides by the strongest tie of the wrong actor where ties are weighted or directed",
}


@dataclass(frozen=True)
class Ties:
    """One layer in one year, as both sides get it: names, direction, (source, target, strength)."""

    layer: str
    year: int
    actors: list[str]
    directed: bool
    edges: list[tuple[str, str, float]]
    organizations: tuple[str, ...] = ()


def by_networkx(snapshots: Iterable[Ties], metrics: Iterable[str], *, converged: bool = False) -> pd.DataFrame:
    """The panel as a user of networkx would write it: graph by graph, function by function."""
    blocks = []
    chosen, iteration = list(metrics), CONVERGED if converged else {}
    for ties in snapshots:
        graph: nx.Graph = nx.DiGraph() if ties.directed else nx.Graph()
        graph.add_nodes_from([*ties.actors, *ties.organizations])
        graph.add_edges_from((i, j, {"weight": w, "length": 1 / w}) for i, j, w in ties.edges)
        for metric in chosen:
            if (metric in TWO_MODE) != bool(ties.organizations):
                continue
            if metric in TWO_MODE:
                found = TWO_MODE[metric](graph, ties.actors)
            else:
                found = ITERATED[metric](graph, **iteration) if metric in ITERATED else ONE_MODE[metric](graph)
            block = {"actor": ties.actors, "year": ties.year, "layer": ties.layer, "metric": metric}
            blocks.append(pd.DataFrame({**block, "value": [found[a] for a in ties.actors]}))
    return pd.concat(blocks, ignore_index=True)[COLUMNS]


def by_influence(net: inf.MultilayerNetwork, metrics: Iterable[str]) -> pd.DataFrame:
    return inf.panel(net, list(metrics))


def study_ties(net: inf.MultilayerNetwork) -> list[Ties]:
    """The bundled study's layers, years and projections as plain lists."""
    found = []
    for year in net.years:
        snap = net.at(year)
        two_mode = [name for name in snap.layers if snap[name].mode == 2]
        layers = {**snap.one_mode(), **{name: snap[name] for name in two_mode}}
        for name, layer in layers.items():
            edges = [(i, j, float(w)) for i, j, w in layer.to_edges().itertuples(index=False)]
            bodies = tuple(layer.incidence().columns) if layer.mode == 2 else ()
            found.append(Ties(name, year, list(layer.labels), layer.directed and not bodies, edges, bodies))
    return found


def compared(ours: pd.DataFrame, theirs: pd.DataFrame) -> pd.DataFrame:
    """By metric: values that both define, the share of them that agrees, the largest distance, in means of the metric.

    Agreement is to one millionth of the metric's mean.

    Raises
    ------
    AssertionError
        A metric of shared conventions disagrees.
    """
    both = ours.merge(theirs, on=KEYS, suffixes=("", "_theirs")).dropna(subset=["value", "value_theirs"])
    off = (both["value"] - both["value_theirs"]).abs()
    scale = both.groupby("metric")["value"].transform(lambda v: v.abs().mean())
    both = both.assign(same=off <= 1e-6 * scale, distance=off / scale)
    table = both.groupby("metric", sort=False).agg(
        values=("same", "size"), agree=("same", "mean"), largest=("distance", "max")
    )
    wrong = [m for m in table.index if table.loc[m, "agree"] < 1 and m not in KNOWN_TO_DIFFER]
    assert not wrong, f"influence and networkx disagree:\n{table.loc[wrong]}"
    return table


def _summing_to_one(found: dict[str, float]) -> dict[str, float]:
    total = sum(found.values()) or 1.0
    return {actor: value / total for actor, value in found.items()}


def _eigenvector(graph: nx.Graph, **iteration: float) -> dict[str, float]:
    try:
        return _summing_to_one(nx.eigenvector_centrality(graph, weight="weight", **iteration))
    except nx.PowerIterationFailedConvergence:
        return dict.fromkeys(graph, np.nan)


def _harmonic(graph: nx.Graph) -> dict[str, float]:
    others = max(len(graph) - 1, 1)
    return {actor: value / others for actor, value in nx.harmonic_centrality(graph, distance="length").items()}


def _in(graph: nx.Graph, weight: str | None = None) -> dict[str, float]:
    return dict(graph.in_degree(weight=weight) if graph.is_directed() else graph.degree(weight=weight))


def _out(graph: nx.Graph, weight: str | None = None) -> dict[str, float]:
    return dict(graph.out_degree(weight=weight) if graph.is_directed() else graph.degree(weight=weight))


ONE_MODE: dict[str, Callable[[nx.Graph], dict[str, float]]] = {
    "degree": lambda g: dict(g.degree()),
    "degree_in": _in,
    "degree_out": _out,
    "strength": lambda g: dict(g.degree(weight="weight")),
    "strength_in": lambda g: _in(g, "weight"),
    "strength_out": lambda g: _out(g, "weight"),
    "betweenness": lambda g: nx.betweenness_centrality(g, weight="length"),
    "closeness": lambda g: nx.closeness_centrality(g, distance="length"),
    "harmonic": _harmonic,
    "constraint": lambda g: nx.constraint(g, weight="weight"),
    "effective_size": lambda g: nx.effective_size(g, weight="weight"),
}
TWO_MODE: dict[str, Callable[[nx.Graph, list[str]], dict[str, float]]] = {
    "degree_two_mode": lambda g, actors: nx.bipartite.degree_centrality(g, actors),
}
ITERATED: dict[str, Callable[..., dict[str, float]]] = {
    "eigenvector": _eigenvector,
    "pagerank": lambda g, **iteration: nx.pagerank(g, weight="weight", **iteration),
}
METRICS = [*ONE_MODE, *ITERATED, *TWO_MODE]
