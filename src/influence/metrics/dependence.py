"""Dependence: whom a state trades with, measured against what it trades with the whole world.

A share of a small network's trade says little when most trade leaves the network, so denominators are world
totals (`margins`: exports and imports of every economy), and what is traded with nobody here is one explicit
partner, ROW. Size and affinity are different things: shares say what weighs, `intensity` what is more than
two sizes explain.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._world import (
    ROW,
    Flow,
    checked_margins,
    flows_of,
    origin_of,
    own_margins,
    read_trade,
    world_margins,
    world_shares,
)
from influence.metrics.affinity import expected_flows, intensity
from influence.metrics.alters import fill_unknown, with_bloc, with_rest_of_world
from influence.metrics.backbone import disparity, disparity_backbone
from influence.metrics.equivalence import equivalence_by_layer, structural_equivalence
from influence.metrics.ppml import gravity
from influence.metrics.registry import register_metric
from influence.network.adapter import GraphError, Unknown

_ORACLES = "tests/metrics/test_dependence.py"

__all__ = [
    "ROW",
    "crossovers",
    "disparity",
    "disparity_backbone",
    "equivalence_by_layer",
    "expected_flows",
    "fill_unknown",
    "first_partner",
    "gravity",
    "hhi",
    "hirschman_asymmetry",
    "intensity",
    "partner_hhi",
    "structural_equivalence",
    "trade_shares",
    "with_bloc",
    "with_rest_of_world",
]


def trade_shares(
    graph: Any, margins: pd.DataFrame | None = None, *, flow: Flow = "total", unknown: Unknown = "absent"
) -> pd.DataFrame:
    """The share of each partner in a state's trade with the world.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Exports, from row to column.
    margins : pandas.DataFrame, optional
        One row an economy: economy (column or index), exports, imports, in the unit of the graph. Default:
        those that the layer knows, ``layer.margins``.
    flow : {"total", "exports", "imports"}, default "total"
        Of which trade; "total" is exports plus imports.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for trade of which nothing is known. Absent, it falls to ROW if the world total has it.

    Returns
    -------
    pandas.DataFrame
        actor, partner, share; partners without trade are listed with 0; ROW is what is left, so that an
        actor's shares add up to 1. NaN where an actor has no world total, or one of 0.

    Raises
    ------
    GraphError
        No margins; margins that are not one row an economy; partners that add up to more than the world
        total.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KAZ", "RUS"]
    >>> trade = pd.DataFrame([[0, 20], [30, 0]], index=names, columns=names)
    >>> world = pd.DataFrame({"economy": names, "exports": [80, 400], "imports": [20, 300]})
    >>> trade_shares(trade, world, flow="exports")
      actor partner  share
    0   KAZ     RUS  0.250
    1   KAZ     ROW  0.750
    2   RUS     KAZ  0.075
    3   RUS     ROW  0.925
    """
    read = read_trade(graph, unknown)
    share, rest = world_shares(read, world_margins(graph, margins), flow)
    n, at = len(read.labels), np.arange(len(read.labels))
    everyone = read.labels.insert(n, ROW) if ROW not in read.labels else read.labels
    table = np.zeros((n, len(everyone)))
    table[:, :n] = share
    table[:, everyone.get_loc(ROW)] += rest
    listed = np.ones(table.shape, dtype=bool)
    listed[at, at] = False
    i, j = np.nonzero(listed)
    frame = pd.DataFrame({"actor": read.labels[i], "partner": everyone[j], "share": table[i, j]})
    frame.attrs["influence"] = origin_of(graph, "trade_shares", flow=flow, unknown=unknown)
    return frame


def hirschman_asymmetry(
    graph: Any, margins: pd.DataFrame | None = None, *, flow: Flow = "total", unknown: Unknown = "absent"
) -> pd.DataFrame:
    """How much more one side of each pair depends on the other, in shares of world trade.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Exports, from row to column.
    margins : pandas.DataFrame, optional
        One row an economy: economy (column or index), exports, imports. Default: ``layer.margins``.
    flow : {"total", "exports", "imports"}, default "total"
        Of which trade of each side.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for trade of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        actor, partner, dependence (the partner's share in the actor's trade), reverse (the actor's share in
        the partner's), asymmetry (the first less the second, between −1 and 1: above 0 where the actor
        depends more). Every pair stands twice, once from each side.

    Raises
    ------
    GraphError
        As `trade_shares`.

    Notes
    -----
    A difference, not a ratio: in total trade the numerators are the same, and a ratio would cancel to
    relative size.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade. University of California
    Press.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KGZ", "CHN"]
    >>> trade = pd.DataFrame([[0, 10], [40, 0]], index=names, columns=names)
    >>> world = pd.DataFrame({"economy": names, "exports": [20, 900], "imports": [80, 600]})
    >>> hirschman_asymmetry(trade, world).round(3)
      actor partner  dependence  reverse  asymmetry
    0   KGZ     CHN       0.500    0.033      0.467
    1   CHN     KGZ       0.033    0.500     -0.467
    """
    read = read_trade(graph, unknown)
    share, _ = world_shares(read, world_margins(graph, margins), flow)
    i, j = np.nonzero(~np.eye(len(read.labels), dtype=bool))
    frame = pd.DataFrame(
        {
            "actor": read.labels[i],
            "partner": read.labels[j],
            "dependence": share[i, j],
            "reverse": share[j, i],
            "asymmetry": share[i, j] - share[j, i],
        }
    )
    frame.attrs["influence"] = origin_of(graph, "hirschman_asymmetry", flow=flow, unknown=unknown)
    return frame


def partner_hhi(
    graph: Any,
    margins: pd.DataFrame | None = None,
    *,
    flow: Flow = "total",
    rest: Literal["alter", "excluded"] = "alter",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> pd.Series:
    """How concentrated an actor's ties are on few partners (Hirschman–Herfindahl).

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Ties from row to column.
    margins : pandas.DataFrame, optional
        One row an economy: economy (column or index), exports, imports. Default: those that the layer knows;
        without any, shares are of the ties in this graph, and there is no rest.
    flow : {"total", "exports", "imports"}, default "total"
        Ties out, in, or both; in an undirected graph the same.
    rest : {"alter", "excluded"}, default "alter"
        What is traded with nobody here: one partner more, as if it were a single one, or many tiny ones that
        add nothing. The two are the upper and the lower bound of the true concentration.
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    directed : bool, optional
        See `as_matrix`.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.Series
        Between 0 and 1, by actor: 1 for a single partner, 1/k for k alike. NaN for actors without ties; where
        there are margins, for actors without a world total.

    Raises
    ------
    GraphError
        As `trade_shares`.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade. University of California
    Press.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "CHN"]
    >>> gas = pd.DataFrame([[0, 3, 1], [0, 0, 0], [0, 0, 0]], index=names, columns=names)
    >>> partner_hhi(gas, flow="exports").to_dict()
    {'TKM': 0.625, 'RUS': nan, 'CHN': nan}
    >>> world = pd.DataFrame({"economy": names, "exports": [5, 9, 9], "imports": [5, 9, 9]})
    >>> partner_hhi(gas, world, flow="exports").round(2).to_dict()
    {'TKM': 0.44, 'RUS': 1.0, 'CHN': 1.0}
    """
    if rest not in ("alter", "excluded"):
        raise ValueError(f'rest must be "alter" or "excluded", not {rest!r}')
    read = read_trade(graph, unknown, weight=weight, directed=directed)
    known = own_margins(graph) if margins is None else margins
    if known is None:
        values = hhi(flows_of(read.matrix, flow, read.directed))
    else:
        share, left = world_shares(read, checked_margins(known), flow)
        values = (share**2).sum(axis=-1) + (left**2 if rest == "alter" else 0.0)
    series = pd.Series(values, index=read.labels, name="partner_hhi")
    denominator = "graph" if known is None else "world"
    series.attrs["influence"] = origin_of(
        graph, "partner_hhi", flow=flow, rest=rest, shares_of=denominator, unknown=unknown
    )
    return series


# Looped by `panel`, not batched: its denominators are each year's world totals, which no matrix holds.


register_metric(
    "partner_hhi",
    partner_hhi,
    measures="how concentrated an actor's ties are on few partners",
    formula="Σ_j (w_ij / W_i)², W_i the world total where known; the rest of the world as one partner",
    reference="Hirschman 1945",
    weight="share",
    direction="in + out (options: exports, imports)",
    range=(0.0, 1.0),
    isolate=np.nan,
    empty=np.nan,
    disconnected="–",
    family="dependence",
    oracle=f"{_ORACLES}::test_hhi_by_hand",
)


def hhi(w: np.ndarray) -> np.ndarray:
    """Sum of squared shares along the last axis.

    Parameters
    ----------
    w : numpy.ndarray, shape (..., k)
        Amounts, 0 or more.

    Returns
    -------
    numpy.ndarray, shape (...)
        Between 1/k and 1; NaN where the amounts are all 0.

    Examples
    --------
    >>> import numpy as np
    >>> hhi(np.array([[3.0, 1.0], [0.0, 0.0]])).tolist()
    [0.625, nan]
    """
    total = w.sum(axis=-1)
    return np.divide((w**2).sum(axis=-1), total**2, out=np.full(total.shape, np.nan), where=total > 0)


def first_partner(
    graph: Any, margins: pd.DataFrame | None = None, *, flow: Flow = "total", unknown: Unknown = "absent"
) -> pd.DataFrame:
    """Each actor's first and second partner, with their shares of its trade with the world.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Exports, from row to column.
    margins : pandas.DataFrame, optional
        One row an economy: economy (column or index), exports, imports. Default: ``layer.margins``.
    flow : {"total", "exports", "imports"}, default "total"
        Of which trade.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for trade of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        By actor: partner, share, second, second_share, tied. `tied` says that the second has the same share;
        the two then stand in alphabetical order. ROW is nobody's partner. Empty where an actor trades with
        nobody here.

    Raises
    ------
    GraphError
        As `trade_shares`.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KAZ", "RUS", "CHN"]
    >>> trade = pd.DataFrame([[0, 6, 2], [5, 0, 2], [2, 2, 0]], index=names, columns=names)
    >>> world = pd.DataFrame({"economy": names, "exports": [10, 90, 90], "imports": [10, 90, 90]})
    >>> first_partner(trade, world).loc["KAZ"].to_dict()
    {'partner': 'RUS', 'share': 0.55, 'second': 'CHN', 'second_share': 0.2, 'tied': False}
    """
    shares = trade_shares(graph, margins, flow=flow, unknown=unknown)
    actors = pd.Index(shares["actor"].unique())
    partners = shares[(shares["partner"] != ROW) & (shares["share"] > 0)]
    # Equal but for rounding is equal, so that the last bit does not choose the partner.
    ranked = partners.assign(rounded=partners["share"].round(12), name=partners["partner"].astype(str))
    ranked = ranked.sort_values(["rounded", "name"], ascending=[False, True])
    place = ranked.groupby("actor", sort=False).cumcount()
    one = ranked[place == 0].set_index("actor").reindex(actors)
    two = ranked[place == 1].set_index("actor").reindex(actors)
    frame = pd.DataFrame(
        {
            "partner": one["partner"],
            "share": one["share"],
            "second": two["partner"],
            "second_share": two["share"],
            "tied": (one["rounded"] == two["rounded"]),
        },
        index=actors.rename("actor"),
    )
    frame.attrs["influence"] = origin_of(graph, "first_partner", flow=flow, unknown=unknown)
    return frame


def crossovers(shares: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The years in which one partner overtakes the other.

    Parameters
    ----------
    shares : pandas.DataFrame
        year, actor, partner, share: `trade_shares` of several years, one below the other, each with its year.
    first, second : str
        The two partners.

    Returns
    -------
    pandas.DataFrame
        actor, before (the last year of the old order), year (the first of the new), leader (who leads from
        then on), margin (by how much share); a row a crossover. Years in which either share is missing, or
        both are equal, decide nothing: `before` and `year` then lie further apart.

    Raises
    ------
    GraphError
        A column or partner is missing, or an actor has a partner twice in a year.

    Examples
    --------
    >>> import pandas as pd
    >>> shares = pd.DataFrame({
    ...     "year": [2007, 2007, 2009, 2009], "actor": "KAZ",
    ...     "partner": ["RUS", "CHN", "RUS", "CHN"], "share": [0.2, 0.15, 0.17, 0.19]})
    >>> crossovers(shares, "RUS", "CHN").round(2)
      actor  before  year leader  margin
    0   KAZ    2007  2009    CHN    0.02
    """
    missing = [c for c in ("year", "actor", "partner", "share") if c not in shares]
    if missing:
        raise GraphError(f"shares: no column {', '.join(missing)}")
    for partner in (first, second):
        if not (shares["partner"] == partner).any():
            raise GraphError(f"shares: {partner} is nobody's partner")
    pair = shares[shares["partner"].isin([first, second])]
    if pair.duplicated(["year", "actor", "partner"]).any():
        raise GraphError("shares: an actor has the same partner twice in a year; concatenate one frame a year")
    wide = pair.pivot(index=["actor", "year"], columns="partner", values="share")
    lead = (wide[first] - wide[second]).dropna()
    lead = lead[lead.abs() > 1e-12].sort_index()
    rows = []
    for actor, course in lead.groupby(level="actor"):
        years, values = course.index.get_level_values("year").to_numpy(), course.to_numpy()
        for k in np.flatnonzero(np.sign(values[1:]) != np.sign(values[:-1])):
            leader = first if values[k + 1] > 0 else second
            rows.append((actor, years[k], years[k + 1], leader, abs(values[k + 1])))
    return pd.DataFrame(rows, columns=["actor", "before", "year", "leader", "margin"])
