"""Brokerage against hand calculation, R's sna, and loops that follow the definition."""

import itertools
import json
import logging
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.oracles import reference

from influence.metrics import brokerage
from influence.metrics.brokerage import (
    COLUMNS,
    ROLES,
    DensityWarning,
    chains,
    gould_fernandez,
    gould_fernandez_test,
)
from influence.metrics.registry import get_metric
from influence.network import LayerSpec, MultilayerNetwork

SNA = json.loads((Path(__file__).parents[1] / "oracles" / "sna_brokerage.json").read_text(encoding="utf-8"))["graphs"]
DENSE = pytest.mark.filterwarnings("ignore::influence.metrics.brokerage.DensityWarning")


def named(a, groups):
    """The same with letters for names, so that nothing can lean on positions."""
    names = [f"n{k:02d}" for k in range(len(a))]
    return pd.DataFrame(a, index=names, columns=names), pd.Series(list(groups), index=names)


def sna_graph(case):
    a = np.zeros((case["n"], case["n"]))
    a[case["source"], case["target"]] = 1
    return a if case["directed"] else a + a.T


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ("AAABC", "coordinator"),
        ("ABAAA", "itinerant"),
        ("AABBB", "representative"),
        ("ABBAA", "gatekeeper"),
        ("ABCAB", "liaison"),
    ],
)
def test_each_role_by_hand(groups, role):
    chain = np.zeros((5, 5))
    chain[0, 1], chain[1, 2] = 7, 0.5  # 0 → 1 → 2, and two bystanders
    graph, labels = named(chain, groups)
    counts = gould_fernandez(graph, labels)
    expected = {name: 0.0 for name in COLUMNS} | {role: 1.0, "brokerage": 1.0}
    assert counts.loc["n01"].fillna(0).to_dict() == expected
    assert counts.drop("n01").fillna(0).to_numpy().sum() == 0
    assert getattr(brokerage, role)(graph, groups=labels)["n01"] == 1
    chain[0, 2] = 1  # the direct tie closes it
    assert gould_fernandez(*named(chain, groups))["brokerage"].sum() == 0


@DENSE
@pytest.mark.parametrize("case", SNA, ids=[case["name"] for case in SNA])
def test_counts_against_sna(case):
    # sna sees both directions of an undirected chain: twice, and as gatekeeper once, representative once
    once = np.ones(6) if case["directed"] else np.array([2, 2, 1, 1, 2, 2])
    expected = np.array(case["counts"]) / once
    a = sna_graph(case)
    got = gould_fernandez(a, dict(enumerate(case["groups"])), directed=case["directed"]).to_numpy()
    stated = ~np.isnan(got)
    np.testing.assert_array_equal(got[stated], expected[stated])
    total = brokerage.total(a, groups=dict(enumerate(case["groups"])), directed=case["directed"])
    np.testing.assert_array_equal(total, expected[:, 5])
    possible = reference.possible_roles(case["groups"])
    if not case["directed"]:
        possible[:, 2] = False
    np.testing.assert_array_equal(stated, np.c_[possible, np.ones(case["n"], dtype=bool)])
    assert case["directed"] or (expected[:, 2] == expected[:, 3]).all()
    assert (expected[:, :5] * ~reference.possible_roles(case["groups"])).sum() == 0


def test_the_oracle_has_the_florentine_marriages():
    case = next(case for case in SNA if case["name"] == "florentine_marriages")
    graph = nx.florentine_families_graph()
    by_name = sorted([*graph, "Pucci"])  # R prints the families in this order
    ties = {frozenset((by_name[i], by_name[j])) for i, j in zip(case["source"], case["target"], strict=True)}
    assert ties == {frozenset(edge) for edge in graph.edges}


def test_roles_that_a_partition_cannot_have_are_nan():
    chain, groups = named(np.zeros((4, 4)), "AABB")  # two groups of two
    counts = gould_fernandez(chain, groups)
    assert counts[["coordinator", "liaison"]].isna().all(axis=None)
    assert (counts[["itinerant", "representative", "gatekeeper", "brokerage"]] == 0).all(axis=None)
    one = gould_fernandez(*named(np.zeros((3, 3)), "AAA"))
    assert one.notna().all().to_dict() == {r: r in ("coordinator", "brokerage") for r in COLUMNS}


