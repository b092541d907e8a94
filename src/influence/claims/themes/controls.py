"""Negative controls: what must come out as contradicted, or the rules are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import Reading, Readings, binomial_interval, log_ratio, measures, yearly
from influence.claims.security import LISTED_TO
from influence.claims.themes._casts import with_parts
from influence.claims.themes._meetings import met_with

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

_HALF_A_MILLION = 0.5


@measures(
    "N01",
    layers=("security",),
    placebos=with_parts(**{f"{s}_as_JPN": {"hub": s} for s in ("KOR", "IND", "TUR", "DEU", "BRA", "ZAF")}),
)
def hub_from_outside(world: World, cast: Cast) -> Readings:
    """The largest share of a kind of security tie among the CSTO's members and Japan that is Japan's.

    In exercises, of the pairs that take part together; counted exercise by exercise beside.
    """
    years, hub = range(2003, LISTED_TO + 1), cast.other.get("hub", "JPN")

    def largest(state: str) -> pd.Series:
        return world.each_year(years, lambda y: max(_incident(world, cast, state, y), default=float("nan")))

    own = yearly(largest(hub), years)
    beside = {
        f"{cast.russia} as hub": largest(cast.russia),
        "share of exercises": world.each_year(years, lambda y: _attended(world, cast, hub, y)),
    }
    return {"a": Reading(own.value, own.by_year, beside=beside)}


def _incident(world: World, cast: Cast, hub: str, year: int) -> list[float]:
    """By kind: share of the ties among the members and a hub that are the hub's; kinds without any are left out."""
    body = sorted({*world.seats.members(cast.csto, year), hub})
    at, us = world.archive.at(body), body.index(hub)
    cells = [world.security.matrix(kind, year)[np.ix_(at, at)] for kind in ("bases", "arms")]
    together = np.zeros((len(body), len(body)))
    for g in world.security.gatherings[year]:
        there = [k for k, s in enumerate(body) if s in g.takers]
        together[np.ix_(there, there)] += g.newman
    np.fill_diagonal(together, 0.0)
    cells.append(together)
    # an exercise stands in its matrix both ways: twice in the row and column, twice in the sum
    return [float((c[us].sum() + c[:, us].sum()) / c.sum()) for c in cells if c.sum() > 0]


def _attended(world: World, cast: Cast, hub: str, year: int) -> float:
    """Share of the exercises of two or more of them, as events, in which the hub takes part."""
    body = frozenset({*world.seats.members(cast.csto, year), hub})
    met = [g for g in world.security.gatherings[year] if len(g.takers & body) > 1]
    total = sum(g.newman for g in met)
    return sum(g.newman for g in met if hub in g.takers) / total if total > 0 else float("nan")


@measures(
    "N02",
    layers=("security", "energy"),
    placebos=with_parts(**{f"{s}_as_BRA": {"broker": s} for s in ("ZAF", "JPN", "KOR", "DEU", "GEO")}),
)
def broker_from_afar(world: World, cast: Cast) -> Readings:
    """How often Brazil takes part in security events of China with the five, and what lines to China cross it."""
    broker = cast.other.get("broker", "BRA")
    events = met_with(world, cast)
    there = events.loc[events["year"] >= 2002, broker]
    share = float(there.mean()) if len(there) else float("nan")
    exact = binomial_interval(int(there.sum()), len(there)) if len(there) else None
    a = Reading(share, exact=exact, beside={"events": float(len(there))})
    return {"a": a, "b": Reading(_lines_across(world, cast, broker, 2012))}


def _lines_across(world: World, cast: Cast, state: str, year: int) -> float:
    """Share of the lines that carry Central Asian oil, or gas, to China that touch a state: the larger of the two."""
    touching, shares = world.lines.crossing(state, year), []
    for commodity in ("oil", "gas"):
        rows = world.lines.crossings(year, commodity)
        from_here = [bool(set(str(origin).split(";")) & {*cast.five}) for origin in rows["origin"]]
        lines = set(rows.loc[(rows["to_actor"] == cast.china).to_numpy() & np.array(from_here, bool), "pipeline_id"])
        if lines:
            shares.append(len(lines & touching) / len(lines))
    return max(shares, default=float("nan"))


@measures(
    "N03",
    layers=("trade",),
    scenarios=("missing", "flagged"),
    placebos=with_parts(**{f"{s}_as_ZAF": {"partner": s} for s in ("BRA", "MNG", "ARM", "GEO", "SRB")}),
)
def first_partner_from_afar(world: World, cast: Cast) -> Readings:
    """Log of Kyrgyzstan's trade with South Africa over that with the first of the poles, by year."""
    host, partner = cast.other.get("host", "KGZ"), cast.other.get("partner", "ZAF")
    poles = [p for p in cast.poles if p not in (host, partner)]
    largest = np.max([world.trade.two_way(host, p).to_numpy() for p in poles], axis=0)
    own = world.trade.two_way(host, partner).to_numpy()
    ratio = [log_ratio(a, b, _HALF_A_MILLION) for a, b in zip(own, largest, strict=True)]
    return {"a": yearly(pd.Series(ratio, index=pd.Index(YEARS, name="year"), dtype=float), YEARS)}


@measures(
    "N04",
    layers=("energy",),
    placebos=with_parts(**{f"{s}_as_MNG": {"through": s} for s in ("AFG", "PAK", "TUR", "TJK", "JPN")}),
)
def gas_the_long_way(world: World, cast: Cast) -> Readings:
    """Share of the capacity of Turkmen gas lines abroad that crosses Mongolia, and of the lines beside.

    Where no line crosses it, the share is nil, whether capacities are known or not.
    """
    origin, through = cast.other.get("origin", "TKM"), cast.other.get("through", "MNG")
    capacity, lines = {}, {}
    for year in YEARS:
        rows = world.lines.crossings(year, "gas")
        rows = rows[rows["from_actor"] == origin]
        crosses = rows["pipeline_id"].isin(world.lines.crossing(through, year)).to_numpy()
        lines[year] = float(crosses.mean()) if len(rows) else float("nan")
        capacity[year] = _carried(world, rows, crosses) if crosses.any() else lines[year]
    share, beside = (pd.Series(v, dtype=float).rename_axis(index="year") for v in (capacity, lines))
    own_share = yearly(share, YEARS)
    return {"a": Reading(own_share.value, own_share.by_year, beside={"share of lines": beside})}


def _carried(world: World, rows: pd.DataFrame, chosen: np.ndarray) -> float:
    """Share of the known capacity of crossings that some of them have; NaN where that of one of these is not known."""
    total, own = world.lines.capacity_added(rows), rows[chosen]
    return world.lines.capacity_added(own) / total if total > 0 and own["capacity"].notna().all() else float("nan")
