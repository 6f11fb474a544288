"""The members of a proof, read strictly (VC Data Integrity 1.0, section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.keys.base58 import from_multibase
from gilde.credentials.keys.instants import read_instant
from gilde.credentials.proofs.problems import Problem, malformed, unsupported
from gilde.credentials.proofs.suites import Suite, suite_of

Json = Mapping[str, Any]

TYPE: Final = "DataIntegrityProof"
MOST: Final = 32  # proofs of one document: each has to be canonicalised
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class Options:
    """A proof as read: `told` is the whole as given, `value` the bytes of the signature."""

    told: Json
    suite: Suite
    method: str
    purpose: str
    value: bytes
    id: str = ""
    created: datetime | None = None
    expires: datetime | None = None
    domains: frozenset[str] = frozenset()
    challenge: str | None = None
    previous: tuple[str, ...] = ()

    @property
    def config(self) -> dict[str, Any]:
        """The proof without the signature."""
        return {name: value for name, value in self.told.items() if name != "proofValue"}


def read_proofs(document: object) -> list[Options]:
    """Return the proofs of a document in its order.

    Raise Unreadable where there is none or one is malformed, Unsupported for a suite that Gilde does not know.
    """
    if not isinstance(document, Mapping):
        raise malformed(_("The document is no JSON object, so it has no signature."), "not-an-object")
    told = document.get("proof")
    listed = told if isinstance(told, list) else [told]
    if "proof" not in document or not listed:
        raise malformed(_("The document carries no signature (“proof”), so nothing proves it."), "no-proof")
    if len(listed) > MOST:
        raise TooMuch(
            _("The document has %(count)s signatures; Gilde reads at most %(most)s.")
            % {"count": len(listed), "most": MOST},
            "too-many-proofs",
        )
    proofs = [_read(each) for each in listed]
    ids = [proof.id for proof in proofs if proof.id]
    if len(ids) != len(set(ids)):
        raise malformed(_("Two signatures of the document have the same identifier."), "proof-id")
    return proofs


def _read(told: object) -> Options:
    if not isinstance(told, Mapping):
        raise malformed(_("A signature (“proof”) must be a JSON object; this one is not."), "proof-form")
    form = _text(told, "type", "proof-type")
    if form != TYPE:
        raise unsupported(
            _(
                "The signature is of the type “%(type)s”, which Gilde cannot check; it knows DataIntegrityProof."
            )
            % {"type": form[:60]},
            "proof-type",
            Problem.TRANSFORMATION,
        )
    suite = suite_of(_text(told, "cryptosuite", "cryptosuite"), Problem.TRANSFORMATION)
    method = _text(told, "verificationMethod", "verification-method")
    if not _URL.fullmatch(method):
        raise malformed(
            _("The signature names its key by “%(url)s”, which is no address.") % {"url": method[:200]},
            "verification-method",
            Problem.METHOD_URL,
        )
    if "nonce" in told:
        _text(told, "nonce", "nonce")
    return Options(
        told=told,
        suite=suite,
        method=method,
        purpose=_text(told, "proofPurpose", "proof-purpose"),
        value=_value(told),
        id=_id(told),
        created=_moment(told, "created"),
        expires=_moment(told, "expires"),
        domains=frozenset(_texts(told, "domain")),
        challenge=_text(told, "challenge", "challenge") if "challenge" in told else None,
        previous=_texts(told, "previousProof"),
    )


def _text(told: Json, name: str, reason: str) -> str:
    value = told.get(name)
    if isinstance(value, str) and value:
        return value
    sentence = _("The signature must have “%(name)s” as a text.") % {"name": name}
    raise malformed(sentence, reason)


def _texts(told: Json, name: str) -> tuple[str, ...]:
    if name not in told:
        return ()
    value = told[name]
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str) and each for each in listed):
        raise malformed(
            _("“%(name)s” of the signature must be a text or a list of texts.") % {"name": name},
            "previous-proof" if name == "previousProof" else name,
        )
    return tuple(listed)


def _id(told: Json) -> str:
    if "id" not in told:
        return ""
    value = _text(told, "id", "proof-id")
    if not _URL.fullmatch(value):
        raise malformed(
            _("The identifier of the signature, “%(id)s”, is no URL.") % {"id": value[:200]}, "proof-id"
        )
    return value


def _moment(told: Json, name: str) -> datetime | None:
    if name not in told:
        return None
    try:
        return read_instant(told[name], zoneless=True)  # without a zone it is UTC (section 2.1)
    except Unreadable as error:
        raise malformed(error.sentence, f"proof-{name}", Problem.GENERATION) from None


def _value(told: Json) -> bytes:
    try:
        return from_multibase(told.get("proofValue"))
    except Unreadable as error:
        raise malformed(error.sentence, "proof-value") from None
