"""What notebook 09 says in words of a claim or a part is what the recorded results say."""

import json
import re
from pathlib import Path

import pytest

import influence as inf

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "09_claims_ledger.ipynb"
VERDICT = r"(supported|contradicted|undetermined|mixed|not testable here|not a network claim)"
CLAIM = re.compile(rf"\*\*(C\d\d): {VERDICT}\.?\*\*")
PART = re.compile(rf"\(([a-e](?:, [a-e])*): {VERDICT}\)")
TALLY = re.compile(
    r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|most|half)\s+(of\s+the\s+\w+\s+)?"
    r"(claims?\s+)?(is|are|was|were|come out|came out)\s+(supported|contradicted)",
    re.I,
)


@pytest.fixture(scope="module")
def prose():
    """The Markdown cells in order."""
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]


def told(prose):
    """(claim, verdict) and (claim, part, verdict), as the words have them; parts stand after their claim."""
    claims, parts = [], []
    for text in prose:
        own = CLAIM.findall(text)
        claims += own
        if own:
            claim = own[0][0]
            parts += [(claim, p, v) for ids, v in PART.findall(text) for p in ids.split(", ")]
    return claims, parts


def test_every_headline_claim_is_told_with_its_verdict(prose):
    book = inf.claims.recorded()
    claims, _ = told(prose)
    assert sorted(c for c, _ in claims) == sorted(book.index[book["headline"].astype(str) == "True"])
    assert {c: v for c, v in claims} == {c: book.loc[c, "verdict"] for c, _ in claims}


def test_every_part_is_told_with_its_verdict(prose):
    rows = inf.claims.recorded("claims_parts").set_index(["claim", "part"])["verdict"]
    claims, parts = told(prose)
    assert parts
    assert {(c, p) for c, p, _ in parts} == {i for i in rows.index if i[0] in dict(claims)}
    assert {(c, p): v for c, p, v in parts} == {(c, p): rows[c, p] for c, p, _ in parts}


def test_no_tally_of_verdicts(prose):
    assert not [found.group(0) for text in prose for found in TALLY.finditer(text)]


def test_a_tally_would_be_seen():
    assert TALLY.search("Five of the twelve are supported.") and TALLY.search("Half were contradicted")


def test_wrong_words_would_be_seen(prose):
    assert told(["**C01: mixed.** (a, b: supported) and (c: undetermined)"]) == (
        [("C01", "mixed")],
        [("C01", "a", "supported"), ("C01", "b", "supported"), ("C01", "c", "undetermined")],
    )
