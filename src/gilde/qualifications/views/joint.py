"""What is built together: the list, and the page on which partners see where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from gilde.core.components import Fact, Signal, Task, link, nothing, status, written
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.qualifications import access, comparing
from gilde.qualifications.joint_lacks import Lack
from gilde.qualifications.joint_purposes import purpose_of
from gilde.qualifications.joint_whole import Side, UnitTold, Whole, level_of, whole
from gilde.qualifications.joint_words import (
    STATE_KINDS,
    gap_words,
    hours_words,
    level_words,
    number,
    point_words,
    points_words,
    rounding_words,
)
from gilde.qualifications.models import Joint, Partner
from gilde.qualifications.services import joint_agreeing as agreeing
from gilde.qualifications.views.joint_common import joint_of, joints_crumbs
from gilde.qualifications.views.joint_matrix import by_unit, numbers


def _title(row: Row) -> SafeString:
    parts = [link(reverse("qualifications:joint", args=[row["slug"]]), written(row["title"]))]
    if row["synthetic"]:
        parts.append(status("plain", _("invented")))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _countries() -> list[tuple[str, str]]:
    codes = Partner.objects.order_by("country").values_list("country", flat=True).distinct()
    return [(code, code) for code in codes]


def joint_listing() -> Listing:
    """Return the declaration of the list for one request: which countries can be chosen is read once."""
    countries = _countries()
    return Listing(
        name="joint",
        caption=gettext_lazy("Joint qualifications, recognition of levels, and transfer of credit"),
        fields=[
            "slug",
            "title",
            "synthetic",
            "purpose",
            "state",
            "eqf",
            "lead__name",
            "partners_count",
            "agreed_at",
        ],
        columns=[
            Column("title", gettext_lazy("Title"), cell=_title, sort=words_of("title"), head=True),
            Column(
                "purpose",
                gettext_lazy("What for"),
                value=lambda row: Joint.Purpose(row["purpose"]).label,
                sort="purpose",
            ),
            Column(
                "lead",
                gettext_lazy("Lead partner"),
                value=lambda row: row["lead__name"],
                sort=words_of("lead__name"),
            ),
            Column("partners_count", gettext_lazy("Partners"), number=True, sort="partners_count"),
            Column("eqf", gettext_lazy("EQF level"), number=True, sort="eqf"),
            Column(
                "state",
                gettext_lazy("State"),
                value=lambda row: Joint.State(row["state"]).label,
                cell=lambda row: status(STATE_KINDS[row["state"]], Joint.State(row["state"]).label),
                sort="state",
            ),
            Column("agreed_at", gettext_lazy("Agreed on"), sort="agreed_at"),
        ],
        search=[words_of("title"), words_of("summary"), "slug"],
        filters=[
            Filter("purpose", gettext_lazy("What for"), lambda: Joint.Purpose.choices, "purpose"),
            Filter("state", gettext_lazy("State"), lambda: Joint.State.choices, "state"),
            Filter(
                "country",
                gettext_lazy("Country"),
                lambda: countries,
                lambda rows, code: rows.filter(pk__in=Partner.objects.filter(country=code).values("joint")),
            ),
        ],
        order="title",
        empty=gettext_lazy(
            "What partners from several countries agreed on stands here, and what your organisation is building. "
            "Officers begin with: begin something together."
        ),
    )


@login_not_required
@require_safe
def joint_list(request: HttpRequest) -> HttpResponseBase:
    """List what was agreed, and what the reader's organisations are building."""
    joints = access.visible_joints(request.user)
    context = {
        "title": _("Joint qualifications"),
        "crumbs": joints_crumbs()[:1],
        "may_begin": bool(request.user.is_authenticated and access.can_draft(request.user)),
    }
    joints = joints.annotate(partners_count=Count("partners"))
    return joint_listing().respond(request, joints, "qualifications/joint_list.html", context)


@dataclass(frozen=True)
class PartnerRow:
    """A partner as its row of the table shows it."""

    partner: Partner
    name: object
    lead: bool
    qualification: object
    level: str
    gap: SafeString
    system: str
    total: object
    counts: SafeString


@dataclass(frozen=True)
class UnitRow:
    """A unit as its row of the table shows it."""

    told: UnitTold
    title: object
    hours: object
    own: str  # its points in the system in which they are told
    points: Sequence[object]
    taught: object
    assessed: object


