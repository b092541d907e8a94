"""The structure of a multiplex network: which place actors have in it, and how many of its layers it needs."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from influence.metrics.registry import get_metric, labelled
from influence.network.adapter import GraphError, Unknown, as_stack

Scale = Literal["share", "raw"]

_SPREADS = ("focused", "mixed", "multiplex")
_HUB = 2.0  # standard deviations
_NOISE = 1e-15  # eigenvalues of a density matrix below it are zeros


def cartography(
    layers: Any,
    *,
    of: Literal["strength", "degree"] = "strength",
    weight: str | None = "weight",
    unknown: Unknown = "absent",
) -> pd.DataFrame:
    """The place of each actor: how much it has in all layers together, and how evenly over them.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Two layers or more, aligned by name over the union of all actors.
    of : {"strength", "degree"}, default "strength"
        What is added over the layers: shares of each layer (`overlapping_strength`), or ties (`overlapping_degree`).
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        By actor: overlap; z, its distance from the mean of all actors in standard deviations (NaN if all have the
        same); participation (NaN for actors without ties, and with one layer); hub (z above 2); spread: focused
        (participation up to 1/3), mixed (up to 2/3) or multiplex, missing where participation is.

    Notes
    -----
    z is over all actors of the layers, those without ties too: the boundary of the network decides who is a hub.

    References
    ----------
    Battiston, F., Nicosia, V., & Latora, V. (2014). Structural measures for multiplex networks. Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.Graph([("KAZ", "RUS")]), nx.DiGraph([("KAZ", "CHN")])
    >>> inf.multiplex.cartography({"security": pact, "energy": oil})[["overlap", "participation", "spread"]]
         overlap  participation     spread
    CHN      0.5            0.0    focused
    KAZ      1.0            1.0  multiplex
    RUS      0.5            0.0    focused
    """
    if of not in ("strength", "degree"):
        raise ValueError(f'of must be "strength" or "degree", not {of!r}')
    how = {"weight": weight, "unknown": unknown}
    overlap = _measured(f"overlapping_{of}", layers, **how)
    participation = _measured("participation", layers, **how)
    frame = pd.DataFrame({"overlap": overlap})
    sd = overlap.std(ddof=0)
    alike = not len(overlap) or np.ptp(overlap.to_numpy()) <= 1e-12 * overlap.abs().max()
    frame["z"] = np.nan if alike else (overlap - overlap.mean()) / sd
    frame["participation"] = participation
    frame["hub"] = frame["z"] > _HUB
    spread = np.searchsorted([1 / 3, 2 / 3], participation.fillna(0.0).to_numpy() - 1e-12)
    frame["spread"] = pd.Series(np.array(_SPREADS, dtype=object)[spread], index=frame.index).where(
        participation.notna()
    )
    frame.attrs["influence"] = {**participation.attrs["influence"], "metric": "cartography"}
    frame.attrs["influence"]["options"] = {"of": of, "unknown": unknown}
    return frame


def layer_distances(
    layers: Any, *, scale: Scale = "share", weight: str | None = "weight", unknown: Unknown = "absent"
) -> pd.DataFrame:
    """How different two layers are: the square root of their quantum Jensen–Shannon divergence.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Aligned by name over the union of all actors. Directed ties are read as undirected (both directions added).
    scale, weight, unknown
        As in `reducibility`.

    Returns
    -------
    pandas.DataFrame
        Layer × layer, symmetric: 0 for layers that are alike up to scale, 1 for layers without an actor in common.

    Raises
    ------
    GraphError
        A layer without ties: it has no density matrix.

    References
    ----------
    De Domenico, M., Nicosia, V., Arenas, A., & Latora, V. (2015). Structural reducibility of multilayer networks.
    Nature Communications 6, 6864.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.Graph([("KAZ", "RUS")]), nx.Graph([("TKM", "CHN")])
    >>> inf.multiplex.layer_distances({"pact": pact, "exercise": pact, "oil": oil})
              pact  exercise  oil
    pact       0.0       0.0  1.0
    exercise   0.0       0.0  1.0
    oil        1.0       1.0  0.0
    """
    laplacians, names = _laplacians(layers, scale, weight, unknown)
    frame = pd.DataFrame(_distances(laplacians), index=names, columns=names)
    return _with_origin(frame, layers, names, "layer_distances", scale=scale, unknown=unknown)


def reducibility(
    layers: Any, *, scale: Scale = "share", weight: str | None = "weight", unknown: Unknown = "absent"
) -> pd.DataFrame:
    """Which layers may be merged, and how many are left when they differ most from one single network.

    Layers are merged step by step, those nearest to each other first (Ward's linkage on `layer_distances`). The
    quality of a step, q = 1 − (mean von Neumann entropy of its layers) / (entropy of all layers as one), says how far
    they are from being one network; the step with the highest q is the reduction that De Domenico et al. choose.

    Parameters
    ----------
    layers : Snapshot or mapping of str to graph
        Two layers or more, aligned by name over the union of all actors. Directed ties are read as undirected (both
        directions added).
    scale : {"share", "raw"}, default "share"
        Merged layers are added as shares of each layer's total, or as they are (for layers in one unit, as in the
        paper).
    weight : str or None, default "weight"
        The strength of a tie; None counts every tie as 1.
    unknown : {"absent", "present", "raise"}, default "absent"
        What stands in for a tie of which nothing is known.

    Returns
    -------
    pandas.DataFrame
        By number of layers, from all to one: layers (merged ones joined by " + ", in alphabetical order, apart by
        " | "), distance (of the two merged last, by Ward's linkage), entropy (mean, in bits), quality, best (true for
        the highest quality; of equals the one with fewer layers).

    Raises
    ------
    GraphError
        Fewer than two layers, or a layer without ties.

    Notes
    -----
    The density matrix of a layer is its Laplacian divided by its trace, ρ; its entropy is −Tr ρ log₂ ρ. q is NaN where
    all layers are one and the same tie. Layers are taken in the order of their names, so that equal distances are
    settled in one way.

    References
    ----------
    De Domenico, M., Nicosia, V., Arenas, A., & Latora, V. (2015). Structural reducibility of multilayer networks.
    Nature Communications 6, 6864.

    Examples
    --------
    >>> import networkx as nx
    >>> import influence as inf
    >>> pact, oil = nx.star_graph(4), nx.path_graph(5)
    >>> found = inf.multiplex.reducibility({"pact": pact, "oil": oil, "gas": oil})
    >>> found[["layers", "quality", "best"]].round(3).reset_index()
       n            layers  quality   best
    0  3  gas | oil | pact    0.120  False
    1  2  gas + oil | pact    0.133   True
    2  1  gas + oil + pact    0.000  False
    """
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import squareform

    laplacians, names = _laplacians(layers, scale, weight, unknown)
    if len(names) < 2:
        raise GraphError("reducibility needs two layers or more")
    by_name = sorted(range(len(names)), key=lambda k: names[k])
    parts = {k: [names[at]] for k, at in enumerate(by_name)}
    merged = {k: laplacians[at] for k, at in enumerate(by_name)}
    distance = _distances(laplacians)[np.ix_(by_name, by_name)]
    whole = _entropy(laplacians.sum(axis=0))
    rows = [_step(parts, merged, np.nan, whole)]
    for number, (x, y, height, _) in enumerate(linkage(squareform(distance, checks=False), "ward"), len(names)):
        parts[number] = parts.pop(int(x)) + parts.pop(int(y))
        merged[number] = merged.pop(int(x)) + merged.pop(int(y))
        rows.append(_step(parts, merged, height, whole))
    frame = pd.DataFrame(rows, index=pd.Index(range(len(names), 0, -1), name="n"))
    highest = frame["quality"].max()
    near = frame.index[frame["quality"] >= highest - 1e-12]
    frame["best"] = frame.index == (near.min() if len(near) else None)
    return _with_origin(frame, layers, names, "reducibility", scale=scale, unknown=unknown)


def _step(parts: dict[int, list[str]], merged: dict[int, np.ndarray], height: float, whole: float) -> dict[str, Any]:
    mean = float(np.mean([_entropy(laplacian) for laplacian in merged.values()]))
    told = " | ".join(sorted(" + ".join(sorted(names)) for names in parts.values()))
    quality = 1 - mean / whole if whole > 1e-12 else np.nan
    return {"layers": told, "distance": height, "entropy": mean, "quality": quality}


def _laplacians(layers: Any, scale: Scale, weight: str | None, unknown: Unknown) -> tuple[np.ndarray, list[str]]:
    """Laplacians of the layers read as undirected, each of trace 1 if on the scale of shares."""
    if scale not in ("share", "raw"):
        raise ValueError(f'scale must be "share" or "raw", not {scale!r}')
    stack = as_stack(layers, weight=weight, unknown=unknown)
    ties = stack.matrix + np.swapaxes(stack.matrix, -1, -2)
    total = ties.sum(axis=(-2, -1))
    if not total.all():
        raise GraphError(f"the layer {stack.names[int(np.argmin(total))]} has no ties: leave it out")
    if scale == "share":
        ties = ties / total[:, None, None]
    degrees = ties.sum(axis=-1)
    return degrees[..., None] * np.eye(ties.shape[-1]) - ties, stack.names


def _distances(laplacians: np.ndarray) -> np.ndarray:
    density = laplacians / np.trace(laplacians, axis1=-2, axis2=-1)[:, None, None]
    entropy = np.array([_entropy(rho) for rho in density])
    distance = np.zeros((len(density), len(density)))
    for i in range(len(density)):
        for j in range(i):
            divergence = _entropy((density[i] + density[j]) / 2) - (entropy[i] + entropy[j]) / 2
            # Rounding alone would leave 1e-8 between equals, of which the square root is no small number.
            distance[i, j] = distance[j, i] = np.sqrt(divergence) if divergence > 1e-12 else 0.0
    return np.minimum(distance, 1.0)


def _entropy(laplacian: np.ndarray) -> float:
    """Von Neumann entropy, in bits, of a Laplacian divided by its trace."""
    values = np.linalg.eigvalsh(laplacian / np.trace(laplacian))
    values = values[values > _NOISE]
    return float(-(values * np.log2(values)).sum()) + 0.0


def _measured(id: str, layers: Any, **how: Any) -> pd.Series:
    function = get_metric(id).function
    assert function is not None
    return function(layers, **how)


def _with_origin(frame: pd.DataFrame, layers: Any, names: list[str], id: str, **options: Any) -> pd.DataFrame:
    origin = labelled(np.empty(0), pd.Index([]), id, layers, **options).attrs["influence"]
    frame.attrs["influence"] = {**origin, "layers": names}
    return frame
