"""A statistic, whatever it was given as: a stack of matrices in, values by name out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._roles import DensityWarning
from influence.metrics.registry import Metric, align_codes, get_metric

Statistic = str | Callable[..., Any] | Sequence[str]

_AT_ONCE = 2**22  # entries of drawn matrices that are measured together


class StackStatistic:
    """Registered metrics or a user's own function, called on stacks.

    Attributes
    ----------
    names : list of str
    level : {"layer", "two_mode"}
        Which matrices it reads: (k, n, n), or actors × organizations.
    codes : numpy.ndarray of int or None
        The group of each actor.
    reads_groups : bool
        Whether some metric needs them.
    """

    def __init__(
        self,
        statistic: Statistic,
        labels: pd.Index,
        directed: bool,
        groups: Any,
        options: Mapping[str, Mapping[str, Any]] | None,
    ) -> None:
        self.labels, self.directed, self.options = labels, directed, dict(options or {})
        self.own: Callable[..., Any] | None = None
        self.metrics: list[Metric] = []
        if callable(statistic):
            self.own = statistic
            self.names = [getattr(statistic, "__name__", "statistic")]
        else:
            self.names = [statistic] if isinstance(statistic, str) else list(statistic)
            self.metrics = [get_metric(name) for name in self.names]
        levels = {m.level for m in self.metrics} or {"layer"}
        if len(levels) > 1 or "multiplex" in levels:
            raise ValueError("a null model here draws one layer: metrics of one level, one-mode or two-mode")
        self.level = levels.pop()
        self.reads_groups = any("groups" in m.needs for m in self.metrics)
        self.codes = None
        if groups is not None or self.reads_groups:
            self.codes = align_codes(groups, labels, self.names[0], "groups")

    def __call__(self, stack: np.ndarray, codes: np.ndarray | None = None) -> dict[str, np.ndarray]:
        codes = self.codes if codes is None else codes
        given = None if codes is None else np.broadcast_to(codes, (len(stack), len(self.labels)))
        if self.own is not None:
            values = self.own(stack) if given is None else self.own(stack, given)
            return {self.names[0]: np.asarray(values, dtype=float)}
        found: dict[str, np.ndarray] = {}
        for m in self.metrics:
            if m.id not in found:
                found.update(self._by_kernel(m, stack, given) if m.kernel else {m.id: self._looped(m, stack)})
        return {name: found[name] for name in self.names}

    def in_parts(
        self, stack: np.ndarray, made: Callable[[np.ndarray], np.ndarray] | None = None, codes: Any = None
    ) -> dict[str, np.ndarray]:
        """The values of many drawn matrices, a part at a time, so that memory stays small."""
        step = max(1, _AT_ONCE // max(stack[0].size, len(self.labels) ** 2, 1))
        parts = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DensityWarning)  # said of the observed graph already
            for first in range(0, len(stack), step):
                part = stack[first : first + step].astype(float)
                own = None if codes is None else codes[first : first + step]
                parts.append(self(part if made is None else made(part), own))
        return {name: np.concatenate([p[name] for p in parts]) for name in self.names}

    def _by_kernel(self, m: Metric, stack: np.ndarray, codes: np.ndarray | None) -> dict[str, np.ndarray]:
        assert m.kernel is not None
        given: dict[str, Any] = {"groups": codes} if "groups" in m.needs else {}
        if m.level == "layer":
            given["directed"] = self.directed
        own = self.options.get(m.id, {})
        wanted = [other for other in self.names if get_metric(other).shares is m.shares]
        if m.shares is not None and len(wanted) > 1 and not any(other in self.options for other in wanted):
            return m.shares(stack, **given)
        return {m.id: m.kernel(stack, **given, **own)}

    def _looped(self, m: Metric, stack: np.ndarray) -> np.ndarray:
        """A user's own graph → Series function, graph by graph."""
        assert m.function is not None
        frames = (pd.DataFrame(a, index=self.labels, columns=self.labels) for a in stack)
        found = [m.function(frame, **self.options.get(m.id, {})) for frame in frames]
        return np.stack([f.reindex(self.labels).to_numpy(dtype=float) for f in found])
