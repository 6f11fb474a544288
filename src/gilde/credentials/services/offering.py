"""Awards on their way into other wallets: the offer, the code and its PIN, and the award bound to the wallet's key.

Source: OpenID4VCI 1.0, pre-authorised code. Who has the code and the PIN gets the award, once; of both a hash is kept.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import SYSTEM, Actor, require
from gilde.core.errors import Invalid, Missing
from gilde.credentials import access, identity
from gilde.credentials.describing import words
from gilde.credentials.facts_json import from_json
from gilde.credentials.keys.did import did_key
from gilde.credentials.keys.kinds import PublicKey
from gilde.credentials.models import Award, Issuer, Offer, Rendering, State, token
from gilde.credentials.proofs import vc_jwt
from gilde.credentials.renderings import vc
from gilde.credentials.services import keys, lists, renderings
from gilde.credentials.services.telling import token_hash
from gilde.credentials.wallets import metadata, nonces, proof, reading
from gilde.credentials.wallets.refusals import NoToken, Refusal

LASTS: Final = timedelta(minutes=10)  # of a code, and of the token that comes in its place
TELLS: Final = timedelta(days=1)  # in which a wallet may tell what became of the award
TRIES: Final = 5
DIGITS: Final = 6
# What the holder may choose, and what it is called towards wallets.
CONFIGURATIONS: Final = {Rendering.Form.SD_JWT: metadata.SD_JWT, Rendering.Form.VC_JWT: metadata.VC_JWT}
OUTCOMES: Final = {
    "credential_accepted": "accepted",
    "credential_failure": "failure",
    "credential_deleted": "deleted",
}


@dataclass(frozen=True)
class Made:
    """An offer with what is shown once, and kept by nobody: the link for the wallet, and the PIN."""

    offer: Offer
    link: str
    pin: str


def identifier(issuer: Issuer | None) -> str:
    """Return what an issuer is called towards wallets; without one, this Gilde as a whole."""
    return f"{settings.SITE_URL}/issuers/{issuer.slug}" if issuer else str(settings.SITE_URL)


def endpoints() -> metadata.Endpoints:
    """Return where wallets send what they ask; the same for all issuers."""
    names = ("openid-token", "openid-nonce", "openid-credential", "openid-notification")
    return metadata.Endpoints(*(identity.url(name) for name in names))


def issuer_document(issuer: Issuer | None) -> dict[str, Any]:
    """Return the metadata of an issuer for wallets."""
    names = words(issuer.organisation.name) if issuer else {"en": settings.SITE_NAME}
    return metadata.issuer_document(identifier(issuer), endpoints(), names, vct=identity.url("type-metadata"))


def server_document(issuer: Issuer | None) -> dict[str, Any]:
    """Return the metadata of the server that gives out tokens, which is the issuer itself."""
    return metadata.server_document(identifier(issuer), endpoints())


def offers(actor: Actor, award: Award) -> QuerySet[Offer]:
    """Return the offers of an award in the actor's wallet, the newest first."""
    return Offer.objects.filter(award=award, award__in=access.held_by(actor).order_by().values("pk"))


