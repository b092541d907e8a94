"""The items of a report against a network small enough to count by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import influence as inf
from influence.network.grand import report


@pytest.fixture
def net():
    ties = [
        ("pact", "A", "B", 2001, "present", "treaty", 1),
        ("pact", "A", "C", 2001, "present", "treaty", 1),
        ("pact", "B", "C", 2001, "present", "treaty", 1),
        ("pact", "C", "D", 2002, "present", "other", 3),
        ("pact", "A", "D", 2002, "unknown", "gap", None),
        ("seat", "A", "club", 2002, "present", "list", 1),
    ]
    columns = ["layer", "source", "target", "year", "status", "evidence_id", "weight"]
    layers = pd.DataFrame(
        {"layer": ["pact", "seat"], "directed": [False, False], "mode": [1, 2], "unit": ["treaties", "seats"]}
    )
    return inf.MultilayerNetwork.from_edges(pd.DataFrame(ties, columns=columns), layers=layers)


def test_items_by_hand(net):
    items = report(net)
    pact, seat = items["pact"], items["seat"]
    assert pact["3.7 number of ties"] == "1 to 3, mean 2.0, sd 1.0"
    assert pact["3.6 hyperedges"] == "1 rows of evidence join 3 to 3 actors; laid out as pairs"
    assert pact["2.4 pairs unknown, wholly or in part"] == "0.0 to 16.7 % a year, mean 8.3 %"  # 2 of 12 ordered pairs
    assert pact["3.3 weight"] == "treaties; 1 to 3, mean 1.5, sd 0.866"
    assert (pact["2.2 size"], seat["2.2 size"], seat["3.5 bipartite"]) == ("4", "4 and 1", "actor to organization only")
    assert seat["3.3 weight"] == "seats; all alike"
    assert pact["4.4 tie records left out as doubtful"] == "not asked"


def test_what_was_left_out_is_counted(net):
    ties = net.ties[net.ties["evidence_id"] != "other"]
    less = inf.MultilayerNetwork.from_edges(
        ties, layers={n: net.specs[n] for n in ("pact", "seat")}, actors=list("ABCD")
    )
    assert report(less, ["pact"], whole=net).loc["4.4 tie records left out as doubtful", "pact"] == "1 of 5"
