"""What the tests of the workbench share: addresses, forms sent as a browser sends them, an open draft."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from gilde.qualifications.models import QualificationVersion
from tests.client import GildeClient
from tests.indicators.keeping import page_of, sent_by, text_of
from tests.qualifications.factories import (
    Cast,
    a_file,
)


def url(name: str, *args: Any) -> str:
    return reverse(f"qualifications:{name}", args=args)


def send(client: GildeClient, address: str, **fields: Any) -> Any:
    """Open a form, fill in some of it, and send it as a browser would."""
    return client.post(address, {**sent_by(client, address), **fields}, follow=True)


def told(response: Any) -> str:
    """The words of a page, the values of its fields too."""
    main = page_of(response).css_first("main")
    assert main is not None
    values = " ".join(each.attributes.get("value") or "" for each in main.css("input"))
    return f"{text_of(response)} {values}"


def an_open_draft() -> tuple[QualificationVersion, Cast]:
    version = a_file(qualification__code="tiler")
    return version, Cast.of(version)
