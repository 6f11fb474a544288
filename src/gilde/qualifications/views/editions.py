"""What keepers do with editions of classifications: load one, wait for it, put one in use."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gilde.core import documents
from gilde.core.access import require
from gilde.core.form_pages import Page, answer, found
from gilde.core.jobs import Job
from gilde.core.models import User
from gilde.qualifications.access import can_keep_reference
from gilde.qualifications.forms.classifications import LoadForm
from gilde.qualifications.models import SchemeEdition
from gilde.qualifications.services import classifications as service
from gilde.qualifications.services.migration import use_edition
from gilde.qualifications.views.classifications import crumbs

LOADING = "qualifications.load"


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Take the files of an edition in, and send the reader to the page that shows how loading goes."""
    require(can_keep_reference(request.user))
    page = Page(
        title=_("Load a classification"),
        button=_("Load"),
        back=reverse("qualifications:classifications"),
        crumbs=crumbs(),
        lead=_(
            "Everything is checked before anything is stored. An edition that is loaded already stays as it is, and "
            "files in more languages are added to it."
        ),
        upload=True,
        follow=lambda job: reverse("qualifications:classification-loaded", args=[job.pk]),
    )

    def save(form: LoadForm) -> Job:
        assert isinstance(request.user, User)
        told = form.cleaned_data
        stored = [documents.store(request.user, file=file, name=file.name) for file in told["documents"]]
        return service.request_load(
            actor=request.user, documents=stored, scheme=told["scheme"], version=told["version"].strip()
        )

    form = LoadForm(request.POST, request.FILES) if request.method == "POST" else LoadForm()
    return answer(request, page, form, save)


@require_safe
def loaded(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how loading goes, and in the end what was loaded."""
    require(can_keep_reference(request.user))
    job = found(Job.objects.visible_to(request.user).filter(kind=LOADING), pk=job_id)
    result = job.result or {}
    context = {
        "title": _("Loading a classification"),
        "crumbs": crumbs(),
        "job": job,
        "result": result,
        "edition": SchemeEdition.objects.filter(pk=result["edition"]).first() if result else None,
        "waits": job.state in (Job.State.QUEUED, Job.State.RUNNING, Job.State.LOST),
    }
    name = "_classification_load.html" if getattr(request, "htmx", None) else "classification_loaded.html"
    return render(request, f"qualifications/{name}", context)


@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """Load the upper levels of the lists that come with Gilde."""
    done = service.load_own(actor=request.user)
    fresh = ", ".join(str(each.edition) for each in done if each.new)
    told = _("Loaded: %(names)s.") % {"names": fresh} if fresh else _("They were loaded already.")
    messages.success(request, told)
    return redirect("qualifications:classifications")


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, scheme: str, edition: UUID) -> HttpResponse:
    """Say what putting an edition in use means, and do it."""
    chosen = found(SchemeEdition.objects.select_related("scheme").filter(scheme=scheme), pk=edition)
    require(can_keep_reference(request.user))
    if request.method == "POST":
        use_edition(actor=request.user, edition=chosen)
        messages.success(request, _("%(edition)s is in use now.") % {"edition": chosen})
        return redirect("qualifications:classifications")
    context = {
        "title": _("Use this edition"),
        "crumbs": crumbs(),
        "what": str(chosen),
        "consequence": _(
            "Pages and matching offer the concepts of this edition from now on. Links stay as they are until somebody "
            "moves them; the comparison shows which are concerned. The other edition stays loaded, so this can be "
            "turned back."
        ),
        "form": forms.Form(),
        "button": _("Use this edition"),
        "cancel": reverse("qualifications:classifications"),
    }
    return render(request, "core/confirm.html", context)
