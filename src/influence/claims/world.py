"""The evidence as one set of choices, one draw of doubt and one counterfactual see it: what claims are measured on.

A claim asks of `World` in its own words: Russia's bases in the five, what China sold to them, who sits with whom. The
views (`trade`, `security`, `seats`, `lines`, `votes`) answer from the tables of the data package, whose rows keep
their evidence ids: what doubt or a counterfactual strikes out is missing from every view at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from influence.claims.archive import Archive
from influence.claims.lines import Lines
from influence.claims.seats import Seats
from influence.claims.security import Security
from influence.claims.trade import Trade
from influence.claims.votes import Votes


class Drawn(Protocol):
    """What a world reads of a draw of doubt (`influence.robustness`)."""

    false: frozenset[str]
    missed: pd.DataFrame
    factors: pd.Series

    def generator(self, *key: object) -> np.random.Generator: ...


@dataclass(frozen=True)
class Choices:
    """How the evidence is read; the defaults are the primary specification of most claims.

    Attributes
    ----------
    trade_source : {"baci", "cow_trade_v4"}
    flagged : {"own", "low", "high"}
        Flows that the table cautions against: as the source has them, or the smaller or larger of the two sources.
    missing : {"zero", "other", "intensity"}
        What stands for a flow that nobody reported: nothing, the other source, or what world totals lead to expect.
    snapshot : {"31 December", "any", "share"}
    roles : {"members", "observers", "partners"}
        Nested sets of roles that make a seat.
    igos : bool
        Whether COW's intergovernmental organizations stand beside the bodies of the package.
    doubtful : bool
        Whether rows of low presence confidence, or that only memory supports, count.
    exercise_unit : {"event", "newman"}
        An exercise weighs 1, or 1/(participants in the world - 1).
    exercise_limit : int or None
        Exercises with more participants in the world are left out.
    listed_years : bool
        Whether the incomplete lists stand for the exercises of 2011 and 2012; else these years have none known.
    half : float
        Added to counts before a logarithm is taken.
    line_weight : {"presence", "capacity"}
    reference : {"median", "mean"}
        The world's centre from which voting positions are measured.
    """

    trade_source: str = "baci"
    flagged: str = "own"
    missing: str = "zero"
    snapshot: str = "31 December"
    roles: str = "members"
    igos: bool = False
    doubtful: bool = False
    exercise_unit: str = "event"
    exercise_limit: int | None = None
    listed_years: bool = False
    half: float = 0.5
    line_weight: str = "presence"
    reference: str = "median"


@dataclass(frozen=True)
class Cast:
    """Who plays which part. Placebos put others into a part; a measure never names an actor itself.

    Attributes
    ----------
    russia, china, kazakhstan, usa : str
    five, four : tuple of str
        The Central Asian states, and those of them that are members.
    sco, csto, eurasec : str
        Organizations.
    poles : tuple of str
        Outside powers compared; EUU stands for the members of the European Union of the year.
    shift : int
        Years by which the dates of a before-and-after claim are moved.
    other : mapping
        Further parts that a claim's own placebos change.
    """

    russia: str = "RUS"
    china: str = "CHN"
    kazakhstan: str = "KAZ"
    usa: str = "USA"
    five: tuple[str, ...] = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    four: tuple[str, ...] = ("KAZ", "KGZ", "TJK", "UZB")
    sco: str = "SCO"
    csto: str = "CSTO"
    eurasec: str = "EURASEC"
    poles: tuple[str, ...] = ("RUS", "CHN", "USA", "EUU", "TUR", "IRN", "IND", "JPN", "KOR")
    shift: int = 0
    other: Mapping[str, Any] = field(default_factory=dict)

    def others(self, *left_out: str) -> tuple[str, ...]:
        """The poles without some."""
        return tuple(p for p in self.poles if p not in left_out)

    def but(self, **parts: Any) -> Cast:
        """The same cast with some parts played by others; whoever takes a pole's place leaves his own to him."""
        return replace(self, **parts)


@dataclass(frozen=True)
class World:
    """The evidence, read in one way.

    Attributes
    ----------
    archive : Archive
        The tables, read once and shared by all worlds.
    choices : Choices
    draw : Drawn or None
        A draw of the true ties; None is the record as it stands.
    without : frozenset of str
        Evidence ids struck out, by a counterfactual or to see what decides.
    scaled : tuple of (str, float)
        Actors whose trade with Central Asia is multiplied, to see how wrong it could be.
    """

    archive: Archive
    choices: Choices = Choices()
    draw: Drawn | None = None
    without: frozenset[str] = frozenset()
    scaled: tuple[tuple[str, float], ...] = ()

    def reading(self, **choices: Any) -> World:
        """The same evidence under other choices."""
        return replace(self, choices=replace(self.choices, **choices))

    def under(self, draw: Drawn | None) -> World:
        """The same evidence under a draw of doubt."""
        return replace(self, draw=draw)

    def striking(self, evidence_ids: Iterable[str]) -> World:
        """The same evidence without some rows."""
        return replace(self, without=self.without | frozenset(evidence_ids))

    @cached_property
    def struck(self) -> frozenset[str]:
        """What does not count: struck out, or false in this draw."""
        return self.without | (self.draw.false if self.draw is not None else frozenset())

    @cached_property
    def memory(self) -> dict[Any, Any]:
        """What measures have worked out in this world and share: their own key → result."""
        return {}

    @cached_property
    def trade(self) -> Trade:
        return Trade(self)

    @cached_property
    def security(self) -> Security:
        return Security(self)

    @cached_property
    def seats(self) -> Seats:
        return Seats(self)

    @cached_property
    def lines(self) -> Lines:
        return Lines(self)

    @cached_property
    def votes(self) -> Votes:
        return Votes(self)

    def kept(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table of the archive that count here: not struck out, and sure enough."""
        keep = np.ones(len(rows), bool)
        if not self.choices.doubtful and "presence_confidence" in rows:
            sure = (rows["presence_confidence"] != "low") & ~rows["evidence_kind"].isin(["recalled", "illustrative"])
            keep &= sure.fillna(True).to_numpy(dtype=bool)
        if self.struck:
            keep &= ~rows["evidence_id"].isin(self.struck).to_numpy()
        return rows if keep.all() else rows[keep]

    def factors(self, ids: pd.Index) -> np.ndarray:
        """By what the values of some rows of evidence are multiplied in this draw; 1 where there is no doubt."""
        if self.draw is None or self.draw.factors.empty:
            return np.ones(len(ids))
        return self.draw.factors.reindex(ids).fillna(1.0).to_numpy(dtype=float)

    def states_of(self, pole: str, year: int) -> tuple[str, ...]:
        """The states that a pole stands for: itself, or the members of the European Union of the year."""
        return self.archive.union_members(year) if pole == "EUU" else (pole,)

    def power(self, column: str = "cinc") -> pd.DataFrame:
        """An attribute of the states, year × actor (`attributes`)."""
        return self.archive.attribute(column)

    def each_year(self, years: Iterable[int], value: Callable[[int], float]) -> pd.Series:
        """A number for each year."""
        when = list(years)
        return pd.Series([value(y) for y in when], index=pd.Index(when, name="year"), dtype=float)
