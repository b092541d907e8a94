"""Betweenness where between any two actors there is one shortest path: each is walked back from its end, all at once.

Strengths that are measured rather than counted hardly ever add up to two paths of one length. Where they do, igraph
counts.
"""

from __future__ import annotations

import numpy as np

_MOST = 4  # a graph with more than a quarter of all ties on shortest paths has equal ones: it is not even tried


def single_path_betweenness(a: np.ndarray, d: np.ndarray, tolerance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many shortest paths between others run through each actor, and in which graphs all of them are the only ones.

    Parameters
    ----------
    a : numpy.ndarray, shape (k, n, n)
        Strengths of the ties that are a shortest path between their own ends, 0 elsewhere; a tie of strength w is
        1/w long.
    d : numpy.ndarray, shape (k, n, n)
        Distances, infinite where there is no path.
    tolerance : numpy.ndarray, shape (k,)
        How far two paths may be apart and still count as equally long.

    Returns
    -------
    raw : numpy.ndarray, shape (k, n)
        Ordered pairs. Means something only where
    single : numpy.ndarray of bool, shape (k,)
        no two paths are equally long.
    """
    k, n = d.shape[:2]
    few = np.count_nonzero(a, axis=(1, 2)) * _MOST <= n * n
    graph, start, end = np.nonzero(a * few[:, None, None])
    to = np.ascontiguousarray(np.swapaxes(d, 1, 2)).reshape(k * n, n)  # from everyone to each actor of each graph
    with np.errstate(invalid="ignore"):  # infinite less infinite: nobody's last step
        detour = to[graph * n + start]
        detour += (1 / a[graph, start, end])[:, None]
        detour -= to[graph * n + end]
        at = np.flatnonzero(detour <= tolerance[graph, None])  # of two axes at once it takes thrice the time
        tie, source = at // max(n, 1), at % max(n, 1)
    graph, last, end = graph[tie], start[tie], end[tie]
    # Whoever is reached is so by some last step: as many steps as reached means one each.
    single = few & (np.bincount(graph, minlength=k) == np.isfinite(d).sum(axis=(1, 2)) - n)
    pair = (graph * n + source) * n
    before = np.zeros(k * n * n, dtype=np.int64)
    before[pair + end] = last
    raw, graph = np.zeros(k * n), graph * n
    going = np.flatnonzero(single[graph // n] & (last != source)) if n else np.empty(0, dtype=int)
    while going.size:
        graph, pair, source, last = graph[going], pair[going], source[going], last[going]
        raw += np.bincount(graph + last, minlength=k * n)
        last = before[pair + last]
        going = np.flatnonzero(last != source)
    return raw.reshape(k, n), single