@login_not_required
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show where it stands: partners, what each covers of the core, units with credit, what is missing, who agreed."""
    joint = joint_of(request, slug)
    seen = whole(joint)
    signed_in = request.user.is_authenticated
    may_build = bool(signed_in and access.can_build(request.user, joint))
    purpose = purpose_of(joint)
    by = [
        each
        for side in seen.sides
        for row in side.covers.outcomes
        for e in row.found.for_best
        for each in e.confirmed_by
    ]
    names = comparing.names(by) if signed_in else {}
    draft = joint.state == Joint.State.DRAFT
    context = {
        "title": str(joint.title),
        "crumbs": joints_crumbs(),
        "joint": joint,
        "purpose": purpose,
        "state": status(STATE_KINDS[joint.state], joint.get_state_display()),
        "signals": list(_signals(seen)),
        "missing": _missing(seen, may_build) if draft else [],
        "consider": list(_consider(seen, may_build)) if draft else [],
        "partners": [_partner(side, joint) for side in seen.sides],
        "core": [_unit(each, seen.partners) for each in seen.core],
        "nationals": [
            (each, [_unit(u, seen.partners) for u in seen.national(each)]) for each in seen.partners
        ],
        "matrix": by_unit(seen, names),
        "matrix_numbers": [numbers(side.covers.counts) for side in seen.sides],
        "span": len(seen.partners) + 1,
        "rounding": rounding_words(),
        "about": _about(joint),
        "agreed": [_agreed(each) for each in seen.partners],
        "may_build": may_build,
        "may_agree": bool(draft and signed_in and agreeing.agreeable(request.user, joint).exists()),
        "may_close": bool(not draft and signed_in and agreeing.can_close(request.user, joint)),
    }
    return render(request, "qualifications/joint.html", context)


def _signals(seen: Whole) -> Iterator[Signal]:
    countries = len({each.country for each in seen.partners})
    of = ngettext("from %(n)d country", "from %(n)d countries", countries) % {"n": countries}
    yield Signal(_("partners"), len(seen.partners), of, "#partners")
    yield Signal(
        _("units that all share"),
        len(seen.core),
        _("%(n)d learning outcomes") % {"n": sum(len(each.outcomes) for each in seen.core)},
        "#core",
    )
    full = [side for side in seen.sides if side.covers.counts and not side.covers.counts.missing]
    known = [side for side in seen.sides if side.covers.counts and side.covers.counts.total]
    yield Signal(
        _("cover each outcome at least partly"),
        len(full) if known else None,
        _("of %(n)d partners") % {"n": len(seen.partners)},
        "#coverage",
    )
    agreed = sum(each.agreed_at is not None for each in seen.partners)
    yield Signal(_("have agreed"), agreed, _("of %(n)d partners") % {"n": len(seen.partners)}, "#agreed")


def _missing(seen: Whole, may_build: bool) -> list[Task]:
    """Return what partners need before they can agree; who may build gets the form for it."""
    return [
        Task(each.sentence, _address(seen.joint, each) if may_build else "", kind="bad", word=_("Missing"))
        for each in seen.lacks
        if each.stops
    ]


def _consider(seen: Whole, may_build: bool) -> Iterator[Task]:
    """Yield what stops nobody, but what partners should know before they agree."""
    for side in seen.sides:
        counts, named = side.covers.counts, {"partner": str(side.partner.organisation)}
        if counts and counts.missing:
            words = ngettext(
                "%(partner)s: its qualification misses %(n)d outcome of the core.",
                "%(partner)s: its qualification misses %(n)d outcomes of the core.",
                counts.missing,
            )
            yield Task(words % {**named, "n": counts.missing}, "#coverage")
        if side.gap.gap:
            gap = {"gap": gap_words(side.gap, seen.joint.eqf)}
            yield Task(_("%(partner)s: %(gap)s.") % {**named, **gap}, "#partners")
    for each in seen.lacks:
        if not each.stops:
            yield Task(each.sentence, _address(seen.joint, each) if may_build else "")


def _address(joint: Joint, lack: Lack) -> str:
    """Return the form on which something that is missing is put right."""
    route = {
        "joint": "joint-edit",
        "partners": "joint-partner-add",
        "partner": "joint-partner-edit",
        "units": "joint-unit-add",
        "unit": "joint-unit-edit",
        "outcomes": "joint-unit-outcomes",
    }[lack.where]
    return reverse(f"qualifications:{route}", args=[joint.slug, *([lack.key] if lack.key else [])])


def _partner(side: Side, joint: Joint) -> PartnerRow:
    partner, version = side.partner, side.partner.qualification
    return PartnerRow(
        partner,
        written(partner.organisation.name),
        partner.organisation_id == joint.lead_id,
        link(
            reverse("qualifications:qualification", args=[version.qualification.code]), written(version.title)
        )
        if version
        else nothing(),
        level_words(level_of(partner)),
        status(
            "none" if side.gap.gap is None else "good" if side.gap.gap == 0 else "warn",
            gap_words(side.gap, joint.eqf),
        ),
        point_words(partner),
        points_words(side.total) or nothing(),
        numbers(side.covers.counts),
    )


def _unit(told: UnitTold, partners: Sequence[Partner]) -> UnitRow:
    assessor = next((each for each in partners if each.pk == told.unit.assessed_by_id), None)
    taught = [written(each.organisation.name) for each in told.unit.delivered_by.all()]
    return UnitRow(
        told,
        written(told.unit.title),
        hours_words(told.work.told_hours) or nothing(),
        number(told.work.points) if told.work.points is not None else "",
        [each or nothing() for each in told.points],
        format_html_join(", ", "{}", ((each,) for each in taught)) if taught else nothing(_("not told")),
        written(assessor.organisation.name) if assessor else nothing(_("not told")),
    )


def _about(joint: Joint) -> list[Fact]:
    return [
        Fact(_("EQF level aimed at"), written(joint.eqf)),
        Fact(_("From"), written(joint.starts)),
        Fact(_("Until"), written(joint.ends)),
        Fact(_("How it is governed"), written(joint.governance) if joint.governance else nothing()),
        Fact(_("Quality assurance"), written(joint.quality) if joint.quality else nothing()),
    ]


def _agreed(partner: Partner) -> tuple[object, object, object]:
    """Return a partner, whether it has agreed, and when."""
    tag = status("good", _("Agreed")) if partner.agreed_at else status("none", _("Not yet"))
    return written(partner.organisation.name), tag, written(partner.agreed_at)
