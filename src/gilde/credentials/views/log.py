"""The log of what was issued, for people who want to know and for programs that check it."""

from __future__ import annotations

import re
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.components import Fact
from gilde.core.errors import Invalid, Missing
from gilde.credentials.log import checkpoint as notes
from gilde.credentials.log import receipt as receipts
from gilde.credentials.models import Checkpoint, LogHead, LogLeaf
from gilde.credentials.services import keys
from gilde.credentials.services import log as service

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LEAVES: Final = 1000  # told in one answer


def _open(response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _text(content: str, seconds: int) -> HttpResponseBase:
    return _open(HttpResponse(content, content_type="text/plain; charset=utf-8"), seconds)


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Tell what the log is, how large it is, and look a digest up in it."""
    newest = Checkpoint.objects.first()
    asked = request.GET.get("digest", "").strip().lower()
    answer, fault = None, ""
    if asked:
        if not _DIGEST.fullmatch(asked):
            fault = _("A digest has 64 characters, of 0 to 9 and a to f. Copy it whole.")
        elif leaf := LogLeaf.objects.filter(digest=asked).first():
            answer = leaf, service.existed_at(asked)
        else:
            fault = _("The log holds no such digest.")
    size = LogHead.objects.values_list("size", flat=True).first() or 0
    facts = [
        Fact(_("Entries"), size),
        Fact(_("Last signed"), newest.at if newest else None),
        Fact(_("Name of the log"), service.origin()),
    ]
    context = {"facts": facts, "newest": newest, "asked": asked, "answer": answer, "fault": fault}
    return render(request, "credentials/log.html", context)


@login_not_required
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponseBase:
    """Serve the newest checkpoint as signed text."""
    newest = Checkpoint.objects.first()
    if newest is None:
        raise Missing(_("The log is empty: nothing has been issued yet."))
    return _text(newest.text, 60)


@login_not_required
@require_safe
def checkpoint_of(request: HttpRequest, size: int) -> HttpResponseBase:
    """Serve the checkpoint of a size that was signed."""
    found = Checkpoint.objects.filter(size=size).first()
    if found is None:
        raise Missing(_("No checkpoint was signed at that size."))
    return _text(found.text, 24 * 3600)


@login_not_required
@require_safe
def key(request: HttpRequest) -> HttpResponseBase:
    """Serve the keys of the log, the newest first, as tools for such logs are told them."""
    keys.signing_key(None)
    told = [notes.verifier(service.origin(), method.public) for method in reversed(keys.methods(None))]
    return _text("\n".join(told) + "\n", 3600)


@login_not_required
@require_safe
def receipt(request: HttpRequest, digest: str) -> HttpResponseBase:
    """Serve the proof that a credential with this digest existed before a time."""
    if not _DIGEST.fullmatch(digest):
        raise Invalid(_("A digest has 64 characters, of 0 to 9 and a to f. Copy it whole."))
    return _open(JsonResponse(service.receipt(digest).document()), 3600)


@login_not_required
@require_safe
def consistency(request: HttpRequest, first: int, second: int) -> HttpResponseBase:
    """Serve the proof that the log of one size is the beginning of that of another."""
    told = receipts.consistency(first, second, service.consistency(first, second))
    return _open(JsonResponse(told), 24 * 3600)


@login_not_required
@require_safe
def leaves(request: HttpRequest, first: int) -> HttpResponseBase:
    """Serve up to a thousand digests from an index on, so that anybody can rebuild the whole tree."""
    found = LogLeaf.objects.filter(index__gte=first).order_by("index").values_list("digest", flat=True)
    return _open(JsonResponse({"first": first, "digests": list(found[:_LEAVES])}), 60)
