"""The routes of the register for the two suites that cross every route: files of awards, deposits, trust lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from gilde.core.access import SYSTEM
from gilde.credentials.models import Achievement, Award, Batch, Issuer, State, TrustedIssuer, TrustList
from gilde.credentials.services import batches, depositing
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.credentials.batch_making import a_batch, a_csv, rows
from tests.credentials.factories import an_achievement, an_issuer, given

_ISSUER = {"slug": "{register_issuer}"}
_FAULTY = {"batch_id": "{register_faulty}"}
_READY = {"batch_id": "{register_ready}"}
_WAITING = {"batch_id": "{register_waiting}"}
_HELD = {"award_id": "{register_held}"}
_LIST = {"list_id": "{register_list}"}

_PEOPLE = "sxxoooo"  # the issuer is known to all; its people see its files
_DRAFTS = "sxxxooo"  # its officers and approvers enter
_WORKS = "snnoooo"  # a file or an award is known only to who works for its issuer
_KEEPS = "snnxooo"
_APPROVES = "snnxxoo"
_ADMINISTERS = "sxxxxxo"

ACCESS = [
    Row("credentials:batches", _PEOPLE, _ISSUER),
    Row("credentials:batch-new", _DRAFTS, _ISSUER),
    Row("credentials:batch-template", _DRAFTS, {**_ISSUER, "form": "csv"}),
    Row("credentials:batch-template", "sxxxnnn", {**_ISSUER, "form": "pdf"}),
    Row("credentials:batch", _WORKS, _FAULTY),
    Row("credentials:batch", _WORKS, _READY),
    Row("credentials:batch-faults", _WORKS, _FAULTY),
    Row("credentials:batch-mend", _KEEPS, _FAULTY),
    *(Row("credentials:batch-act", _KEEPS, {**_READY, "act": act}) for act in ("issue", "submit", "cancel")),
    Row("credentials:batch-act", "snnxrrr", {**_READY, "act": "issue"}, method="POST"),
    *(Row("credentials:batch-act", _APPROVES, {**_WAITING, "act": act}) for act in ("approve", "send-back")),
    Row("credentials:batch-act", "snnxxrr", {**_WAITING, "act": "approve"}, method="POST"),
    Row("credentials:batch-act", "snnnnnn", {**_READY, "act": "no-such-act"}),
    Row("credentials:deposits", _PEOPLE),
    Row("credentials:deposit-choose", _DRAFTS),
    Row("credentials:deposit-new", _DRAFTS, {"achievement_id": "{register_achievement}"}),
    Row("credentials:deposit", _WORKS, _HELD),
    Row("credentials:deposit-scan", _WORKS, _HELD),
    *(Row(f"credentials:deposit-{act}", _KEEPS, _HELD) for act in ("accept", "refuse")),
    Row("credentials:deposit-accept", "snnxrrr", _HELD, method="POST", data={"reason": "Two awards"}),
    Row("credentials:trust", EVERYBODY),
    Row("credentials:trust-list", EVERYBODY, _LIST),
    Row("credentials:trust-new", _ADMINISTERS),
    *(Row(f"credentials:trust-{act}", _ADMINISTERS, _LIST) for act in ("change", "close")),
    Row("credentials:trust-refresh", "sxxxxxr", _LIST, method="POST"),
    Row("credentials:trust-reopen", "sxxxxxr", {"list_id": "{register_closed_list}"}, method="POST"),
]


def things(around: Any) -> dict[str, Any]:
    """Return files at each state, a held deposit, and trust lists, by the names that addresses give them."""
    issuer = Issuer.objects.filter(organisation=around.owner).first() or an_issuer(around.owner)
    achievement = an_achievement(issuer)
    faulty = a_batch(achievement, a_csv(rows(achievement, 2, born="2050-01-01")))
    ready = a_batch(achievement, a_csv(rows(achievement, 2)))
    # The officer sent it, so only the approver may approve.
    waiting = a_batch(achievement, a_csv(rows(achievement, 1, reference="W-1", **{"given name": "Waldo"})))
    batches.submit(actor=around.officer, batch=waiting)
    told = {
        "family_name": "Bakker",
        "born": date(1970, 5, 4),
        "awarded_on": date(1990, 6, 30),
        "assessed_on": None,
    }
    depositing.deposit(actor=SYSTEM, achievement=achievement, given=given(**told), notify=False)
    held = depositing.deposit(
        actor=SYSTEM,
        achievement=achievement,
        given=given(**told),
        evidence=b"%PDF-1.4\n%%EOF\n",
        name="paper.pdf",
        notify=False,
    )
    assert held.state == State.HELD
    return {
        "register_issuer": issuer.slug,
        "register_achievement": achievement.pk,
        "register_faulty": faulty.pk,
        "register_ready": ready.pk,
        "register_waiting": waiting.pk,
        "register_held": held.pk,
        "register_list": _a_list("Schools of the north").pk,
        "register_closed_list": _a_list("Schools of the south", closed=True).pk,
    }


def _a_list(name: str, *, closed: bool = False) -> TrustList:
    from gilde.core import clock

    found = TrustList.objects.create(
        name=name,
        url="https://trust.example/list.json",
        read_at=clock.now(),
        closed_at=clock.now() if closed else None,
    )
    TrustedIssuer.objects.create(
        trust_list=found, identifier="did:web:school.example", name="School of the north", country="NO"
    )
    return found


def demo_things() -> dict[str, str]:
    """Return what the pages below name in the demo world; files that it has not are made."""
    issuer = Issuer.objects.get(slug="mijnveld")
    achievement = Achievement.objects.get(issuer=issuer, code="welder")
    faulty = Batch.objects.filter(issuer=issuer, state=Batch.State.FAULTY).first() or a_batch(
        achievement, a_csv(rows(achievement, 4, born="31/31/2001"))
    )
    ready = Batch.objects.filter(issuer=issuer, state=Batch.State.READY).first() or a_batch(
        achievement, a_csv(rows(achievement, 4))
    )
    held = Award.objects.filter(issuer=issuer, state=State.HELD).first() or _a_held(achievement)
    listed = TrustList.objects.first() or _a_list("Schools of the north")
    return {
        "register_demo_faulty": str(faulty.pk),
        "register_demo_ready": str(ready.pk),
        "register_demo_held": str(held.pk),
        "register_demo_list": str(listed.pk),
        "register_demo_achievement": str(achievement.pk),
    }


def _a_held(achievement: Achievement) -> Award:
    told = given(
        reference="PAPER-1",
        born=date(1985, 5, 4),
        awarded_on=date(1995, 6, 30),
        assessed_on=date(1995, 6, 20),
    )
    return depositing.deposit(actor=SYSTEM, achievement=achievement, given=told, notify=False)


_OFFICER = "dirk"
_ADMINISTRATOR = "noor"
_DEMO_ISSUER = {"slug": "mijnveld"}

PAGES = [
    Page("credentials:batches", _OFFICER, _DEMO_ISSUER),
    Page("credentials:batch-new", _OFFICER, _DEMO_ISSUER),
    Page("credentials:batch", _OFFICER, {"batch_id": "{register_demo_faulty}"}),
    Page("credentials:batch", _OFFICER, {"batch_id": "{register_demo_ready}"}),
    Page("credentials:batch-mend", _OFFICER, {"batch_id": "{register_demo_faulty}"}),
    Page("credentials:batch-act", _OFFICER, {"batch_id": "{register_demo_ready}", "act": "issue"}),
    Page("credentials:batch-act", _OFFICER, {"batch_id": "{register_demo_ready}", "act": "cancel"}),
    Page("credentials:deposits", _OFFICER),
    Page("credentials:deposits", _OFFICER, query="?show=all"),
    Page("credentials:deposit-choose", _OFFICER),
    Page("credentials:deposit-new", _OFFICER, {"achievement_id": "{register_demo_achievement}"}),
    Page("credentials:deposit", _OFFICER, {"award_id": "{register_demo_held}"}),
    Page("credentials:deposit-accept", _OFFICER, {"award_id": "{register_demo_held}"}),
    Page("credentials:deposit-refuse", _OFFICER, {"award_id": "{register_demo_held}"}),
    Page("credentials:trust"),
    Page("credentials:trust-list", address={"list_id": "{register_demo_list}"}),
    Page("credentials:trust-new", _ADMINISTRATOR),
    Page("credentials:trust-change", _ADMINISTRATOR, {"list_id": "{register_demo_list}"}),
    Page("credentials:trust-close", _ADMINISTRATOR, {"list_id": "{register_demo_list}"}),
]

_SENT = "only takes what a form sends"
NOT_PAGES: dict[str, str] = {
    "credentials:batch-template": "a file",
    "credentials:batch-faults": "a file",
    "credentials:deposit-scan": "a file",
    "credentials:trust-refresh": _SENT,
    "credentials:trust-reopen": _SENT,
}
