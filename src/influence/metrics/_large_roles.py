"""Brokerage roles of large sparse graphs: all chains, counted by group, less those that a triangle closes."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np

from influence.metrics._roles import COLUMNS, ROLES, possible_roles, role_names
from influence.metrics._triangles import SparseGraph
from influence.network.adapter import Adjacency


def role_counts_sparse(
    graph: SparseGraph,
    *,
    directed: bool,
    groups: np.ndarray | None = None,
    credit: str = "unit",
    closure: str = "direct",
) -> dict[str, np.ndarray]:
    """The five roles and their total: what `role_counts` says of a dense matrix.

    Parameters
    ----------
    graph : SparseGraph
        Any positive value is a tie.
    directed, groups, closure
        As in `role_counts`.
    credit : {"unit"}
        Sharing credit needs the number of brokers of every pair that is *not* tied, of which a large graph has too
        many.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n,)
    """
    if groups is None:
        raise ValueError("brokerage roles need groups= : the group of each actor")
    if credit != "unit":
        raise ValueError(f'credit={credit!r} is for graphs that fit a dense matrix; large ones have credit="unit"')
    if closure not in ("direct", "either", "none"):
        raise ValueError(f'closure must be "direct", "either" or "none", not {closure!r}')
    counts = _all_chains(graph, groups)
    if closure != "none":
        counts -= _closed_chains(graph, groups, closure)
    if not directed:  # both orders of a pair were seen; gatekeeper saw only the one that enters its group
        counts /= np.array([2, 2, 1, 1, 2])[:, None]
        counts[2] = np.nan
    every = np.nansum(counts, axis=0)
    counts = np.where(possible_roles(groups[None])[:, 0], counts, np.nan)
    return dict(zip(COLUMNS, [*counts, every], strict=True))


def _all_chains(graph: SparseGraph, groups: np.ndarray) -> np.ndarray:
    """a → b → c with a ≠ c by role and broker, whether closed or not: in-ties times out-ties, by group."""
    import scipy.sparse as sp

    n, tie = graph.n, graph.matrix
    source, target = np.repeat(np.arange(n), np.diff(tie.indptr)), tie.indices
    into, out = np.bincount(target, minlength=n).astype(float), np.diff(tie.indptr).astype(float)
    alike = groups[source] == groups[target]
    own_into = np.bincount(target[alike], minlength=n).astype(float)
    own_out = np.bincount(source[alike], minlength=n).astype(float)
    shape = (n, int(groups.max(initial=0)) + 1)
    ones = np.ones(len(source))
    by_group = [sp.csr_array((ones, (b, groups[end])), shape=shape) for b, end in ((target, source), (source, target))]
    same_group = np.asarray(by_group[0].multiply(by_group[1]).sum(axis=1)).ravel()

    both = (graph.there > 0) & (graph.back > 0)  # a tie and its answer make a → b → a, which is no chain
    low, high = graph.order[graph.low[both]], graph.order[graph.high[both]]
    own = groups[low] == groups[high]
    answered = np.zeros((2, n))
    for kind, pairs in enumerate((~own, own)):
        answered[kind] = np.bincount(np.concatenate([low[pairs], high[pairs]]), minlength=n)

    own_both = own_into * own_out
    return np.stack(
        [
            own_both - answered[1],
            same_group - own_both - answered[0],
            own_into * (out - own_out),
            (into - own_into) * own_out,
            (into - own_into) * (out - own_out) - (same_group - own_both),
        ]
    )


def _closed_chains(graph: SparseGraph, groups: np.ndarray, closure: str) -> np.ndarray:
    """The chains among the corners of a triangle that a tie between their ends closes, by role and broker."""
    n, low, high = graph.n, graph.low, graph.high
    vectors, number = _of_a_triangle(closure)
    way = ((graph.there > 0) + 2 * (graph.back > 0)).astype(np.int16)
    group = groups[graph.order].astype(np.int32)
    alike = (group[low] == group[high]).astype(np.int16)
    code = 4 * alike + way
    tally = np.zeros(n * len(vectors), dtype=np.int64)
    for ab, ac, bc in graph.triangles():
        kind = code[ab] + 8 * code[ac] + 64 * code[bc]
        for corner, own in zip((low[ab], high[ab], high[ac]), number, strict=True):
            tally += np.bincount(corner.astype(np.int64) * len(vectors) + own[kind], minlength=len(tally))
    return graph.by_actor(tally.reshape(n, -1) @ vectors).T


@functools.cache
def _of_a_triangle(closure: str) -> tuple[np.ndarray, np.ndarray]:
    """What each kind of triangle counts for: the distinct counts by role, and which of them each corner gets.

    A kind is told by its three pairs ab, ac, bc: 1 a tie upward, 2 a tie downward, 3 both; 4 more where the two are
    of one group.
    """
    counts = np.zeros((3, 512, len(ROLES)))
    for kind in itertools.product(range(8), repeat=3):
        ties, alike = {}, {}
        for (x, y), pair in zip(itertools.combinations("abc", 2), kind, strict=True):
            ties[x, y], ties[y, x] = bool(pair & 1), bool(pair & 2)
            alike[x, y] = alike[y, x] = pair >= 4
        at = kind[0] + 8 * kind[1] + 64 * kind[2]
        for x, broker, y in itertools.permutations("abc"):
            closed = ties[x, y] or (closure == "either" and ties[y, x])
            if ties[x, broker] and ties[broker, y] and closed:
                own = [np.array(alike[p]) for p in ((x, broker), (y, broker), (x, y))]
                counts["abc".index(broker), at, ROLES.index(str(role_names(*own)))] += 1
    vectors, number = np.unique(counts.reshape(-1, len(ROLES)), axis=0, return_inverse=True)
    return vectors, number.reshape(3, 512)


def around(graph: Any, adjacency: Adjacency, actor: Any) -> Adjacency:
    """Of a sparse matrix what lies around one actor, dense: itself, those it has ties with, and the ties among them.

    A matrix that is dense already, or a layer whose ties are told by another rule than being there, stays as it is.
    """
    matrix = adjacency.matrix
    rule = getattr(getattr(graph, "spec", None), "binarise", "positive")
    if isinstance(matrix, np.ndarray) or rule != "positive":
        return adjacency
    at = adjacency.labels.get_loc(actor)
    near = np.unique(np.concatenate([[at], matrix[[at]].indices, matrix[:, [at]].tocoo().row]))
    return adjacency._replace(matrix=matrix[near][:, near].toarray(), labels=adjacency.labels[near], unknown=None)
