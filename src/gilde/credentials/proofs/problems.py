"""What the specifications call the errors of a proof, carried by ours as `problem` for machines that know them.

Sources: VC Data Integrity 1.0, section 4.7; Controlled Identifiers 1.0, section 3.5. In an RFC 9457 document their
type is "https://w3id.org/security#" and the name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from gilde.credentials.errors import Altered, Unreadable, Unsupported

NAMESPACE: Final = "https://w3id.org/security#"


class Problem(StrEnum):
    """The names of errors in the specifications."""

    GENERATION = "PROOF_GENERATION_ERROR"
    VERIFICATION = "PROOF_VERIFICATION_ERROR"
    TRANSFORMATION = "PROOF_TRANSFORMATION_ERROR"
    DOMAIN = "INVALID_DOMAIN_ERROR"
    CHALLENGE = "INVALID_CHALLENGE_ERROR"
    METHOD_URL = "INVALID_VERIFICATION_METHOD_URL"
    METHOD = "INVALID_VERIFICATION_METHOD"
    RELATIONSHIP = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


def malformed(sentence: str, reason: str, problem: Problem = Problem.VERIFICATION) -> Unreadable:
    """Return the error of a proof that breaks the rules of its form."""
    return Unreadable(sentence, reason, problem=NAMESPACE + problem)


def unsupported(sentence: str, reason: str, problem: Problem = Problem.VERIFICATION) -> Unsupported:
    """Return the error of a proof by means that Gilde does not know."""
    return Unsupported(sentence, reason, problem=NAMESPACE + problem)


def refused(sentence: str, reason: str, problem: Problem = Problem.VERIFICATION) -> Altered:
    """Return the error of a proof that does not prove what it claims."""
    return Altered(sentence, reason, problem=NAMESPACE + problem)
