"""Energy: which lines leave Russia out, who owns them, and whose share of the region's gas crosses Russia."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import Reading, Readings, measures, shifted, together
from influence.claims.themes._casts import played_by, with_parts
from influence.claims.themes._pipes import (
    COMMODITIES,
    Parted,
    added,
    added_by,
    by_origin,
    chains,
    exits,
    parted,
    sales,
    share_through,
    stated,
    withheld,
)

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

STOP, OPENED, LATER = 2008, 2009, 2012


@measures(
    "C07",
    layers=("energy",),
    placebos=together(
        played_by("russia", ("UZB", "KAZ", "IRN")), shifted(-4, -2), with_parts(oil_instead_of_gas={"commodity": "oil"})
    ),
)
def hold_on_exports(world: World, cast: Cast) -> Readings:
    """Change of the share that crosses Russia or is sold to it, before and after the line opened; and of what it holds.

    A year without a measured number has bounds; its number is the middle of them.
    """
    commodity = cast.other.get("commodity", "gas")
    before, opened, later = (y + cast.shift for y in (STOP, OPENED, LATER))
    years = YEARS if world.draw is None else (before, opened, later)
    ends = {y: share_through(sales(world, cast.five, cast.russia, y, commodity)) for y in years}
    low, high = (pd.Series({y: e[k] for y, e in ends.items()}, dtype=float).rename_axis(index="year") for k in (0, 1))
    middle = (low + high) / 2.0
    t0, t1, t2 = (float(middle[y]) for y in (before, opened, later))
    (l0, h0), (l1, h1), (l2, h2) = (ends[y] for y in (before, opened, later))
    hold = {y: withheld(world, cast.five, cast.russia, y, commodity) for y in (opened, later)}
    beside: dict[str, float | pd.Series] = {"least": low, "most": high}
    if world.draw is None and not cast.other:
        beside |= _by_contract(world, cast)
    held: dict[str, float | pd.Series] = {f"share of the flow, {y}": h.share for y, h in hold.items()}
    for year in hold if world.draw is None else ():
        alone = by_origin(world, cast.five, cast.russia, year, commodity)
        held |= {f"of {origin} alone, {year}": v for origin, v in alone.items()}
        held[f"Shapley value, {year}"] = added_by(world, cast.five, cast.russia, year, commodity)
    return {
        "a": Reading(t2 - t1, middle, bounds=(l2 - h1, h2 - l1), beside=beside),
        "b": Reading((t1 - t2) - (t0 - t1), bounds=(2 * l1 - h2 - h0, 2 * h1 - l2 - l0)),
        "c": Reading(
            hold[later].share - hold[opened].share,
            bounds=(hold[later].low - hold[opened].high, hold[later].high - hold[opened].low),
            beside=held,
        ),
    }


def _by_contract(world: World, cast: Cast) -> dict[str, float | pd.Series]:
    """The least share through Russia by the contractual origin of what European states imported, all of it by Russia.

    Other exits are as large as their lines; the most is all of it. NaN in years in which the table names no origin.
    """
    flows = world.archive.table("pipeline_flows")
    flows = flows[(flows["flow_type"] == "import_by_origin") & flows["from_actor"].isin(cast.five)]
    least = {}
    for year in YEARS:
        own = flows[flows["year"].astype(int) == year]
        sold = sales(world, cast.five, cast.russia, year, "gas")
        others = sum(s.capacity * (1.0 - s.through) for s in sold.values())
        known = own["in_default"].fillna(False).astype(bool) | (own["to_actor"] != "UKR")
        amount = float(own["value"].astype(float).sum()) if known.all() else float("nan")
        least[year] = amount / (amount + others) if amount + others > 0 else float("nan")
    return {"least, by contractual origin": pd.Series(least, dtype=float).rename_axis(index="year")}


FIRMS = {"RUS": "russian_company", "CHN": "chinese_company"}
"""Whose firms the table flags."""


@measures(
    "C08",
    layers=("energy",),
    placebos=lambda cast: {
        "Chinese firms in lines to Russia": cast.but(russia=cast.china, china=cast.russia),
        "Russian firms in lines from AZE": cast.but(five=("AZE",), other={"to": "anyone"}),
    },
)
def firms_in_chinese_lines(world: World, cast: Cast) -> Readings:
    """Lines into China with a Russian firm, and their feeders; at most, all that end where one of these starts."""
    year = YEARS[-1]
    rows = pd.concat([chains(world, year, c) for c in COMMODITIES])
    leaving = rows["from_actor"].isin(cast.five) & ~rows["to_actor"].isin(cast.five)
    if "to" not in cast.other:
        leaving &= rows["to_actor"] == cast.china
    own = set(rows.loc[leaving, "pipeline_id"])
    feeders = {f for text in world.lines.pipelines.loc[sorted(own), "fed_by"].dropna() for f in str(text).split(";")}
    counted = own | (feeders & set(rows["pipeline_id"]))
    flagged = set(rows.loc[rows[FIRMS[cast.russia]].fillna(False).astype(bool), "pipeline_id"])
    starts = {
        (row.commodity, row.from_actor)
        for row in rows[rows["pipeline_id"].isin(own) & (rows["position"] == 1)].itertuples()
    }
    ending = {row.pipeline_id for row in rows.itertuples() if (row.commodity, row.last) in starts}
    value = float(len(counted & flagged))
    most = float(len((counted | ending) & flagged))
    return {"a": Reading(value, bounds=(value, most), beside={"lines": float(len(counted)), "with feeders": most})}


PRODUCERS, WESTWARD = ("AZE", "KAZ", "TKM", "UZB"), ("GEO", "TUR")


@measures(
    "C10",
    layers=("energy",),
    placebos=together(played_by("russia", ("IRN",)), with_parts(from_2001={"start": 2001})),
)
def western_bypass(world: World, cast: Cast) -> Readings:
    """Growth of the share of exit capacity that runs west around Russia, and of its lead over the share to China."""
    start, end = cast.other.get("start", 2004), YEARS[-1]
    years = YEARS if world.draw is None else (start, end)
    found = {y: _west_and_east(world, cast, y, READINGS["as stated"]) for y in years}
    west, east = (pd.Series({y: v[k] for y, v in found.items()}, dtype=float) for k in (0, 1))
    grown = [np.subtract(*(_west_and_east(world, cast, y, of) for y in (end, start))) for of in READINGS.values()]
    gains, leads = [float(g[0]) for g in grown], [float(g[0] - g[1]) for g in grown]
    return {
        "a": Reading(
            gains[0], west.rename_axis(index="year"), bounds=(min(gains), max(gains)), beside={"to China": east}
        ),
        "b": Reading(leads[0], (west - east).rename_axis(index="year"), bounds=(min(leads), max(leads))),
    }


READINGS = {
    "as stated": ("capacity", "capacity", "capacity"),
    "west least": ("low", "high", "high"),
    "west most": ("high", "low", "low"),
    "east least": ("high", "low", "high"),
    "east most": ("low", "high", "low"),
}
"""Which of the stated capacities of lines west, lines east, and other lines are taken, in all years alike."""


def _west_and_east(world: World, cast: Cast, year: int, columns: tuple[str, str, str]) -> np.ndarray:
    """Shares of exit capacity that run west around Russia, and to China; mean of oil and gas."""
    shares = []
    for commodity in COMMODITIES:
        key = ("exits with stated capacities", year, commodity)
        if key not in world.memory:
            world.memory[key] = stated(world, exits(world, year, commodity, PRODUCERS))
        rows = world.memory[key]
        touched = list(rows["touched"])
        west = np.array([bool(t.intersection(WESTWARD)) and cast.russia not in t for t in touched], dtype=bool)
        east = (rows["to_actor"] == cast.china).to_numpy(dtype=bool)
        values = np.select([west, east], [rows[columns[0]], rows[columns[1]]], rows[columns[2]])
        whole = added(rows, values)
        shares.append([added(rows, values, own) / whole if whole > 0 else np.nan for own in (west, east)])
    return np.mean(shares, axis=0)


@measures(
    "C11",
    layers=("energy", "institutions"),
    placebos=together(played_by("sco", ("CSTO", "EURASEC", "CIS", "ECO")), shifted(-4)),
)
def lines_and_membership(world: World, cast: Cast) -> Readings:
    """How much of the gas into China begins in a state that is no member, and whether lines join pairs of members."""
    year = YEARS[-1] + cast.shift
    members = set(world.seats.members(cast.sco, year))
    gas = exits(world, year, "gas", {*cast.five, *cast.four})
    gas = gas[gas["to_actor"] == cast.china].reset_index(drop=True)
    outside = np.array([str(o).split(";")[0] not in members for o in gas["origin"]], dtype=bool)
    share = parted(stated(world, gas), outside) if len(gas) else None
    rows = pd.concat([chains(world, year, c) for c in COMMODITIES])
    joined = {frozenset(p) for p in zip(rows["from_actor"], rows["to_actor"], strict=True)}
    boundary = world.archive.table("boundaries")
    near = sorted(boundary.loc[(boundary["boundary"] == "neighbourhood") & (boundary["side"] == "member"), "actor_id"])
    pairs = np.array([[near.index(s) for s in p] for p in joined if len(p) == 2 and p <= set(near)]).reshape(-1, 2)
    body = np.array([s in members for s in near])
    overlap = float(_jaccard(pairs, body[None, :])[0])
    expected = float(_jaccard(pairs, _relabellings(len(near), int(body.sum()))).mean())
    return {
        "a": Reading(float("nan")) if share is None else Reading(share.share, bounds=(share.low, share.high)),
        "b": Reading(overlap - expected, beside={"overlap": overlap, "mean over relabellings": expected}),
    }


def _jaccard(pairs: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Pairs joined by a line and pairs of a group's members: how many in both over how many in either, by group.

    Parameters
    ----------
    pairs : numpy.ndarray of int, shape (pairs, 2)
    inside : numpy.ndarray of bool, shape (groups, states)
    """
    both = (inside[:, pairs[:, 0]] & inside[:, pairs[:, 1]]).sum(axis=1)
    size = inside.sum(axis=1)
    either = len(pairs) + size * (size - 1) / 2.0 - both
    return np.divide(both, either, out=np.full(len(inside), np.nan), where=either > 0)


