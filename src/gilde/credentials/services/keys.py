"""Keys of issuers and of the register: made, rotated, marked as compromised, and opened for signing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import SYSTEM, Actor, require
from gilde.core.errors import Invalid, Missing, Stale
from gilde.credentials import access, identity
from gilde.credentials.keys import did
from gilde.credentials.keys.did import Method
from gilde.credentials.keys.kinds import KeyKind, PublicKey, SigningKey
from gilde.credentials.keys.vault import Vault
from gilde.credentials.models import Checkpoint, Issuer, Key, PublishedList, Rendering, StatusList

# Ed25519 signs Data Integrity and JOSE; P-256 is what wallets of the European framework know.
KINDS: Final = (KeyKind.ED25519, KeyKind.P256)
_PURPOSES: Final = frozenset({"assertionMethod", "authentication"})


def did_of(key: Key) -> str:
    """Return the DID that a key belongs to."""
    return identity.did(key.issuer.slug if key.issuer else identity.REGISTER)


def method_url(key: Key) -> str:
    """Return the URL by which signatures name a key."""
    return f"{did_of(key)}#{key.fragment}"


@lru_cache(maxsize=4)
def _vault(secret: str) -> Vault:
    return Vault(secret)


def vault() -> Vault:
    """Return the vault under the secret that is set, stretched once in a process. Raises Locked."""
    return _vault(settings.KEYS_SECRET)


def method_of(key: Key) -> Method:
    """Return the key as it is published: with its period, and from when on it is not to be trusted."""
    return Method(
        method_url(key),
        did_of(key),
        PublicKey.from_multikey(key.multikey),
        _PURPOSES,
        key.since,
        key.until,
        key.compromised_from,
    )


def make_key(actor: Actor, issuer: Issuer | None, kind: KeyKind, since: datetime | None = None) -> Key:
    """Make a key that signs from now on, inside the transaction of the caller; the one before must have ended."""
    number = Key.objects.filter(issuer=issuer).count() + 1
    key = Key(
        issuer=issuer,
        kind=kind.value,
        fragment=f"key-{number}",
        since=(since or clock.now()).replace(microsecond=0),
    )
    made = SigningKey.generate(kind)
    key.multikey = made.public.multikey()
    key.sealed = vault().seal_key(replace(made, method=method_url(key)))
    key.full_clean()
    key.save(force_insert=True)
    audit.record(
        actor,
        "credentials.key.make",
        key,
        after={"of": identity.did(issuer.slug) if issuer else identity.REGISTER, "public": key.multikey},
    )
    return key


def rotate(*, actor: Actor, issuer: Issuer, kind: str, reason: str = "", seen: UUID | None = None) -> Key:
    """End the key of this kind now, make its successor, and return that. What the old one signed stays good.

    `seen` is the key that the actor means to end. Raises Refused, Invalid for a kind that issuers have no key of, and
    Stale when somebody else rotated it first.
    """
    require(access.can_manage(actor, issuer))
    if kind not in KINDS:
        raise Invalid(_("Issuers have no key of the kind “%(kind)s”.") % {"kind": kind})
    # Signatures tell whole seconds, so keys begin and end with one.
    now = clock.now().replace(microsecond=0)
    with transaction.atomic():
        old = issuer.keys.filter(kind=kind, until=None).first()
        if seen is not None and (old is None or old.pk != seen):
            raise Stale(_("This key signs no more: somebody replaced it in the meantime."))
        if old is not None:
            _end(actor, old, now, reason)
        return make_key(actor, issuer, KeyKind(kind), now)


def rotate_register(*, actor: Actor, kind: str = KeyKind.ED25519, reason: str = "") -> Key:
    """End the register's own key of this kind now, make its successor, and return that.

    Checkpoints that the old one signed stay good: it goes on being published, with its period. Raises Refused, Stale.
    """
    require(access.can_administer(actor))
    now = clock.now()
    with transaction.atomic():
        for old in Key.objects.filter(issuer=None, kind=kind, until=None):
            _end(actor, old, now, reason)
        return make_key(actor, None, KeyKind(kind), now)


def _end(actor: Actor, key: Key, now: datetime, reason: str) -> None:
    if Key.objects.filter(pk=key.pk, until=None).update(until=now) != 1:
        raise Stale(_("Somebody else changed this key in the meantime. Reload the page and look again."))
    audit.record(actor, "credentials.key.end", key, after={"until": now, "reason": reason.strip()})


@dataclass(frozen=True)
class Affected:
    """What becomes of what a key signed: `older` is proven by the log to be older, `doubtful` is not."""

    older: int
    doubtful: int


def affected(key: Key, since: datetime) -> Affected:
    """Return what would become of the credentials of a key that is not to be trusted from a moment on."""
    told = Rendering.objects.filter(key=key)
    doubtful = told.filter(in_doubt(since)).count()
    return Affected(told.count() - doubtful, doubtful)


def in_doubt(since: datetime) -> Q:
    """Return the condition on renderings that no checkpoint proves to be older than a moment."""
    before = Checkpoint.objects.filter(at__lt=since).order_by("-size").values_list("size", flat=True).first()
    return Q(leaf=None) | Q(leaf__gte=before or 0)


def mark_compromised(*, actor: Actor, key: Key, since: datetime, reason: str = "") -> Key:
    """Say that from a moment on others may have had this key, and return it. One that still signs is rotated first.

    What the log proves to be older stays good; all else of this key is doubtful from now on. Raises Refused, Invalid.
    """
    if key.issuer is None:
        require(access.can_administer(actor))
    else:
        require(access.can_manage(actor, key.issuer))
    if since > clock.now():
        raise Invalid(_("A key is compromised from a moment that has been, not from one to come."))
    if key.compromised_from is not None and key.compromised_from <= since:
        raise Invalid(_("This key is already marked from an earlier moment."))
    with transaction.atomic():
        if key.until is None:
            if key.issuer is None:
                rotate_register(actor=actor, kind=key.kind, reason=reason)
            else:
                rotate(actor=actor, issuer=key.issuer, kind=key.kind, reason=reason)
            key.refresh_from_db()
        Key.objects.filter(pk=key.pk).update(compromised_from=since, sealed="")
        # What it signed of the lists is not believed any more: the next question signs them anew.
        PublishedList.objects.filter(list__issuer=key.issuer).delete()
        audit.record(
            actor, "credentials.key.compromise", key, after={"from": since, "reason": reason.strip()}
        )
    key.refresh_from_db()
    return key


def signing_key(issuer: Issuer | None, kind: KeyKind = KeyKind.ED25519) -> tuple[Key, SigningKey]:
    """Return the key of this kind that signs now, opened. Raises Missing when there is none."""
    key = Key.objects.filter(issuer=issuer, kind=kind.value, until=None).select_related("issuer").first()
    if key is None and issuer is None:
        key = _register_key(kind)
    if key is None or not key.sealed:
        raise Missing(
            _("%(issuer)s has no key of the kind %(kind)s. Make one on the page of its keys.")
            % {"issuer": issuer, "kind": kind.value}
        )
    return key, _opened(method_url(key), key.sealed, settings.KEYS_SECRET)


def _register_key(kind: KeyKind) -> Key:
    """Make the key of the register itself, when it is first needed."""
    with transaction.atomic():
        return make_key(SYSTEM, None, kind)


@lru_cache(maxsize=256)
def _opened(method: str, sealed: str, secret: str) -> SigningKey:
    return _vault(secret).open_key(method, sealed)


def methods(issuer: Issuer | None) -> list[Method]:
    """Return every key that an issuer ever had, the newest last."""
    found = Key.objects.filter(issuer=issuer).select_related("issuer").order_by("since", "fragment")
    return [method_of(key) for key in found]


def document(issuer: Issuer | None) -> dict[str, Any]:
    """Return the DID document of an issuer, or of the register: all keys, with their periods."""
    return did.web_document(identity.did(issuer.slug if issuer else identity.REGISTER), methods(issuer))


def local_method(url: str) -> Method | None:
    """Return the key that a URL names when it is of an issuer of this Gilde, else None."""
    slug = identity.slug_of(url)
    if slug is None:
        return None
    whose = Q(issuer=None) if slug == identity.REGISTER else Q(issuer__slug=slug)
    key = Key.objects.filter(whose, fragment=url.partition("#")[2]).select_related("issuer").first()
    return method_of(key) if key else None


def encrypt_anew(*, old_secret: str) -> int:
    """Encrypt all that was encrypted under the secret before under the one that is set now, and return how much it was.

    Nothing is changed when one of them cannot be opened. Raises Locked, Unreadable.
    """
    old, new = Vault(old_secret), vault()
    count = 0
    with transaction.atomic():
        for key in Key.objects.exclude(sealed="").select_related("issuer"):
            key.sealed = new.reseal(method_url(key), key.sealed, old=old)
            key.save(update_fields=["sealed"])
            count += 1
        for each in StatusList.objects.all():
            each.secret = new.reseal(str(each.pk), each.secret, old=old)
            each.save(update_fields=["secret"])
            count += 1
    return count
