"""Asking for an award in a wallet (OpenID4VP 1.0): the pages of who asks, what the wallet fetches and answers."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from gilde.core.components import Fact
from gilde.core.errors import GildeError, Missing
from gilde.core.form_pages import add_error
from gilde.credentials.models import Kind
from gilde.credentials.services import asking, trying
from gilde.credentials.views.offers import picture
from gilde.credentials.views.vci import machine
from gilde.credentials.views.verdicts import told
from gilde.credentials.wallets import reading, requests
from gilde.credentials.wallets.dcql import Amiss, Detail, Wanted

LARGEST: Final = 512 * 1024  # bytes of an answer: an award with all its outcomes has about forty thousand
QUESTIONS: Final = 20  # a minute from one address
_DETAILS: Final = {
    Detail.NAME: gettext_lazy("Name"),
    Detail.BIRTH: gettext_lazy("Date of birth"),
    Detail.OUTCOMES: gettext_lazy("Learning outcomes"),
    Detail.GRADE: pgettext_lazy("result of an assessment", "Grade"),
}
_AMISS: Final = {
    Amiss.KIND: gettext_lazy("It is another kind of award than you asked for."),
    Amiss.TITLE: gettext_lazy("Its title does not have the words that you asked for."),
    Amiss.NAME: gettext_lazy("The name is not shown."),
    Amiss.BIRTH: gettext_lazy("The date of birth is not shown."),
    Amiss.OUTCOMES: gettext_lazy("No learning outcomes are shown."),
    Amiss.GRADE: gettext_lazy("The grade is not shown."),
}


class AskForm(forms.Form):
    """What award somebody asks for, and which details."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of award"),
        required=False,
        choices=[("", gettext_lazy("Any")), *Kind.choices],
    )
    title = forms.CharField(
        label=gettext_lazy("Words in its title"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For instance “welder”. Leave it empty to take any title."),
    )
    details = forms.MultipleChoiceField(
        label=gettext_lazy("Details to show"),
        required=False,
        choices=list(_DETAILS.items()),
        initial=[Detail.NAME, Detail.OUTCOMES],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Ask for what you need and no more: the holder sees what you ask for, and a wallet that lacks one of these "
            "shows nothing."
        ),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take what somebody wants to see, and make the question."""
    form = AskForm(request.POST or None)
    code = 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            chosen = form.cleaned_data
            wanted = Wanted(
                chosen["kind"], chosen["title"].strip(), tuple(Detail(each) for each in chosen["details"])
            )
            try:
                trying.spend("ask", trying.address_of(request), most=QUESTIONS, seconds=60)
                made = asking.ask(wanted)
            except GildeError as error:
                add_error(form, error)
                code = error.status
            else:
                return redirect("credentials:asked", made.pk)
    context = {"title": _("Ask for an award"), "form": form, "crumbs": _crumbs()[:1]}
    return _unkept(render(request, "credentials/request.html", context, status=code))


@login_not_required
@require_safe
def asked(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show a question to who asked it: the code to be taken by the wallet, then the verdict on what it showed."""
    question = asking.question(request_id)
    answered = asking.answered(question)
    wanted = asking.wanted_of(question)
    context: dict[str, Any] = {"question": question, "crumbs": _crumbs(), "wanted": _asked_for(wanted)}
    if answered is None:
        plain = asking.plain_link(question)
        link = asking.signed_link(question)
        context |= {
            "title": _("Let the holder scan this"),
            "link": link,
            "picture": picture(link),
            "plain": plain,
            "plain_picture": picture(plain),
        }
        return _unkept(render(request, "credentials/request_waiting.html", context))
    if answered.verdict is None:
        context |= {"title": _("The holder declined")}
        return _unkept(render(request, "credentials/request_declined.html", context))
    context |= {
        "title": _("What the check says"),
        "told": told(answered.verdict),
        "amiss": [_AMISS[each] for each in answered.amiss],
    }
    return _unkept(render(request, "credentials/request_answered.html", context))


@login_not_required
@require_safe
def state(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Tell the waiting page to look again as soon as there is something to see."""
    response = HttpResponse(content_type="text/plain")
    try:
        waiting = asking.answered(asking.question(request_id)) is None
    except Missing:
        waiting = False
    if not waiting:
        response.headers["HX-Refresh"] = "true"
    return _unkept(response)


@machine("GET", masked="state")
def question(request: HttpRequest, state: str) -> HttpResponse:
    """Give a question to the wallet, signed by this register."""
    return HttpResponse(asking.signed(state), content_type=requests.MEDIA_TYPE)


@sensitive_variables("told")
@machine("POST", largest=LARGEST)
def answer(request: HttpRequest) -> HttpResponse:
    """Take what the wallet answers."""
    asking.answer(reading.form(request.body, request.content_type or ""))
    return JsonResponse({})


def _asked_for(wanted: Wanted) -> list[Fact]:
    return [
        Fact(_("Kind of award"), Kind(wanted.kind).label if wanted.kind else _("Any")),
        *([Fact(_("Words in its title"), wanted.title)] if wanted.title else []),
        Fact(_("Details to show"), ", ".join(str(_DETAILS[each]) for each in wanted.details) or _("None")),
    ]


def _crumbs() -> list[tuple[str, str]]:
    return [
        (_("Check a certificate"), reverse("credentials:check")),
        (_("Ask for an award"), reverse("credentials:ask")),
    ]


def _unkept(response: HttpResponse) -> HttpResponse:
    """Return a page whose address only who asked is to have: not kept, not told to other sites, not indexed."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
