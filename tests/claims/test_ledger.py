"""The ledger: complete, not wired, the same again, and changed by the ties that it says decide."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import influence as inf
from influence.claims import derived, themes
from influence.claims.archive import archive
from influence.claims.book import entered, told
from influence.claims.judging import judge, verdict_of
from influence.claims.measure import all_measures
from influence.claims.runs import Measured
from influence.claims.world import Cast, World

DERIVED = Path(inf.__file__).parents[2] / "data" / "derived"
VERDICTS = {"supported", "contradicted", "undetermined", "mixed", "not testable here", "not a network claim"}


@pytest.fixture(scope="module")
def register():
    claims = inf.tables.read_table("article_claims").rename(columns={"claim_id": "claim"})
    controls = inf.tables.read_table("control_claims").rename(columns={"control_id": "claim"})
    return pd.concat([claims, controls]).set_index("claim")


@pytest.fixture(scope="module")
def tested(register):
    """Claim → rule, of the claims that have one."""
    rules = {c: r if isinstance(r, dict) else json.loads(r) for c, r in register["rule"].items()}
    return {c: r for c, r in rules.items() if r["parts"]}


def test_every_claim_with_a_rule_is_measured_and_no_other(tested):
    assert set(all_measures()) == set(tested)


def test_every_claim_has_a_verdict_or_a_reason():
    book = inf.claims.recorded()
    assert len(book) == 88 + 4
    assert set(book["verdict"]) <= VERDICTS
    aside = book["verdict"].isin(["not testable here", "not a network claim"])
    assert (book.loc[aside, "reason"].str.len() > 10).all()
    assert (book.loc[~aside, "result"].str.len() > 10).all()


def test_a_claim_without_a_result_is_set_aside_with_its_reason():
    book = entered({}, ["C79", "C28"])
    assert book["verdict"].tolist() == ["not a network claim", "not testable here"]
    assert book["reason"].str.len().min() > 10


def opposite(part, verdict):
    """A number in an outcome of another verdict, well inside it."""
    for cell in part["outcomes"]:
        if cell["verdict"] == verdict:
            low, high = cell["from"], cell["to"]
            if low is None or high is None:
                return high - 1.0 if low is None else low + 1.0
            return (low + high) / 2
    raise AssertionError(f"part {part['id']} has no outcome {verdict}")


def measured(parts, verdict):
    years = (2001, 2002)
    return {
        p["id"]: Measured(v, years, (v, v)) if p["aggregate"] == "every year" else Measured(v)
        for p in parts
        for v in [opposite(p, verdict)]
    }


@pytest.mark.parametrize("claim", sorted(all_measures()))
def test_no_verdict_is_wired(claim, tested, register):
    """Each verdict follows the numbers: replaced by their opposite, it is the opposite."""
    rule = tested[claim]
    constructed = str(register.loc[claim].get("true_by_construction")).lower() == "true"
    for verdict in ("supported", "contradicted"):
        parts = judge(rule, measured(rule["parts"], verdict), [], [])
        expected = "undetermined" if constructed and verdict == "supported" else verdict
        assert verdict_of(rule, parts, by_construction=constructed) == expected


@pytest.mark.parametrize("claim", sorted(all_measures()))
def test_a_measure_reads_the_parts_of_its_rule(claim, tested):
    found = all_measures()[claim].function(World(archive()), Cast())
    assert set(found) == {p["id"] for p in tested[claim]["parts"]}
    for part in tested[claim]["parts"]:
        reading = found[part["id"]]
        assert reading.every_year == (part["aggregate"] == "every year")
        assert not reading.every_year or reading.by_year is not None


def test_no_measure_reads_what_is_expected_of_it():
    """A theme imports nothing of the register, and names no verdict, expectation or outcome."""
    for path in sorted(Path(themes.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not modules & {"influence.claims.register", "influence.claims.judging", "influence.claims.book"}, path
        names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        assert not names & {"expectation", "outcomes", "verdict"}, path
        strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        assert not strings & {"article_claims", "control_claims", "expectation", "supported", "contradicted"}, path


def test_the_negative_controls_come_out_as_they_must():
    book = inf.claims.recorded()
    assert (book.loc[["N01", "N02", "N03", "N04"], "verdict"] == "contradicted").all()


def test_headlines_are_complete():
    """Each of the dozen has an interval, a curve with its test, operating characteristics, and receipts."""
    book = inf.claims.recorded()
    headlines = book.index[book["headline"].astype(bool)]
    assert len(headlines) == 12
    parts, tests = inf.claims.recorded("claims_parts"), inf.claims.recorded("claims_tests")
    placebos, decisive = inf.claims.recorded("claims_placebos"), inf.claims.recorded("claims_decisive")
    for claim in headlines:
        own = parts[parts["claim"] == claim]
        assert own[["value", "low", "high"]].notna().all(axis=None), claim
        assert ((own["low"] <= own["value"]) & (own["value"] <= own["high"])).all(), claim
        joint = tests[(tests["claim"] == claim) & (tests["statistic"] == "joint")]
        assert len(joint) and joint["p"].between(0, 1).all(), claim
        assert (joint["p"] >= joint["smallest_p"] - 1e-12).all(), claim
        assert (placebos["claim"] == claim).sum() >= 4, claim
        # what is read from trade alone has no single row that decides: each year's flow is one
        assert (decisive["claim"] == claim).any() or all_measures()[claim].layers == ("trade",), claim


def test_the_ledger_counts_nothing():
    text = (DERIVED / "claims_ledger.csv").read_text(encoding="utf-8").lower()
    assert "claims supported" not in text and "of 88" not in text


QUICK = ["C32", "C63", "C49", "C16", "N03"]


def test_the_same_bytes_with_one_process_and_two(tmp_path, monkeypatch):
    written = []
    for workers in (1, 2):
        monkeypatch.setenv("INFLUENCE_CACHE", str(tmp_path / f"cache{workers}"))
        found = inf.claims.results(claims=QUICK, draws=6, workers=workers, fresh=True)
        own = tmp_path / str(workers)
        derived.record(found, own)
        written.append({p.name: p.read_bytes() for p in sorted(own.iterdir())})
    assert written[0] == written[1]


def test_what_the_ledger_says_decides_does(tmp_path, monkeypatch):
    monkeypatch.setenv("INFLUENCE_CACHE", str(tmp_path))
    net = inf.load()
    found = inf.claims.results(claims=["C32"], draws=2)["C32"]
    decisive = found.decisive["a"]
    assert decisive.rows == ("security_ties:usa_kgz_manas",)
    left = inf.claims.results(net.without(decisive.rows), claims=["C32"], draws=2)["C32"]
    assert left.verdict == decisive.verdict != found.verdict
    assert left.parts[0].value == pytest.approx(decisive.value)


def test_a_page_says_what_the_ledger_says(tmp_path, monkeypatch):
    monkeypatch.setenv("INFLUENCE_CACHE", str(tmp_path))
    page = inf.claims.test("C32", draws=2)
    assert f"C32 · {page.verdict}" in page.markdown
    assert page.receipts.index[0] == "security_ties:usa_kgz_manas"
    assert page.receipts["source_id"].iloc[0]
    assert "<h3>" in page._repr_html_() and "<script" not in page._repr_html_()
    with pytest.raises(KeyError, match="no claim C99"):
        inf.claims.test("C99")


def test_a_number_that_is_gone_is_said():
    (part,) = judge(
        {"parts": [{"id": "a", "quantity": "q", "unit": "u", "years": "2001", "aggregate": "pooled", "outcomes": []}],
         "combine": "single", "crosses_bound": "undetermined"},
        {"a": Measured(float("nan"))},
        [],
        [],
    )  # fmt: skip
    assert told(part) == "a cannot be computed"
    assert "cannot be computed" in told(replace(part, value=1.0, low=float("nan")))


@pytest.mark.slow
def test_the_committed_results_are_those_that_come_out(tmp_path, monkeypatch):
    """The whole ledger again, from nothing: the tables of data/derived, byte for byte."""
    monkeypatch.setenv("INFLUENCE_CACHE", str(tmp_path / "cache"))
    derived.record(inf.claims.results(workers=2), tmp_path / "derived")
    differ = [
        name
        for name in derived.KEYS
        if (tmp_path / "derived" / f"{name}.csv").read_bytes() != (DERIVED / f"{name}.csv").read_bytes()
    ]
    assert differ == []
