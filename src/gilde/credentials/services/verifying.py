"""Verifying over the VC-API, by the keys, lists and log that this Gilde knows or fetches; the page and /api/check also
judge who the issuer is, and come to one verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from gilde.core.errors import GildeError
from gilde.credentials import model, vc_api
from gilde.credentials.checking import documents, resolving
from gilde.credentials.keys.methods import Method
from gilde.credentials.linked import jcs, strict
from gilde.credentials.model_envelopes import is_envelope, read_envelope
from gilde.credentials.model_values import listed
from gilde.credentials.proofs import vc_jwt
from gilde.credentials.services import checking
from gilde.credentials.vc_api.answers import Answer, member, options, problem


def verify_credential(request: Any) -> Answer:
    """Return the VC-API's answer on a credential, by the keys, lists and log that this Gilde knows or fetches."""
    here = checking.Here()
    try:
        credential = member(request, "verifiableCredential")
        _bounded(credential)
        proven = here.existed_at(content_of(credential)) if isinstance(credential, Mapping) else None
    except GildeError as error:
        return _failed(error)
    answer = vc_api.verify_credential(_asking_back(request), _means(here, proven))
    return _told(request, answer, here, "verifiableCredential")


def verify_presentation(request: Any) -> Answer:
    """Return the VC-API's answer on a presentation, and on every credential in it."""
    here = checking.Here()
    try:
        presentation = member(request, "verifiablePresentation", "presentation")
        _bounded(presentation)
    except GildeError as error:
        return _failed(error)
    answer = vc_api.verify_presentation(_asking_back(request), _means(here, None))
    return _told(request, answer, here, "verifiablePresentation")


def _bounded(document: Any) -> None:
    """Return for what may be canonicalised here; raise TooMuch, Unreadable for what is refused."""
    if isinstance(document, Mapping) and not is_envelope(document):
        documents.bounded(document, len(jcs.canonical(document)))


def _means(here: checking.Here, proven: datetime | None) -> vc_api.Means:
    """Return the means of production; `proven` is when the log proves that what is verified existed.

    A key that was in wrong hands counts for what is proven to be older, and else for nothing: whoever has it can write
    any date.
    """
    resolve = resolving.resolver(here)

    def believed(url: str) -> Method:
        method = resolve(url)
        if method.compromised is None or (proven is not None and proven < method.compromised):
            return method
        return replace(method, compromised=datetime.min.replace(tzinfo=UTC))

    return vc_api.Means(here.now, resolve=believed, lists=_listing(here))


def _listing(here: checking.Here) -> Callable[[str], Any]:
    def listed_at(url: str) -> Any:
        content = resolving.status_list(here, url)
        if content.lstrip()[:1] == b"{":
            return strict.parse(content)
        return vc_jwt.envelope(content.decode("ascii", "replace").strip())

    return listed_at


def _asking_back(request: Any) -> Any:
    """Return the request with the wish to see what was verified, so that its issuer can be judged."""
    told = request.get("options") or {}
    if not isinstance(told, Mapping):
        return request  # which the VC-API refuses
    return {**request, "options": {**told, "returnCredential": True, "returnPresentation": True}}


def _told(request: Any, answer: Answer, here: checking.Here, name: str) -> Answer:
    """Return the answer with a warning for each issuer that nobody vouches for; what was asked back stays in it."""
    if answer.status != 200:
        return answer
    body = dict(answer.body)
    document = body.pop(name)
    warnings = [*body["warnings"], *(_unknown(each) for each in sorted(_strangers(document, here)))]
    wanted = options(request)
    back = wanted.get("returnCredential") is True or wanted.get("returnPresentation") is True
    return Answer(200, {**body, "warnings": warnings, **({name: document} if back else {})})


def _strangers(document: Mapping[str, Any], here: checking.Here) -> set[str]:
    held = listed(document["verifiableCredential"]) if "verifiableCredential" in document else []
    named = [each for each in held if isinstance(each, Mapping) and not is_envelope(each)]
    named += [document] if "issuer" in document else []
    issuers = {model.issuer_of(each) for each in named}
    return {each for each in issuers if here.trusted(each, "", here.now) is None}


def _unknown(issuer: str) -> str:
    return _(
        "Nobody on the lists of this Gilde vouches for the issuer %(issuer)s: the signature says that they issued it, "
        "not who they are."
    ) % {"issuer": issuer[:200]}


def _failed(error: GildeError) -> Answer:
    return Answer(400, {"verified": False, "problemDetails": [problem(error)]})


def content_of(credential: Mapping[str, Any]) -> bytes:
    """Return the bytes of which a check asks the log: the document, or the token in its envelope."""
    if is_envelope(credential):
        return read_envelope(credential).content.encode()
    return jcs.canonical(credential)
