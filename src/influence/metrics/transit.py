"""What a transit state can withhold: how much less could flow from producers to markets without it.

Betweenness counts shortest paths as if all goods took them. Here the whole network carries as much as it can,
within the capacity of its lines and what producers supply and markets take; a state that withholds transit
closes the way through itself, and keeps what it sells and buys on its own account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics.registry import register_metric
from influence.network.adapter import Adjacency, GraphError, Unknown, as_matrix

Caps = pd.Series | Mapping[str, float] | Iterable[str] | None
_ORACLES = "tests/metrics/test_transit.py"
_ROUNDING = 1e-9  # flows are sums of floats: a share below this is none


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
    answer = _shares(_loss, *_read(graph, sources, sinks, weight, directed, unknown), by)
    if by == "pooled":
        answer.name = "transit_loss"
    answer.attrs["influence"] = _origin(graph, "transit_loss", by=by, unknown=unknown)
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
    answer = _shares(_through, *_read(graph, sources, sinks, weight, directed, unknown), by)
    if by == "pooled":
        answer.name = "flow_through"
    answer.attrs["influence"] = _origin(graph, "flow_through", by=by, unknown=unknown)
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
    read, supply, demand = _read(graph, sources, sinks, weight, directed, unknown)
    names = list(closed)
    _known(names, read.labels, "closed")
    at = [int(k) for k in read.labels.get_indexer(pd.Index(names))]
    return _Split(read.matrix, supply, demand).flow(closed=at)


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
    read, supply, demand = _read(graph, sources, sinks, weight, directed, unknown)
    parts = _Split(read.matrix, supply, demand).cut(near)
    rows = [
        (part, "" if i < 0 else read.labels[i], "" if j < 0 else read.labels[j], capacity)
        for part, i, j, capacity in parts
    ]
    frame = pd.DataFrame(rows, columns=["part", "source", "target", "capacity"])
    frame = frame.sort_values(["part", "source", "target"], ignore_index=True, key=lambda c: c.astype(str))
    frame["capacity"] = frame["capacity"].astype(float)
    frame.attrs["influence"] = _origin(graph, "min_cut", near=near, unknown=unknown)
    return frame


Share = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray | None]


def _loss(a: np.ndarray, supply: np.ndarray, demand: np.ndarray) -> np.ndarray | None:
    """By state; None where nothing flows."""
    network = _Split(a, supply, demand)
    whole = network.flow()
    if whole <= 0:
        return None
    loss = np.zeros(len(a))
    for k in network.crossable:
        loss[k] = (whole - network.flow(closed=[k])) / whole
    return _tidy(loss)


def _through(a: np.ndarray, supply: np.ndarray, demand: np.ndarray) -> np.ndarray | None:
    """By state; None where nothing flows."""
    network = _Split(a, supply, demand)
    whole = network.flow()
    if whole <= 0:
        return None
    share = np.zeros(len(a))
    for k in network.crossable:
        share[k] = min(network.flow_to(k), network.flow_from(k), whole) / whole
    return _tidy(share)


def _tidy(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0.0, 1.0)
    share[share < _ROUNDING] = 0.0
    return share


def _loss_kernel(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """`transit_loss`, pooled, from net exporters to net importers, over a stack."""
    return _over_stack(_loss, a)


def _through_kernel(a: np.ndarray, *, directed: bool) -> np.ndarray:
    """`flow_through`, pooled, from net exporters to net importers, over a stack."""
    return _over_stack(_through, a)


def _over_stack(share: Share, a: np.ndarray) -> np.ndarray:
    out = np.zeros(a.shape[:-1])
    for where in np.ndindex(a.shape[:-2]):
        found = share(a[where], *_net(a[where]))
        if found is not None:
            out[where] = found
    return out


def _net(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Net exporters supply, net importers take."""
    out, into = a.sum(axis=1), a.sum(axis=0)
    net = out - into
    net[np.abs(net) <= 1e-12 * (out + into)] = 0.0  # rounding must not make a producer of a symmetric graph
    return np.maximum(net, 0.0), np.maximum(-net, 0.0)


