"""Token Status List: whether a token is still good, as a signed list of small numbers (draft-ietf-oauth-status-list).

Unlike a Bitstring Status List the bits count from the right within a byte, and the list is compressed with ZLIB.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable, Unsupported
from gilde.credentials.keys.did import Method, Resolve
from gilde.credentials.keys.kinds import PublicKey, SigningKey, base64url
from gilde.credentials.proofs import jose

TYPE: Final = "statuslist+jwt"
MEDIA_TYPE: Final = f"application/{TYPE}"
WIDTHS: Final = (1, 2, 4, 8)
LARGEST: Final = 16 * 1024 * 1024  # bytes that a list may have when unpacked: 64 million entries of two bits


class Status(IntEnum):
    """What an entry says (section 7.1); other values are an application's own, and Gilde does not know them."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2


@dataclass(frozen=True)
class StatusList:
    """A list as read: `uri` is its name, `fresh_until` when it should be fetched again, `expires` when it ends.

    `method` is None when the key was given by the caller.
    """

    uri: str
    bits: int
    entries: bytes
    issued: datetime
    fresh_until: datetime | None
    expires: datetime | None
    method: Method | None

    def status(self, index: int) -> int:
        """Return the number at an index, see `Status`; raise Unreadable when the list is shorter."""
        return value(self.entries, index, self.bits)

    def current(self, now: datetime) -> bool:
        """Tell whether the list may be relied on now: it is not from the future, and has not expired."""
        return self.issued <= now + timedelta(minutes=1) and (self.expires is None or now < self.expires)


@dataclass(frozen=True)
class Reference:
    """Where a token says its own status stands."""

    uri: str
    index: int


