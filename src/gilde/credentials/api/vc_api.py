"""The VC-API (W3C CCG) in production: for officers, in the name of an issuer of theirs; the credential as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router

from gilde.core.errors import GildeError
from gilde.credentials.errors import TooMuch
from gilde.credentials.services import direct, verifying
from gilde.credentials.vc_api.answers import Answer, read, refused

credentials = Router(tags=["vc-api"])
presentations = Router(tags=["vc-api"])

_OBJECT: Final = {"type": "object", "additionalProperties": True}
_PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _told(answers: dict[int, str], bad: dict[str, Any], **members: dict[str, Any]) -> dict[str, Any]:
    """Return what the document says of an operation whose body is read as strictly as a credential."""
    body = {
        "type": "object",
        "required": [name for name in members if name != "options"],
        "properties": members,
        "additionalProperties": True,
    }
    content = {"application/json": {"schema": _OBJECT}}
    told = {status: {"description": said, "content": content} for status, said in answers.items()}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {**told, 400: bad},
    }


_REFUSED: Final = {"description": "Something in the request is not right", "content": _PROBLEM}
_UNVERIFIED: Final = {
    "description": "It is not what it claims to be; `problemDetails` says why",
    "content": {"application/json": {"schema": _OBJECT}, **_PROBLEM},
}
_ISSUE: Final = _told(
    {201: "The secured credential itself"},
    _REFUSED,
    credential=_OBJECT,
    options={
        "type": "object",
        "properties": {
            "issuer": {
                "type": "string",
                "description": "Name in its address, or DID, of an issuer of yours.",
            },
            "cryptosuite": {"type": "string", "description": "Else that of the issuer; or jose."},
            "credentialId": {"type": "string", "description": "By which you know it again."},
        },
    },
)


@credentials.post("/issue", summary="Issue a credential (VC-API)", openapi_extra=_ISSUE)
def issue_credential(request: HttpRequest) -> HttpResponse:
    """Sign a credential in the name of an issuer that you are an officer of, and return it bare.

    It gets a place in the issuer's status lists, and its digest goes in the log; nothing that it says is kept. What
    says that it is an award is refused: it is issued at /api/awards, where it can be corrected, and kept by its holder.
    """

    def issue(asked: Any) -> Answer:
        return direct.issue(actor=request.user, request=asked)

    return _answered(request, issue)


@credentials.post(
    "/status",
    summary="Revoke or suspend a credential (VC-API)",
    openapi_extra=_told(
        {200: "It stands as asked"},
        _REFUSED,
        credentialStatus={
            "type": "object",
            "required": ["statusPurpose"],
            "properties": {
                "statusPurpose": {"enum": ["revocation", "suspension"]},
                "statusListCredential": {"type": "string"},
                "statusListIndex": {"type": "string"},
            },
        },
    ),
)
def set_credential_status(request: HttpRequest) -> HttpResponse:
    """Revoke or suspend what was issued at /api/credentials/issue; with `status` false a suspension ends.

    It is named by `credentialId`, or by its place in a list. Awards are ended at /api/awards.
    """

    def act(asked: Any) -> Answer:
        return direct.set_status(actor=request.user, request=asked)

    return _answered(request, act)


@credentials.post(
    "/verify",
    summary="Verify a credential (VC-API)",
    openapi_extra=_told(
        {200: "It is sound, in force and valid now"},
        _UNVERIFIED,
        verifiableCredential=_OBJECT,
        options=_OBJECT,
    ),
)
def verify_credential(request: HttpRequest) -> HttpResponse:
    """Say whether a credential of any issuer is sound, was not stopped, and is valid now.

    Who the issuer is it does not judge: /api/check does, and comes to one verdict.
    """
    return _answered(request, verifying.verify_credential)


@presentations.post(
    "/verify",
    summary="Verify a presentation (VC-API)",
    openapi_extra=_told(
        {200: "It and all that it holds is sound"},
        _UNVERIFIED,
        verifiablePresentation=_OBJECT,
        options=_OBJECT,
    ),
)
def verify_presentation(request: HttpRequest) -> HttpResponse:
    """Say whether a presentation is sound, and every credential in it."""
    return _answered(request, verifying.verify_presentation)


def _answered(request: HttpRequest, answer: Callable[[Any], Answer]) -> HttpResponse:
    try:
        asked = read(_body(request))
    except GildeError as error:
        told = refused(error)
    else:
        told = answer(asked)
    problem = told.status >= 400 and "verified" not in told.body
    return JsonResponse(
        told.body,
        status=told.status,
        content_type="application/problem+json" if problem else "application/json",
        headers={"Cache-Control": "no-store"},
    )


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as error:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20
        raise TooMuch(_("The request is larger than %(most)d MB.") % {"most": most}, "too-large") from error
