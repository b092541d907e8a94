"""The figures of a recorded claim: over the years, among the outcomes of its rule, over the specifications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from influence.claims.judging import cell_at
from influence.claims.levels import over_years
from influence.claims.recorded_page import RecordedClaim

if TYPE_CHECKING:
    from influence.figures.export import SavedFigure

NAMES = {
    "doubtful": "doubtful rows",
    "exercise_unit": "an exercise counts",
    "flagged": "cautioned flows",
    "igos": "bodies",
    "missing": "missing flows",
    "roles": "seats",
    "trade_source": "source of trade",
}
"""Choice → what a figure prints; the others go by their own name."""


def draw_years(page: RecordedClaim, only: str = "", *, beside: str = "", **options: Any) -> SavedFigure:
    """Each part over the years before the outcomes of the rule, saved with caption and alt text made from the numbers.

    Parameters
    ----------
    page : RecordedClaim
    only : str
        Letters of the parts that are drawn, such as "ac". Default: all.
    beside : str
        A sentence more for the caption.
    **options
        Of `influence.figures.claim_years`.
    """
    from influence.figures import claim_years, save

    drawn = page.tables["claims_years"].reset_index(drop=True)
    panels = over_years([p for p in page.parts if not only or p["id"] in only], drawn)
    frame = drawn[drawn["part"].isin([p["id"] for p in panels])].reset_index(drop=True)
    told = "the verdict rests on the years taken together as the rule says, not on any single one."
    return save(
        claim_years(frame, panels, **options),
        f"claim_{page.claim.lower()}_years",
        data=frame,
        caption=_caption(
            page, f"By year, with intervals of 90 per cent, before the outcomes of the rule; {told}", beside
        ),
        alt=" ".join(_said_of_years(p, frame[frame["part"] == p["id"]]) for p in panels),
        sources=page.sources,
    )


def draw_parts(page: RecordedClaim, *, beside: str = "", **options: Any) -> SavedFigure:
    """Each part with its interval among the outcomes of the rule.

    Parameters
    ----------
    page : RecordedClaim
    beside : str
        A sentence more for the caption.
    **options
        Of `influence.figures.verdict_table`.
    """
    from influence.figures import save, verdict_table

    frame = page.tables["claims_parts"].assign(claim=page.claim).reset_index(drop=True)
    cells = pd.DataFrame([{"claim": page.claim, "part": p["id"], **c} for p in page.parts for c in p["outcomes"]])
    names = {(page.claim, p["id"]): p["quantity"] for p in page.parts}
    return save(
        verdict_table(frame, cells, names=names, **options),
        f"claim_{page.claim.lower()}_parts",
        data=frame,
        caption=_caption(page, "Each part with its interval of 90 per cent among the outcomes of the rule.", beside),
        alt=" ".join(_said_of_part(row) for row in frame.to_dict("records")),
        sources=page.sources,
    )


def draw_curve(page: RecordedClaim, part: str, *, beside: str = "", **options: Any) -> SavedFigure:
    """The specification curve of a part, the outcome of the primary specification tinted.

    Parameters
    ----------
    page : RecordedClaim
    part : str
    beside : str
        A sentence more for the caption.
    **options
        Of `influence.figures.specification_chart`.
    """
    from influence.figures import save, specification_chart

    table = page.specifications(part)
    own = next(p for p in page.parts if p["id"] == part)
    cell = cell_at(own, float(table.loc[table["primary"], "value"].iloc[0]))
    named = [c for c in table.columns if c not in ("part", "value", "rank", "primary", "weight")]
    choices = [c for c in named if table[c].nunique() > 1]  # one option is no choice
    agreeing, median = (float(page.robustness[name][part]) for name in ("agreeing", "median"))
    figure = specification_chart(
        table,
        choices=choices,
        unit=own["unit"],
        region=(cell["from"], cell["to"]),
        region_name=str(cell["label"]),
        median=median,
        names=NAMES,
        **options,
    )
    told = f"Part {part}, {own['quantity']}: all {len(table)} specifications; diamond: the primary one."
    return save(
        figure,
        f"claim_{page.claim.lower()}_{part}_curve",
        data=table,
        caption=_caption(page, told, beside),
        alt=f"{len(table)} values from {table['value'].min():.3g} to {table['value'].max():.3g}, median {median:.3g}; "
        f"{agreeing:.0%} of the specifications, by choice, lie in the outcome {cell['label']!r}, as the primary one.",
        sources=page.sources,
    )


def _caption(page: RecordedClaim, what: str, beside: str) -> str:
    told = [f"Claim {page.claim}, {page.register['paraphrase']}", what, beside, f"Sources: {', '.join(page.sources)}."]
    return " ".join(t for t in told if t)


def _said_of_years(part: dict[str, Any], own: pd.DataFrame) -> str:
    known = own.dropna(subset=["value"]).sort_values("year")
    if known.empty:
        return f"Panel {part['id']} has no value."
    first, last = known.iloc[0], known.iloc[-1]
    return (
        f"Panel {part['id']}, {part['quantity']}: {first['value']:.3g} in {first['year']:.0f}, {last['value']:.3g} in "
        f"{last['year']:.0f}, between {known['value'].min():.3g} and {known['value'].max():.3g}."
    )


def _said_of_part(row: dict[Any, Any]) -> str:
    told = f"Part {row['part']}, {row['quantity']}: {row['value']:.3g}, from {row['low']:.3g} to {row['high']:.3g}"
    return f"{told}, {row['verdict']}."
