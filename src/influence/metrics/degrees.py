"""Degree and strength: ties counted, and ties added up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from influence.metrics._triangles import SparseGraph
from influence.metrics.registry import metric

_ORACLES = "tests/metrics/test_centrality.py::"
_FREEMAN = "Freeman 1978, Social Networks 1"
_BARRAT = "Barrat et al. 2004, PNAS 101"


def degrees_sparse(graph: SparseGraph, *, directed: bool) -> dict[str, np.ndarray]:
    """All six of one sparse graph, whose matrix adds up like a dense one."""
    of_ties, of_strengths = _present(graph.matrix), graph.matrix
    return {
        "degree": _tied(of_ties, directed),
        "degree_in": of_ties.sum(axis=-2),
        "degree_out": of_ties.sum(axis=-1),
        "strength": _tied(of_strengths, directed),
        "strength_in": of_strengths.sum(axis=-2),
        "strength_out": of_strengths.sum(axis=-1),
    }


@metric(
    "degree",
    measures="how many ties an actor has",
    formula="Σ_j [a_ij > 0] + [a_ji > 0]; undirected Σ_j [a_ij > 0]",
    reference=_FREEMAN,
    weight="presence",
    direction="in + out (undirected: once)",
    range=(0, math.inf),
    oracle=_ORACLES + "test_degrees_and_strengths_by_hand",
    sparse=degrees_sparse,
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
    sparse=degrees_sparse,
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
    sparse=degrees_sparse,
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
    sparse=degrees_sparse,
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
    sparse=degrees_sparse,
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
    sparse=degrees_sparse,
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


def _present(a: Any) -> Any:
    return (a > 0).astype(float)


def _tied(a: Any, directed: bool) -> np.ndarray:
    tied: np.ndarray = a.sum(axis=-1) + a.sum(axis=-2) if directed else a.sum(axis=-1)
    return tied
