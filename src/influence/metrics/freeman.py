"""Freeman's centralization: how much of a graph's centrality one actor holds, against the graph where it holds most.

For counts and paths that graph is a star. Scores that are shared out among all are concentrated most where one
tie stands beside isolates. No maximum is typed in: the metric itself is computed on the most centralized graph.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics.registry import get_metric


def _out_star(n: int) -> np.ndarray:
    a = np.zeros((n, n))
    a[0, 1:] = 1.0
    return a


def _in_star(n: int) -> np.ndarray:
    return _out_star(n).T


def _star(n: int) -> np.ndarray:
    return _out_star(n) + _in_star(n)


def _pair(n: int) -> np.ndarray:
    a = np.zeros((n, n))
    a[0, 1] = a[1, 0] = 1.0
    return a


Graph = Callable[[int], np.ndarray]
# The most centralized of all graphs: undirected, directed. The tests enumerate all small ones. Left out: power, whose
# most centralized graph changes with n and β, and reach along undirected ties, where it is a spider.
_MOST: dict[str, tuple[Graph | None, Graph]] = {
    "degree": (_star, _star),
    "degree_in": (_star, _in_star),
    "degree_out": (_star, _out_star),
    "betweenness": (_star, _star),
    "closeness": (_star, _in_star),
    "harmonic": (_star, _in_star),
    "k_reach": (None, _out_star),
    "eigenvector": (_pair, _pair),
    "hubs": (_pair, _out_star),
    "authorities": (_pair, _in_star),
    "katz": (_pair, _pair),
    "pagerank": (_star, _in_star),
    "current_flow_betweenness": (_star, _star),
    "current_flow_closeness": (_pair, _pair),
}


def centralization(values: pd.Series, *, directed: bool, metric: str | None = None, **options: Any) -> float:
    """Freeman's centralization: how far the most central actor leaves the others behind, from 0 to 1.

    Parameters
    ----------
    values : pandas.Series
        A centrality of all actors, each tie counting as one (``weight=None``).
    directed : bool
        Whether the graph was directed.
    metric : str, optional
        Which centrality it is; the name of the Series if left out. Any but `power` and the strengths; `k_reach` only if
        directed.
    **options
        Those of the metric (``k=3``), where the Series does not remember them itself.

    Returns
    -------
    float
        Σ (max − value) over its largest possible sum on so many actors: 0 all alike, 1 the most centralized graph.
        That is a star; for `eigenvector`, `katz` and `current_flow_closeness`, and for `hubs` and `authorities` if
        undirected, two actors tied to each other and nobody else to anybody. NaN for fewer than three actors.

    Raises
    ------
    ValueError
        A metric whose largest sum is not known.

    References
    ----------
    Freeman, L. C. (1978). Centrality in social networks: conceptual clarification.
    Social Networks 1, 215–239.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> star = np.array([[0, 1, 1, 1], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]])
    >>> inf.centrality.centralization(inf.centrality.degree(star, directed=False), directed=False)
    1.0
    """
    name = metric or values.name
    most = _MOST.get(str(name), (None, None))[directed]
    if most is None:
        known = [id for id, graphs in _MOST.items() if graphs[directed]]
        kind = "directed" if directed else "undirected"
        raise ValueError(
            f"centralization of {kind} graphs knows {', '.join(known)}, not {name!r}; say which with metric="
        )
    if len(values) < 3:
        return math.nan
    kernel = get_metric(str(name)).kernel
    assert kernel is not None
    remembered = values.attrs.get("influence", {}).get("options", {})
    own = {key: remembered[key] for key in inspect.signature(kernel).parameters if key in remembered}
    largest = kernel(most(len(values)), directed=directed, **{**own, **options})
    return float((values.max() - values).sum(skipna=False) / (largest.max() - largest).sum())
