"""Organisations can be found by their names, all that they have; members search what is theirs too."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gilde.core.access import Actor
from gilde.core.search import Entry, searchable
from gilde.core.searching import name_kind, scope
from gilde.core.text import Text
from gilde.organisations.models import Organisation
from gilde.organisations.public import organisations_of

name_kind("organisation", _("Organisations"))


@searchable("organisation")
def organisations(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all organisations."""
    found = Organisation.objects.all() if ids is None else Organisation.objects.filter(pk__in=ids)
    for organisation in found.iterator():
        names = [organisation.short, *organisation.name.words.values(), *organisation.aliases]
        yield Entry(
            id=str(organisation.pk),
            kind="organisation",
            title=organisation.name,
            text=Text.of(" · ".join(dict.fromkeys(filter(None, names))), organisation.name.source),
            url=reverse("organisations:page", args=[organisation.slug]),
        )


@scope
def own_organisations(reader: Actor) -> Iterator[str]:
    """Yield the ids of the organisations that the reader works for: what these own carries them as scope."""
    yield from (str(pk) for pk in organisations_of(reader).values_list("pk", flat=True))
