"""More ties make the network that all ties read at once would have made; less evidence is in test_multilayer."""

import numpy as np
import pandas as pd
import pytest
from tests.network.test_multilayer import study

import influence as inf


def whole(ties):
    _, layers, groups = study()
    return inf.MultilayerNetwork.from_edges(ties, layers=layers, partitions=groups, years=[2001, 2002])


@pytest.mark.parametrize("cut", range(1, 9))
def test_ties_added_later_are_ties_read_at_once(cut):
    ties, layers, groups = study()
    ties = ties.sample(frac=1, random_state=cut)
    first = inf.MultilayerNetwork.from_edges(
        ties[:cut],
        layers=layers,
        partitions=groups,
        years=[2001, 2002],
        actors=["A", "B", "C"],
        organizations=["X", "Y"],
    )
    grown, read = first.with_ties(ties[cut:]), whole(ties)
    pd.testing.assert_frame_equal(grown.ties, read.ties)
    pd.testing.assert_frame_equal(grown.evidence, read.evidence, check_dtype=False)
    assert grown.specs == read.specs
    for year in (2001, 2002):
        for layer in ("pact", "goods", "clubs:shared"):
            pd.testing.assert_frame_equal(grown.at(year)[layer].to_adjacency(), read.at(year)[layer].to_adjacency())


def test_nothing_added_changes_nothing_and_the_first_network_stays():
    ties, *_ = study()
    net = whole(ties)
    before = net.ties
    assert net.with_ties(ties[:0]) is net
    net.with_ties(pd.DataFrame({"layer": ["goods"], "source": ["B"], "target": ["C"], "year": [2001]}))
    pd.testing.assert_frame_equal(net.ties, before)


def test_what_was_unknown_is_a_tie_once_added_and_falls_again_without_it():
    net = whole(study()[0])
    assert np.isnan(net.at(2002)["goods"].matrix[2, 0])
    more = net.with_ties(
        pd.DataFrame({"layer": ["goods"], "source": ["C"], "target": ["A"], "year": [2002], "weight": [3.0]})
    )
    assert more.at(2002)["goods"].matrix[2, 0] == 3
    assert more.provenance["with_ties"] == ["added-1"]
    assert more.at(2002)["goods"].ties("C")["evidence_id"].tolist() == ["added-1"]
    assert np.isnan(more.without("added-1").at(2002)["goods"].matrix[2, 0])


def test_added_ties_are_numbered_on():
    tie = pd.DataFrame({"layer": ["goods"], "source": ["C"], "target": ["B"], "year": [2002]})
    net = whole(study()[0]).with_ties(tie).with_ties(pd.concat([tie, tie]))
    assert net.provenance["with_ties"] == ["added-1", "added-2", "added-3"]
    assert net.at(2002)["goods"].matrix[2, 1] == 3


def test_a_further_tie_on_a_known_row_of_evidence_falls_with_it():
    ties, *_ = study()
    more = pd.DataFrame(
        {"layer": ["pact"], "source": ["C"], "target": ["B"], "evidence_id": ["treaty-1"], "source_id": ["other"]}
    )
    net = whole(ties).with_ties(more)
    assert net.evidence.loc["treaty-1", "source_id"] == "someone2001", "what is known of a row stays"
    assert net.at(2002)["pact"].to_edges().shape[0] == 2, "an undirected layer makes its ties mutual"
    assert net.without("treaty-1").at(2002)["pact"].to_edges().empty


def test_a_tie_in_one_direction_makes_its_kind_directed():
    pacts = pd.DataFrame({"layer": "s", "source": ["A"], "target": ["B"], "kind": "pact", "mutual": True})
    net = inf.MultilayerNetwork.from_edges(pacts, actors=list("ABC"), years=[2001])
    assert not net.at(2001)["s"].kinds["pact"].directed
    grown = net.with_ties(pacts.assign(target="C", mutual=False))
    assert grown.at(2001)["s"].kinds["pact"].directed


def test_ties_whose_evidence_is_their_row_can_grow():
    ties = pd.DataFrame({"layer": "aid", "source": ["B", "A"], "target": ["C", "B"], "year": 2001})
    net = inf.MultilayerNetwork.from_edges(ties).with_ties(ties[:1].assign(target="A"))
    assert net.evidence.index.tolist() == ["added-1", "edge-1", "edge-2"]
    assert net.without("edge-1").at(2001)["aid"].to_edges()["target"].tolist() == ["B", "A"]


def test_strangers_are_named():
    net = whole(study()[0])
    odd = pd.DataFrame({"layer": ["goods", "goods"], "source": ["Q", "A"], "target": ["A", "B"], "weight": [1, -1]})
    with pytest.raises(inf.DataError, match="row 1, column source: found 'Q'") as caught:
        net.with_ties(odd)
    assert len(caught.value.problems) == 2
    with pytest.raises(inf.DataError, match="'gods': no such layer; there are pact, goods, clubs"):
        net.with_ties(odd.assign(layer="gods"))
    with pytest.raises(inf.DataError, match="column target: this column is missing"):
        net.with_ties(odd.drop(columns="target"))
