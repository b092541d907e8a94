"""The results as markdown: gates first, then panels, single measures, agreements, and influence alone."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from measure import HEAVY, told
from panel_against_networkx import KNOWN_TO_DIFFER
from panels import Compared
from peers import KNOWN, installed
from workloads import LARGE


def report(found: dict[str, Any]) -> str:
    parts = [
        ["# influence beside networkx and other peers"],
        [
            "Written by `benchmarks/run.py`; the README beside it says what is measured. Only ratios travel. "
            + ("Processor time, one thread: the machine was busy." if found["busy"] else "Wall clock.")
        ],
        ["## What was to be reached", "", *table(["", "asked", "measured", "reached"], gates(found))],
        ["## Whole panels, from the edge table to the result table", "", *panels(found["panels"])],
        ["## Single measures", "", *single(found)],
        ["## By metric and peer", "", *by_metric(found["panels"])],
        ["## The bundled study, metric by metric", "", *study(found["study"])],
        ["## influence alone", "", *alone(found["alone"], found["study"])],
        ["## Where", "", machine()],
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def table(head: list[str], rows: Iterable[Iterable[Any]]) -> list[str]:
    line = "|---|" + "--:|" * (len(head) - 1)
    return ["| " + " | ".join(head) + " |", line, *("| " + " | ".join(map(str, row)) + " |" for row in rows)]


def gates(found: dict[str, Any]) -> list[list[str]]:
    rows: list[list[str]] = []

    def ratio(what: str, asked: float, measured: float) -> None:
        rows.append([what, f"≥ {asked:g}×", f"{measured:.1f}×", "yes" if measured >= asked else "**no**"])

    def below(what: str, asked: float, measured: float) -> None:
        if measured >= 0:
            rows.append([what, f"< {asked:g} MB", f"{measured:.0f} MB", "yes" if measured < asked else "**no**"])

    for panel in found["panels"]:
        ratio(f"{panel.name} beside networkx", {"W1": 30, "W2": 50}[panel.name], panel.networkx / panel.ours)
        if panel.sna is not None:
            ratio(f"{panel.name} beside the best peers combined", 5.5, panel.best / panel.ours)
    if "workers" in found:
        ratio("W2, two worker processes beside one", 1.3, found["workers"])
        below("W2, peak of a fresh process, edge table included", 600, found["memory"])
    by_name = {line.what: line for line in found["lines"]}
    for line in by_name.values():
        if line.what.startswith("Gould–Fernandez"):
            ratio(f"{line.what}, beside R's sna", 60, line.ratio)
        if line.what.startswith("constraint"):
            ratio(f"{line.what}, beside igraph's constraint alone", 6, line.ratio)
    if "large" in found:
        large = found["large"]
        ratio("W3: Gould–Fernandez beside a loop over networkx", 30, large["loop"] / large["roles"])
        below("W3: extra memory of Gould–Fernandez", 200, large["memory"]["roles"])
        ratio("W3: constraint + effective size beside igraph's constraint alone", 3, large["igraph"] / large["burt"])
        if large["networkx"]:
            seconds = large["networkx"]["seconds"]
            ratio("W3: constraint + effective size beside networkx's constraint alone", 60, seconds / large["burt"])
        below("W3: extra memory of constraint + effective size", 250, large["memory"]["burt"])
    return rows


def panels(compared: list[Compared]) -> list[str]:
    rows = []
    for c in compared:
        sna = "not installed" if c.sna is None else told(c.sna)
        some = "all years" if c.multiplied == 1 else f"{c.years} years, times {c.multiplied}"
        rows.append(
            [
                f"{c.name}: {c.shape}, {c.ties:,} ties",
                told(c.ours),
                f"{told(c.networkx)} ({c.networkx / c.ours:.0f}×)",
                f"{told(c.best)} ({c.best / c.ours:.1f}×)",
                sna,
                some,
            ]
        )
    head = ["workload", "influence", "networkx", "best peers combined", "of which sna", "the others did"]
    equal = all(same for c in compared for same in c.roles_equal.values())
    missing = [name for name, known in installed().items() if known is None]
    picked = [f"- {c.name}: " + ", ".join(f"{m} {p}" for m, p in c.choice.peer.items()) + "." for c in compared]
    return [
        *table(head, rows),
        "",
        "Strength, betweenness, closeness, harmonic, eigenvector, PageRank, hubs and authorities, Katz, constraint, "
        "effective size, the five roles of Gould and Fernandez; weighted and directed. Building the network from the "
        f"edge table is {', '.join(f'{told(c.building)} of {c.name}' for c in compared)}.",
        "",
        "The best peers combined: for each metric the fastest that has it, its graph by its quickest route, and for "
        "the roles R's sna (effective size is only in networkx, where it is wrong on such ties):",
        "",
        *picked,
        "",
        f"Role counts of sna and of the loop over networkx {'equal ours' if equal else '**differ from ours**'}.",
        *([f"Not installed and left out: {', '.join(missing)}."] if missing else []),
    ]


def single(found: dict[str, Any]) -> list[str]:
    rows = [
        [line.what, line.peer, f"{line.ratio:.1f}×", told(line.ours), told(line.theirs), f"{line.apart:.0e}", line.note]
        for line in found["lines"]
    ]
    if "large" in found:
        large, name = found["large"], f"W3 ({LARGE['actors']:,} actors, {LARGE['ties']:,} ties): "
        both = name + "constraint + effective size"
        extra = {k: f"{v:.0f} MB" if v >= 0 else "not told" for k, v in large["memory"].items()}
        loop = f"the loop ran over {large['actors']:,} actors drawn at random, {large['share']:.0%} of all chains; "
        loop += extra["roles"]
        rows += [
            _row(name + "Gould–Fernandez", "a loop over networkx", large["roles"], large["loop"], large["off"], loop),
            _row(both, "igraph's constraint alone", large["burt"], large["igraph"], large["gap"], extra["burt"]),
        ]
        if large["networkx"]:
            other, memory = large["networkx"]["seconds"], large["networkx"]["memory"] / 1000
            note = f"once; networkx {memory:.1f} GB" if memory > 0 else "once"
            rows.append(_row(both, "networkx's constraint alone", large["burt"], other, float("nan"), note))
        at_once = f"{extra['both']}; one search for triangles"
        rows.append([name + "all of them at once", "–", "–", told(large["both"]), "–", "–", at_once])
    return [
        *table(["measure", "peer", "ratio", "influence", "peer", "largest difference", ""], rows),
        "",
        "One graph of each layer of W2 unless said otherwise, times a graph. Memory: the highest resident memory while "
        "working less that before, in a fresh process, imports done and the graph in memory.",
    ]


def _row(what: str, peer: str, ours: float, theirs: float, off: float, note: str) -> list[str]:
    return [what, peer, f"{theirs / ours:.1f}×", told(ours), told(theirs), "–" if off != off else f"{off:.0e}", note]


def by_metric(compared: list[Compared]) -> list[str]:
    last = compared[-1]
    rows = []
    for (metric, peer), off in last.apart.items():
        shown = [c.choice.milliseconds.loc[metric, peer] for c in compared]
        times = ["–" if pd.isna(ms) else f"{ms:.3g} ms" for ms in shown]
        rows.append([metric, peer, *times, "no answer" if off != off else f"{off:.0e}", KNOWN.get((metric, peer), "")])
    head = ["metric", "peer", *(f"a graph of {c.name}" for c in compared), "largest difference", "why"]
    failed = sorted({text for c in compared for text in c.choice.failed})
    return [
        *table(head, rows),
        "",
        f"Differences are on a year of {last.name}, after the peer's conventions were turned into ours. "
        + (f"Without an answer: {'; '.join(failed)}." if failed else "Everyone had an answer."),
    ]


def study(found: dict[str, Any]) -> list[str]:
    metrics = found["metrics"]
    rows = [
        [m, f"{r.networkx / r.influence:.0f}×", told(r.influence), told(r.networkx), f"{r['values']:.0f}"]
        + [f"{r.agree:.0%}", f"{r.largest:.0e}"]
        for m, r in metrics.iterrows()
    ]
    whole = f"All {len(metrics)} at once: {found['networkx'] / found['ours']:.0f}× "
    return [
        whole + f"({told(found['ours'])} beside {told(found['networkx'])}; 34 actors × 4 layers × 12 years).",
        "",
        *table(["metric", "ratio", "influence", "networkx", "values", "same", "largest distance"], rows),
        "",
        "Same: to one millionth of the metric's mean, where both define a value. All must, except:",
        *(f"{m} ({why})," for m, why in KNOWN_TO_DIFFER.items()),
        "which are only reported.",
    ]


def alone(fresh: dict[str, Any], whole: dict[str, Any]) -> list[str]:
    light, graph, frames = (fresh[f"import {m}"][0] for m in ("influence", "networkx", "pandas"))
    panel, validate = fresh["load and full panel"], fresh["influence validate"]
    metrics, values = whole["size"]
    beside = f"networkx {graph / light:.0f}×, pandas {frames / light:.0f}×"
    rows = [
        ["`import influence`, fresh process", told(light), beside],
        [f"modules it loads of {', '.join(HEAVY)}", "none", ""],
        ["`load()`", told(whole["load"]), f"fresh process with all imports {told(fresh['load'][0])}"],
        [
            f"full panel ({metrics} metrics, {values:,} values)",
            told(whole["seconds"]),
            f"fresh process with imports and `load()` {told(panel[0])}",
        ],
        ["its peak memory", f"{panel[1]:.0f} MB", f"pandas alone {fresh['import pandas'][1]:.0f} MB"],
        ["`influence validate`, fresh process", told(validate[0]), ""],
        ["its peak memory", f"{validate[1]:.0f} MB", ""],
    ]
    return table(["", "", "beside it"], rows)


def machine() -> str:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.exists() else []
    model = next((f" ({w.partition(':')[2].strip()})" for w in lines if w.startswith("model name")), "")
    own = [f"{p} {version(p)}" for p in ("numpy", "pandas", "scipy", "frictionless")]
    peers = [f"{name} {known or 'not installed'}" for name, known in installed().items()]
    return (
        f"{platform.system()} on {platform.machine()}{model}, {os.cpu_count()} cores, one BLAS thread; Python "
        f"{platform.python_version()}, {', '.join([*own, *peers])}, influence {version('influence')}."
    )
