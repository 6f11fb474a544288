"""The pages that belong to no context: home, the component page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Say in one screen what this is, and let one start by role."""
    return render(request, "core/home.html")
