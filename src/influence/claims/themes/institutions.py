"""Institutions: what the organization adds for Russia beside the others, and what binds it to the CSTO."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import archive
from influence.claims.measure import (
    PlaceboFunction,
    Reading,
    Readings,
    in_place_of,
    mean_of,
    measures,
    together,
    yearly,
)
from influence.claims.themes._casts import with_parts
from influence.robustness import generator

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

YEARS = range(2002, 2013)
WEIGHTINGS = 10_000
BODIES = {"EURASEC": ("EURASEC", "SINGLE_ECONOMIC_SPACE"), "CSTO": ("CSTO",), "CIS": ("CIS",)}
"""The other three players; the customs union and the single economic space (one treaty) go with EURASEC."""


def strength_by_body(world: World, cast: Cast, year: int) -> pd.DataFrame:
    """Pole × body: strength of shared seats with the five, full members, Newman weights.

    COW's organizations stand beside the bodies of the package, as these claims' rule has it; the choice `igos` turns
    that round: under it they are left out.
    """
    key = ("strength_by_body", year, cast.five, cast.poles)
    if key not in world.memory:
        igos = not world.choices.igos
        rows = {p: world.seats.by_body(p, cast.five, year, igos=igos) for p in cast.poles}
        world.memory[key] = pd.DataFrame(rows).T
    return world.memory[key]


def increments(strength: pd.DataFrame, bodies: Sequence[str], poles: Sequence[str]) -> pd.DataFrame:
    """Body × pole: a pole's share of all strength with all bodies, minus its share without that body."""
    own, whole = strength.sum(axis=1), float(strength.to_numpy().sum())
    gone = strength[list(bodies)]
    left = gone.rsub(own, axis=0) / (whole - gone.sum())
    return pd.DataFrame({p: float(own[p]) / whole - left.loc[p] for p in poles})


def placebo_bodies(world: World, cast: Cast, year: int, *needed: str) -> list[str]:
    """COW's organizations, none of the package's own, with some states and at least three of the five; sorted."""
    table = world.seats.incidence(year, igos=True)
    own = table.columns.isin(world.seats.igo_spells["igo"])
    inside = table.loc[:, own]
    met = (inside.loc[list(needed)] > 0).all() & ((inside.loc[list(cast.five)] > 0).sum() >= 3)
    return list(inside.columns[met])


def _bodies_in_2012(needed: tuple[str, ...]) -> list[str]:
    from influence.claims.world import Cast, World

    return placebo_bodies(World(archive()), Cast(), 2012, *needed)


