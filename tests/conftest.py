"""Tests draw figures, and so do the notebooks they run: never into the project's own figures/.

What they compute is kept in a folder of their own: neither read from the user's cache nor left there.
"""

import os
import tempfile

os.environ.setdefault("INFLUENCE_FIGURES", tempfile.mkdtemp(prefix="influence-figures-"))
os.environ.setdefault("INFLUENCE_CACHE", tempfile.mkdtemp(prefix="influence-cache-"))
