"""Boards: composed by officers, seen by members, and by whoever has the link while it is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gilde.core.errors import Invalid, Missing, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.indicators.models import Board, BoardItem, Indicator
from gilde.indicators.services import boards
from gilde.indicators.services.boards import BoardData, ItemData
from gilde.organisations.public import Role
from tests.indicators.factories import AreaFactory, IndicatorFactory, figures_of, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator() -> Indicator:
    made: Indicator = IndicatorFactory()
    figures_of(made, {"BE": {"2020": 5.0}, "BE2": {"2020": 6.0}})
    return made


@pytest.fixture
def officer(indicator: Indicator) -> User:
    return member(indicator, Role.OFFICER)


@pytest.fixture
def board(indicator: Indicator, officer: User) -> Board:
    assert indicator.owner is not None
    return boards.make_board(
        actor=officer, owner=indicator.owner, data=BoardData(Text.of("Learning"), Text.of("How it goes"))
    )


def items_of(board: Board) -> list[int]:
    return list(board.items.order_by("position").values_list("pk", flat=True))


def put(officer: User, board: Board, indicator: Indicator, **fields: Any) -> BoardItem:
    data = ItemData(**{"indicator": indicator, "areas": ["BE"], **fields})
    return boards.add_item(actor=officer, board=board, data=data)


def test_a_new_board_is_not_shared_and_its_making_is_audited(board: Board, officer: User) -> None:
    assert (board.shared, board.version) == (False, 1)
    assert AuditEvent.objects.filter(action="indicators.board.make", actor=officer.pk).exists()


@pytest.mark.parametrize("role", [Role.READER, Role.ADMINISTRATOR])
def test_members_without_the_role_look_and_do_not_compose(
    board: Board, officer: User, indicator: Indicator, role: str
) -> None:
    item = put(officer, board, indicator)
    actor = member(indicator, role)
    acts: list[Callable[[], Any]] = [
        lambda: boards.make_board(actor=actor, owner=board.owner, data=BoardData(Text.of("x"))),
        lambda: boards.change_board(actor=actor, board=board, version=2, data=BoardData(Text.of("x"))),
        lambda: put(actor, board, indicator),
        lambda: boards.change_item(actor=actor, item=item, data=ItemData(indicator, areas=["BE"])),
        lambda: boards.move_item(actor=actor, item=item, up=True),
        lambda: boards.remove_item(actor=actor, item=item),
        lambda: boards.share_board(actor=actor, board=board),
        lambda: boards.unshare_board(actor=actor, board=board),
        lambda: boards.delete_board(actor=actor, board=board),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Only policy officers"):
            act()


def test_figures_stand_in_the_order_in_which_they_are_put(
    board: Board, officer: User, indicator: Indicator
) -> None:
    first, second, third = (put(officer, board, indicator) for _number in range(3))
    boards.move_item(actor=officer, item=third, up=True)
    assert items_of(board) == [first.pk, third.pk, second.pk]
    boards.move_item(actor=officer, item=first, up=False)
    assert items_of(board) == [third.pk, first.pk, second.pk]
    boards.move_item(actor=officer, item=third, up=True)
    boards.move_item(actor=officer, item=second, up=False)
    assert items_of(board) == [third.pk, first.pk, second.pk]
    boards.remove_item(actor=officer, item=first)
    fourth = put(officer, board, indicator)
    assert items_of(board) == [third.pk, second.pk, fourth.pk]


def test_a_figure_that_somebody_removed_is_not_brought_back(
    board: Board, officer: User, indicator: Indicator
) -> None:
    item = put(officer, board, indicator)
    seen = BoardItem.objects.get(pk=item.pk)
    boards.remove_item(actor=officer, item=item)
    for act in (
        lambda: boards.change_item(actor=officer, item=seen, data=ItemData(indicator, areas=["BE"])),
        lambda: boards.move_item(actor=officer, item=seen, up=True),
        lambda: boards.remove_item(actor=officer, item=seen),
    ):
        with pytest.raises(Missing, match="removed this figure"):
            act()
    assert not BoardItem.objects.exists()


def test_the_words_of_a_board_are_not_overwritten_unseen(board: Board, officer: User) -> None:
    boards.change_board(actor=officer, board=board, version=1, data=BoardData(Text.of("First")))
    with pytest.raises(Stale):
        boards.change_board(actor=officer, board=board, version=1, data=BoardData(Text.of("Second")))
    assert str(Board.objects.get(pk=board.pk).title) == "First"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"areas": []}, "at least one area"),
        ({"areas": ["NOWHERE"]}, "There is no area “NOWHERE”"),
        ({"form": "poem"}, "form"),
        ({"since": 9999}, "still has to come"),
        ({"breakdown": {"sex": "F"}}, "no dimension “sex”"),
    ],
)
def test_a_figure_that_cannot_be_shown_is_refused(
    board: Board, officer: User, indicator: Indicator, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        put(officer, board, indicator, **fields)


def test_a_map_needs_no_areas_and_a_board_ends_somewhere(
    board: Board, officer: User, indicator: Indicator
) -> None:
    for _number in range(boards.MOST_ITEMS):
        put(officer, board, indicator, areas=[], form="map")
    with pytest.raises(Invalid, match="at most 24 figures"):
        put(officer, board, indicator)


def test_a_draft_of_others_is_not_put_on_a_board(board: Board, officer: User) -> None:
    AreaFactory(code="BE")
    with pytest.raises(Invalid, match="may see"):
        put(officer, board, IndicatorFactory(state=Indicator.State.DRAFT))


def test_each_sharing_has_its_own_link_and_the_event_does_not_hold_it(board: Board, officer: User) -> None:
    shared = boards.share_board(actor=officer, board=board)
    first = shared.token
    assert shared.shared
    assert boards.share_board(actor=officer, board=shared).token == first
    hidden = boards.unshare_board(actor=officer, board=shared).token
    again = boards.share_board(actor=officer, board=shared).token
    assert len({first, hidden, again}) == 3
    events = AuditEvent.objects.filter(action__startswith="indicators.board.")
    assert events.filter(action="indicators.board.share").count() == 2
    assert not any(token in str(event.after) for event in events for token in (first, again))


def test_a_deleted_board_leaves_indicators_and_an_event_behind(
    board: Board, officer: User, indicator: Indicator
) -> None:
    put(officer, board, indicator)
    boards.delete_board(actor=officer, board=board)
    assert not Board.objects.exists()
    assert Indicator.objects.filter(pk=indicator.pk).exists()
    event = AuditEvent.objects.get(action="indicators.board.delete")
    assert event.before["items"][0]["areas"] == ["BE"]