def test_an_undirected_pair_counts_once_and_gatekeeper_is_representative():
    #  n00, n01 of group A – n02 of group B – n03 of group B: n02 lets A in from two sides
    a = np.zeros((5, 5))
    for i, j in [(0, 2), (1, 2), (3, 2)]:
        a[i, j] = a[j, i] = 1
    graph, groups = named(a, "AABBB")
    counts = gould_fernandez(graph, groups, directed=False)
    assert counts["representative"].isna().all()
    got = counts.loc["n02"].dropna().to_dict()
    assert got == {"coordinator": 0, "itinerant": 1, "gatekeeper": 2, "brokerage": 3}
    both = gould_fernandez(graph, groups, directed=True).loc["n02"].dropna().to_dict()
    assert both == {"coordinator": 0, "itinerant": 2, "representative": 2, "gatekeeper": 2, "brokerage": 6}


def test_shared_credit_and_closure_by_hand():
    # n00 reaches n03 through n01 and through n02; n03 answers directly
    a = np.zeros((6, 6))
    a[0, 1] = a[1, 3] = a[0, 2] = a[2, 3] = a[3, 0] = 1
    graph, groups = named(a, "AABCDE")
    assert gould_fernandez(graph, groups).loc["n01", "representative"] == 1
    assert gould_fernandez(graph, groups, credit="shared").loc["n01", "representative"] == 0.5
    assert gould_fernandez(graph, groups, closure="either")["representative"].sum() == 0
    a[0, 3] = 1
    assert gould_fernandez(*named(a, "AABCDE")).loc["n01", "representative"] == 0
    assert gould_fernandez(*named(a, "AABCDE"), closure="none").loc["n01", "representative"] == 1


graphs = hnp.arrays(float, (7, 7), elements=st.sampled_from([0.0, 0.0, 0.0, 0.5, 2.0]))
options = {
    "groups": st.lists(st.sampled_from("ABC"), min_size=7, max_size=7),
    "directed": st.booleans(),
    "credit": st.sampled_from(["unit", "shared"]),
    "closure": st.sampled_from(["direct", "either", "none"]),
}


def prepared(a, directed):
    np.fill_diagonal(a, 0)
    return a if directed else np.maximum(a, a.T)


@DENSE
@settings(max_examples=80, deadline=None)
@given(a=graphs, **options)
def test_counts_and_chains_against_the_definition(a, groups, directed, credit, closure):
    a = prepared(a, directed)
    graph, labels = named(a, groups)
    how = {"directed": directed, "credit": credit, "closure": closure}
    expected = reference.gould_fernandez(a, groups, **how)
    counts = gould_fernandez(graph, labels, **how)
    np.testing.assert_allclose(counts["brokerage"], expected.sum(axis=1), atol=1e-12)
    got = counts[list(ROLES)].to_numpy()
    np.testing.assert_allclose(np.nan_to_num(got), expected, atol=1e-12)
    possible = reference.possible_roles(groups)
    if not directed:
        possible[:, 2] = False
    np.testing.assert_array_equal(np.isnan(got), ~possible)

    receipts = chains(graph, labels, **how)
    from_receipts = receipts.pivot_table(index="b", columns="role", values="credit", aggfunc="sum")
    from_receipts = from_receipts.reindex(index=graph.index, columns=list(ROLES)).fillna(0.0)
    np.testing.assert_allclose(from_receipts, expected, atol=1e-12)
    walked = Counter()
    for i, j, k in reference.open_chains(a, directed=directed, closure=closure):
        walked[frozenset((f"n{i:02d}", f"n{k:02d}")), f"n{j:02d}", i > k if directed else None] += 1
    seen = Counter()
    for row in receipts.itertuples():
        assert row.weight_in == graph.loc[row.a, row.b] > 0
        assert row.weight_out == graph.loc[row.b, row.c] > 0
        assert row.role == reference.role(labels[row.a], labels[row.b], labels[row.c])
        seen[frozenset((row.a, row.c)), row.b, row.a > row.c if directed else None] += 1
    assert seen == walked


@DENSE
@settings(max_examples=30, deadline=None)
@given(a=graphs, order=st.permutations(range(7)), **options)
def test_the_order_of_rows_does_not_matter(a, order, groups, directed, credit, closure):
    graph, labels = named(prepared(a, directed), groups)
    shuffled = graph.iloc[list(order)]  # columns stay: aligned by name
    how = {"directed": directed, "credit": credit, "closure": closure}
    counts = gould_fernandez(shuffled, labels[::-1], **how)
    pd.testing.assert_frame_equal(counts.loc[graph.index], gould_fernandez(graph, labels, **how), check_exact=False)
    pd.testing.assert_frame_equal(chains(shuffled, labels, **how), chains(graph, labels, **how))


