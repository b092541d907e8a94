"""Shortest paths: who lies between others, who is near them, whom an actor reaches.

A tie of strength w is 1/w long. All of them assume that something travels along ties (Borgatti 2005, Social
Networks 27).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._single_paths import single_path_betweenness
from influence.metrics._stack import flat
from influence.metrics.registry import metric, origin_of
from influence.network.adapter import as_matrix

_ORACLES = "tests/metrics/test_centrality.py::"
_REACH_ORACLE = "tests/metrics/test_paths.py::test_k_reach_against_networkx"
_LARGE = 256  # actors from which scipy's choice of algorithm beats the vectorised one
_CACHED = 2**16  # matrix entries worked on at a time: half a megabyte


def path_measures(a: np.ndarray, *, directed: bool) -> dict[str, np.ndarray]:
    """Betweenness, closeness and harmonic centrality of a stack, from distances that are computed once.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Strengths; 0 is no tie.
    directed : bool

    Returns
    -------
    dict of str to numpy.ndarray, shape (..., n)
        ``betweenness``, ``closeness`` and ``harmonic``.
    """
    d = distances(a)
    return {"betweenness": _betweenness_by_distance(a, d, directed), **_distance_measures(d)}


@metric(
    "betweenness",
    measures="the share of shortest paths between others that run through it",
    formula="Σ_{s,t≠i} σ_st(i)/σ_st ÷ (n−1)(n−2); undirected: pairs once, ÷ (n−1)(n−2)/2",
    reference="Freeman 1977, Sociometry 40; Brandes 2001, J. Mathematical Sociology 25",
    weight="length",
    direction="along ties",
    range=(0, 1),
    flow_process="transport",
    disconnected="pairs without a path count nothing",
    oracle=_ORACLES + "test_betweenness_against_rationals",
    shares=path_measures,
)
def betweenness(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Share of the shortest paths between other actors that run through each actor.

    A tie of strength w has the length 1/w, the unit of w does not matter. Paths of equal length are
    recognised as equal even where their sums differ in the last bits (igraph does this; comparing floats with
    ``==`` misses some).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`; ``weight=None`` counts steps.

    Returns
    -------
    pandas.Series
        Between 0 and 1; 0 for isolates and in graphs of fewer than three actors.

    Notes
    -----
    It assumes that something travels along ties (Borgatti 2005, Social Networks 27).

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.betweenness(np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])).tolist()
    [0.0, 0.5, 0.0]
    """
    # Distances cost as much as they save where few are tied, or where there are very many actors.
    if a.shape[-1] > _LARGE or np.count_nonzero(a) <= a.size / 8:
        return _betweenness(a, directed)
    matrices = flat(a)
    values, far = _within_two_steps(matrices)
    if far.any():
        rest = matrices[far]
        values[far] = _betweenness_by_distance(rest, distances(rest), directed)
    return values.reshape(a.shape[:-1])


