"""Brokerage across layers: the first leg of a chain lies in one layer, the second in another.

Who receives arms from one side and ships gas to the other stands between them, though nobody does so in any single
layer. A broker b carries a → b in the first layer and b → c in the second, a ≠ c; the groups of a, b and c give the
roles of Gould and Fernandez, as in `influence.metrics.brokerage`. Presence counts, in each layer by its own rule.

A pair of layers is ordered, and its legs can be told apart even where neither layer has a direction: there the pair
(x, y) is the mirror of (y, x), and representative and gatekeeper change places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from influence.metrics._role_null import arrangements, ego_counts, p_value
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
from influence.metrics.backbone import layer_presence
from influence.metrics.registry import align_codes
from influence.network.adapter import GraphError, Unknown, as_matrix

Closure = Literal["any", "same", "all", "none"]
Credit = Literal["unit", "shared"]
Pairs = Sequence[tuple[str, str]]

_AT_ONCE = 2**22  # entries of drawn graphs held in memory


class _Layers(NamedTuple):
    """The layers of a snapshot aligned by name: weights and presence, both [layer, n, n]."""

    names: list[str]
    labels: pd.Index
    weight: np.ndarray
    tie: np.ndarray
    directed: np.ndarray
    graphs: list[Any]


def cross_layer(
    layers: Any,
    groups: pd.Series | Mapping[Any, Any],
    *,
    pairs: Pairs | None = None,
    credit: Credit = "unit",
    closure: Closure = "any",
    weight: str | None = "weight",
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """Brokerage roles across layers: chains whose legs lie in two different layers, by actor and pair of layers.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Two layers or more, aligned by name over the union of all actors. In a `Layer`, presence follows its own rule
        (`LayerSpec.binarise`).
    groups : pandas.Series or mapping
        Actor → group, for all actors of all layers.
    pairs : sequence of (str, str), optional
        Ordered pairs of layers: that of the first leg, that of the second. Default: all.
    credit : {"unit", "shared"}, default "unit"
        "shared" divides a chain by the number of brokers who carry from a to c by the same pair of layers.
    closure : {"any", "same", "all", "none"}, default "any"
        Where a tie from a to c makes the chain void: in any of the layers given, in one of the two layers that the
        chain runs through, only if it is in all layers given, or nowhere.
    weight : str or None, default "weight"
        Which ties are there: those with a weight above 0.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        actor, layer_in (of a → b), layer_out (of b → c), and the counts coordinator (AAA), itinerant (ABA),
        representative (AAB), gatekeeper (ABB), liaison (ABC), brokerage (all of them); one row an actor and pair.
        0 for actors without ties; NaN where the partition makes a role impossible.

    Raises
    ------
    ValueError
        An actor without a group; an unknown layer; a pair of a layer with itself (that is `gould_fernandez`).

    Warns
    -----
    DensityWarning
        A layer has more than half of all possible ties.

    References
    ----------
    Gould, R. V., & Fernandez, R. M. (1989). Structures of mediation: a formal approach to brokerage in transaction
    networks. Sociological Methodology 19, 89–126. Across layers: own extension.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> names = ["RUS", "KAZ", "CHN"]
    >>> arms, oil = (pd.DataFrame(0, index=names, columns=names) for _ in range(2))
    >>> arms.loc["RUS", "KAZ"] = oil.loc["KAZ", "CHN"] = 1
    >>> groups = {"RUS": "Russia", "KAZ": "Central Asia", "CHN": "China"}
    >>> found = inf.brokerage.cross_layer({"arms": arms, "oil": oil}, groups)
    >>> found.loc[found["brokerage"] > 0, ["actor", "layer_in", "layer_out", "liaison"]]
      actor layer_in layer_out  liaison
    1   KAZ     arms       oil      1.0
    """
    read = _read(layers, weight, unknown)
    codes = align_codes(groups, read.labels, "cross_layer", "groups")
    chosen = _chosen(read, pairs)
    warn_if_dense(read.tie, stacklevel=3)
    at = np.array([[read.names.index(x), read.names.index(y)] for x, y in chosen])
    same = (codes[:, None] == codes[None, :]).astype(float)
    first, second = read.tie[at[:, 0]].astype(float), read.tie[at[:, 1]].astype(float)
    served = np.stack([_served(read.tie, i, j, credit, closure) for i, j in at])
    counts = leg_counts(first, second, served, same[None])
    every = counts.sum(axis=0)
    counts = np.where(possible_roles(codes[None]), counts, np.nan)
    n = len(read.labels)
    frame = pd.DataFrame(
        {
            "actor": np.tile(read.labels.to_numpy(), len(chosen)),
            "layer_in": np.repeat([x for x, _ in chosen], n),
            "layer_out": np.repeat([y for _, y in chosen], n),
        }
    )
    for name, values in zip(COLUMNS, [*counts, every], strict=True):
        frame[name] = values.ravel()
    return _finished(frame, layers, read, credit=credit, closure=closure, unknown=unknown)


def cross_layer_chains(
    layers: Any,
    groups: pd.Series | Mapping[Any, Any],
    broker: Any = None,
    role: str | None = None,
    ties: Mapping[str, pd.DataFrame] | None = None,
    *,
    pairs: Pairs | None = None,
    credit: Credit = "unit",
    closure: Closure = "any",
    weight: str | None = "weight",
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """The receipts of `cross_layer`: every chain that it counts, with the evidence of both legs.

    Parameters
    ----------
    layers, groups, pairs, credit, closure, weight, unknown
        As in `cross_layer`.
    broker : label, optional
        Only chains through this actor.
    role : {"coordinator", "itinerant", "representative", "gatekeeper", "liaison"}, optional
        Only chains of this kind.
    ties : mapping of str to pandas.DataFrame, optional
        Evidence by layer: a row a tie with source, target and what else is known (kind, source_id, locator, ...), a
        column ``mutual`` marking those without direction. A `Layer` brings its own.

    Returns
    -------
    pandas.DataFrame
        a, b, c, role, layer_in, layer_out, weight_in (of a → b), weight_out (of b → c), credit, and for each column of
        the evidence the same with ``_in`` and ``_out``, several values joined by "; ". Sorted by b, layers, role, a, c.
        The credits of a broker, pair of layers and role sum to its count.

    Raises
    ------
    ValueError
        The broker is in no layer, or there is no such role or layer.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> names = ["RUS", "KAZ", "CHN"]
    >>> arms, oil = (pd.DataFrame(0, index=names, columns=names) for _ in range(2))
    >>> arms.loc["RUS", "KAZ"] = oil.loc["KAZ", "CHN"] = 1
    >>> groups = {"RUS": "Russia", "KAZ": "Central Asia", "CHN": "China"}
    >>> found = inf.brokerage.cross_layer_chains({"arms": arms, "oil": oil}, groups)
    >>> found[["a", "b", "c", "role", "layer_in", "layer_out"]]
         a    b    c     role layer_in layer_out
    0  RUS  KAZ  CHN  liaison     arms       oil
    """
    if role is not None and role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    read = _read(layers, weight, unknown)
    if broker is not None and broker not in read.labels:
        raise ValueError(f"{broker!r} is in none of the layers")
    codes = align_codes(groups, read.labels, "cross_layer_chains", "groups")
    brokers = np.arange(len(read.labels)) if broker is None else read.labels.get_indexer(pd.Index([broker]))
    found = []
    for x, y in _chosen(read, pairs):
        i, j = read.names.index(x), read.names.index(y)
        served = _served(read.tie, i, j, credit, closure)
        for k in brokers:
            a, c = np.nonzero(np.outer(read.tie[i, :, k], read.tie[j, k]) * served)
            kind = role_names(codes[a] == codes[k], codes[c] == codes[k], codes[a] == codes[c])
            told = {"a": a, "b": k, "c": c, "role": kind, "layer_in": x, "layer_out": y, "credit": served[a, c]}
            found.append(pd.DataFrame(told))
    legs = pd.concat(found, ignore_index=True)
    if role is not None:
        legs = legs[legs["role"] == role]
    a, b, c = (legs[end].to_numpy(dtype=int) for end in "abc")
    rank = pd.Index(read.labels.astype(str)).argsort().argsort()
    by_role = pd.Index(ROLES).get_indexer(pd.Index(legs["role"]))
    order = np.lexsort([rank[c], rank[a], by_role, *(_codes(legs[k]) for k in ("layer_out", "layer_in")), rank[b]])
    a, b, c, legs = a[order], b[order], c[order], legs.iloc[order].reset_index(drop=True)
    into, out = (pd.Index(read.names).get_indexer(pd.Index(legs[k])) for k in ("layer_in", "layer_out"))
    frame = pd.DataFrame({"a": read.labels[a], "b": read.labels[b], "c": read.labels[c]})
    frame[["role", "layer_in", "layer_out"]] = legs[["role", "layer_in", "layer_out"]]
    frame["weight_in"], frame["weight_out"] = read.weight[into, a, b], read.weight[out, b, c]
    frame["credit"] = legs["credit"]
    frame = _with_evidence(frame, read, ties)
    return _finished(frame, layers, read, credit=credit, closure=closure, unknown=unknown)


def _with_evidence(frame: pd.DataFrame, read: _Layers, ties: Mapping[str, pd.DataFrame] | None) -> pd.DataFrame:
    legs = {"in": frame[["a", "b", "layer_in"]], "out": frame[["b", "c", "layer_out"]]}
    needed = pd.concat([ends.set_axis(["source", "target", "layer"], axis=1) for ends in legs.values()])
    known = {}
    for name, graph, directed in zip(read.names, read.graphs, read.directed, strict=True):
        pairs = pd.MultiIndex.from_frame(needed.loc[needed["layer"] == name, ["source", "target"]])
        known[name] = evidence(graph, (ties or {}).get(name), bool(directed), pairs.unique())
    for leg, ends in legs.items():
        told = []
        for name, table in known.items():
            here = ends[ends[f"layer_{leg}"] == name]
            if table is not None and len(here):
                found = table.reindex(pd.MultiIndex.from_frame(here.iloc[:, :2]))
                told.append(found.set_axis(here.index).add_suffix(f"_{leg}"))
        if told:
            frame = frame.join(pd.concat(told))
    return frame


def cross_layer_test(
    layers: Any,
    groups: pd.Series | Mapping[Any, Any],
    *,
    null: Literal["layers", "labels"] = "layers",
    draws: int = 999,
    seed: int = 0,
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
    pairs: Pairs | None = None,
    credit: Credit = "unit",
    closure: Closure = "any",
    weight: str | None = "weight",
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """Whether an actor brokers across two layers more, or less, often than if they had nothing to do with each other.

    Parameters
    ----------
    layers, groups, pairs, credit, closure, weight, unknown
        As in `cross_layer`.
    null : {"layers", "labels"}, default "layers"
        "layers" keeps the ties of both layers and the groups, and permutes who is who in the second layer against
        the first, the broker apart: it keeps its place, hence its number of partners in either layer. Ties of the
        second layer close chains where the permutation puts them. "labels" keeps all ties and permutes the groups of
        all others, as `gould_fernandez_test` does.
    draws : int, default 999
        Permutations for each actor (and pair of layers). Where there are no more arrangements than that, all of them
        are enumerated and p is exact.
    seed : int, default 0
        The same seed gives the same p, whatever the order of actors and layers.
    alternative : {"two-sided", "greater", "less"}, default "two-sided"
        Two-sided p is twice the smaller tail, at most 1.

    Returns
    -------
    pandas.DataFrame
        Tidy: actor, layer_in, layer_out, role, count, expected, sd, z, p, smallest_p (the p of the most extreme count
        that the null reached). z only where both layers are directed and sd is positive. Impossible roles NaN.

    Raises
    ------
    ValueError
        An unknown option, layer or pair; an actor without a group.

    Notes
    -----
    p = (1 + draws at least as extreme) / (1 + draws), without the ones if all arrangements were enumerated; ties
    count as extreme. Under "labels" the total does not vary, so its p is 1. Under "layers", shared credits are those
    among the brokers that each exchange of the second layer leaves.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> names = ["RUS", "BLR", "KAZ", "CHN", "KGZ"]
    >>> arms, oil = (pd.DataFrame(0, index=names, columns=names) for _ in range(2))
    >>> arms.loc["RUS", "KAZ"] = oil.loc["KAZ", "CHN"] = 1
    >>> groups = {"RUS": "R", "BLR": "R", "KAZ": "A", "CHN": "C", "KGZ": "A"}
    >>> two = {"arms": arms, "oil": oil}
    >>> found = inf.brokerage.cross_layer_test(two, groups, pairs=[("arms", "oil")], alternative="greater")
    >>> found.query("actor == 'KAZ' and role == 'liaison'")[["count", "expected", "p"]].values.tolist()
    [[1.0, 0.25, 0.25]]
    """
    if null not in ("layers", "labels"):
        raise ValueError(f'null must be "layers" or "labels", not {null!r}')
    if alternative not in ("two-sided", "greater", "less"):
        raise ValueError(f'alternative must be "two-sided", "greater" or "less", not {alternative!r}')
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    read = _read(layers, weight, unknown)
    labels, n = read.labels, len(read.labels)
    codes = align_codes(groups, labels, "cross_layer_test", "groups")
    chosen = _chosen(read, pairs)
    warn_if_dense(read.tie, stacklevel=3)
    possible = np.vstack([possible_roles(codes[None])[:, 0], np.ones(n, dtype=bool)]).T
    # Streams are keyed by names: neither the order of rows nor that of layers decides who gets which numbers.
    by_name = np.argsort(labels.astype(str).to_numpy(), kind="stable")
    rank = {name: k for k, name in enumerate(sorted(read.names))}
    blocks = []
    for x, y in chosen:
        i, j = read.names.index(x), read.names.index(y)
        served = _served(read.tie, i, j, credit, closure)
        stats = {name: np.full((n, len(COLUMNS)), np.nan) for name in _STATISTICS}
        for place, ego in enumerate(by_name):
            others = by_name[by_name != ego]
            key = (place,) if null == "labels" else (place, rank[x], rank[y])
            stream = np.random.SeedSequence(seed, spawn_key=key)
            moved = codes[others] if null == "labels" else others
            arranged, exact = arrangements(moved, draws, stream)
            trial = np.empty((len(arranged) + 1, n), dtype=int)
            start = codes if null == "labels" else np.arange(n)
            trial[0], trial[:, ego], trial[1:, others] = start, start[ego], arranged
            if null == "labels":
                drawn = ego_counts(read.tie[i, :, ego], read.tie[j, ego], served, trial, codes[ego], True)
            else:
                drawn = _turned_counts(read.tie, i, j, credit, closure, codes, int(ego), trial)
            reference = drawn[1:] if exact else drawn
            stats["count"][ego], stats["p"][ego] = drawn[0], p_value(reference, drawn[0], alternative)
            stats["expected"][ego], stats["sd"][ego] = drawn[1:].mean(axis=0), drawn[1:].std(axis=0)
            extremes = (p_value(reference, end, alternative) for end in (reference.max(axis=0), reference.min(axis=0)))
            stats["smallest_p"][ego] = np.minimum(*extremes)
        varies = (stats["sd"] > 1e-9) & bool(read.directed[[i, j]].all())
        gap = stats["count"] - stats["expected"]
        stats["z"] = np.divide(gap, stats["sd"], out=np.full_like(gap, np.nan), where=varies)
        tidy = pd.DataFrame({name: np.where(possible, stats[name], np.nan).ravel() for name in _STATISTICS})
        tidy.insert(0, "role", np.tile(COLUMNS, n))
        tidy.insert(0, "layer_out", y)
        tidy.insert(0, "layer_in", x)
        tidy.insert(0, "actor", labels.repeat(len(COLUMNS)))
        blocks.append(tidy)
    options = {"null": null, "draws": draws, "seed": seed, "alternative": alternative}
    return _finished(
        pd.concat(blocks, ignore_index=True), layers, read, credit=credit, closure=closure, unknown=unknown, **options
    )


_STATISTICS = ("count", "expected", "sd", "z", "p", "smallest_p")


def _turned_counts(
    tie: np.ndarray,
    i: int,
    j: int,
    credit: Credit,
    closure: Closure,
    codes: np.ndarray,
    ego: int,
    turns: np.ndarray,
) -> np.ndarray:
    """The six counts of one broker under many exchanges: ``turns[d, x]`` is who takes x's ties in the second layer."""
    a, heirs = np.flatnonzero(tie[i, :, ego]), np.flatnonzero(tie[j, ego])
    own = codes == codes[ego]
    names = role_names(own[a][:, None], own[None, :], codes[a][:, None] == codes[None, :])
    kind = pd.Index(ROLES).get_indexer(pd.Index(names.ravel())).reshape(names.shape)
    rest = np.delete(tie, j, axis=0)
    closing = {"any": rest.any(axis=0), "same": tie[i], "all": rest.all(axis=0), "none": np.zeros_like(tie[i])}[closure]
    counts = np.empty((len(turns), len(ROLES)))
    first_legs = tie[i][a].astype(float)
    size = len(a) * len(heirs) if credit == "unit" else len(codes) ** 2
    step = max(1, _AT_ONCE // max(size, 1))
    for begin in range(0, len(turns), step):
        turn = turns[begin : begin + step]
        c = turn[:, None, heirs]
        # Whether the second layer, exchanged, ties a to c: its own tie from whom a stands in for to c's original.
        stands_in = np.argsort(turn, axis=1)
        turned = tie[j][stands_in[:, a, None], heirs]
        closed = closing[a[:, None], c]
        closed = closed & turned if closure == "all" else closed | (turned & (closure != "none"))
        chains = ~closed & (a[:, None] != c)
        bins = kind[np.arange(len(a))[:, None], c] + len(ROLES) * np.arange(len(turn))[:, None, None]
        worth = None
        if credit == "shared":  # how many carry from a to c once the second layer is exchanged
            brokers = first_legs @ tie[j][stands_in[:, :, None], stands_in[:, None, :]].astype(float)
            worth = 1.0 / np.take_along_axis(brokers, np.broadcast_to(c, chains.shape), axis=2)[chains]
        found = np.bincount(bins[chains], weights=worth, minlength=len(turn) * len(ROLES))
        counts[begin : begin + step] = found.reshape(len(turn), len(ROLES))
    return np.column_stack([counts, counts.sum(axis=1)])


def _served(tie: np.ndarray, i: int, j: int, credit: Credit, closure: Closure) -> np.ndarray:
    """What serving each pair of ends between layers i and j is worth: 0 where a tie closes the chain."""
    if credit not in ("unit", "shared"):
        raise ValueError(f'credit must be "unit" or "shared", not {credit!r}')
    if closure == "any":
        open_pairs = ~tie.any(axis=0)
    elif closure == "same":
        open_pairs = ~(tie[i] | tie[j])
    elif closure == "all":
        open_pairs = ~tie.all(axis=0)
    elif closure == "none":
        open_pairs = np.ones(tie.shape[1:], dtype=bool)
    else:
        raise ValueError(f'closure must be "any", "same", "all" or "none", not {closure!r}')
    worth: np.ndarray = (open_pairs & ~np.eye(tie.shape[-1], dtype=bool)).astype(float)
    if credit == "shared":
        brokers = tie[i].astype(float) @ tie[j]
        worth = np.divide(worth, brokers, out=np.zeros_like(worth), where=brokers > 0)
    return worth


def _read(layers: Any, weight: str | None, unknown: Unknown) -> _Layers:
    """Weights and presence of each layer, aligned by name; presence by each layer's own rule."""
    if not isinstance(layers, Mapping):
        if not hasattr(layers, "one_mode"):
            raise GraphError(f"expected a Snapshot or a mapping name → graph, not {type(layers).__name__}")
        layers = layers.one_mode()
    if len(layers) < 2:
        raise GraphError(f"brokerage across layers needs two layers or more, not {len(layers)}")
    read = {name: as_matrix(graph, weight=weight, unknown=unknown) for name, graph in layers.items()}
    labels = pd.Index(sorted({label for adjacency in read.values() for label in adjacency.labels}, key=str))
    weights = np.zeros((len(read), len(labels), len(labels)))
    tie = np.zeros_like(weights, dtype=bool)
    for k, (name, adjacency) in enumerate(read.items()):
        at = np.ix_(*[labels.get_indexer(adjacency.labels)] * 2)
        weights[k][at] = adjacency.dense()
        tie[k][at] = layer_presence(layers[name], adjacency)
    directed = np.array([adjacency.directed for adjacency in read.values()])
    return _Layers(list(read), labels, weights, tie, directed, list(layers.values()))


def _chosen(read: _Layers, pairs: Pairs | None) -> list[tuple[str, str]]:
    if pairs is None:
        return list(permutations(read.names, 2))
    chosen = [(x, y) for x, y in pairs]
    for x, y in chosen:
        unheard = [name for name in (x, y) if name not in read.names]
        if unheard:
            raise ValueError(f"no layer named {unheard[0]!r}; there are {', '.join(read.names)}")
        if x == y:
            raise ValueError(f"both legs in {x}: that is gould_fernandez, not brokerage across layers")
    if not chosen:
        raise ValueError("pairs is empty: name at least one pair of layers, or leave it out for all")
    return list(dict.fromkeys(chosen))


def _codes(values: pd.Series) -> np.ndarray:
    return pd.factorize(values, sort=True)[0]


def _finished(frame: pd.DataFrame, layers: Any, read: _Layers, **options: Any) -> pd.DataFrame:
    frame = with_origin(frame, layers, "cross_layer", **options)
    frame.attrs["influence"]["layers"] = read.names
    return frame