@lru_cache(maxsize=8)
def _relabellings(states: int, size: int) -> np.ndarray:
    """All groups of so many of the states, one a row."""
    chosen = np.array(list(combinations(range(states), size)), dtype=np.intp)
    inside = np.zeros((len(chosen), states), dtype=bool)
    np.put_along_axis(inside, chosen, True, axis=1)
    return inside


ASIAN, SELLERS = ("JPN", "KOR", "IND", "PAK"), ("KAZ", "UZB", "IRN")
"""Consumers in Asia beside China; producers among members and observers beside Russia."""


@measures(
    "C83",
    layers=("energy",),
    placebos=together(played_by("russia", ("KAZ", "IRN")), played_by("china", ("TUR",)), shifted(-1, 1)),
)
def turn_to_asia(world: World, cast: Cast) -> Readings:
    """Change of Asia's share of Russia's own export lines, and Russia's part in the new lines towards Asia."""
    first, last = (min(max(y + cast.shift, YEARS[0]), YEARS[-1]) for y in (YEARS[0], YEARS[-1]))
    asia = {cast.china, *ASIAN}
    change, part, with_others = [], [], []
    beside: dict[str, float | pd.Series] = {}
    for commodity in COMMODITIES:
        early, late = (_towards(world, (cast.russia,), asia, y, commodity) for y in (first, last))
        change.append([late.share - early.share, late.low - early.high, late.high - early.low])
        beside[f"change, {commodity}"] = change[-1][0]
        part.append(_part_of_new(world, cast, asia, last, commodity, ()))
        with_others.append(_part_of_new(world, cast, asia, last, commodity, ("TKM",)))
    smallest = np.min(change, axis=0)
    mean, mean_with = ([_mean(column) for column in zip(*p, strict=True)] for p in (part, with_others))
    told = {f"part, {c}": p[0] for c, p in zip(COMMODITIES, part, strict=True)}
    return {
        "a": Reading(float(smallest[0]), bounds=(float(smallest[1]), float(smallest[2])), beside=beside),
        "b": Reading(mean[0], bounds=(mean[1], mean[2]), beside={**told, "with Turkmenistan": mean_with[0]}),
    }


