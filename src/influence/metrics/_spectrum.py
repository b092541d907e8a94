"""The leading eigenvalue of non-negative matrices and its vector, for whole stacks; NaN where the vector is not unique.

Networks of this kind are often not strongly connected. The leading eigenvalue is then that of one strong component,
and the vector is unique only if no other component has the same one.
"""

from __future__ import annotations

from collections import deque

import numpy as np

_ROUNDS = 64  # of 16 iterations; where those are one, the first has 4
_REMEMBERED = 2**19  # entries of a stack up to which it is kept for whoever asks next: eigenvector, then Katz
_latest: deque[tuple[np.ndarray, np.ndarray, np.ndarray]] = deque(maxlen=2)
_SMALL = 64  # actors up to which 16 iterations are made one, by squaring four times


def leading(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spectral radius and leading left eigenvector of each matrix of a stack.

    Power iteration on A + λI/4, started in the leading component (the shift keeps bipartite graphs from
    oscillating), until the error extrapolated from the rate of convergence is below 1e-13.

    Parameters
    ----------
    flat : numpy.ndarray, shape (k, n, n)
        No entry below 0.

    Returns
    -------
    radius : numpy.ndarray, shape (k,)
        0 if there is no cycle.
    x : numpy.ndarray, shape (k, n)
        Sums to 1; exactly 0 beyond the reach of the leading component. NaN where several components lead, or
        none has a cycle.
    """
    for known, radius, x in _latest:
        if known.shape == flat.shape and np.array_equal(known, flat):
            return radius.copy(), x.copy()
    radius, x = _leading(flat)
    if flat.size <= _REMEMBERED:
        _latest.append((flat.copy(), radius.copy(), x.copy()))
    return radius, x


def _leading(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    radius = np.zeros(len(flat))
    start = np.full(flat.shape[:-1], 1.0 / max(flat.shape[-1], 1))
    weak = np.flatnonzero(~_strong(flat))
    for k, mark in zip(weak, _only_cycles(flat[weak]), strict=True):
        start[k] = np.nan
        leader, radius[k] = (mark, 0.0) if mark.any() else _leading_component(flat[k])
        if leader is not None:
            start[k] = leader / leader.sum()
    x = _power_iteration(flat, start)
    # Nobody upstream of the leading component has a value, so that within it one step multiplies all by λ.
    leads = start > 0
    image = (x[:, None, :] @ flat)[:, 0, :]
    weight = np.where(leads, x, 0.0).sum(axis=-1)
    np.divide(np.where(leads, image, 0.0).sum(axis=-1), weight, out=radius, where=leads.any(axis=-1))
    return radius, x


def _strong(flat: np.ndarray) -> np.ndarray:
    """Which graphs of a stack are one strong component of two or more: the first reaches all, and all reach it."""
    tie = (flat > 0).astype(np.float32)
    whole = np.full(len(flat), flat.shape[-1] > 1)
    for ties in (tie, np.swapaxes(tie, -1, -2)):
        reached = np.zeros((len(flat), 1, flat.shape[-1]), dtype=np.float32)
        reached[..., :1] = 1.0
        grown = True
        while grown:
            before, reached = reached, np.maximum(reached, (reached @ ties > 0).astype(np.float32))
            grown = bool((reached > before).any())
        whole &= reached.all(axis=(-2, -1))
    return whole


def _only_cycles(flat: np.ndarray) -> np.ndarray:
    """Marks the members of the one strong component that has a cycle; nobody where there are several, or none.

    For small graphs, all at once; of large ones nobody is marked.
    """
    n = flat.shape[-1]
    if not 0 < n <= _SMALL:
        return np.zeros(flat.shape[:-1])
    reach = ((flat > 0) | np.eye(n, dtype=bool)).astype(np.float32)
    for _ in range((n - 1).bit_length()):
        reach = np.minimum(reach @ reach, 1)
    together = reach * np.swapaxes(reach, -1, -2) > 0
    cyclic = (together.sum(axis=-1) > 1) | (flat.diagonal(axis1=-2, axis2=-1) > 0)
    first = together[np.arange(len(flat)), cyclic.argmax(axis=-1)]
    marked: np.ndarray = np.where((first == cyclic).all(axis=-1, keepdims=True), first, False).astype(float)
    return marked


def _leading_component(matrix: np.ndarray) -> tuple[np.ndarray | None, float]:
    """Marks the strong component with the largest eigenvalue; None, and that eigenvalue, if several tie or none
    has a cycle."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    rows, columns = np.nonzero(matrix)
    bounds = np.searchsorted(rows, np.arange(len(matrix) + 1))
    # What scipy makes of a dense matrix itself takes three times as long, and leaves out entries of 1e-8 and less.
    given = (np.ones(len(rows)), columns.astype(np.int32), bounds.astype(np.int32))
    _, part = connected_components(csr_array(given, shape=matrix.shape), directed=True, connection="strong")
    looped = np.bincount(part, weights=matrix.diagonal()) > 0
    cyclic, most = np.flatnonzero((np.bincount(part) > 1) | looped), 0.0
    if cyclic.size > 1:
        members = [np.flatnonzero(part == c) for c in cyclic]
        parts = [matrix[np.ix_(m, m)] for m in members]
        # λ₁ lies between the least and the largest growth of any positive vector (Collatz and Wielandt).
        growth = np.array([_growth(part) for part in parts])
        near = np.flatnonzero(growth[:, 1] >= growth[:, 0].max() * (1 - 1e-9))
        if near.size > 1:
            radius = np.array([np.abs(np.linalg.eigvals(parts[k])).max() for k in near])
            most = float(radius.max())
            near = near[radius >= most * (1 - 1e-9)]
        cyclic = cyclic[near]
    return ((part == cyclic[0]).astype(float) if cyclic.size == 1 else None), most


def _growth(part: np.ndarray) -> tuple[float, float]:
    """The least and the largest growth of an entry of a vector in one step, after some steps."""
    x = np.ones(len(part))
    for _ in range(6):
        image = x @ part
        x = image + x * (image.sum() / x.sum() / 4)
        x /= x.sum()
    growth = (x @ part) / x
    return float(growth.min()), float(growth.max())


def _power_iteration(flat: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Leading left eigenvectors of a stack; each graph stops on its own, rows of `x` that are NaN stay so."""
    x = x.copy()
    active = np.flatnonzero(~np.isnan(x).any(axis=-1)) if x.size else np.empty(0, dtype=int)
    last = np.full(len(flat), np.nan)
    small, powers = flat.shape[-1] <= _SMALL, None
    for _ in range(_ROUNDS):
        if not active.size:
            return x
        y = x[active]
        if powers is not None:
            y = (y[:, None, :] @ powers[active])[:, 0, :]
            y /= y.sum(axis=-1, keepdims=True)
        else:
            matrices = flat[active]
            for _ in range(4 if small else 16):
                image = (y[:, None, :] @ matrices)[:, 0, :]
                growth = image.sum(axis=-1, keepdims=True)
                y = image + y * (growth / 4)
                y /= y.sum(axis=-1, keepdims=True)
            if small:
                powers = np.zeros_like(flat)
                powers[active] = _sixteenth_power(matrices / growth[..., None])
        moved = np.abs(y - x[active]).max(axis=-1)
        rate = np.minimum(moved / last[active], 1 - 1e-12)
        x[active], last[active] = y, np.maximum(moved, 1e-300)
        # What is still to go is a geometric series at the rate seen; the first round has none yet (NaN).
        active = active[~((moved * rate / (1 - rate) < 1e-13) | (moved < 1e-16))]
    for k in active:
        x[k] = _solve_eigenvector(flat[k], x[k])
    return x


def _sixteenth_power(matrices: np.ndarray) -> np.ndarray:
    """(A + I/4)¹⁶ of matrices whose leading eigenvalue is about 1."""
    shifted = matrices + np.eye(matrices.shape[-1]) / 4
    for _ in range(4):
        shifted = shifted @ shifted
    return shifted


def _solve_eigenvector(matrix: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Where iterations crawl (a rare graph): the dense solver, on what the leading component reaches."""
    from scipy.sparse.csgraph import breadth_first_order

    reached = np.sort(breadth_first_order(matrix > 0, int(x.argmax()), return_predecessors=False))
    values, vectors = np.linalg.eig(matrix[np.ix_(reached, reached)].T)
    leading = np.abs(vectors[:, values.real.argmax()].real)
    x = np.zeros_like(x)
    x[reached] = leading / leading.sum()
    return x
