"""Leadership: does Russia or China lead in Central Asia, and in which layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS, archive
from influence.claims.measure import Reading, Readings, in_place_of, log_ratio, mean_of, measures, together, yearly
from influence.claims.security import KINDS, LISTED_TO
from influence.claims.themes._casts import pairs_played_by, played_by, with_parts
from influence.claims.themes._movements import correlation, movements
from influence.claims.themes._ties import central_asian_tie_strength, growth_beyond, log_total, log_trade
from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

RIVALS = ("TUR", "IRN", "IND", "JPN", "DEU", "USA")
PARITY = 0.405


def lead_by_layer(world: World, cast: Cast, states: tuple[str, ...]) -> pd.DataFrame:
    """Year × layer: log ratio of Russia's to China's ties with states, in security, trade and energy.

    Security is the mean over kinds, counts + half; the tie between the two is in none of them.
    """
    security, trade = world.security, world.trade
    both = {p: trade.between(p, states) for p in (cast.russia, cast.china)}
    rows = {}
    for year in YEARS:
        kinds = [
            log_ratio(
                security.units(k, cast.russia, states, year),
                security.units(k, cast.china, states, year),
                world.choices.half,
            )
            for k in KINDS
        ]
        known = [v for v in kinds if not np.isnan(v)]
        russian, chinese = (len(world.lines.joining(p, states, year)) for p in (cast.russia, cast.china))
        rows[year] = {
            "security": float(np.mean(known)),
            "trade": log_ratio(both[cast.russia][year], both[cast.china][year]),
            "energy": log_ratio(russian, chinese, world.choices.half),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")


@measures(
    "C01",
    layers=("security", "trade", "energy"),
    scenarios=("missing", "flagged"),
    placebos=together(in_place_of("china", RIVALS), in_place_of("russia", RIVALS)),
)
def parity(world: World, cast: Cast) -> Readings:
    """The mean of the three log ratios, and the largest of them."""
    lead = lead_by_layer(world, cast, cast.four)
    mean, spread = lead.mean(axis=1, skipna=False), lead.abs().max(axis=1)
    return {
        "a": Reading(mean_of(mean, YEARS), mean, beside={name: lead[name] for name in ("security", "trade", "energy")}),
        "b": Reading(float(mean[2012]), mean),
        "c": yearly(spread, YEARS),
    }


@measures(
    "C02",
    layers=("security", "trade", "energy"),
    scenarios=("missing", "flagged"),
    placebos=in_place_of("china", RIVALS),
)
def chinese_lead(world: World, cast: Cast) -> Readings:
    """The same with the sign turned, and in how many layers China leads."""
    lead = -lead_by_layer(world, cast, cast.four)
    leading = (lead >= PARITY).sum(axis=1).astype(float)
    return {"a": yearly(lead.mean(axis=1, skipna=False), range(2009, 2013)), "b": Reading(leading[2012], leading)}


FIRST_YEARS, NEARLY_ALL, WEIGHTINGS = range(2005, 2010), 0.9, 2000


def _single_members(cast: Cast) -> Mapping[str, Cast]:
    """The Union's members as single states among the poles."""
    members = archive().union_members(YEARS[-1])
    return {"EU members one by one": cast.but(poles=(*(p for p in cast.poles if p != "EUU"), *members))}


@measures(
    "C27",
    layers=("security", "trade"),
    scenarios=("missing", "flagged"),
    placebos=together(played_by("russia", ("TUR", "IRN", "CHN", "USA", "DEU")), _single_members),
)
def first_partner(world: World, cast: Cast) -> Readings:
    """In how many of the five Russia is first in trade, by how much in all, and in how many first in security."""
    poles = tuple(dict.fromkeys((cast.russia, *cast.poles)))
    trade = {s: world.trade.shares(s, poles) for s in cast.five}
    first = {s: (own.idxmax(axis=1) == cast.russia).astype(float) for s, own in trade.items()}
    ahead = sum(first.values(), start=pd.Series(0.0, index=pd.Index(YEARS, name="year")))
    pooled = pd.DataFrame({p: world.trade.pooled_share(cast.five, p) for p in poles})
    margin = pooled[cast.russia] - pooled.drop(columns=cast.russia).max(axis=1)
    beside = {f"last year first in {s}": float(max(own.index[own > 0], default=np.nan)) for s, own in first.items()}
    a = yearly(ahead, FIRST_YEARS)
    return {
        "a": Reading(a.value, a.by_year, beside=beside),
        "b": yearly(margin, FIRST_YEARS),
        "c": yearly(_first_in_security(world, cast.russia, poles, cast.five), FIRST_YEARS),
    }


