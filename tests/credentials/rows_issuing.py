"""The routes of issuing, for the two suites that cross every route."""

from __future__ import annotations

from typing import Any

from gilde.core import jobs
from gilde.credentials.models import Achievement, Award, Issuer, State
from gilde.credentials.services import drafting, issuing
from tests.access_table import EVERYBODY, Row
from tests.browser.pages import Page
from tests.credentials.factories import an_achievement, an_award, an_issuer, given
from tests.qualifications.factories import registered

_ISSUER = {"slug": "{issuing_issuer}"}
_KEY = {**_ISSUER, "key_id": "{issuing_key}"}
_ACHIEVEMENT = {"achievement_id": "{issuing_achievement}"}
_AWARD = {"award_id": "{issuing_award}"}
_DRAFT = {"award_id": "{issuing_draft}"}
_HOLDER = {"holder_id": "{issuing_holder}"}

# Who is not signed in is asked to; the rest by the role in the organisation. The administrator of the installation
# counts as holding every role.
_ADMINISTERS = "sxxxxxo"
_DRAFTS = "sxxxooo"  # the issuer is known to all; its officers and approvers enter
_WORKS = "snnoooo"  # an award is known only to who works for its issuer
_KEEPS = "snnxooo"  # officers and approvers of it
_APPROVES = "snnxxoo"
_MANAGES = "snnxxxo"  # an administrator of the organisation

ACCESS = [
    *(Row(f"credentials:{name}", EVERYBODY) for name in ("issuers", "achievements")),
    *(Row(f"credentials:{name}", EVERYBODY, _ISSUER) for name in ("issuer", "issuer-keys")),
    Row("credentials:issuer", "nnnnnnn", {"slug": "no-such-issuer"}),
    Row("credentials:issuer-logo", "nnnnnnn", _ISSUER),  # it has none
    Row("credentials:issuer-open", _ADMINISTERS),
    *(
        Row(f"credentials:{name}", _ADMINISTERS, _ISSUER)
        for name in ("issuer-settings", "issuer-look", "issuer-close")
    ),
    Row("credentials:issuer-sample", _ADMINISTERS, {**_ISSUER, "form": "png"}),
    *(
        Row(f"credentials:{name}", _ADMINISTERS, _KEY)
        for name in ("issuer-key-replace", "issuer-key-compromised")
    ),
    *(Row(f"credentials:{name}", _DRAFTS, _ISSUER) for name in ("achievement-add", "achievement-choose")),
    Row("credentials:achievement-take", _DRAFTS, {**_ISSUER, "version_id": "{issuing_version}"}),
    Row("credentials:achievement", EVERYBODY, _ACHIEVEMENT),
    *(
        Row(f"credentials:{name}", _DRAFTS, _ACHIEVEMENT)
        for name in (
            "achievement-edit",
            "achievement-outcomes",
            "achievement-close",
            "achievement-reopen",
            "achievement-succeed",
            "award-add",
        )
    ),
    Row("credentials:achievement-sample", _DRAFTS, {**_ACHIEVEMENT, "form": "pdf"}),
    Row("credentials:awards", "soooooo"),
    Row("credentials:awards", "srrrrrr", method="POST", data={"act": "revoke"}),
    Row("credentials:award-choose", "sxxxooo"),
    Row("credentials:awards-job", "snnnono", {"job_id": "{issuing_job}"}),
    Row("credentials:award", _WORKS, _AWARD),
    Row("credentials:award-file", _WORKS, {**_AWARD, "form": "vc"}),
    Row("credentials:award-preview", _WORKS, {**_DRAFT, "form": "png"}),
    Row("credentials:award-edit", _KEEPS, _DRAFT),
    Row("credentials:award-correct", _KEEPS, _AWARD),
    *(Row("credentials:award-act", _KEEPS, {**_DRAFT, "act": act}) for act in ("issue", "submit", "discard")),
    *(
        Row("credentials:award-act", _APPROVES, {"award_id": "{issuing_waiting}", "act": act})
        for act in ("approve", "send-back")
    ),
    *(Row("credentials:award-act", _KEEPS, {**_AWARD, "act": act}) for act in ("suspend", "revoke", "tell")),
    Row("credentials:award-act", "snnnnnn", {**_AWARD, "act": "no-such-act"}),
    Row("credentials:award-act", _KEEPS, {"award_id": "{issuing_suspended}", "act": "reinstate"}),
    Row("credentials:holder", _WORKS, _HOLDER),
    Row("credentials:holder-address", _KEEPS, _HOLDER),
    Row("credentials:holder-erase", _MANAGES, _HOLDER),
    Row("credentials:holder-report", _MANAGES, {**_HOLDER, "form": "json"}),
]


def things(cast: Any) -> dict[str, Any]:
    """Return the owner as an issuer, with an achievement and awards, by the names that addresses give them."""
    issuer = Issuer.objects.filter(organisation=cast.owner).first() or an_issuer(cast.owner)
    achievement = an_achievement(issuer)
    award = an_award(achievement)
    draft = drafting.draft(actor=cast.officer, achievement=achievement, given=given())
    waiting = drafting.draft(actor=cast.officer, achievement=achievement, given=given())
    issuing.submit(actor=cast.officer, award=waiting)
    told = {"who": str(cast.officer.pk), "act": "revoke", "awards": [], "reason": "Mistake", "notify": False}
    return {
        "issuing_issuer": issuer.slug,
        "issuing_key": issuer.keys.get(kind="Ed25519").pk,
        "issuing_achievement": achievement.pk,
        "issuing_version": registered(units=1).pk,
        "issuing_award": award.pk,
        "issuing_draft": draft.pk,
        "issuing_waiting": waiting.pk,
        "issuing_suspended": an_award(achievement, State.SUSPENDED).pk,
        "issuing_holder": award.holder.pk,
        "issuing_job": jobs.enqueue(cast.officer, "credentials.act", **told).pk,
    }


