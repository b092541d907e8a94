"""The ledger: one row a claim, what the article leads one to expect, what was found, how far it holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.claims.archive import archive
from influence.claims.judging import Judged, rule_of
from influence.claims.report import Report
from influence.claims.runs import Setting
from influence.claims.testing import DRAWS, Progress, Result, all_results, row_of

if TYPE_CHECKING:
    from influence.network import MultilayerNetwork

SET_ASIDE = ("not testable here", "not a network claim")


def ledger(
    net: MultilayerNetwork | None = None,
    *,
    claims: Sequence[str] | None = None,
    draws: int = DRAWS,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Every claim of the article: expectation, result, verdict by the rule fixed in advance, robustness.

    Parameters
    ----------
    net : MultilayerNetwork, optional
        The bundled study, or what `without` left of it: rows of evidence that it lacks are struck out everywhere.
        Default: the bundled study.
    claims : sequence of str, optional
        Ids; default: all, with the negative controls at the end.
    draws : int, default 100
        Draws of doubt behind the intervals.
    workers : int, optional
        Processes; default: what `joblib.parallel_config` says, or one.
    fresh : bool, default False
        Whether to compute again what is kept in the cache.
    progress : callable, optional
        Called with the name of each finished piece of work.

    Returns
    -------
    pandas.DataFrame
        By claim: headline, theme, page, stance, paraphrase, expectation, test_class, result (each part with its
        interval of 90 per cent), verdict (supported, contradicted, undetermined, mixed, not testable here, not a
        network claim), reason (where set aside), true_by_construction, source_dependent, false_support (share of
        placebo worlds in which the rule supports), weak_test, agreeing (share of the specifications, weighed by
        choice, in which the first part stays in its outcome), p and smallest_p (joint permutation test of that
        curve), decisive (rows of evidence without which the first part would fall into another outcome).

    Examples
    --------
    >>> import influence as inf
    >>> book = inf.claims.ledger(inf.load(), claims=["C79", "C80"])
    >>> book.loc["C79", "verdict"]
    'not a network claim'
    """
    register = _register()
    chosen = list(register.index) if claims is None else _known(claims, register)
    found = _results(register, _base(net), chosen, draws, workers, fresh, progress)
    frame = entered(found, chosen)
    frame.attrs["influence"] = {"draws": draws, "data": archive().digest[:12]}
    return frame


def entered(found: Mapping[str, Result], claims: Sequence[str] | None = None) -> pd.DataFrame:
    """The ledger of results that are there already (`results`); claims without one are set aside with the reason."""
    register = _register()
    chosen = list(register.index) if claims is None else _known(claims, register)
    return pd.DataFrame([_row(c, row_of(register, c), found.get(c)) for c in chosen]).set_index("claim")


