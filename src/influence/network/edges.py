"""The one door through which ties enter: an edge table is checked, sorted and parted into ties and evidence."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from influence.errors import DataError, Problem

STATUS = ("present", "absent", "refused", "proposed", "unknown")
TIES = ["layer", "source", "target", "kind", "start", "end", "year", "weight", "status", "mutual", "evidence_id"]
EVIDENCE = [
    "table",
    "key",
    "source_id",
    "locator",
    "rule",
    "evidence_kind",
    "presence_confidence",
    "value_confidence",
    "note",
]


def read_edges(
    frame: pd.DataFrame,
    actors: Iterable[str],
    organizations: Iterable[str],
    two_mode: Iterable[str],
    undirected: Iterable[str],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Check an edge table and part it into ties and evidence.

    Parameters
    ----------
    frame : pandas.DataFrame
        See `MultilayerNetwork.from_edges`.
    actors, organizations : iterable of str
        Who may stand in source and target; in a two-mode layer the target is an organization.
    two_mode, undirected : iterable of str
        The names of the layers that are.

    Returns
    -------
    ties : pandas.DataFrame
        Columns `TIES`, sorted, with evidence_id as a key into
    evidence : pandas.DataFrame
        Columns `EVIDENCE`, indexed by evidence_id.

    Raises
    ------
    DataError
        All problems at once, each with row, column and value (row 1 is the first row of the frame).
    """
    need_columns(frame)
    ties = frame.reset_index(drop=True).copy()
    ties["kind"] = ties["kind"].astype(str) if "kind" in ties else ties["layer"].astype(str)
    ties["weight"] = pd.to_numeric(ties["weight"]).astype(float) if "weight" in ties else 1.0
    ties["status"] = ties["status"].fillna("present") if "status" in ties else "present"
    ties["year"] = ties["year"].astype("Int64") if "year" in ties else pd.array([pd.NA] * len(ties), dtype="Int64")
    for column in ("start", "end"):
        dates = pd.to_datetime(ties[column]) if column in ties else pd.Series(pd.NaT, index=ties.index)
        ties[column] = dates.astype("datetime64[s]")
    flagged = ties["mutual"].fillna(False).astype(bool) if "mutual" in ties else pd.Series(False, index=ties.index)
    ties["mutual"] = flagged | ties["layer"].isin(list(undirected))
    if "evidence_id" not in ties:
        digits = len(str(max(len(ties), 1)))
        ties["evidence_id"] = [f"edge-{k:0{digits}d}" for k in range(1, len(ties) + 1)]
    problems = list(_problems(ties, set(actors), set(organizations), set(two_mode)))
    if problems:
        raise DataError(sorted(problems, key=lambda p: (p.row or 0, p.column or "")))
    for column in EVIDENCE:
        if column not in ties:
            ties[column] = None
    evidence = ties.drop_duplicates("evidence_id").set_index("evidence_id")[EVIDENCE].sort_index()
    ties.loc[ties["status"] != "present", "weight"] = np.nan
    order = ["layer", "kind", "source", "target", "year", "start", "evidence_id"]
    return ties[TIES].sort_values(order, kind="stable", ignore_index=True), evidence


def need_columns(frame: pd.DataFrame) -> None:
    """A table of ties has at least layer, source and target."""
    lost = [c for c in ("layer", "source", "target") if c not in frame.columns]
    if lost:
        raise DataError([Problem("edges", None, c, None, "this column is missing") for c in lost])


def _problems(ties: pd.DataFrame, actors: set[str], organizations: set[str], two_mode: set[str]) -> Iterable[Problem]:
    def each(mask: pd.Series, column: str, message: str) -> Iterable[Problem]:
        for k in ties.index[mask]:
            yield Problem("edges", int(k) + 1, column, str(ties.at[k, column]), message)

    affiliation = ties["layer"].isin(list(two_mode))
    yield from each(~ties["source"].isin(list(actors)), "source", "not an actor; add it to the actors or mend the name")
    yield from each(
        ~affiliation & ~ties["target"].isin(list(actors)),
        "target",
        "not an actor; add it to the actors or mend the name",
    )
    yield from each(
        affiliation & ~ties["target"].isin(list(organizations)),
        "target",
        "not an organization; a two-mode tie ends in one",
    )
    present = ties["status"] == "present"
    yield from each(~ties["status"].isin(STATUS), "status", f"must be one of {', '.join(STATUS)}")
    yield from each(
        present & (ties["weight"].isna() | (ties["weight"] < 0) | ~np.isfinite(ties["weight"].fillna(0))),
        "weight",
        "a present tie has a weight of 0 or more; what is missing has status unknown",
    )
    yield from each(ties["end"] < ties["start"], "end", "the tie ends before it starts")
    yield from each(
        ties["year"].notna() & (ties["start"].notna() | ties["end"].notna()), "year", "give a year or a spell"
    )


def in_force(ties: pd.DataFrame, year: int, rule: str) -> np.ndarray:
    """How much of each tie counts in a year: 0 or 1, or with ``rule="share"`` the share of the year's days.

    A snapshot is the state on 31 December. An end is the first day without the tie: what ends on or before that day
    has ended. A tie of a year counts in that year; a tie without any date always.
    """
    only = ties["year"].to_numpy(dtype=float, na_value=np.nan)
    first, last = np.datetime64(f"{year:04d}-01-01", "s"), np.datetime64(f"{year:04d}-12-31", "s")
    start = ties["start"].to_numpy(dtype="datetime64[s]")
    end = ties["end"].to_numpy(dtype="datetime64[s]")
    start = np.where(np.isnat(start), np.datetime64("0001-01-01", "s"), start)
    end = np.where(np.isnat(end), np.datetime64("9999-12-31", "s"), end)
    if rule == "31 December":
        spell = ((start <= last) & (end > last)).astype(float)
    elif rule == "any":
        spell = ((start <= last) & (end > first)).astype(float)
    elif rule == "share":
        following = last + np.timedelta64(1, "D")
        spell = np.clip((np.minimum(end, following) - np.maximum(start, first)) / (following - first), 0.0, None)
    else:
        raise ValueError(f'rule must be "31 December", "any" or "share", not {rule!r}')
    return np.where(np.isnan(only), spell, only == year)
