"""Versatilities against dense supra-matrices, all paths, hand examples and their limits."""

from __future__ import annotations

import itertools
import logging

import igraph as ig
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.oracles import multiplex_reference as oracle

import influence as inf
from influence.metrics import centrality, multiplex, versatility
from influence.metrics.registry import LayerRefused, get_metric
from influence.network.adapter import GraphError
from influence.network.multilayer import MultilayerNetwork

IDS = ["versatility_eigenvector", "versatility_katz", "versatility_pagerank", "versatility_betweenness"]
COUPLED = [get_metric(id) for id in IDS]
OMEGAS = [0.1, 1.0, 10.0, "array"]


def drawn(layers, n, density=0.4, symmetric=False, seed=0):
    """Layers of very unequal ties in which a ring makes everything strong: none is near-uniform, all have a cycle."""
    rng = np.random.default_rng([layers, n, seed])
    a = np.where(rng.random((layers, n, n)) < density, rng.lognormal(0, 1.3, (layers, n, n)), 0.0)
    a += rng.lognormal(0, 1.3, (layers, n, n)) * np.roll(np.eye(n), 1, axis=1)
    if symmetric:
        a = a + np.swapaxes(a, -1, -2)
    a[:, np.arange(n), np.arange(n)] = 0.0
    return a


def omega_of(omega, layers):
    if omega != "array":
        return omega
    array = np.random.default_rng(3).uniform(0.2, 2.0, (layers, layers))
    np.fill_diagonal(array, 0.0)
    return array


def named(a, names=None):
    names = names or [f"n{k:02d}" for k in range(a.shape[-1])]
    return {f"l{k}": pd.DataFrame(layer, index=names, columns=names) for k, layer in enumerate(a)}


# --- against the supra-matrix ---------------------------------------------------------------------


@pytest.mark.parametrize("omega", OMEGAS)
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("layers", [1, 2, 4])
def test_eigenvector_against_the_dense_supra_matrix(layers, symmetric, omega):
    for n in (3, 8, 25):
        a = drawn(layers, n, symmetric=symmetric)
        if layers > 1 and n > 3:
            a[1, :, 0] = a[1, 0, :] = 0.0  # an actor that stands in some layers only
        w = omega_of(omega, layers)
        found = multiplex.versatility_eigenvector(named(a), coupling=w)
        np.testing.assert_allclose(found, oracle.eigenvector(a, w), atol=1e-11)
        assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("omega", OMEGAS)
@pytest.mark.parametrize("attenuation", [0.0, 0.5, 0.95])
def test_katz_against_the_dense_supra_matrix(attenuation, omega):
    for layers, n in itertools.product((1, 3), (3, 8, 25)):
        a, w = drawn(layers, n), omega_of(omega, layers)
        found = multiplex.versatility_katz(named(a), coupling=w, attenuation=attenuation)
        np.testing.assert_allclose(found, oracle.katz(a, w, attenuation), atol=1e-12)


@pytest.mark.parametrize("omega", OMEGAS)
@pytest.mark.parametrize("damping", [0.0, 0.85, 0.99])
def test_pagerank_against_the_dense_google_matrix(damping, omega):
    for layers, n in itertools.product((1, 3), (8, 25)):
        a, w = drawn(layers, n), omega_of(omega, layers)
        a[:, 1, :] = 0.0  # a dead end, unless a change of layer is counted
        found = multiplex.versatility_pagerank(named(a), coupling=w, damping=damping)
        np.testing.assert_allclose(found, oracle.pagerank(a, w, damping), atol=1e-11)


@pytest.mark.parametrize("omega", OMEGAS)
@pytest.mark.parametrize("symmetric", [True, False])
def test_betweenness_against_all_paths(symmetric, omega):
    for layers, n, density in [(1, 5, 0.3), (2, 5, 0.3), (3, 5, 0.1), (2, 6, 0.0)]:
        a, w = drawn(layers, n, density, symmetric), omega_of(omega, layers)
        found = multiplex.versatility_betweenness(named(a), coupling=w)
        np.testing.assert_allclose(found, oracle.betweenness(a, w), atol=1e-9)


