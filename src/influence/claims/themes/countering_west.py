"""Countering the West: American and European weight in Central Asia, and votes for and against Washington."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import (
    Reading,
    Readings,
    change,
    in_place_of,
    mean_of,
    measures,
    shifted,
    together,
    yearly,
)
from influence.claims.security import KINDS, LISTED_TO
from influence.claims.themes._casts import played_by, swapped_with, with_parts
from influence.claims.themes._leverage import FLANK
from influence.claims.themes._positions import beside, mean_distance, members, six
from influence.claims.themes._ties import central_asian_tie_strength, growth_beyond, log_total, log_trade
from influence.claims.themes._western import WEST, security_share, trade_share

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

VOTERS = ("USA", "CHN", "TUR", "IRN", "IND", "JPN", "EUU")
"""The poles whose approach to the five is compared with Russia's."""
SHOWN_APART = "UZB"
"""The register has it printed by itself, beside the five."""
SIXES = 40


def _random_sixes(cast: Cast) -> Mapping[str, Cast]:
    return {f"random six, {k}": cast.but(other={"six": k}) for k in range(1, SIXES + 1)}


def _moved(years: Iterable[int], by: int) -> tuple[int, ...]:
    return tuple(y + by for y in years)


@measures(
    "C30",
    layers=("diplomacy",),
    placebos=together(
        played_by("russia", ("TUR", "IRN", "IND", "JPN", "DEU", "USA", "CHN")),
        shifted(-2, 2, 5),
    ),
)
def approach(world: World, cast: Cast) -> Readings:
    """How much nearer the five voted to Russia after 2005 than before, less the same towards the other poles."""
    before, after = range(2002, 2005), range(2006, 2010)

    def nearer(pole: str, states: tuple[str, ...]) -> tuple[float, pd.Series]:
        apart = world.votes.distance(pole, states)
        return -change(apart, before, after, cast.shift), apart

    own, apart = nearer(cast.russia, cast.five)
    others = {p: nearer(p, cast.five)[0] for p in VOTERS if p != cast.russia}
    told: dict[str, float | pd.Series] = {f"approach of {p}": v for p, v in {cast.russia: own, **others}.items()}
    told[f"approach to {SHOWN_APART}"] = nearer(cast.russia, (SHOWN_APART,))[0]
    return {"a": Reading(own - float(np.mean(list(others.values()))), apart, beside=told)}


def _other_wests(cast: Cast) -> Mapping[str, Cast]:
    return {f"{p} as {WEST}": cast.but(other={"west": p}) for p in ("JPN", "IND", "TUR", "IRN")}


@measures(
    "C31",
    layers=("security", "trade"),
    scenarios=("missing", "flagged"),
    placebos=together(
        _other_wests,
        lambda cast: {"TKM as the members": cast.but(four=("TKM",))},
        shifted(-2, 2),
    ),
)
def western_weight(world: World, cast: Cast) -> Readings:
    """The West's share in security with the four after 2005 and before, next to other neighbours; and in trade."""
    west = cast.other.get("west", WEST)
    before = _moved((2002, 2003, 2004), cast.shift)
    after = _moved(range(2006, LISTED_TO + 1), cast.shift)
    later = _moved(range(2008, 2013), cast.shift)
    years = sorted({*before, *after})

    def fall(hosts: tuple[str, ...], **how: Any) -> tuple[float, pd.Series]:
        share = security_share(world, cast, hosts, years, pole=west, **how)
        return change(share, before, after), share

    (own, share), (control, _) = fall(cast.four), fall(FLANK)
    goods = trade_share(world, cast, cast.four, pole=west)
    told: dict[str, float | pd.Series] = {"change in the four": own, "change in the control states": control}
    if world.draw is None:
        told["change in TKM"] = fall(("TKM",))[0]
        told["all exercises"] = fall(cast.four, at_most=None)[0] - fall(FLANK, at_most=None)[0]
        if west == WEST:
            told["with Turkey"] = fall(cast.four, with_turkey=True)[0] - fall(FLANK, with_turkey=True)[0]
    return {
        "a": Reading(own - control, share, beside=told),
        "b": yearly(share, after),
        "c": Reading(change(goods, before, later), goods),
    }


