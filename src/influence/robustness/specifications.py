"""Running a specification curve: every combination of a grid, and the same in permuted worlds."""

from __future__ import annotations

import inspect
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from influence.network.bundled import load as bundled_load
from influence.robustness.attempt import attempt
from influence.robustness.curve import Curve, Region, bounds_of, choice_weights, option_codes
from influence.robustness.curve_null import permutation_frame
from influence.robustness.grid import Grid, class_of, read_grid
from influence.robustness.keeping import chunks, network_digest, run
from influence.robustness.seeds import generator
from influence.robustness.tasks import Progress

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork

OfOptions = Callable[[dict[str, Any]], float]
SPECIFICATIONS, DRAWS = 8, 10  # how many make one task


def evaluate(
    function: OfOptions,
    grid: pd.DataFrame | Path | str | Grid,
    *,
    test: Callable[[np.random.Generator], OfOptions] | Sequence[OfOptions] | None = None,
    region: Region | None = None,
    draws: int = 999,
    seed: int = 1,
    label: str | None = None,
    inputs: Mapping[str, object] | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Curve:
    """Answer a question of options under every combination of a grid.

    Parameters
    ----------
    function : callable
        Gets a dict of choice → value, answers with a number. NaN, an infinite number, or a ValueError, KeyError or
        ArithmeticError make the specification not available, with the reason; other errors are raised.
    grid, test, region, draws, seed, workers, fresh, progress
        As in `specification_curve`; `test` gives functions of options.
    label : str, optional
        A name under which finished work is kept, so that a run resumes and repeats for nothing. Give another one when
        the function changes. Without one nothing is kept.
    inputs : mapping, optional
        What the answers depend on besides the grid, such as the version of the data; kept work with others is not
        used.

    Returns
    -------
    Curve

    Examples
    --------
    >>> import pandas as pd
    >>> grid = pd.DataFrame({
    ...     "choice": ["base", "base", "power", "power"], "option": ["two", "three", "square", "cube"],
    ...     "value": [2, 3, 2, 3], "weight_class": ["primary", "reasonable"] * 2, "reason": "an example"})
    >>> curve = evaluate(lambda options: options["base"] ** options["power"], grid)
    >>> curve.table["value"].tolist(), curve.median, curve.share((5, None))
    ([4.0, 8.0, 9.0, 27.0], 8.5, 0.75)
    """
    read = read_grid(grid)
    if test is not None:
        bounds_of(region)
    kept = {"grid": read.frame.to_json(orient="values"), **(inputs or {})}
    how: dict[str, Any] = {"label": label, "workers": workers, "fresh": fresh, "progress": progress}
    tasks = chunks(_options(read), SPECIFICATIONS, "specifications")
    found = run(_answers, {key: (function, own) for key, own in tasks.items()}, inputs=kept, **how)
    answers = [answer for own in found.values() for answer in own]
    table = _table(read, answers)
    if table["value"].isna().all():
        raise ValueError(f"no specification could be computed: {answers[0][1]}")
    if test is None or region is None:
        return Curve(table, read, region)
    usual = read.without_stress()
    options = _options(usual)
    worlds: dict[str, tuple[Any, ...]]
    if callable(test):
        parts = chunks(range(draws), DRAWS, "draws")
        worlds = {key: (test, options, seed, list(numbers)) for key, numbers in parts.items()}
    else:
        worlds = {f"world {k}": (one, options, seed, None) for k, one in enumerate(test)}
    drawn = run(_draws, worlds, inputs={**kept, "seed": seed}, **how)
    observed = table.loc[table["weight_class"] != "stress", "value"].to_numpy()
    told = permutation_frame(
        observed, np.vstack(list(drawn.values())), option_codes(usual), region, exact=not callable(test)
    )
    return Curve(table, read, region, told)


def specification_curve(
    question: Callable[..., float],
    grid: pd.DataFrame | Path | str | Grid,
    *,
    net: MultilayerNetwork | None = None,
    load: Callable[..., MultilayerNetwork] | None = None,
    test: Callable[[np.random.Generator], Callable[..., float]] | Sequence[Callable[..., float]] | None = None,
    region: Region | None = None,
    draws: int = 999,
    seed: int = 1,
    label: str | None = None,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Curve:
    """Does the finding hold over every defensible choice? One question under every combination of a grid.

    Parameters
    ----------
    question : callable
        ``question(net, **options)`` → number. NaN, an infinite number, or a ValueError, KeyError or ArithmeticError
        make the specification not available, which is reported with its reason.
    grid : pandas.DataFrame or path of a CSV
        One row an option: choice, option (its name), value (JSON; empty: the name), weight_class (primary, reasonable
        or stress), reason. Each choice has exactly one primary option. All combinations are computed; those with a
        stress option are shown and weigh nothing.
    net : MultilayerNetwork, optional
        Then every choice is an option of the question.
    load : callable, optional
        Default: `influence.load`. Choices named as its parameters are passed to it, the others to the question. Each
        network is loaded once a process.
    test : callable or sequence, optional
        ``test(rng)`` draws a permuted world and returns the question asked there, called as `question` is; the draw
        must be made before it returns, so that all specifications see the same world. A sequence has the question in
        every world there is, the true one among them, and makes the test exact.
    region : (low, high) or callable, optional
        Where the finding holds, from low up to, not including, high; None is no bound. A test needs one with ends.
    draws : int, default 999
        Permuted worlds.
    seed : int, default 1
    label : str, optional
        A name under which finished work is kept, so that a run resumes and repeats for nothing. Give another one when
        the question changes. Without one nothing is kept.
    workers : int, optional
        Processes, as in `run_tasks`.
    fresh : bool, default False
        Whether to compute again what was kept.
    progress : callable, optional
        Called with the name of each finished piece of work.

    Returns
    -------
    Curve
        `table`, `median`, `share`, `shares_by_choice`, `effects`, `test`, `unavailable`. The p of the test is the
        share of worlds, the observed one among them, whose median lies at least as deep in the region, in which the
        finding holds in at least as large a share, and both jointly.

    Raises
    ------
    DataError
        A grid that breaks its rules.
    ValueError
        No specification could be computed.

    References
    ----------
    Simonsohn, U., Simmons, J. P., & Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour, 4,
    1208-1214.
    Sobol', I. M. (2001). Global sensitivity indices for nonlinear mathematical models and their Monte Carlo estimates.
    Mathematics and Computers in Simulation, 55, 271-280.

    Examples
    --------
    >>> import pandas as pd
    >>> import influence as inf
    >>> grid = pd.DataFrame({
    ...     "choice": ["trade", "trade", "year", "year"], "option": ["BACI", "COW", "2011", "2012"],
    ...     "value": ["baci", "cow_trade_v4", 2011, 2012], "weight_class": ["primary", "reasonable"] * 2,
    ...     "reason": ["reconciled", "longer in use", "complete", "latest"]})
    >>> def lead(net, year):
    ...     trade = net.at(year)["trade"].to_adjacency()
    ...     return trade.loc["CHN", "KAZ"] / trade.loc["RUS", "KAZ"]
    >>> curve = inf.specification_curve(lead, grid, region=(1, None))
    >>> len(curve.table)
    4
    """
    if not callable(question):
        raise TypeError("question is a callable: question(net, **options) → number")
    read = read_grid(grid)
    asked = _On(question, net, None if net is not None else load or bundled_load, uuid.uuid4().hex)
    drawn: Any = None
    if callable(test):
        drawn = _Drawn(test, asked)
    elif test is not None:
        drawn = [_On(one, asked.net, asked.load, asked.run) for one in test]
    inputs = {"networks": _digests(asked, read)} if label is not None else {}
    return evaluate(
        asked,
        read,
        test=drawn,
        region=region,
        draws=draws,
        seed=seed,
        label=label,
        inputs=inputs,
        workers=workers,
        fresh=fresh,
        progress=progress,
    )


@dataclass(frozen=True)
class _On:
    """A question of networks as a function of options."""

    question: Callable[..., float]
    net: MultilayerNetwork | None
    load: Callable[..., MultilayerNetwork] | None
    run: str

    def split(self, options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Options of loading, and of the question."""
        if self.load is None:
            return {}, options
        known = inspect.signature(self.load).parameters
        return {k: v for k, v in options.items() if k in known}, {k: v for k, v in options.items() if k not in known}

    def network(self, loading: dict[str, Any]) -> MultilayerNetwork:
        if self.net is not None:
            return self.net
        return _loaded(self.load, json.dumps(loading, sort_keys=True), self.run)

    def __call__(self, options: dict[str, Any]) -> float:
        loading, asking = self.split(options)
        return self.question(self.network(loading), **asking)


@dataclass(frozen=True)
class _Drawn:
    """A question in permuted worlds as one of options."""

    test: Callable[[np.random.Generator], Callable[..., float]]
    asked: _On

    def __call__(self, rng: np.random.Generator) -> OfOptions:
        return _On(self.test(rng), self.asked.net, self.asked.load, self.asked.run)


@lru_cache(maxsize=32)
def _loaded(load: Callable[..., MultilayerNetwork], options: str, run: str) -> MultilayerNetwork:
    # `run` is of one curve: the next one reads its data again.
    return load(**json.loads(options))


def _digests(asked: _On, grid: Grid) -> list[str]:
    """Fingerprints of every network of the grid; empty for one that cannot be loaded."""
    loadings = {json.dumps(asked.split(options)[0], sort_keys=True): options for options in _options(grid)}
    found = []
    for options in loadings.values():
        try:
            found.append(network_digest(asked.network(asked.split(options)[0])))
        except (ValueError, KeyError):
            found.append("")
    return found


def _options(grid: Grid) -> list[dict[str, Any]]:
    return [dict(zip(grid.choices, (o.value for o in one), strict=True)) for one in grid]


def _answers(function: OfOptions, options: Sequence[dict[str, Any]]) -> list[tuple[float, str]]:
    return [attempt(function, dict(one)) for one in options]


def _draws(
    test: Callable[..., Any], options: Sequence[dict[str, Any]], seed: int, numbers: Sequence[int] | None
) -> np.ndarray:
    """The answers in drawn worlds, world × specification; or in the one world that is given."""
    functions = (
        [test] if numbers is None else [test(generator(seed, "specification curve", number)) for number in numbers]
    )
    return np.array([[value for value, _ in _answers(function, options)] for function in functions])


def _table(grid: Grid, answers: Sequence[tuple[float, str]]) -> pd.DataFrame:
    codes = option_codes(grid)
    classes = np.array([class_of(one) for one in grid])
    value = np.array([v for v, _ in answers])
    table = pd.DataFrame({c: [one[k].name for one in grid] for k, c in enumerate(grid.choices)})
    table["value"] = value
    table["rank"] = table["value"].rank(method="average")
    table["primary"] = classes == "primary"
    table["weight_class"] = classes
    table["weight"] = choice_weights(codes, ~np.isnan(value) & (classes != "stress"))
    table["reason"] = [why for _, why in answers]
    return table
