"""Instruments and their provisions: what plans answer to."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from gilde.core.api import Line, Page, Paging, TextOut, page_of
from gilde.plans.api.shapes import InstrumentKind, text_or_none
from gilde.plans.identifiers import uri_of
from gilde.plans.models import Instrument, Provision

instruments = Router(tags=["instruments"], auth=None)
provisions = Router(tags=["provisions"], auth=None)


class InstrumentOut(Schema):
    """A recommendation or declaration, in Gilde's own short words; `url` leads to the official text."""

    id: UUID
    uri: str
    code: str
    kind: InstrumentKind
    title: TextOut
    short_title: TextOut
    adopted: date | None
    period_start: int | None
    period_end: int | None
    source: str
    url: str
    note: TextOut | None

    @classmethod
    def of(cls, instrument: Instrument) -> InstrumentOut:
        """Return the instrument as the API gives it."""
        return cls(
            id=instrument.pk,
            uri=uri_of(instrument),
            code=instrument.code,
            kind=instrument.kind,
            title=TextOut.of(instrument.title),
            short_title=TextOut.of(instrument.short_title),
            adopted=instrument.adopted,
            period_start=instrument.period_start,
            period_end=instrument.period_end,
            source=instrument.source,
            url=instrument.url,
            note=text_or_none(instrument.note),
        )


@instruments.get("", response=Page[InstrumentOut], summary="List instruments")
def list_instruments(request: HttpRequest, query: Query[Paging]) -> Page[InstrumentOut]:
    """Return the instruments that plans answer to."""
    return page_of(Instrument.objects.order_by("code"), query, InstrumentOut.of)


@instruments.get("/{code}", response=InstrumentOut, summary="Read an instrument")
def read_instrument(request: HttpRequest, code: str) -> InstrumentOut:
    """Return one instrument; its provisions are a list of their own that takes `instrument`."""
    return InstrumentOut.of(get_object_or_404(Instrument, code=code))


class ProvisionOut(Schema):
    """One article, objective or principle of an instrument."""

    id: UUID
    uri: str
    instrument: str
    number: str
    part: TextOut | None
    title: TextOut
    text: TextOut | None

    @classmethod
    def of(cls, provision: Provision) -> ProvisionOut:
        """Return the provision as the API gives it."""
        return cls(
            id=provision.pk,
            uri=uri_of(provision),
            instrument=provision.instrument.code,
            number=provision.number,
            part=text_or_none(provision.part),
            title=TextOut.of(provision.title),
            text=text_or_none(provision.text),
        )


class ProvisionFilter(Paging):
    instrument: Line = Field("", description="Code of the instrument.")


@provisions.get("", response=Page[ProvisionOut], summary="List provisions")
def list_provisions(request: HttpRequest, query: Query[ProvisionFilter]) -> Page[ProvisionOut]:
    """Return the provisions, in the order of their instruments."""
    found = Provision.objects.select_related("instrument").order_by("instrument__code", "position", "pk")
    if query.instrument:
        found = found.filter(instrument__code=query.instrument)
    return page_of(found, query, ProvisionOut.of)


@provisions.get("/{uuid:provision_id}", response=ProvisionOut, summary="Read a provision")
def read_provision(request: HttpRequest, provision_id: UUID) -> ProvisionOut:
    """Return one provision."""
    found = Provision.objects.select_related("instrument")
    return ProvisionOut.of(get_object_or_404(found, pk=provision_id))
