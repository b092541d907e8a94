"""Networks of several layers and years: `MultilayerNetwork`, `Snapshot`, `Layer`, and the door `as_matrix`."""

from influence.network.adapter import Adjacency, GraphError, SelfLoopWarning, as_incidence, as_matrix, as_stack
from influence.network.layer import Layer, LayerSpec
from influence.network.multilayer import LayerStack, MultilayerNetwork
from influence.network.snapshot import Snapshot

__all__ = [
    "Adjacency",
    "GraphError",
    "Layer",
    "LayerSpec",
    "LayerStack",
    "MultilayerNetwork",
    "SelfLoopWarning",
    "Snapshot",
    "as_incidence",
    "as_matrix",
    "as_stack",
]
