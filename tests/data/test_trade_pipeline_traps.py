"""Known traps of the trade and pipeline tables: each was found in the sources and must stay sprung."""

from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parents[2] / "data"
YEARS = range(2001, 2013)
NEVER_REPORT = ["TJK", "UZB", "TKM"]
PIPELINE_TABLES = ["pipelines", *(f"pipeline_{t}" for t in ("segments", "years", "flows", "disruptions"))]


def table(name: str) -> pd.DataFrame:
    """Read one table of the data package, empty cells as missing."""
    return pd.read_csv(DATA / f"{name}.csv", keep_default_na=False, na_values=[""])


@pytest.fixture(scope="module")
def trade() -> pd.DataFrame:
    return table("trade")


@pytest.fixture(scope="module")
def segments() -> pd.DataFrame:
    return table("pipeline_segments")


@pytest.fixture(scope="module")
def crossings(segments: pd.DataFrame) -> pd.DataFrame:
    """Segment and year, with the dated facts beside the geography."""
    years = table("pipeline_years")
    columns = ["segment_id", "pipeline_id", "from_actor", "to_actor", "in_default_layer", "left_out_because"]
    return years.merge(segments[columns], on="segment_id", validate="many_to_one")


def sources(trade: pd.DataFrame) -> list[str]:
    """The trade sources that are there: COW may be removed on request, BACI may not."""
    found = sorted(set(trade.source_id))
    assert "baci" in found
    assert set(found) <= {"baci", "cow_trade_v4"}
    return found


def need_cow(trade: pd.DataFrame) -> None:
    if "cow_trade_v4" not in sources(trade):
        pytest.skip("COW trade is not in this copy of the data")


def flow(trade: pd.DataFrame, exporter: str, importer: str, source: str) -> pd.DataFrame:
    rows = (trade.exporter == exporter) & (trade.importer == importer) & (trade.source_id == source)
    return trade[rows].set_index("year")


def has(row_codes: object, code: str) -> bool:
    return isinstance(row_codes, str) and code in row_codes.split(";")


# trade


def test_trade_is_a_complete_grid_in_each_source(trade: pd.DataFrame) -> None:
    states = sorted(set(trade.exporter))
    assert len(states) == 34
    wanted = {(a, b, year) for a, b in permutations(states, 2) for year in YEARS}
    for source in sources(trade):
        rows = trade[trade.source_id == source]
        assert len(rows) == len(wanted) == 13464
        assert set(zip(rows.exporter, rows.importer, rows.year, strict=True)) == wanted


def test_flag_says_exactly_what_the_value_is(trade: pd.DataFrame) -> None:
    value = trade.value_usd_million
    assert (value.isna() == (trade.flag == "missing")).all()
    assert ((value == 0) == (trade.flag == "zero")).all()
    assert ((value > 0) == (trade.flag == "observed")).all()
    assert (trade.reason.notna() == (trade.flag != "observed")).all()


def test_states_that_never_report_have_no_mutual_zero_in_baci(trade: pd.DataFrame) -> None:
    for exporter, importer in permutations(NEVER_REPORT, 2):
        rows = flow(trade, exporter, importer, "baci")
        assert (rows.flag == "missing").all()
        assert (rows.reason == "no_report_inferred").all()


@pytest.mark.parametrize("pair", [("AFG", "UZB"), ("MNG", "TJK"), ("MNG", "TKM")])
def test_doubtful_zeros_are_holes(trade: pd.DataFrame, pair: tuple[str, str]) -> None:
    for exporter, importer in permutations(pair):
        rows = flow(trade, exporter, importer, "baci")
        assert not (rows.flag == "zero").any()
    both = trade[(trade.reason == "doubtful_zero") & (trade.source_id == "baci")]
    assert {frozenset(p) for p in zip(both.exporter, both.importer, strict=True)} == {
        frozenset(p) for p in [("AFG", "UZB"), ("MNG", "TJK"), ("MNG", "TKM")]
    }


