"""Signing in at another service under our content security policy."""

from __future__ import annotations

import requests
from allauth.socialaccount.providers.openid_connect.views import login
from allauth.socialaccount.views import login_error
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from gilde.core.errors import GildeError


class ServiceSilent(GildeError):
    """Another service, which Gilde asked for something, did not answer as it should."""

    status = 502
    code = "service-silent"


# Who could not sign in must be able to read why; allauth leaves this page to the signed in.
error = login_not_required(login_error)


@login_not_required
def openid_connect_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Begin to sign in with OpenID Connect.

    The policy allows forms to end at our own address only (`form-action 'self'`), and browsers hold redirects
    to that too. So the answer to the form is a page that moves on, not a redirect to the other service.
    """
    try:
        response: HttpResponse = login(request, provider_id)
    except requests.RequestException as silence:
        raise ServiceSilent(
            _("The service where you sign in does not answer. Try again later or sign in with your password.")
        ) from silence
    target = response.get("Location", "")
    if target and not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return render(request, "socialaccount/login_redirect.html", {"redirect_to": target})
    return response
