"""Actors and organizations as they are: two kinds of node, no tie between nodes of one kind.

A projection makes of every organization a clique of its members, and so a network in which nobody can be a
hub. Measures here read the two-mode network itself; `project` and `co_membership` are for what needs one
mode. Which roles count (members only, with observers, with partners) is settled by what is passed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics.registry import metric
from influence.network.adapter import GraphError, as_incidence

_ORACLES = "tests/metrics/test_two_mode.py"


@metric(
    "degree_two_mode",
    measures="the share of all organizations that an actor belongs to",
    formula="d_i = Σ_k [b_ik > 0] / m, m organizations",
    reference="Borgatti & Everett 1997",
    weight="presence",
    direction="actor to organization",
    range=(0.0, 1.0),
    level="two_mode",
    oracle=f"{_ORACLES}::test_degree_two_mode_is_networkx_bipartite_degree",
)
def degree_two_mode(b: np.ndarray, *, normalized: bool = True) -> np.ndarray:
    """The share of all organizations that an actor belongs to.

    The degree of a two-mode network divided by the most it could be, the number of organizations (Borgatti
    and Everett 1997). Every organization in the columns counts as one that could be joined, also one without
    members here.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are
        memberships.
    normalized : bool, default True
        If false, the number of organizations.

    Returns
    -------
    pandas.Series
        By actor, between 0 and 1; 0 for actors without memberships.

    References
    ----------
    Borgatti, S. P., & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243-269.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> degree_two_mode(seats).to_dict()
    {'RUS': 1.0, 'CHN': 0.5, 'ARM': 0.5}
    """
    return _degrees(b, normalized)


def degree_organizations(graph: Any, *, normalized: bool = True) -> pd.Series:
    """The share of all actors that an organization gathers.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are
        memberships.
    normalized : bool, default True
        If false, the number of members among these actors.

    Returns
    -------
    pandas.Series
        By organization, between 0 and 1; 0 for organizations without members here.

    References
    ----------
    Borgatti, S. P., & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243-269.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "GUAM": [0, 0, 0]}, index=["RUS", "CHN", "ARM"])
    >>> degree_organizations(seats, normalized=False).to_dict()
    {'SCO': 2.0, 'GUAM': 0.0}
    """
    incidence = as_incidence(graph)
    values = _degrees(incidence.matrix.T, normalized)
    series = pd.Series(values, index=incidence.organizations, name="degree_organizations")
    series.attrs["influence"] = _origin(graph, "degree_organizations", normalized=normalized)
    return series


def co_membership(graph: Any) -> pd.DataFrame:
    """How many organizations each pair of actors shares.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are
        memberships.

    Returns
    -------
    pandas.DataFrame
        Actor × actor, symmetric; the diagonal has each actor's own number of memberships. As a graph, without
        that diagonal, it is ``project(graph, weight="count")``.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> co_membership(seats).loc["RUS"].to_dict()
    {'RUS': 2.0, 'CHN': 1.0, 'ARM': 1.0}
    """
    incidence = as_incidence(graph)
    seats = (incidence.matrix > 0).astype(float)
    return _by_actor(seats @ seats.T, incidence.actors, graph, "co_membership")


def project(
    graph: Any,
    *,
    weight: Literal["newman", "count"] = "newman",
    sizes: Mapping[str, float] | pd.Series | None = None,
) -> pd.DataFrame:
    """Actors tied by the organizations they share, as a one-mode graph.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are
        memberships.
    weight : {"newman", "count"}, default "newman"
        "newman": each shared organization adds 1/(size − 1), so that a seat in a club of six weighs more than
        one in a body of two hundred. "count": each adds 1.
    sizes : mapping or Series, optional
        World membership by organization, for "newman". Where it is missing, or smaller than the members here,
        the members here are counted.

    Returns
    -------
    pandas.DataFrame
        Actor × actor, symmetric, diagonal 0. Any metric reads it as a graph.

    Raises
    ------
    GraphError
        Not a two-mode network, or sizes by names that no organization here has.

    Notes
    -----
    An organization with one member ties nobody. With sizes that count the members here only, an actor's
    strength is its number of shared organizations (Newman 2001).

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks. II. Physical Review E 64, 016132.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "UN": [1, 1, 1]}, index=["RUS", "CHN", "ARM"])
    >>> project(seats, sizes={"SCO": 6, "UN": 201}).loc["RUS"].round(4).to_dict()   # 1/5 + 1/200, and 1/200
    {'RUS': 0.0, 'CHN': 0.205, 'ARM': 0.005}
    """
    incidence = as_incidence(graph)
    if weight not in ("newman", "count"):
        raise ValueError(f'weight must be "newman" or "count", not {weight!r}')
    seats = (incidence.matrix > 0).astype(float)
    world = pd.Series({} if sizes is None else sizes, dtype=float)
    if len(world) and not len(world.index.intersection(incidence.organizations)):
        raise GraphError(f"sizes: no organization here is among {', '.join(map(str, world.index[:5]))}")
    each = np.ones(seats.shape[1])
    if weight == "newman":
        each = newman_weights(seats, world.reindex(incidence.organizations).to_numpy())
    shared = seats * each @ seats.T
    np.fill_diagonal(shared, 0.0)
    return _by_actor(shared, incidence.actors, graph, "project", weight=weight, sizes="world" if len(world) else "here")


def newman_weights(b: np.ndarray, world: np.ndarray | None = None) -> np.ndarray:
    """What one shared organization adds to a tie: 1/(size − 1).

    Parameters
    ----------
    b : numpy.ndarray, shape (..., n, m)
        Memberships, actors × organizations.
    world : numpy.ndarray, shape (..., m), optional
        World membership; NaN where it is not known.

    Returns
    -------
    numpy.ndarray, shape (..., m)
        0 for organizations with fewer than two members.

    Examples
    --------
    >>> import numpy as np
    >>> newman_weights(np.ones((3, 2)), np.array([np.nan, 5])).tolist()
    [0.5, 0.25]
    """
    size = (b > 0).sum(axis=-2).astype(float)
    if world is not None:
        size = np.fmax(size, world)
    return np.divide(1.0, size - 1.0, out=np.zeros_like(size), where=size > 1)


def _degrees(b: np.ndarray, normalized: bool) -> np.ndarray:
    count = (b > 0).sum(axis=-1).astype(float)
    return count / max(b.shape[-1], 1) if normalized else count


def _origin(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": options}


def _by_actor(values: np.ndarray, actors: pd.Index, graph: Any, id: str, **options: Any) -> pd.DataFrame:
    frame = pd.DataFrame(values, index=actors, columns=actors.rename(None))
    frame.attrs["influence"] = _origin(graph, id, **options)
    return frame
