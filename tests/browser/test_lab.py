"""JupyterLab as a person uses it: every notebook opened and run, the explorer turned with a kernel behind it.

Waiting is the hard part. Run All before the kernel is connected loses cells without an error, so connection and
kernel information are awaited, and cells are read from the model, never from what happens to be on the screen.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import influence as inf
from influence.explorer import Study
from influence.notebooks import METADATA

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# No news from the network, all cells on the page, no saving behind our back.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
CONNECTED = """async () => {
  const c = window.jupyterapp?.shell?.currentWidget?.sessionContext;
  if (!c) return false;
  // A kernel that must first be chosen is never ready: whoever waits for it waits for ever.
  const soon = new Promise((done) => setTimeout(() => done(null), 1000));
  if ((await Promise.race([c.ready.then(() => true), soon])) === null) return false;
  const k = c.session?.kernel;
  return k?.connectionStatus === 'connected' && (await Promise.race([k.info, soon])) !== null;
}"""
CELLS = """() => {
  const w = window.jupyterapp.shell.currentWidget;
  return {
    status: w.sessionContext.session.kernel.status,
    cells: [...w.content.model.cells].filter(c => c.type === 'code' && c.sharedModel.getSource().trim())
      .map(c => ({ n: c.executionCount, outputs: c.outputs.toJSON() })),
  };
}"""
ASK = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  let said = '';
  const future = kernel.requestExecute({ code, silent: false, store_history: false });
  future.onIOPub = (m) => {
    if (m.header.msg_type === 'stream') said += m.content.text;
    if (m.header.msg_type === 'error') said += m.content.ename + ': ' + m.content.evalue;
  };
  await future.done;
  return said.trim();
}"""


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    """A JupyterLab of our own on a free loopback port, without anyone's settings: address, token, folder."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed (the extra 'notebooks')")
    root, home = tmp_path_factory.mktemp("root"), tmp_path_factory.mktemp("home")
    (root / "notebooks").mkdir()
    for beside in ("data", "tests"):  # what notebooks read by a relative path
        (root / beside).symlink_to(ROOT / beside, target_is_directory=True)
    (home / "overrides.json").write_text(json.dumps(SETTINGS))
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    base, token, log = f"http://127.0.0.1:{port}", secrets.token_hex(16), home / "log"
    folders = ("_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    own = {f"JUPYTER{name}_DIR": str(home / name) for name in folders}
    own |= {"JUPYTER_PREFER_ENV_PATH": "1", "IPYTHONDIR": str(home / "ipy"), "INFLUENCE_FIGURES": str(home / "figures")}
    options = (
        *("--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={token}", f"--LabApp.app_settings_dir={home}"),
        "--LabApp.expose_app_in_browser=True",
    )
    with open(log, "wb") as out:
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **own})
    try:
        _answering(server, f"{base}/api/status?token={token}", log)
        browser.set_offline(False)
        yield base, token, root
    finally:
        server.terminate()
        server.wait(20)


def _answering(server, address, log):
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


class Notebook:
    """A notebook open in a tab."""

    def __init__(self, page):
        self.page = page

    def until(self, js, ok=bool, timeout=60):
        end = time.monotonic() + timeout
        while not ok(value := self.page.evaluate(js)):
            assert time.monotonic() < end, f"timed out; last {value}"
            self.page.wait_for_timeout(100)
        return value

    def run_all(self, timeout=240):
        """Run all cells; what went wrong in any of them fails the test."""
        self.until(CONNECTED)
        for item in ("Run", "Run All Cells"):
            self.page.get_by_role("menuitem", name=item, exact=True).click()
        told = self.until(
            CELLS, lambda r: errors(r) or (r["status"] == "idle" and all(c["n"] for c in r["cells"])), timeout
        )
        assert errors(told) == []
        return told["cells"]

    def ask(self, code):
        """What Python prints, said by the notebook's own kernel."""
        return self.page.evaluate(ASK, code)

    def hears(self, code, expected, timeout=20):
        """Wait until Python prints this: a widget's attributes reach the kernel when it has done with earlier ones."""
        end = time.monotonic() + timeout
        while (told := self.ask(code)) != expected:
            assert time.monotonic() < end, f"{told!r}, not {expected!r}"
            self.page.wait_for_timeout(100)


def errors(told):
    outputs = [o for cell in told["cells"] for o in cell["outputs"]]
    return [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]


