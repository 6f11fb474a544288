"""W3C credentials and presentations as signed tokens (Securing Verifiable Credentials using JOSE and COSE, 2025).

Read as well: the older form with a `vc` claim (VC Data Model 1.1, section 6.3.1) and that of Open Badges 3.0, section
8.2. The documents themselves are checked elsewhere; here only what the token adds to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.did import Method, Resolve
from gilde.credentials.keys.instants import read_instant
from gilde.credentials.keys.kinds import PublicKey, SigningKey
from gilde.credentials.model_envelopes import CREDENTIAL, V2, Envelope
from gilde.credentials.proofs import jose, sd_jwt
from gilde.credentials.proofs.disclosures import Path
from gilde.credentials.proofs.foreign import ForeignKey, ForeignSigningKey

VC: Final = "vc+jwt"
VP: Final = "vp+jwt"
VC_SD: Final = "vc+sd-jwt"
VP_SD: Final = "vp+sd-jwt"
# What may be in an envelope within a presentation.
ENVELOPED: Final = frozenset(
    {f"application/{VC}", f"application/{VC_SD}", "application/vc+cose", "application/dc+sd-jwt"}
)
_DATA: Final = re.compile(r"data:([^;,]+)(?:;[^,]*)?,(.+)", re.DOTALL)
# What JWT itself says in a payload; the rest is the document.
REGISTERED: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf", "_sd_alg"})
# Never hidden from a verifier: without these nobody knows what a credential is, or whether it is still good.
OPEN: Final = frozenset({"@context", "type", "issuer", "validFrom", "validUntil", "credentialStatus"})

Keyed = Resolve | PublicKey | ForeignKey
AnySigningKey = SigningKey | ForeignSigningKey


@dataclass(frozen=True)
class Secured:
    """A document whose token holds, with the method that signed it; None when the caller gave the key.

    `form` is the type of the token, or "vc-claim" and "open-badge" for the older forms. `since` and `until` are the
    times of the token (`nbf`, `exp`): they bound the period besides what the document says.
    """

    document: dict[str, Any]
    form: str
    method: Method | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Presented(Secured):
    """A presentation whose token holds; its credentials are still in their envelopes, and unchecked."""

    envelopes: tuple[Envelope, ...] = ()


def secure(document: Mapping[str, Any], key: AnySigningKey) -> str:
    """Return the credential as a token of the type vc+jwt, its issuer named in the header.

    Raises Unreadable for a document with the members `vc` or `vp`.
    """
    no_vc_claims(document)
    return jose.sign(document, key, typ=VC, headers=_headers("vc", id_of(document.get("issuer"))))


def secure_sd(
    document: Mapping[str, Any], key: AnySigningKey, *, hidden: Iterable[Path], decoys: int = 0
) -> str:
    """Return the credential as an SD-JWT of the type vc+sd-jwt, with the claims at the paths disclosable one by one."""
    no_vc_claims(document)
    paths = list(hidden)
    if any(path[:1] and path[0] in OPEN for path in paths):
        raise Unreadable(
            _("A credential cannot hide its context, type, issuer, period or status."), "claim-hidden"
        )
    headers = _headers("vc", id_of(document.get("issuer")))
    return sd_jwt.issue(document, key, hidden=paths, typ=VC_SD, decoys=decoys, headers=headers)


def secure_presentation(
    document: Mapping[str, Any],
    key: AnySigningKey,
    *,
    audience: str = "",
    nonce: str = "",
    now: datetime | None = None,
    lasts: timedelta | None = None,
    hidden: Iterable[Path] | None = None,
) -> str:
    """Return the presentation as a token of the type vp+jwt, or vp+sd-jwt with `hidden`, for an audience and a nonce.

    Raises Unreadable unless each of its credentials is in an envelope.
    """
    no_vc_claims(document)
    envelopes_of(document)
    claims = {**document, **({"aud": audience} if audience else {}), **({"nonce": nonce} if nonce else {})}
    if now is not None:
        claims["iat"] = int(now.timestamp())
        if lasts is not None:
            claims["exp"] = int((now + lasts).timestamp())
    headers = _headers("vp", id_of(document.get("holder")))
    if hidden is not None:
        return sd_jwt.issue(claims, key, hidden=hidden, typ=VP_SD, headers=headers)
    return jose.sign(claims, key, typ=VP, headers=headers)


def read(token: str, keyed: Keyed) -> Secured:
    """Return the credential of a token of the type vc+jwt or of an older form, or of an SD-JWT of the type vc+sd-jwt.

    Raises as `jose.verify` does; Unreadable too for `vc` and `vp` in vc+jwt, for a wrong `cty`, and where the claims of
    the token say otherwise than the document; Altered when the key is not the issuer's.
    """
    if "~" in token:
        shown = sd_jwt.verify(token, keyed, now=_NEVER, typs={VC_SD}, period=False)
        return _modern(shown.claims, shown.header, shown.method, VC_SD)
    signed = _verified(token, keyed, {VC, "JWT", "jwt", ""})
    typ = str(signed.header.get("typ", "")).removeprefix("application/")
    if typ == VC:
        return _modern(signed.payload, signed.header, signed.method, VC)
    if "vc" in signed.payload:
        return _older(signed.payload, signed.method)
    secured = as_credential(signed.payload, signed.method, "open-badge")
    _same_times(secured, "validFrom", "validUntil")
    return secured


def read_presentation(
    token: str, keyed: Keyed, *, audience: str | None = None, nonce: str | None = None
) -> Presented:
    """Return the presentation of a token of the type vp+jwt or vp+sd-jwt, with the envelopes that are in it.

    Raises as `read` does, and Unreadable for a credential that is in no envelope; Unbound where it was made for
    another audience or nonce than asked for.
    """
    if "~" in token:
        shown = sd_jwt.verify(token, keyed, now=_NEVER, typs={VP_SD}, period=False)
        claims, header, method, form = shown.claims, shown.header, shown.method, VP_SD
    else:
        signed = _verified(token, keyed, {VP})
        claims, header, method, form = signed.payload, signed.header, signed.method, VP
    _content_type(header, "vp")
    return as_presentation(claims, method, form, audience=audience, nonce=nonce)


def as_presentation(
    claims: Mapping[str, Any],
    method: Method | None,
    form: str,
    *,
    audience: str | None = None,
    nonce: str | None = None,
) -> Presented:
    """Return the presentation that claims of a token are, whose signature holds; raise as `read_presentation` does."""
    no_vc_claims(claims)
    document = _document(claims)
    holder = id_of(document.get("holder"))
    _same(claims, {"iss": holder, "jti": document.get("id")})
    if method is not None and holder and method.controller != holder:
        raise _another_key(holder)
    told = claims.get("aud")
    if audience is not None and told != audience and not (isinstance(told, list) and audience in told):
        raise sd_jwt.Unbound(_("The presentation was made for somebody else."), "binding-audience")
    if nonce is not None and claims.get("nonce") != nonce:
        raise sd_jwt.Unbound(_("The presentation was made for another occasion."), "binding-nonce")
    since, until = jose.moment(claims, "nbf"), jose.moment(claims, "exp")
    return Presented(document, form, method, since, until, envelopes_of(document))


def envelope(token: str, media: str = f"application/{VC}") -> dict[str, Any]:
    """Return the token in an envelope, as a presentation holds it (VC Data Model 2.0, section 4.13.1).

    A message of COSE goes in as base64, with the media type "application/vc+cose;base64".
    """
    return {"@context": V2, "type": CREDENTIAL, "id": f"data:{media},{token}"}


def id_of(value: object) -> str | None:
    """Return the id of an issuer, a holder or a subject: a URL, or an object with one; None without."""
    told = value.get("id") if isinstance(value, Mapping) else value
    return told if isinstance(told, str) else None


_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # no time is judged here


def _headers(content: str, issuer: str | None) -> dict[str, str]:
    return {"cty": content, **({"iss": issuer} if issuer else {})}


def _verified(token: str, keyed: Keyed, typs: set[str]) -> jose.Signed:
    if isinstance(keyed, PublicKey | ForeignKey):
        return jose.verify_by(token, keyed, typs=typs)
    return jose.verify(token, keyed, typs=typs)


def _modern(claims: Mapping[str, Any], header: jose.Header, method: Method | None, form: str) -> Secured:
    _content_type(header, "vc")
    return as_credential(claims, method, form)


def as_credential(claims: Mapping[str, Any], method: Method | None, form: str) -> Secured:
    """Return the credential that claims of a token are, whose signature holds; raise as `read` does."""
    no_vc_claims(claims)
    document = _document(claims)
    issuer = id_of(document.get("issuer"))
    subject = document.get("credentialSubject")
    known = {"iss": issuer, "jti": document.get("id"), "sub": id_of(subject)}
    _same(claims, {name: value for name, value in known.items() if value is not None or name == "iss"})
    if method is not None and method.controller != issuer:
        raise _another_key(issuer)
    return Secured(document, form, method, jose.moment(claims, "nbf"), jose.moment(claims, "exp"))


def _older(claims: Mapping[str, Any], method: Method | None) -> Secured:
    """Return the credential of a `vc` claim, with what the claims beside it stand for (VC Data Model 1.1, 6.3.1)."""
    inner = claims["vc"]
    if not isinstance(inner, dict) or "vp" in claims:
        raise _claims_differ("vc")
    document = dict(inner)
    since, until = jose.moment(claims, "nbf"), jose.moment(claims, "exp")
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    if "iss" in claims:
        document["issuer"] = {**issuer, "id": claims["iss"]} if isinstance(issuer, dict) else claims["iss"]
    if "sub" in claims and isinstance(subject, dict):
        document["credentialSubject"] = {**subject, "id": claims["sub"]}
    if "jti" in claims:
        document["id"] = claims["jti"]
    stated = {"iss": id_of(issuer), "sub": id_of(subject), "jti": inner.get("id")}
    _same(claims, {name: value for name, value in stated.items() if value is not None})
    secured = Secured(document, "vc-claim", method, since, until)
    modern = V2 in (document.get("@context") or ())
    starts, ends = ("validFrom", "validUntil") if modern else ("issuanceDate", "expirationDate")
    _same_times(secured, starts, ends)
    for moment, name in ((since, starts), (until, ends)):
        if moment is not None:
            document.setdefault(name, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    if method is not None and method.controller != id_of(document.get("issuer")):
        raise _another_key(id_of(document.get("issuer")))
    return secured


def _document(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name not in REGISTERED}


def _same(claims: Mapping[str, Any], stated: Mapping[str, object]) -> None:
    for name, value in stated.items():
        if name in claims and claims[name] != value:
            raise _claims_differ(name)


def _same_times(secured: Secured, starts: str, ends: str) -> None:
    for moment, name in ((secured.since, starts), (secured.until, ends)):
        told = secured.document.get(name)
        if moment is not None and told is not None:
            stated = read_instant(told, zoneless=True)
            if abs(stated - moment) >= timedelta(seconds=1):
                raise _claims_differ(name)


def no_vc_claims(claims: Mapping[str, Any]) -> None:
    """Raise Unreadable where the claims `vc` or `vp` of the older form stand (VC-JOSE-COSE, section 3.1.3)."""
    if "vc" in claims or "vp" in claims:
        raise Unreadable(
            _("The token mixes two forms: a credential of this type has no claims “vc” and “vp”."), "vc-claim"
        )


def _content_type(header: jose.Header, content: str) -> None:
    if str(header.get("cty", content)).removeprefix("application/") != content:
        raise Unreadable(
            _("The token says it holds “%(cty)s”, which is not what is asked for here.")
            % {"cty": str(header["cty"])[:80]},
            "cty",
        )


def envelopes_of(document: Mapping[str, Any]) -> tuple[Envelope, ...]:
    """Return the envelopes in a presentation, each with what stands in its URL, not decoded and not checked.

    Raises Unreadable for a credential that is in none. Whether the content is sound shows when each is read.
    """
    told = document.get("verifiableCredential", [])
    return tuple(_envelope_of(each) for each in (told if isinstance(told, list) else [told]))


def _envelope_of(value: object) -> Envelope:
    types = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or types not in (CREDENTIAL, [CREDENTIAL]):
        raise Unreadable(
            _("A credential in the presentation is in no envelope, so nothing vouches for it."), "not-secured"
        )
    context, url = value.get("@context"), value.get("id")
    if context != V2 and not (isinstance(context, list) and V2 in context):
        raise Unreadable(
            _("An envelope in the presentation does not name the context of credentials."), "context"
        )
    found = _DATA.fullmatch(url) if isinstance(url, str) else None
    if found is None or found[1] not in ENVELOPED:
        raise Unreadable(_("An envelope in the presentation holds no secured credential."), "not-secured")
    return Envelope(CREDENTIAL, found[1], found[2])


def _claims_differ(name: str) -> Unreadable:
    return Unreadable(
        _("“%(name)s” of the token says otherwise than the credential in it. Do not accept it.")
        % {"name": name},
        "claims-differ",
        claim=name,
    )


def _another_key(issuer: str | None) -> Altered:
    return Altered(
        _("The credential says it is by %(issuer)s, but was signed with another's key. Do not accept it.")
        % {"issuer": (issuer or _("nobody"))[:200]},
        "issuer-key",
    )
