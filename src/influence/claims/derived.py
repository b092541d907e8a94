"""The results of the ledger as tables in `data/derived`: written by the main job, read by notebooks, compared in CI."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from influence._paths import project_dir
from influence.claims.book import entered, parts_table, years_table
from influence.claims.facts import check_facts
from influence.claims.receipts import with_sources
from influence.claims.testing import Result
from influence.claims.validation import compare_with_index
from influence.tables import write_table

KEYS = {
    "claims_ledger": ["claim"],
    "claims_parts": ["claim", "part"],
    "claims_years": ["claim", "part", "year"],
    "claims_curves": ["claim", "part", "rank", "specification"],
    "claims_tests": ["claim", "part", "statistic"],
    "claims_placebos": ["claim", "placebo", "part"],
    "claims_decisive": ["claim", "part", "evidence"],
    "facts_checked": ["fact"],
    "influence_index": ["year"],
}
"""Table → what its rows are sorted by."""
_CURVES = ["claim", "part", "specification", "value", "rank", "primary", "weight"]
_TESTS = ["claim", "part", "statistic", "observed", "expected", "p", "smallest_p", "worlds", "share", "median"]
_TESTS += ["specifications"]
_PLACEBOS = ["claim", "placebo", "part", "value", "verdict"]


def record(found: Mapping[str, Result], folder: Path | None = None) -> list[Path]:
    """Write everything that the ledger rests on.

    Parameters
    ----------
    found : mapping of str to Result
        As `results` gives them, of all claims.
    folder : path, optional
        Default: the project's data/derived.

    Returns
    -------
    list of Path
        Rounded to nine significant digits, sorted; the same bytes for the same results.
    """
    where = folder or project_dir() / "data" / "derived"
    book = entered(found)
    headlines = {c for c in book.index[book["headline"].astype(bool)] if c in found}
    frames = {
        "claims_ledger": book.reset_index(),
        "claims_parts": parts_table(dict(found)),
        "claims_years": years_table(dict(found)),
        "claims_curves": pd.DataFrame(_curves({c: found[c] for c in headlines}), columns=_CURVES),
        "claims_tests": pd.DataFrame(_tests(found), columns=_TESTS),
        "claims_placebos": pd.DataFrame(_placebos(found), columns=_PLACEBOS),
        "claims_decisive": _decisive(found),
        "facts_checked": check_facts().reset_index(),
        "influence_index": compare_with_index().reset_index(),
    }
    return [write_table(frames[name], where / f"{name}.csv", sort=keys) for name, keys in KEYS.items()]


def recorded(name: str = "claims_ledger", folder: Path | None = None) -> pd.DataFrame:
    """A table of results as the main job wrote it: at once, without computing anything.

    Parameters
    ----------
    name : str
        claims_ledger (default; by claim), claims_parts, claims_years, claims_curves (headline claims), claims_tests,
        claims_placebos, claims_decisive, facts_checked (by fact), influence_index (by year).
    folder : path, optional
        Default: the project's data/derived.

    Examples
    --------
    >>> import influence as inf
    >>> len(inf.claims.recorded())
    92
    """
    if name not in KEYS:
        raise KeyError(f"no table of results named {name!r}; there are {', '.join(KEYS)}")
    path = (folder or project_dir() / "data" / "derived") / f"{name}.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is not there: run influence reproduce, which writes it")
    frame = pd.read_csv(path, dtype={"page": str, "stated": str, "found": str, "years": str})
    for column in frame.columns[frame.dtypes == "str"]:
        frame[column] = frame[column].fillna("")
    return frame.set_index(KEYS[name][0]) if len(KEYS[name]) == 1 else frame


def _curves(found: Mapping[str, Result]) -> Iterator[dict[str, Any]]:
    for claim, result in found.items():
        for part, curve in result.curves.items():
            for row in curve.table.to_dict("records"):
                chosen = {str(c): row[c] for c in curve.choices}
                yield {"claim": claim, "part": part, "specification": json.dumps(chosen, ensure_ascii=False)} | {
                    name: row[name] for name in ("value", "rank", "primary", "weight")
                }


def _tests(found: Mapping[str, Result]) -> Iterator[dict[str, Any]]:
    for claim, result in found.items():
        for part, curve in result.curves.items():
            if curve.test is None:
                continue
            shares = {"share": curve.share(), "median": curve.median, "specifications": len(curve.table)}
            for statistic, row in curve.test.iterrows():
                told = {name: row[name] for name in ("observed", "expected", "p", "smallest_p", "worlds")}
                yield {"claim": claim, "part": part, "statistic": statistic} | told | shares


def _placebos(found: Mapping[str, Result]) -> Iterator[dict[str, Any]]:
    for claim, result in found.items():
        parts = [p["id"] for p in result.rule["parts"]]
        for placebo, row in result.placebos.table.iterrows():
            for part in parts:
                yield {"claim": claim, "placebo": placebo, "part": part, "value": row[part], "verdict": row["verdict"]}


def _decisive(found: Mapping[str, Result]) -> pd.DataFrame:
    """The rows that move each part most, and those of the set without which its outcome would be another."""
    frames = []
    for claim, result in found.items():
        for part, decisive in result.decisive.items():
            rows = list(dict.fromkeys([*decisive.moves.index, *decisive.rows]))
            if not rows:
                continue
            own = decisive.moves.reindex(rows).rename_axis(index="evidence")
            told = with_sources(own).drop(columns=["note"]).reset_index()
            frames.append(
                told.assign(claim=claim, part=part, in_set=told["evidence"].isin(decisive.rows))
                .assign(value_without_set=decisive.value, verdict_without_set=decisive.verdict)
                .assign(probability=decisive.probability)
                .assign(trade_factors="; ".join(f"{a} {f:.3g}" for a, f in decisive.factors.items()))
            )
    return pd.concat(frames, ignore_index=True)
