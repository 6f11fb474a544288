"""The awards of the issuers that the reader works for, and one act on many of them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from gilde.core.errors import GildeError
from gilde.core.form_pages import add_error, found
from gilde.core.jobs import Job
from gilde.core.lists import Listing
from gilde.credentials import access
from gilde.credentials.forms.awards import ActForm
from gilde.credentials.models import Award, Issuer
from gilde.credentials.services import acting
from gilde.credentials.services.acting import Act, Foreseen
from gilde.credentials.views.awards_listing import listing_for
from gilde.credentials.views.issuing_common import awards_crumb, both

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


@both
def award_list(request: HttpRequest) -> HttpResponseBase:
    """List awards; what is sent with the list is one act on the chosen ones, or on all that it finds."""
    issuers = _by_name(access.issuers_of(request.user))
    writes = _by_name(access.issuers_of(request.user, access.WRITERS)) if issuers else []
    listing = listing_for(request.user, issuers, acts=bool(writes))
    rows = access.issued_by(request.user)
    if request.method == "POST":
        return _act(request, listing, rows)
    context = {
        "title": _("Awards"),
        "acts": [(act.value, word) for act, word in WORDS.items()] if writes else [],
        "writes": bool(writes),
        "works": bool(issuers),
        "issuers": [each for each in writes if each.closed_at is None][:5],
    }
    return listing.respond(request, rows, "credentials/awards.html", context)


def _by_name(issuers: QuerySet[Issuer]) -> list[Issuer]:
    return sorted(issuers.select_related("organisation"), key=lambda each: str(each).casefold())


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
    try:
        UUID(value)
    except ValueError:
        return False
    return True
