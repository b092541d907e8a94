"""Fragility against all subsets of rows, each a network built anew; by hand; and on the bundled data."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.metrics.registry import get_metric
from influence.robustness import fragility_table
from influence.robustness.search import best_first

pytestmark = pytest.mark.filterwarnings("ignore::influence.metrics.brokerage.DensityWarning")

ACTORS = list("ABCDEF")
GROUPS = dict(zip(ACTORS, "xyxyzx", strict=True))
BODIES = ["P", "Q", "R"]
SPECS = pd.DataFrame(
    {
        "layer": ["sum", "plain", "mixed", "clubs"],
        "directed": [True, False, True, False],
        "mode": [1, 1, 1, 2],
        "composition": ["sum", "sum", "shares", "sum"],
    }
)
WEIGHTS = pd.DataFrame(
    {"layer": "mixed", "kind": ["pact", "base", "arms"], "weight": [0.3, 0.5, 0.2], "combine": ["once", "sum", "sum"]}
)


def study(seed, layer, rows=7, missed=0):
    """A small network with rows in doubt, some of them with several ties, and candidates that may have been missed."""
    from influence.network.specs import specs_from_table

    rng = np.random.default_rng(seed)
    ties = []
    for k in range(rows + missed):
        several = 1 if k >= rows else int(rng.integers(1, 3))
        kind = str(rng.choice(["pact", "base", "arms"]))
        for _ in range(several):
            a, b = rng.choice(ACTORS, 2, replace=False)
            body = str(rng.choice(BODIES))
            ties.append(
                {
                    "layer": layer,
                    "source": str(a),
                    "target": body if layer == "clubs" else str(b),
                    "kind": kind,
                    "weight": float(rng.integers(1, 4)),
                    "mutual": kind == "pact" and layer != "clubs",
                    "evidence_id": f"row{k}",
                }
            )
    ties = pd.DataFrame(ties)
    specs = specs_from_table(SPECS, WEIGHTS)
    recorded = ties[ties["evidence_id"].str[3:].astype(int) < rows]
    net = inf.MultilayerNetwork.from_edges(
        recorded,
        actors=ACTORS,
        organizations=BODIES,
        layers=specs,
        partitions=pd.DataFrame({"partition": "camp", "group": list(GROUPS.values()), "actor_id": ACTORS}),
        sizes=pd.DataFrame({"org_id": ["P"], "year": [2001], "n_members": [9]}),
        years=[2001],
    )
    # Few different probabilities, so that sets are often equally probable; some rows are more likely wrong than not.
    p = pd.Series(rng.choice([0.0, 0.1, 0.1, 0.2, 0.35, 0.6], rows), index=[f"row{k}" for k in range(rows)])
    more = ties[~ties["evidence_id"].isin(p.index)].assign(p_true=lambda t: rng.choice([0.1, 0.2, 0.35], len(t)))
    return net, p, more if missed else None


def value_of(net, layer, metric, pair):
    """Each actor's value from the public functions, on a network as it is."""
    public = get_metric(metric)
    here = net.at(2001)[layer]
    if public.level == "two_mode":
        return public.function(here)
    here = net.at(2001)[f"{layer}:shared"] if here.mode == 2 else here
    matrix = here.to_adjacency().fillna(0.0)
    if pair is not None:
        a, b = pair
        matrix.loc[a, b] = matrix.loc[b, a] = 0.0
    options = {"groups": GROUPS} if "groups" in public.needs else {}
    return public.function(matrix, directed=here.directed, **options)


