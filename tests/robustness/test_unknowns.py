"""Unknown ties: all absent and all present, by hand; refused ones never count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.robustness import unknown_as, unknown_bounds


def study(status: str = "unknown") -> inf.MultilayerNetwork:
    """A gives to B (2) and C (4); what A gives to D is unknown, refused ...; nothing else is known of D."""
    frame = pd.DataFrame(
        {
            "layer": "aid",
            "source": ["A", "A", "A", "B"],
            "target": ["B", "C", "D", "A"],
            "year": [2001, 2001, 2001, 2002],
            "weight": [2.0, 4.0, 9.0, 1.0],
            "status": ["present", "present", status, "present"],
        }
    )
    return inf.MultilayerNetwork.from_edges(frame)


def given(net: inf.MultilayerNetwork) -> float:
    return float(inf.centrality.strength_out(net.at(2001)["aid"])["A"])


def test_bounds_by_hand():
    row = unknown_bounds(study(), given).iloc[0]
    assert row.to_dict() == {"absent": 6.0, "present": 9.0, "low": 6.0, "high": 9.0}  # the median of 2 and 4 is put in


def test_what_falls_with_more_ties_has_its_bounds_turned():
    share = unknown_bounds(study(), lambda net: 4 / given(net)).iloc[0]
    assert (share["low"], share["high"]) == (share["present"], share["absent"]) == (4 / 9, 4 / 6)


@pytest.mark.parametrize("status", ["refused", "proposed", "absent"])
def test_what_is_known_not_to_be_never_counts(status):
    row = unknown_bounds(study(status), given).iloc[0]
    assert row["absent"] == row["present"] == 6.0


def test_metrics_give_one_row_a_value():
    frame = unknown_bounds(study(), ["strength_out", "degree_in"], layers="aid")
    assert list(frame.columns) == ["actor", "year", "layer", "metric", "absent", "present", "low", "high"]
    value = frame.set_index(["metric", "actor", "year"])
    assert value.loc[("degree_in", "D", 2001), ["low", "high"]].tolist() == [0, 1]
    assert value.loc[("strength_out", "A", 2001), ["low", "high"]].tolist() == [6, 9]
    assert (value.xs(2002, level="year")["low"] == value.xs(2002, level="year")["high"]).all()


def test_present_is_what_the_panel_takes_as_present():
    net = inf.load()
    years = [2009, 2012]
    ours = unknown_bounds(net, ["strength", "constraint"], layers=["security", "trade"], years=years)
    theirs = inf.panel(net, ["strength", "constraint"], layers=["security", "trade"], years=years, unknown="present")
    both = ours.merge(theirs.dropna(), on=["actor", "year", "layer", "metric"])
    assert len(both) == len(theirs.dropna())
    np.testing.assert_allclose(both["present"], both["value"], rtol=1e-9)
    assert (ours["high"] > ours["low"]).any()


def test_nothing_stays_unknown():
    net = inf.load()
    for end in ("absent", "present"):
        told = unknown_as(net, end)
        assert not (told.ties["status"] == "unknown").any()
        assert not any(np.isnan(a).any() for name in net.specs for a in told.stack(name).kinds.values())
    kinds = unknown_as(net, "present").specs["security"].mutual_kinds
    assert kinds == net.specs["security"].mutual_kinds


def test_other_ends_are_refused():
    with pytest.raises(ValueError, match="unknown must be"):
        unknown_as(study(), "zero")
