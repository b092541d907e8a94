"""Known traps of the security tables: each was found in the sources and must stay sprung."""

from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"
YEARS = range(2001, 2013)
TABLES = [
    "treaties",
    "treaty_parties",
    "security_ties",
    "exercises",
    "exercise_participants",
    "arms_supply",
    "votes",
    "ideal_points",
    "ideal_point_world",
    "attributes",
    "reference_influence",
]
DEFAULT_EVIDENCE = ["observed", "coded", "imputed"]


def table(name: str) -> pd.DataFrame:
    """Read one table of the data package, empty cells as missing."""
    return pd.read_csv(DATA / f"{name}.csv", keep_default_na=False, na_values=[""])


def on_31_december(spells: pd.DataFrame, year: int) -> pd.DataFrame:
    """Spells in force on the last day of the year; ISO dates compare as text."""
    day = f"{year}-12-31"
    return spells[(spells.start <= day) & (spells.end.isna() | (spells.end >= day))]


def in_default(ties: pd.DataFrame) -> pd.DataFrame:
    """Rows that make a tie unless asked otherwise."""
    sure = (ties.presence_confidence != "low") & ties.evidence_kind.isin(DEFAULT_EVIDENCE)
    return ties[sure & (ties.status == "present")] if "status" in ties else ties[sure]


@pytest.fixture(scope="module")
def treaties() -> pd.DataFrame:
    return table("treaties").set_index("treaty_id")


@pytest.fixture(scope="module")
def parties() -> pd.DataFrame:
    return table("treaty_parties")


@pytest.fixture(scope="module")
def presences() -> pd.DataFrame:
    return table("security_ties").set_index("tie_id")


@pytest.fixture(scope="module")
def exercises() -> pd.DataFrame:
    return table("exercises").set_index("exercise_id")


@pytest.fixture(scope="module")
def took_part() -> pd.DataFrame:
    return table("exercise_participants")


def members(parties: pd.DataFrame, treaty: str, year: int) -> set[str]:
    spells = parties[parties.treaty_id == treaty]
    return set(on_31_december(spells, year).actor_id)


# Pacts


def test_baltic_states_are_in_nato_from_2004_not_from_the_protocols_of_2003(parties):
    baltic = {"EST", "LVA", "LTU"}
    assert not baltic & members(parties, "nato", 2003)
    for year in range(2004, 2013):
        assert baltic <= members(parties, "nato", year)


def test_nato_joins_poland_and_the_czech_republic_from_1999(parties):
    assert not {"POL", "CZE"} & members(parties, "nato", 1998)
    assert {"POL", "CZE", "USA", "TUR"} <= members(parties, "nato", 2001)


def test_uzbekistan_is_in_the_collective_security_treaty_exactly_2006_to_2011(parties):
    years = {year for year in YEARS if "UZB" in members(parties, "cst_csto", year)}
    assert years == set(range(2006, 2012))


def test_treaty_and_organization_of_collective_security_are_one_pact(treaties, parties):
    assert (treaties.atop_id == 4220).sum() == 1
    named = treaties.name.str.contains("Collective Security Treaty|CSTO|Tashkent Treaty", regex=True)
    assert list(treaties.index[named]) == ["cst_csto"]
    for year in YEARS:
        spells = on_31_december(parties[parties.treaty_id == "cst_csto"], year)
        assert spells.actor_id.is_unique
        assert {"ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"} <= set(spells.actor_id)


def test_declarations_that_atop_takes_for_alliances_are_not_in_the_default(treaties):
    for dead in ["cis_charter", "osce_pledge", "asean_tac", "eu_teu", "rus_uzb_1992", "tjk_uzb_1993"]:
        assert not treaties.in_default[dead], dead
    assert treaties.atop_id["cis_charter"] == 4400
    assert treaties.in_default.sum() == 31
    assert len(treaties) == 157


@pytest.mark.parametrize("pair", [{"RUS", "GEO"}, {"ARM", "AZE"}, {"IND", "PAK"}, {"RUS", "USA"}])
def test_no_default_pact_of_any_type_joins_adversaries(treaties, parties, pair):
    used = treaties.index[treaties.in_default]
    assert not [(t, y) for t in used for y in YEARS if pair <= members(parties, t, y)]


def test_uzbekistan_has_no_russian_defence_pact_while_it_hosts_americans(treaties, parties):
    used = treaties.index[treaties.in_default & (treaties.type == "defence")]
    allied = {y for y in YEARS if any({"RUS", "UZB"} <= members(parties, t, y) for t in used)}
    assert allied == set(range(2005, 2013))


