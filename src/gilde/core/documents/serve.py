"""The one way in which a stored file leaves: nothing in it can run in the reader's browser under our
address.
"""

from __future__ import annotations

from typing import Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from gilde.core.documents.models import Document
from gilde.core.documents.service import clean_name, open_document

# Browsers show these without running anything of them.
SAFE_INLINE: Final = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain"}
)
SANDBOX: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
# Browsers refuse to start their own PDF viewer in a sandbox; it runs no script of the page's address.
_PDF_VIEWER: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)


def respond(
    document: Document, filename: str = "", *, request: HttpRequest | None = None, inline: bool = False
) -> HttpResponseBase:
    """Return the answer that sends a document, as an attachment unless `inline` and the type is safe to show.

    With `request`, who already has this content (If-None-Match) gets 304. The caller has checked access.
    Raises Lost when the storage does not hold the content.
    """
    shown = inline and document.media_type in SAFE_INLINE
    etag = f'"{document.sha256}"'
    # Asked first, so that the content is opened only when it is sent.
    answer: HttpResponseBase | None = None
    if request is not None:
        answer = get_conditional_response(request, etag=etag)
    if answer is None:
        content_type = (
            "text/plain; charset=utf-8" if document.media_type == "text/plain" else document.media_type
        )
        answer = FileResponse(open_document(document), content_type=content_type)
        answer.headers["Content-Length"] = str(document.size)
        answer.headers["Content-Disposition"] = (
            content_disposition_header(not shown, clean_name(filename or document.name)) or "attachment"
        )
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Content-Security-Policy"] = (
        _PDF_VIEWER if shown and document.media_type == "application/pdf" else SANDBOX
    )
    return answer