@pytest.fixture
def open_notebook(lab, browser):
    """A function that opens a notebook in a new tab; a request to anything but our server fails the test."""
    (base, token, root), pages, refused = lab, [], []

    def guard(route):
        if route.request.url.startswith((base, "data:", "blob:")):
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    def go(path):
        shutil.copy(path, root / "notebooks")
        pages.append(page := browser.new_page())
        page.route("**/*", guard)
        page.goto(f"{base}/lab/workspaces/t{secrets.token_hex(4)}/tree/notebooks/{path.name}?reset&token={token}")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        return Notebook(page)

    yield go
    for page in pages:
        page.evaluate("() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.shutdown()")
        page.close()
    assert refused == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_without_an_error(open_notebook, path):
    cells = open_notebook(path).run_all()
    assert [cell["n"] for cell in cells] == list(range(1, len(cells) + 1))
    warned = [o["text"] for c in cells for o in c["outputs"] if o["output_type"] == "stream" and o["name"] == "stderr"]
    assert warned == []


CODE = """\
import influence as inf
net = inf.load()
view = inf.explore(net, year=2009, shown=["security", "trade"], measured_in="security", partition="region")
view"""


@pytest.fixture
def explorer(open_notebook, tmp_path):
    """A notebook with one cell that explores, run."""
    cell = {
        "cell_type": "code",
        "id": "explore",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": CODE,
    }
    path = tmp_path / "explore.ipynb"
    path.write_text(json.dumps({"metadata": METADATA, "nbformat": 4, "nbformat_minor": 5, "cells": [cell]}))
    notebook = open_notebook(path)
    notebook.run_all()
    notebook.page.wait_for_selector("[data-drawn]")
    return notebook


def drawn(notebook):
    return json.loads(notebook.page.locator("[data-drawn]").get_attribute("data-drawn"))


def test_the_explorer_with_a_kernel(explorer):
    """Knobs and Python see each other; thresholds are computed by the kernel; receipts are those of the network."""
    page, said = explorer.page, []
    page.on("pageerror", lambda error: said.append(str(error)))
    slider = page.get_by_label("Year", exact=True)
    slider.scroll_into_view_if_needed()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.inf-explore .year').textContent === '2010'")
    page.locator(".inf-explore .node[data-id=KGZ]").click()
    if (more := page.locator(".receipts .more")).count():
        more.click()
    rows = page.locator(".receipts tbody tr:not(.gap)").filter(has_text="security")
    told = inf.load().at(2010)["security"].ties(actor="KGZ")
    assert rows.count() == len(told)
    assert "leased" in page.locator(".receipts").inner_text() or "agreed" in page.locator(".receipts").inner_text()
    explorer.hears("print(view.year, view.pick)", "2010 KGZ")

    page.get_by_label("Threshold", exact=True).select_option("0.25")
    page.wait_for_function("JSON.parse(document.querySelector('[data-drawn]').dataset.drawn).keep === 0.25")
    study = Study(inf.load())
    state = study.start(year=2010, shown=("security", "trade"), measured_in="security", keep=0.25, pick="KGZ")
    assert drawn(explorer) == state.plain()
    frame = inf.panel(study.network(state), "strength", layers="security", years=2010)
    first = frame.loc[frame["value"].idxmax()]
    answer = page.locator(".answer").inner_text()
    assert f"{float(f'{first.value:.4g}'):,.10g}" in answer
    explorer.hears("print(view.code())", study.code(state).strip())

    page.get_by_label("Source of trade").select_option("cow_trade_v4")
    page.wait_for_function("JSON.parse(document.querySelector('[data-drawn]').dataset.drawn).trade === 'cow_trade_v4'")
    explorer.hears("print(view.network.provenance['trade'])", "cow_trade_v4")

    page.wait_for_timeout(3000)  # whatever was asked for ahead is there: a change of two attributes is one view
    page.get_by_label("Measured in", exact=True).select_option("all")
    page.wait_for_function(
        "JSON.parse(document.querySelector('[data-drawn]').dataset.drawn).measure === 'overlapping_strength'"
    )
    assert (
        explorer.ask("view.measured_in = 'trade'; view.measure = 'constraint'; print(view.state.measure)")
        == "constraint"
    )
    page.wait_for_function("JSON.parse(document.querySelector('[data-drawn]').dataset.drawn).measure === 'constraint'")

    explorer.ask("view.year = 2003; view.pick = 'RUS>TJK'")
    page.wait_for_function("document.querySelector('.inf-explore .year').textContent === '2003'")
    assert "Russia and Tajikistan, 2003" in page.locator(".receipts h3").inner_text()
    assert explorer.ask("view.figure('ranking'); print('drawn')") == "drawn"
    assert said == []
