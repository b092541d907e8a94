"""Brokerage across layers against loops that follow the definition, enumerated nulls and hand examples."""

from __future__ import annotations

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracles import multiplex_reference as oracle
from tests.oracles import reference

import influence as inf
from influence.metrics import cross_layer as module
from influence.metrics.brokerage import (
    COLUMNS,
    ROLES,
    DensityWarning,
    cross_layer,
    cross_layer_chains,
    cross_layer_test,
    gould_fernandez,
)
from influence.network import GraphError, LayerSpec, MultilayerNetwork

DENSE = pytest.mark.filterwarnings("ignore::influence.metrics.brokerage.DensityWarning")
CLOSURES = ["any", "same", "all", "none"]
CREDITS = ["unit", "shared"]
NAMES = ["arms", "oil", "votes"]


def named(ties, groups, names=NAMES):
    labels = [f"n{k:02d}" for k in range(ties.shape[-1])]
    layers = {name: pd.DataFrame(t.astype(float), labels, labels) for name, t in zip(names, ties, strict=False)}
    return layers, pd.Series(list(groups), index=labels)


def drawn(seed, layers=3, n=6, density=0.35):
    ties = np.random.default_rng(seed).random((layers, n, n)) < density
    ties[:, np.arange(n), np.arange(n)] = False
    return ties


def table(frame, x, y):
    """Counts of one pair of layers as an array, actors in order."""
    return frame[(frame["layer_in"] == x) & (frame["layer_out"] == y)]


# --- counts and chains ----------------------------------------------------------------------------


def test_cross_layer_by_hand():
    # Arms from R to K, oil from K to C and to Z (of K's group); a vote of R with C closes one chain where votes count.
    labels = ["R", "K", "C", "Z"]
    arms, oil, votes = (pd.DataFrame(0.0, index=labels, columns=labels) for _ in range(3))
    arms.loc["R", "K"] = oil.loc["K", "C"] = oil.loc["K", "Z"] = votes.loc["R", "C"] = 1
    layers = {"arms": arms, "oil": oil, "votes": votes}
    groups = {"R": "Russia", "K": "Asia", "Z": "Asia", "C": "China"}
    roles = {}
    for closure in CLOSURES:
        row = table(cross_layer(layers, groups, closure=closure), "arms", "oil").set_index("actor").loc["K"]
        roles[closure] = row[["gatekeeper", "liaison", "brokerage"]].tolist()
    assert roles == {"any": [1, 0, 1], "same": [1, 1, 2], "all": [1, 1, 2], "none": [1, 1, 2]}
    other_way = table(cross_layer(layers, groups, closure="none"), "oil", "arms")
    assert other_way["brokerage"].sum() == 0
    receipts = cross_layer_chains(layers, groups, broker="K", closure="any")
    assert receipts[["a", "b", "c", "role", "layer_in", "layer_out"]].to_numpy().tolist() == [
        ["R", "K", "Z", "gatekeeper", "arms", "oil"]
    ]


@DENSE
@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    layers=st.integers(2, 3),
    n=st.integers(1, 7),
    density=st.sampled_from([0.2, 0.4, 0.7]),
    groups=st.lists(st.sampled_from("ABC"), min_size=7, max_size=7),
    closure=st.sampled_from(CLOSURES),
    credit=st.sampled_from(CREDITS),
)
def test_counts_and_chains_against_the_definition(seed, layers, n, density, groups, closure, credit):
    ties, groups = drawn(seed, layers, n, density), groups[:n]
    graph, labels = named(ties, groups)
    counts = cross_layer(graph, labels, credit=credit, closure=closure)
    receipts = cross_layer_chains(graph, labels, credit=credit, closure=closure)
    assert len(counts) == n * layers * (layers - 1)
    possible = reference.possible_roles(groups)
    for i, j in itertools.permutations(range(layers), 2):
        expected = oracle.cross_layer(ties, groups, i, j, closure, credit)
        got = table(counts, NAMES[i], NAMES[j])
        np.testing.assert_allclose(got["brokerage"], expected.sum(axis=1), atol=1e-12)
        np.testing.assert_allclose(np.nan_to_num(got[list(ROLES)]), expected, atol=1e-12)
        np.testing.assert_array_equal(np.isnan(got[list(ROLES)]), ~possible)
        told = table(receipts, NAMES[i], NAMES[j])
        walked = Counter(
            (f"n{a:02d}", f"n{b:02d}", f"n{c:02d}") for a, b, c in oracle.cross_layer_chains(ties, i, j, closure)
        )
        assert Counter(told[["a", "b", "c"]].itertuples(index=False, name=None)) == walked
        for row in told.itertuples():
            assert row.role == reference.role(labels[row.a], labels[row.b], labels[row.c])
        credits = told.groupby(["b", "role"])["credit"].sum()
        counted = got.set_index("actor")[list(ROLES)].stack()
        pd.testing.assert_series_equal(
            credits, counted[counted > 0].sort_index(), check_names=False, check_index_type=False, check_dtype=False
        )


