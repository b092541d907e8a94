"""One claim on one page."""

from __future__ import annotations

import html as escaping
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.claims.judging import rule_of

if TYPE_CHECKING:
    from influence.claims.testing import Result
    from influence.robustness import Curve


@dataclass(frozen=True)
class Report:
    """One claim: expectation, result, robustness, receipts.

    Attributes
    ----------
    claim : str
    register : dict
        The claim's row of the register.
    result : Result or None
        None where the claim is set aside.
    """

    claim: str
    register: dict[str, Any]
    result: Result | None

    @property
    def verdict(self) -> str:
        return str(rule_of(self.register).get("verdict")) if self.result is None else self.result.verdict

    @property
    def parts(self) -> pd.DataFrame:
        """By part: quantity, unit, years, value, low, high, verdict, label."""
        if self.result is None:
            return pd.DataFrame(columns=["quantity", "unit", "years", "value", "low", "high", "verdict", "label"])
        rows = [
            {"part": p.part, "quantity": p.quantity, "unit": p.unit, "years": p.years}
            | {"value": p.value, "low": p.low, "high": p.high, "verdict": p.verdict, "label": p.label}
            for p in self.result.parts
        ]
        return pd.DataFrame(rows).set_index("part")

    @property
    def by_year(self) -> pd.DataFrame:
        """part, year, value, low, high."""
        if self.result is None:
            return pd.DataFrame(columns=["part", "year", "value", "low", "high"])
        frames = [p.by_year.reset_index().assign(part=p.part) for p in self.result.parts if len(p.by_year)]
        return pd.concat(frames, ignore_index=True)[["part", "year", "value", "low", "high"]]

    @property
    def curve(self) -> dict[str, Curve]:
        """Part → specification curve."""
        return {} if self.result is None else self.result.curves

    @property
    def placebos(self) -> pd.DataFrame:
        """The rule in worlds in which it should not hold."""
        return pd.DataFrame() if self.result is None else self.result.placebos.table

    @property
    def receipts(self) -> pd.DataFrame:
        """The rows of evidence that move the first part most: change, source, locator, confidence."""
        if self.result is None or not self.result.decisive:
            return pd.DataFrame(columns=["change", "value_without", "source_id", "locator", "presence_confidence"])
        from influence.claims.receipts import with_sources

        return with_sources(next(iter(self.result.decisive.values())).moves)

    @property
    def markdown(self) -> str:
        """The page as Markdown."""
        return "\n".join(self._lines())

    @property
    def html(self) -> str:
        """The page as HTML."""
        return _html(self._lines())

    def __str__(self) -> str:
        return self.markdown

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.html

    def _lines(self) -> list[str]:
        row = self.register
        about = (
            f"{_said(row.get('stance'))}, p. {_said(row.get('page'))}" if row.get("page") else _said(row.get("stance"))
        )
        lines = [f"## {self.claim} · {self.verdict}", "", f"*{_said(row['paraphrase'])}* ({about})", ""]
        lines += [
            f"**Expectation.** {_said(row.get('expectation'))}",
            "",
            f"**Measured by.** {_said(row.get('quantity'))}",
            "",
        ]
        if self.result is None:
            return [*lines, f"**Set aside.** {_said(rule_of(row).get('reason'))}"]
        lines += ["**Result** (90 per cent interval of measurement and coding).", ""]
        for p in self.result.parts:
            label = f" ({p.label})" if p.label else ""
            value = (
                "cannot be computed" if math.isnan(p.value) else f"{p.value:.3g} [{p.low:.3g}, {p.high:.3g}] {p.unit}"
            )
            lines.append(f"- {p.part}. {p.quantity}, {p.years}: {value}: {p.verdict}{label}")
        return [*lines, "", "**How far it holds.** " + " ".join(self._robustness()), "", *self._evidence()]

    def _robustness(self) -> list[str]:
        assert self.result is not None
        told = []
        for part, curve in self.result.curves.items():
            words = f"Part {part}: {curve.share():.0%} of {len(curve.table)} specifications agree"
            if curve.test is not None:
                joint = curve.test.loc["joint"]
                words += f" (joint p {joint['p']:.2g} over {joint['worlds']:.0f} casts, "
                words += f"smallest attainable {joint['smallest_p']:.2g})"
            told.append(words + ".")
        placebos = self.result.placebos
        if len(placebos.table):
            weak = ": a weak test" if placebos.weak else ""
            told.append(f"The rule supports in {placebos.rate:.0%} of {len(placebos.table)} placebo worlds{weak}.")
        if self.result.source_dependent:
            told.append(
                "The sources of trade disagree: "
                + ", ".join(f"{s} {v}" for s, v in self.result.by_source.items())
                + "."
            )
        if str(self.register.get("true_by_construction", "")).lower() == "true":
            told.append("True by construction: it could not have come out otherwise.")
        return told or ["One specification; no placebo applies."]

    def _evidence(self) -> list[str]:
        assert self.result is not None
        lines = []
        for part, d in self.result.decisive.items():
            if d.rows:
                lines.append(
                    f"- Part {part} would be {d.value:.3g} ({d.verdict}) without {len(d.rows)} of its rows: "
                    + f"{', '.join(d.rows)}."
                )
            else:
                lines.append(f"- Part {part}: no set of a dozen rows or fewer was found that changes its outcome.")
            for actor, factor in d.factors.items():
                wrong = "no factor up to ten" if math.isnan(factor) else f"a factor of {factor:.3g}"
                lines.append(f"  All trade of {actor} with Central Asia: {wrong} changes it.")
        return ["**What decides it.**", "", *lines]

    def figure(self) -> Any:
        """The yearly values of the parts with their intervals, and the outcomes of the rule where it judges levels."""
        from influence.claims.levels import over_years
        from influence.figures import claim_years

        return claim_years(self.by_year, over_years(rule_of(self.register)["parts"], self.by_year))


def _said(value: Any) -> str:
    return "" if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else str(value)


def _html(lines: list[str]) -> str:
    """The few marks that a page uses, as HTML."""
    out, listed = [], False
    for line in lines:
        text = escaping.escape(line)
        if listed and not line.startswith("- "):
            out.append("</ul>")
            listed = False
        if line.startswith("## "):
            out.append(f"<h3>{text[3:]}</h3>")
        elif line.startswith("- "):
            out.append(("" if listed else "<ul>") + f"<li>{text[2:]}</li>")
            listed = True
        elif line:
            out.append(f"<p>{_marked(text)}</p>")
    return "\n".join([*out, "</ul>"] if listed else out)


def _marked(text: str) -> str:
    for mark, tag in (("**", "b"), ("*", "i")):
        pieces = text.split(mark)
        if len(pieces) % 2:
            text = "".join(p if k % 2 == 0 else f"<{tag}>{p}</{tag}>" for k, p in enumerate(pieces))
    return text