_OFFICER, _ADMINISTRATOR, _INSTALLER, _APPROVER = "dirk", "rik", "noor", "hanne"
_OWN = {"slug": "mijnveld"}
_ITS = {"achievement_id": "{issuing_own}"}
_ISSUED = {"award_id": "{issuing_issued}"}
_PERSON = {"holder_id": "{issuing_person}"}

PAGES = [
    Page("credentials:issuers"),
    Page("credentials:issuers", _INSTALLER, query="?q=zorg"),
    Page("credentials:issuer", address=_OWN),
    Page("credentials:issuer", _ADMINISTRATOR, _OWN),
    Page("credentials:issuer", address={"slug": "no-such-issuer"}, status=404),
    Page("credentials:issuer-keys", address=_OWN),
    Page("credentials:issuer-keys", _ADMINISTRATOR, _OWN),
    Page("credentials:issuer-open", _INSTALLER),
    Page("credentials:issuer-close", _INSTALLER, _OWN),
    Page("credentials:issuer-settings", _ADMINISTRATOR, _OWN),
    Page("credentials:issuer-look", _ADMINISTRATOR, _OWN),
    Page("credentials:issuer-key-replace", _ADMINISTRATOR, {**_OWN, "key_id": "{issuing_own_key}"}),
    Page("credentials:issuer-key-compromised", _ADMINISTRATOR, {**_OWN, "key_id": "{issuing_own_key}"}),
    Page("credentials:achievements"),
    Page("credentials:achievements", query="?q=nothing+fits+this"),
    Page("credentials:achievement", address=_ITS),
    Page("credentials:achievement", _OFFICER, {"achievement_id": "{issuing_micro}"}),
    Page("credentials:achievement-add", _OFFICER, _OWN),
    Page("credentials:achievement-choose", _OFFICER, _OWN, query="?q=weld"),
    Page("credentials:achievement-take", _OFFICER, {**_OWN, "version_id": "{issuing_registered}"}),
    *(
        Page(f"credentials:{name}", _OFFICER, _ITS)
        for name in (
            "achievement-edit",
            "achievement-outcomes",
            "achievement-close",
            "achievement-reopen",
            "achievement-succeed",
            "award-add",
        )
    ),
    Page("credentials:awards", "saar"),
    Page("credentials:awards", _OFFICER),
    Page("credentials:awards", _OFFICER, query="?state=revoked&sort=holder"),
    Page("credentials:awards", _APPROVER, query="?waiting=me"),
    Page("credentials:award-choose", _OFFICER),
    Page("credentials:award", _OFFICER, _ISSUED),
    Page("credentials:award", _APPROVER, {"award_id": "{issuing_waits}"}),
    Page("credentials:award-act", _APPROVER, {"award_id": "{issuing_waits}", "act": "send-back"}),
    Page("credentials:award-act", _OFFICER, {**_ISSUED, "act": "revoke"}),
    Page("credentials:award-correct", _OFFICER, _ISSUED),
    Page("credentials:award-edit", "yusuf", {"award_id": "{issuing_drafted}"}),
    Page("credentials:holder", _ADMINISTRATOR, _PERSON),
    Page("credentials:holder-address", _OFFICER, _PERSON),
    Page("credentials:holder-erase", _ADMINISTRATOR, _PERSON),
    Page("credentials:awards-job", _OFFICER, {"job_id": "{issuing_running}"}),
]


def demo_things() -> dict[str, str]:
    """Return what the pages show of the demo world."""
    from gilde.core.models import User
    from gilde.qualifications.models import QualificationVersion

    issuer = Issuer.objects.get(slug="mijnveld")
    own = Award.objects.filter(issuer=issuer, state=State.ISSUED, holder__erased_at=None)
    award = own.order_by("reference")[0]
    other = Award.objects.filter(issuer__slug="leiehof")
    dirk = User.objects.get(email__startswith="dirk@")
    told = {"who": str(dirk.pk), "act": "tell", "awards": [], "reason": "", "notify": False}
    return {
        "issuing_own": str(Achievement.objects.filter(issuer=issuer).order_by("code")[0].pk),
        "issuing_micro": str(
            Achievement.objects.filter(issuer=issuer, kind="micro-credential").order_by("code")[0].pk
        ),
        "issuing_own_key": str(issuer.keys.filter(until=None, kind="Ed25519").get().pk),
        "issuing_registered": str(
            QualificationVersion.objects.filter(state="registered").order_by("qualification__code")[0].pk
        ),
        "issuing_issued": str(award.pk),
        "issuing_person": str(award.holder_id),
        "issuing_waits": str(other.filter(state=State.WAITING).order_by("reference")[0].pk),
        "issuing_drafted": str(other.filter(state=State.DRAFT).order_by("reference")[0].pk),
        "issuing_running": str(jobs.enqueue(dirk, "credentials.act", **told).pk),
    }


NOT_PAGES = {
    "credentials:issuer-logo": "a picture",
    "credentials:issuer-sample": "a picture or a PDF",
    "credentials:achievement-sample": "a picture or a PDF",
    "credentials:award-preview": "a picture or a PDF",
    "credentials:award-file": "a file",
    "credentials:holder-report": "a file",
}
