"""The page for anybody who checks a certificate; nothing that is given is stored."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gilde.core.documents.serve import SANDBOX
from gilde.core.errors import GildeError, Invalid
from gilde.core.form_pages import found
from gilde.credentials.access import visible_achievements
from gilde.credentials.checking import apart, sniff
from gilde.credentials.checking.around import Asked
from gilde.credentials.errors import TooMuch
from gilde.credentials.services import badges, checking, papers, trying
from gilde.credentials.verdict import Verdict
from gilde.credentials.views.verdicts import as_json, told

CHECKS: Final = 60  # a minute from one address
FRAMES: Final = 120  # a minute: a camera sends about one a second
_FRAME: Final = 2 * 1024 * 1024  # bytes of one picture of a camera
_KEPT: Final = 20_000  # characters of a text that stand in the form again beside what is wrong with it
_ENVELOPE: Final = 64 * 1024  # bytes that a form takes beside the file


def too_large() -> TooMuch:
    """Return the error for a request of which the body is not even read."""
    return TooMuch(
        _("This is larger than %(largest)s MB, which no credential is; give the credential itself.")
        % {"largest": sniff.LARGEST // 1048576},
        "too-large",
    )


def status_of(error: GildeError) -> int:
    """Return the HTTP status of what is wrong with what was given: 413 where it is too large, else the error's own."""
    return 413 if getattr(error, "reason", "") in ("too-large", "too-many-pixels") else error.status


def given(request: HttpRequest) -> bytes | str:
    """Return the file that was given, else the photo, else the text. Raises TooMuch, Invalid."""
    for name in ("file", "photo"):
        if (file := request.FILES.get(name)) is not None:
            if (file.size or 0) > sniff.LARGEST:
                raise too_large()
            content: bytes = file.read()
            return content
    text = request.POST.get("text", "").strip()
    if not text:
        raise Invalid(
            _("Nothing was given. Choose a file, take a photo of the code, or paste a link or text.")
        )
    return text


def bounded(view: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let a view answer 413 before a body is read that is too large, and where its text is.

    The token against forged requests is asked after that, since asking it reads the body.
    """

    def wrapped(request: HttpRequest) -> HttpResponseBase:
        try:
            if int(request.META.get("CONTENT_LENGTH") or 0) > sniff.LARGEST + _ENVELOPE:
                raise too_large()
            return csrf_protect(view)(request)
        except RequestDataTooBig:
            error: GildeError = too_large()
        except TooMuch as found:
            error = found
        return _form(request, error)

    return csrf_exempt(wrapped)


def _form(request: HttpRequest, error: GildeError | None = None, text: str = "") -> HttpResponse:
    context = {"title": _("Check a certificate"), "error": error, "text": text[:_KEPT]}
    response = render(request, "credentials/check.html", context, status=status_of(error) if error else 200)
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    return response


def result(request: HttpRequest, verdict: Verdict, again: str) -> HttpResponse:
    """Return the screen of a verdict, which no cache keeps; `again` is where the next check begins."""
    data = base64.b64encode(json.dumps(as_json(verdict), ensure_ascii=False, indent=2).encode()).decode()
    context = {"title": _("What the check says"), "told": told(verdict), "again": again, "data": data}
    response = render(request, "credentials/check_result.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        apart.prepare()  # while the reader looks for the file
        return _form(request)
    try:
        trying.spend("check", trying.address_of(request), most=CHECKS, seconds=60)
        verdict = checking.check_given(given(request))
    except Asked as asked:
        return redirect(asked.url.removeprefix(settings.SITE_URL))
    except GildeError as error:
        return _form(request, error, request.POST.get("text", ""))
    return result(request, verdict, reverse("credentials:check"))


page = login_not_required(require_http_methods(["GET", "HEAD", "POST"])(bounded(_page)))
page.__doc__ = "Take a file, a photo, a link or text, and show the verdict on it."


@login_not_required
@require_POST
def frame(request: HttpRequest) -> HttpResponse:
    """Tell what code a picture of the camera shows, "" while it shows none; the page's script sends one a second."""
    trying.spend("frame", trying.address_of(request), most=FRAMES, seconds=60)
    picture = request.FILES.get("frame")
    if picture is None or (picture.size or 0) > _FRAME:
        raise Invalid(_("The camera sent no picture that can be read."))
    try:
        codes: list[str] = apart.run("image-codes", picture.read(), seconds=1.0)
    except GildeError as error:
        if getattr(error, "reason", "") != "no-code":
            raise
        codes = []
    return JsonResponse({"code": codes[0] if codes else ""}, headers={"Cache-Control": "no-store"})


class PaperForm(forms.Form):
    """What is printed on a paper, and opens its check."""

    family_name = forms.CharField(
        label=gettext_lazy("Family name"), max_length=120, widget=forms.TextInput({"autocomplete": "off"})
    )
    awarded_on = forms.DateField(
        label=gettext_lazy("Awarded on"),
        help_text=gettext_lazy("The day of the award, as printed."),
        widget=forms.DateInput({"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def award(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """Show the check of a paper to who says what is printed on it."""
    asked = papers.of_code(award_id)
    form = PaperForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                verdict = papers.check_paper(asked, **form.cleaned_data, address=trying.address_of(request))
            except GildeError as error:
                form.add_error(None, error.sentence)
                status = error.status
            else:
                return result(request, verdict, reverse("credentials:check"))
    context: dict[str, Any] = {
        "title": _("Check a paper certificate"),
        "issuer": asked.issuer,
        "form": form,
        "crumbs": [(_("Check a certificate"), reverse("credentials:check"))],
    }
    response = render(request, "credentials/check_award.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def achievement_badge(request: HttpRequest, achievement_id: UUID) -> HttpResponse:
    """Draw the badge of an achievement, to which badges that were awarded refer."""
    achievement = found(visible_achievements(request.user), pk=achievement_id)
    response = HttpResponse(badges.of_achievement(achievement), content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
