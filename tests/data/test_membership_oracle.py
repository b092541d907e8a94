"""Institutional membership against lists made by hand from other sources, and the traps of one body under two names.

The tables are read with pandas alone: nothing of the package stands between the file and the assertion.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
YEARS = range(2001, 2013)
FULL = ["member", "participating_state", "permanent_member", "elected_member", "participant", "party"]
PARTITIONS = ["camp", "camp_alt", "powers", "region", "sco_status", "west_postsoviet"]


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / f"{name}.csv", dtype=str, keep_default_na=False)


MEMBERSHIPS = read("memberships")
ORGANIZATIONS = read("organizations").set_index("org_id")
ORACLE = pd.read_csv(ROOT / "tests" / "oracles" / "membership_oracle.csv", dtype=str, keep_default_na=False)


def on_31_december(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows that hold at the end of a year: an end is the first day on which a row no longer holds."""
    last = f"{year}-12-31"
    return rows[(rows["start"] <= last) & ((rows["end"] == "") | (rows["end"] > last))]


def present(org_id: str) -> pd.DataFrame:
    return MEMBERSHIPS[(MEMBERSHIPS["org_id"] == org_id) & (MEMBERSHIPS["status"] == "present")]


def spells(actor_id: str, org_id: str, role: str) -> list[tuple[str, str]]:
    own = present(org_id)
    own = own[(own["actor_id"] == actor_id) & (own["role"] == role)]
    return list(zip(own["start"], own["end"], strict=True))


@pytest.mark.parametrize("row", ORACLE.to_dict("records"), ids=lambda r: f"{r['org_id']}-{r['role']}-{r['year']}")
def test_members_of_31_december_are_those_of_an_independent_source(row):
    held = on_31_december(present(row["org_id"]), int(row["year"]))
    held = held[held["role"] == row["role"]]
    assert sorted(held["actor_id"]) == row["members"].split()


def test_the_oracle_covers_every_year_and_names_its_sources():
    kept = ORACLE.groupby(["org_id", "role"])["year"].apply(lambda years: sorted(map(int, years)))
    assert len(kept) == 8 and all(years == list(YEARS) for years in kept)
    assert (ORACLE[["source", "locator"]] != "").all(axis=None)


@pytest.mark.parametrize(
    ("org_id", "role", "expected"),
    [
        ("CST", "party", [("1992-05-15", "1999-04-02")]),
        ("CSTO", "member", [("2006-08-16", "2012-12-19")]),
        ("EURASEC", "member", [("2006-01-25", "2008-10-20")]),
        ("GUAM", "member", [("1999-04-01", "2002-06-13")]),
        ("GUAM", "observer", [("2002-06-13", "2005-05-05")]),
        ("SCO", "member", [("2001-06-15", "")]),
        ("CACO", "member", [("2002-02-28", "2005-10-06")]),
    ],
)
def test_uzbekistan_spell_by_spell(org_id, role, expected):
    assert spells("UZB", org_id, role) == expected


def test_uzbekistan_was_outside_the_collective_security_treaty_from_1999_to_2006():
    """COW has it in the CSTO from 2002; the treaty, under either name, has two spells with seven years between."""
    treaty = pd.concat([present("CST"), present("CSTO")])
    own = treaty[treaty["actor_id"] == "UZB"].sort_values("start")
    assert list(zip(own["start"], own["end"], strict=True)) == [
        ("1992-05-15", "1999-04-02"),
        ("2006-08-16", "2012-12-19"),
    ]
    alternative = own["alternative"].iloc[1]
    assert "2006-06-23" in alternative and "2012-06-28" in alternative


