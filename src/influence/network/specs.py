"""What each layer is like, read from a table such as `layers.csv` and told by the ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from influence.errors import DataError, Problem
from influence.network.layer import LayerSpec


def specs_from_table(layers: pd.DataFrame, tie_weights: pd.DataFrame | None = None) -> dict[str, LayerSpec]:
    """Layer specifications from a table like `layers.csv`, and kind weights from one like `tie_weights.csv`."""
    table = layers.reset_index() if "layer" not in layers else layers
    table = table.sort_values("position", kind="stable") if "position" in table else table
    known = {"directed", "mode", "unit", "weight_role", "flow_process", "composition", "binarise", "in_default"}
    specs = {}
    for row in table.to_dict("records"):
        given = {k: v for k, v in row.items() if k in known and not pd.isna(v)}
        kinds = row.get("actor_kinds")
        spec = LayerSpec(row["layer"], **given, actor_kinds=tuple(kinds.split()) if isinstance(kinds, str) else ())
        if tie_weights is not None:
            own = tie_weights[tie_weights["layer"] == spec.name]
            spec = replace(
                spec,
                kind_weights=dict(zip(own["kind"], own["weight"].astype(float), strict=True)),
                kind_combine=dict(zip(own["kind"], own["combine"], strict=True)) if "combine" in own else {},
            )
        specs[spec.name] = spec
    return specs


def read_specs(layers: pd.DataFrame | Mapping[str, LayerSpec] | None, names: Sequence[str]) -> dict[str, LayerSpec]:
    """The specification of each layer named in the ties, from a table, as given, or by default."""
    if layers is None:
        return {name: LayerSpec(name) for name in names}
    specs = specs_from_table(layers) if isinstance(layers, pd.DataFrame) else dict(layers)
    lost = [name for name in names if name not in specs]
    if lost:
        said = "ties name this layer, the table of layers does not"
        raise DataError([Problem("layers", None, "layer", n, said) for n in lost])
    return specs


def mutual_kinds(ties: pd.DataFrame) -> dict[Any, frozenset[str]]:
    """The kinds of each layer all of whose ties are mutual."""
    if not ties["mutual"].any():
        return {}
    always = ties.groupby(["layer", "kind"], observed=True)["mutual"].all()
    found = always.index[always].to_frame(index=False)
    return {name: frozenset(own["kind"]) for name, own in found.groupby("layer", observed=True)}
