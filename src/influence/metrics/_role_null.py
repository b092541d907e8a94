"""What brokerage would be if groups had nothing to do with ties: permuted labels, and the moments of sna."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np


def arrangements(codes: np.ndarray, draws: int, seed: np.random.SeedSequence) -> tuple[np.ndarray, bool]:
    """Arrangements of the others' labels: all of them if they are no more than `draws`, else random ones."""
    values, sizes = np.unique(codes, return_counts=True)
    number = math.factorial(len(codes)) // math.prod(math.factorial(int(s)) for s in sizes)
    if number <= draws:
        return np.array(list(_orders(values, sizes)), dtype=codes.dtype).reshape(number, len(codes)), True
    return np.random.default_rng(seed).permuted(np.tile(codes, (draws, 1)), axis=1), False


def _orders(values: np.ndarray, sizes: np.ndarray) -> Iterator[tuple[int, ...]]:
    """The distinct orders of a multiset."""
    if not sizes.any():
        yield ()
    for k in np.flatnonzero(sizes):
        left = sizes.copy()
        left[k] -= 1
        for rest in _orders(values, left):
            yield (int(values[k]), *rest)


def ego_counts(
    senders: np.ndarray,
    receivers: np.ndarray,
    served: np.ndarray,
    trial: np.ndarray,
    own: int,
    directed: bool,
) -> np.ndarray:
    """The six counts of one broker under many labellings (rows of `trial`); one row a labelling."""
    a, c = np.flatnonzero(senders), np.flatnonzero(receivers)
    pairs = served[np.ix_(a, c)]
    left, right = trial[:, a], trial[:, c]
    own_left, own_right = (left == own).astype(float), (right == own).astype(float)
    every = np.full(len(trial), pairs.sum())
    coordinator = ((own_left @ pairs) * own_right).sum(axis=1)
    representative = own_left @ pairs.sum(axis=1) - coordinator
    gatekeeper = own_right @ pairs.sum(axis=0) - coordinator
    itinerant = np.zeros(len(trial))
    for group in np.setdiff1d(trial[0], [own]):
        itinerant += (((left == group).astype(float) @ pairs) * (right == group)).sum(axis=1)
    liaison = every - coordinator - representative - gatekeeper - itinerant
    counts = np.stack([coordinator, itinerant, representative, gatekeeper, liaison, every], axis=1)
    return counts if directed else counts / np.array([2, 2, 1, 1, 2, 2])


def p_value(reference: np.ndarray, value: np.ndarray, alternative: str) -> np.ndarray:
    """Share of the reference set, which holds the observation, that is at least as extreme as `value`."""
    slack = 1e-9  # shared credits are sums of fractions: ties must count as ties
    greater = (reference >= value - slack).mean(axis=0)
    less = (reference <= value + slack).mean(axis=0)
    if alternative == "two-sided":
        return np.minimum(1.0, 2 * np.minimum(greater, less))
    return greater if alternative == "greater" else less


def sna_moments(tie: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expectation and sd of each count given size, class sizes and density (Gould & Fernandez, as in sna)."""
    n = len(codes)
    density = tie.sum() / max(n * (n - 1), 1)
    open_chain = density**2 * (1 - density)
    one_tie_shared = density**3 * (1 - density) ** 3
    _, group, sizes = np.unique(codes, return_inverse=True, return_counts=True)
    own = sizes[group].astype(float)
    out = n - own
    other = np.tile(sizes.astype(float), (n, 1))  # sizes of the groups that are not the broker's
    other[np.arange(n), group] = 0

    def pairs(size: np.ndarray) -> np.ndarray:
        return size * (size - 1) / 2

    number = [  # of possible chains a broker, in the order of the roles and their total
        (own - 1) * (own - 2),
        (other * (other - 1)).sum(axis=1),
        out * (own - 1),
        out * (own - 1),
        out**2 - (other**2).sum(axis=1),
        np.full(n, (n - 1.0) * (n - 2)),
    ]
    crossing = 2 * ((own - 1) * pairs(out) + out * pairs(own - 1))
    overlap = [  # of pairs of them that have a tie in common
        2 * (own - 1) * (own - 2) * (own - 3),
        2 * (other * (other - 1) * (other - 2)).sum(axis=1),
        crossing,
        crossing,
        4 * (other * pairs(out[:, None] - other)).sum(axis=1),
        np.full(n, 2 * (n - 1.0) * (n - 2) * (n - 3)),
    ]
    expected = np.stack(number, axis=1) * open_chain
    variance = expected * (1 - open_chain) + np.stack(overlap, axis=1) * one_tie_shared
    return expected, np.sqrt(np.maximum(variance, 0.0))
