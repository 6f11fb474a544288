"""A client that reads every HTML answer as a strict browser and a careful colleague would."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

_TEMPLATE_TAG = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
# Blocks that are data and are not run.
_DATA_BLOCKS = {"application/json", "application/ld+json"}
# JSON may end in "}}" by itself.
_DATA = re.compile(r'<script[^>]*type="application/(?:ld\+)?json"[^>]*>.*?</script>', re.DOTALL)


def faults_of(html: str) -> list[str]:
    """Return what is wrong with a page: what the content security policy would block, and templates not
    rendered.
    """
    shown = _DATA.sub("", html)
    faults = [
        f"A template tag was not rendered: …{shown[max(0, m.start() - 40) : m.end() + 40]!r}…"
        for m in _TEMPLATE_TAG.finditer(shown)
    ]
    for node in LexborHTMLParser(html).css("*"):
        attributes = {name.lower(): value or "" for name, value in node.attributes.items()}
        here = f"<{node.tag} {' '.join(f'{k}={v!r}' for k, v in attributes.items())}>"[:160]
        if node.tag == "script" and "src" not in attributes and attributes.get("type") not in _DATA_BLOCKS:
            faults.append(f"An inline script: {here}")
        if node.tag == "style":
            faults.append(f"An inline style sheet: {here}")
        for name, value in attributes.items():
            if name == "style":
                faults.append(f"An inline style: {here}")
            elif name.startswith("on") or name.startswith("hx-on"):
                faults.append(f"An inline event handler: {here}")
            elif value.strip().lower().startswith("javascript:"):
                faults.append(f"A script in an address: {here}")
    return faults


class GildeClient(Client):
    """Django's test client, which also fails on any HTML answer with an inline script, style or unrendered
    tag.
    """

    def request(self, **request: Any) -> Any:
        response: HttpResponse = super().request(**request)  # type: ignore[assignment]
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            faults = faults_of(response.content.decode())
            assert not faults, f"{request.get('PATH_INFO')} answers a faulty page:\n" + "\n".join(faults)
        return response
