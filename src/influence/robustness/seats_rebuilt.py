"""From seats to ties: what two actors share, for one network or a whole stack of drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._seats import each_seat
from influence.network.adapter import Incidence

Rebuild = Literal["newman", "count", "presence"]


def dyads(seats: np.ndarray, *, each: np.ndarray | None = None, presence: bool = False) -> np.ndarray:
    """Actors tied by the seats they share, for a stack of two-mode networks.

    Parameters
    ----------
    seats : numpy.ndarray, shape (..., n, m)
        Memberships, such as `curveball` draws.
    each : numpy.ndarray, shape (m,), optional
        What one shared seat adds to a tie. Default: 1. Margins are the same in every draw, and so are Newman's weights
        (`influence.two_mode.newman_weights`).
    presence : bool, default False
        Whether a pair is tied once, however much it shares: so the parties of treaties are.

    Returns
    -------
    numpy.ndarray, shape (..., n, n)
        Symmetric, diagonal 0.

    Examples
    --------
    >>> import numpy as np
    >>> from influence.robustness import dyads
    >>> dyads(np.array([[1, 1], [1, 1], [0, 1]])).tolist()
    [[0.0, 2.0, 1.0], [2.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    b = np.asarray(seats, dtype=float)
    shared = (b if each is None else b * each) @ np.swapaxes(b, -1, -2)
    loops = np.arange(b.shape[-2])
    shared[..., loops, loops] = 0.0
    return (shared > 0).astype(float) if presence else shared


def rebuilder(
    graph: Any, seats: Incidence, rebuild: str, sizes: Mapping[str, float] | pd.Series | None
) -> Callable[[np.ndarray], np.ndarray]:
    """`dyads` as one function of a stack. World sizes are a layer's own unless given."""
    if rebuild not in ("newman", "count", "presence"):
        raise ValueError(f'rebuild must be "newman", "count" or "presence", not {rebuild!r}')
    each = None
    if rebuild == "newman":
        network, year = getattr(graph, "_network", None), getattr(graph, "year", None)
        if sizes is None and network is not None and year is not None:
            sizes = network.organization_sizes(year)
        held = (seats.matrix > 0).astype(float)
        each = each_seat(held, seats.organizations, "newman", sizes)
    return lambda stack: dyads(stack, each=each, presence=rebuild == "presence")
