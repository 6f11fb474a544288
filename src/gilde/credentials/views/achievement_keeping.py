"""Making achievements, by hand or from the register, and keeping them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.access import require
from gilde.core.errors import GildeError
from gilde.core.form_pages import Page, answer, found
from gilde.core.lists import words_of
from gilde.credentials import access
from gilde.credentials.forms import achievements as forms
from gilde.credentials.models import Achievement, Issuer
from gilde.credentials.services import achievements as service
from gilde.credentials.views.issuing_common import (
    achievement_of,
    achievements_crumb,
    both,
    data_of,
    issuer_crumbs,
    issuer_of,
)
from gilde.qualifications.public import QualificationVersion, with_parts

MOST_FOUND: Final = 30
ON_REGISTER: Final = ("registered", "under-review")


def _url(achievement: Achievement) -> str:
    return reverse("credentials:achievement", args=[achievement.pk])


def _own_issuer(request: HttpRequest, slug: str) -> Issuer:
    issuer = issuer_of(request, slug)
    require(access.can_draft(request.user, issuer))
    return issuer


def _own(request: HttpRequest, achievement_id: UUID) -> Achievement:
    achievement = achievement_of(request, achievement_id)
    require(access.can_draft(request.user, achievement.issuer))
    return achievement


def _page(achievement: Achievement, title: str, **more: Any) -> Page:
    told: dict[str, Any] = {"button": _("Save"), "done": _("Your change has been saved."), **more}
    here = _url(achievement)
    crumbs = [achievements_crumb(), (str(achievement.title), here)]
    return Page(title=title, back=here, crumbs=crumbs, subject=str(achievement.title), **told)


@both
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add an achievement by hand."""
    issuer = _own_issuer(request, slug)
    page = Page(
        title=_("Add an achievement"),
        button=_("Add"),
        back=reverse("credentials:issuer", args=[slug]),
        crumbs=issuer_crumbs(issuer),
        lead=_("For what stands on the register it is less work to take it from there."),
        follow=lambda made: reverse("credentials:achievement-outcomes", args=[made.pk]),
        done=_("The achievement has been added. Say next what somebody can do who was awarded it."),
    )
    form = forms.AchievementForm(data_of(request), initial={"language": "en"})
    return answer(
        request, page, form, lambda given: service.make(actor=request.user, issuer=issuer, **given.read())
    )


@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Find the qualification or micro-credential that an achievement is made from."""
    issuer = _own_issuer(request, slug)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    context = {
        "title": _("Award something from the register"),
        "crumbs": issuer_crumbs(issuer),
        "issuer": issuer,
        "words": words,
        "found": _on_register(words)[:MOST_FOUND],
        "most": MOST_FOUND,
    }
    return render(request, "credentials/achievement_choose.html", context)


def _on_register(words: str) -> QuerySet[QualificationVersion]:
    rows = QualificationVersion.objects.filter(state__in=ON_REGISTER, recognised_at__isnull=False)
    rows = rows.select_related("qualification", "level").alias(_title=words_of("title")())
    for word in words.split()[:8]:
        rows = rows.filter(_title__icontains=word) | rows.filter(qualification__code__icontains=word)
    return rows.order_by("_title", "pk")


@both
def take(request: HttpRequest, slug: str, version_id: UUID) -> HttpResponse:
    """Make an achievement from a qualification: whole, or the part that is chosen."""
    issuer = _own_issuer(request, slug)
    rows = QualificationVersion.objects.filter(recognised_at__isnull=False)
    version = found(with_parts(rows), pk=version_id)
    whole = service.taken(version)
    page = Page(
        title=_("Award “%(title)s”") % {"title": version.title},
        button=_("Make it"),
        back=reverse("credentials:achievement-choose", args=[slug]),
        crumbs=issuer_crumbs(issuer),
        subject=str(issuer),
        lead=_(
            "Title, level, workload, credit, assessment and outcomes are taken from the register, with their "
            "addresses. You can change them until the first award."
        ),
        follow=_url,
        done=_("The achievement has been made. Look it over before you award it."),
    )
    initial = {
        "outcomes": [each.uri for each in whole.outcomes],
        "code": service.free_code(issuer, str(whole.fields["code"])),
        "title": whole.fields["title"],
    }
    form = forms.ChosenForm(data_of(request), initial=initial, offered=whole.outcomes)

    def save(given: forms.ChosenForm) -> Achievement:
        told = given.cleaned_data
        made = service.taken(version, told.get("outcomes"))
        fields = {**made.fields, "code": told["code"], "title": told["title"]}
        return service.make(actor=request.user, issuer=issuer, outcomes=made.outcomes, **fields)

    return answer(request, page, form, save)


@both
def edit(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Change an achievement: all of it while nothing was awarded, then its words."""
    it = _own(request, achievement_id)
    was_awarded = service.awarded(it)

    def fresh(data: Any = None) -> forms.AchievementForm:
        initial = forms.achievement_initial(Achievement.objects.get(pk=it.pk))
        return forms.AchievementForm(data, initial=initial, awarded=was_awarded)

    lead = ""
    if was_awarded:
        lead = _(
            "This was awarded already, so what it means stays. You may put its words right and add languages; for "
            "anything else make a successor."
        )
    return answer(
        request,
        _page(it, _("Change this achievement"), lead=lead),
        fresh(data_of(request)),
        lambda given: service.change(actor=request.user, achievement=it, lock=given.lock(), **given.read()),
        fresh,
    )


