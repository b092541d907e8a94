"""What brokerage in one layer and across layers have in common: roles, their counts, and the evidence of a leg."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics.registry import told_origin
from influence.network.adapter import GraphError
from influence.network.snapshot import SHARED

logger = logging.getLogger("influence")

ROLES = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")
COLUMNS = (*ROLES, "brokerage")  # their total

_SPARSE_ENOUGH = 0.5


class DensityWarning(UserWarning):
    """So many ties are present that hardly a chain is left open: binarise the layer first."""


def leg_counts(first: np.ndarray, second: np.ndarray, served: np.ndarray, same: np.ndarray) -> np.ndarray:
    """Chains by role and broker, shape (5, k, n): `first` holds a → b, `second` b → c, `served` what a, c is worth.

    All are (k, n, n); `same` marks the pairs of one group. Passing one array as both legs saves a product.
    """
    within = second * same
    across = second - within
    own, strange = (within, across) if first is second else (first * same, first * (1 - same))
    to_own = served @ within.transpose(0, 2, 1)
    to_other = served @ across.transpose(0, 2, 1)
    to_alike = (served * same) @ across.transpose(0, 2, 1)

    def total(first_leg: np.ndarray, rest: np.ndarray) -> np.ndarray:
        return np.einsum("kab,kab->kb", first_leg, rest, dtype=np.float64)

    coordinator = total(own, to_own)
    representative = total(own, to_other)
    gatekeeper = total(strange, to_own)
    itinerant = total(strange, to_alike)
    liaison = total(strange, to_other) - itinerant
    return np.stack([coordinator, itinerant, representative, gatekeeper, liaison])


def role_names(own_a: np.ndarray, own_c: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """The role of each chain: whether a and c are of the broker's group, and of the same one."""
    return np.select(
        [own_a & own_c, own_a, own_c, alike], ["coordinator", "representative", "gatekeeper", "itinerant"], "liaison"
    )


def possible_roles(codes: np.ndarray) -> np.ndarray:
    """Which of the five roles each actor could hold, given who else is in which group; shape (5, k, n)."""
    k, n = codes.shape
    span = int(codes.max(initial=0)) + 1
    each = (codes + span * np.arange(k)[:, None]).ravel()
    members = np.bincount(each, minlength=k * span)
    size = members[each].reshape(k, n)
    # Actors outside the broker's group who have company in theirs: the ends of itinerant chains.
    paired = (size > 1).sum(axis=-1, keepdims=True) - np.where(size > 1, size, 0)
    groups = np.count_nonzero(members.reshape(k, span), axis=-1)[:, None]
    crosses = (size > 1) & (size < n)
    return np.stack([size > 2, paired > 0, crosses, crosses, np.broadcast_to(groups > 2, size.shape)])


def warn_if_dense(flat: np.ndarray, stacklevel: int) -> None:
    """Say once how many of a stack of graphs leave hardly a chain open."""
    n = flat.shape[-1]
    if n < 2 or not len(flat):
        return
    density = (flat > 0).sum(axis=(1, 2)) / (n * (n - 1))
    dense = int((density > _SPARSE_ENOUGH).sum())
    if dense:
        message = (
            f"brokerage: {dense} of {len(flat)} graphs have more than half of all ties (up to "
            f"{density.max():.0%}); few chains stay open, binarise first (backbone, or intensity > 1)"
        )
        logger.info(message)
        warnings.warn(message, DensityWarning, stacklevel=stacklevel)


def evidence(graph: Any, ties: pd.DataFrame | None, directed: bool, pairs: pd.MultiIndex) -> pd.DataFrame | None:
    """What is known of the ties of some pairs, one row a (source, target), several records of one tie joined.

    A tie of a projection rests on two memberships of each organization that its ends share: both are told, and the
    organizations are named in a column of their own.
    """
    if ties is None:
        if not callable(getattr(graph, "ties", None)):
            return None
        try:
            ties = graph.ties()
        except GraphError:  # a layer made from a bare matrix has none
            return None
    if "status" in ties:
        ties = ties[ties["status"] == "present"]
    if getattr(graph, "name", "").endswith(SHARED) and "organization" not in ties:
        ties = _memberships_by_pair(ties)
    mutual = np.ones(len(ties), dtype=bool)
    if directed:
        mutual = ties["mutual"].to_numpy(dtype=bool) if "mutual" in ties else ~mutual
    mirrored = ties[mutual].rename(columns={"source": "target", "target": "source"})
    known = ("layer", "source", "target", "weight", "year", "status", "mutual")
    told = [c for c in ties.columns if c not in known]
    both = pd.concat([ties, mirrored])[["source", "target", *told]]
    both = both[pd.MultiIndex.from_frame(both[["source", "target"]]).isin(pairs)]
    return both.groupby(["source", "target"], sort=True).agg(_joined)


def _memberships_by_pair(ties: pd.DataFrame) -> pd.DataFrame:
    """Memberships (actor → organization) as evidence of the ties among those who share an organization."""
    seats = ties.rename(columns={"target": "organization"})
    partners = seats[["source", "organization"]].drop_duplicates().rename(columns={"source": "target"})
    pairs = seats.merge(partners, on="organization")
    return pairs[pairs["source"] != pairs["target"]]


def _joined(values: pd.Series) -> str:
    return "; ".join(dict.fromkeys(str(v) for v in values.dropna()))


def with_origin(frame: pd.DataFrame, graph: Any, id: str, **options: Any) -> pd.DataFrame:
    """Give a frame the same ``attrs["influence"]`` that a metric's Series has."""
    frame.attrs = {"influence": told_origin(graph, id, options)}
    return frame
