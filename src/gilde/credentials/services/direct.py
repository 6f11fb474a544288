"""The VC-API of this Gilde: officers have signed what is no award, such as proof of enrolment; anybody's is verified.

An award is stored once, and all its files are renderings of it, so what says that it is an award is not signed here.
Of what is signed here nothing is kept but its digest, in the log: not whom it is about, not what it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.errors import GildeError, Refused
from gilde.credentials import access, identity, model, vc_api
from gilde.credentials.checking import apart, resolving
from gilde.credentials.errors import Unreadable, Unsupported
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.keys.methods import Method
from gilde.credentials.linked import jcs, strict
from gilde.credentials.linked.tables import CREDENTIALS_V2
from gilde.credentials.model_envelopes import is_envelope, read_envelope
from gilde.credentials.model_values import listed
from gilde.credentials.models import Issuer, StatusList, Suite
from gilde.credentials.proofs import vc_jwt
from gilde.credentials.renderings import vc
from gilde.credentials.services import checking, issuing, keys, lists, log
from gilde.credentials.vc_api.answers import Answer, member, options, problem, refused, text
from gilde.credentials.vc_api.issuing import JOSE

SUITES: Final = frozenset({*Suite.values, JOSE})
# What is an award, in each of the forms that Gilde gives one.
AWARDS: Final = frozenset(
    {
        vc.TYPE,
        "OpenBadgeCredential",
        "AchievementCredential",
        "EuropeanDigitalCredential",
    }
)
_SLUG: Final = re.compile(r"[-a-z0-9_]{1,80}")


def issue(*, actor: Actor, request: Any) -> Answer:
    """Sign a credential in the name of an issuer that the actor is an officer of; return the VC-API's answer.

    It gets a place in the issuer's status lists, and its digest goes in the log. Raises Refused.
    """
    try:
        issuer = _issuer(actor, request)
        suite = text(options(request), "cryptosuite") or str(issuer.suite)
        require(access.can_issue(actor, issuer))
        _may_be_signed(member(request, "credential"), suite)
    except (Unreadable, Unsupported) as error:
        return refused(error)
    with transaction.atomic():
        answer, places = _signed(issuer, request, suite)
        if answer.status != 201:
            transaction.set_rollback(True)
            return answer
        digest = log.digest_of(_content(answer.body))
        log.append([digest])
        audit.record(
            actor,
            "credentials.issuer.sign",
            issuer,
            after={"digest": digest, "suite": suite, "places": places},
        )
        transaction.on_commit(log.sign_checkpoint)
    return answer


def _issuer(actor: Actor, request: Any) -> Issuer:
    """Return in whose name is signed: as the options say, else as the credential does, else the actor's only one."""
    told = text(options(request), "issuer") or _named(request)
    mine = access.issuers_of(actor, access.WRITERS).select_related("organisation")
    if told:
        slug = identity.slug_of(told) if told.startswith("did:") else told
        found = mine.filter(slug=slug).first() if slug and _SLUG.fullmatch(slug) else None
        if found is None:
            raise Refused(
                _(
                    "Only a policy officer or approver of an issuer of this register has something signed for it."
                )
            )
        return found
    own = list(mine.filter(closed_at=None)[:2])
    if not own:
        raise Refused(_("Only a policy officer or approver of an issuer has something signed."))
    if len(own) > 1:
        raise Unreadable(_("Say in the option “issuer” in whose name it is signed."), "issuer-unsaid")
    return own[0]


def _named(request: Any) -> str:
    credential = request.get("credential") if isinstance(request, Mapping) else None
    told = credential.get("issuer") if isinstance(credential, Mapping) else None
    told = told.get("id") if isinstance(told, Mapping) else told
    return told if isinstance(told, str) else ""


def _may_be_signed(credential: Any, suite: str) -> None:
    """Refuse what belongs elsewhere. Raises Unreadable, Unsupported."""
    if suite not in SUITES:
        raise Unsupported(
            _("There is no way to sign as “%(suite)s”. There are: %(known)s.")
            % {"suite": suite[:80], "known": ", ".join(sorted(SUITES))},
            "cryptosuite",
        )
    if not isinstance(credential, Mapping):
        return  # the VC-API says what it should be
    types = {re.split("[#/]", each)[-1] for each in listed(credential.get("type")) if isinstance(each, str)}
    if types & AWARDS:
        raise Unreadable(
            _(
                "This says that it is an award. Issue it as one, at /api/awards: then it can be corrected and revoked, "
                "and its holder keeps it."
            ),
            "is-an-award",
            pointer="/type",
        )
    if "credentialStatus" in credential:
        raise Unreadable(
            _("Leave credentialStatus out: it is given a place in the lists of its issuer."),
            "has-status",
            pointer="/credentialStatus",
        )
    if listed(credential.get("@context"))[:1] != [CREDENTIALS_V2]:
        raise Unreadable(
            _("What is signed here begins with the context %(url)s.") % {"url": CREDENTIALS_V2},
            "context",
            pointer="/@context",
        )


def _signed(issuer: Issuer, request: Any, suite: str) -> tuple[Answer, list[list[Any]]]:
    """Return the answer, and the places that were taken for it; in a transaction that is taken back on failure."""
    now = clock.now().replace(microsecond=0)
    kind = KeyKind.ED25519 if suite == JOSE else issuing.kind_of(suite)
    _key, signing = keys.signing_key(issuer, kind)
    taken: list[tuple[StatusList, int]] = []

    def places(_name: str) -> list[dict[str, Any]]:
        taken.extend(lists.allot(issuer, 1))
        return vc.status(lists.place(*taken[-1]))

    answer = vc_api.issue(request, vc_api.Issuer(signing, suite, places), vc_api.Means(now))
    return answer, [[str(found.pk), index] for found, index in taken]


def _content(credential: Mapping[str, Any]) -> bytes:
    """Return the bytes of which a check asks the log: the document, or the token in its envelope."""
    if is_envelope(credential):
        return read_envelope(credential).content.encode()
    return jcs.canonical(credential)


def verify_credential(request: Any) -> Answer:
    """Return the VC-API's answer on a credential, by the keys, lists and log that this Gilde knows or fetches."""
    here = checking.Here()
    try:
        credential = member(request, "verifiableCredential")
        _bounded(credential)
        proven = here.existed_at(_content(credential)) if isinstance(credential, Mapping) else None
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
    """Let the process apart try what asks for a canonical form, so that a poisoned graph is refused there."""
    if isinstance(document, Mapping) and not is_envelope(document):
        apart.canonical(document)


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
        return replace(method, compromised=datetime.min.replace(tzinfo=here.now.tzinfo))

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
