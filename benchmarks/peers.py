"""The panel by the fastest peer of each metric: igraph, networkit, rustworkx, networkx, R's sna, as far as installed.

A peer gets its graph by its own quickest route. It is timed as it answers; its conventions are turned into ours only
where numbers are compared.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from measure import clock

PACKAGES = ("igraph", "networkx", "networkit", "rustworkx", "pymnet", "py3plex")
ROLES = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")
DAMPING, KATZ = 0.85, 0.5
EQUAL = "compares path lengths with ==, which can miss paths of equal length"
EARLY = "stops iterating early"
KNOWN = {  # (metric, peer): where a peer's numbers are not ours, and why
    (
        "effective_size",
        "networkx",
    ): "wrong: divides by the strongest tie of the wrong actor (weighted or directed ties)",
    **{("betweenness", p): EQUAL for p in ("networkx", "networkit")},
    **{(m, "rustworkx"): EARLY for m in ("eigenvector", "pagerank", "hubs, authorities", "katz")},
    **{(m, p): EARLY for m in ("eigenvector", "pagerank") for p in ("networkit", "networkx")},
    ("katz", "networkit"): "another measure: an affine variant",
}
ANOTHER = [("katz", "networkit")]  # shown, never chosen


def installed() -> dict[str, str | None]:
    """Version of each peer, None if it is not there. R's sna is asked through Rscript."""
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    found["sna"] = None
    if shutil.which("Rscript"):
        asked = ["Rscript", "-e", 'cat(as.character(packageVersion("sna")), requireNamespace("network"))']
        told = subprocess.run(asked, capture_output=True, text=True)
        found["sna"] = told.stdout.split()[0] if told.returncode == 0 else None
    return found


@dataclass
class Ties:
    """One layer in one year as plain arrays, and the graphs that peers make of it, each made when first asked for."""

    n: int
    i: np.ndarray
    j: np.ndarray
    weight: np.ndarray
    radius: float = np.nan  # the leading eigenvalue, which Katz of the peers must be told

    @cached_property
    def igraph(self) -> Any:
        import igraph

        graph = igraph.Graph(n=self.n, edges=zip(self.i.tolist(), self.j.tolist(), strict=True), directed=True)
        graph.es["weight"], graph.es["length"] = self.weight.tolist(), (1 / self.weight).tolist()
        return graph

    @cached_property
    def networkx(self) -> Any:
        import networkx as nx

        graph = nx.DiGraph()
        graph.add_nodes_from(range(self.n))
        each = zip(self.i.tolist(), self.j.tolist(), self.weight.tolist(), (1 / self.weight).tolist(), strict=True)
        graph.add_edges_from((i, j, {"weight": w, "length": d}) for i, j, w, d in each)
        return graph

    @cached_property
    def networkit(self) -> Any:
        return self._networkit(self.i, self.j, self.weight)

    @cached_property
    def networkit_lengths(self) -> Any:
        return self._networkit(self.i, self.j, 1 / self.weight)

    @cached_property
    def networkit_against(self) -> Any:  # for closeness, which it takes along outgoing ties
        return self._networkit(self.j, self.i, 1 / self.weight)

    def _networkit(self, i: np.ndarray, j: np.ndarray, weight: np.ndarray) -> Any:
        import networkit

        return networkit.GraphFromCoo((weight, (i, j)), n=self.n, directed=True, weighted=True)

    @cached_property
    def rustworkx(self) -> Any:
        import rustworkx

        graph = rustworkx.PyDiGraph(multigraph=False)
        graph.add_nodes_from(range(self.n))
        graph.add_edges_from(list(zip(self.i.tolist(), self.j.tolist(), self.weight.tolist(), strict=True)))
        return graph

    def forget(self) -> None:
        for name in ("igraph", "networkx", "networkit", "networkit_lengths", "networkit_against", "rustworkx"):
            self.__dict__.pop(name, None)


def each_graph(table: pd.DataFrame) -> list[Ties]:
    """Layer by layer and year by year, all actors in each: what every peer starts from."""
    source, target = table["source"].astype("category"), table["target"].astype("category")
    names = source.cat.categories.union(target.cat.categories)
    i, j = (ends.cat.set_categories(names).cat.codes.to_numpy().astype(int) for ends in (source, target))
    weight = table["weight"].to_numpy()
    groups = table.groupby(["layer", "year"], sort=True).indices
    return [Ties(len(names), i[rows], j[rows], weight[rows]) for rows in groups.values()]


# --- who has what ---------------------------------------------------------------------------------

Answer = Callable[[Ties], Sequence[Sequence[float]]]


def answers() -> dict[str, dict[str, Answer]]:
    """Metric → peer → function from ties to one or two vectors, for the peers that are installed."""
    there = installed()
    known: dict[str, dict[str, Answer]] = {}
    for package, by_metric in {"igraph": _igraph, "networkx": _networkx}.items():
        for metric, function in by_metric().items():
            known.setdefault(metric, {})[package] = function
    for package, by_metric in {"networkit": _networkit, "rustworkx": _rustworkx}.items():
        for metric, function in (by_metric() if there[package] else {}).items():
            known.setdefault(metric, {})[package] = function
    return known


