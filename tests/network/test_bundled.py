"""The bundled study as a network: what it covers, and each trap of its sources, seen where an analysis sees it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import influence as inf
from influence.network.bundled import load
from influence.tables import read_table, table_names
from influence.tables.package import data_dir, descriptor, resource, sha256
from influence.tables.sources import read_sources, source_keys

YEARS = range(2001, 2013)
NEVER_REPORT = ("TJK", "UZB", "TKM")
SINCE_2004 = ("EST", "LTU", "LVA")
SCO_FOUNDERS = {"CHN", "KAZ", "KGZ", "RUS", "TJK", "UZB"}


@pytest.fixture(scope="module")
def net():
    return load()


@pytest.fixture(scope="module")
def doubtful():
    return load(doubtful=True)


@pytest.fixture(scope="module")
def cow():
    if "cow_trade_v4" not in set(read_table("trade")["source_id"]):
        pytest.skip("COW trade is not in this copy of the data")
    return load(trade="cow_trade_v4")


def flow(net, exporter, importer):
    """One trade flow by year."""
    return pd.Series({y: net.at(y)["trade"].to_adjacency().loc[exporter, importer] for y in net.years})


def kind(net, year, name, rule="31 December"):
    """The ties of one kind of the security layer, as a labelled matrix."""
    return net.at(year, rule=rule)["security"].kinds[name].to_adjacency()


def seats(net, year, organization, rule="31 December"):
    """Actor → weight of the seat, of those that sit there."""
    ties = net.stack("institutions", [year], rule=rule)
    column = pd.Series(ties.matrix()[0][:, ties.columns.get_loc(organization)], ties.rows)
    return column[column > 0]


def years_in(net, actor, organization, **options):
    return [y for y in YEARS if actor in seats(net, y, organization, **options)]


# --- what it covers ----------------------------------------------------------------------------------------------


def test_layers_years_and_actors(net):
    assert net.layers == ("security", "trade", "energy", "institutions")
    assert net.all_layers == (*net.layers, "diplomacy", "recognition", "institutions:shared")
    assert net.years == tuple(YEARS)
    assert {net.specs[name].mode for name in net.layers} == {1, 2} and net.specs["institutions"].mode == 2
    states = net.actors.loc[net.actors["kind"] == "state", "actor_id"]
    assert len(states) == 34 and "aggregate" not in set(net.actors["kind"])
    for name in ("security", "trade", "institutions", "diplomacy"):
        assert list(net.labels(name)) == sorted(states), name
    assert set(net.labels("recognition")) == {*states, "XKX", "XAB", "XSO"}
    assert set(net.labels("energy")) > set(states)


def test_every_layer_has_ties_in_every_year(net):
    for name in net.layers:
        assert all(len(net.at(year)[name].to_edges()) for year in YEARS), name


def test_every_tie_leads_to_its_evidence_and_every_source_to_the_bibliography(net, doubtful, cow):
    known = set(read_sources())
    for each in (net, doubtful, cow):
        assert set(each.ties["evidence_id"]) == set(each.evidence.index)
        assert each.evidence.index.is_unique
        assert each.evidence["source_id"].notna().all()
        assert set(source_keys(each.evidence["source_id"])) <= known
        present = each.evidence.loc[each.ties.loc[each.ties["status"] == "present", "evidence_id"].unique()]
        assert present["presence_confidence"].isin(["high", "medium", "low"]).all()
        assert present["evidence_kind"].isin(["observed", "coded", "imputed", "recalled"]).all()


def test_minus_nine_is_nowhere(net):
    weight = net.ties.loc[net.ties["status"] == "present", "weight"]
    assert weight.notna().all() and (weight >= 0).all()
    assert net.ties.loc[net.ties["status"] != "present", "weight"].isna().all()
    for name in table_names():
        raw = pd.read_csv(data_dir() / resource(name)["path"], dtype=str, keep_default_na=False)
        numbers = raw.drop(columns=["note", "locator", "reason"], errors="ignore")
        assert not numbers.isin(["-9", "-9.0", "-99"]).any().any(), name


def test_only_what_is_present_makes_a_tie(net):
    status = net.ties.groupby("layer")["status"].agg(set)
    assert {"refused", "proposed"} <= status["institutions"] and "refused" in status["recognition"]
    assert "IRN" not in seats(net, 2012, "SCO") and "GEO" not in seats(net, 2012, "NATO")
    recognised = net.at(2012)["recognition"].to_adjacency()
    assert recognised[["XAB", "XSO"]].sum(axis=1).loc[lambda s: s > 0].to_dict() == {"RUS": 2.0}


# --- institutions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"roles": "observers"}, {"roles": "partners"}, {"doubtful": True}])
def test_one_treaty_under_two_names_is_never_counted_twice(options):
    net = load(**options)
    assert "SINGLE_ECONOMIC_SPACE" not in set(net.organizations["org_id"])
    for year in YEARS:
        table = net.at(year)["institutions"].incidence()
        assert not ((table["CST"] > 0) & (table["CSTO"] > 0)).any(), year
    assert set(seats(net, 2012, "CUSTOMS_UNION_BKR").index) == {"BLR", "KAZ", "RUS"}


def test_the_treaty_goes_over_into_the_csto_within_2002(net):
    six = {"ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"}
    assert set(seats(net, 2001, "CST").index) == six and seats(net, 2001, "CSTO").empty
    assert set(seats(net, 2002, "CSTO").index) == six and seats(net, 2002, "CST").empty
    # The same treaty before and after: under "share" the two names add up to one seat, less the day between.
    both = seats(net, 2002, "CST", "share") + seats(net, 2002, "CSTO", "share")
    assert both.to_dict() == pytest.approx(dict.fromkeys(six, 364 / 365))


def test_the_treaty_and_the_csto_are_one_pact(net):
    for year in YEARS:
        assert kind(net, year, "defence_pact").loc["RUS", "KAZ"] == 1, year
        ties = net.at(year)["security"].ties("RUS", "ARM")
        assert (ties["evidence_id"] == "treaties:cst_csto").sum() == 1, year


def test_uzbekistan_is_in_the_csto_on_31_december_of_2006_to_2011_and_for_most_of_2012(net):
    assert years_in(net, "UZB", "CSTO") == list(range(2006, 2012))
    assert years_in(net, "UZB", "CST") == []
    assert years_in(net, "UZB", "CSTO", rule="any") == list(range(2006, 2013))
    share = {y: seats(net, y, "CSTO", "share").get("UZB", 0.0) for y in (2005, 2006, 2011, 2012)}
    # from 16 August 2006 to 18 December 2012
    assert share == pytest.approx({2005: 0, 2006: 138 / 365, 2011: 1, 2012: 353 / 366})


def test_uzbekistan_is_in_the_pact_as_in_the_organization(net):
    def allied(year, rule="31 December"):
        ties = net.at(year, rule=rule)["security"].ties("UZB", "ARM")
        return "treaties:cst_csto" in set(ties["evidence_id"])

    assert [y for y in YEARS if allied(y)] == list(range(2006, 2012))
    assert [y for y in YEARS if allied(y, "any")] == list(range(2006, 2013))
    assert kind(net, 2012, "defence_pact", "share").loc["UZB", "ARM"] == pytest.approx(353 / 366)


def test_turkey_is_a_partner_of_the_sco_in_2012_and_never_a_member(net):
    partners = load(roles="partners")
    assert years_in(partners, "TUR", "SCO") == [2012]
    (tie,) = partners.at(2012)["institutions"].ties("TUR", "SCO").to_dict("records")
    assert (tie["kind"], tie["rule"]) == ("dialogue_partner", "by_decision")
    assert years_in(load(roles="observers"), "TUR", "SCO") == years_in(net, "TUR", "SCO") == []


def test_roles_are_nested_sets(net):
    observers, partners = load(roles="observers"), load(roles="partners")
    for year in YEARS:
        assert set(seats(net, year, "SCO").index) == SCO_FOUNDERS, year
    assert set(seats(observers, 2012, "SCO").index) - SCO_FOUNDERS == {"AFG", "IND", "IRN", "MNG", "PAK"}
    assert set(seats(partners, 2012, "SCO").index) - set(seats(observers, 2012, "SCO").index) == {"BLR", "TUR"}
    tables = [each.at(2012)["institutions"].incidence() for each in (net, observers, partners)]
    assert (tables[0] <= tables[1]).all().all() and (tables[1] <= tables[2]).all().all()
    assert [int(t.to_numpy().sum()) for t in tables] == sorted({int(t.to_numpy().sum()) for t in tables})


def test_a_projection_of_memberships_shows_no_hub(net):
    """Every organization becomes a clique: its members are all tied, whoever leads it.

    So no member stands between two others of the same body, and with bodies as wide as the OSCE nearly everybody is
    tied to nearly everybody. That the CSTO is Russia's and the SCO has two leaders cannot be read from this.
    """
    for year in YEARS:
        shared = net.at(year)["institutions:shared"]
        tied = (shared.to_adjacency() > 0).astype(float)
        table = net.at(year)["institutions"].incidence()
        for organization in table:
            members = table.index[table[organization] > 0]
            inside = tied.loc[members, members].to_numpy()
            assert inside.sum() == len(members) * (len(members) - 1), organization
        degree = inf.centrality.degree(tied, directed=False)
        assert inf.centrality.centralization(degree, directed=False) < 0.25, year
        assert (degree == degree.max()).sum() >= 2, "nobody is alone at the top"
        assert tied.to_numpy().sum() / (34 * 33) > 0.75
    without_russia = tied.drop(index="RUS", columns="RUS")
    csto = seats(net, 2012, "CSTO").index.drop("RUS")
    assert without_russia.loc[csto, csto].to_numpy().sum() == len(csto) * (len(csto) - 1)


# --- security ----------------------------------------------------------------------------------------------------


def test_the_baltic_states_are_in_the_nato_pact_from_2004(net):
    for state in SINCE_2004:
        allied = [y for y in YEARS if kind(net, y, "defence_pact").loc[state, "USA"] > 0]
        assert allied == list(range(2004, 2013)), state
        assert years_in(net, state, "NATO") == allied, "pact and organization agree"
    assert all(kind(net, y, "defence_pact").loc["POL", "USA"] == 1 for y in YEARS), "joined in 1999"


def test_the_charter_of_the_cis_ties_nobody(net, doubtful):
    for each in (net, doubtful):
        assert not each.ties["evidence_id"].str.contains("cis_charter").any()
        for year in YEARS:
            for name in ("defence_pact", "other_pact"):
                pacts = kind(each, year, name)
                for a, b in (("RUS", "GEO"), ("ARM", "AZE"), ("UKR", "RUS")):
                    assert name == "other_pact" and {a, b} == {"UKR", "RUS"} or pacts.loc[a, b] == 0, (year, a, b)


def test_a_pair_of_allies_counts_once_however_many_treaties_join_it(net):
    treaties = net.at(2012)["security"].ties("RUS", "KAZ")
    assert (treaties["kind"] == "defence_pact").sum() > 1
    for year in YEARS:
        for name in ("defence_pact", "other_pact"):
            assert set(np.unique(kind(net, year, name))) <= {0.0, 1.0}


def test_american_bases_that_troop_counts_miss_are_there(net):
    for year in YEARS:
        bases = kind(net, year, "base")
        assert bases.loc["USA", "KGZ"] == 1, f"Manas, {year}"
        assert bases.loc["USA", "UZB"] == (1 if year <= 2004 else 0), f"Karshi-Khanabad, {year}"
        assert bases.loc["KGZ", "USA"] == 0, "from the user to the host"
    assert kind(net, 2005, "base", "any").loc["USA", "UZB"] == 1
    ties = net.at(2004)["security"].ties("USA", "UZB")
    assert "security_ties:usa_uzb_k2" in set(ties["evidence_id"])


def test_gudauta_is_there_once(net, doubtful):
    site = ["security_ties:rus_geo_gudauta_old", "security_ties:rus_geo_abkhazia_7"]
    for each, first in ((net, 2008), (doubtful, 2001)):
        ties = each.ties[each.ties["evidence_id"].isin(site)]
        for year in YEARS:
            found = each.stack("security", [year]).kinds["base_without_consent"][0]
            held = ties[(ties["start"].dt.year <= year) & (ties["end"].isna() | (ties["end"].dt.year > year))]
            assert len(held) == (1 if year >= first else 0), year
            rows = each.labels("security")
            tskhinvali = 1 if year >= 2008 else 0
            assert found[rows.get_loc("RUS"), rows.get_loc("GEO")] == len(held) + tskhinvali, year


def test_bases_without_consent_weigh_nothing(net):
    snap = net.at(2012)["security"]
    assert snap.kinds["base_without_consent"].to_adjacency().loc["RUS", "GEO"] == 2
    assert "base_without_consent" not in net.specs["security"].kind_weights
    assert snap.to_adjacency().loc["RUS", "GEO"] == 0
    assert (
        inf.centrality.strength_in(snap)["GEO"]
        == inf.centrality.strength_in(
            net.without(["security_ties:rus_geo_abkhazia_7", "security_ties:rus_geo_southossetia_4"]).at(2012)[
                "security"
            ]
        )["GEO"]
    )
    assert snap.ties("RUS", "GEO").empty, "what weighs nothing is no receipt of the layer"
    weighed = net.reweight({"security": {"base_without_consent": 1.0}}).at(2012)["security"]
    assert weighed.to_adjacency().loc["RUS", "GEO"] == 1


def test_exercises_of_2011_and_2012_are_unknown_outside_the_lists(net):
    for year in YEARS:
        exercises = kind(net, year, "exercise")
        off = ~np.eye(34, dtype=bool)
        if year <= 2010:
            assert exercises.notna().all().all(), year
            continue
        known = exercises.notna().to_numpy() & off
        assert (exercises.to_numpy()[known] > 0).all(), "known is what is listed"
        assert np.isnan(exercises.loc["USA", "GBR"]) and np.isnan(exercises.loc["USA", "KAZ"])
        assert exercises.loc["RUS", "KAZ"] > 0
        unknown = net.at(year)["security"].unknown
        assert unknown.loc["USA", "GBR"] and not unknown.loc["RUS", "KAZ"]
        assert not np.isnan(net.at(year)["security"].matrix).any(), "pacts, bases and arms are known"
    ties = net.ties[(net.ties["kind"] == "exercise") & (net.ties["status"] == "unknown")]
    assert set(ties["year"]) == {2011, 2012}
    assert set(net.evidence.loc[ties["evidence_id"].unique(), "table"]) == {"coverage"}


# --- trade -------------------------------------------------------------------------------------------------------


def test_trade_is_so_dense_that_presence_says_nothing(net):
    table = net.at(2012)["trade"].to_adjacency()
    assert (table > 0).to_numpy().sum() / (34 * 33) >= 0.95
    presence = inf.centrality.degree(table > 0)
    assert (presence == 66).sum() > 15, "half of them have every partner there is"
    assert net.specs["trade"].binarise == "intensity>1"


def test_iranian_energy_sold_to_turkey_is_a_fraction_in_baci(net, cow):
    ratio = flow(net, "IRN", "TUR") / flow(cow, "IRN", "TUR")
    assert (ratio.loc[2008:2012] < 0.15).all() and (ratio.loc[2001:2007] > 0.6).all()
    noted = {y: net.at(y)["trade"].ties("IRN", "TUR")["note"].iloc[0] for y in (2007, 2010)}
    assert pd.isna(noted[2007]) and "energy_loss_after_2007" in noted[2010]


def test_chinese_exports_to_kyrgyzstan_depend_on_the_source(net, cow):
    ratio = flow(net, "CHN", "KGZ") / flow(cow, "CHN", "KGZ")
    assert (ratio.loc[2004:2008] > 6).all() and ratio[2009] < 1
    assert "reexport" in net.at(2008)["trade"].ties("CHN", "KGZ")["note"].iloc[0]


def test_the_artefact_of_the_customs_union_is_on_the_receipt(net):
    found = flow(net, "RUS", "KAZ")
    assert found[2010] < found[2009] < found[2008] and found[2011] > 2 * found[2010]
    (tie,) = net.at(2010)["trade"].ties("RUS", "KAZ").to_dict("records")
    assert "customs_union_artefact" in tie["note"] and tie["source_id"] == "baci"
    assert tie["weight"] == found[2010]
    assert pd.isna(net.at(2009)["trade"].ties("RUS", "KAZ")["note"].iloc[0])


def test_turkmen_gas_resold_by_gazprom_is_marked_as_missing_from_trade(net):
    found = flow(net, "TKM", "RUS")
    assert (found < 200).all()
    assert all("gas_resale" in net.at(y)["trade"].ties("TKM", "RUS")["note"].iloc[0] for y in YEARS)
    lines = net.at(2008)["energy"].kinds["gas"].to_adjacency()
    assert lines.loc["TKM", "UZB"] > 0 and lines.loc["UZB", "KAZ"] > 0 and lines.loc["KAZ", "RUS"] > 0


def test_trade_among_states_that_never_report_is_unknown_and_never_zero(net):
    for year in YEARS:
        layer = net.at(year)["trade"]
        table = layer.to_adjacency()
        for a in NEVER_REPORT:
            for b in NEVER_REPORT:
                assert a == b or np.isnan(table.loc[a, b]), (year, a, b)
        assert layer.unknown.loc["TJK", "UZB"]
    with pytest.raises(ValueError, match="unknown"):
        inf.as_matrix(net.at(2012)["trade"], unknown="raise")


def test_serbia_begins_in_2006(net, cow):
    for year in YEARS:
        heard = net.at(year)["trade"].to_adjacency().loc["SRB"].notna().sum() > 1
        assert heard == (year >= 2006), year
    assert np.isnan(cow.at(2012)["trade"].to_adjacency().loc["SRB"].drop("SRB")).all()


def test_a_political_zero_is_a_zero(net):
    assert flow(net, "ARM", "AZE").notna().all() and (flow(net, "ARM", "AZE") == 0).sum() >= 5


def test_the_two_sources_cover_the_same_states(net, cow):
    assert cow.provenance["trade"] == "cow_trade_v4" and net.provenance["trade"] == "baci"
    assert list(cow.labels("trade")) == list(net.labels("trade"))
    for name in ("security", "energy", "institutions"):
        pd.testing.assert_frame_equal(cow.at(2012)[name].to_edges(), net.at(2012)[name].to_edges())
    one, two = (each.at(2012)["trade"] for each in (net, cow))
    assert one.margins["exports"].sum() != two.margins["exports"].sum()
    assert set(two.ties()["source_id"]) == {"cow_trade_v4"}
    assert np.corrcoef(*(np.log1p(np.nan_to_num(layer.matrix)).ravel() for layer in (one, two)))[0, 1] > 0.9


# --- energy ------------------------------------------------------------------------------------------------------


def test_presence_is_sure_where_capacity_is_not(net):
    """Nameplate capacity overstates the Soviet lines: their capacity is doubtful, that they run is not."""
    capacity = load(energy="capacity")
    ties = capacity.at(2008)["energy"].ties(source="TKM")
    centre = ties[ties["evidence_id"].str.contains("central_asia_center")]
    assert len(centre) == 2
    assert set(centre["presence_confidence"]) == {"high"} and set(centre["value_confidence"]) == {"low"}
    assert net.at(2008)["energy"].spec.unit == "lines in service"
    assert capacity.at(2008)["energy"].spec.unit == "Mtoe a year"
    running = net.at(2008)["energy"].to_adjacency() > 0
    unmeasured = capacity.at(2008)["energy"].unknown
    assert ((capacity.at(2008)["energy"].to_adjacency() > 0) | unmeasured).to_numpy()[running.to_numpy()].all()


def test_a_halted_line_is_not_in_the_snapshot_but_in_the_year(net):
    """Turkmen gas to the north stopped from April 2009 until January 2010."""
    assert not net.at(2009)["energy"].ties("TKM", "UZB")["key"].str.startswith("central_asia_center_east").any()
    assert net.at(2009, rule="any")["energy"].ties("TKM", "UZB")["key"].str.startswith("central_asia_center_east").any()


def test_a_capacity_from_memory_is_unknown_unless_asked_for():
    """The southern Druzhba branches are sure; their capacities (20 and 8 million tonnes) are only remembered."""

    def oil(**options):
        return load(energy="capacity", **options).at(2005)["energy"].kinds["oil"].to_adjacency()

    assert np.isnan(oil().loc["BLR", "UKR"])
    assert oil(doubtful=True).loc["BLR", "UKR"] == pytest.approx(28)
    assert load().at(2005)["energy"].kinds["oil"].to_adjacency().loc["BLR", "UKR"] == 2


# --- doubt -------------------------------------------------------------------------------------------------------


def test_doubtful_adds_what_is_low_or_recalled_and_nothing_else(net, doubtful):
    keys = ["layer", "source", "target", "kind", "year", "start", "evidence_id"]
    merged = doubtful.ties.merge(net.ties[keys], on=keys, how="outer", indicator=True)
    assert (merged["_merge"] != "right_only").all(), "nothing is lost"
    added = doubtful.evidence.loc[merged.loc[merged["_merge"] == "left_only", "evidence_id"].unique()]
    assert len(added) > 5
    assert ((added["presence_confidence"] == "low") | (added["evidence_kind"] == "recalled")).all()
    assert {"security_ties", "exercises", "pipeline_years"} <= set(added["table"])
    assert "security_ties:ind_tjk_ayni" in added.index
    kept = net.evidence
    assert (kept["presence_confidence"] != "low").all()
    assert not kept["evidence_kind"].isin(["recalled", "illustrative"]).any()
    assert kind(doubtful, 2012, "base").loc["IND", "TJK"] > 0 and kind(net, 2012, "base").loc["IND", "TJK"] == 0
    assert doubtful.provenance["doubtful"] and not net.provenance["doubtful"]


def test_planned_missile_sites_are_no_ties_even_among_the_doubtful(doubtful):
    ties = doubtful.ties[(doubtful.ties["source"] == "USA") & doubtful.ties["target"].isin(["CZE", "POL"])]
    assert set(ties.loc[ties["kind"] == "base", "status"]) == {"proposed"}
    assert all(kind(doubtful, 2008, "base").loc["USA", state] == 0 for state in ("CZE", "POL"))


# --- without what may be withdrawn -------------------------------------------------------------------------------


def emptied(tmp_path, name, keep):
    """The package with a table cut down to the rows that `keep` chooses (None: to its header)."""
    folder = Path(shutil.copytree(data_dir(), tmp_path / "data", ignore=shutil.ignore_patterns("derived")))
    path = folder / next(r["path"] for r in descriptor(folder)["resources"] if r["name"] == name)
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    (rows.iloc[:0] if keep is None else rows[keep(rows)]).to_csv(path, index=False, lineterminator="\n")
    return folder


def test_without_cow_trade_the_package_is_valid_and_says_what_it_lacks(net, tmp_path):
    folder = emptied(tmp_path, "trade", lambda rows: rows["source_id"] == "baci")
    smaller = load(folder)  # validated, since the table no longer has its hash
    pd.testing.assert_frame_equal(smaller.ties, net.ties)
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for table in package["resources"]:  # as after `influence describe --write`: no second validation
        table["hash"] = f"sha256:{sha256(folder / table['path'])}"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        load(folder, trade="cow_trade_v4")
    assert str(caught.value) == "trade by 'cow_trade_v4' is not available in this data package; it has baci"


def test_without_fbic_the_package_is_valid_and_the_network_the_same(net, tmp_path):
    folder = emptied(tmp_path, "reference_influence", None)
    pd.testing.assert_frame_equal(load(folder).ties, net.ties)
    assert read_table("reference_influence", folder).empty