def test_political_zeros_of_armenia_and_azerbaijan_stay_zeros(trade: pd.DataFrame) -> None:
    for exporter, importer in permutations(["ARM", "AZE"]):
        rows = flow(trade, exporter, importer, "baci")
        assert not (rows.flag == "missing").any()
        assert (rows.flag == "zero").sum() >= 10


def test_serbia_begins_in_2006_in_baci_and_never_in_cow(trade: pd.DataFrame) -> None:
    serbia = trade[(trade.exporter == "SRB") | (trade.importer == "SRB")]
    baci, cow = (serbia[serbia.source_id == s] for s in ("baci", "cow_trade_v4"))
    assert (baci[baci.year < 2006].reason == "no_separate_serbia").all()
    assert (baci[baci.year >= 2006].flag == "observed").any()
    assert (cow.flag == "missing").all()


def test_iranian_energy_sold_to_turkey_is_lost_in_baci(trade: pd.DataFrame) -> None:
    need_cow(trade)
    baci, cow = (flow(trade, "IRN", "TUR", s) for s in ("baci", "cow_trade_v4"))
    ratio = (baci.value_usd_million / cow.value_usd_million).loc[2008:2012]
    assert len(ratio) == 5
    assert (ratio < 0.2).all()
    assert all(has(c, "energy_loss_after_2007") for c in baci.caution.loc[2008:2012])
    assert baci.caution.loc[:2007].isna().all()


def test_customs_union_artefact_is_marked(trade: pd.DataFrame) -> None:
    for source in sources(trade):
        rows = flow(trade, "RUS", "KAZ", source)
        assert has(rows.caution.loc[2010], "customs_union_artefact")
        assert rows.value_usd_million.loc[2010] < rows.value_usd_million.loc[2009]
        assert rows.caution.loc[:2009].isna().all()


def test_chinese_exports_to_kyrgyzstan_differ_sevenfold_between_sources(trade: pd.DataFrame) -> None:
    need_cow(trade)
    baci, cow = (flow(trade, "CHN", "KGZ", s) for s in ("baci", "cow_trade_v4"))
    assert baci.value_usd_million.loc[2008] > 7 * cow.value_usd_million.loc[2008]
    for rows in (baci, cow):
        assert all(has(c, "reexport") for c in rows.caution)
    assert has(cow.caution.loc[2009], "reporter_switch")


def test_resold_gas_is_marked(trade: pd.DataFrame) -> None:
    rows = flow(trade, "TKM", "RUS", "baci")
    assert all(has(c, "gas_resale") for c in rows.caution)
    assert (rows.value_usd_million < 200).all()


def test_baci_of_2012_is_nearly_complete(trade: pd.DataFrame) -> None:
    rows = trade[(trade.source_id == "baci") & (trade.year == 2012)]
    assert (rows.flag == "observed").sum() / (34 * 33) >= 0.95


def test_world_margins_cover_the_flows_among_the_34(trade: pd.DataFrame) -> None:
    margins = table("trade_margins").set_index(["economy", "year", "source_id"])
    rounding = 1 + 1e-5
    for side, column in (("exporter", "exports_usd_million"), ("importer", "imports_usd_million")):
        observed = trade[trade.flag == "observed"]
        inside = observed.groupby([side, "year", "source_id"]).value_usd_million.sum()
        world = margins[column].reindex(inside.index)
        assert world.notna().all()
        assert (inside <= world * rounding).all()


def test_margins_are_the_same_world_on_both_sides() -> None:
    world = table("trade_margins").groupby(["source_id", "year"])
    exports, imports = (world[f"{side}_usd_million"].sum().to_numpy() for side in ("exports", "imports"))
    assert exports == pytest.approx(imports, rel=1e-6)


