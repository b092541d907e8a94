"""Hard security: what the SCO is next to the CSTO, and Russia's ties in the region next to China's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import (
    Reading,
    Readings,
    binomial_interval,
    change,
    in_place_of,
    log_ratio,
    mean_of,
    measures,
    together,
    yearly,
)
from influence.claims.security import KINDS, LISTED_TO
from influence.claims.themes._casts import pairs_played_by, played_by, with_parts
from influence.claims.themes._forces import MATERIAL, drills, expected_odds, pair_units, standing_forces, units_among
from influence.claims.themes._leverage import FLANK, leverage, shares_of_hosts
from influence.claims.themes.leadership import RIVALS, lead_by_layer
from influence.robustness import generator, weightings_above

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

COVERED = range(2002, LISTED_TO + 1)
SINCE_2003 = range(2003, 2013)
PERIODS = ((2006, 2007, 2008), (2010, 2011, 2012))
SHUFFLES = 30


def _other_bodies(cast: Cast) -> Mapping[str, Cast]:
    """Other bodies in the place of both, with their first spender as hub and their first two as leaders."""
    nato = ("CZE", "DEU", "EST", "FRA", "GBR", "ITA", "LTU", "LVA", "NLD", "POL", "TUR", "USA")
    union = tuple(s for s in nato if s not in ("TUR", "USA"))
    eco = ("AFG", "AZE", "IRN", "KAZ", "KGZ", "PAK", "TJK", "TKM", "TUR", "UZB")
    found = {}
    for body, states, hub, second in (
        ("NATO", nato, "USA", "DEU"),
        ("NATO", nato, "DEU", "USA"),
        ("EU", union, "GBR", "FRA"),
        ("GUAM", ("AZE", "GEO", "UKR", "UZB"), "UKR", "AZE"),
        ("ECO", eco, "TUR", "IRN"),
    ):
        rest = tuple(s for s in states if s not in (hub, second))
        found[f"{body} with {hub}"] = cast.but(csto=body, sco=body, russia=hub, china=second, four=rest)
    return found


@measures(
    "C12",
    layers=("security",),
    placebos=together(in_place_of("russia", ("BLR", "KAZ", "JPN")), _other_bodies),
)
def hub_of_the_pact(world: World, cast: Cast) -> Readings:
    """Russia's share of what members of the CSTO do together, against its weight in spending; the two in the SCO."""
    half = world.choices.half
    share, odds, level = {}, {}, {}
    without: dict[int, dict[str, float]] = {}
    for year in COVERED:
        body = {*world.seats.members(cast.csto, year), cast.russia}
        shares, logs, without[year] = [], [], {}
        for units in units_among(world, body, year).values():
            own = sum(w for who, w in units if cast.russia in who)
            rest = sum(w for who, w in units if cast.russia not in who)
            if own + rest > 0:
                shares.append(own / (own + rest))
            logs.append(np.log((own + half) / (rest + half)))
            for who, w in units:
                for pair in combinations(sorted(who), 2) if cast.russia not in who else ():
                    without[year]["-".join(pair)] = without[year].get("-".join(pair), 0.0) + w
        share[year] = float(np.mean(shares)) if shares else float("nan")
        odds[year] = float(np.mean(logs)) - expected_odds(world, cast.russia, body, year)
        others = [s for s in world.seats.members(cast.sco, year) if s in cast.four]
        level[year] = _lead(world, cast, others, year, MATERIAL)
    dyads = pd.DataFrame(without).T.fillna(0.0).rename_axis(index="year").sort_index(axis=1)
    beside = {f"units of {pair}": dyads[pair] for pair in dyads}
    parts = (pd.Series(v, dtype=float).rename_axis(index="year") for v in (share, odds, level))
    a, b, c = (yearly(series, COVERED) for series in parts)
    return {"a": Reading(a.value, a.by_year, beside=beside), "b": b, "c": c}


