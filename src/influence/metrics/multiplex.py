"""Measures over several layers: how much an actor has in all, how evenly, and how alike the layers are.

Layers are aligned by the names of the actors; who is missing from a layer has no ties in it. Strengths in
different units never meet raw: each layer is divided by its own total first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics.layer_turns import multiplex_pagerank as multiplex_pagerank
from influence.metrics.layer_turns import multiplex_pagerank_by_layer as multiplex_pagerank_by_layer
from influence.metrics.multiplex_structure import cartography as cartography
from influence.metrics.multiplex_structure import layer_distances as layer_distances
from influence.metrics.multiplex_structure import reducibility as reducibility
from influence.metrics.registry import metric
from influence.metrics.versatility import CouplingWarning as CouplingWarning
from influence.metrics.versatility import versatility_betweenness as versatility_betweenness
from influence.metrics.versatility import versatility_eigenvector as versatility_eigenvector
from influence.metrics.versatility import versatility_katz as versatility_katz
from influence.metrics.versatility import versatility_pagerank as versatility_pagerank
from influence.network.adapter import Unknown, as_stack

Directed = bool | Sequence[bool] | np.ndarray
_ORACLES = "tests/metrics/test_multiplex.py"


@metric(
    "overlapping_degree",
    measures="ties of an actor, added over all layers",
    formula="o_i = Σ_α Σ_j [a_ij > 0] + [a_ji > 0] (undirected layers: each tie once)",
    reference="Battiston, Nicosia & Latora 2014",
    weight="presence",
    direction="in + out (undirected: once)",
    range=(0.0, np.inf),
    level="multiplex",
    oracle=f"{_ORACLES}::test_overlapping_degree_by_hand",
)
def overlapping_degree(a: np.ndarray, *, directed: Directed) -> np.ndarray:
    """Ties of an actor, added over all layers.

    The overlapping degree of Battiston, Nicosia and Latora (2014): the degrees of an actor in the single
    layers, added. Two actors tied in three layers count three times.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors.
    weight : str or None, default "weight"
        Which ties are there: those with a weight above 0.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.Series
        Number of ties, by actor; 0 for actors without ties.

    Notes
    -----
    A tie of an undirected layer counts once, a tie of a directed one for both its ends.

    References
    ----------
    Battiston, F., Nicosia, V., & Latora, V. (2014). Structural measures for multiplex networks. Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import networkx as nx
    >>> pact, oil = nx.Graph([("KAZ", "RUS")]), nx.DiGraph([("KAZ", "CHN")])
    >>> overlapping_degree({"security": pact, "energy": oil}).to_dict()
    {'CHN': 1.0, 'KAZ': 2.0, 'RUS': 1.0}
    """
    return _strengths((a > 0).astype(float), directed).sum(axis=-2)


@metric(
    "overlapping_strength",
    measures="an actor's part of all ties, added over layers as within-layer shares",
    formula="Σ_α s_iα / Σ_j s_jα, with s_iα = Σ_j a_ij + a_ji in layer α",
    reference="Battiston, Nicosia & Latora 2014; on within-layer shares",
    weight="share",
    direction="in + out within-layer shares",
    range=(0.0, np.inf),
    level="multiplex",
    oracle=f"{_ORACLES}::test_overlapping_strength_by_hand",
)
def overlapping_strength(a: np.ndarray, *, directed: Directed, scale: Literal["share", "raw"] = "share") -> np.ndarray:
    """An actor's strength, added over all layers as shares of each layer.

    Dollars, cubic metres and shared memberships have no common unit, so each layer is divided by its total
    before the layers are added: the values sum to the number of layers that have ties.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors.
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.
    scale : {"share", "raw"}, default "share"
        "raw" adds the strengths as they are, for layers in one unit.

    Returns
    -------
    pandas.Series
        By actor; 0 for actors without ties. In shares: between 0 and the number of layers.

    Notes
    -----
    In raw strengths, a tie of an undirected layer counts once, a tie of a directed one for both its ends.

    References
    ----------
    Battiston, F., Nicosia, V., & Latora, V. (2014). Structural measures for multiplex networks. Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import networkx as nx
    >>> pact, oil = nx.Graph([("KAZ", "RUS")]), nx.DiGraph([("KAZ", "CHN")])
    >>> overlapping_strength({"security": pact, "energy": oil}).to_dict()
    {'CHN': 0.5, 'KAZ': 1.0, 'RUS': 0.5}
    """
    if scale not in ("share", "raw"):
        raise ValueError(f'scale must be "share" or "raw", not {scale!r}')
    return (_shares(a) if scale == "share" else _strengths(a, directed)).sum(axis=-2)


@metric(
    "participation",
    measures="how evenly an actor's ties are spread over the layers",
    formula="P_i = M/(M−1) · (1 − Σ_α (s_iα / Σ_β s_iβ)²), s_iα the actor's share of layer α",
    reference="Battiston, Nicosia & Latora 2014; on within-layer shares",
    weight="share",
    direction="in + out within-layer shares",
    range=(0.0, 1.0),
    level="multiplex",
    isolate=np.nan,
    oracle=f"{_ORACLES}::test_participation_by_hand",
)
def participation(a: np.ndarray, *, directed: Directed) -> np.ndarray:
    """How evenly an actor's ties are spread over the layers: 0 in one layer only, 1 in all alike.

    The participation coefficient of Battiston, Nicosia and Latora (2014), on the actor's share of each layer
    (in + out strength over the layer's total) and not on raw strengths, which would measure the units.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        Two layers or more, aligned by name over the union of all actors. A layer without ties counts among the M.
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.Series
        Between 0 and 1, by actor; NaN for actors without ties in any layer, and for all if there is one layer
        only.

    References
    ----------
    Battiston, F., Nicosia, V., & Latora, V. (2014). Structural measures for multiplex networks. Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import networkx as nx
    >>> pact, oil = nx.Graph([("KAZ", "RUS")]), nx.DiGraph([("KAZ", "CHN")])
    >>> participation({"security": pact, "energy": oil}).to_dict()
    {'CHN': 0.0, 'KAZ': 1.0, 'RUS': 0.0}
    """
    shares = _shares(a)
    layers = a.shape[-3]
    total = shares.sum(axis=-2, keepdims=True)
    split = np.divide(shares, total, out=np.full_like(shares, np.nan), where=total > 0)
    if layers == 1:
        return np.full_like(split[..., 0, :], np.nan)
    spread = (layers / (layers - 1)) * (1.0 - (split**2).sum(axis=-2))
    return np.clip(spread, 0.0, 1.0)  # rounding only: NaN stays NaN


def edge_overlap(layers: Any, *, weight: str | None = "weight", unknown: Unknown = "absent") -> pd.DataFrame:
    """How many ties two layers have in common, as a share of the ties in either (Jaccard).

    Ties are compared with their direction; a tie of an undirected layer stands for both directions.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Aligned by name over the union of all actors.
    weight : str or None, default "weight"
        Which ties are there: those with a weight above 0.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        Layer × layer, between 0 and 1, symmetric; NaN where neither layer has ties.

    References
    ----------
    Battiston, F., Nicosia, V., & Latora, V. (2014). Structural measures for multiplex networks. Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import networkx as nx
    >>> edge_overlap({"path": nx.path_graph(3), "triangle": nx.cycle_graph(3)}).round(3)
               path  triangle
    path      1.000     0.667
    triangle  0.667     1.000
    """
    stack, _, names, _ = as_stack(layers, weight=weight, unknown=unknown)
    ties = (stack > 0).reshape(len(names), -1).astype(float)
    both = ties @ ties.T
    either = ties.sum(1)[:, None] + ties.sum(1)[None, :] - both
    jaccard = np.divide(both, either, out=np.full_like(both, np.nan), where=either > 0)
    return _by_layer(jaccard, names, layers, "edge_overlap", unknown=unknown)


def interlayer_correlation(
    layers: Any,
    *,
    of: Literal["actors", "ties"] = "actors",
    method: Literal["spearman", "pearson"] = "spearman",
    weight: str | None = "weight",
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """Whether who is strong in one layer is strong in another.

    Shares of one whole are negatively correlated by arithmetic alone: do not read complement or substitution
    between layers from it.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Aligned by name over the union of all actors; who is missing from a layer has strength 0 in it.
    of : {"actors", "ties"}, default "actors"
        "actors" correlates their in + out strengths, "ties" the weights of all ordered pairs.
    method : {"spearman", "pearson"}, default "spearman"
        Ranks (ties shared), or values.
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        Layer × layer, between −1 and 1, symmetric; NaN where a layer is the same for all.

    References
    ----------
    Nicosia, V., & Latora, V. (2015). Measuring and modeling correlations in multiplex networks. Physical
    Review E 92, 032805.

    Examples
    --------
    >>> import networkx as nx
    >>> star, path = nx.star_graph(3), nx.path_graph(4)
    >>> interlayer_correlation({"star": star, "path": path}).round(3)
           star   path
    star  1.000 -0.577
    path -0.577  1.000
    """
    if of not in ("actors", "ties"):
        raise ValueError(f'of must be "actors" or "ties", not {of!r}')
    if method not in ("spearman", "pearson"):
        raise ValueError(f'method must be "spearman" or "pearson", not {method!r}')
    stack, labels, names, _ = as_stack(layers, weight=weight, unknown=unknown)
    values = _strengths(stack, True) if of == "actors" else stack[:, ~np.eye(len(labels), dtype=bool)]
    table = pd.DataFrame(values.T, columns=names)
    # Ranks first, then Pearson: Spearman's coefficient with ties shared, and no need of scipy.
    ranked = table.rank() if method == "spearman" else table
    deviation = (ranked - ranked.mean()).to_numpy()
    sd = np.sqrt((deviation**2).sum(axis=0))
    varies = (table.max() > table.min()).to_numpy()
    product = np.outer(sd, sd)
    usable = np.outer(varies, varies)
    r = np.divide(deviation.T @ deviation, product, out=np.full(product.shape, np.nan), where=usable)
    return _by_layer(
        np.clip(r, -1.0, 1.0), names, layers, "interlayer_correlation", of=of, method=method, unknown=unknown
    )


def _strengths(a: np.ndarray, directed: Directed) -> np.ndarray:
    """In + out strength by layer and actor, shape [..., layers, n]; undirected layers count each tie once."""
    out = a.sum(axis=-1)
    both = out + a.sum(axis=-2)
    apart = np.broadcast_to(np.asarray(directed, dtype=bool), a.shape[:-2])
    return np.where(apart[..., None], both, out)


def _shares(a: np.ndarray) -> np.ndarray:
    """Each actor's share of each layer, shape [..., layers, n]: a layer adds up to 1, or to 0 if empty."""
    strength = a.sum(axis=-1) + a.sum(axis=-2)  # doubled in undirected layers, which the share undoes
    total = strength.sum(axis=-1, keepdims=True)
    return np.divide(strength, total, out=np.zeros_like(strength), where=total > 0)


def _by_layer(values: np.ndarray, names: list[str], layers: Any, id: str, **options: Any) -> pd.DataFrame:
    frame = pd.DataFrame(values, index=names, columns=names)
    origin = dict(getattr(layers, "provenance", {}))
    frame.attrs["influence"] = {**origin, "layers": names, "metric": id, "options": options}
    return frame
