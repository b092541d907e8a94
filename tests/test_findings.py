"""Headline numbers of the bundled study, as they were when they were last looked at.

`findings.csv` holds each with the reason why it matters. A number that moves is a finding that moved: say why in the
change log before you change the table. What must move them, and what must not, stands in `mutations/`.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

import influence as inf
from influence.claims.register import combine, outcome
from influence.tables import read_table

FIVE = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
YEARS = range(2001, 2013)
TABLE = Path(__file__).with_name("findings.csv")


def expected():
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def findings(net, folder=None):
    """Every finding by its name, computed from a network and (for the claims' rules) the package it came from."""

    def value(metric, layer, year, actor, **options):
        frame = inf.panel(net, metric, layers=layer, years=year, **options)
        return frame.set_index("actor")["value"][actor]

    def total(layer, kind, years=YEARS, rows=slice(None), columns=slice(None)):
        tables = (net.at(year)[layer].kinds[kind].to_adjacency().loc[rows, columns] for year in years)
        return sum(np.nansum(table) for table in tables)

    seats = {year: net.at(year)["institutions"].incidence() for year in YEARS}
    into_the_five = net.at(2012)["trade"].to_adjacency()[FIVE]
    lines = net.at(2012)["energy"].kinds["gas"].to_adjacency()
    groups = {"partition": "west_postsoviet"}
    return {
        "trade_among_the_34": total("trade", "goods"),
        "exports_of_china_2012": value("strength_out", "trade", 2012, "CHN"),
        "china_in_exports_to_the_five_2012": into_the_five.loc["CHN"].sum() / into_the_five.sum().sum(),
        "russia_in_exports_to_the_five_2012": into_the_five.loc["RUS"].sum() / into_the_five.sum().sum(),
        "constraint_of_kyrgyzstan_in_trade_2012": value("constraint", "trade", 2012, "KGZ"),
        "concentration_of_tajik_trade_2012": value("partner_hhi", "trade", 2012, "TJK"),
        "gatekeeping_of_kazakhstan_in_trade_2009": value("gatekeeper", "trade", 2009, "KAZ", **groups),
        "unknown_trade_flows": int(sum(np.isnan(net.at(year)["trade"].matrix).sum() for year in YEARS)),
        "seats_in_organizations": sum(table.to_numpy().sum() for table in seats.values()),
        "uzbekistan_in_the_csto": sum(table.loc["UZB", "CSTO"] for table in seats.values()),
        "shared_seats_of_russia_2012": value("strength", "institutions:shared", 2012, "RUS"),
        "allied_pairs": total("security", "defence_pact") / 2,
        "american_bases_in_the_five": total("security", "base", rows="USA", columns=FIVE),
        "russian_bases_in_the_five": total("security", "base", rows="RUS", columns=FIVE),
        "joint_exercises_of_russia_and_china": total("security", "exercise", rows="RUS", columns="CHN"),
        "joint_exercises_to_2010": total("security", "exercise", years=range(2001, 2011)) / 2,
        "russian_arms_to_china": total("security", "arms", rows="RUS", columns="CHN"),
        "russia_in_security_2010": value("strength", "security", 2010, "RUS"),
        "brokerage_of_russia_in_security_2010": value("brokerage", "security", 2010, "RUS", **groups),
        "gas_lines_out_of_turkmenistan_2012": lines.loc["TKM"].sum(),
        "betweenness_of_russia_in_energy_2008": value("betweenness", "energy", 2008, "RUS"),
        "transit_loss_by_ukraine_2008": value("transit_loss", "energy", 2008, "UKR"),
        "participation_of_kazakhstan_2012": value("participation", list(net.layers), 2012, "KAZ"),
        "agreement_of_russia_and_china": total("diplomacy", "vote", rows="RUS", columns="CHN") / len(YEARS),
        **{f"verdict_{claim}": verdict for claim, verdict in verdicts(net, folder).items()},
    }


def verdicts(net, folder=None):
    """What the fixed rules say of three plain facts."""
    claims = read_table("article_claims", folder).set_index("claim_id")
    manas = [net.at(y)["security"].kinds["base"].to_adjacency().loc["USA", "KGZ"] > 0 for y in range(2005, 2013)]
    iran = [net.at(y)["institutions"].incidence().loc["IRN", "SCO"] > 0 for y in range(2005, 2013)]
    followers = []
    for year in range(2008, 2013):
        members = net.at(year)["institutions"].incidence()["SCO"].loc[lambda seat: seat > 0].index.drop("RUS")
        recognised = net.at(year)["recognition"].to_adjacency().loc[members, ["XAB", "XSO"]] > 0
        followers.append(recognised.any(axis=1).sum())
    results = {"C32": np.mean(manas), "C49": sum(iran), "C67": max(followers)}
    found = {}
    for claim, result in results.items():
        rule = claims.at[claim, "rule"]
        parts = [outcome(part, result, result, crosses_bound=rule["crosses_bound"]) for part in rule["parts"]]
        found[claim] = combine(parts, rule["combine"])
    return found


def moved(found):
    """The names of the findings that are no longer what the table says; nine digits count."""
    return {
        row["finding"]
        for row in expected()
        if (
            row["value"] != found[row["finding"]]
            if isinstance(found[row["finding"]], str)
            else float(found[row["finding"]]) != pytest.approx(float(row["value"]), rel=1e-8, abs=1e-12)
        )
    }


@pytest.fixture(scope="module")
def found():
    return findings(inf.load())


def test_the_table_has_every_finding_once_with_a_reason(found):
    rows = expected()
    assert sorted(row["finding"] for row in rows) == sorted(found)
    assert all(len(row["why"].split()) > 3 for row in rows)


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["finding"])
def test_no_finding_moved(row, found):
    now = found[row["finding"]]
    assert (now if isinstance(now, str) else f"{now:.9g}") == row["value"], row["why"]
