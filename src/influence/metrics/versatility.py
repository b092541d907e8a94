"""Versatility: centrality in all layers at once, the replicas of an actor in the layers being coupled to each other.

De Domenico et al. (2015) couple the replica of an actor in one layer to its replicas in the others with strength ω,
read a centrality off the resulting supra-graph, and add an actor's values over the layers. Replicas are coupled by
name. Dollars and counts have no common unit with ω, so each layer is first divided by its spectral radius.

How ω works: near 0 the layers hardly know of each other and the one with the densest core decides; as ω grows, an
eigenvector tends to that of the layers' sum, while walks (Katz, PageRank) spend themselves on switching layers and
tend to be alike for all. Report several, such as 0.1, 1 and 10.

A layer in which nearly all are tied to nearly all with nearly equal strength (votes in a general assembly) says
nothing about who is central but would outweigh those that do: it is refused.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics.registry import LayerRefused, metric

logger = logging.getLogger("influence")

Coupling = float | np.ndarray | pd.DataFrame

_ORACLES = "tests/metrics/test_versatility.py::"
_REFERENCE = "De Domenico, Solé-Ribalta, Omodei, Gómez & Arenas 2015, Nature Communications 6:6868"
_UNIFORM = 1 / 3  # coefficient of variation that nine tenths of all ties, all alike, would have
_ROUNDS = 64  # of 16 iterations


class CouplingWarning(UserWarning):
    """The layers are not coupled: what is computed is a mean over layers, not a measure of the whole."""


# --- supra-graphs without supra-matrices ----------------------------------------------------------


def _scaled(a: np.ndarray) -> np.ndarray:
    """Layers divided by their spectral radius; refuses those that cannot be, or that say nothing."""
    n = a.shape[-1]
    flat = a.reshape(-1, *a.shape[-3:])
    tied = flat.sum(axis=-1) + flat.sum(axis=-2) > 0
    active = tied.sum(axis=-1)
    pairs = np.maximum(active * (active - 1), 1)
    mean = flat.sum(axis=(-1, -2)) / pairs
    variance = (flat**2).sum(axis=(-1, -2)) / pairs - mean**2
    widespread = (active > 2) & (2 * active >= n)
    uniform = widespread & (np.sqrt(np.maximum(variance, 0)) < _UNIFORM * mean)
    if uniform.any():
        raise LayerRefused(
            int(np.flatnonzero(uniform.any(axis=0))[0]),
            "has nearly equal ties among nearly all: it says nothing about who is central and would outweigh the "
            "others; leave it out, or binarise it first (backbone, or intensity > 1)",
        )
    radius, _ = _leading(flat.reshape(-1, 1, n, n), np.zeros((1, 1)))
    radius = radius.reshape(flat.shape[:-2])
    endless = (active > 0) & (radius == 0)
    if endless.any():
        raise LayerRefused(
            int(np.flatnonzero(endless.any(axis=0))[0]),
            "has ties but no cycle, so that its spectral radius is 0 and it cannot be brought to the scale of the "
            "others; leave it out, or make it undirected",
        )
    scale = np.where(radius > 0, radius, 1.0)[..., None, None]
    return (flat / scale).reshape(a.shape)


def _coupling(coupling: Coupling, layers: int) -> np.ndarray:
    """ω between layers as an array with an empty diagonal: ``[α, β]`` leads from layer α to layer β."""
    omega = np.asarray(coupling, dtype=float)
    if omega.ndim == 0:
        omega = np.full((layers, layers), float(omega))
        np.fill_diagonal(omega, 0.0)
    if omega.shape != (layers, layers):
        raise ValueError(
            f"coupling must be a number or an array of {layers} × {layers} layers, not "
            + " × ".join(map(str, omega.shape))
        )
    if not np.isfinite(omega).all() or (omega < 0).any():
        raise ValueError("coupling must be 0 or more everywhere, and finite")
    if omega.diagonal().any():
        raise ValueError("coupling of a layer with itself must be 0: replicas are coupled between layers")
    if omega.any() and not (np.linalg.matrix_power(np.eye(layers) + (omega > 0), layers) > 0).all():
        raise ValueError("coupling must lead from every layer to every other, directly or through others")
    return omega


def _in_all_layers(measure: Callable[..., np.ndarray], a: np.ndarray, coupling: Coupling, **options: Any) -> np.ndarray:
    """Scale the layers, couple them, measure; with ω = 0 the mean of what the layers give one by one."""
    layers, n = a.shape[-3:-1]
    omega = _coupling(coupling, layers)
    scaled = _scaled(a)
    if layers == 1 or omega.any():
        return measure(scaled.reshape(-1, layers, n, n), omega, **options).reshape(*a.shape[:-3], n)
    warnings.warn(
        "coupling 0: the layers do not know of each other; every actor gets the mean of its values in single layers",
        CouplingWarning,
        stacklevel=4,
    )
    each = measure(scaled.reshape(-1, 1, n, n), np.zeros((1, 1)), **options).reshape(a.shape[:-1])
    known = ~np.isnan(each)
    number = known.sum(axis=-2)
    total = np.where(known, each, 0.0).sum(axis=-2)
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def _received(a: np.ndarray, omega: np.ndarray, x: np.ndarray) -> np.ndarray:
    """One step along all ties of the supra-graph, which is never built: y_α = A_αᵀ x_α + Σ_β ω_βα x_β."""
    received: np.ndarray = (x[..., None, :] @ a)[..., 0, :] + omega.T @ x
    return received


# --- eigenvector ----------------------------------------------------------------------------------


def _leading(a: np.ndarray, omega: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Leading eigenvalue and left eigenvector of coupled layers, for a stack [k, layers, n, n].

    Returns by how much the eigenvalue exceeds that of the coupling alone, shape (k,), and the vector by layer and
    actor, summing to one, shape (k, layers, n): NaN where the leading eigenvalue is not unique, or nothing has a cycle.
    """
    apart = np.full(len(a), np.nan)
    x = np.full(a.shape[:-1], np.nan)
    for k, parts in enumerate(_cyclic_components(a.sum(axis=1))):
        leader = parts[0] if parts else None
        if len(parts) > 1:
            each = np.array([_leading(a[k : k + 1][..., m[:, None], m], omega)[0][0] for m in parts])
            leading = np.flatnonzero(each >= each.max() * (1 - 1e-9))
            leader = parts[leading[0]] if leading.size == 1 else None
            apart[k] = each.max()
        elif not parts:
            apart[k] = 0.0
        if leader is not None:
            x[k] = np.isin(np.arange(a.shape[-1]), leader) / (a.shape[1] * len(leader))
    found, x = _power_iteration(a, omega, x)
    return np.where(np.isnan(found), apart, found), x


