"""A qualification as everybody reads it: what it is, where it is learned, what comes next, how it came about."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.components import Fact, Kind, link, status
from gilde.core.uris import uri
from gilde.qualifications import pathway, snapshots, vocabularies
from gilde.qualifications.access import can_renew, roles_over, visible_versions
from gilde.qualifications.describing import with_parts
from gilde.qualifications.models import Linked, Offer, ProfileVersion, QualificationVersion, State
from gilde.qualifications.models.qualifications import ON_REGISTER
from gilde.qualifications.publishing import FORMS

KINDS: dict[str, Kind] = {
    State.REGISTERED: "good",
    State.RECOGNISED: "good",
    State.REJECTED: "bad",
    State.DISPUTED: "warn",
    State.RETURNED: "warn",
    State.UNDER_REVIEW: "warn",
    State.WITHDRAWN: "bad",
    State.SUPERSEDED: "none",
    State.DRAFT: "none",
}


@login_not_required
@require_safe
def qualification(request: HttpRequest, code: str) -> HttpResponse:
    """Show the version that everybody is shown; to who drafts it and nobody else a file that was never recognised."""
    versions = list(visible_versions(request.user).filter(qualification__code=code).order_by("-number"))
    if not versions:
        raise Http404
    recognised = [each for each in versions if each.recognised_at]
    on_register = [each for each in recognised if each.state in ON_REGISTER]
    return _page(request, (on_register or recognised or versions)[0], versions)


@login_not_required
@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show one version, with a word about the newer one where there is one."""
    versions = list(visible_versions(request.user).filter(qualification__code=code).order_by("-number"))
    for each in versions:
        if each.number == number:
            return _page(request, each, versions)
    raise Http404


def _page(
    request: HttpRequest, shown: QualificationVersion, versions: list[QualificationVersion]
) -> HttpResponse:
    told = with_parts(visible_versions(request.user)).get(pk=shown.pk)
    newer = next((v for v in versions if v.number > told.number and v.state in ON_REGISTER), None)
    stops = pathway.stops(request.user, told)
    context = {
        "title": str(told.title),
        "version": told,
        "qualification": told.qualification,
        "newer": newer,
        "tag": tag(told),
        "facts": _facts(told),
        "units": [_unit(unit) for unit in told.units.all()],
        "occupations": [each for each in told.concepts.all() if each.state == Linked.State.CONFIRMED],
        "profiles": list(
            ProfileVersion.objects.filter(
                profile__qualifications=told.pk, state=ProfileVersion.State.PUBLISHED
            ).select_related("profile")
        ),
        "offers": list(
            Offer.objects.filter(programme__leads_to=told.qualification_id, until=None)
            .select_related("programme", "provider", "area")
            .order_by("place", "pk")[:60]
        ),
        "stops": [stop for stop in stops if stop.how != "here"],
        "pathway": pathway.picture(stops),
        "elements": list(told.elements.select_related("element", "level").order_by("element__position")),
        "versions": versions,
        "uri": uri("qualification", told.qualification_id),
        "exports": list(FORMS.items()),
        "works_on_it": request.user.is_authenticated and bool(roles_over(request.user, told)),
        "may_renew": request.user.is_authenticated and told.recognised_at and can_renew(request.user, told),
    }
    return render(request, "qualifications/qualification.html", context)


def tag(version: QualificationVersion) -> Any:
    """Return where a version stands as a status tag."""
    return status(KINDS.get(version.state, "info"), version.get_state_display())


def _facts(version: QualificationVersion) -> list[Fact]:
    """What one wants to know at a glance: level, how long, who awards, how it is assessed."""
    types, participation = vocabularies.assessment_types(), vocabularies.participation()
    facts = []
    if level := version.level:
        words = _("%(level)s of %(framework)s") % {"level": level, "framework": version.framework}
        if level.eqf and version.framework_id != "eqf":
            words += " · " + _("EQF level %(eqf)d") % {"eqf": level.eqf}
        facts.append(Fact(_("Level"), words))
    if version.hours:
        facts.append(
            Fact(
                _("How long"),
                _("%(hours)s hours of learning")
                % {"hours": number_format(version.hours, force_grouping=True)},
            )
        )
    if version.credit is not None:
        facts.append(
            Fact(_("Credit"), f"{number_format(version.credit.normalize())} {version.credit_system.upper()}")
        )
    if version.assessment_type in types:
        facts.append(Fact(_("Type of assessment"), types[version.assessment_type].name))
    forms = [str(participation[code].name) for code in version.participation if code in participation]
    if forms:
        facts.append(Fact(_("How one takes part"), ", ".join(forms)))
    awarding = [str(each) for each in version.awarding.all()]
    if awarding:
        facts.append(Fact(_("Awarded by"), ", ".join(awarding)))
    owner = version.qualification.owner
    facts.append(Fact(_("Drafted by"), link(reverse("organisations:page", args=[owner.slug]), owner)))
    if version.valid_from:
        facts.append(Fact(_("Valid from"), version.valid_from))
    if version.valid_until:
        facts.append(Fact(_("Valid until"), version.valid_until))
    return facts


def _unit(unit: Any) -> dict[str, Any]:
    facts = []
    if unit.hours:
        facts.append(_("%(hours)d hours") % {"hours": unit.hours})
    if unit.credit is not None:
        facts.append(_("%(credit)s credit points") % {"credit": number_format(unit.credit.normalize())})
    if unit.partial:
        facts.append(_("can be awarded alone"))
    if unit.optional:
        facts.append(_("optional"))
    return {
        "unit": unit,
        "facts": " · ".join(facts),
        "outcomes": [
            (
                use.outcome,
                [each for each in use.outcome.concepts.all() if each.state == Linked.State.CONFIRMED],
            )
            for use in unit.outcomes.all()
        ],
    }


@login_not_required
@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Show every version with the stages that it went through, and what changed from one to the next."""
    versions = list(
        visible_versions(request.user)
        .filter(qualification__code=code)
        .select_related("qualification", "level", "procedure")
        .prefetch_related("stages", "snapshots")
        .order_by("-number")
    )
    if not versions:
        raise Http404
    works = request.user.is_authenticated and bool(roles_over(request.user, versions[0]))
    contents = {each.pk: _content(each) for each in versions}
    told = []
    for each, former in zip(versions, [*versions[1:], None], strict=True):
        changes = snapshots.differences(contents[former.pk], contents[each.pk]) if former else []
        told.append({"version": each, "tag": tag(each), "stages": _stages(each, works), "changes": changes})
    context = {
        "title": _("History of %(title)s") % {"title": versions[0].title},
        "qualification": versions[0].qualification,
        "version": versions[0],
        "told": told,
    }
    return render(request, "qualifications/history.html", context)


def _content(version: QualificationVersion) -> dict[str, Any]:
    """Return what a version says: as kept when it was recognised, else as it stands."""
    kept = [each for each in version.snapshots.all() if each.reason == "recognised"]
    content: dict[str, Any] = kept[-1].content if kept else snapshots.content_of(version)
    return content


def _stages(version: QualificationVersion, works: bool) -> list[dict[str, Any]]:
    """The stages of a version; the public sees those from recognition on."""
    stages = sorted(version.stages.all(), key=lambda stage: (stage.since, stage.pk))
    seen = [
        stage for stage in stages if works or (version.recognised_at and stage.since >= version.recognised_at)
    ]
    return [
        {"since": stage.since, "word": stage.get_state_display(), "ground": stage.ground} for stage in seen
    ]