def test_betweenness_of_equal_lengths_shares_paths_among_layers():
    # Two rings of the same strength: the way round the one is as long as round the other, and both count.
    ring = np.roll(np.eye(5), 1, axis=1)
    ring = ring + ring.T
    other = ring[np.ix_([0, 2, 4, 1, 3], [0, 2, 4, 1, 3])]
    for layers in ([ring, ring], [ring, other], [ring, ring, other]):
        a = np.array(layers)
        found = multiplex.versatility_betweenness(named(a), coupling=1.0)
        np.testing.assert_allclose(found, oracle.betweenness(a, 1.0), atol=1e-9)


def test_a_single_layer_gives_its_own_centrality():
    graph = {"only": pd.DataFrame(drawn(1, 9)[0])}
    for mine, alone in [
        (multiplex.versatility_eigenvector, centrality.eigenvector),
        (multiplex.versatility_pagerank, centrality.pagerank),
        (multiplex.versatility_betweenness, centrality.betweenness),
        (multiplex.multiplex_pagerank, centrality.pagerank),
    ]:
        np.testing.assert_allclose(mine(graph), alone(graph["only"]), atol=1e-11)


def test_versatility_by_hand():
    # Two pairs, A–B in one layer and B–C in the other: by symmetry x_A1 = x_C2, x_B1 = x_B2, x_C1 = x_A2. With ω = 1,
    # λx_A = x_B + x_O, λx_B = x_A + x_B, λx_O = x_A for the idle replica x_O of A and C.
    layers = {"one": nx.Graph([("A", "B")]), "two": nx.Graph([("B", "C")])}
    values, vectors = np.linalg.eig([[0, 1, 1], [1, 1, 0], [1, 0, 0]])
    a, b, o = np.abs(vectors[:, values.argmax()])
    by_hand = np.array([a + o, 2 * b, a + o]) / (2 * (a + b + o))
    np.testing.assert_allclose(multiplex.versatility_eigenvector(layers, coupling=1.0), by_hand, atol=1e-12)
    # B is on the way from A to C, which must change layers, whatever that costs.
    assert multiplex.versatility_betweenness(layers, coupling=0.01).tolist() == [0.0, 1.0, 0.0]


def test_a_change_of_layer_has_its_price():
    # From A to D: by B and a change of layers (1 + 1 + 1/ω), or in one layer by C and E (3 ties of 1.618, its radius).
    layers = {"first": nx.Graph([("A", "B")]), "second": nx.Graph([("B", "D")]), "slow": nx.path_graph(list("ACED"))}
    cheap = multiplex.versatility_betweenness(layers, coupling=1.0)
    dear = multiplex.versatility_betweenness(layers, coupling=0.2)
    assert 2 + 1 / 1.0 < 3 * 1.618 < 2 + 1 / 0.2
    assert cheap["B"] > dear["B"] == 0
    a = np.array(
        [nx.to_pandas_adjacency(g).reindex(cheap.index, columns=cheap.index).fillna(0) for g in layers.values()]
    )
    for omega, found in ((1.0, cheap), (0.2, dear)):
        np.testing.assert_allclose(found, oracle.betweenness(a, omega), atol=1e-9)


