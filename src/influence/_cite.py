"""From a result to the references it rests on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from influence.tables.sources import bibliography, source_keys


def cite(result: Any) -> str:
    """The BibTeX of the sources behind something.

    Parameters
    ----------
    result : DataFrame with ``source_id``, MultilayerNetwork, Layer, Snapshot, or a table or Series of this package
        A table of ties cites what stands in it; a network or layer all its evidence; a computed result the layers it
        was computed from.

    Returns
    -------
    str
        BibTeX entries, sorted by key.

    Examples
    --------
    >>> import influence as inf
    >>> print(inf.cite(inf.load().at(2012)["trade"]).splitlines()[0])
    @techreport{baci,
    """
    return bibliography(_keys(result))


def _keys(result: Any) -> list[str]:
    if isinstance(result, pd.DataFrame) and "source_id" in result:
        return source_keys(result["source_id"])
    if hasattr(result, "ties") and callable(result.ties):  # a Layer or Snapshot
        return source_keys(result.ties()["source_id"])
    if hasattr(result, "evidence"):  # a network
        return source_keys(result.evidence["source_id"])
    origin = getattr(result, "attrs", {}).get("influence")
    if origin is None:
        raise ValueError(
            "nothing here says where it came from: give a network, a layer, its ties, or a result of this package"
        )
    return _keys_of_layers(origin)


def _keys_of_layers(origin: dict[str, Any]) -> list[str]:
    from influence.network.bundled import load

    chosen = {k: origin[k] for k in ("trade", "energy", "roles", "doubtful") if k in origin}
    if not chosen:
        raise ValueError("this result was computed from a graph without sources")
    net = load(**chosen)
    layers = origin.get("layers") or [origin.get("layer")]
    names = [str(name).removesuffix(":shared") for name in layers if name]
    used = net.ties[net.ties["layer"].isin(names)]
    return source_keys(net.evidence.loc[used["evidence_id"].unique(), "source_id"])
