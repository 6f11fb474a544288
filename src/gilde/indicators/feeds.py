"""Atom feeds of what was published: new figures, revisions, withdrawals (RFC 4287; paging by RFC 5005)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from gilde.core.errors import Invalid
from gilde.indicators.access import visible_releases
from gilde.indicators.models import Indicator, Release

ATOM: Final = "http://www.w3.org/2005/Atom"
XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRIES: Final = 50
# An address is no name: it changes with the host. The name of a feed is made of what it is about.
_FEEDS: Final = uuid.UUID("9f3c1b52-6c1e-5c0b-9c52-0d4b1f7a6d11")


@dataclass(frozen=True)
class Feed:
    """An Atom document and the moment of its newest entry, None when there is none."""

    content: bytes
    updated: datetime | None


def feed(indicator: Indicator | None, *, before: str = "", language: str = "en") -> Feed:
    """Return the newest releases of a public indicator, or of all, as Atom in the reader's language.

    `before` is the name of a release: those before it follow, so that a feed can be read to its beginning. Raises
    Invalid when there is no such release.
    """
    found = visible_releases(AnonymousUser()).select_related("indicator")
    if indicator is not None:
        found = found.filter(indicator=indicator)
    newest = found.order_by("-published_at", "-pk").values_list("published_at", flat=True).first()
    if before:
        last = _release(before)
        earlier = Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=last.pk)
        found = found.filter(earlier)
    rows = list(found.order_by("-published_at", "-pk")[: ENTRIES + 1])
    more, rows = len(rows) > ENTRIES, rows[:ENTRIES]
    here = (
        reverse("indicators:indicator-feed", args=[indicator.code])
        if indicator
        else reverse("indicators:feed")
    )
    names: dict[str | None, str] = {None: ATOM}
    root = etree.Element(f"{{{ATOM}}}feed", {XML_LANG: language}, nsmap=names)  # type: ignore[arg-type]
    about = f"indicator/{indicator.pk}" if indicator else "all"
    _add(root, "id", uuid.uuid5(_FEEDS, f"{settings.SITE_URL}/{about}").urn)
    title = _("New and revised figures")
    _add(root, "title", f"{indicator.name}: {title}" if indicator else f"{settings.SITE_NAME}: {title}")
    _add(root, "updated", _moment(newest or datetime(1970, 1, 1, tzinfo=UTC)))
    _add(etree.SubElement(root, f"{{{ATOM}}}author"), "name", settings.SITE_NAME)
    _add(root, "generator", "Gilde")
    _link(root, "self", _absolute(here, before=before), "application/atom+xml")
    page = reverse("indicators:indicator", args=[indicator.code]) if indicator else reverse("indicators:list")
    _link(root, "alternate", _absolute(page), "text/html")
    if before:
        _link(root, "first", _absolute(here), "application/atom+xml")
    if more:
        _link(root, "next", _absolute(here, before=str(rows[-1].uid)), "application/atom+xml")
    for release in rows:
        _entry(root, release)
    content = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return Feed(content, newest)


def _entry(root: etree._Element, release: Release) -> None:
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _add(entry, "id", release.uid.urn)
    _add(entry, "title", f"{release.indicator.name}: {changes(release)}")
    _add(entry, "updated", _moment(release.published_at))
    _add(entry, "published", _moment(release.published_at))
    page = reverse("indicators:revisions", args=[release.indicator.code])
    _link(entry, "alternate", _absolute(page), "text/html")
    if release.url.startswith(("https://", "http://")):
        _link(entry, "via", release.url)
    etree.SubElement(
        entry, f"{{{ATOM}}}category", term=release.indicator.code, label=_clean(str(release.indicator.name))
    )
    told = _("%(changes)s. Source: %(source)s, retrieved %(day)s.") % {
        "changes": changes(release),
        "source": release.source,
        "day": release.retrieved_at.astimezone(UTC).date().isoformat(),
    }
    _add(entry, "summary", told)
    if release.indicator.licence:
        _add(entry, "rights", release.indicator.licence)


def changes(release: Release) -> str:
    """Return in the reader's words what a release changed: “3 new, 1 revised”."""
    parts = [
        ngettext("%(n)d new", "%(n)d new", release.added) % {"n": release.added} if release.added else "",
        ngettext("%(n)d revised", "%(n)d revised", release.revised) % {"n": release.revised}
        if release.revised
        else "",
        ngettext("%(n)d withdrawn", "%(n)d withdrawn", release.withdrawn) % {"n": release.withdrawn}
        if release.withdrawn
        else "",
    ]
    return ", ".join(part for part in parts if part) or _("nothing changed")


def _release(name: str) -> Release:
    try:
        found = visible_releases(AnonymousUser()).filter(uid=uuid.UUID(name)).first()
    except ValueError:
        found = None
    if found is None:
        raise Invalid(_("“before” names no release. Leave it out to begin with the newest."))
    return found


def _absolute(path: str, **query: str) -> str:
    asked = {name: value for name, value in query.items() if value}
    return settings.SITE_URL + path + ("?" + urlencode(asked) if asked else "")


def _moment(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the millisecond, which every reader takes."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = _clean(text)


def _link(parent: etree._Element, rel: str, href: str, media_type: str = "") -> None:
    given = {"rel": rel, "href": _clean(href), **({"type": media_type} if media_type else {})}
    etree.SubElement(parent, f"{{{ATOM}}}link", given)


def _clean(text: str) -> str:
    """Return a text without the characters that XML 1.0 has no place for."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or (c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\ufffe\uffff")
    )
