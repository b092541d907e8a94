"""The ledger and its pages as text for other programs: Markdown, CSV, JSON, HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas as pd

from influence.claims.report import Report
from influence.tables.write import round_significant

SHOWN = ("page", "paraphrase", "result", "verdict", "reason", "false_support", "agreeing", "p")
"""Columns of the ledger that fit a page."""


def as_text(what: pd.DataFrame | Sequence[Report], format: str) -> str:
    """A ledger, or pages of claims.

    Parameters
    ----------
    what : pandas.DataFrame or sequence of Report
        As `ledger` and `test` give them.
    format : {"md", "csv", "json", "html"}
        Pages are Markdown or HTML; a ledger is any. CSV and JSON have all columns, the others those that fit a page.
    """
    if not isinstance(what, pd.DataFrame):
        joined = [page.html if format == "html" else page.markdown for page in what]
        return _document("\n<hr>\n".join(joined)) if format == "html" else "\n\n".join(joined) + "\n"
    rounded = round_significant(what)
    if format == "csv":
        return rounded.to_csv(lineterminator="\n", float_format="%.9g")
    if format == "json":
        records = rounded.reset_index().astype(object)
        return json.dumps(records.where(records.notna(), None).to_dict("records"), ensure_ascii=False, indent=1) + "\n"
    page = rounded[list(SHOWN)].reset_index()
    shown = page.map(lambda v: f"{v:.2g}" if isinstance(v, float) and not pd.isna(v) else "" if pd.isna(v) else str(v))
    if format == "html":
        return _document(shown.to_html(index=False, border=0))
    rows = [list(shown.columns), ["---"] * len(shown.columns), *shown.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in rows) + "\n"


def _document(body: str) -> str:
    head = f'<meta charset="utf-8"><title>Claims</title><style>{_STYLE}</style>'
    return f'<!doctype html>\n<html lang="en">{head}\n{body}\n</html>\n'


_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{text-align:left;vertical-align:top;padding:.2rem .5rem}"
)
