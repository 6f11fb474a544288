"""Boards: an officer puts figures side by side, and shares them with whoever has the link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked
from gilde.core.errors import Invalid, Missing
from gilde.core.text import Text
from gilde.core.workflow import change
from gilde.indicators.access import can_change_board, can_keep, visible_indicators
from gilde.indicators.dimensions import dimensions_of, key_of
from gilde.indicators.models import Area, Board, BoardItem, Indicator
from gilde.indicators.models.boards import new_token
from gilde.organisations.public import Organisation

MOST_ITEMS: Final = 24  # more than this nobody reads side by side
MOST_AREAS: Final = 40


@dataclass(frozen=True)
class BoardData:
    """What a board is called, and what is said above its figures."""

    title: Text
    intro: Text = field(default_factory=Text)


@dataclass(frozen=True)
class ItemData:
    """A figure on a board: of which indicator, in which form, for which areas, broken down how, from which year."""

    indicator: Indicator
    form: str = BoardItem.Form.LINE
    areas: Sequence[str] = ()
    breakdown: Mapping[str, str] = field(default_factory=dict)
    since: int | None = None
    note: Text = field(default_factory=Text)


def make_board(*, actor: Actor, owner: Organisation, data: BoardData) -> Board:
    """Return a new board, seen by the members of its organisation. Raises Refused, Invalid."""
    require(can_keep(actor, owner))
    board = Board(owner=owner, title=data.title, intro=data.intro)
    with transaction.atomic():
        checked(board)
        board.save(force_insert=True)
        audit.record(actor, "indicators.board.make", board, after={"owner": owner.pk, "title": data.title})
    return board


def change_board(*, actor: Actor, board: Board, version: int, data: BoardData) -> Board:
    """Return the board with its words changed, if it still has `version`. Raises Refused, Invalid, Stale."""
    require(can_change_board(actor, board))
    fields = {"title": data.title, "intro": data.intro}
    return changed(board, fields, actor=actor, event="indicators.board.change", version=version)


def add_item(*, actor: Actor, board: Board, data: ItemData) -> BoardItem:
    """Return a new figure at the end of the board. Raises Refused, Invalid."""
    require(can_change_board(actor, board))
    fields = _item_fields(actor, data)
    with transaction.atomic():
        if board.items.count() >= MOST_ITEMS:
            raise Invalid(
                _("A board holds at most %(most)d figures. Remove one, or make another board.")
                % {"most": MOST_ITEMS}
            )
        last = board.items.aggregate(last=Max("position"))["last"]
        item = BoardItem(board=board, position=0 if last is None else last + 1, **fields)
        checked(item, exclude=["areas"])
        item.save(force_insert=True)
        _touch(actor, board, "indicators.board.add-item", after=_auditable(item))
    return item


def change_item(*, actor: Actor, item: BoardItem, data: ItemData) -> BoardItem:
    """Return the figure as changed, in its place. Raises Refused, Invalid, and Missing when it was removed."""
    require(can_change_board(actor, item.board))
    fields = _item_fields(actor, data)
    with transaction.atomic():
        before = _auditable(_stored(item))
        for name, value in fields.items():
            setattr(item, name, value)
        checked(item, exclude=["areas"])
        item.save(force_update=True)
        _touch(actor, item.board, "indicators.board.change-item", before=before, after=_auditable(item))
    return item


def move_item(*, actor: Actor, item: BoardItem, up: bool) -> BoardItem:
    """Return the figure, changed places with the one before or behind it; the first one stays first.

    Raises Refused, and Missing when it was removed.
    """
    require(can_change_board(actor, item.board))
    with transaction.atomic():
        order = list(item.board.items.order_by("position", "pk"))
        here = next((place for place, each in enumerate(order) if each.pk == item.pk), None)
        if here is None:
            raise _gone()
        there = here - 1 if up else here + 1
        if 0 <= there < len(order):
            order[here], order[there] = order[there], order[here]
            for place, each in enumerate(order):
                each.position = place
            BoardItem.objects.bulk_update(order, ["position"])
            _touch(actor, item.board, "indicators.board.move-item", after={"item": item.pk, "place": there})
        item.refresh_from_db()
    return item


def remove_item(*, actor: Actor, item: BoardItem) -> Board:
    """Return the board without the figure. Raises Refused, and Missing when it is gone already."""
    require(can_change_board(actor, item.board))
    board = item.board
    with transaction.atomic():
        before = _auditable(_stored(item))
        item.delete()
        _touch(actor, board, "indicators.board.remove-item", before=before)
    return board


def share_board(*, actor: Actor, board: Board) -> Board:
    """Return the board, seen by whoever has its link: a new link, so that one given away before stays dead.

    A board that is shared already keeps its link. Raises Refused.
    """
    require(can_change_board(actor, board))
    return board if board.shared else _shared(actor, board, True)


def unshare_board(*, actor: Actor, board: Board) -> Board:
    """Return the board, seen by the members of its organisation only; its link is dead for good. Raises Refused."""
    require(can_change_board(actor, board))
    return _shared(actor, board, False) if board.shared else board


def delete_board(*, actor: Actor, board: Board) -> None:
    """Delete a board with its list of figures, not the figures themselves. Raises Refused."""
    require(can_change_board(actor, board))
    with transaction.atomic():
        before = {
            "owner": board.owner_id,
            "title": board.title,
            "items": [_auditable(item) for item in board.items.all()],
        }
        audit.record(actor, "indicators.board.delete", board, before=before)
        board.delete()


def _shared(actor: Actor, board: Board, shared: bool) -> Board:
    event = "indicators.board.share" if shared else "indicators.board.unshare"
    with transaction.atomic():
        change(board, actor=actor, action=event, version=board.version, shared=shared)
        # Apart, because whoever knows the link sees the board, and the event that was just written is for ever.
        Board.objects.filter(pk=board.pk).update(token=new_token())
        board.refresh_from_db(fields=["token"])
    return board


def _item_fields(actor: Actor, data: ItemData) -> dict[str, Any]:
    if not visible_indicators(actor).filter(pk=data.indicator.pk).exists():
        raise _wrong("indicator", _("Choose an indicator that you may see."))
    areas = list(dict.fromkeys(data.areas))
    known = set(Area.objects.filter(pk__in=areas).values_list("pk", flat=True))
    if unknown := [code for code in areas if code not in known]:
        raise _wrong("areas", _("There is no area “%(code)s”.") % {"code": unknown[0]})
    if not areas and data.form != BoardItem.Form.MAP:
        raise _wrong("areas", _("Choose at least one area."))
    if len(areas) > MOST_AREAS:
        raise _wrong("areas", _("Choose at most %(most)d areas.") % {"most": MOST_AREAS})
    if data.since is not None and data.since > clock.today().year:
        raise _wrong("since", _("This year still has to come."))
    return {
        "indicator": data.indicator,
        "form": data.form,
        "areas": areas,
        "key": key_of(data.breakdown, dimensions_of(data.indicator)),
        "since": data.since,
        "note": data.note,
    }


def _stored(item: BoardItem) -> BoardItem:
    """Return the figure as it is stored now; raise Missing when somebody removed it."""
    found = BoardItem.objects.filter(pk=item.pk).first()
    if found is None:
        raise _gone()
    return found


def _gone() -> Missing:
    return Missing(_("Somebody removed this figure from the board. Go back to the board."))


def _touch(
    actor: Actor,
    board: Board,
    action: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Raise the version of a board of which the figures changed, and write the event."""
    Board.objects.filter(pk=board.pk).update(version=F("version") + 1)
    board.refresh_from_db(fields=["version"])
    audit.record(actor, action, board, before=dict(before or {}), after=dict(after or {}))


def _auditable(item: BoardItem) -> dict[str, Any]:
    return {
        "item": item.pk,
        "indicator": str(item.indicator_id),
        "form": item.form,
        "areas": item.areas,
        "key": item.key,
        "since": item.since,
        "position": item.position,
    }


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={name: [sentence]})
