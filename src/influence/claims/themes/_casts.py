"""Placebo worlds that the claims of several themes ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from influence.claims.measure import PlaceboFunction

if TYPE_CHECKING:
    from influence.claims.world import Cast


def played_by(part: str, actors: Iterable[str]) -> PlaceboFunction:
    """Others play a part, though they may have one of their own: for claims that ask nothing of that one."""

    def casts(cast: Cast) -> Mapping[str, Cast]:
        now = getattr(cast, part)
        return {f"{a} as {now}": cast.but(**{part: a}) for a in actors if a != now}

    return casts


def pairs_played_by(*pairs: tuple[str, str]) -> PlaceboFunction:
    """Other pairs in the places of Russia and China."""

    def casts(cast: Cast) -> Mapping[str, Cast]:
        return {
            f"{a} and {b} as {cast.russia} and {cast.china}": cast.but(russia=a, china=b)
            for a, b in pairs
            if (a, b) != (cast.russia, cast.china)
        }

    return casts


def with_parts(**casts_by_name: Mapping[str, Any]) -> PlaceboFunction:
    """A claim's own parts changed: name of the placebo world (with _ for a blank) → those parts."""

    def casts(cast: Cast) -> Mapping[str, Cast]:
        return {name.replace("_", " "): cast.but(other=dict(parts)) for name, parts in casts_by_name.items()}

    return casts


def swapped_with(part: str, actors: Iterable[str]) -> PlaceboFunction:
    """Others and whoever has a part change places with each other, wherever either of them stands in the cast."""

    def casts(cast: Cast) -> Mapping[str, Cast]:
        now = str(getattr(cast, part))

        def turn(who: Any, other: str) -> Any:
            if isinstance(who, tuple):
                return tuple(turn(w, other) for w in who)
            return {now: other, other: now}.get(who, who)

        parts = ("russia", "china", "kazakhstan", "usa", "five", "four", "poles")
        return {
            f"{a} and {now} in each other's place": cast.but(**{p: turn(getattr(cast, p), a) for p in parts})
            for a in actors
            if a != now
        }

    return casts
