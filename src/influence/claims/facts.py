"""The article's figures and dates beside the data, where the data can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.claims.archive import archive
from influence.claims.world import Cast, Choices, World

if TYPE_CHECKING:
    from influence.claims.archive import Archive

Found = dict[str, Any]
Check = Callable[["World"], Found]
CLOSE = 0.1
"""A quantity within a tenth of the printed figure agrees; counts and years must be the same."""


def check_facts() -> pd.DataFrame:
    """Each figure and date of the article that the data can check, with the deviation.

    Returns
    -------
    pandas.DataFrame
        By fact: statement, page, checkable (yes, part, no), stated, found, deviation (found minus stated, in the
        fact's unit; NaN where there is no number), verdict (agrees, differs, in part, not checkable here), how.

    Examples
    --------
    >>> import influence as inf
    >>> inf.claims.check_facts().loc["F17", ["found", "verdict"]].tolist()
    ['2012', 'agrees']
    """
    opened = archive()
    world = World(opened, Choices())
    rows = []
    for fact in opened.table("article_facts").to_dict("records"):
        check = _CHECKS.get(fact["fact_id"])
        told: Found = {"found": "", "number": np.nan, "verdict": "not checkable here", "how": _said(fact["checked_by"])}
        if check is not None:
            told = _judged(fact, check(world))
        rows.append(
            {"fact": fact["fact_id"], "statement": fact["statement"], "page": _said(fact["page"])}
            | {"checkable": fact["checkable"], "stated": _said(fact["value"]), "found": told["found"]}
            | {"deviation": told.get("deviation", np.nan), "verdict": told["verdict"], "how": told["how"]}
        )
    return pd.DataFrame(rows).set_index("fact")


def _judged(fact: Mapping[Any, Any], told: Found) -> Found:
    number, stated = told.get("number", np.nan), float(fact["value_number"])
    found = str(told.get("found", "")) or f"{number:g}"
    deviation = float(number) - stated
    if "verdict" not in told:
        tolerance = CLOSE * abs(stated) if fact["unit"] == "million USD" else 0.0
        told["verdict"] = "agrees" if abs(deviation) <= tolerance else "differs"
    return {
        "found": found,
        "deviation": deviation,
        **{k: told[k] for k in ("verdict", "how")},
    }


def _said(value: Any) -> str:
    return "" if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)) else str(value)


def _seats(opened: Archive, org: str, role: str, *actors: str) -> pd.DataFrame:
    rows = opened.table("memberships")
    rows = rows[(rows["org_id"] == org) & (rows["role"] == role) & (rows["status"] == "present")]
    return rows[rows["actor_id"].isin(actors)] if actors else rows


def _members(world: World, org: str, year: int, roles: tuple[str, ...] = ("member",)) -> list[str]:
    last = pd.Timestamp(year, 12, 31)
    rows = pd.concat([_seats(world.archive, org, role) for role in roles])
    return sorted(rows.loc[(rows["start"] <= last) & (rows["end"].isna() | (rows["end"] > last)), "actor_id"])


def _counted(org: str, year: int, role: str = "member") -> Check:
    def check(world: World) -> Found:
        inside = _members(world, org, year, (role,))
        return {
            "number": len(inside),
            "found": f"{len(inside)} ({' '.join(inside)})",
            "how": f"{org}, 31 December {year}",
        }

    return check


def _began(org: str, role: str, actor: str) -> Check:
    def check(world: World) -> Found:
        start = _seats(world.archive, org, role, actor)["start"].min()
        return {"number": start.year, "found": f"{start:%Y-%m-%d}", "how": f"{actor}, {role} of {org}"}

    return check


def _founded(org: str) -> Check:
    def check(world: World) -> Found:
        rows = world.archive.table("organizations").set_index("org_id")
        return {"number": int(rows["founded"].astype("Int64")[org]), "how": "organizations: founded"}

    return check


def _agreement(a: str, b: str, kind: str, stated: str) -> Check:
    """Agrees to the precision of the two dates: the article often has the day of a news item."""

    def check(world: World) -> Found:
        rows = world.archive.table("organization_ties")
        own = rows[(rows["org_a"] == a) & (rows["org_b"] == b) & (rows["kind"] == kind) & (rows["status"] == "present")]
        start = own["start"].iloc[0]
        told = f"{start:%Y-%m}" if own["date_precision"].iloc[0] != "year" else f"{start:%Y}"
        verdict = "agrees" if stated.startswith(told) or told.startswith(stated) else "differs"
        return _stands(told, start.year, verdict, f"organization_ties: {a} and {b}, {kind}")

    return check


def _stands(said: str, number: float = np.nan, verdict: str | None = None, how: str = "") -> Found:
    told: Found = {"found": said, "number": number, "how": how}
    return told if verdict is None else told | {"verdict": verdict}


def _drills(world: World) -> Found:
    rows = world.archive.table("exercises")
    own = rows[rows["exercise_id"].isin(["peace_mission_2005", "peace_mission_2007"])].sort_values("year")
    sizes = ", ".join(f"{int(r['year'])}: {_size(r)}" for r in own.to_dict("records"))
    return _stands(f"{len(own)} ({sizes} persons)", len(own), how="exercises: Peace Missions 2005 and 2007")


def _size(row: dict[Any, Any]) -> str:
    """Persons of an exercise: a number, the ends of what sources say, or unknown."""
    if not pd.isna(row["personnel"]):
        return _said(row["personnel"])
    ends = [row["personnel_low"], row["personnel_high"]]
    return "unknown" if any(pd.isna(v) for v in ends) else " to ".join(_said(v) for v in ends)


def _left_csto(world: World) -> Found:
    end = _seats(world.archive, "CSTO", "member", "UZB")["end"].max()
    return _stands(f"{end:%Y}", end.year, how="memberships: Uzbekistan in the CSTO, end")


def _western_troops(world: World) -> Found:
    rows = world.archive.table("security_ties")
    five = Cast().five
    own = rows[rows["source"].isin(["USA", "DEU", "FRA"]) & rows["target"].isin(five) & (rows["status"] == "present")]
    first = own["start"].min()
    after = "agrees" if first > pd.Timestamp(2001, 9, 11) else "differs"
    return _stands(f"first {first:%Y-%m}", verdict=after, how="security_ties: first Western site in the five")


def _china_trade(world: World) -> Found:
    cast = Cast()
    by = {s: world.reading(trade_source=s).trade.between(cast.china, cast.five)[2006] for s in ("baci", "cow_trade_v4")}
    told = ", ".join(f"{s} {v:,.0f}" for s, v in by.items())
    near = [abs(v / 10_000 - 1) <= CLOSE for v in by.values()]
    verdict = "agrees" if all(near) else "in part" if any(near) else "differs"
    return _stands(told, by["baci"], verdict, "trade: China with the five, both ways, 2006, million USD")


def _recognitions(world: World) -> Found:
    rows = world.archive.table("diplomatic_ties")
    own = rows[(rows["kind"] == "recognition") & rows["target"].isin(["XAB", "XSO"]) & (rows["status"] == "present")]
    russia = own.loc[own["source"] == "RUS", "start"].min()
    partners = sorted(set(own["source"]) & (set(_members(world, "SCO", 2012)) - {"RUS"}))
    verdict = "agrees" if russia.year == 2008 and not partners else "differs"
    told = f"Russia {russia:%Y}; other members: {', '.join(partners) or 'none'}"
    return _stands(told, russia.year, verdict, "diplomatic_ties: recognition of Abkhazia and South Ossetia")


def _gas_line(world: World) -> Found:
    rows = world.archive.table("pipelines").set_index("pipeline_id")
    start = str(rows["start"].dt.strftime("%Y-%m")["central_asia_china_a"])
    verdict = "agrees" if start == "2009-12" else "differs"
    return _stands(start, verdict=verdict, how="pipelines: Central Asia-China, line A, first flow")


def _observers_of_2005(world: World) -> Found:
    rows = _seats(world.archive, "SCO", "observer")
    own = sorted(rows.loc[rows["start"].dt.year == 2005, "actor_id"])
    return _stands(f"{len(own)} ({' '.join(own)})", len(own), how="memberships: observers that began in 2005")


def _customs_union(world: World) -> Found:
    inside = _members(world, "CUSTOMS_UNION_BKR", 2010)
    rows = world.archive.table("organizations").set_index("org_id")
    year = int(rows["founded"].astype("Int64")["CUSTOMS_UNION_BKR"])
    verdict = "agrees" if year == 2010 and inside == ["BLR", "KAZ", "RUS"] else "differs"
    return _stands(f"{year} ({' '.join(inside)})", year, verdict, "organizations: founded; memberships")


def _refused_drill(world: World) -> Found:
    rows = world.archive.table("organization_ties")
    own = rows[(rows["org_a"] == "SCO") & (rows["org_b"] == "CSTO") & (rows["status"] == "refused")]
    year = int(own["start"].dt.year.iloc[0])
    return _stands(
        f"{year}, coded from the article and its press source only", year, "in part", "organization_ties: refused"
    )


def _iran_refused(world: World) -> Found:
    rows = world.archive.table("memberships")
    own = rows[(rows["actor_id"] == "IRN") & (rows["org_id"] == "SCO") & (rows["status"] == "refused")]
    year = int(own["start"].dt.year.iloc[0])
    return _stands(f"{year}", year, how="memberships: Iran as member, refused")


def _manas(world: World) -> Found:
    held = world.security.units("bases", "USA", ["KGZ"], 2012)
    verdict = "agrees" if held > 0 else "differs"
    return _stands(f"{held:g} site in Kyrgyzstan on 31 December 2012", verdict=verdict, how="security_ties: USA in KGZ")


def _brics_2009(world: World) -> Found:
    inside = _members(world, "BRICS", 2009, ("member", "participant"))
    told = f"{len(inside)} states on 31 December 2009 ({' '.join(inside)})"
    return _stands(told, verdict="in part", how="memberships: BRICS, 2009; organization_ties: joint summit")


def _brics(world: World) -> Found:
    inside = _members(world, "BRICS", 2012, ("member", "participant"))
    return _stands(f"{len(inside)} ({' '.join(inside)})", len(inside), how="memberships: BRICS, 31 December 2012")


def _population(*roles: str) -> Check:
    def check(world: World) -> Found:
        inside = _members(world, "SCO", 2012, roles)
        total = world.power("population_thousand").loc[2012].reindex(inside).sum() / 1e6
        return _stands(f"{total:.2f} billion persons", verdict="in part", how="attributes: a world total is missing")

    return check


def _tension(world: World) -> Found:
    distance = world.votes.relative["RUS"]
    early, within, late = (distance.loc[a:b].mean() for a, b in ((2001, 2003), (2004, 2008), (2009, 2012)))
    told = f"Russia's distance {early:.2f} in 2001-03, {within:.2f} in 2004-08, {late:.2f} in 2009-12"
    return _stands(told, verdict="in part", how="ideal_points: world median minus Russia's; votes stand in for tension")


def _bases_after_astana(world: World) -> Found:
    held = {s: [world.security.units("bases", "USA", [s], y) for y in (2004, 2005, 2006)] for s in ("UZB", "KGZ")}
    told = "; ".join(f"{s} {' '.join(f'{v:g}' for v in row)}" for s, row in held.items())
    return _stands(
        f"US sites at the end of 2004, 2005, 2006: {told}", verdict="in part", how="security_ties: what followed"
    )


def _reliant(world: World) -> Found:
    five = Cast().five
    share = pd.Series({s: world.trade.share(s, "RUS").loc[2010:2012].mean() for s in five}).sort_values(ascending=False)
    told = ", ".join(f"{s} {v:.2f}" for s, v in share.items())
    return _stands(
        told, verdict="in part", how="trade: Russia's share in world trade, 2010-12; remittances are missing"
    )


def _chinese_growth(world: World) -> Found:
    cast = Cast()
    share = world.trade.pooled_share(cast.five, cast.china)
    told = f"China's share in the five's trade {share[2001]:.3f} in 2001, {share[2012]:.3f} in 2012"
    return _stands(told, verdict="in part", how="trade: nothing before 2001")


_CHECKS: dict[str, Check] = {
    "F01": _began("SCO", "member", "RUS"),
    "F02": _counted("SCO", 2012),
    "F04": _chinese_growth,
    "F09": _drills,
    "F16": _counted("CSTO", 2011),
    "F17": _left_csto,
    "F18": _began("SCO", "observer", "AFG"),
    "F22": _western_troops,
    "F24": _china_trade,
    "F26": _recognitions,
    "F27": _gas_line,
    "F28": _began("SCO", "observer", "MNG"),
    "F29": _observers_of_2005,
    "F30": _counted("SCO", 2012, "observer"),
    "F32": _founded("EURASEC"),
    "F33": _counted("EURASEC", 2012),
    "F34": _agreement("SCO", "EURASEC", "memorandum", "2006-05"),
    "F35": _customs_union,
    "F36": _agreement("SCO_RATS", "CSTO", "agreement", "2006"),
    "F37": _agreement("SCO", "CSTO", "memorandum", "2007-10"),
    "F38": _agreement("SCO", "EURASEC", "memorandum", "2006"),
    "F40": _refused_drill,
    "F45": _brics_2009,
    "F48": _population("member"),
    "F49": _population("member", "observer"),
    "F50": _brics,
    "F51": _tension,
    "F53": _bases_after_astana,
    "F57": _iran_refused,
    "F60": _manas,
    "F61": _reliant,
}
