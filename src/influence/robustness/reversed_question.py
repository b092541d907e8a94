"""Fragility of any question: a number made from a network, whose sign is the finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.network.snapshot import SHARED
from influence.robustness.rates import Rates, log_odds_against
from influence.robustness.search import best_first
from influence.robustness.seeds import generator
from influence.robustness.undone import Fragility, receipts_of


def questioned(
    net: MultilayerNetwork,
    question: Callable[[MultilayerNetwork], float],
    rates: Rates,
    layer: str,
    year: int,
    kind: str | None,
    rows: Iterable[str] | None,
    draws: int,
    seed: int,
    budget: int,
    rule: str,
) -> Fragility:
    """See `influence.robustness.fragility`: the finding holds while the number is above 0."""
    base = layer.removesuffix(SHARED)
    missed = rates.candidates(layer, year)
    if rows is None:
        ties = net.receipts(base, year, rule=rule)
        if kind is not None:
            ties, missed = ties[ties["kind"] == kind], missed[missed["kind"] == kind]
        ids = sorted({*ties["evidence_id"], *missed["evidence_id"]})
    else:
        ids = sorted(set(rows))
        odd = [k for k in ids if k not in net.evidence.index and k not in set(missed["evidence_id"])]
        if odd:
            raise ValueError(f"rows: no evidence called {', '.join(odd[:5])}")
        missed = missed[missed["evidence_id"].isin(ids)]
    recorded = ~np.isin(ids, missed["evidence_id"].to_numpy(dtype=object))
    p = pd.concat([rates.p_false, missed.set_index("evidence_id")["p_true"]]).reindex(ids).fillna(0.0)
    # With all that may have been missed: leaving rows out of it is many times faster than putting ties in.
    whole = net.with_ties(missed.drop(columns="p_true"))

    def asked(here: MultilayerNetwork) -> float:
        value = float(question(here))
        if np.isnan(value):
            raise ValueError("the question has no answer (NaN) for some state of the evidence")
        return value

    def changed(flips: np.ndarray) -> MultilayerNetwork:
        stands = recorded ^ flips
        return whole.without([k for k, there in zip(ids, stands.tolist(), strict=True) if not there])

    value = asked(net)
    holds = value > 0

    def gap(settings: np.ndarray) -> np.ndarray:
        found = np.array([asked(changed(flips)) for flips in settings])
        # 0 is no lead: it undoes a finding, and does not make one.
        return (found if holds else np.where(found > 0, -found, np.maximum(-found, 1e-300)))[:, None]

    solved = best_first(gap, log_odds_against(p), recorded=recorded, budget=budget)
    chosen = np.array(ids, dtype=object)[solved.flips] if solved.flips is not None else np.array([], dtype=object)
    everything = net.ties.join(net.evidence, on="evidence_id")
    receipts, told = receipts_of(everything, chosen, missed, p)
    otherwise = [(asked(here) > 0) != holds for here in _drawn(net, rates, changed, p, draws, seed)]
    return Fragility(
        finding=getattr(question, "__name__", "the question"),
        metric="question",
        layer=layer,
        year=year,
        kind=kind,
        a=None,
        b=None,
        value_a=value,
        value_b=0.0,
        holds=holds,
        rows=told,
        size=None if solved.flips is None else len(chosen),
        log_odds=solved.cost,
        probability=float(np.prod(told["p"])) if solved.flips is not None else 0.0,
        p_reversal=float(np.mean(otherwise)) if draws else np.nan,
        exact=solved.exact,
        bound=solved.bound,
        factors=None,
        receipts=receipts,
    )


def _drawn(
    net: MultilayerNetwork,
    rates: Rates,
    changed: Callable[[np.ndarray], MultilayerNetwork],
    p: pd.Series,
    draws: int,
    seed: int,
) -> Iterator[MultilayerNetwork]:
    """What the network may be in truth: by the model of doubt, or by probabilities given by hand."""
    if rates.modelled is not None:
        for number in range(draws):
            yield rates.modelled.draw(seed, number).applied(net)
        return
    rng = generator(seed, "fragility", "question")
    for flips in rng.random((draws, len(p))) < p.to_numpy():
        yield changed(flips)
