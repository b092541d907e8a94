"""The explorer as one file to share: it opens from disk, without a network and without Python."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from influence.explorer.state import State
from influence.explorer.study import Study
from influence.tables.write import write_text

HERE = Path(__file__).parent
# In the order in which the modules need each other; together they are one module.
PARTS = ("svg", "store", "network", "ranking", "roles", "receipts", "controls", "saving", "explorer")

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0 auto; max-width: 1280px; background: #fff; }}
{css}</style>
<main id="explorer"></main>
<noscript>This page draws with JavaScript, all of which is inside it.</noscript>
<script type="application/json" id="data">{data}</script>
<script type="module">
{js}
const data = JSON.parse(document.getElementById("data").textContent);
const model = {{
  get: (key) => data[key],
  set: (key, value) => {{ data[key] = value; }},
  save_changes() {{}}, send() {{}}, on() {{}}, off() {{}},
}};
render({{ model, el: document.getElementById("explorer") }});
</script>
</html>
"""


def javascript() -> str:
    """All drawing modules as one."""
    return "\n".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)


def stylesheet() -> str:
    return (HERE / "explorer.css").read_text(encoding="utf-8")


def page(study: Study, state: State) -> str:
    """The whole page as text: every year, layer, measure, partition and source, at the threshold of the view."""
    own = study.static()
    blocks = {key: study.block(key) for key in _all_keys(study, state)}
    data = {**state.plain(), "study": {**own, "keeps": [state.keep]}, "blocks": blocks}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
    js = javascript().replace("export default { render };", "")
    title = f"influence: {', '.join(study.layers)}, {study.net.years[0]}–{study.net.years[-1]}"
    return _PAGE.format(title=_escaped(title), css=stylesheet(), js=js, data=text)


def write_page(study: Study, path: Path | str, **view: Any) -> Path:
    """Write the page of a study.

    Parameters
    ----------
    study : Study
    path : path
    **view
        What is shown at first, as for `explore`: year, shown, measured_in, measure, partition, keep, pick, place.

    Returns
    -------
    Path
    """
    return write_text(page(study, study.start(**view)), path)


def _all_keys(study: Study, state: State) -> list[str]:
    """The blocks of every view that the page offers."""
    keys: set[str] = set()
    several = [c for k in range(2, len(study.layers) + 1) for c in itertools.combinations(study.layers, k)]
    sources = itertools.product(study.choices.get("trade", ("",)), study.choices.get("energy", ("",)))
    for trade, energy in sources:
        view = replace(state, trade=trade, energy=energy, shown=study.layers)
        for layer, partition in itertools.product(study.layers, study.partitions or ("",)):
            keys |= set(study.needed(replace(view, measured_in=layer, partition=partition)))
        for shown in several if study.measures["all"] else []:
            keys |= set(study.needed(replace(view, shown=shown, measured_in="all")))
    return sorted(keys)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
