"""Tests draw figures, and so do the notebooks they run: never into the project's own figures/."""

import os
import tempfile

os.environ.setdefault("INFLUENCE_FIGURES", tempfile.mkdtemp(prefix="influence-figures-"))
