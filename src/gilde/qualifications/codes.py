"""The codes of qualifications, which stand in addresses beside the words of other pages."""

from __future__ import annotations

from django.urls import resolve, reverse


def is_reserved(code: str) -> bool:
    """Return whether the address of a qualification with this code is that of another page."""
    found = resolve(reverse("qualifications:qualification", args=[code]))
    return found.view_name != "qualifications:qualification"
