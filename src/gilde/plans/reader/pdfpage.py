"""What stands on a page of a .pdf: its characters with their places, its drawn lines, its form buttons."""

from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gilde.plans.reader.document import BadDocument

MAX_PAGES = 2000
MAX_CHARS = 4_000_000
_MAX_SHAPES = 20_000  # of one page; a map or a chart may draw more, and is no table
_MAX_DEPTH = 6  # of forms drawn within forms
_HYPHENS = {0x02, 0xFFFE}  # how the library gives a hyphen at the end of a line
_BOLD = ("bold", "black", "heavy", "semibold", "demi")


@dataclass(slots=True)
class Rect:
    """Left, top, right, bottom in points from the top left corner of the page as it is shown."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def holds(self, x: float, y: float, margin: float = 0.0) -> bool:
        return self.x0 - margin <= x <= self.x1 + margin and self.y0 - margin <= y <= self.y1 + margin


@dataclass(slots=True)
class Shape:
    """A path that is drawn: its bounds, its straight segments, and what else it has."""

    bounds: Rect
    segments: list[tuple[float, float, float, float]]
    curves: int
    stroked: bool
    filled: bool
    dark: bool  # the fill is dark


@dataclass(slots=True)
class Button:
    """A check box or radio button of a form."""

    bounds: Rect
    ticked: bool | None


@dataclass
class PageText:
    """The characters of a page in the order of the file. All lists have one entry for each of `text`."""

    number: int  # counted from 1
    width: float
    height: float
    text: str
    x0: array[float]
    y0: array[float]
    x1: array[float]
    y1: array[float]
    base: array[float]  # the line that the character stands on, from the top
    size: array[float]
    bold: bytearray
    made: bytearray  # 1: a blank or line end that the library put in
    fonts: array[int]
    font_names: list[str]
    divided: list[int] = field(default_factory=list)  # hyphens at the end of a line
    shapes: list[Shape] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    pictures: int = 0

    def box(self, start: int, end: int) -> list[float]:
        """The bounds of characters, rounded to tenths of a point."""
        seen = [index for index in range(start, end) if not self.made[index]] or [start]
        return [
            round(min(self.x0[index] for index in seen), 1),
            round(min(self.y0[index] for index in seen), 1),
            round(max(self.x1[index] for index in seen), 1),
            round(max(self.y1[index] for index in seen), 1),
        ]


class PdfFile:
    """An open .pdf. Raises BadDocument for what is encrypted, cut off or damaged. Close it after use."""

    def __init__(self, data: bytes) -> None:
        _check_end(data)
        try:
            self._pdf = pdfium.PdfDocument(data)
            self.count = len(self._pdf)
        except pdfium.PdfiumError as error:
            if "password" in str(error).lower():
                raise BadDocument(
                    "The PDF is protected with a password; save it without one.", "encrypted"
                ) from error
            raise _damaged() from error
        if self.count == 0:
            raise BadDocument("The PDF has no pages; fetch or save it again.", "truncated")
        if self.count > MAX_PAGES:
            raise BadDocument(
                f"The PDF has {self.count} pages and at most {MAX_PAGES} can be read; leave out annexes.",
                "too-large",
            )
        self._forms: Any = None
        if self._pdf.get_formtype() != raw.FORMTYPE_NONE:
            self._pdf.init_forms()
            self._forms = self._pdf.formenv

    def close(self) -> None:
        self._pdf.close()

    def page(self, number: int, *, drawn: bool = True) -> PageText:
        """The characters of a page counted from 1, with what is drawn on it unless `drawn` is off."""
        try:
            page = self._pdf[number - 1]
        except pdfium.PdfiumError as error:
            raise _damaged() from error
        try:
            turn = _Turn(page)
            found = _characters(page, number, turn)
            if drawn:
                counter = [0]
                for shape in _shapes(page, turn, counter, found):
                    found.shapes.append(shape)
                if self._forms is not None:
                    found.buttons = list(_buttons(page, self._forms, turn))
            return found
        finally:
            page.close()


def _check_end(data: bytes) -> None:
    """A whole .pdf ends with its mark; a linearised one also says how long it is (ISO 32000-1, annex F)."""
    head = data[:2048]
    place = head.find(b"/Linearized")
    if place >= 0:
        length = head.find(b"/L ", place)
        said = head[length + 3 : length + 20].split(b"/")[0].split(b">")[0].strip() if length > 0 else b""
        if said.isdigit() and int(said) > len(data):
            raise _damaged()
    if b"%%EOF" not in data[-2048:]:
        raise _damaged()


def _damaged() -> BadDocument:
    return BadDocument("The PDF is cut off or damaged; fetch or save it again.", "truncated")


class _Turn:
    """Turns coordinates of the file into points from the top left corner of the page as it is shown."""

    def __init__(self, page: Any) -> None:
        self.angle = page.get_rotation() % 360
        left, bottom, right, top = page.get_cropbox()
        self.left, self.bottom = left, bottom
        self.wide, self.high = right - left, top - bottom
        turned = self.angle in (90, 270)
        self.width, self.height = (self.high, self.wide) if turned else (self.wide, self.high)

    def point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.left, y - self.bottom
        if self.angle == 90:
            return y, x
        if self.angle == 180:
            return self.wide - x, y
        if self.angle == 270:
            return self.high - y, self.wide - x
        return x, self.high - y

    def rect(self, x0: float, y0: float, x1: float, y1: float) -> Rect:
        (a, b), (c, d) = self.point(x0, y0), self.point(x1, y1)
        return Rect(min(a, c), min(b, d), max(a, c), max(b, d))


def _characters(page: Any, number: int, turn: _Turn) -> PageText:
    text_page = raw.FPDFText_LoadPage(page.raw)
    if not text_page:
        raise _damaged()
    try:
        count = raw.FPDFText_CountChars(text_page)
        if count > MAX_CHARS:
            raise BadDocument(f"Page {number} of the PDF has too many characters to be a page.", "too-large")
        return _read_characters(text_page, max(count, 0), number, turn)
    finally:
        raw.FPDFText_ClosePage(text_page)


def _read_characters(text_page: Any, count: int, number: int, turn: _Turn) -> PageText:
    empty = lambda: array("f", bytes(4 * count))  # noqa: E731
    found = PageText(
        number, turn.width, turn.height, "", empty(), empty(), empty(), empty(), empty(), empty(),
        bytearray(count), bytearray(count), array("i", bytes(4 * count)), [],
    )  # fmt: skip
    codes = [raw.FPDFText_GetUnicode(text_page, index) for index in range(count)]
    found.text = text = "".join(map(_sign, codes))
    found.divided = [index for index, code in enumerate(codes) if code in _HYPHENS]
    styles: dict[int | None, tuple[float, int, int]] = {}
    style = (0.0, 0, 0)
    rect, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    p_rect, p_x, p_y = ctypes.byref(rect), ctypes.byref(x), ctypes.byref(y)
    generated, loose_box, origin = (
        raw.FPDFText_IsGenerated,
        raw.FPDFText_GetLooseCharBox,
        raw.FPDFText_GetCharOrigin,
    )
    upright, left, top = turn.angle == 0, turn.left, turn.bottom + turn.high
    base = -1.0
    fresh = True  # a word begins, where the style may change
    for index in range(count):
        if generated(text_page, index) == 1:
            found.made[index] = 1
            found.x0[index] = found.x1[index] = found.x1[index - 1] if index else 0.0
            found.y0[index], found.y1[index] = found.y0[index - 1], found.y1[index - 1]
            found.base[index], fresh = base, True
            found.size[index], found.bold[index], found.fonts[index] = style
            continue
        loose_box(text_page, index, p_rect)
        origin(text_page, index, p_x, p_y)
        if upright:
            found.x0[index], found.x1[index] = rect.left - left, rect.right - left
            found.y0[index], found.y1[index] = top - rect.top, top - rect.bottom
            here = top - y.value
        else:
            place = turn.rect(rect.left, rect.bottom, rect.right, rect.top)
            found.x0[index], found.y0[index] = place.x0, place.y0
            found.x1[index], found.y1[index] = place.x1, place.y1
            here = turn.point(x.value, y.value)[1]
        found.base[index] = here
        if fresh or abs(here - base) > 0.1:
            key = ctypes.cast(raw.FPDFText_GetTextObject(text_page, index), ctypes.c_void_p).value
            if key not in styles:
                styles[key] = _style(text_page, index, found.font_names)
            style = styles[key]
        found.size[index], found.bold[index], found.fonts[index] = style
        base, fresh = here, text[index] == " "
    return found


def _sign(code: int) -> str:
    if code in _HYPHENS:
        return "-"
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd"
    return chr(code)


def _style(text_page: Any, index: int, names: list[str]) -> tuple[float, int, int]:
    """Size in points as shown, bold or not, and number of the font."""
    matrix = raw.FS_MATRIX()
    size = raw.FPDFText_GetFontSize(text_page, index)
    if raw.FPDFText_GetMatrix(text_page, index, ctypes.byref(matrix)):
        size *= math.hypot(matrix.c, matrix.d) or 1.0
    buffer = ctypes.create_string_buffer(256)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, buffer, 256, ctypes.byref(flags))
    name = buffer.value.decode("utf-8", "replace")
    name = name.split("+", 1)[1] if name[6:7] == "+" else name
    bold = raw.FPDFText_GetFontWeight(text_page, index) >= 600 or any(one in name.lower() for one in _BOLD)
    if name not in names:
        names.append(name)
    return round(size, 2), int(bold), names.index(name)


# -- what is drawn

_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _shapes(page: Any, turn: _Turn, counter: list[int], found: PageText) -> Iterator[Shape]:
    count = raw.FPDFPage_CountObjects(page.raw)
    objects = (raw.FPDFPage_GetObject(page.raw, index) for index in range(count))
    yield from _walk(objects, _SAME, turn, counter, found, 0)


def _walk(
    objects: Iterator[Any], outer: _Matrix, turn: _Turn, counter: list[int], found: PageText, depth: int
) -> Iterator[Shape]:
    for item in objects:
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.pictures += 1
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            inner = raw.FPDFFormObj_CountObjects(item)
            children = (raw.FPDFFormObj_GetObject(item, index) for index in range(inner))
            yield from _walk(children, _times(_matrix(item), outer), turn, counter, found, depth + 1)
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            counter[0] += 1
            if counter[0] > _MAX_SHAPES:
                return
            shape = _shape(item, _times(_matrix(item), outer), turn)
            if shape is not None:
                yield shape


def _matrix(item: Any) -> _Matrix:
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, ctypes.byref(matrix)):
        return _SAME
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(one: _Matrix, two: _Matrix) -> _Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _shape(item: Any, matrix: _Matrix, turn: _Turn) -> Shape | None:
    count = raw.FPDFPath_CountSegments(item)
    if not 1 < count < 2000:
        return None
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
    if not fill.value and not stroke.value:
        return None  # only clips
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    segments: list[tuple[float, float, float, float]] = []
    curves = 0
    start = last = (0.0, 0.0)
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = turn.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            segments.append((*last, *point))
        else:
            curves += 1
        points.append(point)
        last = point
        if raw.FPDFPathSegment_GetClose(segment) and point != start:
            segments.append((*point, *start))
            last = start
    xs, ys = [one for one, _ in points], [two for _, two in points]
    dark = False
    if fill.value:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        raw.FPDFPageObj_GetFillColor(
            item, ctypes.byref(red), ctypes.byref(green), ctypes.byref(blue), ctypes.byref(alpha)
        )
        dark = max(red.value, green.value, blue.value) < 120 and alpha.value > 100
    bounds = Rect(min(xs), min(ys), max(xs), max(ys))
    return Shape(bounds, segments, curves // 3 + (curves % 3 > 0), bool(stroke.value), bool(fill.value), dark)


def _buttons(page: Any, forms: Any, turn: _Turn) -> Iterator[Button]:
    """Check boxes and radio buttons; the appearance /AS counts, and the value /V where there is none."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), 5000)):
        note = raw.FPDFPage_GetAnnot(page.raw, index)
        if not note:
            continue
        try:
            kind = raw.FPDFAnnot_GetFormFieldType(forms.raw, note)
            if kind not in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
                continue
            rect = raw.FS_RECTF()
            raw.FPDFAnnot_GetRect(note, ctypes.byref(rect))
            ticked: bool | None = False
            if raw.FPDFAnnot_HasKey(note, b"AS"):
                ticked = bool(raw.FPDFAnnot_IsChecked(forms.raw, note))
            elif raw.FPDFAnnot_HasKey(note, b"V"):
                ticked = _value(note) not in ("", "Off")
            elif raw.FPDFAnnot_HasKey(note, b"Parent"):
                ticked = None  # the value stands with the parent field, out of reach
            yield Button(turn.rect(rect.left, rect.bottom, rect.right, rect.top), ticked)
        finally:
            raw.FPDFPage_CloseAnnot(note)


def _value(note: Any) -> str:
    size = raw.FPDFAnnot_GetStringValue(note, b"V", None, 0)
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(note, b"V", buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")
