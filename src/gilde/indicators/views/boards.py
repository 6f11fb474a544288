"""Boards: composing figures side by side, and looking at them as a member or by the link of a shared one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gilde.core.access import require
from gilde.core.components import link, nothing, status
from gilde.core.errors import Refused
from gilde.core.form_pages import Page, answer, found
from gilde.core.lists import Column, Listing, Row, words_of
from gilde.indicators.access import can_change_board, keepers, visible_boards, visible_indicators
from gilde.indicators.forms.boards import BoardForm, ItemForm, WhichForm, initial_of_item
from gilde.indicators.forms.fields import Versioned
from gilde.indicators.models import Area, Board, BoardItem, Indicator
from gilde.indicators.services import boards as service
from gilde.indicators.views.board_items import shown_items

both = require_http_methods(["GET", "HEAD", "POST"])


def _shared_cell(row: Row) -> object:
    if not row["shared"]:
        return nothing(_("not shared"))
    return status("info", _("shared by link"))


BOARDS = Listing(
    name="boards",
    caption=gettext_lazy("Boards"),
    fields=["title", "owner__name", "shared", "version"],
    columns=[
        Column(
            "title",
            gettext_lazy("Board"),
            cell=lambda r: link(reverse("indicators:board", args=[r["pk"]]), r["title"]),
            sort=words_of("title"),
            head=True,
        ),
        Column("owner__name", gettext_lazy("Organisation"), sort=words_of("owner__name")),
        Column("shared", gettext_lazy("Shared"), cell=_shared_cell, sort="shared"),
    ],
    search=[words_of("title"), words_of("owner__name")],
    order="title",
    empty=gettext_lazy(
        "A board puts figures side by side: lines over time, areas compared, how they stand against their targets. "
        "It can be shared with anybody by a link."
    ),
)


def _crumbs(board: Board | None = None) -> list[tuple[str, str]]:
    crumbs = [(_("Indicators"), reverse("indicators:list")), (_("Boards"), reverse("indicators:boards"))]
    if board is not None:
        crumbs.append((str(board), reverse("indicators:board", args=[board.pk])))
    return crumbs


def _of(request: HttpRequest, board_id: UUID) -> Board:
    return found(visible_boards(request.user).select_related("owner"), pk=board_id)


def _to_change(request: HttpRequest, board_id: UUID) -> Board:
    board = _of(request, board_id)
    require(can_change_board(request.user, board))
    return board


def _item(request: HttpRequest, board_id: UUID, item_id: int) -> BoardItem:
    board = _to_change(request, board_id)
    item = found(BoardItem.objects.filter(board=board).select_related("indicator"), pk=item_id)
    item.board = board
    return item


def _edit(board: Board) -> str:
    return reverse("indicators:board-edit", args=[board.pk])


@require_safe
def boards(request: HttpRequest) -> HttpResponseBase:
    """List the boards of the reader's organisations."""
    context = {
        "title": _("Boards"),
        "crumbs": [(_("Indicators"), reverse("indicators:list"))],
        "may_make": bool(keepers(request.user)),
    }
    return BOARDS.respond(request, visible_boards(request.user), "indicators/boards.html", context)


