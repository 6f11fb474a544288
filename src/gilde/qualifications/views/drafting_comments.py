"""The comments on a file with their answers, by what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gilde.core.access import require
from gilde.core.errors import GildeError, Refused
from gilde.core.form_pages import add_error, found
from gilde.core.text import Text
from gilde.qualifications import access
from gilde.qualifications.forms.drafting_comments import AnswerForm, CommentForm
from gilde.qualifications.models import Comment, QualificationVersion, UnitOutcome
from gilde.qualifications.services import committees
from gilde.qualifications.views.drafting_common import both, file_crumbs, file_of


@dataclass
class Thread:
    """A comment, and the form to answer it where it waits for an answer."""

    comment: Comment
    form: forms.Form | None = None


@dataclass
class About:
    """The comments on one outcome, or on the file as a whole."""

    title: str
    statement: Text | None = None
    threads: list[Thread] = field(default_factory=list)


@both
def comments(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Show the comments on a file; who works on it answers them, and adds to them."""
    file = file_of(request, version_id)
    uses = list(
        UnitOutcome.objects.filter(unit__version=file)
        .select_related("unit", "outcome")
        .order_by("unit__position", "unit__code", "position", "pk")
    )
    may = bool(access.can_comment(request.user, file))
    answering: tuple[UUID | None, forms.Form | None] = (None, None)
    asked = request.GET.get("outcome", "")
    adding = CommentForm(outcomes=uses, initial={"outcome": asked})
    status = 200
    if request.method == "POST":
        require(access.can_comment(request.user, file))
        if "answer" in request.POST:
            said, answering = _answer(request, file)
        else:
            said, adding = _add(request, file, uses)
        if said:
            messages.success(request, said)
            return redirect(reverse("qualifications:file-comments", args=[file.pk]))
        status = 422
    seen = access.visible_comments(request.user).filter(version=file)
    told = list(seen.select_related("author").order_by("made_at", "pk"))
    context = {
        "title": _("Comments"),
        "crumbs": file_crumbs(file),
        "file": file,
        "groups": _grouped(told, uses, may, answering),
        "waiting": sum(each.resolved_at is None for each in told),
        "count": len(told),
        "adding": adding if may else None,
    }
    return render(request, "qualifications/drafting_comments.html", context, status=status)


def _answer(
    request: HttpRequest, file: QualificationVersion
) -> tuple[str, tuple[UUID | None, forms.Form | None]]:
    """Return what to say when the answer was stored; else the form with what was written and what is wrong."""
    known = (
        access.visible_comments(request.user).filter(version=file).select_related("version__qualification")
    )
    try:
        asked = UUID(request.POST.get("comment", ""))
    except ValueError:
        raise Http404 from None
    comment = found(known, pk=asked)
    form = AnswerForm(request.POST, auto_id=f"id_%s_{comment.pk}")
    if comment.resolved_at is not None:
        form.add_error(None, _("Somebody else has answered this comment in the meantime."))
    if not form.is_valid():
        return "", (comment.pk, form)
    try:
        committees.resolve(actor=request.user, comment=comment, answer=form.cleaned_data["answer"])
    except Refused:
        raise
    except GildeError as error:
        add_error(form, error)
        return "", (comment.pk, form)
    return _("The comment was answered."), (None, None)


def _add(request: HttpRequest, file: QualificationVersion, uses: Sequence[UnitOutcome]) -> tuple[str, Any]:
    """Return what to say when the comment was stored; else the form with what is wrong."""
    form = CommentForm(request.POST, outcomes=uses)
    if not form.is_valid():
        return "", form
    try:
        committees.comment(
            actor=request.user,  # type: ignore[arg-type]  # who may comment has signed in
            version=file,
            text=form.cleaned_data["text"],
            outcome=form.chosen(),
        )
    except Refused:
        raise
    except GildeError as error:
        add_error(form, error)
        return "", form
    return _("The comment was added."), form


def _grouped(
    told: Sequence[Comment],
    uses: Sequence[UnitOutcome],
    may: bool,
    answering: tuple[UUID | None, forms.Form | None],
) -> list[About]:
    """Return the comments by what they are about, in the order of the file; gone outcomes come last."""
    whole, gone = About(_("The file as a whole")), About(_("Outcomes that are not in the file any more"))
    by_outcome = {use.outcome.outcome_id: About(str(use.unit.title), use.outcome.statement) for use in uses}
    for each in told:
        group = whole if each.outcome_id is None else by_outcome.get(each.outcome_id, gone)
        form = None
        if may and answering[0] == each.pk:
            form = answering[1]
        elif may and each.resolved_at is None:
            form = AnswerForm(initial={"comment": each.pk}, auto_id=f"id_%s_{each.pk}")
        group.threads.append(Thread(each, form))
    return [group for group in (whole, *by_outcome.values(), gone) if group.threads]
