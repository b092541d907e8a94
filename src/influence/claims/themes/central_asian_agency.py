"""Central Asian agency: whom the five trade with, how close Kazakhstan is to Russia, what the five do together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import Reading, Readings, change, log_ratio, measures, together, yearly
from influence.claims.security import KINDS, LISTED_TO
from influence.claims.themes._casts import pairs_played_by, played_by, swapped_with, with_parts
from influence.claims.themes._leverage import shares_of_hosts
from influence.claims.themes._regional_trade import (
    INDEX,
    constraint_of,
    neighbour_triads,
    partner_shares,
    triad_intensity,
)
from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

EARLY, LATE = (2001, 2002, 2003), (2010, 2011, 2012)
ARTEFACT = (2010, 2011)
"""Years in which Russian customs counted trade with Kazakhstan in another way."""


def _split(year: int, left_out: Sequence[int] = ()) -> dict[str, tuple[int, ...]]:
    """Placebo dates: three years before a year, and three from it on."""
    return {
        "before": tuple(y for y in range(year - 3, year) if y in YEARS),
        "after": tuple(y for y in range(year, year + 3) if y in YEARS and y not in left_out),
    }


def _periods(cast: Cast, after: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return cast.other.get("before", EARLY), cast.other.get("after", after)


@measures(
    "C50",
    layers=("trade",),
    scenarios=("missing", "flagged"),
    placebos=together(
        with_parts(**{f"{s}_as_the_outsider": {"outsider": s} for s in ("KAZ", "KGZ", "TJK", "UZB")}),
        pairs_played_by(("TUR", "IRN"), ("JPN", "KOR"), ("USA", "EUU")),
        with_parts(**{f"split_in_{y}": _split(y) for y in range(2004, 2009)}),
    ),
)
def room_between_two(world: World, cast: Cast) -> Readings:
    """Whether trade of the members became less concentrated, more so than outside, and the two patrons more level."""
    before, after = _periods(cast, LATE)
    region = sorted({*cast.five, *cast.four})
    outsider = cast.other.get("outsider", "TKM")
    shares = partner_shares(world, region, cast.poles)
    index = pd.DataFrame((shares**2).sum(axis=2), index=INDEX, columns=region)
    one, other = (shares[:, :, cast.poles.index(p)] for p in (cast.russia, cast.china))
    level = pd.DataFrame(1.0 - np.abs(one - other) / (one + other), index=INDEX, columns=region)
    moved = {s: change(index[s], before, after) for s in region}
    levelled = {s: change(level[s], before, after) for s in region}
    four = [s for s in (region if "outsider" in cast.other else cast.four) if s != outsider]
    told: dict[str, float | pd.Series] = {f"change in {s}": v for s, v in moved.items()}
    told["rank of the outsider"] = float(sum(v <= moved[outsider] for v in moved.values()))
    if world.draw is None:
        tied = constraint_of(world, region, cast.poles)
        told |= {f"change of constraint in {s}": change(tied[s], before, after) for s in region}
    mean = float(np.mean([moved[s] for s in four]))
    balance = float(np.mean([levelled[s] for s in four])) - levelled[outsider]
    return {
        "a": Reading(mean, index[four].mean(axis=1), beside=told),
        "b": Reading(mean - moved[outsider], index[four].mean(axis=1) - index[outsider]),
        "c": Reading(balance, level[four].mean(axis=1) - level[outsider]),
    }


KEPT = (2008, 2009, 2012)
NEIGHBOURS = ("AZE", "ARM", "GEO", "UKR", "BLR")


@measures(
    "C52",
    layers=("trade",),
    scenarios=("missing", "flagged"),
    placebos=together(
        played_by("kazakhstan", ("KGZ", "UZB", "AZE", "UKR", "BLR")),
        with_parts(Turkey_and_Iran={"pair": ("TUR", "IRN")}, Japan_and_Korea={"pair": ("JPN", "KOR")}),
        with_parts(**{f"split_in_{y}": _split(y, ARTEFACT) for y in range(2004, 2008)}),
    ),
)
def pulled_away(world: World, cast: Cast) -> Readings:
    """Whether Kazakhstan's trade turned to China and the Union, from Russia more than elsewhere, and looser from it."""
    before, after = _periods(cast, KEPT)
    pair, state = cast.other.get("pair", (cast.china, "EUU")), cast.kazakhstan
    trade = world.trade

    def drift(of: str) -> tuple[pd.Series, pd.Series]:
        both = sum((trade.share(of, p) for p in pair), start=trade.share(of, of))
        russian = trade.share(of, cast.russia)
        return both, np.log(both.where(both > 0)) - np.log(russian.where(russian > 0))

    share, ratio = drift(state)
    others = {s: change(drift(s)[1], before, after) for s in NEIGHBOURS if s != state}
    goods = trade.two_way(cast.russia, state)
    i, j = world.archive.at((cast.russia, state))
    expected = world.archive.expected(trade.source)
    fitted = pd.Series(expected[:, i, j] + expected[:, j, i], index=INDEX)
    close = np.log(goods.where(goods > 0)) - np.log(fitted)
    own = change(ratio, before, after)
    told = {f"change of the ratio in {s}": v for s, v in {state: own, **others}.items()}
    return {
        "a": Reading(change(share, before, after), share),
        "b": Reading(own - float(np.mean(list(others.values()))), ratio, beside=told),
        "c": Reading(change(close, before, after), close),
    }


