"""Whether ties move together: yearly changes within states, net of what all states have in common in a year."""

from __future__ import annotations

import numpy as np

Panel = np.ndarray
"""Year × state."""


def movements(levels: Panel) -> Panel:
    """Yearly changes, shape (years - 1, states); NaN where either year is not known."""
    changes: Panel = np.diff(levels, axis=0)
    return changes


def correlation(first: Panel, second: Panel, lag: int = 0) -> float:
    """Correlation of changes of the first with those of the second `lag` years later, year means removed.

    Pooled over states and years, where both are known; NaN where either does not vary.
    """
    n = len(first)
    a, b = first[max(0, -lag) : n - max(0, lag)], second[max(0, lag) : n - max(0, -lag)]
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = _centred(a, known), _centred(b, known)
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / size) if size > 1e-12 else float("nan")


def _centred(changes: Panel, known: np.ndarray) -> Panel:
    """Changes minus the mean of the year, 0 where not known."""
    count = known.sum(axis=1, keepdims=True)
    mean = np.where(known, changes, 0.0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    return np.where(known, changes - mean, 0.0)
