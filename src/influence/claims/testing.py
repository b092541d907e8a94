"""Everything that was measured for the ledger, claim by claim."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from influence.claims import plan
from influence.claims.archive import SOURCES, Archive, archive
from influence.claims.deciding import Decisive, Question, decide
from influence.claims.decisive import candidates, grouped, suspected
from influence.claims.judging import Judged, cell_at, judge, rule_of, verdict_of
from influence.claims.measure import Measure, all_measures
from influence.claims.register import combine, outcome
from influence.claims.runs import SEED, Measured, Setting, Values, run_settings
from influence.claims.world import Cast
from influence.robustness import Curve, evaluate, run_tasks
from influence.robustness.grid import Grid

DRAWS = 100
HEAVY_DRAWS = 40
"""Draws of a claim that fits a regression in each world."""
WEAK = 0.2
"""A rule that supports in more than a fifth of its placebo worlds is a weak test."""
CASTS = 8
"""Placebo casts beside a claim's own in the joint test of its curve; all of them are run on the primary choices."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Placebos:
    """A claim's rule in worlds in which it should not hold.

    Attributes
    ----------
    table : pandas.DataFrame
        By placebo: the value of each part, and the verdict of the rule on these values.
    rate : float
        Share of the worlds that can be computed in which the rule supports; NaN without any.
    """

    table: pd.DataFrame
    rate: float

    @property
    def weak(self) -> bool:
        return self.rate > WEAK


@dataclass(frozen=True)
class Result:
    """One tested claim.

    Attributes
    ----------
    claim : str
    rule : dict
    parts : list of Judged
    verdict : str
    by_source : dict
        Trade source → verdict on the record by that source alone; empty for claims that do not read trade.
    placebos : Placebos
    curves : dict of str to Curve
        Part → its specification curve; empty where a claim has one specification only.
    stress : pandas.DataFrame
        Stress option → the value of each part.
    decisive : dict of str to Decisive
    beside : dict
        What the rule asks to be printed beside.
    """

    claim: str
    rule: dict[str, Any]
    parts: list[Judged]
    verdict: str
    by_source: dict[str, str]
    placebos: Placebos
    curves: dict[str, Curve]
    stress: pd.DataFrame
    decisive: dict[str, Decisive]
    beside: dict[str, Any] = field(default_factory=dict)

    @property
    def source_dependent(self) -> bool:
        return len(set(self.by_source.values())) > 1