@lru_cache(maxsize=4)
def _organizations_like(*needed: str) -> tuple[str, ...]:
    """Organizations that can stand in the place of the SCO: every second or third, so that a dozen or two are left."""
    found = _bodies_in_2012(needed)
    return tuple(found[:: max(1, len(found) // 15)])


def _like_the_sco(*needed: str) -> PlaceboFunction:
    def casts(cast: Cast) -> Mapping[str, Cast]:
        return {f"{o} as {cast.sco}": cast.but(sco=o) for o in _organizations_like(*needed)}

    return casts


@measures(
    "C03",
    layers=("institutions",),
    turned=("igos",),
    placebos=together(_like_the_sco("RUS", "CHN"), in_place_of("russia", ("TUR", "IRN", "IND", "JPN"))),
)
def increment_of_the_sco(world: World, cast: Cast) -> Readings:
    """What the organization adds to Russia's share, to Russia's more than China's, and to no other body's like it."""
    rows = {}
    for year in YEARS:
        strength = strength_by_body(world, cast, year)
        if cast.sco not in strength:
            rows[year] = {"gain": math.nan, "ahead": math.nan, "percentile": math.nan}
            continue
        known = strength.columns
        like = [o for o in placebo_bodies(world, cast, year, cast.russia, cast.china) if o in known and o != cast.sco]
        added = increments(strength, [cast.sco, *like], (cast.russia, cast.china))
        ahead = added[cast.russia] - added[cast.china]
        below = (ahead[like] < ahead[cast.sco]).sum() + 0.5 * (ahead[like] == ahead[cast.sco]).sum()
        rows[year] = {
            "gain": float(added[cast.russia][cast.sco]),
            "ahead": float(ahead[cast.sco]),
            "percentile": float(below) / len(like) if like else math.nan,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", dtype=float)
    return {part: yearly(table[name], YEARS) for part, name in zip("abc", table, strict=True)}


def players(cast: Cast) -> dict[str, tuple[str, ...]]:
    """The four players of the game, each with its bodies."""
    return {cast.sco: (cast.sco,), **BODIES}


def shapley_by_weights(world: World, cast: Cast, year: int, weights: np.ndarray | None) -> pd.DataFrame:
    """Shapley value of each of the four in Russia's share, one row a weighting (Newman's own where none is given).

    v(S) is Russia's share of the poles' strength with the five when of the four only S exists; other bodies stay.
    Weightings share out the four's own Newman weights.
    """
    strength, four = strength_by_body(world, cast, year), players(cast)
    newman = world.seats.weights(year, igos=not world.choices.igos).fillna(0.0)
    each = [[b for b in bodies if b in strength] for bodies in four.values()]
    own = np.array([newman[bodies].to_numpy().sum() for bodies in each])
    values, at = strength.to_numpy(), list(strength.index).index(cast.russia)
    place = {body: k for k, body in enumerate(strength.columns)}
    shared = np.column_stack(
        [values[:, np.array([place[b] for b in bodies], dtype=int)].sum(axis=1) for bodies in each]
    )
    others = values.sum(axis=1) - shared.sum(axis=1)
    w = own[None, :] if weights is None else weights * own.sum()
    profile = np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)
    subsets, gain = _coalitions()
    of_russia = others[at] + w @ (profile[at] * subsets).T
    of_all = others.sum() + w @ (profile.sum(axis=0) * subsets).T
    return pd.DataFrame((of_russia / of_all) @ gain.T, columns=list(four))


@lru_cache(maxsize=1)
def _coalitions() -> tuple[np.ndarray, np.ndarray]:
    """All 16 subsets of four players as rows of 0 and 1, and what each adds to each player's Shapley value."""
    subsets = np.array([[(s >> k) & 1 for k in range(4)] for s in range(16)], dtype=float)
    size = subsets.sum(axis=1).astype(int)
    inside = np.array([math.factorial(n - 1) * math.factorial(4 - n) if n else 0 for n in size]) / 24.0
    outside = np.array([math.factorial(n) * math.factorial(3 - n) if n < 4 else 0 for n in size]) / 24.0
    return subsets, np.where(subsets.T > 0, inside, -outside)


@lru_cache(maxsize=1)
def _weightings() -> np.ndarray:
    return generator(1, "institutions", "weights of four organizations").dirichlet(np.ones(4), WEIGHTINGS)


@measures(
    "C04",
    layers=("institutions",),
    turned=("igos",),
    placebos=together(
        _like_the_sco("RUS"),
        lambda cast: {f"{cast.china} as {cast.russia}": cast.but(russia=cast.china, china=cast.russia)},
        with_parts(**{f"{name}_labelled_as_the_SCO": {"asked": name} for name in BODIES}),
    ),
)
def not_the_main_instrument(world: World, cast: Cast) -> Readings:
    """In how many weightings the organization does not come first of the four, and what it is worth at Newman's."""
    asked = cast.other.get("asked", cast.sco)
    accepted, worth = {}, {}
    for year in YEARS:
        if cast.sco not in world.seats.incidence(year, igos=not world.choices.igos):
            accepted[year] = worth[year] = math.nan
            continue
        drawn = shapley_by_weights(world, cast, year, _weightings()).to_numpy()
        place = list(players(cast)).index(asked)
        best = drawn.max(axis=1)
        accepted[year] = float((drawn[:, place] < best - 1e-12).mean())
        worth[year] = float(shapley_by_weights(world, cast, year, None)[asked].iloc[0])
    return {"a": yearly(pd.Series(accepted), YEARS), "b": yearly(pd.Series(worth), YEARS)}


def pairs_of(world: World, cast: Cast, name: str, year: int) -> frozenset[tuple[str, str]]:
    """Pairs that a player joins; a placebo may give it other members."""
    given: Mapping[str, Sequence[str]] = cast.other.get("members", {})
    if name in given:
        inside = sorted(given[name])
        return frozenset((a, b) for k, a in enumerate(inside) for b in inside[k + 1 :])
    if name == "EURASEC":
        return world.seats.pairs("EURASEC", year) | world.seats.pairs("CUSTOMS_UNION_BKR", year)
    if name in set(world.seats.igo_spells["igo"]):
        table = world.seats.incidence(year, igos=True)
        inside = sorted(table.index[table[name] > 0]) if name in table else []
        return frozenset((a, b) for k, a in enumerate(inside) for b in inside[k + 1 :])
    return world.seats.pairs(name, year)


def joined_alone(world: World, cast: Cast, year: int) -> pd.Series:
    """For each of the four, the pairs of members that none of the other three joins."""
    pairs = {name: pairs_of(world, cast, name, year) for name in players(cast)}
    return pd.Series(
        {
            name: len(own - frozenset().union(*(p for o, p in pairs.items() if o != name)))
            for name, own in pairs.items()
        },
        dtype=float,
    )


def _random_groups(cast: Cast) -> Mapping[str, Cast]:
    """Sub-groups of the CIS drawn in the place of the SCO, the CSTO and EURASEC, of the sizes of these."""
    from influence.claims.world import World

    world = World(archive())
    inside = [s for s in world.seats.members("CIS", 2012) if s in world.archive.states]
    sizes = {name: len({s for pair in pairs_of(world, cast, name, 2012) for s in pair}) for name in ("CSTO", "EURASEC")}
    sizes[cast.sco] = 6
    made = {}
    for k in range(30):
        rng = generator(1, "groups of the CIS", k)
        members = {o: tuple(sorted(rng.choice(inside, min(n, len(inside)), replace=False))) for o, n in sizes.items()}
        made[f"groups of the CIS, draw {k}"] = cast.but(other={"members": members})
    return made


@measures("C26", layers=("institutions",), turned=("igos",), placebos=together(_random_groups, _like_the_sco("RUS")))
def each_has_its_own(world: World, cast: Cast) -> Readings:
    """The fewest pairs that one of the four alone joins, and the smallest Shapley value among them."""
    alone = joined_alone(world, cast, 2012)
    smallest = {}
    for year in YEARS:
        known = cast.sco in world.seats.incidence(year, igos=not world.choices.igos)
        smallest[year] = float(shapley_by_weights(world, cast, year, None).min(axis=1).iloc[0]) if known else math.nan
    beside = {f"pairs joined by {name} alone": float(n) for name, n in alone.items()}
    own = pd.Series(smallest)
    return {"a": Reading(float(alone.min()), beside=beside), "b": Reading(mean_of(own, YEARS), own)}


JOINT = ("joint_exercise", "joint_force", "joint_operation", "joint_programme")
SIDES = {"SCO": ("SCO", "SCO_RATS", "SCO_SECRETARIAT"), "EURASEC": ("EURASEC", "EURASEC_INTEGRATION_COMMITTEE")}


def instruments(world: World, first: str, second: str, years: Iterable[int]) -> pd.DataFrame:
    """Present instruments between two bodies, their organs included, that began in some years."""
    rows = world.kept(world.archive.table("organization_ties"))
    a, b = SIDES.get(first, (first,)), SIDES.get(second, (second,))
    met = (rows["org_a"].isin(a) & rows["org_b"].isin(b)) | (rows["org_a"].isin(b) & rows["org_b"].isin(a))
    own = rows[met & (rows["status"] == "present")]
    return own[own["start"].dt.year.isin(list(years))]


@measures(
    "C57",
    layers=("institutions",),
    placebos=with_parts(
        SCO_and_EURASEC={"second": "EURASEC"},
        SCO_and_CIS={"second": "CIS"},
        CSTO_and_the_UN={"first": "CSTO", "second": "UN"},
    ),
)
def bound_to_the_csto(world: World, cast: Cast) -> Readings:
    """Joint actions of the two bodies, and all formal instruments between them."""
    first, second = cast.other.get("first", cast.sco), cast.other.get("second", cast.csto)
    years = range(2003, 2013)
    own = instruments(world, first, second, years)
    acts = own["kind"].isin(JOINT)
    exercises = world.security.events(years)
    both = exercises["framework"].str.contains(first) & exercises["framework"].str.contains(second)
    by_year = own.groupby(own["start"].dt.year).size().reindex(list(years), fill_value=0).astype(float)
    return {"a": Reading(float(acts.sum() + both.sum())), "b": Reading(float(len(own)), by_year)}
