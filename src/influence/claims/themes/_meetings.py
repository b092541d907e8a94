"""Security events as wholes: exercises held and treaties signed, and who was there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import binomial_interval

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

PERMUTATIONS = 20


class Meeting(NamedTuple):
    """An exercise held or a treaty signed."""

    year: int
    present: frozenset[str]


def meetings(world: World) -> list[Meeting]:
    """All exercises on record of 2001-2012, and the treaties of the default selection that were signed then.

    After 2010 the exercises are those of the lists of the SCO, the CSTO, and China with Russia.
    """
    if "meetings" not in world.memory:
        held = [Meeting(year, g.takers) for year, own in world.security.gatherings.items() for g in own]
        treaties = world.kept(world.archive.table("treaties"))
        start = treaties.loc[treaties["in_default"].fillna(False)].set_index("treaty_id")["start"].to_dict()
        parties = world.archive.table("treaty_parties")
        signed: dict[str, set[str]] = {}
        for treaty, actor, since in parties[["treaty_id", "actor_id", "start"]].itertuples(index=False):
            if treaty in start and since == start[treaty] and since.year in YEARS:
                signed.setdefault(treaty, set()).add(actor)
        held += [Meeting(start[treaty].year, frozenset(own)) for treaty, own in signed.items()]
        world.memory["meetings"] = held
    return list(world.memory["meetings"])


def met_with(world: World, cast: Cast) -> pd.DataFrame:
    """The security events with China and at least one Central Asian state: year, and whether each state was there."""
    permuted = cast.other.get("permuted")
    held = meetings(world) if permuted is None else _permuted(world, cast)[permuted]
    five = frozenset(cast.five)
    met = [m for m in held if cast.china in m.present and (m.present & five) - {cast.china}]
    frame = pd.DataFrame({s: [s in m.present for m in met] for s in world.archive.states}, dtype=bool)
    frame.insert(0, "year", np.array([m.year for m in met], dtype=int))
    return frame


def _permuted(world: World, cast: Cast) -> list[list[Meeting]]:
    """The events with China or one of the five, their participants dealt out anew: as many each, as often each."""
    key = ("permuted meetings", cast.china, cast.five)
    if key not in world.memory:
        from influence.robustness.trades import curveball

        near = frozenset((cast.china, *cast.five))
        held = [m for m in meetings(world) if m.present & near]
        states = list(world.archive.states)
        seats = pd.DataFrame([[s in m.present for m in held] for s in states], index=states).astype(int)
        drawn = curveball(seats, draws=PERMUTATIONS, seed=1)
        names = np.array(states, dtype=object)
        world.memory[key] = [
            [Meeting(m.year, frozenset(names[one[:, k] > 0])) for k, m in enumerate(held)] for one in drawn
        ]
    return list(world.memory[key])


def paired_difference(a: np.ndarray, b: np.ndarray) -> tuple[float, tuple[float, float]]:
    """Share of events with one minus share with the other, and its exact interval given the events with only one.

    Of m events with exactly one of the two, those with the first are binomial: the Clopper-Pearson interval of their
    share p gives (2p - 1) m / n.
    """
    n = len(a)
    if n == 0:
        return float("nan"), (float("nan"), float("nan"))
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    m = only_a + only_b
    low, high = ((2.0 * p - 1.0) * m / n for p in binomial_interval(only_a, m))
    return (only_a - only_b) / n, (low, high)


def change_of_share(before: np.ndarray, after: np.ndarray) -> tuple[float, tuple[float, float]]:
    """Share of events after minus before, with an interval from the exact ones of both (each of level sqrt .9)."""
    if not len(before) or not len(after):
        return float("nan"), (float("nan"), float("nan"))
    (l0, h0), (l1, h1) = (binomial_interval(int(x.sum()), len(x), 0.9**0.5) for x in (before, after))
    return float(after.mean() - before.mean()), (l1 - h0, h1 - l0)


def share_crossing(world: World, through: str, origins: tuple[str, ...], target: str, year: int) -> float:
    """Share of the oil and gas that flowed from some states to another through lines that touch a third state.

    In tonnes of oil equivalent, on flows whose lines are known; NaN if there are none.
    """
    from influence.network.bundled import MTOE_PER_BCM

    rows = world.lines.flows
    rows = rows[(rows["year"] == year) & (rows["to_actor"] == target) & rows["from_actor"].isin(origins)]
    rows = rows[rows["pipelines"].notna() & (rows["value"] > 0) & (rows["from_actor"] != through)]
    rows = rows.sort_values("value").drop_duplicates(["commodity", "from_actor", "pipelines"], keep="last")
    if rows.empty:
        return float("nan")
    touching = world.lines.crossing(through, year)
    crosses = np.array([bool(touching & set(str(lines).split(";"))) for lines in rows["pipelines"]])
    weight = rows["value"].to_numpy() * np.where(rows["commodity"] == "gas", MTOE_PER_BCM, 1.0)
    return float(weight[crosses].sum() / weight.sum())
