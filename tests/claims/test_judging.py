"""From numbers to verdicts: intervals by hand, outcomes, combination, what may not be called supported."""

import math

import numpy as np
import pytest

from influence.claims.judging import cell_at, interval, judge, verdict_of
from influence.claims.runs import Measured

PARITY = [
    {"from": None, "to": -0.4, "verdict": "contradicted", "label": "Chinese lead"},
    {"from": -0.4, "to": 0.4, "verdict": "supported", "label": "parity"},
    {"from": 0.4, "to": None, "verdict": "contradicted", "label": "Russian lead"},
]


def rule(*aggregates, combine="all"):
    parts = [
        {"id": chr(97 + k), "quantity": "q", "unit": "u", "years": "2001", "aggregate": how, "outcomes": PARITY}
        for k, how in enumerate(aggregates)
    ]
    return {"parts": parts, "combine": combine, "crosses_bound": "undetermined"}


def one(value, **more):
    return {"a": Measured(value, **more)}


@pytest.mark.parametrize(
    ("draws", "shifts", "expected"),
    [
        ([], [], (0.0, 0.0)),
        (np.arange(21) / 10, [], (0.0, 1.9)),  # the 5 and 95 per cent quantiles of 0, 0.1 ... 2 are 0.1 and 1.9
        (np.arange(21) / 10, [-0.5, 0.2], (-0.5, 2.1)),
        (np.arange(21) / 10 + 1, [0.3], (0.0, 3.2)),  # never without the number on the record
    ],
)
def test_the_interval_by_hand(draws, shifts, expected):
    assert interval(0.0, np.array(draws, float), np.array(shifts, float), None, None) == pytest.approx(expected)


def test_an_interval_of_its_own_is_never_narrowed():
    assert interval(0.5, np.full(9, 0.5), np.empty(0), (0.2, 0.8), (0.1, 0.6)) == (0.1, 0.8)


def test_too_many_draws_without_a_number_leave_no_interval():
    few, many = np.array([1.0] * 39 + [np.nan]), np.array([1.0] * 9 + [np.nan])
    assert interval(1.0, few, np.empty(0), None, None) == (1.0, 1.0)
    assert all(math.isnan(end) for end in interval(1.0, many, np.empty(0), None, None))


@pytest.mark.parametrize(
    ("value", "spread", "verdict", "label"),
    [
        (0.0, 0.1, "supported", "parity"),
        (0.39, 0.1, "undetermined", "parity or Russian lead"),
        (-0.9, 0.1, "contradicted", "Chinese lead"),
        (0.0, 0.9, "undetermined", "Chinese lead or parity or Russian lead"),
    ],
)
def test_a_part_is_judged_by_where_its_interval_lies(value, spread, verdict, label):
    draws = [one(value + d) for d in np.linspace(-spread, spread, 101)]
    (part,) = judge(rule("mean of years"), one(value), draws, [])
    assert (part.verdict, part.label) == (verdict, label)


def test_the_opposite_number_turns_the_verdict():
    for value, verdict in ((1.0, "contradicted"), (0.1, "supported"), (-1.0, "contradicted")):
        (part,) = judge(rule("mean of years"), one(value), [], [])
        assert part.verdict == verdict


def test_every_year_asks_of_each_year():
    years = (2001, 2002)
    for values, verdict in (((0.1, 0.2), "supported"), ((0.9, 0.8), "contradicted"), ((0.1, 0.9), "mixed")):
        (part,) = judge(rule("every year"), one(np.mean(values), years=years, by_year=values), [], [])
        assert part.verdict == verdict


def test_what_cannot_be_computed_has_no_verdict():
    (part,) = judge(rule("mean of years"), one(float("nan")), [], [])
    assert part.verdict == "not testable here"
    assert verdict_of(rule("mean of years"), [part], by_construction=False) == "not testable here"


def test_a_part_without_a_number_leaves_the_whole_undetermined():
    both = judge(rule("mean of years", "mean of years"), {"a": Measured(0.1), "b": Measured(float("nan"))}, [], [])
    assert verdict_of(rule("x", "x"), both, by_construction=False) == "mixed"
    assert verdict_of(rule("x", "x", combine="any"), both, by_construction=False) == "supported"


def test_true_by_construction_is_never_called_supported():
    (part,) = judge(rule("mean of years"), one(0.0), [], [])
    assert verdict_of(rule("mean of years"), [part], by_construction=False) == "supported"
    assert verdict_of(rule("mean of years"), [part], by_construction=True) == "undetermined"


def test_yearly_intervals_come_from_the_same_draws():
    years = (2001, 2002)
    draws = [one(0.0, years=years, by_year=(d, 10 + d)) for d in np.arange(21) / 10]
    (part,) = judge(rule("mean of years"), one(1.0, years=years, by_year=(1.0, 11.0)), draws, [])
    assert part.by_year.loc[2001].tolist() == pytest.approx([1.0, 0.1, 1.9])
    assert part.by_year.loc[2002].tolist() == pytest.approx([11.0, 10.1, 11.9])


def test_an_outcome_begins_at_its_lower_bound():
    part = rule("mean of years")["parts"][0]
    assert [cell_at(part, v)["label"] for v in (-0.41, -0.4, 0.39, 0.4)] == [
        "Chinese lead",
        "parity",
        "parity",
        "Russian lead",
    ]
