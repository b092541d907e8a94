"""Who could have held a seat: a rule that is derived from the data, and hyperedges as two-mode networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from influence.network.adapter import GraphError
from influence.network.edges import in_force
from influence.network.multilayer import MultilayerNetwork


def hyperedges(
    net: MultilayerNetwork, layer: str, *, kinds: str | Sequence[str] | None = None, year: int | None = None
) -> pd.DataFrame:
    """The treaties, exercises or organizations behind the ties of a layer, as actors × rows of evidence.

    A treaty ties all its parties at once: it is one decision, not one a pair, and a null model must move it as one.

    Parameters
    ----------
    net : MultilayerNetwork
    layer : str
        One-mode: the ends of all ties that rest on one row of evidence are its parties. Two-mode: who ever held a seat.
    kinds : str or sequence of str, optional
        Kinds of tie, such as "defence_pact". Default: all; kinds of two actors only (bases, arms) give columns of two.
    year : int, optional
        In force on 31 December. Default: at any time, which is who could have taken part (`eligible_seats`).

    Returns
    -------
    pandas.DataFrame
        Actor × evidence_id, or actor × organization (all of the network, those without members too); 0 and 1.

    Raises
    ------
    GraphError
        In that year the ties of one row of evidence do not join all its parties: it is no hyperedge.

    Examples
    --------
    >>> import influence as inf
    >>> from influence.robustness import hyperedges
    >>> pacts = hyperedges(inf.load(), "security", kinds="defence_pact", year=2009)
    >>> bool((pacts.sum() >= 2).all())
    True
    """
    ties = net.ties
    ties = ties[(ties["layer"] == layer) & (ties["status"] == "present")]
    if layer not in net.specs:
        raise KeyError(f"no layer named {layer!r}; there are {', '.join(net.specs)}")
    if kinds is not None:
        ties = ties[ties["kind"].isin([kinds] if isinstance(kinds, str) else list(kinds))]
    if year is not None:
        ties = ties[in_force(ties, year, "31 December") > 0]
    if net.specs[layer].mode == 2:
        ends = ties.rename(columns={"source": "actor", "target": "of"})[["actor", "of"]]
    else:
        ends = pd.concat(
            [ties.rename(columns={end: "actor", "evidence_id": "of"})[["actor", "of"]] for end in ("source", "target")]
        )
    ends = ends.astype(str).drop_duplicates()
    frame = pd.crosstab(ends["actor"], ends["of"]).reindex(net.labels(layer), fill_value=0)
    frame = frame.rename_axis(None).rename_axis(None, axis=1)
    if net.specs[layer].mode == 2:
        return frame.reindex(columns=net.organizations["org_id"].rename(None), fill_value=0)
    if year is not None:
        _check_cliques(ties, frame)
    return frame


def _check_cliques(ties: pd.DataFrame, frame: pd.DataFrame) -> None:
    ends = np.sort(ties[["source", "target"]].astype(str).to_numpy(), axis=1)
    pairs = pd.DataFrame({"of": ties["evidence_id"].to_numpy(), "a": ends[:, 0], "b": ends[:, 1]}).drop_duplicates()
    parties = frame.sum()
    open_ones = pairs.groupby("of").size().reindex(parties.index) < parties * (parties - 1) / 2
    if open_ones.any():
        raise GraphError(
            f"not all parties of {open_ones[open_ones].index[0]} are tied to one another: choose kinds= of which each "
            "row of evidence ties all its parties"
        )


def eligible_seats(ever: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Which seats an actor could have held, by one rule.

    An actor is eligible for an organization or treaty if it held a seat there at any time, or if an actor of its own
    group did. A body without members at any time is open to nobody.

    Parameters
    ----------
    ever : pandas.DataFrame
        Actor × organization, positive where a seat was held at any time: ``hyperedges(net, "institutions")``, with the
        roles that the network was loaded with.
    groups : pandas.Series
        Actor → group, such as ``net.partition("region")``.

    Returns
    -------
    pandas.DataFrame of bool
        As `curveball` takes it.

    Raises
    ------
    ValueError
        An actor without a group.

    Notes
    -----
    The rule looks at who joined in these years and is therefore generous: a seat never held by a region within the
    data counts as closed to it, whatever the body's statutes say.

    Examples
    --------
    >>> import pandas as pd
    >>> from influence.robustness import eligible_seats
    >>> ever = pd.DataFrame({"CSTO": [1, 0, 0], "G8": [1, 0, 1]}, index=["RUS", "BLR", "JPN"])
    >>> eligible_seats(ever, pd.Series({"RUS": "Eastern Europe", "BLR": "Eastern Europe", "JPN": "East Asia"}))
          CSTO     G8
    RUS   True   True
    BLR   True   True
    JPN  False   True
    """
    of = groups.reindex(ever.index)
    if of.isna().any():
        raise ValueError(f"groups leaves actors without a group: {', '.join(map(str, ever.index[of.isna()][:5]))}")
    return (ever > 0).groupby(of.to_numpy()).transform("any")
