"""The desk of an organisation, a document that comes onto it, and the page with document and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import components, documents
from gilde.core.access import require
from gilde.core.errors import GildeError, Refused
from gilde.core.lists import Column, Filter, Listing
from gilde.core.models import Job
from gilde.organisations.public import Organisation
from gilde.plans.access import can_edit_reading, desks, visible_readings
from gilde.plans.forms.desk import UploadForm, default_language
from gilde.plans.models import Reading, Value
from gilde.plans.services.desk import intake, show
from gilde.plans.views.common import found
from gilde.plans.views.desk import fields as desk_fields
from gilde.plans.views.desk.document import pane
from gilde.plans.workflow import reading_workflow

_KINDS = {"waiting": "info", "failed": "bad", "open": "warn", "published": "good", "abandoned": "none"}


def _title_cell(row: Mapping[str, Any]) -> object:
    address = reverse("plans:desk-reading", args=[row["pk"]])
    return components.link(address, row["title"] or row["file_name"])


def _state_cell(row: Mapping[str, Any]) -> object:
    state = Reading.State(row["state"])
    return components.status(_KINDS[state], state.label)  # type: ignore[arg-type]


READINGS = Listing(
    name="readings",
    caption=gettext_lazy("Documents on the desk"),
    fields=["title", "file_name", "state", "organisation__name", "created_at"],
    columns=[
        Column("title", gettext_lazy("Document"), cell=_title_cell, head=True, sort="title"),
        Column("file_name", gettext_lazy("File"), sort="file_name"),
        Column("organisation__name", gettext_lazy("Organisation")),
        Column("state", gettext_lazy("State"), cell=_state_cell, sort="state"),
        Column(
            "created_at",
            gettext_lazy("Uploaded"),
            cell=lambda row: components.day(row["created_at"]),
            sort="created_at",
        ),
    ],
    filters=[Filter("state", gettext_lazy("State"), lambda: Reading.State.choices, "state")],
    search=["title", "file_name"],
    order="-created_at",
    empty=gettext_lazy("Upload a plan document: it is read, and its values come here to be checked."),
)


def reading_of(request: HttpRequest, reading_id: UUID) -> Reading:
    """Return a reading on a desk of the reader's, without what was found; a stranger gets 404."""
    readings = visible_readings(request.user).select_related(
        "organisation", "document", "plan", "edition__plan"
    )
    return found(readings.defer("found", "edition__content"), pk=reading_id)


