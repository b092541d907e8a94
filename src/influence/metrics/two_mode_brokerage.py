"""Brokerage in a two-mode network: an actor joins two others who meet nowhere, by an organization shared with each.

A one-mode projection would call the members of one organization ties among themselves and lose by which organization
a broker is joined to whom. Here a chain has five nodes: a – k – b – l – c, with actors a, b, c and organizations k, l
(Jasny and Lubell 2015).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._roles import COLUMNS, ROLES, leg_counts, possible_roles, role_names
from influence.metrics.registry import align_codes
from influence.network.adapter import GraphError, as_incidence

Groups = pd.Series | Mapping[Any, Any]


def brokerage_two_mode(graph: Any, groups: Groups, *, organization_groups: Groups | None = None) -> pd.DataFrame:
    """Brokerage roles of every actor between actors who share no organization.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.
    groups : pandas.Series or mapping
        Actor → group.
    organization_groups : pandas.Series or mapping, optional
        Organization → group: chains are then told apart by whether both their organizations are of one group.

    Returns
    -------
    pandas.DataFrame
        By actor: coordinator (a, b, c of one group), itinerant (a and c of one, b of another), representative (NaN:
        without direction it is the same role as gatekeeper), gatekeeper (one of a and c is of b's group), liaison
        (three groups), brokerage (all of them). NaN where the partition makes a role impossible. With
        `organization_groups` the columns have a second level: same, other.

    Raises
    ------
    ValueError
        An actor, or an organization, has no group.

    Notes
    -----
    A chain a – k – b – l – c counts once, not once from each end. a and c share no organization at all, so that k and
    l are two; whoever has more than one organization in common with b makes several chains.

    References
    ----------
    Jasny, L., & Lubell, M. (2015). Two-mode brokerage in policy networks. Social Networks 41, 36-47.
    Gould, R. V., & Fernandez, R. M. (1989). Structures of mediation: a formal approach to brokerage in transaction
    networks. Sociological Methodology 19, 89-126.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame(
    ...     {"SCO": [1, 1, 0, 0], "CSTO": [1, 0, 1, 0], "CIS": [1, 0, 1, 1]}, index=["RUS", "CHN", "ARM", "MDA"]
    ... )
    >>> groups = {"RUS": "power", "CHN": "power", "ARM": "other", "MDA": "other"}
    >>> brokerage_two_mode(seats, groups).loc["RUS", ["gatekeeper", "brokerage"]].to_dict()   # CHN–ARM twice, CHN–MDA
    {'gatekeeper': 3.0, 'brokerage': 3.0}
    """
    incidence = as_incidence(graph)
    seats = (incidence.matrix > 0).astype(float)
    codes = align_codes(groups, incidence.actors, "brokerage_two_mode", "groups")
    shared = _shared(seats)
    open_pairs = _open(shared)
    same = (codes[:, None] == codes).astype(float)
    every = _counts(shared, open_pairs, same, codes)
    if organization_groups is None:
        frame = pd.DataFrame(every, index=incidence.actors, columns=list(COLUMNS))
    else:
        kinds = align_codes(organization_groups, incidence.organizations, "brokerage_two_mode", "organization_groups")
        alike = np.zeros_like(every)
        for kind in np.unique(kinds):
            alike += _counts(_shared(seats[:, kinds == kind]), open_pairs, same, codes)
        columns = pd.MultiIndex.from_product([COLUMNS, ["same", "other"]], names=["role", "organizations"])
        told = np.stack([alike, every - alike], axis=-1).reshape(len(seats), -1)
        frame = pd.DataFrame(told, index=incidence.actors, columns=columns)
    frame.attrs["influence"] = _origin(graph, "brokerage_two_mode")
    return frame


def chains_two_mode(
    graph: Any, groups: Groups, broker: Any = None, role: str | None = None, *, ties: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The receipts of `brokerage_two_mode`: every chain a – k – b – l – c that it counts, with its four memberships.

    Parameters
    ----------
    graph, groups
        As in `brokerage_two_mode`.
    broker : label, optional
        Only chains through this actor.
    role : {"coordinator", "itinerant", "gatekeeper", "liaison"}, optional
        Only chains of this kind.
    ties : pandas.DataFrame, optional
        Evidence: a row a membership with source (actor), target (organization), source_id and locator. A layer brings
        its own.

    Returns
    -------
    pandas.DataFrame
        a, organization_in, b, organization_out, c, role, and with evidence source_id and locator of the four
        memberships, in the order of the chain, joined by "; ". A gatekeeper's c is of its own group, other ends are
        in alphabetical order. Sorted by b, role, a, c and the organizations.

    Raises
    ------
    ValueError
        The broker is not in the graph, or there is no such role.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame(
    ...     {"SCO": [1, 1, 0, 0], "CSTO": [1, 0, 1, 0], "CIS": [1, 0, 1, 1]}, index=["RUS", "CHN", "ARM", "MDA"]
    ... )
    >>> groups = {"RUS": "power", "CHN": "power", "ARM": "other", "MDA": "other"}
    >>> chains_two_mode(seats, groups, broker="RUS")
         a organization_in    b organization_out    c        role
    0  ARM             CIS  RUS              SCO  CHN  gatekeeper
    1  ARM            CSTO  RUS              SCO  CHN  gatekeeper
    2  MDA             CIS  RUS              SCO  CHN  gatekeeper
    """
    if role is not None and role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}, not {role!r}")
    incidence = as_incidence(graph)
    actors, bodies = incidence.actors, incidence.organizations
    if broker is not None and broker not in actors:
        raise ValueError(f"{broker!r} is not in the graph")
    seats = incidence.matrix > 0
    codes = align_codes(groups, actors, "chains_two_mode", "groups")
    legs = np.argwhere(seats[:, None, :] & seats[None, :, :])  # actor, broker, organization
    legs = legs[legs[:, 0] != legs[:, 1]]
    if broker is not None:
        legs = legs[legs[:, 1] == actors.get_loc(broker)]
    table = pd.DataFrame(legs, columns=["end", "b", "k"])
    both = table.merge(table, on="b", suffixes=("_a", "_c"))
    rank = np.argsort(np.argsort(actors.astype(str), kind="stable"))
    a, c, b = both["end_a"].to_numpy(), both["end_c"].to_numpy(), both["b"].to_numpy()
    own_a, own_c = codes[a] == codes[b], codes[c] == codes[b]
    first = np.where(own_a == own_c, rank[a] < rank[c], own_c)  # of the two readings of a chain the one that is told
    both = both[first & (_open(_shared(seats.astype(float)))[a, c] > 0)]
    a, c, b = both["end_a"].to_numpy(), both["end_c"].to_numpy(), both["b"].to_numpy()
    frame = pd.DataFrame(
        {
            "a": actors[a],
            "organization_in": bodies[both["k_a"]],
            "b": actors[b],
            "organization_out": bodies[both["k_c"]],
            "c": actors[c],
            "role": role_names(codes[a] == codes[b], codes[c] == codes[b], codes[a] == codes[c]),
        }
    )
    if role is not None:
        frame = frame[frame["role"] == role]
    order = ["b", "role", "a", "c", "organization_in", "organization_out"]
    frame = frame.sort_values(order, ignore_index=True, key=lambda column: column.astype(str))
    frame = _with_evidence(frame, graph, ties)
    frame.attrs["influence"] = _origin(graph, "chains_two_mode")
    return frame


