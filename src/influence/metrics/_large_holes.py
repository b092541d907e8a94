"""Burt's measures of large sparse graphs: only triangles make contacts redundant."""

from __future__ import annotations

import numpy as np

from influence.metrics._triangles import SparseGraph

ROUNDING = 1e-12  # disorder below it is rounding


def burt_measures_sparse(graph: SparseGraph, *, directed: bool) -> dict[str, np.ndarray]:
    """Constraint, effective size, efficiency and hierarchy: what `burt_measures` says of a dense matrix.

    Parameters
    ----------
    graph : SparseGraph
    directed : bool
        Not needed: every measure is invariant to scale.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n,)

    Notes
    -----
    With z mutual strengths and s their sums, Σ_q p_iq p_qj is (Σ_q z_iq z_qj / s_q) / s_i: one sum a pair, for both
    its ends.
    """
    low, high, z = graph.low, graph.high, graph.there + graph.back
    n, pairs = graph.n, len(z)
    alters = _at_ends(low, high, None, None, n)
    total = _at_ends(low, high, z, z, n)
    strongest = np.zeros(n)
    np.maximum.at(strongest, low, z)
    np.maximum.at(strongest, high, z)
    with np.errstate(divide="ignore"):  # who has no contact is in no triangle
        per_total, per_strongest = 1 / total, 1 / strongest

    through, redundant = np.zeros(pairs), np.zeros(n)
    for ab, ac, bc in graph.triangles():
        a, b, c = low[ab], high[ab], high[ac]
        z_ab, z_ac, z_bc = z[ab], z[ac], z[bc]
        for pair, one, other, broker in ((ab, z_ac, z_bc, c), (ac, z_ab, z_bc, b), (bc, z_ab, z_ac, a)):
            through += np.bincount(pair, weights=one * other * per_total[broker], minlength=pairs)
        m_a, m_b, m_c = per_strongest[a], per_strongest[b], per_strongest[c]
        for actor, one, other in (
            (a, z_bc * z_ac * m_b, z_bc * z_ab * m_c),
            (b, z_ac * z_bc * m_a, z_ac * z_ab * m_c),
            (c, z_ab * z_bc * m_a, z_ab * z_ac * m_b),
        ):
            redundant += np.bincount(actor, weights=one + other, minlength=n)

    tied, several = alters > 0, alters > 1
    reach = z + through
    of_low, of_high = (reach * per_total[low]) ** 2, (reach * per_total[high]) ** 2
    constraint = np.where(tied, _at_ends(low, high, of_low, of_high, n), np.nan)
    effective = alters - np.divide(redundant, total, out=np.full(n, np.nan), where=tied)
    efficiency = np.divide(effective, alters, out=np.full(n, np.nan), where=tied)
    mean = np.divide(constraint, alters, out=np.ones(n), where=several)
    entropy = _at_ends(low, high, disorder(of_low / mean[low]), disorder(of_high / mean[high]), n)
    entropy[entropy < ROUNDING] = 0.0
    most = alters * np.log(np.maximum(alters, 1.0))
    values = {
        "constraint": constraint,
        "effective_size": effective,
        "efficiency": efficiency,
        "hierarchy": np.divide(entropy, most, out=np.full(n, np.nan), where=several),
    }
    return {id: graph.by_actor(v) for id, v in values.items()}


def disorder(relative: np.ndarray) -> np.ndarray:
    """r ln r − (r − 1), the terms of Coleman and Theil's disorder, r being relative to the mean over contacts.

    What is taken off adds up to 0 and changes nothing but the rounding: no term is negative then, and contacts that
    constrain alike give 0 on every processor.
    """
    deviation = relative - 1.0
    # Below 1e-16 the first part is nothing, and its logarithm might be infinite.
    return relative * np.log1p(np.maximum(deviation, -1.0 + 1e-16)) - deviation


def _at_ends(
    low: np.ndarray, high: np.ndarray, of_low: np.ndarray | None, of_high: np.ndarray | None, n: int
) -> np.ndarray:
    """Sums of what pairs give their two ends (of ones, if nothing is named)."""
    return np.bincount(low, of_low, minlength=n).astype(float) + np.bincount(high, of_high, minlength=n)