def make(*, actor: Actor, award: Award, form: str = Rendering.Form.SD_JWT) -> Made:
    """Offer an award to the holder's other wallet, for ten minutes. An offer that nobody took before ends.

    Raises Refused, Invalid for an award that does not count now, and for an unknown form.
    """
    require(access.holds(actor, award))
    if form not in CONFIGURATIONS:
        raise Invalid(_("There is no rendering “%(form)s”.") % {"form": form})
    now = clock.now()
    if (why := _hindrance(award, now)) is not None:
        raise Invalid(why)
    secret, pin = token(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    offer = Offer(
        award=award,
        form=form,
        code_hash=token_hash(_code(secret)),
        created_at=now,
        expires_at=now + LASTS,
    )
    offer.pin_hash = _pin_hash(offer, pin)
    forget_old()
    with transaction.atomic():
        Offer.objects.filter(award=award, redeemed_at=None).delete()
        offer.save(force_insert=True)
        audit.record(actor, "credentials.offer.make", offer, after={"form": form})
    return Made(offer, metadata.offer_link(identity.url("openid-offer", secret)), pin)


def _hindrance(award: Award, now: datetime) -> str | None:
    """Return why an award cannot go into a wallet now, None when it can."""
    if award.facts is None or award.state != State.ISSUED:
        return _("This award does not count now, so it cannot be put in another wallet.")
    if award.valid_until is not None and award.valid_until <= now:
        return _("This award has expired, so it cannot be put in another wallet.")
    return None


def document(secret: str) -> dict[str, Any]:
    """Return the offer that a link leads to. Raises Missing when it was taken, ended, or never was."""
    code = _code(secret)
    found = (
        Offer.objects.filter(code_hash=token_hash(code))
        .filter(redeemed_at=None, expires_at__gt=clock.now(), tries__lt=TRIES)
        .select_related("award__issuer")
        .first()
    )
    if found is None:
        raise Missing(_("This offer has ended. Make a new code on the page of the award."))
    return metadata.offer(
        identifier(found.award.issuer),
        CONFIGURATIONS[Rendering.Form(found.form)],
        code,
        digits=DIGITS,
        told=_("The PIN stands beside the code on the page of the award."),
    )


def redeem(told: Mapping[str, str]) -> dict[str, Any]:
    """Return an access token for a code and its PIN, given as the parameters of a token request.

    Every try with a PIN counts, and the fifth is the last. A code that comes a second time with its PIN was seen by
    another: then nobody gets the award. Raises Refusal.
    """
    grant = told.get("grant_type")
    if grant is None:
        raise Refusal("invalid_request", _("The request lacks grant_type."))
    if grant != metadata.GRANT:
        raise Refusal("unsupported_grant_type", _("Only pre-authorized codes are taken."))
    code, pin = told.get("pre-authorized_code"), told.get("tx_code")
    if code is None or pin is None:
        raise Refusal("invalid_request", _("The request must hold pre-authorized_code and tx_code."))
    now = clock.now()
    offer = Offer.objects.filter(code_hash=token_hash(code)).first()
    # What there is not is compared too, so that the time of an answer tells nothing.
    right = hmac.compare_digest(_pin_hash(offer or Offer(), pin), offer.pin_hash if offer else "")
    if offer is None or offer.expires_at <= now:
        raise _no_grant()
    if offer.redeemed_at is not None:
        if right and Offer.objects.filter(pk=offer.pk, issued_at=None).update(token_hash=""):
            _record("credentials.offer.twice", offer)
        raise _no_grant()
    details = _details(told, offer)
    if not Offer.objects.filter(pk=offer.pk, redeemed_at=None, tries__lt=TRIES).update(tries=F("tries") + 1):
        raise _no_grant()
    if not right:
        raise _no_grant()
    access_token = token()
    with transaction.atomic():
        mine = Offer.objects.filter(pk=offer.pk, redeemed_at=None)
        if not mine.update(redeemed_at=now, token_hash=token_hash(access_token), expires_at=now + LASTS):
            raise _no_grant()
        audit.record(SYSTEM, "credentials.offer.redeem", offer)
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(LASTS.total_seconds()),
        **({"authorization_details": details} if details else {}),
    }


def _details(told: Mapping[str, str], offer: Offer) -> list[dict[str, Any]]:
    """Return what the answer says of the details that a token request asks for, nothing when it asks for none."""
    if "authorization_details" not in told:
        return []
    asked = reading.mapping(f'{{"list":{told["authorization_details"]}}}', "invalid_request")["list"]
    name = CONFIGURATIONS[Rendering.Form(offer.form)]
    if not isinstance(asked, list) or len(asked) != 1 or not isinstance(asked[0], dict):
        raise Refusal("invalid_request", _("The request must ask for the one award that is offered."))
    if asked[0].get("type") != "openid_credential" or asked[0].get("credential_configuration_id") != name:
        raise Refusal("invalid_request", _("The request asks for something that is not offered."))
    return [
        {"type": "openid_credential", "credential_configuration_id": name, "credential_identifiers": [name]}
    ]


def nonce() -> str:
    """Return a nonce for a proof of possession."""
    return nonces.make(_nonce_secret(), clock.now())


