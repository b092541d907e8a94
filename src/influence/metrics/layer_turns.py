"""Multiplex PageRank: each layer takes its turn, its walk bent by where the walks of the other layers are found.

Nothing is coupled and no supra-graph is walked (that is `influence.metrics.versatility`): the PageRank of the other
layers changes where a walk in this one goes, or where it starts anew.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics.registry import labelled, metric
from influence.metrics.versatility import check_damping
from influence.network.adapter import Unknown, as_stack

Variant = Literal["combined", "additive", "multiplicative"]

_ORACLES = "tests/metrics/test_versatility.py::"


@metric(
    "multiplex_pagerank",
    measures="PageRank in each layer, walkers being drawn to who is central in the others",
    formula="X_i = α Σ_j X_j a_ji x_iᵇ/Σ_r a_jr x_rᵇ + (1−α) x_iᵍ/Σ_r x_rᵍ in a layer, x the mean PageRank of others, "
    "b and g 1 or 0 by variant; mean over layers",
    reference="Halu, Mondragón, Panzarasa & Bianconi 2013, PLoS ONE 8:e78293; without an order of layers",
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    level="multiplex",
    isolate=None,
    disconnected="restarts reach everyone",
    oracle=_ORACLES + "test_multiplex_pagerank_against_the_formula_of_halu",
)
def multiplex_pagerank(
    a: np.ndarray, *, directed: Any, variant: Variant = "combined", damping: float = 0.85
) -> np.ndarray:
    """Multiplex PageRank: PageRank in each layer, given who is central in the others, averaged over the layers.

    Halu et al. (2013) order two layers: the PageRank x of the first bends the walk in the second. An order is a claim
    that one relation comes first, so here each layer takes its turn as the second, with x the mean PageRank in all
    the others, and the results are averaged. `multiplex_pagerank_by_layer` shows them one by one: of two layers, it
    gives Halu's measure for either order.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors. Only shares of an actor's out-ties count, so layers
        need no common scale.
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.
    variant : {"combined", "additive", "multiplicative"}, default "combined"
        "additive": restarts go to actors in proportion to x, whatever their ties here. "multiplicative": ties to
        those with a high x are followed more often. "combined": both.
    damping : float, default 0.85
        Probability of following a tie; from actors without out-ties the walk always restarts.

    Returns
    -------
    pandas.Series
        By actor; sums to 1. An actor without ties gets its share of the restarts.

    Raises
    ------
    ValueError
        Another variant; `damping` is not between 0 and 1.

    Notes
    -----
    A single layer gives its own PageRank.

    References
    ----------
    Halu, A., Mondragón, R. J., Panzarasa, P., & Bianconi, G. (2013). Multiplex PageRank. PLoS ONE 8, e78293.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(3), nx.path_graph(4)
    >>> inf.multiplex.multiplex_pagerank({"pact": pact, "oil": oil}).round(3).tolist()
    [0.389, 0.29, 0.207, 0.113]
    """
    return _by_layer(a, variant, damping).mean(axis=-2)


def multiplex_pagerank_by_layer(
    layers: Any,
    *,
    variant: Variant = "combined",
    damping: float = 0.85,
    weight: str | None = "weight",
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """PageRank in each layer, given who is central in the others: what `multiplex_pagerank` averages.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
    variant, damping, weight, unknown
        As in `multiplex_pagerank`.

    Returns
    -------
    pandas.DataFrame
        Actor × layer; every column sums to 1.

    References
    ----------
    Halu, A., Mondragón, R. J., Panzarasa, P., & Bianconi, G. (2013). Multiplex PageRank. PLoS ONE 8, e78293.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(3), nx.path_graph(4)
    >>> inf.multiplex.multiplex_pagerank_by_layer({"pact": pact, "oil": oil}).round(3)
        pact    oil
    0  0.474  0.305
    1  0.207  0.373
    2  0.207  0.207
    3  0.112  0.114
    """
    stack = as_stack(layers, weight=weight, unknown=unknown)
    frame = pd.DataFrame(_by_layer(stack.matrix, variant, damping).T, index=stack.labels, columns=stack.names)
    origin = labelled(np.empty(0), pd.Index([]), "multiplex_pagerank", layers, variant=variant, unknown=unknown).attrs
    frame.attrs["influence"] = {**origin["influence"], "layers": stack.names}
    return frame


def _by_layer(a: np.ndarray, variant: Variant, damping: float) -> np.ndarray:
    """Multiplex PageRank of each layer, shape [..., layers, n]."""
    if variant not in ("combined", "additive", "multiplicative"):
        raise ValueError(f'variant must be "combined", "additive" or "multiplicative", not {variant!r}')
    check_damping(damping)
    even = np.ones(a.shape[:-1])
    alone = _bent_pagerank(a, even, even, damping)
    layers = a.shape[-3]
    others = (alone.sum(axis=-2, keepdims=True) - alone) / (layers - 1) if layers > 1 else even
    drawn = even if variant == "additive" else others
    restart = even if variant == "multiplicative" else others
    return _bent_pagerank(a, drawn, restart, damping)


def _bent_pagerank(a: np.ndarray, drawn: np.ndarray, restart: np.ndarray, damping: float) -> np.ndarray:
    """PageRank in which ties weigh more the more `drawn` their target is, and restarts are spread by `restart`."""
    bent = a * drawn[..., None, :]
    out = bent.sum(axis=-1, keepdims=True)
    walk = np.divide(bent, out, out=np.zeros(a.shape), where=out > 0)
    # Restarts and dead ends both add in the same proportions; how much is settled by the sum being one.
    x = np.linalg.solve(np.eye(a.shape[-1]) - damping * np.swapaxes(walk, -1, -2), restart[..., None])[..., 0]
    return x / x.sum(axis=-1, keepdims=True)
