"""How strong a pole's ties with some states are, in levels: trade, and each kind of security by itself.

Several claims share this measurement; each state stands by itself, so that sums and panels come from the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import change
from influence.claims.security import KINDS

if TYPE_CHECKING:
    from influence.claims.world import World


def central_asian_tie_strength(world: World, pole: str, states: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Year × state, by layer or kind: what a pole has with each of some states.

    trade: exports plus imports, million current USD. bases: number present; arms: ordinal scale, from the pole;
    treaties: 1 if a treaty of the default selection is in force; exercises: sum of 1/(participants in the world - 1)
    over those of the year, NaN in years that are not covered. EUU stands for the Union's members of the year. A
    pole's ties with itself are left out.
    """
    names = [s for s in states if s != pole]
    key = ("tie strength", pole, tuple(names))
    if key not in world.memory:
        security, at = world.security, world.archive.at(names)
        cells = {k: np.zeros((len(YEARS), len(names))) for k in KINDS}
        for t, year in enumerate(YEARS):
            members = frozenset(world.states_of(pole, year))
            us = world.archive.at(sorted(members))
            for kind in ("bases", "arms"):
                cells[kind][t] = security.matrix(kind, year)[np.ix_(us, at)].sum(axis=0)
            pacts = security.matrix("treaties", year)[np.ix_(us, at)].max(axis=0, initial=0.0)
            cells["treaties"][t] = np.minimum(pacts, 1.0)
            met = [g for g in security.gatherings[year] if g.takers & members]
            known = 0.0 if security.covered(year) else float("nan")
            cells["exercises"][t] = [known + sum(g.newman for g in met if s in g.takers) for s in names]
        years = pd.Index(YEARS, name="year")
        found = {k: pd.DataFrame(v, index=years, columns=names) for k, v in cells.items()}
        found["trade"] = pd.DataFrame({s: world.trade.two_way(pole, s) for s in names}, index=years)
        world.memory[key] = found
    return dict(world.memory[key])


def log_total(ties: pd.DataFrame, half: float = 0.0) -> pd.Series:
    """Log of the sum over states (plus a half where these are counts), by year; NaN where nothing is known or there."""
    total = ties.sum(axis=1, skipna=False) + half
    return np.log(total.where(total > 0))


def log_trade(world: World, pole: str, states: Iterable[str]) -> pd.Series:
    """Log of a pole's two-way trade with some states taken together, by year."""
    goods = world.trade.between(pole, states)
    return np.log(goods.where(goods > 0))


def growth_beyond(
    levels: Mapping[str, pd.Series], pole: str, before: Iterable[int], after: Iterable[int]
) -> tuple[float, dict[str, float]]:
    """Change of one pole's level minus the mean change of the others', and the change of each."""
    first, last = list(before), list(after)
    grown = {p: change(level, first, last) for p, level in levels.items()}
    others = [v for p, v in grown.items() if p != pole and not np.isnan(v)]
    return (grown[pole] - float(np.mean(others)) if others else float("nan")), grown
