"""Whether the suite would notice: each mutation moves a named finding or fails a named oracle, harmless ones nothing.

Hashes and byte comparisons would see every change; here they are set aside, so that what is tested is whether the
numbers are.
"""

import dataclasses
import importlib
import inspect
import itertools
import json
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.test_findings import findings, moved

import influence as inf
from influence.metrics import registry
from influence.metrics.registry import get_metric
from influence.network import GraphError
from influence.tables.package import data_dir, descriptor, sha256

ROOT = Path(__file__).resolve().parents[2]


# --- data --------------------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path):
    """A copy of the data package that may be damaged."""
    return Path(shutil.copytree(data_dir(), tmp_path / "data", ignore=shutil.ignore_patterns("derived")))


def rewrite(folder, name, change):
    """Change a table and trust the result, as `influence describe --write` does: no hash gives the mutation away."""
    package = descriptor(folder)
    described = next(r for r in package["resources"] if r["name"] == name)
    path = folder / described["path"]
    table = change(pd.read_csv(path, dtype=str, keep_default_na=False))
    table.to_csv(path, index=False, lineterminator="\n")
    described["hash"] = f"sha256:{sha256(path)}"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")


def chosen(table, where):
    return np.logical_and.reduce([table[column] == value for column, value in where.items()])


def set_to(column, value):
    """What `mutate` does to the chosen row: another value, or what a function makes of the old one."""

    def change(table, rows):
        new = value(table.loc[rows, column].iloc[0]) if callable(value) else value
        assert (table.loc[rows, column] != new).all(), "the mutation changes nothing"
        table.loc[rows, column] = new
        return table

    return change


def gone(table, rows):
    return table[~rows]


def bound(new):
    """Another bound between the outcomes of the first part of a claim's rule."""

    def change(text):
        rule = json.loads(text)
        low, high = rule["parts"][0]["outcomes"]
        low["to"] = high["from"] = new
        return json.dumps(rule)

    return set_to("rule", change)


def turned(text):
    """A claim's rule with supported and contradicted exchanged."""
    return text.replace("supported", "~").replace("contradicted", "supported").replace("~", "contradicted")


