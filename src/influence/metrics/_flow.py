"""Maximum flows between one producer and one market, for the measures of transit.

Each state is split in an entry and an exit, and the arc between the two is its transit: closing it leaves what the
state sells and buys on its own account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from influence.network.adapter import Adjacency, GraphError, Unknown, as_matrix

Caps = pd.Series | Mapping[str, float] | Iterable[str] | None
ROUNDING = 1e-9  # flows are sums of floats: a share below this is none
Share = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray | None]


class Split:
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

    def flow_from(self, k: int, without: Iterable[int] = ()) -> float:
        """How much can go from k to the markets of others, without some lines (by their place in `rows`)."""
        return self._solve(self.n + k, self.market, [self.transit + k, self.demand + k, *without])

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
        slack = ROUNDING * self.limit
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


def read_flow(
    graph: Any, sources: Caps, sinks: Caps, weight: str | None, directed: bool | None, unknown: Unknown
) -> tuple[Adjacency, np.ndarray, np.ndarray]:
    """The lines, what each state supplies at most and what it takes at most."""
    read = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    matrix = read.dense()
    net = net_flows(matrix)
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
    known(caps.index, labels, name)
    if caps.index.has_duplicates:
        raise GraphError(f"{name}: {caps.index[caps.index.duplicated()][0]} stands twice")
    bad = caps[~(caps >= 0)]
    if len(bad):
        raise GraphError(f"{name}: the limit of {bad.index[0]} is {bad.iloc[0]:g}; limits are 0 or more")
    return caps.reindex(labels, fill_value=0.0).to_numpy(dtype=float, copy=True)


def known(names: Iterable[Any], labels: pd.Index, argument: str) -> None:
    """Names the names that are not in the graph."""
    strange = [str(name) for name in names if name not in labels]
    if strange:
        raise GraphError(f"{argument}: not in the graph: {', '.join(strange[:5])}")


def by_origin(share: Share, read: Adjacency, supply: np.ndarray, demand: np.ndarray, by: str) -> Any:
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


def over_stack(share: Share, a: np.ndarray) -> np.ndarray:
    """By state for each graph of a stack, from net exporters to net importers; 0 where nothing flows."""
    out = np.zeros(a.shape[:-1])
    for where in np.ndindex(a.shape[:-2]):
        found = share(a[where], *net_flows(a[where]))
        if found is not None:
            out[where] = found
    return out


def net_flows(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Net exporters supply, net importers take."""
    out, into = a.sum(axis=1), a.sum(axis=0)
    net = out - into
    net[np.abs(net) <= 1e-12 * (out + into)] = 0.0  # rounding must not make a producer of a symmetric graph
    return np.maximum(net, 0.0), np.maximum(-net, 0.0)


def tidy(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0.0, 1.0)
    share[share < ROUNDING] = 0.0
    return share


# What the register says of every measure of flow.
FLOW_FIELDS: dict[str, Any] = {
    "direction": "along the flow",
    "flow_process": "transport",
    "family": "transit",
    "disconnected": "parts without a market carry no flow",
}
