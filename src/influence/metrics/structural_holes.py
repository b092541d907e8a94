"""Structural holes: whether an actor's contacts are tied to each other, so that it cannot play between them.

Burt's measures read mutual strength, a_ij + a_ji, over contacts in either direction. Two batched products
serve all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._large_holes import ROUNDING, burt_measures_sparse, disorder
from influence.metrics._stack import flat
from influence.metrics.registry import metric
from influence.network.adapter import as_matrix

_ORACLES = "tests/metrics/test_structural_holes.py::"
_CACHED = 2**16  # matrix entries worked on at a time: what is in between stays in the cache
_BURT = "Burt 1992, Structural Holes, ch. 2"


def burt_measures(a: np.ndarray, *, directed: bool) -> dict[str, np.ndarray]:
    """Constraint, effective size, efficiency and hierarchy of a stack, their products computed once.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Strengths; 0 is no tie.
    directed : bool
        Not needed: every measure is invariant to scale, so that doubling a symmetric matrix changes nothing.

    Returns
    -------
    dict of str to numpy.ndarray, shape (..., n)
        NaN for isolates; hierarchy NaN with one contact too.
    """
    matrices = flat(a)
    n = a.shape[-1]
    step = max(1, _CACHED // max(n * n, 1))
    parts = [_burt(matrices[k : k + step]) for k in range(0, len(matrices), step)] or [_burt(matrices)]
    return {id: np.concatenate([part[id] for part in parts]).reshape(a.shape[:-1]) for id in parts[0]}


def _burt(a: np.ndarray) -> dict[str, np.ndarray]:
    mutual, per_total = _mutual(a)
    contact = mutual > 0
    alters = contact.sum(axis=-1).astype(float)
    tied = alters > 0

    local = _dyadic(mutual, per_total)
    constraint = np.where(tied, local.sum(axis=-1), np.nan)

    strongest = mutual.max(axis=-1, keepdims=True, initial=0.0)
    marginal = np.divide(mutual, strongest, out=np.zeros_like(mutual), where=strongest > 0)
    redundant = (mutual * (contact.astype(float) @ marginal)).sum(axis=-1) * per_total[..., 0]
    effective = np.where(tied, alters - redundant, np.nan)
    efficiency = np.divide(effective, alters, out=np.full_like(alters, np.nan), where=tied)

    # Coleman–Theil disorder: constraint relative to its mean over contacts, times its logarithm.
    several = alters > 1
    mean = np.divide(constraint, alters, out=np.ones_like(alters), where=several)[..., None]
    relative = local / mean
    entropy = np.where(contact, disorder(relative), 0.0).sum(axis=-1)
    entropy[entropy < ROUNDING] = 0.0
    most = alters * np.log(np.maximum(alters, 1.0))
    hierarchy = np.divide(entropy, most, out=np.full_like(alters, np.nan), where=several)
    return {
        "constraint": constraint,
        "effective_size": effective,
        "efficiency": efficiency,
        "hierarchy": hierarchy,
    }


@metric(
    "constraint",
    measures="how far its contacts lead back to the same contact",
    formula="Σ_j (p_ij + Σ_q p_iq p_qj)², p_ij = (a_ij + a_ji)/Σ_k (a_ik + a_ki), over contacts j",
    reference=_BURT,
    weight="strength",
    direction="mutual, a_ij + a_ji",
    range=(0, 2),
    isolate=math.nan,
    disconnected="within what each is tied to",
    oracle=_ORACLES + "test_constraint_against_igraph",
    shares=burt_measures,
    sparse=burt_measures_sparse,
)
def constraint(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Burt's constraint: low where an actor's contacts are not tied to each other.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair counts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Between 0 and 2 (it can exceed 1: two contacts bound closely to each other); NaN for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> star = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])
    >>> inf.structural_holes.constraint(star).tolist()
    [0.5, 1.0, 1.0]
    """
    return burt_measures(a, directed=directed)["constraint"]