PARAMETERS = type(pytest.param())  # a row of parameters with marks or an id
TENFOLD = set_to("value_usd_million", lambda value: str(10 * float(value)))
MUTATIONS = {
    "a trade value ten times": (
        "trade",
        {"exporter": "LTU", "importer": "KGZ", "year": "2012", "source_id": "baci"},
        TENFOLD,
        {
            "trade_among_the_34",
            "china_in_exports_to_the_five_2012",
            "russia_in_exports_to_the_five_2012",
            "constraint_of_kyrgyzstan_in_trade_2012",
        },
    ),
    "a trade value, a little": (
        "trade",
        {"exporter": "CHN", "importer": "KGZ", "year": "2012", "source_id": "baci"},
        set_to("value_usd_million", "3816.96"),
        {"trade_among_the_34", "exports_of_china_2012", "constraint_of_kyrgyzstan_in_trade_2012"},
    ),
    "an unknown flow taken for zero": (
        "trade",
        {"exporter": "TJK", "importer": "UZB", "year": "2005", "source_id": "baci"},
        lambda table, rows: set_to("flag", "zero")(set_to("value_usd_million", "0")(table, rows), rows),
        {"unknown_trade_flows"},
    ),
    "a world total": (
        "trade_margins",
        {"economy": "TJK", "year": "2012", "source_id": "baci"},
        set_to("imports_usd_million", "5936.8"),
        {"concentration_of_tajik_trade_2012"},
    ),
    "the date of a membership": (
        "memberships",
        {"actor_id": "UZB", "org_id": "CSTO"},
        set_to("start", "2007-01-16"),
        {"uzbekistan_in_the_csto", "seats_in_organizations"},
    ),
    "the end of a membership": (
        "memberships",
        {"actor_id": "UZB", "org_id": "CSTO"},
        set_to("end", "2013-01-01"),
        {"uzbekistan_in_the_csto", "seats_in_organizations"},
    ),
    "a membership lost": (
        "memberships",
        {"actor_id": "RUS", "org_id": "RIC"},
        gone,
        {"seats_in_organizations", "shared_seats_of_russia_2012", "participation_of_kazakhstan_2012"},
    ),
    "a seat that was refused": (
        "memberships",
        {"actor_id": "IRN", "org_id": "SCO", "role": "member"},
        set_to("status", "present"),
        {"seats_in_organizations", "verdict_C49"},
    ),
    "the size of an organization": (
        "organization_sizes",
        {"org_id": "SCO", "year": "2012"},
        set_to("n_members", "60"),
        {"shared_seats_of_russia_2012"},
    ),
    "the end of a pact for one party": (
        "treaty_parties",
        {"treaty_id": "cst_csto", "actor_id": "UZB"},
        set_to("end", "2011-12-19"),
        {"allied_pairs"},
    ),
    "the end of a pact": (
        "treaties",
        {"treaty_id": "nato"},
        set_to("end", "2012-06-30"),
        {"allied_pairs"},
    ),
    "a treaty that should not count": (
        "treaties",
        {"treaty_id": "cis_charter"},
        set_to("in_default", "true"),
        {"allied_pairs", "brokerage_of_russia_in_security_2010"},
    ),
    "a base removed": (
        "security_ties",
        {"tie_id": "usa_kgz_manas"},
        gone,
        {"american_bases_in_the_five", "verdict_C32"},
    ),
    "a base in doubt": (
        "security_ties",
        {"tie_id": "usa_uzb_k2"},
        set_to("presence_confidence", "low"),
        {"american_bases_in_the_five"},
    ),
    "a base turned round": (
        "security_ties",
        {"tie_id": "rus_kgz_kant"},
        lambda table, rows: set_to("target", "RUS")(set_to("source", "KGZ")(table, rows), rows),
        {"russian_bases_in_the_five"},
    ),
    "a participant lost": (
        "exercise_participants",
        {"exercise_id": "peace_mission_2007", "actor_id": "CHN"},
        gone,
        {"joint_exercises_to_2010", "joint_exercises_of_russia_and_china"},
    ),
    "a step of the arms scale": (
        "arms_supply",
        {"supplier": "RUS", "recipient": "CHN", "year": "2005"},
        set_to("scale", "3"),
        {"russian_arms_to_china"},
    ),
    "a weight of the simplex": (
        "tie_weights",
        {"layer": "security", "kind": "base"},
        set_to("weight", "0.5"),
        {"russia_in_security_2010", "participation_of_kazakhstan_2012"},
    ),
    "a pipeline shut": (
        "pipeline_years",
        {"segment_id": "central_asia_china_b:TKM-UZB", "year": "2012"},
        set_to("on_31_december", "false"),
        {"gas_lines_out_of_turkmenistan_2012"},
    ),
    "a crossing turned round": (
        "pipeline_segments",
        {"segment_id": "druzhba_south_hu:UKR-HUN"},
        lambda table, rows: set_to("to_actor", "UKR")(set_to("from_actor", "HUN")(table, rows), rows),
        {"transit_loss_by_ukraine_2008"},
    ),
    "an actor in another group": (
        "partitions",
        {"partition": "west_postsoviet", "actor_id": "KAZ"},
        set_to("group", "West"),
        {"gatekeeping_of_kazakhstan_in_trade_2009"},
    ),
    "a vote": (
        "votes",
        {"actor_a": "CHN", "actor_b": "RUS", "year": "2012"},
        set_to("agreement", "0.7542"),
        {"agreement_of_russia_and_china"},
    ),
    "a recognition that was refused": (
        "diplomatic_ties",
        {"source": "KAZ", "target": "XAB"},
        set_to("status", "present"),
        {"verdict_C67"},
    ),
    "a claim's bound": ("article_claims", {"claim_id": "C32"}, bound(1.01), {"verdict_C32"}),
    "a claim's rule turned round": ("article_claims", {"claim_id": "C49"}, set_to("rule", turned), {"verdict_C49"}),
    "a claim's bound lowered": ("article_claims", {"claim_id": "C67"}, bound(-0.5), {"verdict_C67"}),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutation_of_the_data_moves_what_it_should(package, mutation):
    name, where, change, named = MUTATIONS[mutation]

    def mutate(table):
        rows = chosen(table, where)
        assert rows.sum() == 1, f"{where} is not one row"
        return change(table, rows)

    rewrite(package, name, mutate)
    assert named <= moved(findings(inf.load(package), package))


def test_a_flow_above_what_the_world_traded_is_refused_by_name(package):
    """A large value ten times is more than the world total of its importer: that is no finding, it is an error."""
    where = {"exporter": "CHN", "importer": "KGZ", "year": "2012", "source_id": "baci"}
    rewrite(package, "trade", lambda table: TENFOLD(table, chosen(table, where)))
    with pytest.raises(GraphError, match="the partners of KGZ add up to .* more than its world total"):
        findings(inf.load(package), package)


def test_reordered_rows_change_nothing_at_all(package):
    for resource in descriptor(package)["resources"]:
        rewrite(package, resource["name"], lambda table: table[::-1])
    net, bundled = inf.load(package), inf.load()
    pd.testing.assert_frame_equal(net.ties, bundled.ties)
    pd.testing.assert_frame_equal(net.evidence, bundled.evidence)
    assert moved(findings(net, package)) == set()


def test_an_edited_note_moves_nothing(package):
    edited = 0
    for resource in descriptor(package)["resources"]:
        if any(field["name"] == "note" for field in resource["schema"]["fields"]):
            rewrite(package, resource["name"], lambda table: table.assign(note="Looked at again."))
            edited += 1
    assert edited > 15
    assert moved(findings(inf.load(package), package)) == set()


def test_a_column_more_moves_nothing(package):
    for resource in descriptor(package)["resources"]:
        rewrite(package, resource["name"], lambda table: table.assign(checked_by="somebody"))
    assert moved(findings(inf.load(package), package)) == set()


# --- formulas ----------------------------------------------------------------------------------------------------

# What is done to a metric's values. The last axis are the actors.
CHANGES = {
    "zeros": np.zeros_like,
    "random": lambda values: np.random.default_rng(1).random(values.shape),
    "off by a thousandth": lambda values: values * 1.001 + 1e-3,
}


def altered(result, change):
    """A kernel's or a function's result, changed."""
    if isinstance(result, (pd.Series, pd.DataFrame)):
        out = result.copy()
        out[:] = change(result.to_numpy(dtype=float))
        return out
    return change(np.asarray(result, dtype=float))


def mutate(metric, change, monkeypatch):
    """Replace what computes a metric, wherever it is reached from."""
    cells = inspect.getclosurevars(metric.function).nonlocals
    if "kernel" not in cells:  # a function that stands by itself: replaced in every module that holds it
        true = metric.function

        def false(*arguments, **options):
            return altered(true(*arguments, **options), change)

        holders = [m for name, m in list(sys.modules.items()) if name.split(".")[0] in ("influence", "tests")]
        for module in holders:
            for name, held in list(vars(module).items()):
                if held is true:
                    monkeypatch.setattr(module, name, false)
        return
    cells = dict(zip(metric.function.__code__.co_freevars, metric.function.__closure__, strict=True))
    true_kernel = cells["kernel"].cell_contents

    def false_kernel(*arguments, **options):
        return altered(true_kernel(*arguments, **options), change)

    monkeypatch.setattr(cells["kernel"], "cell_contents", false_kernel)


def oracle(metric):
    """The calls that make up the oracle test of a metric: one for each of its parameters."""
    file, _, name = metric.oracle.partition("::")
    test = getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)
    grids = []
    for mark in getattr(test, "pytestmark", []):
        if mark.name == "parametrize":
            names, values = mark.args[:2]
            names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
            rows = [v.values if isinstance(v, PARAMETERS) else v if len(names) > 1 else (v,) for v in values]
            grids.append([dict(zip(names, row, strict=True)) for row in rows])
    for parts in itertools.product(*grids):
        arguments = {k: v for part in parts for k, v in part.items()}
        assert set(arguments) == set(inspect.signature(test).parameters), f"{metric.oracle} needs a fixture"
        yield lambda given=arguments: test(**given)


