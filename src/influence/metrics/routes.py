"""Routes: how many ways out a producer has, how its flow is spread over them, and what of it can avoid a state."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._flow import FLOW_FIELDS, Caps, Split, known, over_stack, read_flow, tidy
from influence.metrics.registry import origin_of, register_metric
from influence.network.adapter import Unknown

_ORACLES = "tests/metrics/test_transit_power.py"


def _any(cap: np.ndarray) -> np.ndarray:
    return np.where(cap > 0, np.inf, 0.0)


def route_count(
    graph: Any,
    *,
    apart: Literal["lines", "states"] = "lines",
    sources: Caps = None,
    sinks: Caps = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> pd.Series:
    """How many routes a producer has to markets that have nothing in common.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; what two states are joined by counts as one line.
    apart : {"lines", "states"}, default "lines"
        Routes that share no line, or no transit state.
    sources, sinks, weight, directed, unknown
        As in `transit_shapley`; who supplies and takes, however much.

    Returns
    -------
    pandas.Series
        By state: 0 where no market can be reached; NaN for states that supply nothing.

    Raises
    ------
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    The maximum flow when every line (and with "states" every transit) carries 1 and markets take any amount
    (Menger's theorem). Two routes may end in the same market.

    References
    ----------
    Ford, L. R., & Fulkerson, D. R. (1956). Maximal flow through a network. Canadian Journal of Mathematics 8,
    399-404.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["AZE", "GEO", "RUS", "TUR"]
    >>> lines = pd.DataFrame(0, index=names, columns=names)
    >>> lines.loc["AZE", "GEO"] = lines.loc["GEO", "TUR"] = lines.loc["AZE", "RUS"] = 1
    >>> route_count(lines).to_dict()
    {'AZE': 2.0, 'GEO': nan, 'RUS': nan, 'TUR': nan}
    """
    if apart not in ("lines", "states"):
        raise ValueError(f'apart must be "lines" or "states", not {apart!r}')
    read, supply, demand = read_flow(graph, sources, sinks, weight, directed, unknown)
    series = pd.Series(_route_count(read.matrix, supply, demand, apart), index=read.labels, name="route_count")
    series.attrs["influence"] = origin_of(graph, "route_count", apart=apart, unknown=unknown)
    return series


def route_hhi(
    graph: Any,
    *,
    sources: Caps = None,
    sinks: Caps = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> pd.Series:
    """How concentrated a producer's capacity to reach markets is on few neighbours to send through.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    sources, sinks, weight, directed, unknown
        As in `transit_shapley`; what the producer itself could supply sets no limit here.

    Returns
    -------
    pandas.Series
        By state, between 0 and 1: 1 for a single way out, 1/k for k alike; NaN for states that supply nothing or
        reach no market.

    Raises
    ------
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    Σ_j (r_ij / Σ_j r_ij)², with r_ij the maximum flow from i to the markets of others when only the line to the
    neighbour j is open. Taken from what each way could carry alone, because a maximum flow need not be the only
    one.

    References
    ----------
    Hirschman, A. O. (1945). National Power and the Structure of Foreign Trade. University of California Press.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "IRN", "CHN"]
    >>> gas = pd.DataFrame([[0, 2, 1, 1], [0] * 4, [0] * 4, [0] * 4], index=names, columns=names)
    >>> route_hhi(gas).to_dict()
    {'TKM': 0.375, 'RUS': nan, 'IRN': nan, 'CHN': nan}
    """
    read, supply, demand = read_flow(graph, sources, sinks, weight, directed, unknown)
    series = pd.Series(_route_hhi(read.matrix, supply, demand), index=read.labels, name="route_hhi")
    series.attrs["influence"] = origin_of(graph, "route_hhi", unknown=unknown)
    return series


def avoidance(
    graph: Any,
    avoiding: Iterable[str] | str | None = None,
    *,
    sources: Caps = None,
    sinks: Caps = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> pd.Series:
    """The share of a producer's maximum flow that can avoid the transit of one or more states.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    avoiding : str or iterable of str, optional
        States that withhold transit, all of them at once; they buy as before. Default: for each producer the one
        state whose refusal costs it most.
    sources, sinks, weight, directed, unknown
        As in `transit_shapley`.

    Returns
    -------
    pandas.Series
        By state, between 0 and 1; NaN for states that supply nothing or reach no market.

    Raises
    ------
    GraphError
        A name that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    F₋ₖ/F, one producer at a time: 1 less its column in ``transit_loss(by="origin")`` where one state is named.

    References
    ----------
    Freeman, L. C., Borgatti, S. P., & White, D. R. (1991). Centrality in valued graphs: a measure of
    betweenness based on network flow. Social Networks 13, 141-154.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "IRN", "DEU"]
    >>> lines = pd.DataFrame(0, index=names, columns=names)
    >>> lines.loc["TKM", "RUS"], lines.loc["TKM", "IRN"], lines.loc["RUS", "DEU"] = 3, 1, 3
    >>> avoidance(lines, "RUS").to_dict()
    {'TKM': 0.25, 'RUS': nan, 'IRN': nan, 'DEU': nan}
    """
    read, supply, demand = read_flow(graph, sources, sinks, weight, directed, unknown)
    named = None if avoiding is None else [avoiding] if isinstance(avoiding, str) else list(avoiding)
    closed = None
    if named is not None:
        known(named, read.labels, "avoiding")
        closed = [int(k) for k in read.labels.get_indexer(pd.Index(named))]
    series = pd.Series(_avoidance(read.matrix, supply, demand, closed), index=read.labels, name="avoidance")
    told = "the worst" if named is None else ", ".join(map(str, named))
    series.attrs["influence"] = origin_of(graph, "avoidance", avoiding=told, unknown=unknown)
    return series


# --- the game ---------------------------------------------------------------------------------------------------


def _route_count(a: np.ndarray, supply: np.ndarray, demand: np.ndarray, apart: str = "lines") -> np.ndarray:
    network = Split((a > 0).astype(float), _any(supply), _any(demand))
    if apart == "states":
        network.capacity[network.transit : network.supply] = 1.0
    found = np.full(len(a), np.nan)
    for i in np.flatnonzero(supply > 0).tolist():
        found[i] = network.flow_from(i)
    return np.round(found)


def _route_hhi(a: np.ndarray, supply: np.ndarray, demand: np.ndarray) -> np.ndarray:
    network = Split(a, supply, demand)
    found = np.full(len(a), np.nan)
    for i in np.flatnonzero(supply > 0).tolist():
        own = np.flatnonzero(network.rows == i)
        alone = np.array([network.flow_from(i, without=np.delete(own, k)) for k in range(len(own))])
        if alone.sum() > 0:
            found[i] = float(((alone / alone.sum()) ** 2).sum())
    return found


def _avoidance(a: np.ndarray, supply: np.ndarray, demand: np.ndarray, closed: list[int] | None = None) -> np.ndarray:
    found = np.full(len(a), np.nan)
    for i in np.flatnonzero(supply > 0).tolist():
        alone, others = np.zeros_like(supply), demand.copy()
        alone[i], others[i] = supply[i], 0.0
        network = Split(a, alone, others)
        whole = network.flow()
        if whole > 0:
            refusals = [[k] for k in network.crossable] if closed is None else [closed]
            least = min((network.flow(closed=r) for r in refusals), default=whole)
            found[i] = tidy(np.array([least / whole]))[0]
    return found


def _count_kernel(a: np.ndarray, *, directed: bool, apart: Literal["lines", "states"] = "lines") -> np.ndarray:
    """`route_count` from net exporters to net importers, over a stack."""
    return over_stack(functools.partial(_route_count, apart=apart), a)


def _hhi_kernel(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """`route_hhi` from net exporters to net importers, over a stack."""
    return over_stack(_route_hhi, a)


def _avoidance_kernel(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """`avoidance` of the worst single state, from net exporters to net importers, over a stack."""
    return over_stack(_avoidance, a)


register_metric(
    "route_count",
    route_count,
    kernel=_count_kernel,
    measures="how many routes without a common line a producer has to markets",
    formula="maximum flow from i to net importers when every line carries 1",
    reference="Ford & Fulkerson 1956 (Menger's theorem)",
    weight="presence",
    range=(0.0, np.inf),
    isolate=np.nan,
    empty=np.nan,
    oracle=f"{_ORACLES}::test_routes_by_hand",
    **FLOW_FIELDS,
)
register_metric(
    "route_hhi",
    route_hhi,
    kernel=_hhi_kernel,
    measures="how concentrated a producer's ways out are on few neighbours",
    formula="Σ_j (r_ij / Σ_j r_ij)², r_ij the maximum flow from i to markets by the line to j alone",
    reference="Hirschman 1945",
    weight="capacity",
    range=(0.0, 1.0),
    isolate=np.nan,
    empty=np.nan,
    oracle=f"{_ORACLES}::test_routes_by_hand",
    **FLOW_FIELDS,
)
register_metric(
    "avoidance",
    avoidance,
    kernel=_avoidance_kernel,
    measures="the share of a producer's maximum flow that survives the refusal of any one transit state",
    formula="min over k of F₋ₖ/F, one producer at a time",
    reference="Freeman, Borgatti & White 1991; node splitting",
    weight="capacity",
    range=(0.0, 1.0),
    isolate=np.nan,
    empty=np.nan,
    oracle=f"{_ORACLES}::test_avoidance_by_hand",
    **FLOW_FIELDS,
)
