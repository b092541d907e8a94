"""World totals: the denominators of shares, and how trade is read for them."""

from __future__ import annotations

import logging
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.network.adapter import Adjacency, GraphError, Unknown, as_matrix

logger = logging.getLogger("influence")

Flow = Literal["total", "exports", "imports"]
ROW = "ROW"
ROUNDING = 1e-6  # how far bilateral trade may exceed a world total before it is not rounding


def read_trade(
    graph: Any, unknown: Unknown, *, weight: str | None = "weight", directed: bool | None = None
) -> Adjacency:
    read = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    return read._replace(matrix=read.dense())


def own_margins(graph: Any) -> pd.DataFrame | None:
    """The world margins that a layer knows; None for any other graph, and for layers that have none."""
    try:
        known: pd.DataFrame | None = getattr(graph, "margins", None)
    except ValueError:  # a layer made from a matrix, or a network without margins
        return None
    return known if isinstance(known, pd.DataFrame) and len(known) else None


def world_margins(graph: Any, margins: pd.DataFrame | None) -> pd.DataFrame:
    known = own_margins(graph) if margins is None else margins
    if known is None:
        raise GraphError("world totals are needed: give margins=, a frame of all economies with exports and imports")
    return checked_margins(known)


def checked_margins(margins: pd.DataFrame) -> pd.DataFrame:
    world = margins.set_index("economy") if "economy" in margins else margins
    missing = [c for c in ("exports", "imports") if c not in world]
    if missing:
        raise GraphError(f"margins: no column {', '.join(missing)}; a row needs economy, exports and imports")
    if world.index.has_duplicates:
        raise GraphError(
            f"margins: {world.index[world.index.duplicated()][0]} stands twice; give one year and one source"
        )
    numbers = world[["exports", "imports"]].astype(float)
    bad = ~(numbers >= 0).all(axis=1)
    if bad.any():
        raise GraphError(f"margins: {world.index[bad][0]} has a negative or missing total: leave it out if unknown")
    return world


def flows_of(a: np.ndarray, flow: Flow, directed: bool) -> np.ndarray:
    if flow not in ("total", "exports", "imports"):
        raise ValueError(f'flow must be "total", "exports" or "imports", not {flow!r}')
    if flow == "exports" or not directed:
        return a
    return np.swapaxes(a, -1, -2) if flow == "imports" else a + np.swapaxes(a, -1, -2)


def world_shares(read: Adjacency, world: pd.DataFrame, flow: Flow) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the partners here, (n, n), and of the rest of the world, (n,); NaN without a world total."""
    amount = flows_of(read.matrix, flow, read.directed)
    here = world.reindex(read.labels)
    if here["exports"].isna().all():
        raise GraphError(f"margins: no actor of the graph is among the economies {some_names(world.index)} ...")
    total = here["exports"] + here["imports"] if flow == "total" else here[flow]
    whole = total.to_numpy(dtype=float)
    if read.unknown is not None:  # what nobody reported is missing from the world totals too
        whole = whole + flows_of(np.where(read.unknown, read.matrix, 0.0), flow, read.directed).sum(axis=1)
    over = amount.sum(axis=1) > whole * (1 + ROUNDING)
    if over.any():
        k = int(np.flatnonzero(over)[0])
        raise GraphError(
            f"the partners of {read.labels[k]} add up to {amount[k].sum():g}, more than its world total, "
            f"{whole[k]:g}: graph and margins must be of one source, year and unit, no economy inside another"
        )
    share = np.divide(amount, whole[:, None], out=np.full(amount.shape, np.nan), where=whole[:, None] > 0)
    rest = 1.0 - share.sum(axis=1)
    rest[rest < 1e-9] = 0.0  # rounding must not make a partner of the rest of the world
    return share, rest


def some_names(names: pd.Index) -> str:
    return ", ".join(map(str, names[:5]))


def origin_of(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": options}
