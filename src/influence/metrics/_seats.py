"""What a seat shared in an organization adds to the tie between two actors."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError
from influence.network.seats import newman_weights


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
