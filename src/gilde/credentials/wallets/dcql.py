"""What is asked of a wallet, and what it answers (OpenID4VP 1.0, sections 6 and 8.1: DCQL)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from gilde.credentials.errors import Altered, Unreadable, Unsupported
from gilde.credentials.facts import Facts
from gilde.credentials.proofs import jose
from gilde.credentials.wallets import reading
from gilde.credentials.wallets.refusals import Refusal

ID: Final = "award"  # the name of the one question in a query, and of its answer
FORMAT: Final = "dc+sd-jwt"


class Detail(StrEnum):
    """What can be asked for beside the award itself, and shown or not by its holder."""

    NAME = "name"
    BIRTH = "birth"
    OUTCOMES = "outcomes"
    GRADE = "grade"


class Amiss(StrEnum):
    """What is otherwise in an answer than was asked for: another award, or a detail that is not shown."""

    KIND = "kind"
    TITLE = "title"
    NAME = "name"
    BIRTH = "birth"
    OUTCOMES = "outcomes"
    GRADE = "grade"


_PATHS: Final[Mapping[Detail, tuple[list[str | None], ...]]] = {
    Detail.NAME: (["given_name"], ["family_name"]),
    Detail.BIRTH: (["birthdate"],),
    Detail.OUTCOMES: (["outcomes", None],),
    Detail.GRADE: (["assessment", "grade"],),
}


@dataclass(frozen=True)
class Wanted:
    """A question: an award of a kind ("" for any), with a title that has these words in it ("" for any)."""

    kind: str = ""
    title: str = ""
    details: tuple[Detail, ...] = ()


def query(wanted: Wanted, vct: str) -> dict[str, Any]:
    """Return the question as DCQL, for awards of the type `vct`.

    What every award shows by itself, such as its title, is not asked for. Words in a title cannot be: DCQL knows whole
    values only, so the answer is compared with them.
    """
    claims: list[dict[str, Any]] = [{"path": ["kind"], "values": [wanted.kind]}] if wanted.kind else []
    claims += [{"path": path} for detail in wanted.details for path in _PATHS[detail]]
    asked = {"id": ID, "format": FORMAT, "meta": {"vct_values": [vct]}}
    return {"credentials": [{**asked, **({"claims": claims} if claims else {})}]}


def presentation(answer: str, vct: str) -> str:
    """Return the one SD-JWT in an answer (`vp_token`), of which nothing is verified yet.

    Raises Refusal, "invalid_request", for an answer to another question and for an award of another type.
    """
    told = reading.mapping(answer, "invalid_request")
    shown = told.get(ID)
    if set(told) != {ID} or not isinstance(shown, list) or len(shown) != 1 or not isinstance(shown[0], str):
        raise Refusal(
            "invalid_request",
            _("The answer must hold one presentation in a list, under the name that was asked for."),
        )
    try:
        _header, payload = jose.unverified(shown[0].partition("~")[0])
    except (Altered, Unreadable, Unsupported) as error:
        raise Refusal("invalid_request", error.sentence) from error
    if payload.get("vct") != vct:
        raise Refusal("invalid_request", _("This is a credential of another type than was asked for."))
    return shown[0]


def audience(presented: str) -> str:
    """Return for whom a presentation says it was made, "" where it does not say; nothing of it is verified."""
    try:
        _header, payload = jose.unverified(presented.rpartition("~")[2])
    except (Altered, Unreadable, Unsupported):
        return ""
    told = payload.get("aud")
    return told if isinstance(told, str) else ""


def amiss(wanted: Wanted, facts: Facts) -> tuple[Amiss, ...]:
    """Return what in the answer is otherwise than was asked for."""
    holder, assessment = facts.holder, facts.assessment
    words = wanted.title.casefold().split()
    titles = [title.casefold() for title in facts.achievement.title.values()]
    fits = {
        Amiss.KIND: not wanted.kind or facts.kind == wanted.kind,
        Amiss.TITLE: not words or any(all(word in title for word in words) for title in titles),
        Amiss.NAME: bool(holder.given_name or holder.family_name),
        Amiss.BIRTH: holder.born is not None,
        Amiss.OUTCOMES: bool(facts.outcomes),
        Amiss.GRADE: assessment is not None and bool(assessment.grade),
    }
    asked = {Amiss.KIND, Amiss.TITLE, *(Amiss(detail.value) for detail in wanted.details)}
    return tuple(each for each in Amiss if each in asked and not fits[each])
