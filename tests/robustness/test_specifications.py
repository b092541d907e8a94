"""Specification curves: weights, shares and Sobol effects by hand; tests against enumeration; nothing dropped."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import influence as inf
from influence.errors import DataError
from influence.robustness import evaluate, generator, read_grid
from influence.robustness.curve import choice_weights, option_codes, weighted_median
from influence.robustness.curve_null import permutation_frame
from influence.robustness.sobol import sobol_shares


def grid_of(**choices):
    """Options by choice: the first is primary, one whose name starts with ! is stress, others are reasonable."""
    rows = [
        (c, str(o).lstrip("!"), o if not isinstance(o, str) else None, "stress" if str(o)[0] == "!" else w, "a test")
        for c, options in choices.items()
        for o, w in zip(options, ["primary"] + ["reasonable"] * 9, strict=False)
    ]
    return pd.DataFrame(rows, columns=["choice", "option", "value", "weight_class", "reason"])


# --- the grid ---------------------------------------------------------------------------------------------------


def test_the_full_factorial_the_primary_first():
    grid = grid_of(a=[1, 2, 3], b=["x", "y"])
    curve = evaluate(lambda o: o["a"] * (1 if o["b"] == "x" else 10), grid)
    assert sorted(curve.table["value"]) == [1, 2, 3, 10, 20, 30]
    assert curve.table.loc[0, ["a", "b", "value", "primary"]].tolist() == ["1", "x", 1.0, True]
    assert curve.table["primary"].sum() == 1 and curve.primary == 1.0
    assert curve.table["rank"].tolist() == [1, 4, 2, 5, 3, 6]
    np.testing.assert_allclose(curve.table["weight"], 1 / 6)


def test_no_order_of_rows():
    grid = grid_of(a=[1, 2, 3], b=[1, 5], c=["u", "v", "!w"])
    expected = evaluate(value_of, grid, region=(4, None))
    for seed in range(5):
        other = evaluate(value_of, grid.sample(frac=1, random_state=seed), region=(4, None))
        pd.testing.assert_frame_equal(other.table, expected.table)
        pd.testing.assert_frame_equal(other.shares_by_choice(), expected.shares_by_choice())
        pd.testing.assert_frame_equal(other.effects(), expected.effects())


def value_of(options):
    return options["a"] * options["b"] + len(options.get("c", ""))


def test_values_are_json_and_plain_text_stands_for_itself(tmp_path):
    file = tmp_path / "grid.csv"
    file.write_text(
        "choice,option,value,weight_class,reason\n"
        'a,list,"[""x"", 2]",primary,r\na,whole,3,reasonable,r\na,truth,true,reasonable,r\n'
        'a,word,baci,reasonable,r\na,itself,,reasonable,r\na,quoted,"""q""",stress,r\n',
        encoding="utf-8",
    )
    values = {o.name: o.value for o in read_grid(file).choices["a"]}
    assert values == {"list": ["x", 2], "whole": 3, "truth": True, "word": "baci", "itself": "itself", "quoted": "q"}
    assert isinstance(values["whole"], int)
    assert [o.value for o in read_grid(grid_of(b=[2, 1, "x"])).choices["b"]] == [2, 1, "x"]  # floats in the frame
    again = read_grid(read_grid(file).frame)
    assert again == read_grid(file)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"weight_class": ["primary", "primary"]}, "exactly one option is primary"),
        ({"weight_class": ["reasonable", "stress"]}, "a: exactly one option is primary"),
        ({"weight_class": ["primary", "likely"]}, "row 3, column weight_class: found 'likely': must be one of primary"),
        ({"reason": ["r", " "]}, "row 3, column reason: found '': must not be empty"),
        ({"value": ["[1", "2"]}, "row 2, column value: found '\\[1': must be JSON"),
        ({"value": ["2", 2]}, "row 3, column option: found 'y': is the same as x"),
        ({"option": ["x", "x"]}, "is the same as x"),
        ({"choice": ["rank", "rank"]}, "must not be one of value, rank"),
    ],
)
def test_a_grid_that_breaks_its_rules(change, message):
    good = pd.DataFrame(
        {"choice": "a", "option": ["x", "y"], "value": ["1", "2"], "weight_class": ["primary", "reasonable"]}
    ).assign(reason="r")
    read_grid(good)
    with pytest.raises(DataError, match=message):
        read_grid(good.assign(**change))


def test_an_empty_grid_and_a_missing_column():
    with pytest.raises(DataError, match="has no row"):
        read_grid(grid_of())
    with pytest.raises(DataError, match="column reason: this column is missing"):
        read_grid(grid_of(a=[1]).drop(columns="reason"))


# --- weights ----------------------------------------------------------------------------------------------------


def test_equal_weight_by_choice_not_by_row():
    """b = y was computed in one of two cases only. Choice a: 1/2 to each option; b: 1/2 to each; mean of both.

    (1, x): a ½·½, b ½·½ → ¼. (1, y): a ½·½, b ½·1 → ⅜. (2, x): a ½·1, b ½·½ → ⅜. By rows it would be a third each.
    """
    codes = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])
    weight = choice_weights(codes, np.array([True, True, True, False]))
    np.testing.assert_allclose(weight, [1 / 4, 3 / 8, 3 / 8, 0])
    curve = evaluate(lambda o: math.nan if o["a"] + o["b"] == 4 else o["a"] + o["b"], grid_of(a=[1, 2], b=[1, 2]))
    np.testing.assert_allclose(curve.table["weight"], [1 / 4, 3 / 8, 3 / 8, 0])
    assert curve.share((3, None)) == 0.75
    assert curve.share_bounds((3, None)) == (0.5, 0.75)


STRESS = grid_of(a=[1, 2], b=[1, 100], c=["u"])
STRESS.loc[STRESS["option"] == "100", "weight_class"] = "stress"


def test_stress_is_shown_and_weighs_nothing():
    curve = evaluate(value_of, STRESS, region=(100, None))
    assert curve.table["value"].max() == 201
    assert curve.median == 2.5 and curve.share() == 0
    by = curve.shares_by_choice().set_index(["choice", "option"])
    assert by.loc[("b", "100"), "median"] == 151 and by.loc[("b", "100"), "share"] == 1
    assert by.loc[("a", "2"), "high"] == 3
    assert curve.effects()["options"].to_dict() == {"a": 2, "b": 1, "c": 1}
    assert curve.effects().loc["b", "total"] == 0 and curve.effects().loc["a", "main"] == 1


@pytest.mark.parametrize("n", range(1, 8))
def test_the_weighted_median_of_equal_weights_is_the_median(n):
    values = np.random.default_rng(n).standard_normal(n)
    assert weighted_median(values, np.full(n, 1 / n)) == pytest.approx(np.median(values))


def test_a_weighted_median_by_hand():
    assert weighted_median(np.array([1.0, 2.0, 3.0]), np.array([0.6, 0.2, 0.2])) == 1.0
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([0.3, 0.5, 0.2])) == 1.5
    assert math.isnan(weighted_median(np.array([np.nan]), np.zeros(1)))


def test_regions_are_half_open_and_rounded_first():
    """0.1 + 0.2 is a last bit above 0.3; at the nine digits that are written it is 0.3."""
    curve = evaluate(lambda o: o["a"] + 0.2, grid_of(a=[0.1, 1.0]))
    assert curve.share((0.3, None)) == 1 and curve.share((None, 0.3)) == 0
    assert curve.share((None, 1.2)) == 0.5
    assert curve.share(lambda value: value == 0.3) == 0.5
    with pytest.raises(ValueError, match="from a lower to a higher"):
        curve.share((1, 0))
    with pytest.raises(ValueError, match="where does the finding hold"):
        curve.share()


# --- effects ----------------------------------------------------------------------------------------------------


def test_an_additive_answer_has_main_effects_only():
    """y = 3a + b, a in ±1, b in ±1: variances 9 and 1."""
    curve = evaluate(lambda o: 3 * o["a"] + o["b"], grid_of(a=[-1, 1], b=[-1, 1], c=[0, 1, 2]))
    effects = curve.effects()
    np.testing.assert_allclose(effects.loc[["a", "b", "c"], "main"], [0.9, 0.1, 0])
    np.testing.assert_allclose(effects["main"], effects["total"])


def test_a_pure_interaction_has_total_effects_only():
    effects = evaluate(lambda o: o["a"] * o["b"], grid_of(a=[-1, 1], b=[-1, 1])).effects()
    np.testing.assert_allclose(effects["main"], 0)
    np.testing.assert_allclose(effects["total"], 1)


def test_effects_by_hand():
    """y = [[0, 0], [0, 1]]: Var = 3/16, means by row 0 and ½ with variance 1/16, within rows 0 and ¼ with mean ⅛."""
    main, total = sobol_shares(np.array([[0.0, 0.0], [0.0, 1.0]]))
    np.testing.assert_allclose(main, [1 / 3, 1 / 3])
    np.testing.assert_allclose(total, [2 / 3, 2 / 3])


@given(st.integers(0, 1000))
def test_main_effects_add_up_to_at_most_one_and_total_to_at_least_one(seed):
    main, total = sobol_shares(np.random.default_rng(seed).standard_normal((2, 3, 2)))
    assert main.sum() <= 1 + 1e-8 and total.sum() >= 1 - 1e-8
    assert (main <= total + 1e-8).all()


def test_no_spread_has_no_shares():
    assert np.isnan(evaluate(lambda o: 0.1 + 0.2, grid_of(a=[1, 2])).effects()["main"]).all()


# --- what cannot be computed ------------------------------------------------------------------------------------


def not_with_cow(options):
    if options["trade"] == "cow":
        raise ValueError("trade by 'cow' is not available\nin this data package")
    return {"near": 1.0, "far": -1.0}[options["edge"]]


def test_what_is_not_available_is_counted_with_its_reason():
    curve = evaluate(not_with_cow, grid_of(trade=["baci", "cow"], edge=["near", "far"]), region=(0, None))
    assert len(curve.table) == 4 and len(curve.unavailable) == 2
    assert set(curve.unavailable["reason"]) == {"trade by 'cow' is not available"}
    assert curve.table.loc[curve.table["trade"] == "cow", "rank"].isna().all()
    assert "2 not available: trade by 'cow' is not available (2)" in repr(curve)
    assert "in 25% to 75% with those that are not available" in repr(curve)
    effects = curve.effects()
    assert effects.attrs == {"left_out": ["trade: cow"], "missing": 0}
    assert effects["options"].to_dict() == {"edge": 2, "trade": 1}
    assert effects["main"].to_dict() == {"edge": 1.0, "trade": 0.0}


def test_effects_of_a_factorial_with_a_hole_are_not_known():
    curve = evaluate(lambda o: math.inf if o["a"] * o["b"] == 4 else 1.0 * o["a"], grid_of(a=[1, 2], b=[1, 2]))
    assert curve.unavailable["reason"].tolist() == ["infinite"]
    assert curve.effects()["main"].isna().all() and curve.effects().attrs["missing"] == 1


def test_dividing_by_nothing_is_no_answer_and_no_warning():
    curve = evaluate(lambda o: np.float64(1) / np.float64(o["a"]), grid_of(a=[1, 0]))
    assert curve.unavailable["reason"].tolist() == ["infinite"]


def test_an_error_of_the_program_is_not_a_missing_answer():
    with pytest.raises(TypeError):
        evaluate(lambda o: o["a"] + "x", grid_of(a=[1, 2]))
    with pytest.raises(ValueError, match="no specification could be computed: no number"):
        evaluate(lambda o: math.nan, grid_of(a=[1, 2]))


# --- the test ---------------------------------------------------------------------------------------------------

TWO = grid_of(trim=[0, 1], centre=["mean", "median"])
OPTIONS = [{"centre": c, "trim": t} for c in ("mean", "median") for t in (0, 1)]


def difference(values, options):
    """Of two groups of four, trimmed or not, by mean or median."""
    centre = {"mean": np.mean, "median": np.median}[options["centre"]]
    first, second = (np.sort(half)[options["trim"] : 4 - options["trim"]] for half in np.split(np.asarray(values), 2))
    return centre(first) - centre(second)


def toy_test(values, **options):
    def permuted(rng):
        world = rng.permutation(values)
        return lambda o: difference(world, o)

    return evaluate(lambda o: difference(values, o), TWO, test=permuted, region=(0, None), **options)


def test_p_against_every_permutation():
    values = np.array([5.0, 7, 6, 3, 1, 2, 4, 0])
    every = [np.array([*c, *sorted(set(values) - set(c))]) for c in itertools.combinations(values, 4)]
    functions = [lambda o, world=world: difference(world, o) for world in every]
    exact = evaluate(lambda o: difference(values, o), TWO, test=functions, region=(0, None)).test
    assert exact["smallest_p"].unique() == [1 / 70] and exact["exact"].all()
    medians = [np.median([difference(w, o) for o in OPTIONS]) for w in every]
    own = np.median([difference(values, o) for o in OPTIONS])
    assert exact.loc["median", "p"] == pytest.approx(np.mean(np.array(medians) >= own - 1e-9))
    shares = np.array([np.mean([difference(w, o) >= 0 for o in OPTIONS]) for w in every])
    assert exact.loc["share", "p"] == pytest.approx(np.mean(shares >= 1))
    drawn = toy_test(values, draws=999).test
    assert drawn["smallest_p"].unique() == [1 / 1000]
    np.testing.assert_allclose(drawn["p"], exact["p"], atol=0.03)
    pd.testing.assert_frame_equal(drawn, toy_test(values, draws=999).test)
    with pytest.raises(ValueError, match="observed world is not among"):
        evaluate(lambda o: difference(values, o), TWO, test=functions[-3:], region=(0, None))


def test_p_is_uniform_when_nothing_is_there():
    """400 worlds without a finding: P(p ≤ x) ≤ x, and not far below it for the median."""
    codes = option_codes(read_grid(TWO))

    def one(seed):
        rng = np.random.default_rng(seed)
        values = rng.standard_normal(8)
        worlds = [[difference(w, o) for o in OPTIONS] for w in (rng.permutation(values) for _ in range(39))]
        observed = np.array([difference(values, o) for o in OPTIONS])
        return permutation_frame(observed, np.array(worlds), codes, (0, None), exact=False)["p"]

    p = pd.DataFrame([one(seed) for seed in range(400)])
    for x in (0.1, 0.25, 0.5, 0.9):
        slack = 3 * np.sqrt(x * (1 - x) / 400)
        assert ((p <= x).mean() <= x + slack).all()
        assert (p[["median", "joint"]] <= x).mean().min() >= x - slack - 0.05
    assert p["median"].between(1 / 40, 1).all()


def test_a_two_sided_region_is_deepest_in_its_middle():
    codes = np.zeros((1, 1), dtype=int)
    told = permutation_frame(np.array([0.1]), np.array([[0.0], [0.2], [-0.05], [3.0]]), codes, (-1, 1), exact=False)
    assert told.loc["median", "observed"] == 0.9
    assert told.loc["median", "p"] == 3 / 5  # 0 and −0.05 lie deeper, and the observed one counts
    assert told.loc["share", "p"] == 4 / 5


def test_a_world_without_a_value_counts_as_extreme():
    codes = np.zeros((1, 1), dtype=int)
    told = permutation_frame(np.array([5.0]), np.array([[np.nan], [0.0], [1.0]]), codes, (0, None), exact=False)
    assert told.loc["median", "p"] == 2 / 4 and told["without_value"].unique() == [1]


def test_a_test_needs_a_region_with_ends():
    for region in (None, lambda value: True):
        with pytest.raises(ValueError, match="needs a region with ends"):
            evaluate(value_of, grid_of(a=[1], b=[1]), test=lambda rng: value_of, region=region)


# --- networks, processes, kept work -----------------------------------------------------------------------------


def small(year_of_tie=2001, heavy=False):
    ties = pd.DataFrame({"layer": "aid", "source": list("AAB"), "target": list("BCC"), "year": [2001, 2002, 2001]})
    ties["weight"] = [3.0 if heavy else 1.0, 2.0, 1.0]
    return inf.MultilayerNetwork.from_edges(ties[ties["year"] >= year_of_tie], actors=list("ABC"), years=[2001, 2002])


def given_by_a(net, year=2001):
    return net.at(year)["aid"].to_adjacency().loc["A"].sum()


def test_choices_of_loading_go_to_the_loader():
    grid = grid_of(heavy=[False, True], year=[2001, 2002])
    curve = inf.specification_curve(given_by_a, grid, load=small)
    assert curve.table.set_index(["heavy", "year"])["value"].to_dict() == {
        ("False", "2001"): 1,
        ("False", "2002"): 2,
        ("True", "2001"): 3,
        ("True", "2002"): 2,
    }
    fixed = inf.specification_curve(given_by_a, grid_of(year=[2001, 2002]), net=small(heavy=True))
    assert fixed.table["value"].tolist() == [3, 2]


def test_each_network_is_loaded_once():
    loaded = []

    def load(heavy):
        loaded.append(heavy)
        return small(heavy=heavy)

    def permuted(rng):
        shift = rng.integers(2)
        return lambda net, year: given_by_a(net, 2001 + (year + shift) % 2)

    grid = grid_of(heavy=[False, True], year=[2001, 2002])
    curve = inf.specification_curve(given_by_a, grid, load=load, test=permuted, region=(0, None), draws=30)
    assert sorted(loaded) == [False, True]
    assert curve.test.loc["share", "p"] == 1
    inf.specification_curve(given_by_a, grid, load=load)
    assert len(loaded) == 4  # the next curve reads its data again


def test_a_question_is_a_callable():
    with pytest.raises(TypeError, match="question is a callable"):
        inf.specification_curve("C01", grid_of(a=[1]))


def drawn_world(rng):
    world = rng.permutation(np.arange(8.0))
    return lambda o: difference(world, o)


def toy(options):
    return difference(np.arange(8.0)[::-1], options)


def test_the_same_by_one_and_by_two_processes():
    one, two = (evaluate(toy, TWO, test=drawn_world, region=(0, None), draws=25, workers=w) for w in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.test, two.test)
    worlds = [
        [difference(generator(1, "specification curve", k).permutation(8), o) for o in OPTIONS] for k in range(25)
    ]
    assert one.test.loc["median", "expected"] == pytest.approx(np.mean(np.median(worlds, axis=1)))


def test_work_is_kept_under_a_label_only(own_cache):
    calls = []

    def counted(options):
        calls.append(options)
        return float(options["a"])

    grid = grid_of(a=[1, 2, 3])
    for label, expected in ((None, 3), (None, 6), ("toy", 9), ("toy", 9), ("other", 12)):
        evaluate(counted, grid, label=label)
        assert len(calls) == expected
    evaluate(counted, grid, label="toy", inputs={"data": "2"})
    assert len(calls) == 15
    evaluate(counted, grid, label="toy", fresh=True)
    assert len(calls) == 18
    assert sorted(p.name for p in own_cache.iterdir()) == ["other", "toy"]


def test_kept_work_of_another_network_is_not_used():
    grid = grid_of(year=[2001, 2002])
    first = inf.specification_curve(given_by_a, grid, net=small(), label="aid")
    second = inf.specification_curve(given_by_a, grid, net=small(heavy=True), label="aid")
    assert (first.primary, second.primary) == (1, 3)


def test_it_can_be_read():
    curve = evaluate(toy, TWO, test=drawn_world, region=(0, None), draws=9)
    html = curve._repr_html_()
    assert "4 specifications of 2 choices" in html and "smallest attainable 0.1" in html
    assert html.count("<table") == 3


def test_the_bundled_study():
    """Another trade source is loaded, and what it cannot answer is told."""
    grid = grid_of(trade=["baci", "cow_trade_v4", "imf"], year=[2011, 2012])

    def lead(net, year):
        trade = net.at(year)["trade"].to_adjacency()
        return trade.loc["CHN", "KAZ"] - trade.loc["RUS", "KAZ"]

    curve = inf.specification_curve(lead, grid, region=(0, None))
    told = curve.unavailable.set_index("trade")["reason"]
    assert len(told["imf"]) == 2 and told["imf"].str.contains("trade by 'imf' is not available").all()
    baci = inf.load().at(2012)["trade"].to_adjacency()
    row = curve.table[(curve.table["trade"] == "baci") & (curve.table["year"] == "2012")]
    assert row["value"].iloc[0] == pytest.approx(baci.loc["CHN", "KAZ"] - baci.loc["RUS", "KAZ"])
