"""The one clock, which tests and simulations move."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import gilde
from gilde.core import clock


def test_the_clock_tells_the_present_with_its_time_zone() -> None:
    assert clock.now().tzinfo is not None
    assert abs(clock.now() - timezone.now()) < timedelta(minutes=1)


def test_a_moved_clock_stands_still_and_comes_back() -> None:
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    with clock.moved_to(moment):
        assert clock.now() == clock.now() == moment
        with clock.moved_to(date(2030, 1, 1)):
            assert clock.today() == date(2030, 1, 1)
        assert clock.today() == date(2026, 3, 2)
    assert clock.now() != moment


def test_the_clock_comes_back_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), clock.moved_to(date(2030, 1, 1)):
        print(1 / 0)
    assert clock.today().year != 2030


def test_today_is_the_day_where_the_installation_stands() -> None:
    """Half an hour before midnight in UTC it is tomorrow in Brussels."""
    with clock.moved_to(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 7, 1)


def test_nothing_else_asks_what_time_it_is() -> None:
    asking = re.compile(r"\b(timezone\.now|datetime\.now|datetime\.utcnow|date\.today|timezone\.localdate)\(")
    root = Path(gilde.__file__).parent
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in root.rglob("*.py")
        if path.relative_to(root).as_posix() != "core/clock.py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if asking.search(line)
    ]
    assert found == []