def _igraph() -> dict[str, Answer]:
    return {
        "strength": lambda t: [t.igraph.strength(weights="weight")],
        "betweenness": lambda t: [t.igraph.betweenness(weights="length")],
        "closeness": lambda t: [t.igraph.closeness(mode="in", weights="length")],
        "harmonic": lambda t: [t.igraph.harmonic_centrality(mode="in", weights="length")],
        "eigenvector": lambda t: [t.igraph.eigenvector_centrality(directed=True, weights="weight")],
        "pagerank": lambda t: [t.igraph.pagerank(damping=DAMPING, weights="weight")],
        "hubs, authorities": lambda t: [
            t.igraph.hub_score(weights="weight"),
            t.igraph.authority_score(weights="weight"),
        ],
        "constraint": lambda t: [t.igraph.constraint(weights="weight")],
    }


def _networkx() -> dict[str, Answer]:
    import networkx as nx

    def listed(found: dict[int, float]) -> list[float]:
        return [found[k] for k in range(len(found))]

    return {
        "strength": lambda t: [listed(dict(t.networkx.degree(weight="weight")))],
        "betweenness": lambda t: [listed(nx.betweenness_centrality(t.networkx, weight="length"))],
        "closeness": lambda t: [listed(nx.closeness_centrality(t.networkx, distance="length"))],
        "harmonic": lambda t: [listed(nx.harmonic_centrality(t.networkx, distance="length"))],
        "eigenvector": lambda t: [listed(nx.eigenvector_centrality(t.networkx, weight="weight", max_iter=1000))],
        "pagerank": lambda t: [listed(nx.pagerank(t.networkx, alpha=DAMPING, weight="weight"))],
        "hubs, authorities": lambda t: [listed(found) for found in nx.hits(t.networkx)],
        "katz": lambda t: [listed(nx.katz_centrality_numpy(t.networkx, alpha=KATZ / t.radius, weight="weight"))],
        "constraint": lambda t: [listed(nx.constraint(t.networkx, weight="weight"))],
        "effective_size": lambda t: [listed(nx.effective_size(t.networkx, weight="weight"))],
    }


def _networkit() -> dict[str, Answer]:
    from networkit import centrality

    generalized = centrality.ClosenessVariant.GENERALIZED
    return {
        "betweenness": lambda t: [centrality.Betweenness(t.networkit_lengths).run().scores()],
        "closeness": lambda t: [centrality.Closeness(t.networkit_against, True, generalized).run().scores()],
        "harmonic": lambda t: [centrality.HarmonicCloseness(t.networkit_against, False).run().scores()],
        "eigenvector": lambda t: [centrality.EigenvectorCentrality(t.networkit).run().scores()],
        "pagerank": lambda t: [centrality.PageRank(t.networkit, DAMPING).run().scores()],
        "katz": lambda t: [centrality.KatzCentrality(t.networkit, KATZ / t.radius, 1.0).run().scores()],
    }


def _rustworkx() -> dict[str, Answer]:
    import rustworkx as rx

    def both(t: Ties) -> list[list[float]]:
        return [list(found.values()) for found in rx.hits(t.rustworkx, weight_fn=float, max_iter=1000)]

    return {
        "closeness": lambda t: [
            list(rx.newman_weighted_closeness_centrality(t.rustworkx, weight_fn=float, wf_improved=True).values())
        ],
        "eigenvector": lambda t: [
            list(rx.eigenvector_centrality(t.rustworkx, weight_fn=float, max_iter=1000).values())
        ],
        "pagerank": lambda t: [list(rx.pagerank(t.rustworkx, alpha=DAMPING, weight_fn=float).values())],
        "hubs, authorities": both,
        "katz": lambda t: [
            list(rx.katz_centrality(t.rustworkx, alpha=KATZ / t.radius, weight_fn=float, max_iter=1000).values())
        ],
    }


def by_sna(graphs: Iterable[Ties], groups: np.ndarray) -> tuple[float, np.ndarray]:
    """Seconds of sna::brokerage over all graphs, and its counts, shape (graphs, n, 6)."""
    graphs = list(graphs)
    with tempfile.TemporaryDirectory() as folder:
        ties, dealt, counts = (Path(folder) / f"{name}.csv" for name in ("ties", "groups", "counts"))
        frames = [pd.DataFrame({"graph": k, "i": t.i, "j": t.j}) for k, t in enumerate(graphs)]
        pd.concat(frames).to_csv(ties, index=False)
        pd.DataFrame({"group": groups}).to_csv(dealt, index=False)
        script = Path(__file__).with_name("brokerage_by_sna.R")
        asked = ["Rscript", str(script), str(ties), str(dealt), str(counts)]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        found = pd.read_csv(counts).sort_values(["graph", "actor"])
    values = found.drop(columns=["graph", "actor"]).to_numpy(dtype=float)
    return float(told.split()[0]), values.reshape(len(graphs), len(groups), 6)