def _lead(world: World, cast: Cast, states: Iterable[str], year: int, kinds: Iterable[str]) -> float:
    """Mean over kinds of the log ratio of Russia's to China's units with states."""
    own, units, half = list(states), world.security.units, world.choices.half
    logs = [log_ratio(units(k, cast.russia, own, year), units(k, cast.china, own, year), half) for k in kinds]
    known = [v for v in logs if not np.isnan(v)]
    return float(np.mean(known)) if known and own else float("nan")


@measures(
    "C13",
    layers=("security",),
    placebos=together(
        with_parts(states_while_outside_the_CSTO={"outside": True}),
        in_place_of("russia", ("USA", "TUR", "IND")),
    ),
)
def kinds_in_a_dyad(world: World, cast: Cast) -> Readings:
    """How many of three kinds join Russia to a Central Asian member of the CSTO, less China to one of the SCO."""
    kinds = {
        pole: {k: pair_units(world, k, pole, cast.five) > 0 for k in MATERIAL} for pole in (cast.russia, cast.china)
    }
    count = {pole: own["bases"] * 1.0 + own["exercises"] + own["arms"] for pole, own in kinds.items()}
    rows = {}
    for year in COVERED:
        pact = set(world.seats.members(cast.csto, year))
        ours = [s for s in cast.five if (s in pact) != bool(cast.other.get("outside"))]
        theirs = [s for s in cast.five if s in world.seats.members(cast.sco, year)]
        rows[year] = {
            "russia": count[cast.russia].loc[year, ours].mean(),
            "china": count[cast.china].loc[year, theirs].mean(),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")
    gap = yearly(frame["russia"] - frame["china"], COVERED)
    return {"a": Reading(gap.value, gap.by_year, beside={f"kinds of {c}": frame[c] for c in frame})}


@measures(
    "C14",
    layers=("security", "trade"),
    scenarios=("missing", "flagged"),
    placebos=pairs_played_by(("CHN", "RUS"), *permutations(RIVALS, 2)),
)
def division_of_labour(world: World, cast: Cast) -> Readings:
    """Log odds ratio of (security, trade) × (Russia, China), and under how many weightings of the kinds it is positive.

    Exercises are left out in the years in which they are not covered.
    """
    trade = {p: world.trade.between(p, cast.five) for p in (cast.russia, cast.china)}
    rows, positive = {}, {}
    for year in YEARS:
        goods = log_ratio(trade[cast.russia][year], trade[cast.china][year])
        kinds = {k: _lead(world, cast, cast.five, year, (k,)) - goods for k in KINDS}
        rows[year] = kinds
        known = {k: v for k, v in kinds.items() if not np.isnan(v)}
        positive[year] = weightings_above(known) if known else float("nan")
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")
    mean, share = frame.mean(axis=1), pd.Series(positive, dtype=float).rename_axis(index="year")
    return {
        "a": Reading(mean_of(mean, YEARS), mean, every_year=True, beside={k: frame[k] for k in KINDS}),
        "b": yearly(share, YEARS),
    }


@measures(
    "C15",
    layers=("security", "trade"),
    scenarios=("missing", "flagged"),
    placebos=in_place_of("russia", RIVALS),
)
def level_in_security_not_in_trade(world: World, cast: Cast) -> Readings:
    """The log ratios of C01 towards the five, each layer by itself."""
    lead = lead_by_layer(world, cast, cast.five)
    found = {"a": yearly(lead["security"], range(2004, 2013)), "b": yearly(lead["trade"], range(2009, 2013))}
    share = {layer: 1.0 / (1.0 + np.exp(-lead[layer])) for layer in ("security", "trade")}
    named = {"a": "security", "b": "trade"}
    return {
        part: Reading(r.value, r.by_year, beside={f"two-competitor share, {named[part]}": share[named[part]]})
        for part, r in found.items()
    }


@measures("C16", layers=("security",), placebos=in_place_of("china", ("USA", "TUR", "IND", "DEU")))
def weakest_host(world: World, cast: Cast) -> Readings:
    """Russia's lead in security where it is smallest, and the most bases that China has in the five in any year.

    The lead of each state is averaged over the years first, then the smallest is taken.
    """
    half, hosts = world.choices.half, tuple(dict.fromkeys((*cast.four, *cast.five)))
    logs = np.stack(
        [
            np.log((pair_units(world, k, cast.russia, hosts) + half) / (pair_units(world, k, cast.china, hosts) + half))
            for k in KINDS
        ]
    )
    known = ~np.isnan(logs)
    lead = pd.DataFrame(
        np.where(known, logs, 0.0).sum(axis=0) / known.sum(axis=0), index=pd.Index(YEARS, name="year"), columns=hosts
    )
    years = range(2004, 2013)
    weakest = lead.loc[list(years), list(cast.four)].mean().idxmin()
    a = yearly(lead[weakest], years)
    bases = pair_units(world, "bases", cast.china, cast.five).sum(axis=1)
    return {
        "a": Reading(a.value, a.by_year, beside={f"log ratio in {s}": lead[s] for s in hosts}),
        "b": Reading(float(bases.max()), bases),
    }


@measures(
    "C17",
    layers=("security",),
    placebos=together(
        lambda cast: {
            f"{p} as {cast.china}": cast.but(china=p, other={"kinds": ("arms", "treaties")})
            for p in (cast.russia, "IND", "TUR", "USA")
        },
        with_parts(**{"dates of 2003-05 and 2006-08": {"periods": ((2003, 2004, 2005), PERIODS[0])}}),
    ),
)
def chinese_security(world: World, cast: Cast) -> Readings:
    """By how much China's security ties with the four grew: exercises under listed frameworks only, arms, treaties.

    The lists of China's own exercises have none with the four outside the SCO.
    """
    half, frameworks = world.choices.half, (cast.sco, cast.csto)
    rows = {}
    for year in YEARS:
        counts = {k: world.security.units(k, cast.china, cast.four, year) for k in ("arms", "treaties")}
        events = [g for f in frameworks for g in drills(world, f, (year,), cast.china) if g.takers & {*cast.four}]
        counts["exercises"] = float(sum(g.weight for g in events))
        rows[year] = {k: np.log(counts[k] + half) for k in cast.other.get("kinds", ("exercises", "arms", "treaties"))}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")
    before, after = cast.other.get("periods", PERIODS)
    strength = frame.mean(axis=1)
    return {"a": Reading(change(strength, before, after), strength, beside={f"log {k}": frame[k] for k in frame})}


@measures(
    "C59",
    layers=("security",),
    placebos=together(
        lambda cast: {
            f"largest of {a} and of {b}": cast.but(other={"years": (a, b)})
            for a, b in combinations((2003, 2005, 2006, 2007, 2009, 2010, 2012), 2)
            if (a, b) != (2005, 2007)
        },
        in_place_of("sco", ("CSTO",)),
    ),
)
def drills_of_two_years(world: World, cast: Cast) -> Readings:
    """How large the drills of two years were next to the others, and how many others were larger than the smaller one.

    The number leaves out exercises of unknown size; in the bounds they are as small, or as large, as any that is known.
    Where doubt strikes out one of the two, the other stands for both. Placebos are the years with a known size.
    """
    chosen = cast.other.get("years", (2005, 2007))
    held = drills(world, cast.sco, SINCE_2003)
    men = np.array([(g.low, g.personnel, g.high) for g in held], dtype=float).reshape(-1, 3)
    middle = np.where(np.isnan(men[:, 1]), men[:, [0, 2]].mean(axis=1), men[:, 1])
    low, high = (np.where(np.isnan(men[:, k]), middle, men[:, k]) for k in (0, 2))
    when = np.array([g.year for g in held], dtype=int)
    told = np.nan_to_num(middle)
    largest = {int(np.argmax(np.where(when == y, told, -1.0))) for y in chosen if told[when == y].any()}
    if not largest:
        return {"a": Reading(float("nan")), "b": Reading(float("nan"))}
    two = np.isin(np.arange(len(held)), sorted(largest))
    size = (float(np.nanmin(low)), float(np.nanmax(high)))

    def against(of_two: np.ndarray, of_others: np.ndarray) -> tuple[float, float]:
        known = of_others[~np.isnan(of_others)]
        ratio = log_ratio(float(of_two.mean()), float(np.median(known))) if len(known) else float("nan")
        return ratio, float((known > of_two.min()).sum())

    a, b = against(middle[two], middle[~two])
    most = against(high[two], np.where(np.isnan(low), size[0], low)[~two])
    least = against(low[two], np.where(np.isnan(high), size[1], high)[~two])
    beside = {"exercises": float(len(held)), "of unknown size": float(np.isnan(middle).sum())}
    return {
        "a": Reading(a, bounds=(least[0], most[0]), beside=beside),
        "b": Reading(b, bounds=(most[1], least[1])),
    }


@measures(
    "C60",
    layers=("security", "institutions"),
    placebos=in_place_of("sco", ("CSTO", "CIS", "NATO", "EU", "GUAM", "CICA")),
)
def no_troops(world: World, cast: Cast) -> Readings:
    """The most standing forces under the SCO's name in any year; what it does with information is not tested."""
    years = range(2002, 2013)
    own, other = (standing_forces(world, body, years) for body in (cast.sco, cast.csto))
    return {"a": Reading(float(own.max()), own, beside={"standing forces, other body": other})}


def _splits(cast: Cast) -> Mapping[str, Cast]:
    """All other ways to part the nine hosts into five and four."""
    hosts, found = (*cast.five, *FLANK), {}
    for chosen in combinations(hosts, len(cast.five)):
        if set(chosen) != set(cast.five):
            rest = tuple(h for h in hosts if h not in chosen)
            found[" ".join(chosen)] = cast.but(five=chosen, other={"flank": rest})
    return found


@measures(
    "C74",
    layers=("security", "trade", "institutions"),
    scenarios=("missing", "flagged"),
    placebos=together(played_by("russia", ("CHN", "USA", "EUU", "TUR", "IRN")), _splits),
)
def leverage_by_flank(world: World, cast: Cast) -> Readings:
    """Russia's share of the ties of the five over its share of those of its western and southern neighbours."""
    flank = tuple(cast.other.get("flank", FLANK))
    shares = shares_of_hosts(world, cast.russia, (*cast.five, *flank))
    found = {}
    for part, layer, years in (
        ("a", "security", range(2001, LISTED_TO + 1)),
        ("b", "trade", YEARS),
        ("c", "institutions", YEARS),
    ):
        ratio = leverage(shares[layer], cast.five, flank)
        beside = {}
        if flank == FLANK:
            kept = tuple(h for h in flank if h != "ARM")
            beside["without ARM"] = mean_of(leverage(shares[layer], cast.five, kept), years)
            for kind in KINDS if layer == "security" else ():
                beside[f"{kind} alone"] = mean_of(leverage(shares[kind], cast.five, flank), years)
        own = yearly(ratio, years)
        found[part] = Reading(own.value, own.by_year, beside=beside)
    return found


def _years_permuted(cast: Cast) -> Mapping[str, Cast]:
    return {f"years permuted, {k}": cast.but(other={"permuted": k}) for k in range(1, SHUFFLES + 1)}


@measures(
    "C86",
    layers=("security",),
    placebos=together(played_by("russia", ("CHN", "KAZ", "KGZ")), _years_permuted),
)
def exercises_by_framework(world: World, cast: Cast) -> Readings:
    """Whether Russia holds its exercises with the four under the SCO, or under the CSTO and with single states.

    Bilateral exercises of years that are not covered are unknown: as listed, or as many as in 2008-10.
    """
    half, four = world.choices.half, {*cast.four} - {cast.russia}
    frame = pd.DataFrame(
        [
            (g.year, g.framework, g.personnel if g.personnel > 0 else (g.low + g.high) / 2.0)
            for f in (cast.sco, cast.csto, "bilateral")
            for g in drills(world, f, SINCE_2003, cast.russia)
            if g.takers & four
        ],
        columns=["year", "framework", "men"],
    )
    if "permuted" in cast.other:
        shuffled = generator(1, "C86", cast.other["permuted"]).permutation(len(frame))
        frame["year"] = frame["year"].to_numpy()[shuffled]
    counts = frame.groupby(["year", "framework"]).size().unstack(fill_value=0)
    columns = [cast.sco, cast.csto, "bilateral"]
    counts = counts.reindex(index=list(SINCE_2003), columns=columns, fill_value=0).astype(float)
    usual = float(counts.loc[2008:2010, "bilateral"].mean())
    more = counts.copy()
    unknown = [y for y in SINCE_2003 if not world.security.covered(y)]
    more.loc[unknown, "bilateral"] += usual

    def read(table: pd.DataFrame) -> tuple[float, float, pd.Series]:
        total = table.sum(axis=1)
        part = (table[cast.sco] / total.where(total > 0)).rename("share of the SCO")
        under = (part.dropna() < 0.5).astype(float)
        sums = table.sum()
        rest = float(sums.sum() - sums[cast.sco])
        return float(under.mean()) if len(under) else float("nan"), log_ratio(rest, sums[cast.sco], half), part

    share, ratio, part = read(counts)
    share_more, ratio_more, _ = read(more)
    total, sco = float(counts.to_numpy().sum()), float(counts[cast.sco].sum())
    ends = [p * total for p in binomial_interval(int(total - sco), int(total))]
    low, high = (log_ratio(hits, total - hits, half) for hits in ends)
    men = frame.groupby("framework")["men"].sum().reindex(columns).fillna(0.0)
    beside: dict[str, float | pd.Series] = {
        "without bilateral exercises": log_ratio(counts[cast.csto].sum(), sco, half),
        "by personnel, where known": log_ratio(men.drop(cast.sco).sum(), men[cast.sco]),
        **{f"exercises, {c}": counts[c] for c in columns},
    }
    return {
        "a": Reading(share, part, bounds=(min(share, share_more), max(share, share_more)), beside=beside),
        "b": Reading(ratio, exact=(low, high), bounds=(min(ratio, ratio_more), max(ratio, ratio_more))),
    }


def _seats_permuted(cast: Cast) -> Mapping[str, Cast]:
    """Who sits in which of the two bodies, permuted among the states that sit in either."""
    either = ("ARM", "BLR", "CHN", "KAZ", "KGZ", "TJK", "UZB")
    found = {}
    for k in range(1, SHUFFLES + 1):
        order = generator(1, "C87", k).permutation(len(either))
        found[f"seats permuted, {k}"] = cast.but(
            other={"seats": {a: either[j] for a, j in zip(either, order, strict=True)}}
        )
    return found


@measures(
    "C87",
    layers=("security", "institutions"),
    placebos=together(in_place_of("russia", ("KAZ", "KGZ", "TJK")), _seats_permuted),
)
def effort_by_body(world: World, cast: Cast) -> Readings:
    """Exercises a member and year, standing forces, and arms to members: the CSTO next to the SCO."""
    half, seats = world.choices.half, cast.other.get("seats", {})
    bodies = (cast.csto, cast.sco)
    sit = {
        body: {y: [seats.get(s, s) for s in world.seats.members(body, y) if s != cast.russia] for y in SINCE_2003}
        for body in bodies
    }
    held = {body: len(drills(world, body, SINCE_2003, cast.russia)) for body in bodies}
    rates = [(held[b] + half) / max(sum(len(own) for own in sit[b].values()), 1) for b in bodies]
    forces = [float(standing_forces(world, body, (2012,)).iloc[0]) for body in bodies]
    every = sorted({s for own in sit.values() for states in own.values() for s in states})
    sent = pair_units(world, "arms", cast.russia, every)

    def arms(*left_out: str) -> pd.Series:
        def mean(body: str, year: int) -> float:
            own = [s for s in sit[body][year] if s not in left_out]
            return float(sent.loc[[year], own].to_numpy().mean()) if own else float("nan")

        return world.each_year(SINCE_2003, lambda y: log_ratio(mean(cast.csto, y), mean(cast.sco, y)))

    c = yearly(arms(), SINCE_2003)
    without = {f"without {cast.china}": mean_of(arms(cast.china), SINCE_2003)}
    return {
        "a": Reading(log_ratio(*rates), beside={f"exercises, {b}": float(held[b]) for b in bodies}),
        "b": Reading(forces[0] - forces[1]),
        "c": Reading(c.value, c.by_year, beside=without),
    }
