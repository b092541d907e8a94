"""What nbval does not see: whether a notebook was run in one go, compares anything, and keeps to the house's form.

Each check returns what is wrong, as sentences. It is run on every notebook, and on small made-up ones that it must
refuse: a check that cannot fail is worse than none.
"""

import copy
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from influence.notebooks import METADATA, is_slug

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PROMISED = [
    "00_start_here",
    "01_actors_and_sources",
    "02_institutions",
    "03_security",
    "04_trade",
    "05_energy_pipelines",
    "06_multilayer_centrality",
    "07_brokerage",
    "08_how_sure_are_we",
    "09_claims_ledger",
    "10_concordance",
]
LARGEST = 600_000
COMPARED = 0.6


def code_cells(notebook):
    """Code cells that hold code."""
    return [c for c in notebook["cells"] if c["cell_type"] == "code" and source(c).strip()]


def source(cell):
    return "".join(cell["source"])


def outputs(notebook):
    return [(cell, output) for cell in code_cells(notebook) for output in cell["outputs"]]


def text_of(output):
    """What nbval compares of an output: printed text and text/plain."""
    if output["output_type"] == "stream":
        return "".join(output["text"]) if output["name"] == "stdout" else ""
    return "".join(output.get("data", {}).get("text/plain", ""))


def says_something(output):
    """Whether that text is more than that a figure was drawn."""
    text = text_of(output).strip()
    return bool(text) and not re.fullmatch(r"<(Figure size|Axes|IPython\.core).*>", text)


# --- the checks ------------------------------------------------------------------------------------------------


def not_run_in_one_go(notebook):
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


def errors_and_warnings(notebook):
    found = []
    for cell, output in outputs(notebook):
        if output["output_type"] == "error":
            found.append(f"{cell['id']}: holds an error")
        elif output.get("name") == "stderr":
            found.append(f"{cell['id']}: shows a warning: {''.join(output['text'])[:80]}")
    return found


def compares_too_little(notebook):
    cells = code_cells(notebook)
    skipped = re.compile(r"^\s*#\s*(NBVAL_IGNORE_OUTPUT|NBVAL_SKIP|PYTEST_VALIDATE_IGNORE_OUTPUT)", re.M)
    compared = [
        cell
        for cell in cells
        if any(says_something(output) for output in cell["outputs"])
        and not skipped.search(source(cell))
        and not {"nbval-ignore-output", "nbval-skip"} & set(cell["metadata"].get("tags", []))
    ]
    share = len(compared) / max(len(cells), 1)
    return [] if share >= COMPARED else [f"only {len(compared)} of {len(cells)} code cells have text to compare"]


def does_not_survive_comparison(notebook):
    found = [f"{c['id']}: ends with ';'" for c in code_cells(notebook) if source(c).rstrip().endswith(";")]
    for cell, output in outputs(notebook):
        if re.search(r"\bat 0x[0-9a-f]{6,}", text_of(output)):
            found.append(f"{cell['id']}: shows an address in memory")
        if "\r" in text_of(output):
            found.append(f"{cell['id']}: shows a progress bar")
    return found


def stray_metadata(notebook):
    found = [] if notebook["metadata"] == METADATA else ["the notebook's metadata are not the fixed ones"]
    return found + [f"{c['id']}: has time stamps" for c in notebook["cells"] if "execution" in c["metadata"]]


def unnamed_cells(notebook):
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    found = [f"the cell id {cell_id!r} is not a name" for cell_id in ids if not is_slug(cell_id)]
    return found + [f"two cells are called {cell_id!r}" for cell_id, n in Counter(ids).items() if n > 1]


NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w)")
ASIDE = [
    r"```.*?```",
    r"`[^`]*`",
    r"\$[^$]+\$",
    r"!?\[[^\]]*\]\([^)]*\)",
    r"https?://\S+",
    r"<[^>]+>",
    r"^\s*\d+\.\s",  # a numbered list
    r"\b\d+\(\d+(?:/\d+)?\)(?::\s*\d+(?:[–-]\d+)?)?",  # volume(issue): pages
    # pages and notes, one or several
    r"\b(?:pp?|nn?|(?:foot)?notes?)\.?\s*\d+(?:[–-]\d+)?(?:(?:,|;|\s+and)\s*(?:pp?\.\s*|nn?\.\s*)?\d+(?:[–-]\d+)?)*",
    r"\b(?:[0-3]?\d\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:\s+[0-3]?\d\b)?",
    r"\b(?:19|20)\d\d(?:[–-](?:\d\d)?\d\d)?\b(?!,\d)",  # years
]


def unprinted_numbers(notebook):
    printed = {Decimal(n.replace(",", "")) for _, output in outputs(notebook) for n in NUMBER.findall(text_of(output))}
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "markdown":
            continue
        prose = source(cell)
        for pattern in ASIDE:
            prose = re.sub(pattern, " ", prose, flags=re.S | re.M)
        for number in NUMBER.findall(prose):
            if Decimal(number.replace(",", "")) not in printed:
                found.append(f"{cell['id']}: {number} is printed by no cell")
    return found


def no_question(notebook):
    first = notebook["cells"][0]
    if first["cell_type"] != "markdown" or "?" not in source(first):
        return ["the first cell asks no question"]
    return [] if re.search(r"\bpp?\.\s*\d", source(first)) else ["the first cell names no pages of the article"]


