"""What somebody sees who was handed a link by a holder: the verdict, what is shown, and each check."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from gilde.credentials.facts import Facts
from gilde.credentials.models import Share
from gilde.credentials.services import checking, renderings, sharing
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.verdicts import told
from gilde.credentials.views.wallet_secrets import by_secret


@login_not_required
@sensitive_variables("token")
@by_secret("token")
def page(request: HttpRequest, token: str) -> HttpResponseBase:
    """Check what a link hands over, and show it. The holder's own look at it is not counted."""
    share = sharing.open_share(token)
    own = request.user.pk is not None and request.user.pk == share.user_id
    if own or request.method == "HEAD":
        verdict = sharing.seen(share)
    else:
        sharing.viewed(share)
        verdict = checking.check_given(sharing.url(share))
    context: dict[str, Any] = {
        "title": _("An award that was shared with you"),
        "share": share,
        "own": own,
        "told": told(verdict),
        "hidden": _hidden(share, verdict.facts),
        "token": token,
    }
    return render(request, "credentials/shared.html", context)


def _hidden(share: Share, facts: Facts | None) -> int:
    """Return how many outcomes the award has that are not shown: the number is told, so nobody takes a part for all."""
    in_all = len((share.award.facts or {}).get("outcomes") or ())
    return max(0, in_all - len(facts.outcomes)) if facts else 0


@login_not_required
@sensitive_variables("token")
@by_secret("token")
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Give what a link hands over as a file, which anybody may check anywhere."""
    share = sharing.open_share(token)
    handed = sharing.handed_over(share).credential
    return words.attached(
        renderings.File(handed, "application/dc+sd-jwt", f"{renderings.stem(share.award)}.sd-jwt.txt")
    )
