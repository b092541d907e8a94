"""1,000 random graphs with the degrees of one snapshot, Gould–Fernandez and betweenness on each; beside networkx.

python benchmarks/rewiring_against_networkx.py            networkx does all of them (a minute or two)
python benchmarks/rewiring_against_networkx.py --quick    networkx does every tenth, and its time is multiplied by ten

networkx swaps pairs of ties, ten attempts a tie (its own `directed_edge_swap` gives up on dense graphs). In the dense
layer 99 in 100 of them fail, so that it moves far fewer ties there than we do, ten times each. The last column gives
networkx our trick, to swap the ties that are absent where these are fewer.
"""

from __future__ import annotations

import os

# Matrices of 34 rows are too small to share: several BLAS threads only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse  # noqa: E402
import random  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from statistics import median  # noqa: E402
from typing import Any  # noqa: E402

import networkx as nx  # noqa: E402
import numpy as np  # noqa: E402

import influence as inf  # noqa: E402
from influence.metrics.registry import get_metric  # noqa: E402
from influence.robustness import rewire  # noqa: E402

ACTORS, DRAWS, SEED = 34, 1000, 1
DENSITIES = {"sparse": 0.1, "dense": 0.9}
ROLES = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")


def main(*, every: int = 1, runs: int = 3) -> list[dict[str, Any]]:
    """One row a layer: seconds of both and their ratio. `every` is how many draws networkx skips to one it does."""
    rows = []
    groups = np.arange(ACTORS) % 5
    for name, density in DENSITIES.items():
        tie = snapshot(density)
        by_influence(tie, groups, 20)  # imports and caches
        ours = []
        for _ in range(runs):
            start = time.process_time()
            stack, counts, between = by_influence(tie, groups, DRAWS)
            ours.append(time.process_time() - start)
        plain = by_networkx(tie, groups, DRAWS // every) * every
        helped = plain if density < 0.5 else by_networkx(tie, groups, DRAWS // every, absent=True) * every
        agree(stack, counts, between, groups)
        rows.append(
            {
                "layer": name,
                "ties": int(tie.sum()),
                "draws": DRAWS,
                "influence_seconds": median(ours),
                "networkx_seconds": plain,
                "ratio": plain / median(ours),
                "ratio_with_our_trick": helped / median(ours),
            }
        )
    return rows


def snapshot(density: float) -> np.ndarray:
    tie = (np.random.default_rng(SEED).random((ACTORS, ACTORS)) < density).astype(int)
    np.fill_diagonal(tie, 0)
    return tie


def by_influence(tie: np.ndarray, groups: np.ndarray, draws: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    stack = rewire(tie, draws=draws, seed=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", inf.brokerage.DensityWarning)
        counts = inf.brokerage.role_counts(stack, directed=True, groups=groups)
    kernel = get_metric("betweenness").kernel
    assert kernel is not None
    between = kernel(stack.astype(float), directed=True)
    return stack, np.stack([counts[role] for role in ROLES], axis=-1), between


def by_networkx(tie: np.ndarray, groups: np.ndarray, draws: int, *, absent: bool = False) -> float:
    """Seconds that networkx needs; with `absent` it swaps the ties that are not there."""
    start = time.process_time()
    graph = nx.from_numpy_array(tie, create_using=nx.DiGraph)
    for k in range(draws):
        drawn = nx.complement(graph) if absent else graph.copy()
        swap_pairs(drawn, 10 * drawn.number_of_edges(), random.Random(k))
        if absent:
            drawn = nx.complement(drawn)
        networkx_roles(drawn, groups)
        nx.betweenness_centrality(drawn)
    return time.process_time() - start


def swap_pairs(graph: nx.DiGraph, attempts: int, rng: random.Random) -> None:
    """Double-edge swaps of a directed graph: a → b, c → d to a → d, c → b unless that makes a loop or a double tie."""
    ties = list(graph.edges)
    for _ in range(attempts):
        i, j = rng.randrange(len(ties)), rng.randrange(len(ties))
        (a, b), (c, d) = ties[i], ties[j]
        if a == d or c == b or graph.has_edge(a, d) or graph.has_edge(c, b):
            continue
        graph.remove_edges_from([(a, b), (c, d)])
        graph.add_edges_from([(a, d), (c, b)])
        ties[i], ties[j] = (a, d), (c, b)


def networkx_roles(graph: nx.DiGraph, groups: np.ndarray) -> np.ndarray:
    """The five counts of every actor, as a user of networkx would write them."""
    counts = np.zeros((len(graph), len(ROLES)))
    group = groups.tolist()
    for b in graph:
        for a in graph.pred[b]:
            closed = graph.succ[a]
            for c in graph.succ[b]:
                if a == c or c in closed:
                    continue
                if group[a] == group[b] == group[c]:
                    role = 0
                elif group[a] == group[c]:
                    role = 1
                elif group[a] == group[b]:
                    role = 2
                elif group[b] == group[c]:
                    role = 3
                else:
                    role = 4
                counts[b, role] += 1
    return counts


def agree(stack: np.ndarray, counts: np.ndarray, between: np.ndarray, groups: np.ndarray) -> None:
    """The same numbers on the same graphs, and all degrees as they were."""
    assert (stack.sum(axis=1) == stack[0].sum(axis=0)).all() and (stack.sum(axis=2) == stack[0].sum(axis=1)).all()
    for k in range(0, len(stack), 100):
        graph = nx.from_numpy_array(stack[k], create_using=nx.DiGraph)
        np.testing.assert_array_equal(networkx_roles(graph, groups), counts[k])
        np.testing.assert_allclose(list(nx.betweenness_centrality(graph).values()), between[k], atol=1e-12)


def as_markdown(rows: list[dict[str, Any]]) -> str:
    lines = ["| layer | ties | influence | networkx | ratio | with our trick |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {r['layer']} | {r['ties']} | {r['influence_seconds']:.2f} s | {r['networkx_seconds']:.1f} s | "
        f"{r['ratio']:.0f}× | {r['ratio_with_our_trick']:.0f}× |"
        for r in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="networkx does every tenth graph")
    print(as_markdown(main(every=10 if asked.parse_args().quick else 1)))
