"""Bitstring status lists: what is revoked or suspended, one bit for each award in a list that tells nothing else.

W3C Bitstring Status List v1.0. Nothing here signs, fetches or stores: the list's credential is a plain document that
proofs secure like any other, and whoever reads one has verified it first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gilde.credentials.status.bits import (
    FEWEST,
    LARGEST,
    BadStatus,
    Problem,
    bit,
    build,
    check_size,
    decode,
    encode,
    malformed,
    value,
    whole,
)

__all__ = [
    "BadStatus",
    "Entry",
    "Problem",
    "Status",
    "StatusList",
    "bit",
    "build",
    "decode",
    "document",
    "encode",
    "entries",
    "entry",
    "read",
    "validate",
    "value",
]

CONTEXT = "https://www.w3.org/ns/credentials/v2"
REVOCATION, SUSPENSION, REFRESH, MESSAGE = "revocation", "suspension", "refresh", "message"
STOPPING = frozenset({REVOCATION, SUSPENSION})  # the purposes for which a set bit ends an award's validity

_URL = re.compile(r"[a-z][a-z0-9+.-]*:.")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Entry:
    """Where an award stands: what its `credentialStatus` says. `messages` are by value, when there are any."""

    purpose: str
    index: int
    url: str
    size: int = 1
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class StatusList:
    """A list as published; `size` is the number of bits of an entry, None when the list does not say it.

    `ttl` is how long a copy may be used before another is asked for; the period is that of the credential.
    """

    url: str
    issuer: str
    purposes: frozenset[str]
    bits: bytes
    size: int | None = None
    messages: tuple[str, ...] = ()
    ttl: timedelta | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def current(self, now: datetime) -> bool:
        """Return whether the list may be believed at this moment, by its period."""
        begun = self.valid_from is None or self.valid_from <= now
        return begun and (self.valid_until is None or now <= self.valid_until)


@dataclass(frozen=True)
class Status:
    """What a list says of one entry; `valid` is as in the algorithm of section 3.2, that is: the value is 0."""

    purpose: str
    value: int
    message: str = ""

    @property
    def valid(self) -> bool:
        return self.value == 0


def entry(
    url: str, index: int, purpose: str, *, size: int = 1, messages: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the `credentialStatus` of an award that stands at `index` of the list at `url`."""
    told: dict[str, Any] = {
        "id": f"{url}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": url,
    }
    if size > 1:
        told["statusSize"] = size
    if messages:
        told["statusMessage"] = [
            {"status": f"{number:#x}", "message": message} for number, message in enumerate(messages)
        ]
    return told


def entries(document: Mapping[str, Any]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries of a credential in bitstring lists, and the types of its other `credentialStatus`.

    Raises BadStatus (MALFORMED_VALUE_ERROR) for an entry that breaks section 2.1.
    """
    told = document.get("credentialStatus", [])
    known: list[Entry] = []
    others: list[str] = []
    for each in told if isinstance(told, list) else [told]:
        if not isinstance(each, dict):
            raise malformed(_("credentialStatus must be an object or a list of objects"))
        types = _strings(each.get("type"), "credentialStatus.type")
        if "BitstringStatusListEntry" in types:
            known.append(_read_entry(each))
        else:
            others.append(" ".join(types))
    return tuple(known), tuple(others)


def document(
    bits: bytes,
    *,
    url: str,
    issuer: str,
    purposes: Sequence[str],
    valid_from: datetime,
    valid_until: datetime | None = None,
    ttl: timedelta | None = None,
) -> dict[str, Any]:
    """Return the list's credential, unsigned (section 2.2). `ttl` is written in milliseconds, times in UTC."""
    subject: dict[str, Any] = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purposes[0] if len(purposes) == 1 else list(purposes),
        "encodedList": encode(bits),
    }
    if ttl is not None:
        subject["ttl"] = ttl // timedelta(milliseconds=1)
    told: dict[str, Any] = {
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": _stamp(valid_from),
    }
    if valid_until is not None:
        told["validUntil"] = _stamp(valid_until)
    return {**told, "credentialSubject": subject}


def read(document: Mapping[str, Any], *, largest: int = LARGEST) -> StatusList:
    """Return the list that a credential holds; the caller has verified its proof.

    Raises BadStatus (MALFORMED_VALUE_ERROR) when it breaks section 2.2, TooMuch when it inflates to more than `largest`
    bytes.
    """
    if "BitstringStatusListCredential" not in _strings(document.get("type"), "type"):
        raise malformed(_("the type must include BitstringStatusListCredential"))
    subject = document.get("credentialSubject")
    if isinstance(subject, list) and len(subject) == 1:
        subject = subject[0]
    if not isinstance(subject, dict):
        raise malformed(_("credentialSubject must be one object"))
    if "BitstringStatusList" not in _strings(subject.get("type"), "credentialSubject.type"):
        raise malformed(_("the type of credentialSubject must be BitstringStatusList"))
    encoded = subject.get("encodedList")
    if not isinstance(encoded, str):
        raise malformed(_("encodedList must be a text"))
    ttl = subject.get("ttl")
    if ttl is not None and not (whole(ttl) and 0 <= ttl < 10**12):
        raise malformed(_("ttl must be a number of milliseconds"))
    issuer = document.get("issuer", "")
    size = subject.get("statusSize")
    if size is not None:
        check_size(size)
    return StatusList(
        url=str(document.get("id", "")),
        issuer=str(issuer.get("id", "")) if isinstance(issuer, dict) else str(issuer),
        purposes=frozenset(_strings(subject.get("statusPurpose"), "credentialSubject.statusPurpose")),
        bits=decode(encoded, largest=largest),
        size=size,
        messages=_messages(subject.get("statusMessages", subject.get("statusMessage")), size or 1),
        ttl=None if ttl is None else timedelta(milliseconds=ttl),
        valid_from=_moment(document.get("validFrom"), "validFrom"),
        valid_until=_moment(document.get("validUntil"), "validUntil"),
    )


