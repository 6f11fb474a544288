"""Receipts and proofs of the log as JSON: whoever holds one shows, without the log, when a credential existed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable
from gilde.credentials.keys.kinds import PublicKey
from gilde.credentials.log import checkpoint, tree

TYPE = "GildeLogReceipt"
_DEEPEST = 64  # hashes of a path: a log of more leaves than that is none


@dataclass(frozen=True)
class Receipt:
    """That a leaf stands at `index` of the log, by the path to the root of a signed checkpoint (the note)."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: str

    def document(self) -> dict[str, Any]:
        """Return the receipt for JSON; hashes are in base64."""
        return {
            "type": TYPE,
            "leafHash": encoded(self.leaf),
            "leafIndex": self.index,
            "inclusionPath": [encoded(each) for each in self.path],
            "checkpoint": self.note,
        }


def read(document: Any) -> Receipt:
    """Return the receipt of a JSON document. Raises Unreadable when it is none; nothing is verified yet."""
    if not isinstance(document, dict) or document.get("type") != TYPE:
        raise _no_receipt(_("its type must be %(type)s") % {"type": TYPE})
    index, note = document.get("leafIndex"), document.get("checkpoint")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < 1 << 63:
        raise _no_receipt(_("leafIndex must be a whole number"))
    if not isinstance(note, str):
        raise _no_receipt(_("checkpoint must be a text"))
    return Receipt(_hash(document.get("leafHash")), index, path(document.get("inclusionPath")), note)


def verify_receipt(receipt: Receipt, leaf: bytes, *keys: PublicKey, origin: str = "") -> datetime:
    """Return when the log signed that it held the leaf: the credential existed then, or before.

    `leaf` is the leaf hash that the verifier computed; `keys` are those of the log. Raises Altered when the receipt is
    of another leaf, does not lead to the signed root, or is signed by another; Unreadable when its checkpoint is none.
    """
    if receipt.leaf != leaf:
        raise Altered(_("The receipt of the log is of another credential."), "log-leaf")
    told = checkpoint.verify(receipt.note, *keys, origin=origin)
    if not tree.verify_inclusion(leaf, receipt.index, told.size, receipt.path, told.root):
        raise Altered(_("The receipt does not lead from this credential to what the log signed."), "log-path")
    return told.at


def inclusion(index: int, size: int, told: Sequence[bytes]) -> dict[str, Any]:
    """Return an inclusion proof for JSON, as RFC 9162 names its members."""
    return {"leaf_index": index, "tree_size": size, "inclusion_path": [encoded(each) for each in told]}


def consistency(first: int, second: int, told: Sequence[bytes]) -> dict[str, Any]:
    """Return a consistency proof for JSON, as RFC 9162 names its members."""
    return {"tree_size_1": first, "tree_size_2": second, "consistency_path": [encoded(each) for each in told]}


def encoded(hashed: bytes) -> str:
    """Return a hash in base64 (RFC 4648, section 4)."""
    return base64.b64encode(hashed).decode("ascii")


def path(told: Any) -> tuple[bytes, ...]:
    """Return the hashes of a path in JSON. Raises Unreadable for anything else."""
    if not isinstance(told, list) or len(told) > _DEEPEST:
        raise _no_receipt(_("a path must be a list of hashes"))
    return tuple(_hash(each) for each in told)


def _hash(told: Any) -> bytes:
    try:
        data = base64.b64decode(told, validate=True) if isinstance(told, str) else b""
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != tree.HASH or encoded(data) != told:
        raise _no_receipt(_("a hash must be 32 bytes in base64"))
    return data


def _no_receipt(what: str) -> Unreadable:
    return Unreadable(
        _("This is no receipt of a log: %(what)s. Ask the one who keeps the log for it again.")
        % {"what": what},
        "receipt",
    )
