"""Current flow: what spreads over all paths at once, as electricity does, most over the strongest.

A tie is a conductor of its strength, in both directions alike. Where shortest paths see one route, current sees how
many there are and how good.
"""

from __future__ import annotations

import math

import numpy as np

from influence.metrics._stack import flat
from influence.metrics.registry import metric

_ORACLES = "tests/metrics/test_current_flow.py::"
_CACHED = 2**18  # matrix entries sorted at a time: two megabytes


def current_flow_measures(a: np.ndarray, *, directed: bool) -> dict[str, np.ndarray]:
    """Current-flow betweenness and closeness of a stack, its Laplacians being inverted once.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Strengths; 0 is no tie.
    directed : bool
        If so, the conductance between two actors is the sum of their ties in both directions.

    Returns
    -------
    dict of str to numpy.ndarray, shape (..., n)
        ``current_flow_betweenness`` and ``current_flow_closeness``.
    """
    circuits = _circuits(a, directed)
    return {
        "current_flow_betweenness": _through(*circuits).reshape(a.shape[:-1]),
        "current_flow_closeness": _nearness(*circuits).reshape(a.shape[:-1]),
    }


def _circuits(a: np.ndarray, directed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Conductances, which pairs of actors are in one component, and potentials: each ``[k, n, n]``."""
    conductance = flat(a + np.swapaxes(a, -1, -2) if directed else a)
    together = _together(conductance)
    return conductance, together, _potentials(conductance, together)


def _together(conductance: np.ndarray) -> np.ndarray:
    from scipy.sparse.csgraph import connected_components

    # Of dense matrices scipy drops entries of 1e-8 and less: it is given presence.
    part = [connected_components(matrix > 0, directed=False)[1] for matrix in conductance]
    labels = np.array(part, dtype=int).reshape(conductance.shape[:-1])
    same: np.ndarray = labels[:, :, None] == labels[:, None, :]
    return same


def _potentials(conductance: np.ndarray, together: np.ndarray) -> np.ndarray:
    """``[k, i, s]``: the potential of i if a unit of current enters at s, up to a constant in each component.

    The Laplacian of a component is singular: its rows add up to 0. Adding a constant to all its entries (the mean
    strength over the size, so that units do not matter) makes it invertible and changes no difference of potentials.
    """
    n = conductance.shape[-1]
    strength = conductance.sum(axis=-1)
    size = together.sum(axis=-1)
    mean = np.where(together, strength[:, None, :], 0.0).sum(axis=-1) / size
    grounded = together * (np.where(mean > 0, mean, 1.0) / size)[..., None] - conductance
    grounded[:, np.arange(n), np.arange(n)] += strength
    return np.linalg.inv(grounded)


def _nearness(conductance: np.ndarray, together: np.ndarray, potential: np.ndarray) -> np.ndarray:
    """One over the sum of resistances to the others of a component."""
    own = np.diagonal(potential, axis1=-2, axis2=-1)
    resistance = np.where(together, own[:, :, None] + own[:, None, :] - 2 * potential, 0.0)
    far = resistance.sum(axis=-1)
    return np.divide(1.0, far, out=np.zeros_like(far), where=far > 0)


def _through(conductance: np.ndarray, together: np.ndarray, potential: np.ndarray) -> np.ndarray:
    """Mean current through each actor over all pairs of others in its component.

    The current on the tie i–j that a pair s, t drives is the difference of two entries, s and t, of one row: c_ij times
    (potential of i − potential of j). Sorted, a row gives the sum of all its differences at once. Its largest entry is
    the one at i and its smallest the one at j: to leave out the pairs to which i (or j) belongs is to leave out the
    last (or first).
    """
    n = conductance.shape[-1]
    size = together.sum(axis=-1)
    through = np.zeros(conductance.shape[0] * n)
    graph, left, right = np.nonzero(np.triu(conductance))
    rank = np.arange(n, dtype=float)
    step = max(1, _CACHED // max(n, 1))
    for first in range(0, len(graph), step):
        k, i, j = (ends[first : first + step] for ends in (graph, left, right))
        rows = potential[k, i] - potential[k, j]
        rows -= rows[np.arange(len(k)), j][:, None]
        rows[~together[k, i]] = 0.0  # other components stand first, with nothing
        rows *= conductance[k, i, j][:, None]
        rows.sort(axis=-1)
        ranked, total, most, m = 2 * (rows @ rank), rows.sum(axis=-1), rows[:, -1], size[k, i]
        without_i = ranked - 2 * (n - 1) * most + (m - 2 * n + 2) * (total - most)
        without_j = ranked + (m - 2 * n) * total
        through += np.bincount(k * n + i, without_i, through.size) + np.bincount(k * n + j, without_j, through.size)
    # Half of what flows on an actor's ties flows through it; half of the ordered pairs are pairs.
    pairs = (size - 1.0) * (size - 2.0)
    between = (conductance > 0).sum(axis=-1) > 1  # nothing flows through who has one tie
    return np.divide(through.reshape(size.shape), pairs, out=np.zeros(size.shape), where=between & (pairs > 0))


@metric(
    "current_flow_betweenness",
    measures="how much of a current between others flows through it",
    formula="Σ_{s<t≠i} ½ Σ_j c_ij |v_i − v_j| ÷ (m−1)(m−2)/2, c_ij = a_ij + a_ji (undirected a_ij), v the potentials "
    "of a unit current from s to t, m the size of its component",
    reference="Newman 2005, Social Networks 27; Brandes & Fleischer 2005, LNCS 3404",
    weight="conductance",
    direction="mutual, a_ij + a_ji",
    range=(0, 1),
    flow_process="transport",
    disconnected="each component as a graph of its own",
    oracle=_ORACLES + "test_current_flow_against_networkx_by_component",
    shares=current_flow_measures,
)
def current_flow_betweenness(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Share of a current between two others that flows through each actor, on average over all pairs of others.

    Also known as random-walk betweenness: how often a walk between two others that does not turn back on itself for
    nothing passes through an actor (Newman 2005).

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair conducts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Between 0 and 1, as networkx gives it for each component alone: values compare within a component. 0 for
        isolates, actors with one partner, and components of fewer than three.

    Notes
    -----
    The unit of the strengths does not matter. Strengths that span many orders of magnitude cost as many digits.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> inf.centrality.current_flow_betweenness(nx.cycle_graph(4)).round(3).tolist()
    [0.333, 0.333, 0.333, 0.333]
    """
    return _through(*_circuits(a, directed)).reshape(a.shape[:-1])


@metric(
    "current_flow_closeness",
    measures="how little resistance lies between it and the others",
    formula="1/Σ_j r_ij over its component, r_ij the resistance between i and j if a tie conducts a_ij + a_ji "
    "(undirected a_ij)",
    reference="Stephenson & Zelen 1989, Social Networks 11; Brandes & Fleischer 2005, LNCS 3404",
    weight="conductance",
    direction="mutual, a_ij + a_ji",
    range=(0, math.inf),
    flow_process="transport",
    disconnected="each component as a graph of its own",
    oracle=_ORACLES + "test_current_flow_against_networkx_by_component",
    shares=current_flow_measures,
)
def current_flow_closeness(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Current-flow closeness: one over the sum of resistances between an actor and the others.

    Also known as information centrality (Stephenson & Zelen 1989), up to a constant.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair conducts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        In units of strength, as networkx gives it for each component alone. It is a sum, so that who has few others in
        its component seems near: values compare within a component. 0 for isolates.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> inf.centrality.current_flow_closeness(nx.path_graph(3)).round(3).tolist()
    [0.333, 0.5, 0.333]
    """
    return _nearness(*_circuits(a, directed)).reshape(a.shape[:-1])
