"""Wallets: written next."""

from __future__ import annotations

from django.http import Http404, HttpRequest


def page(request: HttpRequest) -> None:
    """Show the wallet."""
    raise Http404


def claim(request: HttpRequest, secret: str) -> None:
    """Show an award by the link from a mail."""
    raise Http404


def shared(request: HttpRequest, token: str) -> None:
    """Show what a holder shares."""
    raise Http404
