"""A revision adds and never overwrites, what is equal stays, and every past state can be told again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gilde.core import clock
from gilde.indicators import figures
from gilde.indicators.models import Observation, Release
from tests.indicators.factories import IndicatorFactory, figures_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def told(indicator: object, at: datetime | None = None) -> dict[str, dict[str, object]]:
    """Return what is published, in the form in which tests write it."""
    return {
        line.area.code: {f.period: (f.value, f.flags) for f in line.figures}
        for line in figures.lines(indicator, keys=None, at=at)  # type: ignore[arg-type]
    }


def test_a_revision_adds_and_the_past_state_is_reproduced_exactly() -> None:
    indicator = IndicatorFactory()
    with clock.moved_to(START):
        figures_of(indicator, {"BE": {"2020": 71.5, "2021": 76.0}, "FR": {"2020": 60.1}})
    with clock.moved_to(START + timedelta(days=10)):
        second = figures_of(indicator, {"BE": {"2021": (76.4, "p"), "2022": 79.6}})
    assert second is not None
    assert (second.added, second.revised, second.withdrawn) == (1, 1, 0)
    assert told(indicator)["BE"] == {"2020": (71.5, ""), "2021": (76.4, "p"), "2022": (79.6, "")}
    assert told(indicator, START + timedelta(days=9)) == {
        "BE": {"2020": (71.5, ""), "2021": (76.0, "")},
        "FR": {"2020": (60.1, "")},
    }
    assert told(indicator, START - timedelta(days=1)) == {}


def test_the_same_figures_again_are_no_release() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2020": 71.5, "2021": None}})
    assert figures_of(indicator, {"BE": {"2020": 71.5, "2021": None}}) is None
    assert Release.objects.count() == 1
    assert Observation.objects.count() == 2


def test_a_flag_alone_is_a_revision() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2020": 71.5}})
    release = figures_of(indicator, {"BE": {"2020": (71.5, "u")}})
    assert release is not None
    assert release.revised == 1


def test_what_a_complete_file_leaves_out_is_withdrawn_and_can_come_back() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2020": 71.5, "2021": 76.0}})
    release = figures_of(indicator, {"BE": {"2021": 76.0}}, complete=True)
    assert release is not None
    assert (release.added, release.revised, release.withdrawn) == (0, 0, 1)
    assert told(indicator) == {"BE": {"2021": (76.0, "")}}
    figures_of(indicator, {"BE": {"2020": 71.5}})
    assert told(indicator) == {"BE": {"2020": (71.5, ""), "2021": (76.0, "")}}


@pytest.mark.parametrize(
    "change",
    [{"value": 1.0}, {"flags": "p"}, {"period": "1999"}, {"until": None, "value": 2.0}],
    ids=str,
)
def test_the_database_refuses_to_rewrite_a_figure(change: dict[str, object]) -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2020": 71.5}})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Observation.objects.update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Observation.objects.all()._raw_delete(using="default")  # type: ignore[attr-defined]
    assert told(indicator) == {"BE": {"2020": (71.5, "")}}


def test_a_closed_figure_cannot_be_opened_again() -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2020": 71.5}})
    figures_of(indicator, {"BE": {"2020": 71.6}})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Observation.objects.exclude(until=None).update(until=None)


VALUES = st.one_of(st.none(), st.floats(-1e9, 1e9).map(lambda value: round(value, 3)))
STATES = st.dictionaries(
    st.tuples(st.sampled_from(["BE", "FR", "EU27_2020"]), st.sampled_from(["2019", "2020", "2021"])),
    st.tuples(VALUES, st.sampled_from(["", "b", "bu", "p"])),
    max_size=9,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(STATES, min_size=1, max_size=5))
def test_every_state_that_was_ever_published_can_be_told_again(
    states: list[dict[tuple[str, str], tuple]],
) -> None:
    indicator = IndicatorFactory()
    expected: list[tuple[datetime, dict[str, dict[str, object]]]] = []
    for number, state in enumerate(states):
        moment = START + timedelta(days=number)
        nested: dict[str, dict[str, object]] = {}
        for (area, period), (value, flags) in state.items():
            flags = "".join(sorted(flags + ":")) if value is None else flags
            nested.setdefault(area, {})[period] = (value, flags)
        with clock.moved_to(moment):
            figures_of(indicator, nested, complete=True)
        expected.append((moment, nested))
    for moment, nested in expected:
        assert told(indicator, moment) == nested
