"""What organisations put on the start page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import home
from gilde.core.access import Actor
from gilde.core.components import Signal
from gilde.organisations.access import visible_organisations


@home.tile
def organisations(reader: Actor) -> Signal | None:
    """Return how many organisations Gilde knows."""
    count = visible_organisations(reader).count()
    return Signal(_("organisations"), count, url=reverse("organisations:list")) if count else None


home.offer(
    "company",
    "school",
    "sector-body",
    "policy-officer",
    "researcher",
    title=gettext_lazy("See who is who"),
    text=gettext_lazy("The ministries, agencies, councils and bodies that plans name."),
    url_name="organisations:list",
)
