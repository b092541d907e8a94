"""What each organization adds to an actor's institutional strength, alone, last and on average over all subsets.

Leaving one organization out says little where several join the same states: each can be spared as long as the
others stay. Shapley's value is what it adds on average over all orders in which the organizations could have come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics._seats import each_seat
from influence.metrics.games import TooManyPlayers, shapley_value
from influence.network.adapter import GraphError, Incidence, as_incidence

MOST = 18  # players: a quarter of a million coalitions


def organization_power(
    graph: Any,
    actor: Any,
    others: Iterable[Any],
    *,
    players: Iterable[Any] | Mapping[Any, Iterable[Any]] | None = None,
    rivals: Iterable[Any] = (),
    worth: Literal["share", "reach", "strength"] = "share",
    weight: Literal["newman", "count"] = "newman",
    sizes: Mapping[str, float] | pd.Series | None = None,
    weights: Mapping[Any, float] | pd.Series | pd.DataFrame | None = None,
) -> pd.DataFrame:
    """First-in, last-in and Shapley value of each organization in an actor's institutional strength.

    Parameters
    ----------
    graph : Layer or pandas.DataFrame
        A two-mode layer, or a frame of actors (rows) × organizations (columns); positive entries are memberships.
    actor : label
    others : iterable of labels
        Towards whom the strength is; the actor itself is left out.
    players : iterable of organizations, or mapping of a name to organizations, optional
        Who plays; a mapping makes one player of several, such as of a body with its successor. All other
        organizations are there whoever plays. Default: each organization in which the actor or a rival meets any of
        the others.
    rivals : iterable of labels, optional
        Whose strength towards the same others stands beside the actor's, for ``worth="share"``.
    worth : {"share", "reach", "strength"}, default "share"
        Of a coalition: the actor's share in the strength of itself and its rivals (0 where nobody has any); the
        number of others whom it meets in at least one organization; its own strength, which is a sum, so that all
        three values are the same.
    weight, sizes
        As in `influence.metrics.two_mode.project`.
    weights : mapping, Series or DataFrame, optional
        What a shared seat counts, by organization, in the place of `weight` where named. A DataFrame has a row for
        each weighting to try, such as Dirichlet draws, and organizations in columns.

    Returns
    -------
    pandas.DataFrame
        By player: first_in (worth with it alone, less that with no player), last_in (worth of all, less that of all
        but it), shapley. The Shapley values add up to the worth of all less that of none. With a DataFrame of
        weights the index has the weighting first.

    Raises
    ------
    GraphError
        An actor or organization that is not in the graph, an organization that plays twice, or a negative weight.
    TooManyPlayers
        More than 18.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. In Kuhn, H. W., & Tucker, A. W. (eds.), Contributions to
    the Theory of Games II. Princeton University Press, 307-317.

    Examples
    --------
    >>> import pandas as pd
    >>> seats = pd.DataFrame(
    ...     {"SCO": [1, 1, 1, 1], "CSTO": [1, 0, 1, 0], "CIS": [1, 0, 1, 1]}, index=["RUS", "CHN", "KAZ", "UZB"]
    ... )
    >>> organization_power(seats, "RUS", ["KAZ", "UZB"], worth="reach").round(3)
          first_in  last_in  shapley
    SCO        2.0      0.0    0.833
    CSTO       1.0      0.0    0.333
    CIS        2.0      0.0    0.833
    """
    if worth not in ("share", "reach", "strength"):
        raise ValueError(f'worth must be "share", "reach" or "strength", not {worth!r}')
    incidence = as_incidence(graph)
    poles = list(dict.fromkeys([actor, *rivals]))
    rows = [o for o in dict.fromkeys(others) if o not in poles]
    lost = [str(a) for a in [*poles, *rows] if a not in incidence.actors]
    if lost:
        raise GraphError(f"organization_power: {', '.join(lost)} is no actor here")
    seats = (incidence.matrix > 0).astype(float)
    of_poles, of_others = (seats[incidence.actors.get_indexer(pd.Index(p, dtype=object))] for p in (poles, rows))
    met = of_poles * of_others.sum(axis=0)  # pole × organization: how many others it meets there
    teams = _teams(players, incidence, met)
    subsets, always = _subsets(teams, incidence)
    if worth == "reach":
        table = ((of_poles[0] * of_others) @ (subsets + always).T > 0).sum(axis=0, dtype=float)[None]
        index = None
    else:
        each, index = _weightings(weights, each_seat(seats, incidence.organizations, weight, sizes), incidence)
        strength = np.einsum("po,do,so->dsp", met, each, subsets + always)
        own, all_poles = strength[..., 0], strength.sum(axis=-1)
        share = np.divide(own, all_poles, out=np.zeros_like(own), where=all_poles > 0)
        table = share if worth == "share" else own
    n = len(teams)
    bits = 2 ** np.arange(n)
    values = np.stack(
        [table[:, bits] - table[:, :1], table[:, -1:] - table[:, 2**n - 1 - bits], shapley_value(table)], axis=-1
    )
    names = pd.Index(list(teams), dtype=object)
    by = names if index is None else pd.MultiIndex.from_product([index, names])
    frame = pd.DataFrame(values.reshape(-1, 3), index=by, columns=["first_in", "last_in", "shapley"])
    told = {"actor": str(actor), "worth": worth, "weight": weight}
    frame.attrs["influence"] = {
        **dict(getattr(graph, "provenance", {})),
        "metric": "organization_power",
        "options": told,
    }
    return frame


def _teams(players: Any, incidence: Incidence, met: np.ndarray) -> dict[Any, list[Any]]:
    """Player → its organizations."""
    if players is None:
        players = incidence.organizations[met.sum(axis=0) > 0]
    teams = {k: list(v) for k, v in players.items()} if isinstance(players, Mapping) else {k: [k] for k in players}
    named = [o for own in teams.values() for o in own]
    lost = [str(o) for o in named if o not in incidence.organizations]
    if lost:
        raise GraphError(f"organization_power: {', '.join(lost)} is no organization here")
    twice = sorted({str(o) for o in named if named.count(o) > 1})
    if twice:
        raise GraphError(f"organization_power: {', '.join(twice)} plays twice")
    if len(teams) > MOST:
        raise TooManyPlayers(
            f"organization_power: {len(teams)} players are more than {MOST}, whose coalitions can be played out: name "
            "fewer with players=, the others stay",
            list(teams),
        )
    return teams


def _subsets(teams: dict[Any, list[Any]], incidence: Incidence) -> tuple[np.ndarray, np.ndarray]:
    """Which organizations each coalition brings (coalition × organization), and which are there in any case."""
    bodies, n = incidence.organizations, len(teams)
    brings = np.zeros((n, len(bodies)))
    for k, own in enumerate(teams.values()):
        brings[k, bodies.get_indexer(pd.Index(own, dtype=object))] = 1.0
    inside = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return inside @ brings, 1.0 - brings.sum(axis=0)


def _weightings(weights: Any, standard: np.ndarray, incidence: Incidence) -> tuple[np.ndarray, pd.Index | None]:
    """What a shared seat counts: weighting × organization."""
    bodies = incidence.organizations
    if weights is None:
        return standard[None], None
    given = weights if isinstance(weights, pd.DataFrame) else pd.Series(weights, dtype=float).to_frame().T
    lost = [str(o) for o in given.columns if o not in bodies]
    if lost:
        raise GraphError(f"weights: {', '.join(lost)} is no organization here")
    if not (given.to_numpy(dtype=float) >= 0).all():
        raise GraphError("weights: what a seat counts must be 0 or more")
    each = np.tile(standard, (len(given), 1))
    each[:, bodies.get_indexer(given.columns)] = given.to_numpy(dtype=float)
    return each, given.index if isinstance(weights, pd.DataFrame) else None
