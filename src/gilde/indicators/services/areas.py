"""Areas and their outlines from files: Eurostat's NUTS as GeoJSON (GISCO), or a list of NUTS codes as CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, Decision, allowed, refused, require
from gilde.core.changes import checked
from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.indicators.models import Area, Boundary

FILE_LIMIT: Final = 64 * 1024 * 1024  # bytes; all of NUTS at 1:10 million takes about 10 MB
POSITION_LIMIT: Final = 20_000  # of one outline; Norway at 1:20 million has about 3,000
_AFTER_THE_REFERENCE: Final = (
    100_000  # the position of areas that a file brings: after those of `data/areas.yaml`
)
_NUTS: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}")
_CODE_HEADINGS: Final = ("nuts_id", "code", "nuts code", "nuts_code", "code 2024", "nuts")
_NAME_HEADINGS: Final = ("name_latn", "name", "nuts_name", "nuts label", "label", "nuts_label")


@dataclass(frozen=True)
class AreasLoaded:
    """What a file did: codes of the areas that are new, renamed or outlined anew, and how many it named in all."""

    named: int
    added: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    outlined: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Return whether everything was known already."""
        return not (self.added or self.renamed or self.outlined)


@dataclass(frozen=True)
class _Row:
    """One area as a file tells it; `place` says where, in words that go into a sentence."""

    code: str
    name: str
    place: str
    geometry: Mapping[str, Any] | None = field(default=None)

    @property
    def level(self) -> int:
        return len(self.code) - 2


def can_load_areas(actor: Actor) -> Decision:
    """Return whether the actor may bring in areas and outlines: they are the same for everybody here."""
    if actor.is_superuser:
        return allowed(_("You administer this Gilde."))
    return refused(_("Only administrators of this Gilde bring in areas and outlines."))


def codes_of_areas() -> dict[str, str]:
    """Return the code of every area by its code and by each of its other codes. One query."""
    found: dict[str, str] = {}
    rows = list(Area.objects.order_by("position", "code").values_list("code", "aliases"))
    for code, aliases in rows:
        for alias in aliases:
            found.setdefault(alias, code)
    return {**found, **{code: code for code, _aliases in rows}}


