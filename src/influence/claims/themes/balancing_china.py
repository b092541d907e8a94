"""Balancing China: what the SCO lets Russia see and steer, and how the two stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import SAME, YEARS
from influence.claims.measure import (
    Reading,
    Readings,
    binomial_interval,
    change,
    in_place_of,
    log_ratio,
    measures,
    together,
    yearly,
)
from influence.claims.security import KINDS, LISTED_TO
from influence.claims.themes._casts import pairs_played_by, with_parts
from influence.claims.themes._forces import drills, pair_units
from influence.claims.themes._meetings import (
    PERMUTATIONS,
    change_of_share,
    met_with,
    paired_difference,
    share_crossing,
)
from influence.claims.themes._profiles import share_less_alike
from influence.claims.themes._shared_bodies import shared_with
from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

FIRST, LAST = (2001, 2002), (2011, 2012)
ORDINARY = ("KGZ", "TJK", "UZB")
BODIES = ("EURASEC", "CUSTOMS_UNION_BKR", "SINGLE_ECONOMIC_SPACE", "SCO_FREE_TRADE_AREA", "CIS", "ECO")
"""Preferential trade bodies: customs unions, free-trade areas, economic communities; the SCO's area has no seats."""


@measures(
    "C18",
    layers=("security", "energy"),
    placebos=together(
        in_place_of("russia", ORDINARY),
        in_place_of("china", ("IND", "TUR", "USA")),
        with_parts(**{f"participants permuted, {k}": {"permuted": k} for k in range(PERMUTATIONS)}),
    ),
)
def between_china_and_the_five(world: World, cast: Cast) -> Readings:
    """How often Russia is there when China meets the five, next to Kazakhstan; by halves; what energy crosses it."""
    met = met_with(world, cast)
    russia, kazakhstan = met[cast.russia].to_numpy(), met[cast.kazakhstan].to_numpy()
    difference, exact = paired_difference(russia, kazakhstan)
    early = met["year"].to_numpy() <= 2006
    later, between = change_of_share(russia[early], russia[~early])
    several = met[[s for s in cast.five if s != cast.kazakhstan]].to_numpy().any(axis=1)
    without, _ = paired_difference(russia[several], kazakhstan[several])
    beside = {"events": float(len(met)), "without events with that state alone": without}
    return {
        "a": Reading(difference, exact=_known(exact), beside=beside),
        "b": Reading(later, exact=_known(between)),
        "c": Reading(share_crossing(world, cast.russia, cast.five, cast.china, 2012)),
    }


def _known(ends: tuple[float, float]) -> tuple[float, float] | None:
    return None if np.isnan(ends).any() else ends


@measures(
    "C19",
    layers=("security",),
    placebos=together(in_place_of("russia", ORDINARY), in_place_of("china", ("IND", "TUR", "USA"))),
)
def watching(world: World, cast: Cast) -> Readings:
    """The share of the events of C18 in which Russia takes part, and how much more often it does than Kazakhstan."""
    met = met_with(world, cast)
    there, other = met[cast.russia].to_numpy(), met[cast.kazakhstan].to_numpy()
    share = float(there.mean()) if len(there) else float("nan")
    difference, exact = paired_difference(there, other)
    return {
        "a": Reading(share, exact=binomial_interval(int(there.sum()), len(there))),
        "b": Reading(difference, exact=_known(exact)),
    }


PARTNERS = ("USA", "DEU", "GBR", "FRA", "TUR", "IRN", "IND", "JPN", "KOR")


@measures(
    "C20",
    layers=("institutions", "security"),
    placebos=together(
        in_place_of("russia", ("IND", "JPN", "KOR", "IRN", "TUR", "USA")),
        with_parts(start_in_2003={"start": 2003}, start_in_2006={"start": 2006}),
    ),
)
def enmeshment(world: World, cast: Cast) -> Readings:
    """How many more bodies and treaties Russia came to share with China than the median of China's other partners."""
    start, found = cast.other.get("start", 2000), {}
    partners = [p for p in PARTNERS if p not in (cast.russia, cast.china)]
    for part, igos_only in (("a", False), ("b", True)):
        now, then = (shared_with(world, cast.china, y, igos_only=igos_only) for y in (2012, start))
        more = now.reindex([cast.russia, *partners], fill_value=0) - then.reindex(
            [cast.russia, *partners], fill_value=0
        )
        beside = {f"change with {p}": float(more[p]) for p in more.index}
        found[part] = Reading(float(more[cast.russia] - more[partners].median()), beside=beside)
    return found


