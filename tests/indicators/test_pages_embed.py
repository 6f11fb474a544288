"""Figures on other sites: what may stand in a frame, what scripts may read, and in which language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from lxml import etree

from gilde.core import clock
from gilde.indicators.models import Indicator
from gilde.indicators.views import answers
from tests.client import GildeClient
from tests.indicators.factories import IndicatorFactory, member
from tests.indicators.reading import TODAY, employed, html_of, revised, signed_in, words_of

pytestmark = pytest.mark.django_db
BOTH = ("embed", "figure-svg")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    answers.forget()
    with clock.moved_to(TODAY):
        yield


@pytest.fixture
def indicator() -> Indicator:
    return employed()


def url(indicator: Indicator, name: str, query: str = "") -> str:
    return reverse(f"indicators:{name}", args=[indicator.code]) + query


def test_the_frame_holds_chart_source_table_and_the_way_back(
    client: GildeClient, indicator: Indicator
) -> None:
    page = html_of(client.get(url(indicator, "embed", "?area=BE")))
    assert page.css_first("figure img") is not None
    assert "Office of examples, table 1" in words_of(page.css_first("figure .source"))
    assert page.css_first("figure details table") is not None
    back = [link.attributes["href"] or "" for link in page.css("main > p a")]
    assert back[0].endswith("/indicators/employed/?area=BE")
    assert page.css("script, nav, header") == []


def test_any_site_may_frame_it_and_no_other_page(client: GildeClient, indicator: Indicator) -> None:
    framed, page = client.get(url(indicator, "embed")), client.get(url(indicator, "indicator"))
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_what_was_kept_may_be_framed_too(client: GildeClient, indicator: Indicator) -> None:
    client.get(url(indicator, "embed"))
    again = client.get(url(indicator, "embed"))
    assert "frame-ancestors *" in again["Content-Security-Policy"]
    assert "X-Frame-Options" not in again


def test_the_picture_is_a_file_that_scripts_elsewhere_may_read(
    client: GildeClient, indicator: Indicator
) -> None:
    response = client.get(url(indicator, "figure-svg"))
    assert response["Content-Type"].startswith("image/svg+xml")
    assert response["Access-Control-Allow-Origin"] == "*"
    root = etree.fromstring(response.content)
    assert etree.QName(root).localname == "svg"
    assert not root.findall(".//{http://www.w3.org/2000/svg}script")
    assert "Belgium" in "".join(root.itertext())


@pytest.mark.parametrize("name", BOTH)
def test_the_address_says_the_language_whatever_the_reader_prefers(
    client: GildeClient, indicator: Indicator, name: str
) -> None:
    client.cookies["django_language"] = "nl"
    english, dutch = (
        client.get(url(indicator, name, "?lang=en")),
        client.get(url(indicator, name, "?lang=nl")),
    )
    assert (english["Content-Language"], dutch["Content-Language"]) == ("en", "nl")
    assert "75.4" in english.content.decode()
    assert "75,4" in dutch.content.decode()
    assert client.get(url(indicator, name, "?lang=xx"))["Content-Language"] == "nl"


@pytest.mark.parametrize("name", BOTH)
def test_areas_and_the_first_period_can_be_chosen(
    client: GildeClient, indicator: Indicator, name: str
) -> None:
    whole = client.get(url(indicator, name)).content.decode()
    part = client.get(url(indicator, name, "?area=EU27_2020&first=2022")).content.decode()
    assert "Belgium" in whole
    assert "Belgium" not in part


@pytest.mark.parametrize("name", BOTH)
def test_what_is_not_published_is_not_given_to_other_sites(indicator: Indicator, name: str) -> None:
    Indicator.objects.update(state="draft")
    assert signed_in(member(indicator, "officer")).get(url(indicator, name)).status_code == 404


@pytest.mark.parametrize("name", BOTH)
def test_it_is_the_same_for_everybody_and_304_until_a_release(
    client: GildeClient, indicator: Indicator, name: str
) -> None:
    first = client.get(url(indicator, name))
    own = signed_in(member(indicator, "officer")).get(url(indicator, name))
    assert own.content == first.content
    headers = {"If-None-Match": first["ETag"]}
    assert client.get(url(indicator, name), headers=headers).status_code == 304
    revised(indicator)
    assert client.get(url(indicator, name), headers=headers).status_code == 200


def test_without_figures_the_frame_says_so_and_there_is_no_picture(client: GildeClient) -> None:
    empty = IndicatorFactory()
    assert "There are no figures to draw yet." in words_of(html_of(client.get(url(empty, "embed"))).body)
    assert client.get(url(empty, "figure-svg")).status_code == 404
