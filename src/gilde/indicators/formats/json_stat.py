"""JSON-stat 2.0 (https://json-stat.org/full): one dataset, as Eurostat's statistics API answers it and Gilde exports.

A null of a dense cube is a missing figure where its series has another; where all of a series is null and without a
status, the cube is only padded, and the series is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from gilde.indicators.errors import Unreadable
from gilde.indicators.formats import json_cells
from gilde.indicators.formats.concepts import concepts, dataflow_of
from gilde.indicators.formats.message import Message

_CELLS = 2**53


def recognises(told: Mapping[str, Any]) -> bool:
    """Return whether a JSON object says that it is JSON-stat."""
    return "class" in told or {"id", "size", "dimension"} <= set(told)


def read(name: str, told: Mapping[str, Any]) -> Message:
    """Return the message of a dataset. Raises Unreadable where sizes, categories and values do not agree."""
    if told.get("class", "dataset") != "dataset":
        raise Unreadable(
            _("“%(name)s” is JSON-stat of the kind “%(kind)s”; only a dataset holds figures.")
            % {"name": name, "kind": str(told.get("class"))[:40]}
        )
    try:
        return _read(name, told)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise Unreadable(
            _("“%(name)s” is no whole JSON-stat dataset: sizes, categories and values do not agree.")
            % {"name": name}
        ) from error


def _read(name: str, told: Mapping[str, Any]) -> Message:
    idents = [str(ident) for ident in told["id"]]
    sizes = [int(size) for size in told["size"]]
    categories = [_categories(told["dimension"][ident]["category"]) for ident in idents]
    total = math.prod(sizes)
    if [len(words) for words in categories] != sizes or total > _CELLS:
        raise ValueError
    codes = [ident.lower() for ident in idents]
    if len(set(codes)) < len(codes) or any(code.startswith("_") or not code for code in codes):
        raise ValueError
    time = _time(name, told, idents)
    places, values, statuses = _cells(told, sizes, idents.index(time))
    at = np.unravel_index(places, sizes) if len(places) else [places] * len(sizes)
    numbers, text = json_cells.numbers(values)
    extension = _object(told.get("extension"))
    parts = {key: _beside(extension.get(key), places) for key in ("numerator", "denominator")}
    table = json_cells.Table(
        name=name,
        places={
            code: (words, where.astype(np.int32))
            for code, words, where in zip(codes, categories, at, strict=True)
        },
        time=time.lower(),
        values=numbers,
        text=text,
        statuses=[pa.array(statuses, pa.string())],
        numerator=parts["numerator"],
        denominator=parts["denominator"],
    )
    return Message(
        format="JSON-stat",
        dimensions=tuple(code for code in codes if code != time.lower()),
        batches=table.batches,
        dataflow=dataflow_of(str(extension.get("id") or "")),
        title=str(told.get("label") or "")[:500],
        names=_names(told, idents, time),
        attributes=_attributes(told, extension, idents),
        prepared=_moment(told.get("updated")),
        notes=tuple(str(note)[:1000] for note in _list(told.get("note"))),
    )


def _categories(category: Mapping[str, Any]) -> list[str]:
    index = category.get("index")
    if isinstance(index, dict):
        places = {int(place): str(code) for code, place in index.items()}
        return [places[at] for at in range(len(index))]
    if index is None:  # a constant dimension has one label and needs no index
        return [str(next(iter(category["label"])))]
    words = [str(code) for code in index]
    if len(set(words)) < len(words):
        raise ValueError
    return words


def _time(name: str, told: Mapping[str, Any], idents: list[str]) -> str:
    named = [ident for ident in _list(_object(told.get("role")).get("time")) if ident in idents]
    named = named or [ident for ident in idents if concepts().is_time(ident)]
    if not named:
        raise Unreadable(_("“%(name)s” has no dimension of time.") % {"name": name})
    return str(named[0])


def _cells(
    told: Mapping[str, Any], sizes: list[int], time: int
) -> tuple[NDArray[np.int64], list[Any], list[str]]:
    """Return the places in the cube that hold a figure, their values and statuses."""
    total = math.prod(sizes)
    value, status = told["value"], told.get("status")
    if isinstance(value, list):
        if len(value) != total:
            raise ValueError
        said = np.array([each is not None for each in value], bool)
        flagged = _statuses(status, total)
        said[list(flagged)] = True
        # Along the axis of time: a series in which anything is said is a series.
        series = said.reshape(sizes).any(axis=time, keepdims=True)
        places = np.flatnonzero(np.broadcast_to(series, sizes).reshape(-1)).astype(np.int64)
        values = [value[at] for at in places.tolist()]
    else:
        sparse = {_place(key, total): each for key, each in value.items()}
        flagged = _statuses(status, total, sparse)
        places = np.array(sorted({*sparse, *flagged}), np.int64)
        values = [sparse.get(at) for at in places.tolist()]
    return places, values, [flagged.get(at, "") for at in places.tolist()]


def _statuses(status: Any, total: int, sparse: Mapping[int, Any] | None = None) -> dict[int, str]:
    if status is None:
        return {}
    if isinstance(status, str):  # the same for every figure
        return dict.fromkeys(range(total) if sparse is None else sparse, status)
    if isinstance(status, list):
        if len(status) != total:
            raise ValueError
        return {at: str(each) for at, each in enumerate(status) if each not in (None, "")}
    return {_place(key, total): str(each) for key, each in status.items() if each not in (None, "")}


def _place(key: Any, total: int) -> int:
    place = int(key)
    if not 0 <= place < total:
        raise ValueError
    return place


def _beside(told: Any, places: NDArray[np.int64]) -> pa.Array | None:
    """Return the numerators or denominators that an export of Gilde gives by place."""
    if not isinstance(told, dict) or not told:
        return None
    return pa.array([_words(told.get(str(at))) for at in places.tolist()], pa.string())


def _words(number: Any) -> str:
    return "" if number is None else repr(float(number))


def _names(told: Mapping[str, Any], idents: list[str], time: str) -> dict[str, dict[str, str]]:
    names = {}
    for ident in idents:
        label = told["dimension"][ident]["category"].get("label")
        if ident != time and isinstance(label, dict):
            names[ident.lower()] = {str(code): str(words) for code, words in label.items()}
    return names


def _attributes(told: Mapping[str, Any], extension: Mapping[str, Any], idents: list[str]) -> dict[str, str]:
    """Return the source and the unit, where the whole dataset has one."""
    attributes = {}
    if told.get("source"):
        attributes["source"] = str(told["source"])[:500]
    if extension.get("unit"):
        attributes["unit"] = str(extension["unit"])[:100]
    for ident in idents:
        units = told["dimension"][ident]["category"].get("unit")
        if "unit" not in attributes and isinstance(units, dict) and len(units) == 1:
            unit = next(iter(units.values()))
            words = unit.get("symbol") or unit.get("label") if isinstance(unit, dict) else ""
            if words:
                attributes["unit"] = str(words)[:100]
    return attributes


def _object(told: Any) -> dict[str, Any]:
    return told if isinstance(told, dict) else {}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [] if told is None else [told]


def _moment(told: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
