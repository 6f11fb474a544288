"""Checkpoints: the size and root of the log at a time, signed, as text that any log tool reads.

C2SP tlog-checkpoint in a signed note (c2sp.org/signed-note), Ed25519. The time stands in an extension line, as in
`Time: 2026-01-31T12:00:00Z`; the name of the key is the origin of the log.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.kinds import KeyKind, PublicKey, SigningKey
from gilde.credentials.log.tree import HASH

_ED25519 = b"\x01"  # the type of signature
_SIGNATURES = 64  # in one note, at most
_LONGEST = 100_000  # characters of a note
_TIME = re.compile(r"Time: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True)
class Checkpoint:
    """The log as it stood: `origin` names it (as "example.org/log"), `at` is aware and in whole seconds."""

    origin: str
    size: int
    root: bytes
    at: datetime


def text(checkpoint: Checkpoint) -> str:
    """Return the text that is signed, with its last line end."""
    if not _is_name(checkpoint.origin) or len(checkpoint.root) != HASH or checkpoint.size < 0:
        raise ValueError(
            "A checkpoint has an origin without spaces and plus, a size, and a root of 32 bytes."
        )
    root = base64.b64encode(checkpoint.root).decode("ascii")
    at = checkpoint.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\nTime: {at}\n"


def sign(checkpoint: Checkpoint, key: SigningKey) -> str:
    """Return the signed note. The key must be Ed25519."""
    if key.kind != KeyKind.ED25519:
        raise ValueError("Checkpoints are signed with Ed25519.")
    body = text(checkpoint)
    signed = _key_id(checkpoint.origin, key.public) + key.sign(body.encode())
    return f"{body}\n— {checkpoint.origin} {base64.b64encode(signed).decode('ascii')}\n"


def verifier(origin: str, key: PublicKey) -> str:
    """Return the key as log tools are told it: name, key ID and key, joined by plus (golang.org/x/mod/sumdb/note)."""
    told = base64.b64encode(_ED25519 + key.raw).decode("ascii")
    return f"{origin}+{_key_id(origin, key).hex()}+{told}"


def verify(note: str, *keys: PublicKey, origin: str = "") -> Checkpoint:
    """Return the checkpoint of a note that one of the keys of the log signed, and of no other log than `origin`.

    Signatures of others (witnesses, a newer key) are passed over. Raises Unreadable when it is no checkpoint, Altered
    when none of the keys signed it or a signature of theirs is wrong.
    """
    body, signatures = _parts(note)
    told = _read(body)
    if origin and told.origin != origin:
        raise Altered(
            _("The checkpoint is of the log “%(told)s” and not of “%(origin)s”.")
            % {"told": told.origin, "origin": origin},
            "log-origin",
        )
    known = {_key_id(told.origin, key): key for key in keys if key.kind == KeyKind.ED25519}
    proven = False
    for name, signed in signatures:
        key = known.get(signed[:4])
        if name != told.origin or key is None:
            continue
        if not key.verify(signed[4:], body.encode()):
            raise Altered(_("The signature of the log does not fit its checkpoint."), "log-signature")
        proven = True
    if not proven:
        raise Altered(_("The checkpoint is not signed by the log that it names."), "log-signer")
    return told


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the signed text and the signatures with their names."""
    body, gap, rest = note.rpartition("\n\n")
    if len(note) > _LONGEST or not gap or not rest.endswith("\n") or _CONTROL.search(note):
        raise _no_checkpoint(_("it must end in an empty line and the lines of signatures"))
    try:
        note.encode()
    except UnicodeEncodeError:
        raise _no_checkpoint(_("it holds what is no text")) from None
    signatures = []
    for line in rest[:-1].split("\n"):
        dash, *told = line.split(" ")
        if dash != "—" or len(told) != 2 or not _is_name(told[0]):
            raise _no_checkpoint(_("a line of a signature is a dash, a name and the signature"))
        signed = _base64(told[1])
        if len(signed) < 5:
            raise _no_checkpoint(_("a signature is too short"))
        signatures.append((told[0], signed))
    if len(signatures) > _SIGNATURES:
        raise _no_checkpoint(_("it has too many signatures"))
    return body + "\n", signatures


def _read(body: str) -> Checkpoint:
    lines = body[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise _no_checkpoint(_("it must have a name, a size and a root, and no empty line among them"))
    origin, size, root, *more = lines
    if not _is_name(origin) or not _SIZE.fullmatch(size):
        raise _no_checkpoint(_("its name must be without spaces and its size a whole number"))
    hashed = _base64(root)
    if len(hashed) != HASH:
        raise _no_checkpoint(_("its root must have 32 bytes"))
    times = [found[1] for line in more if (found := _TIME.fullmatch(line))]
    try:
        (time,) = times
        at = datetime.fromisoformat(time)
    except ValueError:
        raise _no_checkpoint(_("it must say once when it was signed")) from None
    return Checkpoint(origin, int(size), hashed, at)


def _key_id(name: str, key: PublicKey) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:4]


def _is_name(told: str) -> bool:
    return bool(told) and "+" not in told and not any(letter.isspace() for letter in told)


def _base64(told: str) -> bytes:
    try:
        data = base64.b64decode(told, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.b64encode(data).decode("ascii") != told:
        raise _no_checkpoint(_("a value is not base64"))
    return data


def _no_checkpoint(what: str) -> Unreadable:
    return Unreadable(
        _("This is no checkpoint of a log: %(what)s. Take the text again from where it was published, whole.")
        % {"what": what},
        "checkpoint",
    )
