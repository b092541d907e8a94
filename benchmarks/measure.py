"""Measuring: medians of interleaved runs, fresh processes, peak memory above a baseline."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

BUSY = "INFLUENCE_BENCH_BUSY"  # set by run.py --busy, for its child processes too
clock = time.process_time if os.environ.get(BUSY) else time.perf_counter

HEAVY = ("scipy", "igraph", "networkx", "matplotlib", "seaborn", "frictionless", "joblib")


def repeated(work: Callable[[Any], Any], prepare: Callable[[], Any], runs: int) -> float:
    """Median CPU seconds of `work`, on a fresh thing each time: what else the machine does counts for less."""
    seconds = []
    for _ in range(runs):
        thing = prepare()
        start = time.process_time()
        work(thing)
        seconds.append(time.process_time() - start)
    return median(seconds)


def in_turn(works: Mapping[str, Callable[[], Any]], runs: Mapping[str, int] | int) -> dict[str, float]:
    """Median seconds of several pieces of work, run one after the other and again.

    Of the wall clock; on a busy machine, of the processor. Each is run once before, unless it runs only once: what a
    library loads when first used is not counted.
    """
    times = runs if isinstance(runs, Mapping) else dict.fromkeys(works, runs)
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for name, work in works.items():
        if times[name] > 1:
            work()
    for run in range(max(times.values())):
        for name, work in works.items():
            if run < times[name]:
                start = clock()
                work()
                seconds[name].append(clock() - start)
    return {name: median(each) for name, each in seconds.items()}


def fresh(code: str) -> tuple[float, float, list[str]]:
    """Run code in a new Python: seconds, peak memory in MB, which heavy modules it loaded."""
    lines = [
        "import sys, time",
        "start = time.process_time()",
        code,
        "seconds = time.process_time() - start",
        f"loaded = [m for m in {HEAVY!r} if m in sys.modules]",
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})",
        "from measure import peak",
        "print(seconds, peak(), *loaded)",
    ]
    seconds, memory, *loaded = said_by(lines).splitlines()[-1].split()
    return float(seconds), float(memory), loaded


def said_by(lines: list[str]) -> str:
    """What these lines print in a new Python that finds the modules beside this one."""
    first = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})"
    run = subprocess.run([sys.executable, "-c", "\n".join([first, *lines])], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr)
    return run.stdout


def _status(field: str) -> float:
    line = next(w for w in Path("/proc/self/status").read_text().splitlines() if w.startswith(field))
    return int(line.split()[1]) / 1024


def peak() -> float:
    """Largest resident memory of this process so far, in MB."""
    if Path("/proc/self/status").exists():  # Linux: getrusage would count what the parent held before
        return _status("VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def extra_peak(work: Callable[[], Any]) -> float:
    """By how many MB the resident memory of this process rises at most while it works; −1 where that is not told.

    Linux only: the mark of the highest level is set back first, so that what was needed to get ready does not count.
    """
    clear = Path("/proc/self/clear_refs")
    if not (clear.exists() and os.access(clear, os.W_OK)):
        return -1.0
    clear.write_text("5")
    before = _status("VmRSS")
    work()
    return _status("VmHWM") - before


def told(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"