class _Split:
    """A network in which state i has an entry i and an exit n + i, between one producer and one market.

    Built once; closing a transit or a supply changes a capacity only.
    """

    def __init__(self, a: np.ndarray, supply: np.ndarray, demand: np.ndarray) -> None:
        import igraph as ig

        n = self.n = len(a)
        self.rows, self.columns = np.nonzero(a)
        lines = a[self.rows, self.columns]
        # Twice what all lines carry: as good as no limit, never in a minimum cut, and finite for the solver.
        self.limit = 2.0 * float(lines.sum()) or 1.0
        every = np.arange(n)
        self.producer, self.market = 2 * n, 2 * n + 1
        tails = np.concatenate([n + self.rows, every, np.full(n, self.producer), every])
        heads = np.concatenate([self.columns, n + every, n + every, np.full(n, self.market)])
        self.graph = ig.Graph(n=2 * n + 2, edges=list(zip(tails.tolist(), heads.tolist(), strict=True)), directed=True)
        caps = [lines, np.full(n, self.limit), np.minimum(supply, self.limit), np.minimum(demand, self.limit)]
        self.capacity = np.concatenate(caps)
        first = np.cumsum([0, *(len(c) for c in caps)])
        self.transit, self.supply, self.demand = first[1], first[2], first[3]

    @property
    def crossable(self) -> list[int]:
        """States with a line in and a line out: no other has a transit to withhold."""
        return sorted(set(self.rows.tolist()) & set(self.columns.tolist()))

    def flow(self, closed: Iterable[int] = ()) -> float:
        """The maximum flow, with no way through the states in `closed`."""
        return self._solve(self.producer, self.market, [self.transit + k for k in closed])

    def flow_to(self, k: int) -> float:
        """How much of what others supply can reach k."""
        return self._solve(self.producer, k, [self.transit + k, self.supply + k])

    def flow_from(self, k: int) -> float:
        """How much can go from k to the markets of others."""
        return self._solve(self.n + k, self.market, [self.transit + k, self.demand + k])

    def _solve(self, start: int, end: int, shut: Iterable[int]) -> float:
        capacity = self.capacity.copy()
        capacity[list(shut)] = 0.0
        return float(self.graph.maxflow_value(start, end, capacity=capacity.tolist()))

    def cut(self, near: str) -> list[tuple[str, int, int, float]]:
        """Part, source, target (−1: none), capacity of each arc of the minimum cut nearest to one end."""
        import igraph as ig

        flow = self.graph.maxflow(self.producer, self.market, capacity=self.capacity.tolist())
        carried = np.array(flow.flow)
        tails, heads = np.array(self.graph.get_edgelist(), dtype=int).reshape(-1, 2).T
        slack = _ROUNDING * self.limit
        onward, back = self.capacity - carried > slack, carried > slack
        pairs = np.concatenate([np.c_[tails, heads][onward], np.c_[heads, tails][back]]).tolist()
        residual = ig.Graph(n=2 * self.n + 2, edges=pairs, directed=True)
        inside = np.zeros(2 * self.n + 2, dtype=bool)
        if near == "producers":
            inside[residual.subcomponent(self.producer, mode="out")] = True
        else:
            inside[:] = True
            inside[residual.subcomponent(self.market, mode="in")] = False
        crossing = np.nonzero(inside[tails] & ~inside[heads] & (self.capacity > 0))[0]
        return [self._part(int(arc)) for arc in crossing]

    def _part(self, arc: int) -> tuple[str, int, int, float]:
        capacity = float(self.capacity[arc])
        if arc < self.transit:
            return "line", int(self.rows[arc]), int(self.columns[arc]), capacity
        if arc < self.supply:
            raise AssertionError("a transit without limit is in no minimum cut")
        if arc < self.demand:
            return "supply", int(arc - self.supply), -1, capacity
        return "demand", -1, int(arc - self.demand), capacity


def _read(
    graph: Any, sources: Caps, sinks: Caps, weight: str | None, directed: bool | None, unknown: Unknown
) -> tuple[Adjacency, np.ndarray, np.ndarray]:
    read = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    matrix = read.matrix if isinstance(read.matrix, np.ndarray) else read.matrix.toarray()
    net = _net(matrix)
    supply = net[0] if sources is None else _caps(sources, read.labels, "sources")
    demand = net[1] if sinks is None else _caps(sinks, read.labels, "sinks")
    return read._replace(matrix=matrix), supply, demand


def _caps(given: Any, labels: pd.Index, name: str) -> np.ndarray:
    """Limits in the order of the labels: 0 for who is not named, infinite for a bare name."""
    if isinstance(given, str):
        raise GraphError(f"{name} must be a list of names or a Series name → limit, not the string {given!r}")
    caps = pd.Series(given, dtype=float) if isinstance(given, (pd.Series, Mapping)) else None
    if caps is None:
        caps = pd.Series(np.inf, index=pd.Index(dict.fromkeys(given)), dtype=float)
    _known(caps.index, labels, name)
    if caps.index.has_duplicates:
        raise GraphError(f"{name}: {caps.index[caps.index.duplicated()][0]} stands twice")
    bad = caps[~(caps >= 0)]
    if len(bad):
        raise GraphError(f"{name}: the limit of {bad.index[0]} is {bad.iloc[0]:g}; limits are 0 or more")
    return caps.reindex(labels, fill_value=0.0).to_numpy(dtype=float, copy=True)


def _known(names: Iterable[Any], labels: pd.Index, argument: str) -> None:
    strange = [str(name) for name in names if name not in labels]
    if strange:
        raise GraphError(f"{argument}: not in the graph: {', '.join(strange[:5])}")


def _shares(share: Share, read: Adjacency, supply: np.ndarray, demand: np.ndarray, by: str) -> Any:
    """By state, or by state and origin."""
    if by not in ("pooled", "origin"):
        raise ValueError(f'by must be "pooled" or "origin", not {by!r}')
    if by == "pooled":
        found = share(read.matrix, supply, demand)
        return pd.Series(np.zeros(len(supply)) if found is None else found, index=read.labels)
    columns = {}
    for origin in np.flatnonzero(supply > 0).tolist():
        alone, others = np.zeros_like(supply), demand.copy()
        alone[origin], others[origin] = supply[origin], 0.0
        found = share(read.matrix, alone, others)
        if found is not None:
            columns[read.labels[origin]] = found
    return pd.DataFrame(columns, index=read.labels, columns=pd.Index(columns, name="origin"), dtype=float)


def _origin(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": options}


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
