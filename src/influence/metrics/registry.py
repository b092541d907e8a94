"""The register of metrics: what each measures, by which formula, after whom, and where its oracle stands.

A metric is a kernel ``f(a[..., n, n], *, directed, **options) -> [..., n]`` over stacks of matrices. `metric` makes
from it the public function (graph in, labelled Series out) and the entry by which `panel` calls the kernel over all
snapshots at once. A user's own graph → Series function joins by `register_metric` and is looped.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from influence.metrics._triangles import large_graph
from influence.network.adapter import Adjacency, GraphError, as_dense, as_incidence, as_matrix, as_stack

Kernel = Callable[..., np.ndarray]
Reader = Callable[[Any, Adjacency], Any]
LEVELS = ("layer", "multiplex", "two_mode")


@dataclass(frozen=True)
class Metric:
    """One entry of the register. `list_metrics` shows all of them as a table.

    Attributes
    ----------
    id : str
        The name by which `panel` and the command line know it.
    measures, formula, reference : str
        One line each: what it says about an actor, how it is computed, after whom.
    weight : str
        What a weight means in it: "strength", "length" (paths run over 1/weight), "conductance", "share", "capacity" or
        "presence".
    direction : str
        Which ties of an actor count.
    range : tuple of float
        Closed interval in which every defined value lies.
    flow_process : {"transport", "walk", "none"}
        What must travel along ties for it to mean something (Borgatti 2005).
    level : {"layer", "multiplex", "two_mode"}
        Whether it reads one layer, all layers of a snapshot, or an actor × organization network.
    oracle : str
        The id of the test that fails when the kernel is replaced.
    isolate, empty : float or None
        The value of an actor without ties, and of every actor of a layer without ties; None where it depends on the
        other actors.
    disconnected : str
        What happens when not every actor can be reached.
    needs : tuple of str
        Options without default that are labelled by actor: "groups".
    shares : callable or None
        ``f(a, *, directed, **options) -> {id: values}``: computes several metrics that have their work in common;
        `panel` calls it once for all of them.
    sparse : callable or None
        The same for one `SparseGraph`: taken where that is quicker, or where a dense matrix would not fit.
    """

    id: str
    measures: str
    formula: str
    reference: str
    weight: str
    direction: str
    range: tuple[float, float]
    flow_process: str
    level: str
    family: str
    oracle: str
    isolate: float | None
    empty: float | None
    disconnected: str
    needs: tuple[str, ...] = ()
    kernel: Kernel | None = field(default=None, repr=False)
    shares: Callable[..., dict[str, np.ndarray]] | None = field(default=None, repr=False)
    sparse: Callable[..., dict[str, np.ndarray]] | None = field(default=None, repr=False)
    function: Callable[..., pd.Series] | None = field(default=None, repr=False)


_METRICS: dict[str, Metric] = {}


def metric(
    id: str,
    *,
    measures: str,
    formula: str,
    reference: str,
    weight: str,
    direction: str,
    range: tuple[float, float],
    oracle: str,
    isolate: float | None = 0.0,
    empty: float | str | None = "as isolate",
    disconnected: str = "–",
    flow_process: str = "none",
    level: str = "layer",
    needs: Sequence[str] = (),
    shares: Callable[..., dict[str, np.ndarray]] | None = None,
    sparse: Callable[..., dict[str, np.ndarray]] | None = None,
    reads: Reader | None = None,
) -> Callable[[Kernel], Callable[..., pd.Series]]:
    """Register a kernel and turn it into the public, labelled function. The fields are those of `Metric`.

    The public function takes ``(graph, *, weight="weight", directed=None, unknown="absent", **options)``; options in
    `needs` are Series (or mappings) by actor, aligned by name before the kernel sees integer codes. `reads` turns
    a graph and its adjacency into the matrix that the kernel shall see, where that is not the weights.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {level!r}")

    def wrap(kernel: Kernel) -> Callable[..., pd.Series]:
        public = _public(id, kernel, level, tuple(needs), reads, sparse)
        module = kernel.__module__.rpartition(".")[2]
        _METRICS[id] = registered = Metric(
            id=id,
            measures=measures,
            formula=formula,
            reference=reference,
            weight=weight,
            direction=direction,
            range=range,
            flow_process=flow_process,
            level=level,
            family=SHOWN_BY.get(module, module),
            oracle=oracle,
            isolate=isolate,
            empty=isolate if isinstance(empty, str) else empty,
            disconnected=disconnected,
            needs=tuple(needs),
            kernel=kernel,
            shares=shares,
            sparse=sparse,
            function=public,
        )
        public.__doc__ = _documented(kernel.__doc__ or "", registered)
        return public

    return wrap