@DENSE
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), closure=st.sampled_from(CLOSURES))
def test_shared_credits_of_a_pair_of_ends_add_up_to_one(seed, closure):
    layers, groups = named(drawn(seed), "AABBCC")
    shared = cross_layer_chains(layers, groups, credit="shared", closure=closure)
    served = shared.groupby(["layer_in", "layer_out", "a", "c"])["credit"].sum()
    np.testing.assert_allclose(served, 1.0)
    counts = cross_layer(layers, groups, credit="shared", closure=closure)
    assert counts["brokerage"].sum() == pytest.approx(len(served))
    unit = cross_layer(layers, groups, closure=closure)
    assert (counts["brokerage"] <= unit["brokerage"] + 1e-12).all()


@DENSE
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), closure=st.sampled_from(CLOSURES))
def test_order_of_labels_and_layers_changes_nothing(seed, closure):
    rng = np.random.default_rng(seed)
    layers, groups = named(drawn(seed), "AABBCC")
    order = rng.permutation(6)
    shuffled = {NAMES[k]: layers[NAMES[k]].iloc[order, order[::-1]] for k in rng.permutation(3)}
    keys = ["layer_in", "layer_out", "actor"]
    before, after = (cross_layer(g, groups[::-1], closure=closure).sort_values(keys) for g in (layers, shuffled))
    pd.testing.assert_frame_equal(before.reset_index(drop=True), after.reset_index(drop=True))
    pd.testing.assert_frame_equal(
        cross_layer_chains(layers, groups, closure=closure), cross_layer_chains(shuffled, groups, closure=closure)
    )


@DENSE
def test_a_layer_beside_itself_is_single_layer_brokerage():
    ties = drawn(3, 1, 8)
    layers, groups = named(np.concatenate([ties, ties]), "AABBCCAB")
    for closure in ("any", "same", "all"):
        found = table(cross_layer(layers, groups, closure=closure), "arms", "oil").set_index("actor")
        alone = gould_fernandez(layers["arms"], groups)
        pd.testing.assert_frame_equal(found[list(COLUMNS)], alone, check_names=False)
        found = table(cross_layer(layers, groups, credit="shared", closure=closure), "arms", "oil").set_index("actor")
        alone = gould_fernandez(layers["arms"], groups, credit="shared")
        pd.testing.assert_frame_equal(found[list(COLUMNS)], alone, check_names=False)


@DENSE
def test_layers_without_direction_mirror_each_other():
    ties = drawn(5, 2, 7)
    ties = ties | np.swapaxes(ties, -1, -2)
    layers, groups = named(ties, "AABBCCA")
    plain = {name: nx.from_pandas_adjacency(table) for name, table in layers.items()}
    found = cross_layer(plain, groups)
    there, back = table(found, "arms", "oil"), table(found, "oil", "arms")
    assert there["representative"].sum() > 0
    swapped = {"representative": "gatekeeper", "gatekeeper": "representative"}
    for role in COLUMNS:
        assert there[role].fillna(-1).tolist() == back[swapped.get(role, role)].fillna(-1).tolist()


def test_pairs_can_be_chosen():
    layers, groups = named(drawn(2), "AABBCC")
    every = cross_layer(layers, groups)
    some = cross_layer(layers, groups, pairs=[("votes", "arms"), ("votes", "arms")])
    pd.testing.assert_frame_equal(some, table(every, "votes", "arms").reset_index(drop=True))
    for wrong, message in [
        ([("arms", "gas")], "no layer named 'gas'; there are arms, oil, votes"),
        ([("arms", "arms")], "that is gould_fernandez"),
        ([], "pairs is empty"),
    ]:
        for function in (cross_layer, cross_layer_chains, cross_layer_test):
            with pytest.raises(ValueError, match=message):
                function(layers, groups, pairs=wrong)


def test_chains_can_be_narrowed_to_a_broker_and_a_role():
    layers, groups = named(drawn(1), "AABBCC")
    every = cross_layer_chains(layers, groups, closure="none")
    some = cross_layer_chains(layers, groups, "n02", "liaison", closure="none")
    expected = every[(every["b"] == "n02") & (every["role"] == "liaison")].reset_index(drop=True)
    assert len(expected) > 0
    pd.testing.assert_frame_equal(some, expected)
    nobody = cross_layer_chains(
        named(np.zeros((2, 3, 3)), "AAB")[0], dict(zip(["n00", "n01", "n02"], "AAB", strict=True))
    )
    assert nobody.empty and list(nobody.columns) == list(every.columns)


