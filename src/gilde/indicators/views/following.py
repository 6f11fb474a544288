"""Following indicators by mail: beginning, stopping, and what one follows."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core.access import require
from gilde.core.components import day, link
from gilde.core.form_pages import Page, answer
from gilde.core.lists import Column, Listing, words_of
from gilde.indicators.access import can_follow, visible_indicators, visible_subscriptions
from gilde.indicators.services import following as service
from gilde.indicators.views.common import as_day, indicator_crumbs, indicator_of

both = require_http_methods(["GET", "HEAD", "POST"])

FOLLOWED = Listing(
    name="followed",
    caption=gettext_lazy("What you follow"),
    fields=["indicator__name", "indicator__code", "since"],
    columns=[
        Column(
            "indicator__name",
            gettext_lazy("Indicator"),
            cell=lambda r: link(
                reverse("indicators:indicator", args=[r["indicator__code"]]), r["indicator__name"]
            ),
            sort=words_of("indicator__name"),
            head=True,
        ),
        Column("indicator__code", gettext_lazy("Code"), download_only=True),
        Column("since", gettext_lazy("Since"), cell=lambda r: day(as_day(r["since"])), sort="since"),
        Column(
            "stop",
            gettext_lazy("What you can do"),
            value=lambda _row: "",
            cell=lambda r: link(
                reverse("indicators:unfollow", args=[r["indicator__code"]]), _("Stop following")
            ),
        ),
    ],
    search=["indicator__code", words_of("indicator__name")],
    order="-since",
    empty=gettext_lazy(
        "Follow an indicator on its page, and you get a mail when its figures are new or revised, or when it "
        "stands differently against a target."
    ),
)


@require_safe
def following(request: HttpRequest) -> HttpResponseBase:
    """List what the reader follows, with a way to stop."""
    seen = visible_indicators(request.user).order_by().values("pk")
    mine = visible_subscriptions(request.user).filter(indicator__in=seen)
    context = {
        "title": _("What I follow"),
        "crumbs": [(_("Indicators"), reverse("indicators:list"))],
    }
    return FOLLOWED.respond(request, mine, "indicators/following.html", context)


@both
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Begin to follow an indicator, after saying what that means."""
    indicator = indicator_of(request, code)
    require(can_follow(request.user))
    page = Page(
        title=_("Follow this indicator"),
        button=_("Follow"),
        back=reverse("indicators:indicator", args=[code]),
        crumbs=indicator_crumbs(indicator, "follow"),
        subject=str(indicator),
        warning=_(
            "You get a mail when its figures are new or revised, or when it stands differently against a target. "
            "You can stop at any time."
        ),
        done=_("You follow this indicator."),
        follow=lambda _made: reverse("indicators:following"),
    )
    return answer(
        request,
        page,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _given: service.follow(
            actor=request.user, indicator=indicator, language=(get_language() or "en").split("-")[0]
        ),
    )


@both
def unfollow(request: HttpRequest, code: str) -> HttpResponse:
    """Stop following an indicator."""
    indicator = indicator_of(request, code)
    page = Page(
        title=_("Stop following"),
        button=_("Stop following"),
        back=reverse("indicators:following"),
        crumbs=indicator_crumbs(indicator, "follow"),
        subject=str(indicator),
        warning=_("You get no more mail about this indicator. You can follow it again."),
        done=_("You no longer follow this indicator."),
    )
    return answer(
        request,
        page,
        forms.Form(request.POST if request.method == "POST" else None),
        lambda _given: service.unfollow(actor=request.user, indicator=indicator),
    )
