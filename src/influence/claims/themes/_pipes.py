"""Lines that leave a group of states, and what of the group's gas is known to have gone where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from influence.metrics.transit import max_flow, transit_shapley

if TYPE_CHECKING:
    from influence.claims.world import World

COMMODITIES = ("gas", "oil")
FLOW_TYPES = {"gas": "company_purchase", "oil": "pipeline_throughput"}
"""The one type of reported flow that measures each commodity: types are never added."""
MT_PER_KBD = 0.0498
"""Million tonnes a year in a thousand barrels a day of crude."""
_NUMBER = re.compile(r"^(?:about |over )?(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")


def chains(world: World, year: int, commodity: str) -> pd.DataFrame:
    """Crossings in service in a year, each with the states that its line touches then and the last of them.

    Columns beside those of `Lines.crossings`: touched (frozenset), last, of (origins, a frozenset), figure (crossings
    with the same number here have one capacity between them, as in `Lines.capacity_added`).
    """
    key = ("chains", year, commodity)
    if key not in world.memory:
        rows = world.lines.crossings(year, commodity)
        touched: dict[str, frozenset[str]] = {}
        last: dict[str, str] = {}
        for line, a, b in rows[["pipeline_id", "from_actor", "to_actor"]].itertuples(index=False, name=None):
            touched[line], last[line] = touched.get(line, frozenset()) | {a, b}, b
        lines = list(rows["pipeline_id"])
        sets = {
            "touched": [touched[line] for line in lines],
            "of": [frozenset(str(o).split(";")) for o in rows["origin"]],
        }
        columns = {name: pd.Series(values, index=rows.index, dtype=object) for name, values in sets.items()}
        world.memory[key] = rows.assign(**columns, last=[last[line] for line in lines], figure=_figures(world, rows))
    frame: pd.DataFrame = world.memory[key]
    return frame


def _figures(world: World, rows: pd.DataFrame) -> np.ndarray:
    notes = world.lines.pipelines["capacity_overlaps"]
    numbers: dict[tuple[str, ...], int] = {}
    found = []
    for segment, line, a, b in rows[["segment_id", "pipeline_id", "from_actor", "to_actor"]].itertuples(
        index=False, name=None
    ):
        note = str(notes[line])
        key = (a, b, note) if note.startswith(("one figure for", "joins ", "same ")) else (segment,)
        found.append(numbers.setdefault(key, len(numbers)))
    return np.array(found, dtype=np.intp)


def added(rows: pd.DataFrame, values: np.ndarray, chosen: np.ndarray | None = None) -> float:
    """Capacities of crossings taken together, one figure for several counted once; what is not known adds nothing."""
    figure = rows["figure"].to_numpy()
    if chosen is not None:
        figure, values = figure[chosen], values[chosen]
    total = np.zeros(int(figure.max(initial=-1)) + 1)
    np.fmax.at(total, figure, values)
    return float(total.sum())


def exits(world: World, year: int, commodity: str, group: Iterable[str]) -> pd.DataFrame:
    """Crossings by which lines with oil or gas of a group leave it for good."""
    inside, rows = set(group), chains(world, year, commodity)
    leaves = rows["from_actor"].isin(inside) & ~rows["to_actor"].isin(inside) & ~rows["last"].isin(inside)
    own = np.array([bool(of & inside) for of in rows["of"]], dtype=bool)
    return rows[leaves.to_numpy(dtype=bool) & own].reset_index(drop=True)


def stated(world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """The least and the most that is stated as the capacity of each crossing's line: columns low, high."""
    texts = world.lines.pipelines["alternative"]
    low, high = rows["capacity"].to_numpy(dtype=float).copy(), rows["capacity"].to_numpy(dtype=float).copy()
    for k, line in enumerate(rows["pipeline_id"]):
        for number in alternatives(texts[line]) if isinstance(texts[line], str) else []:
            low[k], high[k] = np.fmin(low[k], number), np.fmax(high[k], number)
    return rows.assign(low=low, high=high)


