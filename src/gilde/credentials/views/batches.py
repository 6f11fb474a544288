"""The files of awards of an issuer: the list, sending one, and the template to fill in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gilde.core.access import Decision, allowed, refused, require
from gilde.core.components import Kind as TagKind
from gilde.core.components import day, link, status
from gilde.core.errors import Missing
from gilde.core.form_pages import Page, answer
from gilde.core.lists import Column, Filter, Listing, Row
from gilde.credentials import access
from gilde.credentials.forms.register import BatchForm
from gilde.credentials.models import Batch, Issuer
from gilde.credentials.services import batch_template
from gilde.credentials.services import batches as service
from gilde.credentials.views.issuing_common import both, data_of, issuer_crumbs, issuer_of

TAGS: dict[str, TagKind] = {
    Batch.State.CHECKING: "info",
    Batch.State.FAULTY: "bad",
    Batch.State.READY: "warn",
    Batch.State.WAITING: "warn",
    Batch.State.RUNNING: "info",
    Batch.State.DONE: "good",
    Batch.State.CANCELLED: "none",
}


def tag(state: str) -> SafeString:
    """Return where a file stands, as a tag."""
    return status(TAGS[state], Batch.State(state).label)


def works_for(request: HttpRequest, issuer: Issuer) -> Decision:
    """Decide on seeing the files of an issuer: for its people."""
    if access.issuers_of(request.user).filter(pk=issuer.pk).exists():
        return allowed(_("You work for this organisation."))
    return refused(_("Only people of %(organisation)s see its files.") % {"organisation": issuer})


def batches_crumb(issuer: Issuer) -> tuple[str, str]:
    """Return the way to the files of an issuer."""
    return _("Files of awards"), reverse("credentials:batches", args=[issuer.slug])


def _named(row: Row) -> SafeString:
    name = link(reverse("credentials:batch", args=[row["pk"]]), row["name"])
    return format_html('{}<span class="under">{}</span>', name, Batch.Kind(row["kind"]).label)


LISTING = Listing(
    name="batches",
    caption=gettext_lazy("Files of awards"),
    fields=("name", "kind", "state", "rows_total", "rows_faulty", "sent_at", "sent_by__name", "done_at"),
    columns=(
        Column("file", gettext_lazy("File"), lambda row: row["name"], _named, "name", head=True),
        Column("kind", gettext_lazy("Kind"), lambda row: row["kind"], download_only=True),
        Column(
            "state", gettext_lazy("State"), lambda row: row["state"], lambda row: tag(row["state"]), "state"
        ),
        Column("rows", gettext_lazy("Rows"), lambda row: row["rows_total"], number=True, sort="rows_total"),
        Column(
            "to_mend",
            gettext_lazy("To mend"),
            lambda row: row["rows_faulty"],
            number=True,
            sort="rows_faulty",
        ),
        Column(
            "sent_by", gettext_lazy("Sent by"), lambda row: row["sent_by__name"] or "", sort="sent_by__name"
        ),
        Column(
            "sent_at",
            gettext_lazy("Sent on"),
            lambda row: row["sent_at"],
            lambda row: day(row["sent_at"].date()),
            "sent_at",
        ),
    ),
    search=("name", "sent_by__name"),
    filters=(
        Filter("state", gettext_lazy("State"), lambda: Batch.State.choices, "state"),
        Filter("kind", gettext_lazy("Kind"), lambda: Batch.Kind.choices, "kind"),
    ),
    order="-sent_at",
    per_page=25,
    empty=gettext_lazy(
        "Files of awards that were sent stand here, with what became of each. Begin with the template, "
        "fill in a row for each award, and send it."
    ),
)


@never_cache
@require_safe
def listed(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the files that were sent for an issuer."""
    issuer = issuer_of(request, slug)
    require(works_for(request, issuer))
    context = {
        "title": _("Files of awards"),
        "issuer": issuer,
        "crumbs": issuer_crumbs(issuer),
        "may_send": bool(access.can_draft(request.user, issuer)),
    }
    found = access.visible_batches(request.user).filter(issuer=issuer)
    return LISTING.respond(request, found, "credentials/batches.html", context)


@both
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a file of awards in; its rows are checked before anything counts."""
    issuer = issuer_of(request, slug)
    require(access.can_draft(request.user, issuer))
    page = Page(
        title=_("Send a file of awards"),
        button=_("Send and check"),
        back=reverse("credentials:batches", args=[issuer.slug]),
        crumbs=[*issuer_crumbs(issuer), batches_crumb(issuer)],
        subject=str(issuer),
        lead=_(
            "Every row is checked first. Nothing is issued until you have seen the result and say so; if one row is "
            "wrong, nothing is."
        ),
        upload=True,
        follow=lambda batch: reverse("credentials:batch", args=[batch.pk]),
        template="credentials/batch_new.html",
    )
    chosen = request.GET.get("kind", "")
    initial = {"kind": chosen} if chosen in Batch.Kind.values else {}
    form = BatchForm(data_of(request), request.FILES or None, initial=initial)

    def save(filled: Any) -> Batch:
        file = filled.cleaned_data["file"]
        return service.receive(
            actor=request.user,
            issuer=issuer,
            file=file,
            name=file.name,
            kind=filled.cleaned_data["kind"],
            notify=filled.cleaned_data["notify"],
        )

    return answer(request, page, form, save)


@never_cache
@require_safe
def template(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Give the file to fill in, with an example and the codes of the issuer."""
    issuer = issuer_of(request, slug)
    require(access.can_draft(request.user, issuer))
    if form not in batch_template.FORMS:
        raise Missing(_("There is a template as CSV and as XLSX."))
    media_type, make = batch_template.FORMS[form]
    response = HttpResponse(make(issuer, get_language() or "en"), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="awards-{issuer.slug}.{form}"'
    return response
