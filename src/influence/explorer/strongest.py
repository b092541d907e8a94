"""The same network with only the strongest ties of each layer and year: a threshold without units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from influence.network import LayerStack, MultilayerNetwork
from influence.network.adapter import without_gaps
from influence.network.snapshot import SHARED


def strongest_ties(net: MultilayerNetwork, keep: float) -> MultilayerNetwork:
    """Keep the strongest ties of each layer in each year; what stands at the bound stays.

    A bound in dollars means nothing for pacts. A share of the ties does in every layer: 0.25 keeps a quarter of the
    ties of trade, and of a layer whose ties are all alike (memberships) it keeps all. Ties of which nothing is known
    stay unknown.

    Parameters
    ----------
    net : MultilayerNetwork
    keep : float
        Share of the ties of a layer and year, above 0 and up to 1.

    Returns
    -------
    MultilayerNetwork
        For measures and matrices; its tables of ties and evidence are those of the whole network.

    Raises
    ------
    ValueError
        `keep` is not a share.

    Examples
    --------
    >>> import influence as inf
    >>> few = strongest_ties(inf.load(), 0.1)
    >>> len(few.at(2012)["trade"].to_edges()), len(inf.load().at(2012)["trade"].to_edges())
    (109, 1088)
    """
    if not 0 < keep <= 1:
        raise ValueError(f"keep is a share of the ties, above 0 and up to 1, not {keep!r}")
    return net if keep == 1 else _Strongest(net, keep)


class _Strongest(MultilayerNetwork):
    """A view of a network whose stacks are cut; everything that is computed reads stacks."""

    def __init__(self, net: MultilayerNetwork, keep: float) -> None:
        self.__dict__.update(net.__dict__)
        self._stacks = {}
        self._whole, self._share = net, keep
        self.provenance = {**net.provenance, "keep": keep}

    def _stack(self, layer: str, years: tuple[int, ...], rule: str, keep: bool) -> LayerStack:
        whole = self._whole.stack(layer, years, rule=rule, keep=keep)
        if whole.spec.mode == 2 or layer.endswith(SHARED):
            return whole  # seats are all alike; a projection follows its seats
        matrix = np.nan_to_num(whole.matrix())
        weak = matrix < _bounds(matrix, self._share)[:, None, None]
        kinds = {k: np.where(weak & ~np.isnan(a), 0.0, a) for k, a in _addends(whole).items()}
        spec = replace(whole.spec, composition="sum", kind_weights={})
        return LayerStack(spec, whole.years, whole.rows, whole.columns, kinds, rule)


def _addends(stack: LayerStack) -> dict[str, np.ndarray]:
    """What each kind adds to the layer's matrix, NaN where it is unknown: shares are taken before ties are cut."""
    spec = stack.spec
    if spec.composition != "shares":
        return dict(stack.kinds)
    parts = {}
    for kind, array in stack.kinds.items():
        weight = spec.kind_weights.get(kind, 0.0) if spec.kind_weights else 1 / len(stack.kinds)
        if weight > 0:
            whole = without_gaps(array, "absent").sum(axis=(-2, -1), keepdims=True)
            parts[kind] = weight * np.divide(array, whole, out=array * 0.0, where=whole > 0)
    return parts


def _bounds(matrix: np.ndarray, share: float) -> np.ndarray:
    """The weight of the last tie that stays, by year; a tie of an undirected layer counts by either of its cells."""
    bounds = np.zeros(len(matrix))
    for k, year in enumerate(matrix):
        weights = np.sort(year[year > 0])[::-1]
        if len(weights):
            bounds[k] = weights[int(np.ceil(share * len(weights) - 1e-9)) - 1]
    return bounds
