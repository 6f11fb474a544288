"""Checking, with what this Gilde knows: its own keys, lists, shares and log; and what it fetches of others."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _

from gilde.core import clock, fetch
from gilde.core.errors import GildeError, Missing
from gilde.credentials import identity
from gilde.credentials.checking.around import Asked, Shared, Trusted
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


MOST: Final = 12  # addresses asked in one check
SECONDS: Final = 20.0  # in which all of them must have answered

Found = TypeVar("Found")


class Unasked(GildeError):
    """What was given names more addresses, or slower ones, than one check asks."""

    status = 422
    code = "unasked"


class Here:
    """The world of a check made here and now. What was fetched once is not fetched again in the same check.

    `online` False makes a check that asks nobody: what is not of this Gilde cannot be reached then.
    """

    def __init__(self, *, online: bool = True) -> None:
        self.now: datetime = clock.now()
        self.share: Share | None = None
        self.online = online
        self._end = time.monotonic() + SECONDS
        self._asked: dict[str, object] = {}
        self._methods: dict[str, Method] = {}

    @cached_property
    def anchors(self) -> Sequence[x509.Certificate]:
        return [*seals.own_authorities(), *self._own_seal, *(each for _row, each in self._certificates)]

    @cached_property
    def stamp_anchors(self) -> Sequence[x509.Certificate]:
        return [*self.anchors, *seals.stamp_roots()]

    @cached_property
    def _own_seal(self) -> Sequence[x509.Certificate]:
        """The certificates of the seals that the settings name, believed for what they sealed while in force."""
        return seals.own_certificates()

    @cached_property
    def _certificates(self) -> list[tuple[TrustedIssuer, x509.Certificate]]:
        rows = _on_lists(self.now).exclude(certificate="").select_related("trust_list")
        return [(row, x509.load_pem_x509_certificate(row.certificate.encode())) for row in rows]

    def method(self, url: str) -> Method:
        if url.startswith("did:key:"):
            return did.resolve_key(url)
        if url not in self._methods:
            self._methods[url] = self._method(url)
        return self._methods[url]

    def _method(self, url: str) -> Method:
        if (own := keys.local_method(url)) is not None:
            # As it is published: signatures tell whole seconds, and one of the key's first second is the key's.
            return replace(own, since=own.since.replace(microsecond=0)) if own.since else own
        owner = did.did_of(url)
        if identity.slug_of(owner) is not None:
            raise Unreadable(_("This register has no such key: %(url)s.") % {"url": url[:200]}, "unknown-key")
        if not owner.startswith("did:web:"):
            raise Unsupported(
                _("The issuer is named in a way that Gilde does not know (%(url)s).") % {"url": url[:200]},
                "did-method",
            )
        place = did.web_url(owner)
        accept = "application/did+json, application/json"
        body = self._once(place, lambda: fetch.get(IDENTITIES.name, place, accept=accept).body)
        return did.method_in(body, owner, url)

    def status_list(self, url: str) -> bytes:
        if url.startswith(settings.SITE_URL + "/"):
            return _own_list(url)
        accept = "application/vc, application/statuslist+jwt, */*"
        return self._once(url, lambda: fetch.get(LISTS.name, url, accept=accept).body)

    def _once(self, url: str, ask: Callable[[], Found]) -> Found:
        """Return what an address answers. Raises Unasked, and what it raised before."""
        if url not in self._asked:
            if not self.online or len(self._asked) >= MOST or time.monotonic() > self._end:
                raise Unasked(_("%(url)s was not asked.") % {"url": url[:200]})
            try:
                self._asked[url] = ask()
            except GildeError as error:
                self._asked[url] = error
        found: Any = self._asked[url]
        if isinstance(found, GildeError):
            raise found
        return found  # type: ignore[no-any-return]

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
        own = certificate in self._own_seal or any(
            _certified(certificate, each) for each in seals.own_authorities()
        )
        if own:
            return Trusted(settings.SITE_NAME, settings.COUNTRY, "")
        for row, known in self._certificates:
            if known == certificate or _certified(certificate, known):
                return replace(_trusted(row, qualification), named=known == certificate)
        return None

    def existed_at(self, content: bytes) -> datetime | None:
        return log.existed_at(log.digest_of(content))

    def shared(self, url: str) -> Shared | None:
        from gilde.credentials.services import sharing

        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}".lower() != settings.SITE_URL.lower():
            return None
        found = _route(parts.path)
        name = found.view_name if found else ""
        if name == "credentials:check-award" and found:
            raise Asked(
                _(
                    "This is the code of a paper. Whether that is genuine is told to who can say what is printed on "
                    "it: open %(url)s."
                )
                % {"url": identity.url("check-award", found.kwargs["award_id"])},
                identity.url("check-award", found.kwargs["award_id"]),
            )
        if name == "credentials:claim":
            raise Missing(
                _(
                    "This link is the holder's own, by which an award comes into their wallet. Ask them for a link "
                    "that shows it."
                )
            )
        if found is None or name != "credentials:shared":
            raise Missing(
                _("At this link there is no award. Copy it whole, or ask the holder for a new one.")
            )
        self.share = sharing.open_share(str(found.kwargs["token"]))
        return sharing.handed_over(self.share)


def _route(path: str) -> ResolverMatch | None:
    for each in (path, path + "/"):
        try:
            return resolve(each)
        except Resolver404:
            continue
    return None


def _certified(certificate: x509.Certificate, by: x509.Certificate) -> bool:
    """Return whether one certificate was signed with the key of another."""
    try:
        certificate.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def check_given(given: bytes | str, here: Here | None = None) -> Verdict:
    """Return the verdict on what somebody gave, and count it; the holder sees checks made through their link.

    Raises what `checking.check` raises for what is no credential, Missing for a link that has ended, and Asked for the
    code of a paper.
    """
    here = here or Here()
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
    found = _route(urlsplit(url).path)
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
    """Return whether the qualification names the issuer among those that award it.

    None when it does not: what an issuer is recognised for is not known here yet.
    """
    stem, _slash, key = qualification.rpartition("/")
    if not stem.endswith("/id/qualification-version"):
        return None
    try:
        version = QualificationVersion.objects.filter(pk=UUID(key)).first()
    except ValueError:
        return None
    return True if version and version.awarding.filter(pk=issuer.organisation_id).exists() else None
