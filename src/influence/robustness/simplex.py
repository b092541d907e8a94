"""Exact shares of the simplex of weights: how much of it lies on one side of a plane, and into what lines cut it."""

from __future__ import annotations

import numpy as np

TINY = 1e-12  # of the largest difference: what is nearer to 0 is 0


def share_above(d: np.ndarray) -> float:
    """The share of the simplex of weights in which Σ w_k d_k > 0; half of it if the sum is 0 everywhere.

    A corner above 0 and one below are joined by an edge that meets 0 in one point; that point cuts the simplex into
    two, in which it takes the place of the one corner or the other (Varsi 1973). A corner at 0 alters no share.
    """
    d = _settled(np.asarray(d, dtype=float))
    above, below = d[d > 0], -d[d < 0]
    if not len(above) and not len(below):
        return 0.5
    share = np.zeros(len(below) + 1)  # of the simplex of the corners above taken so far and the first k below
    share[0] = 1.0
    for up in above:
        for k, down in enumerate(below, start=1):
            share[k] = (up * share[k - 1] + down * share[k]) / (up + down)
    return float(share[-1]) if len(above) else 0.0


def cells(d: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Into what the planes Σ w_k d_k = 0 cut the simplex of at most three weights.

    Parameters
    ----------
    d : numpy.ndarray, shape (planes, kinds)

    Returns
    -------
    inside : numpy.ndarray, shape (cells, kinds)
        A weighting inside each cell.
    size : numpy.ndarray, shape (cells,)
        The share of the simplex that the cell takes.
    """
    kinds = d.shape[1]
    pieces = [np.eye(kinds)]  # corners, in order around
    for plane in d:
        plane = _settled(plane)
        if plane.any():
            pieces = [part for piece in pieces for part in _cut(piece, plane)]
    sizes = np.array([_size(piece) for piece in pieces])
    return np.array([piece.mean(axis=0) for piece in pieces]), sizes / sizes.sum()


def _settled(d: np.ndarray) -> np.ndarray:
    return np.where(np.abs(d) <= TINY * np.abs(d).max(), 0.0, d)


def _cut(piece: np.ndarray, plane: np.ndarray) -> list[np.ndarray]:
    """A segment or convex polygon, cut in two where the plane crosses it."""
    side = piece @ plane
    side[np.abs(side) <= TINY * np.abs(plane).max()] = 0.0
    if not ((side > 0).any() and (side < 0).any()):
        return [piece]
    parts: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    for k, here in enumerate(side):
        for part, sign in zip(parts, (1, -1), strict=True):
            if here * sign >= 0:
                part.append(piece[k])
        following = (k + 1) % len(piece)
        there = side[following]
        # A segment has one edge; going round it would meet that edge twice.
        if here * there < 0 and (len(piece) > 2 or k == 0):
            crossing = (piece[k] * there - piece[following] * here) / (there - here)
            parts[0].append(crossing)
            parts[1].append(crossing)
    return [np.array(part) for part in parts]


def _size(piece: np.ndarray) -> float:
    """Of a point 1, of a segment its length, of a polygon its area, in units that are the same for all pieces."""
    if piece.shape[1] == 1:
        return 1.0
    if piece.shape[1] == 2:
        return float(abs(piece[0, 0] - piece[1, 0]))
    x, y = piece[:, 0], piece[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)
