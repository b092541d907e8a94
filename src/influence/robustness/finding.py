"""A finding that rows of evidence could undo: one actor above another, or above all others, by a metric.

The finding stands while its margin is above a millionth of what the compared values add up to as recorded: below that
they are level, whatever the last bits of a processor say.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from influence.metrics._roles import DensityWarning
from influence.metrics.registry import Metric
from influence.robustness.switches import Switches

LEVEL = 1e-6
_AT_ONCE = 2**21  # matrix entries held in memory


@dataclass(frozen=True)
class Finding:
    """Actor `a` above `b` (or, where `b` is None, above all others) by a metric in a layer and year.

    Attributes
    ----------
    switches : Switches
    metric : Metric
    a : int
        Place among the labels.
    b : int or None
    groups : numpy.ndarray or None
        The group of each actor, as codes, where the metric needs them.
    options : dict
        Of the metric.
    """

    switches: Switches
    metric: Metric
    a: int
    b: int | None
    groups: np.ndarray | None
    options: Mapping[str, Any]

    def values(self, flips: np.ndarray, factors: np.ndarray | None = None) -> np.ndarray:
        """The metric of every actor under each setting of the switches, shape (k, n); the pair's own tie left out."""
        flips = np.atleast_2d(flips)
        n = len(self.switches.labels)
        step = max(1, _AT_ONCE // (n * n))
        parts = [
            self._values(flips[k : k + step], None if factors is None else factors[k : k + step])
            for k in range(0, len(flips), step)
        ]
        return np.concatenate(parts) if parts else np.empty((0, n))

    def _values(self, flips: np.ndarray, factors: np.ndarray | None) -> np.ndarray:
        matrices = self.switches.matrices(flips, factors)
        kernel = self.metric.kernel
        assert kernel is not None
        if self.metric.level == "two_mode":
            return kernel(matrices, **self.options)
        if self.b is not None:
            matrices[:, [self.a, self.b], [self.b, self.a]] = 0.0
        if self.groups is None:
            return kernel(matrices, directed=self.switches.directed, **self.options)
        with warnings.catch_warnings():
            # Said once, for the layer as it is recorded: not for every setting that is tried.
            warnings.simplefilter("ignore", DensityWarning)
            return kernel(
                self.switches.presence(matrices),
                directed=self.switches.directed,
                groups=self.groups,
                **self.options,
            )

    def margins(self, values: np.ndarray) -> np.ndarray:
        """By how much `a` leads each that it is compared with, shape (k, 1) or (k, n − 1). What has no value is 0."""
        values = np.nan_to_num(values)
        rivals = [self.b] if self.b is not None else [k for k in range(values.shape[1]) if k != self.a]
        return values[:, [self.a]] - values[:, rivals]

    def level(self, values: np.ndarray) -> float:
        """Up to which margin two actors are level, given the recorded values."""
        values = np.nan_to_num(values)
        rival = values[self.b] if self.b is not None else np.delete(values, self.a).max(initial=0.0)
        return LEVEL * (float(abs(values[self.a]) + abs(rival)) or 1.0)


@dataclass(frozen=True)
class Gap:
    """How far a setting is from changing whether the finding holds: 0 or less where it has changed.

    Attributes
    ----------
    finding : Finding
    holds : bool
        As recorded.
    level : float
    """

    finding: Finding
    holds: bool
    level: float

    def __call__(self, flips: np.ndarray) -> np.ndarray:
        """Shape (k, rivals): the finding is undone as soon as one rival is level, and made when none is."""
        margins = self.finding.margins(self.finding.values(flips))
        if self.holds:
            return margins - self.level
        # What is level does not yet lead: the smallest step beyond.
        return (self.level * (1 + 1e-6) - margins).max(axis=1, keepdims=True)
