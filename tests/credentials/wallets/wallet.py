"""A wallet of our own: it has a key, takes an award by an offer, and shows it, step by step as the standards write it.

It knows of Gilde only what it is told: links, documents and answers. It sends no cookie, and refuses what a careful
wallet refuses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

from gilde.core import clock
from gilde.credentials.keys.did import of_key, read_document
from gilde.credentials.keys.kinds import KeyKind, SigningKey
from gilde.credentials.proofs import jose, sd_jwt

FORM = "application/x-www-form-urlencoded"
GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def parameters(link: str, scheme: str) -> dict[str, str]:
    """Return what a link with which a wallet is opened says."""
    parts = urlsplit(link)
    assert parts.scheme == scheme
    told = parse_qs(parts.query, strict_parsing=True)
    assert all(len(values) == 1 for values in told.values())
    return {name: values[0] for name, values in told.items()}


def path(url: str) -> str:
    """Return the path of an address: the test client asks that."""
    return urlsplit(url).path


class Wallet:
    """A wallet with one key and the awards that it was given."""

    def __init__(self, kind: KeyKind = KeyKind.P256) -> None:
        self.key = of_key(SigningKey.generate(kind))
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
        self.awards: list[str] = []
        self.notification_id = ""
        self.issuer: dict[str, Any] = {}
        self.server: dict[str, Any] = {}
        self.token = ""

    # Taking an award

    def get(self, url: str) -> Any:
        return self.client.get(path(url), HTTP_ACCEPT="application/json")

    def post(self, url: str, told: Mapping[str, str]) -> Any:
        return self.client.post(path(url), urlencode(told), content_type=FORM)

    def post_json(self, url: str, told: Any, token: str | None = None) -> Any:
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token is not None else {}
        body = told if isinstance(told, str | bytes) else json.dumps(told)
        return self.client.post(path(url), body, content_type="application/json", **headers)

    def open_offer(self, link: str) -> dict[str, Any]:
        """Fetch the offer that a link leads to, and what its issuer and its server tell of themselves."""
        answer = self.get(parameters(link, "openid-credential-offer")["credential_offer_uri"])
        assert answer.status_code == 200, answer.content
        offer: dict[str, Any] = answer.json()
        where = urlsplit(offer["credential_issuer"])
        self.issuer = self.get(f"/.well-known/openid-credential-issuer{where.path}").json()
        assert self.issuer["credential_issuer"] == offer["credential_issuer"]
        self.server = self.get(f"/.well-known/oauth-authorization-server{where.path}").json()
        assert self.server["issuer"] == offer["credential_issuer"]
        assert GRANT in self.server["grant_types_supported"]
        return offer

    def ask_token(self, offer: Mapping[str, Any], pin: str, **more: str) -> Any:
        code = offer["grants"][GRANT]["pre-authorized_code"]
        told = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": pin, **more}
        return self.post(self.server["token_endpoint"], told)

    def nonce(self) -> str:
        answer = self.post(self.issuer["nonce_endpoint"], {})
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        return str(answer.json()["c_nonce"])

    def proof(self, nonce: str, *, by: SigningKey | None = None, did: bool = False, **changes: Any) -> str:
        """Make a proof of possession; `changes` are claims that are otherwise than they should be."""
        key = by or self.key
        claims = {
            "aud": self.issuer["credential_issuer"],
            "iat": int(clock.now().timestamp()),
            "nonce": nonce,
            **changes,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        if did:
            return jose.sign(told, key, typ="openid4vci-proof+jwt")
        bare = SigningKey(key.kind, key.private, "")
        return jose.sign(told, bare, typ="openid4vci-proof+jwt", headers={"jwk": self.key.public.jwk()})

    def ask_award(self, offer: Mapping[str, Any], proof: str, **more: Any) -> Any:
        told = {
            "credential_configuration_id": offer["credential_configuration_ids"][0],
            "proofs": {"jwt": [proof]},
            **more,
        }
        return self.post_json(self.issuer["credential_endpoint"], told, self.token)

    def redeem(self, link: str, pin: str) -> dict[str, Any]:
        """Open an offer and get the token for it; return the offer."""
        offer = self.open_offer(link)
        answer = self.ask_token(offer, pin)
        assert answer.status_code == 200, answer.content
        assert answer.json()["token_type"] == "Bearer"
        self.token = answer.json()["access_token"]
        return offer

    def take(self, link: str, pin: str, *, did: bool = False) -> str:
        """Take an award by an offer, tell that it was kept, and return it."""
        offer = self.redeem(link, pin)
        answer = self.ask_award(offer, self.proof(self.nonce(), did=did))
        assert answer.status_code == 200, answer.content
        award = str(answer.json()["credentials"][0]["credential"])
        self.notification_id = answer.json()["notification_id"]
        assert self.tell("credential_accepted").status_code == 204
        self.awards.append(award)
        return award

    def tell(self, event: str, **changes: Any) -> Any:
        told = {"notification_id": self.notification_id, "event": event, **changes}
        return self.post_json(self.issuer["notification_endpoint"], told, self.token)

    # Showing an award

    def read_question(self, link: str) -> dict[str, Any]:
        """Return the question that a link holds or leads to; a signed one only after its signature was verified."""
        told: dict[str, Any] = dict(parameters(link, "openid4vp"))
        if "request_uri" not in told:
            assert told["client_id"] == f"redirect_uri:{told['response_uri']}"
            parsed = {name: json.loads(told[name]) for name in ("dcql_query", "client_metadata")}
            return {**told, **parsed}
        answer = self.get(told["request_uri"])
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "application/oauth-authz-req+jwt"
        did = told["client_id"].removeprefix("decentralized_identifier:")
        slug = did.rpartition(":")[2]
        methods = read_document(self.get(f"/issuers/{slug}/did.json").content, did)
        token = jose.verify(answer.content.decode(), methods.__getitem__, typs={"oauth-authz-req+jwt"})
        assert token.method is not None
        assert token.method.controller == did
        assert token.payload["client_id"] == told["client_id"]
        return token.payload

    def matching(self, question: Mapping[str, Any]) -> tuple[str, list[list[Any]]] | None:
        """Return an award that the question asks for and the paths that it wants to see, None where there is none."""
        (asked,) = question["dcql_query"]["credentials"]
        assert asked["format"] == "dc+sd-jwt"
        for award in self.awards:
            shown = self._claims(award)
            paths = [each["path"] for each in asked.get("claims", [])]
            wanted = {
                json.dumps(each["path"]): each["values"]
                for each in asked.get("claims", [])
                if "values" in each
            }
            fits = all(shown.get(json.loads(at)[0]) in values for at, values in wanted.items())
            if shown["vct"] in asked["meta"]["vct_values"] and fits:
                return award, paths
        return None

    def _claims(self, award: str) -> dict[str, Any]:
        from gilde.credentials.proofs.disclosures import reveal

        jwt, *disclosures, _end = award.split("~")
        claims: dict[str, Any] = reveal(jose.unverified(jwt)[1], disclosures).claims
        return claims

    def present(self, question: Mapping[str, Any], **changes: Any) -> str:
        """Return the award with what the question asks for and no more, bound to who asks."""
        found = self.matching(question)
        assert found is not None, "the wallet has no such award"
        award, paths = found
        return self.shown(
            award, paths, **{"audience": question["client_id"], "nonce": question["nonce"], **changes}
        )

    def shown(self, award: str, paths: list[list[Any]], **binding: Any) -> str:
        """Return an award of which only these paths are shown."""
        claims = self._claims(award)
        keep: list[tuple[str | int, ...]] = []
        for at in paths:
            if at[-1] is None:
                keep += [(*at[:-1], number) for number in range(len(claims[at[0]]))]
            else:
                keep.append(tuple(at))
        now = binding.pop("now", clock.now())
        return sd_jwt.present(
            award,
            keep=[each for each in keep if _there(claims, each)],
            holder_key=self.key,
            now=now,
            **binding,
        )

    def answer(self, link: str) -> Any:
        """Answer a question with what it asks for, and return what the asker's server said."""
        question = self.read_question(link)
        return self.send(question, self.present(question))

    def send(self, question: Mapping[str, Any], presented: str, **changes: str) -> Any:
        name = question["dcql_query"]["credentials"][0]["id"]
        told = {"vp_token": json.dumps({name: [presented]}), "state": question["state"], **changes}
        return self.post(question["response_uri"], told)

    def decline(self, link: str) -> Any:
        question = self.read_question(link)
        return self.post(question["response_uri"], {"error": "access_denied", "state": question["state"]})


def _there(claims: Any, at: tuple[Any, ...]) -> bool:
    for step in at:
        try:
            claims = claims[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