def _within_two_steps(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Betweenness where all ties are alike and nobody is more than two steps from anybody; which graphs are not so.

    Two who have no tie are joined by as many paths as they have go-betweens, each of whom gets its share.
    """
    n = matrices.shape[-1]
    tie = matrices > 0
    strongest = matrices.max(axis=(-2, -1), keepdims=True, initial=0.0)
    far = (tie & (matrices != strongest)).any(axis=(-2, -1))
    values = np.zeros(matrices.shape[:-1])
    step = max(1, _CACHED // max(n * n, 1))
    for first in range(0, len(matrices), step):
        at = first + np.flatnonzero(~far[first : first + step])
        there = tie[at].astype(float)
        between = there @ there
        apart = ~(tie[at] | np.eye(n, dtype=bool))
        far[at] = (apart & (between == 0)).any(axis=(-2, -1))
        share = np.divide(1.0, between, out=np.zeros_like(between), where=apart & (between > 0))
        values[at] = (there * (share @ there.transpose(0, 2, 1))).sum(axis=-2) / max((n - 1) * (n - 2), 1)
    return values, far


def _betweenness_by_distance(a: np.ndarray, d: np.ndarray, directed: bool) -> np.ndarray:
    """The same from distances: ties that are on no shortest path are left out, and igraph counts only where it must."""
    n = a.shape[-1]
    matrices, ways = flat(a), flat(d)
    found = np.empty(matrices.shape[:-1])
    step = max(1, _CACHED // max(n * n, 1))
    for first in range(0, len(matrices), step):
        part, way = matrices[first : first + step], ways[first : first + step]
        short, tolerance = _on_shortest_paths(part, way)
        raw, single = single_path_betweenness(short, way, tolerance)
        values = raw / max((n - 1) * (n - 2), 1)
        values[~single] = _betweenness(short[~single], directed)
        found[first : first + step] = values
    return found.reshape(a.shape[:-1])


def _on_shortest_paths(a: np.ndarray, d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ties that are a shortest path between their own ends (no shortest path has any other), and the tolerance.

    A tie goes if it is longer than the shortest way round by more than a billionth of the longest distance, so that
    no path is lost that igraph would count as equally long.
    """
    tolerance = 1e-9 * np.where(np.isfinite(d), d, 0.0).max(axis=(-2, -1), initial=0.0)
    length = np.divide(1.0, a, out=np.full(a.shape, np.inf), where=a > 0)
    return np.where(length <= d + tolerance[..., None, None], a, 0.0), tolerance


def _betweenness(a: np.ndarray, directed: bool) -> np.ndarray:
    n = a.shape[-1]
    matrices = flat(a)
    raw = np.zeros(matrices.shape[:-1])
    for values, matrix in zip(raw, matrices, strict=True):
        graph, lengths = _with_lengths(matrix, directed)
        values[:] = graph.betweenness(directed=directed, weights=lengths)
    pairs = max((n - 1) * (n - 2), 1) / (1 if directed else 2)
    return raw.reshape(a.shape[:-1]) / pairs


def _with_lengths(matrix: np.ndarray, directed: bool) -> tuple[Any, list[float] | None]:
    """An igraph graph, its edges in the order of the rows, and their lengths (None if all are alike)."""
    import igraph

    rows, columns = np.nonzero(matrix if directed else np.triu(matrix))
    strengths = matrix[rows, columns]
    edges = zip(rows.tolist(), columns.tolist(), strict=True)
    graph = igraph.Graph(n=len(matrix), edges=edges, directed=directed)
    even = strengths.size == 0 or strengths.min() == strengths.max()
    # igraph adds one to distances, in which lengths like 1/(USD million) would drown: the shortest is
    # made 1. Where all are equal, counting steps is the same and faster.
    return graph, None if even else (strengths.max() / strengths).tolist()


def edge_betweenness(
    graph: Any, *, weight: str | None = "weight", directed: bool | None = None, unknown: Any = "absent"
) -> pd.DataFrame:
    """Share of the shortest paths between all pairs of actors that run along each tie.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; its length is 1/strength.
    weight, directed, unknown
        As in `influence.as_matrix`; ``weight=None`` counts steps.

    Returns
    -------
    pandas.DataFrame
        source, target, weight, betweenness; one row a tie (undirected: once), in the order of the actors. Divided by
        the number of pairs, n(n−1), undirected n(n−1)/2: between 0 and 1. 0 for a tie that a detour beats.

    Notes
    -----
    As in `betweenness`, paths of equal length count as equal even where their sums differ in the last bits.

    References
    ----------
    Girvan, M., & Newman, M. E. J. (2002). Community structure in social and biological networks. PNAS 99, 7821–7826.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> actors = ["KAZ", "RUS", "CHN"]
    >>> line = pd.DataFrame([[0, 1, 0], [0, 0, 1], [0, 0, 0]], index=actors, columns=actors)
    >>> inf.centrality.edge_betweenness(line).round(3).to_numpy().tolist()
    [['KAZ', 'RUS', 1.0, 0.333], ['RUS', 'CHN', 1.0, 0.333]]
    """
    adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    matrix = adjacency.dense()
    n = len(matrix)
    built, lengths = _with_lengths(matrix, adjacency.directed)
    ends = np.array(built.get_edgelist(), dtype=int).reshape(-1, 2)
    pairs = max(n * (n - 1), 1) / (1 if adjacency.directed else 2)
    frame = pd.DataFrame(
        {
            "source": adjacency.labels[ends[:, 0]],
            "target": adjacency.labels[ends[:, 1]],
            "weight": matrix[ends[:, 0], ends[:, 1]],
            "betweenness": np.array(built.edge_betweenness(directed=adjacency.directed, weights=lengths)) / pairs,
        }
    )
    frame.attrs["influence"] = origin_of(graph, "edge_betweenness", unknown=unknown)
    return frame


def distance_measures(a: np.ndarray, *, directed: bool) -> dict[str, np.ndarray]:
    """Closeness and harmonic centrality of a stack, from distances that are computed once.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Strengths; 0 is no tie.
    directed : bool
        Not needed: an undirected matrix is symmetric.

    Returns
    -------
    dict of str to numpy.ndarray, shape (..., n)
        ``closeness`` and ``harmonic``.
    """
    return _distance_measures(distances(a))


def _distance_measures(d: np.ndarray) -> dict[str, np.ndarray]:
    others = max(d.shape[-1] - 1, 1)
    reached = np.isfinite(d)
    reach = reached.sum(axis=-2) - 1.0
    total = np.where(reached, d, 0.0).sum(axis=-2)
    closeness = np.divide(reach * reach, total * others, out=np.zeros_like(total), where=total > 0)
    inverse = np.divide(1.0, d, out=np.zeros_like(d), where=d > 0)
    return {"closeness": closeness, "harmonic": inverse.sum(axis=-2) / others}


@metric(
    "closeness",
    measures="how near it is to those who can reach it",
    formula="r/(n−1) · r/Σ_j d(j,i) over the r actors that reach i",
    reference="Wasserman & Faust 1994, Social Network Analysis, ch. 5",
    weight="length",
    direction="incoming",
    range=(0, math.inf),
    flow_process="transport",
    disconnected="corrected by the share of actors that reach it",
    oracle=_ORACLES + "test_closeness_and_harmonic_against_networkx",
    shares=distance_measures,
)
def closeness(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Incoming closeness: inverse mean distance from those who reach an actor, times the share of them.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; its length is 1/strength.
    weight, directed, unknown
        As in `influence.as_matrix`; ``weight=None`` counts steps.

    Returns
    -------
    pandas.Series
        In units of strength (at most 1 if steps are counted); 0 for actors whom nobody reaches.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.closeness(np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])).round(3).tolist()
    [0.0, 0.5, 0.667]
    """
    return distance_measures(a, directed=directed)["closeness"]


@metric(
    "harmonic",
    measures="mean nearness of all others to it",
    formula="Σ_{j≠i} 1/d(j,i) ÷ (n−1)",
    reference="Marchiori & Latora 2000, Physica A 285",
    weight="length",
    direction="incoming",
    range=(0, math.inf),
    flow_process="transport",
    disconnected="1/∞ = 0",
    oracle=_ORACLES + "test_closeness_and_harmonic_against_networkx",
    shares=distance_measures,
)
def harmonic(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Incoming harmonic centrality: mean over all others of one over their distance to an actor.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; its length is 1/strength.
    weight, directed, unknown
        As in `influence.as_matrix`; ``weight=None`` counts steps.

    Returns
    -------
    pandas.Series
        In units of strength (at most 1 if steps are counted); 0 for actors whom nobody reaches.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.harmonic(np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])).tolist()
    [0.0, 0.5, 0.75]
    """
    return distance_measures(a, directed=directed)["harmonic"]


