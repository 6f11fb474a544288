"""Whom a check believes and why: the issuers of this register, and the lists of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from gilde.core.access import require
from gilde.core.components import Fact, day, link, nothing, status, written
from gilde.core.form_pages import Page, answer, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.models import AuditEvent
from gilde.credentials import access
from gilde.credentials.forms.register import TrustForm
from gilde.credentials.models import Issuer, TrustedIssuer, TrustList
from gilde.credentials.services import trust as service
from gilde.credentials.views.issuing_common import both, data_of, moment

NAMES = 5  # of what changed, on the page


def _tag(trust_list: TrustList) -> SafeString:
    if trust_list.closed_at is not None:
        return status("none", _("used no more"))
    if trust_list.fault:
        return status("bad", _("could not be read"))
    if trust_list.read_at is None:
        return status("info", _("not read yet"))
    return status("good", _("in use"))


def _source(trust_list: TrustList) -> str:
    if trust_list.url:
        return trust_list.url
    return trust_list.document.name if trust_list.document else ""


def _crumb() -> tuple[str, str]:
    return _("Whom a check believes"), reverse("credentials:trust")


def _list(request: HttpRequest, list_id: UUID) -> TrustList:
    return found(access.visible_trust_lists(request.user).select_related("document"), pk=list_id)


@login_not_required
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    """Tell whom a check believes."""
    lists = access.visible_trust_lists(request.user).select_related("document")
    context = {
        "title": _("Whom a check believes"),
        "own": Issuer.objects.filter(closed_at=None).count(),
        "lists": [
            {
                "list": each,
                "url": reverse("credentials:trust-list", args=[each.pk]),
                "source": _source(each),
                "read": moment(each.read_at) if each.read_at else nothing(_("not read yet")),
                "tag": _tag(each),
            }
            for each in lists.annotate(number=Count("issuers")).order_by("closed_at", "name")
        ],
        "may_administer": bool(access.can_administer(request.user)),
    }
    return render(request, "credentials/trust.html", context)


def _identity(row: Row) -> object:
    parts = [row["identifier"], _("certificate of a seal") if row["certificate"] else ""]
    return ", ".join(filter(None, parts))


def _accredited(row: Row) -> object:
    number = len(row["qualifications"])
    if not number:
        return written("")
    return ngettext("%(n)d qualification", "%(n)d qualifications", number) % {"n": number}


def _listing() -> Listing:
    return Listing(
        name="trusted-issuers",
        caption=gettext_lazy("Issuers on this list"),
        fields=("identifier", "certificate", "name", "country", "qualifications", "since", "until"),
        columns=(
            Column(
                "name",
                gettext_lazy("Name"),
                lambda row: row["name"],
                lambda row: written(row["name"]),
                words_of("name"),
                head=True,
            ),
            Column("identity", gettext_lazy("Known by"), _identity, sort="identifier"),
            Column("country", gettext_lazy("Country"), lambda row: row["country"], sort="country"),
            Column(
                "since",
                gettext_lazy("Since"),
                lambda row: row["since"],
                lambda row: day(row["since"]),
                "since",
            ),
            Column(
                "until",
                gettext_lazy("Until"),
                lambda row: row["until"],
                lambda row: day(row["until"]),
                "until",
            ),
            Column(
                "qualifications",
                gettext_lazy("Accredited for"),
                lambda row: row["qualifications"],
                _accredited,
            ),
            Column(
                "certificate", gettext_lazy("Certificate"), lambda row: row["certificate"], download_only=True
            ),
        ),
        search=(words_of("name"), "identifier", "country"),
        filters=(
            Filter(
                "known",
                gettext_lazy("Known by"),
                lambda: [("identifier", _("an identifier")), ("certificate", _("the certificate of a seal"))],
                lambda rows, value: (
                    rows.exclude(**{value: ""}) if value in ("identifier", "certificate") else rows
                ),
            ),
        ),
        order="name",
        per_page=50,
        empty=gettext_lazy("Nobody stands on this list yet: it was not read."),
    )


@login_not_required
@require_safe
def page(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Show a list: where it comes from, who stands on it, and what changed."""
    trust_list = _list(request, list_id)
    job = service.job_of(trust_list)
    waits = job is not None and not job.is_finished
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.target == "trust-work":
        response = render(request, "credentials/_trust_work.html", {"found": trust_list, "waits": waits})
        if not waits:
            response["HX-Refresh"] = "true"
        return response
    source = link(trust_list.url, trust_list.url) if trust_list.url else _source(trust_list)
    context = {
        "title": trust_list.name,
        "crumbs": [_crumb()],
        "found": trust_list,
        "tag": _tag(trust_list),
        "waits": waits,
        "facts": [
            Fact(_("Address") if trust_list.url else _("File"), source),
            Fact(_("Last read"), moment(trust_list.read_at) if trust_list.read_at else None),
            Fact(
                _("What is checked"),
                _("That it comes from this address. The signature inside it is not verified.")
                if trust_list.url
                else _(
                    "An administrator of this Gilde sent the file. A signature inside it is not verified."
                ),
            ),
            *([Fact(_("Used until"), moment(trust_list.closed_at))] if trust_list.closed_at else []),
        ],
        "changes": [_change(event) for event in service.changes(trust_list)],
        "may_administer": bool(access.can_administer(request.user)),
    }
    rows = TrustedIssuer.objects.filter(trust_list=trust_list)
    return _listing().respond(request, rows, "credentials/trust_list.html", context)