def no_limits(notebook):
    last_code = max((k for k, c in enumerate(notebook["cells"]) if c["cell_type"] == "code"), default=-1)
    closing = " ".join(source(c) for c in notebook["cells"][last_code + 1 :]).lower()
    return [
        f"the closing text does not say {what}"
        for what, words in {
            "what the data cannot say": r"\b(cannot|can not|do not|does not)\s+(say|tell|show)",
            "what would change our mind": r"\bchange\s+(our|my|one's|your)\s+minds?\b",
        }.items()
        if not re.search(words, closing)
    ]


CHECKS = [
    not_run_in_one_go,
    errors_and_warnings,
    compares_too_little,
    does_not_survive_comparison,
    stray_metadata,
    unnamed_cells,
    unprinted_numbers,
    no_question,
    no_limits,
]


# --- on the notebooks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_notebook(path, check):
    wrong = check(json.loads(path.read_text(encoding="utf-8")))
    assert not wrong, "\n".join([path.name, *wrong])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_notebook_is_light_enough_to_review(path):
    assert path.stat().st_size < LARGEST


def test_the_promised_notebooks_are_there():
    assert set(PROMISED) <= {path.stem for path in NOTEBOOKS}


# --- on made-up ones: each check can fail ----------------------------------------------------------------------


def markdown(cell_id, text):
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": text}


def code(cell_id, count, text, *found):
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {},
        "execution_count": count,
        "source": text,
        "outputs": list(found),
    }


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def result(text):
    return {"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": {"text/plain": text}}


GOOD = {
    "metadata": METADATA,
    "nbformat": 4,
    "nbformat_minor": 5,
    "cells": [
        markdown("question", "# Who arms whom?\nFacon 2013, *Asian Survey* 53(3): 461–483, pp. 471, 473–474 and n. 3."),
        code("count", 1, "print(n)", stream("1,274 ties, density 0.50")),
        code("table", 2, "frame", result("    share\nRUS  97.0")),
        markdown("reading", "In 2001–2012: 1,274 ties (97 % Russian, density 0.5) on 31 December, see `x[7]`."),
        markdown("limits", "## Limits\nPrices would change our mind. What the data cannot say: motives."),
    ],
}


def spoiled(change):
    notebook = copy.deepcopy(GOOD)
    change(notebook["cells"], notebook)
    return notebook


BAD = {
    "never executed": (not_run_in_one_go, lambda c, nb: c[1].update(execution_count=None)),
    "executed out of order": (not_run_in_one_go, lambda c, nb: c[1].update(execution_count=3)),
    "error": (
        errors_and_warnings,
        lambda c, nb: c[1]["outputs"].append({"output_type": "error", "ename": "E", "evalue": "", "traceback": []}),
    ),
    "warning": (errors_and_warnings, lambda c, nb: c[1]["outputs"].append(stream("careful", "stderr"))),
    "only figures": (
        compares_too_little,
        lambda c, nb: (c[1].update(outputs=[]), c[2].update(outputs=[result("<Figure size 640x480 with 1 Axes>")])),
    ),
    "comparison switched off": (
        compares_too_little,
        lambda c, nb: c[1].update(source="# NBVAL_IGNORE_OUTPUT\nprint(n)"),
    ),
    "comparison switched off by a tag": (
        compares_too_little,
        lambda c, nb: c[1]["metadata"].update(tags=["nbval-skip"]),
    ),
    "semicolon": (does_not_survive_comparison, lambda c, nb: c[1].update(source="plt.plot(x);\n")),
    "address": (does_not_survive_comparison, lambda c, nb: c[2].update(outputs=[result("<Axes at 0x7f3a20>")])),
    "progress bar": (does_not_survive_comparison, lambda c, nb: c[1].update(outputs=[stream("\r 10%\r 20%")])),
    "time stamps": (stray_metadata, lambda c, nb: c[1]["metadata"].update(execution={"iopub.status.busy": "x"})),
    "interpreter's version": (
        stray_metadata,
        lambda c, nb: nb.update(metadata={**METADATA, "language_info": {"name": "python", "version": "3.11.2"}}),
    ),
    "random id": (unnamed_cells, lambda c, nb: c[1].update(id="9f3ba1c0")),
    "position as id": (unnamed_cells, lambda c, nb: c[1].update(id="c07")),
    "id twice": (unnamed_cells, lambda c, nb: c[1].update(id="table")),
    "invented count": (unprinted_numbers, lambda c, nb: c[3].update(source="There were 1,275 ties.")),
    "invented share": (unprinted_numbers, lambda c, nb: c[3].update(source="Its share is 96.5 %.")),
    "number only on stderr": (
        unprinted_numbers,
        lambda c, nb: (c[3].update(source="There are 88."), c[1].update(outputs=[stream("88", "stderr")])),
    ),
    "no question": (no_question, lambda c, nb: c[0].update(source="# Arms\npp. 471–473")),
    "no pages": (no_question, lambda c, nb: c[0].update(source="# Who arms whom?")),
    "no limits": (no_limits, lambda c, nb: c[4].update(source="This would change our mind. The end.")),
    "no doubt": (no_limits, lambda c, nb: c[4].update(source="What the data cannot say: motives.")),
    "limits before the last result": (no_limits, lambda c, nb: c.append(code("more", 3, "x", stream("1")))),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_notebook_passes(check):
    assert check(GOOD) == []


@pytest.mark.parametrize("what", BAD)
def test_a_bad_notebook_is_refused(what):
    check, change = BAD[what]
    assert check(spoiled(change))


def test_every_check_is_seen_to_fail():
    assert {check for check, _ in BAD.values()} == set(CHECKS)
