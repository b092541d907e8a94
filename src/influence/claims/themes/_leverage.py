"""What share of the ties of a host state an outside power has, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.security import KINDS, LISTED_TO

if TYPE_CHECKING:
    from influence.claims.world import World

FLANK = ("UKR", "GEO", "ARM", "AZE")
POWERS = ("RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND")
"""The powers among which the security ties of a host are shared out; EUU is the Union's members of the year as one."""


def shares_of_hosts(world: World, power: str, hosts: Iterable[str]) -> dict[str, pd.DataFrame]:
    """A power's share of the ties of each host, year × host, by layer and by kind of security.

    security: mean over kinds of the share among `POWERS`; kinds in which a host has no tie are left out.
    trade: of the host's trade with the world. institutions: of its shared seats, each body weighing
    1/(world members - 1), with all states.
    """
    names = sorted(set(hosts))
    key = ("shares_of_hosts", power, tuple(names))
    if key not in world.memory:
        kinds = {k: own for k, own in zip(KINDS, _security(world, power, names), strict=True)}
        mean = _mean(np.stack([own.to_numpy() for own in kinds.values()], axis=-1))
        like = next(iter(kinds.values()))
        world.memory[key] = {
            **kinds,
            "security": pd.DataFrame(mean, index=like.index, columns=like.columns),
            "trade": _trade(world, power, names),
            "institutions": _institutions(world, power, names),
        }
    return world.memory[key]


def leverage(shares: pd.DataFrame, near: Iterable[str], far: Iterable[str]) -> pd.Series:
    """Log of the mean share in some hosts over the mean share in others, by year; NaN where either is nil."""
    at, values = {h: j for j, h in enumerate(shares.columns)}, shares.to_numpy()
    a, b = (_mean(values[:, [at[h] for h in own]]) for own in (near, far))
    usable = (a > 0) & (b > 0)
    ratio = np.log(np.where(usable, a, 1.0) / np.where(usable, b, 1.0))
    return pd.Series(np.where(usable, ratio, np.nan), index=shares.index)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of what is known along the last axis; NaN where nothing is."""
    known = ~np.isnan(values)
    return np.where(known, values, 0.0).sum(axis=-1) / np.where(known.any(axis=-1), known.sum(axis=-1), np.nan)


def _security(world: World, power: str, hosts: list[str]) -> list[pd.DataFrame]:
    units = _units(world, tuple(hosts))
    total = units.sum(axis=2, keepdims=True)
    own = units[:, :, POWERS.index(power)] / np.where(total > 0, total, np.nan)[:, :, 0]
    years = pd.Index(range(YEARS[0], LISTED_TO + 1), name="year")
    return [pd.DataFrame(of_kind, index=years, columns=hosts) for of_kind in own]


def _units(world: World, hosts: tuple[str, ...]) -> np.ndarray:
    """Units by kind, year, power and host: a pact is 0 or 1, exercises weigh 1/(participants - 1)."""
    key = ("units of hosts", hosts)
    if key in world.memory:
        return world.memory[key]
    security, archive = world.security, world.archive
    years, at = range(YEARS[0], LISTED_TO + 1), archive.at(hosts)
    units = np.zeros((len(KINDS), len(years), len(POWERS), len(hosts)))
    place = {h: j for j, h in enumerate(hosts)}
    for t, year in enumerate(years):
        members = [frozenset(world.states_of(p, year)) for p in POWERS]
        for p, own in enumerate(members):
            us = archive.at(sorted(own))
            units[KINDS.index("bases"), t, p] = security.matrix("bases", year)[np.ix_(us, at)].sum(axis=0)
            units[KINDS.index("arms"), t, p] = security.matrix("arms", year)[np.ix_(us, at)].sum(axis=0)
            pacts = security.matrix("treaties", year)[np.ix_(us, at)].max(axis=0, initial=0.0)
            units[KINDS.index("treaties"), t, p] = np.minimum(pacts, 1.0)
        for g in security.gatherings[year]:
            here = [place[h] for h in g.takers if h in place]
            if here:
                present = [p for p, own in enumerate(members) if own & g.takers]
                units[KINDS.index("exercises"), t][np.ix_(present, here)] += g.newman
    world.memory[key] = units
    return units


def _trade(world: World, power: str, hosts: list[str]) -> pd.DataFrame:
    return pd.DataFrame({h: world.trade.share(h, power) for h in hosts})


def _institutions(world: World, power: str, hosts: list[str]) -> pd.DataFrame:
    rows = {}
    for year in YEARS:
        shared = world.seats.shared(year).loc[hosts]
        own = [s for s in world.states_of(power, year) if s in shared.columns]
        rows[year] = shared[own].sum(axis=1) / shared.sum(axis=1)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")
