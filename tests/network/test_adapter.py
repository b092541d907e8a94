"""The one door for graphs: every kind of graph gives the same matrix, by name."""

import igraph as ig
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from influence.network import GraphError, SelfLoopWarning, as_incidence, as_matrix, as_stack

LABELS = ["KAZ", "RUS", "CHN"]
TIES = [("RUS", "KAZ", 5.0), ("CHN", "KAZ", 3.0), ("KAZ", "RUS", 2.0)]


def frame():
    out = pd.DataFrame(0.0, index=LABELS, columns=LABELS)
    for a, b, w in TIES:
        out.loc[a, b] = w
    return out


def as_networkx():
    graph = nx.DiGraph()
    graph.add_nodes_from(LABELS)
    graph.add_weighted_edges_from(TIES)
    return graph


def as_igraph():
    return ig.Graph.TupleList(TIES, directed=True, weights=True)


@pytest.mark.parametrize(
    "graph",
    [frame(), frame().loc[:, ["CHN", "KAZ", "RUS"]], as_networkx(), as_igraph()],
    ids=["frame", "columns in another order", "networkx", "igraph"],
)
def test_the_same_graph_in_every_form(graph):
    read = as_matrix(graph)
    got = pd.DataFrame(read.matrix, index=read.labels, columns=read.labels).loc[LABELS, LABELS]
    pd.testing.assert_frame_equal(got, frame())
    assert read.directed and read.unknown is None


@pytest.mark.parametrize(
    "graph", [frame().to_numpy(), sp.csr_array(frame().to_numpy()), sp.coo_matrix(frame().to_numpy())]
)
def test_bare_matrices_are_labelled_by_position(graph):
    read = as_matrix(graph)
    dense = read.matrix if isinstance(read.matrix, np.ndarray) else read.matrix.toarray()
    assert (dense == frame().to_numpy()).all()
    assert list(read.labels) == [0, 1, 2]


def test_presence_only():
    assert set(np.unique(as_matrix(frame(), weight=None).matrix)) == {0.0, 1.0}


def test_undirected_graphs_are_symmetric_and_say_so():
    for graph in (as_networkx().to_undirected(), ig.Graph.TupleList(TIES[:2], weights=True)):
        read = as_matrix(graph)
        assert not read.directed
        assert (read.matrix == read.matrix.T).all()


def test_parallel_ties_add_up():
    graph = nx.MultiDiGraph([("A", "B", {"weight": 2}), ("A", "B", {"weight": 3})])
    assert as_matrix(graph).matrix.sum() == 5


def test_self_loops_are_dropped_with_their_number():
    table = frame()
    table.loc["RUS", "RUS"] = 7
    with pytest.warns(SelfLoopWarning, match="1 self-loop dropped"):
        read = as_matrix(table)
    assert read.matrix.diagonal().sum() == 0
    assert table.loc["RUS", "RUS"] == 7, "the input is untouched"


def test_unknown_is_not_zero_and_follows_the_option():
    table = frame()
    table.loc["CHN", "RUS"] = np.nan
    absent, present = as_matrix(table), as_matrix(table, unknown="present")
    at = absent.labels.get_loc("CHN"), absent.labels.get_loc("RUS")
    assert absent.matrix[at] == 0
    assert present.matrix[at] == 3.0, "the median of the known ties 5, 3, 2"
    assert absent.unknown.sum() == 1
    with pytest.raises(GraphError, match="CHN → RUS"):
        as_matrix(table, unknown="raise")
    with pytest.raises(ValueError, match="absent"):
        as_matrix(table, unknown="zero")


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (frame().assign(USA=0.0), "on one side only: USA"),
        (np.zeros((2, 3)), "2 × 3"),
        (-frame(), "negative weight"),
        ([1, 2], "cannot read a list"),
        (pd.DataFrame(0.0, index=["A", "A"], columns=["A", "A"]), "stands twice|stand twice"),
        (pd.DataFrame(0.0, index=["A", "A"], columns=["A", "B"]), "B"),
    ],
)
def test_bad_graphs_are_named(graph, message):
    with pytest.raises(GraphError, match=message):
        as_matrix(graph)


def test_an_asymmetric_matrix_is_not_undirected():
    with pytest.raises(GraphError, match="not symmetric"):
        as_matrix(frame(), directed=False)


def test_a_stack_aligns_by_name():
    other = pd.DataFrame([[0, 1.0], [0, 0]], index=["RUS", "USA"], columns=["RUS", "USA"])
    stack, labels, names, directed = as_stack({"b": other, "a": frame()})
    assert list(labels) == ["CHN", "KAZ", "RUS", "USA"]
    assert names == ["b", "a"]
    assert directed.tolist() == [True, True]
    assert stack[0, 2, 3] == 1
    assert stack[1, 2, 1] == 5


def test_incidence():
    table = pd.DataFrame({"SCO": [1, None], "CIS": [1, 1]}, index=["RUS", "BLR"])
    read = as_incidence(table)
    assert read.matrix.tolist() == [[1, 1], [0, 1]]
    with pytest.raises(GraphError, match="two-mode"):
        as_incidence([[1]])
