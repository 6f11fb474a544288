"""The room of a committee: one page for a round, with the file, what changed, the votes and the levels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gilde.core.components import Fact, Tab, written
from gilde.core.form_pages import found
from gilde.core.text import Text
from gilde.qualifications import access, judging, rooms
from gilde.qualifications.forms.committees import LevelsForm, VoteForm
from gilde.qualifications.judging import Scale
from gilde.qualifications.models import Member, Round, State, Vote
from gilde.qualifications.rooms import Room
from gilde.qualifications.snapshots import differences
from gilde.qualifications.views import drafting_changes
from gilde.qualifications.views.committees import committee_url, committees_crumbs, result_tag

FILE: Final = "file"
CHANGES: Final = "changes"
VOTES: Final = "votes"
LEVELS: Final = "levels"


@require_safe
def room(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show a round: the file as handed in, or another side of it."""
    return show(request, round_of(request, round_id), request.GET.get("show", FILE))


def round_of(request: HttpRequest, round_id: UUID) -> Round:
    """Return a round that the reader may see, with its file, committee and votes; a stranger gets 404."""
    votes = Vote.objects.select_related("member__user", "member__organisation").order_by("cast_at", "pk")
    related = (
        "version__qualification__owner",
        "version__procedure",
        "version__level",
        "committee",
        "snapshot",
    )
    seen = access.visible_rounds(request.user).select_related(*related)
    return found(seen.prefetch_related(Prefetch("votes", votes)), pk=round_id)


def round_url(round_: Round, side: str = FILE, anchor: str = "") -> str:
    """Return the address of one side of a room."""
    url = reverse("qualifications:round", args=[round_.pk])
    return url + (f"?show={side}" if side != FILE else "") + (f"#{anchor}" if anchor else "")


