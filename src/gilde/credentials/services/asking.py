"""Questions to wallets: an employer asks for an award, the holder shows it, and the verdict is there for ten minutes.

Source: OpenID4VP 1.0 with direct_post. Whoever asks has the address of the question, which no wallet sees; the wallet
has its `state`. What was answered goes after ten minutes, and nobody keeps who asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import TypeAdapter

from gilde.core import clock
from gilde.core.errors import Missing
from gilde.credentials import identity
from gilde.credentials.checking import documents
from gilde.credentials.checking.notes import Notes
from gilde.credentials.models import Request, token
from gilde.credentials.services import checking, keys
from gilde.credentials.verdict import Verdict
from gilde.credentials.wallets import dcql, metadata, requests
from gilde.credentials.wallets.dcql import Amiss, Detail, Wanted
from gilde.credentials.wallets.refusals import Refusal

LASTS: Final = timedelta(minutes=10)  # in which a question is answered, and then again the answer is read
_VERDICT: Final = TypeAdapter(Verdict)


@dataclass(frozen=True)
class Answered:
    """What came of a question: the verdict, None when the holder declined; and what is otherwise than asked."""

    verdict: Verdict | None
    amiss: tuple[Amiss, ...] = ()


def ask(wanted: Wanted) -> Request:
    """Make a question, in the language of who asks, and return it."""
    forget_old()
    now = clock.now()
    return Request.objects.create(
        nonce=token(),
        state=token(),
        wanted={
            "kind": wanted.kind,
            "title": wanted.title,
            "details": [str(each) for each in wanted.details],
            "language": translation.get_language() or "en",
        },
        created_at=now,
        expires_at=now + LASTS,
    )


def question(number: UUID) -> Request:
    """Return a question for who asked it. Raises Missing when it has ended."""
    forget_old()
    found = Request.objects.filter(pk=number).first()
    if found is None:
        raise Missing(_("This question has ended: question and answer are kept for ten minutes. Ask again."))
    return found


def wanted_of(request: Request) -> Wanted:
    """Return what a question asks for."""
    told = request.wanted
    return Wanted(told["kind"], told["title"], tuple(Detail(each) for each in told["details"]))


def signed_link(request: Request) -> str:
    """Return the short link, which leads a wallet to the question as signed by this register."""
    return requests.by_reference(_did(), identity.url("openid-request", request.state))


def plain_link(request: Request) -> str:
    """Return the long link, which holds the whole question, for wallets that know no DIDs."""
    return requests.plain(_question(request))


def signed(state: str) -> str:
    """Return a question as a token that this register signed, for the wallet. Raises Missing when it is not open."""
    request = _open(state)
    if request is None:
        raise Missing(_("This question has ended, or was answered."))
    _key, signing = keys.signing_key(None, metadata.SIGNED_BY)
    now = clock.now()
    return requests.signed(_question(request), _did(), signing, now=now, until=request.expires_at)


def answer(told: Mapping[str, str]) -> None:
    """Judge what a wallet answers, given as the parameters of its response, and keep the verdict for who asked.

    The first answer counts, whatever the verdict on it is; what is no answer to the question leaves it open. Raises
    Refusal.
    """
    request = _open(told.get("state", ""))
    if request is None:
        raise Refusal("invalid_request", _("No question of this state is open."))
    if "error" in told:
        _close(request, Answered(None))
        return
    if "vp_token" not in told:
        raise Refusal("invalid_request", _("The response must hold vp_token, or an error."))
    presented = dcql.presentation(told["vp_token"], _type())
    with translation.override(request.wanted["language"]):
        verdict = _judged(request, presented)
    wrong = dcql.amiss(wanted_of(request), verdict.facts) if verdict.facts else ()
    _close(request, Answered(verdict, wrong))
    checking.count(verdict)


def _judged(request: Request, presented: str) -> Verdict:
    here = checking.Here()
    signed_client = requests.signed_client(_did())
    clients = {signed_client, requests.plain_client(_question(request).answer_at)}
    told = dcql.audience(presented)
    notes = Notes(here.now, "sd-jwt")
    documents.selective(
        notes,
        presented,
        here,
        audience=told if told in clients else signed_client,
        nonce=request.nonce,
    )
    return notes.verdict()


def _close(request: Request, answered: Answered) -> None:
    now = clock.now()
    verdict = answered.verdict and _VERDICT.dump_python(answered.verdict, mode="json")
    told = verdict and {"verdict": verdict, "amiss": [str(each) for each in answered.amiss]}
    closed = Request.objects.filter(pk=request.pk, answered_at=None).update(
        answered_at=now, expires_at=now + LASTS, verdict=told
    )
    if not closed:
        raise Refusal("invalid_request", _("No question of this state is open."))


def answered(request: Request) -> Answered | None:
    """Return what was answered, None while nobody did."""
    if request.answered_at is None:
        return None
    told: Any = request.verdict
    if told is None:
        return Answered(None)
    return Answered(_VERDICT.validate_python(told["verdict"]), tuple(Amiss(each) for each in told["amiss"]))


def forget_old() -> int:
    """Delete the questions whose time is over, with what was answered, and return how many there were."""
    count, _by_model = Request.objects.filter(expires_at__lte=clock.now()).delete()
    return count


def _open(state: str) -> Request | None:
    return Request.objects.filter(state=state, answered_at=None, expires_at__gt=clock.now()).first()


def _question(request: Request) -> requests.Question:
    return requests.Question(
        dcql.query(wanted_of(request), _type()), request.nonce, request.state, identity.url("openid-response")
    )


def _type() -> str:
    return identity.url("type-metadata")


def _did() -> str:
    return identity.did(identity.REGISTER)
