"""The settings of the tests: those of an installation, with a data folder of this test process alone.

The environment is set before `gilde.config.settings` is read, because that module makes the data folder and
the key in it. DATABASE_URL is honoured, so the same suite runs on PostgreSQL. See also conftest.py.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_DIR = Path(tempfile.mkdtemp(prefix="gilde-test-"))
atexit.register(shutil.rmtree, _DIR, ignore_errors=True)
os.environ["GILDE_DATA_DIR"] = str(_DIR)  # one for each process, so also one for each worker of pytest-xdist
os.environ["GILDE_HTTPS"] = "0"
for _name in ("GILDE_SECRET_KEY", "GILDE_DEBUG", "GILDE_HOSTS", "GILDE_SITE_URL", "GILDE_OPENID_CONNECT"):
    os.environ.pop(_name, None)

from gilde.config.settings import *  # noqa: E402, F403
from gilde.config.settings import ALLOWED_HOSTS, DATABASES  # noqa: E402

_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because threads on a shared in-memory database do not wait for one another as they do in
    # earnest.
    _database["TEST"] = {"NAME": str(_DIR / "test.sqlite3")}
    _database["OPTIONS"] = {
        **_database["OPTIONS"],
        # A test database need not survive a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;",
    }
else:
    # A pool keeps connections open, and a database with open connections cannot be dropped.
    _database["OPTIONS"].pop("pool", None)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
