"""Time and memory of influence, beside networkx doing the same metrics. Writes results.md.

python benchmarks/run.py            everything; networkx needs some minutes for the large workload
python benchmarks/run.py --quick    networkx does every tenth year of it, and its time is multiplied by ten
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

# Matrices of 34 or 200 rows are too small to share: several BLAS threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

HEAVY = ("scipy", "igraph", "networkx", "matplotlib", "seaborn", "frictionless", "joblib")
WORKLOADS = {  # actors, density of each layer, years, seed
    "W1": (34, (0.15, 0.9, 0.1, 0.5), 12, 1),
    "W2": (200, (0.6, 0.05, 0.05, 0.3, 0.1, 0.2), 60, 2),
}
EVERY = 10  # --quick: networkx does each tenth year of W2


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="networkx does a tenth of the large workload")
    asked.add_argument("--no-large", action="store_true", help="leave the large workload out")
    asked.add_argument("--out", type=Path, default=Path(__file__).with_name("results.md"))
    given = asked.parse_args()

    said("fresh processes")  # first: a child's peak must not be measured against a large parent
    alone = fresh_processes()
    said("the bundled study")
    rows, metrics, whole = study()
    for name in WORKLOADS:
        if name == "W2" and given.no_large:
            continue
        said(name)
        rows.append(random_workload(name, every=EVERY if given.quick and name == "W2" else 1))
    text = report(alone, rows, metrics, whole)
    given.out.write_text(text, encoding="utf-8")
    print(text)


# --- measuring --------------------------------------------------------------------------------------------------


def repeated(work: Callable[[Any], Any], prepare: Callable[[], Any], runs: int) -> float:
    """Median CPU seconds of `work`, on a fresh thing each time: what else the machine does counts for less."""
    seconds = []
    for _ in range(runs):
        thing = prepare()
        start = time.process_time()
        work(thing)
        seconds.append(time.process_time() - start)
    return median(seconds)


def fresh(code: str) -> tuple[float, float, list[str]]:
    """Run code in a new Python: seconds, peak memory in MB, which heavy modules it loaded."""
    lines = [
        "import sys, time",
        "start = time.process_time()",
        code,
        "seconds = time.process_time() - start",
        f"loaded = [m for m in {HEAVY!r} if m in sys.modules]",
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})",
        "from run import peak",
        "print(seconds, peak(), *loaded)",
    ]
    run = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    seconds, memory, *loaded = run.stdout.splitlines()[-1].split()
    return float(seconds), float(memory), loaded


def peak() -> float:
    """Largest resident memory of this process so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: getrusage would count what the parent held before this process started
        line = next(w for w in status.read_text().splitlines() if w.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def fresh_processes() -> dict[str, tuple[float, float, list[str]]]:
    tasks = {
        "import influence": ("import influence", 9),
        "import networkx": ("import networkx", 9),
        "import pandas": ("import pandas", 9),
        "load": ("import influence as inf; inf.load()", 3),
        "load and full panel": ("import influence as inf; inf.panel(inf.load())", 3),
        "influence validate": ("from influence.tables import validate; validate()", 3),
    }
    found = {}
    for name, (code, runs) in tasks.items():
        several = [fresh(code) for _ in range(runs)]
        found[name] = (median(s for s, _, _ in several), max(m for _, m, _ in several), several[0][2])
    assert found["import influence"][2] == [], f"import influence loads {found['import influence'][2]}"
    return found


def study() -> tuple[list[dict[str, Any]], Any, dict[str, float]]:
    """The bundled study: the common metrics by both, one by one and all at once; our whole panel alone."""
    import panel_against_networkx as both

    import influence as inf

    net = inf.load()
    ties = both.study_ties(net)
    agreement = both.compared(
        both.by_influence(net, both.METRICS), both.by_networkx(ties, both.METRICS, converged=True)
    )
    singly = {
        m: (
            repeated(lambda n, m=m: both.by_influence(n, [m]), lambda: net, 7),
            repeated(lambda t, m=m: both.by_networkx(t, [m]), lambda: ties, 3),
        )
        for m in both.METRICS
    }
    agreement["influence"] = [singly[m][0] for m in agreement.index]
    agreement["networkx"] = [singly[m][1] for m in agreement.index]
    ours = repeated(lambda n: both.by_influence(n, both.METRICS), inf.load, 7)
    theirs = repeated(lambda t: both.by_networkx(t, both.METRICS), lambda: ties, 3)
    frame = inf.panel(net)
    whole = {
        "seconds": repeated(inf.panel, inf.load, 7),
        "metrics": frame["metric"].nunique(),
        "values": len(frame),
        "load": repeated(lambda _: inf.load(), lambda: None, 7),
    }
    name = "the study: 34 actors × 4 layers × 12 years"
    return [{"name": name, "ours": ours, "theirs": theirs, "note": ""}], agreement, whole


def peak_and_workers(name: str) -> tuple[float, float]:
    """Peak memory in a fresh process, the edge table included; and wall clock of one process over that of two.

    From the edge table on, second time of two: the first starts the worker processes.
    """
    code = [
        f"import sys, time; sys.path.insert(0, {str(Path(__file__).parent)!r})",
        "import influence as inf, panel_against_networkx as both",
        "from run import WORKLOADS, peak",
        f"table = both.random_table(*WORKLOADS[{name!r}])",
        "def wall(**how):",
        "    start = time.perf_counter()",
        "    inf.panel(inf.MultilayerNetwork.from_edges(table), [*both.ONE_MODE, *both.ITERATED], **how)",
        "    return time.perf_counter() - start",
        "first = wall(); memory = peak(); one = min(first, wall()); wall(workers=2); two = wall(workers=2)",
        "print(memory, one / two)",
    ]
    run = subprocess.run([sys.executable, "-c", "\n".join(code)], capture_output=True, text=True, check=True)
    memory, faster = run.stdout.split()
    return float(memory), float(faster)


def random_workload(name: str, *, every: int = 1) -> dict[str, Any]:
    """Seeded random layers, from the edge table to the panel."""
    import panel_against_networkx as both

    import influence as inf

    actors, densities, years, seed = WORKLOADS[name]
    table = both.random_table(actors, densities, years, seed)
    metrics = [*both.ONE_MODE, *both.ITERATED]
    runs = 5 if name == "W1" else 1
    build = repeated(inf.MultilayerNetwork.from_edges, lambda: table, runs)
    ours = repeated(lambda n: both.by_influence(n, metrics), lambda: inf.MultilayerNetwork.from_edges(table), runs)
    memory, pairs = peak_and_workers(name) if name == "W2" else (0.0, 0.0)
    chosen = sorted(set(table["year"]))[::every]
    some = table[table["year"].isin(chosen)]
    ties = both.random_ties(some)
    theirs = every * repeated(lambda t: both.by_networkx(t, metrics), lambda: ties, runs)
    one_year = [t for t in ties if t.year == chosen[0]]
    converged = both.by_networkx(one_year, metrics, converged=True)
    both.compared(
        both.by_influence(inf.MultilayerNetwork.from_edges(table[table["year"] == chosen[0]]), metrics), converged
    )
    note = f"{len(table):,} ties; network from the edge table {build:.2g} s"
    note += f"; peak {memory:,.0f} MB; two workers {pairs:.2f}×" if name == "W2" else ""
    note += f"; networkx: {len(chosen)} of {years} years, times {every}" if every > 1 else ""
    return {
        "name": f"{name}: {actors} × {len(densities)} × {years}, random",
        "ours": build + ours,
        "theirs": theirs,
        "note": note,
    }


# --- saying -----------------------------------------------------------------------------------------------------


def said(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


def report(alone: dict[str, Any], rows: list[dict[str, Any]], metrics: Any, whole: dict[str, float]) -> str:
    from panel_against_networkx import KNOWN_TO_DIFFER

    light, graph, frames = (alone[f"import {m}"][0] for m in ("influence", "networkx", "pandas"))
    panel = alone["load and full panel"]
    lines = [
        "# influence beside networkx",
        "",
        "Written by `benchmarks/run.py`; the README beside it says what is measured. Only ratios travel.",
        "",
        "## The same metrics by both",
        "",
        f"{len(metrics)} metrics: {', '.join(metrics.index)}.",
        "",
        "| workload | networkx / influence | influence | networkx | |",
        "|---|--:|--:|--:|---|",
        *(
            f"| {r['name']} | {r['theirs'] / r['ours']:.0f}× | {told(r['ours'])} | {told(r['theirs'])} | {r['note']} |"
            for r in rows
        ),
        "",
        "Metric by metric, on the study:",
        "",
        "| metric | networkx / influence | influence | networkx | values | same | largest distance |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {m} | {r.networkx / r.influence:.0f}× | {told(r.influence)} | {told(r.networkx)} | {r['values']:.0f} "
            f"| {r.agree:.0%} | {r.largest:.0e} |"
            for m, r in metrics.iterrows()
        ),
        "",
        "Same: to one millionth of the metric's mean, where both define a value. All must, except:",
        *(f"{m} ({why})," for m, why in KNOWN_TO_DIFFER.items()),
        "which are only reported.",
        "",
        "## influence alone",
        "",
        "| | | beside it |",
        "|---|--:|---|",
        f"| `import influence`, fresh process | {told(light)} "
        f"| networkx {graph / light:.0f}×, pandas {frames / light:.0f}× |",
        f"| modules it loads of {', '.join(HEAVY)} | none | |",
        f"| `load()` | {told(whole['load'])} | fresh process with all imports {told(alone['load'][0])} |",
        f"| full panel ({whole['metrics']} metrics, {whole['values']:,} values) | {told(whole['seconds'])} "
        f"| fresh process with imports and `load()` {told(panel[0])} |",
        f"| its peak memory | {panel[1]:.0f} MB | pandas alone {alone['import pandas'][1]:.0f} MB |",
        f"| `influence validate`, fresh process | {told(alone['influence validate'][0])} | |",
        f"| its peak memory | {alone['influence validate'][1]:.0f} MB | |",
        "",
        "## Where",
        "",
        machine(),
        "",
    ]
    return "\n".join(lines)


def told(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"


def machine() -> str:
    cpu = Path("/proc/cpuinfo")
    found = (
        [w.partition(":")[2].strip() for w in cpu.read_text().splitlines() if w.startswith("model name")]
        if cpu.exists()
        else []
    )
    packages = ", ".join(
        f"{p} {version(p)}" for p in ("numpy", "pandas", "scipy", "igraph", "networkx", "frictionless")
    )
    kind = f" ({found[0]})" if found else ""
    return (
        f"{platform.system()} on {platform.machine()}{kind}, {os.cpu_count()} cores, one BLAS thread; Python "
        f"{platform.python_version()}, {packages}, influence {version('influence')}."
    )


if __name__ == "__main__":
    main()
