"""A person as an issuer knows them: their awards, what is stored of them, and its erasure."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gilde.core.access import require
from gilde.core.components import Fact, written
from gilde.core.errors import Missing
from gilde.core.form_pages import Page, answer, found
from gilde.credentials import access
from gilde.credentials.forms.awards import AddressForm
from gilde.credentials.forms.issuers import NameTyped
from gilde.credentials.models import OUT, Award, Holder
from gilde.credentials.renderings import access_report
from gilde.credentials.services import drafting, erasing
from gilde.credentials.views.award import tag_of
from gilde.credentials.views.issuing_common import awards_crumb, both, data_of, moment


def _holder_of(request: HttpRequest, holder_id: UUID) -> Holder:
    return found(access.visible_holders(request.user), pk=holder_id)


def _name(holder: Holder) -> str:
    return str(holder) if holder.erased_at is None else _("Erased person")


def _url(holder: Holder) -> str:
    return reverse("credentials:holder", args=[holder.pk])


def _page(holder: Holder, title: str, **more: Any) -> Page:
    crumbs = [awards_crumb(), (_name(holder), _url(holder))]
    return Page(title=title, back=_url(holder), crumbs=crumbs, subject=_name(holder), **more)


@require_safe
def page(request: HttpRequest, holder_id: UUID) -> HttpResponse:
    """Show a person as the issuer knows them."""
    holder = _holder_of(request, holder_id)
    awards = holder.awards.select_related("achievement").order_by("-awarded_on", "reference")
    facts = [
        Fact(_("Known to"), holder.issuer),
        Fact(_("Given name"), holder.given_name),
        Fact(_("Family name"), holder.family_name),
        Fact(_("Date of birth"), written(holder.born)),
        Fact(_("Own number"), holder.reference),
        Fact(_("E-mail address"), holder.email),
        Fact(_("Has a wallet here"), _("yes") if holder.user_id else _("no")),
    ]
    context = {
        "title": _name(holder),
        "crumbs": [awards_crumb()],
        "holder": holder,
        "facts": facts if holder.erased_at is None else [],
        "erased": moment(holder.erased_at) if holder.erased_at else "",
        "awards": [(each, tag_of(each), written(each.awarded_on)) for each in awards],
        "may_keep": bool(access.can_stop(request.user, Award(issuer=holder.issuer))),
        "may_manage": bool(access.can_manage(request.user, holder.issuer)),
    }
    return render(request, "credentials/award_holder.html", context)


@both
def address(request: HttpRequest, holder_id: UUID) -> HttpResponse:
    """Put right the address to which a person is written."""
    holder = _holder_of(request, holder_id)
    require(access.can_stop(request.user, Award(issuer=holder.issuer)))
    page = _page(
        holder,
        _("Where this person is written to"),
        button=_("Save"),
        lead=_(
            "Mails go there from now on. To send the last one again, open the award and tell the holder again."
        ),
        done=_("The address has been saved."),
    )
    form = AddressForm(data_of(request), initial={"email": holder.email})
    return answer(
        request,
        page,
        form,
        lambda given: drafting.put_right(
            actor=request.user, holder=holder, email=given.cleaned_data["email"]
        ),
    )


@require_safe
def report(request: HttpRequest, holder_id: UUID, form: str) -> HttpResponse:
    """Hand out all that is stored of a person, for them to read: "json" or "pdf"."""
    holder = _holder_of(request, holder_id)
    told = erasing.access_report(actor=request.user, holder=holder)
    if form == "json":
        body: str | bytes = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        media_type = "application/json"
    elif form == "pdf":
        body, media_type = access_report.make(told, str(holder.issuer)), "application/pdf"
    else:
        raise Missing(_("What is stored of a person is handed out as json or pdf."))
    response = HttpResponse(body, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="stored-{str(holder.pk)[:8]}.{form}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@both
def erase(request: HttpRequest, holder_id: UUID) -> HttpResponse:
    """Erase what is stored of a person, once their name was written."""
    holder = _holder_of(request, holder_id)
    require(access.can_manage(request.user, holder.issuer))
    out = holder.awards.filter(state__in=sorted(OUT)).count()
    drafts = holder.awards.exclude(state__in=sorted(OUT)).count()
    told = [
        _("Name, date of birth, number, address, and all that their awards say of them go for good."),
        ngettext(
            "%(n)d award that is out stays as a number without a name: copies of it can still be checked.",
            "%(n)d awards that are out stay as numbers without a name: copies of them can still be checked.",
            out,
        )
        % {"n": out},
    ]
    if drafts:
        told.append(ngettext("%(n)d draft goes too.", "%(n)d drafts go too.", drafts) % {"n": drafts})
    told.append(_("The log and the lists of what is revoked stay whole: they tell of nobody."))
    page = _page(
        holder,
        _("Erase this person"),
        button=_("Erase for good"),
        warning=" ".join(told),
        danger=True,
        done=_("What was personal is gone."),
    )
    form = NameTyped(data_of(request), name=str(holder))
    return answer(request, page, form, lambda _given: erasing.erase(actor=request.user, holder=holder))