def test_bad_input_is_named():
    layers, groups = named(drawn(2), "AABBCC")
    for function in (cross_layer, cross_layer_chains, cross_layer_test):
        with pytest.raises(ValueError, match='closure must be "any", "same", "all" or "none"'):
            function(layers, groups, closure="direct")
        with pytest.raises(ValueError, match='credit must be "unit" or "shared"'):
            function(layers, groups, credit="half")
        with pytest.raises(ValueError, match="leaves actors without a group: n05"):
            function(layers, groups[:5])
        with pytest.raises(GraphError, match="two layers or more, not 1"):
            function({"arms": layers["arms"]}, groups)
        with pytest.raises(GraphError, match="expected a Snapshot or a mapping"):
            function(layers["arms"], groups)
    with pytest.raises(ValueError, match="'XXX' is in none of the layers"):
        cross_layer_chains(layers, groups, broker="XXX")
    with pytest.raises(ValueError, match="role must be one of coordinator"):
        cross_layer_chains(layers, groups, role="broker")
    for wrong, message in [
        ({"null": "ties"}, 'null must be "layers" or "labels"'),
        ({"alternative": "more"}, "alternative must be"),
        ({"draws": 0}, "draws must be at least 1"),
    ]:
        with pytest.raises(ValueError, match=message):
            cross_layer_test(layers, groups, **wrong)


def test_dense_layers_are_warned_of():
    layers, groups = named(np.stack([1 - np.eye(4), np.zeros((4, 4))]), "AABB")
    with pytest.warns(DensityWarning, match="1 of 2 graphs") as told:
        cross_layer(layers, groups)
        cross_layer_test(layers, groups, draws=9)
    assert [warning.filename for warning in told] == [__file__, __file__]


# --- receipts -------------------------------------------------------------------------------------


def study():
    rows = [
        ("arms", "R", "K", "sale", 5.0, "a", "p. 1"),
        ("arms", "R", "K", "base", 1.0, "b", "p. 2"),
        ("oil", "K", "C", "line", 3.0, "c", "p. 3"),
        ("oil", "K", "Z", "line", 0.5, "d", "p. 4"),
    ]
    columns = ["layer", "source", "target", "kind", "weight", "source_id", "locator"]
    return pd.DataFrame(rows, columns=columns).assign(year=2009)


GROUPS = {"R": "Russia", "K": "Asia", "Z": "Asia", "C": "China"}


def test_receipts_carry_the_evidence_of_both_legs():
    snap = MultilayerNetwork.from_edges(study()).at(2009)
    found = cross_layer_chains(snap, GROUPS)
    told = ["a", "b", "c", "weight_in", "weight_out", "kind_in", "source_id_in", "locator_in", "source_id_out"]
    assert found[told].to_numpy().tolist() == [
        ["R", "K", "Z", 6.0, 0.5, "base; sale", "b; a", "p. 2; p. 1", "d"],
        ["R", "K", "C", 6.0, 3.0, "base; sale", "b; a", "p. 2; p. 1", "c"],
    ]
    assert found.attrs["influence"]["layers"] == ["arms", "oil"]
    bare = cross_layer_chains({name: snap[name].to_adjacency() for name in snap}, GROUPS)
    assert list(bare.columns) == ["a", "b", "c", "role", "layer_in", "layer_out", "weight_in", "weight_out", "credit"]
    given = cross_layer_chains(
        {name: snap[name].to_adjacency() for name in snap}, GROUPS, ties={"oil": study().query("layer == 'oil'")}
    )
    assert given["source_id_out"].tolist() == ["d", "c"] and "source_id_in" not in given


def test_presence_follows_the_rule_of_each_layer():
    specs = {"arms": LayerSpec("arms"), "oil": LayerSpec("oil", binarise="disparity<0.2")}
    snap = MultilayerNetwork.from_edges(study(), layers=specs).at(2009)
    assert cross_layer_chains(snap, GROUPS)["c"].tolist() == ["C"]
    counts = table(cross_layer(snap, GROUPS), "arms", "oil").set_index("actor")
    assert counts.loc["K", ["gatekeeper", "liaison"]].tolist() == [0, 1]
    tested = cross_layer_test(snap, GROUPS, pairs=[("arms", "oil")]).set_index(["actor", "role"])
    assert tested.loc[("K", "brokerage"), "count"] == 1