def by_all_subsets(net, p, candidates, layer, metric, over):
    """The answer by definition: every subset of rows, a network each."""
    p_all = dict(p) if candidates is None else {**p, **candidates.groupby("evidence_id")["p_true"].first()}
    ids = sorted(k for k in p_all if 0 < p_all[k])

    def holds(here, top=None):
        values = value_of(here, layer, metric, over).fillna(0.0)
        if over is not None:
            return values[over[0]] - values[over[1]] > level, over[0]
        first = values.idxmax() if top is None else top
        return values[first] - values.drop(first).max() > level, first

    values = value_of(net, layer, metric, over).fillna(0.0)
    compared = values[list(over)] if over is not None else values.nlargest(2)
    level = 1e-6 * (float(compared.abs().sum()) or 1.0)
    now, top = holds(net)
    best = (math.inf, math.inf, ())
    for size in range(len(ids) + 1):
        for chosen in itertools.combinations(ids, size):
            here = net.without([k for k in chosen if k in p.index])
            if candidates is not None:
                added = candidates[candidates["evidence_id"].isin(chosen)].drop(columns="p_true")
                here = here.with_ties(added)
            if holds(here, top)[0] != now:
                cost = sum(math.log((1 - p_all[k]) / p_all[k]) for k in chosen)
                best = min(best, (round(cost, 6), size, chosen))
    return now, best


LINEAR = [
    ("sum", "degree", ("A", "B")),
    ("sum", "degree_in", ("C", "B")),
    ("sum", "strength", ("A", "D")),
    ("sum", "strength_out", ("E", "B")),
    ("sum", "strength", None),
    ("plain", "degree", ("A", "C")),
    ("plain", "strength", ("B", "C")),
    ("plain", "degree", None),
    ("mixed", "degree", ("A", "B")),
    ("clubs", "strength", ("A", "B")),
    ("clubs", "degree_two_mode", ("C", "B")),
    ("clubs", "strength", None),
]
SEARCHED = [
    ("sum", "brokerage", ("A", "B")),
    ("sum", "gatekeeper", None),
    ("plain", "liaison", ("A", "B")),
    ("plain", "brokerage", None),
    ("mixed", "itinerant", ("C", "D")),
    ("sum", "eigenvector", ("A", "B")),
    ("plain", "betweenness", ("A", "D")),
    ("clubs", "degree", ("A", "B")),
    ("mixed", "strength", None),
]


SEEDS = [0, 1, *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 4))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("layer", "metric", "over"), [*LINEAR, *SEARCHED])
def test_the_answer_is_that_of_all_subsets(layer, metric, over, seed):
    missed = 2 * (seed % 2)
    net, p, candidates = study(seed, layer, rows=6 - missed, missed=missed)
    holds, (cost, size, ids) = by_all_subsets(net, p, candidates, layer, metric, over)
    given = {"layer": layer, "over": over, "partition": "camp", "doubt": p, "candidates": candidates, "draws": 0}
    if over is not None and value_of(net, layer, metric, over)[[*over]].isna().any():
        with pytest.raises(ValueError, match=f"{metric} has no value for"):
            inf.fragility(net, metric, **given)
        return
    found = inf.fragility(net, metric, **given)
    assert found.holds == holds and found.exact
    if math.isinf(cost):
        assert found.size is None and math.isinf(found.log_odds) and found.rows.empty and found.probability == 0
        return
    assert found.log_odds == pytest.approx(cost, abs=2e-6)
    assert found.bound == pytest.approx(cost, abs=2e-6)
    assert found.size == size
    assert tuple(found.rows["evidence_id"]) == ids


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("over", [("A", "B"), ("C", "D")])
def test_shares_of_kinds_are_as_cheap_as_the_cheapest_subset(seed, over):
    net, p, candidates = study(50 + seed, "mixed", rows=5, missed=2)
    holds, (cost, size, _) = by_all_subsets(net, p, candidates, "mixed", "strength", over)
    found = inf.fragility(net, layer="mixed", over=over, doubt=p, candidates=candidates, draws=0)
    assert (found.holds, found.exact) == (holds, True)
    if math.isinf(cost):
        assert found.size is None
    else:
        assert (found.log_odds, found.size) == (pytest.approx(cost, abs=2e-6), size)
        values = value_of(found.applied(net), "mixed", "strength", over)
        assert (values[over[0]] - values[over[1]] > 1e-9) != holds


