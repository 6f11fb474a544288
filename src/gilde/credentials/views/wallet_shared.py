"""What somebody sees who was handed a link by a holder: the verdict, what is shown, and each check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from gilde.core.components import Fact
from gilde.credentials.models import Share
from gilde.credentials.services import checking, renderings, sharing
from gilde.credentials.verdict import Verdict
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.verdicts import Told, told
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
        "told": _told(verdict, share),
        "token": token,
    }
    return render(request, "credentials/shared.html", context)


def _told(verdict: Verdict, share: Share) -> Told:
    """Return the verdict in words, and of how many outcomes only some are shown, so that nobody takes these for all."""
    said, in_all = told(verdict), len((share.award.facts or {}).get("outcomes") or ())
    if verdict.facts is None or len(verdict.facts.outcomes) >= in_all:
        return said
    shown = _("%(shown)d of %(all)d; the holder chose not to show the others.") % {
        "shown": len(verdict.facts.outcomes),
        "all": in_all,
    }
    return replace(said, facts=[*said.facts, Fact(_("Outcomes shown here"), shown)])


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
