"""A snapshot: all layers of one year, as one object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.network.layer import Layer, project

if TYPE_CHECKING:
    from influence.network.multilayer import MultilayerNetwork

SHARED = ":shared"


class Snapshot:
    """The state of things in one year: ``snap["trade"]`` is a layer, ``snap.partition("region")`` groups the actors.

    Get one from a network: ``net.at(2009)``. A two-mode layer also answers to its one-mode projection,
    ``snap["institutions:shared"]``.
    """

    def __init__(self, network: MultilayerNetwork, year: int, rule: str = "31 December") -> None:
        self.network, self.year, self.rule = network, year, rule
        self._made: dict[str, Layer] = {}

    def __getitem__(self, name: str) -> Layer:
        if name not in self._made:
            if name.endswith(SHARED) and name.removesuffix(SHARED) in self.network.specs:
                base = self[name.removesuffix(SHARED)]
                self._made[name] = project(base, self.network.organization_sizes(self.year), name=name)
            else:
                self._made[name] = self.network.layer(name, self.year, rule=self.rule)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.network.layers)

    def __len__(self) -> int:
        return len(self.network.layers)

    @property
    def layers(self) -> tuple[str, ...]:
        return self.network.layers

    @property
    def provenance(self) -> dict[str, Any]:
        return {**self.network.provenance, "year": self.year, "rule": self.rule}

    def one_mode(self) -> dict[str, Layer]:
        """The default layers as one-mode layers: institutions enter by their projection."""
        names = [n + SHARED if self.network.specs[n].mode == 2 else n for n in self.layers]
        return {name: self[name] for name in names}

    def partition(self, name: str) -> pd.Series:
        """Actor → group on 31 December of this year."""
        return self.network.partition(name, self.year)

    def ties(self, actor: str | None = None) -> pd.DataFrame:
        """The receipts of every default layer, one below the other."""
        found = [self.network.receipts(name, self.year, rule=self.rule, actor=actor) for name in self.layers]
        return pd.concat(found, ignore_index=True)

    def __repr__(self) -> str:
        inner = [repr(self[name]).replace("\n", "\n  ") for name in self.layers]
        return "\n  ".join([f"Snapshot, {self.rule} {self.year}", *inner])

    def _repr_html_(self) -> str:
        rows = [_row(self[name]) for name in self.layers]
        return f"<b>Snapshot</b>, {self.rule} {self.year}" + pd.DataFrame(rows).set_index("layer").to_html(
            na_rep="–", border=0
        )


def _row(layer: Layer) -> dict[str, Any]:
    return {
        "layer": layer.name,
        "actors": len(layer.labels),
        "ties": len(layer.to_edges()),
        "kinds": ", ".join(layer.kinds),
        "directed": "yes" if layer.directed else "no",
        "unit": layer.spec.unit,
        "unknown or partly unknown": layer.unknown_ties,
    }
