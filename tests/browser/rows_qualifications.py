"""The pages of qualifications: each area tells its own in `tests/qualifications/rows_<area>.py`."""

from __future__ import annotations

from functools import partial

from tests import rows

PAGES = rows.pages("qualifications")
NOT_PAGES = rows.not_pages("qualifications")
things = partial(rows.demo_things, "qualifications")
