"""The place of a seal in a PDF: a form field that is tagged as the rest of the document is (ISO 14289-1, 7.18.4)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

from pyhanko.pdf_utils import generic, layout
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.stamp import StaticStampStyle

from gilde.credentials.proofs.pdf_file import at

NAME: Final = "Seal"


@dataclass(frozen=True)
class Visible:
    """Where a seal shows: the corners of a box in points from the lower left, and a PDF page that fills it."""

    box: tuple[int, int, int, int]
    picture: bytes
    page: int = 0


def add(writer: IncrementalPdfFileWriter, label: str, visible: Visible | None) -> str:
    """Add an empty field with a label for people who hear the document, and return its name."""
    fields.append_signature_field(
        writer,
        fields.SigFieldSpec(
            NAME,
            on_page=visible.page if visible else 0,
            box=visible.box if visible else None,
            readable_field_name=label,
        ),
    )
    _tag(writer, label)
    return NAME


def style(visible: Visible) -> StaticStampStyle:
    """Return how the field is filled: with the picture, its fonts included, and nothing else."""
    whole = layout.SimpleBoxLayoutRule(
        x_align=layout.AxisAlignment.ALIGN_MID,
        y_align=layout.AxisAlignment.ALIGN_MID,
        margins=layout.Margins.uniform(0),
    )
    return StaticStampStyle(
        border_width=0, background=_Picture(visible.picture), background_layout=whole, background_opacity=1.0
    )


class _Picture(PdfContent):
    """The first page of a PDF in memory."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        super().__init__()

    def render(self) -> bytes:
        page: Any = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/Picture"] = page
        left, low, right, high = page.get_object()["/BBox"]
        self.box = layout.BoxConstraints(width=abs(right - left), height=abs(high - low))
        return b"/Picture Do"


def _tag(writer: IncrementalPdfFileWriter, label: str) -> None:
    """Put the field into the structure of a tagged document; one that is not tagged stays as it is."""
    root = writer.root
    tree = at(root, "/StructTreeRoot")
    if tree is None or "/Nums" not in at(tree, "/ParentTree", {}) or not at(tree, "/K"):
        return
    reference = root["/AcroForm"]["/Fields"].raw_get(-1)
    field = reference.get_object()
    key = int(tree["/ParentTreeNextKey"])
    top = tree["/K"]
    document = top.raw_get(0) if isinstance(top, generic.ArrayObject) else tree.raw_get("/K")
    content = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/OBJR"),
            pdf_name("/Obj"): reference,
            pdf_name("/Pg"): field.raw_get("/P"),
        }
    )
    element = writer.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): document,
                pdf_name("/Pg"): field.raw_get("/P"),
                pdf_name("/Alt"): pdf_string(label),
                pdf_name("/K"): generic.ArrayObject([content]),
            }
        )
    )
    field[pdf_name("/StructParent")] = generic.NumberObject(key)
    field[pdf_name("/Contents")] = pdf_string(label)
    writer.update_container(field)
    _append(writer, document.get_object(), "/K", element)
    numbers = tree["/ParentTree"]["/Nums"]
    numbers += [generic.NumberObject(key), element]
    writer.update_container(numbers)
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(key + 1)
    writer.update_container(tree)


def _append(writer: IncrementalPdfFileWriter, holder: Any, key: str, value: Any) -> None:
    """Append to an array that may lie in an object of its own, or be one value instead."""
    held = at(holder, key)
    if isinstance(held, generic.ArrayObject):
        held.append(value)
        writer.update_container(held)
    else:
        kept = [holder.raw_get(key)] if key in holder else []
        holder[pdf_name(key)] = generic.ArrayObject([*kept, value])
    writer.update_container(holder)
