"""Status: what company in organizations adds to Russia's standing, its place in Asia, and the weight of the group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS, archive
from influence.claims.measure import Reading, Readings, change, log_ratio, measures, together, yearly
from influence.claims.themes._casts import played_by, with_parts
from influence.claims.themes._standing import beyond_power, gains, network, triples
from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

COMPANY = ("SCO", "RIC", "BRICS")
TOGETHER = range(2009, 2013)
"""Years in which all three exist."""
TINY = 1e-9


def _random_triples(cast: Cast) -> Mapping[str, Cast]:
    return {f"random triple of bodies, {k}": cast.but(other={"triple": k}) for k in range(1, 41)}


@measures(
    "C44",
    layers=("institutions",),
    placebos=together(played_by("russia", ("BRA", "IND", "TUR", "ZAF", "IRN")), _random_triples),
)
def standing_by_company(world: World, cast: Cast) -> Readings:
    """What three bodies add to Russia's standing, ranked among triples of others; its standing beyond its power."""
    ranks, levels, added = {}, {}, {}
    for year in TOGETHER:
        levels[year] = float(beyond_power(world, cast.russia, year)[0])
        others = gains(world, cast.russia, year, COMPANY)
        added[year] = _gain(world, cast, year)
        below, equal = (others < added[year] - TINY), np.abs(others - added[year]) <= TINY
        ranks[year] = float((below + equal / 2.0).mean()) if len(others) else float("nan")
    rank, level, gain = (pd.Series(v, dtype=float).rename_axis(index="year") for v in (ranks, levels, added))
    a = yearly(rank, TOGETHER)
    return {"a": Reading(a.value, a.by_year, beside={"gain": gain}), "b": yearly(level, TOGETHER)}


def _gain(world: World, cast: Cast, year: int) -> float:
    """What the three bodies add, or those that a placebo draws."""
    bodies = network(world, year).bodies
    names: Iterable[str] = COMPANY
    if "triple" in cast.other:
        first = TOGETHER[0]
        sets, then = triples(world, cast.russia, first, COMPANY), network(world, first).bodies
        drawn = sets[generator(1, "C44", cast.other["triple"]).integers(len(sets))]
        names = [then[k] for k in drawn]
    there = np.array([[bodies.index(b) for b in names if b in bodies]], dtype=np.intp)
    without = beyond_power(world, cast.russia, year, there)
    return float((beyond_power(world, cast.russia, year) - without)[0])


ASIA = ("CHN", "JPN", "KOR", "IND", "PAK", "IRN", "AFG", "MNG")
"""The Asian states of the study outside the former Union."""
OBSERVED = range(2005, 2013)


def _other_anchors(cast: Cast) -> Mapping[str, Cast]:
    """COW's organizations with Russia and at least three of the eight in some year, in the SCO's place."""
    rows = archive().table("igo_memberships")
    rows = rows[(rows["role"] == "member") & rows["org_id"].isna() & (rows["end_year"] >= OBSERVED[0])]
    of_body = rows.groupby("igo")["actor_id"].agg(set)
    names = [str(b) for b, who in of_body.items() if cast.russia in who and len(who.intersection(ASIA)) >= 3]
    return {f"{b} as {cast.sco}": cast.but(other={"igo": b}) for b in names}


@measures(
    "C45",
    layers=("trade", "institutions"),
    scenarios=("missing", "flagged"),
    placebos=together(played_by("russia", ("USA", "DEU", "TUR", "IND")), _other_anchors),
)
def place_in_asia(world: World, cast: Cast) -> Readings:
    """Russia's trade with Asia next to Europe, the growth of its share, and the SCO's part in their shared seats."""
    asia = tuple(s for s in ASIA if s != cast.russia)
    igo = cast.other.get("igo")
    strength, packaged = _strength_in(world, cast.russia, asia, igos=igo is not None)
    if igo is not None:  # the SCO's place taken by one of COW's organizations, the others of these left out
        packaged = packaged.drop(columns=cast.sco, errors="ignore").assign(**{igo: strength.get(igo, 0.0)})
    own = packaged.get(igo or cast.sco, packaged.sum(axis=1) * 0.0)
    return {**_trade_with(world, cast.russia, asia), "c": yearly(own / packaged.sum(axis=1), OBSERVED)}


def _trade_with(world: World, russia: str, asia: tuple[str, ...]) -> Readings:
    key = ("trade with Asia", russia)
    if key not in world.memory:
        near, far = world.trade.between(russia, asia), world.trade.two_way(russia, "EUU")
        ratio = world.each_year(YEARS, lambda y: log_ratio(near[y], far[y]))
        share = near / world.trade.world_total(russia)
        grown = change(share, (2001, 2002, 2003), (2010, 2011, 2012))
        world.memory[key] = {"a": yearly(ratio, YEARS), "b": Reading(grown, share)}
    return world.memory[key]


