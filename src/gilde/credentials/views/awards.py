"""The awards of the issuers that the reader works for, and one act on many of them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import link, nothing, status, written
from gilde.core.errors import GildeError
from gilde.core.form_pages import add_error, found
from gilde.core.jobs import Job
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.credentials import access
from gilde.credentials.forms.awards import ActForm
from gilde.credentials.models import Achievement, Award, Key, Rendering, State
from gilde.credentials.services import acting, keys
from gilde.credentials.services.acting import Act, Foreseen
from gilde.credentials.views.achievement_keeping import issuers_to_draft
from gilde.credentials.views.issuing_common import STATES, awards_crumb, both
from gilde.organisations.public import Role

EXPIRED: Final = "expired"
ME, BACK, MINE = "me", "back", "mine"
MOST_BATCHES: Final = 50

WORDS: Final[dict[Act, Any]] = {
    Act.APPROVE: gettext_lazy("Approve and issue"),
    Act.SEND_BACK: gettext_lazy("Send back"),
    Act.REVOKE: gettext_lazy("Revoke"),
    Act.SUSPEND: gettext_lazy("Suspend"),
    Act.REINSTATE: gettext_lazy("Let count again"),
    Act.REISSUE: gettext_lazy("Issue anew"),
    Act.TELL: gettext_lazy("Tell the holders again"),
}
ASKS: Final[dict[Act, Any]] = {
    Act.SEND_BACK: gettext_lazy("Who entered them reads this."),
    Act.REVOKE: gettext_lazy("The holders are told, and so is who checks."),
    Act.SUSPEND: gettext_lazy("The holders are told, and so is who checks."),
    Act.REINSTATE: gettext_lazy("Stays in the record of each award."),
    Act.REISSUE: gettext_lazy("What was wrong. The holders are told, and so is who checks."),
}


def _holder(row: Row) -> SafeString:
    name = f"{row['holder__given_name']} {row['holder__family_name']}".strip() or _("Erased person")
    return link(reverse("credentials:award", args=[row["pk"]]), name)


def _choose(row: Row) -> SafeString:
    name = f"{row['holder__given_name']} {row['holder__family_name']}".strip()
    label = _("Choose %(reference)s, %(name)s") % {"reference": row["reference"], "name": name}
    return format_html(
        '<input type="checkbox" name="award" value="{}" form="act" aria-label="{}">', row["pk"], label
    )


def _state(row: Row) -> SafeString:
    word, kind = str(State(row["state"]).label), STATES[row["state"]]
    if row["state"] == State.ISSUED and row["valid_until"] and row["valid_until"] < clock.now():
        word, kind = _("Expired"), "none"
    return status(kind, word)


def _by_state(rows: QuerySet[Award], wanted: str) -> QuerySet[Award]:
    if wanted == EXPIRED:
        return rows.filter(state=State.ISSUED, valid_until__lt=clock.now())
    return rows.filter(state=wanted)


def waiting_for(actor: Any, rows: QuerySet[Award]) -> QuerySet[Award]:
    """Return those that wait for this person's approval: entered by somebody else, for an issuer they approve for."""
    approves = access.issuers_of(actor, frozenset({Role.APPROVER})).filter(closed_at=None)
    return rows.filter(state=State.WAITING, issuer__in=approves.values("pk")).filter(
        ~Q(drafted_by=actor.pk) | Q(drafted_by=None)
    )