def issue(bearer: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the award for a wallet that shows its token and proves to have its key. Each offer is issued once.

    Raises NoToken, Refusal.
    """
    now = clock.now()
    offer = _of_token(bearer, now)
    if offer.issued_at is not None:
        raise NoToken(_("The award was handed over already."))
    _check_request(request, CONFIGURATIONS[Rendering.Form(offer.form)])
    issuer = offer.award.issuer
    shown = proof.read(
        proof.proofs(request.get("proofs")), audiences=(identifier(issuer), identifier(None)), now=now
    )
    nonces.check(shown.nonce, _nonce_secret(), now)
    if (why := _hindrance(offer.award, now)) is not None:
        raise Refusal("credential_request_denied", why)
    try:
        with transaction.atomic():
            mine = Offer.objects.filter(pk=offer.pk, issued_at=None, token_hash=token_hash(bearer))
            if not mine.update(issued_at=now, nonce=shown.nonce, expires_at=now + TELLS):
                raise NoToken(_("The award was handed over already."))
            credential = _bound(offer, shown.key)
            audit.record(SYSTEM, "credentials.offer.issue", offer)
    except IntegrityError as error:
        raise Refusal("invalid_nonce", _("The nonce was used already. Ask for a new one.")) from error
    return {"credentials": [{"credential": credential}], "notification_id": _notification(offer)}


def _check_request(request: Mapping[str, Any], offered: str) -> None:
    if "credential_response_encryption" in request:
        raise Refusal("invalid_encryption_parameters", _("Answers are not encrypted here beside TLS."))
    names = [name for name in ("credential_configuration_id", "credential_identifier") if name in request]
    if len(names) != 1:
        raise Refusal(
            "invalid_credential_request",
            _("The request must name the award by credential_configuration_id or by credential_identifier."),
        )
    if request[names[0]] != offered:
        unknown = names[0].removesuffix("_id")
        raise Refusal(f"unknown_{unknown}", _("The token is not for this: ask for what was offered."))


def _bound(offer: Offer, key: PublicKey) -> str:
    """Return the award bound to a key, in the form that the holder chose."""
    award = offer.award
    if offer.form == Rendering.Form.SD_JWT:
        return renderings.for_wallet(award, key)
    facts = from_json(award.facts)
    facts = replace(facts, holder=replace(facts.holder, id=did_key(key)))
    signed_by, signing = keys.signing_key(award.issuer, metadata.SIGNED_BY)
    made = vc_jwt.secure(vc.render(facts, lists.place_of(award)), signing)
    now = clock.now().replace(microsecond=0)
    left = renderings.keep(award, Rendering.Form.VC_JWT, "wallet", made.encode(), signed_by, now)
    Rendering.objects.filter(pk=left.pk).update(content=None)  # it is the wallet's alone
    return made


def notify(bearer: str, told: Mapping[str, Any]) -> None:
    """Note what a wallet tells became of the award. The same may be told twice. Raises NoToken, Refusal."""
    now = clock.now()
    offer = _of_token(bearer, now)
    number, event = told.get("notification_id"), told.get("event")
    if not isinstance(number, str) or not isinstance(event, str) or event not in OUTCOMES:
        raise Refusal(
            "invalid_notification_request", _("The notification lacks notification_id or a known event.")
        )
    if offer.issued_at is None or not hmac.compare_digest(number.encode(), _notification(offer).encode()):
        raise Refusal("invalid_notification_id", _("Nothing was handed over under this notification_id."))
    with transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(outcome=OUTCOMES[event], told_at=now)
        audit.record(SYSTEM, "credentials.offer.tell", offer, after={"outcome": OUTCOMES[event]})


def forget_old() -> int:
    """Delete the offers that nobody took in time, and return how many there were."""
    count, _by_model = Offer.objects.filter(
        Q(issued_at=None), Q(expires_at__lte=clock.now() - LASTS)
    ).delete()
    return count


def _of_token(bearer: str, now: datetime) -> Offer:
    found = (
        Offer.objects.filter(token_hash=token_hash(bearer), expires_at__gt=now)
        .exclude(token_hash="")
        .select_related("award__issuer__organisation", "award__status_list")
        .first()
    )
    if found is None:
        raise NoToken(_("The access token is not known here, or has ended."))
    return found


def _record(action: str, offer: Offer) -> None:
    with transaction.atomic():
        audit.record(SYSTEM, action, offer)


def _no_grant() -> Refusal:
    """Return the one answer for a wrong code, a wrong PIN, and an offer that has ended."""
    return Refusal(
        "invalid_grant", _("Code and PIN open nothing. After five tries the offer ends: make a new one.")
    )


def _code(secret: str) -> str:
    """Return the code of an offer, which the secret in its link makes again."""
    return _keyed("code", secret)


def _pin_hash(offer: Offer, pin: str) -> str:
    return _keyed("pin", str(offer.pk), pin)


def _notification(offer: Offer) -> str:
    return _keyed("notification", str(offer.pk))


def _nonce_secret() -> bytes:
    return bytes.fromhex(_keyed("nonce"))


def _keyed(*about: str) -> str:
    """Return what nobody without this Gilde's own secret can make of some words; 64 characters."""
    key = sha256(b"gilde.credentials.offering\n" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, "\n".join(about).encode(), sha256).hex()
