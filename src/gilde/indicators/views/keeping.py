"""Keeping indicators: adding and changing them, where their figures come from, publishing and withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.errors import Refused
from gilde.core.form_pages import Page, answer
from gilde.indicators import saying
from gilde.indicators.access import can_manage, keepers, visible_targets
from gilde.indicators.forms.definitions import (
    IndicatorForm,
    OriginForm,
    initial_of,
    initial_of_origin,
)
from gilde.indicators.forms.fields import Versioned
from gilde.indicators.models import Indicator, Origin
from gilde.indicators.services import definitions
from gilde.indicators.views.common import indicator_crumbs, indicator_of
from gilde.indicators.workflow import indicator_workflow

both = require_http_methods(["GET", "HEAD", "POST"])


def page_of(indicator: Indicator) -> str:
    """Return the address of an indicator's page."""
    return reverse("indicators:indicator", args=[indicator.code])


def edit_of(indicator: Indicator) -> str:
    """Return the address where an indicator is kept."""
    return reverse("indicators:edit", args=[indicator.code])


def kept_crumbs(indicator: Indicator) -> list[tuple[str, str]]:
    """Return the way to a page under the keeping of an indicator."""
    return [*indicator_crumbs(indicator, "edit"), (_("Keep"), edit_of(indicator))]


def kept_of(request: HttpRequest, code: str) -> Any:
    """Return an indicator that the reader may see and change. Raises Refused with the reason."""
    indicator = indicator_of(request, code)
    require(can_manage(request.user, indicator))
    return indicator


@both
def add(request: HttpRequest) -> HttpResponse:
    """Describe a new indicator; it stays a draft until it is published."""
    mine = keepers(request.user)
    if not mine:
        raise Refused(
            _(
                "Only policy officers and approvers of an organisation keep indicators for it. "
                "Ask the administrator of your organisation for that role."
            )
        )
    page = Page(
        title=_("Add an indicator"),
        button=_("Save as draft"),
        back=reverse("indicators:list"),
        crumbs=[(_("Indicators"), reverse("indicators:list"))],
        lead=_("Only the members of your organisation see it until you publish it."),
        done=_("The indicator is a draft. Say where its figures come from, then publish it."),
        follow=edit_of,
    )
    form = IndicatorForm(
        request.POST if request.method == "POST" else None,
        owners=mine,
        initial={"kind": Indicator.Kind.OFFICIAL, "direction": Indicator.Direction.HIGHER},
    )
    return answer(
        request,
        page,
        form,
        lambda given: definitions.add_indicator(
            actor=request.user, owner=given.cleaned_data["owner"], data=given.read()
        ),
    )


@dataclass(frozen=True)
class KeptPage(Page):
    """The page on which an indicator is kept: its form, and beside it what else can be done."""

    indicator: Any = None
    origin: Any = None
    targets: Any = ()
    steps: Any = ()


@both
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what an indicator is; from here one reaches its origin, targets, loads and publication."""
    indicator = kept_of(request, code)

    def fresh(data: Any = None) -> IndicatorForm:
        return IndicatorForm(data, initial=initial_of(Indicator.objects.get(pk=indicator.pk)))

    targets = visible_targets(request.user).filter(indicator=indicator).select_related("area")
    page = KeptPage(
        title=_("Keep this indicator"),
        button=_("Save"),
        back=page_of(indicator),
        crumbs=indicator_crumbs(indicator, "edit"),
        subject=str(indicator),
        done=_("The indicator was changed."),
        follow=page_of,
        template="indicators/edit.html",
        indicator=indicator,
        origin=Origin.objects.filter(pk=indicator.pk).first(),
        targets=[
            (each, saying.aimed(each, indicator))
            for each in targets.order_by("withdrawn", "year", "area__position")
        ],
        steps=indicator_workflow.open_to(request.user, indicator),
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None),
        lambda given: definitions.change_indicator(
            actor=request.user,
            indicator=indicator,
            version=given.cleaned_data["version"] or 0,
            data=given.read(),
        ),
        fresh,
    )


@both
def origin(request: HttpRequest, code: str) -> HttpResponse:
    """Say from which dataset official figures come, and which part of it they are."""
    indicator = kept_of(request, code)

    def fresh(data: Any = None) -> OriginForm:
        stored = Origin.objects.filter(pk=indicator.pk).first()
        return OriginForm(data, initial=initial_of_origin(Indicator.objects.get(pk=indicator.pk), stored))

    page = Page(
        title=_("Where its figures come from"),
        button=_("Save"),
        back=edit_of(indicator),
        crumbs=kept_crumbs(indicator),
        subject=str(indicator),
        lead=_("Nothing is retrieved yet: you see what will be asked for before it is."),
        done=_("The origin was kept. Now its figures can be retrieved."),
        follow=lambda _made: reverse("indicators:pull", args=[indicator.code]),
    )
    return answer(
        request,
        page,
        fresh(request.POST if request.method == "POST" else None),
        lambda given: definitions.set_origin(
            actor=request.user,
            indicator=indicator,
            version=given.cleaned_data["version"] or 0,
            data=given.read(),
        ),
        fresh,
    )


_MOVES: Final[dict[str, tuple[Any, ...]]] = {
    "publish": (
        gettext_lazy("Publish this indicator"),
        gettext_lazy("Publish"),
        gettext_lazy(
            "Everybody sees it with all its figures and targets, and it is in the catalogue, the search and "
            "the feeds. Its code stays from now on."
        ),
        definitions.publish_indicator,
        gettext_lazy("The indicator is public."),
    ),
    "withdraw": (
        gettext_lazy("Withdraw this indicator"),
        gettext_lazy("Withdraw"),
        gettext_lazy(
            "Only the members of your organisation will see it; links to it from elsewhere find nothing. "
            "Nothing is deleted, and it can be published again."
        ),
        definitions.withdraw_indicator,
        gettext_lazy("The indicator was withdrawn. You can publish it again."),
    ),
}


@both
def move(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Publish or withdraw an indicator, after saying what will happen."""
    if name not in _MOVES:
        raise Http404
    indicator = kept_of(request, code)
    title, button, consequence, service, done = _MOVES[name]
    if request.method != "POST":
        require(indicator_workflow.can(request.user, indicator, name))
    page = Page(
        title=str(title),
        button=str(button),
        back=edit_of(indicator),
        crumbs=kept_crumbs(indicator),
        subject=str(indicator),
        warning=str(consequence),
        danger=name == "withdraw",
        done=str(done),
        follow=page_of,
    )

    def form(data: Any = None, of: Indicator | None = None) -> forms.Form:
        return Versioned(data, initial={"version": (of or indicator).version})

    return answer(
        request,
        page,
        form(request.POST if request.method == "POST" else None),
        lambda given: service(
            actor=request.user, indicator=indicator, version=given.cleaned_data["version"] or 0
        ),
        lambda: form(None, Indicator.objects.get(pk=indicator.pk)),
    )
