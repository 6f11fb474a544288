"""The page of an indicator, as visitors and officers see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.models import Area, Indicator, Judgement, MetricRun, Origin, Target
from gilde.indicators.views import answers
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.indicators.reading import TODAY, employed, html_of, main_of, revised, rows_of, signed_in, words_of

pytestmark = pytest.mark.django_db
TABS = ("indicator", "figures", "revisions", "about")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    answers.forget()
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def indicator() -> Indicator:
    return employed()


def url(indicator: Indicator, tab: str = "indicator", query: str = "") -> str:
    return reverse(f"indicators:{tab}", args=[indicator.code]) + query


@pytest.mark.parametrize("tab", TABS)
def test_each_side_of_a_published_indicator_is_public(
    client: GildeClient, indicator: Indicator, tab: str
) -> None:
    assert "Recent VET graduates in employment" in main_of(client.get(url(indicator, tab)))


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_a_draft_is_seen_by_the_members_of_its_keeper_only(
    client: GildeClient, indicator: Indicator, tab: str, state: str
) -> None:
    Indicator.objects.update(state=state)
    elsewhere = member(IndicatorFactory(), "officer")
    assert signed_in(member(indicator, "reader")).get(url(indicator, tab)).status_code == 200
    assert signed_in(elsewhere).get(url(indicator, tab)).status_code == 404
    assert client.get(url(indicator, tab)).status_code == 404


def test_it_tells_the_newest_figures_with_their_period_and_change(
    client: GildeClient, indicator: Indicator
) -> None:
    shown = [words_of(node) for node in html_of(client.get(url(indicator))).css(".latest-figures > li")]
    assert shown == [
        "Belgium 75.4 % 2025 +11.5 percentage points since 2024",
        "European Union (27) 80.1 % 2025 +0.2 percentage points since 2024",
    ]


def test_across_a_break_no_change_is_told(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2023": 80.9, "2024": (63.9, "b")}})
    assert "63.9 % b (break in the series) 2024 · break in the series not comparable with 2023" in main_of(
        client.get(url(indicator))
    )


def test_the_table_holds_every_figure_the_newest_period_first_with_its_flags(
    client: GildeClient, indicator: Indicator
) -> None:
    response = client.get(url(indicator))
    heads = [words_of(node) for node in html_of(response).css("table.figures thead th")]
    assert heads == ["Area", "2025", "2024", "2023", "2022", "2021", "2020", "2019"]
    rows = {row[0]: row[1:] for row in rows_of(response, "table.figures")}
    assert rows["Belgium"] == ["75.4", "63.9 b", "80.9", "79.6", "71.5 b", "76.5", "77.1"]
    broken = [words_of(cell) for cell in html_of(response).css("table.figures td.break")]
    assert broken == ["76.0 b", "63.9 b", "71.5 b"]
    assert "b break in the series" in main_of(response)


def test_what_is_missing_is_marked_and_what_nobody_told_is_empty(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {"BE": {"2023": None, "2025": 1234.5}, "FR": {"2025": 2.0}})
    rows = rows_of(client.get(url(indicator)), "table.figures")
    assert {row[0]: row[1:] for row in rows} == {"Area BE": ["1,234.5", ":"], "Area FR": ["2.0", ""]}


def test_names_from_outside_cannot_write_into_the_page(client: GildeClient) -> None:
    indicator = IndicatorFactory(name=Text.of("<b>Bold</b>"), source=Text.of("<i>Source</i>"))
    AreaFactory(code="XX", name=Text.of("<script>alert(1)</script>"))
    figures_of(indicator, {"XX": {"2023": 1.0}})
    shown = html_of(client.get(url(indicator)))
    assert not shown.css("main b, main i, main script")
    assert "<script>alert(1)</script>" in words_of(shown.css_first("table.figures"))


def test_several_targets_stand_side_by_side_each_with_its_instrument(
    client: GildeClient, indicator: Indicator
) -> None:
    belgium = Area.objects.get(pk="BE")
    TargetFactory(
        indicator=indicator, area=belgium, value=85, year=2027, instrument=Text.of("A plan"), issued_year=2022
    )
    sections = [words_of(node) for node in html_of(client.get(url(indicator))).css("section.target")]
    assert [section.partition(" · ")[0] for section in sections] == [
        "At least 85.0 % by 2027 Belgium A plan, 2022",
        "At least 82.0 % by 2030 European Union (27) Council Recommendation on VET, 2020",
    ]


def test_belgium_shows_its_breaks_and_that_nobody_can_tell(client: GildeClient, indicator: Indicator) -> None:
    stands = [
        words_of(node) for node in html_of(client.get(url(indicator, query="?area=BE"))).css(".stands > li")
    ]
    union, belgium = stands
    assert union.startswith("European Union (27) ")
    assert belgium.startswith("Belgium cannot tell for orientation Cannot tell:")
    assert "broken in 2021 and 2024" in belgium
    assert "Still missing 6.6 percentage points" in belgium
    assert "In equal steps" in union


def test_a_signed_judgement_is_shown_as_such(client: GildeClient, indicator: Indicator) -> None:
    target, release = Target.objects.get(), indicator.releases.get()
    assert "judged by a person" not in main_of(client.get(url(indicator)))
    Judgement.objects.create(
        target=target,
        area_id="EU27_2020",
        status="on-track",
        ground="Recovery since the pandemic.",
        figures_until=release,
        at=clock.now(),
    )
    shown = main_of(client.get(url(indicator)))
    assert "European Union (27) on track judged by a person" in shown
    assert "Recovery since the pandemic." in shown


def test_a_chart_with_its_source_and_words_stands_above(client: GildeClient, indicator: Indicator) -> None:
    figure = html_of(client.get(url(indicator))).css_first("figure.figure")
    assert figure is not None
    pictures = figure.css("img")
    assert pictures
    assert all("Belgium" in (picture.attributes["alt"] or "") for picture in pictures)
    assert "Office of examples, table 1" in words_of(figure)


def test_areas_breakdown_and_first_period_can_be_chosen(client: GildeClient) -> None:
    sex = {"code": "sex", "name": "Sex", "total": "T", "categories": {"T": "both", "F": "women"}}
    indicator = IndicatorFactory(dimensions=[sex])
    figures_of(indicator, {"BE": {"2020": 70.0, "2021": 71.0}, "FR": {"2021": 60.0}})
    figures_of(indicator, {"BE": {"2021": 55.5}}, key="sex=F")
    women = client.get(url(indicator, query="?key=sex%3DF"))
    assert rows_of(women, "table.figures") == [["Area BE", "55.5"]]
    late = client.get(url(indicator, query="?area=FR&first=2021"))
    assert [row[1:] for row in rows_of(late, "table.figures")] == [["71.0"], ["60.0"]]
    chosen = html_of(late).css("input[name=area][checked]")
    assert [node.attributes["value"] for node in chosen] == ["FR"]
    assert "women" in words_of(html_of(late).css_first("select[name=key]"))


def test_of_hundreds_of_areas_the_first_and_the_chosen_stand_in_the_table(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    figures_of(indicator, {f"X{n:03d}": {"2025": float(n % 90)} for n in range(120)})
    response = client.get(url(indicator, query="?area=X119"))
    names = [row[0] for row in rows_of(response, "table.figures")]
    assert len(names) == 101
    assert names[-1] == "Area X119"
    assert "19 more areas stand under Figures." in main_of(response)
    assert html_of(response).css_first("input[type=checkbox][value=X119][checked]") is not None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "once an officer loads a file of the source"),
        ({"kind": "computed", "metric": "plans.measures"}, "after the next nightly run"),
        ({"kind": "reported"}, "once the first one is approved"),
    ],
    ids=["official", "computed", "reported"],
)
def test_an_indicator_without_figures_says_so_and_why(
    client: GildeClient, fields: dict[str, str], said: str
) -> None:
    indicator = IndicatorFactory(**fields)
    TargetFactory(indicator=indicator)
    shown = main_of(client.get(url(indicator)))
    assert "No figures yet" in shown
    assert said in shown
    assert "Cannot tell: there are no figures." in shown


def test_an_indicator_that_is_ready_to_be_pulled_names_its_dataset(client: GildeClient) -> None:
    indicator = IndicatorFactory()
    Origin.objects.create(indicator=indicator, provider="ESTAT", dataflow="edat_lfse_24")
    assert "The figures come from Eurostat edat_lfse_24 and have not been retrieved yet" in main_of(
        client.get(url(indicator))
    )


def test_a_failed_metric_is_shown_as_failed_and_the_others_stay(client: GildeClient) -> None:
    failed = IndicatorFactory(kind="computed", metric="plans.measures")
    other = IndicatorFactory(kind="computed", metric="plans.actions")
    figures_of(failed, {"BE": {"2024": 12.0}})
    for run, outcome, message in (
        (failed, "failed", "Division by zero."),
        (failed, "measured", "Not this."),
        (other, "measured", ""),
    ):
        MetricRun.objects.create(
            indicator=run,
            period="2025" if outcome == "failed" else "2024",
            area="BE",
            outcome=outcome,
            message=message,
            code_version="1",
            ran_at=clock.now(),
        )
    shown = main_of(client.get(url(failed)))
    assert "Some of this could not be computed 2025: BE, Division by zero." in shown
    assert "Not this." not in shown
    assert "12.0" in shown
    assert "could not be computed" not in main_of(client.get(url(other)))


class TestAsPublished:
    def test_a_day_shows_the_figures_of_its_end(self, client: GildeClient, indicator: Indicator) -> None:
        revised(indicator)
        now = rows_of(client.get(url(indicator)), "table.figures")
        then = client.get(url(indicator, query="?at=2026-01-31"))
        assert [row[1] for row in now if row[0] == "Belgium"] == ["76.4 p"]
        assert [row[1] for row in rows_of(then, "table.figures") if row[0] == "Belgium"] == ["75.4"]
        assert "As published on 31 January 2026." in main_of(then)

    def test_before_the_first_release_there_was_nothing(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        assert "Nothing had been published by then." in main_of(
            client.get(url(indicator, query="?at=2026-01-30"))
        )

    def test_what_holds_now_carries_no_banner(self, client: GildeClient, indicator: Indicator) -> None:
        assert "As published on" not in main_of(client.get(url(indicator)))

    @pytest.mark.parametrize("words", ["yesterday", "2026-02-30", "2026-13-01T00:00"])
    def test_a_day_that_cannot_be_read_says_how_to_write_it(
        self, client: GildeClient, indicator: Indicator, words: str
    ) -> None:
        response = client.get(url(indicator), {"at": words})
        assert response.status_code == 422
        assert "2026-01-31" in response.content.decode()


@pytest.mark.parametrize("tab", TABS)
def test_what_is_invented_says_so_on_every_side(client: GildeClient, indicator: Indicator, tab: str) -> None:
    assert "is invented" not in main_of(client.get(url(indicator, tab)))
    Indicator.objects.update(synthetic=True, version=2)
    assert "This indicator is invented" in main_of(client.get(url(indicator, tab)))


class TestWhatIsKept:
    """Pages are kept and stay true: for the next reader, after every change, in each language."""

    def test_a_new_release_shows_at_once(self, client: GildeClient, indicator: Indicator) -> None:
        assert "76.4" not in main_of(client.get(url(indicator)))
        revised(indicator)
        assert "76.4" in main_of(client.get(url(indicator)))

    def test_a_release_that_is_dated_back_shows_too(self, client: GildeClient, indicator: Indicator) -> None:
        client.get(url(indicator))
        with clock.moved_to(TODAY - timedelta(days=300)):
            revised(indicator)
        assert "76.4" in main_of(client.get(url(indicator)))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda i: Target.objects.update(value=90, version=2), "At least 90.0 %"),
            (lambda i: TargetFactory(indicator=i, value=95), "At least 95.0 %"),
            (lambda i: Target.objects.all().delete(), "No instrument that is known here"),
            (
                lambda i: Indicator.objects.update(scope=Text.of("Who is counted"), version=2),
                "Who is counted",
            ),
        ],
        ids=["target changed", "target added", "target gone", "words changed"],
    )
    def test_every_other_change_shows_at_once(
        self, client: GildeClient, indicator: Indicator, change: Any, said: str
    ) -> None:
        assert said not in main_of(client.get(url(indicator)))
        change(indicator)
        assert said in main_of(client.get(url(indicator)))

    def test_nobody_sees_what_another_may_do(self, client: GildeClient, indicator: Indicator) -> None:
        officer, stranger = member(indicator, "officer"), member(IndicatorFactory(), "officer")

        def acts(reader: GildeClient) -> set[str]:
            return {
                words_of(node) for node in html_of(reader.get(url(indicator))).css(".page-header .actions a")
            }

        seen = [acts(signed_in(officer)), acts(client), acts(signed_in(stranger)), acts(signed_in(officer))]
        assert seen[0] == seen[3]
        assert {"Change", "Load a file"} <= seen[0]
        assert seen[1] == set()
        assert not {"Change", "Load a file"} & seen[2]

    def test_each_language_has_its_own(self, client: GildeClient, indicator: Indicator) -> None:
        assert "75.4" in main_of(client.get(url(indicator)))
        client.cookies["django_language"] = "nl"
        assert "75,4" in main_of(client.get(url(indicator)))

    def test_a_visitor_who_has_it_gets_304_until_something_changes(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        first = client.get(url(indicator))
        headers = {"If-None-Match": first["ETag"]}
        assert client.get(url(indicator), headers=headers).status_code == 304
        assert "Cookie" in first["Vary"]
        revised(indicator)
        assert client.get(url(indicator), headers=headers).status_code == 200

    def test_who_is_signed_in_gets_a_page_of_their_own(self, indicator: Indicator) -> None:
        assert "ETag" not in signed_in(member(indicator, "reader")).get(url(indicator))

    @pytest.mark.parametrize("query", ["", "?area=BE", "?at=2026-02-01"])
    def test_asking_again_takes_one_query(
        self, client: GildeClient, indicator: Indicator, query: str, django_assert_num_queries: Any
    ) -> None:
        client.get(url(indicator, query=query))
        with django_assert_num_queries(1):
            client.get(url(indicator, query=query))


def test_a_page_of_forty_areas_takes_at_most_ten_queries(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    indicator = employed()
    figures_of(indicator, {f"X{n:02d}": {str(year): 50.0 for year in range(1996, 2026)} for n in range(38)})
    with django_assert_max_num_queries(10):
        assert len(rows_of(client.get(url(indicator)), "table.figures")) == 40
    officer = signed_in(member(indicator, "officer"))
    answers.forget()
    # Two more to know who it is, one to know what they may do.
    with django_assert_max_num_queries(13):
        officer.get(url(indicator))
