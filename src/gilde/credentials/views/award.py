"""One award as its issuer sees it: where it stands, what it says, what became of it, and its files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.access import Decision
from gilde.core.components import Fact, link, status, written
from gilde.core.documents import clean_name
from gilde.core.errors import Invalid
from gilde.core.models import AuditEvent, PersonalRecord, User
from gilde.core.text import Text
from gilde.credentials import access, describing
from gilde.credentials.facts import Facts
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import OUT, Award, Checkpoint, Rendering, State
from gilde.credentials.renderings import pdf, pdf_words
from gilde.credentials.services import lists, renderings
from gilde.credentials.views.issuer_keeping import first_page
from gilde.credentials.views.issuing_common import STATES, award_of, awards_crumb, moment

FILES: Final = (
    ("certificate", gettext_lazy("Certificate (PDF)"), gettext_lazy("sealed, the credential attached")),
    ("supplement", gettext_lazy("Supplement (PDF)"), gettext_lazy("with every learning outcome")),
    ("open-badge", gettext_lazy("Open Badge"), gettext_lazy("JSON, Open Badges 3.0")),
    ("badge-png", gettext_lazy("Open Badge as a picture"), gettext_lazy("PNG, the badge inside")),
    ("badge-svg", gettext_lazy("Open Badge as a drawing"), gettext_lazy("SVG, the badge inside")),
    ("edc", gettext_lazy("European Digital Credential"), gettext_lazy("JSON-LD, sealed; for Europass")),
    ("vc", gettext_lazy("Verifiable Credential"), gettext_lazy("JSON-LD, signed")),
    ("vc-jwt", gettext_lazy("Verifiable Credential (JWT)"), gettext_lazy("signed with JOSE")),
)
VERBS: Final[dict[str, Any]] = {
    "draft": gettext_lazy("Entered"),
    "change": gettext_lazy("Changed"),
    "submit": gettext_lazy("Sent for approval"),
    "send-back": gettext_lazy("Sent back"),
    "issue": gettext_lazy("Issued"),
    "revoke": gettext_lazy("Revoked"),
    "suspend": gettext_lazy("Suspended"),
    "reinstate": gettext_lazy("Counts again"),
    "claim": gettext_lazy("Put in a wallet"),
    "deposit": gettext_lazy("Deposited"),
}


@dataclass(frozen=True)
class Told:
    """Something that happened to the award."""

    at: Any
    what: str
    who: str
    reason: str


@require_safe
def page(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Show an award to who works for its issuer; its holder is led to their wallet."""
    try:
        award = award_of(request, award_id)
    except Http404:
        if access.held_by(request.user).filter(pk=award_id, state__in=sorted(OUT)).exists():
            return redirect("credentials:wallet-award", award_id)
        raise
    facts = stated(award)
    out = award.state in OUT
    rows = list(award.renderings.only("form", "variant", "digest", "leaf", "made_at", "key")) if out else []
    after = Award.objects.filter(replaces=award).first()
    context = {
        "title": award.reference,
        "crumbs": [awards_crumb()],
        "award": award,
        "name": pdf_words.holder(facts) if facts else _("Erased person"),
        "tag": tag_of(award),
        "expired": _is_over(award),
        "facts": _facts(award, facts),
        "outcomes": [Text(next(iter(each.title), "en"), each.title) for each in facts.outcomes]
        if facts
        else [],
        "before": award.replaces,
        "after": after,
        "files": FILES if out and facts else (),
        "entries": _entries(rows),
        "list": lists.url(award.status_list, "revocation") if award.status_list else "",
        "history": history(award),
        "acts": acts(request.user, award, corrected=after is not None),
        "may_draft": bool(access.can_draft(request.user, award.issuer)),
        "preview": not out and award.state != State.REFUSED,
        "in_wallet": award.kept.exists() if out else False,
    }
    return render(request, "credentials/award.html", context)


def stated(award: Award) -> Facts | None:
    """Return what an award says: as it was issued, else as it would be; None when its holder was erased."""
    if award.facts is not None:
        return from_json(award.facts)
    return None if award.state in OUT else describing.facts_of(award)


def tag_of(award: Award) -> Any:
    """Return where an award stands, as a tag."""
    if _is_over(award):
        return status("none", _("Expired"))
    return status(STATES[award.state], award.get_state_display())


def _is_over(award: Award) -> bool:
    return bool(award.state == State.ISSUED and award.valid_until and award.valid_until < clock.now())


def _facts(award: Award, facts: Facts | None) -> list[Fact]:
    achievement = link(reverse("credentials:achievement", args=[award.achievement_id]), award.achievement)
    holder = award.holder
    person = link(reverse("credentials:holder", args=[holder.pk]), holder if facts else _("Erased person"))
    told = [
        Fact(_("Achievement"), achievement),
        Fact(_("Holder"), person),
        Fact(_("Issuer"), award.issuer),
        Fact(_("Own reference"), award.reference),
        Fact(_("Awarded on"), written(award.awarded_on)),
    ]
    if facts is not None:
        told += [
            Fact(_("Date of birth"), written(facts.holder.born) if facts.holder.born else ""),
            *(Fact(label, value) for label, value in pdf_words.brief(facts)),
            Fact(_("Assessed on"), written(award.assessed_on) if award.assessed_on else ""),
            Fact(_("Assessed by"), award.assessed_by),
            Fact(_("Place"), award.place),
            Fact(_("Written in"), pdf_words.language(award.language)),
        ]
    told.append(Fact(_("Entered on"), moment(award.created_at)))
    if award.issued_at:
        told.append(Fact(_("Issued on"), moment(award.issued_at)))
    if award.stopped_at:
        told.append(Fact(award.get_state_display(), moment(award.stopped_at)))
    return [fact for fact in told if fact.value not in ("", None)]


