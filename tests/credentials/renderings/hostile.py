"""PDF files that no honest person makes, written by hand."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping

from pyhanko.pdf_utils import embed, generic, writer
from pyhanko.pdf_utils.reader import PdfFileReader


def a_pdf(
    objects: Mapping[int, bytes] | None = None, catalog: bytes = b"", trailer: bytes = b"", size: int = 0
) -> bytes:
    """Return a PDF of one empty page, with more objects (from 4 on) and more entries."""
    parts: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
        **(objects or {}),
    }
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in sorted(parts.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, last = len(out), max(parts)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)
    for number in range(1, last + 1):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00001 f \n"
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size or last + 1,
        trailer,
        start,
    )
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def inflated(data: bytes, entries: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), entries + b" /Filter /FlateDecode")


def _one_page() -> writer.PdfFileWriter:
    out = writer.PdfFileWriter()
    box = generic.ArrayObject(generic.NumberObject(side) for side in (0, 0, 595, 842))
    empty = out.add_object(generic.StreamObject(stream_data=b""))
    out.insert_page(writer.PageObject(contents=empty, media_box=box))
    return out


def with_attachments(*files: tuple[str, bytes]) -> bytes:
    """Return a PDF that carries these files, as any program attaches them."""
    out = _one_page()
    for name, data in files:
        held = embed.EmbeddedFileObject.from_file_data(out, data=data, mime_type="application/json")
        embed.embed_file(out, embed.FileSpec(file_spec_string=name, file_name=name, embedded_data=held))
    made = io.BytesIO()
    out.write(made)
    return made.getvalue()


def encrypted(password: str) -> bytes:
    out = _one_page()
    out.encrypt(owner_pass=password, user_pass=password)
    made = io.BytesIO()
    out.write(made)
    return made.getvalue()


def updated(pdf: bytes, number: int, body: bytes, trailer: bytes = b"") -> bytes:
    """Return the file with one object replaced by an update after its end (ISO 32000-1, 7.5.6)."""
    reader = PdfFileReader(io.BytesIO(pdf))
    entries = b"/Size %d /Root %d 0 R /Prev %d %s" % (
        max(int(reader.trailer["/Size"]), number + 1),
        reader.trailer.raw_get("/Root").idnum,
        reader.last_startxref,
        trailer,
    )
    written = b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(pdf))
    end = b"trailer\n<< %s >>\nstartxref\n%d\n%%%%EOF\n" % (entries, len(pdf) + len(written))
    return pdf + written + table + end
