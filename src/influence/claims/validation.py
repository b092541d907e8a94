"""Beside an index made by others: our Russian and Chinese influence in Central Asia and the FBIC index."""

from __future__ import annotations

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS, archive
from influence.claims.world import Cast, World

INFLUENCERS = ("CHN", "RUS")
CAVEAT = (
    "The index is built from trade, arms and organizations as ours is, partly from the same sources: agreement shows "
    "that the coding is sound, not that either measures influence."
)


def influence_scores() -> pd.DataFrame:
    """Our own measure beside the Formal Bilateral Influence Capacity index, by influencer, state and year.

    Ours is the mean, over trade, security and institutions, of the influencer's share of the state's ties: of world
    trade; of the units of each security kind with Russia, China, the USA, the members of the European Union, Turkey,
    Iran and India, averaged over kinds; of shared seats (Newman weights) with the poles. Kinds in which a state has
    no tie are left out.

    Returns
    -------
    pandas.DataFrame
        influencer, state, year, ours, fbic, trade, security, institutions.

    References
    ----------
    Moyer, J. D., Meisel, C. J., Matthews, A. S., Bohl, D. K., & Burrows, M. J. (2021). China-US Competition:
    Measuring Global Influence. Atlantic Council and Frederick S. Pardee Center.
    """
    world, cast = World(archive()), Cast()
    rows = archive().table("reference_influence")
    index = rows.set_index(["influencer", "target", "year"])["fbic"].astype(float)
    out = []
    for influencer in INFLUENCERS:
        for state in cast.five:
            trade = world.trade.share(state, influencer)
            for year in YEARS:
                parts = {
                    "trade": float(trade[year]),
                    "security": _security_share(world, influencer, state, year),
                    "institutions": _seat_share(world, cast, influencer, state, year),
                }
                key = (influencer, state, year)
                row = {
                    "influencer": influencer,
                    "state": state,
                    "year": year,
                    "ours": float(np.nanmean([*parts.values()])),
                }
                out.append(row | {"fbic": float(index.get(key, np.nan))} | parts)
    return pd.DataFrame(out)


def _security_share(world: World, influencer: str, state: str, year: int) -> float:
    shares = []
    for kind in ("bases", "exercises", "arms", "treaties"):
        units = {
            p: world.security.units(kind, p, [state], year) for p in ("RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND")
        }
        total = sum(units.values())
        if total > 0:  # false for unknown too
            shares.append(units[influencer] / total)
    return float(np.mean(shares)) if shares else float("nan")


def _seat_share(world: World, cast: Cast, influencer: str, state: str, year: int) -> float:
    strength = {p: float(world.seats.by_body(p, [state], year).sum()) for p in cast.poles}
    total = sum(strength.values())
    return strength[influencer] / total if total > 0 else float("nan")


def compare_with_index(scores: pd.DataFrame | None = None) -> pd.DataFrame:
    """Rank correlation with the index by year, over the ten pairs of influencer and state, and where the two part.

    Parameters
    ----------
    scores : pandas.DataFrame, optional
        As `influence_scores` gives them.

    Returns
    -------
    pandas.DataFrame
        By year: pairs, spearman, russia_alone and china_alone (Spearman over the five states for each influencer
        alone), farthest (the pair whose ranks differ most), rank_ours, rank_fbic (1 is the most influence).
    """
    frame = influence_scores() if scores is None else scores
    rows = []
    for year, own in frame.dropna(subset=["ours", "fbic"]).groupby("year"):
        ours, theirs = own["ours"].rank(ascending=False), own["fbic"].rank(ascending=False)
        apart = (ours - theirs).abs()
        far = apart.sort_values(ascending=False, kind="stable").index[0]
        alone = {i: _spearman(part["ours"], part["fbic"]) for i, part in own.groupby("influencer")}
        rows.append(
            {
                "year": year,
                "pairs": len(own),
                "spearman": _spearman(own["ours"], own["fbic"]),
                "russia_alone": alone.get("RUS", np.nan),
                "china_alone": alone.get("CHN", np.nan),
                "farthest": f"{own.loc[far, 'influencer']} in {own.loc[far, 'state']}",
                "rank_ours": float(ours[far]),
                "rank_fbic": float(theirs[far]),
            }
        )
    return pd.DataFrame(rows).set_index("year") if rows else pd.DataFrame()


def _spearman(a: pd.Series, b: pd.Series) -> float:
    return float(np.corrcoef(a.rank(), b.rank())[0, 1]) if len(a) > 2 else float("nan")
