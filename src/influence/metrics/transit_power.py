"""Transit as a game: what each state adds to the flow that states can make possible together.

What one state can take away (`influence.metrics.transit.transit_loss`) misses who can be played off against whom:
of two states in a row each can stop everything, of two side by side neither anything. The worth of a coalition is
the maximum flow through lines whose every transit state is in it; Shapley's and Banzhaf's value say what a state
adds to such coalitions. Beside them: how many routes a producer has, and what of its flow can avoid a state.
"""

from __future__ import annotations

import functools
import itertools
import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from influence.metrics._flow import FLOW_FIELDS, Caps, by_origin, net_flows, read_flow, tidy
from influence.metrics.games import (
    Slice,
    TooManyPlayers,
    banzhaf_chance,
    banzhaf_value,
    shapley_chance,
    shapley_value,
    value_of_slices,
)
from influence.metrics.registry import origin_of, register_metric
from influence.network.adapter import Unknown

logger = logging.getLogger("influence")

Players = Literal["transit", "all"]
LARGEST = 2**24  # numbers in the largest table: 128 MB
SLICE = 22  # players of one slice of a larger game
MOST = 30  # players of a game that is played out slice by slice: minutes
_ORACLES = "tests/metrics/test_transit_power.py"


def transit_shapley(
    graph: Any,
    *,
    players: Players = "transit",
    sources: Caps = None,
    sinks: Caps = None,
    by: Literal["pooled", "origin"] = "pooled",
    unit: Literal["share", "flow"] = "share",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> Any:
    """What a state adds to the maximum flow, on average over all orders in which states could agree to transit.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    players : {"transit", "all"}, default "transit"
        "transit": every state decides on transit only; what it sells and buys itself flows in any case. "all":
        producers and buyers play too; a state that stays out neither sells, nor buys, nor lets through.
    sources, sinks : Series or mapping of str to float, or iterable of str, optional
        Who supplies and who takes, and at most how much, such as observed exports and imports; a bare list of
        names sets no limit but the lines. Default: net exporters supply max(0, out − in), net importers take
        max(0, in − out).
    by : {"pooled", "origin"}, default "pooled"
        "pooled": all producers together, as if their goods were one. "origin": one producer at a time.
    unit : {"share", "flow"}, default "share"
        Of the maximum flow, or in the unit of the weights.
    weight : str or None, default "weight"
        The capacity of a line; None counts every line as 1.
    directed : bool, optional
        See `as_matrix`. An undirected line carries its capacity either way.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a line of which nothing is known.

    Returns
    -------
    pandas.Series, or pandas.DataFrame by origin
        0 or more, by state; by origin, a column for each producer from which anything can reach a market. With
        players "transit" they add up to what needs transit at all: 1 less the share that flows from producer to
        market directly. With "all" they add up to 1. All 0 where nothing flows.

    Raises
    ------
    TooManyPlayers
        More than 30 states, after those that add nothing are left out, or so dense a network that the coalitions of
        fewer cannot be played out.
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    v(S) is the maximum flow from producers to markets through lines whose every transit state is in S; the value
    of k is the mean of v(S ∪ k) − v(S), S being those who come before k in a random order. A state that lies on
    no way from a producer to a market without a detour through itself is no player. v is computed for all S at
    once: a minimum cut by elimination of one node after the other, with an axis for each player's decision. Of more
    than 24 players some decide first, and what the others can do is played out for each of their decisions: exact,
    and about 20 seconds for 28 players, four times that for 30. The game of Hubert and Ikonnikova is of profits
    with investment: compare order and sign of change only.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. In Kuhn, H. W., & Tucker, A. W. (eds.), Contributions to
    the Theory of Games II. Princeton University Press, 307-317.
    Hubert, F., & Ikonnikova, S. (2011). Investment options and bargaining power: the Eurasian supply chain for
    natural gas. Journal of Industrial Economics 59, 85-116.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "UZB", "KAZ", "IRN", "CHN"]
    >>> lines = pd.DataFrame(0, index=names, columns=names)
    >>> lines.loc["TKM", "UZB"] = lines.loc["UZB", "KAZ"] = lines.loc["KAZ", "CHN"] = 4
    >>> lines.loc["TKM", "IRN"] = 2
    >>> transit_shapley(lines).round(3).to_dict()     # two in a row share what both are needed for
    {'TKM': 0.0, 'UZB': 0.333, 'KAZ': 0.333, 'IRN': 0.0, 'CHN': 0.0}
    >>> transit_shapley(lines, players="all", unit="flow").round(9).to_dict()
    {'TKM': 2.0, 'UZB': 1.0, 'KAZ': 1.0, 'IRN': 1.0, 'CHN': 1.0}
    """
    return _power("transit_shapley", SHAPLEY, graph, players, sources, sinks, by, unit, weight, directed, unknown)


def transit_banzhaf(
    graph: Any,
    *,
    players: Players = "transit",
    sources: Caps = None,
    sinks: Caps = None,
    by: Literal["pooled", "origin"] = "pooled",
    unit: Literal["share", "flow"] = "share",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> Any:
    """What a state adds to the maximum flow, on average over all coalitions of the others.

    Parameters
    ----------
    graph : any graph that `as_matrix` reads
        Ties along the flow; ``matrix[i, j]`` is the capacity of the line from i to j.
    players, sources, sinks, by, unit, weight, directed, unknown
        As in `transit_shapley`.

    Returns
    -------
    pandas.Series, or pandas.DataFrame by origin
        0 or more, by state, as in `transit_shapley`; they do not add up to anything.

    Raises
    ------
    TooManyPlayers
        So many states that all coalitions cannot be played out.
    GraphError
        A name in `sources` or `sinks` that is not in the graph, or a cap that is negative or NaN.

    Notes
    -----
    The mean of v(S ∪ k) − v(S) over all S without k, v as in `transit_shapley`.

    References
    ----------
    Banzhaf, J. F. (1965). Weighted voting doesn't work: a mathematical analysis. Rutgers Law Review 19, 317-343.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["TKM", "UZB", "KAZ", "CHN"]
    >>> lines = pd.DataFrame(0, index=names, columns=names)
    >>> lines.loc["TKM", "UZB"] = lines.loc["UZB", "KAZ"] = lines.loc["KAZ", "CHN"] = 4
    >>> transit_banzhaf(lines).to_dict()
    {'TKM': 0.0, 'UZB': 0.5, 'KAZ': 0.5, 'CHN': 0.0}
    >>> transit_banzhaf(lines, players="all").to_dict()
    {'TKM': 0.125, 'UZB': 0.125, 'KAZ': 0.125, 'CHN': 0.125}
    """
    return _power("transit_banzhaf", BANZHAF, graph, players, sources, sinks, by, unit, weight, directed, unknown)


class Value(NamedTuple):
    """A value of games: of one that is laid out, and the chances by which to add up a larger one slice by slice."""

    of: Callable[[np.ndarray], np.ndarray]
    chance: Callable[[int], np.ndarray]


SHAPLEY = Value(shapley_value, shapley_chance)
BANZHAF = Value(banzhaf_value, banzhaf_chance)


class _Part(NamedTuple):
    """A part of the network that shares no line with the rest: its players and what their coalitions are worth.

    `worth` is laid out where there are few players; else `slices` plays the coalitions out by what the first `decided`
    of the players do.
    """

    players: list[int]
    whole: float
    worth: np.ndarray | None
    slices: Callable[[], Iterator[Slice]]

    def value(self, value: Value) -> np.ndarray:
        """By player."""
        if self.worth is not None:
            return value.of(self.worth)
        return value_of_slices(self.slices(), value.chance(len(self.players)))


def _power(
    id: str,
    value: Value,
    graph: Any,
    players: Players,
    sources: Caps,
    sinks: Caps,
    by: str,
    unit: str,
    weight: str | None,
    directed: bool | None,
    unknown: Unknown,
) -> Any:
    if players not in ("transit", "all"):
        raise ValueError(f'players must be "transit" or "all", not {players!r}')
    if unit not in ("share", "flow"):
        raise ValueError(f'unit must be "share" or "flow", not {unit!r}')
    share = functools.partial(_values, value=value, players=players, unit=unit)
    read = read_flow(graph, sources, sinks, weight, directed, unknown)
    try:
        answer = by_origin(share, *read, by)
    except TooManyPlayers as refused:
        who = ", ".join(map(str, read[0].labels[refused.args[1]][:40]))
        raise TooManyPlayers(f"{id}: {refused.args[0]}: {who}. {_fewer(players, by)}") from None
    if by == "pooled":
        answer.name = id
    answer.attrs["influence"] = origin_of(graph, id, players=players, by=by, unit=unit, unknown=unknown)
    return answer


def _fewer(players: str, by: str) -> str:
    ways = ['by="origin" takes one producer at a time'] if by == "pooled" else []
    ways += ['players="transit" lets transit states play only'] if players == "all" else []
    return "; ".join([*ways, "sources= and sinks= name fewer producers and markets"])


def _values(
    a: np.ndarray, supply: np.ndarray, demand: np.ndarray, *, value: Value, players: Players, unit: str = "share"
) -> np.ndarray | None:
    """By state; None where nothing flows."""
    parts = _game(a, supply, demand, players)
    whole = _whole(parts)
    if whole <= 0:
        return None
    return _shares_of(parts, value, len(a)) * (whole if unit == "flow" else 1.0)


def _shares_of(parts: list[_Part], value: Value, n: int) -> np.ndarray:
    found, whole = np.zeros(n), _whole(parts)
    if whole <= 0:
        return found
    for part in parts:  # the game is the sum of its parts, and so are its values
        found[part.players] += part.value(value)
    return tidy(found / whole)


def _whole(parts: list[_Part]) -> float:
    return float(sum(part.whole for part in parts))


def _game(a: np.ndarray, supply: np.ndarray, demand: np.ndarray, players: Players) -> list[_Part]:
    arcs, owner = _arcs(a, supply, demand, players)
    return [_played_out(arcs[part], owner[part], 2 * len(a)) for part in _parts(arcs, 2 * len(a))]


# An arc has a tail, a head and a capacity. Node k is the entry of state k, n + k its exit, 2n the producer, 2n + 1
# the market, as in `Split`. Owner is the player who opens it; −1 for an arc that is open in any case.
def _arcs(a: np.ndarray, supply: np.ndarray, demand: np.ndarray, players: Players) -> tuple[np.ndarray, np.ndarray]:
    """The arcs on a way from the producer to the market that crosses nothing twice."""
    n = len(a)
    rows, columns = np.nonzero(a)
    sellers, buyers = np.flatnonzero(supply > 0), np.flatnonzero(demand > 0)
    cross = np.intersect1d(rows, columns)
    most = 2.0 * float(a.sum()) or 1.0  # as good as no limit
    arcs = np.concatenate(
        [
            np.c_[n + rows, columns, a[rows, columns]],
            np.c_[cross, n + cross, np.full(len(cross), np.inf)],
            np.c_[np.full(len(sellers), 2 * n), n + sellers, np.minimum(supply[sellers], most)],
            np.c_[buyers, np.full(len(buyers), 2 * n + 1), np.minimum(demand[buyers], most)],
        ]
    )
    ends = np.concatenate([sellers, buyers])
    owner = np.concatenate([np.full(len(rows), -1), cross, ends if players == "all" else np.full(len(ends), -1)])
    while True:
        keep = _on_a_way(arcs, n)
        if keep.all():
            return arcs, owner
        arcs, owner = arcs[keep], owner[keep]


def _on_a_way(arcs: np.ndarray, n: int) -> np.ndarray:
    """Whether an arc can be reached from the producer, and the market from it, without one node on both legs."""
    import igraph as ig

    start, end = 2 * n, 2 * n + 1
    tails, heads = arcs[:, :2].astype(int).T
    graph = ig.Graph(n=2 * n + 2, edges=list(zip(tails.tolist(), heads.tolist(), strict=True)), directed=True)
    before = _dominators(graph, start, "out")
    after = _dominators(graph, end, "in")
    return np.array([not (before[t] & after[h]) for t, h in zip(tails.tolist(), heads.tolist(), strict=True)], bool)


def _dominators(graph: Any, root: int, mode: str) -> list[set[int]]:
    """For each node the nodes on every way between it and the root, itself included; all nodes where there is none."""
    above = graph.dominator(root, mode=mode)
    chain: list[set[int]] = []
    for node in range(graph.vcount()):
        found, at = {node}, node
        while at != root and above[at] >= 0:
            at = above[at]
            found.add(at)
        chain.append(found if at == root else set(range(graph.vcount())))
    return chain


def _parts(arcs: np.ndarray, n2: int) -> list[np.ndarray]:
    """Arcs by the part of the network they belong to, producer and market aside."""
    import igraph as ig

    tails, heads = arcs[:, :2].astype(int).T
    inner = (tails < n2) & (heads < n2)
    graph = ig.Graph(n=n2, edges=list(zip(tails[inner].tolist(), heads[inner].tolist(), strict=True)))
    of = np.array(graph.connected_components().membership, dtype=int)
    belongs = of[np.where(tails < n2, tails, heads)] if len(arcs) else np.empty(0, dtype=int)
    return [np.flatnonzero(belongs == part) for part in np.unique(belongs)]


def _played_out(arcs: np.ndarray, owner: np.ndarray, n2: int) -> _Part:
    """A part with the maximum flow of every coalition; slice by slice if it has too many."""
    players = sorted({int(k) for k in owner if k >= 0})
    try:
        worth = _worth(arcs, owner, n2, players)
        return _Part(players, float(worth[-1]), worth, lambda: iter(()))
    except TooManyPlayers:
        if len(players) > MOST:
            raise
    # Those with most lines decide first: what they close falls apart.
    ends = np.concatenate([arcs[:, :2].astype(int).ravel() % (n2 // 2)])[arcs[:, :2].ravel() < n2]
    lines = np.bincount(ends, minlength=n2 // 2)
    order = sorted(players, key=lambda k: (-lines[k], k))
    first = max(len(players) - SLICE, 1)
    for decided in range(first, len(players) + 1):
        deciding, rest = order[:decided], sorted(order[decided:])
        try:
            whole = float(_worth(arcs, np.where(np.isin(owner, deciding), -1, owner), n2, rest)[-1])
        except TooManyPlayers:
            continue
        return _Part([*deciding, *rest], whole, None, functools.partial(_slices, arcs, owner, n2, deciding, rest))
    raise TooManyPlayers(f"{len(players)} players have too many coalitions", players)


def _slices(arcs: np.ndarray, owner: np.ndarray, n2: int, deciding: list[int], rest: list[int]) -> Iterator[Slice]:
    """The coalitions of the rest, for every decision of some players."""
    for joined in itertools.product((False, True), repeat=len(deciding)):
        out = [k for k, is_in in zip(deciding, joined, strict=True) if not is_in]
        open_ = ~np.isin(owner, out)
        own = np.where(np.isin(owner, deciding), -1, owner)[open_]
        yield Slice(joined, _worth(arcs[open_], own, n2, rest))


def _worth(arcs: np.ndarray, owner: np.ndarray, n2: int, players: list[int]) -> np.ndarray:
    """The maximum flow of every coalition, by the minimum cut.

    A cut sets every node on the producer's side (1) or the market's (0) and costs the open arcs from 1 to 0. One
    node after the other is set to its cheaper side, given its neighbours and, on axes of their own, the players.
    """
    axis = {k: n2 + 2 + place for place, k in enumerate(players)}  # players come after the nodes
    tables = []
    for (tail, head, capacity), who in zip(arcs.tolist(), owner.tolist(), strict=True):
        cost = np.zeros((2, 2, 2))  # tail, head, player
        cost[1, 0, 1] = capacity
        if who < 0:
            cost[1, 0, 0] = capacity
        scope = [int(tail), int(head), axis.get(who, -1)]
        fixed = (1 if tail == n2 else slice(None), 0 if head == n2 + 1 else slice(None), slice(None) if who >= 0 else 1)
        free = [v for v, f in zip(scope, fixed, strict=True) if isinstance(f, slice)]
        tables.append((tuple(free), cost[fixed]))
    nodes = {v for scope, _ in tables for v in scope if v < n2}
    while nodes:
        scopes = {x: set().union(*(scope for scope, _ in tables if x in scope)) for x in nodes}
        x = min(nodes, key=lambda v: (len(scopes[v]), v))
        if 2 ** len(scopes[x]) > LARGEST:
            raise TooManyPlayers(f"{len(players)} players have too many coalitions", players)
        together = _sum([t for t in tables if x in t[0]], [x, *sorted(scopes[x] - {x}, reverse=True)])
        tables = [t for t in tables if x not in t[0]]
        tables.append((tuple(sorted(scopes[x] - {x}, reverse=True)), together.min(axis=0)))
        nodes.discard(x)
    if 2 ** len(players) > LARGEST:
        raise TooManyPlayers(f"{len(players)} players have too many coalitions", players)
    worth: np.ndarray = _sum(tables, sorted(axis.values(), reverse=True)).ravel()  # the first player is bit 0
    return worth


def _sum(tables: list[tuple[tuple[int, ...], np.ndarray]], scope: list[int]) -> np.ndarray:
    """Tables added up over a common scope, an axis of length 2 for each of it."""
    total = np.zeros([2] * len(scope))
    for own, table in tables:
        order = sorted(range(len(own)), key=lambda q: scope.index(own[q]))
        total += table.transpose(order).reshape([2 if v in own else 1 for v in scope])
    return total


# --- over stacks, for the panel ---------------------------------------------------------------------------------


def _shapley_kernel(a: np.ndarray, *, directed: bool, players: Players = "transit") -> np.ndarray:
    """`transit_shapley`, pooled, from net exporters to net importers, over a stack."""
    return _powers(a, players)["transit_shapley"]


def _banzhaf_kernel(a: np.ndarray, *, directed: bool, players: Players = "transit") -> np.ndarray:
    """`transit_banzhaf`, pooled, from net exporters to net importers, over a stack."""
    return _powers(a, players)["transit_banzhaf"]


def _both_kernels(a: np.ndarray, *, directed: bool) -> dict[str, np.ndarray]:
    """Both values of one game, played once."""
    return _powers(a, "transit")


def _powers(a: np.ndarray, players: Players) -> dict[str, np.ndarray]:
    found = {id: np.zeros(a.shape[:-1]) for id in VALUES}
    for where in np.ndindex(a.shape[:-2]):
        try:
            parts = _game(a[where], *net_flows(a[where]), players)
        except TooManyPlayers as refused:  # one layer that is too large must not cost a panel all others
            logger.warning("transit power left empty: %s", refused.args[0])
            parts = None
        for id, value in VALUES.items():
            found[id][where] = np.nan if parts is None else _shares_of(parts, value, a.shape[-1])
    return found


VALUES: dict[str, Value] = {"transit_shapley": SHAPLEY, "transit_banzhaf": BANZHAF}

# As in `influence.metrics.transit`: the functions are their own public face, `panel` calls the kernels.
register_metric(
    "transit_shapley",
    transit_shapley,
    kernel=_shapley_kernel,
    shares=_both_kernels,
    measures="the share of the maximum flow that a transit state adds to coalitions (Shapley value)",
    formula="mean over orders of states of (v(S ∪ k) − v(S))/F, v(S) the maximum flow through transit states in S",
    reference="Shapley 1953; compare Hubert & Ikonnikova 2011",
    weight="capacity",
    range=(0.0, 1.0),
    isolate=0.0,
    empty=0.0,
    oracle=f"{_ORACLES}::test_two_states_in_a_row_and_two_side_by_side",
    **FLOW_FIELDS,
)
register_metric(
    "transit_banzhaf",
    transit_banzhaf,
    kernel=_banzhaf_kernel,
    shares=_both_kernels,
    measures="the share of the maximum flow that a transit state adds to coalitions (Banzhaf value)",
    formula="mean over coalitions S of (v(S ∪ k) − v(S))/F, v(S) the maximum flow through transit states in S",
    reference="Banzhaf 1965",
    weight="capacity",
    range=(0.0, 1.0),
    isolate=0.0,
    empty=0.0,
    oracle=f"{_ORACLES}::test_two_states_in_a_row_and_two_side_by_side",
    **FLOW_FIELDS,
)
