"""Metrics against null models: by enumeration and by formula, on graphs small enough for both."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.robustness import null_test, rewire
from influence.robustness.null_models import _dealt_weights

ROLES = ["coordinator", "itinerant", "representative", "gatekeeper", "liaison"]


def random_frame(n: int, density: float, seed: int, weighted: bool = False) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    a = (rng.random((n, n)) < density) * (rng.integers(1, 50, (n, n)) if weighted else 1)
    np.fill_diagonal(a, 0)
    names = [f"a{k:02d}" for k in range(n)]
    return pd.DataFrame(a.astype(float), index=names, columns=names)


def by_actor(found: pd.DataFrame, column: str) -> pd.DataFrame:
    return found.pivot(index="actor", columns="metric", values=column)


# --- degrees --------------------------------------------------------------------------------------


def test_degrees_null_is_the_metric_on_rewired_graphs():
    """Betweenness of networkx on each graph of `rewire`."""
    frame = random_frame(10, 0.25, 1)
    found = null_test(frame, "betweenness", draws=30, seed=4).set_index("actor")
    graphs = [nx.from_numpy_array(a, create_using=nx.DiGraph) for a in rewire(frame, draws=30, seed=4)]
    drawn = np.array([list(nx.betweenness_centrality(g).values()) for g in graphs])
    observed = np.array(list(nx.betweenness_centrality(nx.from_pandas_adjacency(frame, nx.DiGraph)).values()))
    np.testing.assert_allclose(found["observed"], observed)
    np.testing.assert_allclose(found["expected"], drawn.mean(axis=0))
    np.testing.assert_allclose(found["sd"], drawn.std(axis=0))
    both = np.vstack([drawn, observed])
    greater, less = ((both >= observed - 1e-12).mean(axis=0), (both <= observed + 1e-12).mean(axis=0))
    np.testing.assert_allclose(found["p"], np.minimum(1, 2 * np.minimum(greater, less)))


def test_degrees_null_converges_to_the_enumeration():
    """Transitive triples of a small graph, over all graphs with its degrees."""
    frame = random_frame(5, 0.45, 3)
    a = frame.to_numpy()

    def triples(stack):
        return np.einsum("kij,kjl,kil->k", stack, stack, stack)

    rows = [list(itertools.combinations([j for j in range(5) if j != i], int(a[i].sum()))) for i in range(5)]
    every = []
    for chosen in itertools.product(*rows):
        b = np.zeros((5, 5))
        for i, targets in enumerate(chosen):
            b[i, list(targets)] = 1
        if (b.sum(axis=0) == a.sum(axis=0)).all():
            every.append(b)
    exact = triples(np.array(every))
    found = null_test(frame, triples, draws=4000, seed=1, alternative="greater").iloc[0]
    assert len(every) > 10
    assert found["actor"] is None and found["metric"] == "triples"
    assert found["expected"] == pytest.approx(exact.mean(), abs=5 * exact.std() / math.sqrt(4000))
    truth = (exact >= triples(a[None])[0]).mean()
    assert found["p"] == pytest.approx(truth, abs=5 * math.sqrt(truth * (1 - truth) / 4000) + 1 / 4000)


def test_degrees_do_not_vary_under_their_own_null():
    found = null_test(random_frame(12, 0.3, 2), ["degree_in", "degree_out"], draws=50, seed=1)
    assert (found["p"] == 1).all() and (found["p_min"] == 1).all() and (found["sd"] == 0).all()
    assert found["z"].isna().all()
    assert 0.3 < found["mixing"].iloc[0] < 1


# --- labels ---------------------------------------------------------------------------------------


def chance_of_roles(size: int, sizes: list[int]) -> dict[str, float]:
    """That a → b → c has each role if the others' groups are dealt out: b is of a group of `size`."""
    n = sum(sizes)
    pairs = (n - 1) * (n - 2)
    others = list(sizes)
    others.remove(size)
    return {
        "coordinator": (size - 1) * (size - 2) / pairs,
        "itinerant": sum(s * (s - 1) for s in others) / pairs,
        "representative": (size - 1) * (n - size) / pairs,
        "gatekeeper": (size - 1) * (n - size) / pairs,
        "liaison": sum(s * t for s, t in itertools.permutations(others, 2)) / pairs,
    }


def test_label_null_has_the_analytic_expectation():
    """Hypergeometric: the open chains of a broker times the chance that their ends lie so."""
    frame = random_frame(9, 0.3, 5)
    groups = pd.Series(list("AAAABBBCC"), index=frame.index)
    found = null_test(frame, [*ROLES, "brokerage"], null="labels", groups=groups, draws=3000, seed=1)
    assert found.attrs["influence"]["exact"]  # at most 8!/(4! 3! 1!) = 280 ways to deal out eight labels
    chains = by_actor(found, "observed")["brokerage"]
    for actor, group in groups.items():
        for role, chance in chance_of_roles((groups == group).sum(), [4, 3, 2]).items():
            row = found[(found["actor"] == actor) & (found["metric"] == role)].iloc[0]
            assert np.isnan(row["expected"]) or row["expected"] == pytest.approx(chains[actor] * chance)