def test_igraph_agrees_on_the_supra_graph():
    a = drawn(3, 12)
    supra = oracle.supra_matrix(a, 0.7)
    graph = ig.Graph.Weighted_Adjacency(supra.tolist(), mode="directed")
    # Arnoldi on the reversed graph is what igraph calls in-ties of a directed one.
    x = np.array(graph.eigenvector_centrality(directed=True, weights="weight"))
    np.testing.assert_allclose(
        multiplex.versatility_eigenvector(named(a), coupling=0.7), oracle.by_actor(x, a), atol=1e-9
    )
    x = np.array(graph.pagerank(weights="weight", damping=0.85))
    np.testing.assert_allclose(multiplex.versatility_pagerank(named(a), coupling=0.7), oracle.by_actor(x, a), atol=1e-9)
    x = nx.katz_centrality_numpy(
        nx.from_numpy_array(supra, create_using=nx.DiGraph), alpha=0.5 / oracle.spectral_radius(supra), weight="weight"
    )
    x = np.array([x[k] for k in range(len(supra))])
    np.testing.assert_allclose(multiplex.versatility_katz(named(a), coupling=0.7), oracle.by_actor(x, a), atol=1e-9)


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("symmetric", [True, False])
def test_strong_coupling_tends_to_the_aggregate(symmetric):
    a = drawn(4, 10, density=0.1, symmetric=symmetric)
    aggregate = centrality.eigenvector(pd.DataFrame(oracle.scaled(a).sum(axis=0)))
    gaps = [
        np.abs(multiplex.versatility_eigenvector(named(a), coupling=w).to_numpy() - aggregate.to_numpy()).max()
        for w in (1.0, 1e2, 1e4, 1e6, 1e9)
    ]
    assert gaps[0] > 1e-3, "the example tells coupling from aggregation"
    assert all(later < earlier / 20 for earlier, later in itertools.pairwise(gaps[1:4]))
    assert gaps[-1] < 1e-8


def test_strong_coupling_makes_paths_of_the_best_layer_of_each_pair():
    a = drawn(3, 9)
    best = pd.DataFrame(oracle.scaled(a).max(axis=0))
    found = multiplex.versatility_betweenness(named(a), coupling=1e7)
    np.testing.assert_allclose(found, centrality.betweenness(best), atol=1e-9)


def test_strong_coupling_makes_walks_alike():
    a = named(drawn(3, 6))
    for function in (multiplex.versatility_katz, multiplex.versatility_pagerank):
        np.testing.assert_allclose(function(a, coupling=1e7), 1 / 6, atol=1e-6)


@pytest.mark.parametrize("metric", COUPLED, ids=IDS)
def test_without_coupling_it_warns_and_gives_the_mean_over_layers(metric):
    a = drawn(3, 7)
    with pytest.warns(versatility.CouplingWarning, match="do not know of each other") as told:
        found = metric.function(named(a), coupling=0)
    assert len(told) == 1
    alone = [metric.function({"only": layer}) for layer in named(a).values()]
    np.testing.assert_allclose(found, np.mean(alone, axis=0), atol=1e-12)


def test_an_empty_layer_among_uncoupled_ones_has_no_eigenvector_to_give():
    a = drawn(2, 5)
    with pytest.warns(versatility.CouplingWarning):
        found = multiplex.versatility_eigenvector(named(np.concatenate([a, np.zeros((1, 5, 5))])), coupling=0)
    with pytest.warns(versatility.CouplingWarning):
        np.testing.assert_allclose(found, multiplex.versatility_eigenvector(named(a), coupling=0))


@pytest.mark.parametrize("omega", [1e-3, 1e-2])
def test_weak_coupling_is_still_exact(omega):
    a = drawn(3, 8)
    found = multiplex.versatility_eigenvector(named(a), coupling=omega)
    np.testing.assert_allclose(found, oracle.eigenvector(a, omega), atol=1e-10)


# --- what is undefined ----------------------------------------------------------------------------


def test_two_parts_that_tie_have_no_eigenvector(caplog):
    triangle = nx.DiGraph([("A", "B"), ("B", "C"), ("C", "A"), ("D", "E"), ("E", "F"), ("F", "D")])
    with caplog.at_level(logging.INFO, logger="influence"):
        found = multiplex.versatility_eigenvector({"x": triangle, "y": triangle})
    assert found.isna().all() and "not unique" in caplog.text
    joined = {"x": triangle, "y": nx.DiGraph([("C", "D"), ("D", "C")])}
    assert multiplex.versatility_eigenvector(joined).notna().all()