def _cyclic_components(a: np.ndarray) -> list[list[np.ndarray]]:
    """The strong components with more than one actor of each graph of a stack."""
    from scipy.sparse.csgraph import connected_components

    found = []
    for matrix in a:
        # Presence, not strength: scipy reads a dense entry of 1e-8 or less as no tie.
        _, part = connected_components(matrix > 0, directed=True, connection="strong")
        found.append([np.flatnonzero(part == c) for c in np.flatnonzero(np.bincount(part) > 1)])
    return found


def _power_iteration(a: np.ndarray, omega: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Excess of the leading eigenvalue, and its vector, each graph stopping on its own; NaN in `x` stays so.

    With A the layers and K the coupling, λx = Aᵀx + Kᵀx is x = (λ − Kᵀ)⁻¹ Aᵀx. Iterating that, while λ is corrected
    by the growth seen, converges as fast as the layers allow, however strong the coupling: the plain iteration x ←
    Aᵀx + Kᵀx would crawl as ω grows. The shift keeps bipartite graphs from oscillating.
    """
    x = x.copy()
    active = np.flatnonzero(~np.isnan(x).any(axis=(-2, -1))) if x.size else np.empty(0, dtype=int)
    excess, last = np.full(len(a), np.nan), np.full(len(a), np.nan)
    excess[active] = 1.0
    own = np.abs(np.linalg.eigvals(omega)).max()
    floor = np.finfo(float).eps * (1.0 if _is_even(omega) else max(1.0, own))
    for _ in range(_ROUNDS):
        if not active.size:
            return excess, x
        layers, y, above = a[active], x[active], excess[active]
        for _ in range(16):
            image = _mixing(above, omega, own) @ (y[..., None, :] @ layers)[..., 0, :]
            growth = image.sum(axis=(-2, -1))
            above = above * growth
            y = image + y * (growth / 4)[:, None, None]
            y /= y.sum(axis=(-2, -1), keepdims=True)
        moved = np.maximum(np.abs(y - x[active]).max(axis=(-2, -1)), np.abs(above / excess[active] - 1))
        rate = np.minimum(moved / last[active], 1 - 1e-12)
        x[active], excess[active], last[active] = y, above, np.maximum(moved, 1e-300)
        # What is still to go is a geometric series at the rate seen; the first round has none yet (NaN).
        active = active[~((moved * rate / (1 - rate) < max(1e-13, 8 * floor)) | (moved < floor))]
    for k in active:
        excess[k], x[k] = _solved(a[k], omega, own, x[k])
    return excess, x


def _mixing(excess: np.ndarray, omega: np.ndarray, own: float) -> np.ndarray:
    """(λ − Kᵀ)⁻¹ for the eigenvalues λ = own + excess, shape (k, layers, layers)."""
    layers = len(omega)
    above = excess[:, None, None]
    if _is_even(omega):  # the inverse is known, and exact however large ω is
        w = omega[0, -1]
        return (np.eye(layers) + w / above) / (above + w * layers)
    return np.linalg.inv((above + own) * np.eye(layers) - omega.T)


def _is_even(omega: np.ndarray) -> bool:
    """Whether there is one ω for all pairs of layers."""
    return np.array_equal(omega, omega[0, -1] * (1 - np.eye(len(omega))))


def _solved(a: np.ndarray, omega: np.ndarray, own: float, x: np.ndarray) -> tuple[float, np.ndarray]:
    """Where iterations crawl (layers that hardly touch, a rare graph): the dense solver, for those who are reached."""
    reached = np.flatnonzero(x.sum(axis=0) > 0)
    layers, n = len(a), len(reached)
    whole = np.kron(omega, np.eye(n)).reshape(layers, n, layers, n)
    whole[np.arange(layers), :, np.arange(layers)] += a[:, reached[:, None], reached]
    values, vectors = np.linalg.eig(whole.reshape(layers * n, -1).T)
    leading = values.real.argmax()
    found = np.abs(vectors[:, leading].real)
    x = np.zeros_like(x)
    x[:, reached] = (found / found.sum()).reshape(layers, n)
    return float(values[leading].real - own), x


@metric(
    "versatility_eigenvector",
    measures="being tied to, in some layer, by those who are tied to in any",
    formula="λ₁ x_iα = Σ_j a_jiα x_jα + Σ_β ω_βα x_iβ, layers scaled to spectral radius 1; v_i = Σ_α x_iα, Σ v = 1",
    reference=_REFERENCE,
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    level="multiplex",
    empty=math.nan,
    disconnected="NaN if parts of the union tie for the leading eigenvalue; else 0 beyond the leader's reach",
    oracle=_ORACLES + "test_eigenvector_against_the_dense_supra_matrix",
)
def versatility_eigenvector(a: np.ndarray, *, directed: Any, coupling: Coupling = 1.0) -> np.ndarray:
    """Eigenvector versatility: eigenvector centrality along in-ties of all layers at once, summing to one.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors; each is scaled to spectral radius 1.
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.
    coupling : float, numpy.ndarray or pandas.DataFrame, default 1.0
        ω, between the replicas of an actor: one number, or layer × layer (from row to column; a DataFrame is aligned
        by the names of the layers, an array follows their order), with an empty diagonal.

    Returns
    -------
    pandas.Series
        By actor; sums to 1. 0 for actors whom the leading part does not reach, isolates among them. All NaN if the
        leading eigenvalue is not unique (two parts that no layer joins may tie), or no layer has a tie.

    Raises
    ------
    GraphError
        A layer that is near-uniform, or has ties but no cycle (it has no scale).
    ValueError
        A coupling that is negative, of another shape, or does not join all layers.

    Warns
    -----
    CouplingWarning
        ω = 0: the mean over layers of their own eigenvector centralities is returned.

    Notes
    -----
    As ω grows, it tends to the eigenvector centrality of the sum of the scaled layers. The supra-matrix is not built.

    References
    ----------
    De Domenico, M., Solé-Ribalta, A., Omodei, E., Gómez, S., & Arenas, A. (2015). Ranking in interconnected
    multilayer networks reveals versatile nodes. Nature Communications 6, 6868.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(3), nx.path_graph(4)
    >>> inf.multiplex.versatility_eigenvector({"pact": pact, "oil": oil}, coupling=1.0).round(3).tolist()
    [0.295, 0.269, 0.251, 0.185]
    """
    return _in_all_layers(_eigenvector, a, coupling)


def _eigenvector(a: np.ndarray, omega: np.ndarray) -> np.ndarray:
    _, x = _leading(a, omega)
    undefined = int(np.isnan(x[:, 0, :1]).sum())
    if undefined:
        logger.info("versatility_eigenvector: NaN in %d of %d, leading eigenvalue not unique", undefined, len(a))
    return x.sum(axis=1)


# --- walks ----------------------------------------------------------------------------------------


@metric(
    "versatility_katz",
    measures="how many walks of any length, through any layers, end at it",
    formula="x = Σ_k (c/λ₁)ᵏ (Mᵀ)ᵏ 1, M the supra-graph of the scaled layers; v_i = Σ_α x_iα, Σ v = 1",
    reference=_REFERENCE,
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    level="multiplex",
    isolate=None,
    disconnected="walks that exist are counted",
    oracle=_ORACLES + "test_katz_against_the_dense_supra_matrix",
)
def versatility_katz(a: np.ndarray, *, directed: Any, coupling: Coupling = 1.0, attenuation: float = 0.5) -> np.ndarray:
    """Katz versatility: walks through all layers that end at an actor, long ones counting less; sums to one.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors; each is scaled to spectral radius 1.
    weight, unknown, coupling
        As in `versatility_eigenvector`.
    attenuation : float, default 0.5
        What a step is worth, as a share c of the largest for which the sum is finite (1/λ₁ of the supra-graph).

    Returns
    -------
    pandas.Series
        By actor; sums to 1. Switching layers is a step, and the walk of no steps counts: actors without ties get
        what their replicas hand each other.

    Raises
    ------
    GraphError, ValueError
        As in `versatility_eigenvector`; `attenuation` is not between 0 and 1.

    Warns
    -----
    CouplingWarning
        ω = 0: the mean over layers of their own Katz centralities is returned.

    Notes
    -----
    As ω grows, walks spend themselves on switching layers and all actors become alike.

    References
    ----------
    De Domenico, M., Solé-Ribalta, A., Omodei, E., Gómez, S., & Arenas, A. (2015). Ranking in interconnected
    multilayer networks reveals versatile nodes. Nature Communications 6, 6868.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(3), nx.path_graph(4)
    >>> inf.multiplex.versatility_katz({"pact": pact, "oil": oil}, coupling=1.0).round(3).tolist()
    [0.268, 0.253, 0.252, 0.227]
    """
    if not 0 <= attenuation < 1:
        raise ValueError(f"attenuation must be at least 0 and below 1, not {attenuation}")
    return _in_all_layers(_katz, a, coupling, attenuation=attenuation)


def _katz(a: np.ndarray, omega: np.ndarray, attenuation: float) -> np.ndarray:
    radius = _leading(a, omega)[0] + np.abs(np.linalg.eigvals(omega)).max()
    step = np.divide(attenuation, radius, out=np.zeros_like(radius), where=radius > 0)[:, None, None]
    walks = np.ones(a.shape[:-1])
    x = walks.copy()
    while (walks.max(axis=(-2, -1), initial=0.0) > 1e-17 * x.max(axis=(-2, -1), initial=0.0)).any():
        walks = step * _received(a, omega, walks)
        x += walks
    return _shares(x)


@metric(
    "versatility_pagerank",
    measures="where a walk along the ties of all layers, with restarts, is found",
    formula="x = α Wᵀx + (1−α)/(nL), W the supra-graph of the scaled layers by rows; v_i = Σ_α x_iα",
    reference=_REFERENCE,
    weight="strength",
    direction="in-ties",
    range=(0, 1),
    flow_process="walk",
    level="multiplex",
    isolate=None,
    disconnected="restarts reach everyone",
    oracle=_ORACLES + "test_pagerank_against_the_dense_google_matrix",
)
def versatility_pagerank(
    a: np.ndarray, *, directed: Any, coupling: Coupling = 1.0, damping: float = 0.85
) -> np.ndarray:
    """PageRank versatility: the share of time a walk through all layers spends with each actor.

    A walker in one layer follows its ties there, or changes to the actor's replica in another layer, in proportion
    to strengths and ω.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors; each is scaled to spectral radius 1.
    weight, unknown, coupling
        As in `versatility_eigenvector`.
    damping : float, default 0.85
        Probability of going on; with the rest the walk restarts at any replica of any actor.

    Returns
    -------
    pandas.Series
        By actor; sums to 1. An actor without ties gets its share of the restarts.

    Raises
    ------
    GraphError, ValueError
        As in `versatility_eigenvector`; `damping` is not between 0 and 1.

    Warns
    -----
    CouplingWarning
        ω = 0: the mean over layers of their own PageRanks is returned.

    Notes
    -----
    As ω grows, the walk only changes layers and all actors become alike.

    References
    ----------
    De Domenico, M., Solé-Ribalta, A., Omodei, E., Gómez, S., & Arenas, A. (2015). Ranking in interconnected
    multilayer networks reveals versatile nodes. Nature Communications 6, 6868.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(3), nx.path_graph(4)
    >>> inf.multiplex.versatility_pagerank({"pact": pact, "oil": oil}, coupling=1.0).round(3).tolist()
    [0.281, 0.249, 0.251, 0.22]
    """
    check_damping(damping)
    return _in_all_layers(_pagerank, a, coupling, damping=damping)


def _pagerank(a: np.ndarray, omega: np.ndarray, damping: float) -> np.ndarray:
    out = a.sum(axis=-1) + omega.sum(axis=1)[:, None]
    x = np.full(out.shape, 1.0 / max(math.prod(out.shape[1:]), 1))
    restart = x.copy()
    # A step shrinks the distance to the solution by the damping: so many leave nothing above rounding.
    for _ in range(math.ceil(-37 / math.log(damping)) if damping else 1):
        leaving = np.divide(x, out, out=np.zeros_like(x), where=out > 0)
        x = damping * _received(a, omega, leaving)
        x += restart * (1 - x.sum(axis=(-2, -1), keepdims=True))  # restarts, and whoever was at a dead end
    return _shares(x)


def check_damping(damping: float) -> None:
    if not 0 <= damping < 1:
        raise ValueError(f"damping must be at least 0 and below 1, not {damping}")


def _shares(x: np.ndarray) -> np.ndarray:
    """Sum over layers, as shares of the whole."""
    v: np.ndarray = x.sum(axis=1)
    return v / v.sum(axis=-1, keepdims=True)


# --- paths ----------------------------------------------------------------------------------------


@metric(
    "versatility_betweenness",
    measures="the share of shortest paths between others, through any layers, that run through it",
    formula="Σ_{s,t≠i} σ_st(i)/σ_st ÷ (n−1)(n−2); a tie is 1/w long in its scaled layer, a change of layer 1/ω",
    reference=_REFERENCE,
    weight="length",
    direction="along ties",
    range=(0, 1),
    flow_process="transport",
    level="multiplex",
    disconnected="pairs without a path count nothing",
    oracle=_ORACLES + "test_betweenness_against_all_paths",
)
def versatility_betweenness(a: np.ndarray, *, directed: Any, coupling: Coupling = 1.0) -> np.ndarray:
    """Betweenness versatility: share of the shortest paths between other actors, through any layers, that use it.

    A path may start and end in any layer and change layers at any actor on its way, which costs 1/ω. An actor on
    a path counts once, whether the path changes layers there or not.

    Parameters
    ----------
    graph : Snapshot or mapping of str to graph
        The layers, aligned by name over the union of all actors; each is scaled to spectral radius 1.
    weight, unknown, coupling
        As in `versatility_eigenvector`. Where ω differs between layers, a change takes the cheapest way.

    Returns
    -------
    pandas.Series
        Between 0 and 1; 0 for isolates and in networks of fewer than three actors.

    Raises
    ------
    GraphError, ValueError
        As in `versatility_eigenvector`.

    Warns
    -----
    CouplingWarning
        ω = 0: the mean over layers of their own betweenness is returned.

    Notes
    -----
    It assumes that something travels along ties (Borgatti 2005, Social Networks 27). igraph works on a graph of
    replicas, (i, α) being "at i, having come by layer α": the cost of a change of layer lies on the tie by which i is
    left. An actor's values on the replicas of a plain supra-graph would count a path twice where it changes layers.
    As ω grows, it tends to the betweenness of the network in which a pair has its shortest tie of any layer.

    References
    ----------
    De Domenico, M., Solé-Ribalta, A., Omodei, E., Gómez, S., & Arenas, A. (2015). Ranking in interconnected
    multilayer networks reveals versatile nodes. Nature Communications 6, 6868.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(3), nx.path_graph(4)
    >>> inf.multiplex.versatility_betweenness({"pact": pact, "oil": oil}, coupling=1.0).round(3).tolist()
    [0.0, 0.0, 0.333, 0.0]
    """
    return _in_all_layers(_betweenness, a, coupling)


def _betweenness(a: np.ndarray, omega: np.ndarray) -> np.ndarray:
    import igraph

    layers, n = a.shape[1:3]
    change = _cost_of_change(omega)
    found = np.zeros((len(a), n))
    for values, stack in zip(found, a, strict=True):
        by, source, target = np.nonzero(stack)
        if not by.size:
            continue
        # igraph adds one to distances, in which short lengths would drown: the shortest is made 1.
        unit = stack.max()
        length = unit / stack[by, source, target]
        to = by * n + target
        doors = layers * n + np.arange(n)  # where paths start and end
        edges = [(doors[source], to, length)]
        for came in range(layers):
            edges.append((came * n + source, to, length + unit * change[came, by]))
        # All paths go in by one door, so what that costs is the same to all; no path may use one to change layers.
        toll = 1 + 2 * unit * change.max()
        for came in range(layers):
            edges.append((came * n + np.arange(n), doors, np.full(n, toll)))
        tail, head, weights = (np.concatenate(column).tolist() for column in zip(*edges, strict=True))
        graph = igraph.Graph(n=(layers + 1) * n, edges=zip(tail, head, strict=True), directed=True)
        between = graph.betweenness(weights=weights, sources=doors.tolist(), targets=doors.tolist())
        # A path passes a replica of its last actor too, once: as often as there are others who reach it.
        union = igraph.Graph(n=n, edges=zip(source.tolist(), target.tolist(), strict=True), directed=True)
        reached_by = np.array(union.neighborhood_size(order=n, mode="in")) - 1
        values[:] = np.maximum(np.reshape(between[: layers * n], (layers, n)).sum(axis=0) - reached_by, 0.0)
    return found / max((n - 1) * (n - 2), 1)


def _cost_of_change(omega: np.ndarray) -> np.ndarray:
    """What changing layers costs, by the cheapest way; 0 for staying."""
    cost = np.divide(1.0, omega, out=np.full(omega.shape, np.inf), where=omega > 0)
    np.fill_diagonal(cost, 0.0)
    for k in range(len(cost)):
        cost = np.minimum(cost, cost[:, k, None] + cost[None, k, :])
    return cost
