"""Coverage of the intervals: 2,000 simulations kept in an oracle, and some of them done again here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from influence.robustness import coverage_study
from influence.robustness.simulated import SCENARIOS

KEPT = Path(__file__).parents[1] / "oracles" / "coverage.csv"
AGAIN = 100


@pytest.fixture(scope="module")
def kept() -> pd.DataFrame:
    """`coverage_study(2000)` of the scenario in which the prior is right, and 500 simulations of each other one."""
    return pd.read_csv(KEPT)


# Both read closed triads, of which the activity model has a few too many: it knows no more of neighbours than degrees.
SHORT = {("constraint", "a hub"), ("brokerage", "two hubs, difference")}


def test_intervals_hold_as_often_as_they_claim(kept):
    right = kept[kept["scenario"] == "as stated"].set_index(["metric", "of"])
    assert len(right) == 15
    sound = right[~right.index.isin(SHORT)]
    assert sound.loc[sound["scale"] == "continuous", "coverage"].between(0.87, 0.93).all()
    assert (sound.loc[sound["scale"] == "count", "coverage"] >= 0.87).all()
    assert right.loc[sorted(SHORT), "coverage"].between(0.855, 0.93).all()


def test_what_a_wrong_prior_does_is_on_record(kept):
    assert set(kept["scenario"]) == set(SCENARIOS)
    degree = kept[(kept["metric"] == "degree") & (kept["of"] == "a hub")].set_index("scenario")["coverage"]
    assert degree["twice the stated errors"] < 0.8 < degree["as stated"]
    assert degree["half the stated errors"] > degree["as stated"]


@pytest.mark.slow
def test_the_record_is_what_the_study_finds(kept):
    found = coverage_study(AGAIN, scenarios=["as stated"])
    both = found.merge(kept, on=["scenario", "metric", "of"], suffixes=("", "_kept"))
    assert len(both) == len(found) == 15
    error = np.sqrt(both["coverage_kept"] * (1 - both["coverage_kept"]) / AGAIN)
    assert ((both["coverage"] - both["coverage_kept"]).abs() < 4 * error).all()
    assert (np.abs(np.log(both["width"] / both["width_kept"])) < 0.5).all()
