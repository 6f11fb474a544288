"""Rounds of committees for tests, at different points, and ways to ask their pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from gilde.core.models import User
from gilde.qualifications.models import (
    Element,
    Round,
    State,
)
from gilde.qualifications.services import committees
from gilde.qualifications.services.steps import take_step
from tests.indicators.keeping import page_of, signed_in
from tests.qualifications.factories import (
    Cast,
    a_file,
    a_level,
)

SIDES = ("file", "changes", "votes", "levels")


def url(name: str, *args: Any) -> str:
    return reverse(f"qualifications:{name}", args=args)


def room(round_: Round, side: str = "file") -> str:
    return f"{url('round', round_.pk)}?show={side}"


def in_validation() -> tuple[Round, Cast]:
    version = a_file()
    cast = Cast.of(version)
    take_step(actor=cast.signatory, version=version, name="submit")
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-validation")
    return version.rounds.get(), cast


def in_levelling(**fields: Any) -> tuple[Round, Cast]:
    version = a_file(State.VALIDATED, **fields)
    cast = Cast.of(version)
    version = take_step(actor=cast.bodies["agency-officer"], version=version, name="start-levelling")
    return version.rounds.get(), cast


def elements(round_: Round) -> list[Element]:
    return list(Element.objects.filter(framework=round_.version.framework_id).order_by("position"))


def found(round_: Round, level: str, ground: str = "", **others: str) -> dict[str, str]:
    """What a judge, or the chair for all, sends: a level on each element, another one where it is named."""
    sent = {}
    for each in elements(round_):
        sent[f"level_{each.pk}"] = others.get(each.code.replace("-", "_"), level)
        sent[f"ground_{each.pk}"] = ground
    return sent


def judged_by_all(round_: Round, cast: Cast) -> None:
    for person, level in zip(cast.seats["levelling"], ("3", "3", "5"), strict=True):
        levels = {each: (a_level("3"), "") for each in elements(round_)}
        levels[elements(round_)[0]] = (a_level(level), "")
        committees.judge(actor=person, round_=round_, levels=levels)


def revealed() -> tuple[Round, Cast]:
    round_, cast = in_levelling()
    judged_by_all(round_, cast)
    return committees.reveal(actor=cast.seats["levelling"][0], round_=round_), cast


def vote(person: User, round_: Round, choice: str, ground: str = "") -> Any:
    sent = {"choice": choice, "ground": ground}
    return signed_in(person).post(url("round-vote", round_.pk), sent, follow=True)


def chosen(page: Any) -> list[str | None]:
    """The values of the radio buttons that are chosen on a page."""
    buttons = page_of(page).css("input[type=radio]")
    return [each.attributes["value"] for each in buttons if "checked" in each.attributes]
