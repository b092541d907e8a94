"""What it would take to undo a finding, with the evidence that it would have to be wrong on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from influence.network import MultilayerNetwork
from influence.network.edges import EVIDENCE
from influence.robustness.factor import Factors
from influence.robustness.rates import log_odds_against
from influence.robustness.switches import CANDIDATE

ROWS = ["evidence_id", "change", "layer", "kind", "ties", "p", "log_odds", *EVIDENCE]
_SHOWN = 10
Others = Callable[[Sequence[tuple[str, str]] | None], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Fragility:
    """What it would take to undo a finding.

    Attributes
    ----------
    finding : str
        In words.
    metric, layer, year, kind : str, str, int, str or None
    a, b : str
        Who is compared; b is None where `a` stands above all others.
    value_a, value_b : float
        As recorded, the tie between the two left out; of all others, the largest.
    holds : bool
        Whether the finding holds as recorded. If it does not, the rows are those whose miscoding would make it hold.
    rows : pandas.DataFrame
        The most probable set: evidence_id, change ("not there" or "missed"), layer, kind, ties (how many), p, log_odds,
        and the columns of the evidence. Empty if no set does it.
    size : int or None
        How many rows; None if no set does it.
    log_odds : float
        Σ log((1 − p)/p) over the rows; infinite if no set does it.
    probability : float
        That all of the rows are miscoded (Π p), whatever else is.
    p_reversal : float
        Share of the draws of doubt in which the finding is not as recorded; NaN without draws.
    exact : bool
        Whether no other set is more probable. If false, the rows are the best found.
    bound : float
        No set has smaller log odds: equal to `log_odds` if exact.
    factors : Factors or None
        For measured values: by what the values would have to be wrong.
    """

    finding: str
    metric: str
    layer: str | None
    year: int | None
    kind: str | None
    a: str | None
    b: str | None
    value_a: float
    value_b: float
    holds: bool
    rows: pd.DataFrame
    size: int | None
    log_odds: float
    probability: float
    p_reversal: float
    exact: bool
    bound: float
    factors: Factors | None
    receipts: pd.DataFrame = field(repr=False)
    _others: Others | None = field(default=None, repr=False)

    def placebos(self, pairs: Sequence[tuple[str, str]] | None = None) -> pd.DataFrame:
        """The same question for other pairs of actors.

        Parameters
        ----------
        pairs : sequence of (str, str), optional
            Default: every other actor in the place of the first, and in that of the second.

        Returns
        -------
        pandas.DataFrame
            a, b, value_a, value_b, holds, size, log_odds, probability, p_reversal, exact; the pair itself first.
        """
        if self._others is None:
            raise ValueError("placebo pairs are for a comparison of two actors")
        return self._others(pairs)

    def applied(self, net: MultilayerNetwork) -> MultilayerNetwork:
        """The network as it would be if the rows were miscoded: without those that are not there, with the missed.

        Parameters
        ----------
        net : MultilayerNetwork
            The one that the finding is about, or another reading of the same evidence.
        """
        gone = self.rows.loc[self.rows["change"] == "not there", "evidence_id"]
        come = self.receipts[self.receipts["change"] == "missed"]
        return net.without(gone).with_ties(come[[*CANDIDATE, "evidence_id"]])

    def __repr__(self) -> str:
        lines = [self.finding + (": holds" if self.holds else ": does not hold")]
        if self.a is not None:
            rival = self.b or "the next"
            lines.append(f"  {self.a} {self.value_a:.6g}, {rival} {self.value_b:.6g}")
        else:
            lines.append(f"  value {self.value_a:.6g}")
        lines.append("  " + self._told())
        shown = self.rows.head(_SHOWN)
        sources = shown["source_id"].map(lambda key: "" if pd.isna(key) else f", {key}")
        for id, change, p, source in zip(shown["evidence_id"], shown["change"], shown["p"], sources, strict=True):
            lines.append(f"    {id}: {change}, p = {p:.3g}{source}")
        if len(self.rows) > _SHOWN:
            lines.append(f"    ... and {len(self.rows) - _SHOWN} more in .rows")
        if not np.isnan(self.p_reversal):
            lines.append(f"  otherwise than recorded in {self.p_reversal:.1%} of the draws of doubt")
        if self.factors is not None:
            lines += [f"  {line}" for line in self.factors.lines()]
        return "\n".join(lines)

    def _told(self) -> str:
        does = "undo" if self.holds else "make"
        if self.size is None:
            if self.exact:
                return f"no set of rows in doubt would {does} it"
            return f"no set found that would {does} it; log odds of any at least {self.bound:.4g}"
        noun = "row" if self.size == 1 else "rows"
        best = "most probable set" if self.exact else f"best set found, log odds of any at least {self.bound:.4g}"
        odds = f"log odds {self.log_odds:.4g}, probability {self.probability:.3g}"
        return f"{self.size} {noun} of evidence would {does} it ({best}): {odds}"

    def _repr_html_(self) -> str:
        head, *rest = repr(self).splitlines()
        told = "<br>".join(line.strip() for line in rest if not line.startswith("    "))
        shown = self.rows[["evidence_id", "change", "kind", "ties", "p", "source_id", "locator", "presence_confidence"]]
        return f"<p><b>{head}</b><br>{told}</p>" + shown.to_html(index=False, border=0, na_rep="–")


def receipts_of(
    ties: pd.DataFrame, chosen: np.ndarray, missed: pd.DataFrame, p: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ties that go, or come, with some rows of evidence, and one line for each row."""
    gone = ties[ties["evidence_id"].isin(chosen)].assign(change="not there")
    come = missed[missed["evidence_id"].isin(chosen)].assign(change="missed", status="present")
    every = pd.concat([gone.astype(object), come.reindex(columns=gone.columns).astype(object)], ignore_index=True)
    every = every.sort_values(["evidence_id", "kind", "source", "target"], ignore_index=True)
    lines = every.groupby("evidence_id", sort=True)
    rows = lines.first()[["change", "layer", *EVIDENCE]]
    rows["kind"] = lines["kind"].agg(lambda kinds: ", ".join(sorted(set(kinds))))
    rows["ties"] = lines.size()
    rows["p"] = p.reindex(rows.index).astype(float)
    rows["log_odds"] = log_odds_against(rows["p"])
    return every, rows.reset_index()[ROWS]
