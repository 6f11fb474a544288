"""Every figure of an indicator, its releases, and what it is: the pages beside the overview."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.models import Indicator
from gilde.indicators.views import answers
from tests.client import GildeClient
from tests.indicators.factories import IndicatorFactory, figures_of
from tests.indicators.reading import TODAY, areas, employed, html_of, main_of, revised, rows_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    answers.forget()
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def indicator() -> Indicator:
    return employed()


def url(indicator: Indicator, tab: str, query: str = "") -> str:
    return reverse(f"indicators:{tab}", args=[indicator.code]) + query


def download(client: GildeClient, address: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    content = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


class TestFigures:
    def test_each_current_figure_is_a_row_with_its_release(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        revised(indicator)
        rows = rows_of(client.get(url(indicator, "figures", "?area=BE&sort=-period")))
        assert rows[0] == ["Belgium", "2025", "76.4", "", "", "p provisional", "1 March 2026"]
        assert rows[1] == ["Belgium", "2024", "63.9", "", "", "b break in the series", "31 January 2026"]
        assert len(rows) == 7

    def test_it_can_be_narrowed_by_flag_area_and_words(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        broken = rows_of(client.get(url(indicator, "figures", "?flag=b")))
        assert sorted((row[0], row[1]) for row in broken) == [
            ("Belgium", "2021"),
            ("Belgium", "2024"),
            ("European Union (27)", "2021"),
        ]
        assert len(rows_of(client.get(url(indicator, "figures", "?q=2024")))) == 2

    def test_breakdowns_are_told_in_words_and_can_be_chosen(self, client: GildeClient) -> None:
        sex = {"code": "sex", "name": "Sex", "total": "T", "categories": {"T": "both", "F": "women"}}
        indicator = IndicatorFactory(dimensions=[sex])
        figures_of(indicator, {"BE": {"2024": 70.0}})
        figures_of(indicator, {"BE": {"2024": 60.0}}, key="sex=F")
        rows = rows_of(client.get(url(indicator, "figures")))
        assert {(row[1], row[3]) for row in rows} == {("all", "70.0"), ("women", "60.0")}
        assert [row[3] for row in rows_of(client.get(url(indicator, "figures", "?key=sex%3DF")))] == ["60.0"]
        assert [row[3] for row in rows_of(client.get(url(indicator, "figures", "?key=-")))] == ["70.0"]

    def test_the_download_keeps_every_digit_flag_and_gap(self, client: GildeClient) -> None:
        indicator = IndicatorFactory()
        figures_of(indicator, {"BE": {"2023": 70.123456, "2024": None, "2025": (1.5, "bu")}})
        told = {
            row["period"]: (row["value"], row["flags"])
            for row in download(client, url(indicator, "figures", "?format=csv"))
        }
        assert told == {"2023": ("70.123456", ""), "2024": ("", ":"), "2025": ("1.5", "bu")}

    def test_pages_follow_one_another_without_a_figure_twice(self, client: GildeClient) -> None:
        indicator = IndicatorFactory()
        told = {f"X{n:02d}": {str(year): float(year) for year in range(2000, 2025)} for n in range(10)}
        figures_of(indicator, told)
        seen: list[tuple[str, str]] = []
        address = url(indicator, "figures")
        while address:
            response = client.get(address)
            seen += [(row[0], row[1]) for row in rows_of(response)]
            following = html_of(response).css_first("a[rel=next]")
            address = unescape(following.attributes["href"] or "") if following is not None else ""
        assert len(seen) == len(set(seen)) == 250


class TestRevisions:
    def test_releases_stand_newest_first_with_what_they_changed(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        revised(indicator, {"BE": {"2025": 76.4, "2026": 77.0}})
        rows = [row[:6] for row in rows_of(client.get(url(indicator, "revisions")))]
        assert rows == [
            ["1 March 2026, 13:00", "File", "1", "1", "0", "Office of examples"],
            ["31 January 2026, 10:00", "File", "14", "0", "0", "Office of examples"],
        ]

    def test_a_release_tells_each_change_from_old_to_new(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        release = figures_of(
            indicator,
            {"BE": {"2019": 77.1, "2024": (63.9, "b"), "2025": (76.4, "p"), "2026": 77.0}, "EU27_2020": {}},
            complete=True,
        )
        assert release is not None
        response = client.get(url(indicator, "revisions", f"?release={release.uid}"))
        rows = rows_of(response, "#list-changes table")
        assert rows[0] == ["Belgium", "2025", "revised", "75.4", "76.4 p (provisional)"]
        assert ["Belgium", "2020", "withdrawn", "76.5", "withdrawn"] in rows
        assert [
            "European Union (27)",
            "2021",
            "withdrawn",
            "76.0 b (break in the series)",
            "withdrawn",
        ] in rows
        assert rows[-1] == ["Belgium", "2026", "added", "", "77.0"]
        assert len(rows) == release.added + release.revised + release.withdrawn

    def test_a_figure_that_only_lost_a_flag_is_a_change_too(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        release = revised(indicator, {"BE": {"2024": 63.9}})
        response = client.get(url(indicator, "revisions", f"?release={release.uid}"))
        assert rows_of(response, "#list-changes table") == [
            ["Belgium", "2024", "revised", "63.9 b (break in the series)", "63.9"]
        ]

    def test_what_is_revised_later_does_not_change_what_a_release_told(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        first = revised(indicator)
        with clock.moved_to(TODAY.replace(day=20)):
            revised(indicator, {"BE": {"2025": 80.0}})
        response = client.get(url(indicator, "revisions", f"?release={first.uid}"))
        assert rows_of(response, "#list-changes table") == [
            ["Belgium", "2025", "revised", "75.4", "76.4 p (provisional)"]
        ]

    def test_the_changes_can_be_downloaded(self, client: GildeClient, indicator: Indicator) -> None:
        release = revised(indicator)
        (row,) = download(client, url(indicator, "revisions", f"?release={release.uid}&c-format=csv"))
        assert (row["area"], row["change"], row["old"], row["new"], row["flags_after"]) == (
            "BE",
            "revised",
            "75.4",
            "76.4",
            "p",
        )

    def test_each_release_leads_to_the_state_that_it_made(
        self, client: GildeClient, indicator: Indicator
    ) -> None:
        revised(indicator)
        links = html_of(client.get(url(indicator, "revisions"))).css("tbody td a")
        then = [unescape(link.attributes["href"] or "") for link in links if "as published" in words_of(link)]
        shown = [rows_of(client.get(address), "table.figures") for address in then]
        assert [[row[1] for row in rows if row[0] == "Belgium"] for rows in shown] == [["76.4 p"], ["75.4"]]

    @pytest.mark.parametrize("given", ["no-uuid", "00000000-0000-4000-8000-000000000000", "another"])
    def test_a_release_that_is_not_there_is_not_found(
        self, client: GildeClient, indicator: Indicator, given: str
    ) -> None:
        if given == "another":
            release = figures_of(IndicatorFactory(), {"BE": {"2020": 1.0}})
            assert release is not None
            given = str(release.uid)
        assert client.get(url(indicator, "revisions", f"?release={given}")).status_code == 404

    def test_it_takes_at_most_ten_queries(
        self, client: GildeClient, indicator: Indicator, django_assert_max_num_queries: Any
    ) -> None:
        release = revised(indicator)
        with django_assert_max_num_queries(10):
            client.get(url(indicator, "revisions", f"?release={release.uid}"))


class TestAbout:
    @pytest.fixture
    def described(self) -> Indicator:
        areas()
        indicator: Indicator = IndicatorFactory(
            code="described",
            name=Text.of("What is measured, 50% & more"),
            licence="CC BY 4.0",
            dimensions=[
                {
                    "code": "sex",
                    "name": "Sex",
                    "total": "T",
                    "categories": [["T", "both sexes"], ["F", "women"]],
                }
            ],
        )
        with clock.moved_to(TODAY):
            figures_of(indicator, {"BE": {"2024": 70.0}})
        return indicator

    def test_it_tells_definition_dimensions_and_licence(
        self, client: GildeClient, described: Indicator
    ) -> None:
        shown = main_of(client.get(url(described, "about")))
        assert "Those who do, out of all who could." in shown
        assert "Sex sex T both sexes total F women" in shown
        assert "CC BY 4.0" in shown

    def test_the_citation_names_body_year_source_and_stable_address(
        self, client: GildeClient, described: Indicator
    ) -> None:
        shown = words_of(html_of(client.get(url(described, "about"))).css_first("#cite > p"))
        assert shown.startswith(
            f"{described.owner} (2026). What is measured, 50% & more [Office of examples, table 1]."
        )
        assert f"/id/indicator/{described.pk}, consulted on 1 March 2026." in shown

    def test_bibtex_and_csl_can_be_read_by_programs(self, client: GildeClient, described: Indicator) -> None:
        bibtex, csl = (node.text() for node in html_of(client.get(url(described, "about"))).css("#cite pre"))
        assert bibtex.startswith("@misc{described,")
        assert "title = {What is measured, 50\\% \\& more}" in bibtex
        assert bibtex.count("{") == bibtex.count("}")
        told = json.loads(csl)
        assert (told["type"], told["title"]) == ("dataset", "What is measured, 50% & more")
        assert told["issued"]["date-parts"] == [[2026, 3, 1]]

    def test_every_download_and_snippet_leads_somewhere(
        self, client: GildeClient, described: Indicator, settings: Any
    ) -> None:
        page = html_of(client.get(url(described, "about")))
        downloads = [link.attributes["href"] or "" for link in page.css("#download a")]
        assert len(downloads) == 4
        snippets = [node.text() for node in page.css("#embed pre")]
        addresses = [snippet.split('src="')[1].split('"')[0] for snippet in snippets]
        assert len(addresses) == 2
        for address in [*downloads, *(each.removeprefix(settings.SITE_URL) for each in addresses)]:
            assert client.get(address).status_code == 200, address

    def test_every_address_for_programs_answers(
        self, client: GildeClient, described: Indicator, settings: Any
    ) -> None:
        links = html_of(client.get(url(described, "about"))).css("aside ul a")
        addresses = [
            unescape(link.attributes["href"] or "").removeprefix(settings.SITE_URL) for link in links
        ]
        assert len(addresses) == 5
        assert [client.get(address).status_code for address in addresses] == [200] * 5

    def test_without_figures_there_is_nothing_to_download(self, client: GildeClient) -> None:
        assert "There is nothing to download" in main_of(client.get(url(IndicatorFactory(), "about")))
