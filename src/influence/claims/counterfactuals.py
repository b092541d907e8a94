"""What if: the counterfactuals that the argument invites, as networks, and what they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence._panel import panel
from influence.claims.archive import archive

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork

Change = Callable[["MultilayerNetwork"], "MultilayerNetwork"]


def without_the_chinese_line(net: MultilayerNetwork) -> MultilayerNetwork:
    """As if the gas line from Turkmenistan to China had not been built."""
    ids = net.evidence.index
    return net.without([i for i in ids if str(i).startswith("pipeline_years:central_asia_china_")])


def uzbekistan_stays(net: MultilayerNetwork) -> MultilayerNetwork:
    """As if Uzbekistan had not left the Collective Security Treaty Organization in December 2012."""
    ties = net.ties
    seat = ties[(ties["source"] == "UZB") & (ties["target"] == "CSTO")]
    pacts = ties[(ties["evidence_id"] == "treaties:cst_csto") & ((ties["source"] == "UZB") | (ties["target"] == "UZB"))]
    left = pd.concat([seat, pacts])
    longer = left[left["end"].notna()]
    frame = longer.assign(start=longer["end"]).drop(columns=["evidence_id", "year", "end"])
    return net.with_ties(frame.reset_index(drop=True))


def without_the_sco(net: MultilayerNetwork) -> MultilayerNetwork:
    """As if the Shanghai Cooperation Organization did not exist: no seats in it, none of its exercises."""
    return net.without(sorted({*_seats(net), *_drills(net)}))


def sco_without_china(net: MultilayerNetwork) -> MultilayerNetwork:
    """As if China had no seat in the organization and its exercises were held without it."""
    drills = _drills(net)
    ties = net.ties
    others = ties[ties["evidence_id"].isin(drills) & (ties["source"] != "CHN") & (ties["target"] != "CHN")]
    kept = others.drop(columns=["evidence_id", "start", "end"]).reset_index(drop=True)
    seat = [i for i in _seats(net) if i.startswith("memberships:CHN@")]
    return _resized(net.without(sorted({*seat, *drills})).with_ties(kept), dict.fromkeys(net.years, -1))


def observers_as_members(net: MultilayerNetwork) -> MultilayerNetwork:
    """As if every observer of the organization were a member from the day it began to observe."""
    rows = archive().table("memberships")
    own = rows[(rows["org_id"] == "SCO") & (rows["role"] == "observer") & (rows["status"] == "present")]
    frame = own[["actor_id", "start", "end"]].rename(columns={"actor_id": "source"})
    more = {year: int((own["start"] <= pd.Timestamp(year, 12, 31)).sum()) for year in net.years}
    seats = frame.assign(layer="institutions", target="SCO", kind="member").reset_index(drop=True)
    return _resized(net.with_ties(seats), more)


COUNTERFACTUALS: Mapping[str, Change] = {
    "without the line from Turkmenistan to China": without_the_chinese_line,
    "Uzbekistan stays in the CSTO": uzbekistan_stays,
    "without the SCO": without_the_sco,
    "the SCO without China": sco_without_china,
    "observers as members": observers_as_members,
}


def counterfactual_change(
    net: MultilayerNetwork,
    change: str | Change,
    metrics: str | Sequence[str],
    *,
    layers: str | Sequence[str] | None = None,
    years: int | Sequence[int] | None = None,
    **options: Any,
) -> pd.DataFrame:
    """What a counterfactual changes: any metric before and after.

    A counterfactual describes how much of a structure rests on some ties. It does not say what the states would have
    done instead.

    Parameters
    ----------
    net : MultilayerNetwork
    change : str or callable
        A name of `COUNTERFACTUALS`, or a function network → network.
    metrics, layers, years, **options
        As in `influence.panel`.

    Returns
    -------
    pandas.DataFrame
        actor, year, layer, metric, before, after, change; only rows whose value changes, the largest change first.

    Examples
    --------
    >>> import influence as inf
    >>> net = inf.load()
    >>> frame = inf.claims.counterfactual_change(net, "without the SCO", "strength", layers="institutions", years=2012)
    >>> frame["actor"].iloc[0] in ("CHN", "RUS", "KAZ", "KGZ", "TJK", "UZB")
    True
    """
    if isinstance(change, str):
        if change not in COUNTERFACTUALS:
            raise KeyError(f"no counterfactual named {change!r}; there are {', '.join(COUNTERFACTUALS)}")
        change = COUNTERFACTUALS[change]
    how = {"layers": layers, "years": years, **options}
    before, after = panel(net, metrics, **how), panel(change(net), metrics, **how)
    key = ["actor", "year", "layer", "metric"]
    both = before.merge(after, on=key, suffixes=("_before", "_after"), validate="one_to_one")
    frame = both.rename(columns={"value_before": "before", "value_after": "after"})
    frame["change"] = frame["after"] - frame["before"]
    frame = frame[frame["change"].abs() > 1e-12]
    order = frame.assign(size=frame["change"].abs()).sort_values(["size", *key], ascending=[False] + [True] * 4)
    return frame.loc[order.index].reset_index(drop=True)


def _seats(net: MultilayerNetwork) -> list[str]:
    return [str(i) for i in net.evidence.index if str(i).startswith("memberships:") and "@SCO:" in str(i)]


def _resized(net: MultilayerNetwork, more: Mapping[int, int]) -> MultilayerNetwork:
    """With the organization's size in the world changed by so many members a year: a shared seat weighs accordingly."""
    sizes = net.sizes
    own = sizes["org_id"] == "SCO"
    grown = sizes["n_members"] + sizes["year"].map(more).fillna(0).astype(int)
    return net.replaced(sizes=sizes.assign(n_members=sizes["n_members"].where(~own, grown)))


def _drills(net: MultilayerNetwork) -> list[str]:
    rows = archive().table("exercises")
    own = set(rows.loc[rows["framework"] == "SCO", "evidence_id"])
    return sorted(own & set(net.evidence.index))
