"""Dependence: whom a state trades with, measured against what it trades with the whole world.

A share of a small network's trade says little when most trade leaves the network, so denominators are world
totals (`margins`: exports and imports of every economy), and what is traded with nobody here is one explicit
partner, ROW. Size and affinity are different things: shares say what weighs, `intensity` what is more than
two sizes explain.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics.registry import register_metric
from influence.network.adapter import Adjacency, GraphError, Unknown, as_matrix

logger = logging.getLogger("influence")

Flow = Literal["total", "exports", "imports"]
ROW = "ROW"
_ROUNDING = 1e-6  # how far bilateral trade may exceed a world total before it is not rounding
_ORACLES = "tests/metrics/test_dependence.py"


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
    read = _read(graph, unknown)
    share, rest = _world_shares(read, _world(graph, margins), flow)
    n, at = len(read.labels), np.arange(len(read.labels))
    everyone = read.labels.insert(n, ROW) if ROW not in read.labels else read.labels
    table = np.zeros((n, len(everyone)))
    table[:, :n] = share
    table[:, everyone.get_loc(ROW)] += rest
    listed = np.ones(table.shape, dtype=bool)
    listed[at, at] = False
    i, j = np.nonzero(listed)
    frame = pd.DataFrame({"actor": read.labels[i], "partner": everyone[j], "share": table[i, j]})
    frame.attrs["influence"] = _origin(graph, "trade_shares", flow=flow, unknown=unknown)
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
    read = _read(graph, unknown)
    share, _ = _world_shares(read, _world(graph, margins), flow)
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
    frame.attrs["influence"] = _origin(graph, "hirschman_asymmetry", flow=flow, unknown=unknown)
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
    read = _read(graph, unknown, weight=weight, directed=directed)
    known = _own_margins(graph) if margins is None else margins
    if known is None:
        values = hhi(_flows(read.matrix, flow, read.directed))
    else:
        share, left = _world_shares(read, _checked(known), flow)
        values = (share**2).sum(axis=-1) + (left**2 if rest == "alter" else 0.0)
    series = pd.Series(values, index=read.labels, name="partner_hhi")
    denominator = "graph" if known is None else "world"
    series.attrs["influence"] = _origin(
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


def intensity(
    graph: Any, margins: pd.DataFrame | None = None, *, mutual: bool = False, unknown: Unknown = "absent"
) -> pd.DataFrame:
    """Trade over what the sizes of the two economies alone would lead to expect.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Exports, from row to column.
    margins : pandas.DataFrame, optional
        One row for **every** economy of the world: economy (column or index), exports, imports. Default:
        ``layer.margins``.
    mutual : bool, default False
        If true, trade in both directions over what is expected in both.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for trade of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        Exporter × importer: 1 as expected, above 1 more, 0 none; diagonal 0, so that it reads as a graph. NaN
        where an economy has no margins, or where nothing is expected because it does not trade at all.

    Raises
    ------
    GraphError
        No margins; margins that are not one row an economy, that do not balance, or that no table with an
        empty diagonal can have.

    Notes
    -----
    The expectation is quasi-independence: e_ij = r_i c_j off the diagonal and 0 on it, with the world margins
    of all economies (`expected_flows`). It equals the fitted values of a two-way Poisson
    pseudo-maximum-likelihood regression on exporter and importer effects.

    References
    ----------
    Goodman, L. A. (1968). The analysis of cross-classified data: independence, quasi-independence, and
    interactions in contingency tables with or without missing entries. Journal of the American Statistical
    Association 63, 1091-1131.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KAZ", "RUS", "CHN"]
    >>> trade = pd.DataFrame([[0, 6, 2], [6, 0, 2], [2, 2, 0]], index=names, columns=names)
    >>> world = pd.DataFrame({"economy": names, "exports": [8, 8, 4], "imports": [8, 8, 4]})
    >>> intensity(trade, world).round(3)      # a third economy leaves no freedom: as expected
         KAZ  RUS  CHN
    KAZ  0.0  1.0  1.0
    RUS  1.0  0.0  1.0
    CHN  1.0  1.0  0.0
    """
    read = _read(graph, unknown)
    world = _world(graph, margins)
    e = _expected_here(world, read.labels)
    observed = read.matrix
    if mutual:
        observed, e = observed + observed.T, e + e.T
    ratio = np.divide(observed, e, out=np.full(e.shape, np.nan), where=e > 0)
    np.fill_diagonal(ratio, 0.0)
    frame = pd.DataFrame(ratio, index=read.labels, columns=read.labels)
    frame.attrs["influence"] = _origin(graph, "intensity", mutual=mutual, unknown=unknown)
    return frame


def expected_flows(
    exports: np.ndarray, imports: np.ndarray, *, tolerance: float = 1e-12, rounds: int = 10_000
) -> np.ndarray:
    """The table with an empty diagonal that has these margins and no other structure.

    Iterative proportional fitting of e_ij = r_i c_j (i ≠ j).

    Parameters
    ----------
    exports, imports : numpy.ndarray, shape (..., n)
        Row and column sums, of equal total.
    tolerance : float, default 1e-12
        Largest error of a margin, relative to the largest margin, at which fitting stops.
    rounds : int, default 10000
        When to give up.

    Returns
    -------
    numpy.ndarray, shape (..., n, n)

    Raises
    ------
    GraphError
        Totals that differ, or margins that no table with an empty diagonal has (one economy's exports and
        imports together exceed the world's trade).

    Examples
    --------
    >>> import numpy as np
    >>> expected_flows(np.array([2.0, 2.0, 2.0]), np.array([2.0, 2.0, 2.0])).round(6)
    array([[0., 1., 1.],
           [1., 0., 1.],
           [1., 1., 0.]])
    """
    x, m = np.asarray(exports, dtype=float), np.asarray(imports, dtype=float)
    sent, received = x.sum(axis=-1), m.sum(axis=-1)
    if np.any(np.abs(sent - received) > _ROUNDING * np.maximum(sent, received)):
        raise GraphError(
            f"margins: exports add up to {np.ravel(sent)[0]:g} and imports to {np.ravel(received)[0]:g}; "
            "the world's exports are its imports, so economies are missing or the sources differ"
        )
    m = m * np.divide(sent, received, out=np.ones_like(sent), where=received > 0)[..., None]
    largest = np.maximum(x.max(axis=-1, initial=0.0), m.max(axis=-1, initial=0.0))[..., None]
    c = m.copy()
    for _ in range(rounds):
        r = _over_others(x, c)
        c = _over_others(m, r)
        fitted = r * (c.sum(axis=-1, keepdims=True) - c)
        if np.all(np.abs(fitted - x) <= tolerance * largest):
            break
    else:
        raise GraphError(
            "margins: no table with an empty diagonal has them; an economy's exports and imports together "
            "must be less than the trade of all economies"
        )
    expected = r[..., :, None] * c[..., None, :]
    n = x.shape[-1]
    expected[..., np.arange(n), np.arange(n)] = 0.0
    return expected


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
    frame.attrs["influence"] = _origin(graph, "first_partner", flow=flow, unknown=unknown)
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


def with_bloc(graph: Any, bloc: pd.DataFrame, members: Iterable[str], *, name: str) -> pd.DataFrame:
    """The same trade with a bloc in the place of its members, so that shares, first partners and HHI see one partner.

    Parameters
    ----------
    graph : Layer, or square labelled DataFrame
        Exports, from row to column; NaN where nothing is known.
    bloc : pandas.DataFrame
        By actor: exports to, and imports from, the whole bloc, members outside the graph included.
    members : iterable of str
        Actors of the graph that belong to the bloc; they are left out.
    name : str
        What the bloc is called.

    Returns
    -------
    pandas.DataFrame
        Exports, from row to column; NaN for actors that `bloc` does not have.

    Raises
    ------
    GraphError
        A member that is not in the graph, a bloc named like an actor, or `bloc` without its columns.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KAZ", "DEU", "FRA"]
    >>> trade = pd.DataFrame([[0, 6, 2], [1, 0, 9], [1, 9, 0]], index=names, columns=names)
    >>> union = pd.DataFrame({"exports": [10.0], "imports": [5.0]}, index=["KAZ"])
    >>> with_bloc(trade, union, ["DEU", "FRA"], name="EUU")
         KAZ   EUU
    KAZ  0.0  10.0
    EUU  5.0   0.0
    """
    frame = _frame(graph)
    members = list(members)
    strange = [m for m in members if m not in frame.index]
    if strange:
        raise GraphError(f"members: not in the graph: {', '.join(strange[:5])}")
    if name in frame.index.difference(members):
        raise GraphError(f"the graph has an actor called {name}: name the bloc otherwise")
    missing = [c for c in ("exports", "imports") if c not in bloc]
    if missing:
        raise GraphError(f"bloc: no column {', '.join(missing)}; a row needs exports to and imports from the bloc")
    kept = frame.drop(index=members, columns=members)
    of = bloc.reindex(kept.index)
    kept[name] = of["exports"].astype(float)
    kept.loc[name] = [*of["imports"].astype(float), 0.0]
    return kept


def fill_unknown(
    graph: Any, margins: pd.DataFrame | None = None, *, values: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put values in the place of unknown trade, and raise the world totals of both ends by as much.

    For bounds: what nobody reported is missing from the world totals too.

    Parameters
    ----------
    graph : Layer, or square labelled DataFrame
        Exports, from row to column; NaN where nothing is known.
    margins : pandas.DataFrame, optional
        One row an economy: economy (column or index), exports, imports. Default: ``layer.margins``.
    values : pandas.DataFrame
        Exporter × importer, such as another source or an expectation; only what is unknown is taken from it.

    Returns
    -------
    trade, margins : pandas.DataFrame
        What is unknown in `values` too stays NaN and adds nothing.

    Raises
    ------
    GraphError
        No margins, or margins that are not one row an economy.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TJK", "UZB"]
    >>> trade = pd.DataFrame([[0, None], [5, 0]], index=names, columns=names, dtype=float)
    >>> world = pd.DataFrame({"exports": [40.0, 90], "imports": [50.0, 80]}, index=names)
    >>> filled, raised = fill_unknown(trade, world, values=trade.T)
    >>> filled.loc["TJK"].tolist(), raised["exports"].tolist(), raised["imports"].tolist()
    ([0.0, 5.0], [45.0, 90.0], [50.0, 85.0])
    """
    frame, world = _frame(graph), _world(graph, margins).copy()
    gaps = frame.isna()
    filled = frame.where(~gaps, values.reindex(index=frame.index, columns=frame.columns))
    added = filled.where(gaps).fillna(0.0)
    for total, more in (("exports", added.sum(axis=1)), ("imports", added.sum())):
        world[total] = world[total].astype(float) + more.reindex(world.index, fill_value=0.0)
    return filled, world


def with_rest_of_world(graph: Any, margins: pd.DataFrame | None = None, *, unknown: Unknown = "absent") -> pd.DataFrame:
    """The same trade closed by one more partner, ROW, with whom everyone trades what is left of its world total.

    For measures that read a whole neighbourhood, such as `influence.structural_holes.constraint`: without it a state
    that trades mostly with others than those here looks as if it had nobody else.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Exports, from row to column.
    margins : pandas.DataFrame, optional
        One row an economy: economy, exports, imports. Default: ``layer.margins``.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for trade of which nothing is known. Absent, it falls to ROW if the world total has it.

    Returns
    -------
    pandas.DataFrame
        Exports, from row to column; actors without a world total are part of ROW.

    Raises
    ------
    GraphError
        As `trade_shares`; or the graph has an actor ROW already.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KAZ", "RUS"]
    >>> trade = pd.DataFrame([[0, 20], [30, 0]], index=names, columns=names)
    >>> world = pd.DataFrame({"economy": names, "exports": [80, 400], "imports": [40, 300]})
    >>> with_rest_of_world(trade, world)
          KAZ    RUS    ROW
    KAZ   0.0   20.0   60.0
    RUS  30.0    0.0  370.0
    ROW  10.0  280.0    0.0
    """
    read = _read(graph, unknown)
    if ROW in read.labels:
        raise GraphError("the graph has the rest of the world already")
    world = _world(graph, margins)
    known = world.reindex(read.labels).notna().all(axis=1).to_numpy()
    square = np.ix_(known, known)
    hidden = None if read.unknown is None else read.unknown[square]
    read = read._replace(matrix=read.matrix[square], labels=read.labels[known], unknown=hidden)
    # What stands in for unknown trade comes on top of the world totals, as in `trade_shares`.
    told = read.matrix if hidden is None else np.where(hidden, 0.0, read.matrix)
    frame = pd.DataFrame(read.matrix.astype(float), index=read.labels, columns=read.labels)
    rest = {}
    sums: dict[Flow, np.ndarray] = {"exports": told.sum(axis=1), "imports": told.sum(axis=0)}
    for flow, amount in sums.items():
        share = _world_shares(read, world, flow)[1]
        rest[flow] = np.where(share > 0, world.loc[read.labels, flow].to_numpy(dtype=float) - amount, 0.0)
    frame[ROW] = rest["exports"]
    frame.loc[ROW] = [*rest["imports"], 0.0]
    frame.attrs["influence"] = _origin(graph, "with_rest_of_world", unknown=unknown)
    return frame


def _frame(graph: Any) -> pd.DataFrame:
    """The labelled matrix, unknown ties kept as NaN; columns follow the rows."""
    frame = graph if isinstance(graph, pd.DataFrame) else getattr(graph, "to_adjacency", lambda: None)()
    if frame is None or set(frame.index) != set(frame.columns):
        raise GraphError("give a layer, or a square DataFrame with the same labels on both sides")
    return frame.loc[:, frame.index].astype(float)


def disparity(graph: Any, margins: pd.DataFrame | None = None, *, unknown: Unknown = "absent") -> pd.DataFrame:
    """How unlikely a tie's share is if its ends had spread their strength at random over their partners.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Ties from row to column.
    margins : pandas.DataFrame, optional
        One row an economy: economy (column or index), exports, imports, and optionally export_partners and
        import_partners, their number in the world. Default: those that the layer knows; without any,
        strengths and partners are those in this graph.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        The smaller of the two p-values of each tie, as an export of the row and as an import of the column; 1
        where there is no tie.

    Raises
    ------
    GraphError
        As `trade_shares`.

    Notes
    -----
    (1 − w_ij/s_i)^(k_i − 1), with s_i the strength and k_i the number of partners, out and in apart (Serrano,
    Boguñá and Vespignani 2009). An end with one partner says nothing (p = 1). Margins without numbers of
    partners make the rest of the world one partner.

    References
    ----------
    Serrano, M. Á., Boguñá, M., & Vespignani, A. (2009). Extracting the multiscale backbone of complex
    weighted networks. Proceedings of the National Academy of Sciences 106, 6483-6488.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "CHN"]
    >>> gas = pd.DataFrame([[0, 9, 1], [0, 0, 0], [0, 0, 0]], index=names, columns=names)
    >>> disparity(gas).loc["TKM"].round(3).to_dict()
    {'TKM': 1.0, 'RUS': 0.1, 'CHN': 0.9}
    """
    read = _read(graph, unknown)
    known = _own_margins(graph) if margins is None else margins
    p = _disparity(read, None if known is None else _checked(known))
    frame = pd.DataFrame(p, index=read.labels, columns=read.labels)
    frame.attrs["influence"] = _origin(graph, "disparity", unknown=unknown)
    return frame


def disparity_backbone(
    graph: Any, margins: pd.DataFrame | None = None, *, alpha: float = 0.05, unknown: Unknown = "absent"
) -> pd.DataFrame:
    """The ties that weigh more than chance would make them, for at least one of their ends.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads
        Ties from row to column.
    margins : pandas.DataFrame, optional
        As in `disparity`.
    alpha : float, default 0.05
        Ties with a p-value below it stay.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        The weights of the ties that stay, 0 elsewhere. Any metric reads it as a graph.

    Raises
    ------
    GraphError
        As `trade_shares`.
    ValueError
        An alpha outside 0 to 1.

    References
    ----------
    Serrano, M. Á., Boguñá, M., & Vespignani, A. (2009). Extracting the multiscale backbone of complex
    weighted networks. Proceedings of the National Academy of Sciences 106, 6483-6488.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "CHN"]
    >>> gas = pd.DataFrame([[0, 9, 1], [0, 0, 0], [0, 0, 0]], index=names, columns=names)
    >>> disparity_backbone(gas, alpha=0.2).loc["TKM"].to_dict()
    {'TKM': 0.0, 'RUS': 9.0, 'CHN': 0.0}
    """
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha!r}")
    read = _read(graph, unknown)
    p = disparity(graph, margins, unknown=unknown)
    frame = pd.DataFrame(np.where(p < alpha, read.matrix, 0.0), index=read.labels, columns=read.labels)
    frame.attrs["influence"] = _origin(graph, "disparity_backbone", alpha=alpha, unknown=unknown)
    return frame