@both
def outcomes(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Change the outcomes of an achievement in one form."""
    it = _own(request, achievement_id)
    was_awarded = service.awarded(it)
    data = data_of(request)
    form = forms.outcomes_form(data, list(it.outcomes.all()), awarded=was_awarded)
    fault, state = "", 200
    lock = _lock(request, it)
    if data is not None:
        state = 422
        if form.is_valid():
            try:
                service.set_outcomes(
                    actor=request.user,
                    achievement=it,
                    lock=lock,
                    outcomes=form.told(),
                    meaning_stays="meaning_stays" in request.POST,
                )
            except GildeError as error:
                fault, state = error.sentence, error.status
            else:
                messages.success(request, _("The outcomes have been saved."))
                more = "more" in request.POST
                return redirect("credentials:achievement-outcomes", it.pk) if more else redirect(_url(it))
    context = {
        "title": _("Outcomes"),
        "crumbs": [achievements_crumb(), (str(it.title), _url(it))],
        "achievement": it,
        "form": form,
        "fault": fault,
        "awarded": was_awarded,
        "lock": lock,
        "back": _url(it),
    }
    return render(request, "credentials/achievement_outcomes.html", context, status=state)


def _lock(request: HttpRequest, it: Achievement) -> int:
    sent = request.POST.get("version", "")
    if request.method != "POST":
        return it.version
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0


@both
def close(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Let an achievement be awarded no more."""
    it = _own(request, achievement_id)
    page = _page(
        it,
        _("Close this achievement"),
        button=_("Close it"),
        warning=_(
            "It is not awarded any more. Awards of it that are out stay valid, and can be corrected and revoked. You "
            "can open it again later."
        ),
        danger=True,
        done=_("The achievement is closed."),
    )
    return _confirmed(request, page, lambda: service.close(actor=request.user, achievement=it))


@both
def reopen(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Let a closed achievement be awarded again."""
    it = _own(request, achievement_id)
    page = _page(
        it,
        _("Open this achievement again"),
        button=_("Open it"),
        warning=_("It can be awarded again from now on."),
        done=_("The achievement is open again."),
    )
    return _confirmed(request, page, lambda: service.reopen(actor=request.user, achievement=it))


def _confirmed(request: HttpRequest, page: Page, act: Any) -> HttpResponse:
    return answer(request, page, django_forms.Form(data_of(request)), lambda _given: act())


@both
def succeed(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Make the achievement that takes the place of this one."""
    it = _own(request, achievement_id)
    page = _page(
        it,
        _("Make a successor"),
        button=_("Make it"),
        warning=_(
            "A new achievement is made with all that this one says, and you can change it. This one is closed; what "
            "was awarded of it stays."
        ),
        follow=_url,
        done=_("The successor has been made. Change it now, before you award it."),
    )
    form = forms.CodeForm(data_of(request), initial={"code": service.free_code(it.issuer, it.code)})
    return answer(
        request,
        page,
        form,
        lambda given: service.succeed(actor=request.user, achievement=it, code=given.cleaned_data["code"]),
    )


def issuers_to_draft(request: HttpRequest) -> Sequence[Issuer]:
    """Return the open issuers for which the reader may enter awards, by name."""
    rows = access.issuers_of(request.user, access.WRITERS).filter(closed_at=None)
    return sorted(rows.select_related("organisation"), key=str)
