"""Opens PDF files of strangers: strictly, bounded, and without running anything that is in them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader

from gilde.core.errors import GildeError
from gilde.credentials.errors import TooMuch, Unreadable

LARGEST: Final = 25_000_000  # bytes of a file
INFLATED: Final = 20_000_000  # bytes of one stream in it
TOGETHER: Final = 100_000_000  # bytes of all that is inflated
MOST_OBJECTS: Final = 20_000
MOST_REVISIONS: Final = 20

_LIMITS: Final = DecodeLimits(
    per_stream=StreamDecodeLimits(max_ratio=1100, max_output_size=INFLATED),
    document_budget=DocumentDecodeBudget(base_allowance=TOGETHER, max_ratio=1),
)


def opened(data: bytes) -> PdfFileReader:
    """Return a reader of the file. Raises Unreadable (no-pdf, encrypted, damaged) or TooMuch."""
    if not data.startswith(b"%PDF-"):
        raise Unreadable(
            _("This is no PDF file: it does not begin as one. Give the file that was downloaded."), "no-pdf"
        )
    if len(data) > LARGEST:
        raise TooMuch(
            _("The PDF has more than %(most)s MB, which no certificate has; give the certificate alone.")
            % {"most": LARGEST // 1_000_000},
            "too-large",
        )
    with reading():
        reader = PdfFileReader(io.BytesIO(data), strict=True, decode_limits=_LIMITS)
        if reader.encrypted:
            raise Unreadable(
                _("The PDF is protected with a password or by encryption; give a copy without protection."),
                "encrypted",
            )
        if reader.xrefs.hybrid_xrefs_present:
            raise _damaged()
        if int(reader.trailer["/Size"]) > MOST_OBJECTS or reader.xrefs.total_revisions > MOST_REVISIONS:
            raise TooMuch(
                _("The PDF consists of more parts than any certificate; give the certificate alone."),
                "too-many-parts",
            )
        if "/Pages" not in reader.root:
            raise _damaged()
    return reader


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turn whatever a bad file brings about in the library into one sentence."""
    try:
        yield
    except GildeError:
        raise
    except PdfDecodeLimitError as error:
        raise TooMuch(
            _("Something in the PDF grows far beyond its size when it is unpacked, as in no honest file."),
            "inflates",
        ) from error
    except RecursionError as error:
        raise too_deep() from error
    except Exception as error:  # of many kinds, as the formats within the format are
        raise (too_deep() if _has_recursion(error) else _damaged()) from error


def _has_recursion(error: BaseException | None) -> bool:
    """Whether the library turned a RecursionError into another one."""
    seen = 0
    while error is not None and seen < 100:
        if isinstance(error, RecursionError):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def at(holder: Any, key: str, otherwise: Any = None) -> Any:
    """Return a value of a dictionary, followed where it is a reference, which `dict.get` would not do."""
    if key not in holder:
        return otherwise
    return holder[key]


def too_deep() -> TooMuch:
    return TooMuch(_("The PDF is nested too deeply to be read."), "too-deep")


def _damaged() -> Unreadable:
    return Unreadable(
        _(
            "The PDF is damaged, or was made in a way that leaves doubt what is in it; ask its issuer for it again."
        ),
        "damaged",
    )