def distances(a: np.ndarray) -> np.ndarray:
    """Lengths of the shortest paths in a stack, a tie of strength w being 1/w long.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Strengths; 0 is no tie.

    Returns
    -------
    numpy.ndarray, shape (..., n, n)
        ``[..., i, j]`` is the distance from i to j; infinite where there is no path, 0 on the diagonal.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.distances(np.array([[0, 4, 1], [0, 0, 4], [0, 0, 0]]))[0]
    array([0.  , 0.25, 0.5 ])
    """
    d = np.divide(1.0, a, out=np.full(a.shape, np.inf), where=a > 0)
    n = a.shape[-1]
    matrices = flat(d)
    if n > _LARGE:
        import scipy.sparse as sp
        from scipy.sparse.csgraph import shortest_path

        for matrix in matrices:
            ties = np.isfinite(matrix)
            at = np.nonzero(ties)
            matrix[:] = shortest_path(sp.csr_array((matrix[ties], at), shape=(n, n)))
        return d
    matrices[:, np.arange(n), np.arange(n)] = 0.0
    step = max(1, _CACHED // max(n * n, 1))
    for first in range(0, len(matrices), step):
        part = matrices[first : first + step]  # Floyd–Warshall over as many matrices as stay in the cache
        for k in range(n):
            np.minimum(part, part[:, :, k, None] + part[:, None, k, :], out=part)
    return d


@metric(
    "k_reach",
    measures="the share of all others whom it reaches in at most k steps",
    formula="|{j ≠ i : steps(i, j) ≤ k}| ÷ (n−1)",
    reference="Borgatti 2006, Computational & Mathematical Organization Theory 12",
    weight="presence",
    direction="outgoing",
    range=(0, 1),
    flow_process="transport",
    disconnected="who cannot be reached counts as not reached",
    oracle=_REACH_ORACLE,
)
def k_reach(a: np.ndarray, *, directed: bool, k: int = 2) -> np.ndarray:
    """Share of the other actors whom an actor reaches in at most k steps along outgoing ties.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j. For who is reached *by* others, pass the transpose.
    weight, directed, unknown
        As in `influence.as_matrix`. Steps are counted: strengths do not matter.
    k : int, default 2
        At least 1, where it is the out-degree as a share; from n − 1 on, all who can be reached at all.

    Returns
    -------
    pandas.Series
        Between 0 and 1; 0 for actors without outgoing ties.

    Raises
    ------
    ValueError
        `k` is not a whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> line = np.array([[0, 5, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1], [0, 0, 0, 0]])
    >>> inf.centrality.k_reach(line, k=2).round(3).tolist()
    [0.667, 0.667, 0.333, 0.0]
    """
    if k < 1 or k != int(k):
        raise ValueError(f"k must be a whole number of steps, at least 1, not {k}")
    n = a.shape[-1]
    tied = (a > 0).astype(np.float32)  # counts of at most n: exact
    reached = tied > 0
    for _ in range(min(int(k), n) - 1):
        further = reached | (reached.astype(np.float32) @ tied > 0)
        if (further == reached).all():
            break
        reached = further
    reached[..., np.arange(n), np.arange(n)] = False
    return reached.sum(axis=-1) / max(n - 1, 1)