def register_metric(id: str, function: Callable[..., pd.Series], *, measures: str = "", **fields: Any) -> None:
    """Register your own graph → Series function, so that `panel`, figures and the command line know it.

    Parameters
    ----------
    id : str
        A name that is not taken.
    function : callable
        Takes a `Layer` (or any graph that `as_matrix` reads) and returns a Series indexed by actor. It is called
        once a layer and year; if it takes ``unknown=``, `panel` tells it what unknown ties count as.
    measures : str, optional
        One line for `list_metrics`; the first line of the docstring if left out.
    **fields
        Any other field of `Metric`.

    Examples
    --------
    >>> import influence as inf
    >>> inf.register_metric("twice_degree", lambda graph: 2 * inf.centrality.degree(graph), measures="an example")
    >>> "twice_degree" in inf.list_metrics().index
    True
    >>> inf.metrics.registry.unregister_metric("twice_degree")
    """
    if id in _METRICS:
        raise ValueError(f"a metric named {id!r} is registered already; choose another name")
    told = measures or (inspect.getdoc(function) or "").partition("\n")[0]
    given = {
        "formula": "",
        "reference": "user's own",
        "weight": "as the function reads it",
        "direction": "",
        "range": (-np.inf, np.inf),
        "flow_process": "none",
        "level": "layer",
        "family": "own",
        "oracle": "",
        "isolate": np.nan,
        "empty": np.nan,
        "disconnected": "",
        **fields,
    }
    _METRICS[id] = Metric(id=id, measures=told, function=function, **given)


def unregister_metric(id: str) -> None:
    """Take a metric out of the register again."""
    get_metric(id)
    del _METRICS[id]


def own_metrics() -> dict[str, Metric | None]:
    """All ids in order, with what joined by `register_metric`: what another process must `take_over`."""
    _load_all()
    return {id: m if m.kernel is None else None for id, m in _METRICS.items()}


def take_over(entries: Mapping[str, Metric | None]) -> None:
    """Register what another process has registered, in its order."""
    _load_all()
    known = dict(_METRICS)
    _METRICS.clear()
    _METRICS.update({id: entry or known[id] for id, entry in entries.items()})


def get_metric(id: str) -> Metric:
    """The entry of one metric.

    Raises
    ------
    KeyError
        Unknown id; the message names those that are close.
    """
    _load_all()
    if id not in _METRICS:
        import difflib

        close = difflib.get_close_matches(id, _METRICS, n=3)
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        raise KeyError(f"no metric named {id!r}{hint} inf.list_metrics() shows all of them")
    return _METRICS[id]


def list_metrics() -> pd.DataFrame:
    """All registered metrics, one row each, with what they measure, formula, reference and conventions.

    Returns
    -------
    pandas.DataFrame
        Indexed by metric id, in the order of the modules.

    Examples
    --------
    >>> import influence as inf
    >>> inf.list_metrics().loc["constraint", "weight"]
    'strength'
    """
    _load_all()
    shown = [f for f in Metric.__dataclass_fields__ if f not in ("kernel", "shares", "sparse", "function")]
    rows = [{f: getattr(m, f) for f in shown} for m in sorted(_METRICS.values(), key=_place)]
    return pd.DataFrame(rows, columns=shown).set_index("id")