WEIGHTINGS = 10_000


@measures(
    "C53",
    layers=("security", "trade", "institutions", "diplomacy"),
    scenarios=("missing", "flagged"),
    placebos=together(
        played_by("kazakhstan", ("KGZ", "TJK", "UZB", "TKM")), played_by("russia", ("TUR", "IRN", "USA", "CHN"))
    ),
)
def close_ally(world: World, cast: Cast) -> Readings:
    """Whether a defence treaty binds the two, and under what share of weightings Kazakhstan is first or second."""
    state = cast.kazakhstan
    pacts = world.security.treaties
    pacts = pacts[(pacts["a"] == cast.russia) & (pacts["b"] == state) & (pacts["type"] == "defence")]
    bound = world.each_year(YEARS, lambda y: float((world.security.in_force(pacts, y) > 0).any()))
    years = range(YEARS[0], LISTED_TO + 1)
    hosts = sorted({*cast.five, state})
    key = ("closeness", cast.russia, tuple(hosts))
    if key not in world.memory:
        world.memory[key] = _closeness(world, cast.russia, hosts, years)
    places = {y: _places(columns, hosts.index(state)) for y, columns in world.memory[key].items()}
    frame = pd.DataFrame.from_dict(places, orient="index", columns=["first", "second"]).rename_axis(index="year")
    b = yearly(frame.sum(axis=1), years)
    return {
        "a": Reading(float(bound.mean()), bound),
        "b": Reading(b.value, b.by_year, beside={"first place": frame["first"]}),
    }


def _closeness(world: World, pole: str, hosts: list[str], years: Sequence[int]) -> dict[int, np.ndarray]:
    """Year → column × host: the pole's share in kinds of security, trade, seats, and rank of votes; each sums to 1.

    Columns in which nobody has a tie, and votes of a year in which those of a host are not known, are left out.
    """
    shares, when = shares_of_hosts(world, pole, hosts), list(years)
    cells = [shares[k].reindex(index=when, columns=hosts).to_numpy() for k in (*KINDS, "trade", "institutions")]
    points = world.votes.points.reindex(index=when)
    apart = points[hosts].sub(points[pole], axis=0).abs()
    ranks = apart.rank(axis=1, ascending=False).where(apart.notna().all(axis=1), axis=0)
    columns = np.nan_to_num(np.stack([*cells, ranks.to_numpy()]))
    total = columns.sum(axis=2)
    return {y: columns[total[:, t] > 0, t] / total[total[:, t] > 0, t][:, None] for t, y in enumerate(when)}


def _places(columns: np.ndarray, at: int) -> tuple[float, float]:
    """Share of all weightings of the columns in which a host is first, and second; who ties shares the places."""
    lead = _weightings(len(columns)) @ (columns - columns[:, [at]])
    above, level = (lead > 1e-12).sum(axis=1), (np.abs(lead) <= 1e-12).sum(axis=1)
    first, second = (((above <= place) & (above + level > place)) / level for place in (0, 1))
    return float(first.mean()), float(second.mean())


@lru_cache(maxsize=16)
def _weightings(kinds: int) -> np.ndarray:
    """Weights of some kinds, uniform on the simplex: the same draws in every world."""
    drawn: np.ndarray = generator(1, "C53", kinds).dirichlet(np.ones(kinds), size=WEIGHTINGS)
    return drawn


def _other_neighbourhoods(cast: Cast) -> Mapping[str, Cast]:
    threes = (("ARM", "AZE", "GEO"), ("EST", "LVA", "LTU"), ("BLR", "RUS", "UKR"))
    found = {" ".join(three): cast.but(five=three) for three in threes}
    return found | {f"random three, {k}": cast.but(other={"three": k}) for k in range(1, 31)}


