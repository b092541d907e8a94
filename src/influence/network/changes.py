"""The same network without some of its evidence, or with more ties: what changes a network makes a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.errors import DataError, Problem
from influence.network.edges import coded, joined, read_edges
from influence.network.specs import mutual_kinds

if TYPE_CHECKING:
    from influence.network.multilayer import MultilayerNetwork

_ADDED = "added-"


def without_evidence(net: MultilayerNetwork, evidence_id: str | Iterable[str]) -> MultilayerNetwork:
    """See `MultilayerNetwork.without`."""
    gone = {evidence_id} if isinstance(evidence_id, str) else set(evidence_id)
    evidence = net.evidence
    odd = sorted(e for e in gone if e not in evidence.index)
    if odd:
        raise KeyError(f"no evidence called {', '.join(odd)}")
    ties = net.sorted_ties()
    kept = ties[~ties["evidence_id"].isin(gone)].reset_index(drop=True)
    left_out = sorted({*net.provenance.get("without", []), *gone})
    return net.replaced(
        ties=kept, evidence=evidence.drop(index=list(gone)), provenance={**net.provenance, "without": left_out}
    )


def with_more_ties(net: MultilayerNetwork, frame: pd.DataFrame) -> MultilayerNetwork:
    """See `MultilayerNetwork.with_ties`."""
    if frame.empty:
        return net
    own, known = net.sorted_ties(), net.evidence
    frame = coded(frame)
    odd = sorted({*frame["layer"].cat.categories} - {*net.specs}, key=str)
    if odd:
        said = f"no such layer; there are {', '.join(net.specs)}"
        raise DataError([Problem("edges", None, "layer", str(name), said) for name in odd])
    if "evidence_id" not in frame:
        frame = frame.assign(evidence_id=_next_ids(known.index, len(frame)))
    two_mode = [name for name, spec in net.specs.items() if spec.mode == 2]
    undirected = [name for name, spec in net.specs.items() if not spec.directed and spec.mode == 1]
    actors, bodies = net.actors["actor_id"], net.organizations["org_id"]
    ties, evidence = read_edges(frame, actors, bodies, two_mode, undirected)
    assert evidence is not None  # the ties have an evidence_id
    fresh = evidence[~evidence.index.isin(known.index)]
    every = pd.concat([known, fresh.astype(object)]).sort_index().rename_axis("evidence_id") if len(fresh) else known
    both = joined(own, ties)
    mutual = mutual_kinds(both)
    specs = {name: replace(s, mutual_kinds=mutual.get(name, frozenset())) for name, s in net.specs.items()}
    added = sorted({*net.provenance.get("with_ties", []), *ties["evidence_id"].unique()})
    return net.replaced(
        ties=both,
        specs=specs,
        evidence=every[[*known.columns]],
        provenance={**net.provenance, "with_ties": added},
    )


def _next_ids(known: pd.Index, n: int) -> list[str]:
    """Ids for ties that bring none, numbered on from those added before."""
    before = int(known.astype(str).str.startswith(_ADDED).sum())
    return [f"{_ADDED}{k}" for k in np.arange(before + 1, before + n + 1)]
