"""What a paper should say about its network: the items of the GRAND guidelines, computed from the network itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from influence.network.layer import LayerSpec
from influence.network.multilayer import MultilayerNetwork
from influence.tables.sources import source_keys


def report(
    net: MultilayerNetwork, layers: Sequence[str] | None = None, *, whole: MultilayerNetwork | None = None
) -> pd.DataFrame:
    """Items to report about a network, one row an item, one column a layer.

    Parameters
    ----------
    net : MultilayerNetwork
    layers : sequence of str, optional
        Default: the default layers.
    whole : MultilayerNetwork, optional
        The same network with what was left out of `net` (``inf.load(doubtful=True)``): without it, item 4.4 is not
        answered.

    Returns
    -------
    pandas.DataFrame
        Text. Means, standard deviations and ranges are over the years (number of ties) or over all present ties of
        all years (weights). How data were collected (1.1), their place (1.4) and the rule of the boundary (2.3) are for
        the author to say.

    References
    ----------
    Neal, Z. P., Carley, K. M., Contractor, N. S., et al.: Guidelines for Reporting About Network Data (GRAND),
    version 0.5.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "B"], "target": ["B", "C"], "year": [2001, 2002]})
    >>> report(inf.MultilayerNetwork.from_edges(ties))["aid"]["3.7 number of ties"]
    '1 to 1, mean 1.0, sd 0.0'
    """
    return pd.DataFrame({name: _items(net, name, whole) for name in layers or net.layers}).rename_axis("item")


def _items(net: MultilayerNetwork, name: str, whole: MultilayerNetwork | None) -> dict[str, str]:
    spec, stack = net.specs[name], net.stack(name)
    ties = net.ties
    ties = ties[(ties["layer"] == name) & (ties["status"] == "present")]
    evidence = net.evidence.loc[ties["evidence_id"].unique()]
    gaps = np.logical_or.reduce([np.isnan(kind) for kind in stack.kinds.values()])
    pairs = gaps.shape[1] * gaps.shape[2] - (gaps.shape[1] if spec.mode == 1 else 0)
    unknown = gaps.sum(axis=(1, 2)) / pairs
    edges = [net.at(year)[name].to_edges()["weight"] for year in net.years]
    counts = np.array([len(e) for e in edges])
    weights = pd.concat(edges)
    return {
        "1.3 networks": f"{len(net.years)}, one a year",
        "1.5 dates": f"{net.years[0]}–{net.years[-1]}, {stack.rule}",
        "1.7 sources": f"{len(source_keys(evidence['source_id']))} cited" if "source_id" in evidence else "none given",
        "2.1 nodes": "actors" if spec.mode == 1 else "actors and organizations",
        "2.2 size": f"{len(stack.rows)}" if spec.mode == 1 else f"{len(stack.rows)} and {len(stack.columns)}",
        "2.4 pairs unknown, wholly or in part": _span(unknown * 100, " %") if gaps.any() else "none",
        "3.1 ties": ", ".join(stack.kinds),
        "3.2 direction": "directed" if spec.directed and spec.mode == 1 else "none",
        "3.3 weight": _weight(spec, weights),
        "3.4 self-loops": "none",
        "3.5 bipartite": "actor to organization only" if spec.mode == 2 else "no",
        "3.6 hyperedges": _hyperedges(ties),
        "3.7 number of ties": _counts(counts),
        "4.1 symmetrized": "no",
        "4.2 dichotomized": f"no; for measures of presence by the rule {spec.binarise}",
        "4.3 projected": "no; a projection is a layer of its own" if spec.mode == 2 else "no",
        "4.4 tie records left out as doubtful": _left_out(net, whole, name),
        "4.5 aggregated": "kinds as weighted shares" if spec.composition == "shares" else "kinds summed",
        "4.6 tie records imputed": f"{int((ties['evidence_id'].map(evidence['evidence_kind']) == 'imputed').sum())}",
    }


def _counts(counts: np.ndarray) -> str:
    return f"{counts.min():,} to {counts.max():,}, mean {counts.mean():,.1f}, sd {counts.std():,.1f}"


def _span(values: np.ndarray, unit: str = "") -> str:
    return f"{values.min():.1f} to {values.max():.1f}{unit} a year, mean {values.mean():.1f}{unit}"


def _weight(spec: LayerSpec, weights: pd.Series) -> str:
    if weights.nunique() <= 1:
        return f"{spec.unit}; all alike"
    spread = f"{weights.min():.3g} to {weights.max():.3g}, mean {weights.mean():.3g}, sd {weights.std(ddof=0):.3g}"
    return f"{spec.unit}; {spread}"


def _hyperedges(ties: pd.DataFrame) -> str:
    """Rows of evidence, such as treaties, that join more than two actors and are laid out as pairs."""
    both = pd.concat(
        [
            ties[["evidence_id", "source"]].set_axis(["row", "actor"], axis=1),
            ties[["evidence_id", "target"]].set_axis(["row", "actor"], axis=1),
        ]
    )
    sizes = both.drop_duplicates().groupby("row").size()
    large = sizes[sizes > 2]
    if large.empty:
        return "no"
    return f"{len(large)} rows of evidence join 3 to {int(large.max())} actors; laid out as pairs"


def _left_out(net: MultilayerNetwork, whole: MultilayerNetwork | None, name: str) -> str:
    if whole is None:
        return "not asked"
    have, there = (int((n.ties["layer"] == name).sum()) for n in (net, whole))
    return f"{there - have} of {there:,}"
