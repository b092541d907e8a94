"""The register of claims: what was fixed in advance, what has changed since, and how a rule decides."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from influence._paths import data_dir
from influence.tables import read_table

DECIDING = (
    "quantity",
    "measure",
    "boundary",
    "primary_specification",
    "years",
    "aggregation",
    "smallest_effect",
    "rule",
    "true_by_construction",
    "data_here",
)
"""Columns of `article_claims` that decide a verdict; a note or a paraphrase may be mended freely."""

JSON_COLUMNS = ("primary_specification", "rule")
VERDICTS = ("supported", "contradicted", "undetermined", "mixed")


def claims_digest(frame: pd.DataFrame) -> dict[str, Any]:
    """Fingerprint of the deciding columns of each claim and of all of them together.

    Reordered rows, other columns, and the layout or key order of JSON leave it unchanged.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table `article_claims`, with JSON and booleans either parsed or as text.

    Returns
    -------
    dict
        ``{"claims": {claim_id: sha256}, "all": sha256}``, claims sorted by id.

    Raises
    ------
    ValueError
        A claim id occurs twice.
    """
    twice = frame["claim_id"][frame["claim_id"].duplicated()]
    if len(twice):
        raise ValueError(f"claim_id occurs twice: {', '.join(sorted(set(twice)))}")
    claims = {
        str(row["claim_id"]): _sha256({name: _canonical(row[name], name) for name in DECIDING})
        for row in sorted(frame.to_dict("records"), key=lambda row: str(row["claim_id"]))
    }
    return {"claims": claims, "all": _sha256(claims)}


def check_fixed(frame: pd.DataFrame, fixed: Mapping[str, Any], changes: pd.DataFrame) -> list[str]:
    """What differs from the rules fixed in advance without being recorded.

    Parameters
    ----------
    frame : pandas.DataFrame
        Table `article_claims`.
    fixed : mapping
        What `claims_digest` gave when the rules were fixed (`claims_fixed.json`).
    changes : pandas.DataFrame
        Table `rule_changes`.

    Returns
    -------
    list of str
        One sentence a problem; empty if every difference is recorded. A change is recorded if the claim has a row
        in `changes` and the last row of each of its fields gives the value that the table now has.
    """
    now, then = claims_digest(frame)["claims"], fixed["claims"]
    recorded = set(changes["claim_id"])
    problems = [
        f"{claim} was added and rule_changes has no row for it" for claim in sorted(now.keys() - then.keys() - recorded)
    ]
    problems += [
        f"{claim} is gone and rule_changes has no row for it" for claim in sorted(then.keys() - now.keys() - recorded)
    ]
    problems += [
        f"{claim} differs from the rule fixed in advance and rule_changes has no row for it"
        for claim in sorted((now.keys() & then.keys()) - recorded)
        if now[claim] != then[claim]
    ]
    if _sha256(then) != fixed["all"]:
        problems.append("the digests fixed in advance do not agree with their own total")

    rows = frame.set_index("claim_id")
    latest = changes.sort_values(["date", "change_id"]).drop_duplicates(["claim_id", "field"], keep="last")
    for change in latest.sort_values("change_id").to_dict("records"):
        claim, field = change["claim_id"], change["field"]
        if field not in DECIDING or claim not in rows.index:
            continue
        if _canonical(rows.at[claim, field], field) != _canonical(change["new"], field):
            problems.append(f"{claim} has another {field} than {change['change_id']} in rule_changes records")
    return problems


def unrecorded_changes() -> list[str]:
    """How the bundled rules differ from those fixed before any layer was built, without a row of `rule_changes`.

    Returns
    -------
    list of str
        One sentence a problem, as `check_fixed` gives them.

    Examples
    --------
    >>> import influence as inf
    >>> inf.claims.unrecorded_changes()
    []
    """
    fixed = json.loads((data_dir() / "claims_fixed.json").read_text(encoding="utf-8"))
    return check_fixed(read_table("article_claims"), fixed, read_table("rule_changes"))


def outcome(part: Mapping[str, Any], low: float, high: float, *, crosses_bound: str = "undetermined") -> str:
    """Verdict of one part of a rule for an interval.

    Parameters
    ----------
    part : mapping
        A part of a rule; its outcomes are intervals [from, to) that tile the real line in ascending order.
    low, high : float
        Ends of the interval of the result, both included; infinite ends are allowed.
    crosses_bound : str
        What holds if the interval touches outcomes of different verdicts (the rule's `crosses_bound`).

    Returns
    -------
    str
        The common verdict of the outcomes that the interval touches, else `crosses_bound`.

    Raises
    ------
    ValueError
        An end is NaN, or low is above high: a result that could not be computed has no verdict.

    Examples
    --------
    >>> parity = {"outcomes": [{"from": None, "to": -0.405, "verdict": "contradicted"},
    ...                        {"from": -0.405, "to": 0.405, "verdict": "supported"},
    ...                        {"from": 0.405, "to": None, "verdict": "contradicted"}]}
    >>> outcome(parity, -0.1, 0.3), outcome(parity, 0.3, 0.5), outcome(parity, 0.5, 0.9)
    ('supported', 'undetermined', 'contradicted')
    """
    if math.isnan(low) or math.isnan(high) or low > high:
        raise ValueError(f"not an interval: [{low}, {high}]")
    touched = [
        cell["verdict"]
        for cell in part["outcomes"]
        if (cell["to"] is None or low < cell["to"]) and (cell["from"] is None or high >= cell["from"])
    ]
    return touched[0] if len(set(touched)) == 1 else crosses_bound


def combine(verdicts: Sequence[str], how: str) -> str:
    """One verdict from those of the parts of a rule.

    Parameters
    ----------
    verdicts : sequence of str
        Verdicts of the parts (or of the years, for the aggregate "every year", with how="all").
    how : {"single", "all", "any", "listed"}
        single: the verdict of the one part. all, listed: the common verdict, else mixed. any: supported if a part is,
        contradicted if every part is, else undetermined.

    Raises
    ------
    ValueError
        No verdict, an unknown one, an unknown `how`, or several verdicts under "single".

    Examples
    --------
    >>> combine(["supported", "contradicted"], "listed"), combine(["supported", "contradicted"], "any")
    ('mixed', 'supported')
    """
    unknown = sorted(set(verdicts) - set(VERDICTS))
    if unknown or not verdicts:
        raise ValueError(f"verdicts must be some of {', '.join(VERDICTS)}; found {unknown or 'none'}")
    common = verdicts[0] if len(set(verdicts)) == 1 else None
    if how == "single":
        if len(verdicts) > 1:
            raise ValueError(f"a single rule has one verdict, found {len(verdicts)}")
        return verdicts[0]
    if how in ("all", "listed"):
        return common or "mixed"
    if how == "any":
        return "supported" if "supported" in verdicts else common or "undetermined"
    raise ValueError(f"how must be single, all, any or listed, not {how!r}")


def _canonical(value: Any, column: str) -> Any:
    """The value as it counts: JSON parsed, booleans and numbers as text, missing as empty."""
    if column in JSON_COLUMNS:
        return json.loads(value) if isinstance(value, str) else value
    if pd.isna(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of years with an empty cell is read as floating point
    text = str(value)
    return text.lower() if column == "true_by_construction" else text


def _sha256(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
