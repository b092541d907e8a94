"""Fragility of one comparison over all layers and years, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from influence.metrics.registry import get_metric
from influence.network import MultilayerNetwork
from influence.robustness.factor import reversing_factors
from influence.robustness.rates import Rates
from influence.robustness.reversal import BUDGET, Drawn, finding_of, solved

COLUMNS = (
    """layer year metric a b value_a value_b holds size log_odds probability p_reversal exact factor rows""".split()
)


def fragility_table(
    net: MultilayerNetwork,
    metric: str | Mapping[str, str] = "strength",
    *,
    layers: Sequence[str] | None = None,
    years: Sequence[int] | None = None,
    over: tuple[str, str] | None = ("RUS", "CHN"),
    partition: str | None = None,
    doubt: Any = None,
    candidates: pd.DataFrame | None = None,
    draws: int = 1000,
    seed: int = 1,
    budget: int = BUDGET // 10,
    rule: str = "31 December",
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """What it would take to undo a finding, in every layer and year.

    Parameters
    ----------
    net : MultilayerNetwork
    metric : str or mapping, default "strength"
        One metric, or one by layer.
    layers : sequence of str, optional
        Default: the default layers.
    years : sequence of int, optional
        Default: all.
    over, partition, doubt, candidates, draws, seed, rule
        As in `fragility`.
    budget : int, default 2,000
        As in `fragility`: for each layer and year.
    progress : callable, optional
        Called with each layer and year that is done.

    Returns
    -------
    pandas.DataFrame
        One row a layer and year: layer, year, metric, a, b (None for all others), value_a, value_b, holds, size,
        log_odds, probability, p_reversal, exact, factor (what all measured values of a would have to be multiplied by;
        NaN where ties are counted), rows (the ids of the most probable set, joined by "; ").

    Raises
    ------
    ValueError, KeyError
        As in `fragility`.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> ties = pd.DataFrame({"layer": "aid", "source": ["A", "A", "B"], "target": ["C", "D", "C"], "year": 2001})
    >>> net = inf.MultilayerNetwork.from_edges(ties.assign(evidence_id=["x", "y", "z"]))
    >>> p = {"x": 0.1, "y": 0.2, "z": 0.3}
    >>> inf.robustness.fragility_table(net, over=("A", "B"), doubt=p)[["layer", "year", "size", "rows"]]
      layer  year  size rows
    0   aid  2001     1    y
    """
    rates = Rates(net, doubt, candidates)
    lines = []
    for layer in net.layers if layers is None else layers:
        if layer not in net.all_layers:
            raise KeyError(f"no layer named {layer!r}; there are {', '.join(net.all_layers)}")
        name = metric if isinstance(metric, str) else metric[layer]
        when = list(net.years if years is None else years)
        found = [finding_of(net, name, rates, layer, year, over, None, partition, None, rule) for year in when]
        drawn: list[Drawn | None] = [None for _ in when]
        if draws:
            drawn = list(rates.drawn(layer, [one.switches for one in found], draws, seed))
        for year, one, case in zip(when, found, drawn, strict=True):
            done = solved(one, case, budget)
            factors = reversing_factors(one, done.gap)
            told = {
                "layer": layer,
                "year": year,
                "metric": get_metric(name).id,
                "factor": None if factors is None else factors.common,
            }
            lines.append({**told, **done.line()})
            if progress:
                progress(f"{layer} {year}")
    frame = pd.DataFrame(lines, columns=COLUMNS)
    frame = frame.astype({"size": "Int64", "factor": float})
    frame.attrs["influence"] = {**net.provenance, "metric": metric, "over": over, "draws": draws, "seed": seed}
    return frame
