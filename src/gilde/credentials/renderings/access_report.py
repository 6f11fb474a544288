"""What is stored of a person, as a PDF for them to read (Regulation (EU) 2016/679, article 15)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.credentials.renderings import pdf_setting, pdf_words

_PERSON: Final = ("given_name", "family_name", "born", "email", "reference", "has_wallet")


def make(told: Mapping[str, Any], issuer: str) -> bytes:
    """Return what `erasing.access_report` told, as PDF/A in the reader's language. Raises Unsupported."""
    now = clock.now()
    inputs = {"report": json.dumps(_words(told, issuer, now), ensure_ascii=False)}
    files = {"main.typ": pdf_setting.source("report")}
    return pdf_setting.here(files, inputs, int(now.timestamp()), None)


def _words(told: Mapping[str, Any], issuer: str, now: datetime) -> dict[str, Any]:
    labels = {
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "born": _("Date of birth"),
        "email": _("E-mail address"),
        "reference": _("Own number of the issuer"),
        "has_wallet": _("Has a wallet here"),
    }
    person = told["person"]
    return {
        "language": (get_language() or "en").split("-")[0],
        "title": _("What %(issuer)s stores of you") % {"issuer": pdf_words.clean(issuer)},
        "issuer": pdf_words.clean(issuer),
        "lead": _("As it stood on %(day)s. Ask the issuer to put right what is wrong, or to erase it.")
        % {"day": date_format(timezone.localtime(now), "DATE_FORMAT")},
        "parts": [
            _part(_("You"), [[labels[name], _said(person[name])] for name in _PERSON if name in person]),
            *(
                _part(_("Award %(reference)s") % {"reference": each["reference"]}, _award(each))
                for each in told["awards"]
            ),
            _part(
                _("Links that you made"),
                [
                    [
                        _said(each["created_at"]),
                        _("works until %(day)s, opened %(views)d times")
                        % {"day": _said(each["expires_at"]), "views": each["views"]},
                    ]
                    for each in told["links"]
                ],
            ),
            _part(_("What happened"), [[_said(each["at"]), each["action"]] for each in told["events"]]),
        ],
        "nothing": _("Nothing."),
    }


def _part(title: str, rows: list[list[str]]) -> dict[str, Any]:
    return {
        "title": pdf_words.clean(title),
        "rows": [[pdf_words.clean(cell) for cell in row] for row in rows],
    }


def _award(each: Mapping[str, Any]) -> list[list[str]]:
    rows = [[_("Number"), str(each["award"])], [_("State"), str(each["state"])]]
    return rows + [list(row) for row in _flat("", each["facts"] or {})]


def _flat(path: str, value: Any) -> list[tuple[str, str]]:
    """Return every value that is stored with where it stands, so that nothing is left out."""
    if isinstance(value, Mapping):
        return [row for name, each in value.items() for row in _flat(f"{path} {name}".strip(), each)]
    if isinstance(value, list):
        return [row for number, each in enumerate(value, 1) for row in _flat(f"{path} {number}", each)]
    return [(path.replace("_", " "), _said(value))] if value not in (None, "") else []


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return "–" if value in (None, "") else str(value)
