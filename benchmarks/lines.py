"""Single measures beside the peers that have them, on graphs of W2 (one of each layer) unless said otherwise."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from measure import in_turn
from peers import Ties, by_sna, each_graph, installed
from workloads import GROUPS, PANELS, random_table

import influence as inf
from influence.metrics.brokerage import role_counts
from influence.metrics.paths import distance_measures
from influence.metrics.structural_holes import burt_measures


@dataclass
class Line:
    """One row of the report: seconds of ours and of a peer, how far their numbers are apart, what was measured."""

    what: str
    peer: str
    ours: float
    theirs: float
    apart: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours


def dense(t: Ties) -> np.ndarray:
    matrix = np.zeros((t.n, t.n))
    matrix[t.i, t.j] = t.weight
    return matrix


def lines() -> list[Line]:
    actors, densities, _, seed = PANELS["W2"]
    graphs = each_graph(random_table(actors, densities, 1, seed))
    stack = np.stack([dense(t) for t in graphs])
    groups = np.arange(actors) % GROUPS
    there = installed()
    return [
        *(brokerage(graphs, stack, groups) if there["sna"] else []),
        constraint(graphs, stack),
        nearness(graphs, stack),
        betweenness(),
        current_flow(stack),
        versatility(graphs, stack),
        *overlap(graphs, stack, there["py3plex"] is not None),
        *(degrees(graphs, stack) if there["pymnet"] else []),
    ]


def apart(one: Any, other: Any) -> float:
    return float(np.nanmax(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float))))


def brokerage(graphs: list[Ties], stack: np.ndarray, groups: np.ndarray) -> list[Line]:
    seconds, counts = by_sna(graphs, groups)
    matrices, member = list(stack), pd.Series(groups)
    ours = in_turn(
        {
            "stack": lambda: role_counts(stack, directed=True, groups=groups),
            "each": lambda: [inf.brokerage.gould_fernandez(a, member) for a in matrices],
        },
        15,
    )
    found = np.stack(list(role_counts(stack, directed=True, groups=groups).values()), axis=-1)
    off, n = apart(found, counts), len(graphs)
    return [
        Line("Gould–Fernandez, in a stack as the panel has it", "R's sna", ours["stack"] / n, seconds / n, off),
        Line("Gould–Fernandez, one graph at a time, labelled", "R's sna", ours["each"] / n, seconds / n, off),
    ]


def constraint(graphs: list[Ties], stack: np.ndarray) -> Line:
    theirs = [t.igraph for t in graphs]
    seconds = in_turn(
        {
            "ours": lambda: burt_measures(stack, directed=True),
            "igraph": lambda: [g.constraint(weights="weight") for g in theirs],
        },
        9,
    )
    off = apart(burt_measures(stack, directed=True)["constraint"], [g.constraint(weights="weight") for g in theirs])
    what = "constraint + effective size (+ efficiency, hierarchy)"
    n = len(graphs)
    return Line(what, "igraph's constraint alone", seconds["ours"] / n, seconds["igraph"] / n, off)


def nearness(graphs: list[Ties], stack: np.ndarray) -> Line:
    theirs = [t.igraph for t in graphs]

    def by_igraph() -> list[Any]:
        return [
            (g.closeness(mode="in", weights="length"), g.harmonic_centrality(mode="in", weights="length"))
            for g in theirs
        ]

    seconds = in_turn({"ours": lambda: distance_measures(stack, directed=True), "igraph": by_igraph}, 5)
    off = apart(distance_measures(stack, directed=True)["harmonic"], [both[1] for both in by_igraph()])
    n = len(graphs)
    return Line("closeness + harmonic", "igraph", seconds["ours"] / n, seconds["igraph"] / n, off)


def betweenness(actors: int = 2000, ties: int = 8000) -> Line:
    """The public function on a sparse matrix, beside the bare call on a graph that is made already."""
    import scipy.sparse as sp

    rng = np.random.default_rng(4)
    pairs = np.unique(rng.integers(0, actors, (2, ties)), axis=1)
    i, j = pairs[:, pairs[0] != pairs[1]]
    t = Ties(actors, i, j, rng.lognormal(size=len(i)))
    matrix = sp.csr_array((t.weight, (i, j)), shape=(actors, actors))
    graph = t.igraph
    seconds = in_turn(
        {
            "ours": lambda: inf.centrality.betweenness(matrix),
            "igraph": lambda: graph.betweenness(weights="length"),
        },
        3,
    )
    theirs = np.array(graph.betweenness(weights="length")) / ((actors - 1) * (actors - 2))
    off = apart(inf.centrality.betweenness(matrix), theirs)
    what = f"betweenness, {actors:,} actors, {len(i):,} ties"
    return Line(what, "the bare igraph call", seconds["ours"], seconds["igraph"], off, "ours calls igraph")


def current_flow(stack: np.ndarray) -> Line:
    matrix = stack[1] + stack[1].T
    graph = nx.from_numpy_array(matrix)
    seconds = in_turn(
        {
            "ours": lambda: inf.centrality.current_flow_betweenness(matrix, directed=False),
            "networkx": lambda: nx.current_flow_betweenness_centrality(graph, weight="weight"),
        },
        {"ours": 5, "networkx": 2},
    )
    theirs = nx.current_flow_betweenness_centrality(graph, weight="weight")
    off = apart(
        inf.centrality.current_flow_betweenness(matrix, directed=False), [theirs[k] for k in range(len(matrix))]
    )
    return Line("current-flow betweenness", "networkx", seconds["ours"], seconds["networkx"], off)


def versatility(graphs: list[Ties], stack: np.ndarray, coupling: float = 1.0) -> Line:
    """All six layers of a year, beside igraph on the supra-graph, which it must make first; ours never makes one."""
    import igraph

    layers, n = stack.shape[:2]
    radius = [np.abs(np.linalg.eigvals(a)).max() for a in stack]
    couples = [(k * n + i, m * n + i) for k in range(layers) for m in range(layers) if k != m for i in range(n)]
    i, j = (np.concatenate([getattr(t, end) + k * n for k, t in enumerate(graphs)]).tolist() for end in "ij")
    weight = np.concatenate([t.weight / radius[k] for k, t in enumerate(graphs)]).tolist()

    def by_igraph() -> np.ndarray:
        graph = igraph.Graph(n=layers * n, edges=[*zip(i, j, strict=True), *couples], directed=True)
        strengths = weight + [coupling] * len(couples)
        replicas = np.array(graph.eigenvector_centrality(directed=True, weights=strengths))
        whole = replicas.reshape(layers, n).sum(axis=0)
        return whole / whole.sum()

    named = by_name(stack)
    works = {"ours": lambda: inf.multiplex.versatility_eigenvector(named, coupling=coupling), "igraph": by_igraph}
    seconds = in_turn(works, 5)
    found = works["ours"]()
    off = apart(found / found.sum(), by_igraph())
    return Line("eigenvector versatility, a year", "igraph on the supra-graph", seconds["ours"], seconds["igraph"], off)


def by_name(stack: np.ndarray) -> dict[str, pd.DataFrame]:
    """Layers as users have them, labelled so that their order is that of the numbers."""
    names = [f"a{k:03d}" for k in range(stack.shape[-1])]
    return {f"layer{k}": pd.DataFrame(a, index=names, columns=names) for k, a in enumerate(stack)}


def overlap(graphs: list[Ties], stack: np.ndarray, py3plex: bool) -> list[Line]:
    """Which share of ties any two layers have in common: all pairs of layers."""
    named = by_name(stack)
    pairs = list(itertools.combinations(range(len(stack)), 2))
    edges = [list(zip(t.i.tolist(), t.j.tolist(), strict=True)) for t in graphs]

    def by_sets() -> list[float]:
        sets = [set(each) for each in edges]
        return [len(sets[k] & sets[m]) / len(sets[k] | sets[m]) for k, m in pairs]

    works: dict[str, Any] = {"ours": lambda: inf.multiplex.edge_overlap(named), "Python's sets": by_sets}
    if py3plex:
        from py3plex.algorithms.statistics.multilayer_statistics import edge_overlap
        from py3plex.core.multinet import multi_layer_network

        net = multi_layer_network(network_type="multilayer", directed=True, verbose=False)
        for k, each in enumerate(edges):
            kind = {"source_type": f"layer{k}", "target_type": f"layer{k}", "weight": 1.0}
            net.add_edges([{"source": f"a{i}", "target": f"a{j}", **kind} for i, j in each])
        works["py3plex"] = lambda: [edge_overlap(net, f"layer{k}", f"layer{m}") for k, m in pairs]
    seconds = in_turn(works, {**dict.fromkeys(works, 5), "py3plex": 1})
    table = inf.multiplex.edge_overlap(named).to_numpy()
    ours = [table[k, m] for k, m in pairs]
    note = {"py3plex": "its network is made already"}
    what = "edge overlap, all pairs of layers"
    return [
        Line(what, peer, seconds["ours"], seconds[peer], apart(ours, work()), note.get(peer, ""))
        for peer, work in works.items()
        if peer != "ours"
    ]


def degrees(graphs: list[Ties], stack: np.ndarray) -> list[Line]:
    """Neighbours of each actor, added up over all layers, taken as undirected; pymnet's network is made already."""
    import pymnet

    net = pymnet.MultiplexNetwork(couplings="none", directed=False)
    for k, t in enumerate(graphs):
        for i, j in zip(t.i.tolist(), t.j.tolist(), strict=True):
            net[i, j, k] = 1
    named = by_name(stack + stack.transpose(0, 2, 1))

    def by_pymnet() -> list[int]:
        layers = pymnet.multiplex_degs(net, degstype="nodes")
        return [sum(layer.get(actor, 0) for layer in layers.values()) for actor in range(stack.shape[-1])]

    works = {"ours": lambda: inf.multiplex.overlapping_degree(named), "pymnet": by_pymnet}
    seconds = in_turn(works, 5)
    off = apart(works["ours"]() / 2, by_pymnet())  # as read, each pair has a tie both ways
    return [
        Line("degree over all layers", "pymnet", seconds["ours"], seconds["pymnet"], off, "its network is made already")
    ]
