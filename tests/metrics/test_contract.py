"""One contract for all registered metrics, on a grid of awkward graphs.

Order of rows, edges and layers never matters; values lie in the declared range; isolates and empty layers have the
declared values; the input is untouched; a stack gives what its layers give one by one.
"""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from influence import list_metrics
from influence.metrics.brokerage import DensityWarning
from influence.metrics.registry import get_metric
from influence.network import SelfLoopWarning

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(20261124)
N = 9
LABELS = [f"s{k}" for k in range(N)]
GROUPS = pd.Series(["x", "y", "z"] * 3, index=LABELS)  # every role is possible for everybody


def frame(matrix, labels=LABELS):
    return pd.DataFrame(np.asarray(matrix, dtype=float), index=labels[: len(matrix)], columns=labels[: len(matrix)])


def random_matrix(density, *, symmetric=False, integer=False):
    weights = RNG.integers(1, 4, (N, N)).astype(float) if integer else RNG.uniform(0.2, 5.0, (N, N))
    a = np.where(RNG.random((N, N)) < density, weights, 0.0)
    if symmetric:
        a = np.triu(a, 1) + np.triu(a, 1).T
    np.fill_diagonal(a, 0.0)
    return a


def without(matrix, *, rows=(), columns=()):
    out = matrix.copy()
    out[list(rows), :] = 0.0
    out[:, list(columns)] = 0.0
    return out


def halves(matrix):
    out = matrix.copy()
    out[:4, 4:] = out[4:, :4] = 0.0
    return out


BASE = random_matrix(0.35)
SYMMETRIC = random_matrix(0.35, symmetric=True)
# name → frame, directed
GRID = {
    "directed, weighted": (frame(BASE), True),
    "directed, tied weights": (frame(random_matrix(0.4, integer=True)), True),
    "undirected": (frame(SYMMETRIC), False),
    "isolate": (frame(without(BASE, rows=[3], columns=[3])), True),
    "isolate, undirected": (frame(without(SYMMETRIC, rows=[3], columns=[3])), False),
    "sink": (frame(without(BASE, rows=[2])), True),
    "source": (frame(without(BASE, columns=[2])), True),
    "disconnected": (frame(halves(SYMMETRIC)), False),
    "disconnected, directed": (frame(halves(BASE)), True),
    "empty": (frame(np.zeros((N, N))), True),
    "empty, undirected": (frame(np.zeros((N, N))), False),
    "one node": (frame([[0.0]]), True),
    "two nodes": (frame([[0.0, 2.0], [0.0, 0.0]]), True),
    "complete": (frame(np.ones((N, N)) - np.eye(N)), True),
    "complete, undirected": (frame(np.ones((N, N)) - np.eye(N)), False),
    "star": (frame(np.vstack([[0.0] + [1.0] * (N - 1), np.zeros((N - 1, N))])), True),
    "cycle": (frame(np.roll(np.eye(N), 1, axis=1)), True),
}
ALL = list_metrics()
LAYER = sorted(ALL.index[ALL["level"] == "layer"])
MULTIPLEX = sorted(ALL.index[ALL["level"] == "multiplex"])
TWO_MODE = sorted(ALL.index[ALL["level"] == "two_mode"])


def value(metric, graph, directed):
    given = {"groups": GROUPS.reindex(graph.index)} if "groups" in metric.needs else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DensityWarning)
        return metric.function(graph, directed=directed, **given)


def in_range(metric, values):
    low, high = metric.range
    known = values.dropna()
    return ((known >= low - 1e-9) & (known <= high + 1e-9)).all()


def same(a, b):
    pd.testing.assert_series_equal(a.sort_index(), b.sort_index(), atol=1e-10, rtol=1e-9, check_names=False)


def test_every_metric_is_under_the_contract():
    assert set(LAYER) | set(MULTIPLEX) | set(TWO_MODE) == set(ALL.index)
    assert len(ALL) >= 28


def test_the_list_does_not_depend_on_what_was_imported_first():
    code = "import influence.metrics.{}; import influence; print(*influence.list_metrics().index)"
    for module in ("dependence", "current_flow", "versatility"):
        run = subprocess.run([sys.executable, "-c", code.format(module)], capture_output=True, text=True, check=True)
        assert run.stdout.split() == list(ALL.index), module


@pytest.mark.parametrize("graph", GRID)
@pytest.mark.parametrize("id", LAYER)
def test_order_range_and_input(id, graph):
    metric, (table, directed) = get_metric(id), GRID[graph]
    before = table.copy()
    found = value(metric, table, directed)
    pd.testing.assert_frame_equal(table, before)
    assert list(found.index) == list(table.index) and found.name == id
    assert in_range(metric, found), found.to_dict()
    order = RNG.permutation(len(table))
    shuffled = table.iloc[order].loc[:, table.columns[RNG.permutation(len(table))]]
    same(value(metric, shuffled, directed), found)
    renamed = table.rename(index=lambda x: f"t{x}", columns=lambda x: f"t{x}")
    if "groups" not in metric.needs:
        assert np.allclose(value(metric, renamed, directed), found, atol=1e-10, equal_nan=True)


