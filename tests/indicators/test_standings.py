"""How areas stand: every target that holds, the signed judgement before the method's, and any past moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators import standings
from gilde.indicators.models import Area, Indicator, Judgement, Release, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.standings import Stand, sentence, stands
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
ON_TRACK = {"2020": 70.0, "2021": 72.0, "2022": 74.0}


@pytest.fixture
def union() -> Area:
    return AreaFactory(code="EU27_2020", kind=Area.Kind.UNION, level=None, name=Text.of("European Union"))


@pytest.fixture
def indicator(union: Area) -> Indicator:
    return IndicatorFactory()


def sign(target: Target, area: str, status: str, at: datetime, until: Release | None = None) -> Judgement:
    return Judgement.objects.create(
        target=target, area_id=area, status=status, ground="Seen on site", figures_until=until, at=at
    )


def said(stand: Stand) -> str:
    return sentence(stand).replace("\N{NO-BREAK SPACE}", " ")


def test_each_target_is_judged_for_its_own_area(indicator: Indicator, union: Area) -> None:
    figures_of(indicator, {"BE": ON_TRACK, "EU27_2020": {"2020": 80.0, "2021": 81.0, "2022": 83.0}})
    TargetFactory(indicator=indicator, area=union, value=82.0)
    later = TargetFactory(indicator=indicator, area_id="BE", value=90.0, year=2035)
    sooner = TargetFactory(indicator=indicator, area_id="BE", value=75.0, year=2025)
    TargetFactory(indicator=indicator, area_id="BE", value=1.0, withdrawn=True)
    told = stands(indicator)
    assert [(each.area.code, each.target.year, each.status) for each in told] == [
        ("BE", 2025, Status.ON_TRACK),
        ("BE", 2035, Status.ON_TRACK),
        ("EU27_2020", 2030, Status.REACHED),
    ]
    assert [each.target for each in told[:2]] == [sooner, later]
    assert not any(each.borrowed for each in told)


def test_a_target_of_the_union_is_lent_to_its_parts_and_one_of_a_country_to_its_regions_alone(
    indicator: Indicator, union: Area
) -> None:
    belgium = AreaFactory(code="BE", parent=union)
    AreaFactory(code="BE2", kind=Area.Kind.REGION, level=1, parent=belgium)
    AreaFactory(code="FR", parent=union)
    figures_of(indicator, dict.fromkeys(("BE", "BE2", "FR", "EU27_2020"), ON_TRACK))
    TargetFactory(indicator=indicator, area=union, year=2030)
    TargetFactory(indicator=indicator, area=belgium, year=2025, value=75.0)
    told = stands(indicator, areas=["BE2", "FR", "EU27_2020"])
    assert {(each.area.code, each.target.area_id, each.borrowed) for each in told} == {
        ("BE", "BE", False),
        ("BE2", "BE", True),
        ("BE2", "EU27_2020", True),
        ("EU27_2020", "EU27_2020", False),
        ("FR", "EU27_2020", True),
    }
    lent = next(each for each in told if each.area.code == "FR")
    assert said(lent).endswith("The target is that of European Union.")


def test_a_target_of_a_breakdown_is_judged_by_the_series_of_that_breakdown(indicator: Indicator) -> None:
    figures_of(indicator, {"BE": {"2020": 60.0, "2021": 61.0, "2022": 62.0}})
    figures_of(indicator, {"BE": {"2020": 80.0, "2021": 81.0, "2022": 83.0}}, key="sex=F")
    TargetFactory(indicator=indicator, area_id="BE", key="sex=F")
    (told,) = stands(indicator)
    assert told.line is not None
    assert told.line.key == "sex=F"
    assert told.status == Status.REACHED


def test_without_figures_nobody_can_tell(indicator: Indicator) -> None:
    TargetFactory(indicator=indicator)
    (told,) = stands(indicator)
    assert told.line is None
    assert said(told) == "Cannot tell: there are no figures."


def test_a_scope_that_differs_and_the_year_that_the_instrument_counts_from_are_heeded(
    indicator: Indicator,
) -> None:
    figures_of(indicator, {"BE": {"2019": 10.0, **ON_TRACK}})
    TargetFactory(indicator=indicator, area_id="BE", scope_note=Text.of("Graduates of 15 to 34"), year=2030)
    TargetFactory(indicator=indicator, area_id="BE", baseline_year=2020, year=2031)
    differs, counted = stands(indicator)
    assert said(differs) == "Cannot tell: the target counts others than the figures do."
    assert counted.judged.start is not None
    assert counted.judged.start.period == "2020"


def test_a_signed_judgement_gives_the_status_and_says_so(indicator: Indicator) -> None:
    with clock.moved_to(START):
        release = figures_of(indicator, {"BE": ON_TRACK})
    target = TargetFactory(indicator=indicator, area_id="BE")
    sign(target, "BE", Status.TOO_SLOW, START + timedelta(days=1), release)
    (told,) = stands(indicator)
    assert told.status == Status.TOO_SLOW
    assert told.judged.status == Status.ON_TRACK
    assert not told.signed_is_older
    assert said(told) == (
        "Progress too slow, by a judgement signed on 2 January 2026: Seen on site. By the method alone: on track."
    )


def test_a_signed_judgement_is_marked_once_there_are_newer_figures_of_its_area(indicator: Indicator) -> None:
    release = figures_of(indicator, {"BE": ON_TRACK})
    target = TargetFactory(indicator=indicator, area_id="BE")
    sign(target, "BE", Status.ON_TRACK, START, release)
    figures_of(indicator, {"FR": ON_TRACK})
    assert not stands(indicator)[0].signed_is_older
    figures_of(indicator, {"BE": {"2023": 75.0}})
    (told,) = stands(indicator)
    assert told.signed_is_older
    assert "Figures published since are not in it." in said(told)


def test_a_judgement_that_was_taken_back_counts_no_more(indicator: Indicator) -> None:
    figures_of(indicator, {"BE": ON_TRACK})
    target = TargetFactory(indicator=indicator, area_id="BE")
    sign(target, "BE", Status.MOVING_AWAY, START)
    sign(target, "BE", "", START + timedelta(days=1))
    (told,) = stands(indicator)
    assert told.signed is None
    assert told.status == Status.ON_TRACK


def test_an_earlier_moment_is_told_as_it_was(indicator: Indicator) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory())
    with clock.moved_to(START):
        figures_of(indicator, {"BE": ON_TRACK})
    sign(target, "BE", Status.NO_PROGRESS, START + timedelta(days=5))
    with clock.moved_to(START + timedelta(days=10)):
        figures_of(indicator, {"BE": {"2022": 60.0}})

    def then(days: int) -> Stand:
        (told,) = stands(indicator, at=START + timedelta(days=days))
        return told

    assert then(-1).judged.status == Status.CANNOT_TELL
    assert (then(1).signed, then(1).status) == (None, Status.ON_TRACK)
    assert (then(6).status, then(6).judged.status) == (Status.NO_PROGRESS, Status.ON_TRACK)
    assert then(11).judged.status == Status.MOVING_AWAY


def test_however_much_is_asked_it_takes_five_queries(
    union: Area, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    countries = [AreaFactory(code=code, parent=union).code for code in ("BE", "FR", "DE", "NL")]
    asked = []
    for _number in range(6):
        indicator = IndicatorFactory()
        asked.append(indicator)
        figures_of(indicator, dict.fromkeys(countries, ON_TRACK))
        for year in (2025, 2030):
            target = TargetFactory(indicator=indicator, area=union, year=year)
            sign(target, "BE", Status.TOO_SLOW, START)
    with django_assert_num_queries(5):
        told = stands(asked, areas=countries)
        assert len([said(each) for each in told]) == 6 * 2 * 5
    assert list(standings.by_indicator(told)) == [each.pk for each in asked]


def test_without_a_target_one_query_is_enough(
    indicator: Indicator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert stands([indicator], areas=["BE"]) == []


def test_every_status_is_counted_and_has_its_tag(indicator: Indicator) -> None:
    figures_of(indicator, {"BE": ON_TRACK})
    TargetFactory(indicator=indicator, area_id="BE")
    TargetFactory(indicator=indicator, area_id="BE", value=74.0)
    told = standings.counts(stands(indicator))
    assert list(told) == list(Status)
    assert (told[Status.ON_TRACK], told[Status.REACHED], told[Status.CANNOT_TELL]) == (1, 1, 0)
    assert {status: standings.tag(status)[0] for status in Status} == {
        Status.REACHED: "good",
        Status.ON_TRACK: "good",
        Status.TOO_SLOW: "warn",
        Status.NO_PROGRESS: "warn",
        Status.MOVING_AWAY: "bad",
        Status.CANNOT_TELL: "none",
    }
    assert standings.tag("too-slow")[1] == "progress too slow"


@pytest.mark.parametrize(
    ("figures", "value", "year", "words"),
    [
        (
            {"2020": 70.0, "2021": 70.6, "2022": 71.8, "2023": 72.4},
            82.0,
            2030,
            "Progress too slow. Since 2020 it changes by +0.8 percentage points a year, 70 % of the pace that is "
            "needed; if that goes on, it comes to 78.3 % in 2030 (76.9 to 79.8).",
        ),
        (
            {"2020": 70.0, "2021": 70.1, "2022": 70.2},
            82.0,
            2030,
            "No progress. Since 2020 it changes by +0.1 percentage points a year, 8 % of the pace that is needed, "
            "and less than 10 % counts as no progress; if that goes on, it comes to 71.0 % in 2030 (71.0 to 71.0).",
        ),
        (
            {"2020": 70.0, "2021": 69.0, "2022": 68.0},
            82.0,
            2030,
            "Moving away. Since 2020 it changes by -1.0 percentage point a year, away from the target; "
            "if that goes on, it comes to 60.0 % in 2030 (60.0 to 60.0).",
        ),
        ({"2022": 83.0}, 82.0, 2030, "Reached: 83.0 % in 2022, and the target is at least 82.0 % by 2030."),
        (
            {"2020": 70.0, "2021": 71.0, "2022": 78.0},
            82.0,
            2022,
            "Not reached: 78.0 % in 2022, and the target was at least 82.0 % by 2022. From 2020 to 2022 it changed "
            "by +4.0 percentage points a year, 66 % of the pace that is needed.",
        ),
        (
            {"2020": 70.0, "2021": (71.0, "b"), "2022": 78.0},
            82.0,
            2030,
            "Cannot tell: the series is broken in 2021, and figures are not compared across a break; since then "
            "there are 2 figures to compare, and 3 are needed. It is 78.0 % in 2022, 4.0 percentage points from the "
            "target (at least 82.0 % by 2030).",
        ),
        (
            {"2020": 70.0, "2021": 71.0, "2022": 72.0, "2023": (73.0, "u")},
            82.0,
            2030,
            "Cannot tell: the source calls the figure of 2023 unreliable. It is 73.0 % in 2023, 9.0 percentage "
            "points from the target (at least 82.0 % by 2030).",
        ),
        ({"2021": 70.0, "2023": 73.0}, 82.0, 2022, "Cannot tell: there is no figure for the end of 2022."),
    ],
)
def test_the_sentence_says_how_and_why(
    indicator: Indicator, figures: dict[str, object], value: float, year: int, words: str
) -> None:
    figures_of(indicator, {"BE": figures})
    TargetFactory(indicator=indicator, area_id="BE", value=value, year=year)
    (told,) = stands(indicator)
    assert said(told) == words


def test_a_number_of_persons_changes_by_persons_and_reads_as_the_reader_writes() -> None:
    indicator = IndicatorFactory(unit="NR", unit_label=Text.of("persons"), decimals=0, maximum=None)
    figures_of(indicator, {"BE": {"2020": 1000.0, "2021": 1500.0, "2022": 2000.0}})
    TargetFactory(indicator=indicator, area_id="BE", value=6000)
    (told,) = stands(indicator)
    assert "+500 persons a year" in said(told)
    with translation.override("nl"):
        assert "6.000 persons" in said(told).replace("\xa0", " ")