def hand():
    """A has a treaty with C and D and a base in E; B has two bases. A leads by 3 partners to 2."""
    ties = pd.DataFrame(
        [("A", "C", "t1"), ("A", "D", "t1"), ("A", "E", "b1"), ("B", "C", "b2"), ("B", "D", "b3")],
        columns=["source", "target", "evidence_id"],
    ).assign(layer="s", source_id="someone1999", locator="p. 7", presence_confidence="high", kind="tie")
    layers = pd.DataFrame({"layer": ["s"], "directed": [False]})
    return inf.MultilayerNetwork.from_edges(ties, actors=list("ABCDE"), layers=layers, years=[2001])


def test_by_hand():
    net = hand()
    found = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt=dict(t1=0.1, b1=0.05, b2=0.2, b3=0.2))
    # Without the treaty A has 1 and B 2: log(0.9/0.1) = 2.197; without the base 2 and 2, level: log(0.95/0.05) = 2.944.
    assert (found.value_a, found.value_b, found.holds, found.size) == (3, 2, True, 1)
    assert found.rows.loc[0, ["evidence_id", "change", "ties", "source_id", "locator"]].tolist() == [
        "t1",
        "not there",
        2,
        "someone1999",
        "p. 7",
    ]
    assert found.log_odds == pytest.approx(math.log(9)) and found.probability == pytest.approx(0.1)
    assert found.receipts[["source", "target"]].to_numpy().tolist() == [["A", "C"], ["A", "D"]]
    # P(otherwise): A loses its lead unless treaty and base stand, or the treaty stands and B lost more, and so on.
    exact = 0.0
    for t1, b1, b2, b3 in itertools.product([0, 1], repeat=4):
        chance = (0.9 if t1 else 0.1) * (0.95 if b1 else 0.05) * (0.8 if b2 else 0.2) * (0.8 if b3 else 0.2)
        exact += chance * (2 * t1 + b1 <= b2 + b3)
    assert found.p_reversal == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 1000))


def test_probabilities_decide_which_rows():
    net = hand()
    sure = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt={"t1": 0.01, "b1": 0.05}, draws=0)
    assert sure.rows["evidence_id"].tolist() == ["b1"]
    never = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt={"b2": 0.4}, draws=0)
    assert never.size is None and "no set of rows in doubt would undo it" in repr(never)
    likely = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt={"t1": 0.7, "b1": 0.05}, draws=0)
    assert likely.rows["evidence_id"].tolist() == ["t1"] and likely.log_odds < 0


def test_equally_probable_sets_are_told_by_number_and_name():
    ties = pd.DataFrame({"source": list("AAAB"), "target": list("CDEC"), "evidence_id": ["z", "y", "x", "w"]})
    net = inf.MultilayerNetwork.from_edges(ties.assign(layer="s"), actors=list("ABCDE"), years=[2001])
    found = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt=dict(x=0.2, y=0.2, z=0.2), draws=0)
    assert found.rows["evidence_id"].tolist() == ["x", "y"]
    # 0.8/0.2 is 4: one row of 1/17 is as probable as two of 1/5, and one row is fewer.
    one = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt=dict(x=0.2, y=0.2, z=0.2), draws=0)
    assert one.probability == pytest.approx(0.04)
    pair = pd.concat([ties, pd.DataFrame({"source": ["A"], "target": ["D"], "evidence_id": ["v"]})])
    net = inf.MultilayerNetwork.from_edges(
        pair.assign(layer="s").drop_duplicates(["source", "target"]), actors=list("ABCDE"), years=[2001]
    )
    double = ties.assign(evidence_id=["both", "both", "x", "w"])
    net = inf.MultilayerNetwork.from_edges(double.assign(layer="s"), actors=list("ABCDE"), years=[2001])
    # Together Σ log odds are equal: {both} costs log 16, as do x and w'.
    found = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt={"both": 1 / 17, "x": 0.2}, draws=0)
    assert found.rows["evidence_id"].tolist() == ["both"]


