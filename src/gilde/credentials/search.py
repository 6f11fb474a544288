"""What of credentials can be found: who issues, and what can be awarded. An award never: it is about a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gilde.core import search
from gilde.core.models import AuditEvent
from gilde.core.search import Entry, searchable
from gilde.core.searching import name_kind
from gilde.core.text import Text
from gilde.credentials.models import Achievement, Issuer

name_kind("achievement", _("What can be awarded"))
name_kind("issuer", _("Issuers"))


@searchable("achievement")
def achievements(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all achievements, found also by their outcomes and by who awards them."""
    found = Achievement.objects.all() if ids is None else Achievement.objects.filter(pk__in=ids)
    found = found.select_related("issuer__organisation").prefetch_related("outcomes")
    for each in found.iterator(chunk_size=200):
        outcomes = [outcome.title for outcome in each.outcomes.all()]
        yield Entry(
            id=str(each.pk),
            kind="achievement",
            title=each.title,
            text=_joined(each.description, *outcomes, each.issuer.organisation.name),
            url=reverse("credentials:achievement", args=[each.pk]),
            facets={
                "kind": [each.kind],
                "issuer": [each.issuer.slug],
                "level": [str(each.eqf)] if each.eqf else [],
                "state": ["closed" if each.closed_at else "open"],
                "invented": ["yes"] if each.synthetic else [],
            },
        )


@searchable("issuer")
def issuers(ids: Collection[str] | None) -> Iterator[Entry]:
    """Yield the entries of some or all issuers, found also by their registration number."""
    found = Issuer.objects.all() if ids is None else Issuer.objects.filter(pk__in=ids)
    for each in found.select_related("organisation").iterator(chunk_size=200):
        yield Entry(
            id=str(each.pk),
            kind="issuer",
            title=each.organisation.name,
            text=" ".join(filter(None, (each.organisation.short, each.legal_id, each.slug))),
            url=reverse("credentials:issuer", args=[each.slug]),
        )


def _joined(*texts: Text) -> Text:
    """Return texts one after the other, in each language that one of them has."""
    codes = dict.fromkeys(code for text in texts for code in text.words)
    words = {code: " · ".join(filter(None, (text.words.get(code, "") for text in texts))) for code in codes}
    source = next((text.source for text in texts if text), "en")
    return Text(source, words) if words.get(source) else Text()


@receiver(post_save, sender=AuditEvent, dispatch_uid="credentials.search")
def on_event(sender: type[AuditEvent], instance: AuditEvent, **_signal: Any) -> None:
    """Bring up to date in the index what an event tells of, once its transaction is committed."""
    key = instance.object_id
    match instance.object_type:
        case "credentials.achievement":
            search.update("achievement", [key])
        case "credentials.issuer":
            # Of the many events of an issuer only these change what it is found by.
            if instance.action in ("credentials.issuer.open", "credentials.issuer.change"):
                search.update("issuer", [key])
        case "organisations.organisation":
            known = Issuer.objects.filter(organisation__pk=key)
            search.update("issuer", [str(pk) for pk in known.values_list("pk", flat=True)])
            named = Achievement.objects.filter(issuer__organisation__pk=key)
            search.update("achievement", [str(pk) for pk in named.values_list("pk", flat=True)])
