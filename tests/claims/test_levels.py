"""Figures over years: bounds of a change never stand beside levels, and no line is drawn twice."""

import json

import pandas as pd

import influence as inf
from influence.claims.levels import OF_LEVELS, over_years
from influence.figures import claim_years

BOUND = [
    {"from": None, "to": 0.5, "verdict": "contradicted", "label": "low"},
    {"from": 0.5, "to": None, "verdict": "supported", "label": "high"},
]


def part(name, aggregate):
    return {"id": name, "quantity": "q", "unit": "share", "aggregate": aggregate, "outcomes": BOUND}


def line(name, *values):
    own = {"part": name, "year": range(2001, 2001 + len(values)), "value": values}
    return pd.DataFrame(own).assign(low=lambda f: f["value"] - 0.1, high=lambda f: f["value"] + 0.1)


def test_a_change_is_shown_without_the_bounds_of_the_rule():
    frame = pd.concat([line("a", 0.2, 0.3), line("b", 0.4, 0.6), line("c", 0.1, 0.1)])
    parts = [part("a", "difference 2001-2002"), part("b", "mean of years 2001-2002"), part("c", "pooled")]
    panels = over_years(parts, frame)
    assert [[c["label"] for c in p["outcomes"]] for p in panels] == [
        ["judged: difference 2001-2002"],
        ["low", "high"],
        ["judged: pooled"],
    ]
    axes = claim_years(frame, panels).axes
    assert [len(a.patches) for a in axes[:3]] == [0, 1, 0]  # the tint of where the claim would be supported


def test_the_same_line_is_drawn_once():
    frame = pd.concat([line("a", 0.2, 0.3), line("b", 0.2, 0.3), line("d", 0.2, 0.4)])
    parts = [part(name, "every year") for name in "abcd"]
    assert [p["id"] for p in over_years(parts, frame)] == ["a", "d"]


def test_every_aggregate_of_the_register_is_a_level_a_change_or_without_years():
    rules = inf.tables.read_table("article_claims")["rule"].map(lambda r: r if isinstance(r, dict) else json.loads(r))
    told = {str(p["aggregate"]) for rule in rules for p in rule["parts"]}
    assert any(a.startswith(OF_LEVELS) for a in told) and any(a.startswith("difference") for a in told)
    assert not [a for a in told if a.startswith(OF_LEVELS) and ("differen" in a or "change" in a)]