def _towards(world: World, sellers: tuple[str, ...], asia: set[str], year: int, commodity: str) -> Parted:
    """Asia's share of the export capacity of some states' own oil or gas; 0 where there is no line out."""
    rows = stated(world, exits(world, year, commodity, sellers))
    if rows.empty:
        return Parted(0.0, 0.0, 0.0)
    return parted(rows, rows["last"].isin(asia).to_numpy(dtype=bool))


def _part_of_new(world: World, cast: Cast, asia: set[str], year: int, commodity: str, more: tuple[str, ...]) -> Parted:
    """Russia's part in the capacity towards Asia that began service in the period; NaN where nothing began."""
    rows = chains(world, year, commodity)
    sellers = {cast.russia, "RUS", *SELLERS, *more}
    since = pd.to_datetime(rows["start"]).dt.year.fillna(0)
    new = (since >= YEARS[0] + cast.shift) & (since <= YEARS[-1] + cast.shift) & rows["last"].isin(asia)
    new &= (rows["to_actor"] == rows["last"]) & np.array([bool(of & sellers) for of in rows["of"]], dtype=bool)
    own = stated(world, rows[new].reset_index(drop=True))
    return parted(own, np.array([cast.russia in t for t in own["touched"]], dtype=bool))


def _mean(values: Iterable[float]) -> float:
    known = [v for v in values if not np.isnan(v)]
    return float(np.mean(known)) if known else float("nan")
