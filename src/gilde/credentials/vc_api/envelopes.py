"""What is in an envelope: a token that was verified, and the credential or presentation that it holds.

Sources: VC-JOSE-COSE, sections 3.1, 3.2 and 4; for `application/jwt` the encoding of Data Model 1.1, section 6.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.methods import Method
from gilde.credentials.linked import canonical
from gilde.credentials.model_envelopes import CREDENTIAL, Envelope
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import jose, vc_jwt
from gilde.credentials.vc_api.extensions import check_extensions
from gilde.credentials.vc_api.means import Means

PRESENTING: Final = frozenset({"authentication", "assertionMethod"})  # what a presentation may be signed for
_OLD: Final = "application/jwt"


@dataclass(frozen=True)
class Opened:
    """The document of an envelope, and whose key signed it."""

    document: dict[str, Any]
    controller: str


def opened(
    envelope: Envelope,
    kind: str,
    means: Means,
    *,
    domain: str | None = None,
    challenge: str | None = None,
) -> Opened:
    """Return what an envelope of this kind holds, after its signature, claims and terms were checked.

    Raises Unsupported for another media type than vc+jwt, vc+sd-jwt (vp+… for presentations) and jwt, and whatever
    the proofs raise.
    """
    if envelope.kind != kind:
        raise Unreadable(_("The envelope must be an %(kind)s.") % {"kind": kind}, "type", pointer="/type")
    if kind == CREDENTIAL:
        _check_type(envelope, vc_jwt.VC, vc_jwt.VC_SD)
        told = vc_jwt.read(envelope.content, means.resolve)
        purposes: Iterable[str] = ("assertionMethod",)
    elif envelope.media == _OLD:
        told = _old_presentation(envelope.content, means, domain, challenge)
        purposes = PRESENTING
    else:
        _check_type(envelope, vc_jwt.VP, vc_jwt.VP_SD)
        told = vc_jwt.read_presentation(envelope.content, means.resolve, audience=domain, nonce=challenge)
        purposes = PRESENTING
    method = _key(told.method, purposes)
    _check_period(told.since, told.until, means.now)
    if envelope.media != _OLD:
        check_extensions(told.document, means.contexts)
    canonical.checked(told.document, contexts=means.contexts)
    return Opened(told.document, method.controller)


def _check_type(envelope: Envelope, token: str, disclosing: str) -> None:
    """Refuse a token that says another type than its envelope, and an envelope of a type that nobody knows."""
    media = envelope.media.removeprefix("application/")
    if media not in (token, disclosing) and (envelope.media != _OLD or token != vc_jwt.VC):
        raise Unsupported(
            _("An envelope of the type %(media)s cannot be opened here.") % {"media": envelope.media[:80]},
            "media",
        )
    if ("~" in envelope.content) is not (media == disclosing):
        raise Unreadable(_("The envelope says that it holds a token of another kind."), "typ")
    if media == disclosing:
        return
    header, claims = jose.unverified(envelope.content)
    typ = str(header.get("typ", "")).removeprefix("application/")
    old = envelope.media == _OLD
    if typ not in (("JWT", "") if old else (token, "")) or (old and "vc" not in claims):
        raise Unreadable(
            _("The token says that it is of the type “%(typ)s”, and its envelope says otherwise.")
            % {"typ": typ[:80]},
            "typ",
        )
    if not old:
        vc_jwt.no_vc_claims(claims)


def _old_presentation(
    token: str, means: Means, domain: str | None, challenge: str | None
) -> vc_jwt.Presented:
    """Return the presentation in the claim `vp` of a plain JWT."""
    signed = jose.verify(token, means.resolve, typs={"JWT", ""})
    claims = signed.payload
    inner = claims.get("vp")
    if not isinstance(inner, Mapping):
        raise Unreadable(_("The token has no claim “%(name)s”.") % {"name": "vp"}, "vp-claim")
    document = dict(inner)
    if "verifiableCredential" in document:  # a list in a list is one list (JSON-LD 1.1, section 4.3)
        held = listed(document["verifiableCredential"])
        document["verifiableCredential"] = [each for item in held for each in listed(item)]
    if signed.issuer and signed.issuer != vc_jwt.id_of(document.get("holder", signed.issuer)):
        raise Altered(_("The token is signed by somebody else than the holder that it names."), "holder-key")
    if challenge is not None and claims.get("nonce") != challenge:
        raise Altered(_("The presentation was made for another occasion."), "challenge")
    if domain is not None and domain not in listed(claims.get("aud")):
        raise Altered(_("The presentation was made for somebody else."), "domain")
    since, until = jose.moment(claims, "nbf"), jose.moment(claims, "exp")
    return vc_jwt.Presented(document, "vp-claim", signed.method, since, until)


def _check_period(begins: datetime | None, ends: datetime | None, now: datetime) -> None:
    if begins is not None and now < begins:
        raise Unreadable(_("The token is not valid yet."), "not-yet-valid")
    if ends is not None and now >= ends:
        raise Unreadable(_("The token is not valid any more: its period is over."), "expired")


def _key(method: Method | None, purposes: Iterable[str]) -> Method:
    """Refuse a key that may not sign this, and one that was in wrong hands: when a token was signed nothing proves."""
    if method is None:
        raise Unsupported(_("The token does not say by which key it is signed."), "no-key-named")
    if method.purposes.isdisjoint(purposes):
        raise Altered(
            _("The key “%(key)s” may not be used for this; its owner does not list it so.")
            % {"key": method.id[:200]},
            "purpose-not-allowed",
        )
    if method.compromised is not None:
        raise Altered(
            _("The key that signed this was in wrong hands, and nothing shows that this is older."),
            "key-compromised",
        )
    return method
