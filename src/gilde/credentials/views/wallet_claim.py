"""An award as who has the link from the mail sees it: without an account, and then kept in a wallet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from gilde.core.errors import Missing
from gilde.credentials.facts_json import from_json
from gilde.credentials.services import holding
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.wallet_secrets import by_secret


@login_not_required
@sensitive_variables("secret")
@by_secret("secret", referrer="same-origin")
def page(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show the award of a link from a mail, its files, and how to keep it."""
    try:
        award = holding.invited(secret)
    except Missing:
        # Who used the link before is led to where the award lies now.
        if (mine := holding.claimed(request.user, secret)) is None:
            raise
        return redirect("credentials:wallet-award", mine.pk)
    here = reverse("credentials:claim", args=[secret])
    facts = from_json(award.facts)
    context: dict[str, Any] = {
        "title": words.text(facts.achievement.title),
        "award": award,
        "facts": words.facts_of(facts, with_title=False),
        "outcomes": words.outcomes_of(facts),
        "standing": words.standing_of(award),
        "downloads": words.downloads(
            award, lambda form: reverse("credentials:claim-file", args=[secret, form])
        ),
        "secret": secret,
        "elsewhere": award.holder.user_id not in (None, request.user.pk),
        "sign_in": f"{reverse('account_login')}?{urlencode({'next': here})}",
        "sign_up": f"{reverse('account_signup')}?{urlencode({'next': here})}",
    }
    return render(request, "credentials/claim.html", context)


@login_not_required
@sensitive_variables("secret")
@by_secret("secret")
def file(request: HttpRequest, secret: str, form: str) -> HttpResponseBase:
    """Give a file of the award of a link from a mail."""
    award = holding.invited(secret)
    return words.attached(words.file(award, form, request.GET.get("language", "")))


@require_POST
@sensitive_post_parameters("secret")
def keep(request: HttpRequest) -> HttpResponseBase:
    """Put the award of a link in the reader's wallet. The secret is in what is sent, not in the address."""
    award = holding.claim(actor=request.user, secret=request.POST.get("secret", ""))
    number = holding.wallet(request.user).filter(award__holder=award.holder_id).count()
    told = ngettext(
        "It is in your wallet now.",
        "It is in your wallet now, with all that you have of this issuer: %(n)d awards.",
        number,
    )
    messages.success(request, told % {"n": number})
    return redirect("credentials:wallet-award", award.pk)
