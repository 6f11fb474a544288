"""What goes out: one qualification or all of them, in every form, and the addresses of CASE."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.errors import Invalid, Missing
from gilde.qualifications import feed as feeds
from gilde.qualifications.access import visible_qualifications
from gilde.qualifications.describing import describe, version_shown, with_parts
from gilde.qualifications.formats import WRITERS, case
from gilde.qualifications.models import Qualification, QualificationVersion
from gilde.qualifications.publishing import FORMS, publisher


@login_not_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what can be harvested, and how."""
    feeds_told = [(label, reverse("qualifications:feed", args=[form])) for form, label in FORMS.items()]
    context = {
        "title": _("Data of the register"),
        "feeds": feeds_told,
        "site": settings.SITE_URL,
        "case": reverse("qualifications:case-documents"),
        "count": feeds.harvested().count(),
    }
    return render(request, "qualifications/exchange_data.html", context)


@login_not_required
@require_safe
def feed(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send every public qualification in a form; `since=2026-01-31` only those that changed from that day on."""
    _known(form)
    since = _day(request.GET.get("since", ""))
    path, state = feeds.file_of(form, since)
    etag = f'"{state}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        _write, media_type, ending = WRITERS[form]
        response = FileResponse(
            path.open("rb"),
            content_type=media_type,
            as_attachment=form == "csv",
            filename=f"qualifications.{ending}",
        )
    return _open(response, etag)


@login_not_required
@require_safe
def export(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Send one qualification in a form: the version that everybody is shown."""
    _known(form)
    qualification = (
        visible_qualifications(request.user).filter(code=code).prefetch_related("versions").first()
    )
    shown = version_shown(qualification) if qualification else None
    if shown is None:
        raise Http404
    told = describe(with_parts(QualificationVersion.objects.all()).get(pk=shown.pk))
    write, media_type, ending = WRITERS[form]
    content, _not_held = write(publisher(), [told])
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{code}.{ending}"'
    return _open(response, "")


@login_not_required
@require_safe
def case_documents(request: HttpRequest) -> HttpResponse:
    """List the documents of CASE, one a qualification, as `getAllCFDocuments` does: `limit` and `offset`."""
    limit, offset = _count(request, "limit", 100), _count(request, "offset", 0)
    versions = with_parts(feeds.harvested())[offset : offset + min(limit, 500)]
    documents = [case.package(publisher(), describe(each))[0]["CFDocument"] for each in versions]
    response = JsonResponse({"CFDocuments": documents})
    response["X-Total-Count"] = str(feeds.harvested().count())
    return _open(response, "")


@login_not_required
@require_safe
def case_package(request: HttpRequest, id: UUID) -> HttpResponse:
    """Give one qualification as a package of CASE, as `getCFPackage` does."""
    for version in with_parts(feeds.harvested().filter(qualification=id)):
        package, _not_held = case.package(publisher(), describe(version))
        return _open(HttpResponse(json.dumps(package, ensure_ascii=False), content_type=case.MEDIA_TYPE), "")
    if Qualification.objects.filter(pk=id).exists():
        raise Missing(_("This qualification is not on the register now, so there is no package of it."))
    raise Http404


def _known(form: str) -> None:
    if form not in WRITERS:
        raise Missing(
            _("There is no format “%(given)s”. Ask for one of: %(known)s.")
            % {"given": form[:40], "known": ", ".join(WRITERS)}
        )


def _day(given: str) -> date | None:
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Invalid(
            _("“since” is a day such as 2026-01-31, not “%(given)s”.") % {"given": given[:40]}
        ) from None


def _count(request: HttpRequest, name: str, usual: int) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else usual


def _open(response: HttpResponseBase, etag: str) -> HttpResponse:
    """Let anybody read it from anywhere, and ask each time whether it changed."""
    if etag:
        response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response  # type: ignore[return-value]  # what is conditional is a response all the same
