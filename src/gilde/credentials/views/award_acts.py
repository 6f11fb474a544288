"""What is done with one award: entered, changed, issued, approved, stopped, corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.access import Actor, Decision, require
from gilde.core.errors import Invalid, Stale
from gilde.core.form_pages import Page, answer
from gilde.credentials import access
from gilde.credentials.forms import awards as forms
from gilde.credentials.models import OUT, Award, State
from gilde.credentials.services import drafting, issuing, stopping, telling
from gilde.credentials.views.achievement_keeping import issuers_to_draft
from gilde.credentials.views.award import told_of
from gilde.credentials.views.issuing_common import (
    achievement_of,
    award_of,
    awards_crumb,
    both,
    data_of,
)


@dataclass(frozen=True)
class Act:
    """An act on one award: its words, what it will do, who may, and from which states."""

    title: Any
    button: Any
    warning: Any
    done: Any
    may: Callable[[Actor, Award], Decision]
    do: Callable[..., Any]
    sources: frozenset[str]
    asks: Any = ""
    tells: bool = False
    danger: bool = False
    gone: bool = False  # there is no page of the award any more


def _may_issue(actor: Actor, award: Award) -> Decision:
    return access.can_issue(actor, award.issuer)


def _may_draft(actor: Actor, award: Award) -> Decision:
    return access.can_draft(actor, award.issuer)


def _may_approve(actor: Actor, award: Award) -> Decision:
    return access.can_approve(actor, award.issuer, award.drafted_by_id)


def _one(service: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *, award, **told: service(awards=[award], **told)


ACTS: Final = {
    "issue": Act(
        gettext_lazy("Issue this award"),
        gettext_lazy("Issue it"),
        gettext_lazy(
            "It is signed, entered in the log, and counts from its day on. It cannot be changed then: what is wrong is "
            "corrected by another award."
        ),
        gettext_lazy("The award is issued."),
        _may_issue,
        issuing.issue,
        frozenset({State.DRAFT}),
        tells=True,
    ),
    "submit": Act(
        gettext_lazy("Send this award for approval"),
        gettext_lazy("Send it"),
        gettext_lazy("An approver of your organisation issues it, or sends it back to you with the reason."),
        gettext_lazy("The award waits for approval."),
        _may_draft,
        issuing.submit,
        frozenset({State.DRAFT}),
    ),
    "approve": Act(
        gettext_lazy("Approve and issue this award"),
        gettext_lazy("Approve and issue"),
        gettext_lazy(
            "It is signed, entered in the log, and counts from its day on. It cannot be changed then."
        ),
        gettext_lazy("The award is issued."),
        _may_approve,
        issuing.issue,
        frozenset({State.WAITING}),
        tells=True,
    ),
    "send-back": Act(
        gettext_lazy("Send this award back"),
        gettext_lazy("Send it back"),
        gettext_lazy("It becomes a draft again, for who entered it to change."),
        gettext_lazy("The award is sent back."),
        _may_approve,
        issuing.send_back,
        frozenset({State.WAITING}),
        asks=gettext_lazy("Who entered it reads this."),
    ),
    "discard": Act(
        gettext_lazy("Discard this draft"),
        gettext_lazy("Discard it"),
        gettext_lazy("The draft goes for good, with what it says of the person."),
        gettext_lazy("The draft is gone."),
        access.can_edit,
        issuing.discard,
        frozenset({State.DRAFT, State.HELD}),
        danger=True,
        gone=True,
    ),
    "suspend": Act(
        gettext_lazy("Suspend this award"),
        gettext_lazy("Suspend it"),
        gettext_lazy("It does not count until you let it count again: every check says so within minutes."),
        gettext_lazy("The award is suspended."),
        access.can_stop,
        _one(stopping.suspend),
        frozenset({State.ISSUED}),
        asks=gettext_lazy("The holder is told, and so is who checks."),
        tells=True,
    ),
    "reinstate": Act(
        gettext_lazy("Let this award count again"),
        gettext_lazy("Let it count again"),
        gettext_lazy("It counts again: every check says so within minutes."),
        gettext_lazy("The award counts again."),
        access.can_stop,
        _one(stopping.reinstate),
        frozenset({State.SUSPENDED}),
        asks=gettext_lazy("Stays in the record of the award."),
        tells=True,
    ),
    "revoke": Act(
        gettext_lazy("Revoke this award"),
        gettext_lazy("Revoke it"),
        gettext_lazy(
            "It is not valid any more, for good: every check says so within minutes. When only something in it is "
            "wrong, correct it instead."
        ),
        gettext_lazy("The award is revoked."),
        access.can_stop,
        _one(stopping.revoke),
        frozenset({State.ISSUED, State.SUSPENDED}),
        asks=gettext_lazy("The holder is told, and so is who checks."),
        tells=True,
        danger=True,
    ),
    "tell": Act(
        gettext_lazy("Tell the holder again"),
        gettext_lazy("Send the mail"),
        gettext_lazy("The holder gets a mail with a new link; links that were sent before work no more."),
        gettext_lazy("The mail is on its way."),
        access.can_stop,
        _one(telling.tell_again),
        OUT,
    ),
}


def _url(award: Award) -> str:
    return reverse("credentials:award", args=[award.pk])


def _page(award: Award, title: str, **more: Any) -> Page:
    crumbs = [awards_crumb(), (award.reference, _url(award))]
    return Page(title=title, back=_url(award), crumbs=crumbs, subject=str(told_of(award)), **more)


@both
def act(request: HttpRequest, award_id: UUID, act: str) -> HttpResponse:
    """Ask for confirmation of an act on an award, with what it will do; then do it."""
    award = award_of(request, award_id)
    if act not in ACTS:
        raise Http404
    told = ACTS[act]
    require(told.may(request.user, award))
    if award.state not in told.sources:
        messages.warning(
            request,
            _("This is “%(state)s” now, so it cannot be changed that way.")
            % {"state": award.get_state_display()},
        )
        return redirect(_url(award))
    if act == "tell" and not award.holder.email:
        messages.warning(request, _("No e-mail address is known of this person. Give one first."))
        return redirect("credentials:holder-address", award.holder_id)

    def fresh(data: Any = None) -> forms.ActForm:
        initial = {"version": Award.objects.values_list("version", flat=True).get(pk=award.pk)}
        tells = told.tells and bool(award.holder.email)
        return forms.ActForm(data, initial=initial, reason=str(told.asks), notify=tells)

    def save(given: forms.ActForm) -> Any:
        if given.lock() != award.version:
            raise Stale(_("Somebody else changed this award since you saw it. Look again, then decide."))
        return told.do(actor=request.user, award=award, **given.told())

    page = _page(
        award,
        str(told.title),
        button=str(told.button),
        warning=str(told.warning),
        done=str(told.done),
        danger=told.danger,
        follow=(lambda _made: reverse("credentials:awards")) if told.gone else None,
    )
    return answer(request, page, fresh(data_of(request)), save, fresh)


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what to award."""
    issuers = issuers_to_draft(request)
    if not issuers:
        require(_nowhere())
    groups = [
        (issuer, list(issuer.achievements.filter(closed_at=None).order_by("code"))) for issuer in issuers
    ]
    context = {"title": _("What do you award?"), "crumbs": [awards_crumb()], "groups": groups}
    return render(request, "credentials/award_choose.html", context)


