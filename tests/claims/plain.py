"""The tables as plain pandas reads them, and who was tied with whom: a second way to what the claims' views answer."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

DATA = Path(__file__).resolve().parents[2] / "data"
FOUR = ["KAZ", "KGZ", "TJK", "UZB"]
FIVE = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]


@cache
def rows(name: str) -> pd.DataFrame:
    """A table, without what is doubtful by default."""
    frame = pd.read_csv(DATA / f"{name}.csv", low_memory=False)
    if "presence_confidence" in frame:
        frame = frame[(frame["presence_confidence"] != "low") & (frame["evidence_kind"] != "recalled")]
    return frame


def there(frame: pd.DataFrame, year: int) -> pd.DataFrame:
    """Spells that began by 31 December and had not ended then."""
    last = f"{year}-12-31"
    return frame[(frame["start"] <= last) & (frame["end"].isna() | (frame["end"] > last))]


@cache
def exercises() -> pd.DataFrame:
    """Exercises with the set of those who took part, two or more."""
    who = pd.read_csv(DATA / "exercise_participants.csv")
    who = who[who["role"] == "participant"].groupby("exercise_id")["actor_id"].agg(frozenset)
    frame = rows("exercises").assign(who=lambda f: f["exercise_id"].map(who)).dropna(subset=["who"])
    return frame[frame["who"].map(len) > 1]


def members(body: str, year: int, roles: tuple[str, ...] = ("member",)) -> set[str]:
    seats = rows("memberships")
    seats = seats[(seats["org_id"] == body) & seats["role"].isin(roles) & (seats["status"] == "present")]
    return set(there(seats, year)["actor_id"])


def bases(user: str, hosts: list[str], year: int) -> int:
    ties = rows("security_ties")
    ties = ties[(ties["status"] == "present") & ties["consent"] & (ties["source"] == user)]
    return int(there(ties, year)["target"].isin(hosts).sum())


def arms(supplier: str, recipients: list[str], year: int) -> int:
    own = rows("arms_supply")
    own = own[(own["supplier"] == supplier) & own["recipient"].isin(recipients) & (own["year"] == year)]
    return int(own["scale"].sum())


def held(year: int, *who: str) -> pd.DataFrame:
    """Exercises of a year in which all of some actors took part."""
    frame = exercises()
    return frame[(frame["year"] == year) & frame["who"].map(lambda w: set(who) <= w)]


@cache
def parties_to(year: int) -> pd.DataFrame:
    """Who is a party to which treaty of the default selection: treaty_id, actor_id, type."""
    chosen = there(rows("treaties").query("in_default == True"), year)
    return there(rows("treaty_parties"), year).merge(chosen[["treaty_id", "type"]], on="treaty_id")


def pacts(a: str, others: list[str], year: int) -> int:
    """Pairs of state and type of treaty of the default selection in force."""
    parties = parties_to(year)
    ours = set(parties.loc[parties["actor_id"] == a, "treaty_id"])
    met = parties[parties["treaty_id"].isin(ours) & parties["actor_id"].isin(others) & (parties["actor_id"] != a)]
    return len(met[["actor_id", "type"]].drop_duplicates())


@cache
def _exports() -> dict[tuple[int, str, str], float]:
    t = rows("trade")
    t = t[(t["source_id"] == "baci") & (t["flag"] != "missing")]
    return t.set_index(["year", "exporter", "importer"])["value_usd_million"].to_dict()


def exports(a: str, b: str, year: int) -> float:
    """Exports by BACI, million current USD; nothing where nobody reported."""
    return float(_exports().get((year, a, b), 0.0))


def flow(a: str, b: str, year: int) -> float:
    """Exports and imports of two states."""
    return exports(a, b, year) + exports(b, a, year)


@cache
def world_trade(a: str, year: int) -> tuple[float, float]:
    """Exports to and imports from the whole world by BACI."""
    m = rows("trade_margins")
    own = m[(m["source_id"] == "baci") & (m["year"] == year) & (m["economy"] == a)].iloc[0]
    return float(own["exports_usd_million"]), float(own["imports_usd_million"])


@cache
def union_trade(a: str, year: int) -> float:
    """Exports and imports of a state with the Union's members of the year, by BACI."""
    t = rows("trade_blocs")
    own = t[(t["source_id"] == "baci") & (t["year"] == year) & (t["actor_id"] == a)].iloc[0]
    return float(own["exports_usd_million"]) + float(own["imports_usd_million"])


def votes_beyond() -> pd.DataFrame:
    """The world's median ideal point minus a state's, year by actor."""
    points = pd.read_csv(DATA / "ideal_points.csv").pivot(index="year", columns="actor_id", values="ideal_point")
    return -points.sub(pd.read_csv(DATA / "ideal_point_world.csv").set_index("year")["median"], axis=0)