@metric(
    "effective_size",
    measures="how many contacts it has that are not redundant",
    formula="Σ_j (1 − Σ_q p_iq m_jq), m_jq = (a_jq + a_qj)/max_k (a_jk + a_kj), over contacts j, q ≠ i, j",
    reference=_BURT,
    weight="strength",
    direction="mutual, a_ij + a_ji",
    range=(1, math.inf),
    isolate=math.nan,
    disconnected="within what each is tied to",
    oracle=_ORACLES + "test_effective_size_by_hand",
    shares=burt_measures,
    sparse=burt_measures_sparse,
)
def effective_size(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Burt's effective size: the number of contacts less their redundancy.

    On undirected graphs without weights it is Borgatti's n − 2t/n, t being the ties among the n contacts.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair counts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        From 1 to the number of contacts; NaN for isolates.

    Notes
    -----
    networkx 3.5 and 3.6.1 divide by the strongest tie of the wrong actor on weighted or directed graphs.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> toy = np.array([[0, 3, 1, 0], [3, 0, 2, 0], [1, 2, 0, 1], [0, 0, 1, 0]])
    >>> inf.structural_holes.effective_size(toy).round(4).tolist()
    [1.0833, 1.5667, 2.25, 1.0]
    """
    return burt_measures(a, directed=directed)["effective_size"]


@metric(
    "efficiency",
    measures="the share of its contacts that is not redundant",
    formula="effective size / number of contacts",
    reference=_BURT,
    weight="strength",
    direction="mutual, a_ij + a_ji",
    range=(0, 1),
    isolate=math.nan,
    disconnected="within what each is tied to",
    oracle=_ORACLES + "test_effective_size_by_hand",
    shares=burt_measures,
    sparse=burt_measures_sparse,
)
def efficiency(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Burt's efficiency: effective size per contact.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair counts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Above 0, at most 1; NaN for isolates.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.structural_holes.efficiency(np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]])).tolist()
    [0.5, 0.5, 0.5]
    """
    return burt_measures(a, directed=directed)["efficiency"]


@metric(
    "hierarchy",
    measures="how far its constraint comes from one contact",
    formula="Σ_j r_j ln r_j / (N ln N), r_j = c_ij/(C_i/N), over N contacts",
    reference=_BURT,
    weight="strength",
    direction="mutual, a_ij + a_ji",
    range=(0, 1),
    isolate=math.nan,
    disconnected="within what each is tied to",
    oracle=_ORACLES + "test_hierarchy_by_hand",
    shares=burt_measures,
    sparse=burt_measures_sparse,
)
def hierarchy(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """Burt's hierarchy: 0 if all contacts constrain alike, towards 1 if one does all of it.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair counts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.Series
        Between 0 and 1; NaN for isolates and for actors with one contact, where 0/0 would be the answer.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> ego = np.array([[0, 3, 1], [3, 0, 0], [1, 0, 0]])
    >>> inf.structural_holes.hierarchy(ego).round(3).tolist()
    [0.531, nan, nan]
    """
    return burt_measures(a, directed=directed)["hierarchy"]


def dyadic_constraint(
    graph: Any, *, weight: str | None = "weight", directed: bool | None = None, unknown: Any = "absent"
) -> pd.DataFrame:
    """How much each contact constrains each actor: the terms of `constraint`.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; a pair counts with the sum of both directions.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.DataFrame
        Actors in rows, those who constrain them in columns; NaN where there is no tie. Rows sum to
        `constraint`.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> inf.structural_holes.dyadic_constraint(np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])).loc[0].tolist()
    [nan, 0.25, 0.25]
    """
    adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    matrix = adjacency.dense()
    mutual, per_total = _mutual(matrix)
    values = np.where(mutual > 0, _dyadic(mutual, per_total), np.nan)
    return pd.DataFrame(values, index=adjacency.labels, columns=adjacency.labels)


def _mutual(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mutual strength z, and one over the sum of each actor's (0 for isolates), as a column."""
    mutual = a + np.swapaxes(a, -1, -2)
    total = mutual.sum(axis=-1, keepdims=True)
    return mutual, np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)


def _dyadic(mutual: np.ndarray, per_total: np.ndarray) -> np.ndarray:
    """(p_ij + Σ_q p_iq p_qj)² for contacts; the empty diagonal of z leaves out q = i and q = j.

    Σ_q z_iq z_qj / s_q is symmetric: a product of one matrix with its own transpose, for which BLAS needs half the
    time.
    """
    root = mutual * np.sqrt(np.swapaxes(per_total, -1, -2))
    through = root @ np.swapaxes(root, -1, -2)
    return np.where(mutual > 0, ((mutual + through) * per_total) ** 2, 0.0)
