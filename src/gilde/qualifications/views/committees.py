"""Committees: who decides how, what waits for the reader, and who sits where."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core.access import require
from gilde.core.components import Fact, Kind, Task, link, status, written
from gilde.core.form_pages import Crumb, Page, answer, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.qualifications import access, rooms
from gilde.qualifications.forms.committees import ChangeSeatForm, CommitteeForm, SeatForm
from gilde.qualifications.models import Committee, Round
from gilde.qualifications.services import committees

_both = require_http_methods(["GET", "HEAD", "POST"])
_RULES = dict(Committee.Rule.choices)
_RESULTS = dict(Round.Result.choices)
_KINDS: dict[str, Kind] = {
    Round.Result.OPEN: "info",
    Round.Result.AGREED: "good",
    Round.Result.REFUSED: "bad",
}


def _committee_link(row: Row) -> object:
    return link(reverse("qualifications:committee", args=[row["pk"]]), written(row["name"]))


COMMITTEES = Listing(
    name="committees",
    caption=gettext_lazy("Committees"),
    fields=("name", "code", "procedure__name", "quorum", "rule", "source"),
    columns=[
        Column("name", gettext_lazy("Committee"), cell=_committee_link, sort=words_of("name"), head=True),
        Column(
            "procedure",
            gettext_lazy("Procedure"),
            value=lambda row: row["procedure__name"],
            sort=words_of("procedure__name"),
        ),
        Column("quorum", gettext_lazy("Quorum"), sort="quorum", number=True),
        Column("rule", gettext_lazy("Decides by"), cell=lambda row: _RULES[row["rule"]], sort="rule"),
        Column("source", gettext_lazy("Source"), sort="source"),
        Column("code", gettext_lazy("Code"), download_only=True),
    ],
    order="procedure",
    search=(words_of("name"), words_of("procedure__name")),
    filters=(Filter("rule", gettext_lazy("Decides by"), lambda: Committee.Rule.choices, "rule"),),
    empty=gettext_lazy("Committees stand here once a procedure that has some is loaded."),
)


def _round_link(row: Row) -> object:
    return link(reverse("qualifications:round", args=[row["pk"]]), written(row["version__title"]))


def _result_tag(row: Row) -> object:
    return result_tag(row["result"])


def result_tag(result: str) -> object:
    """Return the result of a round as a status tag."""
    return status(_KINDS.get(result, "warn"), _RESULTS[result])


def _by_state(rounds: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rounds.filter(closed_at__isnull=value == "open")


def _open_first() -> Case:
    return Case(When(closed_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())


ROUNDS = Listing(
    name="rounds",
    caption=gettext_lazy("Files before the committee"),
    fields=("version__title", "version__number", "number", "opened_at", "closed_at", "result"),
    columns=[
        Column(
            "file",
            gettext_lazy("File"),
            value=lambda row: row["version__title"],
            cell=_round_link,
            sort=words_of("version__title"),
            head=True,
        ),
        Column(
            "version",
            gettext_lazy("Version"),
            value=lambda row: row["version__number"],
            sort="version__number",
            number=True,
        ),
        Column("number", gettext_lazy("Round"), sort="number", number=True),
        Column("opened_at", gettext_lazy("Opened"), sort="opened_at"),
        Column("closed_at", gettext_lazy("Closed"), sort="closed_at"),
        Column("result", gettext_lazy("Result"), cell=_result_tag, sort=_open_first),
    ],
    order="-opened_at",
    search=(words_of("version__title"), "version__qualification__code"),
    filters=(
        Filter(
            "state",
            gettext_lazy("State"),
            lambda: [("open", gettext_lazy("Open")), ("closed", gettext_lazy("Closed"))],
            _by_state,
        ),
    ),
    empty=gettext_lazy(
        "Rounds that you may see stand here. One begins when a file is put before the committee."
    ),
)


@login_not_required
@require_safe
def committee_list(request: HttpRequest) -> HttpResponseBase:
    """List the committees with how they decide; for who sits on one also what waits for them."""
    context = {
        "title": _("Committees"),
        "crumbs": committees_crumbs()[:1],
        "sits": access.seats(request.user).exists(),
        "tasks": [_task(each) for each in rooms.waiting_for(request.user)],
    }
    return COMMITTEES.respond(
        request, access.visible_committees(request.user), "qualifications/committees.html", context
    )


def _task(waiting: rooms.Waiting) -> Task:
    url = reverse("qualifications:round", args=[waiting.round.pk])
    committee = _("%(committee)s, round %(number)d") % {
        "committee": waiting.round.committee,
        "number": waiting.round.number,
    }
    if waiting.to_judge:
        return Task(str(waiting.round.version.title), f"{url}?show=levels", committee, "warn", _("to judge"))
    return Task(str(waiting.round.version.title), f"{url}?show=votes", committee, "warn", _("to vote on"))


@login_not_required
@require_safe
def page(request: HttpRequest, committee_id: UUID) -> HttpResponseBase:
    """Show one committee: how it decides for everybody, who sits on it and its rounds for its circle."""
    committee = _committee(request, committee_id)
    members = list(rooms.visible_members(request.user, committee))
    context = {
        "title": str(committee.name),
        "crumbs": committees_crumbs(),
        "committee": committee,
        "facts": [
            Fact(_("Procedure"), written(committee.procedure.name)),
            Fact(_("Quorum"), _quorum(committee)),
            Fact(_("Decides by"), committee.get_rule_display()),
            Fact(_("Source"), committee.source or committee.procedure.source),
        ],
        "members": [(member, rooms.is_active(member)) for member in members],
        "in_circle": bool(members) or rooms.in_circle(request.user, committee),
        "may_keep": bool(access.can_keep_committee(request.user, committee)),
    }
    seen = access.visible_rounds(request.user).filter(committee=committee)
    return ROUNDS.respond(request, seen, "qualifications/committees_page.html", context)


def _quorum(committee: Committee) -> str:
    return _("At least %(n)d members with a vote take part.") % {"n": committee.quorum}


@_both
def seat_give(request: HttpRequest, committee_id: UUID) -> HttpResponse:
    """Give a person a seat on a committee."""
    committee = _kept(request, committee_id)
    form = SeatForm(request.POST if request.method == "POST" else None)
    page = _page(
        committee,
        title=_("Give a seat"),
        button=_("Give the seat"),
        lead=_("Who has a seat already gets it as you write it here."),
        said=lambda made: _("%(person)s has the seat now.") % {"person": made.user},
    )

    def save(given: SeatForm) -> object:
        told = dict(given.cleaned_data)
        return committees.seat(actor=request.user, committee=committee, user=told.pop("email"), **told)

    return answer(request, page, form, save)


@_both
def seat_change(request: HttpRequest, committee_id: UUID, member_id: int) -> HttpResponse:
    """Change a seat on a committee, or end it by its last day."""
    committee = _kept(request, committee_id)
    member = found(committee.members.select_related("user"), pk=member_id)
    names = ("role", "votes", "organisation", "since", "until")
    opened = {name: getattr(member, f"{name}_id" if name == "organisation" else name) for name in names}
    form = ChangeSeatForm(request.POST if request.method == "POST" else None, initial=opened)
    page = _page(
        committee,
        title=_("Change a seat"),
        button=_("Save"),
        lead=_("The seat of %(person)s.") % {"person": member.user},
        warning=_(
            "Once a seat has ended the person sees nothing of the committee any more, and a vote in a round that is "
            "still open does not count. What was said in closed rounds stays."
        ),
        done=_("The seat was changed."),
    )
    return answer(
        request,
        page,
        form,
        lambda given: committees.seat(
            actor=request.user, committee=committee, user=member.user, **given.cleaned_data
        ),
    )


@_both
def change(request: HttpRequest, committee_id: UUID) -> HttpResponse:
    """Change how many must take part and how a committee decides."""
    committee = _kept(request, committee_id)

    def fresh(data: Any = None) -> CommitteeForm:
        committee.refresh_from_db(fields=["quorum", "rule", "version"])
        now = {"quorum": committee.quorum, "rule": committee.rule, "version": committee.version}
        return CommitteeForm(data, initial=now)

    page = _page(
        committee,
        title=_("Change how the committee decides"),
        button=_("Save"),
        warning=_("This holds at once, also for the rounds that are open now."),
        done=_("Saved."),
    )
    form = fresh(request.POST if request.method == "POST" else None)
    return answer(
        request,
        page,
        form,
        lambda given: committees.change_committee(
            actor=request.user, committee=committee, **given.cleaned_data
        ),
        fresh,
    )


def committees_crumbs() -> list[Crumb]:
    """Return the way to the list of committees."""
    return [
        (_("Qualifications"), reverse("qualifications:list")),
        (_("Committees"), reverse("qualifications:committees")),
    ]


def committee_url(committee: Committee) -> str:
    """Return the address of a committee."""
    return reverse("qualifications:committee", args=[committee.pk])


def _committee(request: HttpRequest, committee_id: UUID) -> Committee:
    return found(access.visible_committees(request.user).select_related("procedure"), pk=committee_id)


def _kept(request: HttpRequest, committee_id: UUID) -> Committee:
    """Return a committee that the reader keeps. Raises Refused with the reason."""
    committee = _committee(request, committee_id)
    require(access.can_keep_committee(request.user, committee))
    return committee


def _page(committee: Committee, **words: Any) -> Page:
    return Page(
        back=committee_url(committee),
        crumbs=[*committees_crumbs(), (str(committee.name), committee_url(committee))],
        subject=str(committee.name),
        **words,
    )