@pytest.mark.parametrize("weight", [0.95, 1.05])
def test_parts_that_nearly_tie_do_not(weight):
    pairs = nx.Graph([("A", "B", {"weight": 1.0}), ("C", "D", {"weight": weight})])
    found = multiplex.versatility_eigenvector({"x": pairs, "y": pairs})
    assert found.to_dict() == pytest.approx(
        dict(zip("ABCD", [0, 0, 0.5, 0.5] if weight > 1 else [0.5, 0.5, 0, 0], strict=True))
    )


def test_the_leading_part_is_found_and_only_those_it_reaches_count():
    strong = nx.DiGraph([("A", "B"), ("B", "A"), ("B", "C"), ("A", "C")])
    strong.add_edges_from([("X", "Y"), ("Y", "X")], weight=0.5)
    found = multiplex.versatility_eigenvector({"x": strong, "y": nx.Graph([("A", "B")])})
    assert found["X"] == found["Y"] == 0 and found[["A", "B", "C"]].min() > 0
    names = list(found.index)
    a = np.array([nx.to_pandas_adjacency(strong).reindex(names, columns=names), np.zeros((5, 5))])
    a[1, [0, 1], [1, 0]] = 1
    np.testing.assert_allclose(found, oracle.eigenvector(a, 1.0), atol=1e-12)


def test_layers_without_ties():
    nothing = {"x": nx.empty_graph(4), "y": nx.empty_graph(4)}
    assert multiplex.versatility_eigenvector(nothing).isna().all()
    assert multiplex.versatility_betweenness(nothing).tolist() == [0.0] * 4
    for measure in ("versatility_pagerank", "versatility_katz", "multiplex_pagerank"):
        np.testing.assert_allclose(getattr(multiplex, measure)(nothing), 0.25)


def test_isolates():
    a = np.pad(drawn(2, 6), ((0, 0), (0, 1), (0, 1)))
    for id in IDS:
        value = get_metric(id).function(named(a))["n06"]
        assert value == 0 if id in ("versatility_eigenvector", "versatility_betweenness") else value > 0


@pytest.mark.parametrize("metric", COUPLED, ids=IDS)
def test_near_uniform_layers_are_refused(metric):
    rng = np.random.default_rng(5)
    votes = np.triu(rng.uniform(0.6, 1.0, (8, 8)), 1)
    layers = {"trade": pd.DataFrame(drawn(1, 8)[0]), "votes": pd.DataFrame(votes + votes.T)}
    with pytest.raises(LayerRefused, match="the layer votes has nearly equal ties among nearly all"):
        metric.function(layers)
    assert issubclass(LayerRefused, GraphError)
    nearly = np.ones((20, 20)) - np.eye(20)
    nearly[rng.random((20, 20)) < 0.07] = 0
    with pytest.raises(LayerRefused, match="the layer votes"):
        metric.function({"votes": pd.DataFrame(nearly), "trade": pd.DataFrame(drawn(1, 20)[0])})
    nearly[rng.random((20, 20)) < 0.3] = 0
    np.fill_diagonal(nearly, 0)
    assert metric.function({"votes": pd.DataFrame(nearly)}).notna().all()
    few = nx.complete_graph(3)  # a pact of three among eight says a lot
    few.add_nodes_from(range(8))
    assert metric.function({"trade": layers["trade"], "pact": few}).notna().all()


@pytest.mark.parametrize("metric", COUPLED, ids=IDS)
def test_layers_without_a_scale_are_refused(metric):
    orders = nx.DiGraph([("A", "B"), ("B", "C"), ("A", "C"), ("C", "D")])
    with pytest.raises(LayerRefused, match="the layer orders has ties but no cycle"):
        metric.function({"pact": nx.path_graph(["A", "B", "C", "D"]), "orders": orders})


