"""The keys of an issuer: which sign and which signed, and what is done with them."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.access import require
from gilde.core.components import status
from gilde.core.errors import GildeError
from gilde.core.form_pages import Page, add_error, answer, found
from gilde.credentials import access
from gilde.credentials.forms import issuers as forms
from gilde.credentials.models import Issuer, Key
from gilde.credentials.services import issuers, keys
from gilde.credentials.views.issuers import used_for
from gilde.credentials.views.issuing_common import (
    both,
    data_of,
    issuer_crumbs,
    issuer_of,
    key_state,
    moment,
)


def _page_of(issuer: Issuer) -> str:
    return reverse("credentials:issuer-keys", args=[issuer.slug])


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """List the keys of an issuer with their periods: the public halves, which anybody may know."""
    issuer = issuer_of(request, slug)
    rows = []
    for key in issuers.keys_of(issuer):
        kind, words = key_state(key)
        until = moment(key.until) if key.until else ""
        rows.append(
            {
                "key": key,
                "use": used_for(key),
                "tag": status(kind, words),
                "since": moment(key.since),
                "until": until,
                "url": f"{keys.did_of(key)}#{key.fragment}",
            }
        )
    context = {
        "title": _("Keys of %(issuer)s") % {"issuer": issuer},
        "crumbs": issuer_crumbs(issuer),
        "issuer": issuer,
        "rows": rows,
        "may_manage": bool(access.can_manage(request.user, issuer)),
        "doubted": any(key.compromised_from for key in (row["key"] for row in rows)),  # type: ignore[attr-defined]
    }
    return render(request, "credentials/issuer_keys.html", context)


@both
def rotate(request: HttpRequest, slug: str, key_id: UUID) -> HttpResponse:
    """Replace the key that signs by a new one."""
    issuer, key = _key_of(request, slug, key_id)
    require(access.can_manage(request.user, issuer))
    told = Page(
        title=_("Replace this key"),
        button=_("Replace it"),
        back=_page_of(issuer),
        crumbs=issuer_crumbs(issuer, (_("Keys"), _page_of(issuer))),
        subject=f"{key.kind}, {key.fragment}",
        warning=_(
            "A new key signs from now on. This one signs no more, and stays published with its period: everything that "
            "it signed stays valid and can be checked for ever."
        ),
        done=_("A new key signs from now on."),
    )
    return answer(
        request,
        told,
        forms.RotateForm(data_of(request)),
        lambda given: keys.rotate(
            actor=request.user,
            issuer=issuer,
            kind=key.kind,
            reason=given.cleaned_data["reason"],
            seen=key.pk,
        ),
    )


@both
def compromised(request: HttpRequest, slug: str, key_id: UUID) -> HttpResponse:
    """Say from when on a key may have been in other hands: first the moment, then what becomes of what it signed."""
    issuer, key = _key_of(request, slug, key_id)
    require(access.can_manage(request.user, issuer))
    form = forms.CompromisedForm(data_of(request))
    state, affected, since = 200, None, None
    if request.method == "POST":
        state = 422
        if form.is_valid():
            told = form.cleaned_data
            since = make_aware(datetime.combine(told["day"], told["at"] or time()))
            if since > clock.now():
                form.add_error("day", _("This still has to come. Give a moment that has been."))
            elif "confirmed" not in request.POST:
                state, affected = 200, keys.affected(key, since)
            else:
                try:
                    keys.mark_compromised(actor=request.user, key=key, since=since, reason=told["reason"])
                except GildeError as error:
                    state = error.status
                    add_error(form, error)
                else:
                    messages.success(request, _("The key is marked, and a new one signs from now on."))
                    return redirect(_page_of(issuer))
    context = {
        "title": _("This key may be in other hands"),
        "crumbs": issuer_crumbs(issuer, (_("Keys"), _page_of(issuer))),
        "issuer": issuer,
        "key": key,
        "form": form,
        "affected": affected,
        "since": moment(since) if since else "",
        "signs": key.until is None,
        "back": _page_of(issuer),
    }
    return render(request, "credentials/issuer_key_compromised.html", context, status=state)


def _key_of(request: HttpRequest, slug: str, key_id: UUID) -> tuple[Issuer, Key]:
    issuer = issuer_of(request, slug)
    key = found(Key.objects.select_related("issuer__organisation"), pk=key_id)
    if key.issuer_id != issuer.pk:
        raise Http404
    return issuer, key