def test_a_leg_of_shared_organizations_names_them_and_both_memberships():
    net = inf.load()
    snap = net.at(2009)
    pairs = [("institutions:shared", "energy"), ("energy", "institutions:shared")]
    found = cross_layer_chains(snap, snap.partition("region"), broker="KAZ", pairs=pairs, closure="none")
    first = found[found["layer_in"] == "institutions:shared"].iloc[0]
    shared = set(first["organization_in"].split("; "))
    members = snap["institutions"].incidence()
    both = members.columns[(members.loc[first["a"]] > 0) & (members.loc["KAZ"] > 0)]
    assert shared == set(both) and len(shared) > 0
    for actor in (first["a"], "KAZ"):
        assert all(f"memberships:{actor}@{org}" in first["evidence_id_in"] for org in shared)
    assert first["source_id_in"] and first["source_id_out"]
    last = found[found["layer_out"] == "institutions:shared"].iloc[0]
    assert isinstance(last["organization_out"], str) and pd.isna(last["organization_in"])


def test_every_leg_of_the_bundled_network_has_a_source():
    snap = inf.load().at(2011)
    found = cross_layer_chains(snap, snap.partition("region"), broker="RUS", role="liaison")
    assert len(found) > 20
    for leg in ("in", "out"):
        assert found[f"source_id_{leg}"].notna().all() and (found[f"source_id_{leg}"] != "").all()
    counts = cross_layer(snap, snap.partition("region"))
    assert counts.loc[counts["actor"] == "RUS", "liaison"].sum() == len(found)


# --- the test -------------------------------------------------------------------------------------


def enumerated(ties, groups, ego, x, y, closure, null, credit):
    """Every arrangement of the others, walked through one by one with the loops of the definition."""
    n = len(groups)
    others = [k for k in range(n) if k != ego]
    found = []
    for arrangement in itertools.permutations(others):
        if null == "labels":
            trial = list(groups)
            for place, whose in zip(others, arrangement, strict=True):
                trial[place] = groups[whose]
            found.append(oracle.cross_layer(ties, trial, x, y, closure, credit)[ego])
        else:
            turn = list(range(n))
            for place, whose in zip(others, arrangement, strict=True):
                turn[place] = whose
            turned = ties.copy()
            turned[y] = ties[y][np.ix_(turn, turn)]
            found.append(oracle.cross_layer(turned, groups, x, y, closure, credit)[ego])
    return np.array(found)


@DENSE
@pytest.mark.parametrize(
    ("closure", "credit"), [*((c, "unit") for c in CLOSURES), ("any", "shared"), ("all", "shared")]
)
@pytest.mark.parametrize("null", ["layers", "labels"])
def test_small_networks_are_enumerated_and_p_is_exact(null, closure, credit):
    ties, groups = drawn(9, 3, 6), list("AABBCC")
    layers, labels = named(ties, groups)
    for alternative in ("greater", "less", "two-sided"):
        got = cross_layer_test(
            layers, labels, null=null, credit=credit, closure=closure, alternative=alternative, pairs=[("oil", "arms")]
        ).set_index(["actor", "role"])
        varied = 0
        for ego, name in enumerate(labels.index):
            drawn_counts = enumerated(ties, groups, ego, 1, 0, closure, null, credit)
            count = oracle.cross_layer(ties, groups, 1, 0, closure, credit)[ego]
            with_total = np.column_stack([drawn_counts, drawn_counts.sum(axis=1)])
            for k, role in enumerate(COLUMNS):
                row, values = got.loc[(name, role)], with_total[:, k]
                if role == "coordinator":  # two in a group
                    assert row.drop(["layer_in", "layer_out"]).isna().all()
                    continue
                observed = count.sum() if role == "brokerage" else count[k]
                above, below = np.mean(values >= observed - 1e-9), np.mean(values <= observed + 1e-9)
                both = min(1, 2 * min(above, below))
                assert row["count"] == pytest.approx(observed)
                assert row["expected"] == pytest.approx(values.mean())
                assert row["sd"] == pytest.approx(values.std())
                assert row["p"] == pytest.approx({"greater": above, "less": below}.get(alternative, both))
                assert row["p"] >= row["smallest_p"] - 1e-12
                if values.std() > 1e-9:
                    varied += 1
                    assert row["z"] == pytest.approx((observed - values.mean()) / values.std())
                else:
                    assert np.isnan(row["z"])
        assert varied > 3


