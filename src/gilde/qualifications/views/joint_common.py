"""What the pages of building together share: finding it, the way to it, its address."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.form_pages import Crumb, found
from gilde.qualifications import access
from gilde.qualifications.models import Joint, JointUnit, Partner

both: Final = require_http_methods(["GET", "HEAD", "POST"])


def data_of(request: HttpRequest) -> Any:
    """Return what was sent, None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def joint_of(request: HttpRequest, slug: str) -> Joint:
    """Return what is built together, when the reader may see it; a stranger gets 404."""
    return found(access.visible_joints(request.user).select_related("lead"), slug=slug)


def own_joint(request: HttpRequest, slug: str) -> Joint:
    """Return what the reader may build at. Raises Refused with the reason."""
    joint = joint_of(request, slug)
    require(access.can_build(request.user, joint))
    return joint


def partner_of(joint: Joint, partner_id: UUID) -> Partner:
    """Return a partner, which knows what it is a partner in."""
    related = ("organisation", "level", "qualification__qualification")
    partner = found(joint.partners.select_related(*related), pk=partner_id)
    partner.joint = joint
    return partner


def unit_of(joint: Joint, unit_id: UUID) -> JointUnit:
    """Return a unit, which knows what it is a unit of."""
    unit = found(joint.units.prefetch_related("delivered_by"), pk=unit_id)
    unit.joint = joint
    return unit


def joint_url(joint: Joint, anchor: str = "") -> str:
    """Return the address of the page, at an anchor."""
    return reverse("qualifications:joint", args=[joint.slug]) + (f"#{anchor}" if anchor else "")


def joints_crumbs() -> list[Crumb]:
    """Return the way to the list."""
    return [
        (_("Qualifications"), reverse("qualifications:list")),
        (_("Joint qualifications"), reverse("qualifications:joints")),
    ]


def joint_crumbs(joint: Joint) -> list[Crumb]:
    """Return the way to a page under what is built together."""
    return [*joints_crumbs(), (str(joint.title), joint_url(joint))]
