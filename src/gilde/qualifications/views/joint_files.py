"""The documents of what is built together: the memorandum of understanding and the sheets of units."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.text import Text
from gilde.qualifications import comparing, joint_sheets
from gilde.qualifications.joint_document import Document
from gilde.qualifications.joint_html import make_html, runs
from gilde.qualifications.joint_memorandum import memorandum
from gilde.qualifications.joint_pdf import make_pdf
from gilde.qualifications.joint_whole import Whole, whole
from gilde.qualifications.models import Joint, QualificationVersion
from gilde.qualifications.views.joint_common import joint_crumbs, joint_of, joint_url


@login_not_required
@require_safe
def memorandum_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the memorandum of understanding as a page."""
    joint = joint_of(request, slug)
    document = _memorandum(request, joint)
    context = {
        "title": document.title,
        "crumbs": joint_crumbs(joint),
        "joint": joint,
        "subject": runs(document.subject),
        "parts": make_html(document),
        "pdf": reverse("qualifications:joint-memorandum-pdf", args=[joint.slug]),
    }
    return render(request, "qualifications/joint_memorandum.html", context)


@login_not_required
@require_safe
def memorandum_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the memorandum of understanding as tagged PDF."""
    joint = joint_of(request, slug)
    return _file(_memorandum(request, joint), f"{joint.slug}-memorandum")


@login_not_required
@require_safe
def sheet(request: HttpRequest, slug: str, unit_id: UUID) -> HttpResponse:
    """Send the sheet of one unit as tagged PDF."""
    joint = joint_of(request, slug)
    seen = whole(joint)
    for number, each in enumerate(seen.units, 1):
        if each.unit.pk == unit_id:
            return _file(
                joint_sheets.sheet(seen, each, _address(request, joint)), f"{joint.slug}-unit-{number}"
            )
    raise Http404(_("There is no such unit."))


@login_not_required
@require_safe
def sheets(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the sheets of all units as one tagged PDF."""
    joint = joint_of(request, slug)
    return _file(joint_sheets.sheets(whole(joint), _address(request, joint)), f"{joint.slug}-units")


def _memorandum(request: HttpRequest, joint: Joint) -> Document:
    seen = whole(joint)
    by = (str(each.agreed_by) for each in seen.partners if each.agreed_by)
    # The public learns that a party agreed and when, not by whom.
    names = comparing.names(by) if request.user.is_authenticated else {}
    return memorandum(seen, _institutions(seen), names, _address(request, joint))


def _institutions(seen: Whole) -> dict[str, list[Text]]:
    """Return who awards the national qualification of each partner."""
    versions = [each.qualification_id for each in seen.partners if each.qualification_id]
    read = QualificationVersion.objects.filter(pk__in=versions).prefetch_related("awarding")
    awarding = {each.pk: [body.name for body in each.awarding.all()] for each in read}
    return {
        str(each.pk): awarding.get(each.qualification_id, []) if each.qualification_id else []
        for each in seen.partners
    }


def _address(request: HttpRequest, joint: Joint) -> str:
    return request.build_absolute_uri(joint_url(joint))


def _file(document: Document, name: str) -> HttpResponse:
    response = HttpResponse(make_pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