def validate(entry: Entry, found: StatusList, *, fewest: int = FEWEST) -> Status:
    """Return the status of an entry in the list that was found at its URL, of which the proof was verified.

    The order and the codes are those of section 3.2. Raises BadStatus with STATUS_VERIFICATION_ERROR for a list of
    another purpose or another URL, STATUS_LIST_LENGTH_ERROR for one of fewer than `fewest` entries, RANGE_ERROR.
    """
    if found.url and found.url != entry.url:
        raise BadStatus(
            _(
                "The list at %(url)s says that it is another one, %(other)s, so nothing can be learned from it."
            )
            % {"url": entry.url, "other": found.url[:200]},
            Problem.VERIFICATION,
        )
    if entry.purpose not in found.purposes:
        raise BadStatus(
            _("The list at %(url)s does not say which credentials have the status “%(purpose)s”.")
            % {"url": entry.url, "purpose": entry.purpose},
            Problem.VERIFICATION,
        )
    if found.size not in (None, entry.size):
        raise malformed(_("the list and the credential differ on the number of bits of a status"))
    if len(found.bits) * 8 // entry.size < fewest:
        raise BadStatus(
            _("The list at %(url)s is shorter than the %(fewest)s entries that the standard asks for.")
            % {"url": entry.url, "fewest": fewest},
            Problem.LENGTH,
        )
    told = value(found.bits, entry.index, entry.size)
    messages = entry.messages or found.messages
    if not messages and entry.size == 1:
        messages = ("unset", "set")
    return Status(entry.purpose, told, messages[told] if told < len(messages) else "")


def _read_entry(told: Mapping[str, Any]) -> Entry:
    purpose, index, url = (
        told.get(name) for name in ("statusPurpose", "statusListIndex", "statusListCredential")
    )
    if not isinstance(purpose, str) or not purpose:
        raise malformed(_("statusPurpose must be a text"))
    if not isinstance(index, str) or not re.fullmatch(r"[0-9]{1,4000}", index):
        raise malformed(_("statusListIndex must be a whole number, written as a text"))
    if not isinstance(url, str) or not _URL.match(url):
        raise malformed(_("statusListCredential must be a URL"))
    if told.get("id") is not None and (not isinstance(told["id"], str) or told["id"] == url):
        raise malformed(_("the id of a credentialStatus must be a URL other than that of its list"))
    size = told.get("statusSize", 1)
    check_size(size)
    messages = _messages(told.get("statusMessage"), size)
    if size > 1 and not messages:
        raise malformed(_("statusMessage must be there when statusSize is more than 1"))
    if "statusReference" in told:
        for each in _strings(told["statusReference"], "statusReference"):
            if not _URL.match(each):
                raise malformed(_("statusReference must be a URL or a list of them"))
    return Entry(purpose, int(index), url, size, messages)


def _messages(told: Any, size: int) -> tuple[str, ...]:
    if told is None:
        return ()
    if not isinstance(told, list) or len(told) != 1 << size:
        raise malformed(_("statusMessage must list one message for each value that a status can have"))
    found: dict[int, str] = {}
    for each in told:
        status, message = (
            (each.get("status"), each.get("message")) if isinstance(each, dict) else (None, None)
        )
        if not isinstance(message, str) or not isinstance(status, str):
            raise malformed(_("each statusMessage must have a status and a message"))
        if not re.fullmatch(r"0x[0-9A-Fa-f]{1,8}", status):
            raise malformed(_("the status of a statusMessage must be hexadecimal, such as 0x1"))
        found[int(status, 16)] = message
    if set(found) != set(range(1 << size)):
        raise malformed(_("statusMessage must list one message for each value that a status can have"))
    return tuple(found[number] for number in range(1 << size))


def _strings(told: Any, name: str) -> list[str]:
    listed = told if isinstance(told, list) else [told]
    if not listed or not all(isinstance(each, str) and each for each in listed):
        raise malformed(_("%(name)s must be a text or a list of texts") % {"name": name})
    return listed


def _moment(told: Any, name: str) -> datetime | None:
    if told is None:
        return None
    try:
        if not isinstance(told, str) or not _STAMP.fullmatch(told):
            raise ValueError
        return datetime.fromisoformat(told)
    except ValueError:
        raise malformed(
            _("%(name)s must be a time with its zone, such as 2026-01-31T12:00:00Z") % {"name": name}
        ) from None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
