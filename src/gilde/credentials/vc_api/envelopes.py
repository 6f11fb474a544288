"""What is in an envelope: a token that was verified, and the credential or presentation that it holds.

Sources: VC-JOSE-COSE, sections 3.1, 3.2 and 4; for `application/jwt` the encoding of Data Model 1.1, section 6.3.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.methods import Method
from gilde.credentials.linked import canonical
from gilde.credentials.model import holder_of, issuer_of
from gilde.credentials.model_envelopes import CREDENTIAL, Envelope
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.vc_api.extensions import check_extensions, without_claims
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
    domain: str | list[str] | None = None,
    challenge: str | None = None,
) -> Opened:
    """Return what an envelope of this kind holds, after its signature, claims and terms were checked.

    Raises Unsupported for another media type than vc+jwt, vc+sd-jwt (vp+… for presentations) and jwt, and whatever
    the proofs raise.
    """
    if envelope.kind != kind:
        raise Unreadable(_("The envelope must be an %(kind)s.") % {"kind": kind}, "type", pointer="/type")
    short = "vc" if kind == CREDENTIAL else "vp"
    claims, controller = _verified(envelope, short, means)
    _check_period(claims, means)
    _check_asked(claims, domain, challenge)
    if envelope.media == _OLD:
        document = _unwrapped(claims, short)
    elif "vc" in claims or "vp" in claims:
        raise Unreadable(_("The claims “vc” and “vp” may not stand in a token of this type."), "old-claims")
    else:
        document = without_claims(claims)
        check_extensions(document, means.contexts)
    canonical.checked(document, contexts=means.contexts)
    named = issuer_of(document) if kind == CREDENTIAL else holder_of(document)
    if "iss" in claims and named and claims["iss"] != named:
        raise Altered(
            _("The token says it is by %(iss)s, and what is in it names %(name)s. Do not accept it.")
            % {"iss": str(claims["iss"])[:200], "name": named[:200]},
            "issuer-differs",
        )
    return Opened(document, controller)


def _verified(envelope: Envelope, short: str, means: Means) -> tuple[dict[str, Any], str]:
    if envelope.media == f"application/{short}+sd-jwt":
        shown = sd_jwt.verify(
            envelope.content, means.resolve, now=means.now, typs={f"{short}+sd-jwt"}, period=False
        )
        method, header, claims = shown.method, shown.header, shown.claims
    elif envelope.media in (f"application/{short}+jwt", _OLD):
        typs = {"JWT", ""} if envelope.media == _OLD else {f"{short}+jwt", ""}
        signed = jose.verify(envelope.content, means.resolve, typs=typs)
        method, header, claims = signed.method, signed.header, signed.payload
    else:
        raise Unsupported(
            _("An envelope of the type %(media)s cannot be opened here.") % {"media": envelope.media[:80]},
            "media",
        )
    if header.get("cty", short) not in (short, f"application/{short}", "JWT"):
        raise Unreadable(_("The token says that it holds something else."), "cty")
    if method is None:
        raise Unsupported(_("The token does not say by which key it is signed."), "no-key-named")
    _check_key(method, ("assertionMethod",) if short == "vc" else PRESENTING)
    return claims, method.controller


def _check_key(method: Method, purposes: Iterable[str]) -> None:
    """Refuse a key that may not sign this, and one that was in wrong hands: when a token was signed nothing proves."""
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


def _check_period(claims: Mapping[str, Any], means: Means) -> None:
    begins, ends = jose.moment(claims, "nbf"), jose.moment(claims, "exp")
    if begins is not None and means.now < begins:
        raise Unreadable(_("The token is not valid yet."), "not-yet-valid")
    if ends is not None and means.now >= ends:
        raise Unreadable(_("The token is not valid any more: its period is over."), "expired")


def _check_asked(claims: Mapping[str, Any], domain: str | list[str] | None, challenge: str | None) -> None:
    if challenge is not None and claims.get("nonce") != challenge:
        raise Altered(_("The token answers another request than this one; it may be a copy."), "challenge")
    if domain is not None and set(listed(domain)).isdisjoint(map(str, listed(claims.get("aud")))):
        raise Altered(_("The token was made for another place than this one; it may be a copy."), "domain")


def _unwrapped(claims: Mapping[str, Any], short: str) -> dict[str, Any]:
    document = claims.get(short)
    if not isinstance(document, Mapping):
        raise Unreadable(_("The token has no claim “%(name)s”.") % {"name": short}, "old-claims")
    told = dict(document)
    held = told.get("verifiableCredential")
    if isinstance(held, list):  # a list in a list is one list (JSON-LD 1.1, section 4.3)
        told["verifiableCredential"] = [inner for each in held for inner in listed(each)]
    return told
