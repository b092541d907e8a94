"""Random memberships with given margins, and seats that are closed to some."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chisquare

import influence as inf
from influence.network.adapter import GraphError
from influence.robustness import curveball, dyads, eligible_seats, hyperedges
from influence.robustness._rotation import Chains
from influence.robustness.trades import trade


def tables(rows: tuple[int, ...], columns: tuple[int, ...], allowed: np.ndarray) -> list[np.ndarray]:
    """All 0–1 tables with these margins and no seat where none is allowed."""
    choices = [
        [c for c in itertools.combinations(range(len(columns)), k) if allowed[i, list(c)].all()]
        for i, k in enumerate(rows)
    ]
    found = []
    for chosen in itertools.product(*choices):
        b = np.zeros(allowed.shape, dtype=np.uint8)
        for i, c in enumerate(chosen):
            b[i, list(c)] = 1
        if tuple(b.sum(axis=0).tolist()) == columns:
            found.append(b)
    return found


def named(b: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(b, index=[f"a{k}" for k in range(b.shape[0])], columns=[f"o{k}" for k in range(b.shape[1])])


def evenness(found: list[np.ndarray], draws: int, **given) -> float:
    number = {b.tobytes(): k for k, b in enumerate(found)}
    drawn = curveball(named(found[0]), draws=draws, seed=5, **given)
    counts = np.bincount([number[b.tobytes()] for b in drawn], minlength=len(found))  # KeyError: other margins
    return float(chisquare(counts).pvalue)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ((1, 1, 1), (1, 1, 1)),
        ((2, 1, 1, 2), (2, 2, 2)),
        ((3, 2, 2, 1), (3, 2, 2, 1)),
        ((2, 2), (1, 1, 1, 1)),
    ],
)
def test_all_tables_come_evenly(rows, columns):
    """Against enumeration."""
    found = tables(rows, columns, np.ones((len(rows), len(columns)), dtype=bool))
    assert len(found) > 5
    assert evenness(found, max(2000, 60 * len(found))) > 0.001


@pytest.mark.parametrize(
    ("rows", "columns", "closed"),
    [
        # Derangements of three: only a circle of three leads from one to the other.
        ((1, 1, 1), (1, 1, 1), [(0, 0), (1, 1), (2, 2)]),
        # Each of four may sit in two places only: a circle of four, and nothing shorter.
        ((1, 1, 1, 1), (1, 1, 1, 1), [(i, (i + k) % 4) for i in range(4) for k in (2, 3)]),
        ((2, 1, 1, 2), (2, 2, 2), [(0, 0), (1, 2)]),
        ((2, 2, 2, 1), (2, 2, 2, 1), [(0, 3), (1, 0), (2, 1)]),
    ],
)
def test_all_eligible_tables_come_evenly(rows, columns, closed):
    """Against enumeration, with closed seats that cut the space of trades into pieces."""
    allowed = np.ones((len(rows), len(columns)), dtype=bool)
    allowed[tuple(zip(*closed, strict=True))] = False
    found = tables(rows, columns, allowed)
    assert len(found) > 1
    assert evenness(found, 4000, eligible=named(allowed)) > 0.001


def test_trades_alone_would_not_pass_a_circle():
    start = np.roll(np.eye(3, dtype=np.uint8), 1, axis=1)
    chains, rng = Chains(start, ~np.eye(3, dtype=bool), 50), np.random.default_rng(1)
    for _ in range(50):
        trade(chains, 3, rng)
    assert (chains.standing(start) == 3).all()


def test_margins_are_kept_and_closed_seats_stay_empty():
    rng = np.random.default_rng(2)
    allowed = rng.random((30, 20)) < 0.6
    held = named((rng.random((30, 20)) < 0.4) & allowed)
    drawn = curveball(held, eligible=named(allowed), draws=100, seed=1)
    assert (drawn.sum(axis=1) == held.to_numpy().sum(axis=0)).all()
    assert (drawn.sum(axis=2) == held.to_numpy().sum(axis=1)).all()
    assert not drawn[:, ~allowed].any()
    assert len({b.tobytes() for b in drawn}) == 100
    assert (drawn.max(axis=0) > 0)[allowed].mean() > 0.95  # open seats are taken by all sorts of actors


def test_strata_keep_their_number_of_members():
    rng = np.random.default_rng(3)
    held = named(rng.random((24, 10)) < 0.4)
    strata = pd.Series(list("AAABBBCC") * 3, index=held.index)
    drawn = curveball(held, strata=strata, draws=50, seed=1)
    for stratum in "ABC":
        rows = (strata == stratum).to_numpy()
        assert (drawn[:, rows].sum(axis=1) == held.to_numpy()[rows].sum(axis=0)).all()
    assert (drawn.sum(axis=2) == held.to_numpy().sum(axis=1)).all()
    assert len({b.tobytes() for b in drawn}) == 50


def test_same_seed_same_bytes_and_order_decides_nothing():
    rng = np.random.default_rng(4)
    held = named(rng.random((8, 6)) < 0.5)
    one = curveball(held, draws=6, seed=1)
    assert one.tobytes() == curveball(held, draws=6, seed=1).tobytes()
    assert one.tobytes() != curveball(held, draws=6, seed=2).tobytes()
    assert (curveball(held.iloc[::-1, ::-1], draws=6, seed=1)[:, ::-1, ::-1] == one).all()


def test_japan_could_not_join_the_csto():
    """The eligibility rule on the bundled institutions: seats go where someone of the region ever sat."""
    net = inf.load()
    snap = net.at(2009)
    seats = snap["institutions"].incidence()
    eligible = eligible_seats(hyperedges(net, "institutions"), snap.partition("region"))
    assert not eligible.loc["JPN", "CSTO"] and eligible.loc["BLR", "CSTO"]
    assert eligible.to_numpy()[seats.to_numpy() > 0].all()
    drawn = curveball(snap["institutions"], eligible=eligible, draws=20, seed=1)
    allowed = eligible.loc[seats.index, seats.columns].to_numpy()
    assert not drawn[:, ~allowed].any()
    assert (drawn.sum(axis=1) == seats.to_numpy().sum(axis=0)).all()


def test_bad_eligibility_and_strata_are_refused():
    held = named(np.eye(3))
    with pytest.raises(
        GraphError, match="3 seats are held by actors that are not eligible for them, the first a0 in o0"
    ):
        curveball(held, eligible=named(~np.eye(3, dtype=bool)), seed=1)
    with pytest.raises(GraphError, match="eligible leaves actors out: a2"):
        curveball(held, eligible=named(np.ones((3, 3), dtype=bool)).iloc[:2], seed=1)
    with pytest.raises(GraphError, match="strata leaves actors out: a1"):
        curveball(held, strata={"a0": 1, "a2": 1}, seed=1)
    with pytest.raises(ValueError, match="leaves actors without a group: a1"):
        eligible_seats(held, pd.Series({"a0": 1, "a2": 1}))


def test_dyads_rebuilt_from_treaties_are_the_pacts_of_the_layer():
    net = inf.load()
    for year in (2001, 2009, 2012):
        security = net.at(year)["security"]
        for kind in ("defence_pact", "other_pact"):
            treaties = hyperedges(net, "security", kinds=kind, year=year)
            assert list(treaties.index) == list(security.labels)
            rebuilt = dyads(treaties.to_numpy(), presence=True)
            np.testing.assert_array_equal(rebuilt, np.nan_to_num(security.kinds[kind].matrix) > 0)


def test_dyads_rebuilt_from_seats_are_the_projection():
    """Newman's weights with world membership, as `Snapshot` has them."""
    net = inf.load()
    snap = net.at(2009)
    held = snap["institutions"].incidence()
    each = inf.two_mode.newman_weights(
        held.to_numpy(), pd.Series(net.organization_sizes(2009)).reindex(held.columns).to_numpy()
    )
    np.testing.assert_allclose(dyads(held.to_numpy(), each=each), snap["institutions:shared"].matrix)


def test_what_is_no_hyperedge_is_refused():
    """All arms of a supplier on one row of evidence: the recipients are not tied to one another."""
    ties = pd.DataFrame({"layer": "arms", "source": "A", "target": ["B", "C"], "year": 2001, "evidence_id": "list"})
    net = inf.MultilayerNetwork.from_edges(ties)
    with pytest.raises(GraphError, match="not all parties of list are tied"):
        hyperedges(net, "arms", year=2001)
    assert hyperedges(net, "arms")["list"].to_dict() == {"A": 1, "B": 1, "C": 1}
    with pytest.raises(KeyError, match="no layer named 'aid'"):
        hyperedges(net, "aid")