def _listing(request: HttpRequest, *, acts: bool) -> Listing:
    """Return the declaration of the list for one request: what can be chosen is read once."""
    user: Any = request.user
    issuers = sorted(
        ((each.slug, str(each)) for each in access.issuers_of(user).select_related("organisation")),
        key=lambda each: each[1].casefold(),
    )
    mine = access.issued_by(user)
    achievements = _achievements(user)
    years = [str(day.year) for day in mine.order_by().dates("awarded_on", "year", order="DESC")]
    batches = [
        (str(pk), f"{name} ({timezone.localtime(at):%Y-%m-%d})")
        for pk, name, at in access.visible_batches(user).values_list("pk", "name", "sent_at")[:MOST_BATCHES]
    ]
    waiting = [(ME, _("For my approval")), (BACK, _("Sent back to me")), (MINE, _("My drafts"))]
    doubted = _doubted(user)

    def by_waiting(rows: QuerySet[Award], wanted: str) -> QuerySet[Award]:
        if wanted == ME:
            return waiting_for(user, rows)
        rows = rows.filter(state=State.DRAFT, drafted_by=user.pk)
        return rows.exclude(reason="") if wanted == BACK else rows

    def by_doubt(rows: QuerySet[Award], wanted: str) -> QuerySet[Award]:
        key = doubted[wanted]
        assert key.compromised_from is not None
        signed = Rendering.objects.filter(
            keys.in_doubt(key.compromised_from), award=OuterRef("pk"), key=key, form=Rendering.Form.VC
        )
        return rows.filter(Exists(signed))

    choose = Column("id", gettext_lazy("Choose"), value=lambda row: row["pk"], cell=_choose)
    filters = [
        Filter("issuer", gettext_lazy("Issuer"), lambda: issuers, "issuer__slug"),
        Filter("achievement", gettext_lazy("Achievement"), lambda: achievements, "achievement"),
        Filter(
            "state",
            gettext_lazy("State"),
            lambda: [*State.choices, (EXPIRED, _("Expired"))],
            _by_state,
        ),
        Filter("year", gettext_lazy("Year"), lambda: [(y, y) for y in years], "awarded_on__year"),
        Filter("waiting", gettext_lazy("Waiting"), lambda: waiting, by_waiting),
        Filter("batch", gettext_lazy("Batch"), lambda: batches, "batch"),
        Filter(
            "doubt",
            gettext_lazy("In doubt"),
            lambda: [(pk, f"{key.kind}, {key.fragment}") for pk, key in doubted.items()],
            by_doubt,
        ),
    ]
    if len(issuers) < 2:
        filters = filters[1:]
    if not batches:
        filters = [each for each in filters if each.name != "batch"]
    if not doubted:
        filters = [each for each in filters if each.name != "doubt"]
    return Listing(
        name="awards",
        caption=gettext_lazy("Awards"),
        fields=[
            *("reference", "state", "awarded_on", "valid_until", "grade", "issued_at", "stopped_at"),
            *("holder__given_name", "holder__family_name", "achievement__title", "achievement__code"),
            "issuer__organisation__name",
        ],
        columns=[
            *([choose] if acts else []),
            Column(
                "holder",
                gettext_lazy("Holder"),
                value=lambda row: f"{row['holder__given_name']} {row['holder__family_name']}".strip(),
                cell=_holder,
                sort="holder__family_name",
                head=True,
            ),
            Column("reference", gettext_lazy("Reference"), sort="reference"),
            Column(
                "achievement",
                gettext_lazy("Achievement"),
                value=lambda row: row["achievement__title"],
                sort=words_of("achievement__title"),
            ),
            Column(
                "achievement_code",
                gettext_lazy("Code"),
                value=lambda row: row["achievement__code"],
                download_only=True,
            ),
            Column(
                "issuer",
                gettext_lazy("Issuer"),
                value=lambda row: row["issuer__organisation__name"],
                download_only=len(issuers) < 2,
                sort=words_of("issuer__organisation__name"),
            ),
            Column("awarded_on", gettext_lazy("Awarded on"), sort="awarded_on"),
            Column("grade", gettext_lazy("Grade"), cell=lambda row: row["grade"] or nothing()),
            Column(
                "valid_until",
                gettext_lazy("Valid until"),
                cell=lambda row: written(row["valid_until"]),
                download_only=True,
            ),
            Column("issued_at", gettext_lazy("Issued on"), download_only=True),
            Column("stopped_at", gettext_lazy("Revoked or suspended on"), download_only=True),
            Column("state", gettext_lazy("State"), cell=_state, sort="state"),
        ],
        search=["holder__family_name", "holder__given_name", "reference"],
        filters=filters,
        order="-awarded_on",
        keyset=True,
        empty=gettext_lazy(
            "Awards that you enter stand here. Begin with one by the form, or with a file of many."
        ),
    )


def _achievements(user: Any) -> list[tuple[str, str]]:
    rows = Achievement.objects.filter(issuer__in=access.issuers_of(user).values("pk")).only("code", "title")
    return sorted(((str(each.pk), str(each)) for each in rows), key=lambda each: each[1].casefold())


def _doubted(user: Any) -> dict[str, Key]:
    rows = Key.objects.filter(issuer__in=access.issuers_of(user).values("pk"), compromised_from__isnull=False)
    return {str(key.pk): key for key in rows}


@both
def award_list(request: HttpRequest) -> HttpResponseBase:
    """List awards; what is sent with the list is one act on the chosen ones, or on all that it finds."""
    writes = access.issuers_of(request.user, access.WRITERS).exists()
    listing = _listing(request, acts=writes)
    rows = access.issued_by(request.user)
    if request.method == "POST":
        return _act(request, listing, rows)
    context = {
        "title": _("Awards"),
        "acts": [(act.value, word) for act, word in WORDS.items()] if writes else [],
        "writes": writes,
        "works": writes or access.issuers_of(request.user).exists(),
        "issuers": issuers_to_draft(request)[:5] if writes else [],
    }
    return listing.respond(request, rows, "credentials/awards.html", context)