def test_a_kernel_names_the_layer_by_its_place():
    a = np.stack([drawn(1, 5)[0], np.triu(np.ones((5, 5)), 1)])
    with pytest.raises(LayerRefused, match="the layer number 2 has ties but no cycle"):
        get_metric("versatility_katz").kernel(np.stack([a, a]), directed=True)


# --- options --------------------------------------------------------------------------------------


@pytest.mark.parametrize("metric", COUPLED, ids=IDS)
def test_coupling_that_cannot_be(metric):
    layers = named(drawn(3, 5))
    chain = np.zeros((3, 3))
    chain[0, 1] = chain[1, 0] = 1.0
    one_way = np.triu(np.ones((3, 3)), 1)
    for wrong, message in [
        (-1.0, "0 or more"),
        (np.inf, "finite"),
        (np.ones((2, 2)), r"3 × 3 layers, not 2 × 2"),
        (np.ones((3, 3)), "with itself must be 0"),
        (chain, "from every layer to every other"),
        (one_way, "from every layer to every other"),
        (pd.DataFrame(np.zeros((2, 2)), list("ab"), list("ab")), "must be the layers l0, l1, l2"),
    ]:
        with pytest.raises(ValueError, match=message):
            metric.function(layers, coupling=wrong)


@pytest.mark.parametrize("metric", COUPLED, ids=IDS)
def test_coupling_by_name_does_not_know_the_order_of_layers(metric):
    layers = named(drawn(3, 6))
    w = pd.DataFrame(omega_of("array", 3), index=list(layers), columns=list(layers))
    found = metric.function(layers, coupling=w)
    turned = {name: layers[name] for name in ("l2", "l0", "l1")}
    pd.testing.assert_series_equal(metric.function(turned, coupling=w.loc[["l1", "l0", "l2"]]), found, atol=1e-11)
    pd.testing.assert_series_equal(metric.function(layers, coupling=w.to_numpy()), found)
    if metric.flow_process == "walk":  # shortest paths need not differ
        other = metric.function(layers, coupling=w.T)
        assert not np.allclose(other, found, atol=1e-6), "a coupling has a direction"


def test_options_are_checked_and_told():
    layers = named(drawn(2, 5))
    for wrong in (-0.1, 1.0):
        with pytest.raises(ValueError, match="attenuation must be"):
            multiplex.versatility_katz(layers, attenuation=wrong)
        with pytest.raises(ValueError, match="damping must be"):
            multiplex.versatility_pagerank(layers, damping=wrong)
        with pytest.raises(ValueError, match="damping must be"):
            multiplex.multiplex_pagerank(layers, damping=wrong)
    with pytest.raises(ValueError, match="variant must be"):
        multiplex.multiplex_pagerank(layers, variant="neutral")
    told = multiplex.versatility_katz(layers).attrs["influence"]
    assert told["options"] == {"coupling": 1.0, "attenuation": 0.5, "unknown": "absent"}
    assert told["layers"] == ["l0", "l1"]


# --- multiplex PageRank ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variant", "beta", "gamma"), [("combined", 1, 1), ("additive", 0, 1), ("multiplicative", 1, 0)]
)
def test_multiplex_pagerank_against_the_formula_of_halu(variant, beta, gamma):
    a = drawn(2, 7)
    a[1, 3, :] = 0.0  # a dead end
    found = multiplex.multiplex_pagerank_by_layer(named(a), variant=variant, damping=0.85)
    np.testing.assert_allclose(found["l1"], oracle.halu(a[0], a[1], 0.85, beta, gamma), atol=1e-12)
    np.testing.assert_allclose(found["l0"], oracle.halu(a[1], a[0], 0.85, beta, gamma), atol=1e-12)
    mean = multiplex.multiplex_pagerank(named(a), variant=variant, damping=0.85)
    np.testing.assert_allclose(mean, found.mean(axis=1), atol=1e-15)
    assert found.attrs["influence"]["layers"] == ["l0", "l1"]


