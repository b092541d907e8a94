"""Two-mode centralities against networkx's bipartite module and hand computations; who alone links organizations."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms import bipartite

from influence.metrics import two_mode
from influence.metrics import two_mode_centrality as centrality
from influence.metrics.registry import get_metric
from influence.network.adapter import GraphError
from influence.network.layer import Layer, LayerSpec

# RUS and KAZ in two bodies, CHN in SCO and a club, TKM in none; nobody in GUAM; JPN and USA apart in one of their own.
SEATS = pd.DataFrame(
    {
        "SCO": [1, 1, 1, 0, 0, 0],
        "CSTO": [1, 0, 1, 0, 0, 0],
        "club": [0, 1, 0, 0, 0, 0],
        "GUAM": [0, 0, 0, 0, 0, 0],
        "G7": [0, 0, 0, 0, 1, 1],
    },
    index=["RUS", "CHN", "KAZ", "TKM", "JPN", "USA"],
)


def as_networkx(seats):
    graph = nx.Graph()
    graph.add_nodes_from((("actor", i) for i in seats.index), bipartite=0)
    graph.add_nodes_from((("body", k) for k in seats.columns), bipartite=1)
    graph.add_edges_from((("actor", i), ("body", k)) for i in seats.index for k in seats.columns if seats.loc[i, k])
    return graph


@st.composite
def incidences(draw):
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cells = draw(st.lists(st.sampled_from([0, 1]), min_size=n * m, max_size=n * m))
    return pd.DataFrame(
        np.array(cells).reshape(n, m), index=[f"a{k}" for k in range(n)], columns=[f"o{k}" for k in range(m)]
    )


@settings(max_examples=80, deadline=None)
@given(seats=incidences())
def test_betweenness_is_networkx_bipartite_betweenness(seats):
    graph = as_networkx(seats)
    nodes = [("actor", i) for i in seats.index]
    found = {
        **{("actor", i): x for i, x in centrality.betweenness_two_mode(seats).items()},
        **{("body", k): x for k, x in centrality.betweenness_organizations(seats).items()},
    }
    if min(seats.shape) < 2:  # networkx divides by a largest value that can be 0 there
        raw = nx.betweenness_centrality(graph, normalized=False)
        assert all((x > 0) == (raw[node] > 0) for node, x in found.items())
        return
    assert found == pytest.approx(bipartite.betweenness_centrality(graph, nodes), abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(seats=incidences())
def test_closeness_is_networkx_bipartite_closeness_in_the_giant_component(seats):
    graph = as_networkx(seats)
    parts = [graph.subgraph(part).copy() for part in nx.connected_components(graph)]
    size = max(len(part) for part in parts)
    expected = dict.fromkeys(graph, np.nan)
    for part in parts:
        if len(part) == size > 1:
            expected |= bipartite.closeness_centrality(part, [v for v in part if v[0] == "actor"], normalized=False)
    found = {
        **{("actor", i): x for i, x in centrality.closeness_two_mode(seats).items()},
        **{("body", k): x for k, x in centrality.closeness_organizations(seats).items()},
    }
    assert found == pytest.approx(expected, nan_ok=True)


def test_closeness_by_hand():
    # the component of RUS has 3 actors and 3 organizations; RUS: SCO 1, CSTO 1, club 3, CHN 2, KAZ 2 = 9, at best 3 + 4
    found = centrality.closeness_two_mode(SEATS)
    assert found["RUS"] == found["KAZ"] == pytest.approx(7 / 9)
    assert found["CHN"] == pytest.approx(7 / (1 + 1 + 3 + 2 + 2))
    assert found[["TKM", "JPN", "USA"]].isna().all()
    assert centrality.closeness_organizations(SEATS)["SCO"] == pytest.approx((3 + 4) / (1 + 1 + 1 + 2 + 2))


def test_the_normalisation_is_reached():
    """The star of each mode has what nobody can exceed (Borgatti & Everett 1997)."""
    star = pd.DataFrame(0, index=[f"a{k}" for k in range(5)], columns=[f"o{k}" for k in range(4)])
    star.loc["a0"] = 1
    for k in range(4):
        star.iloc[k + 1, k] = 1
    assert centrality.betweenness_two_mode(star).round(12).tolist() == [1, 0, 0, 0, 0]
    assert centrality.closeness_two_mode(star)["a0"] == centrality.closeness_organizations(star.T)["a0"] == 1
    assert centrality.betweenness_organizations(star.T).round(12).tolist() == [1, 0, 0, 0, 0]


def test_sole_links_by_hand():
    links = centrality.sole_links(SEATS)
    assert links.to_numpy().tolist() == [["SCO", "club", "CHN"]]  # SCO and CSTO share RUS and KAZ
    assert centrality.sole_links_two_mode(SEATS).to_dict() == {**dict.fromkeys(SEATS.index, 0), "CHN": 1}
    without = SEATS.drop(index="KAZ")
    assert centrality.sole_links(without).to_numpy().tolist() == [["CSTO", "SCO", "RUS"], ["SCO", "club", "CHN"]]
    assert centrality.sole_links(SEATS[["GUAM"]]).empty


@settings(max_examples=60, deadline=None)
@given(seats=incidences())
def test_sole_links_are_what_falls_apart_without_their_actor(seats):
    for one, other in itertools.combinations(seats.columns, 2):
        common = seats.index[(seats[one] > 0) & (seats[other] > 0)]
        row = centrality.sole_links(seats).query("organization_a == @one and organization_b == @other")
        assert list(row["actor"]) == (list(common) if len(common) == 1 else [])
    listed = centrality.sole_links(seats)["actor"].value_counts().reindex(seats.index, fill_value=0)
    assert centrality.sole_links_two_mode(seats).to_dict() == listed.to_dict()


ROLES = {
    "member": pd.DataFrame([[1, 1], [1, 0], [0, 0]], index=["RUS", "CHN", "IRN"], columns=["SCO", "CSTO"]),
    "observer": pd.DataFrame([[1, 1], [0, 1]], index=["IRN", "AFG"], columns=["SCO", "CSTO"]),
}


def test_co_membership_by_role_by_hand():
    found = centrality.co_membership_by_role(ROLES)
    assert found.to_numpy().tolist() == [
        ["AFG", "IRN", "observer", "observer", 1],
        ["AFG", "RUS", "observer", "member", 1],
        ["CHN", "IRN", "member", "observer", 1],
        ["CHN", "RUS", "member", "member", 1],
        ["IRN", "RUS", "observer", "member", 2],
    ]
    kinds = {
        role: frame.reindex(index=["AFG", "CHN", "IRN", "RUS"], columns=["SCO", "CSTO"]).fillna(0).to_numpy(dtype=float)
        for role, frame in ROLES.items()
    }
    layer = Layer(
        LayerSpec("io", mode=2), 2009, pd.Index(["AFG", "CHN", "IRN", "RUS"]), pd.Index(["SCO", "CSTO"]), kinds
    )
    pd.testing.assert_frame_equal(centrality.co_membership_by_role(layer), found)


def test_roles_add_up_to_co_membership():
    rng = np.random.default_rng(3)
    names, bodies = [f"a{k}" for k in range(6)], list("vwxyz")
    role = rng.integers(0, 3, (6, 5))  # none, member, observer
    frames = {
        name: pd.DataFrame(role == code, index=names, columns=bodies, dtype=float)
        for name, code in (("member", 1), ("observer", 2))
    }
    found = centrality.co_membership_by_role(frames).groupby(["actor_a", "actor_b"])["organizations"].sum()
    together = two_mode.co_membership(pd.DataFrame(role > 0, index=names, columns=bodies, dtype=float))
    for a, b in itertools.combinations(names, 2):
        assert found.get((a, b), 0) == together.loc[a, b]


def test_what_has_no_roles_says_so():
    with pytest.raises(GraphError, match="roles are needed"):
        centrality.co_membership_by_role(SEATS.to_numpy())
    with pytest.raises(GraphError, match="roles are needed"):
        centrality.co_membership_by_role({})


def test_kernels_take_stacks_of_years():
    b = np.random.default_rng(1).integers(0, 2, (3, 2, 5, 7)).astype(float)
    for id in ("closeness_two_mode", "betweenness_two_mode", "sole_links_two_mode"):
        kernel = get_metric(id).kernel
        assert kernel(b).shape == (3, 2, 5)
        np.testing.assert_allclose(kernel(b)[1, 0], kernel(b[1, 0]))
        assert kernel(np.zeros((3, 0))).shape == (3,) and kernel(np.zeros((0, 4))).shape == (0,)


def test_path_measures_of_memberships_are_for_those_who_ask():
    for id in ("closeness_two_mode", "betweenness_two_mode"):
        assert get_metric(id).flow_process == "transport"


def test_the_two_mode_module_has_them():
    for name in ("closeness_two_mode", "betweenness_organizations", "sole_links", "co_membership_by_role"):
        assert getattr(two_mode, name) is getattr(centrality, name)
