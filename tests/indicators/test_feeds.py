"""Atom feeds of what was published: valid by RFC 4287, stable, readable to the beginning, and public alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gilde.core import clock
from gilde.core.text import Text
from gilde.indicators.feeds import ENTRIES, _clean, changes
from gilde.indicators.models import Indicator, Release
from tests.client import GildeClient
from tests.indicators.factories import IndicatorFactory, figures_of, member

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
A = {"a": "http://www.w3.org/2005/Atom"}
# RFC 3339, section 5.6, with the capital letters that RFC 4287, section 3.3 asks for.
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def faults(root: Any) -> Iterator[str]:
    """Yield what RFC 4287 requires and the feed does not have (sections 4.1.1, 4.1.2 and 4.2)."""

    def each(node: Any, name: str) -> list[Any]:
        return node.findall(f"a:{name}", A)

    if root.tag != f"{{{A['a']}}}feed":
        yield f"the root is {root.tag}"
    entries = each(root, "entry")
    for node in (root, *entries):
        where = node.findtext("a:title", namespaces=A)
        for name in ("id", "title", "updated"):
            if len(each(node, name)) != 1:
                yield f"{where}: {len(each(node, name))} × {name}"
        for name in ("updated", "published"):
            yield from (
                f"{where}: {name} is {d.text}" for d in each(node, name) if not DATE.fullmatch(d.text or "")
            )
        if not each(node, "author") and not each(root, "author"):
            yield f"{where}: no author"
        alternates = [link for link in each(node, "link") if link.get("rel", "alternate") == "alternate"]
        if node is not root and not alternates and not each(node, "content"):
            yield f"{where}: neither content nor an alternate link"
        if len({(link.get("type"), link.get("hreflang")) for link in alternates}) != len(alternates):
            yield f"{where}: two alternate links of one type"
        yield from (
            f"{where}: link {link.get('href')!r}"
            for link in each(node, "link")
            if not re.match(r"https?://", link.get("href", ""))
        )
        yield from (
            f"{where}: a category without a term" for c in each(node, "category") if not c.get("term")
        )
        if not re.match(r"[a-z][a-z0-9+.-]*:", node.findtext("a:id", "", A)):
            yield f"{where}: the id is no IRI"
    for author in root.iter(f"{{{A['a']}}}author"):
        if len(each(author, "name")) != 1:
            yield "an author without a name"
    ids = [entry.findtext("a:id", namespaces=A) for entry in entries]
    if len(set(ids)) != len(ids):
        yield "two entries of one id"
    if not [link for link in each(root, "link") if link.get("rel") == "self"]:
        yield "no link to itself"


def read(client: GildeClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(response.content)
    assert list(faults(root)) == []
    return root


def link(root: Any, rel: str) -> str | None:
    found = root.find(f"a:link[@rel='{rel}']", A)
    return None if found is None else found.get("href").removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def revised() -> Indicator:
    indicator = IndicatorFactory(
        code="revised", name=Text.of({"en": "Work & <study>", "nl": "Werk & studie"}), licence="CC BY 4.0"
    )
    with clock.moved_to(START):
        figures_of(indicator, {"BE": {"2020": 1.0, "2021": 2.0}})
    with clock.moved_to(START + timedelta(days=1)):
        figures_of(indicator, {"BE": {"2021": 2.5, "2022": 3.0}}, complete=True)
    return indicator


def test_each_release_is_an_entry_that_says_what_it_changed(client: GildeClient, revised: Indicator) -> None:
    root = read(client, "/indicators/revised/feed.atom")
    entry, first = root.findall("a:entry", A)
    newest = Release.objects.latest("pk")
    assert entry.findtext("a:id", namespaces=A) == f"urn:uuid:{newest.uid}"
    assert entry.findtext("a:title", namespaces=A) == "Work & <study>: 1 new, 1 revised, 1 withdrawn"
    assert first.findtext("a:title", namespaces=A) == "Work & <study>: 2 new"
    assert entry.findtext("a:updated", namespaces=A) == "2026-01-02T12:00:00.000Z"
    assert entry.findtext("a:rights", namespaces=A) == "CC BY 4.0"
    told = entry.findtext("a:summary", namespaces=A)
    assert told == "1 new, 1 revised, 1 withdrawn. Source: Office of examples, retrieved 2026-01-02."
    assert client.get(link(entry, "alternate") or "").status_code == 200
    assert root.findtext("a:updated", namespaces=A) == "2026-01-02T12:00:00.000Z"


def test_the_feed_of_all_has_every_public_indicator_and_no_draft(
    client: GildeClient, revised: Indicator
) -> None:
    draft = IndicatorFactory(code="draft", state=Indicator.State.DRAFT)
    figures_of(draft, {"BE": {"2020": 1.0}})
    client.force_login(member(draft, "officer"))
    terms = [c.get("term") for c in read(client, "/indicators/feed.atom").iterfind("a:entry/a:category", A)]
    assert terms == ["revised", "revised"]
    assert client.get("/indicators/draft/feed.atom").status_code == 404


def test_a_feed_speaks_the_language_of_its_reader(client: GildeClient, revised: Indicator) -> None:
    response = client.get("/indicators/revised/feed.atom", headers={"Accept-Language": "nl"})
    root = etree.fromstring(response.content)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    assert "Werk & studie" in root.findtext("a:entry/a:title", namespaces=A)
    assert "Accept-Language" in response["Vary"]


def test_identifiers_stay_when_something_is_published(client: GildeClient, revised: Indicator) -> None:
    def ids() -> list[str]:
        root = read(client, "/indicators/revised/feed.atom")
        return [node.text for node in root.iter(f"{{{A['a']}}}id")]

    before = ids()
    figures_of(revised, {"BE": {"2023": 9.0}})
    after = ids()
    assert [after[0], *after[2:]] == before
    assert all(UUID(each.removeprefix("urn:uuid:")) for each in after)


def test_a_feed_without_releases_is_a_feed(client: GildeClient) -> None:
    IndicatorFactory(code="empty")
    root = read(client, "/indicators/empty/feed.atom")
    assert root.findall("a:entry", A) == []
    assert "Last-Modified" not in client.get("/indicators/empty/feed.atom")


def test_a_long_feed_is_read_to_its_beginning(client: GildeClient) -> None:
    indicator = IndicatorFactory(code="long")
    for day in range(ENTRIES + 7):
        with clock.moved_to(START + timedelta(days=day)):
            figures_of(indicator, {"BE": {"2020": float(day)}})
    found, address = [], "/indicators/long/feed.atom"
    while address:
        root = read(client, address)
        found += [entry.findtext("a:id", namespaces=A) for entry in root.findall("a:entry", A)]
        address = link(root, "next") or ""
    assert found == [release.uid.urn for release in Release.objects.order_by("-pk")]


@pytest.mark.parametrize("before", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_page_of_no_release_is_refused_with_what_to_do(client: GildeClient, before: str) -> None:
    response = client.get(f"/indicators/feed.atom?before={before}", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["title"] == "“before” names no release. Leave it out to begin with the newest."


def test_who_has_the_feed_gets_304_until_something_is_published(
    client: GildeClient, revised: Indicator
) -> None:
    first = client.get("/indicators/feed.atom")
    assert first["Last-Modified"] == "Fri, 02 Jan 2026 12:00:00 GMT"
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get("/indicators/feed.atom", headers={"If-None-Match": first["ETag"]}).status_code == 304
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get("/indicators/feed.atom", headers=since).status_code == 304
    figures_of(revised, {"BE": {"2024": 9.0}})
    assert client.get("/indicators/feed.atom", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.get("/indicators/feed.atom", headers=since).status_code == 200


def test_a_feed_takes_few_queries(client: GildeClient, revised: Indicator) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get("/indicators/feed.atom")
    assert len(queries) <= 3


@given(st.text())
def test_any_text_has_its_place_in_xml(text: str) -> None:
    node = etree.Element("t")
    node.text = _clean(text)
    assert etree.fromstring(etree.tostring(node)).text in (
        _clean(text) or None,
        _clean(text).replace("\r", "\n"),
    )


def test_a_release_that_changed_nothing_says_so() -> None:
    assert changes(Release()) == "nothing changed"
