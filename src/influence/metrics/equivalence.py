"""Whether two actors stand alike towards everybody else: structural equivalence, pair by pair.

The profile of an actor is its ties to and from all third parties. The tie between the two who are compared is left
out, as are the ties to oneself, so that close partners do not look alike, or unlike, for being partners.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError, Unknown, as_incidence, as_matrix

Profile = Literal["share", "strength", "presence"]


def structural_equivalence(
    graph: Any,
    *,
    profile: Profile = "share",
    towards: Iterable[Any] | None = None,
    among: Iterable[Any] | None = None,
    weight: str | None = "weight",
    directed: bool | None = None,
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """How alike each pair of actors is in its ties to third parties, ranked among all pairs.

    Parameters
    ----------
    graph : Layer, or any graph that `as_matrix` reads; or a two-mode Layer
        Ties from row to column. In a two-mode layer the third parties are the organizations.
    profile : {"share", "strength", "presence"}, default "share"
        "share": of each actor's ties to third parties, out and in apart, so that size does not matter.
        "strength": as they are. "presence": 1 or 0. A two-mode layer has presence and shares of it.
    towards : iterable of labels, optional
        Which third parties count (organizations in a two-mode layer). Default: all.
    among : iterable of labels, optional
        Whose pairs are compared and ranked. Default: all actors.
    weight, directed, unknown
        As in `influence.as_matrix`.

    Returns
    -------
    pandas.DataFrame
        actor_a, actor_b (in alphabetical order), distance (Euclidean, 0 for the same profile), correlation (Pearson,
        −1 to 1), distance_rank and correlation_rank (1 for the most alike; ties share the mean rank), percentile (of
        pairs less alike by distance, those as alike counted half), third_parties, sorted by distance_rank and names.
        NaN, and no rank, where an actor has no ties to third parties; no correlation with a constant profile.

    Raises
    ------
    GraphError
        A name in `towards` or `among` that is not in the graph; fewer than two actors to compare.

    Notes
    -----
    d_ab = √Σ_k [(p_ak − p_bk)² + (q_ka − q_kb)²] over k other than a and b, with p the outgoing and q the incoming
    profile; an undirected layer has one. Shares are of what is left after the other of the two is taken out, and
    therefore differ from pair to pair.

    References
    ----------
    Lorrain, F., & White, H. C. (1971). Structural equivalence of individuals in social networks. Journal of
    Mathematical Sociology 1, 49-80.
    Burt, R. S. (1976). Positions in networks. Social Forces 55, 93-122.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["RUS", "CHN", "KAZ", "UZB"]
    >>> trade = pd.DataFrame(0.0, index=names, columns=names)
    >>> trade.loc["RUS"] = [0, 50, 6, 2]
    >>> trade.loc["CHN"] = [60, 0, 3, 1]
    >>> found = structural_equivalence(trade)      # the 50 and the 60 between the two do not matter
    >>> found[["actor_a", "actor_b", "distance", "correlation"]].head(1)
      actor_a actor_b  distance  correlation
    0     CHN     RUS       0.0          1.0
    """
    if profile not in ("share", "strength", "presence"):
        raise ValueError(f'profile must be "share", "strength" or "presence", not {profile!r}')
    labels, sides = _sides(graph, towards, weight, directed, unknown)
    if profile == "presence":
        sides = [np.where(np.isnan(values), np.nan, values > 0) for values in sides]
    chosen = labels if among is None else pd.Index(dict.fromkeys(among))
    _known(chosen, labels, "among")
    if len(chosen) < 2:
        raise GraphError("structural_equivalence: give at least two actors to compare")
    chosen = chosen[np.argsort(chosen.astype(str), kind="stable")]
    at = labels.get_indexer(chosen)
    i, j = np.triu_indices(len(chosen), 1)
    distance, correlation, third = _compare(sides, at[i], at[j], profile == "share")
    frame = pd.DataFrame({"actor_a": chosen[i], "actor_b": chosen[j], "distance": distance, "correlation": correlation})
    # Rounded, so that the last bits of a sum do not part pairs that are equally alike.
    frame["distance_rank"] = frame["distance"].round(12).rank()
    frame["correlation_rank"] = (-frame["correlation"].round(12)).rank()
    ranked = frame["distance_rank"].notna().sum()
    frame["percentile"] = 100.0 * (ranked - frame["distance_rank"] + 0.5) / ranked if ranked else np.nan
    frame["third_parties"] = third
    frame = frame.sort_values(["distance_rank", "actor_a", "actor_b"], ignore_index=True, kind="stable")
    frame.attrs["influence"] = {
        **dict(getattr(graph, "provenance", {})),
        "metric": "structural_equivalence",
        "options": {"profile": profile, "unknown": unknown},
    }
    return frame


def equivalence_by_layer(
    layers: Any, actor_a: Any, actor_b: Any, *, profile: Profile = "share", unknown: Unknown = "absent"
) -> pd.DataFrame:
    """How alike two actors are in each layer, and their rank among all pairs of that layer.

    Parameters
    ----------
    layers : Snapshot, or mapping of a name to a graph
        Layers of different units need no common one: they are compared by rank.
    actor_a, actor_b : label
    profile, unknown
        As in `structural_equivalence`.

    Returns
    -------
    pandas.DataFrame
        By layer: distance, correlation, distance_rank, correlation_rank, percentile, third_parties and pairs (how many
        were ranked by distance).

    Raises
    ------
    GraphError
        An actor who is not in a layer.

    Examples
    --------
    >>> import influence as inf
    >>> found = equivalence_by_layer(inf.load().at(2009), "RUS", "CHN")
    >>> list(found.index), int(found.loc["trade", "pairs"])
    (['security', 'trade', 'energy', 'institutions'], 561)
    """
    if actor_a == actor_b:
        raise GraphError("equivalence_by_layer: an actor is the same as itself; give two")
    names = list(layers)
    rows = []
    for name in names:
        graph = layers[name]
        table = structural_equivalence(graph, profile=profile, unknown=unknown)
        pair = table["actor_a"].isin([actor_a, actor_b]) & table["actor_b"].isin([actor_a, actor_b])
        if not pair.any():
            raise GraphError(f"equivalence_by_layer: {actor_a} and {actor_b} are not both in the layer {name}")
        row = table[pair].drop(columns=["actor_a", "actor_b"]).iloc[0]
        rows.append({**row, "pairs": int(table["distance_rank"].notna().sum())})
    frame = pd.DataFrame(rows, index=pd.Index(names, name="layer")).astype({"third_parties": int})
    frame.attrs["influence"] = {
        **dict(getattr(layers, "provenance", {})),
        "metric": "equivalence_by_layer",
        "options": {"actors": f"{actor_a}, {actor_b}", "profile": profile, "unknown": unknown},
    }
    return frame


def _sides(
    graph: Any, towards: Iterable[Any] | None, weight: str | None, directed: bool | None, unknown: Unknown
) -> tuple[pd.Index, list[np.ndarray]]:
    """The actors, and their ties to the third parties that count: out and in, or one matrix without direction."""
    if getattr(graph, "mode", 1) == 2:
        incidence = as_incidence(graph)
        keep = _counted(towards, incidence.organizations)
        # No column is an actor, so none is left out: the first n columns stand for the actors, without ties.
        n = len(incidence.actors)
        return incidence.actors, [np.hstack([np.full((n, n), np.nan), incidence.matrix[:, keep]])]
    read = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
    matrix = np.array(read.dense())
    drop = ~_counted(towards, read.labels)
    sides = [matrix, matrix.T.copy()] if read.directed else [matrix]
    for values in sides:
        values[:, drop] = np.nan
    return read.labels, sides


def _counted(towards: Iterable[Any] | None, labels: pd.Index) -> np.ndarray:
    if towards is None:
        return np.ones(len(labels), dtype=bool)
    named = pd.Index(dict.fromkeys(towards))
    _known(named, labels, "towards")
    return np.asarray(labels.isin(named))


def _known(names: pd.Index, labels: pd.Index, argument: str) -> None:
    strange = [str(name) for name in names if name not in labels]
    if strange:
        raise GraphError(f"{argument}: not in the graph: {', '.join(strange[:5])}")


def _compare(
    sides: list[np.ndarray], i: np.ndarray, j: np.ndarray, share: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance, correlation and number of third parties of each pair; NaN in `sides` marks who is no third party."""
    pair = np.arange(len(i))
    away = np.isnan(sides[0][i])
    away[pair, i] = away[pair, j] = True  # neither of the two is a third party
    one, other = ([np.where(away, 0.0, values[k]) for values in sides] for k in (i, j))
    tied = np.ones(len(i), dtype=bool)
    for profile in (one, other):
        tied &= np.any([values.any(axis=1) for values in profile], axis=0)
    if share:
        one, other = ([_shares(values) for values in profile] for profile in (one, other))
    a, b = np.concatenate(one, axis=1), np.concatenate(other, axis=1)
    distance = np.where(tied, np.sqrt(((a - b) ** 2).sum(axis=1)), np.nan)
    counts = np.concatenate([~away] * len(sides), axis=1)
    return distance, np.where(tied, _pearson(a, b, counts), np.nan), (~away).sum(axis=1)


def _shares(profile: np.ndarray) -> np.ndarray:
    """Of each row's sum; a row without ties stays one."""
    whole = profile.sum(axis=1, keepdims=True)
    return np.divide(profile, whole, out=np.zeros_like(profile), where=whole > 0)


def _pearson(a: np.ndarray, b: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Row by row, over the places that count; NaN where a row does not vary."""
    size = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    x, y = (np.where(counts, row - row.sum(axis=1, keepdims=True) / size, 0.0) for row in (a, b))
    spread = np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    varies = spread > 1e-12 * np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))  # what is left of a constant is rounding
    return np.clip(np.divide((x * y).sum(axis=1), spread, out=np.full(len(a), np.nan), where=varies), -1.0, 1.0)