def test_label_null_equals_the_test_of_brokerage_by_enumeration():
    """`gould_fernandez_test` works on the chains of one broker at a time: other code, same numbers."""
    frame = random_frame(8, 0.3, 6)
    groups = pd.Series(list("AAABBBCC"), index=frame.index)
    ours = null_test(frame, ROLES, null="labels", groups=groups, draws=2000, seed=1)
    theirs = inf.brokerage.gould_fernandez_test(frame, groups, draws=2000, seed=9)
    merged = ours.merge(theirs, left_on=["actor", "metric"], right_on=["actor", "role"], suffixes=("", "_gf"))
    assert len(merged) == 40
    for mine, other in (("observed", "count"), ("expected", "expected_gf"), ("sd", "sd_gf"), ("p", "p_gf")):
        np.testing.assert_allclose(merged[mine], merged[other], atol=1e-12, err_msg=mine)
    np.testing.assert_allclose(merged["p_min"], merged["smallest_p"])
    np.testing.assert_allclose(merged["z"], merged["z_gf"])


def test_exact_and_sampled_p_agree():
    frame = random_frame(8, 0.3, 7)
    groups = pd.Series(list("AAABBBCC"), index=frame.index)
    exact, sampled = (
        null_test(frame, ["liaison", "gatekeeper"], null="labels", groups=groups, draws=k, seed=2) for k in (500, 200)
    )
    assert exact.attrs["influence"]["exact"] and not sampled.attrs["influence"]["exact"]
    known = exact["p"].notna()
    assert np.abs(exact["p"] - sampled["p"])[known].max() < 5 * math.sqrt(0.25 / 200) + 0.01
    assert (sampled["p"][known] >= 1 / 201).all()


def test_one_number_a_graph_has_all_labels_dealt():
    """Share of ties within groups: its mean over all labellings is the share of pairs within groups."""
    frame = random_frame(6, 0.4, 8)
    groups = pd.Series(list("AABBCC"), index=frame.index)

    def within(stack, codes):
        same = codes[:, :, None] == codes[:, None, :]
        return (stack * same).sum(axis=(1, 2)) / stack.sum(axis=(1, 2))

    found = null_test(frame, within, null="labels", groups=groups, draws=999, seed=1).iloc[0]
    assert found["draws"] == 90  # 6! / 2!³
    assert found["expected"] == pytest.approx(6 / 30)
    every = [within(frame.to_numpy()[None], np.array([o]))[0] for o in set(itertools.permutations([0, 0, 1, 1, 2, 2]))]
    assert found["sd"] == pytest.approx(np.std(every))


# --- weights --------------------------------------------------------------------------------------


@pytest.mark.parametrize("directed", [True, False])
def test_weights_null_keeps_ties_and_the_multiset_of_weights(directed):
    frame = random_frame(9, 0.4, 9, weighted=True)
    if not directed:
        frame = frame + frame.T
    stack, exact = _dealt_weights(frame.to_numpy(), frame.index, directed, 40, 1)
    assert not exact and len(stack) == 40
    assert ((stack > 0) == (frame.to_numpy() > 0)).all()
    assert (np.sort(stack.reshape(40, -1)) == np.sort(frame.to_numpy().ravel())).all()
    assert directed or (stack == stack.transpose(0, 2, 1)).all()
    assert len({a.tobytes() for a in stack}) == 40


def test_weights_null_by_enumeration():
    """Three ties of weights 1, 2, 3: an actor with one of them has 2 on average, and 3 once in three."""
    a = np.zeros((4, 4))
    a[0, 1], a[1, 2], a[2, 3] = 1, 2, 3
    found = null_test(a, "strength_out", null="weights", draws=6, seed=1, alternative="greater")
    assert found["draws"].tolist() == [6] * 4
    assert found["expected"].tolist() == [2, 2, 2, 0]
    np.testing.assert_allclose(found["p"], [1, 2 / 3, 1 / 3, 1])
    np.testing.assert_allclose(found["p_min"], [1 / 3, 1 / 3, 1 / 3, 1])


# --- two-mode -------------------------------------------------------------------------------------