def build(size: int, statuses: Mapping[int, int] | Iterable[tuple[int, int]] = (), *, bits: int = 2) -> bytes:
    """Return the entries of a list of so many, each `bits` wide and 0 where nothing else is given (section 4).

    Raises Unreadable for an index outside, and for a status that does not fit.
    """
    _check_bits(bits)
    entries = bytearray((size * bits + 7) // 8)
    within, most = 8 // bits, (1 << bits) - 1
    for index, status in statuses.items() if isinstance(statuses, Mapping) else statuses:
        if not 0 <= index < size:
            raise _outside(index, size)
        if not 0 <= status <= most:
            raise Unreadable(
                _("The status %(status)d does not fit in %(bits)d bits.") % {"status": status, "bits": bits},
                "status-too-wide",
            )
        place, shift = divmod(index, within)
        shift *= bits
        entries[place] = entries[place] & ~(most << shift) & 0xFF | status << shift
    return bytes(entries)


def value(entries: bytes, index: int, bits: int) -> int:
    """Return the number at an index of a list whose entries have so many bits; raise Unreadable outside of it."""
    _check_bits(bits)
    within = 8 // bits
    if not 0 <= index < len(entries) * within:
        raise _outside(index, len(entries) * within)
    return entries[index // within] >> index % within * bits & (1 << bits) - 1


def encode(entries: bytes) -> str:
    """Return the entries as `lst`: ZLIB at its best, then base64url."""
    return base64url(zlib.compress(entries, 9))


def decode(lst: str, *, largest: int = LARGEST) -> bytes:
    """Return the entries of a `lst`.

    Raises TooMuch as soon as more than `largest` bytes come out, without unpacking the rest, and Unreadable for what
    is no whole ZLIB stream or has something after it.
    """
    if len(lst) > largest * 4 // 3 + 1024:
        raise _too_large(largest)
    packed = jose.unpacked(lst)
    stream = zlib.decompressobj()
    try:
        entries = stream.decompress(packed, largest + 1)
    except zlib.error as error:
        raise _damaged() from error
    if len(entries) > largest:
        raise _too_large(largest)
    if not stream.eof or stream.unused_data:
        raise _damaged()
    return entries


def sign(
    entries: bytes,
    key: SigningKey,
    *,
    uri: str,
    now: datetime,
    lasts: timedelta,
    refresh: timedelta,
    bits: int = 2,
) -> str:
    """Return the status list token (section 5.1): good for `lasts`, to be fetched again after `refresh`."""
    issued = int(now.timestamp())
    claims = {
        "sub": uri,
        "iat": issued,
        "exp": issued + int(lasts.total_seconds()),
        "ttl": max(1, int(refresh.total_seconds())),
        "status_list": {"bits": bits, "lst": encode(entries)},
    }
    return jose.sign(claims, key, typ=TYPE)


def read(token: str, resolve: Resolve | PublicKey, *, uri: str, largest: int = LARGEST) -> StatusList:
    """Return the list of a status list token that was fetched from a URI (sections 5.1 and 8.3).

    Whether it is recent enough is for the caller to judge, and that its issuer may speak for the token's. Raises
    Unreadable, Altered, Unsupported as `jose.verify` does, Unreadable for another list than asked for, and TooMuch.
    """
    if isinstance(resolve, PublicKey):
        signed = jose.verify_by(token, resolve, typs={TYPE})
    else:
        signed = jose.verify(token, resolve, typs={TYPE})
    claims = signed.payload
    if claims.get("sub") != uri:
        raise Unreadable(_("The status list is another than the one asked for."), "other-list")
    issued, expires = jose.moment(claims, "iat"), jose.moment(claims, "exp")
    told = claims.get("status_list")
    if issued is None or not isinstance(told, dict) or not isinstance(told.get("lst"), str):
        raise Unreadable(_("The status list lacks its time or its entries."), "list-incomplete")
    _check_bits(told.get("bits"))
    return StatusList(
        uri=uri,
        bits=told["bits"],
        entries=decode(told["lst"], largest=largest),
        issued=issued,
        fresh_until=_fresh_until(claims, issued),
        expires=expires,
        method=signed.method,
    )


def claim(uri: str, index: int) -> dict[str, Any]:
    """Return the `status` claim of a token that stands at an index of a list (section 6.1)."""
    return {"status_list": {"idx": index, "uri": uri}}


def reference(claims: Mapping[str, Any]) -> Reference | None:
    """Return where the token's status stands, or None when it has none.

    Raises Unreadable for a broken claim, Unsupported when the status is told in another way than by a list.
    """
    if "status" not in claims:
        return None
    told = claims["status"]
    if isinstance(told, dict) and "status_list" not in told and told:
        raise Unsupported(
            _("The credential tells its status in a way that Gilde does not know (%(ways)s).")
            % {"ways": ", ".join(told)[:80]},
            "status-mechanism",
        )
    named = told.get("status_list") if isinstance(told, dict) else None
    index, uri = (named.get("idx"), named.get("uri")) if isinstance(named, dict) else (None, None)
    if type(index) is not int or index < 0 or not isinstance(uri, str) or ":" not in uri:
        raise Unreadable(_("The credential does not say properly where its status stands."), "status-claim")
    return Reference(uri, index)


def _fresh_until(claims: Mapping[str, Any], issued: datetime) -> datetime | None:
    if "ttl" not in claims:
        return None
    seconds = claims["ttl"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise Unreadable(
            _("“ttl” of the status list must be a number of seconds above nought."), "time", claim="ttl"
        )
    return datetime.fromtimestamp(min(issued.timestamp() + seconds, jose.LATEST), UTC)


def _check_bits(bits: object) -> None:
    if type(bits) is not int or bits not in WIDTHS:
        raise Unreadable(_("An entry of a status list has 1, 2, 4 or 8 bits."), "bits")


def _outside(index: int, size: int) -> Unreadable:
    return Unreadable(
        _("The status list has %(size)d entries, and none with the number %(index)d.")
        % {"size": size, "index": index},
        "index-outside",
    )


def _too_large(largest: int) -> TooMuch:
    return TooMuch(
        _(
            "The status list becomes larger than %(most)d MB when unpacked. No honest list does; it was not read."
        )
        % {"most": largest // (1024 * 1024)},
        "list-too-large",
    )


def _damaged() -> Unreadable:
    return Unreadable(
        _("The status list cannot be unpacked; it was damaged or cut off on the way."), "list-damaged"
    )