def all_results(
    register: pd.DataFrame,
    *,
    base: Setting | None = None,
    folder: Any = None,
    claims: Sequence[str] | None = None,
    draws: int = DRAWS,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> dict[str, Result]:
    """Measure and judge claims.

    Parameters
    ----------
    register : pandas.DataFrame
        Rows of `article_claims` and `control_claims`, indexed by claim, with a rule each.
    base : Setting, optional
        Evidence struck out in every world.
    folder : path, optional
        Data package.
    claims : sequence of str, optional
        Default: all that are measured.
    draws : int
        Draws of doubt.
    workers, fresh, progress
        As in `influence.robustness.run_tasks`.

    Returns
    -------
    dict of str to Result
    """
    opened = archive(folder)
    wanted = {c: m for c, m in all_measures().items() if claims is None or c in claims}
    if not wanted:  # claims that are set aside alone
        return {}
    worlds = _Worlds(base or Setting(), folder, opened, draws)
    how: dict[str, Any] = {"folder": folder, "workers": workers, "fresh": fresh, "progress": progress}
    told = run_settings(plan.union([worlds.told(m) for m in wanted.values()]), label="claims-draws", **how)
    primary = {worlds.on(Setting()): list(wanted)}
    placebos = run_settings(primary, placebos=None, label="claims-placebos", **how)
    compared = run_settings(
        plan.union([worlds.compared(m) for m in wanted.values()]), placebos=CASTS, label="claims-curves", **how
    )
    screened = run_settings(plan.union([worlds.screened(m) for m in wanted.values()]), label="claims-groups", **how)
    suspects = {c: worlds.suspects(m, placebos, screened) for c, m in wanted.items()}
    struck = run_settings(
        plan.union([{worlds.strike(row): [c]} for c, rows in suspects.items() for row in rows]),
        label="claims-strikes",
        **how,
    )
    primary_values = placebos[worlds.on(Setting())]
    decided = run_tasks(
        decide,
        {c: (_question(m, register, worlds, primary_values, suspects, struck), folder) for c, m in wanted.items()},
        label="claims-decisive",
        inputs={"data": opened.digest, "base": list(worlds.base.without), "seed": SEED},
        workers=workers,
        fresh=fresh,
        progress=progress,
    )
    found = _Found(worlds, told, placebos, compared, decided)
    return {claim: _result(measure, row_of(register, claim), found) for claim, measure in wanted.items()}


def row_of(register: pd.DataFrame, claim: str) -> dict[str, Any]:
    """The row of a claim."""
    return {str(k): v for k, v in register.loc[claim].items()}


@dataclass(frozen=True)
class _Worlds:
    """The worlds that each claim is measured in, all without what was struck out from the start."""

    base: Setting
    folder: Any
    archive: Archive
    draws: int

    def on(self, setting: Setting) -> Setting:
        return replace(setting, without=tuple(sorted({*self.base.without, *setting.without})))

    def drawn(self, measure: Measure) -> list[Setting]:
        most = min(self.draws, HEAVY_DRAWS) if measure.heavy else self.draws
        return [self.on(s) for s in plan.draws_of(most)]

    def scenarios(self, measure: Measure) -> list[Setting]:
        return [self.on(s) for s in plan.scenarios_of(measure)]

    def stress(self, measure: Measure) -> dict[str, Setting]:
        return {name: self.on(s) for name, s in plan.stress_of(measure, self.archive).items()}

    @cached_property
    def rows(self) -> dict[str, tuple[str, ...]]:
        return candidates(self.archive)

    def strike(self, *rows: str) -> Setting:
        return self.on(Setting(without=tuple(sorted({i for row in rows for i in self.rows[row]}))))

    def groups(self, measure: Measure) -> dict[str, tuple[str, ...]]:
        return grouped(self.rows, self.archive, measure.layers)

    def screened(self, measure: Measure) -> dict[Setting, list[str]]:
        return {self.strike(*rows): [measure.claim] for rows in self.groups(measure).values()}

    def suspects(
        self, measure: Measure, own: Mapping[Setting, Values], screened: Mapping[Setting, Values]
    ) -> list[str]:
        """The rows of the groups that move a claim most."""
        numbers = _numbers(own[self.on(Setting())][measure.claim][""])
        moved = {
            name: _moved(numbers, _numbers(screened[self.strike(*rows)][measure.claim][""]))
            for name, rows in self.groups(measure).items()
        }
        return suspected(moved, self.groups(measure))

    def told(self, measure: Measure) -> dict[Setting, list[str]]:
        settings = [*self.drawn(measure), *self.scenarios(measure), *self.stress(measure).values()]
        return {s: [measure.claim] for s in settings}

    def compared(self, measure: Measure) -> dict[Setting, list[str]]:
        return {self.on(s): [measure.claim] for s in plan.specifications_of(measure, self.archive)}


@dataclass(frozen=True)
class _Found:
    """What was measured in them."""

    worlds: _Worlds
    told: dict[Setting, Values]
    placebos: dict[Setting, Values]
    compared: dict[Setting, Values]
    decided: dict[str, dict[str, Decisive]]


def _result(measure: Measure, row: Mapping[str, Any], found: _Found) -> Result:
    claim, rule, worlds = measure.claim, rule_of(row), found.worlds
    primary = worlds.on(Setting())
    casts = found.placebos[primary][claim]
    own = casts[""]
    draws = [found.told[s][claim][""] for s in worlds.drawn(measure)]
    scenarios = [found.told[s][claim][""] for s in worlds.scenarios(measure)]
    parts = judge(rule, own, draws, scenarios)
    by_construction = str(row.get("true_by_construction", False)).lower() == "true"
    stress = {name: _numbers(found.told[s][claim][""]) for name, s in worlds.stress(measure).items()}
    return Result(
        claim,
        rule,
        parts,
        verdict_of(rule, parts, by_construction=by_construction),
        _by_source(measure, rule, found),
        _placebos(rule, casts),
        {p["id"]: c for p in rule["parts"] if (c := _curve(measure, p, found)) is not None},
        pd.DataFrame.from_dict(stress, orient="index", columns=[p["id"] for p in rule["parts"]], dtype=float),
        found.decided[claim],
        {name: value for m in own.values() for name, value in m.beside},
    )


def _moved(own: Mapping[str, float], now: Mapping[str, float]) -> float:
    """The largest change of a part, against its size; a number that is gone counts as much as can be."""
    changes = [
        math.inf if math.isnan(now[p]) else abs(now[p] - v) / max(abs(v), 0.1)
        for p, v in own.items()
        if not math.isnan(v)
    ]
    return max(changes, default=0.0)


def _numbers(parts: Mapping[str, Measured]) -> dict[str, float]:
    return {name: m.value for name, m in parts.items()}


def point_verdict(rule: Mapping[str, Any], parts: Mapping[str, Measured]) -> str:
    """What the rule says of the numbers alone, without doubt; where one cannot be computed, not testable here."""
    verdicts = []
    for part in rule["parts"]:
        told = parts[part["id"]]
        if math.isnan(told.value):
            return "not testable here"
        if part["aggregate"] == "every year":
            years = [v for v in told.by_year if not math.isnan(v)]
            verdicts.append(combine([outcome(part, v, v) for v in years], "all"))
        else:
            verdicts.append(outcome(part, told.value, told.value))
    return combine(verdicts, rule["combine"])


def _by_source(measure: Measure, rule: Mapping[str, Any], found: _Found) -> dict[str, str]:
    """The verdict on the numbers by each trade source alone."""
    if "trade" not in measure.layers:
        return {}
    settings = {s: found.worlds.on(plan.setting_for({"trade_source": s})) for s in SOURCES}
    return {s: point_verdict(rule, found.compared[w][measure.claim][""]) for s, w in settings.items()}


def _placebos(rule: Mapping[str, Any], casts: Mapping[str, Mapping[str, Measured]]) -> Placebos:
    rows = {
        name: {**_numbers(parts), "verdict": point_verdict(rule, parts)} for name, parts in casts.items() if name != ""
    }
    columns = [*(p["id"] for p in rule["parts"]), "verdict"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(index="placebo")
    told = table[table["verdict"] != "not testable here"]
    rate = float((told["verdict"] == "supported").mean()) if len(told) else float("nan")
    return Placebos(table, rate)


def _curve(measure: Measure, part: Mapping[str, Any], found: _Found) -> Curve | None:
    """The specification curve of a part, tested against the placebo casts; None where there is one specification."""
    grid = plan.grid_of(measure, found.worlds.archive).without_stress()
    settings = {s: found.compared[s][measure.claim] for s in found.worlds.compared(measure)}
    own = settings[found.worlds.on(Setting())][""][part["id"]].value
    if len(grid) < 2 or math.isnan(own):
        return None
    names = sorted(set.intersection(*(set(casts) for casts in settings.values())))

    def asked(cast: str) -> Callable[[dict[str, Any]], float]:
        return lambda options: settings[found.worlds.on(plan.setting_for(options))][cast][part["id"]].value

    varied = without_idle(grid, [asked(name) for name in names])
    if len(varied) < 2:
        return None
    cell = cell_at(part, own)
    return evaluate(asked(""), varied, region=(cell["from"], cell["to"]), test=[asked(name) for name in names])


def without_idle(grid: Grid, questions: Sequence[Callable[[dict[str, Any]], float]]) -> Grid:
    """A grid without the choices that move no number of any question, whatever the others: they would only be counted.

    Choices with one option are left out too.
    """
    names = list(grid.choices)
    shape = [len(options) for options in grid.choices.values()]
    points = [dict(zip(names, (o.value for o in point), strict=True)) for point in grid]
    answers = np.array([[ask(point) for point in points] for ask in questions]).reshape(len(questions), *shape)
    moving = {
        name
        for k, name in enumerate(names)
        if not np.allclose(answers, answers.take([0], axis=k + 1), rtol=0.0, atol=1e-12, equal_nan=True)
    }
    return Grid({name: options for name, options in grid.choices.items() if name in moving})


def _question(
    measure: Measure,
    register: pd.DataFrame,
    worlds: _Worlds,
    own: Values,
    suspects: Mapping[str, list[str]],
    struck: Mapping[Setting, Values],
) -> Question:
    claim = measure.claim
    rule, rows = rule_of(row_of(register, claim)), suspects[claim]
    values = _numbers(own[claim][""])
    found = {row: _numbers(struck[worlds.strike(row)][claim][""]) for row in rows}
    without = {part: {row: v[part] for row, v in found.items() if not math.isnan(v[part])} for part in values}
    ids = {row: worlds.rows[row] for row in rows}
    row = row_of(register, claim)
    scaled = (Cast().russia, Cast().china) if bool(row["headline"]) and "trade" in measure.layers else ()
    return Question(claim, tuple(rule["parts"]), values, without, ids, worlds.base.without, scaled)
