"""The same network with names or dates moved: worlds in which a finding should not be there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.network.edges import plain, resorted

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork


def permuted_labels(
    labels: Iterable[Any], rng: np.random.Generator, *, strata: Mapping[Any, Hashable] | pd.Series | None = None
) -> dict[Any, Any]:
    """Who takes whose place: a random permutation, within strata if these are given.

    Parameters
    ----------
    labels : iterable
    rng : numpy.random.Generator
    strata : mapping or Series, optional
        Label → stratum, such as a region; labels change places within it only.

    Returns
    -------
    dict
        Label → the label it becomes. The same for any order of the labels.

    Raises
    ------
    KeyError
        A label without a stratum.

    Examples
    --------
    >>> from influence.robustness import generator
    >>> found = permuted_labels(["KAZ", "UZB", "DEU", "FRA"], generator(1, "example"),
    ...                         strata={"KAZ": "Asia", "UZB": "Asia", "DEU": "Europe", "FRA": "Europe"})
    >>> sorted(found), {found["KAZ"], found["UZB"]} == {"KAZ", "UZB"}
    (['DEU', 'FRA', 'KAZ', 'UZB'], True)
    """
    names = sorted(set(labels), key=str)
    groups: dict[Any, list[Any]] = {}
    for name in names:
        groups.setdefault(None if strata is None else strata[name], []).append(name)
    found: dict[Any, Any] = {}
    for own in groups.values():
        found.update(zip(own, (own[k] for k in rng.permutation(len(own))), strict=True))
    return found


def relabelled(
    net: MultilayerNetwork, mapping: Mapping[str, str], *, layers: Iterable[str] | None = None
) -> MultilayerNetwork:
    """The same ties between other actors: each actor takes the place of the one it is mapped to.

    Attributes, groups and memberships of partitions stay with the names, and so do the ties of other layers: what is
    permuted is who has which ties. World totals of a layer move with its ties, as they are sums of them.

    Parameters
    ----------
    net : MultilayerNetwork
    mapping : mapping of str to str
        Old actor → new actor, a permutation: ``{"RUS": "CHN", "CHN": "RUS"}`` swaps two. Others stay.
    layers : iterable of str, optional
        Where; default everywhere. In a two-mode layer memberships move.

    Returns
    -------
    MultilayerNetwork
        Its provenance says so; evidence is that of the true ties.

    Raises
    ------
    ValueError
        A mapping that is no permutation.
    KeyError
        No such actor or layer.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "B"], "target": ["B", "C"], "year": 2001})
    >>> net = inf.MultilayerNetwork.from_edges(ties)
    >>> relabelled(net, {"A": "C", "C": "A"}).at(2001)["aid"].to_edges()[["source", "target"]].to_numpy().tolist()
    [['B', 'A'], ['C', 'B']]
    """
    if sorted(mapping) != sorted(mapping.values()):
        raise ValueError("the mapping is no permutation: each actor must take the place of exactly one")
    odd = sorted(set(mapping) - set(net.actors["actor_id"]))
    if odd:
        raise KeyError(f"no actor called {', '.join(odd)}")
    where = _known_layers(net, layers)
    ties = net.sorted_ties()
    inside = ties["layer"].isin(where).to_numpy()
    one_mode = inside & ties["layer"].isin([name for name in where if net.specs[name].mode == 1]).to_numpy()
    ties = ties.assign(
        source=_mapped(ties["source"].array, mapping, inside), target=_mapped(ties["target"].array, mapping, one_mode)
    )
    margins = _copied(net._margins)
    if margins is not None:
        here = margins["layer"].isin(where)
        margins.loc[here, "economy"] = margins.loc[here, "economy"].map(lambda name: mapping.get(name, name))
    return net.replaced(
        ties=resorted(ties),
        evidence=net.evidence,
        margins=margins,
        provenance={**net.provenance, "relabelled": {"mapping": dict(mapping), "layers": where}},
    )


def shifted(net: MultilayerNetwork, years: int, *, layers: Iterable[str] | None = None) -> MultilayerNetwork:
    """The same ties at another date: a placebo for a change, or one layer leading or lagging the others.

    Parameters
    ----------
    net : MultilayerNetwork
    years : int
        By how many years later (earlier if negative).
    layers : iterable of str, optional
        Which; default all. Ties without a date stay; so do partitions. World totals of the layers move with them,
        and the sizes of organizations with two-mode layers.

    Returns
    -------
    MultilayerNetwork
        Of the years that the moved layers still cover.

    Raises
    ------
    KeyError
        No such layer.
    ValueError
        No year is left.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": "A", "target": "B", "year": [2001, 2002], "weight": [1, 5]})
    >>> later = shifted(inf.MultilayerNetwork.from_edges(ties), 1)
    >>> later.years, later.at(2002)["aid"].matrix.max()
    ((2002,), np.float64(1.0))
    """
    where = _known_layers(net, layers)
    left = [year for year in net.years if year - years in net.years]
    if not left:
        raise ValueError(f"shifted by {years} years nothing is left of {net.years[0]}–{net.years[-1]}")
    ties = plain(net.sorted_ties())
    inside = ties["layer"].isin(where)
    ties.loc[inside, "year"] += years
    for column in ("start", "end"):
        ties.loc[inside, column] = ties.loc[inside, column] + pd.DateOffset(years=years)
    margins, sizes = _copied(net._margins), _copied(net._sizes)
    if margins is not None:
        margins.loc[margins["layer"].isin(where), "year"] += years
    if sizes is not None and any(net.specs[name].mode == 2 for name in where):
        sizes["year"] += years
    return net.replaced(
        ties=resorted(ties),
        evidence=net.evidence,
        margins=margins,
        sizes=sizes,
        years=left,
        provenance={**net.provenance, "shifted": {"years": years, "layers": where}},
    )


def _known_layers(net: MultilayerNetwork, layers: Iterable[str] | None) -> list[str]:
    where = list(net.specs) if layers is None else list(layers)
    odd = [name for name in where if name not in net.specs]
    if odd:
        raise KeyError(f"no layer named {', '.join(odd)}; there are {', '.join(net.specs)}")
    return where


def _mapped(names: pd.Categorical, mapping: Mapping[str, str], where: np.ndarray) -> pd.Categorical:
    """The names as they become: each is looked up once, not once a tie."""
    every = names.categories.union(pd.Index(list(mapping.values()), dtype=names.categories.dtype))
    stays = every.get_indexer(names.categories)
    becomes = every.get_indexer(pd.Index([mapping.get(name, name) for name in names.categories], dtype=every.dtype))
    return pd.Categorical.from_codes(np.where(where, becomes[names.codes], stays[names.codes]), categories=every)


def _copied(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    return None if frame is None else frame.copy()