def binarise(matrix: np.ndarray, labels: pd.Index, rule: str, margins: pd.DataFrame | None = None) -> np.ndarray:
    """Which ties are present, by a layer's rule, where nearly all pairs have some tie.

    Parameters
    ----------
    matrix : numpy.ndarray, shape (n, n)
        Strengths, 0 for none; no NaN.
    labels : pandas.Index
        The actors, for the alignment with the margins.
    rule : str
        "positive"; "intensity>x": more than x times what is expected; "disparity<p": in the backbone at p.
    margins : pandas.DataFrame, optional
        One row an economy, as in `intensity`; only "positive" and "disparity" do without.

    Returns
    -------
    numpy.ndarray, shape (n, n)
        1 or 0. A tie of which no intensity can be computed is not present.

    Raises
    ------
    ValueError
        A rule that is none of these.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> binarise(np.array([[0.0, 9.0, 1.0], [0, 0, 0], [0, 0, 0]]), pd.RangeIndex(3), "disparity<0.2")[0]
    array([0., 1., 0.])
    """
    if rule == "positive":
        return (matrix > 0).astype(float)
    told = re.fullmatch(r"(intensity>|disparity<)(\d*\.?\d+)", rule.replace(" ", ""))
    if told is None:
        raise ValueError(f'a layer is binarised by "positive", "intensity>x" or "disparity<p", not {rule!r}')
    kind, bound = told[1], float(told[2])
    graph = pd.DataFrame(matrix, index=labels, columns=labels)
    if kind == "intensity>":
        return (intensity(graph, margins) > bound).to_numpy(dtype=float)
    return (disparity(graph, margins) < bound).to_numpy(dtype=float)


