"""Centrality: how much of a network runs to, from or through an actor.

All kernels read a stack ``a[..., n, n]`` in which ``a[..., i, j]`` is the tie from i to j. Path measures read
a strength w as the length 1/w; spectral measures read it as it is, along in-ties.
"""

from __future__ import annotations

import logging
import math

import numpy as np
import pandas as pd

from influence.metrics.registry import metric

logger = logging.getLogger("influence")

_ORACLES = "tests/metrics/test_centrality.py::"
_FREEMAN = "Freeman 1978, Social Networks 1"
_BARRAT = "Barrat et al. 2004, PNAS 101"


# --- ties counted ---------------------------------------------------------------------------------


@metric(
    "degree",
    measures="how many ties an actor has",
    formula="Σ_j [a_ij > 0] + [a_ji > 0]; undirected Σ_j [a_ij > 0]",
    reference=_FREEMAN,
    weight="presence",
    direction="in + out (undirected: once)",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
)
def degree(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Number of ties of each actor: in plus out, or once if the graph is undirected.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        One count an actor, not normalised; 0 for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> chain = np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])
    >>> inf.centrality.degree(chain).tolist()
    [1.0, 2.0, 1.0]
    """
    return _tied(_present(a), directed)


@metric(
    "degree_in",
    measures="how many actors send a tie to it",
    formula="Σ_j [a_ji > 0]",
    reference=_FREEMAN,
    weight="presence",
    direction="incoming",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
)
def degree_in(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Number of incoming ties of each actor (undirected: of all its ties).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        One count an actor; 0 for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.degree_in(np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])).tolist()
    [0.0, 1.0, 1.0]
    """
    return _present(a).sum(axis=-2)


@metric(
    "degree_out",
    measures="to how many actors it sends a tie",
    formula="Σ_j [a_ij > 0]",
    reference=_FREEMAN,
    weight="presence",
    direction="outgoing",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
)
def degree_out(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Number of outgoing ties of each actor (undirected: of all its ties).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        One count an actor; 0 for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.degree_out(np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])).tolist()
    [1.0, 1.0, 0.0]
    """
    return _present(a).sum(axis=-1)


@metric(
    "strength",
    measures="the sum of an actor's ties",
    formula="Σ_j a_ij + a_ji; undirected Σ_j a_ij",
    reference=_BARRAT,
    weight="strength",
    direction="in + out (undirected: once)",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
)
def strength(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Sum of the ties of each actor: in plus out, or once if the graph is undirected.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        In the unit of the weights; 0 for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.strength(np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])).tolist()
    [5.0, 7.0, 2.0]
    """
    return _tied(a, directed)


@metric(
    "strength_in",
    measures="the sum of the ties sent to it",
    formula="Σ_j a_ji",
    reference=_BARRAT,
    weight="strength",
    direction="incoming",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
)
def strength_in(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Sum of the incoming ties of each actor (undirected: of all its ties).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        In the unit of the weights; 0 for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.strength_in(np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])).tolist()
    [0.0, 5.0, 2.0]
    """
    return a.sum(axis=-2)


@metric(
    "strength_out",
    measures="the sum of the ties it sends",
    formula="Σ_j a_ij",
    reference=_BARRAT,
    weight="strength",
    direction="outgoing",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
)
def strength_out(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Sum of the outgoing ties of each actor (undirected: of all its ties).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        In the unit of the weights; 0 for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.strength_out(np.array([[0, 5, 0], [0, 0, 2], [0, 0, 0]])).tolist()
    [5.0, 2.0, 0.0]
    """
    return a.sum(axis=-1)


# --- paths ----------------------------------------------------------------------------------------


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
    return {"betweenness": _betweenness(_on_shortest_paths(a, d), directed), **_distance_measures(d)}


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
    dense = a.shape[-1] <= _LARGE and np.count_nonzero(a) > a.size / 8
    return _betweenness(_on_shortest_paths(a, distances(a)) if dense else a, directed)


def _on_shortest_paths(a: np.ndarray, d: np.ndarray) -> np.ndarray:
    """The ties that are a shortest path between their own ends: no shortest path has any other.

    A tie goes if it is longer than the shortest way round by more than a billionth of the longest distance, so that
    no path is lost that igraph would count as equally long.
    """
    longest = np.where(np.isfinite(d), d, 0.0).max(axis=(-2, -1), keepdims=True, initial=0.0)
    length = np.divide(1.0, a, out=np.full(a.shape, np.inf), where=a > 0)
    return np.where(length <= d + 1e-9 * longest, a, 0.0)