def _act(request: HttpRequest, listing: Listing, rows: QuerySet[Award]) -> HttpResponseBase:
    """Say what an act would do to how many awards; once that was confirmed, do it."""
    here = request.get_full_path()
    asked = request.POST.get("act", "")
    if asked not in set(Act):
        messages.warning(request, _("Choose what to do with them."))
        return redirect(here)
    act = Act(asked)
    every = "all" in request.POST
    chosen = [each for each in request.POST.getlist("award") if _is_uuid(each)][:1000]
    concerned = listing.narrowed(request, rows) if every else rows.filter(pk__in=chosen)
    wanted = acting.foreseen(actor=request.user, act=act, awards=concerned)
    if not wanted.will and not wanted.left:
        messages.warning(request, _("Choose one award or more."))
        return redirect(here)
    confirmed = "confirmed" in request.POST
    form = ActForm(
        request.POST if confirmed else None,
        reason=str(ASKS.get(act, "")),
        notify=act not in (Act.SEND_BACK, Act.TELL),
    )
    changed = confirmed and request.POST.get("seen") != wanted.seen
    state = 409 if changed else 200
    if confirmed and not changed:
        state = 422
        if form.is_valid():
            try:
                made = acting.start(actor=request.user, wanted=wanted, **form.told())
            except GildeError as error:
                add_error(form, error)
                state = error.status
            else:
                return _after(request, made, here)
    context = {
        "title": WORDS[act],
        "crumbs": [awards_crumb()],
        "act": act.value,
        "wanted": wanted,
        "number": len(wanted.will),
        "sentences": consequences(wanted),
        "chosen": [] if every else chosen,
        "every": every,
        "seen": wanted.seen,
        "changed": changed,
        "form": form,
        "back": here,
        "danger": act in (Act.REVOKE, Act.REISSUE),
    }
    return render(request, "credentials/awards_act.html", context, status=state)


def _after(request: HttpRequest, made: acting.Done | Job, here: str) -> HttpResponseBase:
    if isinstance(made, Job):
        return redirect(reverse("credentials:awards-job", args=[made.pk]) + "?" + urlencode({"back": here}))
    messages.success(request, said(made.act, made.done))
    return redirect(here)


def said(act: str, number: int) -> str:
    """Return what was done, in a sentence."""
    told = {
        Act.APPROVE: ngettext("%(n)d award is issued.", "%(n)d awards are issued.", number),
        Act.SEND_BACK: ngettext("%(n)d award is sent back.", "%(n)d awards are sent back.", number),
        Act.REVOKE: ngettext("%(n)d award is revoked.", "%(n)d awards are revoked.", number),
        Act.SUSPEND: ngettext("%(n)d award is suspended.", "%(n)d awards are suspended.", number),
        Act.REINSTATE: ngettext("%(n)d award counts again.", "%(n)d awards count again.", number),
        Act.REISSUE: ngettext("%(n)d award is issued anew.", "%(n)d awards are issued anew.", number),
        Act.TELL: ngettext("%(n)d holder is told.", "%(n)d holders are told.", number),
    }
    return told[Act(act)] % {"n": number}


def consequences(wanted: Foreseen) -> list[str]:
    """Return what will happen to how many awards, a sentence each."""
    number = len(wanted.will)
    told = {
        Act.APPROVE: _("They are issued at once: signed, entered in the log, and valid from their day on."),
        Act.SEND_BACK: _("They become drafts again, for who entered them to change."),
        Act.REVOKE: _("They are not valid any more, for good: every check says so within minutes."),
        Act.SUSPEND: _(
            "They do not count until you let them count again: every check says so within minutes."
        ),
        Act.REINSTATE: _("They count again: every check says so within minutes."),
        Act.REISSUE: _(
            "Each is revoked and issued anew under another reference, as its achievement and its holder are now. Old "
            "and new are linked, and the new ones lie in the wallets that held the old ones. Where two people are "
            "asked for, the new ones wait for approval."
        ),
        Act.TELL: _("Each holder gets a mail with a new link; links that were sent before work no more."),
    }
    sentences = [told[wanted.act]] if number else []
    if (
        number
        and wanted.without_address
        and wanted.act in (Act.APPROVE, Act.REVOKE, Act.SUSPEND, Act.REISSUE)
    ):
        sentences.append(
            ngettext(
                "%(n)d holder has no e-mail address here, and cannot be told.",
                "%(n)d holders have no e-mail address here, and cannot be told.",
                wanted.without_address,
            )
            % {"n": wanted.without_address}
        )
    if number > acting.AT_ONCE:
        sentences.append(_("It takes a while: a page shows how far it is, and you can leave it."))
    return sentences


@require_safe
def job(request: HttpRequest, job_id: Any) -> HttpResponseBase:
    """Show how far an act on many awards is, and in the end what was done."""
    rows = Job.objects.visible_to(request.user).filter(kind__in=("credentials.act", "credentials.tell"))
    it = found(rows, pk=job_id)
    result = it.result or {}
    act = it.arguments.get("act", Act.TELL.value)
    back = request.GET.get("back", "")
    context = {
        "title": WORDS[Act(act)],
        "crumbs": [awards_crumb()],
        "job": it,
        "waits": not it.is_finished,
        "said": said(act, int(result.get("done", result.get("told", 0))))
        if it.state == Job.State.DONE
        else "",
        "left": int(result.get("left", 0)),
        "without": int(result.get("without_address", 0)),
        "failed": int(result.get("failed", 0)),
        "back": back if back.startswith("/awards/") else reverse("credentials:awards"),
    }
    name = "_awards_job.html" if getattr(request, "htmx", None) else "awards_job.html"
    return render(request, f"credentials/{name}", context)


def _is_uuid(value: str) -> bool:
    from uuid import UUID

    try:
        UUID(value)
    except ValueError:
        return False
    return True
