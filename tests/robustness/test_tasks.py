"""Independent tasks: the same results by any number of workers, on a cluster, and after a run that was killed."""

from __future__ import annotations

import logging
import os
import pickle
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from influence.robustness import generator, run_tasks

KEYS = [f"draw {k}" for k in range(6)]


def draws(seed: int, key: str) -> np.ndarray:
    return generator(seed, key).standard_normal((3, 4))


def counted(folder: str, key: str, pause: float = 0.0) -> np.ndarray:
    """Leaves one line a call, so that a test sees what was computed."""
    time.sleep(pause)
    with open(Path(folder) / "calls", "a") as out:
        out.write(key + "\n")
    return draws(3, key)


def fails(key: str) -> str:
    if key == "b":
        raise ZeroDivisionError(key)
    return key


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return [(k, v.tobytes()) for k, v in one.items()] == [(k, v.tobytes()) for k, v in other.items()]


def calls(folder: Path) -> list[str]:
    file = folder / "calls"
    return file.read_text().splitlines() if file.exists() else []


def run(**options) -> dict[str, np.ndarray]:
    return run_tasks(draws, {key: (7, key) for key in KEYS}, label="test", inputs={"seed": 7}, fresh=True, **options)


def run_counted(folder: Path, label: str = "counted", keys=KEYS, **options) -> dict[str, np.ndarray]:
    return run_tasks(counted, {k: (str(folder), k) for k in keys}, label=label, inputs={"seed": 3}, **options)


def test_one_worker_gives_what_the_function_gives():
    found = run()
    assert list(found) == KEYS
    for key in KEYS:
        assert np.array_equal(found[key], draws(7, key))


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 8])
def test_the_same_bytes_by_any_number_of_workers(workers):
    assert same(run(workers=workers), run(workers=1))


@pytest.mark.slow
def test_the_same_bytes_under_dask():
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    import joblib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sockets that Dask closes late
        cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
        with cluster, distributed.Client(cluster), joblib.parallel_config(backend="dask"):
            found = run()
            where = run_tasks(os.getpid, {str(k): () for k in range(4)}, label="where", inputs={}, fresh=True)
    assert same(found, run())
    assert os.getpid() not in where.values()


def test_what_is_kept_is_not_computed_again(tmp_path):
    first = run_counted(tmp_path)
    told: list[str] = []
    again = run_counted(tmp_path, progress=told.append)
    assert calls(tmp_path) == KEYS == told
    assert same(again, first)


def test_fresh_computes_again(tmp_path):
    run_counted(tmp_path)
    run_counted(tmp_path, fresh=True)
    assert len(calls(tmp_path)) == 2 * len(KEYS)


@pytest.mark.parametrize("change", [{"seed": 2}, {"seed": 1, "options": {"b": 1}}, {"seed": "1"}, {}])
def test_other_inputs_are_other_results(tmp_path, change):
    for inputs in ({"seed": 1}, change):
        run_tasks(counted, {"a": (str(tmp_path), "a")}, label="test", inputs=inputs)
    assert len(calls(tmp_path)) == 2


def test_order_and_number_type_of_inputs_say_nothing(tmp_path):
    for inputs in ({"a": 1, "b": (1.5, {"x", "y"})}, {"b": [np.float64(1.5), {"y", "x"}], "a": np.int64(1)}):
        run_tasks(counted, {"a": (str(tmp_path), "a")}, label="test", inputs=inputs)
    assert len(calls(tmp_path)) == 1


def test_an_input_without_stable_text_is_refused():
    with pytest.raises(TypeError, match=r"inputs\['net'\]: a object has no stable text"):
        run_tasks(draws, {}, label="test", inputs={"net": object()})


def one_bit_wrong(content: bytes) -> bytes:
    """In the middle of an array: pickle would not notice."""
    return content[:-30] + bytes([content[-30] ^ 1]) + content[-29:]


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"", one_bit_wrong])
def test_a_damaged_file_is_computed_again(tmp_path, own_cache, damage, caplog):
    first = run_counted(tmp_path)
    file = sorted(own_cache.rglob("*.pickle"))[0]
    file.write_bytes(damage(file.read_bytes()))
    with caplog.at_level(logging.WARNING, logger="influence"):
        again = run_counted(tmp_path)
    assert len(calls(tmp_path)) == len(KEYS) + 1
    assert same(again, first)
    assert "computed again" in caplog.text


def test_what_was_finished_before_an_error_is_kept(own_cache):
    tasks = {key: (key,) for key in "abc"}
    with pytest.raises(ZeroDivisionError):
        run_tasks(fails, tasks, label="test", inputs={})
    assert len(list(own_cache.rglob("*.pickle"))) == 1
    assert not list(own_cache.rglob("*.part"))


def test_a_folder_that_cannot_be_written_costs_the_keeping_only(tmp_path, monkeypatch, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("INFLUENCE_CACHE", str(blocked))
    with caplog.at_level(logging.WARNING, logger="influence"):
        assert list(run()) == KEYS
    assert "could not be kept" in caplog.text


SCRIPT = """
import pickle, sys
from pathlib import Path
sys.path.insert(0, {here!r})
import test_tasks as t
found = t.run_tasks(t.counted, {{k: ({folder!r}, k, 0.2) for k in t.KEYS}}, label="killed", inputs={{"seed": 3}})
Path({folder!r}, "found").write_bytes(pickle.dumps(found))
"""


@pytest.mark.slow
def test_a_killed_run_resumes_with_the_same_bytes(tmp_path, own_cache):
    script = SCRIPT.format(here=str(Path(__file__).parent), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        while len(list(own_cache.rglob("*.pickle"))) < 2:
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    kept = len(list(own_cache.rglob("*.pickle")))
    assert 2 <= kept < len(KEYS)
    before = len(calls(tmp_path))
    subprocess.run([sys.executable, "-c", script], check=True)
    assert len(calls(tmp_path)) - before == len(KEYS) - kept, "what was finished was computed again"
    resumed = pickle.loads((tmp_path / "found").read_bytes())
    assert same(resumed, {key: draws(3, key) for key in KEYS})
