"""Walks of any length along ties, long ones counting less: each measure is the solution of one linear system.

How much a step counts is given as a fraction of 1/λ₁, below which the sum over all lengths is finite: it then means the
same in every layer, whatever the unit of its ties.
"""

from __future__ import annotations

import logging
import math

import numpy as np

from influence.metrics._spectrum import leading
from influence.metrics._stack import flat
from influence.metrics.registry import metric

logger = logging.getLogger("influence")

_ORACLES = "tests/metrics/test_centrality.py::"
_WALK_ORACLES = "tests/metrics/test_walks.py::"
_ROUNDING = 1e-12  # of the largest value: what is below it is 0 but for rounding


@metric(
    "katz",
    measures="how many walks of any length end at it, long ones counting less",
    formula="x = Σ_k (α/λ₁)ᵏ (Aᵀ)ᵏ 1 over actors that have ties, Σ x = 1",
    reference="Katz 1953, Psychometrika 18",
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    empty=math.nan,
    disconnected="walks that exist are counted; NaN if there is no cycle (λ₁ = 0)",
    oracle=_WALK_ORACLES + "test_katz_against_networkx",
)
def katz(a: np.ndarray, *, directed: bool, alpha: float = 0.5) -> np.ndarray:
    """Katz centrality along in-ties: walks of any length that end at an actor, summing to one.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.
    alpha : float, default 0.5
        What a step counts, as a fraction of 1/λ₁ (above 0, below 1). Towards 0 all actors are alike and their
        differences are those of `strength_in`; towards 1 it tends to `eigenvector`.

    Returns
    -------
    pandas.Series
        Sums to 1. The walk of no steps counts too, so that an actor without in-ties has the least, not 0; isolates, who
        are no part of the network, have 0. All NaN if λ₁ is 0, so that `alpha` has no scale: no cycle (a tree of
        orders) or no tie. The reason is logged.

    Raises
    ------
    ValueError
        `alpha` is not between 0 and 1.

    Notes
    -----
    Proportional to ``networkx.katz_centrality_numpy(graph, alpha=alpha / λ₁)``, which is scaled to length 1 and lets
    isolates keep the walk of no steps.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> pair_and_follower = np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0]])
    >>> inf.centrality.katz(pair_and_follower, alpha=0.5).tolist()
    [0.333..., 0.333..., 0.333...]
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is a fraction of 1/λ₁: above 0 and below 1, not {alpha}")
    ties = flat(a)
    radius, _ = leading(ties)
    endless = radius > 0
    if not endless.all():
        logger.info("katz: NaN in %d of %d graphs, no cycle, so that alpha has no scale", (~endless).sum(), len(ties))
    step = np.divide(alpha, radius, out=np.zeros_like(radius), where=endless)
    walks = _over_all_lengths(np.swapaxes(ties, -1, -2), step, np.ones(ties.shape[:-1]))
    tied = (ties > 0).any(axis=-1) | (ties > 0).any(axis=-2)
    x = np.where(tied & endless[:, None], walks, 0.0)
    total = x.sum(axis=-1, keepdims=True)
    return np.divide(x, total, out=np.full_like(x, np.nan), where=total > 0).reshape(a.shape[:-1])


def _over_all_lengths(a: np.ndarray, step: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Σ_k stepᵏ Aᵏ first, for a stack."""
    return np.linalg.solve(np.eye(a.shape[-1]) - step[:, None, None] * a, first[..., None])[..., 0]


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


@metric(
    "power",
    measures="having partners who have many others (β > 0), or who have few (β < 0)",
    formula="c = s Σ_k (β/λ₁)ᵏ Rᵏ⁺¹ 1, R = A + Aᵀ (undirected: A), s such that Σ c² = n",
    reference="Bonacich 1987, American Journal of Sociology 92",
    weight="strength",
    direction="mutual, a_ij + a_ji",
    range=(-math.inf, math.inf),
    flow_process="walk",
    disconnected="λ₁ is that of the whole graph",
    oracle=_WALK_ORACLES + "test_power_against_sna",
)
def power(a: np.ndarray, *, directed: bool, beta: float = 0.5) -> np.ndarray:
    """Bonacich power: strength, its partners' strength adding to it (β > 0) or taking from it (β < 0).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair counts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.
    beta : float, default 0.5
        How much the partners' own power counts, as a fraction of 1/λ₁, between −1 and 1. At 0 it is `strength`, towards
        1 `eigenvector`. Negative only where partners exclude each other (who buys from one seller does not buy from
        another): then it is powerful to deal with those who have nobody else.

    Returns
    -------
    pandas.Series
        Squares sum to n, so that 1 is middling, whatever the number of actors. 0 for isolates and in empty layers. With
        β < 0 values may be negative.

    Raises
    ------
    ValueError
        `beta` is not between −1 and 1.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> chain = nx.path_graph(["D", "B", "A", "C", "E"])
    >>> inf.centrality.power(chain, beta=0.5).round(2).to_dict()
    {'D': 0.63, 'B': 1.14, 'A': 1.26, 'C': 1.14, 'E': 0.63}
    >>> inf.centrality.power(chain, beta=-0.5).round(2).to_dict()
    {'D': 0.5, 'B': 1.33, 'A': 0.99, 'C': 1.33, 'E': 0.5}
    """
    if not -1 < beta < 1:
        raise ValueError(f"beta is a fraction of 1/λ₁: above -1 and below 1, not {beta}")
    n = a.shape[-1]
    ties = flat(a + np.swapaxes(a, -1, -2) if directed else a)
    radius, _ = leading(ties)
    step = np.divide(beta, radius, out=np.zeros_like(radius), where=radius > 0)
    c = _over_all_lengths(ties, step, ties.sum(axis=-1))
    c[np.abs(c) < _ROUNDING * np.abs(c).max(axis=-1, keepdims=True, initial=0.0)] = 0.0
    length = np.linalg.norm(c, axis=-1, keepdims=True)
    return np.divide(c * math.sqrt(n), length, out=np.zeros_like(c), where=length > 0).reshape(a.shape[:-1])
