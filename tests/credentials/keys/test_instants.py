"""Moments of credentials: with a zone, and in one form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.credentials.errors import Unreadable
from gilde.credentials.keys.instants import read_instant, write_instant

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES))
def test_what_was_written_is_read_to_the_second(moment: datetime) -> None:
    assert read_instant(write_instant(moment)) == moment.replace(microsecond=0)
    assert read_instant(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01T12:00:00Z", datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01T12:00:00.5Z", datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-05-01T12:00:00.123456789+02:00", datetime(2026, 5, 1, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-05-01T12:00:00-14:00", datetime(2026, 5, 2, 2, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_every_form_of_the_standard_is_read(text: str, moment: datetime) -> None:
    assert read_instant(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01T12:00:00",
        "2026-05-01",
        "2026-05-01 12:00:00Z",
        "2026-05-01t12:00:00z",
        "2026-05-01T12:00Z",
        "2026-13-01T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-05-01T25:00:00Z",
        "2026-05-01T24:00:01Z",
        "2026-05-01T12:00:60Z",
        "2026-05-01T12:00:00+14:01",
        "2026-05-01T12:00:00+02:60",
        "2026-05-01T12:00:00+0200",
        "2026-05-01T12:00:00.Z",
        "0000-05-01T12:00:00Z",
        "٢٠٢٦-05-01T12:00:00Z",
        " 2026-05-01T12:00:00Z",
        "2026-05-01T12:00:00Z\n",
        "invalidDate",
        "",
        1746100800,
        None,
    ],
)
def test_everything_else_is_refused(text: object) -> None:
    with pytest.raises(Unreadable) as refused:
        read_instant(text)
    assert refused.value.reason == "time"


def test_without_a_zone_it_is_utc_where_that_is_allowed() -> None:
    assert read_instant("2026-05-01T12:00:00", zoneless=True) == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_moment_without_a_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        write_instant(datetime(2026, 5, 1))