@measures(
    "C21",
    layers=("institutions", "security"),
    placebos=together(
        in_place_of("china", ("IND", "TUR")),
        with_parts(all_organizations_with_Russia_and_three_of_the_five={"igos": True}),
        pairs_played_by(("CHN", "RUS")),
    ),
)
def bodies_without_china(world: World, cast: Cast) -> Readings:
    """The China-free share of Russia's shared seats with the five, its change, and exercises under CSTO and SCO."""
    wide = bool(cast.other.get("igos")) or None
    shares = {}
    for year in YEARS:
        strength = world.seats.by_body(cast.russia, cast.five, year, igos=wide)
        seats = world.seats.incidence(year, igos=wide)
        if wide:
            theirs = seats.reindex(list(cast.five)).sum()
            strength = strength[(theirs >= 3) & strength.index.isin(world.seats.igo_spells["igo"])]
        free = (seats[strength.index].loc[cast.china] == 0).to_numpy(dtype=bool)
        total = float(strength.sum())
        shares[year] = float(strength.to_numpy()[free].sum()) / total if total > 0 else float("nan")
    q = pd.Series(shares, dtype=float).rename_axis(index="year")
    since = range(2002, 2013)
    held = {
        body: float(sum(bool(g.takers & {*cast.five}) for g in drills(world, body, since)))
        for body in (cast.csto, cast.sco)
    }
    ratio = log_ratio(held[cast.csto], held[cast.sco], world.choices.half)
    return {
        "a": yearly(q, YEARS),
        "b": Reading(change(q, FIRST, LAST), q),
        "c": Reading(ratio, beside={f"exercises, {body}": number for body, number in held.items()}),
    }


def _outsiders(cast: Cast) -> Mapping[str, Cast]:
    """Each other of the five as the one outside; who is shown apart comes in where he is not the outsider."""
    found = {}
    for outsider in ("KAZ", "KGZ", "TJK", "UZB"):
        inside = tuple(s for s in ("KAZ", "KGZ", "TJK", "TKM") if s != outsider)
        found[f"{outsider} as outsider"] = cast.but(other={"inside": inside, "outsider": outsider})
    return found


@measures(
    "C22",
    layers=("trade",),
    scenarios=("missing", "flagged"),
    placebos=together(_outsiders, in_place_of("china", ("TUR", "IRN", "IND", "KOR"))),
)
def entry_into_members(world: World, cast: Cast) -> Readings:
    """How much more China's share in trade grew in the members of EURASEC than outside."""
    inside, outsider = cast.other.get("inside", ("KAZ", "KGZ", "TJK")), cast.other.get("outsider", "TKM")
    shares = {s: world.trade.share(s, cast.china) for s in dict.fromkeys((*inside, outsider, *cast.five))}
    gap = sum(shares[s] for s in inside) / len(inside) - shares[outsider]
    beside: dict[str, float | pd.Series] = {f"change in {s}": change(own, FIRST, LAST) for s, own in shares.items()}
    return {"a": Reading(change(gap, FIRST, LAST), gap, beside=beside)}


def _unevenness(world: World, partner: str, china: str) -> pd.DataFrame:
    """China's share in a partner's world exports minus the partner's in China's, and the same for imports, by year."""
    trade = world.trade
    out, back = trade.flow(partner, china), trade.flow(china, partner)
    return pd.DataFrame(
        {
            "exports": out / trade.world_exports(partner) - back / trade.world_exports(china),
            "imports": back / trade.world_imports(partner) - out / trade.world_imports(china),
        }
    )


def _mean_change(frame: pd.DataFrame) -> float:
    """Mean over the columns of the change from 2001-02 to 2011-12."""
    return float(np.mean([change(frame[k], FIRST, LAST) for k in frame]))


@measures(
    "C40",
    layers=("trade",),
    placebos=together(
        in_place_of("russia", ("TUR", "IRN", "IND", "JPN", "KOR", "DEU", "USA")),
        pairs_played_by(*((p, "USA") for p in ("RUS", "TUR", "IRN", "IND", "JPN", "KOR", "DEU"))),
    ),
)
def tilt(world: World, cast: Cast) -> Readings:
    """By how much more Russia came to depend on China than China on Russia, and more so than China's other partners."""
    own = _unevenness(world, cast.russia, cast.china)
    grown = {k: change(own[k], FIRST, LAST) for k in own}
    others = {p: _mean_change(_unevenness(world, p, cast.china)) for p in cast.others(cast.russia, cast.china)}
    arms = pair_units(world, "arms", cast.russia, (cast.china,))[cast.china]
    spending = np.log(world.power("military_expenditure_thousand_usd"))
    beside: dict[str, float | pd.Series] = {f"change for {p}": v for p, v in others.items()}
    beside |= {"arms": arms, "log spending": spending[cast.russia] - spending[cast.china]}
    return {
        "a": Reading(grown["exports"], own["exports"]),
        "b": Reading(grown["imports"], own["imports"]),
        "c": Reading(_mean_change(own) - float(np.mean(list(others.values()))), own.mean(axis=1), beside=beside),
    }


