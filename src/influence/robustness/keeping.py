"""Finished work is kept only under a name that the caller gives: a function has no text that says all it does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.robustness.tasks import Progress, run_tasks

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork


def run(
    function: Callable[..., Any],
    tasks: Mapping[str, tuple[Any, ...]],
    *,
    label: str | None,
    inputs: Mapping[str, object],
    workers: int | None,
    fresh: bool,
    progress: Progress | None,
) -> dict[str, Any]:
    """As `run_tasks`; without a label nothing is kept and nothing kept is read."""
    if label is not None:
        return run_tasks(function, tasks, label=label, inputs=inputs, workers=workers, fresh=fresh, progress=progress)
    from joblib import Parallel, delayed

    found = {}
    for key, result in zip(
        tasks,
        Parallel(n_jobs=workers, return_as="generator")(delayed(function)(*args) for args in tasks.values()),
        strict=True,
    ):
        found[key] = result
        if progress:
            progress(key)
    return found


def chunks(items: Sequence[Any], size: int, name: str) -> dict[str, Sequence[Any]]:
    """Runs of items by a key that says which; never by the number of workers, so that kept work is found again."""
    return {f"{name} {k + 1}-{min(k + size, len(items))}": items[k : k + size] for k in range(0, len(items), size)}


def network_digest(net: MultilayerNetwork) -> str:
    """Fingerprint of what a question can read from a network."""
    specs = [{**asdict(spec), "mutual_kinds": sorted(spec.mutual_kinds)} for spec in net.specs.values()]
    digest = hashlib.sha256(repr((specs, net.years)).encode())
    for frame in (net.ties, net.actors, net.organizations, net.partitions, net._sizes, net._margins):
        if frame is not None:
            digest.update(repr(list(frame.columns)).encode())
            digest.update(pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy().tobytes())
    return digest.hexdigest()
