"""One claim out of recorded tables: every number it shows is the table's, the rule's words are the rule's."""

import json

import pandas as pd
import pytest

from influence.claims import draw_curve, draw_parts, draw_years, recorded_claim
from influence.tables import write_table

SPECIFICATIONS = [("event", "baci", -0.9, True), ("event", "cow", 0.1, False), ("newman", "baci", -1.4, False)]


@pytest.fixture
def folder(tmp_path):
    """Tables as the main job writes them, of C40 and of one claim beside it."""
    common = {"quantity": "share", "unit": "share", "years": "2001-2012", "label": ""}
    curve = [
        {"claim": "C40", "part": "b", "specification": json.dumps({"unit": u, "trade_source": s}), "value": v}
        | {"rank": k + 1, "primary": first, "weight": 1 / 3}
        for k, (u, s, v, first) in enumerate(SPECIFICATIONS)
    ]
    tests = {"expected": 0.0, "worlds": 8, "share": 2 / 3, "median": -0.9, "specifications": 3, "smallest_p": 1 / 9}
    moves = [("treaties:x", -0.02, True, "a_source;b_source"), ("treaties:y", 0.3, False, "a_source")]
    tables = {
        "claims_ledger": [
            {"claim": c, "verdict": v, "false_support": r, "weak_test": r > 0.2, "source_dependent": c == "C40"}
            for c, v, r in (("C40", "mixed", 0.25), ("C44", "contradicted", float("nan")))
        ],
        "claims_parts": [
            {"claim": "C40", "part": p, "value": x, "low": x - 0.1, "high": x + 0.1, "verdict": "contradicted"} | common
            for p, x in zip("abc", (0.0, 0.1, 0.2), strict=True)
        ],
        "claims_years": [{"claim": "C40", "part": "a", "year": 2001, "value": 0.1, "low": 0.0, "high": 0.2}],
        "claims_curves": curve,
        "claims_tests": [
            {"claim": "C40", "part": "b", "statistic": s, "observed": 0.1, "p": p} | tests
            for s, p in (("median", 0.5), ("share", 0.6), ("joint", 0.7))
        ],
        "claims_placebos": [
            {"claim": "C40", "placebo": w, "part": p, "value": 0.1, "verdict": "supported"}
            for w in ("TUR as RUS", "IRN as RUS")
            for p in "abc"
        ],
        "claims_decisive": [
            {"claim": "C40", "part": "b", "evidence": e, "value_without": 0.0, "change": x, "in_set": inside}
            | {"source_id": s, "locator": "p. 1", "presence_confidence": "high", "value_without_set": 0.01}
            | {"verdict_without_set": "contradicted", "probability": 0.02, "trade_factors": "RUS 1.5"}
            for e, x, inside, s in moves
        ],
    }
    for name, rows in tables.items():
        write_table(pd.DataFrame(rows), tmp_path / f"{name}.csv", sort=[c for c in ("claim", "part") if c in rows[0]])
    return tmp_path


def test_the_rule_is_told_as_the_register_has_it(folder):
    rule = recorded_claim("C40", folder).rule
    assert rule.loc["a", "supported"] == "0.05 or more (more uneven against Russia)"
    assert rule.loc["a", "contradicted"] == "below 0.05 (not more uneven)"
    assert rule.loc["c", "undetermined"] == "" and list(rule.index) == ["a", "b", "c"]


def test_numbers_are_those_of_the_tables(folder):
    page = recorded_claim("C40", folder)
    assert page.found.loc["b", ["value", "low", "high"]].tolist() == pytest.approx([0.1, 0.0, 0.2])
    assert page.robustness.loc["b", ["p", "agreeing", "worlds"]].tolist() == pytest.approx([0.7, 2 / 3, 8])
    assert page.robustness["p"].isna().tolist() == [True, False, True]
    assert page.placebos.index.tolist() == ["IRN as RUS", "TUR as RUS"]
    assert page.receipts.index.tolist() == [("b", "treaties:y"), ("b", "treaties:x")]
    assert page.reversal.loc["b", ["rows", "verdict", "trade"]].tolist() == [1, "contradicted", "RUS 1.5"]
    assert page.reversals == [
        "a: no single row of evidence moves it",
        "b: 0.01 (contradicted) without 1 of its rows, all of them wrong with a probability of 0.02; all trade with "
        "Central Asia would have to be wrong by a factor: RUS by 1.5",
        "c: no single row of evidence moves it",
    ]
    assert page.sources == ["a_source", "b_source", "baci", "cow_trade_v4"]


def test_ranks_count_the_worlds_that_lie_as_deep_in_the_outcome(folder):
    # Own values 0, .1, .2 against .1 in both worlds; a bound of .05: a (0) lies .05 below it and .1 not, so it is
    # first; b ties with both; c (.2) lies .15 above the bound, the worlds .05.
    ranks = recorded_claim("C40", folder).ranks
    assert ranks["p"].tolist() == pytest.approx([1 / 3, 1.0, 1 / 3])
    assert ranks["smallest_p"].tolist() == pytest.approx([1 / 3] * 3)
    assert recorded_claim("C44", folder).ranks["p"].isna().all()


def test_the_head_says_verdict_weakness_and_dependence_on_a_source(folder):
    told = repr(recorded_claim("C40", folder))
    assert told.splitlines() == [
        "C40 (p. 462; asserted): mixed",
        "the rule supports in 25% of the placebo worlds: a weak test",
        "source-dependent: the two sources of trade, each alone, give different verdicts",
    ]
    assert "no placebo applies" in repr(recorded_claim("C44", folder))


def test_the_curve_is_that_of_the_part_with_a_column_a_choice(folder):
    page = recorded_claim("C40", folder)
    frame = page.specifications("b")
    assert set(frame["unit"]) == {"event", "newman"}
    assert frame.loc[frame["primary"], ["unit", "trade_source"]].to_numpy().tolist() == [["event", "baci"]]
    with pytest.raises(ValueError, match="C40 has no specification curve of part a"):
        page.specifications("a")


@pytest.fixture
def saved(folder, tmp_path, monkeypatch):
    """What a drawing leaves: its sidecar and the data behind it."""
    monkeypatch.setenv("INFLUENCE_FIGURES", str(tmp_path / "figures"))
    sources = (
        (folder / "claims_decisive.csv").read_text().replace("a_source;b_source", "baci").replace("a_source", "baci")
    )
    (folder / "claims_decisive.csv").write_text(sources)

    def read(name):
        return json.loads((tmp_path / "figures" / f"{name}.json").read_text())

    return read


def test_figures_tell_the_numbers_they_draw(folder, saved):
    page = recorded_claim("C40", folder)
    curve = draw_curve(page, "b").figure
    assert [t.get_text() for t in curve.axes[1].get_yticklabels()] == ["event", "newman", "baci", "cow"]
    assert "from -1.4 to 0.1, median -0.9; 67% of" in saved("claim_c40_b_curve")["alt"]
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_years(page, "b")
    draw_years(page, "ab")
    assert "0.1 in 2001" in saved("claim_c40_years")["alt"]
    draw_parts(page, beside="Said beside.")
    told = saved("claim_c40_parts")
    assert "Part c, share: 0.2, from 0.1 to 0.3, contradicted." in told["alt"]
    assert "Said beside." in told["caption"] and told["sources"] == ["baci", "cow_trade_v4"]


def test_an_unknown_claim_is_named(folder):
    with pytest.raises(KeyError, match="C99"):
        recorded_claim("C99", folder)
