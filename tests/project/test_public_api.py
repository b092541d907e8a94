"""What users rely on: the public names, and that importing the package stays light."""

import json
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import influence

# A name leaves this list only after two minor releases in which it warned.
PUBLIC = """
DataError Layer LayerSpec MultilayerNetwork Snapshot as_matrix boundary_stability brokerage centrality cite claims
dependence explore figures fragility list_metrics load metrics multiplex panel register_metric robustness show
specification_curve structural_holes tables transit two_mode
""".split()
MODULES = """
brokerage centrality claims dependence figures metrics multiplex robustness structural_holes tables transit two_mode
""".split()
HEAVY = ["scipy", "igraph", "networkx", "matplotlib", "seaborn", "frictionless", "joblib"]
STUB = Path(influence.__file__).with_suffix(".pyi")


def fresh(code):
    """What a new process prints, as JSON."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_public_names():
    assert influence.__all__ == PUBLIC


def test_the_stub_lists_them():
    names = [line.split(" as ")[1] for line in STUB.read_text(encoding="utf-8").splitlines() if " as " in line]
    assert sorted(names) == PUBLIC


def heavy_after(imports):
    return fresh(f"import json, sys, {imports}; print(json.dumps([m for m in {HEAVY} if m in sys.modules]))")


def test_importing_loads_nothing_heavy():
    assert heavy_after("influence") == []


def test_loading_something_heavy_would_be_seen():
    assert heavy_after("influence, networkx") == ["networkx"]


def test_what_does_not_exist_is_said():
    with pytest.raises(AttributeError, match="no attribute 'brokrage'"):
        influence.brokrage  # noqa: B018


def submodules():
    return sorted(m.name for m in pkgutil.walk_packages(influence.__path__, "influence."))


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - set(MODULES)))
def test_no_module_hides_a_function(name):
    assert f"influence.{name}" not in submodules()


def test_functions_stay_callable_whatever_was_imported_before():
    """Importing a submodule sets it as an attribute of the package: it must not take a function's place."""
    code = f"""
import importlib, json, numpy
import influence
for module in {submodules()}:
    importlib.import_module(module)
    for name in {PUBLIC}:
        getattr(influence, name)
kinds = {{name: type(getattr(influence, name)).__name__ for name in influence.__all__}}
influence.list_metrics()
graph = numpy.array([[0, 1], [1, 0]])
influence.as_matrix(graph)
influence.show(influence.centrality.degree(graph))
print(json.dumps(kinds))
"""
    kinds = fresh(code)
    assert sorted(name for name, kind in kinds.items() if kind == "module") == MODULES
    assert {kind for name, kind in kinds.items() if name not in MODULES} == {"function", "type"}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_things_are_documented(name):
    thing = getattr(influence, name)
    assert isinstance(thing, ModuleType) == (name in MODULES)
    assert thing.__doc__ and thing.__doc__.strip()
