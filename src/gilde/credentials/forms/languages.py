"""The languages in which awards are written."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language_info

_CODES: Final = (
    *(
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "ga",
        "hr",
        "hu",
        "it",
        "lt",
        "lv",
        "mt",
        "nl",
    ),
    *("pl", "pt", "ro", "sk", "sl", "sv", "uk", "tr", "ar"),
)


def language_names() -> dict[str, str]:
    """Return languages by code, named and ordered for the reader."""
    names = {}
    for code in _CODES:
        try:
            names[code] = str(get_language_info(code)["name_translated"])
        except KeyError:
            continue
    return dict(sorted(names.items(), key=lambda each: each[1].casefold()))
