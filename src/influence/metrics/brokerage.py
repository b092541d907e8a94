"""Brokerage: who stands between groups, in which role, and by which chains.

A broker b carries a → b → c where a has no tie to c of its own (Gould & Fernandez 1989). Written by the
groups of a, b and c: coordinator AAA, itinerant ABA, representative AAB, gatekeeper ABB, liaison ABC.
Presence counts, strength does not. On undirected graphs a chain has no direction: each pair {a, c} counts
once, and representative and gatekeeper are one role, held in the column ``gatekeeper``; ``representative`` is
then NaN.

A role that cannot occur under a partition (nobody can be liaison between two groups) is NaN, not 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._large_roles import around, role_counts_sparse
from influence.metrics._role_blocks import leg_counts_in_blocks, worth_blocks
from influence.metrics._role_null import arrangements, ego_counts, p_value, sna_moments
from influence.metrics._roles import (
    COLUMNS,
    ROLES,
    evidence,
    leg_counts,
    possible_roles,
    role_names,
    warn_if_dense,
    with_origin,
)
from influence.metrics._roles import DensityWarning as DensityWarning
from influence.metrics._triangles import large_graph
from influence.metrics.backbone import layer_presence
from influence.metrics.cross_layer import cross_layer as cross_layer
from influence.metrics.cross_layer import cross_layer_chains as cross_layer_chains
from influence.metrics.cross_layer import cross_layer_test as cross_layer_test
from influence.metrics.registry import align_codes, metric
from influence.network.adapter import as_dense, as_matrix

Credit = Literal["unit", "shared"]
Closure = Literal["direct", "either", "none"]

_CACHED = 2**17  # matrix entries worked on at a time
_ORACLES = "tests/metrics/test_brokerage.py::"
_REFERENCE = "Gould & Fernandez 1989, Sociological Methodology 19"


# --- counts ---------------------------------------------------------------------------------------


def role_counts(
    a: np.ndarray,
    *,
    directed: bool,
    groups: np.ndarray | None = None,
    credit: Credit = "unit",
    closure: Closure = "direct",
) -> dict[str, np.ndarray]:
    """The five roles and their total for a stack of graphs: the kernel behind everything here.

    Parameters
    ----------
    a : numpy.ndarray, shape (..., n, n)
        Any positive value is a tie.
    directed : bool
        If false, the matrices are symmetric and each pair of ends counts once.
    groups : numpy.ndarray of int, shape (..., n) or (n,)
        The group of each actor, as codes.
    credit, closure
        As in `gould_fernandez`.

    Returns
    -------
    dict of str to numpy.ndarray, shape (..., n)
        By the names in `COLUMNS`. NaN where the partition makes a role impossible.

    Warns
    -----
    DensityWarning
        A graph has more than half of all possible ties.

    Notes
    -----
    With B the ties within groups, X those across, and W the pairs that a broker can serve (no tie
    from a to c), a chain count is a column sum of ties times W B', W X' and (W ∘ same group) X': three
    batched products.
    """
    a = np.asarray(a)
    if groups is None:
        raise ValueError("brokerage roles need groups= : the group of each actor")
    codes = np.asarray(groups)
    if codes.shape[-1:] != a.shape[-1:]:
        raise ValueError(f"groups has {codes.shape[-1:]} codes for {a.shape[-1]} actors")
    n = a.shape[-1]
    depth = math.prod(a.shape[:-2])
    flat = a.reshape(depth, n, n)
    codes = np.broadcast_to(codes, a.shape[:-1]).reshape(depth, n)
    warn_if_dense(flat, stacklevel=4)

    counts = np.empty((len(COLUMNS), depth, n))
    step = max(1, _CACHED // max(n * n, 1))
    for first in range(0, depth, step):
        part = slice(first, first + step)
        counts[:, part] = _count(flat[part], codes[part], directed, credit, closure)
    return dict(zip(COLUMNS, counts.reshape(len(COLUMNS), *a.shape[:-1]), strict=True))


def _count(flat: np.ndarray, codes: np.ndarray, directed: bool, credit: Credit, closure: Closure) -> np.ndarray:
    tie, served = _ties_and_pairs(flat, credit, closure)
    if worth_blocks(codes):
        counts = leg_counts_in_blocks(tie, served, codes[0])
    else:
        counts = leg_counts(tie, tie, served, (codes[:, :, None] == codes[:, None, :]).astype(tie.dtype))
    if not directed:  # both orders of a pair were seen; gatekeeper saw only the one that enters its group
        counts /= np.array([2, 2, 1, 1, 2])[:, None, None]
        counts[2] = np.nan
    every = np.nansum(counts, axis=0)
    return np.concatenate([np.where(possible_roles(codes), counts, np.nan), every[None]])


def _ties_and_pairs(flat: np.ndarray, credit: Credit, closure: Closure) -> tuple[np.ndarray, np.ndarray]:
    """Presence of ties, and what serving each pair of ends is worth: 0 where a tie closes the chain."""
    if credit not in ("unit", "shared"):
        raise ValueError(f'credit must be "unit" or "shared", not {credit!r}')
    # Unit credits are small integers, which single precision holds exactly and multiplies twice as fast.
    tie: np.ndarray = (flat > 0).astype(np.float32 if credit == "unit" else np.float64)
    if closure == "direct":
        served = 1 - tie
    elif closure == "either":
        served = 1 - np.maximum(tie, tie.transpose(0, 2, 1))
    elif closure == "none":
        served = np.ones_like(tie)
    else:
        raise ValueError(f'closure must be "direct", "either" or "none", not {closure!r}')
    if credit == "shared":
        brokers = tie @ tie
        served = np.divide(served, brokers, out=np.zeros_like(served), where=brokers > 0)
    diagonal = np.arange(flat.shape[-1])
    served[:, diagonal, diagonal] = 0
    return tie, served


# --- the metrics of the panel ---------------------------------------------------------------------


def _role_metric(id: str, pattern: str, measures: str, oracle: str) -> Callable[..., pd.Series]:
    """One column of `gould_fernandez` as a metric of its own, so that a panel can ask for it."""

    def kernel(
        a: np.ndarray,
        *,
        directed: bool,
        groups: np.ndarray | None = None,
        credit: Credit = "unit",
        closure: Closure = "direct",
    ) -> np.ndarray:
        return role_counts(a, directed=directed, groups=groups, credit=credit, closure=closure)[id]

    kernel.__name__ = kernel.__qualname__ = "total" if id == "brokerage" else id
    kernel.__doc__ = f"""Brokerage chains {pattern}: {measures}.

    One column of `gould_fernandez`, which see for groups, options, undirected graphs and impossible roles.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; presence counts.
    weight, directed, unknown
        As in `influence.as_matrix`.
    groups : pandas.Series or mapping
        Actor → group.
    credit : {{"unit", "shared"}}, default "unit"
    closure : {{"direct", "either", "none"}}, default "direct"

    Returns
    -------
    pandas.Series
        A count an actor; 0 for isolates, NaN where the partition makes the role impossible.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> chain = np.zeros((5, 5))
    >>> chain[0, 1] = chain[1, 2] = 1
    >>> inf.brokerage.{kernel.__name__}(chain, groups={_EXAMPLE_GROUPS[id]})[[1]].tolist()
    [1.0]
    """
    return metric(
        id,
        measures=measures,
        formula=f"number of a → b → c, a ≠ c, no a → c, with groups {pattern}",
        reference=_REFERENCE,
        weight="presence",
        direction="directed (undirected: each pair once)",
        range=(0, math.inf),
        disconnected="ends in different components are pairs like others",
        needs=("groups",),
        oracle=_ORACLES + oracle,
        shares=role_counts,
        sparse=role_counts_sparse,
        reads=layer_presence,
    )(kernel)


_EXAMPLE_GROUPS = {
    "coordinator": "dict(enumerate('AAABC'))",
    "itinerant": "dict(enumerate('ABAAA'))",
    "representative": "dict(enumerate('AABBB'))",
    "gatekeeper": "dict(enumerate('ABBAA'))",
    "liaison": "dict(enumerate('ABCAB'))",
    "brokerage": "dict(enumerate('ABCAB'))",
}
_BY_HAND = "test_each_role_by_hand"

coordinator = _role_metric("coordinator", "AAA", "carries between two of its own group", _BY_HAND)
itinerant = _role_metric("itinerant", "ABA", "carries between two of one other group", _BY_HAND)
representative = _role_metric("representative", "AAB", "carries from its own group to another", _BY_HAND)
gatekeeper = _role_metric("gatekeeper", "ABB", "lets another group into its own", _BY_HAND)
liaison = _role_metric("liaison", "ABC", "carries between two groups, neither its own", _BY_HAND)
total = _role_metric("brokerage", "of all five kinds", "carries between two who have no tie", "test_counts_against_sna")


# --- labelled -------------------------------------------------------------------------------------


def gould_fernandez(
    graph: Any,
    groups: pd.Series | Mapping[Any, Any],
    *,
    credit: Credit = "unit",
    closure: Closure = "direct",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Any = "absent",
) -> pd.DataFrame:
    """Brokerage roles of every actor: how many chains a → b → c it carries as b, by the groups of a, b and c.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        ``matrix[i, j]`` is the tie from i to j; presence counts, in a layer by its own rule
        (`LayerSpec.binarise`).
    groups : pandas.Series or mapping
        Actor → group, aligned by name; actors that are not in the graph are left out.
    credit : {"unit", "shared"}, default "unit"
        "shared" divides a chain by the number of brokers who could carry it.
    closure : {"direct", "either", "none"}, default "direct"
        Which tie between its ends makes a chain void: from a to c, in either direction, or none.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.DataFrame
        One row an actor; columns coordinator (AAA), itinerant (ABA), representative (AAB: the broker speaks
        for a's group), gatekeeper (ABB: it lets a into its own group), liaison (ABC), brokerage (all of
        them). 0 for isolates. NaN where the partition makes a role impossible. On an undirected graph each
        pair {a, c} counts once and representative is NaN: it is the same role as gatekeeper, counted there,
        once in the total too.

    Raises
    ------
    ValueError
        An actor has no group, or an option is unknown.

    Warns
    -----
    DensityWarning
        The graph has more than half of all possible ties.

    References
    ----------
    Gould, R. V. and Fernandez, R. M. (1989). Structures of mediation: a formal approach
    to brokerage in transaction networks. Sociological Methodology 19, 89–126.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> names = ["RUS", "KAZ", "CHN", "KGZ"]
    >>> graph = pd.DataFrame(0, index=names, columns=names)
    >>> graph.loc["CHN", "KAZ"] = graph.loc["KAZ", "KGZ"] = graph.loc["KAZ", "RUS"] = 1
    >>> groups = {"RUS": "Russia", "CHN": "China", "KAZ": "Central Asia", "KGZ": "Central Asia"}
    >>> inf.brokerage.gould_fernandez(graph, groups).loc["KAZ"].dropna().to_dict()
    {'representative': 0.0, 'gatekeeper': 1.0, 'liaison': 1.0, 'brokerage': 2.0}
    """
    adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    codes = align_codes(groups, adjacency.labels, "gould_fernandez", "groups")
    present, known_directed = layer_presence(graph, adjacency), adjacency.directed
    large = large_graph(present) if credit == "unit" else None
    if large:
        counts = role_counts_sparse(large, directed=known_directed, groups=codes, credit=credit, closure=closure)
    else:
        counts = role_counts(as_dense(present), directed=known_directed, groups=codes, credit=credit, closure=closure)
    columns = np.stack([counts[name] for name in COLUMNS], axis=1)
    frame = pd.DataFrame(columns, index=adjacency.labels, columns=list(COLUMNS))
    return with_origin(frame, graph, "gould_fernandez", credit=credit, closure=closure, unknown=unknown)


def chains(
    graph: Any,
    groups: pd.Series | Mapping[Any, Any],
    broker: Any = None,
    role: str | None = None,
    ties: pd.DataFrame | None = None,
    *,
    credit: Credit = "unit",
    closure: Closure = "direct",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Any = "absent",
) -> pd.DataFrame:
    """The receipts of `gould_fernandez`: every chain a → b → c that it counts, with both legs.

    Parameters
    ----------
    graph, groups, credit, closure, weight, directed, unknown
        As in `gould_fernandez`.
    broker : label, optional
        Only chains through this actor.
    role : {"coordinator", "itinerant", "representative", "gatekeeper", "liaison"}, optional
        Only chains of this kind.
    ties : pandas.DataFrame, optional
        Evidence: a row a tie with source, target and what else is known (kind, source_id, locator, ...), a
        column ``mutual`` marking those without direction. A layer brings its own.

    Returns
    -------
    pandas.DataFrame
        a, b, c, role, weight_in (of a → b), weight_out (of b → c), credit, and for each column of `ties` the
        same with ``_in`` and ``_out``, several values joined by "; ". Sorted by b, role, a, c. The credits of
        a broker and role sum to its count. On an undirected graph a gatekeeper's c is of its own group, other
        ends are in alphabetical order.

    Raises
    ------
    ValueError
        The broker is not in the graph, or there is no such role.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> names = ["RUS", "KAZ", "CHN", "KGZ"]
    >>> graph = pd.DataFrame(0, index=names, columns=names)
    >>> graph.loc["CHN", "KAZ"] = graph.loc["KAZ", "KGZ"] = graph.loc["KAZ", "RUS"] = 1
    >>> groups = {"RUS": "Russia", "CHN": "China", "KAZ": "Central Asia", "KGZ": "Central Asia"}
    >>> inf.brokerage.chains(graph, groups, broker="KAZ")[["a", "b", "c", "role"]]
         a    b    c        role
    0  CHN  KAZ  KGZ  gatekeeper
    1  CHN  KAZ  RUS     liaison
    """
    if role is not None and role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    if broker is not None and broker not in adjacency.labels:
        raise ValueError(f"{broker!r} is not in the graph")
    if broker is not None and credit == "unit":  # who else could carry a chain is not asked
        adjacency = around(graph, adjacency, broker)
    labels = adjacency.labels
    codes = align_codes(groups, labels, "chains", "groups")
    matrix = adjacency.dense()
    present = as_dense(layer_presence(graph, adjacency))
    tie, served = (stack[0] for stack in _ties_and_pairs(present[None], credit, closure))

    rank = pd.Index(labels.astype(str)).argsort().argsort()
    found = []
    for b in range(len(labels)) if broker is None else [labels.get_loc(broker)]:
        a, c = np.nonzero(np.outer(tie[:, b], tie[b]) * served)
        own_a, own_c = codes[a] == codes[b], codes[c] == codes[b]
        if not adjacency.directed:
            once = np.where(own_a == own_c, rank[a] < rank[c], own_c)
            a, c, own_a, own_c = a[once], c[once], own_a[once], own_c[once]
        kind = role_names(own_a, own_c, codes[a] == codes[c])
        found.append(pd.DataFrame({"a": a, "b": b, "c": c, "role": kind}))
    if not found:
        found.append(pd.DataFrame(columns=["a", "b", "c", "role"]))
    legs = pd.concat(found, ignore_index=True)
    if role is not None:
        legs = legs[legs["role"] == role]
    a, b, c = (legs[end].to_numpy(dtype=int) for end in "abc")
    order = np.lexsort([rank[c], rank[a], pd.Index(ROLES).get_indexer(pd.Index(legs["role"])), rank[b]])
    a, b, c = a[order], b[order], c[order]
    frame = pd.DataFrame(
        {
            "a": labels[a],
            "b": labels[b],
            "c": labels[c],
            "role": legs["role"].to_numpy()[order],
            "weight_in": matrix[a, b],
            "weight_out": matrix[b, c],
            "credit": served[a, c].astype(float),
        }
    )
    legs_of = {leg: pd.MultiIndex.from_frame(frame[list(ends)]) for leg, ends in {"in": "ab", "out": "bc"}.items()}
    known_ties = evidence(graph, ties, adjacency.directed, legs_of["in"].union(legs_of["out"]))
    if known_ties is not None:
        for leg, ends in legs_of.items():
            known = known_ties.reindex(ends).reset_index(drop=True).add_suffix(f"_{leg}")
            frame = pd.concat([frame, known], axis=1)
    return with_origin(frame, graph, "gould_fernandez", credit=credit, closure=closure, unknown=unknown)


# --- the test -------------------------------------------------------------------------------------


def gould_fernandez_test(
    graph: Any,
    groups: pd.Series | Mapping[Any, Any],
    *,
    null: Literal["labels"] = "labels",
    draws: int = 999,
    seed: int = 0,
    moments: Literal["null", "sna"] = "null",
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
    credit: Credit = "unit",
    closure: Closure = "direct",
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Any = "absent",
) -> pd.DataFrame:
    """Whether an actor holds a role more, or less, often than if groups had nothing to do with ties.

    For each actor the group labels of all others are permuted; the ties and its own label stay. Where there
    are no more arrangements than `draws`, all of them are enumerated and p is exact.

    Parameters
    ----------
    graph, groups, credit, closure, weight, directed, unknown
        As in `gould_fernandez`.
    null : {"labels"}
        What is permuted.
    draws : int, default 999
        Permutations an actor.
    seed : int, default 0
        The same seed gives the same p, whatever the order of the actors.
    moments : {"null", "sna"}, default "null"
        Where expected, sd and z come from: the permutations, or the formulas of Gould and Fernandez as R's
        sna has them (given size, class sizes and density; directed graphs and default options only). p is
        always from the permutations.
    alternative : {"two-sided", "greater", "less"}, default "two-sided"
        Two-sided p is twice the smaller tail, at most 1.

    Returns
    -------
    pandas.DataFrame
        Tidy: actor, role, count, expected, sd, z, p, smallest_p (the p of the most extreme count that the
        null reached: a role that cannot vary has 1). z only for directed graphs with positive sd. Impossible
        roles NaN.

    Raises
    ------
    ValueError
        An unknown option; ``moments="sna"`` on an undirected graph or with other options than the default
        ones.

    Notes
    -----
    p = (1 + draws at least as extreme) / (1 + draws), without the ones if all arrangements were enumerated;
    ties count as extreme. The total does not depend on labels, so its p is 1.

    Examples
    --------
    >>> import numpy as np
    >>> import influence as inf
    >>> chain = np.zeros((5, 5))
    >>> chain[0, 1] = chain[1, 2] = 1
    >>> found = inf.brokerage.gould_fernandez_test(chain, dict(enumerate("AABBB")), alternative="greater")
    >>> found.query("actor == 1 and role == 'representative'")[["count", "expected", "p"]].values.tolist()
    [[1.0, 0.25, 0.25]]
    """
    if null != "labels":
        raise ValueError(f'null must be "labels", not {null!r}')
    if moments not in ("null", "sna"):
        raise ValueError(f'moments must be "null" or "sna", not {moments!r}')
    if alternative not in ("two-sided", "greater", "less"):
        raise ValueError(f'alternative must be "two-sided", "greater" or "less", not {alternative!r}')
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    if moments == "sna" and not (adjacency.directed and credit == "unit" and closure == "direct"):
        raise ValueError('moments="sna" is for directed graphs with credit="unit" and closure="direct"')
    labels = adjacency.labels
    codes = align_codes(groups, labels, "gould_fernandez_test", "groups")
    flat = as_dense(layer_presence(graph, adjacency))[None]
    warn_if_dense(flat, stacklevel=3)
    tie, served = (stack[0].astype(float) for stack in _ties_and_pairs(flat, credit, closure))
    possible = np.vstack([possible_roles(codes[None])[:, 0], np.ones(len(labels), dtype=bool)])
    if not adjacency.directed:
        possible[2] = False

    # In the order of names, so that the order of rows does not decide who gets which random numbers.
    by_name = np.argsort(labels.astype(str).to_numpy(), kind="stable")
    seeds = np.random.SeedSequence(seed).spawn(len(labels))
    columns = ("count", "expected", "sd", "p", "smallest_p")
    result = {name: np.full((len(labels), len(COLUMNS)), np.nan) for name in columns}
    for child, ego in zip(seeds, by_name, strict=True):
        others = by_name[by_name != ego]
        arranged, exact = arrangements(codes[others], draws, child)
        trial = np.empty((len(arranged) + 1, len(labels)), dtype=codes.dtype)
        trial[0], trial[:, ego], trial[1:, others] = codes, codes[ego], arranged
        drawn = ego_counts(tie[:, ego], tie[ego], served, trial, codes[ego], adjacency.directed)
        reference = drawn[1:] if exact else drawn
        result["count"][ego] = drawn[0]
        result["expected"][ego] = drawn[1:].mean(axis=0)
        result["sd"][ego] = drawn[1:].std(axis=0)
        result["p"][ego] = p_value(reference, drawn[0], alternative)
        result["smallest_p"][ego] = np.minimum(
            p_value(reference, reference.max(axis=0), alternative),
            p_value(reference, reference.min(axis=0), alternative),
        )
    if moments == "sna":
        result["expected"], result["sd"] = sna_moments(tie, codes)
    varies = (result["sd"] > 1e-9) & adjacency.directed
    gap = result["count"] - result["expected"]
    result["z"] = np.divide(gap, result["sd"], out=np.full_like(gap, np.nan), where=varies)
    order = ["count", "expected", "sd", "z", "p", "smallest_p"]
    tidy = pd.DataFrame({name: np.where(possible.T, result[name], np.nan).ravel() for name in order})
    tidy.insert(0, "role", np.tile(COLUMNS, len(labels)))
    tidy.insert(0, "actor", labels.repeat(len(COLUMNS)))
    options = {"null": null, "draws": draws, "seed": seed, "moments": moments, "alternative": alternative}
    return with_origin(tidy, graph, "gould_fernandez", credit=credit, closure=closure, unknown=unknown, **options)
