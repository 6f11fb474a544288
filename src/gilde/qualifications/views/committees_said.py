"""What is said in a committee room: votes, judgements, what was agreed, comments and answers.

Each takes what was sent and leads back to the room; what cannot be stored is shown there with its text kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.errors import GildeError, Refused
from gilde.core.form_pages import Page, add_error, answer, found
from gilde.core.models import User
from gilde.qualifications import access, judging, rooms
from gilde.qualifications.forms.committees import LevelsForm, SaidForm, VoteForm
from gilde.qualifications.models import Comment, Outcome, Round
from gilde.qualifications.services import committees
from gilde.qualifications.views.committees import committee_url, committees_crumbs
from gilde.qualifications.views.committees_room import FILE, LEVELS, VOTES, round_of, round_url, show

_both = require_http_methods(["GET", "HEAD", "POST"])


@_both
def vote(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Cast the reader's vote, or change it while the round is open."""
    round_ = round_of(request, round_id)
    require(access.can_vote(request.user, round_))
    form = VoteForm(request.POST)
    return _stored(
        request,
        round_,
        VOTES,
        form,
        lambda: committees.vote(actor=request.user, round_=round_, **form.cleaned_data),
        _("Your vote was stored. You can change it until the round is closed."),
    )


@_both
def judge(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Store what the reader alone finds on the elements."""
    round_ = round_of(request, round_id)
    require(access.can_vote(request.user, round_))
    form = LevelsForm(request.POST, scale=judging.scale_of(round_))
    return _stored(
        request,
        round_,
        LEVELS,
        form,
        lambda: committees.judge(actor=request.user, round_=round_, levels=form.levels()),
        _("Your judgement was stored. Nobody else sees it before the chair shows all."),
    )


@_both
def reveal(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Show everybody's judgements to the committee, after saying what that means."""
    round_ = round_of(request, round_id)
    require(rooms.may_chair(access.seat_in(request.user, round_), round_))
    back = round_url(round_, LEVELS)
    if round_.revealed_at is not None:
        return redirect(back)
    _ready, others = committees.judges_ready(round_)
    page = Page(
        title=_("Show all judgements"),
        button=_("Show all judgements"),
        back=back,
        crumbs=[
            *committees_crumbs(),
            (str(round_.committee.name), committee_url(round_.committee)),
            (str(round_.version.title), round_url(round_)),
        ],
        subject=str(round_.version.title),
        lead=_("Not everything judged yet: %(names)s.") % {"names": ", ".join(str(m.user) for m in others)}
        if others
        else _("Everybody has judged every element."),
        warning=_(
            "Everybody on the committee then sees who found which level. Nobody can change a judgement or judge any "
            "more. This cannot be undone."
        ),
        danger=True,
        done=_("All judgements are shown now. Agree on the levels together."),
    )
    form = forms.Form(request.POST if request.method == "POST" else None)
    return answer(request, page, form, lambda _given: committees.reveal(actor=request.user, round_=round_))


@_both
def agree(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Record the levels that the committee agreed on."""
    round_ = round_of(request, round_id)
    require(rooms.may_chair(access.seat_in(request.user, round_), round_))
    if request.method == "POST" and round_.revealed_at is None:
        # The room has no such form yet: the service says why.
        committees.agree(actor=request.user, round_=round_, levels={})
    form = LevelsForm(request.POST, scale=judging.scale_of(round_))
    return _stored(
        request,
        round_,
        LEVELS,
        form,
        lambda: committees.agree(actor=request.user, round_=round_, levels=form.levels()),
        _("What was agreed was stored, and the points were counted."),
    )


@_both
def comment(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Comment on the file or on one of its outcomes."""
    round_ = round_of(request, round_id)
    require(access.can_comment(request.user, round_.version))
    if round_.closed_at is not None:
        raise Refused(_("This round is closed. Comment on the file on its page of comments."))
    form = SaidForm(request.POST)
    held = {each.id for unit in rooms.units_held(round_.snapshot.content) for each in unit.outcomes}
    asked = request.POST.get("outcome", "")
    about = asked if asked in held else ""
    assert isinstance(request.user, User)  # who may comment has signed in
    actor = request.user

    def save() -> Comment:
        outcome = Outcome.objects.filter(pk=about).first() if about else None
        return committees.comment(
            actor=actor, version=round_.version, text=form.cleaned_data["text"], outcome=outcome
        )

    anchor = f"about-{about or 'file'}"
    return _stored(request, round_, FILE, form, save, _("The comment was added."), anchor, outcome=about)


@_both
def answer_comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """Answer a comment, from the room in which it was made or else the page of comments of the file."""
    seen = access.visible_comments(request.user).select_related(
        "version__qualification", "version__procedure"
    )
    about = found(seen, pk=comment_id)
    require(access.can_comment(request.user, about.version))
    rooms_of_file = access.visible_rounds(request.user).filter(version=about.version_id)
    asked = request.POST.get("round", "")
    if asked not in {str(pk) for pk in rooms_of_file.values_list("pk", flat=True)}:
        return _answered_elsewhere(request, about)
    form = SaidForm(request.POST)
    return _stored(
        request,
        round_of(request, UUID(asked)),
        FILE,
        form,
        lambda: _resolved(request, about, form),
        _("The comment was answered."),
        f"comment-{about.pk}",
        comment=about.pk,
    )


def _answered_elsewhere(request: HttpRequest, about: Comment) -> HttpResponse:
    """Answer a comment that was not sent from a room, and lead to the comments of the file."""
    if request.method == "POST":
        form = SaidForm(request.POST)
        try:
            if form.is_valid():
                _resolved(request, about, form)
        except Refused:
            raise
        except GildeError as error:
            add_error(form, error)
        if form.errors:
            messages.error(request, _first(form))
        else:
            messages.success(request, _("The comment was answered."))
    return redirect(reverse("qualifications:file-comments", args=[about.version_id]))


def _resolved(request: HttpRequest, about: Comment, form: SaidForm) -> Comment:
    return committees.resolve(actor=request.user, comment=about, answer=form.cleaned_data["text"])


def _stored(
    request: HttpRequest,
    round_: Round,
    side: str,
    form: forms.Form,
    save: Callable[[], Any],
    done: str,
    anchor: str = "",
    **about: Any,
) -> HttpResponse:
    """Return the way back to the room after `save`; else the room with what was sent and what is wrong with it.

    Who only opens the address is led to the room.
    """
    back = round_url(round_, side, anchor)
    if request.method != "POST":
        return redirect(back)
    status = 422
    if form.is_valid():
        try:
            save()
        except Refused:
            raise
        except GildeError as error:
            status = error.status
            add_error(form, error)
        else:
            messages.success(request, done)
            return redirect(back)
    sent = {"form": form, "text": request.POST.get("text", ""), "error": _first(form), **about}
    return show(request, round_, side, sent, status)


def _first(form: forms.Form) -> str:
    """Return the first thing that is wrong with a form."""
    return next((str(told) for errors in form.errors.values() for told in errors), "")