def test(
    claim: str,
    net: MultilayerNetwork | None = None,
    *,
    draws: int = DRAWS,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Report:
    """One claim on one page: what the article argues, what would show it, what was found, how far it holds, on what.

    Parameters
    ----------
    claim : str
        Such as "C07".
    net, draws, workers, fresh, progress
        As in `ledger`.

    Returns
    -------
    Report
        Shows itself as a page; `markdown`, `html`, `parts`, `curve`, `placebos`, `receipts`, `figure()`.

    Examples
    --------
    >>> import influence as inf
    >>> print(inf.claims.test("C80").verdict)
    not a network claim
    """
    (report,) = pages([claim], net, draws=draws, workers=workers, fresh=fresh, progress=progress)
    return report


def pages(
    claims: Sequence[str],
    net: MultilayerNetwork | None = None,
    *,
    draws: int = DRAWS,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> list[Report]:
    """One page a claim. Parameters as in `ledger`."""
    register = _register()
    chosen = _known(claims, register)
    found = _results(register, _base(net), chosen, draws, workers, fresh, progress)
    return [Report(id, row_of(register, id), found.get(id)) for id in chosen]


test.__test__ = False  # type: ignore[attr-defined]  # its name is what a user asks for; pytest must not collect it


def results(
    net: MultilayerNetwork | None = None,
    *,
    claims: Sequence[str] | None = None,
    draws: int = DRAWS,
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> dict[str, Result]:
    """What the ledger is made from: claim → parts, curves, placebos, decisive evidence. Parameters as in `ledger`."""
    register = _register()
    chosen = list(register.index) if claims is None else _known(claims, register)
    return _results(register, _base(net), chosen, draws, workers, fresh, progress)


def parts_table(found: dict[str, Result]) -> pd.DataFrame:
    """One row a part of a claim: quantity, unit, years, value, low, high, verdict, label."""
    rows = [
        {
            "claim": claim,
            "part": p.part,
            "quantity": p.quantity,
            "unit": p.unit,
            "years": p.years,
            "value": p.value,
            "low": p.low,
            "high": p.high,
            "verdict": p.verdict,
            "label": p.label,
        }
        for claim, result in found.items()
        for p in result.parts
    ]
    return pd.DataFrame(rows)


def years_table(found: dict[str, Result]) -> pd.DataFrame:
    """One row a part and year: value, low, high."""
    frames = [
        p.by_year.reset_index().assign(claim=claim, part=p.part)
        for claim, result in found.items()
        for p in result.parts
        if len(p.by_year)
    ]
    return pd.concat(frames, ignore_index=True)[["claim", "part", "year", "value", "low", "high"]]


def _results(
    register: pd.DataFrame,
    base: Setting,
    chosen: Sequence[str],
    draws: int,
    workers: int | None,
    fresh: bool,
    progress: Progress | None,
) -> dict[str, Result]:
    return all_results(
        register, base=base, claims=tuple(chosen), draws=draws, workers=workers, fresh=fresh, progress=progress
    )


@lru_cache(maxsize=1)
def _register() -> pd.DataFrame:
    """The claims and the negative controls, by id."""
    claims = archive().table("article_claims").rename(columns={"claim_id": "claim"}).assign(control=False)
    controls = archive().table("control_claims").rename(columns={"control_id": "claim", "note": "note"})
    controls = controls.assign(
        control=True,
        headline=False,
        theme="controls",
        stance="negative control",
        test_class="control",
        expectation="must be contradicted, or the rule is broken",
    )
    return pd.concat([claims, controls], ignore_index=True).set_index("claim")


def _known(claims: Sequence[str], register: pd.DataFrame) -> list[str]:
    lost = [c for c in claims if c not in register.index]
    if lost:
        last = register.index[~register["control"].astype(bool)][-1]
        raise KeyError(f"no claim {', '.join(lost)}; there are C01 to {last} and the controls N01 to N04")
    return list(claims)


def _base(net: MultilayerNetwork | None) -> Setting:
    """What a network lacks of the bundled evidence is struck out."""
    if net is None:
        return Setting()
    if "data_version" not in net.provenance:
        raise ValueError("the claims are about the bundled study: pass influence.load(), or what without() made of it")
    whole = _evidence(net.provenance.get("trade", "baci"))
    return Setting(without=tuple(sorted(whole - set(net.evidence.index))))


@lru_cache(maxsize=2)
def _evidence(trade: str) -> frozenset[str]:
    from influence.network.bundled import load

    return frozenset(load(trade=trade).evidence.index)


def _row(claim: str, row: dict[str, Any], result: Result | None) -> dict[str, Any]:
    rule = rule_of(row)
    out: dict[str, Any] = {
        "claim": claim,
        **{name: _plain(row.get(name)) for name in ("headline", "theme", "page", "stance", "paraphrase")},
        **{name: _plain(row.get(name)) for name in ("expectation", "test_class", "years")},
        "true_by_construction": str(row.get("true_by_construction", False)).lower() == "true",
    }
    if result is None:
        aside = rule.get("verdict", SET_ASIDE[0])
        return out | {"result": "", "verdict": aside, "reason": rule.get("reason", "")} | _untested()
    first = result.rule["parts"][0]["id"]
    curve, decisive = result.curves.get(first), result.decisive.get(first)
    joint = None if curve is None or curve.test is None else curve.test.loc["joint"]
    return out | {
        "result": "; ".join(told(p) for p in result.parts),
        "verdict": result.verdict,
        "reason": "a number cannot be computed from these data" if result.verdict in SET_ASIDE else "",
        "source_dependent": result.source_dependent,
        "false_support": result.placebos.rate,
        "weak_test": result.placebos.weak,
        "agreeing": float("nan") if curve is None else curve.share(),
        "p": float("nan") if joint is None else float(joint["p"]),
        "smallest_p": float("nan") if joint is None else float(joint["smallest_p"]),
        "decisive": "" if decisive is None else "; ".join(decisive.rows),
    }


def _untested() -> dict[str, Any]:
    gap = float("nan")
    numbers = {"false_support": gap, "weak_test": False, "agreeing": gap, "p": gap, "smallest_p": gap}
    return {"source_dependent": False, **numbers, "decisive": ""}


def told(part: Judged) -> str:
    """A part in words: "a 0.81 [0.62, 0.97] Russian lead: contradicted"."""
    if math.isnan(part.value) or math.isnan(part.low):
        return f"{part.part} cannot be computed"
    label = f" {part.label}" if part.label else ""
    return f"{part.part} {part.value:.3g} [{part.low:.3g}, {part.high:.3g}]{label}: {part.verdict}"


def _plain(value: Any) -> Any:
    return "" if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else value
