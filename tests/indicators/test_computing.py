"""Computed series: metrics run for periods and areas, what they tell is published, and a failure stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.errors import Invalid, Missing
from gilde.core.metrics import PERCENT, Measured, metric, registry
from gilde.core.periods import Period
from gilde.core.text import Text
from gilde.indicators.dimensions import dimensions_of
from gilde.indicators.figures import Figure, lines
from gilde.indicators.jobs import compute
from gilde.indicators.models import Area, Indicator, MetricRun, Observation, Release
from gilde.indicators.services import computing
from gilde.indicators.services.computing import ensure_indicator, indicator_code, run_all
from gilde.indicators.services.reference import load_reference
from tests.indicators.factories import AreaFactory, IndicatorFactory, OwnerFactory

pytestmark = pytest.mark.django_db

Declare = Callable[..., None]
MAIN: Final = "GILDE"


@pytest.fixture(autouse=True)
def _world(db: None) -> Iterator[None]:
    """Let it be 1 March 2026, with two areas, and every metric of a test gone afterwards."""
    before = dict(registry._registry)
    AreaFactory(code=MAIN, kind=Area.Kind.COMMUNITY, level=None)
    AreaFactory(code="BE")
    with clock.moved_to(date(2026, 3, 1)):
        yield
    registry._registry.clear()
    registry._registry.update(before)


@pytest.fixture
def declare() -> Declare:
    def make(code: str, function: Callable[[Period, str], Any], **words: Any) -> None:
        told = {
            "label": "Contracts",
            "unit": "contracts",
            "definition": "Contracts that hold on the last day.",
            "source": "Register of contracts",
            "valid_from": date(2000, 1, 1),
        }
        metric(code, **{**told, **words})(function)

    return make


def constant(measured: Measured | None) -> Callable[[Period, str], Measured | None]:
    return lambda period, area: measured


def figures(code: str, key: str = "", area: str = MAIN) -> list[Figure]:
    found = lines(Indicator.objects.get(code=code), keys=[key], areas=[area])
    return list(found[0].figures) if found else []


def values(code: str, key: str = "", area: str = MAIN) -> dict[str, float | None]:
    return {figure.period: figure.value for figure in figures(code, key, area)}


def test_a_metric_fills_an_indicator_that_says_what_the_code_says(declare: Declare) -> None:
    declare("t.active_contracts", constant(Measured(7)), label=_("Home"))
    run_all(["t.active_contracts"], last=1)
    indicator = Indicator.objects.get(code="t-active-contracts")
    assert (indicator.kind, indicator.state, indicator.metric) == (
        "computed",
        "published",
        "t.active_contracts",
    )
    assert indicator.name.words == {"en": "Home", "nl": "Voorpagina"}
    assert str(indicator.definition) == "Contracts that hold on the last day."
    assert (indicator.unit, str(indicator.unit_label), indicator.decimals) == ("NR", "contracts", 0)
    assert (indicator.owner, indicator.synthetic, indicator.maximum) == (None, False, None)
    assert indicator_code("t.active_contracts") == indicator.code


def test_what_everything_tells_stands_under_an_area_of_its_own(declare: Declare) -> None:
    asked: list[tuple[str, str]] = []

    def counted(period: Period, area: str) -> Measured:
        asked.append((str(period), area))
        return Measured(7 if area else 12)

    declare("t.counted", counted)
    run_all(["t.counted"], last=2)
    assert asked == [("2025", ""), ("2025", "BE"), ("2026", ""), ("2026", "BE")]
    assert values("t-counted") == {"2025": 12, "2026": 12}
    assert values("t-counted", area="BE") == {"2025": 7, "2026": 7}


def test_a_share_is_kept_in_percent_with_what_it_is_a_share_of(declare: Declare) -> None:
    declare("t.share", constant(Measured(1, 3)), unit=PERCENT)
    run_all(["t.share"], last=1)
    [figure] = figures("t-share")
    assert figure.value == pytest.approx(100 / 3)
    assert (figure.numerator, figure.denominator) == (1, 3)
    indicator = Indicator.objects.get(code="t-share")
    assert (indicator.unit, indicator.minimum, indicator.maximum) == ("PC", 0, 100)
    assert indicator.aggregation == Indicator.Aggregation.RATIO


def test_parts_are_series_of_their_own(declare: Declare) -> None:
    parts = {
        "state": {"under-way": Measured(2, 4), "": Measured(0, 2)},
        "Sector code": {"a & b": Measured(1, 6)},
    }
    declare("t.parts", constant(Measured(2, 6, parts)), unit=PERCENT)
    run_all(["t.parts"], last=1)
    assert values("t-parts", "state=under-way") == {"2026": 50}
    assert values("t-parts", "state=_U") == {"2026": 0}
    assert values("t-parts", "sector_code=a-b")["2026"] == pytest.approx(16.67, abs=0.01)
    dimensions = {each.code: each for each in dimensions_of(Indicator.objects.get(code="t-parts"))}
    assert dimensions["state"].total == "_T"
    assert dimensions["state"].category("under-way") == "under way"
    assert dimensions["state"].category("_U") == "not known"
    assert str(dimensions["sector_code"].name) == "Sector code"


def test_parts_of_parts_have_both_categories(declare: Declare) -> None:
    women = Measured(3, breakdowns={"age": {"Y15-24": Measured(2)}})
    declare("t.deep", constant(Measured(5, breakdowns={"sex": {"F": women}})))
    run_all(["t.deep"], last=1)
    assert values("t-deep", "age=Y15-24&sex=F") == {"2026": 2}


def test_a_new_category_joins_those_that_are_known_and_keeps_the_names_of_the_keeper(
    declare: Declare,
) -> None:
    state = "late"
    declare("t.grown", lambda period, area: Measured(1, breakdowns={"state": {state: Measured(1)}}))
    run_all(["t.grown"], last=1)
    indicator = Indicator.objects.get(code="t-grown")
    [known] = dimensions_of(indicator)
    named = {**known.categories, "late": Text.of({"en": "too late", "nl": "te laat"})}
    kept = replace(known, categories=named).as_json()
    Indicator.objects.filter(pk=indicator.pk).update(dimensions=[kept])
    state = "done"
    run_all(["t.grown"], last=1)
    [dimension] = dimensions_of(Indicator.objects.get(pk=indicator.pk))
    assert set(dimension.categories) == {"_T", "late", "done"}
    assert dimension.category("late") == "too late"


@pytest.mark.parametrize("told", [None, Measured(0, 0)])
def test_no_data_is_no_figure_and_never_nought(declare: Declare, told: Measured | None) -> None:
    declare("t.silent", constant(told), unit=PERCENT)
    done = run_all(["t.silent"], last=1)
    assert (done["measured"], done["no_data"], done["released"]) == (0, 2, 0)
    assert not Observation.objects.exists()
    assert set(MetricRun.objects.values_list("outcome", flat=True)) == {"no data"}


def test_nought_that_was_counted_is_a_figure(declare: Declare) -> None:
    declare("t.nought", constant(Measured(0)))
    run_all(["t.nought"], last=1)
    assert values("t-nought") == {"2026": 0}


def test_what_is_not_told_any_more_keeps_the_figure_of_before(declare: Declare) -> None:
    told: Measured | None = Measured(3)
    declare("t.once", lambda period, area: told)
    run_all(["t.once"], last=1)
    told = None
    assert run_all(["t.once"], last=1)["released"] == 0
    assert values("t-once") == {"2026": 3}
    assert MetricRun.objects.filter(area=MAIN).get().outcome == "no data"


def test_a_metric_that_raises_leaves_the_others_fresh_and_itself_marked_failed(declare: Declare) -> None:
    works = True

    def broken(period: Period, area: str) -> Measured:
        if not works:
            raise ZeroDivisionError("no contracts to divide by")
        return Measured(5)

    declare("t.broken", broken)
    declare("t.fine", lambda period, area: Measured(1 if works else 2))
    run_all(["t.broken", "t.fine"], last=1)
    works = False
    done = run_all(["t.broken", "t.fine"], last=1)
    assert values("t-fine") == {"2026": 2}
    assert values("t-broken") == {"2026": 5}
    run = MetricRun.objects.get(indicator__code="t-broken", area=MAIN)
    assert (run.outcome, run.message) == ("failed", "ZeroDivisionError: no contracts to divide by")
    assert done["failures"] == [
        {"metric": "t.broken", "message": "ZeroDivisionError: no contracts to divide by"}
    ]
    assert (done["measured"], done["failed"], done["released"]) == (2, 2, 1)
    works = True
    run_all(["t.broken"], last=1)
    run.refresh_from_db()
    assert (run.outcome, run.message) == ("measured", "")


def test_one_period_that_fails_does_not_take_the_others_with_it(declare: Declare) -> None:
    def half(period: Period, area: str) -> Measured:
        if period.first_day.year == 2025:
            raise Invalid("The register of 2025 is closed.")
        return Measured(1)

    declare("t.half", half)
    run_all(["t.half"], last=2)
    assert values("t-half") == {"2026": 1}
    assert MetricRun.objects.get(area=MAIN, period="2025").message == "The register of 2025 is closed."


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (Measured("many"), "ConversionSyntax"),  # type: ignore[arg-type]
        (7, "returned int instead of Measured"),
        (
            Measured(2, breakdowns={"a": {"x y": Measured(1), "x:y": Measured(1)}}),
            "Two categories have the same key “a=x-y”",
        ),
    ],
)
def test_what_cannot_be_a_figure_is_a_failure_of_the_metric(
    declare: Declare, told: Any, message: str
) -> None:
    declare("t.odd", constant(told))
    assert run_all(["t.odd"], last=1)["failed"] == 2
    assert message in MetricRun.objects.filter(area=MAIN).get().message
    assert not Observation.objects.exists()


def test_figures_that_cannot_be_stored_mark_the_metric_and_leave_the_others(
    declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare("t.first", constant(Measured(1)))
    declare("t.second", constant(Measured(2)))
    publish = computing.publish

    def failing(**told: Any) -> Release | None:
        if told["indicator"].metric == "t.first":
            raise RuntimeError("the disk is full")
        return publish(**told)

    monkeypatch.setattr(computing, "publish", failing)
    done = run_all(["t.first", "t.second"], last=1)
    assert values("t-second") == {"2026": 2}
    assert (
        MetricRun.objects.get(indicator__code="t-first", area=MAIN).message
        == "RuntimeError: the disk is full"
    )
    assert done["failures"] == [{"metric": "t.first", "message": "RuntimeError: the disk is full"}]


def test_a_metric_may_not_write(declare: Declare) -> None:
    declare("t.writes", lambda period, area: Area.objects.create(code="XX", kind="country") and Measured(1))
    run_all(["t.writes"], last=1)
    assert "may only read" in MetricRun.objects.filter(area=MAIN).get().message
    assert not Area.objects.filter(code="XX").exists()


def test_there_is_one_release_for_a_metric_and_none_when_nothing_changed(declare: Declare) -> None:
    number = 1
    declare("t.counted", lambda period, area: Measured(number))
    run_all(["t.counted"], last=3)
    [release] = Release.objects.all()
    assert (release.kind, release.added, release.source) == ("metric", 6, "Register of contracts")
    assert release.code_version == registry.get("t.counted").version
    assert run_all(["t.counted"], last=3)["released"] == 0
    number = 2
    run_all(["t.counted"], periods=["2026"])
    assert list(Release.objects.order_by("id").values_list("added", "revised")) == [(6, 0), (0, 2)]


def test_a_run_says_when_by_which_code_and_how_long(declare: Declare) -> None:
    declare("t.counted", constant(Measured(1)))
    run_all(["t.counted"], last=1)
    with clock.moved_to(clock.now() + timedelta(days=1)):
        run_all(["t.counted"], last=1)
        run = MetricRun.objects.get(area=MAIN)
        assert run.ran_at == clock.now()
    assert run.code_version == registry.get("t.counted").version
    assert run.milliseconds < 10_000


def test_a_definition_that_does_not_hold_yet_gives_no_figure(declare: Declare) -> None:
    declare("t.young", constant(Measured(1)), valid_from=date(2026, 1, 1))
    run_all(["t.young"], last=2)
    assert values("t-young") == {"2026": 1}
    assert MetricRun.objects.get(area=MAIN, period="2025").outcome == "not defined"


@pytest.mark.parametrize(
    ("frequency", "periods"),
    [
        ("A", ["2024", "2025", "2026"]),
        ("S", ["2023-2024", "2024-2025", "2025-2026"]),
        ("Q", ["2025-Q3", "2025-Q4", "2026-Q1"]),
        ("M", ["2026-01", "2026-02", "2026-03"]),
    ],
)
def test_a_metric_runs_for_the_last_periods_of_its_indicator(
    declare: Declare, frequency: str, periods: list[str]
) -> None:
    declare("t.counted", constant(Measured(1)))
    ensure_indicator(registry.get("t.counted"))
    Indicator.objects.update(frequency=frequency)
    run_all(["t.counted"], last=3)
    assert list(values("t-counted")) == periods


def test_of_the_periods_asked_for_those_of_its_frequency_are_run(declare: Declare) -> None:
    declare("t.counted", constant(Measured(1)))
    run_all(["t.counted"], periods=["2024", "2025-Q1", "2020-2021"])
    assert list(values("t-counted")) == ["2024"]


def test_without_more_said_every_metric_runs_as_the_data_says(declare: Declare) -> None:
    load_reference()
    declare("t.counted", constant(Measured(1)))
    done = compute()
    assert done["metrics"] == len(registry.metrics()) == len(set(MetricRun.objects.values_list("indicator")))
    assert done["failures"] == []
    plan = computing.plan()
    assert done["runs"] == done["metrics"] * len(plan.areas) * plan.last["A"]
    assert Area.objects.filter(code__in=plan.areas).count() == len(plan.areas)


def test_an_unknown_metric_or_area_is_said_before_anything_runs(declare: Declare) -> None:
    declare("t.counted", constant(Measured(1)))
    with pytest.raises(Missing, match="There is no metric"):
        run_all(["t.counted", "t.nothing"])
    with pytest.raises(Missing, match="There is no area “XX”"):
        run_all(["t.counted"], areas=["BE", "XX"])
    assert not MetricRun.objects.exists()


def test_new_words_in_the_code_reach_the_indicator_and_what_its_keeper_set_stays(declare: Declare) -> None:
    declare("t.counted", constant(Measured(1)))
    indicator = ensure_indicator(registry.get("t.counted"))
    keeper = OwnerFactory()
    Indicator.objects.update(direction="higher", owner=keeper)
    del registry._registry["t.counted"]
    declare("t.counted", constant(Measured(1)), label="Contracts that hold")
    ensure_indicator(registry.get("t.counted"))
    indicator.refresh_from_db()
    assert (str(indicator.name), indicator.direction, indicator.owner) == (
        "Contracts that hold",
        "higher",
        keeper,
    )
    Indicator.objects.update(name=Text.of("Ours"), version=2)
    assert str(ensure_indicator(registry.get("t.counted")).name) == "Ours"


def test_an_indicator_that_somebody_set_up_for_the_metric_is_filled(declare: Declare) -> None:
    declare("t.counted", constant(Measured(1)))
    IndicatorFactory(code="our-contracts", kind="computed", metric="t.counted", unit="NR", maximum=None)
    run_all(["t.counted"], last=1)
    assert values("our-contracts") == {"2026": 1}
    assert not Indicator.objects.filter(code="t-counted").exists()


def test_a_code_that_is_taken_by_another_indicator_is_a_failure_with_a_sentence(declare: Declare) -> None:
    IndicatorFactory(code="t-counted")
    declare("t.counted", constant(Measured(1)))
    [failure] = run_all(["t.counted"], last=1)["failures"]
    assert "belongs to an indicator that is not computed" in failure["message"]


def test_progress_is_told_for_each_metric(declare: Declare) -> None:
    declare("t.first", constant(Measured(1)))
    declare("t.second", constant(Measured(1)), label="Second")
    told: list[tuple[int, int | None, str]] = []
    run_all(
        ["t.first", "t.second"],
        last=1,
        progress=lambda done, total=None, step="": told.append((done, total, step)),
    )
    assert told == [(0, 2, "Contracts"), (1, 2, "Second"), (2, 2, "")]