def alternatives(text: str) -> list[float]:
    """Capacities that other sources give, in the unit of the table; remarks that are no capacity say nothing."""
    unit = MT_PER_KBD if "kb/d" in text else 1.0
    found = [_NUMBER.match(part.strip()) for part in text.split(";")]
    return [float(n) * unit for match in found if match for n in match.groups() if n]


class Parted(NamedTuple):
    """Capacity of some lines among others.

    Attributes
    ----------
    share : float
        NaN where there is no capacity at all.
    low, high : float
        The same with the least stated of these and the most of the others, and the other way round.
    """

    share: float
    low: float
    high: float


def parted(rows: pd.DataFrame, chosen: np.ndarray) -> Parted:
    """Share of the capacity of some crossings in that of all."""

    def share(own: str, others: str) -> float:
        values = np.where(chosen, rows[own].to_numpy(dtype=float), rows[others].to_numpy(dtype=float))
        whole = added(rows, values)
        return added(rows, values, chosen) / whole if whole > 0 else float("nan")

    return Parted(share("capacity", "capacity"), share("low", "high"), share("high", "low"))


class Sold(NamedTuple):
    """What of a group's oil or gas went to one destination in a year, in the unit of the table.

    Attributes
    ----------
    low, high : float
        Equal where it was measured; else what is known of it, and the capacity in service over the year.
    capacity : float
    through : float
        Share of that capacity whose lines touch the state that is asked about.
    measured : bool
    """

    low: float
    high: float
    capacity: float
    through: float
    measured: bool


def sales(world: World, group: tuple[str, ...], state: str, year: int, commodity: str) -> dict[str, Sold]:
    """Destination → what of a group's oil or gas went there, of one type of flow."""
    inside, rows = set(group), exits(world, year, commodity, group)
    flows = world.lines.flows
    flows = flows[(flows["year"] == year) & (flows["commodity"] == commodity)]
    flows = flows[(flows["flow_type"] == FLOW_TYPES[commodity]) & flows["value"].notna()]
    found = {}
    running = rows["capacity"].to_numpy(dtype=float) * rows["fraction_of_year"].to_numpy(dtype=float)
    touching = np.array([state in t for t in rows["touched"]], dtype=bool)
    for to in sorted(set(rows["to_actor"])):
        here = (rows["to_actor"] == to).to_numpy(dtype=bool)
        lines, capacity = rows[here], added(rows, running, here)
        through = added(rows, running, here & touching) / capacity if capacity > 0 else float(state == to)
        known, measured = _known(flows[flows["to_actor"] == to], inside, lines, commodity)
        found[to] = Sold(known, known if measured else max(known, capacity), capacity, through, measured)
    return found


def _known(flows: pd.DataFrame, inside: set[str], lines: pd.DataFrame, commodity: str) -> tuple[float, bool]:
    """The sum of what is known, and whether that is all: every line, or every origin, is accounted for.

    Of rows for several origins together and rows for one, the widest are taken first, and no origin twice.
    """
    if commodity == "oil":
        own = flows[flows["pipelines"].isin(lines["pipeline_id"])]
        return float(own["value"].sum()), set(lines["pipeline_id"]) <= set(own["pipelines"])
    origins = set().union(*lines["of"]) & inside
    covered: set[str] = set()
    total = 0.0
    told = [(frozenset(str(a).split("+")), float(v)) for a, v in zip(flows["from_actor"], flows["value"], strict=True)]
    for who, value in sorted(told, key=lambda row: (-len(row[0]), sorted(row[0]))):
        if who <= inside and not who & covered:
            covered |= who
            total += value
    return total, origins <= covered


def share_through(sold: Mapping[str, Sold]) -> tuple[float, float]:
    """The least and the most that may have gone through a state; NaN where nothing can have gone anywhere."""
    ends = []
    for amounts in product(*((s.low, s.high) for s in sold.values())):
        whole = sum(amounts)
        if whole > 0:
            ends.append(sum(a * s.through for a, s in zip(amounts, sold.values(), strict=True)) / whole)
    return (min(ends), max(ends)) if ends else (float("nan"), float("nan"))


