"""How a question reaches a wallet: plain, by a link that holds all of it; or signed, by a link to it (OpenID4VP 1.0).

A plain one is from whoever has the address to which the wallet answers (`redirect_uri:`); a signed one from the owner
of a DID (`decentralized_identifier:`). What is asked is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from gilde.credentials.keys.kinds import SigningKey
from gilde.credentials.proofs import jose

TYPE: Final = "oauth-authz-req+jwt"
MEDIA_TYPE: Final = f"application/{TYPE}"
_ALGORITHMS: Final = ["ES256", "EdDSA"]
# What it is called when nobody knows which wallet will read it (OpenID4VP 1.0, section 5.8).
_ANY_WALLET: Final = "https://self-issued.me/v2"


@dataclass(frozen=True)
class Question:
    """What goes to the wallet: the query, where and how to answer."""

    query: Mapping[str, Any]
    nonce: str
    state: str
    answer_at: str


def plain_client(answer_at: str) -> str:
    """Return as who a plain request is made: for this the holder makes their proof."""
    return f"redirect_uri:{answer_at}"


def signed_client(did: str) -> str:
    """Return as who a signed request is made."""
    return f"decentralized_identifier:{did}"


def plain(question: Question) -> str:
    """Return the link with the whole question in it."""
    told = _parameters(question, plain_client(question.answer_at))
    texts = {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in told.items()
    }
    return _link(texts)


def by_reference(did: str, request_uri: str) -> str:
    """Return the link to a signed question."""
    return _link({"client_id": signed_client(did), "request_uri": request_uri})


def signed(question: Question, did: str, key: SigningKey, *, now: datetime, until: datetime) -> str:
    """Return the question as a token signed by the owner of the DID (RFC 9101)."""
    times = {"iat": int(now.timestamp()), "exp": int(until.timestamp())}
    told = {**_parameters(question, signed_client(did)), "aud": _ANY_WALLET, **times}
    return jose.sign(told, key, typ=TYPE)


def _parameters(question: Question, client: str) -> dict[str, Any]:
    formats = {"dc+sd-jwt": {"sd-jwt_alg_values": _ALGORITHMS, "kb-jwt_alg_values": _ALGORITHMS}}
    return {
        "client_id": client,
        "response_type": "vp_token",
        "response_mode": "direct_post",
        "response_uri": question.answer_at,
        "nonce": question.nonce,
        "state": question.state,
        "dcql_query": dict(question.query),
        "client_metadata": {"vp_formats_supported": formats},
    }


def _link(parameters: Mapping[str, str]) -> str:
    return f"openid4vp://?{urlencode(parameters, quote_via=quote, safe='')}"
