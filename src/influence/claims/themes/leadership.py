"""Leadership: does Russia or China lead in Central Asia, and in which layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from influence.claims.archive import YEARS
from influence.claims.measure import Reading, Readings, in_place_of, log_ratio, mean_of, measures, together, yearly
from influence.claims.security import KINDS

if TYPE_CHECKING:
    from influence.claims.world import Cast, World

RIVALS = ("TUR", "IRN", "IND", "JPN", "DEU", "USA")
PARITY = 0.405


def lead_by_layer(world: World, cast: Cast, states: tuple[str, ...]) -> pd.DataFrame:
    """Year × layer: log ratio of Russia's to China's ties with states, in security, trade and energy.

    Security is the mean over kinds, counts + half; the tie between the two is in none of them.
    """
    security, trade = world.security, world.trade
    both = {p: trade.between(p, states) for p in (cast.russia, cast.china)}
    rows = {}
    for year in YEARS:
        kinds = [
            log_ratio(
                security.units(k, cast.russia, states, year),
                security.units(k, cast.china, states, year),
                world.choices.half,
            )
            for k in KINDS
        ]
        known = [v for v in kinds if not np.isnan(v)]
        russian, chinese = (len(world.lines.joining(p, states, year)) for p in (cast.russia, cast.china))
        rows[year] = {
            "security": float(np.mean(known)),
            "trade": log_ratio(both[cast.russia][year], both[cast.china][year]),
            "energy": log_ratio(russian, chinese, world.choices.half),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="year")


@measures(
    "C01",
    layers=("security", "trade", "energy"),
    scenarios=("missing", "flagged"),
    placebos=together(in_place_of("china", RIVALS), in_place_of("russia", RIVALS)),
)
def parity(world: World, cast: Cast) -> Readings:
    """The mean of the three log ratios, and the largest of them."""
    lead = lead_by_layer(world, cast, cast.four)
    mean, spread = lead.mean(axis=1, skipna=False), lead.abs().max(axis=1)
    return {
        "a": Reading(mean_of(mean, YEARS), mean, beside={name: lead[name] for name in ("security", "trade", "energy")}),
        "b": Reading(float(mean[2012]), mean),
        "c": yearly(spread, YEARS),
    }


@measures(
    "C02",
    layers=("security", "trade", "energy"),
    scenarios=("missing", "flagged"),
    placebos=in_place_of("china", RIVALS),
)
def chinese_lead(world: World, cast: Cast) -> Readings:
    """The same with the sign turned, and in how many layers China leads."""
    lead = -lead_by_layer(world, cast, cast.four)
    leading = (lead >= PARITY).sum(axis=1).astype(float)
    return {"a": yearly(lead.mean(axis=1, skipna=False), range(2009, 2013)), "b": Reading(leading[2012], leading)}
