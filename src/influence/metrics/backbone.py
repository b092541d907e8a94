"""Backbones: which ties count as present where nearly all pairs have some tie."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._world import Flow, checked_margins, origin_of, own_margins, read_trade, world_shares
from influence.metrics.affinity import intensity
from influence.network.adapter import Adjacency, Unknown


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
    read = read_trade(graph, unknown)
    known = own_margins(graph) if margins is None else margins
    p = _disparity(read, None if known is None else checked_margins(known))
    frame = pd.DataFrame(p, index=read.labels, columns=read.labels)
    frame.attrs["influence"] = origin_of(graph, "disparity", unknown=unknown)
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
    read = read_trade(graph, unknown)
    p = disparity(graph, margins, unknown=unknown)
    frame = pd.DataFrame(np.where(p < alpha, read.matrix, 0.0), index=read.labels, columns=read.labels)
    frame.attrs["influence"] = origin_of(graph, "disparity_backbone", alpha=alpha, unknown=unknown)
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


def layer_presence(graph: Any, adjacency: Adjacency) -> Any:
    """Which ties of a graph are there: any positive one, or what a layer's own rule leaves (`LayerSpec.binarise`).

    A sparse matrix stays sparse where any positive tie counts.
    """
    rule = getattr(getattr(graph, "spec", None), "binarise", "positive")
    if rule == "positive":
        return adjacency.matrix > 0
    return binarise(adjacency.dense(), adjacency.labels, rule, own_margins(graph)) > 0


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
            share, rest = world_shares(read, world, flow)
            partners = partners + (rest > 0)
            if count in world:
                told = world[count].reindex(read.labels).to_numpy(dtype=float)
                partners = np.fmax(partners, told)
        chance = np.clip(1.0 - share, 0.0, 1.0) ** np.maximum(partners - 1.0, 0.0)[:, None]
        p.append(np.where(amount > 0, chance, 1.0))
    return np.fmin(np.fmin(p[0], p[1].T), 1.0)  # an end without a world total decides nothing
