"""What charts show, kept by their keys in the data folder, and their drawings, made when first asked for."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from gilde.core import downloads
from gilde.core.charts import Chart, Shapes, declared

# In each of 256 folders: about 15,000 files of a few kilobytes in all.
KEPT: Final = 60
SVG: Final = "image/svg+xml"
KINDS: Final = ("svg", "csv", "wide.svg", "narrow.svg")


def keep(key: str, declaration: str, shapes: Shapes | None = None) -> None:
    """Keep a declaration, and the outlines that it names, unless they are kept already."""
    if shapes is not None and not (outlines := _outlines(shapes.key)).exists():
        _store(outlines, json.dumps(shapes.texts))
    path = _path(key, "json")
    try:
        os.utime(path)  # what is still shown is kept longest
    except FileNotFoundError:
        _store(path, declaration)
        _make_room(path.parent)


def file_of(key: str, kind: str) -> tuple[str, str] | None:
    """Return content and media type of a kept chart, one of KINDS; None when it is not kept (any more)."""
    drawn = _path(key, kind)
    if kind != "csv" and (svg := _read(drawn)):
        return svg, SVG
    declaration = _read(_path(key, "json"))
    if declaration is None:
        return None
    try:
        stored = json.loads(declaration)[2]["shapes"]
        outlines = json.loads(_read(_outlines(stored)) or "{}") if stored else {}
        chart, language = declared(declaration, outlines)
    except (ValueError, KeyError, TypeError, IndexError):  # written by another version
        return None
    with override(language):
        if kind == "csv":
            return as_csv(chart), "text/csv; charset=utf-8"
        svg = _draw(chart, kind)
    _store(drawn, svg)
    return svg, SVG


def as_csv(chart: Chart) -> str:
    """Return the rows of a chart as a CSV file."""
    columns = [(axis.field, partial(_value, axis.field)) for axis in chart.fields]
    return "".join(downloads.write_csv(chart.title, columns, iter(chart.rows)))


def _draw(chart: Chart, kind: str) -> str:
    from gilde.core import chart_drawing

    if kind == "svg":
        return chart_drawing.svg_file(chart)
    return chart_drawing.for_page(chart, "wide" if kind == "wide.svg" else "narrow")


def _value(field: str, row: Mapping[str, Any]) -> object:
    return downloads.plain(row.get(field))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "charts"


def _path(key: str, kind: str) -> Path:
    return _folder() / key[:2] / f"{key}.{kind}"


def _outlines(key: str) -> Path:
    return _folder() / "outlines" / f"{key}.json"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _store(path: Path, content: str) -> None:
    """Write whole or not at all: another process may read or write the same file now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    os.replace(name, path)


def _make_room(folder: Path) -> None:
    found = [entry for entry in os.scandir(folder) if entry.is_file()]
    if len(found) > KEPT:
        for entry in sorted(found, key=_age)[: KEPT // 2]:
            Path(entry.path).unlink(missing_ok=True)


def _age(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:
        return 0.0