@measures(
    "C41",
    layers=("trade", "energy"),
    placebos=together(
        in_place_of("russia", ("IND", "KOR", "JPN", "TUR", "IRN", "BRA", "DEU")),
        in_place_of("china", ("TUR", "IND", "KOR")),
    ),
)
def growth_of_the_pair(world: World, cast: Cast) -> Readings:
    """By how much trade of the two grew beyond their own, and how many more lines lead from Russia into China."""
    trade = world.trade
    goods = trade.two_way(cast.russia, cast.china)
    size = np.sqrt(trade.world_total(cast.russia) * trade.world_total(cast.china))
    net = np.log(goods.where(goods > 0) / size)

    def lines(year: int) -> float:
        rows = world.lines.crossings(year)
        into = (rows["from_actor"] == cast.russia) & (rows["to_actor"] == cast.china)
        return float(rows.loc[into, "pipeline_id"].nunique())

    count = world.each_year(YEARS, lines)
    nominal = change(np.log(goods.where(goods > 0)), FIRST, LAST)
    return {
        "a": Reading(change(net, FIRST, LAST), net, beside={"log growth in current dollars": nominal}),
        "b": Reading(float(count[2012] - count[2001]), count),
    }


@measures(
    "C42",
    layers=("security",),
    placebos=pairs_played_by(("RUS", "IND"), ("CHN", "PAK"), ("USA", "JPN"), ("IND", "CHN"), ("RUS", "IRN")),
)
def beyond_the_region(world: World, cast: Cast) -> Readings:
    """Defence pacts of the two, and how alike their security ties with others are next to all pairs."""
    treaties = world.security.treaties
    both = treaties[(treaties["a"] == cast.russia) & (treaties["b"] == cast.china) & (treaties["type"] == "defence")]
    pacts = world.each_year(YEARS, lambda y: float((world.security.in_force(both, y) > 0).sum()))
    years = range(YEARS[0], LISTED_TO + 1)
    rank = world.each_year(years, lambda y: share_less_alike(world, cast.russia, cast.china, y, cast.five))
    return {"a": Reading(float(pacts.max()), pacts), "b": yearly(rank, years)}


@measures(
    "C43",
    layers=("diplomacy",),
    placebos=together(
        in_place_of("china", ("IND", "BRA", "IRN", "ZAF", "TUR")),
        with_parts(lag_of_one_year={"lag": 1}),
    ),
)
def together_towards_washington(world: World, cast: Cast) -> Readings:
    """Correlation of the yearly changes of the two in their distance from the USA beyond the world's middle."""
    moved = world.votes.relative.reindex(YEARS).diff()
    x, y = moved[cast.russia], moved[cast.china].shift(cast.other.get("lag", 0))
    known = (x.notna() & y.notna()).to_numpy()
    a, b = x[known].to_numpy(), y[known].to_numpy()
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return {"a": Reading(float("nan"))}
    r = float(np.corrcoef(a, b)[0, 1])
    beside: dict[str, float | pd.Series] = {"changes of Russia": x, "changes of China": y}
    if world.draw is None:
        beside["p"] = _permutation_p(a, b, r)
    return {"a": Reading(r, beside=beside)}


def _permutation_p(a: np.ndarray, b: np.ndarray, r: float, draws: int = 9_999) -> float:
    """How often years in another order give at least this correlation: seeded draws, the order at hand among them."""
    mixed = generator(1, "C43").permuted(np.tile(b, (draws, 1)), axis=1)
    z = (a - a.mean()) / (a.std() * len(a))
    others = (mixed @ z) / b.std()
    return float((1 + (others >= r - 1e-12).sum()) / (draws + 1))


@measures(
    "C48",
    layers=("trade", "security", "institutions"),
    scenarios=("missing", "flagged"),
    placebos=together(
        with_parts(**{f"{p} as IND": {"india": p} for p in ("TUR", "IRN", "JPN", "KOR")}),
        lambda cast: {f"random entrants, {k}": cast.but(other={"entrants": k}) for k in range(1, 21)},
    ),
)
def counterweight(world: World, cast: Cast) -> Readings:
    """India next to China in the four: trade, growth of share, kinds of security; and China's share of power."""
    india = cast.other.get("india", "IND")
    key = ("C48", india, cast.china, cast.four)
    if key not in world.memory:
        world.memory[key] = _weight_of(world, cast, india)
    return {**world.memory[key], "d": Reading(_fall_of_share(world, cast, india))}