def _betweenness(a: np.ndarray, directed: bool) -> np.ndarray:
    import igraph

    n = a.shape[-1]
    raw = np.zeros((_depth(a), n))
    for values, matrix in zip(raw, _flat(a), strict=True):
        rows, columns = np.nonzero(matrix if directed else np.triu(matrix))
        strengths = matrix[rows, columns]
        graph = igraph.Graph(n=n, edges=zip(rows.tolist(), columns.tolist(), strict=True), directed=directed)
        even = strengths.size == 0 or strengths.min() == strengths.max()
        # igraph adds one to distances, in which lengths like 1/(USD million) would drown: the shortest is
        # made 1. Where all are equal, counting steps is the same and faster.
        lengths = None if even else (strengths.max() / strengths).tolist()
        values[:] = graph.betweenness(directed=directed, weights=lengths)
    pairs = max((n - 1) * (n - 2), 1) / (1 if directed else 2)
    return raw.reshape(a.shape[:-1]) / pairs


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
    flat = _flat(d)
    if n > _LARGE:
        import scipy.sparse as sp
        from scipy.sparse.csgraph import shortest_path

        for matrix in flat:
            ties = np.isfinite(matrix)
            at = np.nonzero(ties)
            matrix[:] = shortest_path(sp.csr_array((matrix[ties], at), shape=(n, n)))
        return d
    flat[:, np.arange(n), np.arange(n)] = 0.0
    step = max(1, _CACHED // max(n * n, 1))
    for first in range(0, len(flat), step):
        part = flat[first : first + step]  # Floyd–Warshall over as many matrices as stay in the cache
        for k in range(n):
            np.minimum(part, part[:, :, k, None] + part[:, None, k, :], out=part)
    return d


# --- spectra --------------------------------------------------------------------------------------


@metric(
    "eigenvector",
    measures="being tied to by those who are tied to themselves",
    formula="λ₁ x_i = Σ_j a_ji x_j, Σ x = 1",
    reference="Bonacich 1972, J. Mathematical Sociology 2",
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    empty=math.nan,
    disconnected="NaN if strong components tie for the leading eigenvalue; else 0 beyond the leader's reach",
    oracle=_ORACLES + "test_eigenvector_against_a_dense_eigensolver",
)
def eigenvector(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Eigenvector centrality along in-ties, summing to one.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Sums to 1. Actors that the leading strong component does not reach get 0. All NaN if the leading
        eigenvalue is not unique, so that the answer would be arbitrary: two components with the same leading
        eigenvalue, or no cycle at all (a tree of orders, an empty layer). The reason is logged.

    Notes
    -----
    Power iteration on A + λI/4, started in the leading component (the shift keeps bipartite graphs from
    oscillating), until the error extrapolated from the rate of convergence is below 1e-13.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> star = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    >>> inf.centrality.eigenvector(star).round(3).tolist()
    [0.414, 0.293, 0.293]
    """
    flat = _flat(a)
    start = np.full(flat.shape[:-1], 1.0 / max(a.shape[-1], 1))
    for k in np.flatnonzero(~_strong(flat)):
        start[k], leader = np.nan, _leading_component(flat[k])
        if leader is not None:
            start[k] = leader / leader.sum()
    undefined = int(np.isnan(start[:, :1]).sum())
    if undefined:
        logger.info("eigenvector: NaN in %d of %d graphs, leading eigenvalue not unique", undefined, len(flat))
    return _power_iteration(flat, start).reshape(a.shape[:-1])


def _strong(flat: np.ndarray) -> np.ndarray:
    """Which graphs of a stack are one strong component of two or more: the first reaches all, and all reach it."""
    tie = (flat > 0).astype(np.float32)
    whole = np.full(len(flat), flat.shape[-1] > 1)
    for ties in (tie, np.swapaxes(tie, -1, -2)):
        reached = np.zeros((len(flat), 1, flat.shape[-1]), dtype=np.float32)
        reached[..., :1] = 1.0
        grown = True
        while grown:
            before, reached = reached, np.maximum(reached, (reached @ ties > 0).astype(np.float32))
            grown = bool((reached > before).any())
        whole &= reached.all(axis=(-2, -1))
    return whole


def _leading_component(matrix: np.ndarray) -> np.ndarray | None:
    """Marks the strong component with the largest eigenvalue; None if several tie or none has a cycle."""
    from scipy.sparse.csgraph import connected_components

    _, part = connected_components(matrix, directed=True, connection="strong")
    cyclic = np.flatnonzero(np.bincount(part) > 1)
    if cyclic.size > 1:
        members = [np.flatnonzero(part == c) for c in cyclic]
        radius = np.array([np.abs(np.linalg.eigvals(matrix[np.ix_(m, m)])).max() for m in members])
        cyclic = cyclic[radius >= radius.max() * (1 - 1e-9)]
    return (part == cyclic[0]).astype(float) if cyclic.size == 1 else None


def _power_iteration(flat: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Leading left eigenvectors of a stack; each graph stops on its own, rows of `x` that are NaN stay so."""
    x = x.copy()
    active = np.flatnonzero(~np.isnan(x).any(axis=-1)) if x.size else np.empty(0, dtype=int)
    last = np.full(len(flat), np.nan)
    for _ in range(_ROUNDS):
        if not active.size:
            return x
        matrices, y = flat[active], x[active]
        for _ in range(16):
            image = (y[:, None, :] @ matrices)[:, 0, :]
            y = image + y * (image.sum(axis=-1, keepdims=True) / 4)
            y /= y.sum(axis=-1, keepdims=True)
        moved = np.abs(y - x[active]).max(axis=-1)
        rate = np.minimum(moved / last[active], 1 - 1e-12)
        x[active], last[active] = y, np.maximum(moved, 1e-300)
        # What is still to go is a geometric series at the rate seen; the first round has none yet (NaN).
        active = active[~((moved * rate / (1 - rate) < 1e-13) | (moved < 1e-16))]
    for k in active:
        x[k] = _solve_eigenvector(flat[k], x[k])
    return x


def _solve_eigenvector(matrix: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Where iterations crawl (a rare graph): the dense solver, on what the leading component reaches."""
    from scipy.sparse.csgraph import breadth_first_order

    reached = np.sort(breadth_first_order(matrix, int(x.argmax()), return_predecessors=False))
    values, vectors = np.linalg.eig(matrix[np.ix_(reached, reached)].T)
    leading = np.abs(vectors[:, values.real.argmax()].real)
    x = np.zeros_like(x)
    x[reached] = leading / leading.sum()
    return x


@metric(
    "pagerank",
    measures="where a walk along the ties, with restarts, is found",
    formula="x_i = α Σ_j x_j a_ji/Σ_k a_jk + (1−α)/n; sinks spread evenly; Σ x = 1",
    reference="Brin & Page 1998, Computer Networks 30",
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    isolate=None,
    disconnected="restarts reach everyone",
    oracle=_ORACLES + "test_pagerank_against_igraph_and_the_google_matrix",
)
def pagerank(a: np.ndarray, *, directed: bool, damping: float = 0.85) -> np.ndarray:
    """PageRank: the share of time a walk along the ties spends with each actor.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.
    damping : float, default 0.85
        Probability of following a tie; with the rest, and from actors without out-ties, the walk restarts
        anywhere.

    Returns
    -------
    pandas.Series
        Sums to 1. An isolate gets its share of the restarts (1/n in an empty layer).

    Raises
    ------
    ValueError
        `damping` is not between 0 and 1.

    Notes
    -----
    Solved as one linear system a graph, exact to rounding, where iterations stop early.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.centrality.pagerank(np.array([[0, 1, 0], [0, 0, 1], [0, 0, 0]])).round(3).tolist()
    [0.184, 0.341, 0.474]
    """
    if not 0 <= damping < 1:
        raise ValueError(f"damping must be at least 0 and below 1, not {damping}")
    n = a.shape[-1]
    out = a.sum(axis=-1, keepdims=True)
    walk = np.divide(a, out, out=np.zeros(a.shape), where=out > 0)
    # Restarts and sinks both add the same amount everywhere; how much is settled by the sum being one.
    x = np.linalg.solve(np.eye(n) - damping * np.swapaxes(walk, -1, -2), np.ones((*a.shape[:-1], 1)))[..., 0]
    return x / x.sum(axis=-1, keepdims=True)


# --- of the whole graph ---------------------------------------------------------------------------


def centralization(values: pd.Series, *, directed: bool, metric: str | None = None) -> float:
    """Freeman's centralization: how far a graph is from the star, whose centre leaves the others behind most.

    Parameters
    ----------
    values : pandas.Series
        Degree, degree_in, degree_out or betweenness of all actors, each tie counting as one
        (``weight=None``).
    directed : bool
        Whether the graph was directed.
    metric : str, optional
        Which of them it is; the name of the Series if left out.

    Returns
    -------
    float
        Σ (max − value) over its largest possible sum: 0 all alike, 1 a star. NaN for fewer than three actors.

    Raises
    ------
    ValueError
        A metric whose largest sum is not known here.

    References
    ----------
    Freeman, L. C. (1978). Centrality in social networks: conceptual clarification.
    Social Networks 1, 215–239.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> star = np.array([[0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    >>> inf.centrality.centralization(inf.centrality.degree(star, directed=False), directed=False)
    1.0
    """
    n = len(values)
    largest = {
        "degree": (n - 1) * (n - 2) * (2 if directed else 1),
        "degree_in": (n - 1) ** 2 if directed else (n - 1) * (n - 2),
        "degree_out": (n - 1) ** 2 if directed else (n - 1) * (n - 2),
        "betweenness": n - 1,
    }
    name = metric or values.name
    if name not in largest:
        raise ValueError(f"centralization knows {', '.join(largest)}, not {name!r}; say which with metric=")
    if n < 3:
        return math.nan
    return float((values.max() - values).sum(skipna=False) / largest[name])


# --- shapes ---------------------------------------------------------------------------------------

_LARGE = 256  # actors from which scipy's choice of algorithm beats the vectorised one
_CACHED = 2**16  # matrix entries worked on at a time: half a megabyte
_ROUNDS = 64  # of 16 iterations


def _present(a: np.ndarray) -> np.ndarray:
    return (a > 0).astype(float)


def _tied(a: np.ndarray, directed: bool) -> np.ndarray:
    return a.sum(axis=-1) + a.sum(axis=-2) if directed else a.sum(axis=-1)


def _depth(a: np.ndarray) -> int:
    return math.prod(a.shape[:-2])


def _flat(a: np.ndarray) -> np.ndarray:
    return a.reshape(_depth(a), *a.shape[-2:])