def layer_presence(graph: Any, adjacency: Adjacency) -> np.ndarray:
    """Which ties of a graph are there: any positive one, or what a layer's own rule leaves (`LayerSpec.binarise`)."""
    matrix = adjacency.matrix if isinstance(adjacency.matrix, np.ndarray) else adjacency.matrix.toarray()
    rule = getattr(getattr(graph, "spec", None), "binarise", "positive")
    return binarise(matrix, adjacency.labels, rule, _own_margins(graph)) > 0


def _read(graph: Any, unknown: Unknown, *, weight: str | None = "weight", directed: bool | None = None) -> Adjacency:
    read = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    return read if isinstance(read.matrix, np.ndarray) else read._replace(matrix=read.matrix.toarray())


def _own_margins(graph: Any) -> pd.DataFrame | None:
    """The world margins that a layer knows; None for any other graph, and for layers that have none."""
    try:
        known: pd.DataFrame | None = getattr(graph, "margins", None)
    except ValueError:  # a layer made from a matrix, or a network without margins
        return None
    return known if isinstance(known, pd.DataFrame) and len(known) else None


def _world(graph: Any, margins: pd.DataFrame | None) -> pd.DataFrame:
    known = _own_margins(graph) if margins is None else margins
    if known is None:
        raise GraphError("world totals are needed: give margins=, a frame of all economies with exports and imports")
    return _checked(known)


