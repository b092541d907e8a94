"""Sparse kernels give what the dense ones and the readable references give, and never make a dense matrix."""

import itertools
import warnings

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from tests.metrics.test_contract import GRID
from tests.oracles import reference

import influence as inf
from influence import _panel
from influence.metrics import _triangles
from influence.metrics._large_holes import burt_measures_sparse
from influence.metrics._large_roles import role_counts_sparse
from influence.metrics._role_blocks import leg_counts_in_blocks, worth_blocks
from influence.metrics._roles import COLUMNS, ROLES, DensityWarning, leg_counts
from influence.metrics._triangles import SparseGraph, large_graph
from influence.metrics.brokerage import _ties_and_pairs, role_counts
from influence.metrics.degrees import degrees_sparse
from influence.metrics.registry import get_metric
from influence.metrics.structural_holes import burt_measures
from influence.network import GraphError, LayerSpec, MultilayerNetwork, SelfLoopWarning, as_matrix, multilayer

BURT = ("constraint", "effective_size", "efficiency", "hierarchy")
DEGREES = ("degree", "degree_in", "degree_out", "strength", "strength_in", "strength_out")
CLOSURES = ("direct", "either", "none")


def random_graph(seed, n, density, *, directed=True, hubs=0):
    rng = np.random.default_rng(seed)
    chance = np.full(n, density)
    chance[:hubs] = 0.8
    a = np.where(rng.random((n, n)) < np.maximum(chance, chance[:, None]), rng.lognormal(size=(n, n)), 0.0)
    np.fill_diagonal(a, 0.0)
    return a if directed else np.triu(a) + np.triu(a).T


def scale_free(n, ties, seed=1):
    rng = np.random.default_rng(seed)
    chance = np.arange(1, n + 1) ** -0.6
    pairs = rng.choice(n, (2, 2 * ties), p=chance / chance.sum())
    pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
    return sp.csr_array((rng.lognormal(size=pairs.shape[1]), tuple(pairs)), shape=(n, n))


def groups_of(n, seed=0, many=4):
    return np.random.default_rng(seed).integers(0, many, n)


def quietly(function, *given, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DensityWarning)
        return function(*given, **options)


def same(found, expected, ids):
    for id in ids:
        np.testing.assert_allclose(found[id], expected[id], rtol=1e-11, atol=1e-12, err_msg=id)


RANDOM = [
    random_graph(k, n, density, directed=k % 3 > 0, hubs=hubs)
    for k, (n, density, hubs) in enumerate(itertools.product((2, 7, 40, 90), (0.02, 0.1, 0.5), (0, 2)))
]


@pytest.mark.parametrize("graph", [*GRID, *range(len(RANDOM))])
def test_sparse_kernels_equal_dense_ones(graph):
    """The dense kernels, which sna, igraph and hand calculation vouch for."""
    a, directed = (RANDOM[graph], graph % 3 > 0) if isinstance(graph, int) else (GRID[graph][0].values, GRID[graph][1])
    large, groups = SparseGraph(sp.csr_array(a)), groups_of(len(a))
    same(burt_measures_sparse(large, directed=directed), burt_measures(a, directed=directed), BURT)
    for id, values in degrees_sparse(large, directed=directed).items():
        np.testing.assert_allclose(values, get_metric(id).kernel(a, directed=directed), rtol=1e-13)
    for closure in CLOSURES:
        expected = quietly(role_counts, a, directed=directed, groups=groups, closure=closure)
        found = role_counts_sparse(large, directed=directed, groups=groups, closure=closure)
        for id in COLUMNS:
            np.testing.assert_array_equal(found[id], expected[id], err_msg=f"{id}, {closure}")