@measures(
    "C32",
    layers=("security",),
    placebos=lambda cast: {
        f"{user} in {host}": cast.but(usa=user, other={"host": host})
        for user, host in ((cast.usa, "UZB"), ("FRA", "TJK"), ("DEU", "UZB"))
    },
)
def base_that_stayed(world: World, cast: Cast) -> Readings:
    """Share of the years from 2005 with an American base or facility in Kyrgyzstan at their end."""
    sites = world.security.bases
    sites = sites[(sites["source"] == cast.usa) & (sites["target"] == cast.other.get("host", "KGZ"))]
    sites = sites[sites["kind"].isin(["base", "facility"])]
    there = world.each_year(range(2005, 2013), lambda y: float((world.security.in_force(sites, y) > 0).any()))
    return {"a": Reading(float(there.mean()), there)}


OTHER_BODIES = {
    "CSTO": ("ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"),
    "BRICS": ("BRA", "CHN", "IND", "RUS", "ZAF"),
    "ASEAN_and_three,_as_far_as_they_are_here": ("CHN", "JPN", "KOR"),
}


@measures(
    "C33",
    layers=("diplomacy",),
    placebos=together(
        _random_sixes,
        with_parts(**{f"members_of_{body}": {"members": who} for body, who in OTHER_BODIES.items()}),
        shifted(-3, -2, -1, 1, 2, 3),
    ),
)
def years_of_challenge(world: World, cast: Cast) -> Readings:
    """How much farther from Washington the members voted in 2005-08 than in the years before, and than after."""
    far = mean_distance(world, members(world, cast))
    peak = range(2005, 2009)
    return {
        "a": Reading(change(far, (2002, 2003, 2004), peak, cast.shift), far),
        "b": Reading(-change(far, peak, range(2009, 2013), cast.shift), far),
    }


@measures(
    "C34",
    layers=("diplomacy",),
    placebos=together(
        swapped_with("russia", ("CHN",)), played_by("russia", ("IND", "BRA", "IRN", "TUR", "DEU")), shifted(-3, -2)
    ),
)
def reset(world: World, cast: Cast) -> Readings:
    """By how much more than the other members Russia moved towards Washington after 2009."""
    apart, before, after = world.votes.relative, range(2004, 2009), range(2010, 2013)
    moved = {s: change(apart[s], before, after, cast.shift) for s in (cast.russia, *beside(world, cast))}
    others = [v for s, v in moved.items() if s != cast.russia]
    told = {f"change of {s}": v for s, v in moved.items()}
    return {"a": Reading(moved[cast.russia] - float(np.mean(others)), apart[cast.russia], beside=told)}


@measures(
    "C35",
    layers=("diplomacy",),
    placebos=together(played_by("russia", ("BLR", "ARM", "IND", "IRN", "TUR")), _random_sixes),
)
def holding_back(world: World, cast: Cast) -> Readings:
    """How much farther from Washington Russia votes than the Central Asian members, and than China."""
    apart, (russia, china, four), years = world.votes.relative, six(world, cast), range(2004, 2013)
    return {
        "a": yearly(apart[russia] - mean_distance(world, four), years),
        "b": yearly(apart[russia] - apart[china], years),
    }


@measures(
    "C36",
    layers=("trade", "diplomacy"),
    scenarios=("missing", "flagged"),
    placebos=played_by("china", ("RUS", "IND", "IRN", "TUR")),
)
def sheltered_tie(world: World, cast: Cast) -> Readings:
    """China's trade with the United States next to that with Russia and the five; its votes and that share, 2005-08."""
    trade, before, after = world.trade, (2002, 2003, 2004), range(2005, 2009)
    near = trade.between(cast.china, (*cast.five, cast.russia))
    american = trade.two_way(cast.china, cast.usa)
    ratio = np.log(american.where(american > 0)) - np.log(near.where(near > 0))
    far = world.votes.relative[cast.china]
    shares = trade.shares(cast.china, (cast.usa, "EUU", "JPN", "KOR"))
    moved = {p: change(shares[p], before, after) for p in shares}
    others = float(np.mean([v for p, v in moved.items() if p != cast.usa]))
    return {
        "a": yearly(ratio, YEARS),
        "b": Reading(change(far, before, after), far),
        "c": Reading(moved[cast.usa] - others, shares[cast.usa], beside={f"change of {p}": moved[p] for p in moved}),
    }