def test_multiplex_pagerank_of_three_layers_bends_each_by_the_mean_of_the_others():
    a = drawn(3, 6)
    alone = np.array([centrality.pagerank(pd.DataFrame(layer)) for layer in a])
    found = multiplex.multiplex_pagerank_by_layer(named(a), variant="multiplicative")
    for k in range(3):
        x = (alone.sum(axis=0) - alone[k]) / 2
        np.testing.assert_allclose(found[f"l{k}"], centrality.pagerank(pd.DataFrame(a[k] * x)), atol=1e-12)


def test_multiplex_pagerank_by_hand():
    # No damping but restarts: "additive" is then the other layer's PageRank, here uniform plus nothing.
    layers = {"x": nx.path_graph(3), "y": nx.cycle_graph(3)}
    found = multiplex.multiplex_pagerank_by_layer(layers, variant="additive", damping=0.0)
    assert found["x"].tolist() == pytest.approx([1 / 3] * 3)
    # In y every actor has two ties, followed in proportion to x; with the path's middle at x_1.
    x = centrality.pagerank(layers["x"])
    bent = multiplex.multiplex_pagerank_by_layer(layers, variant="multiplicative")["y"]
    to_middle = x[1] / (x[1] + x[2])
    assert bent[1] == pytest.approx(0.85 * 2 * bent[0] * to_middle + 0.15 / 3)


# --- order, stacks, speed of convergence ----------------------------------------------------------


@st.composite
def multiplexes(draw):
    layers, n = draw(st.integers(1, 3)), draw(st.integers(3, 6))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    a = np.where(
        rng.random((layers, n, n)) < draw(st.sampled_from([0.2, 0.4])), rng.integers(1, 4, (layers, n, n)), 0.0
    )
    a[:, np.arange(n), np.arange(n)] = 0.0
    if draw(st.booleans()):
        a = a + np.swapaxes(a, -1, -2)
    return a


