"""One actor on one page: weight, rank, brokerage, partners and memberships over the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from influence._panel import panel
from influence.figures._frames import said
from influence.figures._sides import thin_ticks
from influence.figures.lines import trajectories
from influence.figures.look import FAINT, INK, QUIET, mosaic, plain, series_looks, settle, style
from influence.figures.presets import fitted
from influence.figures.spells import membership_timeline
from influence.metrics.brokerage import ROLES
from influence.network import MultilayerNetwork

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDE = [["share", "rank"], ["roles", "partners"], ["seats", "seats"]]
NARROW = [["share"], ["rank"], ["roles"], ["partners"], ["seats"]]


def actor_dashboard(
    net: MultilayerNetwork,
    actor: str,
    *,
    partition: str,
    broker_layer: str | None = None,
    layers: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    partners: int = 4,
    roles: Sequence[str] | None = None,
    names: Mapping[Any, str] | None = None,
    width: str = "double",
    height: float | None = None,
) -> Figure:
    """A page about one actor: five panels, each of them small.

    Its share of all strength in each layer; its rank by strength in each layer; its brokerage roles in one layer; its
    largest partners in the last year, as shares of its own ties in a layer; its memberships. Strength counts ties in
    and out; a layer of affiliations enters by its projection.

    Parameters
    ----------
    net : MultilayerNetwork
    actor : str
    partition : str
        The groups that roles are counted between.
    broker_layer : str, optional
        The layer in which roles are counted. Default: the first.
    layers : sequence of str, optional
        Default: the default layers.
    years : sequence of int, optional
        Default: all.
    partners : int, default 4
        How many in each layer.
    roles : sequence of str, optional
        Kinds of affiliation that are drawn, from the strongest. Default: all.
    names : mapping, optional
        Actor, layer, role or organization → what is printed.
    width : {"double", "single"}
    height : float, optional
        Millimetres. Default: by the number of memberships.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    KeyError
        The network has no such actor.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "B", "C"], "target": ["B", "C", "D"], "year": 2001})
    >>> sides = pd.DataFrame({"partition": "side", "group": ["x", "x", "y", "y"], "actor_id": list("ABCD")})
    >>> figure = actor_dashboard(inf.MultilayerNetwork.from_edges(ties, partitions=sides), "B", partition="side")
    >>> [ax.get_title(loc="left") for ax in figure.axes]
    ['Share of all strength', 'Rank by strength', 'Brokerage in aid', 'Partners in 2001']
    """
    if actor not in set(net.actors["actor_id"]):
        raise KeyError(f"no actor named {actor!r}")
    years = list(net.years if years is None else years)
    chosen = list(net.layers if layers is None else layers)
    strength = _strength(net, chosen, years)
    shown = list(dict.fromkeys(strength["layer"]))
    broker_layer = broker_layer or shown[0]
    own = strength[strength["actor"] == actor]
    counts = panel(net, list(ROLES), layers=[broker_layer], years=years, partition=partition)
    counts = counts[counts["actor"] == actor].assign(role=lambda t: t["metric"])
    largest = pd.concat([_partners(net, actor, name, years[-1]).head(partners) for name in shown])
    seats = _seats(net, actor, chosen, years, roles)
    lanes = seats["org"].nunique()
    narrow = fitted(width) == "single"
    plan = [row for row in (NARROW if narrow else WIDE) if len(seats) or row[0] != "seats"]
    sides = {
        "share": 46.0,
        "rank": 46.0,
        "roles": max(46.0, 12 + 3.6 * (len(largest) + len(shown))),
        "seats": 16 + 4.2 * lanes,
    }
    sides["partners"] = sides["roles"]
    tall = [sides[row[0]] for row in plan]
    looks = series_looks([said(name, names) for name in shown])
    with style():
        figure, axes = mosaic(width, height or sum(tall) + 8, plan, height_ratios=tall)
        titles = {
            "share": "Share of all strength",
            "rank": "Rank by strength",
            "roles": f"Brokerage in {said(broker_layer, names)}",
            "partners": f"Partners in {years[-1]}",
            "seats": "Memberships",
        }
        _bars(axes["partners"], largest, names)
        if len(seats):
            membership_timeline(
                seats.assign(org=seats["org"].map(lambda org: said(org, names))),
                span=(years[0], years[-1]),
                group="actor",
                lane="org",
                roles=roles,
                names=names,
                ax=axes["seats"],
            )
        for key, ax in axes.items():
            ax.set_title(titles[key])
        # Lines last: the names at their ends are placed for the heights that the other panels have left them.
        lines: dict[str, Any] = {"series": "named", "looks": looks, "order": list(looks)}
        told = own.assign(named=own["layer"].map(lambda name: said(name, names)))
        trajectories(told, y="share", unit="share", from_zero=True, ax=axes["share"], **lines)
        depth = told.assign(depth=-told["rank"])  # the first rank on top
        trajectories(depth, y="depth", unit="rank (1 = highest)", ax=axes["rank"], **lines)
        axes["rank"].yaxis.set_major_formatter(FuncFormatter(lambda v, _: plain(-v) if v < 0 else ""))
        counted = counts.assign(named=counts["role"].map(lambda role: said(role, names))).dropna(subset=["value"])
        if len(counted):
            trajectories(counted, y="value", series="named", unit="chains", from_zero=True, ax=axes["roles"])
        settle(figure)
        if len(seats):
            thin_ticks(axes["seats"])
    return figure


def _strength(net: MultilayerNetwork, layers: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
    """layer, year, actor, value, share of the layer's total, rank; layers without any tie left out."""
    frame = panel(net, ["strength"], layers=list(layers), years=list(years))
    by = frame.groupby(["layer", "year"], sort=False)["value"]
    whole = by.transform("sum")
    frame = frame.assign(share=frame["value"] / whole.where(whole > 0), rank=by.rank(ascending=False, method="min"))
    frame["layer"] = frame["layer"].astype(str)
    return frame[frame.groupby("layer")["share"].transform("count") > 0]


