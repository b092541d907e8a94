"""What a seat shared in an organization adds to the tie between two actors (Newman 2001)."""

from __future__ import annotations

import numpy as np


def newman_weights(b: np.ndarray, world: np.ndarray | None = None) -> np.ndarray:
    """What one shared organization adds to a tie: 1/(size − 1).

    Parameters
    ----------
    b : numpy.ndarray, shape (..., n, m)
        Memberships, actors × organizations.
    world : numpy.ndarray, shape (..., m), optional
        World membership; NaN where it is not known.

    Returns
    -------
    numpy.ndarray, shape (..., m)
        0 for organizations with fewer than two members.

    Examples
    --------
    >>> import numpy as np
    >>> newman_weights(np.ones((3, 2)), np.array([np.nan, 5])).tolist()
    [0.5, 0.25]
    """
    size = (b > 0).sum(axis=-2).astype(float)
    if world is not None:
        size = np.fmax(size, world)
    return np.divide(1.0, size - 1.0, out=np.zeros_like(size), where=size > 1)