def _nowhere() -> Decision:
    return Decision(False, _("Only a policy officer or approver of an issuer enters awards."))


@both
def add(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Enter an award of an achievement; what will be issued is shown next, before it is."""
    achievement = achievement_of(request, achievement_id)
    require(access.can_draft(request.user, achievement.issuer))
    today = clock.today()
    initial = {
        "reference": drafting.proposed_reference(achievement.issuer, today.year),
        "awarded_on": today,
        "place": achievement.issuer.place,
        "language": achievement.language,
        "reached": [each.uri for each in achievement.outcomes.all()],
    }
    page = Page(
        title=_("Award “%(title)s”") % {"title": achievement},
        button=_("Continue"),
        back=reverse("credentials:award-choose"),
        crumbs=[awards_crumb(), (_("What do you award?"), reverse("credentials:award-choose"))],
        subject=str(achievement.issuer),
        lead=_("Nothing is issued yet: you see next what the award will be."),
        follow=_url,
        done=_("This is what will be issued. Look it over."),
    )
    form = forms.AwardForm(data_of(request), initial=initial, achievement=achievement)

    def save(given: forms.AwardForm) -> Award:
        told = given.given()
        if Award.objects.filter(issuer=achievement.issuer, reference=told.reference).exists():
            raise Invalid(
                _("It already stands for another award."),
                fields={"reference": [_("It already stands for another award.")]},
            )
        return drafting.draft(actor=request.user, achievement=achievement, given=told)

    return answer(request, page, form, save)


@both
def edit(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """Change an award that is not issued yet."""
    award = award_of(request, award_id)
    require(access.can_edit(request.user, award))

    def fresh(data: Any = None) -> forms.AwardForm:
        now = Award.objects.select_related("holder", "achievement").get(pk=award.pk)
        return forms.AwardForm(data, initial=forms.award_initial(now), achievement=award.achievement)

    return answer(
        request,
        _page(award, _("Change this draft"), button=_("Save"), done=_("The draft has been saved.")),
        fresh(data_of(request)),
        lambda given: drafting.redraft(
            actor=request.user, award=award, lock=given.lock(), given=given.given()
        ),
        fresh,
    )


@both
def correct(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """Revoke an award and issue the right one in its place."""
    award = award_of(request, award_id)
    require(access.can_draft(request.user, award.issuer))
    if award.state not in OUT or award.facts is None:
        messages.warning(request, _("Only what was issued can be corrected. Change the draft instead."))
        return redirect(_url(award))
    initial = {
        **forms.award_initial(award),
        "reference": stopping.next_reference(award),
        "notify": bool(award.holder.email),
    }
    warning = _(
        "The award that is out is revoked at once, and this one takes its place: they are linked, and it lies in the "
        "wallet that holds the old one. When it was given to the wrong person, revoke it and enter another."
    )
    if award.issuer.two_people:
        warning += " " + _("Your organisation asks for two people, so the new one waits for approval.")
    page = _page(
        award,
        _("Correct this award"),
        button=_("Revoke and issue anew"),
        warning=warning,
        danger=True,
        follow=_url,
        done=_("The award is corrected. This is the one that takes its place."),
    )
    form = forms.CorrectForm(data_of(request), initial=initial, achievement=award.achievement)
    return answer(
        request,
        page,
        form,
        lambda given: stopping.correct(
            actor=request.user,
            award=award,
            given=given.given(),
            reason=given.cleaned_data["reason"],
            notify=given.cleaned_data["notify"],
        ),
    )
