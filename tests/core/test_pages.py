"""The pages that belong to no context, and what every page has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.template import Context, Template
from django.urls import path
from selectolax.lexbor import LexborHTMLParser

from gilde.config.urls import urlpatterns as real_patterns
from gilde.core import components, home, search, searching
from gilde.core.access import Actor
from gilde.core.components import Bar, Signal
from gilde.core.errors import Stale
from gilde.core.start import ROLES
from gilde.core.text import Text
from tests.client import GildeClient

pytestmark = pytest.mark.django_db


def page(response: Any) -> LexborHTMLParser:
    return LexborHTMLParser(response.content.decode())


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty what the contexts have registered, for the time of a test."""
    home.tiles(AnonymousUser())
    for name in ("_tiles", "_news", "_offers"):
        monkeypatch.setattr(home, name, [])


class TestHome:
    @pytest.mark.usefixtures("registry")
    def test_figures_come_from_the_contexts_and_unknown_is_not_nought(self, client: GildeClient) -> None:
        home.tile(lambda reader: Signal("measures", 14, "in 1 plan", "/plans/"))
        home.tile(lambda reader: Signal("spent", None))
        home.tile(lambda reader: None)
        shown = [" ".join(node.text().split()) for node in page(client.get("/")).css(".signals li")]
        assert shown == ["14 measures in 1 plan", "unknown spent"]

    @pytest.mark.usefixtures("registry")
    def test_news_of_all_contexts_stands_newest_first(self, client: GildeClient) -> None:
        def of(*days: int) -> home.NewsFunction:
            def news(reader: Actor, limit: int) -> Iterable[home.News]:
                return [home.News(date(2026, 1, day), f"On day {day}", "/x/", "Plan") for day in days]

            return news

        home.news(of(9, 3))
        home.news(of(7))
        titles = [node.text() for node in page(client.get("/")).css(".events a")]
        assert titles == ["On day 9", "On day 7", "On day 3"]

    @pytest.mark.usefixtures("registry")
    def test_without_news_it_says_what_will_stand_there(self, client: GildeClient) -> None:
        assert "Nothing has been published here yet" in page(client.get("/")).css_first(".latest").text()

    def test_one_can_start_by_role_and_search(self, client: GildeClient) -> None:
        shown = page(client.get("/"))
        assert [link.attributes["href"] for link in shown.css(".roles a")] == [f"/start/{r}/" for r in ROLES]
        assert shown.css_first("form[role=search]").attributes["action"] == "/search/"

    def test_it_takes_at_most_ten_queries(
        self, client: GildeClient, django_assert_max_num_queries: Any
    ) -> None:
        client.get("/")
        with django_assert_max_num_queries(10):
            client.get("/")


class TestStart:
    @pytest.mark.usefixtures("registry")
    def test_it_offers_what_can_be_done_and_says_honestly_what_cannot_yet(self, client: GildeClient) -> None:
        home.offer("school", title="Look at plans", text="All of them", url_name="about")
        home.offer("company", title="Not for schools", text="", url_name="about")
        shown = page(client.get("/start/school/"))
        assert [node.text() for node in shown.css("#today ~ ul a")] == ["Look at plans"]
        coming = shown.css_first("section[aria-labelledby=coming]").text()
        assert "Borrow" in coming or "borrow equipment" in coming
        assert "does not work here yet" in coming

    def test_what_is_built_is_not_announced_any_more(self, client: GildeClient) -> None:
        coming = (
            page(client.get("/start/policy-officer/")).css_first("section[aria-labelledby=coming]").text()
        )
        assert "Load a plan document" not in coming

    def test_an_unknown_role_is_no_page(self, client: GildeClient) -> None:
        assert client.get("/start/king/").status_code == 404


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """Put one public thing and one of an organisation in an index of their own."""
    settings.SEARCH_DIR = tmp_path
    entries = [
        search.Entry("1", "thing", "A public lathe <b>", "made of iron", "/lathe/"),
        search.Entry("2", "thing", Text.of("Geheime draaibank", "nl"), "lathe", "/secret/", visible=["o1"]),
    ]
    monkeypatch.setattr("gilde.core.search.service.sources", lambda: {"thing": lambda ids: iter(entries)})
    monkeypatch.setattr(searching, "_kinds", {"thing": "Things"})
    monkeypatch.setattr(searching, "_scopes", [lambda reader: ["o1"] if reader.pk else []])
    search.rebuild()