@require_safe
def board(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Show a board to the members of its organisation."""
    it = _of(request, board_id)
    may = bool(can_change_board(request.user, it))
    context = {
        "title": str(it.title),
        "crumbs": _crumbs(),
        "board": it,
        "items": shown_items(request.user, it),
        "may_change": may,
        "link": _link(request, it) if it.shared else "",
    }
    return render(request, "indicators/board.html", context)


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show a shared board to whoever has its link: only figures of indicators that are public."""
    it = found(Board.objects.filter(shared=True).select_related("owner"), token=token)
    context = {
        "title": str(it.title),
        "crumbs": [],
        "board": it,
        "items": shown_items(None, it),
        "is_shared": True,
    }
    response = render(request, "indicators/board_shared.html", context)
    # Whoever has the link may look; a search engine shall not pass it on.
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _link(request: HttpRequest, it: Board) -> str:
    return request.build_absolute_uri(reverse("indicators:shared-board", args=[it.token]))


@both
def add(request: HttpRequest) -> HttpResponse:
    """Make a board."""
    mine = keepers(request.user)
    if not mine:
        raise Refused(
            _(
                "Only policy officers and approvers of an organisation make boards for it. "
                "Ask the administrator of your organisation for that role."
            )
        )
    page = Page(
        title=_("Make a board"),
        button=_("Make the board"),
        back=reverse("indicators:boards"),
        crumbs=_crumbs(),
        lead=_("First its title; then you put figures on it."),
        follow=_edit,
    )
    return answer(
        request,
        page,
        BoardForm(request.POST if request.method == "POST" else None, owners=mine),
        lambda given: service.make_board(
            actor=request.user, owner=given.cleaned_data["owner"], data=given.read()
        ),
    )


@both
def edit(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Compose a board: its figures in their order, each with what can be done, and one more."""
    it = _to_change(request, board_id)
    seen = list(visible_indicators(request.user).only("code", "name"))
    data = request.GET if "indicator" in request.GET else None
    form = WhichForm(data, indicators=seen)
    if data is not None and form.is_valid():
        return redirect("indicators:board-item-add", it.pk, form.cleaned_data["indicator"].code)
    items = list(it.items.select_related("indicator").order_by("position", "pk"))
    context = {
        "title": _("Compose this board"),
        "crumbs": _crumbs(it),
        "board": it,
        "items": [(item, _item_words(item)) for item in items],
        "form": form,
        "most": service.MOST_ITEMS,
        "link": _link(request, it) if it.shared else "",
    }
    return render(request, "indicators/board_edit.html", context)


def _item_words(item: BoardItem) -> str:
    areas = ", ".join(item.areas[:8]) + (", …" if len(item.areas) > 8 else "")
    since = _("from %(year)s") % {"year": item.since} if item.since else ""
    return " · ".join(part for part in (str(item.get_form_display()), areas, item.key, since) if part)


@both
def words(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Change title and introduction of a board."""
    it = _to_change(request, board_id)

    def fresh(data: Any = None) -> BoardForm:
        now = Board.objects.get(pk=it.pk)
        return BoardForm(data, initial={"title": now.title, "intro": now.intro, "version": now.version})

    page = Page(
        title=_("Title and introduction"),
        button=_("Save"),
        back=_edit(it),
        crumbs=_crumbs(it),
        done=_("The board was changed."),
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None),
        lambda given: service.change_board(
            actor=request.user, board=it, version=given.cleaned_data["version"] or 0, data=given.read()
        ),
        fresh,
    )


def _areas(indicator: Indicator) -> list[Area]:
    return list(Area.objects.filter(series__indicator=indicator).distinct().order_by("position", "code"))


@both
def item_add(request: HttpRequest, board_id: UUID, code: str) -> HttpResponse:
    """Put a figure of an indicator on the board."""
    it = _to_change(request, board_id)
    indicator = found(visible_indicators(request.user), code=code)
    areas = _areas(indicator)
    initial = {"form": BoardItem.Form.LINE, "areas": [area.pk for area in areas[:3]]}
    page = Page(
        title=_("Put a figure on the board"),
        button=_("Put it on the board"),
        back=_edit(it),
        crumbs=[*_crumbs(it), (_("Compose"), _edit(it))],
        subject=str(indicator),
        done=_("The figure is on the board, at its end."),
        warning=""
        if areas
        else _("This indicator has no figures yet. Load figures before it is put on a board."),
    )
    return answer(
        request,
        page,
        ItemForm(indicator, request.POST if request.method == "POST" else None, areas=areas, initial=initial),
        lambda given: service.add_item(actor=request.user, board=it, data=given.read()),
    )


@both
def item_edit(request: HttpRequest, board_id: UUID, item_id: int) -> HttpResponse:
    """Change how a figure is shown."""
    item = _item(request, board_id, item_id)
    page = Page(
        title=_("Change this figure"),
        button=_("Save"),
        back=_edit(item.board),
        crumbs=[*_crumbs(item.board), (_("Compose"), _edit(item.board))],
        subject=str(item.indicator),
        done=_("The figure was changed."),
    )
    data = request.POST if request.method == "POST" else None
    form = ItemForm(item.indicator, data, areas=_areas(item.indicator), initial=initial_of_item(item))
    return answer(
        request,
        page,
        form,
        lambda given: service.change_item(actor=request.user, item=item, data=given.read()),
    )


@require_POST
def item_move(request: HttpRequest, board_id: UUID, item_id: int) -> HttpResponse:
    """Move a figure one place up or down."""
    item = _item(request, board_id, item_id)
    service.move_item(actor=request.user, item=item, up=request.POST.get("to") != "down")
    return redirect(_edit(item.board) + f"#item-{item.pk}")


@both
def item_remove(request: HttpRequest, board_id: UUID, item_id: int) -> HttpResponse:
    """Take a figure off the board, after saying what will happen."""
    item = _item(request, board_id, item_id)
    page = Page(
        title=_("Take this figure off the board"),
        button=_("Take it off"),
        back=_edit(item.board),
        crumbs=[*_crumbs(item.board), (_("Compose"), _edit(item.board))],
        subject=f"{item.indicator} · {_item_words(item)}",
        warning=_(
            "It goes from this board only. The indicator and its figures stay, and it can be put on again."
        ),
        done=_("The figure is off the board."),
        danger=True,
    )
    return answer(
        request,
        page,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _given: service.remove_item(actor=request.user, item=item),
    )


@both
def share(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Share a board by link, or stop sharing it, after saying what will happen."""
    it = _to_change(request, board_id)
    words: Mapping[bool, tuple[str, str, str, str]] = {
        False: (
            _("Share this board"),
            _("Share it by link"),
            _(
                "Whoever has the link sees the board without signing in, and can pass the link on. "
                "Figures of indicators that are not published are left out. You can stop sharing at any time."
            ),
            _("The board is shared. Its link stands on this page."),
        ),
        True: (
            _("Stop sharing this board"),
            _("Stop sharing"),
            _(
                "The link that was given away finds nothing any more, for good. "
                "When you share the board again, it gets a new link."
            ),
            _("The board is no longer shared; its old link is dead."),
        ),
    }
    title, button, consequence, done = words[it.shared]
    page = Page(
        title=title,
        button=button,
        back=reverse("indicators:board", args=[it.pk]),
        crumbs=_crumbs(it),
        subject=str(it),
        warning=consequence,
        danger=it.shared,
        done=done,
    )
    act = service.unshare_board if it.shared else service.share_board
    return answer(
        request,
        page,
        Versioned(request.POST if request.method == "POST" else None, initial={"version": it.version}),
        lambda _given: act(actor=request.user, board=it),
    )


@both
def delete(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Delete a board, after saying what will happen."""
    it = _to_change(request, board_id)
    page = Page(
        title=_("Delete this board"),
        button=_("Delete the board"),
        back=_edit(it),
        crumbs=_crumbs(it),
        subject=str(it),
        warning=_(
            "The board is gone for everybody, also by its link. The indicators and their figures stay."
        ),
        done=_("The board was deleted."),
        danger=True,
        follow=lambda _none: reverse("indicators:boards"),
    )
    return answer(
        request,
        page,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _given: service.delete_board(actor=request.user, board=it),
    )
