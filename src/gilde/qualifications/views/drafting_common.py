"""What the pages of the workbench share: finding a file, the way to it, the address after a change."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.form_pages import Crumb, found
from gilde.qualifications import access
from gilde.qualifications.models import QualificationVersion, Unit, UnitOutcome
from gilde.qualifications.workbench import worked_on

both = require_http_methods(["GET", "HEAD", "POST"])


def file_of(request: HttpRequest, version_id: UUID) -> QualificationVersion:
    """Return a file that the reader works on; a stranger gets 404."""
    related = ("qualification__owner", "procedure", "framework", "level")
    return found(worked_on(request.user).select_related(*related), pk=version_id)


def own_file(request: HttpRequest, version_id: UUID) -> QualificationVersion:
    """Return a file that the reader may change. Raises Refused with the reason."""
    file = file_of(request, version_id)
    require(access.can_edit_version(request.user, file))
    return file


def unit_of(file: QualificationVersion, unit_id: UUID) -> Unit:
    """Return a unit of a file, which knows the file."""
    unit = found(file.units.all(), pk=unit_id)
    unit.version = file
    return unit


def use_of(file: QualificationVersion, use_id: int) -> UnitOutcome:
    """Return a place of an outcome in a file, which knows the file."""
    uses = UnitOutcome.objects.filter(unit__version=file).select_related("unit", "outcome__outcome")
    use = found(uses, pk=use_id)
    use.unit.version = file
    return use


def files_crumbs() -> list[Crumb]:
    """Return the way to the list of files."""
    return [
        (_("Qualifications"), reverse("qualifications:list")),
        (_("Files"), reverse("qualifications:files")),
    ]


def file_crumbs(file: QualificationVersion) -> list[Crumb]:
    """Return the way to a page under a file."""
    return [*files_crumbs(), (str(file.title), file_url(file))]


def file_url(file: QualificationVersion, anchor: str = "") -> str:
    """Return the address of a file, or of a place on its page."""
    url = reverse("qualifications:file", args=[file.pk])
    return f"{url}#{anchor}" if anchor else url
