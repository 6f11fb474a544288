"""Making a link that shows an award, or parts of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from gilde.core import clock
from gilde.core.form_pages import Page, answer
from gilde.credentials.facts import Facts
from gilde.credentials.facts_json import from_json
from gilde.credentials.models import Award, Share, State
from gilde.credentials.services import sharing
from gilde.credentials.views import wallet_words as words
from gilde.credentials.views.wallet_award import kept
from gilde.credentials.views.wallet_folders import METHODS, crumbs

_DAYS: Final = (
    (1, gettext_lazy("a day")),
    (7, gettext_lazy("a week")),
    (30, gettext_lazy("a month")),
    (91, gettext_lazy("three months")),
    (365, pgettext_lazy("how long", "a year")),
)
ALL, SOME, NONE = "all", "some", "none"


class ShareForm(forms.Form):
    """What a link shows of an award, for how long, and for whom."""

    note = forms.CharField(
        label=gettext_lazy("For whom"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Only you see this: it helps you to know the link again."),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("The link works for"),
        choices=_DAYS,
        coerce=int,
        initial=30,
        widget=forms.RadioSelect,
    )
    which = forms.ChoiceField(
        label=gettext_lazy("Learning outcomes"),
        choices=[
            (ALL, gettext_lazy("Show all")),
            (SOME, gettext_lazy("Show only those that I choose")),
            (NONE, gettext_lazy("Show none")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )
    outcomes = forms.MultipleChoiceField(
        label=gettext_lazy("Show these"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one outcome, or “Show none” above.")},
    )
    with_grade = forms.BooleanField(
        label=gettext_lazy("Show how it was assessed, with the grade"), required=False, initial=True
    )
    with_birth = forms.BooleanField(
        label=gettext_lazy("Show my date of birth"),
        required=False,
        help_text=gettext_lazy("Seldom needed. Your name is always shown."),
    )

    def __init__(self, facts: Facts, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes: Any = self.fields["outcomes"]
        outcomes.choices = [(each.id, str(words.text(each.title))) for each in facts.outcomes]
        outcomes.required = not self.is_bound or self.data.get("which") == SOME
        # What the award does not say needs no question.
        if not facts.outcomes:
            del self.fields["which"], self.fields["outcomes"]
        if not facts.assessment:
            del self.fields["with_grade"]
        if not facts.holder.born:
            del self.fields["with_birth"]

    def chosen(self) -> list[str] | None:
        """Return the addresses of the outcomes to show, None for all."""
        which = self.cleaned_data.get("which", ALL)
        return {ALL: None, SOME: self.cleaned_data.get("outcomes"), NONE: []}[which]


@require_http_methods(METHODS)
def make(request: HttpRequest, award_id: UUID) -> HttpResponseBase:
    """Make a link."""
    award = kept(request, award_id).award
    facts = from_json(award.facts)
    title = str(words.text(facts.achievement.title))
    back = reverse("credentials:wallet-award", args=[award.pk])
    page = Page(
        title=_("Share by a link"),
        button=_("Make the link"),
        back=back,
        crumbs=[*crumbs(), (title, back)],
        subject=title,
        lead=_(
            "Whoever has the link sees what you choose here, and whether it is genuine and still valid. What you leave "
            "out is not in it, not even hidden."
        ),
        warning=_warning(award),
        danger=award.state != State.ISSUED,
        follow=lambda made: reverse("credentials:wallet-link", args=[made.pk]),
        said=lambda made: _("The link is made. Copy it and send it to whom it is for."),
        template="credentials/wallet_share.html",
    )

    def save(form: ShareForm) -> Share:
        told = form.cleaned_data
        return sharing.share(
            actor=request.user,
            award=award,
            expires_at=clock.now() + timedelta(days=told["days"]),
            outcomes=form.chosen(),
            note=told["note"],
            with_grade=told.get("with_grade", False),
            with_birth=told.get("with_birth", False),
        )

    return answer(request, page, ShareForm(facts, request.POST or None), save)


def _warning(award: Award) -> str:
    standing = words.standing_of(award)
    if not standing.sentence:
        return ""
    return _("%(sentence)s Whoever opens the link is told so.") % {"sentence": standing.sentence}