def _change(event: AuditEvent) -> dict[str, object]:
    words = {
        "added": ngettext("%(n)d came: %(names)s", "%(n)d came: %(names)s", event.after["added"]),
        "removed": ngettext("%(n)d went: %(names)s", "%(n)d went: %(names)s", event.after["removed"]),
        "changed": ngettext("%(n)d changed: %(names)s", "%(n)d changed: %(names)s", event.after["changed"]),
    }
    lines = []
    for name, told in words.items():
        if number := event.after[name]:
            names = event.after[f"{name}_names"][:NAMES]
            lines.append(
                told % {"n": number, "names": ", ".join(names) + (" …" if number > len(names) else "")}
            )
    return {
        "at": moment(event.at),
        "entries": event.after["entries"],
        "lines": lines or [format_html('<span class="quiet-text">{}</span>', _("nothing"))],
    }


@both
def add(request: HttpRequest) -> HttpResponse:
    """Add a list by its address or as a file."""
    require(access.can_administer(request.user))
    told = Page(
        title=_("Add a trust list"),
        button=_("Add it"),
        back=reverse("credentials:trust"),
        crumbs=[_crumb()],
        lead=_(
            "Whoever stands on it is believed by every check made here. Add only lists of whom you trust to keep it."
        ),
        upload=True,
        follow=lambda made: reverse("credentials:trust-list", args=[made.pk]),
    )

    def save(filled: Any) -> TrustList:
        return service.add(actor=request.user, **_told(filled))

    return answer(request, told, TrustForm(data_of(request), request.FILES or None), save)


@both
def change(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Give a list another name, address or file."""
    require(access.can_administer(request.user))
    trust_list = _list(request, list_id)
    here = reverse("credentials:trust-list", args=[trust_list.pk])
    told = Page(
        title=_("Change this trust list"),
        button=_("Change it"),
        back=here,
        crumbs=[_crumb(), (trust_list.name, here)],
        lead=_(
            "What it said before counts until the new source was read. Without a file or address the source stays."
        ),
        upload=True,
        done=_("The list is read again."),
    )
    initial = {"name": trust_list.name, "url": trust_list.url}

    def save(filled: Any) -> TrustList:
        given = _told(filled)
        if given["file"] is not None and given["url"] == trust_list.url:
            given["url"] = ""  # a file takes the place of the address that the form showed
        return service.change(actor=request.user, trust_list=trust_list, **given)

    form = TrustForm(data_of(request), request.FILES or None, initial=initial)
    return answer(request, told, form, save)


def _told(filled: Any) -> dict[str, Any]:
    file = filled.cleaned_data["file"]
    return {
        "name": filled.cleaned_data["name"],
        "url": filled.cleaned_data["url"],
        "file": file or None,
        "file_name": file.name if file else "",
    }


@require_POST
def refresh(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Read a list now."""
    trust_list = _list(request, list_id)
    service.refresh(actor=request.user, trust_list=trust_list)
    return redirect("credentials:trust-list", trust_list.pk)


@both
def close(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Say what it means to use a list no more, and do so."""
    require(access.can_administer(request.user))
    trust_list = _list(request, list_id)
    here = reverse("credentials:trust-list", args=[trust_list.pk])
    told = Page(
        title=_("Use this list no more"),
        button=_("Use it no more"),
        back=here,
        crumbs=[_crumb(), (trust_list.name, here)],
        done=_("The list is used no more."),
        subject=trust_list.name,
        warning=_(
            "Whom only this list names is not believed from now on: a check of what they issued says that the issuer "
            "is unknown. The list can be used again later."
        ),
        danger=True,
    )
    return answer(
        request,
        told,
        forms.Form(data_of(request)),
        lambda _filled: service.close(actor=request.user, trust_list=trust_list),
    )


@require_POST
def reopen(request: HttpRequest, list_id: UUID) -> HttpResponseBase:
    """Use a list again."""
    trust_list = service.reopen(actor=request.user, trust_list=_list(request, list_id))
    messages.success(request, _("The list is used again."))
    return redirect("credentials:trust-list", trust_list.pk)
