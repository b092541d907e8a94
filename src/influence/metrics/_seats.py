"""What a seat shared in an organization adds to the tie between two actors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError


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


def each_seat(
    seats: np.ndarray, bodies: pd.Index, weight: str, sizes: Mapping[str, float] | pd.Series | None
) -> np.ndarray:
    """What a shared seat in each organization adds to a tie."""
    if weight not in ("newman", "count"):
        raise ValueError(f'weight must be "newman" or "count", not {weight!r}')
    world = pd.Series({} if sizes is None else sizes, dtype=float)
    if len(world) and not len(world.index.intersection(bodies)):
        raise GraphError(f"sizes: no organization here is among {', '.join(map(str, world.index[:5]))}")
    if weight == "count":
        return np.ones(seats.shape[1])
    return newman_weights(seats, world.reindex(bodies).to_numpy())
