"""Intervals: on arrays what one gets by building every drawn network; summaries against their definitions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

import influence as inf
from influence.robustness import _study, doubt, intervals, outranks
from influence.robustness._summaries import mid_interval, standing

DRAWS, SEED = 12, 4
KEYS = ["layer", "metric", "year", "actor"]


@pytest.fixture(scope="module")
def net():
    return inf.load()


@pytest.fixture(scope="module")
def of(net):
    return doubt(net)


def by_networks(net, of, metrics, **options) -> pd.DataFrame:
    """Draw × value, each from a network built for the draw."""
    frames = [inf.panel(of.draw(SEED, k).applied(net), metrics, **options) for k in range(DRAWS)]
    return pd.concat([f.set_index(KEYS)["value"] for f in frames], axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("unknown", ["absent", "present"])
@pytest.mark.parametrize(
    ("layer", "shown", "metrics"),
    [
        ("security", "security", [*_study.FIRST, *_study.ROLES]),
        ("trade", "trade", [*_study.FIRST, *_study.ROLES]),
        ("energy", "energy", [*_study.FIRST, "betweenness", *_study.ROLES]),
        ("institutions", "institutions:shared", list(_study.FIRST)),
    ],
)
@pytest.mark.filterwarnings("ignore::influence.metrics.brokerage.DensityWarning")
def test_arrays_give_what_drawn_networks_give(net, of, layer, shown, metrics, unknown):
    options = {"years": [2004, 2011], "partition": "region", "unknown": unknown}
    ours = intervals(net, layers=layer, of=of, draws=DRAWS, seed=SEED, level=0.8, scenario="recorded", **options)
    assert set(ours["metric"]) == set(metrics) and set(ours["layer"]) == {shown}
    ours = ours.set_index(KEYS)
    values = by_networks(net, of, metrics, layers=layer, **options).reindex(ours.index)
    recorded = inf.panel(net, metrics, layers=layer, **options).set_index(KEYS)["value"].reindex(ours.index)
    np.testing.assert_allclose(ours["estimate"], recorded, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours["mean"], values.mean(axis=1), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours["defined"], values.notna().mean(axis=1))
    low, high = mid_interval(values.to_numpy().T, 0.8)
    np.testing.assert_allclose(ours["low"], low, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(ours["high"], high, rtol=1e-6, atol=1e-9)
    if layer in ("security", "trade"):
        assert (ours["high"] > ours["low"]).mean() > 0.3


def test_intervals_are_the_same_in_any_batches_and_any_number_of_processes(net, of, monkeypatch):
    def run(**more):
        options = {"layers": ["security", "institutions"], "years": [2003, 2009], "of": of, "draws": 40}
        return intervals(net, ["strength", "eigenvector"], fresh=True, **options, **more)

    whole = run()
    for workers in (2, 8):
        pd.testing.assert_frame_equal(run(workers=workers), whole, check_exact=True)
    monkeypatch.setattr(_study, "BATCH", 7)
    pd.testing.assert_frame_equal(run(), whole, check_exact=True)


def test_what_is_kept_is_found_whatever_is_asked_beside_it(net, of):
    done: list[str] = []
    options = {"years": 2009, "of": of, "draws": 10, "scenario": "recorded"}
    first = intervals(net, "strength", layers="security", **options)
    again = intervals(net, "strength", layers=["security", "energy"], progress=done.append, **options)
    assert len(done) == 2
    pd.testing.assert_frame_equal(again[again["layer"] == "security"].reset_index(drop=True), first, check_exact=True)


def test_the_fingerprint_of_a_task_is_the_same_in_every_process():
    code = (
        "import influence as inf; from influence.robustness import _study, doubt; from influence.robustness._years "
        "import layer_year; n = inf.load(); print(_study.fingerprint(layer_year(n, doubt(n), 'security', 2009, 'any')))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1 and len(found.pop()) == 33


def test_flagged_flows_widen_the_intervals_of_their_exporters(net, of):
    def run(scenario):
        frame = intervals(net, "strength_out", layers="trade", years=2008, of=of, draws=200, scenario=scenario)
        return frame.set_index("actor")

    union, low, high, recorded = (run(s) for s in ("union", "low", "high", "recorded"))
    kazakhstan = ["KAZ"]  # oil booked at the hub
    assert (high["estimate"] >= recorded["estimate"])[kazakhstan].all()
    assert (low["high"] < high["high"])[kazakhstan].all()
    np.testing.assert_array_equal(union["low"], np.fmin(low["low"], recorded["low"]).clip(upper=high["low"]))
    np.testing.assert_array_equal(union["high"], np.fmax(high["high"], recorded["high"]).clip(lower=low["high"]))
    assert union["estimate"].equals(recorded["estimate"])


def test_outranks_counts_draws(net, of):
    options = {"layers": "security", "years": [2005, 2009], "of": of}
    p = outranks(net, "strength", "CHN", "TUR", draws=DRAWS, seed=SEED, **options).set_index("year")["p"]
    values = by_networks(net, of, ["strength"], layers="security", years=[2005, 2009]).droplevel(["layer", "metric"])
    for year in (2005, 2009):
        gap = values.loc[(year, "CHN")] - values.loc[(year, "TUR")]
        assert p[year] == pytest.approx((gap > 0).mean() + (gap == 0).mean() / 2)
    back = outranks(net, "strength", "TUR", "CHN", draws=DRAWS, seed=SEED, **options).set_index("year")["p"]
    np.testing.assert_allclose(p + back, 1.0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 6) | st.just(None), min_size=1, max_size=40),
    st.sampled_from([0.5, 0.8, 0.9, 0.95]),
)
def test_an_interval_holds_the_values_whose_mid_distribution_is_in_between(values, level):
    x = np.array([np.nan if v is None else float(v) for v in values])
    low, high = mid_interval(x[:, None], level)
    known = x[~np.isnan(x)]
    least = (1 - level) / 2 * (len(known) + 1)
    below = {v: (known < v).sum() + (known == v).sum() / 2 + 1 for v in set(known)}
    above = {v: (known > v).sum() + (known == v).sum() / 2 + 1 for v in set(known)}
    inside = [v for v in below if below[v] >= least - 1e-9 and above[v] >= least - 1e-9]
    if len(known):
        assert (low[0], high[0]) == (min(inside), max(inside))
    else:
        assert np.isnan([low[0], high[0]]).all()


def test_a_further_draw_lies_in_the_interval_as_often_as_claimed():
    rng = np.random.default_rng(5)
    for draws in (40, 199, 1000):
        low, high = mid_interval(rng.standard_normal((draws, 4000)), 0.9)
        further = rng.standard_normal(4000)
        assert ((low <= further) & (further <= high)).mean() == pytest.approx(0.9, abs=0.02)


def test_ranks_are_those_of_scipy_and_equals_share_them():
    rng = np.random.default_rng(1)
    draws = rng.integers(0, 5, (50, 7)).astype(float)
    ranks, above = standing(draws)
    np.testing.assert_array_equal(ranks, rankdata(-draws, axis=1))
    gap = draws[:, 2] - draws[:, 5]
    assert above[2, 5] == pytest.approx((gap > 0).mean() + 0.5 * (gap == 0).mean())
    assert above[5, 2] == pytest.approx(1 - above[2, 5])


def test_undefined_values_are_left_out_of_ranks_and_comparisons():
    draws = np.array([[1.0, np.nan, 3.0], [2.0, 5.0, 1.0]])
    ranks, above = standing(draws)
    np.testing.assert_array_equal(ranks, [[2, np.nan, 1], [2, 1, 3]])
    assert above[1, 0] == 1.0 and above[0, 2] == 0.5


def test_rounding_makes_no_difference_of_rank():
    draws = np.array([[1.0, 1.0 + 1e-15, 0.5]])
    assert standing(draws)[0].tolist() == [[1.5, 1.5, 3.0]]


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"metrics": "participation"}, ValueError, "participation"),
        ({"metrics": "liaison"}, ValueError, "name a partition"),
        ({"metrics": "strngth"}, KeyError, "strength"),
        ({"layers": "peace"}, KeyError, "no layer named 'peace'"),
        ({"years": 1999}, ValueError, "no snapshot of 1999"),
        ({"level": 90}, ValueError, "level must lie"),
        ({"scenario": "middle"}, ValueError, "scenario"),
    ],
)
def test_what_cannot_be_answered_is_refused(net, of, options, error, match):
    with pytest.raises(error, match=match):
        intervals(net, of=of, draws=2, **options)


def test_an_actor_who_is_not_there_is_named(net, of):
    with pytest.raises(KeyError, match="ATL"):
        outranks(net, "strength", "ATL", "RUS", layers="security", years=2009, of=of, draws=2)


def test_a_result_tells_where_it_comes_from(net, of):
    frame = intervals(net, "strength", layers="security", years=2009, of=of, draws=2)
    told = frame.attrs["influence"]
    assert (told["draws"], told["seed"], told["level"], told["data_version"]) == (
        2,
        1,
        0.9,
        net.provenance["data_version"],
    )