def load_areas(*, actor: Actor, content: bytes, name: str) -> AreasLoaded:
    """Return what a file of areas changed: GeoJSON of NUTS regions with outlines, or CSV of NUTS codes.

    Areas that are known keep what people wrote about them: a name in one language alone follows the file, one in
    several languages stays. Loading a file again changes nothing. Raises Refused, and Invalid with the number of the
    feature or row; then nothing of the file is stored.
    """
    require(can_load_areas(actor))
    if len(content) > FILE_LIMIT:
        raise Invalid(
            _(
                "“%(name)s” is larger than %(limit)s MB. Take the outlines at a coarser scale, such as 20M or 60M."
            )
            % {"name": name, "limit": FILE_LIMIT // 1024**2}
        )
    is_json = name.lower().endswith((".geojson", ".json")) or content.lstrip()[:1] == b"{"
    rows = list(_features(content, name) if is_json else _lines(content, name))
    _once(rows)
    source = _("%(file)s, as loaded") % {"file": name}
    with transaction.atomic():
        return _store(actor, rows, source[:200])


def _store(actor: Actor, rows: Sequence[_Row], source: str) -> AreasLoaded:
    here = {area.code: area for area in Area.objects.all()}
    outlines = {
        boundary.area_id: boundary for boundary in Boundary.objects.filter(area__in=[r.code for r in rows])
    }
    added, renamed, outlined = [], [], []
    for row in sorted(rows, key=lambda each: (each.level, each.code)):
        area = here.get(row.code)
        if area is None:
            area = checked(
                Area(
                    code=row.code,
                    kind=Area.Kind.REGION if row.level else Area.Kind.COUNTRY,
                    level=row.level,
                    name=Text.of(row.name),
                    parent=_parent(row, here),
                    position=_AFTER_THE_REFERENCE,
                    source=source,
                ),
                exclude=("parent",),
            )
            area.save(force_insert=True)
            here[row.code] = area
            added.append(row.code)
        elif set(area.name.words) == {"en"} and area.name.words["en"] != row.name:
            area.name = Text.of(row.name)
            area.save(update_fields=["name"])
            renamed.append(row.code)
        if row.geometry is None:
            continue
        outline = outlines.get(row.code)
        if outline is None or outline.geometry != row.geometry:
            Boundary.objects.update_or_create(
                area=area, defaults={"geometry": dict(row.geometry), "source": source}
            )
            outlined.append(row.code)
    done = AreasLoaded(len(rows), tuple(added), tuple(renamed), tuple(outlined))
    if not done.is_nothing:
        audit.record(
            actor,
            "indicators.area.load",
            here[rows[0].code],
            after={"source": source, "added": added, "renamed": renamed, "outlined": len(outlined)},
        )
    return done


def _parent(row: _Row, here: Mapping[str, Area]) -> Area | None:
    """Return the smallest known area that a region lies in, by its code; a country lies in none that a file tells."""
    if not row.level:
        return None
    for length in range(len(row.code) - 1, 1, -1):
        if found := here.get(row.code[:length]):
            return found
    raise Invalid(
        _(
            "%(place)s: %(code)s lies in a country that nobody knows here, %(country)s. Load its level 0 first."
        )
        % {"place": row.place, "code": row.code, "country": row.code[:2]}
    )


def _once(rows: Sequence[_Row]) -> None:
    first: dict[str, _Row] = {}
    for row in rows:
        if row.code in first:
            raise Invalid(
                _("%(place)s: %(code)s stands twice, first in %(first)s. Each area may stand in a file once.")
                % {"place": row.place, "code": row.code, "first": first[row.code].place}
            )
        first[row.code] = row


# --- GeoJSON (RFC 7946; the properties are those of Eurostat GISCO, NUTS_RG)


def _features(content: bytes, name: str) -> Iterator[_Row]:
    try:
        told = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Invalid(
            _("“%(name)s” is no GeoJSON that can be read: %(error)s.")
            % {"name": name, "error": str(error).rstrip(".")}
        ) from None
    is_collection = isinstance(told, dict) and told.get("type") == "FeatureCollection"
    features = told.get("features") if is_collection else None
    if not isinstance(features, list) or not features:
        raise Invalid(
            _(
                "“%(name)s” holds no areas: it must be a GeoJSON “FeatureCollection” with at least one feature."
            )
            % {"name": name}
        )
    _check_system(told.get("crs"), name)
    for number, feature in enumerate(features, 1):
        place = _("Feature %(number)s") % {"number": number}
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise Invalid(_("%(place)s: it has no properties.") % {"place": place})
        properties = feature["properties"]
        code = _code(properties.get("NUTS_ID"), place, "NUTS_ID")
        told_name = properties.get("NAME_LATN") or properties.get("NUTS_NAME")
        row = _Row(
            code, _name(told_name, place, "NAME_LATN"), place, _geometry(feature.get("geometry"), place)
        )
        if properties.get("LEVL_CODE") not in (None, row.level, str(row.level)):
            raise Invalid(
                _("%(place)s: LEVL_CODE is %(told)s, but %(code)s is a code of level %(level)s.")
                % {"place": place, "told": properties["LEVL_CODE"], "code": code, "level": row.level}
            )
        if properties.get("CNTR_CODE") not in (None, code[:2]):
            raise Invalid(
                _("%(place)s: CNTR_CODE is %(told)s, but %(code)s begins with another country.")
                % {"place": place, "told": properties["CNTR_CODE"], "code": code}
            )
        yield row


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _check_system(crs: Any, name: str) -> None:
    """Refuse coordinates that are told to be others than degrees (EPSG:4326)."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    told = str(properties.get("name") or "") if isinstance(properties, dict) else ""
    if told and not told.endswith(("4326", "CRS84")):
        raise Invalid(
            _("“%(name)s” is not in degrees but in %(system)s. Take the file with 4326 in its name.")
            % {"name": name, "system": told}
        )


def _geometry(geometry: Any, place: str) -> dict[str, Any] | None:
    """Return an outline with its rings checked: closed, in degrees, not too fine; None where there is none."""
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list) or not coordinates:
        raise Invalid(_("%(place)s: an outline must be a Polygon or a MultiPolygon.") % {"place": place})
    count = 0
    for polygon in coordinates if kind == "MultiPolygon" else [coordinates]:
        if not isinstance(polygon, list) or not polygon:
            raise Invalid(_("%(place)s: a polygon without a ring.") % {"place": place})
        for ring in polygon:
            count += _check_ring(ring, place)
            if count > POSITION_LIMIT:
                raise Invalid(
                    _(
                        "%(place)s: the outline has more than %(limit)s points. Take a coarser scale, such as 20M."
                    )
                    % {"place": place, "limit": POSITION_LIMIT}
                )
    return {"type": kind, "coordinates": coordinates}


def _check_ring(ring: Any, place: str) -> int:
    if not isinstance(ring, list) or len(ring) < 4:
        raise Invalid(_("%(place)s: a ring needs at least four points.") % {"place": place})
    for position in ring:
        if (
            not isinstance(position, list)
            or len(position) < 2
            or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in position)
            or not all(isfinite(n) for n in position)
        ):
            raise Invalid(
                _("%(place)s: a point must be longitude and latitude, two numbers.") % {"place": place}
            )
        longitude, latitude = position[:2]
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Invalid(
                _(
                    "%(place)s: the point %(longitude)s, %(latitude)s lies on no map in degrees. "
                    "Take the file with 4326 in its name."
                )
                % {"place": place, "longitude": longitude, "latitude": latitude}
            )
    if ring[0] != ring[-1]:
        raise Invalid(
            _("%(place)s: a ring is not closed, its last point must be its first.") % {"place": place}
        )
    return len(ring)


# --- CSV


def _lines(content: bytes, name: str) -> Iterator[_Row]:
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_("“%(name)s” is neither GeoJSON nor text in UTF-8.") % {"name": name}) from None
    first = words.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(words, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Invalid(
            _("“%(name)s” is no CSV that can be read: %(error)s.") % {"name": name, "error": error}
        ) from None
    headings = [heading.strip().lower() for heading in table[0]] if table else []
    code_at = next((headings.index(word) for word in _CODE_HEADINGS if word in headings), None)
    name_at = next((headings.index(word) for word in _NAME_HEADINGS if word in headings), None)
    if code_at is None or name_at is None:
        raise Invalid(_("“%(name)s” has no columns NUTS_ID and NAME_LATN in its first row.") % {"name": name})
    found = False
    for number, row in enumerate(table[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        found = True
        place = _("Row %(number)s") % {"number": number}
        if len(row) <= max(code_at, name_at):
            raise Invalid(_("%(place)s: it has fewer cells than the first row.") % {"place": place})
        yield _Row(
            _code(row[code_at], place, table[0][code_at].strip()),
            _name(row[name_at], place, table[0][name_at].strip()),
            place,
        )
    if not found:
        raise Invalid(_("“%(name)s” holds no areas below its first row.") % {"name": name})


def _code(told: Any, place: str, column: str) -> str:
    code = told.strip() if isinstance(told, str) else ""
    if not _NUTS.fullmatch(code):
        raise Invalid(
            _("%(place)s: %(column)s is “%(told)s”; a NUTS code is written as BE, BE2, BE21 or BE211.")
            % {"place": place, "column": column, "told": str(told if told is not None else "")[:40]}
        )
    return code


def _name(told: Any, place: str, column: str) -> str:
    name = " ".join(told.split()) if isinstance(told, str) else ""
    if not name or len(name) > 200:
        raise Invalid(
            _("%(place)s: %(column)s must hold a name of at most 200 characters.")
            % {"place": place, "column": column}
        )
    return name