def _strength_in(world: World, russia: str, asia: tuple[str, ...], *, igos: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Year × body: strength of shared seats, observers counted as members; and the bodies of the package alone."""
    key = ("seats with Asia", russia, igos)
    if key not in world.memory:
        seats = _with_observers(world).seats
        rows = {y: seats.by_body(russia, asia, y, igos=igos) for y in OBSERVED}
        strength = pd.DataFrame(rows).T.fillna(0.0).rename_axis(index="year")
        world.memory[key] = strength, strength.loc[:, ~strength.columns.isin(seats.igo_spells["igo"])]
    return world.memory[key]


def _with_observers(world: World) -> World:
    """The same world with observers counted as members, made once."""
    if world.choices.roles == "observers":
        return world
    if "with observers" not in world.memory:
        world.memory["with observers"] = world.reading(roles="observers")
    return world.memory["with observers"]


ATTRIBUTES = ("population_thousand", "military_personnel_thousand", "iron_steel_thousand_tons")
SECOND = "IND"
"""To whom, beside China, the group is said to owe its weight."""


def _groups(cast: Cast) -> Mapping[str, Cast]:
    found = {f"random group, {k}": cast.but(other={"group": k}) for k in range(1, 41)}
    rows = archive().table("igo_memberships")
    rows = rows[(rows["role"] == "member") & (rows["start_year"] <= 2012) & (rows["end_year"] >= 2012)]
    of_body = rows.groupby("igo")["actor_id"].agg(set)
    names = [str(b) for b, who in of_body.items() if {cast.russia, cast.china} <= who and b != cast.sco]
    return found | {f"members of {b}": cast.but(other={"igo": b}) for b in names[::4]}


@measures("C46", layers=("institutions",), placebos=_groups)
def weight_of_the_group(world: World, cast: Cast) -> Readings:
    """The share in world power of members and observers together, and how much of the group's weight is of two."""
    power, at = _power(world), world.archive.at
    two = at((cast.china, SECOND))
    groups = [np.sort(at(_group(world, cast, y))) for y in OBSERVED]
    of = np.array([np.nansum(power[:, t, own], axis=1) for t, own in enumerate(groups)]).T
    of_two = np.array([np.nansum(power[:, t, np.intersect1d(own, two)], axis=1) for t, own in enumerate(groups)]).T
    years = pd.Index(OBSERVED, name="year")
    shares = pd.DataFrame((of_two / of)[1:].T, index=years, columns=list(ATTRIBUTES))
    cinc = pd.Series(of[0], index=years)
    beside: dict[str, pd.Series] = {f"share of the two, {c}": shares[c] for c in shares}
    beside["population of the group"] = pd.Series(of[1], index=years)
    six = [np.nansum(power[1, t, at(world.seats.members(cast.sco, y))]) for t, y in enumerate(OBSERVED)]
    beside["population of the members"] = pd.Series(six, index=years)
    for k, column in enumerate(("cinc", *ATTRIBUTES)):
        index = [np.nansum((power[k, t, own] / of[k, t]) ** 2) for t, own in enumerate(groups)]
        beside[f"Herfindahl index, {column}"] = pd.Series(index, index=years)
    return {
        "a": Reading(float(cinc[2012]), cinc, beside=beside),
        "b": yearly(shares.min(axis=1), OBSERVED),
    }


def _power(world: World) -> np.ndarray:
    """CINC and the three attributes, shape (4, years, states); NaN where the source is silent."""
    if "power of states" not in world.memory:
        frames = [world.power(column) for column in ("cinc", *ATTRIBUTES)]
        cells = [f.reindex(index=list(OBSERVED), columns=world.archive.states).to_numpy() for f in frames]
        world.memory["power of states"] = np.stack(cells)
    return world.memory["power of states"]


def _group(world: World, cast: Cast, year: int) -> tuple[str, ...]:
    """Members and observers of the year, or whom a placebo puts in their place."""
    own = _with_observers(world).seats.members(cast.sco, year)
    if "igo" in cast.other:
        rows = world.archive.table("igo_memberships")
        rows = rows[(rows["igo"] == cast.other["igo"]) & (rows["role"] == "member")]
        return tuple(sorted(rows.loc[(rows["start_year"] <= year) & (rows["end_year"] >= year), "actor_id"]))
    if "group" in cast.other:
        two = (cast.russia, cast.china)
        others = [s for s in world.archive.states if s not in two]
        drawn = generator(1, "C46", cast.other["group"]).choice(others, max(len(own), 2) - 2, replace=False)
        return (*two, *map(str, drawn))
    return own


@measures(
    "C67",
    layers=("institutions", "diplomacy"),
    placebos=with_parts(
        CSTO_members_outside={"partners": ("ARM", "BLR")},
        CIS_members_outside={"partners": ("ARM", "AZE", "BLR", "UKR")},
        all_others={"partners": "others"},
    ),
)
def recognition(world: World, cast: Cast) -> Readings:
    """How many members other than Russia recognize either of the two territories, and how many it is not known of."""
    rows = world.kept(world.archive.table("diplomatic_ties"))
    rows = rows[(rows["kind"] == "recognition") & rows["target"].isin(["XAB", "XSO"])]
    told, years = rows[rows["status"] != "unknown"], range(2008, 2013)
    known = set(told["source"])
    yes = rows[rows["status"] == "present"]

    def partners(year: int) -> set[str]:
        members = set(world.seats.members(cast.sco, year))
        chosen = cast.other.get("partners", members)
        return (set(world.archive.states) - members if chosen == "others" else set(chosen)) - {cast.russia}

    def recognize(year: int) -> float:
        who, own = set(yes.loc[world.security.in_force(yes, year) > 0, "source"]), partners(year)
        return float(len(who & own)) if own & known else float("nan")

    unknown = max(len(partners(y) - known) for y in years)
    count = world.each_year(years, recognize)
    value = float(count.max())
    return {"a": Reading(value, count, bounds=None if np.isnan(value) else (value, value + unknown))}
