"""Ten thousand draws of the whole panel of first metrics: wall time, memory, and two processes beside one.

python benchmarks/draws.py                 the whole: some minutes
python benchmarks/draws.py --draws 1000    a tenth of it
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

# Matrices of 34 rows are too small to share: several BLAS threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

GOAL_MINUTES, GOAL_MB, GOAL_SPEEDUP = 6.0, 1000.0, 1.7


def main(draws: int = 10_000, workers: int = 2) -> list[str]:
    """Rows of a markdown table: what was done, how long it took, in how much memory.

    Parameters
    ----------
    draws : int
    workers : int
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INFLUENCE_CACHE"] = folder
        seconds, memory = whole_panel(draws, workers)
        ratio = speedup(max(draws // 20, 50), workers)
    return [
        f"| {draws:,} draws, 12 years, 4 layers, first metrics, {workers} processes | {seconds / 60:.1f} min "
        f"(goal {GOAL_MINUTES:.0f}) | {memory:.0f} MB (goal {GOAL_MB:.0f}) |",
        f"| {workers} processes beside one, the same work | {ratio:.2f} × (goal {GOAL_SPEEDUP}) | |",
    ]


def whole_panel(draws: int, workers: int) -> tuple[float, float]:
    """Seconds of wall time, and the largest memory of all processes together in MB."""
    with Memory() as memory:
        seconds = timed(draws, workers)
    return seconds, memory.most


def speedup(draws: int, workers: int, runs: int = 3) -> float:
    """How many times faster several processes are than one; both start warm and take turns."""
    timed(50, workers, years=2009)
    ratios = []
    for _ in range(runs):
        alone = timed(draws, 1)
        ratios.append(alone / timed(draws, workers))
    return median(ratios)


def timed(draws: int, workers: int, years: int | None = None) -> float:
    import influence as inf
    from influence.robustness import doubt, intervals

    net = inf.load()
    of = doubt(net)
    start = time.perf_counter()
    intervals(net, partition="region", years=years, of=of, draws=draws, workers=workers, fresh=True)
    return time.perf_counter() - start


class Memory:
    """The largest resident memory of this process and its children, looked at ten times a second (Linux)."""

    def __enter__(self) -> Memory:
        self.most, self._over = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, sum(resident(pid) for pid in family(os.getpid())))


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += family(int(child))
    return found


def resident(pid: int) -> float:
    """Resident memory of a process in MB; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--draws", type=int, default=10_000)
    asked.add_argument("--workers", type=int, default=2)
    given = asked.parse_args()
    print("| what | time | memory |\n|---|---|---|")
    print("\n".join(main(given.draws, given.workers)))