def test_uzbekistan_joins_the_shanghai_agreement_with_the_founding_act(parties):
    spells = parties[parties.treaty_id == "shanghai_1996"].set_index("actor_id").start
    assert spells["UZB"] == "2001-06-15"
    assert set(spells.drop("UZB")) == {"1996-04-26"}


def test_sco_treaty_is_dated_by_signature_with_its_late_entry_into_force_noted(treaties):
    assert treaties.start["sco_2007"] == "2007-08-16"
    assert treaties.entry_into_force["sco_2007"] == "2012-10-31"


def test_great_power_rule_treats_all_three_powers_alike(treaties, parties):
    lesser = treaties.index[treaties.in_default & (treaties.type != "defence")]
    for treaty in set(lesser) - {"sco_2007", "shanghai_1996", "usa_pak_1959"}:
        assert treaties.start[treaty] >= "1996", treaty
        assert {"RUS", "CHN", "USA"} & set(parties.actor_id[parties.treaty_id == treaty]), treaty


def test_recalled_treaties_are_never_used(treaties):
    recalled = treaties[treaties.evidence_kind == "recalled"]
    assert len(recalled) and not recalled.in_default.any()
    assert set(recalled.presence_confidence) == {"low"}


# Bases


def test_karshi_khanabad_and_manas_stand_though_troop_counts_miss_them(presences):
    shown = in_default(presences)
    for year in YEARS:
        here = set(on_31_december(shown, year).index)
        assert ("usa_uzb_k2" in here) == (year <= 2004), year
        assert "usa_kgz_manas" in here, year
    for tie in ["usa_uzb_k2", "usa_kgz_manas"]:
        assert presences.evidence_kind[tie] == "coded" and presences.kind[tie] == "base"
        assert "troopdata" not in presences.source_id[tie]


def test_gudauta_is_never_counted_twice(presences):
    site = presences[presences.index.isin(["rus_geo_gudauta_old", "rus_geo_abkhazia_7"])]
    assert len(site) == 2
    assert site.end["rus_geo_gudauta_old"] < site.start["rus_geo_abkhazia_7"]
    for year in YEARS:
        assert len(on_31_december(site, year)) == 1
    assert "rus_geo_gudauta_old" not in in_default(presences).index


def test_bases_on_georgian_territory_without_consent_are_told_apart(presences):
    forced = set(presences.index[~presences.consent])
    assert forced == {"rus_geo_abkhazia_7", "rus_geo_southossetia_4", "rus_geo_gudauta_old"}
    agreed = on_31_december(presences[presences.consent & (presences.target == "GEO")], 2008)
    assert "RUS" not in set(agreed.source)


def test_planned_missile_sites_are_never_present(presences):
    planned = presences[presences.target.isin(["POL", "CZE"])]
    assert set(planned.status) == {"proposed"} and len(planned) == 2
    assert not set(in_default(presences).target) & {"POL", "CZE"}


def test_doubtful_and_recalled_presences_are_off(presences):
    shown = in_default(presences)
    assert not shown.index.str.contains("ayni|farkhor|shamsi|missile|training").any()
    assert (presences.presence_confidence[presences.evidence_kind == "recalled"] == "low").all()
    assert not (shown.source == "IND").any() and not (shown.source == "CHN").any()


@pytest.mark.parametrize(("tie", "last"), [("rus_ukr_radars", 2008), ("usa_pak_shamsi", 2010)])
def test_coarse_ends_within_a_year_are_gone_on_its_last_day(presences, tie, last):
    years = [y for y in YEARS if tie in on_31_december(presences, y).index]
    assert max(years) == last


def test_personnel_is_a_number_or_a_range_never_a_midpoint(presences, exercises):
    for frame, one in [(presences, "value"), (exercises, "personnel")]:
        low, high = f"{one}_low", f"{one}_high"
        assert frame.loc[frame[low].notna(), one].isna().all()
        assert (frame[low] < frame[high])[frame[low].notna()].all()
    assert (presences.unit.notna() == presences[["value", "value_high"]].notna().any(axis=1)).all()
    assert exercises.personnel_high["peace_mission_2007"] == 6500


# Exercises


def test_no_source_exercise_is_counted_twice(exercises):
    numbers = exercises.locator.dropna().str.findall(r"mme\d+").explode().dropna()
    assert numbers.is_unique and len(numbers) == 942
    named = exercises[exercises.name.notna()].name.str.lower()
    for event in ["peace mission 2005", "peace mission 2007", "peace mission 2010", "norak"]:
        assert named.str.contains(event).sum() == 1, event