def _other_triples(cast: Cast) -> Mapping[str, Cast]:
    others = ("IND", "JPN", "KOR", "DEU", "USA", cast.russia)
    return {" ".join(three): cast.but(other={"three": three}) for three in combinations(others, 3)}


@measures(
    "C38",
    layers=("trade",),
    scenarios=("missing", "flagged"),
    placebos=together(
        _other_triples, lambda cast: {"other post-Soviet states": cast.but(five=("ARM", "AZE", "BLR", "GEO", "UKR"))}
    ),
)
def gains_of_others(world: World, cast: Cast) -> Readings:
    """By how much the shares of China, Iran and Turkey in the trade of the five grew."""
    found = {}
    for part, pole in zip("abc", cast.other.get("three", (cast.china, "IRN", "TUR")), strict=True):
        share = world.trade.pooled_share(cast.five, pole)
        level = np.log(share.where(share > 0))
        points = {f"points of share, {pole}": change(share, (2001, 2002), (2011, 2012))}
        found[part] = Reading(change(level, (2001, 2002), (2011, 2012)), level, beside=points)
    return found


@measures(
    "C49",
    layers=("institutions",),
    placebos=with_parts(**{f"{s}_as_IRN": {"applicant": s} for s in ("IND", "PAK", "MNG", "AFG")}),
)
def kept_outside(world: World, cast: Cast) -> Readings:
    """In how many years Iran was a full member at their end; and how many sources tell of the refusal."""
    years, applicant = range(2005, 2013), cast.other.get("applicant", "IRN")
    rows = world.kept(world.archive.table("memberships"))
    rows = rows[(rows["org_id"] == cast.sco) & (rows["actor_id"] == applicant)]

    def seats(role: str) -> pd.Series:
        own = rows[(rows["role"] == role) & (rows["status"] == "present")]
        return world.each_year(years, lambda y: float((world.security.in_force(own, y) > 0).any()))

    refused = rows.loc[(rows["status"] == "refused"), "source_id"]
    sources = {s for cell in refused for s in str(cell).split(";")} - {"facon2013"}
    told = {"years as observer": float(seats("observer").sum()), "sources of a refusal": float(len(sources))}
    member = seats("member")
    return {"a": Reading(float(member.sum()), member, beside=told)}


EARLY, LATE = (2001, 2002, 2003), (2010, 2011, 2012)


@measures(
    "C71",
    layers=("trade", "security", "energy"),
    scenarios=("missing", "flagged"),
    placebos=together(
        in_place_of("china", ("TUR", "IRN", "IND", "JPN", "KOR")),
        in_place_of("usa", ("TUR", "IRN", "IND", "JPN", "KOR")),
        in_place_of("russia", ("TUR", "IRN", "IND", "JPN", "KOR")),
        with_parts(
            **{
                "years_to_2006": {"late": (2004, 2005, 2006), "dates": (2001, 2006)},
                "years_from_2005": {"early": (2005, 2006, 2007), "dates": (2007, 2012)},
            }
        ),
    ),
)
def contained(world: World, cast: Cast) -> Readings:
    """Whether China and the United States outgrew the other poles in the five, and whether Russia's own ties held."""
    early, late = cast.other.get("early", EARLY), cast.other.get("late", LATE)
    first, last = cast.other.get("dates", (2005, 2012))
    half, found = world.choices.half, {}
    others = cast.others(cast.russia, cast.china, cast.usa)
    for part, pole in (("a", cast.china), ("b", cast.usa)):
        levels = {p: log_trade(world, p, cast.five) for p in dict.fromkeys((pole, *others))}
        value, grown = growth_beyond(levels, pole, early, late)
        found[part] = Reading(value, levels[pole], beside={f"log growth of trade, {p}": grown[p] for p in grown})
    bases = log_total(central_asian_tie_strength(world, cast.usa, cast.five)["bases"], half)
    since = {"since 2002": float(bases[last] - bases[2002])}
    found["c"] = Reading(float(bases[last] - bases[first]), bases, beside=since)
    ties = central_asian_tie_strength(world, cast.russia, cast.five)
    security = {k: log_total(ties[k], half) for k in KINDS}
    until = tuple(y for y in late if y <= LISTED_TO) if late != LATE else (2008, 2009, 2010)
    moved = {k: change(security[k], early, until) for k in KINDS}
    lines = {} if world.draw is not None else _lines_to_china(world, cast)
    told: dict[str, float | pd.Series] = {**{f"log change, {k}": v for k, v in moved.items()}, **lines}
    found["d"] = Reading(float(np.nanmean(list(moved.values()))), pd.DataFrame(security).mean(axis=1), beside=told)
    return found


