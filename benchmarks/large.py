"""W3: one large sparse graph. Brokerage and structural holes beside networkx and igraph, in fresh processes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from measure import clock, extra_peak, in_turn
from peers import roles_by_loop
from workloads import LARGE, large_graph

OURS = {
    "roles": "gould_fernandez",
    "burt": "constraint and effective size",
    "both": "all of them at once",
}


def work(which: str, matrix: Any, groups: np.ndarray) -> Any:
    """One of `OURS`, from the sparse matrix to the labelled result."""
    import pandas as pd

    import influence as inf
    from influence.metrics._large_holes import burt_measures_sparse
    from influence.metrics._large_roles import role_counts_sparse
    from influence.metrics._triangles import SparseGraph

    if which == "roles":
        return inf.brokerage.gould_fernandez(matrix, pd.Series(groups))
    graph = SparseGraph(matrix)
    found = burt_measures_sparse(graph, directed=True)
    if which == "both":
        found |= role_counts_sparse(graph, directed=True, groups=groups)
    return found


def times() -> None:
    """Prints seconds of ours and of igraph (in turn), and what a loop over networkx would take, as JSON."""
    import igraph
    import networkx as nx

    matrix, groups = large_graph(**LARGE)
    ties = matrix.tocoo()
    graph = igraph.Graph(n=matrix.shape[0], edges=zip(ties.row.tolist(), ties.col.tolist(), strict=True), directed=True)
    graph.es["weight"] = ties.data.tolist()
    found: dict[str, Any] = in_turn(
        {
            **{name: lambda name=name: work(name, matrix, groups) for name in OURS},
            "igraph": lambda: graph.constraint(weights="weight"),
        },
        {**dict.fromkeys(OURS, 7), "igraph": 5},
    )
    ours, theirs = work("burt", matrix, groups)["constraint"], np.array(graph.constraint(weights="weight"))
    found["gap"] = float(np.nanmax(np.abs(ours - theirs)))
    pairs = nx.DiGraph()
    pairs.add_nodes_from(range(matrix.shape[0]))
    pairs.add_edges_from(zip(ties.row.tolist(), ties.col.tolist(), strict=True))
    found |= loop_over_networkx(pairs, groups, work("roles", matrix, groups))
    print(json.dumps(found))


def loop_over_networkx(graph: Any, groups: np.ndarray, ours: Any, seconds: float = 6.0) -> dict[str, Any]:
    """What the plain loop takes: run for some seconds over actors drawn at random, then by the chains still to go."""
    chains = {b: graph.in_degree(b) * graph.out_degree(b) for b in graph}
    drawn = np.random.default_rng(0).permutation(len(graph)).tolist()
    member = groups.tolist()
    gone = seen = actors = gap = 0
    for b in drawn:
        start = clock()
        counts = roles_by_loop(graph, member, b)
        gone += clock() - start
        seen, actors = seen + chains[b], actors + 1
        own = ours.loc[b].drop("brokerage").fillna(0).to_numpy()
        gap = max(gap, float(np.abs(own - counts).max()))
        if gone > seconds:
            break
    return {
        "loop": gone * sum(chains.values()) / seen,
        "actors": actors,
        "share": seen / sum(chains.values()),
        "off": gap,
    }


def memory(which: str) -> None:
    """Prints the MB that one of ours needs on top of imports and the graph."""

    small, dealt = large_graph(3000, 9000, 0.5, 1)
    work(which, small, dealt)  # whatever is imported on the way
    matrix, groups = large_graph(**LARGE)
    print(extra_peak(lambda: work(which, matrix, groups)))


def constraint_by_networkx() -> None:
    """Prints seconds and extra MB of networkx's constraint, once."""
    import networkx as nx

    matrix, _ = large_graph(**LARGE)
    graph = nx.from_scipy_sparse_array(matrix, create_using=nx.DiGraph)
    nx.constraint(nx.path_graph(3), weight="weight")
    start = clock()
    extra = extra_peak(lambda: nx.constraint(graph, weight="weight"))
    print(clock() - start, extra)
