"""Gravity against pyfixest's three-way Poisson regression, and by hand."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.metrics._poisson import counting, fit_poisson, residuals

ORACLE = json.loads((Path(__file__).resolve().parents[1] / "oracles" / "pyfixest_gravity.json").read_text())
TERMS = ["union", "distance"]
gravity = inf.dependence.gravity


def toy(case):
    return pd.DataFrame(case["rows"], columns=["exporter", "importer", "year", "value", *TERMS])


def design(frame):
    """A column an effect, for dense regressions."""
    keys = (("exporter", "year"), ("importer", "year"), ("exporter", "importer"))
    return np.column_stack([pd.get_dummies(frame[a] + frame[b].astype(str)).to_numpy(float) for a, b in keys])


@pytest.mark.parametrize("case", ORACLE["toys"], ids=lambda c: f"toy{c['seed']}")
def test_coefficients_and_errors_as_pyfixest_has_them(case):
    for errors in ("pair", "robust"):
        ours = gravity(toy(case), TERMS, errors=errors)
        assert ours["coefficient"].tolist() == pytest.approx(case["coefficient"], abs=1e-7)
        assert ours["standard_error"].tolist() == pytest.approx(case[errors], rel=1e-5)


@pytest.mark.parametrize("k", [0, 1])
def test_dyadic_errors_by_a_loop_over_all_pairs_of_flows(k):
    frame = toy(ORACLE["toys"][k]).dropna(subset=["value"]).reset_index(drop=True)
    fit = gravity(frame, TERMS, errors="dyadic")
    whole = fit_poisson(*cubes(frame))
    mean, net = (
        np.exp(whole.log_mean) * whole.counted,
        residuals(cubes(frame)[1], np.exp(whole.log_mean) * whole.counted),
    )
    score = [
        (net[:, t, i, j] * (cubes(frame)[0][t, i, j] - mean[t, i, j]), {int(i), int(j)})
        for t, i, j in zip(*np.nonzero(whole.counted), strict=True)
    ]
    meat = sum(np.outer(a, b) for (a, who), (b, whom) in itertools.product(score, score) if who & whom)
    bread = np.linalg.inv(np.einsum("atij,btij,tij->ab", net, net, mean))
    variance = np.diag(bread @ meat @ bread)
    assert (fit["standard_error"] ** 2)[variance > 0].tolist() == pytest.approx(
        variance[variance > 0].tolist(), rel=1e-8
    )
    assert fit["standard_error"].isna().tolist() == (variance < 0).tolist()


def cubes(frame):
    states, years = sorted(set(frame["exporter"]) | set(frame["importer"])), sorted(set(frame["year"]))
    y, x = np.full((len(years), len(states), len(states)), np.nan), np.zeros((2, len(years), len(states), len(states)))
    for a, b, t, value, union, distance in frame[["exporter", "importer", "year", "value", *TERMS]].to_numpy():
        at = years.index(t), states.index(a), states.index(b)
        y[at], x[(0, *at)], x[(1, *at)] = value, union, distance
    return y, x


def test_residuals_by_least_squares_with_a_column_an_effect():
    frame = toy(ORACLE["toys"][1])
    y, x = cubes(frame)
    weights = np.random.default_rng(3).gamma(0.3, 100.0, y.shape) * ~np.isnan(y)
    ours = residuals(x, weights)
    t, i, j = np.nonzero(weights)
    long = pd.DataFrame({"exporter": i.astype(str), "importer": j.astype(str), "year": t})
    root = np.sqrt(weights[t, i, j])
    columns = design(long) * root[:, None]
    for k in range(2):
        target = x[k, t, i, j] * root
        left = target - columns @ np.linalg.lstsq(columns, target, rcond=None)[0]
        assert ours[k, t, i, j] * root == pytest.approx(left, abs=1e-8)


def test_fitted_flows_keep_all_sums():
    y, x = cubes(toy(ORACLE["toys"][2]))
    fit = fit_poisson(y, x)
    gap = np.where(fit.counted, np.nan_to_num(y) - np.exp(fit.log_mean), 0.0)
    for axis in (0, 1, 2):
        assert np.abs(gap.sum(axis=axis)).max() < 1e-6
    assert np.abs((x * gap).sum(axis=(1, 2, 3))).max() < 1e-6


def test_units_rows_and_the_start_change_nothing():
    frame = toy(ORACLE["toys"][3])
    one = gravity(frame, TERMS)
    other = gravity(frame.sample(frac=1, random_state=1).assign(value=lambda f: f["value"] * 1e6), TERMS[::-1])
    assert other.loc[TERMS, "coefficient"].tolist() == pytest.approx(one["coefficient"].tolist(), abs=1e-9)
    assert other.loc[TERMS, "standard_error"].tolist() == pytest.approx(one["standard_error"].tolist(), rel=1e-8)
    larger = gravity(frame.assign(distance=frame["distance"] * 1e-7), TERMS)
    assert larger.loc["distance", "coefficient"] * 1e-7 == pytest.approx(one.loc["distance", "coefficient"])
    y, x = cubes(frame)
    warm = fit_poisson(y, x, start=fit_poisson(y, x[:0]).log_mean)
    assert warm.coefficients == pytest.approx(fit_poisson(y, x).coefficients, abs=1e-10)


def test_effects_of_nothing_but_zeros_are_left_out_until_none_remains():
    y = np.ones((2, 4, 4))
    y[:, 0, 1] = 0  # a pair that never trades
    y[1, 2] = 0  # an exporter-year
    y[1, [0, 1], 3] = 0  # with it an importer-year, so that its flows say nothing
    counted = counting(y)
    assert not counted[:, 0, 1].any() and not counted[1, 2].any() and not counted[1, :, 3].any()
    rows = [(a, b, t, y[t, a, b]) for t in (0, 1) for a in range(4) for b in range(4) if a != b]
    frame = pd.DataFrame(rows, columns=["exporter", "importer", "year", "value"])
    frame["x"] = np.where((frame["importer"] == 2) & (frame["year"] == 1) & (frame["exporter"] == 1), 1.0, 0.0)
    told = gravity(frame, ["x"]).attrs["influence"]
    assert told["observations"] == int(counted.sum())
    assert told["observations"] + told["separated"] == 24


BASE = toy(ORACLE["toys"][0])


@pytest.mark.parametrize(
    ("frame", "regressors", "message"),
    [
        (BASE.drop(columns="value"), TERMS, "no column value"),
        (BASE, ["unoin"], "no column unoin"),
        (BASE, [], "at least one regressor"),
        (pd.concat([BASE, BASE.head(1)]), TERMS, "A to B in 2001 stands twice"),
        (BASE.assign(value=-1.0), TERMS, "A to B in 2001 is negative"),
        (BASE.assign(distance=np.nan), TERMS, "regressor distance: missing"),
        (BASE.assign(distance=BASE["year"] * 1.0), TERMS, "regressor 1 is explained by the effects"),
        (BASE.assign(distance=2 * BASE["union"]), TERMS, "explain each other"),
        (BASE.assign(union=(BASE["value"] == 0) * 1.0), TERMS, "union: 0 wherever something flows"),
    ],
)
def test_bad_input_is_named(frame, regressors, message):
    with pytest.raises(inf.network.GraphError, match=message):
        gravity(frame, regressors)


def test_unknown_errors_are_refused():
    with pytest.raises(ValueError, match="dyadic"):
        gravity(BASE, TERMS, errors="hc3")
