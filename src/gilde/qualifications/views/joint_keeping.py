"""The forms with which partners build together: what it is, who takes part, units, agreeing and closing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gilde.core.access import require
from gilde.core.errors import Refused
from gilde.core.form_pages import Page, answer
from gilde.organisations.public import member_organisations
from gilde.qualifications import access, comparing
from gilde.qualifications.forms import joint as forms
from gilde.qualifications.forms.programmes import Versioned
from gilde.qualifications.joint_purposes import purpose_of
from gilde.qualifications.joint_whole import whole
from gilde.qualifications.models import Joint, JointUnit, Partner
from gilde.qualifications.services import joint as service
from gilde.qualifications.services import joint_agreeing as agreeing
from gilde.qualifications.views.joint_common import (
    both,
    data_of,
    joint_crumbs,
    joint_of,
    joint_url,
    joints_crumbs,
    own_joint,
    partner_of,
    unit_of,
)

MOST_FOUND: Final = 20


@dataclass(frozen=True)
class AgreePage(Page):
    """The page on which a partner agrees, with the way to what it agrees to."""

    memorandum: str = ""
    template: str = "qualifications/joint_agree.html"


@dataclass(frozen=True)
class PartnerPage(Page):
    """The page of a partner, on which its national qualification is looked for."""

    words: str = ""
    found: Any = ()
    template: str = "qualifications/joint_partner.html"


def _page(joint: Joint, title: str, anchor: str = "", kind: type[Page] = Page, **more: Any) -> Any:
    told = {"button": _("Save"), "done": _("Your change has been saved."), **more}
    return kind(
        title=title,
        back=joint_url(joint, anchor),
        crumbs=joint_crumbs(joint),
        subject=str(joint.title),
        **told,
    )


def _opened_now(joint: Joint) -> Versioned:
    """Return what a form that adds or removes would hold if it were opened now: only the version."""
    stored = Joint.objects.values_list("version", flat=True).get(pk=joint.pk)
    return Versioned(initial={"version": stored})


@both
def add(request: HttpRequest) -> HttpResponse:
    """Begin something to be built together."""
    require(access.can_draft(request.user))
    page = Page(
        title=_("Begin something together"),
        button=_("Begin"),
        back=reverse("qualifications:joints"),
        crumbs=joints_crumbs(),
        lead=_(
            "A joint qualification, the recognition of a level, or a transfer of credit: all are built alike."
        ),
        follow=joint_url,
        done=_("It has begun. Add the other partners next."),
    )
    leads = member_organisations(request.user, access.WRITERS)
    form = forms.JointForm(data_of(request), leads=leads)
    return answer(request, page, form, lambda given: service.begin_joint(actor=request.user, **given.read()))


@both
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is aimed at, how it is governed, and how its quality is assured."""
    joint = own_joint(request, slug)

    def fresh(data: Any = None) -> forms.JointForm:
        return forms.JointForm(data, initial=forms.joint_initial(Joint.objects.get(pk=joint.pk)))

    return answer(
        request,
        _page(joint, _("Change what it is"), "about"),
        fresh(data_of(request)),
        lambda given: service.change_joint(
            actor=request.user, joint=joint, lock=given.lock(), **given.read()
        ),
        fresh,
    )


# --- partners


def _partner_page(request: HttpRequest, joint: Joint, title: str, **more: Any) -> PartnerPage:
    words = request.GET.get("find", "").replace("\x00", "").strip()[:200]
    found = comparing.found(request.user, words, most=MOST_FOUND) if words else []
    page: PartnerPage = _page(joint, title, "partners", PartnerPage, words=words, found=found, **more)
    return page


@both
def partner_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a partner."""
    joint = own_joint(request, slug)
    page = _partner_page(
        request, joint, _("Add a partner"), button=_("Add"), done=_("The partner has been added.")
    )
    initial = {"version": joint.version, "qualification": request.GET.get("qualification", "")[:90]}
    form = forms.PartnerForm(data_of(request), initial=initial, on_record=comparing.on_record(request.user))
    return answer(
        request,
        page,
        form,
        lambda given: service.add_partner(actor=request.user, joint=joint, lock=given.lock(), **given.read()),
        lambda: _opened_now(joint),
    )


@both
def partner_edit(request: HttpRequest, slug: str, partner_id: UUID) -> HttpResponse:
    """Change what a partner brings."""
    joint = own_joint(request, slug)
    partner = partner_of(joint, partner_id)

    def fresh(data: Any = None) -> forms.PartnerForm:
        related = ("joint", "qualification__qualification")
        initial = forms.partner_initial(Partner.objects.select_related(*related).get(pk=partner.pk))
        if chosen := request.GET.get("qualification", "")[:90]:
            initial["qualification"] = chosen
        return forms.PartnerForm(data, initial=initial, on_record=comparing.on_record(request.user))

    return answer(
        request,
        _partner_page(request, joint, _("Change this partner")),
        fresh(data_of(request)),
        lambda given: service.change_partner(
            actor=request.user, partner=partner, lock=given.lock(), **given.read()
        ),
        fresh,
    )


@both
def partner_remove(request: HttpRequest, slug: str, partner_id: UUID) -> HttpResponse:
    """Take a partner away, once confirmed."""
    joint = own_joint(request, slug)
    partner = partner_of(joint, partner_id)
    warning = _(
        "%(partner)s is taken away with the units of its national part. Units that it was to assess have no assessor "
        "then. To undo it, add the partner again."
    )
    return answer(
        request,
        _page(
            joint,
            _("Remove this partner"),
            "partners",
            button=_("Remove"),
            warning=warning % {"partner": partner.organisation},
            danger=True,
            done=_("The partner has been removed."),
        ),
        Versioned(data_of(request), initial={"version": joint.version}),
        lambda given: service.remove_partner(actor=request.user, partner=partner, lock=given.lock()),
        lambda: _opened_now(joint),
    )


# --- units


@both
def unit_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a unit to the core or to a national part."""
    joint = own_joint(request, slug)
    page = _page(
        joint,
        _("Add a unit"),
        "core",
        button=_("Add"),
        done=_("The unit has been added. Choose its learning outcomes next."),
        follow=lambda unit: reverse("qualifications:joint-unit-outcomes", args=[joint.slug, unit.pk]),
    )
    initial = {"version": joint.version, "national": request.GET.get("national", "")}
    form = forms.JointUnitForm(data_of(request), initial=initial, joint=joint, core=purpose_of(joint).core)
    return answer(
        request,
        page,
        form,
        lambda given: service.add_unit(actor=request.user, joint=joint, lock=given.lock(), **given.read()),
        lambda: _opened_now(joint),
    )