def crumbs_of(reading: Reading | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of the desk."""
    crumbs = [(_("Plans"), reverse("plans:list")), (_("Reading desk"), reverse("plans:desk"))]
    if reading is not None:
        crumbs.append((str(reading), desk_fields.reading_url(reading)))
    return crumbs


def _require_a_desk(request: HttpRequest) -> list[Organisation]:
    """Return the organisations on whose desks the reader works; raise Refused when there is none."""
    mine = desks(request.user)
    if not mine:
        raise Refused(
            _(
                "Only policy officers and approvers of an organisation may upload its plans. "
                "Ask the administrator of your organisation for that role."
            )
        )
    return mine


@require_safe
def desk(request: HttpRequest) -> HttpResponseBase:
    """List the documents on the desks of the reader's organisations."""
    _require_a_desk(request)
    context = {"title": _("Reading desk"), "crumbs": [(_("Plans"), reverse("plans:list"))]}
    return READINGS.respond(request, visible_readings(request.user), "plans/desk/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a document in, and send the officer to the page that shows how its reading goes."""
    mine = _require_a_desk(request)
    plans = intake.plans_for(request.user)
    initial = {"language": default_language(get_language() or "en"), "plan": request.GET.get("plan")}
    form = UploadForm(request.POST or None, request.FILES or None, desks=mine, plans=plans, initial=initial)
    code = 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                reading = _upload(request, form)
            except GildeError as error:
                code = error.status
                form.add_error("file", error.sentence)
            else:
                return redirect("plans:desk-reading", reading.pk)
    context = {"title": _("Upload a document"), "crumbs": crumbs_of(), "form": form}
    return render(request, "plans/desk/upload.html", context, status=code)


def _upload(request: HttpRequest, form: UploadForm) -> Reading:
    organisation: Organisation = form.cleaned_data["organisation"]
    return intake.upload(
        request.user,
        organisation=organisation,
        file=form.cleaned_data["file"],
        name=form.cleaned_data["file"].name,
        title=form.cleaned_data["title"],
        language=form.cleaned_data["language"],
        plan=form.cleaned_data["plan"],
    )


@require_safe
def reading(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Show document and fields side by side; or how the reading goes, or why it failed."""
    it = reading_of(request, reading_id)
    if not it.text:
        return waiting(request, it)
    chosen = _chosen(request, it)
    return render(request, "plans/desk/reading.html", desk_context(request, it, chosen))


def waiting(request: HttpRequest, it: Reading) -> HttpResponse:
    """Show how far the reading of a document is; the page asks again by itself while it goes on."""
    progress = intake.progress_of(it)
    job = Job.objects.filter(pk=it.job).first() if it.job else None
    context = {
        "title": str(it),
        "crumbs": crumbs_of(),
        "reading": it,
        "progress": progress,
        "interrupted": job is not None and job.state == Job.State.LOST,
        "job_error": job.error if job is not None and progress is None and it.state == "waiting" else "",
        "moves": reading_workflow.open_to(request.user, it),
    }
    if progress is not None and not request.htmx:  # type: ignore[attr-defined]
        context["refresh"] = 4
    template = "plans/desk/_progress.html" if request.htmx else "plans/desk/waiting.html"  # type: ignore[attr-defined]
    response = render(request, template, context)
    if request.htmx and progress is None:  # type: ignore[attr-defined]
        response["HX-Redirect"] = desk_fields.reading_url(it)
    return response


@require_safe
def progress(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Show the progress of a reading as a fragment; when it is over, send the page on."""
    it = reading_of(request, reading_id)
    if it.state == Reading.State.WAITING:
        return waiting(request, it)
    url = desk_fields.reading_url(it)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def _chosen(request: HttpRequest, it: Reading) -> Value | None:
    wanted = request.GET.get("value", "")
    if not wanted:
        return None
    value = Value.objects.filter(reading=it, pk=int(wanted)).first() if wanted.isdecimal() else None
    if value is None:
        raise Http404
    return value


def desk_context(
    request: HttpRequest, it: Reading, chosen: Value | None, measure: str = ""
) -> dict[str, Any]:
    """Return what the page with document and fields shows for one measure."""
    measures = show.measure_links(it)
    number = measure or (chosen.measure if chosen else request.GET.get("measure", ""))
    here = next((place for place, link in enumerate(measures) if link.number == number), None)
    if here is None:
        if number:
            raise Http404
        here = 0
    current = measures[here]
    values = show.values_of(it, current.number)
    whole = request.GET.get("whole") == "1"
    editable = can_edit_reading(request.user, it)
    return {
        "title": str(it),
        "crumbs": crumbs_of(),
        "reading": it,
        "measures": measures,
        "current": current,
        "before": measures[here - 1] if here else None,
        "after": measures[here + 1] if here + 1 < len(measures) else None,
        "values": values,
        "heading": desk_fields.field_of(values[0], {}, chosen),
        "groups": desk_fields.groups_of(it, values, show.linked(values), chosen),
        "pane": pane(it, values, chosen, whole=whole),
        "chosen": chosen,
        "to_decide": sum(link.open for link in measures if not link.left_out),
        "ticks_open": sum(link.ticks for link in measures),
        "bodies_open": sum(link.bodies for link in measures),
        "editable": editable,
        "moves": [move for move in reading_workflow.open_to(request.user, it) if move.name != "publish"],
        "may_publish": bool(reading_workflow.can(request.user, it, "publish")),
    }


@require_safe
def next_to_decide(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Go to what is to be decided next, behind the value named in the address."""
    it = reading_of(request, reading_id)
    wanted = request.GET.get("after", "")
    after = Value.objects.filter(reading=it, pk=int(wanted)).first() if wanted.isdecimal() else None
    value = show.next_undecided(it, after)
    if value is None:
        messages.success(request, _("Nothing is left to be decided."))
        return redirect(desk_fields.reading_url(it))
    return redirect(desk_fields.value_url(value))


@require_safe
def as_json(request: HttpRequest, reading_id: UUID) -> HttpResponse:
    """Download what the reader found, in the documented form: the same as `gilde read --json`."""
    it = found(visible_readings(request.user), pk=reading_id)
    if not it.found:
        raise Http404
    response = JsonResponse(it.found, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = documents.clean_name(it.file_name).rsplit(".", 1)[0]
    response["Content-Disposition"] = (
        f'attachment; filename="{name.encode("ascii", "replace").decode()}.json"'
    )
    return response


@require_safe
def document(request: HttpRequest, reading_id: UUID) -> HttpResponseBase:
    """Download the document as it was uploaded."""
    it = reading_of(request, reading_id)
    return documents.respond(it.document, it.file_name, request=request)


_MOVES: Mapping[str, tuple[Any, Any]] = {
    "abandon": (
        gettext_lazy("Put this document aside?"),
        gettext_lazy(
            "Nothing is deleted. The document leaves the desk; you can take it up again at any time."
        ),
    ),
    "resume": (
        gettext_lazy("Take this document up again?"),
        gettext_lazy("It comes back onto the desk with every decision that was made."),
    ),
    "read-again": (
        gettext_lazy("Read this document again?"),
        gettext_lazy("The reading was interrupted. A worker tries it once more."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, reading_id: UUID, name: str) -> HttpResponse:
    """Put a reading aside, take it up again, or have it read again, after asking."""
    it = reading_of(request, reading_id)
    if name not in _MOVES:
        raise Http404
    if name != "read-again":
        require(reading_workflow.can(request.user, it, name))
    if request.method == "POST":
        act = {"abandon": intake.abandon, "resume": intake.resume, "read-again": intake.read_again}[name]
        act(request.user, reading=it)
        return redirect(desk_fields.reading_url(it) if name != "abandon" else reverse("plans:desk"))
    question, effect = _MOVES[name]
    context = {
        "title": question,
        "crumbs": crumbs_of(it),
        "reading": it,
        "effect": effect,
        "back": desk_fields.reading_url(it),
    }
    return render(request, "plans/desk/confirm.html", context)
