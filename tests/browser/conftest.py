"""A real browser: Chromium driven by Playwright. Without one of the two, these tests are skipped and say so.

Everything lives for one module only: Playwright's event loop must be gone before other tests run kernels.
"""

import os
import shutil

import pytest

# CHROMIUM names another browser of the family; Playwright's own downloads are not needed.
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = """
no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync
disable-dev-shm-usage
""".split()
VIEWPORT = {"width": 1400, "height": 1300}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A browser with a profile of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (the extra 'test')")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip("no Chromium on this machine: install it, or name one in CHROMIUM")
    with playwright.sync_playwright() as running:
        context = running.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            headless=True,
            executable_path=path,
            args=[f"--{flag}" for flag in FLAGS],
            viewport=VIEWPORT,
            accept_downloads=True,
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context
        context.close()
