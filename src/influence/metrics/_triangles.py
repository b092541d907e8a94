"""Large sparse graphs: the pairs that are tied, and all triangles among them, found once for every measure.

A whole product of two sparse matrices of 50,000 actors with hubs takes gigabytes, nearly all of it for pairs that
have no tie. Triangles alone are found in degree order (Chiba & Nishizeki 1985, SIAM Journal on Computing 14): each
pair points from the actor with fewer ties to the one with more, so that even a hub has few pairs of its own, and for
each two pairs of one actor it is asked whether their other ends are tied. All of it runs in runs of bounded size.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from influence.network.adapter import DENSEST

_RUN = 2**18  # couples of pairs looked at in one go: some megabytes
_KEPT = 2**22  # triangles that are remembered for the next measure: 50 megabytes
_SMALL = 256  # actors below which dense products are quick anyway
_DENSE = 20  # a dense matrix with more than a twentieth of all ties is not even looked at
_PAYS = 500  # multiplications that take as long as it takes to look at a couple of pairs
_MIX = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4)


class Triangles(NamedTuple):
    """Some triangles a < b < c (by rank): the numbers of their three pairs."""

    ab: np.ndarray
    ac: np.ndarray
    bc: np.ndarray


class SparseGraph:
    """A sparse matrix, and what is computed from it once: its pairs and its triangles.

    Parameters
    ----------
    matrix : scipy.sparse.csr_array, shape (n, n)
        ``matrix[i, j]`` is the tie from i to j: each tie once, above 0, none to oneself, as `as_matrix` leaves it.

    Attributes
    ----------
    order : numpy.ndarray, shape (n,)
        The actors from the one with the fewest ties to the one with the most; the place there is an actor's rank.
    low, high : numpy.ndarray, shape (pairs,)
        The ranks of the two ends of each pair tied in either direction, low < high, sorted.
    there, back : numpy.ndarray, shape (pairs,)
        Strength from low to high, and from high to low.
    """

    def __init__(self, matrix: Any) -> None:
        self.matrix, self.n = matrix, matrix.shape[0]
        self._known: list[Triangles] | None = None

    @cached_property
    def order(self) -> np.ndarray:
        ties = np.diff(self.matrix.indptr) + np.bincount(self.matrix.indices, minlength=self.n)
        return np.argsort(ties, kind="stable")

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One number a pair (low · n + high), sorted; strength there and back."""
        rank = np.empty(self.n, dtype=np.int64)
        rank[self.order] = np.arange(self.n)
        source, target = np.repeat(rank, np.diff(self.matrix.indptr)), rank[self.matrix.indices]
        upward = source < target
        ends = np.where(upward, source * self.n + target, target * self.n + source)
        keys, pair = np.unique(ends, return_inverse=True)
        there, back = (
            np.bincount(pair[way], weights=self.matrix.data[way], minlength=len(keys)) for way in (upward, ~upward)
        )
        return keys, there, back

    @cached_property
    def low(self) -> np.ndarray:
        return (self._pairs[0] // self.n).astype(np.int32)

    @cached_property
    def high(self) -> np.ndarray:
        return (self._pairs[0] % self.n).astype(np.int32)

    @property
    def there(self) -> np.ndarray:
        return self._pairs[1]

    @property
    def back(self) -> np.ndarray:
        return self._pairs[2]

    @cached_property
    def later(self) -> np.ndarray:
        """How many pairs of the same lower end follow each pair: with each of them it may make a triangle."""
        return np.cumsum(np.bincount(self.low, minlength=self.n))[self.low] - 1 - np.arange(len(self.low))

    def by_actor(self, by_rank: np.ndarray) -> np.ndarray:
        """Values in the order of ranks, put into the order of actors."""
        values = np.empty_like(by_rank)
        values[self.order] = by_rank
        return values

    @cached_property
    def _sieve(self) -> tuple[np.ndarray, np.uint64]:
        """Marks the hash values of all pairs: most questions after a pair that is not there end here."""
        keys = self._pairs[0]
        bits = max(8, min(24, len(keys).bit_length() + 4))
        shift = np.uint64(64 - bits)
        marked = np.zeros(2**bits, dtype=bool)
        marked[(keys.astype(np.uint64) * _MIX) >> shift] = True
        return marked, shift

    def triangles(self) -> Iterator[Triangles]:
        """All triangles, in runs; remembered if they are not too many."""
        if self._known is not None:
            yield from self._known
            return
        known: list[Triangles] | None = []
        count = 0
        for found in self._search():
            count += len(found.ab)
            if known is not None:
                known = [*known, found] if count <= _KEPT else None
            yield found
        self._known = known

    def _search(self) -> Iterator[Triangles]:
        keys, later = self._pairs[0], self.later
        pairs, couples = len(keys), np.cumsum(later)
        marked, shift = self._sieve
        high = self.high.astype(np.int64)
        first = 0
        while first < pairs:
            before = couples[first - 1] if first else 0
            last = max(first + 1, int(np.searchsorted(couples, before + _RUN, side="right")))
            own = later[first:last]
            ab = np.repeat(np.arange(first, last, dtype=np.int32), own)
            ac = ab + np.int32(1) + np.arange(len(ab), dtype=np.int32)
            ac -= np.repeat((couples[first:last] - own - before).astype(np.int32), own)
            wanted = high[ab] * self.n + high[ac]
            likely = np.flatnonzero(marked[(wanted.astype(np.uint64) * _MIX) >> shift])
            bc = np.searchsorted(keys, wanted[likely])
            bc[bc == pairs] = 0
            there = keys[bc] == wanted[likely]
            likely = likely[there]
            yield Triangles(ab[likely], ac[likely], bc[there].astype(np.int32))
            first = last


def large_graph(matrix: Any) -> SparseGraph | None:
    """The matrix as a `SparseGraph` if its triangles are quicker found than its dense products are made.

    Parameters
    ----------
    matrix : numpy.ndarray or scipy.sparse.csr_array, shape (n, n)
        As `as_matrix` leaves it.
    """
    n = matrix.shape[0]
    if n < _SMALL:
        return None
    if isinstance(matrix, np.ndarray):
        if np.count_nonzero(matrix) * _DENSE > matrix.size:
            return None
        import scipy.sparse as sp

        matrix = sp.csr_array(matrix)
    graph = SparseGraph(matrix)
    if n > DENSEST or int(graph.later.sum()) * _PAYS < n**3:
        return graph
    return None
