"""Would the same be found by chance? Any metric against graphs that share only what the null model keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from influence.metrics._role_null import arrangements
from influence.metrics.backbone import layer_presence
from influence.metrics.registry import origin_of
from influence.network.adapter import as_incidence, as_matrix
from influence.robustness._statistic import StackStatistic, Statistic
from influence.robustness.extremes import MEASURES, against
from influence.robustness.rewiring import rewired
from influence.robustness.seats_rebuilt import Rebuild, rebuilder
from influence.robustness.seeds import generator
from influence.robustness.trades import traded

Null = Literal["degrees", "labels", "weights", "curveball"]

_NULLS = ("degrees", "labels", "weights", "curveball")


def null_test(
    graph: Any,
    statistic: Statistic,
    *,
    null: Null = "degrees",
    draws: int = 999,
    seed: int,
    groups: pd.Series | Mapping[Any, Any] | None = None,
    alternative: str = "two-sided",
    level: float = 0.95,
    swaps_per_tie: float = 10.0,
    eligible: pd.DataFrame | None = None,
    strata: pd.Series | Mapping[Any, Any] | None = None,
    rebuild: Rebuild = "newman",
    sizes: Mapping[str, float] | pd.Series | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Any = "absent",
) -> pd.DataFrame:
    """Hold observed values against what a null model gives.

    Parameters
    ----------
    graph : Layer, networkx graph, igraph.Graph, pandas.DataFrame, numpy.ndarray or scipy sparse matrix
        For "curveball" a two-mode layer, or a frame of actors (rows) × organizations or treaties (columns).
    statistic : str, sequence of str or callable
        Ids of `list_metrics`; or ``f(stack) -> array``, a stack of matrices (draws, n, n) in and one number a draw, or
        one a draw and actor, out. If groups are given, ``f(stack, groups)`` with integer codes (draws, n).
    null : {"degrees", "labels", "weights", "curveball"}
        What chance does.

        - "degrees": rewires the ties, in- and out-degrees kept (`rewire`). Ties count as present or absent, in the
          observed value too.
        - "labels": deals the groups out anew. For a value by actor, the actor keeps its own group; for one number a
          graph, everyone's changes.
        - "weights": deals the weights out anew over the ties that are present (undirected: over pairs).
        - "curveball": seats are traded, each actor's and each organization's number kept (`curveball`); one-mode
          metrics then see the ties rebuilt from the seats.
    draws : int, default 999
        Random draws. "labels" and "weights" go through all cases instead where these are no more.
    seed : int
    groups : pandas.Series or mapping, optional
        Actor → group.
    alternative : {"two-sided", "greater", "less"}
        Two-sided is twice the smaller tail, at most 1.
    level : float, default 0.95
        Of the interval ``low`` to ``high`` of the null.
    swaps_per_tie, eligible, strata
        As in `rewire` and `curveball`.
    rebuild, sizes
        How shared seats make a tie, as in `dyads`.
    options : mapping, optional
        metric id → options of its kernel.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.DataFrame
        Tidy: actor (None for a number a graph), metric, observed, expected, sd, z, p, low, high, p_min, draws, mixing.
        ``p`` is (1 + draws at least as extreme) / (1 + draws), without the ones if all cases were gone through; ties
        count as extreme. ``p_min`` is the p of the most extreme value that the null reached: no result can be
        smaller. ``draws`` counts those in which the value is defined. ``mixing`` is the share of observed ties that
        are gone in a draw (1 − what stands by chance, if the chains have run long enough); more of it in
        ``attrs["influence"]["mixing"]``.

    Raises
    ------
    ValueError
        An unknown null or alternative; "labels" without groups, or for metrics that read none; a metric that does not
        read such a graph.

    References
    ----------
    Phipson, B., & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics
    and Molecular Biology 9, 39.

    Examples
    --------
    >>> import numpy as np
    >>> from influence.robustness import null_test
    >>> chain = np.zeros((5, 5))
    >>> chain[0, 1] = chain[1, 2] = 1
    >>> groups = dict(enumerate("AABBB"))   # 4 other actors, one of them of the broker's group: 4 ways to deal it out
    >>> found = null_test(chain, "representative", null="labels", groups=groups, alternative="greater", seed=1)
    >>> found.loc[found["actor"] == 1, ["observed", "expected", "p", "p_min"]].values.tolist()
    [[1.0, 0.25, 0.25, 0.25]]
    """
    if null not in _NULLS:
        raise ValueError(f"null must be one of {', '.join(_NULLS)}, not {null!r}")
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    mixing: dict[str, float] = {}
    if null == "curveball":
        seats = as_incidence(graph)
        measure = StackStatistic(statistic, seats.actors, False, groups, options)
        held = (seats.matrix > 0).astype(np.uint8)
        moved = traded(held, seats.actors, seats.organizations, eligible, strata, draws, seed, swaps_per_tie)
        mixing = moved.mixing
        if measure.level == "layer":
            tied = rebuilder(graph, seats, rebuild, sizes)
            cases = _Cases(measure(tied(held[None])), measure.in_parts(moved.stack, tied), False)
        else:
            cases = _Cases(measure(held[None]), measure.in_parts(moved.stack), False)
        labels = seats.actors
    else:
        adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
        labels = adjacency.labels
        measure = StackStatistic(statistic, labels, adjacency.directed, groups, options)
        if measure.level != "layer":
            raise ValueError(f"{measure.names[0]} reads a {measure.level.replace('_', '-')} network, not this one")
        matrix = adjacency.matrix if isinstance(adjacency.matrix, np.ndarray) else adjacency.matrix.toarray()
        tie = layer_presence(graph, adjacency)
        if null == "degrees":
            moved = rewired(tie, labels, adjacency.directed, draws, seed, swaps_per_tie)
            mixing = moved.mixing
            cases = _Cases(measure(tie[None].astype(float)), measure.in_parts(moved.stack), False)
        elif null == "weights":
            dealt, exact = _dealt_weights(matrix, labels, adjacency.directed, draws, seed)
            cases = _Cases(measure(matrix[None]), measure.in_parts(dealt), exact)
        else:
            cases = _relabelled(measure, tie.astype(float) if measure.reads_groups else matrix, labels, draws, seed)
    return _table(graph, cases, labels, mixing, alternative, level, null=null, draws=draws, seed=seed, unknown=unknown)


class _Cases(NamedTuple):
    """Observed and drawn values by name: (1, n) and (draws, n), or (1,) and (draws,) for one number a graph."""

    observed: dict[str, np.ndarray]
    drawn: dict[str, np.ndarray]
    exact: bool | np.ndarray


def _relabelled(measure: StackStatistic, matrix: np.ndarray, labels: pd.Index, draws: int, seed: int) -> _Cases:
    """Groups dealt out anew: to all others of each actor, or to everyone where the graph has one value."""
    if measure.codes is None:
        raise ValueError('null="labels" deals groups out anew: name them by groups=')
    if measure.own is None and not all("groups" in m.needs for m in measure.metrics):
        without = [m.id for m in measure.metrics if "groups" not in m.needs]
        raise ValueError(f'null="labels": {", ".join(without)} reads no groups')
    codes, observed = measure.codes, measure(matrix[None])
    by_name = np.argsort(labels.astype(str).to_numpy(), kind="stable")
    whole = next(iter(observed.values())).ndim == 1
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in measure.names}
    exact = []
    for ego, others in _dealt_to(by_name, whole):
        key = ("labels",) if ego is None else ("labels", str(labels[ego]))
        arranged, complete = arrangements(codes[others], draws, _sequence(seed, *key))
        trial = np.tile(codes, (len(arranged), 1))
        trial[:, others] = arranged
        values = measure.in_parts(np.broadcast_to(matrix, (len(trial), *matrix.shape)), codes=trial)
        exact.append(complete)
        for name in measure.names:
            drawn[name].append(values[name] if ego is None else values[name][:, ego])
    if whole:
        return _Cases(observed, {name: v[0] for name, v in drawn.items()}, exact[0])
    back = np.argsort(by_name)
    # Groups of other sizes can be arranged in other numbers of ways: what is short is filled with NaN.
    longest = max(len(c) for c in drawn[measure.names[0]])
    padded = {
        name: np.stack([np.pad(c, (0, longest - len(c)), constant_values=np.nan) for c in columns], axis=1)[:, back]
        for name, columns in drawn.items()
    }
    return _Cases(observed, padded, np.array(exact)[back])


def _dealt_to(by_name: np.ndarray, whole: bool) -> Iterator[tuple[int | None, np.ndarray]]:
    if whole:
        yield None, by_name
        return
    for ego in by_name:
        yield int(ego), by_name[by_name != ego]


def _dealt_weights(
    matrix: np.ndarray, labels: pd.Index, directed: bool, draws: int, seed: int
) -> tuple[np.ndarray, bool]:
    """The present weights dealt out anew over the present ties; whether these are all the ways to do so."""
    by_name = np.argsort(labels.astype(str).to_numpy(), kind="stable")
    ordered = matrix[np.ix_(by_name, by_name)]
    rows, columns = np.nonzero(ordered if directed else np.triu(ordered))
    values, codes = np.unique(ordered[rows, columns], return_inverse=True)
    arranged, exact = arrangements(codes, draws, _sequence(seed, "weights"))
    stack = np.zeros((len(arranged), *matrix.shape))
    i, j = by_name[rows], by_name[columns]
    stack[:, i, j] = values[arranged]
    if not directed:
        stack[:, j, i] = values[arranged]
    return stack, exact


def _sequence(seed: int, *key: object) -> np.random.SeedSequence:
    sequence = generator(seed, *key).bit_generator.seed_seq
    assert isinstance(sequence, np.random.SeedSequence)
    return sequence


def _table(
    graph: Any,
    cases: _Cases,
    labels: pd.Index,
    mixing: dict[str, float],
    alternative: str,
    level: float,
    **told: Any,
) -> pd.DataFrame:
    blocks = []
    for name, observed in cases.observed.items():
        drawn = cases.drawn[name].reshape(len(cases.drawn[name]), -1)
        whole = observed.ndim == 1
        exact = np.broadcast_to(cases.exact, observed.size)
        found = {m: np.full(observed.size, np.nan) for m in MEASURES}
        for way in np.unique(exact):
            at = exact == way
            part = against(observed.ravel()[at], drawn[:, at], exact=bool(way), alternative=alternative, level=level)
            for m in MEASURES:
                found[m][at] = part[m]
        blocks.append(pd.DataFrame({"actor": [None] if whole else labels, "metric": name, **found}))
    frame = pd.concat(blocks, ignore_index=True)
    frame["draws"] = frame["draws"].astype(int)
    frame["mixing"] = mixing.get("replaced", np.nan)
    exact_told = bool(np.all(cases.exact))
    frame.attrs["influence"] = {
        **origin_of(graph, "null_test", **told, alternative=alternative, level=level),
        "mixing": mixing,
        "exact": exact_told,
    }
    return frame
