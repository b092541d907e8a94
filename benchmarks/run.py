"""Time and memory of influence, beside networkx and beside the best peers. Writes results.md.

python benchmarks/run.py            everything: eight minutes or so
python benchmarks/run.py --quick    the others do two of the sixty years of the large panel instead of six
python benchmarks/run.py --busy     processor time instead of the wall clock, one thread: where others work too
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from pathlib import Path
from statistics import median
from typing import Any

# Matrices of 34 or 200 rows are too small to share: several BLAS threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if "--busy" in sys.argv:  # before anything reads the clock or starts threads
    os.environ.update(INFLUENCE_BENCH_BUSY="1", OMP_NUM_THREADS="1", RAYON_NUM_THREADS="1")

from measure import fresh, repeated, said_by  # noqa: E402


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="the others do two years of the large panel, not six")
    asked.add_argument("--busy", action="store_true", help="processor time, one thread")
    asked.add_argument("--no-large", action="store_true", help="leave out the large panel and the large graph")
    asked.add_argument("--out", type=Path, default=Path(__file__).with_name("results.md"))
    given = asked.parse_args()
    warnings.simplefilter("ignore")  # dense layers are meant here

    from report import report

    said("fresh processes")  # first: a child's peak must not be measured against a large parent
    found: dict[str, Any] = {"busy": given.busy, "alone": fresh_processes()}
    if not given.no_large:
        said("W3, one large graph")
        found["large"] = large_graph()
        said("W2 in processes of its own")
        from panels import peak_and_workers

        found["memory"], found["workers"] = peak_and_workers("W2")
    said("single measures")
    from lines import lines

    found["lines"] = lines()
    said("the bundled study")
    found["study"] = study()
    from panels import compare

    said("W1")
    found["panels"] = [compare("W1")]
    if not given.no_large:
        said("W2")
        found["panels"].append(compare("W2", 2 if given.quick else 6))
    text = report(found)
    given.out.write_text(text, encoding="utf-8")
    print(text)


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


def large_graph() -> dict[str, Any]:
    """W3: times in one process, each peak of memory in another; networkx's constraint only where there is room."""
    from large import OURS

    found = json.loads(said_by(["import large; large.times()"]))
    found["memory"] = {name: float(said_by([f"import large; large.memory({name!r})"])) for name in OURS}
    found["networkx"] = None
    if memory_free() > 10:
        told = said_by(["import large; large.constraint_by_networkx()"])
        found["networkx"] = dict(zip(("seconds", "memory"), map(float, told.split()), strict=True))
    return found


def memory_free() -> float:
    """Gigabytes that are free; unknown counts as none."""
    known = Path("/proc/meminfo")
    lines = known.read_text().splitlines() if known.exists() else []
    return next((int(w.split()[1]) / 1e6 for w in lines if w.startswith("MemAvailable")), 0.0)


def study() -> dict[str, Any]:
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
    frame = inf.panel(net)
    return {
        "metrics": agreement,
        "ours": repeated(lambda n: both.by_influence(n, both.METRICS), inf.load, 7),
        "networkx": repeated(lambda t: both.by_networkx(t, both.METRICS), lambda: ties, 3),
        "seconds": repeated(inf.panel, inf.load, 7),
        "size": (frame["metric"].nunique(), len(frame)),
        "load": repeated(lambda _: inf.load(), lambda: None, 7),
    }


def said(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
