"""Which rows decide: against brute force on sums, where every row's part is known."""

import itertools

import numpy as np
import pytest

from influence.claims.archive import archive
from influence.claims.decisive import candidates, grouped, moves, reversing_set, suspected

PART = {
    "id": "a",
    "outcomes": [
        {"from": None, "to": 0.0, "verdict": "contradicted", "label": "below"},
        {"from": 0.0, "to": 10.0, "verdict": "supported", "label": "between"},
        {"from": 10.0, "to": None, "verdict": "contradicted", "label": "above"},
    ],
}


def decide(parts, cost=lambda row: 1.0):
    total = sum(parts.values())

    def again(rows):
        return total - sum(parts[r] for r in rows)

    return reversing_set(PART, total, {row: again((row,)) for row in parts}, again, cost)


def test_the_largest_rows_go_first():
    rows, reached = decide({"p": 5.0, "q": 3.0, "r": 2.0, "s": -4.0, "t": -1.5})
    assert rows == ("p",)
    assert reached == pytest.approx(-0.5)


def test_a_row_that_is_not_needed_is_put_back():
    # Sorted by what it moves, p comes first; q alone is not enough, p and q are, and r adds nothing.
    rows, _ = decide({"p": 3.0, "q": 2.0, "r": 1.0, "s": -1.5})
    assert rows == ("p", "q")


def test_the_cheaper_end_is_taken():
    rows, reached = decide({"p": 4.0, "q": 4.9, "s": -2.5})  # 6.4: striking s lifts it to 8.9, still between
    assert reached < 0 and rows == ("p", "q")


def test_nothing_is_named_where_nothing_reverses():
    assert decide({"p": 1.0, "q": 1.0})[0] == ()


@pytest.mark.parametrize("seed", range(20))
def test_never_dearer_than_needed_row_by_row(seed):
    rng = np.random.default_rng(seed)
    parts = {f"r{k}": float(v) for k, v in enumerate(rng.normal(1.0, 2.0, 8).round(2))}
    total = sum(parts.values())
    if not 0 <= total < 10:
        return
    rows, reached = decide(parts)
    sets = [s for n in range(1, 9) for s in itertools.combinations(parts, n)]
    reversing = [s for s in sets if not 0 <= round(total - sum(parts[r] for r in s), 9) < 10]
    assert bool(rows) == bool(reversing)
    if rows:
        assert not 0 <= reached < 10
        assert len(rows) == min(len(s) for s in reversing)  # for sums of equal cost the greedy set is the smallest


def test_moves_are_sorted_and_without_idle_rows():
    table = moves({"a": 1.0, "b": 3.0, "c": 2.0}, 2.0)
    assert table["change"].tolist() == [-1.0, 1.0]
    assert "c" not in table.index


def test_candidates_are_rows_that_exist():
    opened = archive()
    rows = candidates(opened)
    assert {"treaties:cst_csto", "pipelines:central_asia_china_a", "arms_supply:RUS>KAZ"} <= set(rows)
    assert all(i.startswith("arms_supply:RUS>KAZ:") for i in rows["arms_supply:RUS>KAZ"])
    known = {i for t in {n.partition(":")[0] for n in rows} - {"pipelines"} for i in opened.table(t)["evidence_id"]}
    assert {i for name, ids in rows.items() if not name.startswith("pipelines:") for i in ids} <= known


def test_groups_part_the_candidates_of_a_layer():
    opened = archive()
    rows = candidates(opened)
    groups = grouped(rows, opened, ("security",))
    together = [row for own in groups.values() for row in own]
    assert len(together) == len(set(together))
    tables = ("security_ties", "treaties", "exercises", "arms_supply")
    assert set(together) == {row for row in rows if row.startswith(tables)}
    assert "exercises 2007" in groups and grouped(rows, opened, ("trade",)) == {}


def test_what_moves_nothing_is_no_suspect():
    groups = {"x": ("a", "b"), "y": ("c",), "z": tuple(f"z{k}" for k in range(70))}
    assert suspected({"x": 0.5, "y": 0.0, "z": 0.2}, groups) == ["a", "b"]
    assert suspected({"x": 0.5, "y": 0.7, "z": 0.9}, groups)[:1] == ["z0"]  # the group that moves most is always in
