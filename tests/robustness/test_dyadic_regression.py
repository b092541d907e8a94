"""MRQAP: estimates by least squares, p by permutation, errors that share actors."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest
from scipy.stats import t as student

from influence.robustness import mrqap

SNA = json.loads((Path(__file__).parents[1] / "oracles" / "sna_netlm.json").read_text(encoding="utf-8"))
OFF = ~np.eye(9, dtype=bool)


def panel(seed: int, years: int = 3, n: int = 9) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    near = rng.normal(size=(n, n))
    grown = rng.normal(size=(years, n, n)) + near
    y = 1 + 0.5 * near + 0.2 * grown + rng.normal(size=(n, 1)) + rng.normal(size=(years, n, n))
    return y, {"near": near, "grown": grown}


@pytest.mark.parametrize("case", SNA["cases"], ids=lambda case: case["name"])
def test_estimates_and_p_against_sna(case):
    """sna::netlm with nullhyp="qapspp": the same estimates and t, p within the error of both samples."""
    n = case["n"]
    y, near, close, both = (np.array(case[k]).reshape(n, n) for k in ("y", "near", "close", "both"))
    terms = {"near": near, "close": close, "both": both}
    for alternative, theirs in (("less", "p_less"), ("greater", "p_greater"), ("two-sided", "p_two_sided")):
        found = mrqap(y, terms, draws=5000, seed=1, directed=case["directed"], alternative=alternative)
        np.testing.assert_allclose(found["estimate"], case["estimate"], rtol=1e-9)
        np.testing.assert_allclose(found["t"], case["t"], rtol=1e-9)
        p, other = found["p"].to_numpy()[1:], np.array(case[theirs])[1:]
        error = np.sqrt(2 * np.maximum(other * (1 - other), 0.01) / 5000)
        assert (np.abs(p - other) < 4 * error).all()
        assert np.isnan(found["p"].iloc[0]) and (found["p_min"].iloc[1:] == 1 / 5001).all()


def test_estimates_are_least_squares_over_all_years():
    """numpy's lstsq on the pairs that are known, one below the other."""
    y, terms = panel(1)
    y[0, 1, 2] = y[2, 4, 0] = np.nan
    terms["grown"][1, 3, 5] = np.nan
    found = mrqap(y, terms, draws=9, seed=1)
    rows = [
        (y[t, i, j], 1, terms["near"][i, j], terms["grown"][t, i, j])
        for t in range(3)
        for i, j in itertools.permutations(range(9), 2)
    ]
    known = np.array([r for r in rows if not np.isnan(r).any()])
    np.testing.assert_allclose(found["estimate"], np.linalg.lstsq(known[:, 1:], known[:, 0], rcond=None)[0])
    assert found["term"].tolist() == ["intercept", "near", "grown"]
    assert (found["n"] == 3 * 72 - 3).all()


def test_year_effects_are_differences_from_the_means_of_years():
    y, terms = panel(2)
    y += 10 * np.arange(3)[:, None, None]
    found = mrqap(y, terms, draws=9, seed=1, year_effects=True).set_index("term")

    def within(a):
        pairs = np.broadcast_to(a, (3, 9, 9))[:, OFF]
        return (pairs - pairs.mean(axis=1, keepdims=True)).ravel()

    x = np.column_stack([within(a) for a in terms.values()])
    np.testing.assert_allclose(found["estimate"], np.linalg.lstsq(x, within(y), rcond=None)[0])
    assert list(found.index) == ["near", "grown"]


@pytest.mark.parametrize("directed", [True, False])
def test_dyadic_variance_is_the_double_sum_over_pairs_that_share_an_actor(directed):
    """Aronow, Samii & Assenova (2015), written out."""
    y, terms = panel(3, years=2)
    if not directed:
        y, terms = y + y.transpose(0, 2, 1), {k: a + np.swapaxes(a, -1, -2) for k, a in terms.items()}
    found = mrqap(y, terms, draws=9, seed=1, directed=directed)
    pairs = itertools.permutations(range(9), 2) if directed else itertools.combinations(range(9), 2)
    dyads = [(t, i, j) for i, j in pairs for t in range(2)]
    x = np.array([[1, terms["near"][i, j], terms["grown"][t, i, j]] for t, i, j in dyads])
    e = np.array([y[d] for d in dyads]) - x @ found["estimate"].to_numpy()
    meat = np.zeros((3, 3))
    for a, one in enumerate(dyads):
        for b, two in enumerate(dyads):
            if {*one[1:]} & {*two[1:]}:
                meat += np.outer(x[a], x[b]) * e[a] * e[b]
    bread = np.linalg.inv(x.T @ x)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(found["se_dyadic"], np.sqrt(np.diag(bread @ meat @ bread)))


