"""What is stored of a holder: to be read, taken along, and erased."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from gilde.core import clock
from gilde.core.form_pages import found
from gilde.core.jobs import Job
from gilde.credentials import access
from gilde.credentials.models import Issuer, ShareUse
from gilde.credentials.services import holding, renderings
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.wallet_folders import crumbs

_INDENT: Final = {"ensure_ascii": False, "indent": 2}


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Show what is stored about the reader, and whom to ask for what."""
    shares = access.visible_shares(request.user)
    context: dict[str, Any] = {
        "title": _("What is stored about me"),
        "crumbs": crumbs(),
        "awards": holding.wallet(request.user).count(),
        "links": shares.count(),
        "uses": ShareUse.objects.filter(share__in=shares.order_by().values("pk")).count(),
        "issuers": _issuers(request),
    }
    return render(request, "credentials/wallet_data.html", context)


def _issuers(request: HttpRequest) -> QuerySet[Issuer]:
    """Return who awarded what is in the reader's wallet, each with how much."""
    mine = holding.wallet(request.user).order_by().values("award")
    issuers = Issuer.objects.filter(awards__in=mine).select_related("organisation")
    return issuers.annotate(number=Count("awards")).order_by("slug")


@never_cache
@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """Give all that is stored of the reader as a file."""
    response = JsonResponse(holding.own_report(request.user), json_dumps_params=_INDENT)
    name = f"about-me-{clock.today().isoformat()}.json"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_POST
def take(request: HttpRequest) -> HttpResponseBase:
    """Give the whole wallet as one archive; where much is to be made first, as a job."""
    if holding.unmade(request.user) <= holding.AT_ONCE:
        return _archive(request)
    return redirect("credentials:wallet-taking", holding.request_archive(actor=request.user).pk)


@never_cache
@require_safe
def taking(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Show how making the files of the wallet goes, and in the end the archive."""
    job = _job(request, job_id)
    context = {
        "title": _("Everything as one archive"),
        "crumbs": crumbs(),
        "job": job,
        "result": job.result or {},
        "waits": not job.is_finished,
    }
    name = "_wallet_taking.html" if getattr(request, "htmx", None) else "wallet_taking.html"
    return render(request, f"credentials/{name}", context)


@require_safe
def taken(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Give the archive once its files are made."""
    job = _job(request, job_id)
    if job.state != Job.State.DONE:
        return redirect("credentials:wallet-taking", job.pk)
    return _archive(request)


def _job(request: HttpRequest, job_id: UUID) -> Job:
    # The archive is of who asks, so also an administrator sees nobody else's.
    return found(Job.objects.filter(owner=request.user.pk, kind=holding.PREPARE), pk=job_id)


def _archive(request: HttpRequest) -> HttpResponseBase:
    packed = holding.archive(actor=request.user)
    return words.attached(
        renderings.File(packed, "application/zip", f"awards-{clock.today().isoformat()}.zip")
    )
