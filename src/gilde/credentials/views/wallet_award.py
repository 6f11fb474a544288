"""An award in its holder's wallet: what it says, how it stands, its files, who saw it, and out of the wallet again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import clock
from gilde.core.form_pages import found
from gilde.credentials import access
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import OUT, Award, Kept
from gilde.credentials.services import holding
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.wallet_folders import METHODS, crumbs
from gilde.credentials.views.wallet_shares import row_of


def kept(request: HttpRequest, award_id: UUID) -> Kept:
    """Return an award of the reader's wallet as it lies there; anybody else gets 404."""
    mine = holding.wallet(request.user).select_related(
        "folder", "award__issuer__organisation", "award__achievement", "award__status_list", "award__holder"
    )
    return found(mine, award=award_id)


@never_cache
@require_safe
def page(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Show an award."""
    lies = kept(request, award_id)
    award = lies.award
    facts = from_json(award.facts)
    now = clock.now()
    context: dict[str, Any] = {
        "title": words.text(facts.achievement.title),
        "crumbs": crumbs(),
        "kept": lies,
        "award": award,
        "summary": words.facts_of(facts, with_title=False),
        "outcomes": words.outcomes_of(facts),
        "description": words.text(facts.achievement.description),
        "standing": words.standing_of(award),
        "newer": _in_wallet(request, Award.objects.filter(replaces=award)),
        "older": _in_wallet(request, Award.objects.filter(replaced_by=award)),
        "downloads": words.downloads(
            award, lambda form: reverse("credentials:wallet-file", args=[award.pk, form])
        ),
        "shares": [row_of(share, now) for share in access.visible_shares(request.user).filter(award=award)],
        "folders": list(access.visible_folders(request.user)),
        "offer": _offer(award),
    }
    return render(request, "credentials/wallet_award.html", context)


def _in_wallet(request: HttpRequest, awards: Any) -> Award | None:
    mine = holding.wallet(request.user).order_by().values("award")
    found: Award | None = awards.filter(state__in=sorted(OUT), pk__in=mine).first()
    return found


def _offer(award: Award) -> str:
    """Return where the award is put in another wallet, "" where this Gilde does not do that."""
    try:
        return reverse("credentials:offer", args=[award.pk])
    except NoReverseMatch:
        return ""


@require_safe
def file(request: HttpRequest, award_id: UUID, form: str) -> HttpResponseBase:
    """Give a file of an award."""
    award = kept(request, award_id).award
    return words.attached(words.file(award, form, request.GET.get("language", "")))


@require_http_methods(METHODS)
def remove(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Say what taking an award out of the wallet means, and do it."""
    award = kept(request, award_id).award
    title = words.text(from_json(award.facts).achievement.title)
    if request.method == "POST":
        holding.remove(actor=request.user, award=award)
        messages.success(
            request, _("“%(award)s” is out of your wallet, and its links are gone.") % {"award": title}
        )
        return redirect("credentials:wallet")
    links = access.visible_shares(request.user).filter(award=award).count()
    gone = (
        ngettext("One link to it stops working.", "%(n)d links to it stop working.", links) % {"n": links}
        if links
        else ""
    )
    kept_by = _(
        "Files that you downloaded stay valid, and %(issuer)s keeps the award: only they can erase it. To have it in a "
        "wallet again, ask them for a new link."
    ) % {"issuer": award.issuer}
    context = {
        "title": _("Take this out of my wallet"),
        "crumbs": [*crumbs(), (title, reverse("credentials:wallet-award", args=[award.pk]))],
        "what": title,
        "consequence": " ".join([_("You no longer see it here."), *([gone] if links else []), kept_by]),
        "form": forms.Form(),
        "button": _("Take it out of my wallet"),
        "cancel": reverse("credentials:wallet-award", args=[award.pk]),
    }
    return render(request, "core/confirm.html", context)
