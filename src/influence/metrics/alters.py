"""Alters: trade with a bloc in place of its members, with the rest of the world, with stand-ins for unknown flows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._world import ROW, Flow, origin_of, read_trade, world_margins, world_shares
from influence.network.adapter import GraphError, Unknown


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
    frame, world = _frame(graph), world_margins(graph, margins).copy()
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
    read = read_trade(graph, unknown)
    if ROW in read.labels:
        raise GraphError("the graph has the rest of the world already")
    world = world_margins(graph, margins)
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
        share = world_shares(read, world, flow)[1]
        rest[flow] = np.where(share > 0, world.loc[read.labels, flow].to_numpy(dtype=float) - amount, 0.0)
    frame[ROW] = rest["exports"]
    frame.loc[ROW] = [*rest["imports"], 0.0]
    frame.attrs["influence"] = origin_of(graph, "with_rest_of_world", unknown=unknown)
    return frame


def _frame(graph: Any) -> pd.DataFrame:
    """The labelled matrix, unknown ties kept as NaN; columns follow the rows."""
    frame = graph if isinstance(graph, pd.DataFrame) else getattr(graph, "to_adjacency", lambda: None)()
    if frame is None or set(frame.index) != set(frame.columns):
        raise GraphError("give a layer, or a square DataFrame with the same labels on both sides")
    return frame.loc[:, frame.index].astype(float)