@both
def unit_edit(request: HttpRequest, slug: str, unit_id: UUID) -> HttpResponse:
    """Change a unit."""
    joint = own_joint(request, slug)
    unit = unit_of(joint, unit_id)

    def fresh(data: Any = None) -> forms.JointUnitForm:
        stored = JointUnit.objects.select_related("joint").prefetch_related("delivered_by").get(pk=unit.pk)
        initial = forms.unit_initial(stored)
        return forms.JointUnitForm(data, initial=initial, joint=joint, core=purpose_of(joint).core)

    return answer(
        request,
        _page(joint, _("Change this unit"), f"unit-{unit.pk}"),
        fresh(data_of(request)),
        lambda given: service.change_unit(actor=request.user, unit=unit, lock=given.lock(), **given.read()),
        fresh,
    )


@require_POST
def unit_move(request: HttpRequest, slug: str, unit_id: UUID) -> HttpResponse:
    """Put a unit one place up or down."""
    joint = own_joint(request, slug)
    unit = unit_of(joint, unit_id)
    sent = request.POST.get("version", "")
    lock = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0
    service.move_unit(actor=request.user, unit=unit, lock=lock, up=request.POST.get("to") == "up")
    return redirect(joint_url(joint, f"unit-{unit.pk}"))


@both
def unit_remove(request: HttpRequest, slug: str, unit_id: UUID) -> HttpResponse:
    """Take a unit away, once confirmed."""
    joint = own_joint(request, slug)
    unit = unit_of(joint, unit_id)
    warning = _(
        "“%(unit)s” is taken away. Its outcomes stay in the qualifications that they come from. To undo it, add the "
        "unit again."
    )
    return answer(
        request,
        _page(
            joint,
            _("Remove this unit"),
            f"unit-{unit.pk}",
            button=_("Remove"),
            warning=warning % {"unit": unit.title},
            danger=True,
            done=_("The unit has been removed."),
            follow=lambda _made: joint_url(joint, "core"),
        ),
        Versioned(data_of(request), initial={"version": joint.version}),
        lambda given: service.remove_unit(actor=request.user, unit=unit, lock=given.lock()),
        lambda: _opened_now(joint),
    )


# --- agreeing


@both
def agree(request: HttpRequest, slug: str) -> HttpResponse:
    """Agree in the name of a partner to what was read."""
    joint = joint_of(request, slug)
    partners = agreeing.agreeable(request.user, joint)
    if joint.state != Joint.State.DRAFT or not partners:
        raise Refused(_why_not(request, joint))
    missing = [lack.sentence for lack in whole(joint).lacks if lack.stops]
    page = _page(
        joint,
        _("Agree"),
        "agreed",
        AgreePage,
        memorandum=reverse("qualifications:joint-memorandum", args=[joint.slug]),
        button=_("Agree to this version"),
        lead=_(
            "You agree to version %(version)d as you have read it. Any later change takes your agreement back."
        )
        % {"version": joint.version},
        warning=_("It is not complete yet. %(missing)s") % {"missing": " ".join(missing)}
        if missing
        else _(
            "Read the memorandum first. Once every partner has agreed, nothing of it can be changed any more."
        ),
        danger=bool(missing),
        done=_("You have agreed."),
    )
    form = forms.AgreeForm(data_of(request), partners=partners, initial={"version": joint.version})
    return answer(
        request,
        page,
        form,
        lambda given: agreeing.agree(
            actor=request.user, partner=given.cleaned_data["partner"], lock=given.lock()
        ),
    )


def _why_not(request: HttpRequest, joint: Joint) -> str:
    """Return why the reader has nothing to agree to."""
    answers = [agreeing.can_agree(request.user, each) for each in joint.partners.select_related("joint")]
    if not answers:
        return _("There are no partners yet.")
    if any(answers):
        return _("Your organisation has agreed to this version already.")
    return answers[0].reason


@both
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """End what all partners agreed to, once confirmed."""
    joint = joint_of(request, slug)
    require(agreeing.can_close(request.user, joint))
    page = _page(
        joint,
        _("Close this"),
        button=_("Close"),
        warning=_(
            "Nobody begins under this memorandum any more. It stays to be read, and this cannot be undone: to go on, "
            "begin something new together."
        ),
        danger=True,
        done=_("It has been closed."),
    )
    return answer(
        request,
        page,
        Versioned(data_of(request), initial={"version": joint.version}),
        lambda given: agreeing.close(actor=request.user, joint=joint, lock=given.lock()),
    )