def test_permuting_layers_asks_another_question_than_permuting_labels():
    # K takes arms from R and sends oil to C. Under labels, the total is fixed; under layers it is not, as a vote of
    # two others can close the chain.
    ties = np.zeros((2, 5, 5), dtype=bool)
    ties[0, 0, 1] = ties[1, 1, 2] = ties[1, 3, 4] = True
    layers, groups = named(ties, "RKCXY")
    how = {"pairs": [("arms", "oil")], "closure": "any"}
    by_labels = cross_layer_test(layers, groups, null="labels", **how).set_index(["actor", "role"])
    by_layers = cross_layer_test(layers, groups, null="layers", **how).set_index(["actor", "role"])
    assert by_labels.loc[("n01", "brokerage"), ["sd", "p"]].tolist() == [0, 1]
    # Of the 24 ways to exchange the others, 6 give the oil to R itself, none closes R → receiver.
    assert by_layers.loc[("n01", "brokerage"), "expected"] == pytest.approx(18 / 24)


def test_z_only_where_both_layers_have_a_direction():
    layers, groups = named(drawn(9), "AABBCC")
    mixed = {"arms": layers["arms"], "oil": nx.path_graph(layers["oil"].index.tolist())}
    found = cross_layer_test(mixed, groups, draws=99)
    assert found["z"].isna().all() and (found["sd"] > 0).any()


def test_drawn_p_is_near_the_exact_one_and_never_zero():
    ties = drawn(12, 2, 8, 0.3)
    layers, groups = named(ties, "AAABBBCC")
    how = {"pairs": [("arms", "oil")], "alternative": "greater"}
    exact = cross_layer_test(layers, groups, draws=5040, **how)
    some = cross_layer_test(layers, groups, draws=2000, seed=1, **how)
    np.testing.assert_allclose(some["p"], exact["p"], atol=0.05)
    assert (some["p"].dropna() >= 1 / 2001).all() and (some["p"].dropna() * 2001 % 1).round(6).isin([0, 1]).all()


@pytest.mark.parametrize("null", ["layers", "labels"])
def test_the_same_seed_gives_the_same_p_in_any_order(null):
    layers, groups = named(drawn(6, 3, 12, 0.2), "AAABBBCCCDDD")
    keys = ["layer_in", "layer_out", "actor", "role"]

    def tested(graph, **how):
        return cross_layer_test(graph, groups, null=null, draws=59, **how).set_index(keys).sort_index()

    first = tested(layers, seed=3)
    turned = {name: layers[name].iloc[::-1, ::-1] for name in ("votes", "arms", "oil")}
    pd.testing.assert_frame_equal(tested(turned, seed=3), first)
    alone = tested(layers, seed=3, pairs=[("oil", "votes")])
    pd.testing.assert_frame_equal(alone, first.loc[alone.index])
    assert not tested(layers, seed=4)["p"].equals(first["p"])


def test_draws_in_portions_are_the_same_draws(monkeypatch):
    layers, groups = named(drawn(6, 3, 12, 0.2), "AAABBBCCCDDD")
    for credit in CREDITS:
        whole = cross_layer_test(layers, groups, draws=59, credit=credit)
        with monkeypatch.context() as patch:
            patch.setattr(module, "_AT_ONCE", 300)
            pd.testing.assert_frame_equal(cross_layer_test(layers, groups, draws=59, credit=credit), whole)


def test_the_test_does_not_err_on_unrelated_layers_and_sees_related_ones():
    unrelated, related = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        ties = rng.random((2, 14, 14)) < 0.25
        # The ends of all chains through n00 that the first layer leaves open, and no others.
        served = ~ties[0][ties[0][:, 0]].any(axis=0)
        for second, into in ((ties[1], unrelated), (np.outer(np.arange(14) == 0, served), related)):
            both = np.stack([ties[0], second])
            both[:, np.arange(14), np.arange(14)] = False
            layers, groups = named(both, rng.permutation(list("AAAAABBBBBCCCC")))
            found = cross_layer_test(
                layers, groups, draws=199, seed=seed, pairs=[("arms", "oil")], alternative="greater"
            )
            into.append(found.loc[(found["actor"] == "n00") & (found["role"] == "brokerage"), "p"].item())
    assert np.mean(np.array(unrelated) <= 0.1) <= 0.25  # 20 draws at one in ten, at most
    assert np.mean(np.array(related) <= 0.1) > 0.5


def test_results_say_where_they_come_from():
    layers, groups = named(drawn(2), "AABBCC")
    tested = cross_layer_test(layers, groups, draws=9, seed=7)
    for result in (cross_layer(layers, groups), cross_layer_chains(layers, groups), tested):
        origin = result.attrs["influence"]
        assert origin["layers"] == NAMES and origin["options"]["closure"] == "any"
    assert tested.attrs["influence"]["options"]["seed"] == 7