@measures("C54", layers=("trade",), scenarios=("missing", "flagged"), placebos=_other_neighbourhoods)
def little_trade(world: World, cast: Cast) -> Readings:
    """Where the five stand among neighbouring threes in trade with each other, and whether that trade grew."""
    five = sorted(cast.five)
    if "three" in cast.other:
        drawn = generator(1, "C54", cast.other["three"]).choice(list(world.archive.states), 3, replace=False)
        five = sorted(map(str, drawn))
    inside, others = list(combinations(five, 3)), neighbour_triads(world, five)
    levels = triad_intensity(world, [*inside, *others])
    middle, rest = np.median(levels[:, : len(inside)], axis=1), levels[:, len(inside) :]
    below = (rest < middle[:, None]) + (rest == middle[:, None]) / 2.0
    known = ~np.isnan(rest).all(axis=1) & ~np.isnan(middle)
    rank = pd.Series(np.where(known, below.sum(axis=1) / (~np.isnan(rest)).sum(axis=1), np.nan), index=INDEX)
    trade = world.trade
    share = pd.Series(trade.mutual(five).sum(axis=(1, 2)) / trade.world_totals(five).sum(axis=1), index=INDEX)
    early, late = (float(share[list(years)].mean()) for years in (EARLY, LATE))
    return {"a": yearly(rank, YEARS), "b": Reading(log_ratio(late, early), share)}


def _permuted(cast: Cast) -> Mapping[str, Cast]:
    orders = list(permutations(range(len(cast.five))))[1:]
    return {f"labels permuted, {k}": cast.but(other={"order": orders[k]}) for k in range(0, len(orders), 4)}


@measures(
    "C56",
    layers=("trade",),
    scenarios=("missing", "flagged"),
    placebos=together(
        swapped_with("russia", ("CHN",)),
        lambda cast: {"EUU as RUS": cast.but(russia="EUU", other={"parts": (cast.china, cast.russia)})},
        played_by("russia", ("TUR", "IRN")),
        with_parts(lead_of_two_years={"lead": 2}),
        _permuted,
    ),
)
def divide_and_rule(world: World, cast: Cast) -> Readings:
    """Whether Russia gains, in centred log ratios, where trade among the five shrinks, and gains first."""
    dx, dy = _changes(world, cast)
    lead = cast.other.get("lead", 0)
    a = _correlation(dx[: len(dx) - lead], dy[lead:])
    told, mean = {}, 0.0
    if lead == 0:
        every = _permuted_correlations(dx, dy)
        mean = float(np.mean(every))
        told = {"correlation": a, "p": float((every <= a + 1e-12).mean())}
        told["lead of two years"] = _correlation(dx[:-2], dy[2:])
    ahead, behind = dy[lead:-1], dy[lead + 1 :]
    forward = _correlation(dx[1 : 1 + len(ahead)], ahead)
    reverse = _correlation(dx[: len(behind)], behind)
    return {"a": Reading(a - mean, beside=told), "b": Reading(forward - reverse)}


def _changes(world: World, cast: Cast) -> tuple[np.ndarray, np.ndarray]:
    """Yearly changes of the centred log ratios of trade with the other four and with Russia: (years, states) each.

    Between kept years that follow on each other, less their mean over states; a year in which a state has no number
    is NaN for all.
    """
    five, parts = list(cast.five), cast.other.get("parts", (cast.china, "EUU"))
    both = world.trade.mutual([*five, cast.russia, *parts])[:, : len(five)]
    inner = both[:, :, : len(five)].sum(axis=2, keepdims=True)
    named = np.concatenate([inner, both[:, :, len(five) :]], axis=2)
    rest = world.trade.world_totals(five)[:, :, None] - named.sum(axis=2, keepdims=True)
    pieces = np.concatenate([named, rest], axis=2)
    logs = np.log(np.where(pieces > 0, pieces, np.nan))
    centred = logs - logs.mean(axis=2, keepdims=True)
    # 2012, the only kept year after those left out, follows on none of the kept years
    moved = np.diff(centred[: YEARS.index(ARTEFACT[0])], axis=0)
    moved = np.where(np.isnan(moved[:, :, :2]).any(axis=(1, 2), keepdims=True), np.nan, moved)
    moved = moved - moved.mean(axis=1, keepdims=True)
    order = list(cast.other.get("order", range(len(five))))
    return moved[:, :, 0], moved[:, order, 1]


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pooled correlation of two panels whose year means are removed; years unknown in either are left out."""
    known = ~(np.isnan(x) | np.isnan(y)).any(axis=1)
    x, y = x[known], y[known]
    size = np.sqrt((x**2).sum() * (y**2).sum())
    return float((x * y).sum() / size) if size > 0 else float("nan")


def _permuted_correlations(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The pooled correlation under every permutation of the states of y, the same in all years."""
    known = ~(np.isnan(x) | np.isnan(y)).any(axis=1)
    x, y = x[known], y[known]
    products = x.T @ y
    orders = np.array(list(permutations(range(x.shape[1]))), dtype=np.intp)
    size = np.sqrt((x**2).sum() * (y**2).sum())
    sums: np.ndarray = products[np.arange(x.shape[1]), orders].sum(axis=1)
    return sums / size if size > 0 else np.full(len(orders), np.nan)
