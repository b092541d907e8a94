"""Independent tasks in any number of processes, or on a cluster; what is finished is kept, a killed run resumes."""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import pickle
import platform
import re
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import influence
from influence._paths import cache_dir

logger = logging.getLogger("influence")

Progress = Callable[[str], None]
# Rooms of the package that show results and make none: a change there does not make a result old.
_FACES = {"cli.py", "reproduce.py", "notebooks.py", "figures", "explorer"}


def run_tasks(
    function: Callable[..., Any],
    tasks: Mapping[str, tuple[Any, ...]],
    *,
    label: str,
    inputs: Mapping[str, object],
    workers: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run ``function(*args)`` for each task, several at a time, and keep each result as soon as it is there.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes find it. What it returns must depend on its arguments only: random
        numbers come from `generator` with the task's key, never from a state that tasks share.
    tasks : mapping of str to tuple
        Key → arguments.
    label : str
        What the tasks are for: the name of their folder in the cache.
    inputs : mapping
        Everything besides the key that a result depends on: version of the data, options, seed. Text, numbers, bool,
        None, and lists, tuples and mappings of these.
    workers : int, optional
        How many processes. Default: what `joblib.parallel_config` says, or else this process alone.
    fresh : bool, default False
        Whether to compute again what was kept.
    progress : callable, optional
        Called with the key of each task whose result is there, the kept ones first.

    Returns
    -------
    dict
        Key → result, in the order of the tasks. The same for any number of workers, on a cluster, and after a run
        that was killed half way.

    Raises
    ------
    TypeError
        An input that has no stable text.
    Exception
        What a task raises; results that were there by then are kept.

    Notes
    -----
    Results are kept under ``INFLUENCE_CACHE`` or the platform's folder for caches, one file a task, named by a hash of
    label, inputs, key, function, the code of this package and the versions of Python, numpy, scipy and pandas. A file
    is written under a temporary name and moved into place; one that is damaged is computed again. Deleting the folder
    costs time only.

    More than one machine: start a Dask cluster and name it; the tasks go there, their results are kept here::

        import joblib
        from distributed import Client

        with Client("tcp://scheduler:8786"), joblib.parallel_config(backend="dask"):
            run_tasks(...)

    Every machine of the cluster needs the same version of this package. ``pip install 'influence[dask]'`` brings
    Dask; ``Client(LocalCluster(n_workers=2))`` tries it on one machine.

    Examples
    --------
    >>> from influence.robustness import run_tasks
    >>> run_tasks(pow, {"nine": (3, 2), "eight": (2, 3)}, label="example", inputs={}, fresh=True)
    {'nine': 9, 'eight': 8}
    """
    from joblib import Parallel, delayed

    folder = cache_dir() / re.sub(r"[^\w.-]+", "_", label)
    common = [label, _plain(inputs, "inputs"), _name(function), code_version()]
    files = {key: folder / f"{_digest([*common, key])}.pickle" for key in tasks}
    found: dict[str, Any] = {}
    for key, file in {} if fresh else files.items():
        kept = _read(file)
        if kept:
            found[key] = kept[0]
            if progress:
                progress(key)
    missing = [key for key in tasks if key not in found]
    if missing:
        finished = Parallel(n_jobs=workers, return_as="generator_unordered")(
            delayed(_run)(key, function, tasks[key]) for key in missing
        )
        try:
            for key, result in finished:
                found[key] = result
                _write(result, files[key])
                if progress:
                    progress(key)
        finally:
            finished.close()
    return {key: found[key] for key in tasks}


def _run(key: str, function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[str, Any]:
    return key, function(*args)


def _read(file: Path) -> tuple[Any] | None:
    """The result in a file, or None if it is not there or is not what was written."""
    try:
        content = file.read_bytes()
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            raise ValueError("its checksum is wrong")
        return (pickle.loads(content[32:]),)
    except FileNotFoundError:
        return None
    except Exception as why:  # whatever is wrong with the file: it can be computed again
        logger.warning("%s is computed again: %s", file, why)
        return None


def _write(result: Any, file: Path) -> None:
    """Keep a result, whole or not at all. Where nothing can be kept, the run goes on without."""
    content = pickle.dumps(result, protocol=5)
    temporary = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(hashlib.sha256(content).digest() + content)
        os.replace(temporary, file)
        temporary = None
    except OSError as why:
        logger.warning("a result could not be kept: %s", why)
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _digest(parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


def _plain(value: object, where: str) -> object:
    """A value as what has one stable text; mappings and sets in order."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:  # a number of numpy's
        value = value.item()
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return sorted((str(k), _plain(v, f"{where}[{k!r}]")) for k, v in value.items())
    if isinstance(value, (set, frozenset)):
        return sorted(repr(_plain(v, where)) for v in value)
    if isinstance(value, (list, tuple)):
        return [_plain(v, where) for v in value]
    raise TypeError(f"{where}: a {type(value).__name__} has no stable text; give text, numbers, or a list of these")


def _name(function: Callable[..., Any]) -> str:
    qualified = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{getattr(function, '__module__', '')}.{qualified}"


@functools.cache
def code_version() -> str:
    """What a result depends on besides its inputs: this package's code and the libraries that pickle and compute."""
    root = Path(influence.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        place = file.relative_to(root)
        if place.parts[0] not in _FACES:
            digest.update(place.as_posix().encode() + file.read_bytes())
    libraries = [f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas")]
    return ", ".join([influence.__version__, digest.hexdigest(), platform.python_version(), *libraries])
