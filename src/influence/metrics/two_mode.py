"""Actors and organizations as they are: two kinds of node, no tie between nodes of one kind.

A projection makes of every organization a clique of its members, and so a network in which nobody can be a
hub. Measures here read the two-mode network itself; `project` and `co_membership` are for what needs one
mode. Which roles count (members only, with observers, with partners) is settled by what is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._seats import each_seat
from influence.metrics.organization_power import organization_power as organization_power
from influence.metrics.registry import metric
from influence.metrics.two_mode_brokerage import brokerage_two_mode as brokerage_two_mode
from influence.metrics.two_mode_brokerage import chains_two_mode as chains_two_mode
from influence.metrics.two_mode_centrality import betweenness_organizations as betweenness_organizations
from influence.metrics.two_mode_centrality import betweenness_two_mode as betweenness_two_mode
from influence.metrics.two_mode_centrality import closeness_organizations as closeness_organizations
from influence.metrics.two_mode_centrality import closeness_two_mode as closeness_two_mode
from influence.metrics.two_mode_centrality import co_membership_by_role as co_membership_by_role
from influence.metrics.two_mode_centrality import sole_links as sole_links
from influence.metrics.two_mode_centrality import sole_links_two_mode as sole_links_two_mode
from influence.network.adapter import GraphError, as_incidence
from influence.network.seats import newman_weights as newman_weights

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
    seats = (incidence.matrix > 0).astype(float)
    each = each_seat(seats, incidence.organizations, weight, sizes)
    shared = seats * each @ seats.T
    np.fill_diagonal(shared, 0.0)
    counted = "world" if sizes is not None and len(sizes) else "here"
    return _by_actor(shared, incidence.actors, graph, "project", weight=weight, sizes=counted)


def overlap(graph: Any) -> pd.DataFrame:
    """How far the memberships of two organizations coincide: Jaccard's index.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns). In a frame entries may be parts of a
        seat, such as the share of the year; then the sum of the smaller over the sum of the larger of each two.

    Returns
    -------
    pandas.DataFrame
        Organization × organization, symmetric, between 0 and 1; NaN where neither has a member here.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0, 1], "CSTO": [1, 0, 1, 1]}, index=["RUS", "CHN", "ARM", "KAZ"])
    >>> overlap(seats).loc["SCO", "CSTO"].item()
    0.5
    """
    incidence = as_incidence(graph)
    seats = incidence.matrix
    common = np.minimum(seats[:, :, None], seats[:, None, :]).sum(axis=0)
    either = np.maximum(seats[:, :, None], seats[:, None, :]).sum(axis=0)
    values = np.divide(common, either, out=np.full_like(common, np.nan), where=either > 0)
    bodies = incidence.organizations
    frame = pd.DataFrame(values, index=bodies, columns=bodies.rename(None))
    frame.attrs["influence"] = _origin(graph, "overlap")
    return frame


def exclusive_bridges(graph: Any) -> pd.DataFrame:
    """The pairs of actors that a single organization joins: without it they share none of those passed in.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.
        Whether a bridge is exclusive depends on which organizations stand in the columns.

    Returns
    -------
    pandas.DataFrame
        actor_a, actor_b, organization; one row a pair.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> exclusive_bridges(seats).to_numpy().tolist()
    [['CHN', 'RUS', 'SCO'], ['ARM', 'RUS', 'CSTO']]
    """
    incidence = as_incidence(graph)
    seats = (incidence.matrix > 0).astype(float)
    order = np.argsort(incidence.actors.astype(str), kind="stable")
    seats, actors = seats[order], incidence.actors[order]
    i, j = np.nonzero(np.triu(seats @ seats.T == 1, 1))
    body = (seats[i] * seats[j]).argmax(axis=1) if len(i) else np.empty(0, dtype=int)
    frame = pd.DataFrame({"actor_a": actors[i], "actor_b": actors[j], "organization": incidence.organizations[body]})
    frame = frame.iloc[np.argsort(body, kind="stable")].reset_index(drop=True)
    frame.attrs["influence"] = _origin(graph, "exclusive_bridges")
    return frame


def strength_by_organization(
    graph: Any,
    actor: Any,
    others: Iterable[Any],
    *,
    weight: Literal["newman", "count"] = "newman",
    sizes: Mapping[str, float] | pd.Series | None = None,
) -> pd.Series:
    """An actor's tie to a set of others, taken apart by the organizations that make it.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.
    actor : label
    others : iterable of labels
        The actor itself is left out.
    weight, sizes
        As in `project`.

    Returns
    -------
    pandas.Series
        By organization; the sum is the actor's strength towards the others in ``project(graph, ...)``.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> strength_by_organization(seats, "RUS", ["CHN", "ARM"], sizes={"SCO": 6, "CSTO": 6}).to_dict()
    {'SCO': 0.2, 'CSTO': 0.2}
    """
    incidence = as_incidence(graph)
    rows = [a for a in dict.fromkeys(others) if a != actor]
    lost = [a for a in [actor, *rows] if a not in incidence.actors]
    if lost:
        raise GraphError(f"strength_by_organization: {', '.join(map(str, lost))} is no actor here")
    seats = (incidence.matrix > 0).astype(float)
    each = each_seat(seats, incidence.organizations, weight, sizes)
    shared = (
        seats[incidence.actors.get_loc(actor)] * seats[incidence.actors.get_indexer(pd.Index(rows))].sum(axis=0) * each
    )
    series = pd.Series(shared, index=incidence.organizations, name="strength_by_organization")
    series.attrs["influence"] = _origin(graph, "strength_by_organization", actor=actor, weight=weight)
    return series


def _degrees(b: np.ndarray, normalized: bool) -> np.ndarray:
    count = (b > 0).sum(axis=-1).astype(float)
    return count / max(b.shape[-1], 1) if normalized else count


def _origin(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": options}


def _by_actor(values: np.ndarray, actors: pd.Index, graph: Any, id: str, **options: Any) -> pd.DataFrame:
    frame = pd.DataFrame(values, index=actors, columns=actors.rename(None))
    frame.attrs["influence"] = _origin(graph, id, **options)
    return frame
