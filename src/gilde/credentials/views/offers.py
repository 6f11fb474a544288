"""Putting an award in another wallet: the code for it, its PIN, and whether it arrived."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core import clock
from gilde.core.components import Kind, status
from gilde.core.errors import GildeError
from gilde.core.form_pages import add_error
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Offer, Rendering
from gilde.credentials.renderings import qr
from gilde.credentials.services import offering
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.wallet_award import kept
from gilde.credentials.views.wallet_folders import METHODS, crumbs


class OfferForm(forms.Form):
    """In which form the other wallet takes it."""

    form = forms.ChoiceField(
        label=gettext_lazy("What your wallet takes"),
        choices=[
            (
                Rendering.Form.SD_JWT,
                gettext_lazy("European wallets: you show each outcome and detail only where you choose"),
            ),
            (
                Rendering.Form.VC_JWT,
                gettext_lazy("Wallets that take W3C credentials only: you show the award as a whole"),
            ),
        ],
        initial=Rendering.Form.SD_JWT,
        widget=forms.RadioSelect,
    )


@dataclass(frozen=True)
class OfferRow:
    """An offer as its holder reads it: when it was made, how it stands, and whether that may change soon."""

    offer: Offer
    tag: SafeString
    sentence: str
    open: bool


_OUTCOMES: Final[dict[str, tuple[Kind, Any, Any]]] = {
    "accepted": ("good", gettext_lazy("Arrived"), gettext_lazy("Your wallet has it.")),
    "failure": (
        "bad",
        gettext_lazy("Failed"),
        gettext_lazy("Your wallet could not keep it. Make a new code and try again."),
    ),
    "deleted": (
        "none",
        gettext_lazy("Refused"),
        gettext_lazy("It was refused in the wallet. Make a new code if that was a mistake."),
    ),
}


def row_of(offer: Offer) -> OfferRow:
    """Return how an offer stands now."""
    over = offer.expires_at <= clock.now() or offer.tries >= offering.TRIES
    if offer.outcome in _OUTCOMES:
        kind, word, sentence = _OUTCOMES[offer.outcome]
        return OfferRow(offer, status(kind, word), str(sentence), False)
    if offer.issued_at is not None:
        told = _("A wallet fetched it. Not every wallet tells that it was kept: look there.")
        return OfferRow(offer, status("info", _("Handed over")), told, not over)
    if offer.redeemed_at is not None and not over and offer.token_hash:
        return OfferRow(
            offer, status("info", _("On its way")), _("The PIN is right. The wallet fetches it now."), True
        )
    if offer.redeemed_at is not None or over:
        told = _("Nobody got the award by this code. Make a new one to try again.")
        return OfferRow(offer, status("none", _("Ended")), told, False)
    return OfferRow(offer, status("info", _("Waiting")), _("No wallet has taken the code yet."), True)


def picture(text: str) -> str:
    """Return a QR code as an address that holds its picture, "" for a text that is too long for one."""
    if len(text) > qr.LARGEST:
        return ""
    return "data:image/svg+xml;base64," + base64.b64encode(qr.svg(text)).decode()


@never_cache
@require_http_methods(METHODS)
@sensitive_variables("made")
def page(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Say how an award comes in another wallet; make the code for it, and show it once."""
    award = kept(request, award_id).award
    form = OfferForm(request.POST or None)
    code = 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                made = offering.make(actor=request.user, award=award, form=form.cleaned_data["form"])
            except GildeError as error:
                add_error(form, error)
                code = error.status
            else:
                return _made(request, award, made)
    context = {
        **_around(award),
        "title": _("Put it in another wallet"),
        "form": form,
        "rows": [row_of(each) for each in offering.offers(request.user, award)[:20]],
    }
    return render(request, "credentials/offer.html", context, status=code)


@sensitive_variables("made")
def _made(request: HttpRequest, award: Award, made: offering.Made) -> HttpResponseBase:
    context = {
        **_around(award),
        "title": _("The code for your wallet"),
        "made": made,
        "pin": f"{made.pin[:3]} {made.pin[3:]}",
        "picture": picture(made.link),
        "row": row_of(made.offer),
    }
    response = render(request, "credentials/offer_made.html", context)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@require_safe
def state(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Tell how the newest offer of an award stands."""
    award = kept(request, award_id).award
    newest = offering.offers(request.user, award).first()
    context = {"award": award, "row": row_of(newest) if newest else None}
    return render(request, "credentials/offer_state.html", context)


def _around(award: Award) -> dict[str, Any]:
    title = str(words.text(from_json(award.facts).achievement.title))
    back = reverse("credentials:wallet-award", args=[award.pk])
    return {"award": award, "subject": title, "back": back, "crumbs": [*crumbs(), (title, back)]}
