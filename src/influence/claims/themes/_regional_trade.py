"""Trade of neighbours: with whom each trades how much, and how much three of them trade with each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS

if TYPE_CHECKING:
    from influence.claims.world import World

Triad = tuple[str, str, str]
INDEX = pd.Index(YEARS, name="year")


def partner_shares(world: World, states: Sequence[str], poles: Sequence[str]) -> np.ndarray:
    """Shares of the poles, then of the states themselves, in each state's world trade: (years, states, partners)."""
    both = world.trade.mutual([*poles, *states])
    return both[:, len(poles) :] / world.trade.world_totals(states)[:, :, None]


def constraint_of(world: World, states: Sequence[str], poles: Sequence[str]) -> pd.DataFrame:
    """Burt's constraint of each state, year × state, among states, poles and the rest of the world as one partner."""
    from influence.metrics.structural_holes import burt_measures

    names = [*states, *poles]
    n = len(names)
    both = np.zeros((len(YEARS), n + 1, n + 1))
    both[:, :n, :n] = world.trade.mutual(names)
    rest = np.clip(world.trade.world_totals(names) - both[:, :n, :n].sum(axis=2), 0.0, None)
    both[:, :n, n], both[:, n, :n] = rest, rest
    values = burt_measures(both, directed=False)["constraint"][:, : len(states)]
    return pd.DataFrame(values, index=INDEX, columns=list(states))


def neighbour_triads(world: World, left_out: Iterable[str]) -> list[Triad]:
    """All threes of states within a group of the region partition, but those all of whose states are left out."""
    rows = world.archive.table("partitions")
    rows = rows[(rows["partition"] == "region") & rows["actor_id"].isin(world.archive.states)]
    out = set(left_out)
    return [
        triad
        for _, own in rows.groupby("group")["actor_id"]
        for triad in combinations(sorted(own), 3)
        if not set(triad) <= out
    ]


def triad_intensity(world: World, triads: Sequence[Triad]) -> np.ndarray:
    """Log of what three states trade with each other over what world totals lead to expect: (years, triads).

    Minus infinity where nothing is known to be traded; NaN where one of the three has no world totals.
    """
    states, source = world.archive.states, world.trade.source
    expected = world.archive.expected(source)
    pairs = world.trade.mutual(states), expected + expected.swapaxes(1, 2)
    i, j, k = world.archive.at([s for t in triads for s in t]).reshape(-1, 3).T
    goods, fitted = (p[:, i, j] + p[:, i, k] + p[:, j, k] for p in pairs)
    ratio = goods / fitted
    logs: np.ndarray = np.log(np.where(ratio > 0, ratio, 1.0))
    return np.where(ratio > 0, logs, np.where(np.isnan(ratio), np.nan, -np.inf))
