"""What a claim asks of pipelines: crossings in service, whole chains, capacities, measured flows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS

if TYPE_CHECKING:
    from influence.claims.world import World


class Lines:
    """Oil and gas pipelines of one world.

    Parameters
    ----------
    world : World
    """

    def __init__(self, world: World) -> None:
        self._world, self._archive = world, world.archive

    @cached_property
    def pipelines(self) -> pd.DataFrame:
        """The lines, by pipeline_id, as the table has them."""
        return self._archive.table("pipelines").set_index("pipeline_id")

    @cached_property
    def _years(self) -> dict[int, pd.DataFrame]:
        frame = self._world.kept(self._archive.crossings)
        value = frame["capacity"]
        if not self._world.choices.doubtful:
            value = value.mask(frame["recalled"])
        running = frame["on_31_december"].fillna(False).to_numpy(dtype=bool)
        share = frame["fraction_of_year"].to_numpy(dtype=float)
        rule = self._world.choices.snapshot
        force = {"31 December": running.astype(float), "any": (share > 0).astype(float)}.get(rule, share)
        frame = frame.assign(capacity=value * self._world.factors(pd.Index(frame["evidence_id"])), force=force)
        frame = frame[frame["force"] > 0]
        return {year: frame[frame["year"] == year].reset_index(drop=True) for year in YEARS}

    def crossings(self, year: int, commodity: str | None = None) -> pd.DataFrame:
        """Crossings in service in a year by the chosen rule, one row a line and border, in the order of flow.

        Columns: evidence_id, segment_id, pipeline_id, position, from_actor, to_actor, from_role, to_role, origin
        (states joined by semicolons), russian_company, chinese_company, bypass_russia, start, commodity, force
        (1, or the share of the year), capacity (bcm or million tonnes a year; NaN unknown).
        """
        rows = self._years[year]
        return rows if commodity is None else rows[rows["commodity"] == commodity].reset_index(drop=True)

    def capacity_added(self, rows: pd.DataFrame) -> float:
        """Capacity of crossings taken together, lines whose figure another line already has counted once.

        Notes of `capacity_overlaps` that begin "one figure for" give one number for several strings: the largest of
        the lines that share a border and such a note stands for all of them.
        """
        shared = rows["pipeline_id"].map(self.pipelines["capacity_overlaps"]).fillna("")
        one = shared.str.startswith(("one figure for", "joins ", "same "))
        alone = rows.loc[~one.to_numpy(), "capacity"].sum()
        groups = rows[one.to_numpy()].assign(note=shared[one.to_numpy()])
        if groups.empty:
            return float(alone)
        return float(alone + groups.groupby(["from_actor", "to_actor", "commodity", "note"])["capacity"].max().sum())

    def joining(self, pole: str, states: Iterable[str], year: int) -> frozenset[str]:
        """Lines in service that cross a border between a pole and one of the states, either way."""
        ours, theirs = frozenset(self._world.states_of(pole, year)), frozenset(states)
        return frozenset(
            line for line, a, b in self._borders[year] if (a in ours and b in theirs) or (b in ours and a in theirs)
        )

    @cached_property
    def _borders(self) -> dict[int, list[tuple[str, str, str]]]:
        columns = ["pipeline_id", "from_actor", "to_actor"]
        return {year: list(rows[columns].itertuples(index=False, name=None)) for year, rows in self._years.items()}

    def crossing(self, state: str, year: int) -> frozenset[str]:
        """Lines in service that touch a state."""
        rows = self.crossings(year)
        return frozenset(rows.loc[(rows["from_actor"] == state) | (rows["to_actor"] == state), "pipeline_id"])

    def matrix(self, year: int, commodity: str | None = None) -> pd.DataFrame:
        """Actor × actor along the flow: lines in service, or their capacity in Mtoe, as chosen."""
        rows = self.crossings(year, commodity)
        if self._world.choices.line_weight == "capacity":
            from influence.network.bundled import MTOE_PER_BCM

            unit = np.where(rows["commodity"] == "gas", MTOE_PER_BCM, 1.0)
            rows = rows.assign(weight=rows["capacity"] * unit)
        else:
            rows = rows.assign(weight=rows["force"])
        table = rows.pivot_table(index="from_actor", columns="to_actor", values="weight", aggfunc="sum", fill_value=0.0)
        names = sorted({*table.index, *table.columns})
        return table.reindex(index=names, columns=names, fill_value=0.0).rename_axis(index=None, columns=None)

    @cached_property
    def flows(self) -> pd.DataFrame:
        """Measured or reported flows that count: the table `pipeline_flows`, values in this draw."""
        rows = self._archive.table("pipeline_flows")
        if not self._world.choices.doubtful:
            rows = rows[rows["in_default"].fillna(False) & (rows["evidence_kind"] != "recalled")]
        if self._world.struck:
            rows = rows[~rows["evidence_id"].isin(self._world.struck)]
        value = rows["value"].astype(float).to_numpy() * self._world.factors(pd.Index(rows["evidence_id"]))
        return rows.assign(value=value, year=rows["year"].astype(int))
