"""What must hold across rows and tables, and no schema can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from influence.errors import Problem
from influence.tables.package import read_resource
from influence.tables.sources import missing_sources

# Tables of spells, and what makes two spells the same thing: those must not overlap.
SPELLS = {
    "memberships": ["actor_id", "org_id", "role"],
    "partitions": ["partition", "actor_id"],
    "treaty_parties": ["treaty_id", "actor_id"],
    "security_ties": ["tie_id"],
    "diplomatic_ties": ["source", "target", "kind"],
    "treaties": ["treaty_id"],
    "exercises": ["exercise_id"],
}


def cross_row_problems(package: Mapping[str, Any], folder: Path, sources: Iterable[str]) -> list[Problem]:
    """Every cross-row problem of a package whose tables fit their schemas."""
    resources = {r["name"]: r for r in package["resources"]}
    problems: list[Problem] = []
    known = set(sources)
    tables = {name: read_resource(r, folder) for name, r in resources.items()}
    for name, table in tables.items():
        file = resources[name]["path"]
        problems += missing_sources(table, file, known)
        if name in SPELLS:
            problems += ends_before_start(table, file)
            problems += overlaps(table, file, SPELLS[name])
        problems += self_ties(table, file)
    if {"organizations", "memberships"} <= set(tables):
        problems += counted_twice(tables["memberships"], tables["organizations"], resources["memberships"]["path"])
    if "trade" in tables:
        problems += value_fits_flag(tables["trade"], resources["trade"]["path"])
    return problems


def ends_before_start(table: pd.DataFrame, file: str) -> list[Problem]:
    """A spell must not end before it starts."""
    wrong = table[table["end"] < table["start"]].assign(row=lambda t: t.index + 2)
    return [
        Problem(file, row["row"], "end", _day(row["end"]), f"must not lie before the start, {_day(row['start'])}")
        for row in wrong.to_dict("records")
    ]


def overlaps(table: pd.DataFrame, file: str, key: list[str]) -> list[Problem]:
    """Two spells of the same thing must not overlap. A spell may start on the day on which another ends."""
    frame = _dated(table).sort_values([*key, "opens"])
    earlier = frame[[*key, "row", "closes"]].shift()
    same = (frame[key].astype(str) == earlier[key].astype(str)).all(axis=1)
    clash = frame[same & (frame["opens"] < earlier["closes"])]
    found = []
    for row in clash.to_dict("records"):
        other = earlier.loc[row["row"] - 2, "row"]
        what = ", ".join(str(row[name]) for name in key)
        found.append(
            Problem(
                file, row["row"], "start", _day(row["start"]), f"this spell of {what} overlaps the one in row {other:g}"
            )
        )
    return found


def self_ties(table: pd.DataFrame, file: str) -> list[Problem]:
    """Nobody is tied to itself."""
    found = []
    for a, b in (("source", "target"), ("exporter", "importer"), ("actor_a", "actor_b"), ("supplier", "recipient")):
        if a in table and b in table:
            same = table[table[a] == table[b]]
            found += [Problem(file, int(str(k)) + 2, b, str(v), f"must differ from {a}") for k, v in same[b].items()]
    return found


def counted_twice(memberships: pd.DataFrame, organizations: pd.DataFrame, file: str) -> list[Problem]:
    """One treaty under two names (`same_as`) must not hold for the same actor at the same time in ties that count."""
    counting = organizations[organizations["counts_as_tie"].fillna(False)]
    twins = counting[["org_id", "same_as"]].dropna().assign(same_as=lambda t: t["same_as"].str.split(";"))
    twins = twins.explode("same_as")
    twins = twins[twins["same_as"].isin(counting["org_id"])]
    held = _dated(memberships[memberships["status"] == "present"])
    pairs = held.merge(twins, on="org_id").merge(
        held, left_on=["actor_id", "same_as"], right_on=["actor_id", "org_id"], suffixes=("", "_twin")
    )
    both = pairs[pairs[["opens", "opens_twin"]].max(axis=1) < pairs[["closes", "closes_twin"]].min(axis=1)]
    said = "{} is in {} at the same time, and the two are one treaty: end one first"
    return [
        Problem(file, row["row"], "org_id", row["org_id"], said.format(row["actor_id"], row["same_as"]))
        for row in both.drop_duplicates("row").sort_values("row").to_dict("records")
    ]


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    """Spells without gaps: no start is since ever, no end is still; `row` as a spreadsheet counts."""
    ever, still = (pd.Timestamp(day).as_unit("s") for day in ("0001-01-01", "9999-12-31"))
    return table.assign(row=table.index + 2, opens=table["start"].fillna(ever), closes=table["end"].fillna(still))


def _day(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


def value_fits_flag(trade: pd.DataFrame, file: str) -> list[Problem]:
    """A missing flow has no value, a zero is zero, an observed flow is positive."""
    value, flag = trade["value_usd_million"], trade["flag"]
    wrong = (
        ((flag == "missing") & value.notna())
        | ((flag == "zero") & (value != 0))
        | ((flag == "observed") & ~(value > 0))
    )
    said = {"missing": "must be empty where the flag is missing", "zero": "must be 0", "observed": "must be above 0"}
    return [
        Problem(file, int(str(k)) + 2, "value_usd_million", "" if pd.isna(value[k]) else f"{value[k]:g}", said[flag[k]])
        for k in trade.index[wrong.fillna(True)]
    ]