def test_bloc_has_the_members_of_its_year(trade: pd.DataFrame) -> None:
    blocs = table("trade_blocs")
    size = blocs.groupby("year").n_members.agg(["min", "max"])
    wanted = {y: 15 if y < 2004 else 25 if y < 2007 else 27 for y in YEARS}
    assert size["min"].to_dict() == size["max"].to_dict() == wanted
    assert len(blocs) == 34 * 12 * blocs.source_id.nunique()
    assert (blocs.exports_usd_million.isna() == (blocs.flag == "missing")).all()
    assert set(blocs[blocs.flag == "missing"].actor_id) == {"SRB"}
    # the ten members among the 34 are part of the bloc: it is at least as large as they are
    members = ["CZE", "DEU", "EST", "FRA", "GBR", "ITA", "LTU", "LVA", "NLD", "POL"]
    inside = trade[(trade.year == 2012) & (trade.flag == "observed") & trade.importer.isin(members)]
    inside = inside.groupby(["exporter", "source_id"]).value_usd_million.sum()
    bloc = blocs[blocs.year == 2012].set_index(["actor_id", "source_id"]).exports_usd_million
    assert (inside <= bloc.reindex(inside.index) * (1 + 1e-5)).all()


# pipelines


def test_every_crossing_has_its_line_and_all_years(segments: pd.DataFrame, crossings: pd.DataFrame) -> None:
    assert set(segments.pipeline_id) == set(table("pipelines").pipeline_id)
    assert all(tuple(sorted(years)) == tuple(YEARS) for _, years in crossings.groupby("segment_id").year)
    assert set(crossings.segment_id) == set(segments.segment_id)


def test_no_line_crosses_from_moldova_to_romania(segments: pd.DataFrame) -> None:
    pairs = set(zip(segments.from_actor, segments.to_actor, strict=True))
    assert ("MDA", "ROU") not in pairs
    balkan = segments[segments.pipeline_id == "trans_balkan"].sort_values("position")
    assert list(balkan.from_actor) == ["UKR", "MDA", "UKR", "ROU", "BGR"]


def test_no_planned_line_is_in_service(segments: pd.DataFrame, crossings: pd.DataFrame) -> None:
    lines = table("pipelines")
    planned = set(lines[lines.planned_only].pipeline_id)
    assert {"tapi", "nabucco", "power_of_siberia", "central_asia_china_c"} <= planned
    rows = crossings[crossings.pipeline_id.isin(planned)]
    assert not (rows.status == "present").any()
    assert not rows.on_31_december.any()
    assert (rows.fraction_of_year == 0).all()
    assert not segments[segments.pipeline_id.isin(planned)].in_default_layer.any()


def test_line_from_turkmenistan_to_china_begins_in_december_2009(crossings: pd.DataFrame) -> None:
    into_china = crossings[(crossings.to_actor == "CHN") & (crossings.from_actor == "KAZ")]
    gas = into_china[into_china.pipeline_id.str.startswith("central_asia_china")]
    in_service = gas[gas.status == "present"]
    assert in_service.year.min() == 2009
    first = in_service[in_service.year == 2009]
    assert list(first.pipeline_id) == ["central_asia_china_a"]
    assert first.on_31_december.all()
    assert (first.fraction_of_year < 0.05).all()


def test_nameplate_of_soviet_lines_is_doubtful_but_the_line_is_not() -> None:
    lines = table("pipelines")
    soviet = lines[lines.soviet_built & lines.capacity.notna()]
    assert len(soviet) > 20
    assert (soviet.value_confidence == "low").all()
    turkmen = lines[lines.pipeline_id.isin(["central_asia_center_east", "central_asia_center_west"])]
    assert (turkmen.presence_confidence == "high").all()
    years = table("pipeline_years")
    years["pipeline_id"] = years.segment_id.str.split(":").str[0]
    rows = years[years.pipeline_id.isin(soviet.pipeline_id) & years.capacity.notna()]
    assert (rows.value_confidence == "low").all()


