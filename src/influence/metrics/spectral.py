"""Eigenvector centralities: whom those tie to who are tied to themselves; hubs and authorities apart.

All read ties as strengths, along in-ties (hubs: out-ties), and sum to one.
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
_HITS_ORACLE = "tests/metrics/test_spectral.py::test_hubs_and_authorities_against_networkx_and_the_singular_vectors"
_KLEINBERG = "Kleinberg 1999, Journal of the ACM 46"


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
    Power iteration, started in the leading component and shifted (so that bipartite graphs do not oscillate), until
    the error extrapolated from the rate of convergence is below 1e-13.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> star = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    >>> inf.centrality.eigenvector(star).round(3).tolist()
    [0.414, 0.293, 0.293]
    """
    return _unique(leading(flat(a))[1], "eigenvector").reshape(a.shape[:-1])


def _unique(x: np.ndarray, id: str) -> np.ndarray:
    """Says how often there was no answer."""
    undefined = int(np.isnan(x).any(axis=-1).sum())
    if undefined:
        logger.info("%s: NaN in %d of %d graphs, leading eigenvalue not unique", id, undefined, len(x))
    return x


# --- hubs and authorities -------------------------------------------------------------------------


def hits(a: np.ndarray, *, directed: bool) -> dict[str, np.ndarray]:
    """Hubs and authorities of a stack, the one being the other's image.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Strengths; 0 is no tie.
    directed : bool
        Undirected, both are the eigenvector centrality: A and AᵀA then have the same leading vector, but AᵀA
        would not know it from others on a bipartite graph.

    Returns
    -------
    dict of str to numpy.ndarray, shape (..., n)
        ``hubs`` and ``authorities``.
    """
    ties = flat(a)
    transposed = np.swapaxes(ties, -1, -2)
    x = _unique(leading(transposed @ ties if directed else ties)[1], "hubs and authorities")
    hubs = (ties @ x[..., None])[..., 0]
    total = hubs.sum(axis=-1, keepdims=True)
    hubs = np.divide(hubs, total, out=np.full_like(hubs, np.nan), where=total > 0)
    return {"hubs": hubs.reshape(a.shape[:-1]), "authorities": x.reshape(a.shape[:-1])}


@metric(
    "hubs",
    measures="sending ties to those to whom other hubs send theirs",
    formula="h ∝ A Aᵀ h (h_i ∝ Σ_j a_ij x_j, x the authorities), Σ h = 1",
    reference=_KLEINBERG,
    weight="strength",
    direction="out-ties",
    range=(0, 1),
    flow_process="walk",
    empty=math.nan,
    disconnected="NaN if parts tie for the leading singular value; else 0 outside the leading part",
    oracle=_HITS_ORACLE,
    shares=hits,
)
def hubs(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Hub scores (HITS): an actor is a hub if it sends ties to authorities. They sum to one.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Sums to 1; 0 for actors without out-ties and outside the leading part. On undirected ties it is
        `eigenvector`. All NaN if the leading singular value is not unique (two parts alike, a cycle, no tie), so that
        any mixture would do. The reason is logged.

    Notes
    -----
    Parts are those of senders and receivers: two actors are in one part as senders if a chain of common receivers joins
    them. igraph scales the largest score to 1, networkx the sum.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> a = np.array([[0, 0, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    >>> inf.centrality.hubs(a).round(3).tolist()
    [0.618, 0.382, 0.0, 0.0]
    """
    return hits(a, directed=directed)["hubs"]


@metric(
    "authorities",
    measures="being sent ties by hubs",
    formula="x ∝ Aᵀ A x (x_i ∝ Σ_j a_ji h_j, h the hubs), Σ x = 1",
    reference=_KLEINBERG,
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    empty=math.nan,
    disconnected="NaN if parts tie for the leading singular value; else 0 outside the leading part",
    oracle=_HITS_ORACLE,
    shares=hits,
)
def authorities(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Authority scores (HITS): an actor is an authority if hubs send it ties. They sum to one.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Sums to 1; 0 for actors without in-ties and outside the leading part. On undirected ties it is `eigenvector`.
        All NaN where the leading singular value is not unique, as in `hubs`.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> a = np.array([[0, 0, 1, 1], [0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])
    >>> inf.centrality.authorities(a).round(3).tolist()
    [0.0, 0.0, 0.618, 0.382]
    """
    return hits(a, directed=directed)["authorities"]