@pytest.mark.usefixtures("found")
class TestSearch:
    def titles(self, client: GildeClient, query: str) -> list[str]:
        return [node.text() for node in page(client.get(f"/search/?{query}")).css(".results h2")]

    def test_a_visitor_finds_what_is_public_and_a_member_what_is_theirs_too(
        self, client: GildeClient, user: Any
    ) -> None:
        assert self.titles(client, "q=lathe") == ["A public lathe <b>"]
        client.force_login(user)
        assert set(self.titles(client, "q=lathe")) == {"A public lathe <b>", "Geheime draaibank"}

    def test_a_title_in_another_language_says_so(self, client: GildeClient, user: Any) -> None:
        client.force_login(user)
        link = page(client.get("/search/?q=draaibank")).css_first(".results a")
        assert link.attributes["lang"] == "nl"

    @pytest.mark.parametrize("query", ["q=%00", "q=lathe&kind=nothing", "q=lathe&page=x", "q=%22&page=0"])
    def test_odd_addresses_give_a_page(self, client: GildeClient, query: str) -> None:
        assert client.get(f"/search/?{query}").status_code == 200

    def test_a_page_beyond_the_last_is_empty_and_not_wrong(self, client: GildeClient) -> None:
        assert self.titles(client, "q=lathe&page=40") == []

    def test_what_is_not_found_gets_advice(self, client: GildeClient) -> None:
        assert "fewer or other words" in page(client.get("/search/?q=zzzz")).css_first(".empty").text()