# --- conventions ----------------------------------------------------------------------------------


def aligned(metric: str, peer: str, t: Ties, vectors: Sequence[Sequence[float]]) -> dict[str, np.ndarray]:
    """A peer's answer in our conventions, by metric."""
    found = [np.asarray(vector, dtype=float) for vector in vectors]
    others = t.n - 1
    if metric == "betweenness" and peer != "networkx":
        found = [found[0] / (others * (others - 1))]
    elif metric == "closeness" and peer == "igraph":  # the mean over those who reach an actor, uncorrected
        reaching = np.array(t.igraph.neighborhood_size(order=t.n, mode="in")) - 1
        found = [np.nan_to_num(found[0]) * reaching / others]
    elif metric == "harmonic" and peer != "igraph":
        found = [found[0] / others]
    elif metric in ("eigenvector", "pagerank", "hubs, authorities", "katz"):
        found = [vector / vector.sum() for vector in found]
    return dict(zip(metric.split(", "), found, strict=True))


# --- the fastest of each, together ----------------------------------------------------------------


@dataclass
class Choice:
    """The fastest peer of each metric, the milliseconds a graph of every candidate, and who had no answer."""

    peer: dict[str, str]
    milliseconds: pd.DataFrame
    failed: list[str]


def choose(graphs: Sequence[Ties], runs: int = 3) -> Choice:
    """Time every peer's every metric on some graphs (its graph is made already), each against the others in turn."""
    candidates, rows, failed = answers(), [], []
    for metric, by_peer in candidates.items():
        able = {}
        for peer, function in by_peer.items():
            try:
                for t in graphs:
                    function(t)  # makes the graph, and loads what the library loads when first used
                able[peer] = function
            except Exception as failure:  # whatever a peer raises: it has no answer for these graphs
                failed.append(f"{metric} by {peer}: {type(failure).__name__}")
        for run in range(runs):
            for peer, function in able.items():
                start = clock()
                for t in graphs:
                    function(t)
                rows.append((metric, peer, run, 1000 * (clock() - start) / len(graphs)))
    times = pd.DataFrame(rows, columns=["metric", "peer", "run", "ms"]).groupby(["metric", "peer"], sort=False)["ms"]
    table = times.median().unstack().reindex(candidates)
    ours = table.copy()
    for metric, peer in ANOTHER:
        if peer in ours:
            ours.loc[metric, peer] = np.nan
    return Choice({metric: str(ours.loc[metric].idxmin()) for metric in ours.index}, table, failed)


def roles_by_loop(graph: Any, groups: Sequence[Any], b: Any) -> list[int]:
    """Gould–Fernandez of one actor as a user of networkx would write it."""
    counts, own = [0, 0, 0, 0, 0], groups[b]
    after = graph.succ[b]
    for a in graph.pred[b]:
        closed, of_a = graph.succ[a], groups[a]
        for c in after:
            if c != a and c not in closed:
                of_c = groups[c]
                if of_a == own:
                    counts[0 if of_c == own else 2] += 1
                elif of_c == own:
                    counts[3] += 1
                else:
                    counts[1 if of_a == of_c else 4] += 1
    return counts


def combined(
    table: pd.DataFrame, peer: dict[str, str], radii: Sequence[float], groups: Sequence[Any] | None = None
) -> pd.DataFrame:
    """The panel by the chosen peers, from the edge table to one tidy table.

    With groups, brokerage roles too, by a loop over networkx; else they are R's, and timed there.
    """
    known = answers()
    chosen = [(metric, known[metric][name]) for metric, name in peer.items()]
    values: list[np.ndarray] = []
    graphs = each_graph(table)
    for t, radius in zip(graphs, radii, strict=True):
        t.radius = radius
        for metric, function in chosen:
            try:
                values += [np.asarray(vector, dtype=float) for vector in function(t)]
            except Exception:  # some raise where the answer is not unique
                values += [np.full(t.n, np.nan)] * (1 + metric.count(","))
        if groups is not None:
            counts = np.array([roles_by_loop(t.networkx, groups, b) for b in range(t.n)], dtype=float)
            values += list(counts.T)
        t.forget()
    metrics = [m for names in peer for m in names.split(", ")] + ([*ROLES] if groups is not None else [])
    n, each = graphs[0].n, len(metrics)
    where = table[["layer", "year"]].drop_duplicates().sort_values(["layer", "year"])
    actors = pd.Index(pd.unique(pd.concat([table["source"], table["target"]]))).sort_values()
    return pd.DataFrame(
        {
            "actor": actors.take(np.tile(np.arange(n), each * len(graphs))),
            "year": np.repeat(where["year"].to_numpy(), each * n),
            "layer": np.repeat(where["layer"].to_numpy(), each * n),
            "metric": np.tile(np.repeat(metrics, n), len(graphs)),
            "value": np.concatenate(values),
        }
    )
