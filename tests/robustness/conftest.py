"""What tests compute is kept in a folder of their own: neither read from the user's cache nor left there."""

import pytest


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INFLUENCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
