"""The pages of credentials: each area tells its own in `tests/credentials/rows_<area>.py`."""

from __future__ import annotations

from functools import partial

from tests import rows

PAGES = rows.pages("credentials")
NOT_PAGES = rows.not_pages("credentials")
things = partial(rows.demo_things, "credentials")