@pytest.mark.parametrize("metric", [*COUPLED, get_metric("multiplex_pagerank")], ids=[*IDS, "multiplex_pagerank"])
@settings(max_examples=40, deadline=None)
@given(a=multiplexes(), omega=st.sampled_from([0.1, 1.0, 10.0]), seed=st.integers(0, 100))
def test_order_of_labels_and_layers_changes_nothing(metric, a, omega, seed):
    how = {"coupling": omega} if metric.id != "multiplex_pagerank" else {}
    names = [f"n{k:02d}" for k in range(a.shape[-1])]
    rng = np.random.default_rng(seed)
    order, turn = rng.permutation(len(names)), rng.permutation(len(a))
    layers = named(a, names)
    shuffled = {f"l{k}": layers[f"l{k}"].iloc[order].loc[:, names[::-1]] for k in turn}
    try:
        before = metric.function(layers, **how)
    except LayerRefused:
        with pytest.raises(LayerRefused):
            metric.function(shuffled, **how)
        assume(False)
    after = metric.function(shuffled, **how)
    pd.testing.assert_series_equal(before, after.reindex(before.index), atol=1e-10, rtol=1e-9)
    if metric.id != "versatility_betweenness" and before.notna().all():
        assert before.sum() == pytest.approx(1)
    assert before.dropna().between(-1e-15, 1 + 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(a=multiplexes(), omega=st.sampled_from([0.1, 1.0, 10.0]))
def test_eigenvector_satisfies_its_equation(a, omega):
    try:
        scaled = versatility._scaled(a)
    except LayerRefused:
        assume(False)
    w = omega * (1 - np.eye(len(a)))
    excess, x = versatility._leading(scaled[None], w)
    own = omega * (len(a) - 1)
    supra = oracle.supra_matrix(scaled, omega, scale=False)
    # A dense solver is off by 1e-8 where two strong components in a row have the same eigenvalue; the product is not.
    assert excess[0] + own == pytest.approx(oracle.spectral_radius(supra), abs=1e-6)
    if not np.isnan(x).any():
        np.testing.assert_allclose(x.reshape(-1) @ supra, (excess[0] + own) * x.reshape(-1), atol=1e-9)
        assert x.min() >= 0


@pytest.mark.parametrize("id", [*IDS, "multiplex_pagerank"])
def test_kernels_take_stacks_of_years(id):
    kernel = get_metric(id).kernel
    a = np.stack([[drawn(3, 6, seed=4 * i + j) for j in range(4)] for i in range(2)])
    a[0, 1, 2] = 0.0  # a year in which a layer has no ties
    untouched = a.copy()
    batched = kernel(a, directed=True)
    assert batched.shape == (2, 4, 6)
    np.testing.assert_array_equal(a, untouched)
    for i, j in np.ndindex(2, 4):
        np.testing.assert_allclose(batched[i, j], kernel(a[i, j], directed=True), atol=1e-12)


def test_strong_coupling_does_not_slow_the_iteration(monkeypatch):
    a = drawn(4, 12)
    monkeypatch.setattr(versatility, "_ROUNDS", 25)
    monkeypatch.setattr(versatility, "_solved", lambda *_: pytest.fail("the dense solver was needed"))
    for omega in (0.5, 10.0, 1e4, 1e8):
        assert multiplex.versatility_eigenvector(named(a), coupling=omega).notna().all()


def test_the_dense_solver_takes_over_where_iterations_crawl(monkeypatch):
    a = drawn(3, 8)
    monkeypatch.setattr(versatility, "_ROUNDS", 1)
    found = multiplex.versatility_eigenvector(named(a), coupling=0.3)
    np.testing.assert_allclose(found, oracle.eigenvector(a, 0.3), atol=1e-10)


# --- in snapshots and panels ----------------------------------------------------------------------


def network(*, votes):
    rows = [("trade", *pair, 1.0 + 9 * (pair[0] == "A")) for pair in itertools.permutations("ABCDE", 2)]
    rows += [("arms", "A", "B", 1.0), ("arms", "B", "A", 1.0)]
    rows += [("votes", *pair, 1.0) for pair in itertools.permutations("ABCDE", 2)] if votes else []
    frame = pd.DataFrame(rows, columns=["layer", "source", "target", "weight"])
    return MultilayerNetwork.from_edges(pd.concat([frame.assign(year=y) for y in (2008, 2009)]))


def test_a_panel_holds_what_snapshots_give():
    net = network(votes=False)
    w = pd.DataFrame({"arms": [0.0, 2.0], "trade": [0.5, 0.0]}, index=["arms", "trade"])
    for id in IDS:
        found = inf.panel(net, id, layers=["trade", "arms"], years=2009, options={id: {"coupling": w}})
        expected = get_metric(id).function(net.at(2009), coupling=w)
        np.testing.assert_allclose(found.set_index("actor")["value"].reindex(expected.index), expected, atol=1e-12)
        assert set(found["layer"]) == {"all"}
    assert found.attrs["influence"]["assumes_path"] == ["versatility_betweenness in all"]
    default = set(inf.panel(net)["metric"])
    assert {"versatility_eigenvector", "multiplex_pagerank"} <= default and "versatility_betweenness" not in default


def test_a_refused_layer_is_named_and_left_out_of_a_panel_that_did_not_ask(caplog):
    net = network(votes=True)
    for ask in (
        lambda: multiplex.versatility_eigenvector(net.at(2009)),
        lambda: inf.panel(net, "versatility_eigenvector"),
    ):
        with pytest.raises(GraphError, match="the layer votes has nearly equal ties"):
            ask()
    with caplog.at_level(logging.INFO, logger="influence"):
        default = set(inf.panel(net)["metric"])
    assert "participation" in default and "versatility_katz" not in default
    assert "versatility_katz left out of the panel: the layer votes" in caplog.text


def test_the_feeblest_ties_still_join_a_component():
    feeble = np.array([[0.0, 1e-9, 0.0], [0.0, 0.0, 1e-9], [1e-9, 0.0, 0.0]])
    assert [len(part) for part in versatility._cyclic_components(feeble[None])[0]] == [3]