def test_china_and_russia_met_in_coalition_2003(exercises, took_part):
    here = took_part[(took_part.exercise_id == "coalition_2003") & (took_part.role == "participant")]
    assert {"CHN", "RUS", "KAZ", "KGZ"} <= set(here.actor_id) and "UZB" not in set(here.actor_id)
    assert not {"mme_3776", "mme_2346"} & set(exercises.index)


def test_uzbekistan_sent_only_staff_to_peace_mission_2007(took_part):
    roles = took_part[took_part.exercise_id == "peace_mission_2007"].set_index("actor_id").role
    assert roles["UZB"] == "staff"
    assert set(roles.drop("UZB")) == {"participant"} and len(roles) == 6
    assert (took_part.role == "staff").sum() == 1


def test_observers_of_peace_mission_2005_make_no_tie(took_part):
    roles = took_part[took_part.exercise_id == "peace_mission_2005"].set_index("actor_id").role
    assert set(roles.index[roles == "participant"]) == {"CHN", "RUS"}


def test_tianshan_1_has_the_corrected_dates(exercises):
    assert tuple(exercises.loc["tianshan_1_2006", ["start", "end"]]) == ("2006-08-24", "2006-08-26")


def test_exercises_after_2010_come_only_from_our_list_and_are_covered_in_part(exercises):
    late = exercises[exercises.year > 2010]
    assert not late.source_id.str.contains("mme_v7").any() and not late.index.str.startswith("mme_").any()
    coverage = table("coverage")
    rows = coverage[(coverage.layer == "security") & (coverage.kind == "exercise")].set_index("start_year")
    assert tuple(rows.loc[2011, ["end_year", "coverage", "treatment"]]) == (2012, "partial", "unknown")
    assert tuple(rows.loc[2001, ["end_year", "coverage"]]) == (2010, "complete")


def test_every_exercise_has_two_of_our_states_and_no_stranger(exercises, took_part):
    assert set(took_part.exercise_id) == set(exercises.index)
    active = took_part[took_part.role != "observer"].groupby("exercise_id").actor_id.nunique()
    assert (active.reindex(exercises.index) >= 2).all()
    assert (active <= exercises.n_participants_world.reindex(active.index)).all()


# Arms, votes, numbers


def test_arms_are_ordinal_and_no_tiv_number_is_shipped():
    arms = table("arms_supply")
    assert list(arms.columns) == ["supplier", "recipient", "year", "scale", "source_id"]
    assert set(arms.scale) == {1, 2, 3, 4}
    assert (arms.supplier != arms.recipient).all()
    for name in TABLES:
        assert not [c for c in table(name).columns if "tiv" in c.split("_")], name
    russia_to_china = arms[(arms.supplier == "RUS") & (arms.recipient == "CHN")].set_index("year").scale
    assert russia_to_china[2005] == 4


@pytest.mark.parametrize("name", TABLES)
def test_minus_nine_is_nowhere(name):
    text = pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)
    assert not text.isin(["-9", "-9.0"]).any().any()
    signed = ["ideal_point", "q05", "q95", "median", "mean"]
    quantities = table(name).select_dtypes("number").drop(columns=signed, errors="ignore")
    assert not (quantities < 0).any().any()


def test_missing_capabilities_are_empty_cells():
    attributes = table("attributes").set_index(["actor_id", "year"])
    assert attributes.military_expenditure_thousand_usd.isna().sum() == 8
    assert attributes.military_personnel_thousand.isna().sum() == 1
    assert pd.isna(attributes.military_expenditure_thousand_usd["UZB", 2012])
    assert len(attributes) == 34 * 12


def test_three_central_asian_states_cast_no_vote_in_2001():
    votes = table("votes")
    assert len(votes) == 561 * 12 and (votes.actor_a < votes.actor_b).all()
    silent = votes.actor_a.isin(["KGZ", "TJK", "UZB"]) | votes.actor_b.isin(["KGZ", "TJK", "UZB"])
    empty = silent & (votes.year == 2001)
    assert votes.agreement[empty].isna().all() and (votes.n_votes[empty] == 0).all()
    assert votes.agreement[~empty].notna().all()
    points = table("ideal_points")
    assert not points[(points.year == 2001) & points.actor_id.isin(["KGZ", "TJK", "UZB"])].size


def test_world_median_is_of_the_world_not_of_our_states():
    world = table("ideal_point_world").set_index("year")
    assert list(world.index) == list(YEARS) and (world.n_states >= 179).all()
    ours = table("ideal_points").groupby("year").ideal_point.median()
    assert ((world["median"] - ours).abs() > 0.1).all()


def test_reference_influence_holds_only_the_two_complete_influencers():
    reference = table("reference_influence")
    assert set(reference.influencer) == {"CHN", "RUS"}
    assert set(reference.target) == {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    assert len(reference) == 2 * 5 * 12