def test_a_missed_tie_can_make_a_finding():
    net = hand()
    more = pd.DataFrame({"layer": "s", "kind": "tie", "source": ["B", "B"], "target": ["E", "A"], "p_true": [0.3, 0.4]})
    found = inf.fragility(net, "degree", layer="s", over=("B", "A"), doubt={"t1": 0.01}, candidates=more, draws=0)
    assert not found.holds and found.rows["evidence_id"].tolist() == ["t1"], (
        "level is no lead; a tie between them counts not"
    )
    found = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt={"t1": 0.01}, candidates=more, draws=200)
    assert found.rows[["evidence_id", "change"]].to_numpy().tolist() == [["missed:s:tie:B>E", "missed"]]
    assert found.p_reversal == pytest.approx(0.3, abs=0.12)


def test_a_budget_that_is_too_small_is_told():
    net, p, _ = study(4, "sum", rows=9)
    p[:] = 0.1
    whole = inf.fragility(net, "eigenvector", layer="sum", over=("A", "B"), doubt=p, draws=0)
    short = inf.fragility(net, "eigenvector", layer="sum", over=("A", "B"), doubt=p, draws=0, budget=2)
    assert whole.exact
    assert short.bound <= whole.log_odds + 1e-9 <= short.log_odds + 1e-6
    if not short.exact:
        assert "of any at least" in repr(short)


@pytest.mark.parametrize("seed", range(12))
def test_best_first_is_brute_force_on_any_function(seed):
    rng = np.random.default_rng(seed)
    m = 8
    cost = rng.choice([0.5, 1.0, 1.5, 2.0, -0.7, 0.0, np.inf], m)
    effect = rng.integers(-1, 4, m).astype(float)
    bonus = rng.integers(0, 2, (m, m)).astype(float)
    need = float(rng.integers(2, 7))

    def gap(flips):
        f = flips.astype(float)
        return (need - f @ effect - np.einsum("ki,ij,kj->k", f, np.triu(bonus, 1), f))[:, None]

    reach = np.abs(effect) + np.triu(bonus, 1).sum(axis=0) + np.triu(bonus, 1).sum(axis=1)
    best = (math.inf, math.inf, ())
    possible = np.flatnonzero(np.isfinite(cost))
    for size in range(len(possible) + 1):
        for chosen in itertools.combinations(possible.tolist(), size):
            flips = np.zeros((1, m), dtype=bool)
            flips[0, list(chosen)] = True
            if gap(flips)[0, 0] <= 0:
                best = min(best, (round(float(cost[list(chosen)].sum()), 6), size, chosen))
    for most in (None, reach[None]):
        found = best_first(gap, cost, most)
        assert found.exact
        if math.isinf(best[0]):
            assert found.flips is None and math.isinf(found.bound)
        else:
            assert found.cost == pytest.approx(best[0], abs=1e-6)
            assert tuple(np.flatnonzero(found.flips).tolist()) == best[2]


def test_questions_are_asked_of_networks():
    net = hand()

    def lead(here):
        degree = inf.centrality.degree(here.at(2001)["s"])
        return degree["A"] - degree["B"]

    p = {"t1": 0.1, "b1": 0.05, "b2": 0.2, "b3": 0.2}
    found = inf.fragility(net, question=lead, layer="s", doubt=p, draws=50)
    known = inf.fragility(net, "degree", layer="s", over=("A", "B"), doubt=p, draws=0)
    assert found.rows["evidence_id"].tolist() == known.rows["evidence_id"].tolist() == ["t1"]
    assert found.exact and found.finding == "lead" and found.value_a == 1 and 0 < found.p_reversal < 1
    only = inf.fragility(net, question=lead, rows=["b1", "b2"], layer="s", doubt=p, draws=0)
    assert only.rows["evidence_id"].tolist() == ["b1"]
    with pytest.raises(ValueError, match="rows: no evidence called zz"):
        inf.fragility(net, question=lead, rows=["zz"], layer="s", doubt=p)
    with pytest.raises(ValueError, match="no answer"):
        inf.fragility(net, question=lambda here: math.nan, layer="s", doubt=p)


