"""What several parts of the API of credentials give and take."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Field, Schema
from ninja.errors import AuthenticationError
from pydantic import StringConstraints

from gilde.core.access import Actor
from gilde.core.api import MOST, Figure, OneOf, TextOut
from gilde.core.documents import clean_name
from gilde.core.errors import Invalid, Stale
from gilde.core.lists import words_of
from gilde.core.text import Text
from gilde.credentials import identity
from gilde.credentials.models import Achievement, Issuer, Kind, State
from gilde.credentials.services.renderings import File

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

AwardKind = Annotated[str, OneOf(Kind)]
AwardState = Annotated[str, OneOf(State)]
Eqf = Annotated[int, Field(ge=1, le=8)]
Lock = Annotated[int, Field(ge=1, le=2_000_000_000, description="The `lock` of the award that you read.")]
Word = Annotated[str, StringConstraints(max_length=80, pattern=r"^[-a-z0-9_]*$")]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00]*$")]
Cursor = Annotated[str, StringConstraints(max_length=400, pattern=r"^[-_A-Za-z0-9]*$")]

_PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
# Of what is read by who is signed in alone, beside what every reading may answer.
PERSONAL: dict[str, Any] = {"responses": {401: {"description": "Not signed in", **_PROBLEM}}}


class ByKey(Schema):
    """How many results to give; where they begin says `after`, the `next` of the page before."""

    limit: int = Field(50, ge=1, le=MOST, description="How many results to give at most.")
    after: Cursor = Field("", description="The `next` of the page before.")


class Stretch(Schema, Generic[Item]):
    """Results in a fixed order. `next` is what to send as `after` for those that follow, null at the end."""

    limit: int
    next: str | None
    items: list[Item]


def stretch_of(
    found: QuerySet[Row], keys: Sequence[str], onward: ByKey, shape: Callable[[Row], Item]
) -> Stretch[Item]:
    """Return the rows behind `after`, each shaped for the API, in one query.

    `keys` are columns that together name one row, all ascending or all, with "-", descending. Raises Invalid for an
    `after` that no page gave.
    """
    columns = [key.removeprefix("-") for key in keys]
    side = "lt" if keys[0].startswith("-") else "gt"
    try:
        if onward.after:
            found = found.filter(_behind(columns, _read(onward.after, len(columns)), side))
        rows: list[Any] = list(found.order_by(*keys)[: onward.limit + 1])
    except (ValueError, TypeError, ValidationError) as error:
        raise Invalid(_("after: send the “next” of the page before, as it was given.")) from error
    more, rows = len(rows) > onward.limit, rows[: onward.limit]
    following = _written([_value(rows[-1], column) for column in columns]) if more else None
    return Stretch[Any](limit=onward.limit, next=following, items=[shape(row) for row in rows])


def _behind(columns: Sequence[str], values: Sequence[Any], side: str) -> Q:
    """Return the condition on rows that come after one: later in the first column, or as late and so on."""
    either, same = Q(), Q()
    for column, value in zip(columns, values, strict=True):
        either |= same & Q(**{f"{column}__{side}": value})
        same &= Q(**{column: value})
    return either


def _value(row: Any, column: str) -> Any:
    for part in column.split("__"):
        row = getattr(row, part)
    return row


def _written(values: Sequence[Any]) -> str:
    told = json.dumps(values, cls=_Exact, separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


class _Exact(DjangoJSONEncoder):
    """Writes moments to the microsecond: Django's own encoder stops at a thousandth, and rows would be lost."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _read(cursor: str, length: int) -> list[Any]:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("This is no cursor.") from error
    if not isinstance(told, list) or len(told) != length or not all(isinstance(each, str) for each in told):
        raise ValueError("This is no cursor.")
    if any("\0" in each for each in told):
        raise ValueError("This is no cursor.")
    return told


def matching(found: QuerySet[Row], words: str, texts: tuple[str, ...], *columns: str) -> QuerySet[Row]:
    """Return the rows that have each word somewhere in the texts, in the reader's language, or in the columns."""
    if not words:
        return found
    names = {f"_words_{field}": words_of(field)() for field in texts}
    found = found.alias(**names)
    for word in words.split()[:8]:
        either = Q()
        for name in (*names, *columns):
            either |= Q(**{f"{name}__icontains": word.lower() if name in names else word})
        found = found.filter(either)
    return found


def text_or_none(text: Text) -> TextOut | None:
    """Return a text, or None where there is none."""
    return TextOut.of(text) if text else None


def address(name: str, *parts: object) -> str:
    """Return the whole address of a route, such as `credentials:award` or `api:read_award`."""
    return f"{settings.SITE_URL}{reverse(name, args=parts)}"


def signed_in(request: HttpRequest) -> Actor:
    """Return who asks; 401 for who is not signed in, so that nobody takes an empty list for the whole truth."""
    if not request.user.is_authenticated:
        raise AuthenticationError
    return request.user


def current(lock: int, version: int) -> None:
    """Return when what was read is what is stored. Raises Stale."""
    if lock != version:
        raise Stale(_("Somebody else changed this in the meantime. Read it again and compare."))


def as_file(file: File) -> HttpResponse:
    """Return a file of somebody's award, which no cache keeps."""
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{clean_name(file.name)}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


class IssuerShort(Schema):
    """Who issues, in short. `did` is what credentials name it by."""

    slug: str
    did: str
    name: TextOut

    @classmethod
    def of(cls, issuer: Issuer) -> IssuerShort:
        """Return the issuer in short; its organisation must be read with it."""
        return cls(slug=issuer.slug, did=identity.did(issuer.slug), name=TextOut.of(issuer.organisation.name))


class AwardLevel(Schema):
    """A level as the framework writes it; `eqf` is the EQF level that it is referenced to."""

    framework: str
    label: str
    eqf: int | None

    @classmethod
    def of(cls, achievement: Achievement) -> AwardLevel | None:
        """Return the level of an achievement, None where it says none."""
        if not (achievement.framework or achievement.level or achievement.eqf):
            return None
        return cls(framework=achievement.framework, label=achievement.level, eqf=achievement.eqf)


class AwardCredit(Schema):
    """An amount of credit. `system` is "ects", "ecvet" or the name of an own one."""

    points: Figure
    system: str

    @classmethod
    def of(cls, points: Decimal | None, system: str) -> AwardCredit | None:
        """Return the credit as the API gives it, None where there is none."""
        return None if points is None else cls(points=points, system=system or "ects")
