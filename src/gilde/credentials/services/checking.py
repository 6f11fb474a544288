"""Checking, with what this Gilde knows: its own keys, lists, shares and log; and what it fetches of others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from gilde.core import clock, fetch
from gilde.core.errors import Missing
from gilde.credentials import identity
from gilde.credentials.checking.around import Shared, Trusted
from gilde.credentials.checking.check import check
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys import did
from gilde.credentials.keys.methods import Method
from gilde.credentials.models import (
    CheckCount,
    Issuer,
    PublishedList,
    Share,
    ShareUse,
    StatusList,
    TrustedIssuer,
)
from gilde.credentials.services import keys, lists, log, seals
from gilde.credentials.verdict import Verdict
from gilde.qualifications.public import QualificationVersion

IDENTITIES: Final = fetch.register(
    fetch.Purpose(
        "credentials.identities",
        "the keys of issuers elsewhere (did:web)",
        hosts=("*",),
        limit=256 * 1024,
        seconds=5,
    )
)
LISTS: Final = fetch.register(
    fetch.Purpose(
        "credentials.lists",
        "whether credentials of issuers elsewhere are revoked",
        hosts=("*",),
        limit=4 * 1024 * 1024,
        seconds=5,
    )
)


class Here:
    """The world of a check made here and now."""

    def __init__(self) -> None:
        self.now: datetime = clock.now()
        self.share: Share | None = None

    @cached_property
    def anchors(self) -> Sequence[x509.Certificate]:
        own = seals.own_authorities()
        return [*own, *(each for _row, each in self._certificates)]

    @property
    def stamp_anchors(self) -> Sequence[x509.Certificate]:
        return self.anchors

    @cached_property
    def _certificates(self) -> list[tuple[TrustedIssuer, x509.Certificate]]:
        rows = _on_lists(self.now).exclude(certificate="").select_related("trust_list")
        return [(row, x509.load_pem_x509_certificate(row.certificate.encode())) for row in rows]

    def method(self, url: str) -> Method:
        if url.startswith("did:key:"):
            return did.resolve_key(url)
        if (own := keys.local_method(url)) is not None:
            return own
        owner = did.did_of(url)
        if identity.slug_of(owner) is not None:
            raise Unreadable(_("This register has no such key: %(url)s.") % {"url": url[:200]}, "unknown-key")
        if not owner.startswith("did:web:"):
            raise Unsupported(
                _("The issuer is named in a way that Gilde does not know (%(url)s).") % {"url": url[:200]},
                "did-method",
            )
        found = fetch.get(
            IDENTITIES.name, did.web_url(owner), accept="application/did+json, application/json"
        )
        return did.method_in(found.body, owner, url)

    def status_list(self, url: str) -> bytes:
        if url.startswith(settings.SITE_URL + "/"):
            return _own_list(url)
        return fetch.get(LISTS.name, url, accept="application/vc, application/statuslist+jwt, */*").body

    def trusted(self, issuer: str, qualification: str, at: datetime) -> Trusted | None:
        slug = identity.slug_of(issuer)
        if slug is not None:
            own = Issuer.objects.filter(slug=slug).select_related("organisation").first()
            if own is None:
                return None
            return Trusted(str(own), own.organisation.country, "", _accredited_here(own, qualification))
        row = (
            _on_lists(at)
            .filter(identifier=issuer)
            .select_related("trust_list")
            .order_by("trust_list__name")
            .first()
        )
        return _trusted(row, qualification) if row else None

    def trusted_seal(self, certificate: x509.Certificate, qualification: str) -> Trusted | None:
        for row, known in self._certificates:
            if known == certificate or known.subject == certificate.issuer:
                return _trusted(row, qualification)
        return None

    def existed_at(self, content: bytes) -> datetime | None:
        return log.existed_at(log.digest_of(content))

    def shared(self, url: str) -> Shared | None:
        from gilde.credentials.services import sharing

        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL:
            return None
        try:
            found = resolve(parts.path)
        except Resolver404:
            found = None
        if found is None or found.view_name != "credentials:shared":
            raise Missing(
                _("At this link there is no award. Copy it whole, or ask the holder for a new one.")
            )
        share = sharing.open_share(str(found.kwargs["token"]))
        self.share = share
        return sharing.handed_over(share)


def check_given(given: bytes | str) -> Verdict:
    """Return the verdict on what somebody gave, and count it; the holder sees checks made through their link.

    Raises what `checking.check` raises for what is no credential, and Missing for a link that has ended.
    """
    here = Here()
    verdict = check(given, here)
    if here.share is not None:
        ShareUse.objects.create(
            share=here.share, act=ShareUse.Act.CHECKED, answer=verdict.answer, at=here.now
        )
    count(verdict)
    return verdict


def count(verdict: Verdict) -> None:
    """Add one to the checks of today that ended like this; nothing is kept of who or what was checked."""
    told: dict[str, Any] = {"day": clock.today(), "format": verdict.format, "answer": str(verdict.answer)}
    for _attempt in range(2):
        if CheckCount.objects.filter(**told).update(number=F("number") + 1):
            return
        try:
            with transaction.atomic():
                CheckCount.objects.create(**told, number=1)
            return
        except IntegrityError:
            continue  # another was first: add to theirs


def _own_list(url: str) -> bytes:
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        found = None
    if found is not None and found.view_name == "credentials:status-list":
        wanted, form = found.args or (found.kwargs["list_id"], found.kwargs["form"])
        known = StatusList.objects.select_related("issuer").filter(pk=UUID(str(wanted))).first()
        if known is not None and form in PublishedList.Form.values:
            return lists.published(known, str(form)).content
    raise Missing(_("This register has no such status list."))


def _on_lists(at: datetime) -> Any:
    day = at.date()
    rows = TrustedIssuer.objects.filter(trust_list__closed_at=None)
    rows = rows.filter(Q(since=None) | Q(since__lte=day))
    return rows.filter(Q(until=None) | Q(until__gte=day))


def _trusted(row: TrustedIssuer, qualification: str) -> Trusted:
    accredited = qualification in row.qualifications if row.qualifications and qualification else None
    return Trusted(str(row.name), row.country, row.trust_list.name, accredited)


def _accredited_here(issuer: Issuer, qualification: str) -> bool | None:
    """Return whether the qualification names the issuer among those that award it; None when it names nobody."""
    stem, _slash, key = qualification.rpartition("/")
    if not stem.endswith("/id/qualification-version"):
        return None
    try:
        version = QualificationVersion.objects.filter(pk=UUID(key)).first()
    except ValueError:
        return None
    if version is None or not version.awarding.exists():
        return None
    return version.awarding.filter(pk=issuer.organisation_id).exists()