def _lines_to_china(world: World, cast: Cast) -> dict[str, pd.Series]:
    """Lines from the five into China, by whether a Russian company has a part in them."""
    found = {"without": dict.fromkeys(YEARS, 0.0), "with": dict.fromkeys(YEARS, 0.0)}
    for year in YEARS:
        rows = world.lines.crossings(year)
        rows = rows[rows["from_actor"].isin(cast.five) & (rows["to_actor"] == cast.china)]
        russian = rows["russian_company"].fillna(False).to_numpy(dtype=bool)
        found["with"][year], found["without"][year] = float(russian.sum()), float((~russian).sum())
    return {f"lines to China {k} Russian companies": pd.Series(v).rename_axis(index="year") for k, v in found.items()}


@measures(
    "C84",
    layers=("security",),
    placebos=together(
        with_parts(
            **{
                "1998_and_2005": {"partners": (1998, 2005), "bases": (1998, 2005)},
                "2005_and_2012": {"partners": (2005, 2012), "bases": (2005, 2012)},
            }
        ),
        lambda cast: {
            " ".join(hosts): cast.but(five=hosts) for hosts in (*((h,) for h in sorted(FLANK)), tuple(sorted(FLANK)))
        },
    ),
)
def others_let_in(world: World, cast: Cast) -> Readings:
    """How many more outside states had bases in, or treaties with, each of the five; Russia's share of all bases."""
    security, five = world.security, frozenset(cast.five)
    sites, pacts = security.bases, security.treaties
    sites = sites[sites["target"].isin(five) & ~sites["source"].isin(five)]
    pacts = pacts[pacts["a"].isin(five) & ~pacts["b"].isin(five)]

    def partners(year: int) -> float:
        used = sites[security.in_force(sites, year) > 0]
        bound = pacts[security.in_force(pacts, year) > 0]
        return len({*zip(used["target"], used["source"], strict=True), *zip(bound["a"], bound["b"], strict=True)})

    def share(year: int) -> float:
        count = security.in_force(sites, year)
        own = count[(sites["source"] == cast.russia).to_numpy()].sum()
        return float(own / count.sum()) if count.sum() > 0 else float("nan")

    first, last = cast.other.get("partners", (1995, 2002))
    a = {y: partners(y) / len(five) for y in (first, last)}
    since, until = cast.other.get("bases", (2000, 2002))
    b = {y: share(y) for y in (since, until)}
    return {
        "a": Reading(a[last] - a[first], beside={f"partners a state, {y}": v for y, v in a.items()}),
        "b": Reading(b[until] - b[since], beside={f"share of bases, {y}": v for y, v in b.items()}),
    }


@measures(
    "C88",
    layers=("diplomacy",),
    placebos=together(
        swapped_with("russia", ("CHN", "KAZ", "KGZ", "TJK", "UZB")),
        played_by("russia", ("IND", "IRN", "BLR", "TUR")),
        shifted(-3, -2, -1, 1, 2, 3, 4),
    ),
)
def keenest(world: World, cast: Cast) -> Readings:
    """How much farther from Washington Russia votes than the other members and than the farthest; a peak of its own."""
    apart, others = world.votes.relative, list(beside(world, cast))
    years = _moved(range(2004, 2009), cast.shift)
    gap = apart[cast.russia] - apart[others].mean(axis=1)
    farthest = apart[cast.russia] - apart[others].max(axis=1)
    rest = [y for y in YEARS if y not in years]
    return {
        "a": Reading(mean_of(gap, years), gap),
        "b": Reading(mean_of(farthest, years), farthest),
        "c": Reading(mean_of(gap, years) - mean_of(gap, rest), gap),
    }
