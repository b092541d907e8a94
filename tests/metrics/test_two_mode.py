"""Two-mode measures against networkx's bipartite module and hand computations."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import bipartite

from influence.metrics import two_mode
from influence.network.adapter import GraphError

# Rows: states; SCO of three, CSTO of two, a club of one, and a body nobody here belongs to.
SEATS = pd.DataFrame(
    {"SCO": [1, 1, 1, 0], "CSTO": [1, 0, 1, 0], "club": [0, 1, 0, 0], "GUAM": [0, 0, 0, 0]},
    index=["RUS", "CHN", "KAZ", "TKM"],
)
ACTORS, BODIES = list(SEATS.index), list(SEATS.columns)


def as_networkx(seats):
    graph = nx.Graph()
    graph.add_nodes_from(seats.index, bipartite=0)
    graph.add_nodes_from(seats.columns, bipartite=1)
    graph.add_edges_from((i, k) for i in seats.index for k in seats.columns if seats.loc[i, k])
    return graph


@st.composite
def incidences(draw):
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cells = draw(st.lists(st.sampled_from([0, 1]), min_size=n * m, max_size=n * m))
    return pd.DataFrame(
        np.array(cells).reshape(n, m), index=[f"a{k}" for k in range(n)], columns=[f"o{k}" for k in range(m)]
    )


def test_degree_two_mode_is_networkx_bipartite_degree():
    reference = bipartite.degree_centrality(as_networkx(SEATS), ACTORS)
    assert two_mode.degree_two_mode(SEATS).to_dict() == pytest.approx({a: reference[a] for a in ACTORS})
    assert two_mode.degree_organizations(SEATS).to_dict() == pytest.approx({b: reference[b] for b in BODIES})
    assert two_mode.degree_two_mode(SEATS)["RUS"] == 2 / 4  # by hand
    assert two_mode.degree_two_mode(SEATS)["TKM"] == 0


def test_degrees_not_normalised_are_counts():
    assert two_mode.degree_two_mode(SEATS, normalized=False).to_dict() == {
        "RUS": 2,
        "CHN": 2,
        "KAZ": 2,
        "TKM": 0,
    }
    assert two_mode.degree_organizations(SEATS, normalized=False).tolist() == [3, 2, 1, 0]


def test_projection_by_count_is_networkx_weighted_projection():
    reference = nx.to_pandas_adjacency(bipartite.weighted_projected_graph(as_networkx(SEATS), ACTORS), nodelist=ACTORS)
    pd.testing.assert_frame_equal(two_mode.project(SEATS, weight="count"), reference)


def test_newman_projection_is_networkx_collaboration_weights():
    seats = SEATS.drop(columns=["club"])  # networkx divides by size − 1 also where size is 1, and then by none
    graph = bipartite.collaboration_weighted_projected_graph(as_networkx(seats), ACTORS)
    reference = nx.to_pandas_adjacency(graph, nodelist=ACTORS)
    pd.testing.assert_frame_equal(two_mode.project(SEATS), reference)


def test_newman_weights_take_the_world_membership():
    found = two_mode.project(SEATS, sizes={"SCO": 6, "CSTO": 7})
    assert found.loc["RUS", "KAZ"] == pytest.approx(1 / 5 + 1 / 6)
    assert found.loc["RUS", "CHN"] == pytest.approx(1 / 5)
    assert found.loc["CHN", "TKM"] == 0 and found.loc["CHN", "CHN"] == 0
    # a size that is smaller than the members here cannot be right: the members here are counted
    assert two_mode.project(SEATS, sizes={"SCO": 2}).loc["RUS", "CHN"] == pytest.approx(1 / 2)
    assert two_mode.project(SEATS, sizes={"SCO": np.nan}).loc["RUS", "CHN"] == pytest.approx(1 / 2)
    assert two_mode.project(SEATS, sizes=pd.Series({"SCO": 6.0})).loc["RUS", "CHN"] == pytest.approx(1 / 5)


def test_strength_in_the_newman_projection_is_the_number_of_shared_organizations():
    strength = two_mode.project(SEATS).sum()
    assert strength.to_dict() == pytest.approx({"RUS": 2, "CHN": 1, "KAZ": 2, "TKM": 0})


def test_overlap_is_the_jaccard_index_by_hand_and_of_scipy():
    from scipy.spatial.distance import jaccard

    found = two_mode.overlap(SEATS)
    assert found.loc["SCO", "CSTO"] == 2 / 3 and found.loc["CSTO", "club"] == 0 and found.loc["club", "club"] == 1
    assert np.isnan(found.loc["GUAM", "GUAM"]) and found.loc["SCO", "GUAM"] == 0
    for a in BODIES[:3]:
        for b in BODIES[:3]:
            assert found.loc[a, b] == pytest.approx(1 - jaccard(SEATS[a].astype(bool), SEATS[b].astype(bool)))
    half = SEATS.astype(float)
    half.loc["KAZ", "CSTO"] = 0.5  # half a year: (1 + 0.5) / 3
    assert two_mode.overlap(half).loc["SCO", "CSTO"] == 0.5


def test_exclusive_bridges_by_hand():
    found = two_mode.exclusive_bridges(SEATS)
    assert found.to_numpy().tolist() == [["CHN", "KAZ", "SCO"], ["CHN", "RUS", "SCO"]]
    assert two_mode.exclusive_bridges(SEATS[["CSTO"]]).to_numpy().tolist() == [["KAZ", "RUS", "CSTO"]]
    assert list(two_mode.exclusive_bridges(SEATS[["GUAM"]])) == ["actor_a", "actor_b", "organization"]
    assert two_mode.exclusive_bridges(SEATS[["GUAM"]]).empty


def test_strength_by_organization_adds_up_to_the_projection():
    sizes = {"SCO": 6, "CSTO": 7}
    found = two_mode.strength_by_organization(SEATS, "RUS", ["CHN", "KAZ", "RUS"], sizes=sizes)
    assert found.to_dict() == pytest.approx({"SCO": 2 / 5, "CSTO": 1 / 6, "club": 0, "GUAM": 0})
    assert found.sum() == pytest.approx(two_mode.project(SEATS, sizes=sizes).loc["RUS", ["CHN", "KAZ"]].sum())
    counted = two_mode.strength_by_organization(SEATS, "RUS", ["CHN", "KAZ"], weight="count")
    assert counted.to_dict() == {"SCO": 2, "CSTO": 1, "club": 0, "GUAM": 0}
    with pytest.raises(GraphError, match="USA is no actor here"):
        two_mode.strength_by_organization(SEATS, "RUS", ["USA"])


def test_co_membership_by_hand():
    found = two_mode.co_membership(SEATS)
    assert found.loc["RUS", "KAZ"] == 2 and found.loc["RUS", "CHN"] == 1 and found.loc["CHN", "TKM"] == 0
    assert np.diag(found).tolist() == [2, 2, 2, 0]


def test_the_projection_of_the_network_is_the_same():
    from influence.network.layer import Layer, LayerSpec, project

    layer = Layer(LayerSpec("io", mode=2), 2009, SEATS.index, SEATS.columns, {"member": SEATS.to_numpy(dtype=float)})
    sizes = {"SCO": 6.0, "CSTO": 2.0}
    np.testing.assert_allclose(two_mode.project(layer, sizes=sizes), project(layer, sizes).matrix)
    assert two_mode.degree_two_mode(layer).to_dict() == two_mode.degree_two_mode(SEATS).to_dict()


@settings(max_examples=40, deadline=None)
@given(seats=incidences(), seed=st.integers(0, 1000))
def test_order_of_actors_and_organizations_changes_nothing(seats, seed):
    rng = np.random.default_rng(seed)
    turned = seats.iloc[rng.permutation(len(seats)), rng.permutation(seats.shape[1])]
    for measure in (two_mode.degree_two_mode, two_mode.degree_organizations):
        before, after = measure(seats), measure(turned)
        pd.testing.assert_series_equal(before, after.loc[before.index])
        assert before.between(0, 1).all()
    for table in (two_mode.co_membership, two_mode.project):
        before, after = table(seats), table(turned)
        pd.testing.assert_frame_equal(before, after.loc[before.index, before.columns], check_exact=False, atol=1e-12)


def test_kernel_takes_stacks_of_years():
    from influence.metrics.registry import get_metric

    b = np.random.default_rng(1).integers(0, 2, (12, 5, 7)).astype(float)
    kernel = get_metric("degree_two_mode").kernel
    assert kernel(b).shape == (12, 5)
    np.testing.assert_allclose(kernel(b)[3], kernel(b[3]))
    assert kernel(np.zeros((3, 0))).tolist() == [0, 0, 0]
    assert two_mode.newman_weights(b).shape == (12, 7)


def test_what_is_not_two_mode_says_so():
    with pytest.raises(GraphError, match="two-mode"):
        two_mode.degree_two_mode(nx.path_graph(3))
    with pytest.raises(ValueError, match="newman"):
        two_mode.project(SEATS, weight="hyperbolic")
    with pytest.raises(GraphError, match="no organization here"):
        two_mode.project(SEATS, sizes={"EU": 27})