def flows(seed=3, n=40):
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in ACTORS for b in ACTORS if a != b]
    ties = pd.DataFrame(pairs, columns=["source", "target"]).assign(layer="trade", year=2001)
    ties["weight"] = np.round(rng.lognormal(3, 1, len(ties)), 3)
    ties["evidence_id"] = ties["source"] + ties["target"]
    return ties


@pytest.mark.parametrize(
    ("metric", "over"),
    [("strength", ("A", "B")), ("strength_out", ("C", "B")), ("strength", None), ("eigenvector", ("A", "B"))],
)
def test_factors_bring_the_two_level(metric, over):
    ties = flows()
    net = inf.MultilayerNetwork.from_edges(ties)
    found = inf.fragility(net, metric, layer="trade", over=over, doubt={}, draws=0)

    def margin(scaled):
        values = value_of(inf.MultilayerNetwork.from_edges(scaled), "trade", metric, over)
        return values[found.a] - (values[found.b] if over else values.drop(found.a).max())

    own = (ties["source"] == found.a) | (ties["target"] == found.a)
    level = 1e-4 * abs(margin(ties))
    common = ties.assign(weight=ties["weight"].where(~own, ties["weight"] * found.factors.common))
    assert abs(margin(common)) < level
    single = ties.assign(
        weight=ties["weight"].where(
            ties["evidence_id"] != found.factors.flow, ties["weight"] * found.factors.flow_factor
        )
    )
    assert abs(margin(single)) < level or over is None
    if over is not None:
        for row in ties[own | ties["source"].eq(found.b) | ties["target"].eq(found.b)].itertuples():
            # No other single flow does it with a smaller factor.
            for way in (1, -1):
                smaller = math.exp(way * 0.97 * abs(math.log(found.factors.flow_factor)))
                scaled = ties.assign(
                    weight=ties["weight"].where(ties["evidence_id"] != row.evidence_id, row.weight * smaller)
                )
                assert (margin(scaled) > 0) == found.holds
    assert "times" in repr(found)


def test_counts_have_no_factors():
    assert inf.fragility(hand(), "strength", layer="s", over=("A", "B"), doubt={}, draws=0).factors is None


def test_what_is_wrong_is_told():
    net, p, _ = study(1, "sum")
    for options, told in (
        ({"over": ("A", "Z")}, "over: 'Z' is not in the layer sum"),
        ({"over": ("A", "A")}, "cannot be above itself"),
        ({"metric": "gatekeeper"}, "gatekeeper needs a partition; there are camp"),
        ({"role": "porter"}, "role must be one of coordinator"),
        ({"role": "liaison", "metric": "degree", "partition": "camp"}, "without a metric"),
        ({"metric": "participation"}, "ask it as question="),
        ({"metric": "degree_two_mode"}, "is for two-mode layers"),
        ({"year": 1999}, "no snapshot of 1999"),
        ({"doubt": {"nobody": 0.1}}, "doubt: no evidence called nobody"),
        ({"doubt": {"row1": 1.5}}, "the probability of row1 must lie between 0 and 1, not 1.5"),
        ({"candidates": pd.DataFrame({"layer": ["sum"]})}, "candidates: the column source is missing"),
        ({"rows": ["row1"]}, "rows= goes with question="),
        ({"draws": -1}, "draws must be at least 0"),
    ):
        given = {"layer": "sum", "over": ("A", "B"), "doubt": p, "draws": 0, **options}
        with pytest.raises(ValueError, match=told):
            inf.fragility(net, **given)
    with pytest.raises(KeyError, match="no layer named 'wars'; there are sum"):
        inf.fragility(net, layer="wars", over=("A", "B"), doubt=p)
    with pytest.raises(KeyError, match="no kind war"):
        inf.fragility(net, layer="sum", kind="war", over=("A", "B"), doubt=p)
    with pytest.raises(ValueError, match="comparison of two"):
        inf.fragility(net, "degree", layer="sum", over=None, doubt=p, draws=0).placebos()