def test_no_two_names_of_one_body_hold_for_an_actor_at_once():
    """CST and CSTO, Customs Union and Single Economic Space, NATO and its council with Russia."""
    named = ORGANIZATIONS[ORGANIZATIONS["same_as"] != ""]
    assert set(named.index) == {"CST", "CSTO", "CUSTOMS_UNION_BKR", "SINGLE_ECONOMIC_SPACE", "NATO_RUSSIA_COUNCIL"}
    counting = ORGANIZATIONS.index[ORGANIZATIONS["counts_as_tie"] == "true"]
    for first, second in named["same_as"].items():
        if first not in counting or second not in counting:
            continue
        both = present(first).merge(present(second), on="actor_id")
        ends = both[["end_x", "end_y"]].replace("", "9999-12-31").min(axis=1)
        assert (both[["start_x", "start_y"]].max(axis=1) >= ends).all(), (first, second)


def test_the_treaty_goes_over_into_the_csto_in_october_2002():
    six = ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]
    assert sorted(on_31_december(present("CST"), 2001)["actor_id"]) == six
    assert on_31_december(present("CST"), 2002).empty
    gone_over = present("CST")[lambda rows: rows["actor_id"].isin(six)]
    assert (gone_over["end"] == "2002-10-06").all()
    founders = present("CSTO")[lambda rows: rows["actor_id"].isin(six)]
    assert (founders["start"] == "2002-10-07").all()


def test_customs_union_and_single_economic_space_count_once_in_2012():
    three = ["BLR", "KAZ", "RUS"]
    for org_id in ("CUSTOMS_UNION_BKR", "SINGLE_ECONOMIC_SPACE"):
        assert sorted(on_31_december(present(org_id), 2012)["actor_id"]) == three
    counts = ORGANIZATIONS.loc[["CUSTOMS_UNION_BKR", "SINGLE_ECONOMIC_SPACE"], "counts_as_tie"]
    assert counts.tolist() == ["true", "false"]


def test_the_nato_russia_council_does_not_count_nato_twice():
    council = on_31_december(present("NATO_RUSSIA_COUNCIL"), 2012)
    nato = on_31_december(present("NATO"), 2012)
    members = nato.loc[nato["role"] == "member", "actor_id"]
    assert sorted(council["actor_id"]) == sorted([*members, "RUS"])
    assert ORGANIZATIONS.at["NATO_RUSSIA_COUNCIL", "counts_as_tie"] == "false"
    assert spells("RUS", "NATO", "partner") == [("2002-05-28", "")]


def test_turkey_is_a_partner_of_the_sco_by_decision_and_the_memorandum_is_the_alternative():
    row = present("SCO").set_index("actor_id").loc["TUR"]
    assert (row["role"], row["start"], row["rule"]) == ("dialogue_partner", "2012-06-07", "by_decision")
    assert row["alternative"] == "by_memorandum: start 2013-04-26"
    assert present("SCO").set_index("actor_id").at["BLR", "alternative"] == "by_memorandum: start 2010-04-28"


def test_refused_and_proposed_seats_are_kept_and_are_no_ties():
    other = MEMBERSHIPS[MEMBERSHIPS["status"] != "present"]
    found = set(zip(other["actor_id"], other["org_id"], other["status"], strict=True))
    project = {(a, "EURASIAN_UNION_PROJECT", "proposed") for a in ("BLR", "KAZ", "RUS")}
    assert found == project | {("IRN", "SCO", "refused"), ("GEO", "NATO", "proposed"), ("UKR", "NATO", "proposed")}
    assert (ORGANIZATIONS.loc[ORGANIZATIONS["kind"] == "project", "counts_as_tie"] == "false").all()


def test_elected_seats_in_the_security_council_are_spells_of_two_years():
    rows = present("UNSC")[lambda r: r["role"] == "elected_member"]
    years = rows["end"].str[:4].astype(int) - rows["start"].str[:4].astype(int)
    assert (
        (years == 2).all() and rows["start"].str.endswith("-01-01").all() and rows["end"].str.endswith("-01-01").all()
    )
    last_day = on_31_december(rows, 2012)
    assert sorted(last_day["actor_id"]) == ["AZE", "DEU", "IND", "PAK", "ZAF"]


