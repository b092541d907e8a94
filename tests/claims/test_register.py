"""The register of claims: digests, recorded changes, verdicts, and the committed rules themselves."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.claims.register import DECIDING, VERDICTS, check_fixed, claims_digest, combine, outcome

DATA = Path(__file__).resolve().parents[2] / "data"
PARITY = {
    "outcomes": [
        {"from": None, "to": -0.5, "verdict": "contradicted", "label": "low"},
        {"from": -0.5, "to": 0.5, "verdict": "supported", "label": "parity"},
        {"from": 0.5, "to": 1.0, "verdict": "contradicted", "label": "lead"},
        {"from": 1.0, "to": None, "verdict": "contradicted", "label": "clear lead"},
    ]
}
NO_CHANGES = pd.DataFrame(columns=["change_id", "claim_id", "date", "field", "old", "new", "reason"])


@pytest.fixture
def claims() -> pd.DataFrame:
    rule = {"parts": [PARITY | {"id": "a"}], "combine": "single"}
    row = dict.fromkeys(DECIDING, "x") | {
        "primary_specification": json.dumps({"source": "one", "boundary": "all"}),
        "rule": json.dumps(rule),
        "true_by_construction": "false",
        "years": "2012",
        "note": "as first written",
    }
    return pd.DataFrame([row | {"claim_id": "C01"}, row | {"claim_id": "C02", "measure": "y"}])


def change(**cells: str) -> pd.DataFrame:
    row = {"change_id": "R001", "claim_id": "C01", "date": "2027-01-01", "field": "measure", "old": "x", "new": "z"}
    return pd.DataFrame([row | {"reason": "a reason"} | cells])


def test_digest_ignores_what_does_not_decide(claims: pd.DataFrame) -> None:
    same = claims.iloc[::-1].assign(note="edited", extra=1)
    parsed = [{"boundary": "all", "source": "one"}] * 2
    same = same.assign(primary_specification=parsed, true_by_construction=False, years=2012)
    assert claims_digest(same) == claims_digest(claims)


@pytest.mark.parametrize("column", DECIDING)
def test_digest_sees_every_deciding_column(claims: pd.DataFrame, column: str) -> None:
    before = claims_digest(claims)
    claims.loc[0, column] = '{"other": 1}'
    after = claims_digest(claims)
    assert after["claims"]["C01"] != before["claims"]["C01"]
    assert after["claims"]["C02"] == before["claims"]["C02"]
    assert after["all"] != before["all"]


def test_digest_refuses_a_claim_twice(claims: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="twice: C01"):
        claims_digest(claims.assign(claim_id="C01"))


def test_unchanged_claims_have_no_problem(claims: pd.DataFrame) -> None:
    assert check_fixed(claims, claims_digest(claims), NO_CHANGES) == []


def test_an_unrecorded_change_is_found_and_a_recorded_one_is_not(claims: pd.DataFrame) -> None:
    fixed = claims_digest(claims)
    claims.loc[0, "measure"] = "z"
    [problem] = check_fixed(claims, fixed, NO_CHANGES)
    assert problem.startswith("C01 differs")
    assert check_fixed(claims, fixed, change()) == []
    [problem] = check_fixed(claims, fixed, change(claim_id="C02", field="measure", new="y"))
    assert problem.startswith("C01 differs")


def test_a_later_change_does_not_hide_behind_an_earlier_record(claims: pd.DataFrame) -> None:
    fixed = claims_digest(claims)
    claims.loc[0, "measure"] = "w"
    assert check_fixed(claims, fixed, change()) == ["C01 has another measure than R001 in rule_changes records"]
    later = change(change_id="R002", date="2027-02-01", old="z", new="w")
    assert check_fixed(claims, fixed, pd.concat([later, change()])) == []


def test_added_and_lost_claims_are_found(claims: pd.DataFrame) -> None:
    fixed = claims_digest(claims)
    swapped = claims.assign(claim_id=["C01", "C03"])
    assert check_fixed(swapped, fixed, NO_CHANGES) == [
        "C03 was added and rule_changes has no row for it",
        "C02 is gone and rule_changes has no row for it",
    ]


def test_an_edited_digest_is_found(claims: pd.DataFrame) -> None:
    fixed = claims_digest(claims)
    claims.loc[0, "measure"] = "z"
    fixed["claims"]["C01"] = claims_digest(claims)["claims"]["C01"]
    assert check_fixed(claims, fixed, NO_CHANGES) == ["the digests fixed in advance do not agree with their own total"]


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (-0.2, 0.2, "supported"),
        (-0.5, 0.4, "supported"),  # the lower bound belongs to the interval
        (0.2, 0.5, "undetermined"),  # the upper one does not
        (0.5, 0.5, "contradicted"),
        (0.7, 3.0, "contradicted"),  # two adjoining outcomes with one verdict
        (-2.0, 2.0, "undetermined"),  # contradicted on either side, supported between
        (-math.inf, -1.0, "contradicted"),
        (-math.inf, math.inf, "undetermined"),
    ],
)
def test_outcome_by_hand(low: float, high: float, verdict: str) -> None:
    assert outcome(PARITY, low, high) == verdict


def test_outcome_takes_the_verdict_of_the_rule_where_a_bound_is_crossed() -> None:
    assert outcome(PARITY, 0, 2, crosses_bound="mixed") == "mixed"


@pytest.mark.parametrize(("low", "high"), [(1, 0), (math.nan, 1), (0, math.nan)])
def test_outcome_refuses_what_is_no_interval(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="not an interval"):
        outcome(PARITY, low, high)


@given(st.floats(-3, 3), st.floats(0, 2), st.floats(0, 1))
def test_a_narrower_interval_never_overturns_a_verdict(middle: float, half: float, factor: float) -> None:
    wide = outcome(PARITY, middle - half, middle + half)
    narrow = outcome(PARITY, middle - half * factor, middle + half * factor)
    assert wide in ("undetermined", narrow)


@pytest.mark.parametrize(
    ("verdicts", "how", "verdict"),
    [
        (["supported"], "single", "supported"),
        (["supported", "supported"], "all", "supported"),
        (["contradicted", "contradicted"], "all", "contradicted"),
        (["supported", "undetermined"], "all", "mixed"),
        (["undetermined", "undetermined"], "all", "undetermined"),
        (["supported", "contradicted"], "any", "supported"),
        (["contradicted", "undetermined"], "any", "undetermined"),
        (["contradicted", "contradicted"], "any", "contradicted"),
        (["supported", "contradicted"], "listed", "mixed"),
        (["contradicted", "contradicted"], "listed", "contradicted"),
    ],
)
def test_combine_by_hand(verdicts: list[str], how: str, verdict: str) -> None:
    assert combine(verdicts, how) == verdict


@pytest.mark.parametrize(
    ("verdicts", "how", "message"),
    [
        ([], "all", "none"),
        (["true"], "all", "true"),
        (["supported", "supported"], "single", "found 2"),
        (["supported"], "most", "'most'"),
    ],
)
def test_combine_refuses(verdicts: list[str], how: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        combine(verdicts, how)


def read(name: str) -> list[dict[str, str]]:
    with open(DATA / name, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_register_is_whole() -> None:
    rows = read("article_claims.csv")
    assert [row["claim_id"] for row in rows] == [f"C{number:02d}" for number in range(1, 89)]
    assert sum(row["headline"] == "true" for row in rows) == 12


def test_every_rule_can_support_and_can_contradict() -> None:
    for row in read("article_claims.csv"):
        rule = json.loads(row["rule"])
        if not rule["parts"]:
            assert rule["verdict"] in ("not testable here", "not a network claim"), row["claim_id"]
            assert rule["reason"], row["claim_id"]
            continue
        assert rule["combine"] in ("single", "all", "any", "listed"), row["claim_id"]
        assert (rule["combine"] == "single") == (len(rule["parts"]) == 1), row["claim_id"]
        for part in rule["parts"]:
            where = f"{row['claim_id']}{part['id']}"
            cells = part["outcomes"]
            verdicts = {cell["verdict"] for cell in cells}
            assert {"supported", "contradicted"} <= verdicts <= set(VERDICTS), where
            # The intervals tile the line: each begins where the one before it ends, and none is empty.
            ends = [cell["to"] for cell in cells[:-1]]
            assert [cell["from"] for cell in cells] == [None, *ends], where
            assert cells[-1]["to"] is None, where
            assert all(a < b for a, b in zip(ends, ends[1:], strict=False)), where


def test_the_rules_are_those_fixed_in_advance() -> None:
    claims = pd.DataFrame(read("article_claims.csv"))
    changes = pd.DataFrame(read("rule_changes.csv"), columns=NO_CHANGES.columns)
    fixed = json.loads((DATA / "claims_fixed.json").read_text(encoding="utf-8"))
    assert check_fixed(claims, fixed, changes) == []
