"""A specification curve: one question answered under every defensible combination of choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from influence.robustness.grid import Grid
from influence.robustness.sobol import sobol_shares

Region: TypeAlias = tuple[float | None, float | None] | Callable[[float], bool]
HALF = 1e-9  # how near to one half cumulated weights count as one half


@dataclass(frozen=True, eq=False)
class Curve:
    """The answers of all specifications. Made by `specification_curve` and `evaluate`.

    Choices weigh alike, options of a choice weigh alike within it, and specifications with an option weigh alike
    within that: a choice with many options, or whose options could seldom be computed, counts no more or less for it.
    On a full factorial all specifications then weigh the same. Stress specifications are computed and shown, and
    weigh nothing.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a specification, the primary one first: a column a choice (the option's name), value (nine significant
        digits; NaN where it is not available), rank (1 is the smallest value), primary, weight_class, weight, reason
        (why it is not available).
    grid : Grid
    region : tuple or callable or None
        Where the finding holds, as it was given.
    test : pandas.DataFrame or None
        Joint permutation test, if one was asked for: see `specification_curve`.
    """

    table: pd.DataFrame
    grid: Grid
    region: Region | None = None
    test: pd.DataFrame | None = None

    @property
    def choices(self) -> list[str]:
        return list(self.grid.choices)

    @property
    def primary(self) -> float:
        """The answer of the primary specification."""
        return float(self.table.loc[self.table["primary"], "value"].iloc[0])

    @property
    def median(self) -> float:
        """The median answer, by choice."""
        return weighted_median(self.table["value"].to_numpy(), self.table["weight"].to_numpy())

    @property
    def unavailable(self) -> pd.DataFrame:
        """The specifications that could not be computed, each with the reason."""
        return self.table[self.table["value"].isna()].drop(columns=["value", "rank", "weight"])

    def share(self, region: Region | None = None) -> float:
        """The share of the specifications, by choice, in which the finding holds.

        Parameters
        ----------
        region : (low, high) or callable, optional
            From low up to, not including, high; None is no bound. Or what tells of a value whether the finding holds.
            Default: the region that the curve was made with.
        """
        held = self._held(region)
        return float(round(self.table["weight"].to_numpy()[held].sum(), 12))

    def share_bounds(self, region: Region | None = None) -> tuple[float, float]:
        """The share if the finding held in none, and in all, of the specifications that could not be computed."""
        held = self._held(region)
        weight = choice_weights(self._codes, self._usual)
        gap = self.table["value"].isna().to_numpy()
        return float(round(weight[held].sum(), 12)), float(round(weight[held | gap].sum(), 12))

    def shares_by_choice(self, region: Region | None = None) -> pd.DataFrame:
        """What each option does: the answers of the specifications that have it.

        Returns
        -------
        pandas.DataFrame
            One row an option: choice, option, weight_class, specifications, available, median, low, high, and share
            where a region is known. Specifications with a stress option in another choice are left out.
        """
        value = self.table["value"].to_numpy()
        held = None if region is None and self.region is None else self._held(region)
        stress = np.stack([self._is_stress(choice) for choice in self.choices], axis=1)
        rows = []
        for k, (choice, options) in enumerate(self.grid.choices.items()):
            elsewhere = np.delete(stress, k, axis=1).any(axis=1)
            for code, option in enumerate(options):
                own = (self._codes[:, k] == code) & ~elsewhere
                known = own & ~np.isnan(value)
                weight = choice_weights(self._codes, known)
                row = {
                    "choice": choice,
                    "option": option.name,
                    "weight_class": option.weight_class,
                    "specifications": int(own.sum()),
                    "available": int(known.sum()),
                    "median": weighted_median(value, weight),
                    "low": value[known].min() if known.any() else np.nan,
                    "high": value[known].max() if known.any() else np.nan,
                }
                if held is not None:
                    row["share"] = round(weight[held].sum(), 12) if known.any() else np.nan
                rows.append(row)
        return pd.DataFrame(rows)

    def effects(self) -> pd.DataFrame:
        """Which choice makes the spread: Sobol shares of the variance over the full factorial, stress left out.

        Returns
        -------
        pandas.DataFrame
            By choice: options (how many entered), main (its share of the variance alone), total (with all its
            interactions). NaN if all answers are the same, or if some are not available. An option of which no
            specification is available is left out and named in ``attrs["left_out"]``; ``attrs["missing"]`` counts the
            specifications that are still not available.
        """
        value = self.table["value"].to_numpy()
        known = self._usual & ~np.isnan(value)
        kept = [
            [c for c in np.unique(self._codes[self._usual, k]) if known[self._codes[:, k] == c].any()]
            for k in range(len(self.choices))
        ]
        inside = self._usual.copy()
        for k, codes in enumerate(kept):
            inside &= np.isin(self._codes[:, k], codes)
        # Rows stand in the order of the product of the choices, so what is kept is a product as well.
        answers = value[inside].reshape([len(codes) for codes in kept])
        main, total = sobol_shares(answers) if answers.size else (np.nan, np.nan)
        frame = pd.DataFrame(
            {"options": [len(codes) for codes in kept], "main": main, "total": total},
            index=pd.Index(self.choices, name="choice"),
        )
        frame.attrs["left_out"] = [
            f"{choice}: {option.name}"
            for (choice, options), codes in zip(self.grid.choices.items(), kept, strict=True)
            for code, option in enumerate(options)
            if option.weight_class != "stress" and code not in codes
        ]
        frame.attrs["missing"] = int(np.isnan(answers).sum())
        return frame

    @property
    def _codes(self) -> np.ndarray:
        return option_codes(self.grid)

    @property
    def _usual(self) -> np.ndarray:
        return (self.table["weight_class"] != "stress").to_numpy()

    def _is_stress(self, choice: str) -> np.ndarray:
        names = [o.name for o in self.grid.choices[choice] if o.weight_class == "stress"]
        return self.table[choice].isin(names).to_numpy()

    def _held(self, region: Region | None) -> np.ndarray:
        where = self.region if region is None else region
        if where is None:
            raise ValueError("where does the finding hold? Give region=(low, high), None for no bound")
        return in_region(self.table["value"].to_numpy(), where)

    def __repr__(self) -> str:
        return "\n".join(self._head())

    def _head(self) -> list[str]:
        value, usual = self.table["value"], self._usual
        lost = int(value.isna().sum())
        head = f"Specification curve: {len(value)} specifications of {len(self.choices)} choices"
        if (~usual).any():
            head += f", {int((~usual).sum())} of them stress"
        lines = [head, f"  median {self.median:.3g}, primary {self.primary:.3g}"]
        known = value[usual].dropna()
        if len(known):
            lines[-1] += f", from {known.min():.3g} to {known.max():.3g}"
        if self.region is not None:
            lines.append(f"  holds in {self.share():.0%} of the specifications, by choice")
            if lost:
                low, high = self.share_bounds()
                lines[-1] += f"; in {low:.0%} to {high:.0%} with those that are not available"
        if lost:
            reasons = self.unavailable["reason"].value_counts().sort_index()
            lines.append(f"  {lost} not available: " + "; ".join(f"{why} ({n})" for why, n in reasons.items()))
        if self.test is not None:
            lines.append("  p: " + ", ".join(f"{name} {p:.3g}" for name, p in self.test["p"].items()))
            lines[-1] += f" (smallest attainable {self.test['smallest_p'].iloc[0]:.3g})"
        return lines

    def _repr_html_(self) -> str:
        head, *lines = self._head()
        parts = [f"<p><b>{head}</b></p>", *(f"<p>{line.strip()}</p>" for line in lines)]
        tables = [self.shares_by_choice(), self.effects().reset_index(), self.test]
        return "".join([*parts, *(t.round(3).to_html(border=0, na_rep="–") for t in tables if t is not None)])


def option_codes(grid: Grid) -> np.ndarray:
    """Which option each specification has of each choice: specification × choice, in the order of the grid."""
    counts = [len(options) for options in grid.choices.values()]
    return np.stack([axis.ravel() for axis in np.indices(counts)], axis=1)


def choice_weights(codes: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """What each counted specification weighs: choices alike, options alike within them, specifications within those.

    The mean over choices of 1 / (options counted × specifications counted with the option). Adds up to 1.
    """
    weight = np.zeros(len(codes))
    if counted.any():
        for column in codes[counted].T:
            _, place, number = np.unique(column, return_inverse=True, return_counts=True)
            weight[counted] += 1.0 / (len(number) * number[place])
        weight /= codes.shape[1]
    return weight


def weighted_median(values: np.ndarray, weight: np.ndarray) -> float:
    """Half of the weight on either side; the middle of two values if half of it ends between them."""
    used = weight > 0
    if not used.any():
        return np.nan
    order = np.argsort(values[used], kind="stable")
    ranked, cumulated = values[used][order], np.cumsum(weight[used][order])
    cumulated /= cumulated[-1]
    lower = ranked[np.argmax(cumulated >= 0.5 - HALF)]
    upper = ranked[np.argmax(cumulated > 0.5 + HALF)]
    return float((lower + upper) / 2)


def in_region(values: np.ndarray, region: Region) -> np.ndarray:
    """Where the finding holds; nowhere that is NaN."""
    known = ~np.isnan(values)
    if callable(region):
        return np.array([bool(k and region(v)) for v, k in zip(values.tolist(), known, strict=True)])
    low, high = bounds_of(region)
    return known & (values >= low) & (values < high)


def bounds_of(region: Region | None) -> tuple[float, float]:
    """Both ends of a region, infinite where it has none."""
    if region is None or callable(region):
        raise ValueError("the test needs a region with ends: (low, high), None for no bound")
    low, high = region
    low, high = -np.inf if low is None else float(low), np.inf if high is None else float(high)
    if not low < high:
        raise ValueError(f"a region goes from a lower to a higher value: not {region!r}")
    return low, high