@DENSE
@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("id", COLUMNS)
def test_a_stack_is_its_graphs_one_by_one(id, directed, monkeypatch):
    rng = np.random.default_rng(5)
    stack = (rng.random((2, 4, 9, 9)) < rng.random((2, 4, 1, 1))) * 2.0
    stack = np.triu(stack, 1) + np.swapaxes(np.triu(stack, 1), -1, -2) if not directed else stack
    stack[..., range(9), range(9)] = 0
    untouched = stack.copy()
    codes = rng.integers(0, 3, (2, 4, 9))
    metric = get_metric(id)
    got = metric.kernel(stack, directed=directed, groups=codes)
    assert got.shape == (2, 4, 9)
    np.testing.assert_array_equal(stack, untouched)
    np.testing.assert_array_equal(metric.shares(stack, directed=directed, groups=codes)[id], got)
    for i, j in np.ndindex(2, 4):
        np.testing.assert_array_equal(got[i, j], metric.kernel(stack[i, j], directed=directed, groups=codes[i, j]))
    fixed = metric.kernel(stack, directed=directed, groups=codes[0, 0])  # one partition for all years
    np.testing.assert_array_equal(fixed[0, 0], got[0, 0])
    monkeypatch.setattr(brokerage, "_CACHED", 1)  # one graph at a time
    np.testing.assert_array_equal(metric.kernel(stack, directed=directed, groups=codes), got)
    assert metric.kernel(np.zeros((3, 0, 0)), directed=directed, groups=np.zeros((3, 0), int)).shape == (3, 0)


def test_dense_graphs_are_warned_of_once(caplog):
    dense, groups = named(1 - np.eye(4), "AABB")
    with (
        caplog.at_level(logging.INFO, logger="influence"),
        pytest.warns(DensityWarning, match="up to 100%") as told,
    ):
        gould_fernandez(dense, groups)
        gould_fernandez_test(dense, groups)
    assert [warning.filename for warning in told] == [__file__, __file__]
    assert "binarise" in caplog.text


def test_bad_options_name_what_is_allowed():
    graph, groups = named(np.zeros((3, 3)), "AAB")
    with pytest.raises(ValueError, match='credit must be "unit" or "shared"'):
        gould_fernandez(graph, groups, credit="half")
    with pytest.raises(ValueError, match='closure must be "direct", "either" or "none"'):
        chains(graph, groups, closure="triangle")
    with pytest.raises(ValueError, match="leaves actors without a group: n02"):
        gould_fernandez(graph, groups[:2])
    with pytest.raises(ValueError, match="'XXX' is not in the graph"):
        chains(graph, groups, broker="XXX")
    with pytest.raises(ValueError, match="role must be one of coordinator"):
        chains(graph, groups, role="broker")
    with pytest.raises(ValueError, match="need groups="):
        get_metric("liaison").kernel(np.zeros((3, 3)), directed=True)
    with pytest.raises(ValueError, match="2.* codes for 3 actors"):
        get_metric("liaison").kernel(np.zeros((3, 3)), directed=True, groups=np.zeros(2, int))


# --- receipts -------------------------------------------------------------------------------------


def test_chains_bring_the_evidence_of_both_legs():
    names = ["RUS", "KAZ", "CHN", "KGZ"]
    graph = pd.DataFrame(0.0, index=names, columns=names)
    graph.loc["CHN", "KAZ"], graph.loc["KAZ", "KGZ"], graph.loc["KGZ", "KAZ"] = 4, 2, 2
    groups = {"RUS": "R", "CHN": "C", "KAZ": "A", "KGZ": "A"}
    ties = pd.DataFrame(
        {
            "source": ["CHN", "CHN", "KGZ", "CHN"],
            "target": ["KAZ", "KAZ", "KAZ", "KAZ"],
            "kind": ["arms", "base", "pact", "offer"],
            "source_id": ["x", "x", "y", "z"],
            "status": ["present", "present", "present", "refused"],
            "mutual": [False, False, True, False],
        }
    )
    found = chains(graph, groups, broker="KAZ", ties=ties)
    assert found.drop(columns="credit").to_dict("records") == [
        {
            "a": "CHN",
            "b": "KAZ",
            "c": "KGZ",
            "role": "gatekeeper",
            "weight_in": 4.0,
            "weight_out": 2.0,
            "kind_in": "arms; base",
            "source_id_in": "x",
            "kind_out": "pact",
            "source_id_out": "y",
        }
    ]


