"""One claim as the main job recorded it: rule, result, robustness and receipts, without computing anything."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from influence.claims.archive import archive
from influence.claims.derived import recorded
from influence.claims.judging import cell_at, rule_of

LAYERS = {
    "security": ("mme_v7", "sipri_tiv"),
    "trade": ("baci", "cow_trade_v4"),
    "energy": ("gem_ggit", "gem_goit"),
    "institutions": ("cow_igo_v3",),
    "diplomacy": ("ideal_points_2017",),
}
"""The sources that a layer rests on throughout; those of single rows come with the receipts."""


@dataclass(frozen=True)
class RecordedClaim:
    """A claim out of the tables of `data/derived`. Made by `recorded_claim`.

    Attributes
    ----------
    claim : str
    register : dict
        Its row of `article_claims`.
    entry : pandas.Series
        Its row of the ledger.
    tables : dict of str to pandas.DataFrame
        Its rows of the other tables of results, by the name of the table.
    """

    claim: str
    register: dict[str, Any]
    entry: pd.Series
    tables: dict[str, pd.DataFrame]

    @property
    def verdict(self) -> str:
        return str(self.entry["verdict"])

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The parts of the rule, as the register has them."""
        return list(rule_of(self.register)["parts"])

    @property
    def rule(self) -> pd.DataFrame:
        """By part: quantity, years, aggregate, and what each verdict asks of the number."""
        rows = {}
        for part in self.parts:
            row = {"quantity": part["quantity"], "years": part["years"], "over the years": part["aggregate"]}
            for verdict in ("supported", "contradicted", "undetermined"):
                cells = [c for c in part["outcomes"] if c["verdict"] == verdict]
                row[verdict] = "; ".join(f"{_between(c)} ({c['label']})" for c in cells)
            rows[part["id"]] = row
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="part")

    @property
    def found(self) -> pd.DataFrame:
        """By part: value, low, high, unit, outcome, verdict."""
        frame = self.tables["claims_parts"].set_index("part").rename(columns={"label": "outcome"})
        return frame[["value", "low", "high", "unit", "outcome", "verdict"]]

    @property
    def robustness(self) -> pd.DataFrame:
        """By part: specifications, agreeing (share of them, by choice, in the outcome of the primary one), median,
        worlds (placebo casts of the joint test), p and smallest_p; NaN where a part has one specification only."""
        tests = self.tables["claims_tests"]
        joint = tests[tests["statistic"] == "joint"].set_index("part").rename(columns={"share": "agreeing"})
        columns = ["specifications", "agreeing", "median", "worlds", "p", "smallest_p"]
        return joint[columns].reindex([p["id"] for p in self.parts]).rename_axis(index="part")

    @property
    def placebos(self) -> pd.DataFrame:
        """By placebo world: the number of each part, and the verdict of the rule on these numbers."""
        rows = self.tables["claims_placebos"]
        if rows.empty:
            return pd.DataFrame(columns=[*(p["id"] for p in self.parts), "verdict"])
        verdicts = rows.drop_duplicates("placebo").set_index("placebo")["verdict"]
        return rows.pivot(index="placebo", columns="part", values="value").join(verdicts)

    @property
    def ranks(self) -> pd.DataFrame:
        """By part: p, the rank of the result among the placebo worlds by how deep the number lies in its outcome of
        the rule (a world without a number counts as extreme), smallest_p, worlds; NaN without placebos or number."""
        values, found = self.placebos, self.found["value"]
        rows = {}
        for part in self.parts:
            own, worlds = float(found.get(part["id"], math.nan)), len(values)
            p = math.nan
            if worlds and not math.isnan(own):
                cell = cell_at(part, own)
                depths = [_depth(cell, float(v)) for v in values[part["id"]]]
                p = (1 + sum(math.isnan(d) or d >= _depth(cell, own) for d in depths)) / (1 + worlds)
            rows[part["id"]] = {"p": p, "smallest_p": 1 / (1 + worlds) if worlds else math.nan, "worlds": worlds}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index="part")

    @property
    def receipts(self) -> pd.DataFrame:
        """By part and row of evidence, those that move a number most: value_without, change, in_set (whether the row
        is of the set without which the outcome would be another), source_id, locator, presence_confidence."""
        rows = self.tables["claims_decisive"]
        order = rows.assign(size=rows["change"].abs()).sort_values(
            ["part", "size", "evidence"], ascending=[True, False, True], kind="stable"
        )
        columns = ["value_without", "change", "in_set", "source_id", "locator", "presence_confidence"]
        return order.set_index(["part", "evidence"])[columns]

    @property
    def reversal(self) -> pd.DataFrame:
        """By part: rows (how many must fall for another outcome; 0 if no set of a dozen or fewer was found), value and
        verdict without them, probability that all of them are wrong, trade (factors by which all trade of an actor
        with Central Asia would have to be wrong)."""
        rows = self.tables["claims_decisive"]
        sizes = rows.groupby("part")["in_set"].sum().astype(int).rename("rows")
        once = rows.drop_duplicates("part").set_index("part")
        names = {"value_without_set": "value", "verdict_without_set": "verdict", "trade_factors": "trade"}
        told = once.rename(columns=names)[["value", "verdict", "probability", "trade"]]
        return told.assign(rows=sizes)[["rows", "value", "verdict", "probability", "trade"]]

    @property
    def reversals(self) -> list[str]:
        """What it would take to turn each part, in words: one sentence a part."""
        told, lines = self.reversal, []
        for name in (p["id"] for p in self.parts):
            if name not in told.index:
                lines.append(f"{name}: no single row of evidence moves it")
                continue
            row = told.loc[name].to_dict()
            line = f"{name}: no set of a dozen rows or fewer was found that changes its outcome"
            if row["rows"]:
                line = f"{name}: {row['value']:.3g} ({row['verdict']}) without {row['rows']} of its rows"
                line += f", all of them wrong with a probability of {row['probability']:.1g}"
            factors = [pair.split() for pair in str(row["trade"]).split("; ") if pair]
            known = [f"{actor} by {factor}" for actor, factor in factors if factor != "nan"]
            if factors:
                line += "; all trade with Central Asia would have to be wrong by a factor: "
                line += " or ".join(known) if known else "none up to ten changes it"
            lines.append(line)
        return lines

    @property
    def sources(self) -> list[str]:
        """Keys of the sources of the layers that the claim reads, and of the rows that move it most; sorted."""
        cells = self.tables["claims_decisive"]["source_id"]
        rows = {key.strip() for cell in cells for key in str(cell).split(";") if key.strip()}
        return sorted(rows | {key for layer in str(self.register["layers"]).split() for key in LAYERS.get(layer, ())})

    def specifications(self, part: str | None = None) -> pd.DataFrame:
        """The specifications of a part: part, a column a choice, value, rank, primary, weight."""
        rows = self.tables["claims_curves"]
        wanted = part or (str(rows["part"].iloc[0]) if len(rows) else "")
        own = rows[rows["part"] == wanted].reset_index(drop=True)
        if own.empty:
            raise ValueError(f"claim {self.claim} has no specification curve" + (f" of part {part}" if part else ""))
        chosen = pd.DataFrame([json.loads(text) for text in own["specification"]])
        return pd.concat([own[["part"]], chosen, own[["value", "rank", "primary", "weight"]]], axis=1)

    def __repr__(self) -> str:
        row = self.register
        whose = f", view of {row['attributed_to']}" if _given(row.get("attributed_to")) else ""
        rate = self.entry["false_support"]
        told = "no placebo applies" if pd.isna(rate) else f"the rule supports in {rate:.0%} of the placebo worlds"
        weak = ": a weak test" if bool(self.entry["weak_test"]) else ""
        lines = [f"{self.claim} (p. {row['page']}; {row['stance']}{whose}): {self.verdict}", f"{told}{weak}"]
        if bool(self.entry["source_dependent"]):
            lines.append("source-dependent: the two sources of trade, each alone, give different verdicts")
        return "\n".join(lines)


