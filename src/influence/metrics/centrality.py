"""Centrality: how much of a network runs to, from or through an actor.

All kernels read a stack ``a[..., n, n]`` in which ``a[..., i, j]`` is the tie from i to j. Path measures read a
strength w as the length 1/w; spectral measures and walks read it as it is, along in-ties; current flow reads it as a
conductance. The measures stand in `degrees`, `paths`, `spectral`, `walks`, `current_flow` and `freeman`; here they are
found.
"""

from influence.metrics.current_flow import current_flow_betweenness, current_flow_closeness, current_flow_measures
from influence.metrics.degrees import degree, degree_in, degree_out, strength, strength_in, strength_out
from influence.metrics.freeman import centralization
from influence.metrics.paths import (
    betweenness,
    closeness,
    distance_measures,
    distances,
    edge_betweenness,
    harmonic,
    k_reach,
)
from influence.metrics.spectral import authorities, eigenvector, hits, hubs
from influence.metrics.walks import katz, pagerank, power

__all__ = [
    "authorities",
    "betweenness",
    "centralization",
    "closeness",
    "current_flow_betweenness",
    "current_flow_closeness",
    "current_flow_measures",
    "degree",
    "degree_in",
    "degree_out",
    "distance_measures",
    "distances",
    "edge_betweenness",
    "eigenvector",
    "harmonic",
    "hits",
    "hubs",
    "k_reach",
    "katz",
    "pagerank",
    "power",
    "strength",
    "strength_in",
    "strength_out",
]
