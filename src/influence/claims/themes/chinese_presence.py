"""Chinese presence: how much closer China has come to Central Asia, by which ties first, and next to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import Reading, Readings, change, log_ratio, measures, together
from influence.claims.security import KINDS, LISTED_TO
from influence.claims.themes._casts import played_by, with_parts
from influence.claims.themes._gravity import FIVE, WESTERN, gravity, share_smaller
from influence.claims.themes._gravity import together as falling_together
from influence.claims.themes._movements import Panel, correlation, movements
from influence.claims.themes._ties import central_asian_tie_strength
from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

OUTSIDERS = ("TUR", "IRN", "IND", "JPN", "KOR", "DEU", "USA")


@measures(
    "C05",
    layers=("security", "trade", "energy", "diplomacy"),
    scenarios=("missing", "flagged"),
    placebos=together(
        played_by("china", (*OUTSIDERS, "RUS")), with_parts(from_2004={"start": 2004}, from_2006={"start": 2006})
    ),
)
def presence_by_layer(world: World, cast: Cast) -> Readings:
    """China's gain in trade, security, votes and lines, each minus the mean gain of the other poles."""
    start = cast.other.get("start", YEARS[0])
    votes_from = max(start, 2002)
    trade = {p: world.trade.pooled_share(cast.five, p) for p in (cast.china, *cast.others(cast.china))}
    security = {p: _security_level(world, p, cast.five, start) for p in trade}
    votes = {p: -world.votes.distance(p, cast.five) for p in trade}
    lines = {p: _lines(world, p, cast.five, (start, YEARS[-1])) for p in trade}
    return {
        "a": _beyond(trade, cast.china, (start, start + 1), (2011, 2012)),
        "b": _beyond(security, cast.china, range(start, start + 3), range(2008, 2011)),
        "c": _beyond(votes, cast.china, range(votes_from, votes_from + 3), range(2010, 2013)),
        "d": _beyond(lines, cast.china, (start,), (YEARS[-1],)),
    }


def _beyond(levels: Mapping[str, pd.Series], china: str, before: Iterable[int], after: Iterable[int]) -> Reading:
    """Change of China's level minus the mean change of the others'; all changes beside it."""
    first, last = list(before), list(after)
    grown = {p: change(level, first, last) for p, level in levels.items()}
    others = [v for p, v in grown.items() if p != china and not np.isnan(v)]
    value = grown[china] - float(np.mean(others)) if others else float("nan")
    return Reading(value, levels[china], beside={f"change of {p}": v for p, v in grown.items()})


def _security_level(world: World, pole: str, states: tuple[str, ...], start: int) -> pd.Series:
    """Mean over kinds of log(units + half) in the years that are compared; the same for all who ask."""
    key = ("security level", pole, states)
    known = world.memory.setdefault(key, {})
    for year in {*range(start, start + 3), *range(2008, 2011)}:
        if year not in known:
            known[year] = world.security.strength(pole, states, year)
    return pd.Series(known, dtype=float).sort_index()


def _lines(world: World, pole: str, states: tuple[str, ...], years: Iterable[int]) -> pd.Series:
    return world.each_year(years, lambda y: float(len(world.lines.joining(pole, states, y))))


BASE, LATER = range(2001, 2004), range(2008, 2013)


def _random_fives(cast: Cast) -> Mapping[str, Cast]:
    """Groups of five among the ten states, and the other five in the place of the rest."""
    ten = sorted((*FIVE, *WESTERN))
    every = [five for five in combinations(ten, 5) if set(five) != set(FIVE)]
    drawn = generator(1, "C06", "groups of five").choice(len(every), 40, replace=False)
    fives = [every[k] for k in sorted(drawn)]
    return {
        f"{' '.join(five)} as Central Asia": cast.but(five=five, other={"rest": tuple(s for s in ten if s not in five)})
        for five in fives
    }


@measures(
    "C06",
    layers=("trade",),
    scenarios=("flagged",),
    placebos=together(played_by("china", OUTSIDERS), _random_fives),
    heavy=True,
)
def tilt_to_central_asia(world: World, cast: Cast) -> Readings:
    """How much more China's trade grew with the five than with the other post-Soviet states, and how others' did."""
    rest = cast.other.get("rest", WESTERN)
    near, far = _growth(world, cast.china, cast.five, rest)
    value = near - far
    others = [p for p in dict.fromkeys((*OUTSIDERS, cast.china, "CHN")) if p != cast.china]
    tilts = {p: float(np.subtract(*_growth(world, p, cast.five, rest))) for p in others}
    beside = {"near": near, "far": far, **{f"tilt of {p}": v for p, v in tilts.items()}}
    if world.draw is None:
        beside |= {f"one community with {s}": p for s, p in _communities(world, cast).items()}
    return {"a": Reading(value, beside=beside), "b": Reading(share_smaller(value, tilts.values()))}