class Withheld(NamedTuple):
    """Share of the maximum flow lost without a state.

    Attributes
    ----------
    share : float
        Demand capped where imports are observed, by the lines elsewhere.
    low, high : float
        With demand that is not observed at nothing where it is met through that state and in full elsewhere, and the
        other way round.
    """

    share: float
    low: float
    high: float


def withheld(world: World, group: tuple[str, ...], state: str, year: int, commodity: str) -> Withheld:
    """What a state can withhold of the flow from a group to outside markets, on 31 December."""
    sold = sales(world, group, state, year, commodity)
    matrix, sources = _network(world, group, year, commodity)
    observed = {to: s.high for to, s in sold.items() if s.measured}
    through = {to for to, s in sold.items() if s.through > 0.5}
    left = [n for n in matrix.index if n != state]
    others = matrix.loc[left, left]

    def lost(nothing: set[str]) -> float:
        demand = {to: observed.get(to, 0.0 if to in nothing else np.inf) for to in sold}
        whole = max_flow(matrix, sources=sources, sinks=demand) if len(matrix) else 0.0
        if whole <= 0:
            return float("nan")
        rest = {to: cap for to, cap in demand.items() if to != state}
        return 1.0 - max_flow(others, sources=[s for s in sources if s != state], sinks=rest) / whole

    share = lost(set())
    if world.draw is not None:  # bounds belong to the record
        return Withheld(share, share, share)
    ends = [v for v in (share, lost(through), lost(set(sold) - through)) if not np.isnan(v)]
    return Withheld(share, min(ends, default=np.nan), max(ends, default=np.nan))


def by_origin(world: World, group: tuple[str, ...], state: str, year: int, commodity: str) -> dict[str, float]:
    """The same for one origin at a time, demand by the lines alone: origin → share lost."""
    matrix, sources = _network(world, group, year, commodity)
    sinks = [n for n in matrix.index if n not in group]
    found = {}
    for origin in sources:
        whole = max_flow(matrix, sources=[origin], sinks=sinks)
        left = [n for n in matrix.index if n != state]
        if whole > 0 and origin != state:
            kept = max_flow(matrix.loc[left, left], sources=[origin], sinks=[s for s in sinks if s != state])
            found[origin] = 1.0 - kept / whole
    return found


def added_by(world: World, group: tuple[str, ...], state: str, year: int, commodity: str) -> float:
    """Shapley value of a state in the transit of a group's oil or gas to all other states, as a share of the flow.

    Lines beyond the state carry what they can; it is no market itself. NaN if it touches no line.
    """
    rows = chains(world, year, commodity)
    table = rows.pivot_table(index="from_actor", columns="to_actor", values="capacity", aggfunc="sum")
    names = sorted({*table.index, *table.columns})
    if state not in names:
        return float("nan")
    matrix = table.reindex(index=names, columns=names).fillna(0.0).rename_axis(index=None, columns=None)
    sources = [s for s in group if s in names and s != state]
    sinks = [n for n in names if n not in group and n != state]
    return float(transit_shapley(matrix, sources=sources, sinks=sinks).to_dict()[state])


def _network(world: World, group: tuple[str, ...], year: int, commodity: str) -> tuple[pd.DataFrame, list[str]]:
    """Capacities of crossings within and out of a group, and the states of it where the oil or gas comes from."""
    inside, rows = set(group), chains(world, year, commodity)
    own = rows[rows["from_actor"].isin(inside) & np.array([bool(of & inside) for of in rows["of"]], dtype=bool)]
    table = own.pivot_table(index="from_actor", columns="to_actor", values="capacity", aggfunc="sum")
    names = sorted({*table.index, *table.columns})
    matrix = table.reindex(index=names, columns=names).fillna(0.0).rename_axis(index=None, columns=None)
    return matrix, sorted((set().union(*own["of"]) & inside & set(names)) if len(own) else set())