def _partners(net: MultilayerNetwork, actor: str, layer: str, year: int) -> pd.DataFrame:
    """layer, partner, share of the actor's ties in the layer, the largest first."""
    edges = net.at(year)[layer].to_edges()
    mine = edges[(edges["source"] == actor) ^ (edges["target"] == actor)]
    other = mine["target"].where(mine["source"] == actor, mine["source"])
    held = mine["weight"].groupby(other.to_numpy()).sum()
    held = held.sort_index().sort_values(ascending=False, kind="stable")
    share = held / held.sum()
    return pd.DataFrame({"layer": layer, "partner": share.index, "share": share.to_numpy()})


def _seats(
    net: MultilayerNetwork, actor: str, layers: Sequence[str], years: Sequence[int], roles: Sequence[str] | None
) -> pd.DataFrame:
    """actor (nameless: there is one), org, role, start, end, status of its affiliations, the longest first."""
    two_mode = [name for name in layers if name in net.specs and net.specs[name].mode == 2]
    ties = net.ties[net.ties["layer"].isin(two_mode) & net.ties["source"].eq(actor)]
    if roles is not None:
        ties = ties[ties["kind"].isin(roles)]
    frame = ties.rename(columns={"source": "actor", "target": "org", "kind": "role"})
    columns = ["actor", "org", "role", "start", "end", "status"]
    first, last = pd.Timestamp(years[0], 1, 1), pd.Timestamp(years[-1] + 1, 1, 1)
    begin, until = pd.to_datetime(frame["start"]).fillna(first), pd.to_datetime(frame["end"]).fillna(last)
    frame = frame[(begin < last) & (until > first)]
    until, begin = until.where(until < last, last), begin.where(begin > first, first)
    days = ((until - begin) / pd.Timedelta(days=1))[frame.index].groupby(frame["org"]).sum()
    ranked = frame.assign(actor="", _length=-frame["org"].map(days)).sort_values(["_length", "org", "start"])
    return ranked[columns].drop_duplicates(["org", "role", "start"])


def _bars(ax: Axes, rows: pd.DataFrame, names: Mapping[Any, str] | None) -> None:
    """A bar a partner, under the name of each layer."""
    y, ticks, labels = 0.0, [], []
    for layer, own in rows.groupby("layer", sort=False):
        ax.annotate(
            said(layer, names),
            (0, y),
            xytext=(2, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            fontweight="bold",
            color=INK,
        )
        for partner, share in own[["partner", "share"]].itertuples(index=False):
            y += 1
            ax.barh(y, share, height=0.62, color=QUIET)
            ax.annotate(
                f"{share:.2f}", (share, y), xytext=(2, 0), textcoords="offset points", va="center_baseline", fontsize=6
            )
            ticks.append(y)
            labels.append(said(partner, names))
        y += 1.2
    ax.set_yticks(ticks, labels)
    ax.set_ylim(y - 0.4, -0.7)
    ax.set_xlim(0, 1.1 * max(0.1, float(rows["share"].max()) if len(rows) else 0.1))
    ax.axvline(0, color=FAINT, linewidth=0.6)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4))
    ax.xaxis.set_major_formatter(FuncFormatter(plain))
    ax.set_xlabel("share of its ties in the layer")
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