def _growth(world: World, pole: str, near: tuple[str, ...], far: tuple[str, ...]) -> tuple[float, float]:
    """Growth of a pole's trade with two groups of states beyond what sizes and pairs explain."""
    key = ("growth by gravity", pole, near, far)
    if key not in world.memory:
        sample = gravity(world, BASE, LATER)
        world.memory[key] = tuple(map(float, sample.grown(sample.pairs([pole], near), sample.pairs([pole], far))))
    a, b = world.memory[key]
    return a, b


def _communities(world: World, cast: Cast) -> dict[str, float]:
    column = falling_together(world, YEARS[-1])[cast.china]
    near = dict(zip(world.archive.states, column.tolist(), strict=True))
    return {s: near[s] for s in cast.five}


POWERS = ("RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND")
"""Among whom the security ties of a state are shared out."""


def _orders(cast: Cast) -> Mapping[str, Cast]:
    orders = list(permutations(range(len(cast.five))))[1:]
    return {f"labels permuted, {k}": cast.but(other={"order": orders[k]}) for k in range(0, len(orders), 4)}


@measures(
    "C66",
    layers=("security", "trade", "diplomacy"),
    scenarios=("missing", "flagged"),
    placebos=together(
        played_by("china", ("RUS", "TUR", "IRN", "EUU", "JPN")), with_parts(lead_of_one_year={"lag": -1}), _orders
    ),
)
def trade_before_politics(world: World, cast: Cast) -> Readings:
    """Whether a gain in trade comes a year before a gain in votes and security, or after it."""
    goods, votes, security = (movements(p) for p in _levels(world, cast))
    if "order" in cast.other:
        goods = goods[:, list(cast.other["order"])]
    lag = cast.other.get("lag", 1)
    a, b = correlation(goods, votes, lag), correlation(goods, security, lag)
    back = correlation(goods, votes, -lag), correlation(goods, security, -lag)
    beside = {
        "same year, votes": correlation(goods, votes, 0),
        "same year, security": correlation(goods, security, 0),
        "votes a year before": back[0],
        "security a year before": back[1],
    }
    forward = (a + b) / 2.0
    if world.draw is None and not cast.other:
        beside["p, votes"] = _permutation_p(goods, votes, lag, a)
        beside["p, security"] = _permutation_p(goods, security, lag, b)
    return {"a": Reading(a, beside=beside), "b": Reading(b), "c": Reading(forward - (back[0] + back[1]) / 2.0)}


def _permutation_p(first: Panel, second: Panel, lag: int, own: float) -> float:
    """Share of all orders of the states' labels in which the correlation is as large or larger."""
    orders = permutations(range(first.shape[1]))
    return float(np.mean([correlation(first[:, list(o)], second, lag) >= own - 1e-12 for o in orders]))


def _levels(world: World, cast: Cast) -> tuple[Panel, Panel, Panel]:
    """Year × state: log share of China in trade, closeness of votes, mean log odds of its security ties."""
    states, china = list(cast.five), cast.china
    shares = np.column_stack([world.trade.share(s, china).to_numpy() for s in states])
    goods = np.log(np.where(shares > 0, shares, np.nan))
    points = world.votes.points.reindex(list(YEARS))
    votes = -np.abs(points[states].to_numpy() - world.votes.position(china).reindex(list(YEARS)).to_numpy()[:, None])
    powers = POWERS if china in POWERS else (china, *(p for p in POWERS if p != "CHN"))
    half = world.choices.half
    odds = []
    for kind in KINDS:
        ties = {p: central_asian_tie_strength(world, p, states)[kind].to_numpy() for p in powers}
        others = sum(v for p, v in ties.items() if p != china)
        odds.append(np.log((ties[china] + half) / (others + half)))
    security = np.mean(odds, axis=0)
    security[[y > LISTED_TO for y in YEARS]] = np.nan
    return goods, votes, security


PRINTED, PRINTED_YEAR = 10_000.0, 2006
"""The figure of the article, million current USD."""


@measures(
    "C82",
    layers=("trade",),
    scenarios=("missing",),
    placebos=together(
        played_by("china", ("RUS", "EUU", "TUR", "IRN", "JPN")),
        with_parts(**{f"in_{y}": {"year": y} for y in YEARS if y != PRINTED_YEAR}),
    ),
)
def printed_total(world: World, cast: Cast) -> Readings:
    """Log of the total over the printed figure, by each source."""
    found = {}
    for part, source in (("a", "baci"), ("b", "cow_trade_v4")):
        own = _of_source(world, source)
        total = own.trade.between(cast.china, cast.five)
        value = float(total[cast.other.get("year", PRINTED_YEAR)])
        found[part] = Reading(log_ratio(value, PRINTED), beside={"million USD": value})
    return found


def _of_source(world: World, source: str) -> World:
    """The same world by one trade source, made once."""
    if world.choices.trade_source == source:
        return world
    key = ("by source", source)
    if key not in world.memory:
        world.memory[key] = world.reading(trade_source=source)
    made: World = world.memory[key]
    return made
