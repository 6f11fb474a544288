"""The reasons for which edits are refused, by what they are about: each family of edits names those that may be its."""

from __future__ import annotations

from typing import Final

SIGNATURE: Final = frozenset({"signature-wrong"})
# What makes a document no credential, or one without a meaning; told before the signature is looked at.
FORM: Final = frozenset(
    {
        "@context", "MALFORMED_VALUE_ERROR", "context", "credentialStatus", "credentialSubject", "id", "inline-context",
        "issuer", "language", "no-address", "no-canonical-form", "no-proof", "not-an-object", "not-compact",
        "not-json-ld", "nothing-said", "period", "proof", "protected-term", "terms-of-use", "time", "told-twice",
        "type", "undefined-term", "unknown-context", "unknown-type", "unsigned", "wrong-value",
        "relatedResource", "evidence", "big-number", "no-credential", "lone-surrogate", "credentialSchema",
        "renderMethod",
    }
)  # fmt: skip
PROOF: Final = frozenset(
    {
        "challenge", "created-in-future", "cryptosuite", "domain", "key-kind", "key-not-published", "key-period",
        "nonce", "previous-proof", "proof-context", "proof-created", "proof-expired", "proof-expires", "proof-form",
        "proof-id", "proof-purpose", "proof-type", "proof-value", "purpose", "purpose-not-allowed",
        "signature-length", "verification-method", "keys-unreachable", "did-method", "multibase", "no-proof",
    }
)  # fmt: skip
# What is no file of a credential at all.
TEXT: Final = frozenset(
    {
        "not-json", "duplicate-key", "nan", "big-number", "lone-surrogate", "not-utf8", "too-deep", "unknown",
        "no-credential", "nothing", "xml", "html", "plain-svg", "open-badge-2", "data-url",
    }
)  # fmt: skip


# What makes a text no token, or one that asks for what is not known.
TOKEN: Final = frozenset(
    {
        "algorithm", "algorithm-of-key", "base64url", "critical-header", "cty", "issuer-key", "key-not-published",
        "no-key-named", "not-an-object", "not-compact", "not-signed", "typ", "verification-method", "did-method",
        "claims-differ", "vc-claim", "key-point", "multibase", "keys-unreachable", "encrypted", "status-claim",
        "created-in-future", "not-sd-jwt",
    }
)  # fmt: skip
DISCLOSURE: Final = frozenset(
    {
        "disclosure-unreferenced", "disclosure-twice", "disclosure-form", "base64url", "not-sd-jwt", "claim-hidden",
        "digest-twice", "digests-malformed", "reserved-name", "claim-twice", "too-deep", "not-json", "not-utf8",
        "duplicate-key", "no-such-claim",
    }
)  # fmt: skip
BINDING: Final = frozenset(
    {
        "binding-missing", "binding-key", "binding-hash", "binding-incomplete", "binding-audience", "binding-nonce",
        "binding-time", "binding-base64url", "binding-not-compact", "binding-typ", "binding-algorithm",
        "binding-algorithm-of-key", "binding-signature-wrong", "binding-not-an-object", "binding-not-signed",
        "binding-critical-header", "binding-not-json", "binding-not-utf8", "binding-duplicate-key",
        "binding-nan", "binding-big-number", "binding-lone-surrogate", "binding-too-deep",
    }
)  # fmt: skip
SEAL: Final = frozenset(
    {
        "no-seal", "seal-signatures", "seal-header", "seal-alg", "seal-crit", "seal-sigD", "seal-x5c",
        "certificate-unreadable", "certificate-swapped", "stamp-unreadable", "stamp-wrong", "seal-unknown",
        "certificate-chain-broken", "certificate-weak", "certificate-not-for-seals", "no-credential",
        "certificate-not-yet-valid", "certificate-expired", "unknown-root",
    }
)  # fmt: skip
PAPER: Final = frozenset(
    {
        "changed-after-seal", "content-changed", "signature-wrong", "seal-over-part", "damaged", "no-pdf", "encrypted",
        "too-large", "too-many-parts", "inflates", "too-deep", "unsigned", "paper-unsealed", "no-credential-inside",
        "pades-subfilter", "pades-algorithm", "pades-content", "pades-stamps", "pades-seals", "pades-stamp-alone",
        "certificate-unreadable", "crashed", "too-slow", "too-much-memory", "bad-answer", "stamp-wrong",
        "stamp-unreadable", "certificate-chain-broken", "certificate-weak", "certificate-not-for-seals",
        "certificate-not-yet-valid", "certificate-expired", "seal-unknown", "seal-of-another",
    }
)  # fmt: skip


# What makes a picture no sound one, or one without a badge.
PICTURE: Final = frozenset(
    {
        "png-crc", "png-cut-off", "png-chunk", "png-trailing", "png-text", "not-png", "not-utf8", "no-credential",
        "several-credentials", "open-badges-2", "too-large", "no-code", "no-picture", "picture-kind", "unknown",
        "archive", "office", "nothing", "empty",
    }
)  # fmt: skip
DRAWING: Final = frozenset(
    {
        "not-svg", "svg-credential", "svg-doctype", "svg-instruction", "svg-script", "svg-encoding", "svg-empty",
        "svg-namespace", "plain-svg", "too-deep", "several-credentials", "open-badges-2", "no-credential", "unknown",
        "html", "xml", "nothing", "not-json", "duplicate-key", "not-utf8",
    }
)  # fmt: skip
# What is wrong with a list leaves open whether the award was revoked.
LIST: Final = frozenset(
    {
        "STATUS_RETRIEVAL_ERROR", "STATUS_VERIFICATION_ERROR", "STATUS_LIST_LENGTH_ERROR", "RANGE_ERROR",
        "MALFORMED_VALUE_ERROR", "bits", "index-outside", "list-damaged", "list-incomplete", "list-too-large",
        "list-unreachable", "other-list", "status-issuer", "status-key", "status-list-too-large", "status-stale",
        "status-value", "time", "type", "envelope",
    }
)  # fmt: skip


RECEIPT: Final = frozenset(
    {
        "receipt",
        "log-leaf",
        "log-path",
        "log-origin",
        "log-signature",
        "log-signer",
        "checkpoint",
        "not-an-object",
    }
)
