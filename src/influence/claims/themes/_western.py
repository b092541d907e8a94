"""The West's share in what outside powers have with some states, in security and in trade."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

ALLIANCE, APART, UNION = "NATO", "TUR", "EUU"
WEST = "the West"
SMALL = 6
"""Exercises of more participants are gatherings, not ties of those present."""


def western_states(world: World, cast: Cast, year: int, *, with_turkey: bool = False) -> frozenset[str]:
    """The United States, the Union's members of the year, the alliance's other European members; Turkey if asked."""
    allied = {*world.seats.members(ALLIANCE, year), *world.archive.union_members(year), cast.usa}
    return frozenset(allied if with_turkey else allied - {APART})


def security_share(
    world: World,
    cast: Cast,
    hosts: Iterable[str],
    years: Iterable[int],
    *,
    pole: str = WEST,
    with_turkey: bool = False,
    at_most: int | None = SMALL,
) -> pd.Series:
    """A pole's share in the units of all poles with some hosts, mean over bases, exercises and arms, by year.

    An exercise is one unit of each pole that takes part beside a host. Kinds in which no pole has a unit, and
    exercises of years that are not covered, are left out.

    Parameters
    ----------
    world : World
    cast : Cast
    hosts : iterable of str
    years : iterable of int
    pole : str
        `WEST`, or one of the other poles.
    with_turkey : bool
        Whether Turkey is part of the West.
    at_most : int or None
        Exercises with more participants in the world are left out.
    """
    own = sorted(set(hosts))
    others = [p for p in cast.others(cast.usa, UNION) if not (with_turkey and p == APART)]

    def share(year: int) -> float:
        west = western_states(world, cast, year, with_turkey=with_turkey)
        camps = {WEST: west, **{p: frozenset((p,)) for p in others}}
        units = _units(world, camps, own, year, at_most)
        total = units.sum(axis=1)
        known = total > 0  # false for what is not known, too
        column = list(camps).index(pole)
        return float((units[known, column] / total[known]).mean()) if known.any() else float("nan")

    return world.each_year([y for y in years if y in YEARS], share)


def _units(
    world: World, camps: dict[str, frozenset[str]], hosts: list[str], year: int, at_most: int | None
) -> np.ndarray:
    """Kind × camp: bases, exercises, arms."""
    security, at, there = world.security, world.archive.at(hosts), frozenset(hosts)
    units = np.full((3, len(camps)), np.nan)
    least = 0.0 if at_most is None else 1.0 / (at_most - 1.0) - 1e-9
    met = [g for g in security.gatherings[year] if g.newman >= least and g.takers & there]
    for k, who in enumerate(camps.values()):
        us = world.archive.at(sorted(who))
        cells = np.ix_(us[us >= 0], at)
        units[0, k], units[2, k] = (security.matrix(kind, year)[cells].sum() for kind in ("bases", "arms"))
        if security.covered(year):
            units[1, k] = sum(g.weight for g in met if g.takers & who)
    return units


def trade_share(world: World, cast: Cast, states: Iterable[str], *, pole: str = WEST) -> pd.Series:
    """A pole's share in the pooled world trade of some states, by year."""
    own, trade = list(states), world.trade
    if pole != WEST:
        return trade.pooled_share(own, pole)
    share = trade.pooled_share(own, cast.usa) + trade.pooled_share(own, UNION)
    allied = {y: western_states(world, cast, y) - {cast.usa, *world.archive.union_members(y)} for y in YEARS}
    for state in sorted(set().union(*allied.values())):
        there = pd.Series({y: float(state in allied[y]) for y in YEARS})
        share = share + trade.pooled_share(own, state) * there
    return share
