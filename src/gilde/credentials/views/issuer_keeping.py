"""Opening and closing issuers, how they work, and what their papers look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pypdfium2
from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from gilde.core.access import require
from gilde.core.errors import Invalid
from gilde.core.form_pages import Page, answer
from gilde.credentials import access
from gilde.credentials.forms import issuers as forms
from gilde.credentials.models import Issuer
from gilde.credentials.services import issuers as service
from gilde.credentials.views.issuing_common import (
    both,
    data_of,
    issuer_crumbs,
    issuer_of,
    issuers_crumb,
)


@dataclass(frozen=True)
class LookPage(Page):
    """The page of a look, with the sample beside the form."""

    issuer: Any = None
    template: str = "credentials/issuer_look.html"


def _page_of(issuer: Issuer) -> str:
    return reverse("credentials:issuer", args=[issuer.slug])


@both
def open_issuer(request: HttpRequest) -> HttpResponse:
    """Let an organisation issue awards."""
    require(access.can_administer(request.user))
    page = Page(
        title=_("Open an issuer"),
        button=pgettext("to begin", "Open"),
        back=reverse("credentials:issuers"),
        crumbs=[issuers_crumb()],
        lead=_(
            "The organisation gets an identity of its own and keys to sign with. What it awards comes next."
        ),
        follow=_page_of,
        done=_("The issuer is open. Its administrators choose next what its papers look like."),
    )
    return answer(
        request,
        page,
        forms.OpenForm(data_of(request)),
        lambda given: service.open_issuer(actor=request.user, **given.cleaned_data),
    )


@both
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Let an issuer issue no more."""
    issuer = issuer_of(request, slug)
    require(access.can_administer(request.user))
    page = Page(
        title=_("Close this issuer"),
        button=_("Close it"),
        back=_page_of(issuer),
        crumbs=issuer_crumbs(issuer),
        subject=str(issuer),
        warning=_(
            "It issues nothing any more, for good. What it issued stays valid, can be checked for ever, and can still "
            "be revoked by its people."
        ),
        danger=True,
        done=_("The issuer is closed."),
    )
    return answer(
        request,
        page,
        django_forms.Form(data_of(request)),
        lambda given: service.close_issuer(actor=request.user, issuer=issuer),
    )


@both
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how an issuer works."""
    issuer = issuer_of(request, slug)
    require(access.can_manage(request.user, issuer))

    def fresh(data: Any = None) -> forms.SettingsForm:
        now = Issuer.objects.get(pk=issuer.pk)
        names = ("two_people", "legal_id", "place", "suite", "version")
        return forms.SettingsForm(data, initial={name: getattr(now, name) for name in names})

    page = Page(
        title=_("How this issuer works"),
        button=_("Save"),
        back=_page_of(issuer),
        crumbs=issuer_crumbs(issuer),
        subject=str(issuer),
        done=_("Your change has been saved. It applies to what is issued from now on."),
    )
    return answer(
        request,
        page,
        fresh(data_of(request)),
        lambda given: service.change_issuer(
            actor=request.user, issuer=issuer, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@both
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what the papers of an issuer look like; a sample is made before anything is stored."""
    issuer = issuer_of(request, slug)
    require(access.can_manage(request.user, issuer))

    def fresh(data: Any = None) -> forms.LookForm:
        now = Issuer.objects.get(pk=issuer.pk)
        return forms.LookForm(
            data,
            request.FILES if data is not None else None,
            initial=forms.look_initial(now),
            has_logo=now.logo_id is not None,
            has_template=now.template_id is not None,
        )

    form = fresh(data_of(request))
    if request.method == "POST" and "look" in request.POST and form.is_valid():
        try:
            return _pdf(service.sample(issuer, **form.read()))
        except Invalid:
            pass  # the form says it below, as it would when it is stored
    page = LookPage(
        title=_("What its papers look like"),
        button=_("Save"),
        back=_page_of(issuer),
        crumbs=issuer_crumbs(issuer),
        subject=str(issuer),
        done=_("The new look is stored. Papers that are out keep theirs; new ones are made like this."),
        upload=True,
        issuer=issuer,
        follow=lambda _made: reverse("credentials:issuer-look", args=[issuer.slug]),
    )
    return answer(
        request,
        page,
        form,
        lambda given: service.change_look(
            actor=request.user, issuer=issuer, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@require_safe
def sample(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """Show the certificate of an invented person as the issuer's papers are now: "pdf" or "png"."""
    issuer = issuer_of(request, slug)
    require(access.can_manage(request.user, issuer))
    if form not in ("pdf", "png"):
        return redirect("credentials:issuer-sample", slug=slug, form="pdf")
    made = service.sample(issuer)
    return _pdf(made) if form == "pdf" else HttpResponse(first_page(made), content_type="image/png")


def _pdf(made: bytes) -> HttpResponse:
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="sample.pdf"'}
    )


def first_page(made: bytes) -> bytes:
    """Return the first page of a PDF that was made here as PNG, wide enough for a screen."""
    import io

    document = pypdfium2.PdfDocument(made)
    try:
        page = document[0]
        image = page.render(scale=1400 / page.get_width()).to_pil()
    finally:
        document.close()
    out = io.BytesIO()
    image.convert("RGB").save(out, "PNG")
    return out.getvalue()
