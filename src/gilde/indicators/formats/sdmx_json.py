"""SDMX-JSON data messages, 1.0 and 2.0 (https://github.com/sdmx-twg/sdmx-json), with series or flat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats import json_cells
from gilde.indicators.formats.concepts import concepts, dataflow_of
from gilde.indicators.formats.message import Message

_Groups: TypeAlias = dict[tuple[int, ...], dict[tuple[int, ...], dict[str, str]]]
_LEVELS = ("dataSet", "dataset", "dimensionGroup", "series", "observation")


def recognises(told: Mapping[str, Any]) -> bool:
    """Return whether a JSON object is a data message of SDMX."""
    data = told.get("data")
    inner = data if isinstance(data, dict) else told
    return "dataSets" in inner


def read(name: str, told: Mapping[str, Any]) -> Message:
    """Return the message. Raises Unreadable where keys point to no dimension or category."""
    try:
        return _read(name, told)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Unreadable(
            _("“%(name)s” is no whole SDMX-JSON message: its keys do not fit its structure.") % {"name": name}
        ) from error


def _read(name: str, told: Mapping[str, Any]) -> Message:
    inner = told["data"] if isinstance(told.get("data"), dict) else told
    meta = told.get("meta") or told.get("header") or {}
    sets = inner["dataSets"]
    structures = inner.get("structures") or [inner["structure"]]
    reading: _Reading | None = None
    for each in sets:
        if str(each.get("action", "")).lower() == "delete":
            raise Unreadable(
                _("“%(name)s” asks to delete figures. Only figures are taken; leave them out.")
                % {"name": name}
            )
        structure = structures[each.get("structure", 0) if isinstance(each.get("structure"), int) else 0]
        this = _Reading(name, structure)
        if reading is None:
            reading = this
        elif this.codes != reading.codes or this.categories != reading.categories:
            raise Unreadable(
                _("“%(name)s” holds datasets of several structures. Split the file.") % {"name": name}
            )
        reading.take(each)
    reading = reading or _Reading(name, structures[0])
    structure = structures[0]
    return Message(
        format="SDMX-JSON",
        dimensions=tuple(code for code in reading.columns if code != reading.time),
        batches=reading.table().batches,
        dataflow=_dataflow(structure, sets),
        title=_words(structure.get("name")),
        names=reading.names,
        attributes=reading.attributes,
        prepared=_moment(meta.get("prepared")),
        notes=tuple(_notes(told)),
    )


class _Reading:
    """The figures of the datasets of one structure."""

    def __init__(self, name: str, structure: Mapping[str, Any]) -> None:
        self.name = name
        dimensions = structure["dimensions"]
        self.levels = [dimensions.get(level) or [] for level in ("dataSet", "series", "observation")]
        parts = [part for level in self.levels for part in level]
        # The place in keys over all dimensions, where the message gives one.
        self.order = {part["id"]: part.get("keyPosition", at) for at, part in enumerate(parts)}
        self.codes = [str(part["id"]).lower() for part in parts]
        if len(set(self.codes)) < len(self.codes) or any(code.startswith("_") for code in self.codes):
            raise ValueError
        self.categories = {
            str(part["id"]).lower(): [_category(value) for value in part["values"]] for part in parts
        }
        times = [code for code in self.codes if concepts().is_time(code)] or [
            str(part["id"]).lower() for part in parts if part.get("role") == "time"
        ]
        if not times:
            raise Unreadable(_("“%(name)s” has no dimension of time.") % {"name": name})
        self.time = times[0]
        self.names = {
            str(part["id"]).lower(): {
                _category(value): _words(value.get("name", value.get("names"))) for value in part["values"]
            }
            for part in parts
            if str(part["id"]).lower() != self.time
        }
        described = structure.get("attributes") or {}
        self.described = {level: described.get(level) or [] for level in _LEVELS}
        self.measures = max(1, len((structure.get("measures") or {}).get("observation") or []))
        self.attributes: dict[str, str] = {}
        self.keys: list[tuple[int, ...]] = []
        self.values: list[Any] = []
        self.told: dict[str, list[str]] = {
            key: [] for key in ("status", "confidentiality", "multiplier", "unit")
        }
        self.has_unit = any(
            part["id"] in concepts().unit for level in _LEVELS[2:] for part in self.described[level]
        ) and not (set(self.codes) & {unit.lower() for unit in concepts().unit})

    @property
    def columns(self) -> list[str]:
        return [*self.codes, "unit_measure"] if self.has_unit else self.codes

    def take(self, dataset: Mapping[str, Any]) -> None:
        """Add the figures of a dataset."""
        top = self._resolved(
            self.described["dataSet"] or self.described["dataset"], dataset.get("attributes")
        )
        for ident, word in top.items():
            key = "unit" if ident in concepts().unit else ident.lower()
            if self.attributes.setdefault(key, word) != word and key == "unit":
                raise Unreadable(
                    _("“%(name)s” holds datasets in several units. Split the file.") % {"name": self.name}
                )
        groups = self._groups(dataset.get("dimensionGroupAttributes"))
        fixed = tuple(0 for _part in self.levels[0])
        for key, series in (dataset.get("series") or {}).items():
            place = fixed + self._key(key, self.levels[1])
            own = self._resolved(self.described["series"], series.get("attributes"))
            self._observations(
                series.get("observations") or {}, place, self.levels[2], {**top, **own}, groups
            )
        flat = self.levels[1] + self.levels[2]
        self._observations(dataset.get("observations") or {}, fixed, flat, top, groups)

    def _observations(
        self,
        told: Mapping[str, Any],
        before: tuple[int, ...],
        level: Sequence[Mapping[str, Any]],
        above: dict[str, str],
        groups: _Groups,
    ) -> None:
        described = self.described["observation"]
        table = concepts()
        for key, cells in told.items():
            place = before + self._key(key, level)
            cells = cells if isinstance(cells, list) else [cells]
            own = self._resolved(described, cells[self.measures :])
            for asked, group in groups.items():
                own = {**group.get(tuple(place[at] for at in asked), {}), **own}
            said = {**above, **own}
            self.keys.append(place)
            self.values.append(cells[0] if cells else None)
            self.told["status"].append(" ".join(said[ident] for ident in said if ident in table.status))
            free = [said[ident] for ident in said if ident in table.confidentiality]
            self.told["confidentiality"].append(free[0] if free else "")
            self.told["multiplier"].append(said.get(table.multiplier, ""))
            self.told["unit"].append(next((said[ident] for ident in said if ident in table.unit), ""))

    def _key(self, key: str, level: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
        places = tuple(int(part) for part in str(key).split(":")) if level or key else ()
        if len(places) != len(level):
            raise ValueError
        for place, part in zip(places, level, strict=True):
            if not 0 <= place < len(part["values"]):
                raise ValueError
        return places

    def _groups(self, told: Mapping[str, Any] | None) -> _Groups:
        """Return the attributes of groups of series: by the dimensions that a group fixes, and their categories."""
        groups: _Groups = {}
        parts = [part["id"] for level in self.levels for part in level]
        ordered = sorted(range(len(parts)), key=lambda at: self.order[parts[at]])
        table = concepts()
        kept = table.unit | table.status | table.confidentiality | {table.multiplier}
        for key, values in (told or {}).items():
            resolved = self._resolved(self.described["dimensionGroup"], values)
            attributes = {ident: word for ident, word in resolved.items() if ident in kept}
            if attributes:
                fixed = {
                    at: int(part)
                    for at, part in zip(ordered, str(key).split(":"), strict=False)
                    if part.strip()
                }
                groups.setdefault(tuple(fixed), {})[tuple(fixed.values())] = attributes
        return groups

    def _resolved(self, described: Sequence[Mapping[str, Any]], told: Any) -> dict[str, str]:
        """Return the attributes by name; a value is a place among those listed, or itself."""
        resolved = {}
        for part, value in zip(described, told or [], strict=False):
            if value is None:
                continue
            listed = part.get("values") or []
            if isinstance(value, int) and not isinstance(value, bool) and listed:
                if not 0 <= value < len(listed):
                    raise ValueError
                resolved[str(part["id"])] = _category(listed[value])
            elif isinstance(value, list):
                each = (
                    _category(listed[v]) if isinstance(v, int) and 0 <= v < len(listed) else str(v)
                    for v in value
                )
                resolved[str(part["id"])] = " ".join(each)
            else:
                resolved[str(part["id"])] = _words(value)
        return resolved

    def table(self) -> json_cells.Table:
        """Return the columns of the figures."""
        numbers, text = json_cells.numbers(self.values)
        keys = np.array(self.keys, np.int32).reshape(len(self.keys), len(self.codes))
        places: dict[str, tuple[Sequence[str], Any]] = {
            code: (self.categories[code], keys[:, at]) for at, code in enumerate(self.codes)
        }
        if self.has_unit:
            units = sorted(set(self.told["unit"]))
            where = {unit: at for at, unit in enumerate(units)}
            places["unit_measure"] = (
                units,
                np.array([where[unit] for unit in self.told["unit"]], np.int32),
            )
        return json_cells.Table(
            name=self.name,
            places=places,
            time=self.time,
            values=numbers,
            text=text,
            statuses=[pa.array(self.told["status"], pa.string())],
            confidentialities=[pa.array(self.told["confidentiality"], pa.string())],
            multiplier=pa.array(self.told["multiplier"], pa.string()),
        )


def _category(value: Any) -> str:
    """Return the code of a value of a dimension or an attribute; some attributes have only a name."""
    if not isinstance(value, dict):
        return str(value)
    code = value.get("id")
    return str(code if code is not None else value.get("value", _words(value.get("name"))))


def _words(told: Any) -> str:
    """Return words, in English where there is a choice."""
    if isinstance(told, dict):
        return str(told.get("en") or next(iter(told.values()), ""))
    return "" if told is None else str(told)[:500]


def _dataflow(structure: Mapping[str, Any], sets: Sequence[Mapping[str, Any]]) -> str:
    links = [*(structure.get("links") or []), *(link for each in sets for link in each.get("links") or [])]
    for link in links:
        if str(link.get("urn", "")) and "dataflow" in (str(link.get("rel", "")) + str(link["urn"])).lower():
            return dataflow_of(str(link["urn"]))
    return ""


def _notes(told: Mapping[str, Any]) -> Iterator[str]:
    for error in told.get("errors") or []:
        words = _words(error.get("detail") or error.get("title") or error.get("message"))
        if words:
            yield words


def _moment(told: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