def test_placebos_ask_the_same_of_other_pairs():
    net, p, _ = study(2, "sum")
    found = inf.fragility(net, "strength", layer="sum", over=("A", "B"), doubt=p, draws=50)
    table = found.placebos()
    assert len(table) == 1 + 2 * (len(ACTORS) - 2)
    assert table.loc[0, ["a", "b", "log_odds", "p_reversal"]].tolist() == ["A", "B", found.log_odds, found.p_reversal]
    other = inf.fragility(net, "strength", layer="sum", over=("C", "D"), doubt=p, draws=50)
    row = found.placebos([("C", "D")]).loc[1]
    assert (row["value_a"], row["holds"], row["p_reversal"]) == (other.value_a, other.holds, other.p_reversal)
    assert row["log_odds"] == pytest.approx(other.log_odds)
    with pytest.raises(ValueError, match="'Z' is not in the layer"):
        found.placebos([("A", "Z")])


def test_the_table_is_the_single_answers():
    net, p, _ = study(6, "mixed")
    table = fragility_table(net, {"mixed": "strength", "sum": "degree"}, layers=["mixed"], over=("A", "B"), doubt=p)
    one = inf.fragility(net, "strength", layer="mixed", over=("A", "B"), doubt=p)
    row = table.loc[0]
    assert row["rows"] == "; ".join(one.rows["evidence_id"]) and row["size"] == one.size
    for name in ("value_a", "value_b", "holds", "log_odds", "probability", "p_reversal", "exact"):
        assert row[name] == getattr(one, name)
    with pytest.raises(KeyError, match="no layer named 'wars'"):
        fragility_table(net, layers=["wars"], doubt=p)


# --- the bundled data ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bundled():
    net = inf.load()
    return net, inf.robustness.doubt(net)


@pytest.mark.parametrize(
    ("metric", "layer", "kind", "year", "over"),
    [
        ("degree", "security", None, 2012, ("RUS", "CHN")),
        ("strength", "security", None, 2007, ("RUS", "CHN")),
        ("strength", "security", "arms", 2012, ("RUS", "CHN")),
        ("strength", "institutions", None, 2012, ("RUS", "CHN")),
        ("strength", "energy", None, 2012, ("RUS", "CHN")),
        ("gatekeeper", "security", None, 2012, None),
        ("brokerage", "energy", None, 2003, None),
        ("eigenvector", "energy", None, 2012, ("RUS", "DEU")),
    ],
)
def test_flipping_the_named_rows_turns_the_finding(bundled, metric, layer, kind, year, over):
    net, doubt = bundled
    found = inf.fragility(
        net, metric, layer=layer, kind=kind, year=year, over=over, partition="region", doubt=doubt, draws=0
    )
    assert found.exact and found.size == len(found.rows) > 0

    def values(here):
        layer_ = here.at(year)[f"{layer}:shared" if layer == "institutions" else layer]
        layer_ = layer_ if kind is None else layer_.kinds[kind]
        matrix = layer_.to_adjacency().fillna(0.0)
        if over is not None:
            matrix.loc[over[0], over[1]] = matrix.loc[over[1], over[0]] = 0.0
        public = get_metric(metric)
        groups = net.partition("region", year).reindex(matrix.index).fillna("outside")
        return public.function(matrix, directed=layer_.directed, **({"groups": groups} if public.needs else {}))

    def holds(here):
        told = values(here).fillna(0.0)
        rival = told[over[1]] if over else told.drop(found.a).max()
        return told[found.a] - rival > 1e-6 * (abs(told[found.a]) + abs(rival))

    assert values(net)[found.a] == pytest.approx(found.value_a)
    assert holds(net) == found.holds
    turned = found.applied(net)
    assert holds(turned) != found.holds
    for row in found.rows["evidence_id"]:
        # No row is there in vain: without it the finding is as recorded, unless the rest is dearer.
        rows, ties = (t[t["evidence_id"] != row] for t in (found.rows, found.receipts))
        assert holds(replace(found, rows=rows, receipts=ties).applied(net)) == found.holds