def recorded_claim(claim: str, folder: Path | None = None) -> RecordedClaim:
    """One claim as the main job recorded it.

    Parameters
    ----------
    claim : str
        Such as "C01".
    folder : path, optional
        Default: the project's data/derived.

    Returns
    -------
    RecordedClaim

    Examples
    --------
    >>> import influence as inf
    >>> inf.claims.recorded_claim("C01").rule.loc["a", "supported"]
    '-0.405 to 0.405 (parity)'
    """
    register = archive().table("article_claims").set_index("claim_id")
    if claim not in register.index:
        raise KeyError(f"no claim {claim}; there are {register.index[0]} to {register.index[-1]}")
    names = ("parts", "years", "curves", "tests", "placebos", "decisive")
    tables = {f"claims_{name}": recorded(f"claims_{name}", folder) for name in names}
    own = {name: frame[frame["claim"] == claim].drop(columns="claim") for name, frame in tables.items()}
    row = {str(k): v for k, v in register.loc[claim].items()}
    return RecordedClaim(claim, row, recorded("claims_ledger", folder).T[claim], own)


def _between(cell: dict[str, Any]) -> str:
    if cell["from"] is None:
        return f"below {cell['to']:g}"
    return f"{cell['from']:g} or more" if cell["to"] is None else f"{cell['from']:g} to {cell['to']:g}"


def _depth(cell: Mapping[str, Any], value: float) -> float:
    """How far inside an outcome a number lies; negative outside it."""
    low = -math.inf if cell["from"] is None else float(cell["from"])
    high = math.inf if cell["to"] is None else float(cell["to"])
    return min(value - low, high - value)


def _given(value: Any) -> bool:
    return value is not None and value is not pd.NA and value == value and value != ""
