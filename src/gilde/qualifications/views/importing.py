"""Taking qualifications over from a file of another register: upload, wait, see what became of each."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import documents
from gilde.core.access import require
from gilde.core.form_pages import Page, answer
from gilde.core.jobs import Job
from gilde.core.models import User
from gilde.organisations.public import Organisation, member_organisations
from gilde.qualifications.access import WRITERS, can_import
from gilde.qualifications.services.importing import request_import


class ImportForm(forms.Form):
    """A file, and which organisation keeps here what is in it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("European Learning Model 3 (XML, JSON-LD, Turtle), CASE 1.0, CTDL, or CSV."),
    )
    owner = forms.ChoiceField(label=gettext_lazy("Kept here by"))

    def __init__(self, *args: object, owners: list[Organisation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # what forms take
        self.fields["owner"].choices = [(str(each.pk), str(each)) for each in owners]  # type: ignore[attr-defined]


def page(request: HttpRequest) -> HttpResponse:
    """Take a file in, and send the reader to the page that shows how it goes."""
    require(can_import(request.user))
    owners = member_organisations(request.user, WRITERS)
    form = ImportForm(request.POST or None, request.FILES or None, owners=owners)
    told = Page(
        title=_("Take over qualifications"),
        button=_("Take over"),
        back=reverse("qualifications:list"),
        crumbs=[(_("Qualifications"), reverse("qualifications:list"))],
        lead=_(
            "The file is read whole before anything is stored. What was taken over before gets a new version where it "
            "changed, and stays where it did not."
        ),
        upload=True,
        follow=lambda job: reverse("qualifications:imported", args=[job.pk]),
    )

    def save(filled: ImportForm) -> Job:
        assert isinstance(request.user, User)
        file = filled.cleaned_data["file"]
        document = documents.store(request.user, file=file, name=file.name)
        owner = next(each for each in owners if str(each.pk) == filled.cleaned_data["owner"])
        return request_import(actor=request.user, document=document, owner=owner)

    return answer(request, told, form, save)


@require_safe
def done(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how taking over goes, and in the end what became of each qualification."""
    require(can_import(request.user))
    job = Job.objects.filter(pk=job_id, kind="qualifications.import").first()
    if job is None or (job.owner_id != request.user.pk and not request.user.is_superuser):
        raise Http404
    context = {
        "title": _("Taking over qualifications"),
        "job": job,
        "result": job.result or {},
        "waits": job.state in (Job.State.QUEUED, Job.State.RUNNING, Job.State.LOST),
        "crumbs": [(_("Qualifications"), reverse("qualifications:list"))],
    }
    htmx = getattr(request, "htmx", None)
    name = "_exchange_import.html" if htmx else "exchange_imported.html"
    return render(request, f"qualifications/{name}", context)