def test_a_treaty_takes_all_its_pairs(bundled):
    net, _ = bundled
    ties = net.at(2012)["security"].kinds["defence_pact"].ties()
    treaty = ties["evidence_id"].value_counts().idxmax()
    other = inf.fragility(
        net, "degree", layer="security", kind="defence_pact", over=("EST", "CHN"), doubt={treaty: 0.1}, draws=0
    )
    assert other.rows["evidence_id"].tolist() == [treaty]
    assert len(other.receipts) == (ties["evidence_id"] == treaty).sum() > 20


@pytest.mark.parametrize(
    ("layer", "metric"),
    [("security", "strength"), ("trade", "strength"), ("energy", "degree"), ("institutions", "strength")],
)
def test_draws_are_those_of_networks_built_anew(bundled, layer, metric):
    from influence.robustness.rates import Rates
    from influence.robustness.reversal import finding_of

    net, doubt = bundled
    rates = Rates(net, doubt)
    found = finding_of(net, metric, rates, layer, 2009, ("RUS", "CHN"), None, None, None, "31 December")
    ((flips, factors),) = rates.drawn(layer, [found.switches], 4, seed=11)
    values = found.values(flips, factors)
    for number in range(4):
        here = doubt.draw(11, number).applied(net).at(2009)[f"{layer}:shared" if layer == "institutions" else layer]
        matrix = here.to_adjacency().fillna(0.0)
        matrix.loc["RUS", "CHN"] = matrix.loc["CHN", "RUS"] = 0.0
        public = get_metric(metric).function(matrix, directed=here.directed)
        np.testing.assert_allclose(values[number], public, rtol=1e-9)


def test_what_is_shown(bundled):
    net, doubt = bundled
    found = inf.fragility(net, "degree", year=2012, doubt=doubt, draws=50)
    assert repr(found).splitlines()[0] == "RUS above CHN by degree in security, 2012: holds"
    assert "rows of evidence would undo it (most probable set)" in repr(found)
    assert "<table" in found._repr_html_() and "sipri_tiv" in found._repr_html_()
    many = inf.fragility(net, "strength", layer="energy", year=2012, doubt=doubt, draws=0)
    assert many.size > 30 and len(repr(many).splitlines()) < 20


# --- what rules sets out ----------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["sum", "plain", "mixed"])
@pytest.mark.parametrize("metric", ["coordinator", "itinerant", "representative", "gatekeeper", "liaison", "brokerage"])
@pytest.mark.parametrize("over", [("A", "B"), None])
def test_no_row_changes_a_count_by_more_than_it_is_said_to(layer, metric, over):
    from influence.robustness.finding import Gap
    from influence.robustness.rates import Rates, log_odds_against
    from influence.robustness.reversal import finding_of
    from influence.robustness.role_reach import most_change

    touched = 0
    for seed in range(2):
        net, p, candidates = study(90 + seed, layer, rows=12, missed=8)
        rates = Rates(net, p, candidates)
        found = finding_of(net, metric, rates, layer, 2001, over, None, "camp", None, "31 December")
        cost = log_odds_against(found.switches.p)
        rng = np.random.default_rng(seed)
        flips = rng.random((30, len(cost))) < rng.random((30, 1))
        for holds in (True, False):
            most = most_change(found, holds, cost)
            gap = Gap(found, holds, 1e-6)
            for row in range(len(cost)):
                without, with_ = flips.copy(), flips.copy()
                without[:, row], with_[:, row] = False, True
                lessened = gap(without) - gap(with_)
                assert (lessened <= most[:, row] + 1e-5).all()
                if cost[row] < 0:
                    assert (-lessened <= most[:, row] + 1e-5).all()
                touched += int((lessened > 0.5).any())
    assert touched or (metric == "representative" and layer == "plain"), "nothing was tried"