def show(
    request: HttpRequest, round_: Round, side: str, sent: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Return one side of the room. `sent` holds what was just sent and could not be stored, by its name."""
    here = rooms.room_of(request.user, round_)
    sides = {FILE: _file, CHANGES: _changes, VOTES: _votes}
    if here.judges:
        sides[LEVELS] = _levels
    side = side if side in sides else FILE
    context = {
        "title": str(round_.version.title),
        "crumbs": [*committees_crumbs(), (str(round_.committee.name), committee_url(round_.committee))],
        "room": here,
        "round": round_,
        "file": round_.version,
        "side": side,
        "tabs": _tabs(here, side),
        "state": result_tag(round_.result),
        "standing": _standing(here),
        "waiting": _names(here),
        "steps": rooms.steps_of_seat(here.seat, round_),
        "file_url": _file_url(round_),
        "may_reveal": _may_reveal(here),
        **sides[side](request, here, sent or {}),
    }
    return render(request, "qualifications/committees_room.html", context, status=status)


def _tabs(here: Room, side: str) -> list[Tab]:
    names = {FILE: _("The file"), CHANGES: _("What changed"), VOTES: _("Votes")}
    if here.judges:
        names[LEVELS] = _("Levels")
    return [Tab(label, round_url(here.round, name), name == side) for name, label in names.items()]


def _file_url(round_: Round) -> str:
    hidden = round_.version.state == State.DRAFT
    return "" if hidden else reverse("qualifications:file", args=[round_.version_id])


def _standing(here: Room) -> list[Fact]:
    """Return how the round stands, without anything that one judge may not know of another."""
    round_ = here.round
    facts = [
        Fact(_("Opened"), written(round_.opened_at)),
        Fact(_("Decides by"), round_.committee.get_rule_display()),
        Fact(_("Have voted"), _of_quorum(here.count.cast, here)),
    ]
    if here.judges and not round_.closed_at:
        shown = written(round_.revealed_at) if round_.revealed_at else _("not yet")
        if not round_.revealed_at:
            facts.append(Fact(_("Have judged everything"), _of_quorum(len(here.ready), here)))
        facts.append(Fact(_("Judgements shown"), shown))
    if round_.closed_at:
        facts.append(Fact(_("Closed"), written(round_.closed_at)))
    return facts


def _of_quorum(number: int, here: Room) -> str:
    return _("%(n)d of at least %(quorum)d") % {"n": number, "quorum": here.round.committee.quorum}


def _names(here: Room) -> list[tuple[str, list[Member]]]:
    """Return who is waited for, for the circle of the committee."""
    if here.round.closed_at or not here.in_circle:
        return []
    judging = here.judges and here.round.revealed_at is None
    told = [
        (_("Still to judge"), list(here.not_ready) if judging else []),
        (_("Still to vote"), [] if judging else list(here.count.waiting)),
    ]
    return [(label, members) for label, members in told if members]


def _may_reveal(here: Room) -> bool:
    enough = len(here.ready) >= here.round.committee.quorum
    return (
        here.judges and not here.round.revealed_at and enough and bool(rooms.may_chair(here.seat, here.round))
    )


# --- the sides


def _file(request: HttpRequest, here: Room, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The file as handed in, each outcome with its comments."""
    content = here.round.snapshot.content
    units = rooms.units_held(content)
    others = rooms.remarks_on(units, rooms.room_comments(request.user, here.round))
    whole = rooms.OutcomeHeld("", Text(), remarks=others)
    outcomes = [each for unit in units for each in unit.outcomes]
    for place in (whole, *outcomes):
        if sent.get("outcome") == place.id:
            place.kept, place.error = sent["text"], sent["error"]
        for remark in place.remarks:
            if sent.get("comment") == remark.comment.pk:
                remark.kept, remark.error = sent["text"], sent["error"]
    level = here.round.version.level
    same = level is not None and level.code == content["level"]
    may = rooms.may_comment(request.user, here)
    return {
        "units": units,
        "whole": whole,
        "held": [
            Fact(_("Summary"), written(rooms.words_of(content["summary"]) or None)),
            Fact(_("Proposed level"), written(level.name if level and same else content["level"])),
            Fact(_("Workload in hours"), written(content["hours"])),
            Fact(_("Credit points"), content["credit"]),
            Fact(_("Assessment"), written(rooms.words_of(content["assessment"]) or None)),
            Fact(_("Quality assurance"), written(rooms.words_of(content["quality"]) or None)),
        ],
        "may_comment": may and here.round.closed_at is None,
        "may_answer": may,
    }


def _changes(request: HttpRequest, here: Room, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What changed since the committee last saw the qualification."""
    before = rooms.seen_before(here.round)
    if before is None:
        return {"before": None, "changes": []}
    found = differences(before.snapshot.content, here.round.snapshot.content)
    return {"before": before, "changes": list(drafting_changes.told_changes(found))}


def _votes(request: HttpRequest, here: Room, sent: Mapping[str, Any]) -> dict[str, Any]:
    """The reader's vote, and the votes as far as the reader may see them."""
    mine = here.my_vote
    form = sent.get("form")
    if form is None and here.seat is not None and here.seat.votes and here.round.closed_at is None:
        form = VoteForm(initial={"choice": mine.choice, "ground": mine.ground} if mine else None)
    return {
        "vote_form": form,
        "my_vote": mine,
        "votes": list(here.round.votes.all()) if here.sees_votes else [],
        "count_told": _count_told(here),
        "votes_later": here.judges and here.round.points is None and here.round.closed_at is None,
    }


def _count_told(here: Room) -> list[str]:
    """Return how the votes stand, in sentences: who has not voted yet learns only how many have."""
    count, round_ = here.count, here.round
    if round_.closed_at:
        had = ngettext("%(n)d member voted.", "%(n)d members voted.", count.cast) % {"n": count.cast}
        return [had, _counted(here)]
    told = [
        _("%(cast)d of %(voters)d members with a vote have voted; at least %(quorum)d must.")
        % {"cast": count.cast, "voters": here.voters, "quorum": count.quorum}
    ]
    if not here.sees_count:
        return told
    told.append(_counted(here))
    rule = round_.committee.get_rule_display()
    if not count.quorate:
        told.append(_("The quorum is not reached yet."))
    elif count.passed:
        told.append(
            _("As it stands the file is agreed. The committee decides by “%(rule)s”.") % {"rule": rule}
        )
    else:
        told.append(
            _("As it stands the file is refused. The committee decides by “%(rule)s”.") % {"rule": rule}
        )
    return told


def _counted(here: Room) -> str:
    count = here.count
    return _("%(for)d for, %(against)d against, %(abstained)d abstained.") % {
        "for": count.in_favour,
        "against": count.against,
        "abstained": count.abstained,
    }


def _levels(request: HttpRequest, here: Room, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Judging alone; once all is shown the judgements side by side, what was agreed and the points."""
    round_ = here.round
    scale = judging.scale_of(round_)
    shown = judging.shown_of(request.user, round_, scale)
    if shown is None:
        mine = access.visible_judgements(request.user, round_).select_related("level")
        known = {each.element_id: (each.level.code, each.ground) for each in mine}
        may = here.seat is not None and here.seat.votes > 0 and round_.closed_at is None
        form = sent.get("form") or LevelsForm(scale=scale, known=known)
        return {
            "judge_form": form if may and scale.elements else None,
            "judged": len(known),
            "elements": len(scale.elements),
        }
    agreed = [row.agreed for row in shown.rows if row.agreed]
    may_agree = bool(rooms.may_chair(here.seat, round_))
    procedure = round_.version.procedure
    assert procedure is not None  # without one nobody judges
    return {
        "shown": shown,
        "differing": [str(row.element.name) for row in shown.rows if row.spread.apart],
        "agree_form": _agreeing(sent, scale, shown) if may_agree else None,
        "computed": judging.computed(procedure, agreed),
        "agreed_count": len(agreed),
    }


def _agreeing(sent: Mapping[str, Any], scale: Scale, shown: judging.Shown) -> LevelsForm:
    """Return the form of what was agreed: as sent, as stored, as all judges found it; open where they differ."""
    by_position = {level.position: level.code for level in scale.levels}
    known, hints = {}, {}
    for row in shown.rows:
        found = [by_position[position] for position in row.spread.found]
        hints[row.element.pk] = (
            _("The judges found: %(levels)s.") % {"levels": ", ".join(found)} if found else ""
        )
        if row.agreed:
            known[row.element.pk] = (row.agreed.level.code, row.agreed.ground)
        elif row.spread.agreed:
            known[row.element.pk] = (found[0], "")
    form = sent.get("form") or LevelsForm(scale=scale, known=known)
    form.hints = hints
    assert isinstance(form, LevelsForm)
    return form