def test_before_there_is_an_index_the_search_says_so(
    client: GildeClient, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_DIR = tmp_path / "none"
    assert "Search is not ready" in page(client.get("/search/?q=x")).css_first(".alert.warn").text()


class TestLanguage:
    def test_the_choice_is_kept_and_one_stays_on_the_page(self, client: GildeClient) -> None:
        answer = client.post("/language/", {"language": "nl", "next": "/about/?x=1"})
        assert answer["Location"] == "/about/?x=1"
        assert page(client.get("/about/")).css_first("html").attributes["lang"] == "nl"

    def test_it_never_leads_to_another_site(self, client: GildeClient) -> None:
        answer = client.post("/language/", {"language": "nl", "next": "https://evil.example/"})
        assert answer["Location"] == "/"

    def test_public_pages_are_the_same_for_two_visitors_so_that_they_can_be_cached(self) -> None:
        one, two = GildeClient().get("/about/"), GildeClient().get("/about/")
        assert one.content == two.content
        assert one.cookies == {}


def _stale(request: Any) -> None:
    raise Stale("Somebody was <i>first</i>.")


def _denied(request: Any) -> None:
    raise PermissionDenied


def _broken(request: Any) -> None:
    raise ZeroDivisionError


urlpatterns = [*real_patterns, path("stale/", _stale), path("denied/", _denied), path("broken/", _broken)]


@pytest.mark.urls("tests.core.test_pages")
class TestErrors:
    @pytest.fixture(autouse=True)
    def _signed_in(self, client: GildeClient, user: Any) -> None:
        client.force_login(user)
        client.raise_request_exception = False

    def test_an_error_is_a_sentence_with_a_number_to_ask_help_with(self, client: GildeClient) -> None:
        answer = client.get("/stale/", headers={"X-Request-Id": "request-12345"})
        assert answer.status_code == 409
        assert page(answer).css_first(".alert.bad").text().strip() == "Somebody was <i>first</i>."
        assert "request-12345" in page(answer).css_first("main").text()

    @pytest.mark.parametrize(
        ("address", "status", "words"),
        [
            ("/nothing/here/", 404, "nothing at this address"),
            ("/denied/", 403, "may not do this"),
            ("/broken/", 500, "Nothing of your last step was stored"),
        ],
    )
    def test_every_kind_says_what_to_do(
        self, client: GildeClient, address: str, status: int, words: str
    ) -> None:
        answer = client.get(address)
        assert answer.status_code == status
        assert words in page(answer).css_first("main").text()
        assert page(answer).css_first("h1") is not None

    def test_a_form_that_has_expired_says_so(self) -> None:
        client = GildeClient(enforce_csrf_checks=True)
        answer = client.post("/accounts/login/", {"login": "x@example.org", "password": "x"})
        assert answer.status_code == 403
        assert "This form has expired" in page(answer).css_first("h1").text()


class TestComponents:
    def shown(self, template: str, **context: object) -> LexborHTMLParser:
        return LexborHTMLParser(Template(template).render(Context(context)))

    @pytest.mark.parametrize(
        ("value", "sign", "word"), [(True, "☑", "ticked"), (False, "☐", "not ticked"), (None, "?", "unknown")]
    )
    def test_a_tick_has_a_sign_and_for_a_screen_reader_a_word(
        self, value: bool | None, sign: str, word: str
    ) -> None:
        tick = self.shown("{% tick value %}", value=value)
        assert tick.css_first("[aria-hidden=true]").text() == sign
        assert tick.css_first(".visually-hidden").text() == word

    def test_what_people_wrote_is_escaped_in_every_component(self) -> None:
        bad = "<script>x</script>"
        shown = self.shown(
            "{% status 'good' bad %}{% alert 'warn' title=bad %}{{ bad }}{% endalert %}"
            "{% quote bad bad bad %}{{ bad }}{% endquote %}{% emptystate bad %}{{ bad }}{% endemptystate %}"
            "{% datatable bad %}<tbody><tr><td>{{ bad }}</td></tr></tbody>{% enddatatable %}"
            "{% summary facts %}{% tasks tasks %}{% progress bad 1 2 bad %}{% timeline bars bad %}",
            bad=bad,
            facts=[components.Fact(bad, bad, bad, "/")],
            tasks=[components.Task(bad, "/", bad, "good", bad)],
            bars=[Bar(bad, date(2024, 1, 1), date(2024, 6, 1))],
        )
        assert shown.css_first("script") is None
        assert shown.text().count(bad) >= 12

    def test_a_text_in_another_language_is_marked_with_it(self) -> None:
        shown = self.shown("{{ text|shown }}", text=Text("nl", {"nl": "Duaal leren"}))
        assert shown.css_first("[lang=nl]").text() == "Duaal leren"
        assert self.shown("{{ text|shown }}", text=Text.of("Dual")).css_first("[lang]") is None

    def test_money_is_written_as_the_reader_writes_it(self) -> None:
        from django.utils import translation

        amount = Template("{{ amount|money }}")
        assert "€1,500,000" in amount.render(Context({"amount": 1_500_000}))
        with translation.override("nl"):
            assert "€\xa01.500.000" in amount.render(Context({"amount": 1_500_000}))
        assert "none" in amount.render(Context({"amount": None}))

    def test_a_timeline_without_dates_draws_nothing(self) -> None:
        assert components.timeline([Bar("x", None, None)], "label", date(2026, 1, 1)) == ""

    def test_bars_of_a_timeline_stand_where_their_days_are(self) -> None:
        svg = components.timeline(
            [Bar("whole", date(2024, 1, 1), date(2025, 1, 1)), Bar("open", date(2024, 7, 1), None)],
            "label",
            date(2024, 7, 1),
        )
        bars = LexborHTMLParser(svg).css("rect.bar")
        left, right = (float(bars[0].attributes[name] or 0) for name in ("x", "width"))
        assert (left, "vague" in (bars[1].attributes["class"] or "")) == (280, True)
        assert 280 < float(bars[1].attributes["x"] or 0) < left + right
