"""What organisations put on the start page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from gilde.core import home

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