def test_default_layer_leaves_out_detours_ships_domestic_and_disputed(segments: pd.DataFrame) -> None:
    out = segments["mode"].ne("pipeline") | segments.domestic | segments.disputed_territory
    out |= segments.loop_transit & (segments.segment_id != "minsk_kaliningrad:LTU-RUS")
    out |= segments.status == "proposed"
    assert (segments.in_default_layer == ~out).all()
    assert (segments.left_out_because.isna() == segments.in_default_layer).all()
    assert segments[segments.disputed_territory].pipeline_id.tolist() == ["dzuarikau_tskhinvali"]
    default = segments[segments.in_default_layer]
    assert (default.from_actor != default.to_actor).all()


def test_recalled_lines_and_flows_stay_out_of_the_default() -> None:
    lines = table("pipelines")
    assert (lines[lines.evidence_kind == "recalled"].presence_confidence == "low").all()
    flows = table("pipeline_flows")
    recalled = flows[flows.evidence_kind == "recalled"]
    assert len(recalled) == 62
    assert not recalled.in_default.any()
    assert (recalled.source_id == "recall").all()
    assert not flows[~flows.in_default.astype(bool) & (flows.basis == "dataset")].size


def test_no_row_rests_on_the_international_energy_agency() -> None:
    for name in PIPELINE_TABLES:
        frame = table(name)
        for column in [c for c in frame if c.endswith("source_id")]:
            keys = frame[column].dropna().str.split(";").explode()
            assert not keys.str.startswith("iea").any(), (name, column)
    flows = table("pipeline_flows")
    assert "physical_border_flow" not in set(flows.flow_type)


def test_unreported_origins_are_unknown_not_zero() -> None:
    flows = table("pipeline_flows")
    unknown = flows.status == "unknown"
    assert (flows.value.isna() == unknown).all()
    eurostat = flows[flows.source_id == "eurostat_nrg_ti_gas"]
    ukraine = eurostat[(eurostat.to_actor == "UKR") & eurostat.year.isin([2006, 2007])]
    assert len(ukraine) == 8
    assert (ukraine.status == "unknown").all()


def test_halts_on_31_december_are_seen_by_the_snapshot(crossings: pd.DataFrame) -> None:
    state = crossings.set_index(["segment_id", "year"]).on_31_december
    assert not state["central_asia_center_east:TKM-UZB", 2009]
    assert state["central_asia_center_east:UZB-KAZ", 2009]
    assert not state["uzbekistan_tajikistan_gas:UZB-TJK", 2012]
    assert not state["baku_supsa:AZE-GEO", 2007]
    assert not state["druzhba_baltic:BLR-LTU", 2006]
    assert not state["hajigabul_mozdok:RUS-AZE", 2010]
    assert state["hajigabul_mozdok:AZE-RUS", 2010]


def test_state_of_the_day_agrees_with_dates(segments: pd.DataFrame, crossings: pd.DataFrame) -> None:
    present = crossings.status == "present"
    assert (present == (crossings.fraction_of_year > 0)).all()
    assert (crossings.on_31_december <= present).all()
    dated = crossings.merge(segments[["segment_id", "start", "end"]], on="segment_id")
    last_day = dated.year.astype(str) + "-12-31"
    on = dated.on_31_december.astype(bool)
    assert (dated.start.fillna("1900-01-01")[on] <= last_day[on]).all()
    assert (dated.end.fillna("2999-12-31")[on] >= last_day[on]).all()


def test_doubtful_first_years_are_low(crossings: pd.DataFrame) -> None:
    low = crossings.set_index(["segment_id", "year"]).presence_confidence
    assert low["south_caucasus:AZE-GEO", 2006] == "low"
    assert low["iran_nakhchivan:IRN-AZE", 2005] == "low"
    assert low["south_caucasus:AZE-GEO", 2007] == "high"
