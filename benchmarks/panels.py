"""W1 and W2: the whole panel, from the edge table to the result table, by ours, by networkx, by the best peers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from measure import in_turn, repeated, said_by
from peers import ROLES, Choice, Ties, aligned, answers, by_sna, choose, combined, each_graph, installed
from workloads import GROUPS, PANELS, partition_of, random_table

import influence as inf
from influence.metrics.registry import get_metric

FULL = (
    *("strength", "betweenness", "closeness", "harmonic", "eigenvector", "pagerank", "hubs", "authorities", "katz"),
    *("constraint", "effective_size", *ROLES),
)


@dataclass
class Compared:
    """One workload: seconds of each side, what was multiplied, the choice of peers, how far numbers are apart."""

    name: str
    shape: str
    ties: int
    ours: float
    building: float
    networkx: float
    peers: float
    sna: float | None
    years: int
    multiplied: int
    choice: Choice
    apart: dict[tuple[str, str], float]
    roles_equal: dict[str, bool]

    @property
    def best(self) -> float:
        return self.peers + (self.sna or 0.0)


def by_influence(table: pd.DataFrame, partition: pd.DataFrame, workers: int = 1) -> pd.DataFrame:
    net = inf.MultilayerNetwork.from_edges(table, partitions=partition)
    return inf.panel(net, list(FULL), partition="dealt", workers=workers)


def compare(name: str, some_years: int | None = None) -> Compared:
    """Time the three in turn; the others on some of the years, their times multiplied."""
    actors, densities, years, seed = PANELS[name]
    table = random_table(actors, densities, years, seed)
    partition = partition_of(table)
    chosen = sorted(set(table["year"]))[:: years // (some_years or years)]
    some = table[table["year"].isin(chosen)]
    graphs = each_graph(some)
    for t in graphs:
        t.radius = float(np.abs(np.linalg.eigvals(dense(t))).max())
    radii = [t.radius for t in graphs]
    first = graphs[:: len(chosen)]  # one year of each layer
    choice = choose(first)
    groups = np.arange(actors) % GROUPS
    only_networkx = {metric: "networkx" for metric in choice.peer}
    seconds = in_turn(
        {
            "ours": lambda: by_influence(table, partition),
            "peers": lambda: combined(some, choice.peer, radii),
            "networkx": lambda: combined(some, only_networkx, radii, groups.tolist()),
        },
        {"ours": 9, "peers": 7, "networkx": 3} if name == "W1" else {"ours": 3, "peers": 3, "networkx": 1},
    )
    times = years // len(chosen)
    sna, roles_equal = None, {}
    ours = {id: get_metric(id).kernel for id in FULL}
    counts = np.stack(
        [np.stack([ours[id](dense(t), directed=True, groups=groups) for id in ROLES], -1) for t in graphs]
    )
    if installed()["sna"]:
        sna, theirs = by_sna(graphs, groups)
        roles_equal["sna"] = bool((theirs[..., :5] == counts).all())
    loops = combined(some, {}, radii, groups.tolist())["value"].to_numpy().reshape(len(graphs), 5, actors)
    roles_equal["a loop over networkx"] = bool((loops.swapaxes(1, 2) == counts).all())
    return Compared(
        name=name,
        shape=f"{actors} actors × {len(densities)} layers × {years} years",
        ties=len(table),
        ours=seconds["ours"],
        building=repeated(inf.MultilayerNetwork.from_edges, lambda: table, 3),
        networkx=seconds["networkx"] * times,
        peers=seconds["peers"] * times,
        sna=None if sna is None else sna * times,
        years=len(chosen),
        multiplied=times,
        choice=choice,
        apart=distances(first),
        roles_equal=roles_equal,
    )


def dense(t: Ties) -> np.ndarray:
    matrix = np.zeros((t.n, t.n))
    matrix[t.i, t.j] = t.weight
    return matrix


def distances(graphs: list[Ties]) -> dict[tuple[str, str], float]:
    """Largest distance from ours of every peer's every metric, its conventions turned into ours; NaN: no answer."""
    found: dict[tuple[str, str], float] = {}
    for metric, by_peer in answers().items():
        for peer, function in by_peer.items():
            gaps = []
            for t in graphs:
                try:
                    theirs = aligned(metric, peer, t, function(t))
                except Exception:  # whatever a peer raises where the answer is not unique
                    continue
                for id, values in theirs.items():
                    ours = get_metric(id).kernel(dense(t), directed=True)
                    if not np.isnan(ours).all():
                        gaps.append(np.nanmax(np.abs(ours - values)))
            found[metric, peer] = float(max(gaps, default=np.nan))
    return found


def peak_and_workers(name: str) -> tuple[float, float]:
    """Peak memory in a fresh process, the edge table included; and wall clock of one process over that of two.

    From the edge table on, one and two in turn, after a first time that starts the worker processes.
    """
    code = [
        "import warnings; warnings.simplefilter('ignore')",
        "from statistics import median",
        "import measure, time; measure.clock = time.perf_counter  # of the parent, other processors do not count",
        "from measure import in_turn, peak",
        "from panels import by_influence",
        "from workloads import PANELS, partition_of, random_table",
        f"table = random_table(*PANELS[{name!r}])",
        "partition = partition_of(table)",
        "by_influence(table, partition); memory = peak()",
        "works = {k: lambda k=k: by_influence(table, partition, k) for k in (1, 2)}",
        "seconds = in_turn(works, 2)",
        "print(memory, seconds[1] / seconds[2])",
    ]
    memory, faster = said_by(code).split()
    return float(memory), float(faster)
