"""influence: what networks can say about an argument of international relations.

>>> import influence as inf
>>> net = inf.load()
>>> snap = net.at(2009)
>>> snap["trade"].to_networkx().number_of_nodes()
34
"""

import importlib
from typing import Any

__version__ = "0.1.0"

# Name → where it lives. Loaded when first asked for, so that importing the package stays light.
_LAZY = {
    "load": "influence.network.bundled",
    "MultilayerNetwork": "influence.network",
    "Snapshot": "influence.network",
    "Layer": "influence.network",
    "LayerSpec": "influence.network",
    "as_matrix": "influence.network",
    "DataError": "influence.errors",
    "list_metrics": "influence.metrics.registry",
    "register_metric": "influence.metrics.registry",
    "panel": "influence._panel",
    "boundary_stability": "influence.robustness.boundaries",
    "specification_curve": "influence.robustness.specifications",
    "fragility": "influence.robustness.reversal",
    "show": "influence._show",
    "explore": "influence.explorer",
    "cite": "influence._cite",
    "centrality": "influence.metrics.centrality",
    "structural_holes": "influence.metrics.structural_holes",
    "brokerage": "influence.metrics.brokerage",
    "multiplex": "influence.metrics.multiplex",
    "two_mode": "influence.metrics.two_mode",
    "transit": "influence.metrics.transit",
    "dependence": "influence.metrics.dependence",
    "metrics": "influence.metrics",
    "tables": "influence.tables",
    "robustness": "influence.robustness",
    "figures": "influence.figures",
    "claims": "influence.claims",
}
# Modules are told from functions here, not by looking: looking would import them.
_MODULES = {
    "centrality",
    "structural_holes",
    "brokerage",
    "multiplex",
    "two_mode",
    "transit",
    "dependence",
    "metrics",
    "tables",
    "robustness",
    "figures",
    "claims",
}
__all__ = sorted(_LAZY)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'influence' has no attribute {name!r}")
    module = importlib.import_module(_LAZY[name])
    value = module if name in _MODULES else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
