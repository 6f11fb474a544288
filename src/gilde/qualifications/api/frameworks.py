"""Qualifications frameworks: their levels, and what each level asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, Page, Paging, TextOut, page_of
from gilde.qualifications.api.shapes import address, text_or_none
from gilde.qualifications.models import Descriptor, Framework, Level

frameworks = Router(tags=["frameworks"], auth=None)


class FrameworkLine(Schema):
    """A framework, short. `country` is EU for the Union; `referenced_on` is when it was referenced to the EQF."""

    code: str
    name: TextOut
    country: str
    note: TextOut | None
    level_count: int
    referenced_on: date | None
    referencing_report: str | None
    valid_from: date | None
    source: str
    page: str

    @classmethod
    def of(cls, framework: Framework) -> FrameworkLine:
        """Return the framework as lists give it; `_frameworks` reads what it needs."""
        return cls(**_line(framework))


def _line(framework: Any) -> dict[str, Any]:
    return {
        "code": framework.code,
        "name": TextOut.of(framework.name),
        "country": framework.country,
        "note": text_or_none(framework.note),
        "level_count": framework.level_count,
        "referenced_on": framework.referenced_on,
        "referencing_report": framework.referencing_report or None,
        "valid_from": framework.valid_from,
        "source": framework.source,
        "page": address("qualifications:framework", framework.code),
    }


def _frameworks() -> Any:
    return Framework.objects.annotate(level_count=Count("levels")).order_by("code")


class FrameworkFilter(Paging):
    country: Line = Field("", description="ISO 3166-1 code of two letters; EU for the Union.")


@frameworks.get("", response=Page[FrameworkLine], summary="List frameworks")
def list_frameworks(request: HttpRequest, query: Query[FrameworkFilter]) -> Page[FrameworkLine]:
    """Return the qualifications frameworks that are known here, by code."""
    found = _frameworks()
    if query.country:
        found = found.filter(country=query.country.upper())
    return page_of(found, query, FrameworkLine.of)


class ElementOut(Schema):
    """A descriptor element: one side by which levels are told apart."""

    code: str
    name: TextOut
    group: TextOut | None


class DescriptorOut(Schema):
    """What a level asks on one element."""

    element: str
    text: TextOut


class FrameworkLevel(Schema):
    """A level with the EQF level that it is referenced to; `uri` is that of the European list."""

    code: str
    name: TextOut
    summary: TextOut | None
    eqf: int | None
    uri: str | None
    descriptors: list[DescriptorOut]

    @classmethod
    def of(cls, level: Level) -> FrameworkLevel:
        """Return the level as the API gives it; its descriptors must be read with it."""
        return cls(
            code=level.code,
            name=TextOut.of(level.name),
            summary=text_or_none(level.summary),
            eqf=level.eqf,
            uri=level.uri or None,
            descriptors=[
                DescriptorOut(element=each.element.code, text=TextOut.of(each.text))
                for each in level.descriptors.all()
            ],
        )


class FrameworkOut(FrameworkLine):
    """A framework whole: its elements, and its levels with what each asks on each element."""

    elements: list[ElementOut]
    levels: list[FrameworkLevel]


@frameworks.get("/{slug:code}", response=FrameworkOut, summary="Read a framework")
def read_framework(request: HttpRequest, code: str) -> FrameworkOut:
    """Return one framework with its levels, elements and descriptors."""
    framework = get_object_or_404(_frameworks(), code=code)
    asked = Descriptor.objects.select_related("element").order_by("element__position")
    levels = framework.levels.order_by("position").prefetch_related(Prefetch("descriptors", asked))
    return FrameworkOut(
        **_line(framework),
        elements=[
            ElementOut(code=each.code, name=TextOut.of(each.name), group=text_or_none(each.group))
            for each in framework.elements.order_by("position")
        ],
        levels=[FrameworkLevel.of(level) for level in levels],
    )
