"""Qualifications frameworks: what each level asks, and which EQF level it is referenced to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.components import Fact, link, nothing, written
from gilde.core.form_pages import found
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.qualifications.models import Descriptor, Element, Framework, Level

EQF: Final = "eqf"


def _countries() -> Iterable[tuple[str, str]]:
    codes = Framework.objects.exclude(country="").order_by("country").values_list("country", flat=True)
    return [(code, code) for code in codes.distinct()]


FRAMEWORKS = Listing(
    name="frameworks",
    caption=gettext_lazy("Frameworks"),
    fields=["code", "name", "country", "level_count", "referenced_on", "valid_from", "source"],
    columns=[
        Column(
            "name",
            gettext_lazy("Framework"),
            cell=lambda row: link(
                reverse("qualifications:framework", args=[row["code"]]), written(row["name"])
            ),
            sort=words_of("name"),
            head=True,
        ),
        Column("code", gettext_lazy("Code"), sort="code"),
        Column("country", gettext_lazy("Country"), sort="country"),
        Column(
            "levels",
            gettext_lazy("Levels"),
            value=lambda row: row["level_count"],
            sort="level_count",
            number=True,
        ),
        Column(
            "referenced",
            gettext_lazy("Referenced to the EQF"),
            value=lambda row: row["referenced_on"].year if row["referenced_on"] else None,
            cell=lambda row: str(row["referenced_on"].year) if row["referenced_on"] else nothing(),
            sort="referenced_on",
        ),
        Column("valid_from", gettext_lazy("In force since"), sort="valid_from"),
        Column("source", gettext_lazy("Source"), download_only=True),
    ],
    search=(words_of("name"), "code", "country"),
    filters=[Filter("country", gettext_lazy("Country"), _countries, "country")],
    order="name",
    empty=gettext_lazy(
        "Frameworks stand here once they are loaded with the command “gilde qualifications reference”."
    ),
)


@dataclass(frozen=True)
class SideBySide:
    """The levels of frameworks in one table: a row for each EQF level, and one for what is referenced to none."""

    frameworks: Sequence[Framework]
    rows: Sequence[tuple[object, Sequence[SafeString]]]


@login_not_required
@require_safe
def framework_list(request: HttpRequest) -> HttpResponseBase:
    """List the frameworks, and show their levels side by side. They are public, so everybody sees them all."""
    frameworks = Framework.objects.annotate(level_count=Count("levels"))
    context = {"title": _("Qualifications frameworks"), "crumbs": _crumbs(), "beside": side_by_side()}
    return FRAMEWORKS.respond(request, frameworks, "qualifications/frameworks.html", context)


@dataclass(frozen=True)
class LevelRow:
    """A level on the page of its framework, with what it asks on each element."""

    code: str
    name: object
    summary: object
    eqf: int | None
    url: str
    cells: Sequence[tuple[object, object]]  # the element, and what is asked; None for nothing


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what each level of a framework asks; `?level=` shows one of them beside its EQF level."""
    framework = found(Framework.objects.all(), code=code)
    levels = list(Level.objects.filter(framework=framework).order_by("position"))
    elements = list(Element.objects.filter(framework=framework).order_by("position"))
    asked = {
        (level, element): text
        for level, element, text in Descriptor.objects.filter(level__framework=framework).values_list(
            "level", "element", "text"
        )
    }
    here = framework_url(code)
    rows = [
        LevelRow(
            level.code,
            level.name,
            level.summary,
            level.eqf,
            level_url(code, level.code),
            [(element.name, asked.get((level.pk, element.pk))) for element in elements],
        )
        for level in levels
    ]
    chosen = next((row for row in rows if row.code == request.GET.get("level")), None)
    context = {
        "title": str(framework),
        "crumbs": [*_crumbs(), (_("Frameworks"), reverse("qualifications:frameworks"))],
        "framework": framework,
        "facts": _facts(framework),
        "elements": elements,
        "groups": _groups(elements),
        "rows": [chosen] if chosen else rows,
        "levels": [(row.code, row.name, row is chosen) for row in rows],
        "chosen": chosen,
        "eqf": _eqf_beside(chosen, code),
        "beside": None if chosen else side_by_side(),
        "has_eqf": any(level.eqf for level in levels) and code != EQF,
        "here": here,
    }
    return render(request, "qualifications/frameworks_page.html", context)


def framework_url(code: str) -> str:
    """Return the address of a framework's page."""
    return reverse("qualifications:framework", args=[code])


def level_url(framework: str, level: str) -> str:
    """Return the address of a level on the page of its framework."""
    return f"{framework_url(framework)}?level={level.replace('+', '%2B')}"


def side_by_side() -> SideBySide | None:
    """Return the levels of all frameworks beside the EQF, None where only one framework is loaded; two queries."""
    frameworks = sorted(Framework.objects.all(), key=lambda each: (each.code != EQF, each.country, each.code))
    if len(frameworks) < 2:
        return None
    cells: dict[tuple[int | None, str], list[tuple[str, str]]] = {}
    for framework, level, eqf in Level.objects.order_by(
        F("eqf").asc(nulls_first=True), "position"
    ).values_list("framework", "code", "eqf"):
        cells.setdefault((eqf, framework), []).append((level_url(framework, level), level))
    others = [each for each in frameworks if each.code != EQF]
    without = any(eqf is None for eqf, _framework in cells)
    rows: list[tuple[object, Sequence[SafeString]]] = []
    for eqf in (*((None,) if without else ()), *range(1, 9)):
        heading = str(eqf) if eqf else _("none")
        rows.append((heading, [_links(cells.get((eqf, each.code), ())) for each in others]))
    return SideBySide(others, rows)


def _links(levels: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join(", ", '<a href="{}">{}</a>', levels) or nothing()


def _eqf_beside(chosen: LevelRow | None, code: str) -> list[Fact]:
    """Return what the EQF level asks to which a chosen level is referenced."""
    if chosen is None or chosen.eqf is None or code == EQF:
        return []
    asked = Descriptor.objects.filter(level__framework=EQF, level__eqf=chosen.eqf).order_by(
        "element__position"
    )
    return [Fact(str(d.element), written(d.text)) for d in asked.select_related("element")]


def _groups(elements: Sequence[Element]) -> list[tuple[object, int]]:
    """Return the groups of elements with how many columns each spans; none where the elements have no group."""
    groups: list[tuple[object, int]] = []
    for element in elements:
        if groups and groups[-1][0] == element.group:
            groups[-1] = (element.group, groups[-1][1] + 1)
        else:
            groups.append((element.group, 1))
    return groups if any(group for group, _span in groups) else []


def _facts(framework: Framework) -> list[Fact]:
    facts: list[tuple[str, Any]] = [
        (_("Country"), framework.country),
        (_("In force since"), framework.valid_from),
        (
            _("First referenced to the EQF"),
            str(framework.referenced_on.year) if framework.referenced_on else None,
        ),
        (
            _("Referencing report"),
            link(framework.referencing_report, _("The report")) if framework.referencing_report else None,
        ),
        (_("Source"), framework.source),
    ]
    return [Fact(label, written(value)) for label, value in facts if value]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Qualifications"), reverse("qualifications:list"))]
