"""The pages on which officers keep indicators, report figures, compose boards and sign judgements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators import figures
from gilde.indicators.dimensions import Dimension, dimensions_of
from gilde.indicators.models import (
    Board,
    BoardItem,
    Indicator,
    Judgement,
    Origin,
    ReportedFigure,
    Subscription,
    Target,
)
from gilde.organisations.public import Role
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.indicators.keeping import a_board, a_load, a_reported
from tests.indicators.test_load_pages import text_of

pytestmark = pytest.mark.django_db
SEX = Dimension("sex", Text.of("Sex"), "T", {"T": Text.of("Total"), "F": Text.of("Women")})


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.moved_to(date(2026, 3, 1)):
        yield


@pytest.fixture
def indicator() -> Indicator:
    made: Indicator = IndicatorFactory(code="learning", dimensions=[SEX.as_json()])
    figures_of(made, {"BE": {"2020": 60.0, "2021": 61.0, "2022": 62.5}, "EU27_2020": {"2022": 70.0}})
    return made


def signed_in(user: User) -> GildeClient:
    client = GildeClient()
    client.force_login(user)
    return client


@pytest.fixture
def person(indicator: Indicator) -> User:
    return member(indicator, Role.OFFICER)


@pytest.fixture
def officer(person: User) -> GildeClient:
    return signed_in(person)


@pytest.fixture
def approver(indicator: Indicator) -> GildeClient:
    return signed_in(member(indicator, Role.APPROVER))


def page_of(response: Any) -> LexborHTMLParser:
    return LexborHTMLParser(response.content.decode())


def sent_by(client: GildeClient, url: str) -> dict[str, Any]:
    """Return what a browser would send of the form on a page, as it was opened."""
    form: Any = page_of(client.get(url)).css_first("main form.form")
    sent: dict[str, Any] = {}
    for field in form.css("input, select, textarea"):
        name, kind = field.attributes.get("name"), field.attributes.get("type", "")
        if not name or name == "csrfmiddlewaretoken" or kind == "file":
            continue
        if field.tag == "select":
            chosen = field.css("option[selected]") or field.css("option")[:1]
            sent[name] = chosen[0].attributes.get("value", "") if chosen else ""
        elif kind in ("radio", "checkbox"):
            if "checked" in field.attributes:
                sent.setdefault(name, [])
                sent[name] += [field.attributes.get("value", "on")]
        else:
            sent[name] = field.text() if field.tag == "textarea" else field.attributes.get("value") or ""
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in sent.items()
    }


# Keeping indicators.


def test_an_indicator_is_described_published_and_found(officer: GildeClient, client: GildeClient) -> None:
    url = reverse("indicators:add")
    answer = officer.post(
        url,
        {
            **sent_by(officer, url),
            "name_0": "Adults in learning",
            "code": "adults",
            "definition_0": "Adults who learned.",
            "unit": "PC",
            "unit_label_0": "%",
            "minimum": "0",
            "maximum": "100,0",
            "dimensions_0": "sex Sex: *T Total; F Women",
            "source_0": "Office of examples",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    made = Indicator.objects.get(code="adults")
    assert (made.state, made.maximum, dimensions_of(made)) == ("draft", 100.0, [SEX])
    kept = officer.get(answer["Location"])
    assert "Say where they come from" in text_of(kept)
    assert client.get(reverse("indicators:indicator", args=["adults"])).status_code == 404
    step = reverse("indicators:move", args=["adults", "publish"])
    assert "Everybody sees it" in text_of(officer.get(step))
    assert officer.post(step, sent_by(officer, step)).status_code == 302
    assert Indicator.objects.get(code="adults").state == "published"


def test_a_taken_code_is_refused_with_every_word_kept(officer: GildeClient) -> None:
    url = reverse("indicators:add")
    answer = officer.post(url, {**sent_by(officer, url), "code": "compare", "name_0": "A name that stays"})
    assert answer.status_code == 422
    page = page_of(answer)
    assert page.css_first("input[name=name_0]").attributes["value"] == "A name that stays"


def test_a_code_of_a_fixed_address_is_refused_at_its_field(officer: GildeClient) -> None:
    url = reverse("indicators:add")
    filled = {"name_0": "N", "definition_0": "D", "unit": "PC", "unit_label_0": "%", "source_0": "S"}
    answer = officer.post(url, {**sent_by(officer, url), **filled, "code": "boards"})
    assert answer.status_code == 422
    assert "“boards” is the address of another page" in page_of(answer).css_first(".field .errorlist").text()


def test_opening_and_saving_an_indicator_changes_nothing(officer: GildeClient, indicator: Indicator) -> None:
    before = Indicator.objects.filter(pk=indicator.pk).values().get()
    url = reverse("indicators:edit", args=["learning"])
    assert officer.post(url, sent_by(officer, url)).status_code == 302
    after = Indicator.objects.filter(pk=indicator.pk).values().get()
    assert {**after, "version": 1} == before


def test_the_second_of_two_keepers_sees_what_is_stored_and_saves_again(
    officer: GildeClient, approver: GildeClient
) -> None:
    url = reverse("indicators:edit", args=["learning"])
    opened = sent_by(officer, url)
    assert approver.post(url, {**opened, "name_0": "First"}).status_code == 302
    answer = officer.post(
        url, {**opened, "name_0": "Second", "dimensions_0": "sex Gender: *T Total; F Women"}
    )
    assert answer.status_code == 409
    page = page_of(answer)
    stored = " ".join(page.css_first(".stored").text(separator=" ").split())
    assert "First" in stored
    assert "sex Sex: *T Total; F Women" in stored
    assert page.css_first("input[name=name_0]").attributes["value"] == "Second"
    version = page.css_first("input[name=version]").attributes["value"]
    assert officer.post(url, {**opened, "name_0": "Second", "version": version}).status_code == 302
    assert str(Indicator.objects.get(code="learning").name) == "Second"


def test_the_keeping_page_leads_to_everything_that_is_kept(
    officer: GildeClient, indicator: Indicator, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    with django_assert_max_num_queries(14):
        page = page_of(officer.get(reverse("indicators:edit", args=["learning"])))
    addresses = {each.attributes["href"] for each in page.css("main a")}
    for name in ("origin", "load-add", "target-add"):
        assert reverse(f"indicators:{name}", args=["learning"]) in addresses
    target = Target.objects.get()
    for name in ("target-edit", "judge", "target-withdraw"):
        assert reverse(f"indicators:{name}", args=[target.pk]) in addresses
    assert "at least 82.0\u00a0% by 2030" in " ".join(
        page.css_first("main .tasks").text(separator=" ").split(" ")
    )


def test_where_figures_come_from_is_written_as_lines(officer: GildeClient, indicator: Indicator) -> None:
    url = reverse("indicators:origin", args=["learning"])
    sent = {
        **sent_by(officer, url),
        "dataflow": "edat_lfse_14",
        "selection": "sex: T\nUnit = PC\n",
        "areas": "BE\nEU27_2020",
    }
    answer = officer.post(url, sent)
    assert answer.status_code == 302, text_of(answer)
    origin = Origin.objects.get(indicator=indicator)
    assert (origin.selection, origin.areas) == ({"sex": "T", "unit": "PC"}, ["BE", "EU27_2020"])
    assert sent_by(officer, url)["selection"].strip() == "sex: T\nunit: PC"
    wrong = officer.post(url, {**sent, "selection": "sex"})
    assert wrong.status_code == 422
    assert "write the dimension, a colon and the code" in text_of(wrong)


# Targets and judgements.


def a_target(**more: Any) -> dict[str, Any]:
    return {
        "instrument_0": "An agreement",
        "instrument_2": "en",
        "issued_year": "2020",
        "area": "BE",
        "of_sex": "T",
        "comparison": "at-least",
        "value": "82,5",
        "year": "2030",
        "source": "point 1",
        **more,
    }


def test_a_target_is_added_with_the_decimal_comma_and_changed(
    officer: GildeClient, indicator: Indicator
) -> None:
    answer = officer.post(reverse("indicators:target-add", args=["learning"]), a_target())
    assert answer.status_code == 302, text_of(answer)
    target = Target.objects.get()
    assert (target.value, target.key, str(target.instrument)) == (82.5, "", "An agreement")
    url = reverse("indicators:target-edit", args=[target.pk])
    sent = sent_by(officer, url)
    assert (sent["value"], sent["of_sex"], sent["year"]) == ("82.5", "T", "2030")
    assert officer.post(url, {**sent, "value": "83", "of_sex": "F"}).status_code == 302
    target.refresh_from_db()
    assert (target.value, target.key) == (83.0, "sex=F")


def test_an_impossible_target_is_refused_with_what_was_typed(
    officer: GildeClient, indicator: Indicator
) -> None:
    answer = officer.post(reverse("indicators:target-add", args=["learning"]), a_target(value="182,5"))
    assert answer.status_code == 422
    assert page_of(answer).css_first("input[name=value]").attributes["value"] == "182,5"
    assert not Target.objects.exists()


def test_a_target_is_withdrawn_after_saying_what_happens(officer: GildeClient, indicator: Indicator) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    url = reverse("indicators:target-withdraw", args=[target.pk])
    assert "Nobody is judged by it any more" in text_of(officer.get(url))
    assert officer.post(url, sent_by(officer, url)).status_code == 302
    target.refresh_from_db()
    assert target.withdrawn
    assert "no longer holds" in text_of(officer.get(reverse("indicators:edit", args=["learning"])))


def test_a_signed_judgement_is_shown_with_who_signed_it_and_taken_back(
    officer: GildeClient, indicator: Indicator, person: User
) -> None:
    target = TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    url = reverse("indicators:judge", args=[target.pk])
    assert person.email not in text_of(officer.get(url))
    sent = {"area": "BE", "status": "on-track", "ground": "The new law counts from May."}
    assert officer.post(url, {**sent, "ground": ""}).status_code == 422
    assert officer.post(url, sent).status_code == 302
    signed = Judgement.objects.get()
    assert (signed.status, signed.by, signed.area_id) == ("on-track", person.pk, "BE")
    table = " ".join(page_of(officer.get(url)).css_first("main .tasks").text(separator=" ").split())
    assert "on track" in table
    assert "1 March 2026" in table or "March 1, 2026" in table
    assert "The new law counts from May." in table
    assert str(person) in table
    back = reverse("indicators:judge-take-back", args=[target.pk]) + "?area=BE"
    with clock.moved_to(date(2026, 3, 2)):
        assert officer.post(back, {"ground": "The law was postponed."}).status_code == 302
    assert Judgement.objects.order_by("at").last().status == ""  # type: ignore[union-attr]
    assert str(person) not in page_of(officer.get(url)).css_first("main .tasks").text()


# Reported figures.


@pytest.fixture
def typed(indicator: Indicator) -> Indicator:
    made: Indicator = IndicatorFactory(
        code="typed", kind="reported", owner=indicator.owner, dimensions=[SEX.as_json()]
    )
    return made


def a_report(**more: Any) -> dict[str, Any]:
    return {
        "area": "BE",
        "of_sex": "F",
        "period": "2025",
        "value": "75,4",
        "source": "Count of the ministry",
        "url": "https://example.org/count",
        **more,
    }


def test_a_figure_is_reported_handed_in_and_published_by_another(
    officer: GildeClient, approver: GildeClient, client: GildeClient, typed: Indicator
) -> None:
    answer = officer.post(reverse("indicators:reported-add", args=["typed"]), a_report(), follow=True)
    words = text_of(answer)
    assert "Understood: 75.4 %." in words
    assert "Draft" in words
    figure = ReportedFigure.objects.get()
    here = reverse("indicators:reported-figure", args=[figure.pk])
    step = {
        name: reverse("indicators:reported-step", args=[figure.pk, name]) for name in ("submit", "approve")
    }
    assert officer.post(step["submit"], sent_by(officer, step["submit"])).status_code == 302
    assert officer.get(step["approve"]).status_code == 403
    assert client.get(here).status_code == 404
    asked = text_of(approver.get(step["approve"]))
    assert "It is published at once" in asked
    assert "75.4 %" in asked
    assert approver.post(step["approve"], sent_by(approver, step["approve"])).status_code == 302
    (line,) = figures.lines(typed, keys=["sex=F"])
    assert [told.value for told in line.figures] == [75.4]
    assert "Count of the ministry" in text_of(client.get(here))


@pytest.mark.parametrize(
    ("language", "words", "understood"),
    [("en", "1,234", "1,234"), ("nl", "1,234", "1,234"), ("en", "1.234", "1.234"), ("nl", "1.234", "1.234")],
)
def test_what_was_understood_of_a_number_is_said_in_the_readers_way(
    officer: GildeClient, typed: Indicator, language: str, words: str, understood: str
) -> None:
    Indicator.objects.filter(pk=typed.pk).update(maximum=None, unit="NR")
    url = reverse("indicators:reported-add", args=["typed"])
    answer = officer.post(url, a_report(value=words), follow=True, headers={"Accept-Language": language})
    assert understood in text_of(answer)
    thousands = {"en": ",", "nl": "."}[language]
    assert ReportedFigure.objects.get().value == (1234.0 if thousands in words else 1.234)


def test_two_numbers_that_disagree_are_both_told_and_nothing_is_lost(
    officer: GildeClient, typed: Indicator
) -> None:
    url = reverse("indicators:reported-add", args=["typed"])
    answer = officer.post(url, a_report(numerator="7", denominator="10", note="As counted"))
    assert answer.status_code == 422
    page = page_of(answer)
    assert "You give 75.4 %, but 7 of 10 is 70 %" in page.css_first(".alert.bad").text()
    assert page.css_first("input[name=value]").attributes["value"] == "75,4"
    assert page.css_first("textarea[name=note]").text().strip() == "As counted"


def test_a_draft_is_changed_and_its_file_stays(officer: GildeClient, typed: Indicator) -> None:
    file = SimpleUploadedFile("counted.txt", b"counted")
    officer.post(reverse("indicators:reported-add", args=["typed"]), a_report(url="", file=file))
    figure = ReportedFigure.objects.get()
    url = reverse("indicators:reported-edit", args=[figure.pk])
    assert "“counted.txt” is there" in text_of(officer.get(url))
    sent = sent_by(officer, url)
    assert (sent["value"], sent["of_sex"], sent["period"]) == ("75.4", "F", "2025")
    assert officer.post(url, {**sent, "value": "70,1"}).status_code == 302
    figure.refresh_from_db()
    assert (figure.value, figure.file_name) == (70.1, "counted.txt")
    answer: Any = officer.get(reverse("indicators:reported-file", args=[figure.pk]))
    assert b"".join(answer.streaming_content) == b"counted"


def test_who_decides_sees_what_is_public_now_in_its_place(
    approver: GildeClient, typed: Indicator, person: User
) -> None:
    figures_of(typed, {"BE": {"2024": 70.0}})
    figure = a_reported(typed, person, "submitted")
    words = text_of(approver.get(reverse("indicators:reported-figure", args=[figure.pk])))
    assert "Public now in this place: 70 %" in words


def test_the_list_of_reported_figures_shows_strangers_only_what_is_approved(
    client: GildeClient,
    officer: GildeClient,
    typed: Indicator,
    person: User,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for number, state in enumerate(ReportedFigure.State.values):
        a_reported(typed, person, state, period=f"201{number}")
    url = reverse("indicators:reported")
    with django_assert_max_num_queries(10):
        assert "1 found" in text_of(client.get(url))
    assert "4 found" in text_of(officer.get(url))
    assert "1 found" in text_of(officer.get(url, {"state": "returned"}))


# Boards.


def test_a_board_is_made_composed_shared_and_deleted(
    officer: GildeClient, client: GildeClient, indicator: Indicator
) -> None:
    url = reverse("indicators:board-add")
    answer = officer.post(url, {**sent_by(officer, url), "title_0": "Learning"})
    board = Board.objects.get()
    edit = reverse("indicators:board-edit", args=[board.pk])
    assert answer["Location"] == edit
    assert "Nothing is on this board yet" in text_of(officer.get(edit))
    chosen = officer.get(edit, {"indicator": "learning"})
    put = reverse("indicators:board-item-add", args=[board.pk, "learning"])
    assert chosen["Location"] == put
    for form in ("line", "bar", "table"):
        sent = {**sent_by(officer, put), "form": form}
        assert officer.post(put, sent)["Location"] == edit
    last = BoardItem.objects.get(form="table")
    officer.post(reverse("indicators:board-item-move", args=[board.pk, last.pk]), {"to": "up"})
    assert [each.form for each in board.items.all()] == ["line", "table", "bar"]
    share = reverse("indicators:board-share", args=[board.pk])
    assert "Whoever has the link" in text_of(officer.get(share))
    officer.post(share, sent_by(officer, share))
    board.refresh_from_db()
    link = reverse("indicators:shared-board", args=[board.token])
    assert link in officer.get(reverse("indicators:board", args=[board.pk])).content.decode()
    shown = client.get(link)
    assert shown.status_code == 200
    assert "noindex" in shown["X-Robots-Tag"]
    assert "noindex" in page_of(shown).css_first("meta[name=robots]").attributes["content"]
    officer.post(share, sent_by(officer, share))
    assert client.get(link).status_code == 404
    delete = reverse("indicators:board-delete", args=[board.pk])
    assert "The board is gone for everybody" in text_of(officer.get(delete))
    assert officer.post(delete)["Location"] == reverse("indicators:boards")
    assert not Board.objects.exists()


def test_a_shared_board_shows_no_figure_of_a_draft_and_a_members_board_does(
    officer: GildeClient, client: GildeClient, indicator: Indicator
) -> None:
    assert indicator.owner is not None
    board = a_board(indicator.owner, indicator, shared=True)
    draft = IndicatorFactory(owner=indicator.owner, state="draft", name=Text.of("Not for everybody"))
    figures_of(draft, {"BE": {"2020": 5.0}})
    BoardItem.objects.create(board=board, indicator=draft, form="table", areas=["BE"], position=9)
    shared = text_of(client.get(reverse("indicators:shared-board", args=[board.token])))
    assert str(indicator) in shared
    assert "Not for everybody" not in shared
    mine = text_of(officer.get(reverse("indicators:board", args=[board.pk])))
    assert "Not for everybody" in mine
    assert "not published: only members see it" in mine


@pytest.mark.parametrize("form", BoardItem.Form.values)
def test_each_form_of_a_figure_is_shown_and_an_empty_one_says_so(
    officer: GildeClient, indicator: Indicator, form: str
) -> None:
    assert indicator.owner is not None
    board = a_board(indicator.owner, indicator, [form])
    url = reverse("indicators:board", args=[board.pk])
    if form == "status":
        assert "There is no target for these areas yet." in text_of(officer.get(url))
        TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    page = page_of(officer.get(url))
    has = {
        "line": "figure.figure",
        "bar": "figure.figure",
        "map": "figure.figure",
        "table": "main table",
        "status": ".tag",
    }[form]
    assert page.css_first(has) is not None
    assert ("bars stand here in place of a map" in page.css_first("main").text()) == (form == "map")
    BoardItem.objects.update(areas=["NOWHERE"])
    assert "yet." in text_of(officer.get(url))


def test_a_board_of_twenty_figures_takes_six_queries_more_than_an_empty_one(
    client: GildeClient, indicator: Indicator, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    assert indicator.owner is not None
    for _number in range(4):
        TargetFactory(indicator=indicator, area=AreaFactory(code="BE"))
    others = [indicator, *(IndicatorFactory(owner=indicator.owner) for _number in range(9))]
    for each in others[1:]:
        figures_of(each, {"BE": {"2020": 1.0, "2021": 2.0}})
    board = a_board(indicator.owner, indicator, [], shared=True)
    for place, each in enumerate([*others, *others]):
        form = ["line", "bar", "table", "map"][place % 4]
        BoardItem.objects.create(board=board, indicator=each, form=form, areas=["BE"], position=place)
    url = reverse("indicators:shared-board", args=[board.token])
    with django_assert_max_num_queries(6):
        page = page_of(client.get(url))
    assert len(page.css(".board-figure")) == 20


def test_a_removed_figure_is_said_before_it_goes(officer: GildeClient, indicator: Indicator) -> None:
    assert indicator.owner is not None
    board = a_board(indicator.owner, indicator)
    item = board.items.get()
    url = reverse("indicators:board-item-remove", args=[board.pk, item.pk])
    assert "It goes from this board only" in text_of(officer.get(url))
    assert officer.post(url).status_code == 302
    assert not BoardItem.objects.exists()


# Following.


def test_following_begins_and_ends_with_a_button(indicator: Indicator, user: User) -> None:
    reader = signed_in(user)
    url = reverse("indicators:follow", args=["learning"])
    assert "You get a mail" in text_of(reader.get(url))
    assert not Subscription.objects.exists()
    assert reader.post(url).status_code == 302
    assert Subscription.objects.get().user == user
    mine = text_of(reader.get(reverse("indicators:following")))
    assert str(indicator) in mine
    assert "Stop following" in mine
    assert reader.post(reverse("indicators:unfollow", args=["learning"])).status_code == 302
    assert not Subscription.objects.exists()
    assert "Follow an indicator on its page" in text_of(reader.get(reverse("indicators:following")))


def test_only_ones_own_subscriptions_are_listed(indicator: Indicator, user: User, person: User) -> None:
    signed_in(person).post(reverse("indicators:follow", args=["learning"]))
    assert str(indicator) not in text_of(signed_in(user).get(reverse("indicators:following")))


# What each page says to who comes to nothing.


@pytest.mark.parametrize("name", ["loads", "reported", "boards", "following"])
def test_an_empty_list_says_what_will_be_here_and_how_to_begin(person: User, name: str) -> None:
    words = text_of(signed_in(person).get(reverse(f"indicators:{name}")))
    assert "Nothing here yet" in words
    assert len(words) > 120


def test_a_load_that_is_decided_shows_no_form(officer: GildeClient, indicator: Indicator) -> None:
    page = page_of(officer.get(reverse("indicators:load", args=[a_load(indicator, "rejected").pk])))
    assert page.css_first("input[name=act]") is None