def test_p_by_enumeration_written_out():
    """All 120 permutations of five actors, each regression by lstsq; the same order of actors in both years."""
    y, terms = panel(4, years=2, n=5)
    y[1, 0, 3] = np.nan
    found = mrqap(y, terms, draws=120, seed=1).set_index("term")
    pairs = [(t, i, j) for t in range(2) for i, j in itertools.permutations(range(5), 2)]
    pairs = [p for p in pairs if not np.isnan(y[p])]
    column = {
        "near": np.array([terms["near"][i, j] for _, i, j in pairs]),
        "grown": np.array([terms["grown"][p] for p in pairs]),
    }
    response, one = np.array([y[p] for p in pairs]), np.ones(len(pairs))

    def t_of_last(x, v):
        beta, (rest,) = np.linalg.lstsq(x, v, rcond=None)[:2]
        return beta[-1] / np.sqrt(np.linalg.inv(x.T @ x)[-1, -1] * rest / (len(v) - x.shape[1]))

    for term, other in (("near", "grown"), ("grown", "near")):
        base = np.column_stack([one, column[other]])
        left = dict(zip(pairs, column[term] - base @ np.linalg.lstsq(base, column[term], rcond=None)[0], strict=True))
        observed = t_of_last(np.column_stack([base, column[term]]), response)
        drawn = []
        for order in itertools.permutations(range(5)):
            moved = np.array([left.get((t, order[i], order[j]), np.nan) for t, i, j in pairs])
            known = ~np.isnan(moved)
            drawn.append(t_of_last(np.column_stack([base, moved])[known], response[known]))
        p = (np.abs(drawn) >= abs(observed) - 1e-9).mean()
        assert found.loc[term, "t"] == pytest.approx(observed)
        assert found.loc[term, "p"] == pytest.approx(p)
        assert found.loc[term, "p_min"] == 1 / 120


def test_p_is_uniform_where_nothing_is_to_be_found():
    """Errors share actors, and so does the term, which is also collinear with another: the classical p fails there."""
    p, classical = [], []
    for k in range(300):
        rng = np.random.default_rng([5, k])
        sender, other = rng.normal(size=(2, 12, 1))
        near = rng.normal(size=(12, 12))
        close = near + other + rng.normal(size=(12, 12))
        y = near + sender + rng.normal(size=(12, 12))
        found = mrqap(y, {"near": near, "close": close}, draws=99, seed=k).set_index("term").loc["close"]
        p.append(found["p"])
        classical.append(2 * student.sf(abs(found["t"]), found["n"] - 3))
    assert kstest(np.array(p) - 0.5 / 100, "uniform").pvalue > 0.01
    assert np.mean(np.array(p) <= 0.05) < 0.09
    assert np.mean(np.array(classical) <= 0.05) > 0.2


def test_a_true_effect_is_found():
    found = []
    for k in range(20):
        rng = np.random.default_rng([6, k])
        near = rng.normal(size=(15, 15))
        y = 0.4 * near + rng.normal(size=(15, 1)) + rng.normal(size=(15, 15))
        found.append(mrqap(y, {"near": near, "far": rng.normal(size=(15, 15))}, draws=199, seed=k)["p"].iloc[1])
    assert np.mean(np.array(found) <= 0.05) > 0.9


def test_frames_are_aligned_by_name_and_order_decides_nothing():
    y, terms = panel(7, years=1)
    names = [f"a{k}" for k in range(9)]
    frame, near = (pd.DataFrame(a, index=names, columns=names) for a in (y[0], terms["near"]))
    one = mrqap(frame, {"near": near}, draws=50, seed=1)
    mixed = near.iloc[::-1, [3, 1, 2, 0, 8, 7, 6, 5, 4]]
    pd.testing.assert_frame_equal(one, mrqap(frame, {"near": mixed}, draws=50, seed=1))
    pd.testing.assert_frame_equal(one, mrqap(frame.iloc[::-1, ::-1], {"near": mixed}, draws=50, seed=1))


def test_bad_input_is_refused():
    y, terms = panel(8, years=2)
    with pytest.raises(ValueError, match="near has the shape"):
        mrqap(y, {"near": np.zeros((3, 9, 9))}, seed=1)
    with pytest.raises(ValueError, match="must be of shape"):
        mrqap(y[0, 0], terms, seed=1)
    with pytest.raises(ValueError, match="y is not symmetric"):
        mrqap(y, terms, seed=1, directed=False)
    with pytest.raises(ValueError, match="a sum of others"):
        mrqap(y, {**terms, "twice": 2 * terms["near"]}, seed=1)
    with pytest.raises(ValueError, match="too few"):
        mrqap(
            np.where(np.arange(9) == 0, y[:1], np.nan),
            {f"x{k}": np.random.default_rng(k).normal(size=(9, 9)) for k in range(8)},
            seed=1,
        )
    with pytest.raises(ValueError, match="at least one term"):
        mrqap(y, {}, seed=1)
    with pytest.raises(ValueError, match="has names and y has none"):
        mrqap(y[0], {"near": pd.DataFrame(terms["near"])}, seed=1)
    with pytest.raises(ValueError, match="must have the actors of y"):
        mrqap(pd.DataFrame(y[0]), {"near": pd.DataFrame(terms["near"]).rename(index={0: 99})}, seed=1)
