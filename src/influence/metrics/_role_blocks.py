"""Chains by role where actors stand group by group: only ties within a group need be multiplied for three of five."""

from __future__ import annotations

import numpy as np


def worth_blocks(codes: np.ndarray) -> bool:
    """Whether all graphs of a stack have the same groups, few and of some size. Codes are (k, n)."""
    n = codes.shape[-1]  # up to 4,096, no count reaches 2²⁴, from where single precision skips whole numbers
    return 64 <= n <= 4096 and 1 < int(codes.max()) + 1 <= n // 8 and bool((codes == codes[:1]).all())


def leg_counts_in_blocks(tie: np.ndarray, served: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """What `leg_counts` says of one layer, for one set of groups, shape (5, k, n); a third of the multiplications.

    Parameters
    ----------
    tie, served : numpy.ndarray, shape (k, n, n)
        Presence, and what serving each pair is worth.
    codes : numpy.ndarray of int, shape (n,)
    """
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(int(codes.max()) + 2))
    tie, served = (a.take(order, axis=1).take(order, axis=2) for a in (tie, served))
    against = tie.transpose(0, 2, 1)
    from_anyone = tie * (against @ served)  # [b, c]: what the chains to c through b are worth

    k, n = tie.shape[:2]
    every = from_anyone.sum(axis=-1)
    to_own, coordinator, from_own, alike = (np.zeros((k, n)) for _ in range(4))
    for first, last in zip(bounds[:-1], bounds[1:], strict=True):
        own = slice(first, last)
        to_own[:, own] = from_anyone[:, own, own].sum(axis=-1)
        from_own_to = tie[:, own] * (against[:, own, own] @ served[:, own])
        from_own[:, own] = from_own_to.sum(axis=-1)
        coordinator[:, own] = from_own_to[:, :, own].sum(axis=-1)
        alike += np.einsum("kab,kab->kb", tie[:, own], served[:, own, own] @ against[:, own])
    itinerant, representative, gatekeeper = alike - coordinator, from_own - coordinator, to_own - coordinator
    liaison = every - coordinator - itinerant - representative - gatekeeper
    counts = np.empty((5, k, n))
    counts[:, :, order] = coordinator, itinerant, representative, gatekeeper, liaison
    return counts
