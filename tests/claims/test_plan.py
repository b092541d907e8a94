"""Which worlds a claim is measured in: choices that move nothing are not counted, turned ones say what is primary."""

import pandas as pd

from influence.claims.archive import archive
from influence.claims.measure import Measure, all_measures
from influence.claims.plan import grid_of, scenarios_of, setting_for, specifications_of, stress_of
from influence.claims.runs import Setting
from influence.claims.testing import without_idle
from influence.robustness import read_grid


def toy():
    return read_grid(
        pd.DataFrame(
            {
                "choice": ["base", "base", "idle", "idle", "only"],
                "option": ["two", "three", "x", "y", "z"],
                "value": [2, 3, 0, 1, 5],
                "weight_class": ["primary", "reasonable", "primary", "reasonable", "primary"],
                "reason": "an example",
            }
        )
    )


def test_a_choice_that_moves_no_number_is_not_varied():
    grid = without_idle(toy(), [lambda o: o["base"], lambda o: 2 * o["base"]])
    assert list(grid.choices) == ["base"]


def test_a_choice_that_moves_one_placebo_alone_is_kept():
    grid = without_idle(toy(), [lambda o: o["base"], lambda o: o["idle"]])
    assert list(grid.choices) == ["base", "idle"]


def test_a_choice_that_matters_only_with_another_is_kept():
    grid = without_idle(toy(), [lambda o: o["idle"] if o["base"] == 3 else 0.0])
    assert set(grid.choices) == {"base", "idle"}


def measure(*layers, scenarios=(), turned=()):
    return Measure("X", "x", lambda world, cast: {}, lambda cast: {}, layers, scenarios, turned=turned)


def test_the_first_specification_is_the_record():
    for layers in (("trade",), ("security", "trade"), ("institutions",), ("security", "trade", "energy")):
        found = specifications_of(measure(*layers), archive())
        assert found[0] == Setting()
        assert len(found) == len(set(found)) > 1


def test_stress_options_are_taken_one_at_a_time():
    stress = stress_of(measure("security"), archive())
    assert "half: one" in stress and stress["half: one"].choices.half == 1.0
    assert not set(stress.values()) & set(specifications_of(measure("security"), archive()))


def test_scenarios_are_all_extremes_but_the_record():
    found = scenarios_of(measure("trade", scenarios=("missing", "flagged")))
    assert len(found) == 3 * 3 - 1 and Setting() not in found


def test_a_turned_choice_names_what_the_rule_does_as_primary():
    plain = grid_of(measure("institutions"), archive()).choices["igos"]
    turned = grid_of(measure("institutions", turned=("igos",)), archive()).choices["igos"]
    assert [o.value for o in plain] == [o.value for o in turned] == [False, True]
    assert [o.name for o in plain] == [o.name for o in turned][::-1]
    assert turned[0].name == "with COW's organizations" and turned[0].weight_class == "primary"
    assert {c for c, m in all_measures().items() if "igos" in m.turned} == {"C03", "C04", "C26"}


def test_the_states_are_turned_by_the_cast():
    assert setting_for({"states": "turned"}) == Setting(turned=True)
