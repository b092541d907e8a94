"""Which rows of evidence decide: what each moves, and a set without which the result would be another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from influence.claims.archive import Archive
from influence.claims.judging import cell_at
from influence.claims.world import Cast

LARGEST = 12
"""A set of more rows than this is not looked for: a result that hangs on so many does not hang on any."""
_TINY = 1e-9


def candidates(archive: Archive) -> dict[str, tuple[str, ...]]:
    """What could be struck out: name → evidence ids that fall together.

    A treaty, a base, an exercise, a seat is one row of evidence; the arms that one state sends another, and a
    pipeline, are one over all years. Rows that touch none of the claims' regions cannot decide and are left out.
    """
    cast = Cast()
    near = {*cast.five, *cast.poles, "UKR", "GEO", "ARM", "AZE", "BLR"}
    bases, treaties = archive.table("security_ties"), archive.table("treaties")
    treaties = treaties[treaties["in_default"].fillna(False)]
    found = {str(i): (str(i),) for i in [*bases["evidence_id"], *treaties["evidence_id"]]}
    exercises = archive.table("exercises")
    takers = exercises["exercise_id"].map(archive.takers)
    met = np.array([isinstance(t, frozenset) and len(t & set(cast.five)) > 0 for t in takers], dtype=bool)
    met |= (exercises["framework"].isin(["SCO", "CSTO"])).to_numpy()
    found |= {str(i): (str(i),) for i in exercises.loc[met, "evidence_id"]}
    arms = archive.table("arms_supply")
    arms = arms[arms["supplier"].isin(near) & arms["recipient"].isin(near)]
    for pair, own in (arms["supplier"] + ">" + arms["recipient"]).groupby(arms["supplier"] + ">" + arms["recipient"]):
        found[f"arms_supply:{pair}"] = tuple(arms.loc[own.index, "evidence_id"])
    seats = archive.table("memberships")
    found |= {str(i): (str(i),) for i in seats.loc[seats["actor_id"].isin(near), "evidence_id"]}
    acts = archive.table("organization_ties")
    found |= {str(i): (str(i),) for i in acts.loc[acts["status"] == "present", "evidence_id"]}
    recognitions = archive.table("diplomatic_ties")
    found |= {str(i): (str(i),) for i in recognitions.loc[recognitions["status"] == "present", "evidence_id"]}
    for line, own in archive.crossings.groupby("pipeline_id")["evidence_id"]:
        found[f"pipelines:{line}"] = tuple(own)
    return dict(sorted(found.items()))


LAYER_OF = {
    "security_ties": "security",
    "treaties": "security",
    "exercises": "security",
    "arms_supply": "security",
    "memberships": "institutions",
    "organization_ties": "institutions",
    "diplomatic_ties": "diplomacy",
    "pipelines": "energy",
}


def grouped(
    rows: Mapping[str, tuple[str, ...]], archive: Archive, layers: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Rows of some layers in groups that are struck out together first: what moves nothing as a group is left alone.

    Exercises by year, seats by organization, arms by supplier; bases, treaties and pipelines a dozen at a time.
    """
    year = archive.table("exercises").set_index("evidence_id")["year"].astype(int)
    groups: dict[str, list[str]] = {}
    for k, row in enumerate(rows):
        table, _, key = row.partition(":")
        if LAYER_OF[table] not in layers:
            continue
        if table == "exercises":
            part = str(year[row])
        elif table == "memberships":
            part = key.split("@")[1].split(":")[0]
        else:
            part = key.split(">")[0] if table == "arms_supply" else str(k // 12)
        groups.setdefault(f"{table} {part}", []).append(row)
    return {name: tuple(own) for name, own in groups.items()}


SUSPECTS = 60
"""Rows that are struck out one by one for a claim, from the groups that move it most."""


def suspected(moved: Mapping[str, float], groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The rows of the groups that move a number most, as many as can be struck out one by one; sorted."""
    chosen: list[str] = []
    for name in sorted((n for n, v in moved.items() if v > _TINY), key=lambda n: (-moved[n], n)):
        if chosen and len(chosen) + len(groups[name]) > SUSPECTS:
            continue
        chosen += groups[name]
    return sorted(chosen)


def reversing_set(
    part: Mapping[str, Any],
    value: float,
    without: Mapping[str, float],
    again: Callable[[tuple[str, ...]], float],
    cost: Callable[[str], float],
) -> tuple[tuple[str, ...], float]:
    """A set of rows without which the number falls into another outcome of the rule.

    Rows are taken one by one, those first that move the number most for what they cost, towards each of the two ends
    of the outcome in turn; then every row that is not needed is put back. The set is minimal (no row can be put
    back), not proven to be the smallest.

    Parameters
    ----------
    part : mapping
        Part of the rule.
    value : float
        The number with all rows.
    without : mapping
        Row → the number without it.
    again : callable
        Rows → the number without them.
    cost : callable
        Row → log((1 - p) / p) for its probability p of being wrong.

    Returns
    -------
    rows : tuple of str
        Sorted; empty if no set of at most `LARGEST` rows was found.
    reached : float
        The number without them; NaN if none was found.
    """
    cell = cell_at(part, value)
    best: tuple[float, tuple[str, ...], float] | None = None
    for end, sign in ((cell["from"], -1.0), (cell["to"], 1.0)):
        if end is None:
            continue
        moves = {row: sign * (v - value) for row, v in without.items() if sign * (v - value) > _TINY}
        order = sorted(moves, key=lambda row: (-moves[row] / max(cost(row), _TINY), row))
        chosen: list[str] = []
        reached = value
        for row in order[:LARGEST]:
            chosen.append(row)
            reached = again(tuple(sorted(chosen)))
            if _outside(cell, reached):
                break
        if not _outside(cell, reached):
            continue
        for row in sorted(chosen, key=cost, reverse=True):
            fewer = [r for r in chosen if r != row]
            if fewer and _outside(cell, left := again(tuple(sorted(fewer)))):
                chosen, reached = fewer, left
        total = sum(cost(row) for row in chosen)
        if best is None or (total, sorted(chosen)) < (best[0], list(best[1])):
            best = (total, tuple(sorted(chosen)), reached)
    return ((), float("nan")) if best is None else (best[1], best[2])


def _outside(cell: Mapping[str, Any], value: float) -> bool:
    if math.isnan(value):
        return False
    return (cell["from"] is not None and value < cell["from"]) or (cell["to"] is not None and value >= cell["to"])


FACTORS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)


def reversing_factor(part: Mapping[str, Any], at: Callable[[float], float]) -> float:
    """The factor nearest to 1 by which some flows would have to be wrong for the number to leave its outcome.

    Looked for among `FACTORS` and their inverses; NaN if none of them does it.

    Parameters
    ----------
    part : mapping
        Part of the rule.
    at : callable
        Factor → the number; at 1 the number on the record.
    """
    cell = cell_at(part, at(1.0))
    for factor in FACTORS:
        for one in (factor, 1.0 / factor):
            if _outside(cell, at(one)):
                return one
    return float("nan")


def moves(without: Mapping[str, float], value: float, most: int = 5) -> pd.DataFrame:
    """The rows that move a number most: evidence, value without it, change; largest first."""
    frame = pd.DataFrame({"value_without": pd.Series(dict(without), dtype=float)})
    frame["change"] = frame["value_without"] - value
    frame = frame[frame["change"].abs() > _TINY]
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order[:most]].rename_axis(index="evidence")