def _checked(margins: pd.DataFrame) -> pd.DataFrame:
    world = margins.set_index("economy") if "economy" in margins else margins
    missing = [c for c in ("exports", "imports") if c not in world]
    if missing:
        raise GraphError(f"margins: no column {', '.join(missing)}; a row needs economy, exports and imports")
    if world.index.has_duplicates:
        raise GraphError(
            f"margins: {world.index[world.index.duplicated()][0]} stands twice; give one year and one source"
        )
    numbers = world[["exports", "imports"]].astype(float)
    bad = ~(numbers >= 0).all(axis=1)
    if bad.any():
        raise GraphError(f"margins: {world.index[bad][0]} has a negative or missing total: leave it out if unknown")
    return world


def _flows(a: np.ndarray, flow: Flow, directed: bool) -> np.ndarray:
    if flow not in ("total", "exports", "imports"):
        raise ValueError(f'flow must be "total", "exports" or "imports", not {flow!r}')
    if flow == "exports" or not directed:
        return a
    return np.swapaxes(a, -1, -2) if flow == "imports" else a + np.swapaxes(a, -1, -2)


def _world_shares(read: Adjacency, world: pd.DataFrame, flow: Flow) -> tuple[np.ndarray, np.ndarray]:
    """Shares of the partners here, (n, n), and of the rest of the world, (n,); NaN without a world total."""
    amount = _flows(read.matrix, flow, read.directed)
    here = world.reindex(read.labels)
    if here["exports"].isna().all():
        raise GraphError(f"margins: no actor of the graph is among the economies {_some(world.index)} ...")
    total = here["exports"] + here["imports"] if flow == "total" else here[flow]
    whole = total.to_numpy(dtype=float)
    if read.unknown is not None:  # what nobody reported is missing from the world totals too
        whole = whole + _flows(np.where(read.unknown, read.matrix, 0.0), flow, read.directed).sum(axis=1)
    over = amount.sum(axis=1) > whole * (1 + _ROUNDING)
    if over.any():
        k = int(np.flatnonzero(over)[0])
        raise GraphError(
            f"the partners of {read.labels[k]} add up to {amount[k].sum():g}, more than its world total, "
            f"{whole[k]:g}: graph and margins must be of one source, year and unit, no economy inside another"
        )
    share = np.divide(amount, whole[:, None], out=np.full(amount.shape, np.nan), where=whole[:, None] > 0)
    rest = 1.0 - share.sum(axis=1)
    rest[rest < 1e-9] = 0.0  # rounding must not make a partner of the rest of the world
    return share, rest


