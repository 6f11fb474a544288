"""The figures of the demo world: those of the sources, with their breaks, linked and on a board; loaded once."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.demo import loading
from gilde.demo.figures import load_indicators
from gilde.indicators.access import can_manage, roles_over
from gilde.indicators.figures import Figure, lines
from gilde.indicators.models import Area, Board, Indicator, MetricRun, Observation, Release, Standing
from gilde.indicators.models.targets import Status
from gilde.organisations.models import Organisation
from gilde.plans.models import MeasureIndicator
from tests.demo.yaml_data import DATA, load

FIGURES = load(DATA / "indicators" / "figures.yaml")
WORLD = load(DATA / "indicators" / "world.yaml")


def figures(code: str, area: str) -> dict[str, Figure]:
    [line] = lines(Indicator.objects.get(code=code), areas=[area])
    return {figure.period: figure for figure in line.figures}


def values(code: str, area: str) -> list[float | None]:
    return [figure.value for figure in figures(code, area).values()]


# --- the data files, as plain YAML


def test_every_restated_series_names_its_source_and_day() -> None:
    assert FIGURES["restated"].year == 2026
    for row in FIGURES["releases"]:
        assert row["source"]
        for periods in row["figures"].values():
            years = list(periods)
            assert years == list(range(years[0], years[-1] + 1)), row["indicator"]


def test_every_figure_is_a_share() -> None:
    told = [
        cell[0] if isinstance(cell, list) else cell
        for row in FIGURES["releases"]
        for periods in row["figures"].values()
        for cell in periods.values()
    ]
    assert len(told) == 50
    assert all(isinstance(value, float) and 0 < value < 100 for value in told)


class TheWorldAsLoaded(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        loading.load(make_password(None))

    def test_belgiums_graduate_employment_shows_its_breaks_in_2021_and_2024(self) -> None:
        belgium = figures("vet-graduates-employed", "BE")
        assert [period for period, figure in belgium.items() if figure.is_break] == ["2021", "2024"]
        assert list(belgium) == [str(year) for year in range(2014, 2026)]
        assert values("vet-graduates-employed", "BE") == [
            70.2, 75.6, 73.1, 72.2, 76.7, 77.1, 76.5, 71.5, 79.6, 80.9, 63.9, 75.4,
        ]  # fmt: skip
        union = figures("vet-graduates-employed", "EU27_2020")
        assert [period for period, figure in union.items() if figure.is_break] == ["2021"]
        assert (union["2014"].value, union["2025"].value) == (72.5, 80.1)

    def test_workplace_learning_and_combined_programmes_are_those_of_the_sources(self) -> None:
        assert values("vet-graduates-work-based-learning", "BE") == [48.8]
        assert values("vet-graduates-work-based-learning", "EU27_2020") == [65.2]
        assert values("vet-learners-combined-programmes", "BE") == [
            5.9, 5.8, 5.9, 5.9, 6.0, 6.2, 6.1, 6.5, 6.7, 4.6, 5.1,
        ]  # fmt: skip
        assert next(iter(figures("vet-learners-combined-programmes", "EU27_2020"))) == "2015"

    def test_early_leaving_is_shown_under_both_definitions_each_with_its_area_and_a_flag(self) -> None:
        [survey] = figures("early-leavers-survey-regions", "BE2").values()
        [registers] = figures("early-leavers-administrative", "BE_FL").values()
        assert (survey.value, survey.flags) == (7.3, "d")
        assert (registers.value, registers.flags) == (12.0, "de")

    def test_every_release_says_that_it_was_restated_and_when(self) -> None:
        for release in Release.objects.filter(kind=Release.Kind.REFERENCE):
            assert release.retrieved_at.date() == FIGURES["restated"]
            assert release.source
        assert Release.objects.filter(kind=Release.Kind.REFERENCE).count() == len(FIGURES["releases"])

    def test_an_indicator_without_figures_has_none(self) -> None:
        told = set(Observation.objects.values_list("series__indicator__code", flat=True))
        silent = (
            Indicator.objects.filter(kind="official").exclude(code__in=told).values_list("code", flat=True)
        )
        assert set(silent) == {
            "adults-learning-12-months",
            "early-leavers-survey",
            "neets",
            "neets-regions",
            "vet-mobility",
        }

    def test_the_ministry_keeps_the_indicators_and_its_people_may_act_on_them(self) -> None:
        indicator = Indicator.objects.get(code="vet-graduates-employed")
        assert indicator.owner is not None
        assert indicator.owner.slug == WORLD["keeper"]
        assert not Indicator.objects.filter(owner=None).exists()
        officer = User.objects.get(email="lena@demo.gilde.example")
        approver = User.objects.get(email="mirjam@demo.gilde.example")
        stranger = User.objects.get(email="astrid@demo.gilde.example")
        assert can_manage(officer, indicator)
        assert "approver" in roles_over(approver, indicator)
        assert not can_manage(stranger, indicator)

    def test_dual_learning_is_measured_by_workplace_learning_and_combined_programmes(self) -> None:
        links = MeasureIndicator.objects.filter(measure__plan__slug="flanders-2022", measure__number="3.9")
        assert [(link.indicator.code, link.area) for link in links] == [
            ("vet-graduates-work-based-learning", "BE"),
            ("vet-learners-combined-programmes", "BE"),
        ]
        assert all(link.note for link in links)
        early = MeasureIndicator.objects.filter(measure__number="3.5", measure__plan__slug="flanders-2022")
        assert {link.area for link in early} == {"BE2", "BE_FL"}
        assert Area.objects.filter(code__in=MeasureIndicator.objects.values("area")).count() == 3

    def test_a_board_of_the_ministry_is_shared(self) -> None:
        board = Board.objects.get()
        assert (board.owner.slug, board.shared) == ("flemish-ministry-education", True)
        assert set(board.title.words) == {"en", "nl"}
        assert board.items.count() == 6

    def test_what_gilde_computes_of_the_demo_is_there(self) -> None:
        measures = lines(Indicator.objects.get(code="plans-measures"), areas=["GILDE", "BE"])
        assert {line.area.code: line.figures[-1].value for line in measures} == {"BE": 14, "GILDE": 31}
        assert not MetricRun.objects.filter(outcome="failed").exists()

    def test_the_targets_of_the_union_are_judged_and_counted_by_status(self) -> None:
        employed = Standing.objects.get(target__indicator__code="vet-graduates-employed", area="EU27_2020")
        assert employed.status in set(Status.values) - {Status.REACHED}
        told = lines(Indicator.objects.get(code="indicators-targets-by-status"), areas=["GILDE"], keys=None)
        by_key = {line.key: line.figures[-1].value for line in told}
        assert by_key.pop("") == 8
        assert sum(value or 0 for value in by_key.values()) == 8
        assert by_key[f"status={employed.status}"]

    def test_a_second_load_leaves_everything_as_people_made_it(self) -> None:
        Board.objects.update(title=Text.of("Ours"))
        Indicator.objects.filter(code="neets").update(owner=Organisation.objects.get(slug="serv"))
        before = (Release.objects.count(), MeasureIndicator.objects.count(), AuditEvent.objects.count())
        said: list[object] = []
        loading.load(make_password(None), say=said.append)
        assert (
            Release.objects.count(),
            MeasureIndicator.objects.count(),
            AuditEvent.objects.count(),
        ) == before
        assert str(Board.objects.get().title) == "Ours"
        assert Indicator.objects.get(code="neets").owner.slug == "serv"  # type: ignore[union-attr]
        assert not any("restated" in line for line in said)

    def test_looking_whether_the_figures_are_there_is_quick(self) -> None:
        organisations = {each.slug: each for each in Organisation.objects.all()}
        with CaptureQueriesContext(connection) as asked:
            load_indicators(organisations)
        assert len(asked) <= 18
