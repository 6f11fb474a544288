"""The list of organisations."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gilde.core.components import nothing, status, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.organisations.models import Organisation

KINDS = dict(Organisation.Kind.choices)


def _name(row: Row) -> object:
    url = reverse("organisations:page", args=[row["slug"]])
    invented = status("plain", _("invented")) if row["synthetic"] else ""
    return format_html('<a href="{}">{}</a> {}', url, written(row["name"]), invented)


def _countries() -> Iterable[tuple[str, str]]:
    known = Organisation.objects.exclude(country="").order_by("country")
    return [(code, code) for code in known.values_list("country", flat=True).distinct()]


ORGANISATIONS = Listing(
    name="organisations",
    caption=_("Organisations"),
    fields=("slug", "name", "short", "kind", "country", "aliases", "website", "synthetic"),
    columns=(
        Column("name", _("Name"), cell=_name, sort=words_of("name"), head=True),
        Column("short", _("Abbreviation"), sort="short"),
        Column("kind", _("Kind"), cell=lambda row: KINDS.get(row["kind"], row["kind"]), sort="kind"),
        Column("country", _("Country"), cell=lambda row: row["country"] or nothing(), sort="country"),
        Column("slug", _("Key"), download_only=True),
        Column("aliases", _("Other names"), download_only=True),
        Column("website", _("Website"), download_only=True),
        Column("synthetic", _("Invented"), download_only=True),
    ),
    order="name",
    search=(words_of("name"), "short", lambda: Cast("aliases", TextField())),
    filters=(
        Filter("kind", _("Kind"), lambda: Organisation.Kind.choices, "kind"),
        Filter("country", _("Country"), _countries, "country"),
    ),
    empty=_("Organisations stand here once an administrator adds them or a plan names them."),
)