def fails(metric):
    """Whether the oracle fails: an assertion, not an error of another kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in oracle(metric):
            try:
                call()
            except AssertionError:
                return True
            except BaseExceptionGroup as several:  # hypothesis found more than one way to fail
                if several.split(AssertionError)[1] is not None:
                    raise
                return True
    return False


@pytest.mark.parametrize("id", sorted(inf.list_metrics().index))
def test_the_oracle_of_a_metric_fails_when_its_kernel_is_replaced(id, monkeypatch):
    metric = get_metric(id)
    assert not fails(metric), "the oracle fails before anything was changed"
    for name, change in CHANGES.items():
        with monkeypatch.context() as patch:
            mutate(metric, change, patch)
            assert fails(metric), f"{metric.oracle} does not see {name}"
    next(oracle(metric))()  # every mutation was taken back


@pytest.mark.parametrize(
    ("metric", "named"),
    [
        ("constraint", {"constraint_of_kyrgyzstan_in_trade_2012"}),
        ("gatekeeper", {"gatekeeping_of_kazakhstan_in_trade_2009", "brokerage_of_russia_in_security_2010"}),
    ],
)
def test_what_computes_several_metrics_at_once_moves_a_finding(metric, named, monkeypatch):
    """The panel takes a short cut that the public functions do not take."""
    short = get_metric(metric).shares
    assert short is not None
    for id, entry in list(registry._METRICS.items()):
        if entry.shares is short:

            def off(*arguments, **options):
                return {k: v * 1.001 + 1e-3 for k, v in short(*arguments, **options).items()}

            monkeypatch.setitem(registry._METRICS, id, dataclasses.replace(entry, shares=off))
    assert named <= moved(findings(inf.load()))


# Where a formula is easily got wrong: what is changed, and which finding says so.
SLIPS = {
    "ties the wrong way round": ("strength_out", lambda a: np.swapaxes(a, -1, -2), {"exports_of_china_2012"}),
    "presence for strength": ("strength_out", lambda a: (a > 0).astype(float), {"exports_of_china_2012"}),
    "strength taken for length": (
        "betweenness",
        lambda a: np.divide(1.0, a, out=np.zeros_like(a), where=a > 0),
        {"betweenness_of_russia_in_energy_2008"},
    ),
    "a layer lost": ("participation", lambda a: a[:, 1:], {"participation_of_kazakhstan_2012"}),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_formula_moves_a_finding(slip, monkeypatch):
    id, wrong, named = SLIPS[slip]
    entry = get_metric(id)

    def kernel(a, *, directed, **options):
        turned = directed[1:] if np.ndim(directed) else directed
        return entry.kernel(wrong(a), directed=turned, **options)

    # Without the short cut, so that the panel calls the kernel that has the slip.
    monkeypatch.setitem(registry._METRICS, id, dataclasses.replace(entry, kernel=kernel, shares=None))
    assert named <= moved(findings(inf.load()))
