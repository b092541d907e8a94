"""Seeded workloads: two panels of random layers, and one large sparse graph with hubs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

PANELS = {  # actors, density of each layer, years, seed
    "W1": (34, (0.15, 0.9, 0.1, 0.5), 12, 1),
    "W2": (200, (0.6, 0.05, 0.05, 0.3, 0.1, 0.2), 60, 2),
}
LARGE = {"actors": 50_000, "ties": 500_000, "exponent": 0.68, "seed": 3}  # W3
GROUPS = 5


def random_table(actors: int, densities: Iterable[float], years: int, seed: int) -> pd.DataFrame:
    """An edge table of seeded random directed layers, strengths lognormal."""
    rng = np.random.default_rng(seed)
    # As objects, so that the table holds each name once, as one read from a file does, and not a copy a tie.
    names = np.array([f"a{k:03d}" for k in range(actors)], dtype=object)
    tables = []
    for number, density in enumerate(densities):
        tied = rng.random((years, actors, actors)) < density
        tied[:, np.arange(actors), np.arange(actors)] = False
        year, i, j = np.nonzero(tied)
        columns = {"layer": f"layer{number}", "source": names[i], "target": names[j], "year": 2001 + year}
        tables.append(pd.DataFrame({**columns, "weight": rng.lognormal(size=len(i))}))
    return pd.concat(tables, ignore_index=True)


def partition_of(table: pd.DataFrame) -> pd.DataFrame:
    """Actors dealt round into groups that stay."""
    actors = sorted({*table["source"], *table["target"]})
    groups = [f"g{k % GROUPS}" for k in range(len(actors))]
    return pd.DataFrame({"partition": "dealt", "actor_id": actors, "group": groups})


def large_graph(actors: int, ties: int, exponent: float, seed: int) -> tuple[Any, np.ndarray]:
    """A scale-free sparse matrix and a group for each actor.

    Both ends of a tie are drawn with a probability that falls with the actor's rank to the power of −exponent, the
    same rank for both: hubs send and receive. No tie twice, none to oneself; strengths lognormal; actors shuffled.
    """
    import scipy.sparse as sp

    rng = np.random.default_rng(seed)
    chance = np.cumsum(np.arange(1, actors + 1) ** -exponent)
    chance /= chance[-1]
    pairs = np.empty(0, dtype=np.int64)
    while len(pairs) < ties:
        i, j = (np.searchsorted(chance, rng.random(ties)).clip(max=actors - 1) for _ in range(2))
        pairs = np.union1d(pairs, (i * actors + j)[i != j])
    i, j = np.divmod(rng.permutation(pairs)[:ties], actors)
    shuffled = rng.permutation(actors)
    matrix = sp.csr_array((rng.lognormal(size=ties), (shuffled[i], shuffled[j])), shape=(actors, actors))
    return matrix, rng.integers(0, GROUPS, actors)
