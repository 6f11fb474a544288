"""The routes of committees and their rooms, for the two suites that cross every route."""

from __future__ import annotations

from typing import Any

from gilde.qualifications.models import ProcedureBody, Round, State
from gilde.qualifications.services import committees as services
from gilde.qualifications.services.steps import take_step
from tests.access_table import EVERYBODY, WRITERS, Row
from tests.browser.pages import Page
from tests.qualifications.factories import Cast, a_file, a_procedure

_COMMITTEE = {"committee_id": "{committees_committee}"}
_ROUND = {"round_id": "{committees_round}"}
_CLOSED = {"round_id": "{committees_closed}"}

ACCESS = [
    Row("qualifications:committees", EVERYBODY),
    Row("qualifications:committee", EVERYBODY, _COMMITTEE),
    # The owner is the body that keeps the procedure.
    Row("qualifications:seat-give", WRITERS, _COMMITTEE),
    Row("qualifications:seat-change", WRITERS, {**_COMMITTEE, "member_id": "{committees_member}"}),
    Row("qualifications:committee-change", WRITERS, _COMMITTEE),
    # A body reads the rooms of its procedure, and has neither a vote nor the chair.
    Row("qualifications:round", "snnoooo", _ROUND),
    Row("qualifications:round", "snnoooo", _CLOSED),
    *(
        Row(f"qualifications:round-{act}", "snnxxxx", _ROUND, method)
        for act in ("vote", "judge", "reveal", "agree")
        for method in ("GET", "POST")
    ),
    Row("qualifications:round-comment", "snnxrrr", _ROUND, "GET"),
    Row("qualifications:round-comment", "snnxrrr", _ROUND, "POST", {"text": "Which walls?"}),
    Row("qualifications:round-comment", "snnxbbb", _ROUND, "POST", {"text": ""}),
    Row("qualifications:comment-answer", "snnxrrr", {"comment_id": "{committees_comment}"}),
]


def things(cast: Any) -> dict[str, Any]:
    """Return a committee of a procedure of which the owner is a body, with an open and a closed round."""
    procedure = a_procedure()
    ProcedureBody.objects.filter(procedure=procedure, code="agency").update(organisation=cast.owner)
    version = a_file(State.VALIDATED, procedure=procedure)
    people = Cast.of(version)
    officer = people.bodies["agency-officer"]
    take_step(actor=officer, version=version, name="start-levelling")
    round_ = version.rounds.get()
    chair = people.seats["levelling"][0]
    comment = services.comment(actor=chair, version=version, text="How alone?")
    other = a_file(State.VALIDATED, procedure=procedure)
    take_step(actor=officer, version=other, name="start-levelling")
    take_step(actor=chair, version=other, name="dispute", ground="No common ground.")
    return {
        "committees_committee": round_.committee_id,
        "committees_member": round_.committee.members.order_by("pk")[0].pk,
        "committees_round": round_.pk,
        "committees_closed": other.rounds.get().pk,
        "committees_comment": comment.pk,
    }


def demo_things() -> dict[str, str]:
    """Return the committees and rounds of the demo world that the pages below name."""
    levelling = Round.objects.filter(committee__code="levelling").order_by("opened_at", "pk")
    validation = Round.objects.filter(committee__code="validation").order_by("opened_at", "pk")
    found = {
        "validating": validation.filter(closed_at=None).first(),
        "returned": validation.filter(result="returned").first(),
        "judging": levelling.filter(closed_at=None, revealed_at=None).first(),
        "agreeing": levelling.filter(closed_at=None, revealed_at__isnull=False).first(),
        "levelled": levelling.filter(result="agreed").first(),
    }
    told = {f"committees_{name}": str(each.pk) for name, each in found.items() if each is not None}
    committee = levelling[0].committee
    told["committees_committee"] = str(committee.pk)
    told["committees_member"] = str(committee.members.order_by("pk")[0].pk)
    return told


def _room(name: str, actor: str, side: str = "file") -> Page:
    query = "" if side == "file" else f"?show={side}"
    return Page("qualifications:round", actor, {"round_id": f"{{committees_{name}}}"}, query)


PAGES = [
    Page("qualifications:committees"),
    Page("qualifications:committees", "bram"),
    Page("qualifications:committee", address=_COMMITTEE),
    Page("qualifications:committee", "greet", _COMMITTEE),
    Page("qualifications:committee", "greet", _COMMITTEE, "?state=open"),
    _room("validating", "bram"),
    _room("validating", "bram", "changes"),
    _room("validating", "bram", "votes"),
    _room("judging", "nele", "levels"),
    _room("agreeing", "greet", "levels"),
    _room("agreeing", "hakan", "levels"),
    _room("levelled", "hakan", "levels"),
    _room("levelled", "hakan", "votes"),
    _room("returned", "bram"),
    Page("qualifications:round-reveal", "greet", {"round_id": "{committees_judging}"}),
    Page("qualifications:round-reveal", "hakan", {"round_id": "{committees_judging}"}, status=403),
    Page("qualifications:seat-give", "pieter", _COMMITTEE),
    Page("qualifications:seat-change", "pieter", {**_COMMITTEE, "member_id": "{committees_member}"}),
    Page("qualifications:committee-change", "pieter", _COMMITTEE),
]
NOT_PAGES = {
    "qualifications:round-vote": "takes what is sent from the room",
    "qualifications:round-judge": "takes what is sent from the room",
    "qualifications:round-agree": "takes what is sent from the room",
    "qualifications:round-comment": "takes what is sent from the room",
    "qualifications:comment-answer": "takes what is sent from the room",
}