@pytest.mark.parametrize("graph", ["isolate", "isolate, undirected"])
@pytest.mark.parametrize("id", LAYER)
def test_isolates_have_the_declared_value(id, graph):
    metric, (table, directed) = get_metric(id), GRID[graph]
    found = value(metric, table, directed)["s3"]
    if id == "representative" and not directed:
        assert np.isnan(found), "one column with gatekeeper on undirected layers"
    elif metric.isolate is None:
        assert np.isfinite(found)
    else:
        assert np.isclose(found, metric.isolate, equal_nan=True)


@pytest.mark.parametrize("graph", ["empty", "empty, undirected"])
@pytest.mark.parametrize("id", LAYER)
def test_empty_layers_have_the_declared_value(id, graph):
    metric, (table, directed) = get_metric(id), GRID[graph]
    found = value(metric, table, directed)
    if id == "representative" and not directed:
        assert found.isna().all()
    elif metric.empty is None:
        assert np.isfinite(found).all()
    else:
        assert np.allclose(found, metric.empty, equal_nan=True)


@pytest.mark.parametrize("id", LAYER)
def test_self_loops_are_dropped_and_said(id):
    metric, (table, _) = get_metric(id), GRID["directed, weighted"]
    looped = table.copy()
    looped.loc["s1", "s1"] = 5.0
    with pytest.warns(SelfLoopWarning):
        found = value(metric, looped, True)
    same(found, value(metric, table, True))


@pytest.mark.parametrize("id", [m for m in LAYER if get_metric(m).kernel is not None])
def test_a_stack_gives_what_its_layers_give(id):
    metric = get_metric(id)
    names = ["directed, weighted", "sink", "isolate", "disconnected, directed", "empty", "complete", "cycle"]
    stack = np.stack([GRID[name][0].to_numpy() for name in names])
    codes = {"groups": pd.factorize(GROUPS)[0]} if "groups" in metric.needs else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DensityWarning)
        batched = metric.kernel(stack, directed=True, **codes)
        assert batched.shape == (len(names), N)
        if metric.shares is not None:
            shared = metric.shares(stack, directed=True, **codes)[id]
            np.testing.assert_allclose(shared, batched, atol=1e-12)
    for k, name in enumerate(names):
        np.testing.assert_allclose(batched[k], value(metric, GRID[name][0], True), atol=1e-10)


@pytest.mark.parametrize("id", MULTIPLEX)
def test_multiplex_metrics_know_no_order(id):
    metric = get_metric(id)
    layers = {"a": GRID["directed, weighted"][0], "b": GRID["sink"][0], "c": GRID["isolate"][0]}
    before = {name: table.copy() for name, table in layers.items()}
    found = metric.function(layers)
    assert in_range(metric, found)
    order = RNG.permutation(N)
    turned = {name: layers[name].iloc[order].loc[:, layers[name].columns[::-1]] for name in ("c", "a", "b")}
    same(metric.function(turned), found)
    for name, table in layers.items():
        pd.testing.assert_frame_equal(table, before[name])
    with_stranger = {**layers, "d": frame(np.zeros((N + 1, N + 1)), [*LABELS, "stranger"])}
    alone = metric.function(with_stranger)["stranger"]
    if metric.isolate is None:
        assert np.isfinite(alone)
    else:
        assert np.isclose(alone, metric.isolate, equal_nan=True)


@pytest.mark.parametrize("id", TWO_MODE)
def test_two_mode_metrics_know_no_order(id):
    metric = get_metric(id)
    seats = pd.DataFrame((RNG.random((N, 5)) < 0.4).astype(float), index=LABELS, columns=list("vwxyz"))
    seats.loc["s3"] = 0.0
    before = seats.copy()
    found = metric.function(seats)
    assert in_range(metric, found)
    assert np.isclose(found["s3"], metric.isolate, equal_nan=True)
    same(metric.function(seats.iloc[::-1, ::-1]), found)
    pd.testing.assert_frame_equal(seats, before)


@pytest.mark.parametrize("id", sorted(ALL.index))
def test_the_register_says_everything(id):
    metric = get_metric(id)
    for field in ("measures", "formula", "reference", "weight", "direction", "oracle", "disconnected"):
        assert getattr(metric, field), f"{id}: {field} is empty"
    assert metric.function.__doc__ and "Examples" in metric.function.__doc__ and "References" in metric.function.__doc__
    file, _, test = metric.oracle.partition("::")
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), f"{metric.oracle} is no test"