def test_a_layer_brings_its_own_evidence_and_its_own_rule_of_presence():
    rows = [
        ("RUS", "KAZ", "base", 9.0, "a"),
        ("RUS", "MNG", "base", 1.0, "b"),
        ("KAZ", "KGZ", "arms", 1.0, "c"),
        ("KAZ", "CHN", "arms", 9.0, "d"),
    ]
    frame = pd.DataFrame(rows, columns=["source", "target", "kind", "weight", "source_id"])
    frame = frame.assign(layer="security", year=2009)
    groups = {"RUS": "R", "KAZ": "A", "KGZ": "A", "CHN": "C", "MNG": "M"}
    layer = MultilayerNetwork.from_edges(frame).at(2009)["security"]
    found = chains(layer, groups)
    assert found[["c", "kind_in", "source_id_in", "kind_out", "source_id_out"]].to_numpy().tolist() == [
        ["KGZ", "base", "a", "arms", "c"],
        ["CHN", "base", "a", "arms", "d"],
    ]
    strict = MultilayerNetwork.from_edges(
        frame, layers={"security": LayerSpec("security", binarise="disparity<0.2")}
    ).at(2009)["security"]
    assert gould_fernandez(strict, groups).loc["KAZ", ["gatekeeper", "liaison"]].tolist() == [0, 1]
    assert chains(strict, groups)["c"].tolist() == ["CHN"]
    tested = gould_fernandez_test(strict, groups).set_index(["actor", "role"])
    assert tested.loc[("KAZ", "brokerage"), "count"] == 1


def test_chains_can_be_narrowed_to_a_broker_and_a_role():
    case = next(case for case in SNA if case["name"] == "coleman_autumn")
    a, groups = sna_graph(case), dict(enumerate(case["groups"]))
    every = chains(a, groups)
    some = chains(a, groups, broker=5, role="liaison")
    assert len(some) == gould_fernandez(a, groups).loc[5, "liaison"] > 0
    expected = every[(every["b"] == 5) & (every["role"] == "liaison")].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, expected)
    nobody = chains(np.zeros((3, 3)), dict(enumerate("AAB")))
    assert nobody.empty and list(nobody.columns) == list(every.columns)


# --- the test -------------------------------------------------------------------------------------


@DENSE
@pytest.mark.parametrize("case", [c for c in SNA if c["directed"]], ids=[c["name"] for c in SNA if c["directed"]])
def test_moments_against_sna(case):
    a = sna_graph(case)
    got = gould_fernandez_test(a, dict(enumerate(case["groups"])), moments="sna", draws=3)
    shape = (case["n"], 6)
    np.testing.assert_array_equal(got["actor"].to_numpy().reshape(shape)[:, 0], range(case["n"]))
    by_group = {name: np.array(case[name], dtype=float)[case["groups"]] for name in ("expected", "sd")}
    possible = np.c_[reference.possible_roles(case["groups"]), np.ones(case["n"], dtype=bool)]
    for name, expected in {**by_group, "z": np.array(case["z"], dtype=float)}.items():
        values = got[name].to_numpy().reshape(shape)
        np.testing.assert_allclose(values[possible], expected[possible], rtol=1e-9, atol=1e-9, err_msg=name)
        assert np.isnan(values[~possible]).all()


def enumerated(a, groups, ego, **how):
    """Every arrangement of the others' labels, walked through one by one."""
    others = [k for k in range(len(a)) if k != ego]
    arrangements = set(itertools.permutations([groups[k] for k in others]))
    drawn = []
    for arrangement in sorted(arrangements):
        trial = dict(zip(others, arrangement, strict=True)) | {ego: groups[ego]}
        drawn.append(reference.gould_fernandez(a, [trial[k] for k in range(len(a))], **how)[ego])
    return np.array(drawn)


@DENSE
@pytest.mark.parametrize(("directed", "credit"), [(True, "unit"), (True, "shared"), (False, "unit")])
def test_small_graphs_are_enumerated_and_p_is_exact(directed, credit):
    rng = np.random.default_rng(11)
    a = (rng.random((6, 6)) < 0.4).astype(float)
    np.fill_diagonal(a, 0)
    a = a if directed else np.maximum(a, a.T)
    graph, groups = named(a, "AABBCC")
    how = {"directed": directed, "credit": credit}
    for alternative in ("greater", "less", "two-sided"):
        got = gould_fernandez_test(graph, groups, alternative=alternative, **how).set_index(["actor", "role"])
        for ego, name in enumerate(graph.index):
            null = enumerated(a, list("AABBCC"), ego, **how)
            count = reference.gould_fernandez(a, list("AABBCC"), **how)[ego]
            for k, role in enumerate(ROLES):
                row = got.loc[(name, role)]
                if role == "coordinator" or (role == "representative" and not directed):
                    assert row.isna().all()
                    continue
                at_least, at_most = (
                    np.mean(null[:, k] >= count[k] - 1e-9),
                    np.mean(null[:, k] <= count[k] + 1e-9),
                )
                both = min(1, 2 * min(at_least, at_most))
                assert row["count"] == pytest.approx(count[k])
                assert row["expected"] == pytest.approx(null[:, k].mean())
                assert row["sd"] == pytest.approx(null[:, k].std())
                assert row["p"] == pytest.approx({"greater": at_least, "less": at_most}.get(alternative, both))
                assert row["p"] >= row["smallest_p"] - 1e-12
                if directed and null[:, k].std() > 1e-9:
                    assert row["z"] == pytest.approx((count[k] - null[:, k].mean()) / null[:, k].std())
                else:
                    assert np.isnan(row["z"])


