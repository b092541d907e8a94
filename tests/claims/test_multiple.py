"""Adjusted p values: by hand, by the definition over closed families, and what must hold of any."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from influence.claims import benjamini_yekutieli, holm


def test_holm_by_hand():
    p = pd.Series({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.005})
    # sorted .005 .01 .03 .04 times 4 3 2 1 = .02 .03 .06 .04, never falling: .02 .03 .06 .06
    assert holm(p).round(12).to_dict() == {"a": 0.06, "b": 0.03, "c": 0.06, "d": 0.02}


def test_benjamini_yekutieli_by_hand():
    p = pd.Series({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.005})
    # times 4/k and 1 + 1/2 + 1/3 + 1/4 = 25/12: .005 → 1/24, .01 → 1/24, .03 → 1/12, .04 → 1/12
    told = {"a": 1 / 12, "b": 1 / 24, "c": 1 / 12, "d": 1 / 24}
    assert benjamini_yekutieli(p).to_dict() == pytest.approx(told)


def closed(p):
    """Holm's adjustment as a closed procedure: the largest Bonferroni p of any family that a hypothesis is in."""
    return {
        a: min(
            1.0, max(len(f) * min(p[list(f)]) for n in range(1, len(p) + 1) for f in combinations(p.index, n) if a in f)
        )
        for a in p.index
    }


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_the_closed_bonferroni_procedure(seed):
    p = pd.Series(np.random.default_rng(seed).beta(0.4, 2, 6), index=list("abcdef"))
    assert holm(p).to_dict() == pytest.approx(closed(p))


@pytest.mark.parametrize("adjust", [holm, benjamini_yekutieli])
def test_gaps_stay_gaps_and_enlarge_no_family(adjust):
    p = pd.Series({"a": 0.2, "b": np.nan, "c": 0.01})
    told = adjust(p)
    assert list(told.index) == ["a", "b", "c"] and np.isnan(told["b"])
    assert told.drop("b").equals(adjust(p.drop("b")))


@pytest.mark.parametrize("adjust", [holm, benjamini_yekutieli])
def test_none_is_smaller_than_before_nor_larger_than_one(adjust):
    p = pd.Series(np.linspace(0, 1, 11))
    told = adjust(p)
    assert (told >= p - 1e-15).all() and told.max() <= 1.0 and told.is_monotonic_increasing


@pytest.mark.parametrize("adjust", [holm, benjamini_yekutieli])
def test_what_is_no_p_value_is_named(adjust):
    with pytest.raises(ValueError, match="1.5 of b is no p value"):
        adjust(pd.Series({"a": 0.1, "b": 1.5}))
    with pytest.raises(ValueError, match="label of its own"):
        adjust(pd.Series([0.1, 0.2], index=["a", "a"]))
