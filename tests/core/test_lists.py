"""Every list: search, filters, sorting, pages, count, and downloads that carry the same rows as the pages."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation
from django_htmx.middleware import HtmxDetails
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gilde.core.downloads import csv_cell
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Organisation

PEOPLE = Listing(
    name="people",
    caption="People",
    fields=("email", "name", "is_staff"),
    columns=(
        Column("email", "Address", sort="email", head=True),
        Column("name", "Name", sort="name"),
        Column("staff", "Staff", value=lambda row: row["is_staff"]),
        Column("length", "Length", value=lambda row: len(row["name"]), number=True, download_only=True),
    ),
    order="email",
    search=("email", "name"),
    filters=(Filter("staff", "Staff", lambda: [("1", "yes"), ("0", "no")], "is_staff"),),
    per_page=3,
)


def asked(query: str = "", htmx_target: str = "") -> HttpRequest:
    headers = {"HX-Request": "true", "HX-Target": htmx_target} if htmx_target else {}
    request = RequestFactory().get(f"/people/?{query}", headers=headers)
    request.user = AnonymousUser()
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    return request


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def csv_rows(query: str, listing: Listing = PEOPLE, found: Any = None) -> list[dict[str, str]]:
    text = text_of(listing.download(asked(query), User.objects.all() if found is None else found, "csv"))
    assert text.startswith("\ufeff"), "Excel needs the mark to read UTF-8"
    return list(csv.DictReader(io.StringIO(text[1:])))


def json_rows(query: str, listing: Listing = PEOPLE, found: Any = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        text_of(listing.download(asked(query), User.objects.all() if found is None else found, "json"))
    )["rows"]
    return rows


def walked(listing: Listing, query: str = "") -> list[str]:
    """Return the rows of all pages, by following "next" from the first to the last."""
    rows, request = [], asked(query)
    for _page in range(200):
        shown = listing.shown(request, User.objects.all())
        rows += shown.rows
        if not shown.after:
            return rows
        request = asked(shown.after.partition("?")[2])
    raise AssertionError("the pages do not end")


def walked_back(listing: Listing, query: str) -> list[str]:
    """Return the rows of all pages, by following "previous" from the last to the first."""
    shown = listing.shown(asked(query), User.objects.all())
    while shown.after:
        shown = listing.shown(asked(shown.after.partition("?")[2]), User.objects.all())
    rows = list(shown.rows)
    while shown.before:
        shown = listing.shown(asked(shown.before.partition("?")[2]), User.objects.all())
        rows = [*shown.rows, *rows]
    return rows


NAMES = st.text(st.sampled_from("abAB éü,;\"'\n\r\t=+-@<&>0"), max_size=6)


class DownloadsAndPages(TestCase):
    @given(
        names=st.lists(NAMES, max_size=12),
        sort=st.sampled_from(["", "sort=name", "sort=-name", "sort=-email"]),
        keyset=st.booleans(),
        size=st.integers(1, 5),
    )
    def test_csv_json_and_the_pages_put_together_carry_the_same_rows_in_the_same_order(
        self, names: list[str], sort: str, keyset: bool, size: int
    ) -> None:
        User.objects.bulk_create(
            User(email=f"p{n}@example.org", name=name, is_staff=n % 2 == 0) for n, name in enumerate(names)
        )
        listing = replace(PEOPLE, keyset=keyset, per_page=size)
        from_json = json_rows(sort, listing)
        from_csv = csv_rows(sort, listing)
        assert len(from_json) == len(names)
        assert from_csv == [{k: csv_cell(v) for k, v in row.items()} for row in from_json]
        visible = [c for c in listing.columns if not c.download_only]
        expected = [
            "".join(
                c.html({"email": row["email"], "name": row["name"], "is_staff": row["staff"]})
                for c in visible
            )
            for row in from_json
        ]
        assert walked(listing, sort) == expected
        assert walked_back(listing, sort) == expected


@given(st.text(st.sampled_from("=+-@\t\r\nab1 "), max_size=5))
def test_no_text_in_a_csv_cell_can_be_taken_for_a_formula(text: str) -> None:
    assert not csv_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_negative_number_in_a_csv_cell_stays_a_number() -> None:
    assert csv_cell(-3) == "-3"


@pytest.fixture
def people(db: None) -> None:
    for number, name in enumerate(["Ann Peeters", "Bob Maes", "Cem Peeters", "Dora Claes", "Eva Maes"]):
        User.objects.create(email=f"{name[0].lower()}@example.org", name=name, is_staff=number < 2)


@pytest.mark.usefixtures("people")
class TestAList:
    def test_every_word_of_the_search_must_be_found_in_some_field(self) -> None:
        assert [row["name"] for row in json_rows("q=peeters+c@")] == ["Cem Peeters"]

    def test_a_filter_narrows_and_an_unknown_value_of_it_does_nothing(self) -> None:
        assert PEOPLE.shown(asked("staff=1"), User.objects.all()).count == 2
        assert PEOPLE.shown(asked("staff=perhaps"), User.objects.all()).count == 5

    def test_search_filter_and_sort_hold_on_the_next_page_and_in_downloads(self) -> None:
        shown = replace(PEOPLE, per_page=1).shown(asked("q=a&staff=1&sort=-name"), User.objects.all())
        assert shown.after == "/people/?q=a&staff=1&sort=-name&page=2"
        assert shown.csv == "/people/?q=a&staff=1&sort=-name&format=csv"
        assert [row["name"] for row in json_rows("q=a&staff=1&sort=-name")] == ["Bob Maes", "Ann Peeters"]

    def test_the_head_of_the_sorted_column_says_so_and_sorts_the_other_way(self) -> None:
        heads = {head.label: head for head in PEOPLE.shown(asked("sort=name"), User.objects.all()).heads}
        assert (heads["Name"].direction, heads["Name"].url) == ("ascending", "/people/?sort=-name")
        assert (heads["Address"].direction, heads["Staff"].url) == ("none", "")

    def test_a_sort_that_is_no_column_is_ignored(self) -> None:
        shown = PEOPLE.shown(asked("sort=password"), User.objects.all())
        assert "Ann Peeters" in shown.rows[0]

    def test_a_page_beyond_the_last_shows_the_last(self) -> None:
        shown = PEOPLE.shown(asked("page=99"), User.objects.all())
        assert (shown.first, shown.last, shown.count, shown.after) == (4, 5, 5, "")

    @pytest.mark.parametrize("cursor", ["x", "bnVsbA", "W10", "WyJhIiwib25lIl0", "WzEsWzFdXQ", "%00", "🙂"])
    def test_a_cursor_that_cannot_be_read_gives_the_first_page(self, cursor: str) -> None:
        shown = replace(PEOPLE, keyset=True).shown(asked(f"after={cursor}"), User.objects.all())
        assert "Ann Peeters" in shown.rows[0]

    def test_parameters_that_are_not_the_lists_own_survive(self) -> None:
        shown = replace(PEOPLE, prefix="p-").shown(asked("tab=people&p-q=maes&q=other"), User.objects.all())
        assert shown.count == 2
        assert shown.csv == "/people/?tab=people&q=other&p-q=maes&p-format=csv"
        assert shown.clear == "/people/?tab=people&q=other"

    def test_a_page_takes_two_queries(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(2):
            PEOPLE.shown(asked("q=maes&sort=name"), User.objects.all())

    def test_words_of_a_row_are_escaped(self) -> None:
        User.objects.create(email="x@example.org", name="<b>&")
        rows = PEOPLE.shown(asked("q=x@"), User.objects.all()).rows
        assert "&lt;b&gt;&amp;" in rows[0]

    def test_htmx_gets_the_table_alone_and_the_address_that_shows_it(self) -> None:
        response = PEOPLE.respond(
            asked("q=maes&staff=&page=1", "list-people"), User.objects.all(), "core/home.html"
        )
        assert b"<html" not in response.content  # type: ignore[attr-defined]
        assert b"Bob Maes" in response.content  # type: ignore[attr-defined]
        assert response["HX-Push-Url"] == "/people/?q=maes&page=1"
        assert "HX-Request" in response["Vary"]

    def test_a_download_is_named_after_the_list_and_never_a_page(self) -> None:
        response = PEOPLE.respond(asked("format=csv"), User.objects.all(), "core/home.html")
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="people-')


def test_a_list_without_an_order_that_it_can_sort_by_is_refused() -> None:
    with pytest.raises(ValueError, match="ordered by “staff”"):
        replace(PEOPLE, order="staff")


def test_what_has_no_value_comes_last_in_both_directions(db: None) -> None:
    for slug, country in (("a", "BE"), ("b", ""), ("c", "NL")):
        Organisation.objects.create(slug=slug, name=slug, country=country)
    from django.db.models import F, Value
    from django.db.models.functions import NullIf

    listing = Listing(
        name="o",
        caption="O",
        fields=("slug",),
        columns=(Column("slug", "S", sort=lambda: NullIf(F("country"), Value(""))),),
        order="slug",
        per_page=1,
        keyset=True,
    )

    def order(query: str) -> list[str]:
        return [row["slug"] for row in json_rows(query, listing, Organisation.objects.all())]

    assert order("") == ["a", "c", "b"]
    assert order("sort=-slug") == ["c", "a", "b"]


def test_names_are_sorted_and_searched_in_the_readers_language(db: None) -> None:
    Organisation.objects.create(slug="1", name=Text("nl", {"nl": "Zaak", "en": "Affair"}))
    Organisation.objects.create(slug="2", name=Text("nl", {"nl": "Brug"}))
    listing = Listing(
        name="o",
        caption="O",
        fields=("name",),
        columns=(Column("name", "N", sort=words_of("name")),),
        order="name",
        search=(words_of("name"),),
    )

    def names(query: str) -> list[str]:
        return [row["name"] for row in json_rows(query, listing, Organisation.objects.all())]

    with translation.override("nl"):
        assert names("") == ["Brug", "Zaak"]
        assert names("q=affair") == []
    assert names("") == ["Affair", "Brug"]
    assert names("q=affair") == ["Affair"]