def test_drawn_p_is_near_the_exact_one_and_never_zero():
    # n00 lets two strangers of group A into its own group of seven; 36 places for the two A among the nine others
    a = np.zeros((10, 10))
    a[[1, 2], 0] = 1
    a[0, 3:] = 1
    groups = pd.Series(["B", "A", "A", *"BBBBBBB"])
    exact = gould_fernandez_test(a, groups, alternative="greater").set_index(["actor", "role"])
    assert exact.loc[(0, "gatekeeper"), "p"] == pytest.approx(1 / 36)
    drawn = gould_fernandez_test(a, groups, alternative="greater", draws=35).set_index(["actor", "role"])
    assert drawn["p"].min() >= 1 / 36
    assert (drawn["p"].dropna() * 36 % 1).round(9).isin([0, 1]).all()  # 35 draws and the observation
    many = gould_fernandez_test(np.pad(a, (0, 6)), [*groups, *"CCCCCC"], draws=4000, alternative="greater")
    gatekeeper = many.set_index(["actor", "role"]).loc[(0, "gatekeeper")]
    assert 1 / 4001 <= gatekeeper["p"] < 0.002  # all seven of B must fall on the seven receivers: 1 in 6435


def test_the_same_seed_gives_the_same_p_in_any_order():
    case = next(case for case in SNA if case["name"] == "random_45")
    graph, groups = named(sna_graph(case), case["groups"])
    first = gould_fernandez_test(graph, groups, draws=99, seed=3).set_index(["actor", "role"])
    again = gould_fernandez_test(graph.iloc[::-1, ::-1], groups, draws=99, seed=3).set_index(["actor", "role"])
    pd.testing.assert_frame_equal(again.sort_index(), first.sort_index())
    other = gould_fernandez_test(graph, groups, draws=99, seed=4).set_index(["actor", "role"])
    assert not first["p"].equals(other["p"])


def test_the_total_is_not_tested_by_labels():
    case = next(case for case in SNA if case["name"] == "random_45")
    got = gould_fernandez_test(*named(sna_graph(case), case["groups"]), draws=49).query("role == 'brokerage'")
    assert (got["p"] == 1).all() and (got["smallest_p"] == 1).all() and got["z"].isna().all()


def test_a_random_partition_gives_uniform_p():
    rng = np.random.default_rng(2)
    a = (rng.random((20, 20)) < 0.2).astype(float)
    np.fill_diagonal(a, 0)
    low = []
    for seed in range(60):
        groups = dict(enumerate(rng.permutation([0, 1, 2, 3] * 5)))
        got = gould_fernandez_test(a, groups, draws=99, seed=seed)
        low.append((got[got["role"].isin(ROLES)].groupby("actor")["p"].first() <= 0.1).mean())
    assert 0.02 < np.mean(low) < 0.12  # discrete counts make the test conservative, never liberal


def test_options_of_the_test_that_do_not_exist():
    graph, groups = named(np.zeros((4, 4)), "AABB")
    for wrong, message in [
        ({"null": "ties"}, "null must be"),
        ({"moments": "normal"}, "moments must be"),
        ({"alternative": "more"}, "alternative must be"),
        ({"draws": 0}, "draws must be at least 1"),
        ({"moments": "sna", "directed": False}, "directed graphs"),
        ({"moments": "sna", "credit": "shared"}, "directed graphs"),
    ]:
        with pytest.raises(ValueError, match=message):
            gould_fernandez_test(graph, groups, **wrong)


def test_results_say_where_they_come_from():
    graph, groups = named(np.zeros((4, 4)), "AABB")
    for result in (
        gould_fernandez(graph, groups),
        chains(graph, groups),
        gould_fernandez_test(graph, groups, seed=7),
    ):
        assert result.attrs["influence"]["options"]["unknown"] == "absent"
    assert gould_fernandez_test(graph, groups, seed=7).attrs["influence"]["options"]["seed"] == 7