def _entries(rows: list[Rendering]) -> list[dict[str, Any]]:
    """What of an award stands in the log, each with its proof once a checkpoint covers it."""
    covered = Checkpoint.objects.values_list("size", flat=True).first() or 0
    return [
        {
            "form": row.get_form_display(),
            "variant": row.variant,
            "digest": row.digest,
            "leaf": row.leaf,
            "at": moment(row.made_at),
            "proof": reverse("credentials:log-receipt", args=[row.digest])
            if row.leaf is not None and row.leaf < covered
            else "",
        }
        for row in rows
    ]


def history(award: Award) -> list[Told]:
    """Return what happened to an award, the newest first, in three queries."""
    events = list(AuditEvent.objects.filter(object_type="credentials.award", object_id=str(award.pk)))
    people = {each.actor for each in events if each.actor}
    if award.approved_by_id:
        people.add(award.approved_by_id)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=people)}
    private = {each.personal for each in events if each.personal}
    said = dict(PersonalRecord.objects.filter(pk__in=private).values_list("pk", "data")) if private else {}
    told = [
        Told(
            event.at,
            str(VERBS.get(event.action.rpartition(".")[2], event.action)),
            names.get(event.actor, _("somebody who left")) if event.actor else "Gilde",
            str(said[event.personal].get("reason", "")) if event.personal in said else "",
        )
        for event in events
    ]
    # Many that were issued together have one event between them, of their issuer.
    if award.issued_at and not any(event.action.endswith(".issue") for event in events):
        who = names.get(award.approved_by_id, "") if award.approved_by_id else ""
        told.append(Told(award.issued_at, str(VERBS["issue"]), who, ""))
    return sorted(told, key=lambda each: each.at, reverse=True)


def acts(user: Any, award: Award, *, corrected: bool) -> list[tuple[str, str, str]]:
    """Return what the reader may do with an award now: address, words, and the class of the button."""
    state, issuer = award.state, award.issuer
    drafts, stops = access.can_draft(user, issuer), access.can_stop(user, award)
    issues = access.can_issue(user, issuer) if drafts else drafts
    approves = access.can_approve(user, issuer, award.drafted_by_id)

    def act(name: str) -> str:
        return reverse("credentials:award-act", args=[award.pk, name])

    def own(name: str) -> str:
        return reverse(f"credentials:award-{name}", args=[award.pk])

    erased = award.holder.erased_at is not None
    table: list[tuple[bool | Decision, str, str, str]] = []
    if state == State.DRAFT:
        table = [
            (issues, act("issue"), _("Issue"), "primary"),
            (drafts and not issues, act("submit"), _("Send for approval"), "primary"),
            (drafts, own("edit"), _("Change"), ""),
            (drafts, act("discard"), _("Discard"), "danger"),
        ]
    elif state == State.WAITING:
        table = [
            (approves, act("approve"), _("Approve and issue"), "primary"),
            (approves, act("send-back"), _("Send back"), ""),
        ]
    elif state in OUT:
        table = [
            (drafts and not corrected and not erased, own("correct"), _("Correct"), ""),
            (stops and not erased, act("tell"), _("Tell the holder again"), ""),
            (stops and state == State.ISSUED, act("suspend"), _("Suspend"), ""),
            (stops and state == State.SUSPENDED, act("reinstate"), _("Let it count again"), ""),
            (stops and state != State.REVOKED, act("revoke"), _("Revoke"), "danger"),
        ]
    return [(url, words, kind) for may, url, words, kind in table if may]


@require_safe
def file(request: HttpRequest, award_id: UUID, form: str) -> HttpResponseBase:
    """Hand out an award in one of its forms, as a file."""
    award = award_of(request, award_id)
    if form.startswith("badge-"):
        made = renderings.badge(award, form.removeprefix("badge-"))
    else:
        made = renderings.file(award, form)
    response = HttpResponse(made.content, content_type=made.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{clean_name(made.name)}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def preview(request: HttpRequest, award_id: UUID, form: str) -> HttpResponseBase:
    """Show what the certificate would be of an award that is not issued: without seal, code or credential."""
    award = award_of(request, award_id)
    facts = None if award.state in OUT else stated(award)
    if facts is None or form not in ("pdf", "png"):
        raise Invalid(_("A preview is there of awards that are not issued yet, as pdf or png."))
    look = renderings.look_of(award.issuer)
    look = replace(look, wording={"en": _("Preview: not issued yet")})
    made = pdf.make(facts, look, made_at=clock.now())
    response = HttpResponse(
        made if form == "pdf" else first_page(made),
        content_type="application/pdf" if form == "pdf" else "image/png",
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def told_of(award: Award) -> str:
    """Return an award in a line, for pages that ask something about it."""
    return f"{award.reference} · {award.holder} · {award.achievement}"
