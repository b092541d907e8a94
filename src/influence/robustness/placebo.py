"""Placebos: would the rule that supports a finding support it for anyone, anywhere, at any date?

A cast says who plays which role in a quantity: which actors are compared, which organization adds to whom, when
something changed. Other casts are worlds in which the finding should not be there; the share of them that a rule
supports says what its support is worth.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from influence.robustness.attempt import DATA_ERRORS, said
from influence.robustness.keeping import chunks, run
from influence.robustness.tasks import Progress
from influence.tables.write import round_number

WEAK = 0.2  # a rule that supports more placebo worlds than this tests little
WORLDS = 5  # how many make one task
TRUE = "true"


@dataclass(frozen=True, eq=False)
class Placebos:
    """What a rule says of the true world and of placebo worlds. Made by `false_support`.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a world, the true one first: world, true, a column a quantity (``value`` if there is one only),
        verdict, reason (why there is none). What is not available is neither ranked nor counted in the rate.
    supports : str
        The verdict that counts as support.
    """

    table: pd.DataFrame
    supports: str

    @property
    def verdict(self) -> str:
        """Of the true world; empty if there is none."""
        return str(self.table["verdict"].iloc[0])

    @property
    def rate(self) -> float:
        """The share of placebo worlds with a verdict that the rule supports; NaN if none has one."""
        verdicts = self._placebos.loc[self._placebos["reason"] == "", "verdict"]
        return float((verdicts == self.supports).mean()) if len(verdicts) else np.nan

    @property
    def weak(self) -> bool:
        """Whether the rule supports more than a fifth of the placebo worlds, so that its support says little."""
        return bool(self.rate > WEAK)

    @property
    def counts(self) -> dict[str, int]:
        """Placebo worlds in all, and those without a verdict."""
        return {"worlds": len(self._placebos), "not available": int((self._placebos["reason"] != "").sum())}

    @property
    def ranks(self) -> pd.DataFrame:
        """Where the true world stands among the placebo worlds.

        Returns
        -------
        pandas.DataFrame
            By quantity: value, worlds (ranked), percentile (the share of them with a smaller value, ties half), p_high
            and p_low (the share of worlds at least as high, as low, the true one counted), smallest_p.
        """
        rows = {}
        for name in self.quantities:
            own, others = float(self.table[name].iloc[0]), self._placebos[name].dropna().to_numpy(dtype=float)
            n, known = len(others), bool(len(others)) and not np.isnan(own)
            below, ties = (others < own).sum(), (others == own).sum()
            rows[name] = {
                "value": own,
                "worlds": n,
                "percentile": (below + ties / 2) / n if known else np.nan,
                "p_high": (1 + n - below) / (n + 1) if known else np.nan,
                "p_low": (1 + below + ties) / (n + 1) if known else np.nan,
                "smallest_p": 1 / (n + 1),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("quantity")

    @property
    def quantities(self) -> list[str]:
        return [c for c in self.table.columns if c not in ("world", "true", "verdict", "reason")]

    @property
    def _placebos(self) -> pd.DataFrame:
        return self.table[~self.table["true"]]

    def __repr__(self) -> str:
        n, lost = self.counts.values()
        told = f"Placebos: {n} worlds, {self.rate:.0%} of them {self.supports}" + (", a weak test" if self.weak else "")
        told += f"; {lost} without a verdict" if lost else ""
        return f"{told}\n  the true world: {self.verdict or self.table['reason'].iloc[0]}"

    def _repr_html_(self) -> str:
        head = "</p><p>".join(repr(self).split("\n"))
        return f"<p>{head}</p>{self.ranks.round(3).to_html(border=0, na_rep='–')}"


def placebo_casts(
    cast: Mapping[str, Any], candidates: Mapping[str, Iterable[Any]], *, together: bool = False
) -> dict[str, dict[str, Any]]:
    """Other casts: someone else in a role.

    Parameters
    ----------
    cast : mapping
        Role → who plays it: an actor, an organization, a year.
    candidates : mapping
        Role → who could play it instead. Nobody plays two roles.
    together : bool, default False
        Whether several roles change at once, in all combinations; else one at a time.

    Returns
    -------
    dict
        Name, such as ``"rival: CHN→TUR"``, → cast, sorted by name; without the true one.

    Raises
    ------
    KeyError
        Candidates for a role that the cast does not have.

    Examples
    --------
    >>> list(placebo_casts({"pole": "RUS", "rival": "CHN"}, {"rival": ["TUR", "IND", "RUS"]}))
    ['rival: CHN→IND', 'rival: CHN→TUR']
    """
    odd = [role for role in candidates if role not in cast]
    if odd:
        raise KeyError(f"no role called {', '.join(odd)}; there are {', '.join(cast)}")
    offered = {role: [cast[role], *(c for c in some if c != cast[role])] for role, some in candidates.items()}
    found = {}
    for chosen in itertools.product(*offered.values()):
        changed = {r: c for r, c in zip(offered, chosen, strict=True) if c != cast[r]}
        other = {**cast, **changed}
        if not changed or (len(changed) > 1 and not together) or len(set(other.values())) < len(set(cast.values())):
            continue
        found[", ".join(f"{role}: {cast[role]}→{changed[role]}" for role in sorted(changed))] = other
    return dict(sorted(found.items()))


def false_support(
    quantity: Callable[[Any], float | Mapping[str, float]],
    rule: Callable[[Any], str],
    true: Any,
    worlds: Mapping[str, Any],
    *,
    supports: str = "supported",
    label: str | None = None,
    inputs: Mapping[str, object] | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Placebos:
    """How often a rule supports a finding where there should be none.

    Parameters
    ----------
    quantity : callable
        World → a number, or a mapping of names to numbers. A ValueError, KeyError or ArithmeticError means that the
        world has none, which is reported.
    rule : callable
        What `quantity` gave → verdict; not asked where all numbers are NaN. A rule that cannot decide raises one of
        the same errors.
    true : object
        The true world, such as a cast.
    worlds : mapping
        Name → placebo world: casts (`placebo_casts`), years, permuted networks, seeds.
    supports : str, default "supported"
    label, inputs, workers, fresh, progress
        As in `evaluate`: finished work is kept under a label only.

    Returns
    -------
    Placebos

    Raises
    ------
    ValueError
        A placebo world called "true".

    Examples
    --------
    >>> exports = {"RUS": 9.0, "CHN": 8.0, "TUR": 2.0, "IND": 1.0}
    >>> def lead(cast):
    ...     return exports[cast["pole"]] - exports[cast["rival"]]
    >>> cast = {"pole": "RUS", "rival": "CHN"}
    >>> found = false_support(lead, lambda gap: "supported" if gap > 0 else "contradicted", cast,
    ...                       placebo_casts(cast, {"rival": ["TUR", "IND"]}))
    >>> found.verdict, found.rate, found.weak
    ('supported', 1.0, True)
    >>> float(found.ranks.loc["value", "percentile"])
    0.0
    """
    if TRUE in worlds:
        raise ValueError(f"a placebo world must not be called {TRUE!r}")
    every = [(TRUE, true), *worlds.items()]
    tasks = {key: (quantity, rule, own) for key, own in chunks(every, WORLDS, "worlds").items()}
    # Kept work is told apart by the names of the worlds, not by what they are: these may be anything.
    kept = {"worlds": [name for name, _ in every], **(inputs or {})}
    found = run(_judged, tasks, label=label, inputs=kept, workers=workers, fresh=fresh, progress=progress)
    rows = [row for own in found.values() for row in own]
    values = pd.DataFrame([numbers for _, numbers, _, _ in rows])
    if values.empty or values.shape[1] == 0:
        raise ValueError(f"no world has a value: {rows[0][3]}")
    table = pd.concat(
        [
            pd.DataFrame({"world": [name for name, *_ in rows]}),
            values.map(round_number),
            pd.DataFrame([(verdict, reason) for *_, verdict, reason in rows], columns=["verdict", "reason"]),
        ],
        axis=1,
    )
    table.insert(1, "true", table["world"] == TRUE)
    return Placebos(table, supports)


def _judged(
    quantity: Callable[[Any], Any], rule: Callable[[Any], str], worlds: Sequence[tuple[str, Any]]
) -> list[tuple[str, dict[str, float], str, str]]:
    """Name, numbers, verdict and why there is none, of each world."""
    found = []
    for name, world in worlds:
        numbers: dict[str, float] = {}
        verdict, reason = "", ""
        try:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                answer = quantity(world)
            numbers = (
                {k: float(v) for k, v in answer.items()} if isinstance(answer, Mapping) else {"value": float(answer)}
            )
            verdict = "" if all(np.isnan(v) for v in numbers.values()) else rule(answer)
            reason = "" if verdict else "no number"
        except DATA_ERRORS as why:
            reason = said(why)
        found.append((name, numbers, verdict, reason))
    return found
