"""The pages of boards and of what one follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from gilde.core import clock
from gilde.core.models import User
from gilde.core.text import Text
from gilde.indicators.dimensions import Dimension
from gilde.indicators.models import (
    Board,
    BoardItem,
    Indicator,
    Subscription,
)
from gilde.organisations.public import Role
from tests.client import GildeClient
from tests.indicators.factories import AreaFactory, IndicatorFactory, TargetFactory, figures_of, member
from tests.indicators.keeping import a_board, page_of, sent_by, signed_in, text_of

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


@pytest.fixture
def person(indicator: Indicator) -> User:
    return member(indicator, Role.OFFICER)


@pytest.fixture
def officer(person: User) -> GildeClient:
    return signed_in(person)


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