@pytest.mark.parametrize("seed", range(4))
def test_sparse_kernels_equal_the_readable_versions(seed):
    directed = seed % 2 == 0
    a = random_graph(seed, 14, 0.25, directed=directed)
    large, groups = SparseGraph(sp.csr_array(a)), groups_of(14, seed)
    burt = burt_measures_sparse(large, directed=directed)
    dyadic = reference.dyadic_constraint(a)
    constraint = np.where(np.isnan(dyadic).all(axis=1), np.nan, np.nansum(dyadic, axis=1))
    np.testing.assert_allclose(burt["constraint"], constraint)
    np.testing.assert_allclose(burt["effective_size"], reference.effective_size(a))
    np.testing.assert_allclose(burt["hierarchy"], reference.hierarchy(a), atol=1e-12)
    for closure in CLOSURES:
        counts = role_counts_sparse(large, directed=directed, groups=groups, closure=closure)
        expected = reference.gould_fernandez(a, groups, directed=directed, closure=closure)
        for k, id in enumerate(ROLES):
            known = ~np.isnan(counts[id])
            np.testing.assert_array_equal(counts[id][known], expected[known, k], err_msg=f"{id}, {closure}")
            assert directed or id != "representative" or not known.any()
        np.testing.assert_array_equal(counts["brokerage"], expected.sum(axis=1))


@pytest.mark.parametrize("run", [1, 7, 2**18])
def test_triangles_are_found_once_each_whatever_the_size_of_a_run(run, monkeypatch):
    monkeypatch.setattr(_triangles, "_RUN", run)
    a = random_graph(5, 30, 0.3, hubs=2)
    large = SparseGraph(sp.csr_array(a))
    tied = (a + a.T)[np.ix_(large.order, large.order)] > 0
    threes = itertools.combinations(range(30), 3)
    expected = {(x, y, z) for x, y, z in threes if tied[x, y] and tied[x, z] and tied[y, z]}
    found = []
    for ab, ac, bc in large.triangles():
        assert (large.low[ab] == large.low[ac]).all() and (large.high[ab] == large.low[bc]).all()
        assert (large.high[ac] == large.high[bc]).all()
        found += zip(large.low[ab].tolist(), large.high[ab].tolist(), large.high[ac].tolist(), strict=True)
    assert len(found) == len(set(found)) and set(found) == expected
    again = sum(len(some.ab) for some in large.triangles())
    assert again == len(found), "what is remembered is the same"


def test_triangles_are_not_remembered_where_they_are_too_many(monkeypatch):
    monkeypatch.setattr(_triangles, "_KEPT", 10)
    large = SparseGraph(sp.csr_array(random_graph(5, 30, 0.3)))
    assert sum(len(some.ab) for some in large.triangles()) == sum(len(some.ab) for some in large.triangles()) > 10
    assert large._known is None


def test_the_choice_is_by_size_and_density():
    few, many = random_graph(1, 300, 0.01), random_graph(1, 300, 0.3)
    assert large_graph(few) is not None and large_graph(sp.csr_array(few)) is not None
    assert large_graph(many) is None and large_graph(sp.csr_array(many)) is None
    assert large_graph(random_graph(1, 100, 0.01)) is None


@pytest.mark.parametrize("id", [*BURT, *DEGREES, *COLUMNS])
def test_public_functions_say_the_same_of_a_dense_and_a_sparse_matrix(id, monkeypatch):
    a, metric = random_graph(3, 300, 0.02, hubs=2), get_metric(id)
    given = {"groups": dict(enumerate(groups_of(300)))} if metric.needs else {}
    by_choice = [metric.function(graph, **given) for graph in (a, sp.csr_array(a))]
    monkeypatch.setattr(_triangles, "_SMALL", 10**9)
    dense = metric.function(a, **given)
    for found in by_choice:
        pd.testing.assert_series_equal(found, dense, rtol=1e-11)
    off = {k: v + 1 for k, v in metric.sparse(SparseGraph(sp.csr_array(a)), directed=True, **_coded(given)).items()}
    assert not np.allclose(off[id], dense, equal_nan=True)


def _coded(given):
    return {name: np.array(list(groups.values())) for name, groups in given.items()}


