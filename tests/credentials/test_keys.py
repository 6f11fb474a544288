"""Keys of issuers: replaced, marked, and never shown; what they signed stays good while it is proven to be older."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent
from gilde.credentials.keys.vault import Vault
from gilde.credentials.models import Award, Key, PublishedList
from gilde.credentials.services import checking, keys, lists, log, renderings
from gilde.credentials.verdict import Answer
from gilde.organisations.models import Membership
from tests.client import GildeClient
from tests.credentials.factories import UserFactory, a_member, an_achievement, an_award, an_issuer

pytestmark = pytest.mark.django_db
Role = Membership.Role


def verdict(award: Award, form: str = "vc") -> Answer:
    return checking.check_given(renderings.file(award, form).content).answer


def test_after_ten_rotations_everything_verifies() -> None:
    achievement = an_achievement()
    issuer = achievement.issuer
    awards, start = [], clock.now()
    for number in range(11):
        with clock.moved_to(start + timedelta(days=number)):
            awards.append(an_award(achievement))
            for form in ("vc-jwt", "open-badge"):
                renderings.file(awards[-1], form)
            log.sign_checkpoint()  # as after every transaction that issues
            for kind in keys.KINDS:
                keys.rotate(actor=SYSTEM, issuer=issuer, kind=kind)
    with clock.moved_to(start + timedelta(days=20)):
        assert issuer.keys.count() == 24
        assert issuer.keys.filter(until=None).count() == 2
        signed = {award.renderings.get(form="vc").key_id for award in awards}
        assert len(signed) == 11, "each was signed with a key of its own"
        for award in awards:
            for form in ("vc", "vc-jwt", "open-badge"):
                assert verdict(award, form) == Answer.VALID, (award.reference, form)


def test_a_key_is_replaced_by_an_administrator_of_the_organisation_only() -> None:
    issuer = an_issuer()
    near_miss = a_member(an_issuer().organisation, Role.ADMINISTRATOR)
    for actor in (UserFactory(), near_miss, a_member(issuer.organisation, Role.APPROVER)):
        with pytest.raises(Refused, match="administrator"):
            keys.rotate(actor=actor, issuer=issuer, kind="Ed25519")
    keys.rotate(actor=a_member(issuer.organisation, Role.ADMINISTRATOR), issuer=issuer, kind="Ed25519")
    assert issuer.keys.filter(kind="Ed25519").count() == 2


def test_two_who_replace_the_same_key_replace_it_once() -> None:
    issuer = an_issuer()
    seen = issuer.keys.get(kind="Ed25519").pk
    keys.rotate(actor=SYSTEM, issuer=issuer, kind="Ed25519", seen=seen)
    with pytest.raises(Stale):
        keys.rotate(actor=SYSTEM, issuer=issuer, kind="Ed25519", seen=seen)
    with pytest.raises(Invalid, match="no key of the kind"):
        keys.rotate(actor=SYSTEM, issuer=issuer, kind="RSA")
    assert issuer.keys.filter(kind="Ed25519").count() == 2


def test_of_a_key_in_wrong_hands_what_is_proven_older_stays_good() -> None:
    achievement, start = an_achievement(), clock.now()
    with clock.moved_to(start - timedelta(days=9)):
        older = an_award(achievement)
        log.sign_checkpoint()
    newer = an_award(achievement)
    key = older.renderings.get().key
    assert key is not None
    since = start - timedelta(days=3)
    assert keys.affected(key, since) == keys.Affected(older=1, doubtful=1)
    keys.mark_compromised(actor=SYSTEM, key=key, since=since, reason="A laptop was stolen")
    assert verdict(older) == Answer.VALID
    assert verdict(newer) == Answer.UNKNOWN_ISSUER
    key.refresh_from_db()
    assert key.until is not None, "it signs no more"
    assert key.sealed == "", "its private half is gone"
    event = AuditEvent.objects.get(action="credentials.key.compromise")
    assert event.after["reason"] == "A laptop was stolen"


def test_lists_that_a_key_in_wrong_hands_signed_are_signed_anew() -> None:
    award = an_award()
    assert award.status_list is not None
    lists.published(award.status_list, "revocation")
    key = award.renderings.get().key
    assert key is not None
    keys.mark_compromised(actor=SYSTEM, key=key, since=clock.now() - timedelta(days=1))
    assert not PublishedList.objects.exists()
    signed = json.loads(lists.published(award.status_list, "revocation").content)
    assert signed["proof"]["verificationMethod"] != keys.method_url(key)


def test_a_mark_is_of_a_moment_that_was_and_moves_only_to_an_earlier_one() -> None:
    issuer = an_issuer()
    key = issuer.keys.get(kind="P-256")
    now = clock.now()
    with pytest.raises(Invalid, match="has been"):
        keys.mark_compromised(actor=SYSTEM, key=key, since=now + timedelta(hours=1))
    keys.mark_compromised(actor=SYSTEM, key=key, since=now - timedelta(days=1))
    with pytest.raises(Invalid, match="earlier moment"):
        keys.mark_compromised(actor=SYSTEM, key=key, since=now)
    earlier = now - timedelta(days=9)
    assert keys.mark_compromised(actor=SYSTEM, key=key, since=earlier).compromised_from == earlier
    with pytest.raises(Refused):
        keys.mark_compromised(actor=UserFactory(), key=key, since=earlier - timedelta(days=1))


def test_no_page_file_event_or_data_holds_a_private_half(client: GildeClient) -> None:
    award = an_award()
    issuer = award.issuer
    keys.rotate(actor=SYSTEM, issuer=issuer, kind="Ed25519")
    key = issuer.keys.get(kind="Ed25519", until=None)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    slug = {"slug": issuer.slug}
    pages = [
        *(
            reverse(f"credentials:{name}", kwargs=slug)
            for name in ("issuer", "issuer-keys", "issuer-settings")
        ),
        reverse("credentials:did", kwargs=slug),
        reverse("credentials:issuer-key-replace", kwargs={**slug, "key_id": key.pk}),
        reverse("credentials:issuer-key-compromised", kwargs={**slug, "key_id": key.pk}),
        reverse("identifier", args=["issuer", issuer.pk]) + "?format=json",
        reverse("credentials:issuers") + "?format=json",
        reverse("credentials:holder-report", args=[award.holder_id, "json"]),
    ]
    told = " ".join(str(b"".join(client.get(page)), "utf-8", "replace") for page in pages)
    told += str(list(AuditEvent.objects.values()))
    assert key.multikey in told, "the public half is published"
    for each in Key.objects.all():
        for secret in secrets_of(each):
            assert secret not in told, f"{each} is given away"


def secrets_of(key: Key) -> list[str]:
    """What gives a private half away: as it is stored, and its numbers in the ways in which they are written."""
    import base64

    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    signing: Any = Vault(settings.KEYS_SECRET).open_key(keys.method_url(key), key.sealed)
    private = signing.private
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    if key.kind == "Ed25519":
        raw = private.private_bytes_raw()
    else:
        raw = private.private_numbers().private_value.to_bytes(32, "big")
    written = [raw.hex(), base64.urlsafe_b64encode(raw).decode().rstrip("=")]
    return [key.sealed, *written, base64.b64encode(der).decode()]