def _weight_of(world: World, cast: Cast, india: str) -> Readings:
    four = cast.four
    between = (world.trade.between(p, four) for p in (india, cast.china))
    ratio = pd.Series(map(log_ratio, *between), index=pd.Index(YEARS, name="year"), dtype=float)
    others = [p for p in cast.poles if p not in (cast.russia, cast.china, india)]
    shares = {p: world.trade.pooled_share(four, p) for p in (india, *others)}
    grown = shares[india] - pd.DataFrame({p: shares[p] for p in others}).mean(axis=1)
    years = range(2005, LISTED_TO + 1)
    kinds = world.each_year(years, lambda y: _level_kinds(world, india, cast.china, four, y))
    return {
        "a": yearly(ratio, range(2005, 2013)),
        "b": Reading(change(grown, (2004, 2005, 2006), (2010, 2011, 2012)), grown),
        "c": yearly(kinds, years),
    }


def _level_kinds(world: World, a: str, b: str, states: Iterable[str], year: int) -> float:
    """Share of the security kinds that either has with states in which the one has at least half of the other's total.

    A pact is 0 or 1 a pair; exercises weigh 1/(participants in the world - 1) a pair.
    """
    own, level = list(states), []
    for kind in KINDS:
        if kind == "exercises":
            total = [
                sum(
                    g.newman * len(g.takers.intersection(own) - {p})
                    for g in world.security.gatherings[year]
                    if p in g.takers
                )
                for p in (a, b)
            ]
        else:
            units = [
                world.security.matrix(kind, year)[world.archive.at((p,))[0], world.archive.at(own)] for p in (a, b)
            ]
            total = [float((np.minimum(u, 1.0) if kind == "treaties" else u).sum()) for u in units]
        if total[0] > 0 or total[1] > 0:
            level.append(total[0] >= total[1] / 2.0)
    return float(np.mean(level)) if level else float("nan")


def _fall_of_share(world: World, cast: Cast, india: str) -> float:
    """Share of all sets of as many states outside the SCO whose entry would lower China's share of power less.

    Power is CINC in 2012; the entrants are the observers, with whoever plays India in India's place.
    """
    power = world.power().loc[2012]
    rows = world.kept(world.archive.table("memberships"))
    rows = rows[(rows["org_id"] == cast.sco) & (rows["status"] == "present")]
    rows = rows[world.security.in_force(rows, 2012) > 0]
    members, observers = ({*rows.loc[rows["role"] == role, "actor_id"]} for role in ("member", "observer"))
    entrants = observers - members
    if india != "IND":
        entrants = (entrants - {"IND"}) | {india}
    outside = [s for s in world.archive.states if s not in members and not np.isnan(power[s])]
    if cast.china not in members or not entrants <= set(outside):
        return float("nan")
    if "entrants" in cast.other:
        entrants = set(generator(1, "C48", cast.other["entrants"]).choice(outside, len(entrants), replace=False))
    # the share falls the more, the more power the entrants have together
    sums = power[outside].to_numpy()[_sets(len(outside), len(entrants))].sum(axis=1)
    return float((sums < power[sorted(entrants)].sum() - 1e-12).mean())


@lru_cache(maxsize=4)
def _sets(n: int, k: int) -> np.ndarray:
    """All sets of k of n, a row each."""
    return np.fromiter((i for chosen in combinations(range(n), k) for i in chosen), dtype=np.intp).reshape(
        comb(n, k), k
    )


@measures("C63", layers=("institutions",), placebos=in_place_of("china", ("TUR", "IRN", "IND", "JPN")))
def preferential_bodies(world: World, cast: Cast) -> Readings:
    """Preferential trade bodies with China and a Central Asian member, and how many members sit in one with Russia."""
    four = {*cast.four}

    def with_china(year: int) -> float:
        inside = {SAME.get(b, b) for b in BODIES if _sits(world, b, cast.china, year) & four}
        return float(len(inside))

    joined = world.each_year(range(2003, 2013), with_china)
    beside_russia = set().union(*(_sits(world, b, cast.russia, 2012) for b in BODIES)) & four
    return {"a": Reading(float(joined.max()), joined), "b": Reading(float(len(beside_russia)))}


def _sits(world: World, body: str, state: str, year: int) -> set[str]:
    """Who sits in a body beside a state; nobody if the state does not."""
    inside = {*world.seats.members(body, year)}
    return inside - {state} if state in inside else set()