def _first_in_security(world: World, pole: str, poles: tuple[str, ...], states: tuple[str, ...]) -> pd.Series:
    """By year: in how many states a pole has the largest security strength under nearly all weightings of the kinds.

    Strength is the geometric mean of units + half, weighted; a tie with another pole is no lead.
    """
    logs = np.stack([_log_units(world, p, states)[:, [y - YEARS[0] for y in FIRST_YEARS]] for p in poles])
    ours = poles.index(pole)
    lead = logs[ours] - np.delete(logs, ours, axis=0)
    ahead = (np.einsum("wk,pkts->wpts", _weightings(), lead) > 1e-12).all(axis=1).mean(axis=0)
    return pd.Series((ahead >= NEARLY_ALL).sum(axis=1).astype(float), index=pd.Index(FIRST_YEARS, name="year"))


def _log_units(world: World, pole: str, states: tuple[str, ...]) -> np.ndarray:
    """Log of units + half, shape (kinds, years, states)."""
    key = ("log units", pole, states)
    if key not in world.memory:
        units = [world.security.by_state(kind, pole, states) for kind in KINDS]
        world.memory[key] = np.log(np.stack(units) + world.choices.half)
    return np.asarray(world.memory[key])


@lru_cache(maxsize=1)
def _weightings() -> np.ndarray:
    """Weights of the kinds, uniform on the simplex: the same draws in every world."""
    return generator(1, "C27", "weights of kinds").dirichlet(np.ones(len(KINDS)), size=WEIGHTINGS)


BEFORE, AFTER, AFTER_IN_SECURITY = (2001, 2002, 2003), (2008, 2009, 2012), (2008, 2009, 2010)
BROKEN = (2010, 2011)
"""Years in which the customs union's trade was not recorded as before: no changes to, from or between them."""


def _orders(cast: Cast) -> Mapping[str, Cast]:
    orders = list(permutations(range(len(cast.five))))[1:]
    return {f"labels permuted, {k}": cast.but(other={"order": orders[k]}) for k in range(0, len(orders), 4)}


@measures(
    "C85",
    layers=("security", "trade"),
    scenarios=("missing", "flagged"),
    placebos=together(
        pairs_played_by(("TUR", "IRN"), ("JPN", "KOR"), ("EUU", "USA"), ("IND", "TUR")),
        _orders,
        with_parts(split_in_2004={"split": 2004}, split_in_2006={"split": 2006}),
    ),
)
def split_of_the_bill(world: World, cast: Cast) -> Readings:
    """Whether Russia's ties grow where China's do, in trade and security, and whether they keep up with others'."""
    own, other = (central_asian_tie_strength(world, p, cast.five) for p in (cast.russia, cast.china))
    order = list(cast.other.get("order", range(len(cast.five))))
    half = world.choices.half
    kinds = {k: _together(own[k], other[k], half, order, upto=LISTED_TO) for k in KINDS}
    known = [v for v in kinds.values() if not np.isnan(v)]
    early, late, late_in_security = _years(cast)
    third = cast.others(cast.russia, cast.china)
    trade, grown = growth_beyond(
        {p: log_trade(world, p, cast.five) for p in (cast.russia, *third)}, cast.russia, early, late
    )
    by_kind = {k: _security_growth(world, cast, k, third, early, late_in_security) for k in KINDS}
    told = [v for v in by_kind.values() if not np.isnan(v)]
    return {
        "a": Reading(_together(own["trade"], other["trade"], 0.0, order, left_out=BROKEN)),
        "b": Reading(float(np.mean(known)) if known else float("nan"), beside=kinds),
        "c": Reading(
            trade, log_trade(world, cast.russia, cast.five), beside={f"change of {p}": v for p, v in grown.items()}
        ),
        "d": Reading(float(np.mean(told)) if told else float("nan"), beside=by_kind),
    }


def _years(cast: Cast) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Years before, years after in trade, and years after in security; a placebo splits elsewhere."""
    if "split" not in cast.other:
        return BEFORE, AFTER, AFTER_IN_SECURITY
    year = int(cast.other["split"])
    return tuple(range(year - 3, year)), tuple(range(year, year + 3)), tuple(range(year, year + 3))


def _together(
    first: pd.DataFrame,
    second: pd.DataFrame,
    half: float,
    order: list[int],
    *,
    left_out: tuple[int, ...] = (),
    upto: int = YEARS[-1],
) -> float:
    """Within-year correlation of yearly changes of logs, some labels of states moved to others."""
    levels = []
    for ties in (first, second):
        values = ties.to_numpy() + half
        values = np.log(np.where(values > 0, values, np.nan))
        values[[y in left_out or y > upto for y in YEARS]] = np.nan
        levels.append(values)
    return correlation(movements(levels[0])[:, order], movements(levels[1]))


def _security_growth(
    world: World, cast: Cast, kind: str, third: tuple[str, ...], before: tuple[int, ...], after: tuple[int, ...]
) -> float:
    """Growth of Russia's total of a kind beyond that of the other poles that have any of it then."""
    years = [*before, *after]
    totals = {p: central_asian_tie_strength(world, p, cast.five)[kind] for p in (cast.russia, *third)}
    levels = {
        p: log_total(ties, world.choices.half)
        for p, ties in totals.items()
        if p == cast.russia or ties.loc[years].to_numpy().sum() > 0
    }
    return growth_beyond(levels, cast.russia, before, after)[0]
