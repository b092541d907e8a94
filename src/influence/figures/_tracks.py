"""The course of a line on a map: smooth through its places, beside those that share a stretch with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def smooth(points: np.ndarray, steps: int = 14) -> np.ndarray:
    """A centripetal Catmull-Rom curve through points: passes each of them, without loops.

    Parameters
    ----------
    points : array (n, 2)
        At least two.
    steps : int
        Pieces between two points.

    Returns
    -------
    array ((n - 1) * steps + 1, 2)

    References
    ----------
    C. Yuksel, S. Schaefer & J. Keyser (2011), Parameterization and applications of Catmull-Rom curves,
    Computer-Aided Design 43(7), 747-755.
    """
    points = np.asarray(points, dtype=float)
    ends = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(ends, axis=0).T)))])
    pieces = []
    for k in range(1, len(ends) - 2):
        p0, p1, p2, p3 = ends[k - 1 : k + 3]
        t0, t1, t2, t3 = t[k - 1 : k + 3]
        at = np.linspace(t1, t2, steps, endpoint=False)[:, None]
        a1 = (t1 - at) / (t1 - t0) * p0 + (at - t0) / (t1 - t0) * p1
        a2 = (t2 - at) / (t2 - t1) * p1 + (at - t1) / (t2 - t1) * p2
        a3 = (t3 - at) / (t3 - t2) * p2 + (at - t2) / (t3 - t2) * p3
        b1 = (t2 - at) / (t2 - t0) * a1 + (at - t0) / (t2 - t0) * a2
        b2 = (t3 - at) / (t3 - t1) * a2 + (at - t1) / (t3 - t1) * a3
        pieces.append((t2 - at) / (t2 - t1) * b1 + (at - t1) / (t2 - t1) * b2)
    return np.vstack([*pieces, points[-1:]])


def offset(track: np.ndarray, by: float) -> np.ndarray:
    """The track moved to its left by a distance, everywhere at right angles."""
    if by == 0:
        return track
    along = np.gradient(track, axis=0)
    length = np.hypot(*along.T)[:, None]
    return track + by * np.column_stack([-along[:, 1], along[:, 0]]) / np.where(length > 0, length, 1)


def lanes(courses: Mapping[Any, Sequence[Any]], widths: Mapping[Any, float], *, gap: float) -> dict[Any, float]:
    """How far each line moves aside so that lines which share a stretch lie beside each other.

    Parameters
    ----------
    courses : mapping
        Line → its places, in order.
    widths : mapping
        Line → its width.
    gap : float
        Between two lines, in the same unit.

    Returns
    -------
    dict
        Line → distance from the middle of its bundle; 0 for who shares nothing.

    Examples
    --------
    >>> lanes({"a": "xyz", "b": "wxy", "c": "uv"}, {"a": 2.0, "b": 1.0, "c": 1.0}, gap=1.0)
    {'a': 1.0, 'b': -1.5, 'c': 0.0}
    """
    stretches = {n: {frozenset(pair) for pair in zip(c, c[1:], strict=False)} for n, c in courses.items()}
    bundles: list[list[Any]] = []
    for name in courses:
        touching = [b for b in bundles if any(stretches[name] & stretches[other] for other in b)]
        for b in touching:
            bundles.remove(b)
        bundles.append([*[n for b in touching for n in b], name])
    moved = {}
    for bundle in bundles:
        place = (sum(widths[n] for n in bundle) + gap * (len(bundle) - 1)) / 2
        for name in bundle:
            moved[name] = place - widths[name] / 2 if len(bundle) > 1 else 0.0
            place -= widths[name] + gap
    return {name: moved[name] for name in courses}