def test_gould_fernandez_is_one_frame_either_way():
    a, groups = random_graph(3, 300, 0.02, hubs=2), dict(enumerate(groups_of(300)))
    sparse = inf.brokerage.gould_fernandez(sp.csr_array(a), groups)
    pd.testing.assert_frame_equal(sparse, pd.DataFrame(role_counts(a, directed=True, groups=groups_of(300))))
    shared = inf.brokerage.gould_fernandez(sp.csr_array(a), groups, credit="shared")  # no sparse way: the dense one
    assert shared["brokerage"].sum() < sparse["brokerage"].sum()


@pytest.mark.parametrize("directed", [True, False])
def test_chains_of_one_broker_come_from_its_neighbourhood(directed):
    """12,000 actors: the whole as a dense matrix would be refused. They are the counts, and those of the dense way."""
    matrix, groups = scale_free(12_000, 30_000), pd.Series(groups_of(12_000))
    matrix = matrix if directed else (matrix + matrix.T).tocsr()
    counts = inf.brokerage.gould_fernandez(matrix, groups, directed=directed)
    broker = int(counts["brokerage"].nlargest(200).index[-1])
    found = inf.brokerage.chains(matrix, groups, broker=broker, directed=directed)
    told = found["role"].value_counts().reindex(ROLES, fill_value=0)
    known = counts.loc[broker, list(ROLES)].dropna()
    assert told[known.index].to_dict() == known.to_dict() and len(found) == counts.loc[broker, "brokerage"] > 20
    assert (found["weight_in"].to_numpy() == [matrix[a, broker] for a in found["a"]]).all()
    few = random_graph(3, 60, 0.1, directed=directed)
    pd.testing.assert_frame_equal(
        *(inf.brokerage.chains(g, groups[:60], broker=7, directed=directed) for g in (few, sp.csr_array(few)))
    )
    with pytest.raises(GraphError, match="12,000 actors are too many"):
        inf.brokerage.chains(matrix, groups, directed=directed)


def test_groups_may_be_as_many_as_actors():
    matrix = scale_free(3000, 9000)
    found = inf.brokerage.gould_fernandez(matrix, dict(enumerate(range(3000))))
    assert found.drop(columns=["liaison", "brokerage"]).isna().all(axis=None)
    paths = (matrix > 0).astype(float) @ (matrix > 0).astype(float)
    paths.setdiag(0)
    open_paths = paths.sum() - paths.multiply(matrix > 0).sum()
    assert found["liaison"].sum() == found["brokerage"].sum() == open_paths


def network_of(matrix, names):
    ties = matrix.tocoo()
    frame = {"layer": "x", "source": names[ties.row], "target": names[ties.col], "weight": ties.data, "year": 2001}
    dealt = pd.DataFrame({"partition": "p", "actor_id": names, "group": [f"g{k % 4}" for k in range(len(names))]})
    return MultilayerNetwork.from_edges(pd.DataFrame(frame), actors=names, partitions=dealt)


def test_any_kind_of_large_graph_gets_there_without_a_dense_matrix():
    """12,000 actors: `as_dense` refuses them, so that whatever asks for a dense matrix would raise here."""
    n = 12_000
    matrix, names = scale_free(n, 40_000), np.array([f"a{k:05d}" for k in range(n)], dtype=object)
    net = network_of(matrix, names)
    layer = net.at(2001)["x"]
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    ties = matrix.tocoo()
    each = (names[ties.row].tolist(), names[ties.col].tolist(), ties.data.tolist())
    graph.add_weighted_edges_from(zip(*each, strict=True))
    other = igraph.Graph(n=n, edges=list(zip(ties.row.tolist(), ties.col.tolist(), strict=True)), directed=True)
    other.es["weight"], other.vs["name"] = ties.data.tolist(), names
    groups = pd.Series([f"g{k % 4}" for k in range(n)], index=names)
    expected = inf.structural_holes.constraint(matrix).to_numpy()
    np.testing.assert_allclose(expected, other.constraint(weights="weight"), rtol=1e-12)
    counts = inf.brokerage.gould_fernandez(matrix, groups.reset_index(drop=True)).to_numpy()
    for large in (layer, graph, other, layer.to_networkx(), layer.to_igraph()):
        assert sp.issparse(as_matrix(large).matrix)
        np.testing.assert_allclose(inf.structural_holes.constraint(large)[names], expected, rtol=1e-12)
        np.testing.assert_array_equal(inf.brokerage.gould_fernandez(large, groups).loc[names], counts)
        np.testing.assert_allclose(inf.centrality.strength_in(large)[names], matrix.sum(axis=0))
    panel = inf.panel(net, ["constraint", "degree", "liaison", "effective_size"], partition="p")
    wide = panel.pivot(index="actor", columns="metric", values="value").loc[names]
    np.testing.assert_allclose(wide["constraint"], expected, rtol=1e-12)
    np.testing.assert_array_equal(wide["liaison"], counts[:, 4])
    by_default = inf.panel(net, partition="p")
    assert {*BURT, *DEGREES, *COLUMNS} - {"representative"} <= set(by_default["metric"])


