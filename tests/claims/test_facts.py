"""The article's figures: the checks agree with what the tables hold, and would see another value."""

import pandas as pd
import pytest

import influence as inf
from influence.claims import facts
from influence.claims.archive import Archive
from influence.claims.world import World


@pytest.fixture(scope="module")
def checked():
    return facts.check_facts()


def test_every_fact_has_a_row(checked):
    assert len(checked) == 61
    assert set(checked["verdict"]) <= {"agrees", "differs", "in part", "not checkable here"}


def test_a_fact_marked_checkable_is_checked(checked):
    yes = checked[checked["checkable"] == "yes"]
    assert (yes["verdict"] != "not checkable here").all()


def test_china_s_trade_of_2006_straight_from_the_table(checked):
    rows = inf.tables.read_table("trade")
    five = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
    rows = rows[(rows["year"] == 2006) & (rows["source_id"] == "baci")]
    pair = (rows["exporter"].isin(five) & (rows["importer"] == "CHN")) | (
        rows["importer"].isin(five) & (rows["exporter"] == "CHN")
    )
    assert checked.loc["F24", "deviation"] == pytest.approx(rows.loc[pair, "value_usd_million"].sum() - 10_000)


def test_another_date_would_differ(monkeypatch):
    opened = Archive()
    seats = opened.table("memberships")
    seats.loc[(seats["actor_id"] == "UZB") & (seats["org_id"] == "CSTO"), "end"] = pd.Timestamp("2011-12-19")
    found = facts._left_csto(World(opened))
    assert facts._judged({"value_number": 2012, "unit": "year"}, found)["verdict"] == "differs"


def test_the_index_of_others_ranks_alike():
    table = inf.claims.compare_with_index()
    assert list(table.index) == list(range(2001, 2013))
    assert table["spearman"].between(-1, 1).all()


def test_rank_correlation_by_hand():
    frame = pd.DataFrame(
        {
            "influencer": ["RUS", "RUS", "CHN", "CHN"],
            "state": ["KAZ", "UZB", "KAZ", "UZB"],
            "year": 2001,
            "ours": [0.4, 0.3, 0.2, 0.1],
            "fbic": [0.4, 0.2, 0.3, 0.1],
        }
    )
    row = inf.claims.compare_with_index(frame).loc[2001]
    assert row["spearman"] == pytest.approx(1 - 6 * 2 / (4 * 15))  # two ranks apart by one
    assert (row["farthest"], row["rank_ours"], row["rank_fbic"]) == ("RUS in UZB", 2.0, 3.0)