def _place(metric: Metric) -> int:
    """Where a metric stands in the list: with its module, whatever was imported first; users' own come last."""
    maker = metric.kernel or metric.function
    module = maker.__module__.rpartition(".")[2] if maker else ""
    return MODULES.index(module) if module in MODULES else len(MODULES)


@functools.cache
def _load_all() -> None:
    """Registration happens on import; the register is complete once every metric module was imported."""
    import importlib

    for name in MODULES:
        importlib.import_module(f"influence.metrics.{name}")


MODULES = (
    "degrees",
    "paths",
    "spectral",
    "walks",
    "current_flow",
    "structural_holes",
    "brokerage",
    "multiplex",
    "versatility",
    "layer_turns",
    "multiplex_structure",
    "cross_layer",
    "two_mode",
    "two_mode_centrality",
    "transit",
    "transit_power",
    "routes",
    "dependence",
)
# Modules whose metrics another one shows: its name is the family that users see.
SHOWN_BY = {
    **dict.fromkeys(("degrees", "paths", "spectral", "walks", "current_flow"), "centrality"),
    **dict.fromkeys(("versatility", "layer_turns"), "multiplex"),
    "two_mode_centrality": "two_mode",
}


def _public(
    id: str,
    kernel: Kernel,
    level: str,
    needs: tuple[str, ...],
    reads: Reader | None,
    sparse: Callable[..., dict[str, np.ndarray]] | None,
) -> Callable[..., pd.Series]:
    def on_layer(
        graph: Any,
        *,
        weight: str | None = "weight",
        directed: bool | None = None,
        unknown: Any = "absent",
        **options: Any,
    ) -> pd.Series:
        adjacency = as_matrix(graph, weight=weight, directed=directed, unknown=unknown)
        matrix = reads(graph, adjacency) if reads else adjacency.matrix
        codes = {name: align_codes(options.pop(name, None), adjacency.labels, id, name) for name in needs}
        large = large_graph(matrix) if sparse else None
        if sparse and large:
            values = sparse(large, directed=adjacency.directed, **codes, **options)[id]
        else:
            values = kernel(as_dense(matrix).astype(float), directed=adjacency.directed, **codes, **options)
        hidden = 0 if adjacency.unknown is None else int(adjacency.unknown.sum())
        return labelled(values, adjacency.labels, id, graph, unknown=unknown, unknown_ties=hidden, **options)

    def on_layers(graph: Any, *, weight: str | None = "weight", unknown: Any = "absent", **options: Any) -> pd.Series:
        stack = as_stack(graph, weight=weight, unknown=unknown)
        values = over_layers(kernel, stack.matrix, stack.names, stack.directed, options)
        chosen = {p.name: p.default for p in own if p.default is not p.empty} | options
        series = labelled(values, stack.labels, id, graph, unknown=unknown, **chosen)
        series.attrs["influence"]["layers"] = stack.names
        return series

    def on_incidence(graph: Any, **options: Any) -> pd.Series:
        incidence = as_incidence(graph)
        return labelled(kernel(incidence.matrix, **options), incidence.actors, id, graph, **options)

    public: Callable[..., pd.Series] = {"layer": on_layer, "multiplex": on_layers, "two_mode": on_incidence}[level]
    own = [
        p for p in inspect.signature(kernel).parameters.values() if p.kind is p.KEYWORD_ONLY and p.name != "directed"
    ]
    standing = [p for p in inspect.signature(public).parameters.values() if p.kind is not p.VAR_KEYWORD]
    functools.update_wrapper(public, kernel)
    public.__signature__ = inspect.Signature([*standing, *own])  # type: ignore[attr-defined]
    del public.__wrapped__  # type: ignore[attr-defined]  # doctest and help shall show the public function
    return public


class LayerRefused(GraphError):
    """A layer that a multiplex metric cannot take. Kernels know its place only; `over_layers` puts in the name."""

    def __init__(self, layer: int, why: str, name: str | None = None) -> None:
        self.layer, self.why = layer, why
        super().__init__(f"the layer {name if name is not None else f'number {layer + 1}'} {why}")


