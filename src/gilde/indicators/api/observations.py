"""Figures by dimension: the part of the API that is asked most, so nothing is done twice and no row is an object.

One query finds out whether the indicator may be seen and what was published last. An answer is kept in the memory of
the process under that state and the question; a client that has it gets 304 from the tag alone. Measured in
`bench/indicators_api.py`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from gilde.core.api import Line
from gilde.core.errors import Invalid
from gilde.indicators import selection
from gilde.indicators.answers import etag_of, labelled, unchanged
from gilde.indicators.kept import Kept
from gilde.indicators.models import Indicator, Release
from gilde.indicators.selection import Head, Row, Selection, Shape
from gilde.indicators.views.data import FORMATS, stream

observations = Router(tags=["figures"], auth=None)

USUAL, MOST = 500, 5000
# Raised when the form of the answers changes, so that no client is told that its older one still holds.
_FORM: Final = 1
_JSON: Final = "application/json"
_OWN: Final = frozenset({"geo", "time_from", "time_to", "at", "limit", "after", "format"})
_answers: Kept[bytes] = Kept(48 * 1024 * 1024, len)
_shapes: Kept[Shape] = Kept(400_000, lambda shape: len(shape.keys) + len(shape.areas))
_uids: Kept[str] = Kept(200_000)

Format = Literal["", "json", "csv", "parquet", "sdmx-csv", "json-stat"]
Moment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\x00]*$")]
Areas = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000, pattern=r"^[^\x00]*$")]


class ObservationOut(Schema):
    """One figure. `breakdown` names a category of each dimension; null is unknown, which the flag ":" says too.

    `release` is the one that published it: see `/api/releases/{uid}`.
    """

    area: str
    breakdown: dict[str, str]
    period: str
    value: float | None
    flags: str
    numerator: float | None
    denominator: float | None
    release: UUID


class ObservationPage(Schema):
    """Figures by breakdown, area and period. `release` is the one whose state is told, null before the first.

    `next` is what to send as `after` for the figures that follow, null at the end. All pages are of one state,
    whatever is published while they are turned.
    """

    indicator: str
    unit: str
    frequency: str
    release: UUID | None
    limit: int
    next: str | None
    items: list[ObservationOut]


class ObservationFilter(Schema):
    geo: Areas = Field("", description="Codes of areas, such as BE,FR; all when left out.")
    time_from: Line = Field("", description="First period: 2015, 2015-Q1, 2015-03 or 2015-2016.")
    time_to: Line = Field("", description="Last period, included.")
    at: Moment = Field(
        "", description="Tell what was published by the end of this day, or by this moment (ISO 8601)."
    )
    limit: int = Field(USUAL, ge=1, le=MOST, description="How many figures to give at most; JSON only.")
    after: Annotated[str, StringConstraints(max_length=800)] = Field(
        "", description="The `next` of the page before; JSON only."
    )
    format: Format = Field("", description="The form of the answer; else the header Accept says it.")


EXTRA: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "dimensions",
            "in": "query",
            "required": False,
            "style": "form",
            "explode": True,
            "description": "Each dimension by its code, with one category or several: sex=F&age=Y15-24,Y25-64.",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        }
    ],
    "responses": {
        200: {
            "content": {
                **{
                    each.media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                    for each in FORMATS.values()
                },
                _JSON: {
                    "schema": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/ObservationPage"},
                            {
                                "type": "object",
                                "title": "JSON-stat 2.0",
                                "description": "With format=json-stat: see json-stat.org/full.",
                                "required": ["version", "class", "id", "size", "dimension", "value"],
                            },
                        ]
                    }
                },
            }
        }
    },
}


@observations.get(
    "/{code}/observations",
    response=ObservationPage,
    summary="Read figures by dimension",
    openapi_extra=EXTRA,
)
def list_observations(request: HttpRequest, code: str, query: Query[ObservationFilter]) -> HttpResponse:
    """Return the figures of an indicator for areas, categories and periods, as they are or as they once were.

    A dimension that is not named gives every category. JSON comes in pages; every other form is whole.
    """
    head = head_of(request, code)
    form = _form(request, query.format)
    cursor = _cursor(query.after)
    release = cursor[0] if cursor else head.release
    if not cursor and (moment := selection.moment_of(query.at)):
        release = selection.release_at(head.pk, moment)
    state = (*head.state[:3], min(release, head.release))
    question = _question(request, query)
    etag = etag_of(
        _FORM, state, question, form, *((get_language(),) if form != "json" else ()), weak=form != "json"
    )
    if answer := unchanged(request, etag, public=head.public, vary=("Accept",)):
        return answer
    response: HttpResponseBase
    if form == "json":
        body = _answers.made((state, question), lambda: _page(head, state, query, question, cursor))
        response = HttpResponse(body, content_type=_JSON)
    else:
        response = stream(_selected(head, state, query, question), form)
    return labelled(response, etag, public=head.public, vary=("Accept",))  # type: ignore[return-value]


def head_of(request: HttpRequest, code: str) -> Head:
    """Return the head of an indicator; who is asking is found out only where it is not public."""
    found = selection.head(AnonymousUser(), code) or selection.head(request.user, code)
    if found is None:
        raise Http404
    return found


def shape_of(head: Head) -> Shape:
    """Return what a question about an indicator may name, kept until something is published or changed."""
    return _shapes.made(head.state, lambda: Shape.of(Indicator.objects.get(pk=head.pk)))


def uids(releases: set[int]) -> dict[int, str]:
    """Return the public identifiers of releases; they never change, so they are kept."""
    known = {pk: found for pk in releases if (found := _uids.get(pk))}
    if missing := releases - set(known):
        for pk, uid in Release.objects.filter(pk__in=missing).order_by().values_list("pk", "uid"):
            known[pk] = str(uid)
            _uids.put(pk, known[pk])
    return known


def _form(request: HttpRequest, asked: str) -> str:
    """Return the form that the address asks for, else the one that the client likes best; JSON where it is open."""
    if asked:
        return asked
    accept = request.META.get("HTTP_ACCEPT", "")
    if not accept or accept == "*/*" or accept.startswith(_JSON):
        return "json"
    offered = {_JSON: "json"}
    for name, each in FORMATS.items():
        offered.setdefault(each.media_type.partition(";")[0], name)
    # The bare media type wins over one with parameters: SDMX-CSV is a CSV with a version.
    return offered.get(request.get_preferred_type(list(offered)) or _JSON, "json")


def _question(request: HttpRequest, query: ObservationFilter) -> tuple[Any, ...]:
    """Return the question so that the same one is always written the same way."""
    given = request.GET
    categories = tuple(
        sorted((name, tuple(sorted(_several(given.getlist(name))))) for name in given if name not in _OWN)
    )
    paging = (query.limit, query.after) if query.format in ("", "json") else ()
    areas = tuple(sorted(_several(given.getlist("geo"))))
    return (areas, categories, query.time_from, query.time_to, *paging)


def _several(given: Sequence[str]) -> set[str]:
    return {part.strip() for each in given for part in each.split(",") if part.strip()}


def _selected(
    head: Head, state: tuple[Any, ...], query: ObservationFilter, question: tuple[Any, ...]
) -> Selection:
    areas, categories = question[:2]
    found = selection.select(
        shape_of(head),
        areas=areas or None,
        categories=dict(categories),
        first=query.time_from,
        last=query.time_to,
    )
    return found if state[3] == head.release else found.as_of(state[3])


def _page(
    head: Head,
    state: tuple[Any, ...],
    query: ObservationFilter,
    question: tuple[Any, ...],
    cursor: tuple[int, str, str, str] | None,
) -> bytes:
    chosen = _selected(head, state, query, question)
    rows = chosen.page(query.limit + 1, cursor[1:] if cursor else None)
    more, rows = len(rows) > query.limit, rows[: query.limit]
    last = rows[-1] if more else None
    shape = shape_of(head)
    named = uids({row[7] for row in rows} | ({state[3]} - {0}))
    opening = json.dumps(
        {
            "indicator": head.code,
            "unit": shape.indicator.unit,
            "frequency": shape.indicator.frequency,
            "release": named.get(state[3]),
            "limit": query.limit,
            "next": _cursor_of(state[3], last) if last else None,
        },
        ensure_ascii=False,
    )
    return (opening[:-1] + ', "items": [' + _items(rows, shape.keys, named) + "]}").encode()


def _items(rows: Sequence[Row], keys: Mapping[str, Mapping[str, str]], named: Mapping[int, str]) -> str:
    """Return rows as JSON. Written by hand: a third of the time of `json.dumps`, a tenth of that of a schema."""
    openings: dict[tuple[str, str], str] = {}
    flagged = {"": '""'}
    items = []
    for key, area, period, value, flags, numerator, denominator, release in rows:
        if (opening := openings.get((key, area))) is None:
            told = json.dumps({"area": area, "breakdown": keys[key]}, ensure_ascii=False)
            opening = openings[key, area] = told[:-1] + ', "period": "'
        if flags not in flagged:
            flagged[flags] = json.dumps(flags)
        items.append(
            f'{opening}{period}", "value": {_number(value)}, "flags": {flagged[flags]}, "numerator": '
            f'{_number(numerator)}, "denominator": {_number(denominator)}, "release": "{named[release]}"}}'
        )
    return ",\n".join(items)


def _number(value: float | None) -> str:
    # The shortest text that gives the same number back; what is no number is unknown, since JSON has no infinity.
    return "null" if value is None or value - value != 0 else repr(value)


def _cursor_of(release: int, row: Row) -> str:
    text = json.dumps([release, *row[:3]], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cursor(given: str) -> tuple[int, str, str, str] | None:
    """Return the state and the row after which to begin; raise Invalid for what no answer gave."""
    if not given:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        release, key, area, period = value
    except (ValueError, TypeError, binascii.Error, RecursionError):
        release = key = area = period = None
    words = (key, area, period)
    if (
        type(release) is not int
        or not 0 < release < 2**63
        or not all(isinstance(w, str) and "\0" not in w for w in words)
    ):
        raise Invalid(_("“after” is not the “next” of an answer. Leave it out to begin at the start."))
    return (release, str(key), str(area), str(period))