def _expected_here(world: pd.DataFrame, labels: pd.Index) -> np.ndarray:
    """Expected flows among `labels`; NaN for who is not among the economies."""
    at = world.index.get_indexer(labels)
    if len(labels) and (at < 0).all():
        raise GraphError(f"margins: no actor of the graph is among the economies {_some(world.index)} ...")
    if (at < 0).any():
        logger.info("no world margins, so no expectation, for %s", _some(labels[at < 0]))
    e = expected_flows(world["exports"].to_numpy(dtype=float), world["imports"].to_numpy(dtype=float))
    here = e[np.ix_(at, at)]
    here[at < 0, :] = np.nan
    here[:, at < 0] = np.nan
    return here


def _some(names: pd.Index) -> str:
    return ", ".join(map(str, names[:5]))


def _over_others(margin: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Each margin over the sum of all other factors; 0 where the margin is 0."""
    others = factor.sum(axis=-1, keepdims=True) - factor
    return np.divide(margin, others, out=np.zeros_like(margin), where=(margin > 0) & (others > 0))


def _disparity(read: Adjacency, world: pd.DataFrame | None) -> np.ndarray:
    p = []
    flow: Flow
    for flow, count in (("exports", "export_partners"), ("imports", "import_partners")):
        amount = read.matrix if flow == "exports" else read.matrix.T
        partners = (amount > 0).sum(axis=1).astype(float)
        if world is None:
            total = amount.sum(axis=1, keepdims=True)
            share = np.divide(amount, total, out=np.zeros_like(amount), where=total > 0)
        else:
            share, rest = _world_shares(read, world, flow)
            partners = partners + (rest > 0)
            if count in world:
                told = world[count].reindex(read.labels).to_numpy(dtype=float)
                partners = np.fmax(partners, told)
        chance = np.clip(1.0 - share, 0.0, 1.0) ** np.maximum(partners - 1.0, 0.0)[:, None]
        p.append(np.where(amount > 0, chance, 1.0))
    return np.fmin(np.fmin(p[0], p[1].T), 1.0)  # an end without a world total decides nothing


def _origin(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": options}