def test_memory_alone_is_marked_and_never_sure():
    alone = MEMBERSHIPS[MEMBERSHIPS["source_id"] == "recall"]
    assert len(alone) and (alone["evidence_kind"] == "recalled").all()
    recalled = MEMBERSHIPS[MEMBERSHIPS["evidence_kind"] == "recalled"]
    assert (recalled["presence_confidence"] == "low").all()


@pytest.mark.parametrize("year", YEARS)
def test_no_organization_has_more_members_here_than_in_the_world(year):
    """A size below the number of members among the 34 would make a weight above its due."""
    sizes = read("organization_sizes")
    sizes = (
        sizes[(sizes["year"] == str(year)) & (sizes["n_members"] != "")].set_index("org_id")["n_members"].astype(int)
    )
    held = on_31_december(MEMBERSHIPS[(MEMBERSHIPS["status"] == "present") & MEMBERSHIPS["role"].isin(FULL)], year)
    here = held.groupby("org_id")["actor_id"].nunique()
    assert (here <= sizes.reindex(here.index).fillna(here)).all()


def test_world_sizes_by_hand():
    sizes = read("organization_sizes").set_index(["org_id", "year"])["n_members"]
    by_hand = {
        ("NATO", 2003): 19,
        ("NATO", 2004): 26,
        ("NATO", 2009): 28,
        ("EU", 2003): 15,
        ("EU", 2004): 25,
        ("EU", 2007): 27,
        ("OSCE", 2012): 57,
        ("CICA", 2006): 18,
        ("CSTO", 2005): 6,
        ("CSTO", 2006): 7,
        ("EURASEC", 2008): 5,
        ("SCO", 2012): 6,
    }
    assert {key: int(sizes[key[0], str(key[1])]) for key in by_hand} == by_hand


@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_partition_puts_every_state_into_one_group_in_every_year(partition):
    actors = read("actors")
    states = sorted(actors.loc[actors["kind"] == "state", "actor_id"])
    rows = read("partitions")
    rows = rows[(rows["partition"] == partition) & rows["actor_id"].isin(states)]
    assert len(states) == 34
    for year in YEARS:
        assert sorted(on_31_december(rows, year)["actor_id"]) == states, year


def test_sco_status_follows_the_memberships():
    rows = read("partitions")
    rows = rows[rows["partition"] == "sco_status"]
    role = {"member": "member", "observer": "observer", "dialogue_partner": "partner"}
    for year in YEARS:
        held = on_31_december(present("SCO"), year)
        expected = {a: role[r] for a, r in zip(held["actor_id"], held["role"], strict=True) if r in role}
        group = on_31_december(rows, year).set_index("actor_id")["group"]
        assert group[group != "none"].to_dict() == expected, year


def test_the_camps_differ_where_the_article_and_membership_differ():
    rows = read("partitions")
    camp = on_31_december(rows[rows["partition"] == "camp"], 2003).set_index("actor_id")["group"]
    other = on_31_december(rows[rows["partition"] == "camp_alt"], 2003).set_index("actor_id")["group"]
    moved = {a: (camp[a], other[a]) for a in camp.index if camp[a] != other[a]}
    baltic = dict.fromkeys(("EST", "LTU", "LVA"), ("West", "other post-Soviet"))
    assert moved == {"TUR": ("other", "West"), "SRB": ("West", "other"), **baltic}


def test_only_russia_of_the_sco_members_recognized_abkhazia_and_south_ossetia():
    """Facon p. 481."""
    rows = read("diplomatic_ties")
    for entity in ("XAB", "XSO"):
        status = rows[rows["target"] == entity].set_index("source")["status"].to_dict()
        assert status == {"RUS": "present", **dict.fromkeys(("CHN", "KAZ", "KGZ", "TJK", "UZB"), "refused")}


def test_germany_and_serbia_have_other_codes_in_gleditsch_ward():
    actors = read("actors").set_index("actor_id")
    coded = actors[actors["cow_code"] != ""]
    differ = coded[coded["cow_code"] != coded["gw_code"]]
    assert differ[["cow_code", "gw_code"]].T.to_dict("list") == {"DEU": ["255", "260"], "SRB": ["345", "340"]}
