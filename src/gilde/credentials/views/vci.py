"""What other wallets ask when they fetch an award (OpenID4VCI 1.0): machines, without cookies, from any site."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables

from gilde.core.errors import GildeError, Missing
from gilde.credentials.access import visible_issuers
from gilde.credentials.models import Issuer
from gilde.credentials.services import offering, trying
from gilde.credentials.wallets import reading
from gilde.credentials.wallets.refusals import NoToken, Refusal, described

View = Callable[..., HttpResponse]
LARGEST: Final = 64 * 1024  # bytes of a request
ASKED: Final = 120  # requests a minute from one address: a school's whole class sits behind one
_KEPT: Final = 300  # seconds that metadata may be kept


def machine(method: str, *, largest: int = LARGEST, masked: str = "") -> Callable[[View], View]:
    """Make a view one that wallets call: by one method, from any site, with errors as OAuth writes them.

    `masked` names the part of the address that no log is to hold.
    """

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **address: Any) -> HttpResponse:
            response = _answered(view, request, method, largest, address)
            if response.status_code >= 400 and masked:
                request.path = request.path.replace(address[masked], "…")
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return login_not_required(csrf_exempt(answer))

    return around


def _answered(
    view: View, request: HttpRequest, method: str, largest: int, address: dict[str, Any]
) -> HttpResponse:
    allowed = [method, "OPTIONS"] if method == "POST" else [method, "HEAD", "OPTIONS"]
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(allowed)
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
        return response
    if request.method not in allowed:
        response = _refused(
            Refusal("invalid_request", _("This address takes %(method)s.") % {"method": method}), 405
        )
        response.headers["Allow"] = ", ".join(allowed)
        return response
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > largest:
        return _refused(Refusal("invalid_request", _("The request is too large.")), 413)
    try:
        trying.spend(view.__name__, trying.address_of(request), most=ASKED, seconds=60)
        return view(request, **address)
    except GildeError as error:
        return _refused(error, error.status)


def _refused(error: GildeError, status: int) -> HttpResponse:
    code = error.error if isinstance(error, Refusal) else "invalid_request"
    response = JsonResponse({"error": code, "error_description": described(error.sentence)}, status=status)
    if isinstance(error, NoToken):
        response.headers["WWW-Authenticate"] = f'Bearer error="{code}"'
    if status == 429:
        response.headers["Retry-After"] = "60"
    return response


def _issuer(slug: str | None) -> Issuer | None:
    """Return the issuer that an address names, None where it names this Gilde as a whole."""
    if slug is None:
        return None
    found = visible_issuers(None).filter(slug=slug, closed_at=None).first()  # type: ignore[arg-type]
    if found is None:
        raise Missing(_("There is no issuer of this name."))
    return found


def _told(document: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(document)
    response.headers["Cache-Control"] = f"public, max-age={_KEPT}"
    return response


def _bearer(request: HttpRequest) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoToken(_("The request needs an access token."))
    return token.strip()


@machine("GET")
def issuer(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Tell what an issuer hands to wallets, and where."""
    return _told(offering.issuer_document(_issuer(slug)))


@machine("GET")
def server(request: HttpRequest, slug: str | None = None) -> HttpResponse:
    """Tell how a token is got."""
    return _told(offering.server_document(_issuer(slug)))


@sensitive_variables("secret")
@machine("GET", masked="secret")
def offer(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the offer that a code leads to."""
    return JsonResponse(offering.document(secret))


@machine("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Give a token for a code and a PIN."""
    return JsonResponse(offering.redeem(reading.form(request.body, request.content_type or "")))


@machine("POST")
def nonce(request: HttpRequest) -> HttpResponse:
    """Give a nonce, for the proof that comes next."""
    return JsonResponse({"c_nonce": offering.nonce()})


@machine("POST")
def credential(request: HttpRequest) -> HttpResponse:
    """Give the award, bound to the key of the wallet."""
    bearer = _bearer(request)
    asked = reading.document(request.body, request.content_type or "", "invalid_credential_request")
    return JsonResponse(offering.issue(bearer, asked))


@machine("POST")
def notification(request: HttpRequest) -> HttpResponse:
    """Take what a wallet tells became of the award."""
    bearer = _bearer(request)
    offering.notify(
        bearer, reading.document(request.body, request.content_type or "", "invalid_notification_request")
    )
    return HttpResponse(status=204)
