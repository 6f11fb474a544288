"""Micro-credentials: the list, and whether one tells all that it must."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from gilde.core.access import Actor
from gilde.core.components import link, nothing, status, written
from gilde.core.form_pages import Crumb, found
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.qualifications import access, micro_credentials, vocabularies
from gilde.qualifications.models import (
    OutcomeVersion,
    Qualification,
    QualificationVersion,
    StackRule,
    State,
)
from gilde.qualifications.views.programmes import current_versions
from gilde.qualifications.vocabularies import name_of

MICRO: Final = Qualification.Kind.MICRO


def crumbs_of(*more: Crumb) -> list[Crumb]:
    """Return the way to a page under the qualifications."""
    return [(_("Qualifications"), reverse("qualifications:list")), *more]


def _micro_crumb() -> Crumb:
    return _("Micro-credentials"), reverse("qualifications:micro-credentials")


def points(amount: Decimal | None, system: str = "") -> object:
    """Return an amount of credit as the reader reads it, with the system where it has one."""
    if amount is None:
        return nothing()
    told = written(amount.normalize() + 0)
    if not system:
        return told
    return _("%(points)s points (%(system)s)") % {"points": told, "system": name_of_system(system)}


def name_of_system(code: str) -> str:
    """Return the name of a credit system, the code where Gilde does not know it."""
    known = vocabularies.credit_systems().get(code)
    return str(known.name) if known else code


# --- the list


def _title(row: Row) -> SafeString:
    here = reverse("qualifications:micro-credential", args=[row["qualification__code"]])
    parts = [link(here, written(row["title"]))]
    if row["qualification__synthetic"]:
        parts.append(status("plain", _("invented")))
    return format_html_join(" ", "{}", ((part,) for part in parts))


MICRO_CREDENTIALS: Final = Listing(
    name="micro-credentials",
    caption=gettext_lazy("Micro-credentials"),
    fields=[
        *("title", "number", "state", "hours", "credit", "credit_system", "level__name", "level__eqf"),
        *("qualification__code", "qualification__synthetic", "qualification__sector"),
        "qualification__owner__name",
    ],
    columns=[
        Column("title", gettext_lazy("Micro-credential"), cell=_title, sort=words_of("title"), head=True),
        Column(
            "code", gettext_lazy("Code"), value=lambda row: row["qualification__code"], download_only=True
        ),
        Column(
            "owner",
            gettext_lazy("By"),
            value=lambda row: row["qualification__owner__name"],
            sort=words_of("qualification__owner__name"),
        ),
        Column("level", gettext_lazy("Level"), value=lambda row: row["level__name"], sort="level__eqf"),
        Column("hours", gettext_lazy("Hours"), number=True, sort="hours"),
        Column(
            "credit",
            gettext_lazy("Credit"),
            cell=lambda row: points(row["credit"], row["credit_system"]),
            number=True,
            sort="credit",
        ),
        Column("credit_system", gettext_lazy("Credit system"), download_only=True),
        Column(
            "sector",
            gettext_lazy("Sector"),
            value=lambda row: name_of(vocabularies.sectors(), row["qualification__sector"]),
            sort="qualification__sector",
        ),
        Column("state", gettext_lazy("State"), value=lambda row: State(row["state"]).label, sort="state"),
    ],
    search=[words_of("title"), words_of("summary"), "qualification__code"],
    filters=[
        Filter(
            "level",
            gettext_lazy("EQF level"),
            lambda: [(str(n), str(n)) for n in range(1, 9)],
            "level__eqf",
        ),
        Filter(
            "sector",
            gettext_lazy("Sector"),
            lambda: vocabularies.choices(vocabularies.sectors()),
            "qualification__sector",
        ),
    ],
    order="title",
    empty=gettext_lazy(
        "Micro-credentials stand here once one is recognised. A provider begins one as a qualification of that kind."
    ),
)


def newest(reader: Actor) -> QuerySet[QualificationVersion]:
    """Return the newest version of each micro-credential that the reader may see."""
    seen = access.visible_versions(reader).filter(qualification__kind=MICRO)
    last = seen.filter(qualification=OuterRef("qualification")).order_by("-number").values("pk")[:1]
    return seen.filter(pk=Subquery(last))


@login_not_required
@require_safe
def micro_credential_list(request: HttpRequest) -> HttpResponseBase:
    """List the micro-credentials, each in its newest version."""
    context = {"title": _("Micro-credentials"), "crumbs": crumbs_of()}
    return MICRO_CREDENTIALS.respond(
        request, newest(request.user), "qualifications/stacking_list.html", context
    )


# --- one micro-credential


@login_not_required
@require_safe
def micro_credential(request: HttpRequest, code: str) -> HttpResponse:
    """Show whether a micro-credential tells all that it must, and what it counts towards."""
    seen = access.visible_versions(request.user).select_related("qualification__owner", "level", "framework")
    versions = list(seen.filter(qualification__code=code, qualification__kind=MICRO).order_by("number"))
    it = current_versions(versions)[0] if versions else found(seen, pk=None)
    missing = micro_credentials.missing_elements(it)
    context = {
        "title": str(it.title),
        "crumbs": crumbs_of(_micro_crumb()),
        "version": it,
        "elements": _elements(it, missing),
        "missing": missing,
        "counts_towards": _counts_towards(request.user, it),
        "page_url": reverse("qualifications:qualification", args=[code]),
    }
    return render(request, "qualifications/stacking_micro.html", context)


def _elements(
    version: QualificationVersion, missing: Sequence[vocabularies.MicroElement]
) -> list[tuple[object, object, SafeString]]:
    """Each mandatory element with what the definition says and whether it is given."""
    absent = {element.code for element in missing}
    told = _told(version)
    rows: list[tuple[object, object, SafeString]] = []
    for element in vocabularies.micro_elements():
        if element.lies_in == "award":
            rows.append((written(element.name), nothing(), status("info", _("comes with the award"))))
        elif element.code in absent:
            rows.append((written(element.name), nothing(), status("bad", _("missing"))))
        else:
            rows.append((written(element.name), told.get(element.code, ""), status("good", _("given"))))
    return rows


def _told(version: QualificationVersion) -> dict[str, object]:
    outcomes = OutcomeVersion.objects.filter(uses__unit__version=version.pk).order_by(
        "uses__unit__position", "uses__position"
    )
    workload = [
        ngettext("%(count)d hour", "%(count)d hours", version.hours) % {"count": version.hours}
        if version.hours
        else "",
        str(points(version.credit, version.credit_system)) if version.credit else "",
    ]
    level = written(version.level.name) if version.level else ""
    if version.level is not None and version.level.eqf is not None:
        level = _("%(level)s (EQF level %(eqf)d)") % {"level": version.level.name, "eqf": version.level.eqf}
    kind = vocabularies.assessment_types()
    assessment = [written(name_of(kind, version.assessment_type)) if version.assessment_type else ""]
    assessment += [written(version.assessment) if version.assessment else ""]
    ways = [str(name_of(vocabularies.participation(), each)) for each in version.participation]
    return {
        "title": written(version.title),
        "country": version.qualification.country,
        "awarding": ", ".join(str(each) for each in version.awarding.all()),
        "outcomes": format_html_join(
            "", "<p>{}</p>", ((written(each),) for each in outcomes.values_list("statement", flat=True))
        ),
        "workload": ", ".join(part for part in workload if part),
        "level": level,
        "assessment": format_html_join(" · ", "{}", ((part,) for part in assessment if part)),
        "participation": ", ".join(ways),
        "quality": written(version.quality),
    }


def _counts_towards(reader: Actor, version: QualificationVersion) -> list[tuple[str, object, object]]:
    """The qualifications into which it stacks: address of the calculator, title, and what the rule grants."""
    seen = access.visible_versions(reader).order_by().values("pk")
    rules = StackRule.objects.filter(micro_credentials=version.qualification, version__in=seen)
    told = rules.select_related("version__qualification").order_by("version__qualification__code", "position")
    current = {each.pk for each in current_versions(rule.version for rule in told)}
    return [
        (
            reverse("qualifications:stack", args=[rule.version.qualification.code])
            + f"?held={version.qualification.code}",
            written(rule.version.title),
            written(rule.title),
        )
        for rule in told
        if rule.version_id in current
    ]
