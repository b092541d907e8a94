"""Two-mode brokerage against an enumeration of induced paths, and the counts against their receipts."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import influence as inf
from influence.metrics import two_mode
from influence.metrics.two_mode_brokerage import brokerage_two_mode, chains_two_mode

SEATS = pd.DataFrame(
    {"SCO": [1, 1, 0, 0], "CSTO": [1, 0, 1, 0], "CIS": [1, 0, 1, 1]}, index=["RUS", "CHN", "ARM", "MDA"]
)
ROLES = ["coordinator", "itinerant", "gatekeeper", "liaison", "brokerage"]


@st.composite
def studies(draw):
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    cells = draw(st.lists(st.sampled_from([0, 1]), min_size=n * m, max_size=n * m))
    seats = pd.DataFrame(
        np.array(cells).reshape(n, m), index=[f"a{k}" for k in range(n)], columns=[f"o{k}" for k in range(m)]
    )
    groups = pd.Series(draw(st.lists(st.sampled_from("xyz"), min_size=n, max_size=n)), index=seats.index)
    kinds = pd.Series(draw(st.lists(st.sampled_from("pq"), min_size=m, max_size=m)), index=seats.columns)
    return seats, groups, kinds


def enumerated(seats, groups, kinds):
    """Paths of five nodes whose ends share no organization, found one by one."""
    graph = nx.Graph((i, k) for i in seats.index for k in seats.columns if seats.loc[i, k])
    rows = []
    for b in seats.index:
        for a, c in itertools.combinations(seats.index.drop(b), 2):
            if (seats.loc[a] * seats.loc[c]).any():
                continue
            for k, m in itertools.product(seats.columns, repeat=2):
                path = [(a, k), (k, b), (b, m), (m, c)]
                if k != m and all(graph.has_edge(*step) for step in path):
                    own = (groups[a] == groups[b]) + (groups[c] == groups[b])
                    role = {2: "coordinator", 1: "gatekeeper"}.get(own)
                    role = role or ("itinerant" if groups[a] == groups[c] else "liaison")
                    rows.append((b, role, "same" if kinds[k] == kinds[m] else "other"))
    return pd.DataFrame(rows, columns=["b", "role", "organizations"])


def test_roles_by_hand():
    groups = {"RUS": "power", "CHN": "power", "ARM": "other", "MDA": "third"}
    found = brokerage_two_mode(SEATS, groups)
    # CHN–SCO–RUS–(CSTO or CIS)–ARM and CHN–SCO–RUS–CIS–MDA; ARM and MDA meet in the CIS
    assert found.loc["RUS", ["gatekeeper", "liaison", "brokerage"]].tolist() == [3, 0, 3]
    assert found.loc["RUS", ["coordinator", "itinerant", "representative"]].isna().all()  # nobody to make them with
    assert found["brokerage"].to_dict() == {"RUS": 3, "CHN": 0, "ARM": 0, "MDA": 0}
    military = brokerage_two_mode(SEATS, groups, organization_groups={"SCO": "both", "CSTO": "both", "CIS": "civil"})
    assert military.loc["RUS", "gatekeeper"].to_dict() == {"same": 1, "other": 2}


@settings(max_examples=80, deadline=None)
@given(study=studies())
def test_counts_are_those_of_enumerated_paths(study):
    seats, groups, kinds = study
    rows = enumerated(seats, groups, kinds)
    found = brokerage_two_mode(seats, groups)
    by_role = rows.groupby(["b", "role"]).size().unstack(fill_value=0)
    by_role = by_role.reindex(index=seats.index, columns=ROLES[:-1], fill_value=0)
    for role in ROLES[:-1]:
        possible = found[role].notna()
        assert (found.loc[possible, role] == by_role.loc[possible, role]).all()
        assert (by_role.loc[~possible, role] == 0).all()
    assert found["brokerage"].tolist() == by_role.sum(axis=1).tolist()
    split = brokerage_two_mode(seats, groups, organization_groups=kinds)["brokerage"]
    for part in ("same", "other"):
        expected = rows[rows["organizations"] == part].groupby("b").size().reindex(seats.index, fill_value=0)
        assert split[part].tolist() == expected.tolist()


@settings(max_examples=60, deadline=None)
@given(study=studies())
def test_counts_and_chains_agree(study):
    seats, groups, _ = study
    found, chains = brokerage_two_mode(seats, groups), chains_two_mode(seats, groups)
    for b in seats.index:
        for role in ROLES[:-1]:
            own = chains[(chains["b"] == b) & (chains["role"] == role)]
            assert len(own) == np.nan_to_num(found.loc[b, role])
            pd.testing.assert_frame_equal(chains_two_mode(seats, groups, b, role), own.reset_index(drop=True))
    assert not chains.duplicated().any()
    for row in chains.itertuples():
        assert seats.loc[row.a, row.organization_in] and seats.loc[row.b, row.organization_in]
        assert seats.loc[row.b, row.organization_out] and seats.loc[row.c, row.organization_out]


@settings(max_examples=30, deadline=None)
@given(study=studies(), seed=st.integers(0, 1000))
def test_order_changes_nothing(study, seed):
    seats, groups, kinds = study
    rng = np.random.default_rng(seed)
    turned = seats.iloc[rng.permutation(len(seats)), rng.permutation(seats.shape[1])]
    for options in ({}, {"organization_groups": kinds}):
        before, after = brokerage_two_mode(seats, groups, **options), brokerage_two_mode(turned, groups, **options)
        pd.testing.assert_frame_equal(before, after.loc[before.index])
    pd.testing.assert_frame_equal(chains_two_mode(seats, groups), chains_two_mode(turned, groups))


def test_each_membership_brings_its_source():
    snap = inf.load().at(2009)
    groups = snap.partition("region")
    layer = snap["institutions"]
    chains = chains_two_mode(layer, groups, broker="KAZ")
    assert len(chains) == np.nan_to_num(brokerage_two_mode(layer, groups).loc["KAZ", "brokerage"]) > 0
    assert (chains["source_id"] != "").all()
    row = chains.iloc[0]
    first = layer.ties(source=row["a"], target=row["organization_in"])["source_id"].iloc[0]
    assert row["source_id"].startswith(first)


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match="actors without a group"):
        brokerage_two_mode(SEATS, {"RUS": "power"})
    groups = dict.fromkeys(SEATS.index, "x")
    with pytest.raises(ValueError, match="organization_groups leaves actors without a group|without a group: CIS"):
        brokerage_two_mode(SEATS, groups, organization_groups={"SCO": "x", "CSTO": "y"})
    with pytest.raises(ValueError, match="not in the graph"):
        chains_two_mode(SEATS, groups, broker="XXX")
    with pytest.raises(ValueError, match="role must be one of"):
        chains_two_mode(SEATS, groups, role="diplomat")


def test_the_two_mode_module_has_them():
    assert two_mode.brokerage_two_mode is brokerage_two_mode and two_mode.chains_two_mode is chains_two_mode