def test_what_has_no_sparse_kernel_says_so():
    matrix = scale_free(12_000, 40_000)
    for function in (inf.centrality.pagerank, inf.centrality.betweenness, inf.structural_holes.dyadic_constraint):
        with pytest.raises(GraphError, match="12,000 actors are too many .* 10,000"):
            function(matrix)
    with pytest.raises(GraphError, match="12,000 actors are too many"):
        inf.brokerage.gould_fernandez(matrix, dict.fromkeys(range(12_000), "one"), credit="shared")
    with pytest.raises(GraphError, match="12,000 actors are too many"):
        inf.multiplex.participation({"one": matrix, "two": matrix})


def test_a_sparse_matrix_is_read_like_a_dense_one():
    a = np.array([[0.0, np.nan, 2.0], [1.0, 3.0, 0.0], [np.nan, 0.0, np.nan]])
    for unknown in ("absent", "present"):
        with pytest.warns(SelfLoopWarning, match="1 self-loop"):
            dense = as_matrix(a, unknown=unknown)
        with pytest.warns(SelfLoopWarning, match="1 self-loop"):
            sparse = as_matrix(sp.csr_array(a), unknown=unknown)
        np.testing.assert_array_equal(sparse.dense(), dense.matrix)
        np.testing.assert_array_equal(sparse.unknown.toarray(), dense.unknown)
    with pytest.raises(GraphError, match="2 ties are unknown, the first 0 → 1"):
        as_matrix(sp.csr_array(a), unknown="raise")
    twice = sp.coo_array(([1.0, 2.0, 0.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    read = as_matrix(twice).matrix
    assert read.nnz == 1 and read[0, 1] == 3.0
    with pytest.raises(GraphError, match="negative weight -1"):
        as_matrix(sp.csr_array([[0.0, -1.0], [0.0, 0.0]]))


@pytest.mark.parametrize("name", ["security", "trade", "energy", "diplomacy"])
@pytest.mark.parametrize("year", [2001, 2009, 2012])
def test_a_layer_kept_sparse_is_the_layer(name, year, monkeypatch):
    """Several kinds, mutual ties, kinds that count once, shares of kinds, unknown ties: all in the bundled study."""
    net = inf.load()
    dense = net.layer(name, year)
    monkeypatch.setattr(multilayer, "LARGE", 3)
    sparse = net.layer(name, year)
    assert sp.issparse(sparse.matrix)
    assert sparse.unknown_ties == dense.unknown_ties and list(sparse.kinds) == list(dense.kinds)
    pd.testing.assert_frame_equal(sparse.to_edges(), dense.to_edges(), rtol=1e-12)
    for weight, unknown in itertools.product(("weight", None), ("absent", "present")):
        one, other = (as_matrix(layer, weight=weight, unknown=unknown) for layer in (sparse, dense))
        np.testing.assert_allclose(one.dense(), other.matrix, rtol=1e-12)
        hidden = np.zeros(other.matrix.shape, bool) if one.unknown is None else one.unknown.toarray()
        np.testing.assert_array_equal(hidden, False if other.unknown is None else other.unknown)
    assert repr(sparse).replace("LargeLayer", "Layer") == repr(dense)
    for refused in (lambda: sparse.unknown, sparse.to_adjacency):
        with pytest.raises(GraphError, match="use to_edges"):
            refused()


@pytest.mark.parametrize("unknown", ["absent", "present"])
def test_the_panel_says_the_same_of_layers_kept_sparse(unknown, monkeypatch):
    net = inf.load()
    metrics = [*BURT, *DEGREES, *COLUMNS, "pagerank"]
    asked = {"layers": ["security", "energy"], "years": [2004, 2012], "partition": "region", "unknown": unknown}
    options = {"gatekeeper": {"closure": "either"}, "liaison": {"closure": "none"}}
    dense = quietly(inf.panel, net, metrics, options=options, **asked)
    for module in (multilayer, _panel):
        monkeypatch.setattr(module, "LARGE", 3)
    for least in (_triangles._SMALL, 1):  # each metric by itself, and those with a sparse kernel together
        monkeypatch.setattr(_triangles, "_SMALL", least)
        monkeypatch.setattr(_triangles, "_PAYS", 0)
        sparse = quietly(inf.panel, inf.load(), metrics, options=options, **asked)
        pd.testing.assert_frame_equal(sparse, dense, rtol=1e-10)
    assert sparse.attrs["influence"]["unknown_ties"] == dense.attrs["influence"]["unknown_ties"]


def test_the_panel_leaves_out_what_cannot_be_and_refuses_what_was_asked(monkeypatch):
    net = network_of(scale_free(40, 90), np.array([f"a{k:02d}" for k in range(40)], dtype=object))
    for module in (multilayer, _panel):
        monkeypatch.setattr(module, "LARGE", 3)
    monkeypatch.setattr("influence.network.adapter.DENSEST", 30)
    assert "pagerank" not in set(inf.panel(net)["metric"])
    with pytest.raises(GraphError, match="40 actors are too many"):
        inf.panel(net, "pagerank")
    with pytest.raises(GraphError, match="too many for a measure of all layers"):
        inf.panel(net, "participation")


@pytest.mark.parametrize("credit", ["unit", "shared"])
@pytest.mark.parametrize("closure", CLOSURES)
def test_blocks_of_groups_give_the_plain_products(credit, closure):
    codes = groups_of(90, many=6)
    assert worth_blocks(np.stack([codes] * 3)) and not worth_blocks(np.stack([codes, codes[::-1]]))
    stack = np.stack([random_graph(k, 90, 0.1 + 0.2 * k) for k in range(3)])
    tie, served = _ties_and_pairs(stack, credit, closure)
    alike = np.broadcast_to(codes[:, None] == codes, tie.shape).astype(tie.dtype)
    expected = leg_counts(tie, tie, served, alike)
    np.testing.assert_allclose(leg_counts_in_blocks(tie, served, codes), expected, rtol=1e-12, atol=1e-9)


def test_a_contact_of_next_to_no_weight_has_next_to_no_part_in_hierarchy():
    """Its share of all constraint is 1e-40: r ln r is 0 in the limit, and was minus infinity."""
    a = np.zeros((4, 4))
    a[0, 1:] = 1.0, 1.0, 1e-20
    two = np.log(1.5) / np.log(3)  # two contacts of three have all of it, half each
    assert inf.structural_holes.hierarchy(a)[0] == pytest.approx(two)
    assert burt_measures_sparse(SparseGraph(sp.csr_array(a)), directed=True)["hierarchy"][0] == pytest.approx(two)


def test_specs_of_large_layers_are_kept():
    spec = {"x": LayerSpec("x", directed=False)}
    frame = pd.DataFrame({"layer": "x", "source": ["a"] * 2, "target": ["b", "c"], "year": 2001})
    names = [f"n{k}" for k in range(2100)] + ["a", "b", "c"]
    layer = MultilayerNetwork.from_edges(frame, actors=names, layers=spec).at(2001)["x"]
    assert not layer.directed and len(layer.to_edges()) == 2
    assert inf.centrality.degree(layer)[["a", "b", "c"]].tolist() == [2.0, 1.0, 1.0]
