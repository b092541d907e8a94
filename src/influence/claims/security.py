"""What a claim asks of security: units of each kind between a pole and states, and exercises as events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS

if TYPE_CHECKING:
    from influence.claims.world import World

KINDS = ("bases", "exercises", "arms", "treaties")
LISTED_TO = 2010
"""Last year whose exercises are covered; of 2011 and 2012 only some lists are."""


class Gathering(NamedTuple):
    """One exercise, as a whole.

    Attributes
    ----------
    year : int
    framework : str
    takers : frozenset of str
        Actors of the study that take part.
    weight : float
        1, or 1/(participants in the world - 1), as chosen.
    newman : float
        1/(participants in the world - 1).
    personnel, low, high : float
        Men and women; NaN where nobody says.
    """

    year: int
    framework: str
    takers: frozenset[str]
    weight: float
    newman: float
    personnel: float
    low: float
    high: float


class Security:
    """Security ties of one world.

    Parameters
    ----------
    world : World
    """

    def __init__(self, world: World) -> None:
        self._world, self._archive = world, world.archive

    @cached_property
    def bases(self) -> pd.DataFrame:
        """Consented, present bases, facilities and deployments: source uses, target hosts, start, end."""
        rows = self._world.kept(self._archive.table("security_ties"))
        rows = rows[(rows["status"] == "present") & rows["consent"].fillna(True)]
        return rows[["evidence_id", "source", "target", "kind", "start", "end"]]

    @cached_property
    def treaties(self) -> pd.DataFrame:
        """Pairs of parties to treaties of the default selection: treaty_id, type, a, b, start, end."""
        chosen = self._world.kept(self._archive.table("treaties"))
        chosen = chosen[chosen["in_default"].fillna(False)]
        parties = self._archive.table("treaty_parties")[["treaty_id", "actor_id", "start", "end"]]
        both = parties.merge(parties, on="treaty_id", suffixes=("", "_b"))
        both = both[both["actor_id"] != both["actor_id_b"]].merge(
            chosen[["treaty_id", "evidence_id", "type", "start", "end"]], on="treaty_id", suffixes=("", "_treaty")
        )
        start = both[["start", "start_b", "start_treaty"]].max(axis=1)
        end = both[["end", "end_b", "end_treaty"]].min(axis=1)
        frame = both[["evidence_id", "treaty_id", "type"]].assign(
            a=both["actor_id"], b=both["actor_id_b"], start=start, end=end
        )
        return frame[frame["end"].isna() | (frame["end"] > frame["start"])]

    @cached_property
    def exercises(self) -> pd.DataFrame:
        """One row an exercise: exercise_id, year, framework, size (participants in the world), personnel, takers."""
        rows = self._world.kept(self._archive.table("exercises"))
        if self._world.choices.exercise_limit is not None:
            rows = rows[rows["n_participants_world"] <= self._world.choices.exercise_limit]
        frame = rows[["evidence_id", "exercise_id", "framework", "start"]].assign(
            year=rows["year"].astype(int),
            size=rows["n_participants_world"].astype(float),
            personnel=rows["personnel"].astype(float),
            personnel_low=rows["personnel_low"].astype(float),
            personnel_high=rows["personnel_high"].astype(float),
        )
        frame["takers"] = frame["exercise_id"].map(self._archive.takers)
        return frame[frame["takers"].map(len) > 1]

    def events(self, years: Iterable[int] | None = None, framework: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Exercises of some years and frameworks."""
        frame = self.exercises
        if years is not None:
            frame = frame[frame["year"].isin(list(years))]
        if framework is not None:
            frame = frame[frame["framework"].isin([framework] if isinstance(framework, str) else list(framework))]
        return frame

    @cached_property
    def gatherings(self) -> dict[int, list[Gathering]]:
        """Exercises as wholes, by year: those listed, and those of a draw that nobody recorded.

        What nobody recorded is an exercise of two, outside any organization. Years after 2010 are as the lists have
        them: whoever counts there asks `covered`.
        """
        columns = ["year", "framework", "takers", "size", "personnel", "personnel_low", "personnel_high"]
        newman = self._world.choices.exercise_unit == "newman"
        found: dict[int, list[Gathering]] = {year: [] for year in YEARS}
        for year, framework, takers, size, *men in self.exercises[columns].itertuples(index=False):
            shared = 1.0 / ((size if size > 1 else float(len(takers))) - 1.0)
            found[year].append(Gathering(year, str(framework), takers, shared if newman else 1.0, shared, *men))
        nobody = (float("nan"),) * 3
        for a, b, year in self._missed_rows("exercises")[["source", "target", "year"]].itertuples(index=False):
            found[int(year)].append(Gathering(int(year), "bilateral", frozenset((a, b)), 1.0, 1.0, *nobody))
        return found

    def covered(self, year: int) -> bool:
        """Whether exercises of a year are known, or taken as the incomplete lists have them."""
        return year <= LISTED_TO or self._world.choices.listed_years

    def in_force(self, rows: pd.DataFrame, year: int) -> np.ndarray:
        """How much of each spell counts in a year, 0 to 1, by the chosen rule; 0.0 or 1.0 on 31 December."""
        first, last = np.datetime64(f"{year}-01-01"), np.datetime64(f"{year}-12-31")
        start = rows["start"].fillna(pd.Timestamp("1800-01-01")).to_numpy(dtype="datetime64[D]")
        end = rows["end"].fillna(pd.Timestamp("2200-01-01")).to_numpy(dtype="datetime64[D]")
        if self._world.choices.snapshot == "any":
            return ((start <= last) & (end > first)).astype(float)
        if self._world.choices.snapshot == "share":
            following = last + np.timedelta64(1, "D")
            days = (np.minimum(end, following) - np.maximum(start, first)) / np.timedelta64(1, "D")
            return np.clip(days / ((following - first) / np.timedelta64(1, "D")), 0.0, None)
        return ((start <= last) & (end > last)).astype(float)

    def matrix(self, kind: str, year: int) -> np.ndarray:
        """Units of a kind among the states in a year, [user or supplier, host or recipient]; else both ways.

        bases: sites present; arms: ordinal scale; treaties: one a pair and type; exercises: events (or Newman weights).
        """
        return self._cube(kind)[year - YEARS[0]]

    def _cube(self, kind: str) -> np.ndarray:
        if kind not in self._cubes:
            if kind not in KINDS:
                raise ValueError(f"no security kind {kind!r}; there are {', '.join(KINDS)}")
            cube = {"bases": self._bases, "arms": self._arms, "treaties": self._pacts, "exercises": self._held}[kind]()
            self._cubes[kind] = (
                cube if kind == "exercises" else cube + self._missed(kind)
            )  # a gathering has them already
        return self._cubes[kind]

    @cached_property
    def _cubes(self) -> dict[str, np.ndarray]:
        return {}

    def units(self, kind: str, pole: str, states: Iterable[str], year: int) -> float:
        """Units of a kind between a pole and states in a year: what the pole has in, sends to, or does with them.

        NaN for exercises of a year that is not covered. An exercise or a treaty with several of the states counts
        once; so does one with several members of the Union.
        """
        own = tuple(s for s in states if s != pole)
        if kind == "exercises":
            return self._exercise_units(pole, own, year)
        if kind == "treaties":
            return self._treaty_units(pole, own, year)
        at = self._archive.at(own)
        us = self._archive.at(self._world.states_of(pole, year))
        return float(self.matrix(kind, year)[np.ix_(us[us >= 0], at[at >= 0])].sum())

    def by_state(self, kind: str, pole: str, states: Sequence[str]) -> np.ndarray:
        """`units` of a pole with each of some states by itself, shape (years, states)."""
        at, out = self._archive.at(states), np.zeros((len(YEARS), len(states)))
        for k, year in enumerate(YEARS):
            ours = frozenset(self._world.states_of(pole, year))
            us = self._archive.at(sorted(ours))
            if kind == "treaties":
                out[k] = self._by_type[:, k][:, us][:, :, at].max(axis=1, initial=0.0).sum(axis=0)
            elif kind == "exercises":
                met = [g for g in self.gatherings[year] if g.takers & ours]
                known = 0.0 if self.covered(year) else float("nan")
                out[k] = [known + sum(g.weight for g in met if s in g.takers) for s in states]
            else:
                out[k] = self.matrix(kind, year)[np.ix_(us, at)].sum(axis=0)
        return out

    def strength(self, pole: str, states: Iterable[str], year: int, kinds: Sequence[str] = KINDS) -> float:
        """Mean over kinds of log(units + half); kinds of which nothing is known are left out."""
        logs = [np.log(self.units(k, pole, states, year) + self._world.choices.half) for k in kinds]
        known = [v for v in logs if not np.isnan(v)]
        return float(np.mean(known)) if known else float("nan")

    def _exercise_units(self, pole: str, states: tuple[str, ...], year: int) -> float:
        if not self.covered(year):
            return float("nan")
        ours, theirs = frozenset(self._world.states_of(pole, year)), frozenset(states)
        alone = ours if len(ours) == 1 else frozenset()
        return float(sum(g.weight for g in self.gatherings[year] if g.takers & ours and (g.takers & theirs) - alone))

    def _treaty_units(self, pole: str, states: tuple[str, ...], year: int) -> float:
        """One a state and type, however many members of the Union are parties."""
        us, at = self._archive.at(self._world.states_of(pole, year)), self._archive.at(states)
        own = self._by_type[:, year - YEARS[0]][:, us[us >= 0]][:, :, at[at >= 0]]
        return float(own.max(axis=1, initial=0.0).sum())

    @cached_property
    def _by_type(self) -> np.ndarray:
        """Treaties in force, shape (types, years, states, states): 1 (or the share of the year) for one or several."""
        rows, n = self.treaties, len(self._archive.states)
        types = sorted(set(rows["type"]))
        cube = np.zeros((len(types), len(YEARS), n, n))
        a, b = self._ends(rows, "a", "b")
        known, t = (a >= 0) & (b >= 0), np.array([types.index(v) for v in rows["type"]], dtype=int)
        for k, year in enumerate(YEARS):
            np.maximum.at(cube[:, k], (t[known], a[known], b[known]), self.in_force(rows, year)[known])
        return cube

    def _bases(self) -> np.ndarray:
        cube = self._empty()
        i, j = self._ends(self.bases, "source", "target")
        for k, year in enumerate(YEARS):
            np.add.at(cube[k], (i, j), np.where((i >= 0) & (j >= 0), self.in_force(self.bases, year), 0.0))
        return cube

    def _arms(self) -> np.ndarray:
        rows = self._world.kept(self._archive.table("arms_supply"))
        cube = self._empty()
        i, j = self._ends(rows, "supplier", "recipient")
        scale = rows["scale"].to_numpy(dtype=float) * self._world.factors(pd.Index(rows["evidence_id"]))
        np.add.at(cube, (rows["year"].to_numpy(dtype=int) - YEARS[0], i, j), np.where((i >= 0) & (j >= 0), scale, 0.0))
        return cube

    def _pacts(self) -> np.ndarray:
        return self._by_type.sum(axis=0)

    def _held(self) -> np.ndarray:
        cube = self._empty()
        for year, gatherings in self.gatherings.items():
            for gathering in gatherings:
                at = self._archive.at(sorted(gathering.takers))
                at = at[at >= 0]
                cube[year - YEARS[0]][np.ix_(at, at)] += gathering.weight
        cube[:, np.arange(cube.shape[1]), np.arange(cube.shape[1])] = 0.0
        for k, year in enumerate(YEARS):
            if not self.covered(year):
                cube[k] = np.nan
        return cube

    def _missed(self, kind: str) -> np.ndarray:
        """Ties that this draw takes as true though nobody recorded them."""
        cube = self._empty()
        rows = self._missed_rows(kind)
        if rows.empty:
            return cube
        i, j = self._ends(rows, "source", "target")
        known = (i >= 0) & (j >= 0)
        i, j, year = i[known], j[known], rows["year"].to_numpy(dtype=int)[known] - YEARS[0]
        weight = rows["weight"].to_numpy(dtype=float)[known]
        np.add.at(cube, (year, i, j), weight)
        return cube

    def _missed_rows(self, kind: str) -> pd.DataFrame:
        draw = self._world.draw
        if draw is None or draw.missed.empty:
            return _NONE
        names = {"bases": ["base"], "exercises": ["exercise"], "arms": ["arms"]}
        rows = draw.missed
        return rows[(rows["layer"] == "security") & rows["kind"].isin(names.get(kind, []))]

    def _empty(self) -> np.ndarray:
        n = len(self._archive.states)
        return np.zeros((len(YEARS), n, n))

    def _ends(self, rows: pd.DataFrame, source: str, target: str) -> tuple[np.ndarray, np.ndarray]:
        return self._archive.at(rows[source]), self._archive.at(rows[target])


_NONE = pd.DataFrame(columns=["layer", "kind", "source", "target", "year", "weight"])