def _shared(seats: np.ndarray) -> np.ndarray:
    shared: np.ndarray = seats @ seats.T
    np.fill_diagonal(shared, 0.0)
    return shared


def _open(shared: np.ndarray) -> np.ndarray:
    """The pairs of actors that meet in no organization."""
    pairs = (shared == 0).astype(float)
    np.fill_diagonal(pairs, 0.0)
    return pairs


def _counts(shared: np.ndarray, open_pairs: np.ndarray, same: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Actor × role: each chain once, gatekeeper and representative as one; impossible roles NaN."""
    counts = leg_counts(shared[None], shared[None], open_pairs[None], same[None])[:, 0]
    counts /= np.array([2, 2, 1, 1, 2])[:, None]
    counts[ROLES.index("representative")] = np.nan
    every = np.nansum(counts, axis=0)
    possible = possible_roles(codes[None])[:, 0]
    return np.vstack([np.where(possible, counts, np.nan), every]).T


def _with_evidence(frame: pd.DataFrame, graph: Any, ties: pd.DataFrame | None) -> pd.DataFrame:
    if ties is None:
        if not callable(getattr(graph, "ties", None)):
            return frame
        try:
            ties = graph.ties()
        except GraphError:  # a layer made from a bare matrix has none
            return frame
    known = {
        column: ties.groupby(["source", "target"], sort=True)[column].agg(_joined).to_dict()
        for column in ("source_id", "locator")
        if column in ties
    }
    steps = (("a", "organization_in"), ("b", "organization_in"), ("b", "organization_out"), ("c", "organization_out"))
    for column, told in known.items():
        found = [[told.get(seat, "") for seat in zip(frame[who], frame[at], strict=True)] for who, at in steps]
        frame[column] = [_joined(pd.Series([t for t in row if t], dtype=object)) for row in zip(*found, strict=True)]
    return frame


def _joined(values: pd.Series) -> str:
    return "; ".join(dict.fromkeys(str(v) for v in values.dropna()))


def _origin(graph: Any, id: str) -> dict[str, Any]:
    return {**dict(getattr(graph, "provenance", {})), "metric": id, "options": {}}
