"""Do the intervals hold? Simulated truths, recorded with errors, from a model that is not the fitted one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from influence.metrics.registry import get_metric
from influence.network import LayerSpec, MultilayerNetwork
from influence.robustness._study import kernel_values
from influence.robustness._summaries import mid_interval
from influence.robustness._years import layer_year
from influence.robustness.doubts import doubt
from influence.robustness.posterior import Levels, levels
from influence.robustness.seeds import generator
from influence.robustness.tasks import run_tasks
from influence.tables import read_table

ACTORS, BLOCKS = 20, 3
HUB, SECOND, EDGE = 0, 1, ACTORS - 1
CHUNK = 25  # simulations that share a network: its years
SHARES = {"high": 0.6, "medium": 0.3, "low": 0.1}  # of the recorded rows
MISSED = "partial"
METRICS = {
    "ties": ("degree", "brokerage", "constraint"),
    "flows": ("strength_out", "pagerank"),
}
COUNTS = ("degree", "brokerage")


@dataclass(frozen=True)
class Scenario:
    """How a simulated record errs, and what the analyst takes it for.

    Attributes
    ----------
    errors : {"anywhere", "like ties"}
        Whether a false tie can be recorded between any two, or where a true one could be.
    prior : {"node", "kind"}
        What `doubt` is told.
    times : float
        By how much errors are more frequent than the confidence table says.
    within, across : float
        By how much ties are more frequent within a block, and across blocks, than activities alone would make them.
    right : bool
        Whether the analyst is right about the errors, so that intervals must hold.
    """

    errors: str
    prior: str
    times: float
    within: float
    across: float
    right: bool


SCENARIOS = {
    "as stated": Scenario("like ties", "kind", 1.0, 1.25, 0.85, True),
    "errors anywhere, prior by node": Scenario("anywhere", "node", 1.0, 1.25, 0.85, True),
    "errors anywhere, prior by kind": Scenario("anywhere", "kind", 1.0, 1.25, 0.85, False),
    "strong blocks": Scenario("like ties", "kind", 1.0, 2.5, 0.4, False),
    "twice the stated errors": Scenario("like ties", "kind", 2.0, 1.25, 0.85, False),
    "half the stated errors": Scenario("like ties", "kind", 0.5, 1.25, 0.85, False),
}


def coverage_study(
    simulations: int = 2000,
    *,
    scenarios: Sequence[str] | None = None,
    draws: int = 200,
    level: float = 0.9,
    seed: int = 1,
    workers: int | None = None,
    fresh: bool = False,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """How often intervals hold the true value, in simulations where it is known.

    Parameters
    ----------
    simulations : int, default 2000
    scenarios : sequence of str, optional
        Names in `SCENARIOS`; default: all, the wrong priors too.
    draws : int, default 200
        Of the posterior, for each simulation.
    level : float, default 0.9
        What the intervals claim.
    seed : int, default 1
    workers, fresh, progress
        As in `run_tasks`.

    Returns
    -------
    pandas.DataFrame
        scenario, prior_is_right, metric, scale ("continuous" or "count"), of (a hub, a periphery actor, the difference
        of two hubs), coverage, error (standard error of the coverage), width (mean of the interval's width).

    Notes
    -----
    The truth is not what `doubt` fits: three blocks, activities that are lognormal within them, ties by a complementary
    log-log link; flows are log-Laplace. Rates of error are drawn anew for each simulation (over the stated range).
    Coded ties are missed or falsely recorded, and rated high, medium or low so that the ratings mean what the
    confidence table says. Values err by a contaminated normal distribution, half of whose variance two sources share.

    Examples
    --------
    >>> from influence.robustness import coverage_study
    >>> frame = coverage_study(25, scenarios=["as stated"], draws=40)
    >>> sorted(set(frame["metric"]))
    ['brokerage', 'constraint', 'degree', 'pagerank', 'strength_out']
    """
    chosen = list(SCENARIOS) if scenarios is None else list(scenarios)
    tasks = {}
    for name in chosen:
        for first in range(0, simulations, CHUNK):
            count = min(CHUNK, simulations - first)
            tasks[f"{name}:{first}+{count}"] = (name, first, count, draws, level, seed)
    inputs = {"draws": draws, "level": level, "seed": seed}
    done = run_tasks(_chunk, tasks, label="coverage", inputs=inputs, workers=workers, fresh=fresh, progress=progress)
    frame = pd.concat(done.values(), ignore_index=True)
    keys = ["scenario", "metric", "of"]
    table = frame.groupby(keys, sort=False).agg(coverage=("held", "mean"), width=("width", "mean"), n=("held", "size"))
    table = table.reset_index()
    table["error"] = np.sqrt(table["coverage"] * (1 - table["coverage"]) / table["n"])
    table["scale"] = np.where(table["metric"].isin(COUNTS), "count", "continuous")
    table["prior_is_right"] = [SCENARIOS[s].right for s in table["scenario"]]
    columns = ["scenario", "prior_is_right", "metric", "scale", "of", "coverage", "error", "width"]
    return table[columns]


def _chunk(name: str, first: int, count: int, draws: int, level: float, seed: int) -> pd.DataFrame:
    """Some simulations, as years of one network: which intervals held, and how wide they were."""
    scenario = SCENARIOS[name]
    own = levels(read_table("confidence"))
    worlds = [_simulated(scenario, own, generator(seed, "coverage", name, first + k)) for k in range(count)]
    years = range(1, count + 1)
    net, second = _recorded(worlds, own)
    told = pd.DataFrame({"layer": ["ties"], "kind": "ties", "start_year": 1, "end_year": count, "coverage": MISSED})
    of = doubt(net, coverage=told, second=second, prior=scenario.prior)
    rows = []
    for layer, ids in METRICS.items():
        metrics = [get_metric(id) for id in ids]
        for world, year in zip(worlds, years, strict=True):
            own_seed = seed * 1_000_000 + first + year  # else all simulations would share the rates of error drawn
            block = layer_year(net, of, layer, year, "31 December")
            drawn = kernel_values(block, metrics, world.groups, {}, *block.matrices(own_seed, range(draws), "absent"))
            true = kernel_values(
                block, metrics, world.groups, {}, world.truth(layer)[None], np.zeros((1, ACTORS), bool)
            )
            for id in ids:
                rows += [(name, id, *row) for row in _held(drawn[id], true[id][0], level)]
    return pd.DataFrame(rows, columns=["scenario", "metric", "of", "held", "width"])


def _held(draws: np.ndarray, true: np.ndarray, level: float) -> list[tuple[str, bool, float]]:
    """Whether the intervals hold the truth at a hub, at a periphery actor, and for the difference of two hubs."""
    both, truth = (
        np.column_stack([v[..., HUB], v[..., EDGE], v[..., HUB] - v[..., SECOND]]) for v in (draws, true[None])
    )
    low, high = mid_interval(both, level)
    slack = 1e-9 * np.abs(truth[0])
    held = (low - slack <= truth[0]) & (truth[0] <= high + slack)
    names = ("a hub", "a periphery actor", "two hubs, difference")
    # Where the true value is undefined there is nothing to hold.
    return [
        (names[k], bool(held[k]), float(high[k] - low[k]))
        for k in range(3)
        if not np.isnan([truth[0, k], low[k]]).any()
    ]


@dataclass(frozen=True)
class World:
    """One simulated truth and its record."""

    groups: np.ndarray
    ties: np.ndarray
    recorded: np.ndarray
    rating: np.ndarray
    flows: np.ndarray
    first: np.ndarray
    second: np.ndarray

    def truth(self, layer: str) -> np.ndarray:
        return self.ties.astype(float) if layer == "ties" else self.flows


def _simulated(scenario: Scenario, own: Levels, rng: np.random.Generator) -> World:
    off = ~np.eye(ACTORS, dtype=bool)
    groups = np.arange(ACTORS) % BLOCKS
    activity = np.exp(rng.normal(-0.9, 0.5, ACTORS))
    activity[[HUB, SECOND]] = np.exp(rng.normal(0.25, 0.2, 2))
    activity[EDGE] = np.exp(rng.normal(-1.3, 0.2))
    pull = np.outer(activity, activity) * np.where(groups[:, None] == groups, scenario.within, scenario.across)
    ties = off & (rng.random((ACTORS, ACTORS)) < -np.expm1(-pull))

    shares = np.array([SHARES[n] for n in own.names])
    error = np.minimum(scenario.times * np.array([_rate(rng, own, k) for k in range(len(own.names))]), 0.9)
    missed = np.minimum(scenario.times * _rate(rng, own, int(np.argsort(own.mean)[1])), 0.9)
    recorded = ties & (rng.random(ties.shape) >= missed)
    wrong = float((shares * error).sum() / (shares * (1 - error)).sum()) * recorded.sum()
    weight = np.where(off & ~ties, np.expm1(pull) if scenario.errors == "like ties" else 1.0, 0.0)
    false = rng.random(ties.shape) < np.minimum(wrong * weight / weight.sum(), 1.0)
    by_truth = [shares * (1 - error), shares * error]
    rating = np.zeros(ties.shape, dtype=int)
    for rows, p in ((recorded, by_truth[0]), (false, by_truth[1])):
        rating[rows] = rng.choice(len(shares), size=int(rows.sum()), p=p / p.sum())

    flows = np.where(off, np.exp(3.0 + rng.laplace(0.0, 0.7, ties.shape)) * pull, 0.0)
    spread = np.where(rng.random(ties.shape) < 0.85, 0.15, 0.5)
    common, one, two = (rng.normal(0.0, 1.0, ties.shape) * spread / np.sqrt(2) for _ in range(3))
    return World(
        groups, ties, recorded | false, rating, flows, flows * np.exp(common + one), flows * np.exp(common + two)
    )


def _rate(rng: np.random.Generator, own: Levels, k: int) -> float:
    """A rate of error over the stated range of a level, about its mean; not by the distribution that `levels` fits."""
    low, high = own.low[k], own.high[k]
    mode = float(np.clip(3 * own.mean[k] - low - high, low, high))
    return float(rng.triangular(low, mode, high))


def _recorded(worlds: Sequence[World], own: Levels) -> tuple[MultilayerNetwork, pd.DataFrame]:
    """The records of some simulations as the years of one network, and the second source of its flows."""
    names = np.array([f"A{k:02d}" for k in range(ACTORS)])
    frames, others = [], []
    for year, world in enumerate(worlds, start=1):
        i, j = np.nonzero(world.recorded)
        told = np.array(own.names)[world.rating[i, j]]
        coded = pd.DataFrame({"layer": "ties", "source": names[i], "target": names[j], "year": year, "weight": 1.0})
        frames.append(coded.assign(presence_confidence=told, evidence_kind="coded"))
        i, j = np.nonzero(world.first)
        flows = pd.DataFrame({"layer": "flows", "source": names[i], "target": names[j], "year": year})
        frames.append(flows.assign(weight=world.first[i, j], evidence_kind="observed"))
        others.append(flows.assign(weight=world.second[i, j]))
    layers = {name: LayerSpec(name) for name in METRICS}
    edges = pd.concat(frames, ignore_index=True)
    net = MultilayerNetwork.from_edges(edges, actors=names, layers=layers, years=range(1, len(worlds) + 1))
    return net, pd.concat(others, ignore_index=True)
