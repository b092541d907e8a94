"""Affinity: what is more, or less, than the sizes of two economies explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._world import ROUNDING, logger, origin_of, read_trade, some_names, world_margins
from influence.network.adapter import GraphError, Unknown


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
    read = read_trade(graph, unknown)
    world = world_margins(graph, margins)
    e = _expected_here(world, read.labels)
    observed = read.matrix
    if mutual:
        observed, e = observed + observed.T, e + e.T
    ratio = np.divide(observed, e, out=np.full(e.shape, np.nan), where=e > 0)
    np.fill_diagonal(ratio, 0.0)
    frame = pd.DataFrame(ratio, index=read.labels, columns=read.labels)
    frame.attrs["influence"] = origin_of(graph, "intensity", mutual=mutual, unknown=unknown)
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
    if np.any(np.abs(sent - received) > ROUNDING * np.maximum(sent, received)):
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


def _expected_here(world: pd.DataFrame, labels: pd.Index) -> np.ndarray:
    """Expected flows among `labels`; NaN for who is not among the economies."""
    at = world.index.get_indexer(labels)
    if len(labels) and (at < 0).all():
        raise GraphError(f"margins: no actor of the graph is among the economies {some_names(world.index)} ...")
    if (at < 0).any():
        logger.info("no world margins, so no expectation, for %s", some_names(labels[at < 0]))
    e = expected_flows(world["exports"].to_numpy(dtype=float), world["imports"].to_numpy(dtype=float))
    here = e[np.ix_(at, at)]
    here[at < 0, :] = np.nan
    here[:, at < 0] = np.nan
    return here


def _over_others(margin: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Each margin over the sum of all other factors; 0 where the margin is 0."""
    others = factor.sum(axis=-1, keepdims=True) - factor
    return np.divide(margin, others, out=np.zeros_like(margin), where=(margin > 0) & (others > 0))