def over_layers(
    kernel: Kernel, a: np.ndarray, names: Sequence[str], directed: np.ndarray, options: Mapping[str, Any]
) -> np.ndarray:
    """Call a multiplex kernel: options by layer are aligned by name, and a layer that is refused is named."""
    aligned = {key: _by_layer(key, value, names) for key, value in options.items()}
    try:
        return kernel(a, directed=directed, **aligned)
    except LayerRefused as refused:
        raise LayerRefused(refused.layer, refused.why, names[refused.layer]) from None


def _by_layer(key: str, value: Any, names: Sequence[str]) -> Any:
    """A DataFrame layer × layer as an array in the order of the layers; anything else as it is."""
    if not isinstance(value, pd.DataFrame):
        return value
    for side, index in (("rows", value.index), ("columns", value.columns)):
        if set(index) != set(names) or index.has_duplicates:
            told = ", ".join(map(str, index))
            raise ValueError(f"{key}: its {side} must be the layers {', '.join(names)}, not {told}")
    return value.loc[list(names), list(names)].to_numpy(dtype=float)


def _documented(doc: str, metric: Metric) -> str:
    """The docstring with what the register knows, so that the two cannot disagree."""
    doc = inspect.cleandoc(doc)
    low, high = metric.range
    facts = [
        f"Formula: {metric.formula}.",
        f"Ties: {metric.direction}. Weight: {metric.weight}. Range: {low:g} to {high:g}.",
        f"Actors without ties: {_told(metric.isolate)}. Layers without ties: {_told(metric.empty)}. "
        f"Not connected: {metric.disconnected}.",
    ]
    if metric.flow_process != "none":
        facts.append(f"Presupposes that something travels along the ties ({metric.flow_process}; Borgatti 2005).")
    if "\nReferences\n" not in doc:
        doc += f"\n\nReferences\n----------\n{metric.reference}."
    return doc + "\n\nIn the register\n---------------\n" + "\n".join(facts) + "\n"


def _told(value: float | None) -> str:
    return "depends on the others" if value is None else "undefined (NaN)" if np.isnan(value) else f"{value:g}"


def align_codes(labelled_by: Any, labels: pd.Index, id: str, name: str) -> np.ndarray:
    """Integer codes of a partition given by name, in the order of `labels`.

    Raises
    ------
    ValueError
        The partition is missing, or leaves actors without a group: they are named.
    """
    if labelled_by is None:
        raise ValueError(f"{id} needs {name}= : a Series (or mapping) actor → group, such as snap.partition('region')")
    given = pd.Series(labelled_by)
    if given.index.has_duplicates:
        raise ValueError(f"{name}: {given.index[given.index.duplicated()][0]} stands twice")
    place, groups = pd.factorize(given.reindex(labels))
    if (place < 0).any():
        without = ", ".join(map(str, labels[place < 0][:5]))
        raise ValueError(f"{name} leaves actors without a group: {without}")
    # By their names as text, so that codes are in order and 1 and "1" are one group.
    return np.unique([str(group) for group in groups], return_inverse=True)[1][place]


def origin_of(graph: Any, id: str, **options: Any) -> dict[str, Any]:
    """Where a result came from, for results that `labelled` does not make: ``attrs["influence"]``."""
    return {**dict(getattr(graph, "provenance", None) or {}), "metric": id, "options": options}


def labelled(values: np.ndarray, labels: pd.Index, id: str, graph: Any, **options: Any) -> pd.Series:
    """A Series by actor that knows where it came from (``attrs["influence"]``)."""
    series = pd.Series(np.asarray(values, dtype=float), index=labels, name=id)
    series.attrs["influence"] = told_origin(graph, id, options)
    return series


def told_origin(graph: Any, id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Where a result came from, with the options that can be told in a word."""
    origin = dict(getattr(graph, "provenance", {}) or {})
    shown = {k: v for k, v in options.items() if isinstance(v, (str, int, float, bool, type(None)))}
    return {**origin, "metric": id, "options": shown}
