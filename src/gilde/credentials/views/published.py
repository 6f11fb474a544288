"""What programs fetch to check a credential: identities, status lists, and the words that credentials use."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.errors import Missing
from gilde.credentials import identity
from gilde.credentials.linked.tables import gilde_context
from gilde.credentials.models import Issuer, PublishedList, StatusList
from gilde.credentials.renderings import sd_jwt_vc
from gilde.credentials.services import keys, lists, log
from gilde.credentials.status import tokens

_HOUR = 3600


def _served(
    request: HttpRequest, content: bytes, media_type: str, *, seconds: int, etag: str = ""
) -> HttpResponseBase:
    """Answer with what anybody, also a page of another site, may fetch and keep for some seconds."""
    tag = quote_etag(etag or log.digest_of(content)[:32])
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(content, content_type=media_type)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _json(request: HttpRequest, document: Any, media_type: str, seconds: int) -> HttpResponseBase:
    content = json.dumps(document, ensure_ascii=False, indent=2).encode()
    return _served(request, content, media_type, seconds=seconds)


@login_not_required
@require_safe
def did_document(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Serve the DID document of an issuer, or of the register itself."""
    issuer = Issuer.objects.filter(slug=slug).first()
    if issuer is None and slug != identity.REGISTER:
        raise Missing(_("There is no issuer of this name."))
    return _json(request, keys.document(issuer), "application/did+json", seconds=300)


@login_not_required
@require_safe
def status_list(request: HttpRequest, list_id: UUID, form: str) -> HttpResponseBase:
    """Serve a status list as it stands; the answer says until when a copy of it is fresh."""
    found = StatusList.objects.select_related("issuer").filter(pk=list_id).first()
    if found is None or form not in PublishedList.Form.values:
        raise Missing(_("There is no such status list."))
    published = lists.published(found, form)
    media_type = tokens.MEDIA_TYPE if form == PublishedList.Form.TOKENS else "application/vc"
    left = max(0, round((published.fresh_until - clock.now()).total_seconds()))
    response = _served(request, published.content, media_type, seconds=left)
    response.headers["Last-Modified"] = http_date(published.made_at.timestamp())
    response.headers["Expires"] = http_date(published.fresh_until.timestamp())
    return response


@login_not_required
@require_safe
def context(request: HttpRequest) -> HttpResponseBase:
    """Serve the JSON-LD context of what Gilde says beside the standard contexts."""
    return _json(request, gilde_context(), "application/ld+json", seconds=24 * _HOUR)


@login_not_required
@require_safe
def type_metadata(request: HttpRequest) -> HttpResponseBase:
    """Serve what wallets show of an award, and in which words (SD-JWT VC type metadata)."""
    return _json(
        request, sd_jwt_vc.type_metadata(identity.url("type-metadata")), "application/json", seconds=_HOUR
    )
