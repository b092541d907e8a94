"""What a transit state can withhold: how much less could flow from producers to markets without it.

Betweenness counts shortest paths as if all goods took them. Here the whole network carries as much as it can,
within the capacity of its lines and what producers supply and markets take; a state that withholds transit
closes the way through itself, and keeps what it sells and buys on its own account.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._flow import Caps, Split, by_origin, known, over_stack, read_flow, tidy
from influence.metrics.games import TooManyPlayers as TooManyPlayers
from influence.metrics.registry import origin_of, register_metric
from influence.metrics.routes import avoidance as avoidance
from influence.metrics.routes import route_count as route_count
from influence.metrics.routes import route_hhi as route_hhi
from influence.metrics.transit_power import transit_banzhaf as transit_banzhaf
from influence.metrics.transit_power import transit_shapley as transit_shapley
from influence.network.adapter import Unknown

_ORACLES = "tests/metrics/test_transit.py"


def transit_loss(
    graph: Any,
    *,
    sources: Caps = None,
    sinks: Caps = None,
    by: Literal["pooled", "origin"] = "pooled",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> Any:
    """The share of the maximum flow from producers to markets that is lost when a state withholds transit.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    sources, sinks : Series or mapping of str to float, or iterable of str, optional
        Who supplies and who takes, and at most how much; a bare list of names sets no limit but the lines.
        Default: net exporters supply max(0, out − in), net importers take max(0, in − out).
    by : {"pooled", "origin"}, default "pooled"
        "pooled": all producers together, as if their goods were one (a market takes from whom it gets).
        "origin": one producer at a time, others supplying nothing.
    weight : str or None, default "weight"
        The capacity of a line; None counts every line as 1.
    directed : bool, optional
        See `as_matrix`. An undirected line carries its capacity either way.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a line of which nothing is known.

    Returns
    -------
    pandas.Series, or pandas.DataFrame by origin
        Between 0 and 1, by the state that withholds; by origin, a column for each producer from which
        anything can reach a market. 0 for states through which nothing need pass, and for all where nothing
        flows (an undirected graph has no net producer, unless `sources` and `sinks` name them).

    Raises
    ------
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    Each state is split in two, and the arc from its entry to its exit is its transit. With F the maximum flow
    and F₋ₖ the same with that arc of k closed, the loss is (F − F₋ₖ)/F. Losses of several states do not add
    up.

    References
    ----------
    Freeman, L. C., Borgatti, S. P., & White, D. R. (1991). Centrality in valued graphs: a measure of
    betweenness based on network flow. Social Networks 13, 141-154.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "IRN", "DEU"]
    >>> lines = pd.DataFrame(0, index=names, columns=names)
    >>> lines.loc["TKM", "RUS"], lines.loc["TKM", "IRN"], lines.loc["RUS", "DEU"] = 3, 1, 4
    >>> transit_loss(lines).to_dict()        # Russia can stop 3 of 5, not its own 1
    {'TKM': 0.0, 'RUS': 0.6, 'IRN': 0.0, 'DEU': 0.0}
    """
    answer = by_origin(_loss, *read_flow(graph, sources, sinks, weight, directed, unknown), by)
    if by == "pooled":
        answer.name = "transit_loss"
    answer.attrs["influence"] = origin_of(graph, "transit_loss", by=by, unknown=unknown)
    return answer


def flow_through(
    graph: Any,
    *,
    sources: Caps = None,
    sinks: Caps = None,
    by: Literal["pooled", "origin"] = "pooled",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> Any:
    """The largest share of the maximum flow that could cross a state, whether or not there is a way around.

    `transit_loss` is what a state can take away, this is what it could be given: the two differ by the
    alternatives.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    sources, sinks : Series or mapping of str to float, or iterable of str, optional
        Who supplies and who takes, and at most how much; a bare list of names sets no limit but the lines.
        Default: net exporters supply max(0, out − in), net importers take max(0, in − out).
    by : {"pooled", "origin"}, default "pooled"
        "pooled": all producers together. "origin": one producer at a time, others supplying nothing.
    weight : str or None, default "weight"
        The capacity of a line; None counts every line as 1.
    directed : bool, optional
        See `as_matrix`. An undirected line carries its capacity either way.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a line of which nothing is known.

    Returns
    -------
    pandas.Series, or pandas.DataFrame by origin
        Between 0 and 1, by state; never less than its `transit_loss`. 0 where nothing flows.

    Raises
    ------
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    min(flow from producers to k, flow from k to markets, F)/F, k's own supply and demand aside. Exact where
    lines form no cycle, since the ways to k and the ways from k then have no line in common; else an upper
    bound.

    References
    ----------
    Freeman, L. C., Borgatti, S. P., & White, D. R. (1991). Centrality in valued graphs: a measure of
    betweenness based on network flow. Social Networks 13, 141-154.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["KAZ", "UZB", "RUS", "DEU"]
    >>> lines = pd.DataFrame(0, index=names, columns=names)
    >>> lines.loc["KAZ", ["UZB", "RUS"]] = lines.loc[["UZB", "RUS"], "DEU"] = 1
    >>> flow_through(lines).to_dict()
    {'KAZ': 0.0, 'UZB': 0.5, 'RUS': 0.5, 'DEU': 0.0}
    """
    answer = by_origin(_through, *read_flow(graph, sources, sinks, weight, directed, unknown), by)
    if by == "pooled":
        answer.name = "flow_through"
    answer.attrs["influence"] = origin_of(graph, "flow_through", by=by, unknown=unknown)
    return answer


def max_flow(
    graph: Any,
    *,
    closed: Iterable[str] = (),
    sources: Caps = None,
    sinks: Caps = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> float:
    """How much can flow from all producers to all markets.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    closed : iterable of str, optional
        States that withhold transit.
    sources, sinks, weight, directed, unknown
        As in `transit_loss`.

    Returns
    -------
    float
        In the unit of the weights.

    Raises
    ------
    GraphError
        A name that is not in the graph, or a cap that is negative or NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "DEU"]
    >>> lines = pd.DataFrame([[0, 4, 0], [0, 0, 5], [0, 0, 0]], index=names, columns=names)
    >>> max_flow(lines), max_flow(lines, closed=["RUS"])
    (5.0, 1.0)
    """
    read, supply, demand = read_flow(graph, sources, sinks, weight, directed, unknown)
    names = list(closed)
    known(names, read.labels, "closed")
    at = [int(k) for k in read.labels.get_indexer(pd.Index(names))]
    return Split(read.matrix, supply, demand).flow(closed=at)


def min_cut(
    graph: Any,
    *,
    near: Literal["producers", "markets"] = "producers",
    sources: Caps = None,
    sinks: Caps = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """The bottleneck: the cheapest set of lines, supplies and demands whose loss stops all flow.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    near : {"producers", "markets"}, default "producers"
        Where several sets are equally cheap: the one nearest to the producers, or to the markets.
    sources, sinks, weight, directed, unknown
        As in `transit_loss`. Name sources and sinks without caps to have lines only in the cut.

    Returns
    -------
    pandas.DataFrame
        part ("line", "supply" or "demand"), source, target, capacity; the capacities add up to the maximum
        flow. A supply has no target, a demand no source (empty). Sorted; no row where nothing flows.

    Raises
    ------
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "RUS", "DEU"]
    >>> lines = pd.DataFrame([[0, 4, 0], [0, 0, 3], [0, 0, 0]], index=names, columns=names)
    >>> min_cut(lines, sources=["TKM"], sinks=["DEU"])
       part source target  capacity
    0  line    RUS    DEU       3.0
    """
    if near not in ("producers", "markets"):
        raise ValueError(f'near must be "producers" or "markets", not {near!r}')
    read, supply, demand = read_flow(graph, sources, sinks, weight, directed, unknown)
    parts = Split(read.matrix, supply, demand).cut(near)
    rows = [
        (part, "" if i < 0 else read.labels[i], "" if j < 0 else read.labels[j], capacity)
        for part, i, j, capacity in parts
    ]
    frame = pd.DataFrame(rows, columns=["part", "source", "target", "capacity"])
    frame = frame.sort_values(["part", "source", "target"], ignore_index=True, key=lambda c: c.astype(str))
    frame["capacity"] = frame["capacity"].astype(float)
    frame.attrs["influence"] = origin_of(graph, "min_cut", near=near, unknown=unknown)
    return frame


def _loss(a: np.ndarray, supply: np.ndarray, demand: np.ndarray) -> np.ndarray | None:
    """By state; None where nothing flows."""
    network = Split(a, supply, demand)
    whole = network.flow()
    if whole <= 0:
        return None
    loss = np.zeros(len(a))
    for k in network.crossable:
        loss[k] = (whole - network.flow(closed=[k])) / whole
    return tidy(loss)


def _through(a: np.ndarray, supply: np.ndarray, demand: np.ndarray) -> np.ndarray | None:
    """By state; None where nothing flows."""
    network = Split(a, supply, demand)
    whole = network.flow()
    if whole <= 0:
        return None
    share = np.zeros(len(a))
    for k in network.crossable:
        share[k] = min(network.flow_to(k), network.flow_from(k), whole) / whole
    return tidy(share)


def _loss_kernel(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """`transit_loss`, pooled, from net exporters to net importers, over a stack."""
    return over_stack(_loss, a)


def _through_kernel(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """`flow_through`, pooled, from net exporters to net importers, over a stack."""
    return over_stack(_through, a)


# The functions are their own public face: their options are limits by name, and they answer by origin too.
# `panel` calls the kernels, which know the default only.
register_metric(
    "transit_loss",
    transit_loss,
    kernel=_loss_kernel,
    measures="the share of the maximum flow from producers to markets lost when a state withholds transit",
    formula="(F − F₋ₖ)/F, F the maximum flow from net exporters to net importers, F₋ₖ with no way through k",
    reference="Freeman, Borgatti & White 1991; node splitting",
    weight="capacity",
    direction="along the flow",
    range=(0.0, 1.0),
    flow_process="transport",
    family="transit",
    isolate=0.0,
    empty=0.0,
    disconnected="parts without a market carry no flow",
    oracle=f"{_ORACLES}::test_transit_loss_by_hand",
)
register_metric(
    "flow_through",
    flow_through,
    kernel=_through_kernel,
    measures="the largest share of the maximum flow from producers to markets that could cross a state",
    formula="min(flow to k, flow from k, F)/F, F the maximum flow from net exporters to net importers",
    reference="Freeman, Borgatti & White 1991; node splitting",
    weight="capacity",
    direction="along the flow",
    range=(0.0, 1.0),
    flow_process="transport",
    family="transit",
    isolate=0.0,
    empty=0.0,
    disconnected="parts without a market carry no flow",
    oracle=f"{_ORACLES}::test_flow_through_by_hand",
)
