"""Centrality in a two-mode network, with the limits that two modes set, and who alone links two organizations.

An actor reaches another actor only by an organization, so that no distance between actors is below 2 and no actor
can be between more pairs than the sizes of the two modes allow: measures are divided by what is possible there
(Borgatti and Everett 1997), never by what would be possible with one mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics.registry import metric
from influence.network.adapter import GraphError, Incidence, as_incidence

_ORACLES = "tests/metrics/test_two_mode_centrality.py"
_SOURCE = "Borgatti & Everett 1997"


@metric(
    "closeness_two_mode",
    measures="how near an actor is to all actors and organizations of its component, as near as two modes allow",
    formula="(m + 2(n − 1)) / Σ_j d_ij over the n actors and m organizations of the largest component",
    reference=_SOURCE,
    weight="presence",
    direction="actor to organization and back",
    range=(0.0, 1.0),
    flow_process="transport",
    level="two_mode",
    isolate=np.nan,
    disconnected="NaN outside the largest component",
    oracle=f"{_ORACLES}::test_closeness_is_networkx_bipartite_closeness_in_the_giant_component",
)
def closeness_two_mode(b: np.ndarray) -> np.ndarray:
    """How near an actor is to all actors and organizations of its component, as near as two modes allow.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.

    Returns
    -------
    pandas.Series
        By actor, above 0 and at most 1: 1 for an actor in every organization of its component. NaN outside the
        largest component, where distances to most others do not exist; actors of several largest components of the
        same size are each measured in their own.

    References
    ----------
    Borgatti, S. P., & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243-269.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0, 0], "CSTO": [1, 0, 1, 0]}, index=["RUS", "CHN", "ARM", "JPN"])
    >>> closeness_two_mode(seats).to_dict()      # of CHN: 1 + 2 + 3 + 4 where 1 + 1 + 2 + 2 is possible
    {'RUS': 1.0, 'CHN': 0.6, 'ARM': 0.6, 'JPN': nan}
    """
    return _each(_closeness, b)


@metric(
    "betweenness_two_mode",
    measures="the share of shortest paths between all others that run through an actor, of what two modes allow",
    formula="Σ σ_jk(i)/σ_jk over pairs, divided by its largest possible value for n actors and m organizations",
    reference=_SOURCE,
    weight="presence",
    direction="actor to organization and back",
    range=(0.0, 1.0),
    flow_process="transport",
    level="two_mode",
    disconnected="pairs without a path add nothing",
    oracle=f"{_ORACLES}::test_betweenness_is_networkx_bipartite_betweenness",
)
def betweenness_two_mode(b: np.ndarray) -> np.ndarray:
    """The share of shortest paths between all others that run through an actor, of what two modes allow.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.

    Returns
    -------
    pandas.Series
        By actor, between 0 and 1; 0 for actors without memberships, and where nobody can be between others.

    Notes
    -----
    With s = (n − 1) div m and t = (n − 1) mod m the largest possible value is
    ½ [m² (s + 1)² + m (s + 1)(2t − s − 1) − t (2s − t + 3)]. Every column counts as an organization, also one without
    members here.

    References
    ----------
    Borgatti, S. P., & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243-269.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> betweenness_two_mode(seats).to_dict()
    {'RUS': 1.0, 'CHN': 0.0, 'ARM': 0.0}
    """
    return _each(_betweenness, b)


@metric(
    "sole_links_two_mode",
    measures="how many pairs of organizations an actor alone links",
    formula="Σ_{k<l} [b_ik b_il > 0 and no other j with b_jk b_jl > 0]",
    reference="own count; on the duality of actors and organizations Breiger 1974",
    weight="presence",
    direction="actor to organization",
    range=(0.0, np.inf),
    level="two_mode",
    oracle=f"{_ORACLES}::test_sole_links_by_hand",
)
def sole_links_two_mode(b: np.ndarray) -> np.ndarray:
    """How many pairs of organizations an actor alone links: without it they would have no member in common.

    `sole_links` lists them.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.

    Returns
    -------
    pandas.Series
        A count by actor; 0 for actors in fewer than two organizations.

    References
    ----------
    Breiger, R. L. (1974). The duality of persons and groups. Social Forces 53, 181-190.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> sole_links_two_mode(seats).to_dict()
    {'RUS': 1.0, 'CHN': 0.0, 'ARM': 0.0}
    """
    seats = (b > 0).astype(float)
    alone = np.swapaxes(seats, -1, -2) @ seats == 1.0  # pairs of organizations with one member in common
    diagonal = np.arange(b.shape[-1])
    alone[..., diagonal, diagonal] = False
    counts: np.ndarray = np.einsum("...ik,...kl,...il->...i", seats, alone.astype(float), seats) / 2.0
    return counts


def closeness_organizations(graph: Any) -> pd.Series:
    """`closeness_two_mode`, of organizations.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.

    Returns
    -------
    pandas.Series
        By organization; NaN outside the largest component.

    References
    ----------
    Borgatti, S. P., & Everett, M. G. (1997). Network analysis of 2-mode data. Social Networks 19, 243-269.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> closeness_organizations(seats).round(3).to_dict()     # (3 + 2)/(1 + 1 + 2 + 3)
    {'SCO': 0.714, 'CSTO': 0.714}
    """
    return _of_organizations(graph, _closeness, "closeness_organizations")


def betweenness_organizations(graph: Any) -> pd.Series:
    """`betweenness_two_mode`, of organizations.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.

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
    >>> seats = pd.DataFrame({"SCO": [1, 1, 1], "CSTO": [0, 0, 0]}, index=["RUS", "CHN", "ARM"])
    >>> betweenness_organizations(seats).to_dict()      # 3 pairs, of 5 that one of two organizations could serve
    {'SCO': 0.6, 'CSTO': 0.0}
    """
    return _of_organizations(graph, _betweenness, "betweenness_organizations")


def sole_links(graph: Any) -> pd.DataFrame:
    """The pairs of organizations that a single actor links: the receipts of `sole_links_two_mode`.

    The other side of `influence.metrics.two_mode.exclusive_bridges`, which lists pairs of actors that a single
    organization joins.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.
        Whether a link is exclusive depends on which actors stand in the rows.

    Returns
    -------
    pandas.DataFrame
        organization_a, organization_b, actor; one row a pair, in alphabetical order.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame({"SCO": [1, 1, 0], "CSTO": [1, 0, 1]}, index=["RUS", "CHN", "ARM"])
    >>> sole_links(seats).to_numpy().tolist()
    [['CSTO', 'SCO', 'RUS']]
    """
    incidence = as_incidence(graph)
    seats = (incidence.matrix > 0).astype(float)
    order = np.argsort(incidence.organizations.astype(str), kind="stable")
    seats, bodies = seats[:, order], incidence.organizations[order]
    one, other = np.nonzero(np.triu(seats.T @ seats == 1, 1))
    who = (seats[:, one] * seats[:, other]).argmax(axis=0) if len(one) else np.empty(0, dtype=int)
    ends = {"organization_a": bodies[one], "organization_b": bodies[other]}
    frame = pd.DataFrame({**ends, "actor": incidence.actors[who]})
    frame.attrs["influence"] = _origin(graph, "sole_links")
    return frame


def co_membership_by_role(graph: Any) -> pd.DataFrame:
    """How many organizations each pair of actors shares, by the role in which each of the two sits there.

    Parameters
    ----------
    graph : Layer, or mapping of str to DataFrame
        A two-mode layer with its roles as kinds, or role → frame of actors (rows) × organizations (columns).

    Returns
    -------
    pandas.DataFrame
        actor_a, actor_b, role_a, role_b, organizations: one row for each pair of actors and of roles in which they
        share any, actor_a first in the alphabet. An actor with two roles in one organization is counted in each.

    Raises
    ------
    GraphError
        Not a two-mode network, or no roles.

    Examples
    --------
    >>> import pandas as pd
    >>> names, bodies = ["RUS", "CHN", "IRN"], ["SCO", "CSTO"]
    >>> member = pd.DataFrame([[1, 1], [1, 0], [0, 0]], index=names, columns=bodies)
    >>> observer = pd.DataFrame([[0, 0], [0, 0], [1, 0]], index=names, columns=bodies)
    >>> co_membership_by_role({"member": member, "observer": observer}).to_numpy().tolist()
    [['CHN', 'IRN', 'member', 'observer', 1], ['CHN', 'RUS', 'member', 'member', 1], \
['IRN', 'RUS', 'observer', 'member', 1]]
    """
    roles = _roles(graph)
    actors = _union([i.actors for i in roles.values()])
    bodies = _union([i.organizations for i in roles.values()])
    seats = np.zeros((len(roles), len(actors), len(bodies)))
    for r, incidence in enumerate(roles.values()):
        at = np.ix_(actors.get_indexer(incidence.actors), bodies.get_indexer(incidence.organizations))
        seats[r][at] = incidence.matrix > 0
    shared = np.einsum("rik,sjk->ijrs", seats, seats).round().astype(int)
    shared[np.tril_indices(len(actors))] = 0
    i, j, of_a, of_b = np.nonzero(shared)
    names = pd.Index(list(roles), dtype=object)
    frame = pd.DataFrame(
        {
            "actor_a": actors[i],
            "actor_b": actors[j],
            "role_a": names[of_a],
            "role_b": names[of_b],
            "organizations": shared[i, j, of_a, of_b],
        }
    )
    frame.attrs["influence"] = _origin(graph, "co_membership_by_role", roles=", ".join(map(str, roles)))
    return frame


def _roles(graph: Any) -> dict[str, Incidence]:
    given = getattr(graph, "kinds", graph)
    if not isinstance(given, Mapping) or not given:
        raise GraphError("roles are needed: give a two-mode layer, or a mapping role → frame of actors × organizations")
    return {str(role): as_incidence(frame) for role, frame in sorted(given.items(), key=lambda x: str(x[0]))}


def _union(indexes: list[pd.Index]) -> pd.Index:
    return pd.Index(sorted({label for index in indexes for label in index}, key=str))


def _each(measure: Any, b: np.ndarray) -> np.ndarray:
    out = np.empty(b.shape[:-1])
    for where in np.ndindex(b.shape[:-2]):
        out[where] = measure(b[where] > 0)
    return out


def _of_organizations(graph: Any, measure: Any, id: str) -> pd.Series:
    incidence = as_incidence(graph)
    series = pd.Series(measure(incidence.matrix.T > 0), index=incidence.organizations, name=id)
    series.attrs["influence"] = _origin(graph, id)
    return series


def _closeness(seats: np.ndarray) -> np.ndarray:
    n = len(seats)
    distance = np.array(_bipartite(seats).distances(source=range(n)), dtype=float).reshape(n, sum(seats.shape))
    reached = np.isfinite(distance)
    size = reached.sum(axis=1)
    giant = (size == max(size.max(initial=0), 2)) if n else np.empty(0, dtype=bool)
    own, other = reached[:, :n].sum(axis=1), reached[:, n:].sum(axis=1)
    total = np.where(reached, distance, 0.0).sum(axis=1)
    return np.divide(other + 2.0 * (own - 1), total, out=np.full(n, np.nan), where=giant)


def _betweenness(seats: np.ndarray) -> np.ndarray:
    n, m = seats.shape
    most = _most_between(n, m)
    if most <= 0:
        return np.zeros(n)
    raw = np.array(_bipartite(seats).betweenness(vertices=range(n)), dtype=float)
    return np.clip(raw / most, 0.0, 1.0)


def _most_between(n: int, m: int) -> float:
    """The largest raw betweenness of a node whose own mode has n nodes and the other m."""
    if not n or not m:
        return 0.0
    s, t = divmod(n - 1, m)
    return (m**2 * (s + 1) ** 2 + m * (s + 1) * (2 * t - s - 1) - t * (2 * s - t + 3)) / 2


def _bipartite(seats: np.ndarray) -> Any:
    import igraph as ig

    n, m = seats.shape
    i, k = np.nonzero(seats)
    return ig.Graph(n=n + m, edges=list(zip(i.tolist(), (n + k).tolist(), strict=True)))


def _origin(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": options}
