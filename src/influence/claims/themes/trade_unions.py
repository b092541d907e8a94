"""Institutions that ease trade: whether EURASEC and the customs union show in the trade of their members."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from influence.claims.measure import Reading, Readings, measures, shifted, together
from influence.claims.themes._casts import played_by, with_parts
from influence.claims.themes._gravity import POST_SOVIET, Contrasts, gravity
from influence.claims.themes._gravity import together as falling_together

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

BASE, LATER, FIRST = range(2001, 2004), range(2006, 2010), 2006
UNION_BASE, UNION_YEAR = (2007, 2008, 2009), 2012


@measures(
    "C23",
    layers=("trade",),
    scenarios=("flagged",),
    placebos=together(
        played_by("eurasec", ("GUAM", "ECO")), with_parts(from_2003={"from": 2003}, from_2005={"from": 2005})
    ),
    heavy=True,
)
def eurasec_pairs(world: World, cast: Cast) -> Readings:
    """How much more members trade with each other than other post-Soviet pairs, and the rank among random groups."""
    first = cast.other.get("from", FIRST)
    before, after = [y for y in BASE if y < first], range(first, LATER[-1] + 1)
    body = [set(world.seats.members(cast.eurasec, y)) for y in (*before, *after)]
    members = set.intersection(*body).intersection(world.archive.states)
    key = ("contrasts", first)
    if key not in world.memory:
        world.memory[key] = Contrasts(gravity(world, before, after), POST_SOVIET)
    contrasts: Contrasts = world.memory[key]
    inside, others = contrasts.converged(members)
    value = inside - others
    groups = [g for g in combinations(sorted(POST_SOVIET), 5) if set(g) != members]
    sample = contrasts.sample
    yearly = np.stack([sample.pairs(own, own) for own in body])  # who was a member for some of the years only, too
    region = sample.pairs(POST_SOVIET, POST_SOVIET)
    beside = {
        "members against all pairs": inside,
        "other post-Soviet pairs against all pairs": others,
        "members of each year": float(-np.diff(sample.grown(yearly, region & ~yearly))[0]),
    }
    return {"a": Reading(value, beside=beside), "b": Reading(contrasts.share_below(value, groups))}


@measures(
    "C25",
    layers=("trade",),
    scenarios=("flagged",),
    placebos=together(played_by("kazakhstan", ("UKR", "UZB", "AZE")), shifted(-4)),
)
def customs_union(world: World, cast: Cast) -> Readings:
    """How often Kazakhstan and Russia fall into one community, and how much more the union's members trade."""
    when = UNION_YEAR + cast.shift
    union = {cast.russia, "BLR", cast.kazakhstan}
    sample = gravity(world, [y + cast.shift for y in UNION_BASE], [when])
    inside, others = (
        float(v)
        for v in sample.grown(
            sample.pairs(union, union), sample.pairs([cast.russia], [s for s in POST_SOVIET if s not in union])
        )
    )
    near = dict(zip(world.archive.states, falling_together(world, when)[cast.kazakhstan].tolist(), strict=True))
    beside = {f"together with {s}": p for s, p in near.items() if p >= 0.1 and s != cast.kazakhstan}
    beside |= {"members against all pairs": inside, "Russia's other pairs against all pairs": others}
    return {"a": Reading(near[cast.russia], beside=beside), "b": Reading(inside - others)}
