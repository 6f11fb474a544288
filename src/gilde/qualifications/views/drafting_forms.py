"""Writing a file: beginning it, what it says of itself, to what it relates, and its units."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gilde.core.access import require
from gilde.core.form_pages import Page, answer
from gilde.organisations.public import member_organisations
from gilde.qualifications import access
from gilde.qualifications.forms.drafting import (
    BeginForm,
    EditForm,
    Locked,
    UnitForm,
    initial_of,
    initial_of_unit,
)
from gilde.qualifications.forms.relations import RelationsForm, initial_of_relations
from gilde.qualifications.models import QualificationVersion, Unit
from gilde.qualifications.services import drafting
from gilde.qualifications.views.drafting_common import (
    both,
    file_crumbs,
    file_url,
    files_crumbs,
    own_file,
    unit_of,
)


@both
def file_add(request: HttpRequest) -> HttpResponse:
    """Begin a file: whose it is, by which procedure, what it is called."""
    require(access.can_draft(request.user))
    page = Page(
        title=_("Begin a file"),
        button=_("Begin"),
        back=reverse("qualifications:files"),
        crumbs=files_crumbs(),
        lead=_("Only the members of your organisation see the draft until it is handed in."),
        done=_("The draft has begun. The page says what is still missing."),
        follow=file_url,
    )
    owners = member_organisations(request.user, access.WRITERS)
    return answer(
        request,
        page,
        BeginForm(request.POST or None, owners=owners),
        lambda given: drafting.begin_file(actor=request.user, **given.cleaned_data),
    )


@both
def file_edit(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Change what a file says of itself."""
    file = own_file(request, version_id)
    page = _page(file, title=_("Describe the qualification"), anchor="facts", done=_("The file was changed."))

    def fresh(data: Any = None) -> EditForm:
        stored = QualificationVersion.objects.get(pk=file.pk)
        return EditForm(data, file=stored, initial=initial_of(stored))

    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: drafting.change_file(
            actor=request.user, version=file, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@both
def file_relations(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Say who awards it, on which profiles it rests, what one needs before, and for which occupations it is."""
    file = own_file(request, version_id)
    here = reverse("qualifications:file-relations", args=[file.pk])
    page = _page(
        file,
        title=_("Relations"),
        anchor="relations",
        done=_("The relations were kept."),
        follow=here if "another" in request.POST else "",
        template="qualifications/drafting_relations.html",
        lead=_("Who awards it, on what it rests, what one needs before, and for which occupations it is."),
    )

    def fresh(data: Any = None) -> RelationsForm:
        stored = QualificationVersion.objects.get(pk=file.pk)
        return RelationsForm(data, actor=request.user, file=stored, initial=initial_of_relations(stored))

    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: drafting.relate_file(
            actor=request.user, version=file, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@both
def unit_add(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """Add a unit at the end of a file."""
    file = own_file(request, version_id)
    page = Page(
        title=_("Add a unit"),
        button=_("Add"),
        back=file_url(file, "units"),
        crumbs=file_crumbs(file),
        subject=str(file.title),
        lead=_("A unit is a part that is learnt and assessed together. Its learning outcomes come next."),
        done=_("The unit was added. Now add its learning outcomes."),
        follow=lambda unit: file_url(file, f"unit-{unit.pk}"),
    )
    return answer(
        request,
        page,
        UnitForm(request.POST or None, initial={"version": file.version}),
        lambda given: drafting.add_unit(actor=request.user, version=file, lock=given.lock(), **given.read()),
        lambda: opened_now(file),
    )


@both
def unit_edit(request: HttpRequest, version_id: UUID, unit_id: UUID) -> HttpResponse:
    """Change a unit."""
    file = own_file(request, version_id)
    unit = unit_of(file, unit_id)
    page = _page(file, title=_("Change the unit"), anchor=f"unit-{unit.pk}", done=_("The unit was changed."))

    def fresh(data: Any = None) -> UnitForm:
        stored = Unit.objects.select_related("version").get(pk=unit.pk)
        return UnitForm(data, initial=initial_of_unit(stored))

    return answer(
        request,
        page,
        fresh(request.POST or None),
        lambda given: drafting.change_unit(actor=request.user, unit=unit, lock=given.lock(), **given.read()),
        fresh,
    )


@require_POST
def unit_move(request: HttpRequest, version_id: UUID, unit_id: UUID) -> HttpResponse:
    """Put a unit one place up or down."""
    file = own_file(request, version_id)
    unit = unit_of(file, unit_id)
    drafting.move_unit(
        actor=request.user, unit=unit, lock=sent_lock(request), up=request.POST.get("to") == "up"
    )
    return redirect(file_url(file, f"unit-{unit.pk}"))


@both
def unit_remove(request: HttpRequest, version_id: UUID, unit_id: UUID) -> HttpResponse:
    """Take a unit out of a file, after saying what goes with it."""
    file = own_file(request, version_id)
    unit = unit_of(file, unit_id)
    count = unit.outcomes.count()
    page = Page(
        title=_("Remove this unit"),
        button=_("Remove"),
        back=file_url(file, f"unit-{unit.pk}"),
        crumbs=file_crumbs(file),
        subject=str(unit.title),
        warning=_(
            "The unit goes out of the file with its %(count)d learning outcomes. The outcomes themselves are kept: "
            "you can take them into another unit with “Reuse outcomes”."
        )
        % {"count": count},
        danger=True,
        done=_("The unit was removed."),
        follow=lambda _made: file_url(file, "units"),
    )
    return answer(
        request,
        page,
        Locked(request.POST or None, initial={"version": file.version}),
        lambda given: drafting.remove_unit(actor=request.user, unit=unit, lock=given.lock()),
        lambda: opened_now(file),
    )


def opened_now(file: QualificationVersion) -> Locked:
    """Return what a form that adds or removes would hold if it were opened now: only the version of the file."""
    stored = QualificationVersion.objects.values_list("version", flat=True).get(pk=file.pk)
    return Locked(initial={"version": stored})


def sent_lock(request: HttpRequest) -> int:
    """Return the version of the file that came with a button, 0 when there is none."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def _page(
    file: QualificationVersion, *, title: str, anchor: str, done: str, follow: str = "", **more: Any
) -> Page:
    after = follow or file_url(file, anchor)
    return Page(
        title=title,
        button=_("Save"),
        back=file_url(file, anchor),
        crumbs=file_crumbs(file),
        subject=str(file.title),
        done=done,
        follow=lambda _made: after,
        **more,
    )
