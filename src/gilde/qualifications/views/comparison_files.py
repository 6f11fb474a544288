"""A comparison as a file: PDF and spreadsheet."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.errors import Missing
from gilde.qualifications import comparing, comparison_pdf, comparison_workbook
from gilde.qualifications.comparison import Comparison
from gilde.qualifications.forms.comparison import Asked
from gilde.qualifications.views.comparison import names_for

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_not_required
@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """Send the comparison as tagged PDF."""
    compared = _compared(request)
    page = reverse("qualifications:compare") + Asked.of_query(request.GET).address()
    content = comparison_pdf.make(compared, names_for(request, compared), request.build_absolute_uri(page))
    return _file(content, "application/pdf", "pdf")


@login_not_required
@require_safe
def spreadsheet(request: HttpRequest) -> HttpResponse:
    """Send the comparison as a workbook of three sheets."""
    compared = _compared(request)
    return _file(comparison_workbook.make(compared, names_for(request, compared)), _XLSX, "xlsx")


def _compared(request: HttpRequest) -> Comparison:
    asked = Asked.of_query(request.GET)
    told = comparing.told(request.user, asked.codes)
    if told.unknown:
        raise Missing(
            _(
                "There is no qualification on record with this code: %(codes)s. Choose again on the page Compare."
            )
            % {"codes": ", ".join(told.unknown)}
        )
    return told.compared()


def _file(content: bytes, media_type: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    name = f"qualifications-compared-{clock.today().isoformat()}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
