"""Units of security among the members of a body, standing forces under its name, exercises in which a state takes part.

Used by the claims on hard security.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.security import Gathering

if TYPE_CHECKING:
    from influence.claims.world import World

MATERIAL = ("bases", "exercises", "arms")
"""The kinds of security ties that no membership brings by itself."""
STANDING = re.compile(r"\b(?:forces?|brigade|army|corps|troops|command|military staff)\b", re.IGNORECASE)
"""By what name an organ is told to be a force or a military organ; a secretariat or a police structure is neither."""


def units_among(world: World, body: Iterable[str], year: int) -> dict[str, list[tuple[frozenset[str], float]]]:
    """Kind → the units among the states of a body: the states that share it, and what it weighs.

    A base and the arms of a year are units of a pair; an exercise is one unit, however many of the body take part.
    """
    inside = sorted(set(body))
    at = world.archive.at(inside)
    found: dict[str, list[tuple[frozenset[str], float]]] = {}
    for kind in ("bases", "arms"):
        cells = world.security.matrix(kind, year)[np.ix_(at, at)]
        found[kind] = [
            (frozenset((inside[i], inside[j])), float(cells[i, j])) for i, j in zip(*np.nonzero(cells), strict=True)
        ]
    met = [(g.takers.intersection(inside), g.weight) for g in world.security.gatherings[year]]
    found["exercises"] = [(who, weight) for who, weight in met if len(who) > 1]
    return found


def expected_odds(world: World, hub: str, body: Iterable[str], year: int) -> float:
    """Log odds that a tie is the hub's if pairs tie in proportion to the product of what both spend on defence.

    Members whose spending is not known are left out; NaN without the hub's.
    """
    spent = world.power("military_expenditure_thousand_usd").loc[[year], sorted({*body, hub})].to_numpy()[0]
    is_hub, known = np.array(sorted({*body, hub})) == hub, ~np.isnan(spent)
    others = spent[known & ~is_hub]
    if len(others) < 2:
        return float("nan")
    own = float(spent[is_hub][0]) * others.sum()
    rest = (others.sum() ** 2 - (others**2).sum()) / 2.0
    return float(np.log(own / rest))


def pair_units(world: World, kind: str, pole: str, states: Iterable[str]) -> pd.DataFrame:
    """Year × state: units of a kind between a pole and single states; NaN for exercises of years not covered."""
    security, names = world.security, list(states)
    us, at = world.archive.at([pole])[0], world.archive.at(names)
    rows = [security.matrix(kind, year)[us, at] for year in YEARS]
    return pd.DataFrame(rows, index=pd.Index(YEARS, name="year"), columns=names)


def drills(world: World, framework: str, years: Iterable[int], *taking_part: str) -> list[Gathering]:
    """Exercises under a framework in which certain states take part."""
    wanted = set(taking_part)
    return [g for y in years for g in world.security.gatherings[y] if g.framework == framework and wanted <= g.takers]


def standing_forces(world: World, organization: str, years: Iterable[int]) -> pd.Series:
    """Standing forces and commands under an organization's name, and deployments named after it, by year.

    An organ counts if its name says that it is a force (`STANDING`); one without dates counts in every year.
    """
    rows = world.archive.table("organizations")
    organs = rows[(rows["kind"] == "organ") & (rows["part_of"] == organization)]
    organs = organs[_named(organs, STANDING)]
    since, until = (organs[c].astype(float).to_numpy() for c in ("founded", "ended"))
    names = "|".join(re.escape(str(n)) for n in [organization, *rows.loc[rows["org_id"] == organization, "name"]])
    ties = world.kept(world.archive.table("security_ties"))
    ties = ties[ties["kind"].isin(["deployment", "mission"]) & (ties["status"] == "present")]
    ties = ties[_named(ties, re.compile(rf"\b(?:{names})\b"))]

    def count(year: int) -> float:
        there = (np.isnan(since) | (since <= year)) & (np.isnan(until) | (until > year))
        return float(there.sum() + (world.security.in_force(ties, year) > 0).sum())

    return world.each_year(years, count)


def _named(rows: pd.DataFrame, pattern: re.Pattern[str]) -> np.ndarray:
    return np.array([pattern.search(str(name)) is not None for name in rows["name"]], dtype=bool)
