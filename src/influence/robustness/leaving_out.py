"""One thing left out at a time: which organization, kind of tie, layer, source or actor does a finding rest on?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.network.layer import LayerSpec
from influence.robustness.attempt import attempt, same_sign
from influence.tables.write import round_number

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork

Question = Callable[["MultilayerNetwork"], float]


def jackknife(
    net: MultilayerNetwork,
    question: Question,
    over: str = "organizations",
    *,
    keeps: Callable[[float], bool] | None = None,
    compared: Iterable[str] = (),
) -> pd.DataFrame:
    """Answer a question with one thing left out at a time, as if it had never been recorded.

    Parameters
    ----------
    net : MultilayerNetwork
    question : callable
        Network → number. A NaN, an infinite number, a ValueError, KeyError or ArithmeticError are no answer, which is
        reported.
    over : {"organizations", "kinds", "layers", "sources", "actors"}
        Organizations with a member here; kinds of tie of layers that have several (the others keep their weights in
        proportion); layers, which are then unknown to the network; sources, without which all evidence falls that
        rests on no other; actors, who then belong to the rest of the world (world totals stay).
    keeps : callable, optional
        Answer → whether the finding holds. Default: on the side of 0 where it is with everything.
    compared : iterable of str, optional
        Actors that are not left out.

    Returns
    -------
    pandas.DataFrame
        One row a thing, by name: over, dropped, value, change (value less that with everything), keeps (False without
        an answer), reason (why there is none). ``attrs["value"]`` is the answer with everything.

    Raises
    ------
    ValueError
        No answer with everything, an unknown `over`, or nothing to leave out.

    Examples
    --------
    >>> import influence as inf
    >>> def lead(net):
    ...     shared = net.at(2012)["institutions:shared"].to_adjacency()
    ...     return shared.loc["RUS", "KAZ"] - shared.loc["CHN", "KAZ"]
    >>> found = jackknife(inf.load(), lead, over="organizations")
    >>> bool(found["keeps"].all())
    True
    """
    if over not in _UNITS:
        raise ValueError(f"over must be one of {', '.join(_UNITS)}, not {over!r}")
    value, reason = attempt(question, net)
    if reason:
        raise ValueError(f"no answer with everything: {reason}")
    holds = keeps or same_sign(value)
    rows = []
    for name, without in _UNITS[over](net, frozenset(compared)):
        other, reason = attempt(question, without)
        rows.append((over, name, other, round_number(other - value), not reason and bool(holds(other)), reason))
    if not rows:
        raise ValueError(f"there are no {over} to leave out")
    frame = pd.DataFrame(rows, columns=["over", "dropped", "value", "change", "keeps", "reason"])
    frame = frame.sort_values("dropped", ignore_index=True)
    frame.attrs["value"] = value
    return frame


def without_actors(net: MultilayerNetwork, actors: Iterable[str]) -> MultilayerNetwork:
    """The same network drawn with a narrower boundary: these actors are part of the rest of the world.

    World totals stay, so that what the others trade with them falls to ROW in every share.

    Parameters
    ----------
    net : MultilayerNetwork
    actors : iterable of str

    Raises
    ------
    KeyError
        No such actor.
    """
    gone = frozenset(actors)
    people, groups = net.actors, net.partitions
    odd = sorted(gone - set(people["actor_id"]))
    if odd:
        raise KeyError(f"no actor called {', '.join(odd)}")
    ties = net.sorted_ties()
    touched = _is(ties, "source", gone) | (_is(ties, "target", gone) & _in_mode(net, ties, 1))
    return _with(
        net,
        ties,
        ~touched,
        actors=people[~people["actor_id"].isin(gone)].reset_index(drop=True),
        partitions=groups[~groups["actor_id"].isin(gone)].reset_index(drop=True),
        provenance={
            **net.provenance,
            "without_actors": sorted({*net.provenance.get("without_actors", []), *gone}),
        },
    )


Units = Iterator[tuple[str, "MultilayerNetwork"]]


def _organizations(net: MultilayerNetwork, compared: frozenset[str]) -> Units:
    ties, bodies = net.sorted_ties(), net.organizations
    seat = _in_mode(net, ties, 2)
    for org in ties["target"][seat & _is(ties, "status", {"present"})].unique():
        left = bodies[bodies["org_id"] != org].reset_index(drop=True)
        yield str(org), _with(net, ties, ~(seat & _is(ties, "target", {org})), organizations=left)


def _kinds(net: MultilayerNetwork, compared: frozenset[str]) -> Units:
    ties = net.sorted_ties()
    for layer, spec in net.specs.items():
        own = _is(ties, "layer", {layer})
        kinds = ties["kind"][own].unique()
        for kind in kinds if len(kinds) > 1 else ():
            specs = {**net.specs, layer: _reweighted(spec, str(kind))}
            yield f"{layer}: {kind}", _with(net, ties, ~(own & _is(ties, "kind", {kind})), specs=specs)


def _reweighted(spec: LayerSpec, kind: str) -> LayerSpec:
    left = {k: w for k, w in spec.kind_weights.items() if k != kind}
    whole = sum(left.values())
    if spec.composition != "shares" or not whole:
        return spec
    scale = sum(spec.kind_weights.values()) / whole
    return replace(spec, kind_weights={k: w * scale for k, w in left.items()})


def _layers(net: MultilayerNetwork, compared: frozenset[str]) -> Units:
    ties = net.sorted_ties()
    for layer in net.specs:
        specs = {name: spec for name, spec in net.specs.items() if name != layer}
        yield layer, _with(net, ties, ~_is(ties, "layer", {layer}), specs=specs)


def _sources(net: MultilayerNetwork, compared: frozenset[str]) -> Units:
    ties = net.sorted_ties()
    told = net.evidence["source_id"].dropna().map(lambda joined: frozenset(str(joined).split(";")))
    for source in sorted({key for keys in told for key in keys}):
        fallen = set(told.index[told == frozenset([source])])
        yield source, _with(net, ties, ~ties["evidence_id"].isin(fallen).to_numpy())


def _actors(net: MultilayerNetwork, compared: frozenset[str]) -> Units:
    for actor in net.panel_actors():
        if actor not in compared:
            yield actor, without_actors(net, [actor])


_UNITS: dict[str, Callable[[MultilayerNetwork, frozenset[str]], Units]] = {
    "organizations": _organizations,
    "kinds": _kinds,
    "layers": _layers,
    "sources": _sources,
    "actors": _actors,
}


def _with(net: MultilayerNetwork, ties: pd.DataFrame, keep: np.ndarray, **changes: Any) -> MultilayerNetwork:
    return net.replaced(ties=ties[keep].reset_index(drop=True), evidence=net.evidence, **changes)


def _is(ties: pd.DataFrame, column: str, names: Iterable[Any]) -> np.ndarray:
    return ties[column].isin(list(names)).to_numpy()


def _in_mode(net: MultilayerNetwork, ties: pd.DataFrame, mode: int) -> np.ndarray:
    return _is(ties, "layer", [name for name, spec in net.specs.items() if spec.mode == mode])
