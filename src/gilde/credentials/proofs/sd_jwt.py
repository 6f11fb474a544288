"""SD-JWT: a signed token whose claims the holder shows one by one, and proves to hold (RFC 9901).

What is shown can be shown again by whoever saw it. Only the key binding proves that the one who shows it now is the
one it was issued to; so a verifier who needs that asks for it with an audience and a nonce.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.core.errors import Invalid
from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.keys.did import Method, Resolve
from gilde.credentials.keys.kinds import PublicKey, SigningKey
from gilde.credentials.proofs import jose
from gilde.credentials.proofs.disclosures import Path, covers, digest, exists, hide, reveal
from gilde.credentials.proofs.foreign import ForeignKey, ForeignSigningKey, any_key

TYPES: Final = frozenset({"dc+sd-jwt", "vc+sd-jwt"})
# Never hidden: whoever withholds one of these would change what the rest means (RFC 9901, section 9.7; SD-JWT VC).
OPEN: Final = frozenset({"iss", "aud", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
SKEW: Final = timedelta(minutes=1)  # by which the clocks of two honest parties may differ
WINDOW: Final = timedelta(minutes=5)  # in which a key binding is fresh


@dataclass(frozen=True)
class Shown:
    """What an SD-JWT shows: the claims that are disclosed, and by whose method they are signed.

    `bound` is True only when the holder proved, for the audience and nonce that were asked, to have the key `holder`.
    `withheld` counts digests that were not opened, decoys among them.
    """

    claims: dict[str, Any]
    header: jose.Header
    method: Method | None
    bound: bool
    withheld: int

    @property
    def holder(self) -> PublicKey | ForeignKey | None:
        """The key that the credential is bound to, if any; raises Unbound for a binding of another kind."""
        return _holder(self.claims)


class Unbound(Altered):
    """The one who presents the credential is not shown to be the one it was issued to; the credential may be sound."""

    code = "unbound"


class OutOfPeriod(Invalid):
    """The credential is sound but expired, or not yet valid; `shown` is what it says."""

    code = "out-of-period"

    def __init__(self, sentence: str, reason: str, shown: Shown) -> None:
        super().__init__(sentence, reason=reason)
        self.reason = reason
        self.shown = shown


def issue(
    claims: Mapping[str, Any],
    key: SigningKey | ForeignSigningKey,
    *,
    hidden: Iterable[Path] = (),
    holder_key: PublicKey | None = None,
    typ: str = "dc+sd-jwt",
    decoys: int = 0,
    headers: Mapping[str, Any] | None = None,
) -> str:
    """Return the SD-JWT of the claims with all its disclosures, for the holder alone; bound to the holder's key.

    Raises Unreadable for a path that leads nowhere or to a claim that must stay open, and for reserved names.
    """
    paths = list(hidden)
    if any(path[:1] and path[0] in OPEN for path in paths):
        raise _must_be_open()
    payload, disclosures = hide(claims, paths, decoys=decoys)
    if holder_key is not None:
        payload["cnf"] = {"jwk": holder_key.jwk()}
    return "~".join([jose.sign(payload, key, typ=typ, headers=headers), *disclosures, ""])


def present(
    token: str,
    keep: Iterable[Path] | None = None,
    *,
    holder_key: SigningKey | None = None,
    audience: str = "",
    nonce: str = "",
    now: datetime | None = None,
) -> str:
    """Return the SD-JWT with only the disclosures that open the claims at the paths, and what is in them.

    Without `keep` all are kept. With the holder's key it is bound to an audience and a nonce at a time. Raises
    Unreadable for a path that leads to no claim, Unbound when the key is not the one the credential is bound to.
    """
    jwt, disclosures, _binding = _parts(token)
    _header, payload = jose.unverified(jwt)
    opened = reveal(payload, disclosures)
    if keep is not None:
        paths = list(keep)
        for path in paths:
            if not exists(opened.claims, path):
                raise Unreadable(
                    _("The credential has no claim at “%(path)s”.") % {"path": path}, "no-such-claim"
                )
        wanted = {text for place, text in opened.places.items() if any(covers(path, place) for path in paths)}
        disclosures = [text for text in disclosures if text in wanted]
    shown = "~".join([jwt, *disclosures, ""])
    if holder_key is None:
        return shown
    if now is None or not audience or not nonce:
        raise ValueError("a key binding needs an audience, a nonce and a time")
    if _holder(payload) != holder_key.public:
        raise _unbound(_("The credential is bound to another key than the holder's."), "binding-key")
    claims = {
        "iat": int(now.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest(shown, payload.get("_sd_alg", "sha-256")),
    }
    return shown + jose.sign(claims, SigningKey(holder_key.kind, holder_key.private, ""), typ="kb+jwt")


def verify(
    token: str,
    resolve: Resolve | PublicKey | ForeignKey,
    *,
    now: datetime,
    audience: str | None = None,
    nonce: str | None = None,
    typs: Collection[str] = TYPES,
    period: bool = True,
) -> Shown:
    """Return what an SD-JWT shows, after every check of RFC 9901, section 7.3.

    With an audience and a nonce a key binding for these is required, else Unbound is raised; a binding that was not
    asked for must hold as well, but proves nothing. `resolve` may be a key that the caller trusts. Raises Altered,
    Unreadable and Unsupported as `jose.verify` does, and OutOfPeriod, which has what is shown; without `period` the
    times in the token are not judged.
    """
    if (audience is None) != (nonce is None):
        raise ValueError("a key binding is asked for with an audience and a nonce, or not at all")
    jwt, disclosures, binding = _parts(token)
    if isinstance(resolve, PublicKey | ForeignKey):
        signed = jose.verify_by(jwt, resolve, typs=typs)
    else:
        signed = jose.verify(jwt, resolve, typs=typs)
    opened = reveal(signed.payload, disclosures)
    if any(len(place) == 1 and place[0] in OPEN for place in opened.places):
        raise _must_be_open()
    bound = audience is not None
    if binding:
        _check_binding(token, binding, signed.payload, audience, nonce, now)
    elif bound:
        raise _unbound(
            _("The holder did not prove to be the one the credential was issued to."), "binding-missing"
        )
    shown = Shown(opened.claims, signed.header, signed.method, bound, opened.withheld)
    if period:
        _check_period(shown, now)
    return shown


def _parts(token: str) -> tuple[str, list[str], str]:
    """Return the signed token, the disclosures, and the key binding or nothing."""
    jwt, *disclosures = token.split("~")
    binding = disclosures.pop() if disclosures else None
    if binding is None or not all(disclosures):
        raise Unreadable(
            _(
                "This is no SD-JWT: it must have a token and disclosures, each with “~” after it. Was it cut off?"
            ),
            "not-sd-jwt",
        )
    return jwt, disclosures, binding


def _check_binding(
    token: str,
    binding: str,
    payload: Mapping[str, Any],
    audience: str | None,
    nonce: str | None,
    now: datetime,
) -> None:
    holder = _holder(payload)
    if holder is None:
        raise _unbound(
            _("The issuer bound the credential to no key, so nobody can prove to hold it."), "binding-key"
        )
    try:
        claims = jose.verify_by(binding, holder, typs={"kb+jwt"}).payload
        issued = jose.moment(claims, "iat")
        expires, starts = jose.moment(claims, "exp"), jose.moment(claims, "nbf")
    except (Altered, Unreadable, Unsupported) as error:
        raise _unbound(error.sentence, f"binding-{error.reason}") from error
    if claims.get("sd_hash") != digest(token[: -len(binding)], payload.get("_sd_alg", "sha-256")):
        raise _unbound(_("The holder proved to hold something else than what is shown."), "binding-hash")
    if issued is None or not isinstance(claims.get("aud"), str) or not isinstance(claims.get("nonce"), str):
        raise _unbound(
            _("The holder's proof lacks its time, its audience or its nonce."), "binding-incomplete"
        )
    if audience is None:
        return
    if claims["aud"] != audience:
        raise _unbound(_("The holder's proof was made for somebody else."), "binding-audience")
    if claims["nonce"] != nonce:
        raise _unbound(_("The holder's proof was made for another occasion."), "binding-nonce")
    late = (expires is not None and now >= expires) or (starts is not None and now < starts - SKEW)
    if late or abs(now - issued) > WINDOW:
        raise _unbound(
            _("The holder's proof was not made just now. Ask the holder to present again."), "binding-time"
        )


def _check_period(shown: Shown, now: datetime) -> None:
    claims = shown.claims
    starts, issued, ends = (jose.moment(claims, name) for name in ("nbf", "iat", "exp"))
    if ends is not None and now >= ends:
        raise OutOfPeriod(
            _("The credential expired on %(day)s.") % {"day": ends.date().isoformat()}, "expired", shown
        )
    later = max((each for each in (starts, issued) if each is not None and each > now + SKEW), default=None)
    if later is not None:
        raise OutOfPeriod(
            _("The credential is valid only from %(day)s.") % {"day": later.date().isoformat()},
            "not-yet-valid",
            shown,
        )


def _holder(payload: Mapping[str, Any]) -> PublicKey | ForeignKey | None:
    """Return the key that the credential is bound to (RFC 7800, `cnf`), or None; raise Unbound for another binding."""
    if "cnf" not in payload:
        return None
    jwk = payload["cnf"].get("jwk") if isinstance(payload["cnf"], dict) else None
    if not isinstance(jwk, dict):
        raise _unbound(
            _("The credential is bound to its holder in a way that Gilde does not know."), "binding-key"
        )
    try:
        return any_key(jwk)
    except (Unreadable, Unsupported) as error:
        raise _unbound(error.sentence, "binding-key") from error


def _unbound(sentence: str, reason: str) -> Unbound:
    return Unbound(sentence, reason)


def _must_be_open() -> Unreadable:
    return Unreadable(
        _("A claim is hidden that must be seen by all, such as the issuer, the period or the status."),
        "claim-hidden",
    )