def test_curveball_null_of_a_two_mode_and_of_a_rebuilt_metric():
    rng = np.random.default_rng(10)
    seats = pd.DataFrame((rng.random((8, 6)) < 0.5).astype(int), index=list("ABCDEFGH"), columns=list("uvwxyz"))
    same = null_test(seats, "degree_two_mode", null="curveball", draws=50, seed=1)
    assert (same["sd"] == 0).all()
    moved = null_test(seats, "betweenness_two_mode", null="curveball", draws=50, seed=1)
    assert (moved["sd"] > 0).sum() > 5
    shared = null_test(seats, "strength", null="curveball", rebuild="newman", draws=50, seed=1)
    # Counting members here only, strength is the number of shared organizations (Newman 2001): it cannot vary.
    np.testing.assert_allclose(shared["observed"], seats.loc[:, seats.sum() > 1].sum(axis=1))
    np.testing.assert_allclose(shared["sd"], 0, atol=1e-12)
    counted = null_test(seats, "constraint", null="curveball", rebuild="count", draws=50, seed=1)
    expected = inf.structural_holes.constraint(inf.two_mode.project(seats, weight="count"))
    np.testing.assert_allclose(counted["observed"], expected)


def test_the_world_size_of_organizations_is_the_layers_own():
    snap = inf.load().at(2009)
    found = null_test(snap["institutions"], "strength", null="curveball", draws=5, seed=1).set_index("actor")
    pd.testing.assert_series_equal(
        found["observed"], inf.centrality.strength(snap["institutions:shared"]), check_names=False
    )


# --- the table ------------------------------------------------------------------------------------


def test_order_of_actors_and_of_metrics_decides_nothing():
    frame = random_frame(9, 0.3, 11, weighted=True)
    groups = pd.Series(list("AAABBBCCC"), index=frame.index)
    for null, metrics in (("degrees", ROLES), ("labels", ROLES), ("weights", ["constraint", "strength"])):
        given = {"null": null, "draws": 40, "seed": 3, "groups": groups if null != "weights" else None}
        one = null_test(frame, metrics, **given)
        two = null_test(frame.iloc[::-1, ::-1], metrics[::-1], **given)
        key = ["metric", "actor"]
        pd.testing.assert_frame_equal(
            one.sort_values(key, ignore_index=True), two.sort_values(key, ignore_index=True), check_exact=False
        )


def test_a_users_own_metric_is_looped():
    inf.register_metric("eccentric", lambda graph: inf.centrality.betweenness(graph) ** 2, measures="an example")
    try:
        frame = random_frame(8, 0.3, 12)
        own, ours = (null_test(frame, id, draws=20, seed=1) for id in ("eccentric", "betweenness"))
    finally:
        inf.metrics.registry.unregister_metric("eccentric")
    np.testing.assert_allclose(own["observed"], ours["observed"] ** 2)
    np.testing.assert_allclose(own["p"], ours["p"])


def test_many_graphs_are_measured_in_parts(monkeypatch):
    frame = random_frame(8, 0.3, 13)
    whole = null_test(frame, ["betweenness", "pagerank"], draws=30, seed=1)
    monkeypatch.setattr("influence.robustness._statistic._AT_ONCE", 64 * 7)
    pd.testing.assert_frame_equal(null_test(frame, ["betweenness", "pagerank"], draws=30, seed=1), whole)


def test_options_reach_the_kernel_and_the_result_knows_where_it_came_from():
    layer = inf.load().at(2009)["energy"]
    found = null_test(layer, ["k_reach", "degree"], draws=9, seed=1, options={"k_reach": {"k": 1}})
    pivoted = by_actor(found, "observed")
    np.testing.assert_allclose(pivoted["k_reach"], inf.centrality.k_reach(layer, k=1).reindex(pivoted.index))
    told = found.attrs["influence"]
    assert told["metric"] == "null_test" and told["layer"] == "energy" and told["options"]["null"] == "degrees"
    assert set(told["mixing"]) == {"accepted", "replaced", "replaced_halfway", "memory"}


@pytest.mark.parametrize(
    ("statistic", "given", "told"),
    [
        ("degree", {"null": "ties"}, "null must be one of"),
        ("degree", {"draws": 0}, "draws must be at least 1"),
        ("degree", {"null": "labels"}, "name them by groups="),
        ("degree", {"null": "labels", "groups": {0: 1, 1: 1, 2: 2}}, "degree reads no groups"),
        ("liaison", {}, "needs groups="),
        ("participation", {}, "one layer"),
        ("degree_two_mode", {}, "reads a two-mode network"),
        (["degree", "degree_two_mode"], {}, "metrics of one level"),
        ("degree", {"alternative": "more"}, "alternative must be"),
    ],
)
def test_bad_questions_are_refused(statistic, given, told):
    with pytest.raises(ValueError, match=told):
        null_test(np.eye(3, k=1), statistic, **{"seed": 1, **given})


def test_an_unknown_rebuild_is_refused():
    with pytest.raises(ValueError, match="rebuild must be"):
        null_test(pd.DataFrame(np.eye(3)), "degree", null="curveball", rebuild="max", seed=1)
