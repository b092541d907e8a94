"""What if: each counterfactual changes the ties it speaks of and no others."""

import pytest

import influence as inf
from influence.claims.counterfactuals import COUNTERFACTUALS


@pytest.fixture(scope="module")
def net():
    return inf.load()


def changed(net, name, layer):
    """Pairs whose tie differs, by year."""
    other = COUNTERFACTUALS[name](net)
    out = {}
    for year in net.years:
        a, b = net.at(year)[layer].to_adjacency(), other.at(year)[layer].to_adjacency()
        differ = (a.fillna(-1) - b.fillna(-1)).abs() > 1e-12
        if differ.to_numpy().any():
            out[year] = differ
    return out


def test_without_the_line_only_its_four_states_change(net):
    differ = changed(net, "without the line from Turkmenistan to China", "energy")
    assert list(differ) == [2009, 2010, 2011, 2012]
    pairs = differ[2012].stack()
    assert set(pairs[pairs].index) == {("TKM", "UZB"), ("UZB", "KAZ"), ("KAZ", "CHN")}


def test_uzbekistan_stays_changes_the_end_of_2012_alone(net):
    other = COUNTERFACTUALS["Uzbekistan stays in the CSTO"](net)
    seats = [set(n.at(2012)["institutions"].ties(source="UZB")["target"]) for n in (net, other)]
    assert seats[1] - seats[0] == {"CSTO"}
    assert list(changed(net, "Uzbekistan stays in the CSTO", "security")) == [2012]


def test_without_the_sco_nobody_sits_in_it(net):
    other = COUNTERFACTUALS["without the SCO"](net)
    ties = other.ties
    assert not ((ties["layer"] == "institutions") & (ties["target"] == "SCO")).any()
    assert (ties["layer"] == "institutions").sum() < (net.ties["layer"] == "institutions").sum()


def test_sco_without_china_keeps_the_exercises_of_the_others(net):
    other = COUNTERFACTUALS["the SCO without China"](net)
    a, b = (n.at(2007)["security"].kinds["exercise"].to_adjacency() for n in (net, other))
    assert b.loc["CHN", "RUS"] < a.loc["CHN", "RUS"]
    assert b.loc["KAZ", "RUS"] == a.loc["KAZ", "RUS"]
    shared = [n.at(2007)["institutions:shared"].to_adjacency().loc["KAZ", "RUS"] for n in (net, other)]
    assert shared[1] - shared[0] == pytest.approx(1 / 4 - 1 / 5)  # five members instead of six share the seat


def test_observers_sit_as_members(net):
    other = COUNTERFACTUALS["observers as members"](net)
    assert other.organization_sizes(2012)["SCO"] == net.organization_sizes(2012)["SCO"] + 5
    frame = inf.claims.counterfactual_change(
        net, "observers as members", "strength", layers="institutions", years=[2012]
    )
    assert set(frame["actor"]) == {"AFG", "IND", "IRN", "MNG", "PAK"}


def test_an_unknown_counterfactual_names_those_there_are(net):
    with pytest.raises(KeyError, match="without the SCO"):
        inf.claims.counterfactual_change(net, "without NATO", "strength")
