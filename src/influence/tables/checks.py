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
    return [
        Problem(
            file, int(str(k)) + 2, "end", f"{row.end:%Y-%m-%d}", f"must not lie before the start, {row.start:%Y-%m-%d}"
        )
        for k, row in table[table["end"] < table["start"]].iterrows()
    ]


def overlaps(table: pd.DataFrame, file: str, key: list[str]) -> list[Problem]:
    """Two spells of the same thing must not overlap. A spell may start on the day on which another ends."""
    found = []
    frame = table.reset_index(names="row")
    frame["opens"] = frame["start"].fillna(pd.Timestamp("0001-01-01").as_unit("s"))  # no start: since ever
    frame = frame.sort_values([*key, "opens"])
    for names, group in frame.groupby(key, dropna=False):
        last_end, last_row = None, None
        for row in group.itertuples():
            if last_row is not None and (pd.isna(last_end) or row.opens < last_end):
                what = ", ".join(map(str, names))
                found.append(
                    Problem(
                        file,
                        int(row.row) + 2,
                        "start",
                        "" if pd.isna(row.start) else f"{row.start:%Y-%m-%d}",
                        f"this spell of {what} overlaps the one in row {last_row + 2}",
                    )
                )
            last_end, last_row = row.end, int(row.row)
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
    counts = organizations[organizations["counts_as_tie"].fillna(False)]
    counting = set(counts["org_id"])
    twins = {
        frozenset((row.org_id, other))
        for row in counts[counts["same_as"].notna()].itertuples()
        for other in str(row.same_as).split(";")
        if other in counting
    }
    held = memberships[(memberships["status"] == "present") & memberships["org_id"].isin(counting)]
    open_end = pd.Timestamp("9999-12-31")
    found = []
    for first, second in (sorted(pair) for pair in sorted(twins, key=sorted)):
        left, right = held[held["org_id"] == first], held[held["org_id"] == second]
        for k, row in right.iterrows():
            for other in left[left["actor_id"] == row["actor_id"]].itertuples():
                starts = max(row["start"], other.start)
                ends = min(
                    row["end"] if pd.notna(row["end"]) else open_end, other.end if pd.notna(other.end) else open_end
                )
                if starts < ends:
                    found.append(
                        Problem(
                            file,
                            int(str(k)) + 2,
                            "org_id",
                            second,
                            f"{row['actor_id']} is in {first} at the same time, and the two are one treaty: end one first",
                        )
                    )
    return found


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
