"""The facts of an award in the words that stand on its papers, in one language."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, get_language_info, pgettext
from django.utils.translation import gettext as _

from gilde.credentials.facts import Credit, Facts, Kind, Level, OutcomeKind, Words

# What is said, and its language where that is not the document's: [text, language].
Said: TypeAlias = tuple[str, str]
Row: TypeAlias = tuple[str, list[Said]]
LANGUAGE: Final = re.compile(r"[a-z]{2,3}\Z")
# C0 and C1 but for the white space, which becomes a space; nothing can be drawn of them.
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")


def labels(wanted: str) -> str:
    """Return the language of the labels for a document in `wanted`: itself where Gilde speaks it, else English."""
    return wanted if wanted in {code for code, _name in settings.LANGUAGES} else "en"


def said(words: Words, wanted: str, first: str) -> Said:
    """Return the text in the language wanted, else in that it was first written in, else in any."""
    for language in (wanted, first, *sorted(words)):
        text = clean(words.get(language, ""))
        if text:
            shown = (get_language() or "en").split("-")[0]
            return text, language if language != shown and LANGUAGE.match(language) else ""
    return "", ""


def clean(text: str) -> str:
    """Return the text with white space made one and without controls, which no paper can show."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def day(value: date | datetime) -> str:
    """Return a day in full, of a moment that in the time zone of the installation."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return date_format(value, pgettext("format of a date in full", "j F Y"))


def number(value: Decimal) -> str:
    """Return a number without the zeros at its end."""
    whole = value.normalize()
    places = max(0, -int(whole.as_tuple().exponent))
    return number_format(whole, places, force_grouping=abs(value) >= 10_000)


def kind(value: Kind) -> str:
    """Return what an award is, in words."""
    return {
        Kind.DIPLOMA: _("Diploma"),
        Kind.CERTIFICATE: _("Certificate"),
        Kind.PARTIAL: _("Partial qualification"),
        Kind.EXPERIENCE: _("Certificate of experience"),
        Kind.MICRO: _("Micro-credential"),
        Kind.SUPPLEMENT: _("Supplement"),
    }[value]


def outcome_kind(value: OutcomeKind | None) -> str:
    """Return the kind of a learning outcome, in words; "" for one of no kind."""
    if value is None:
        return ""
    return {
        OutcomeKind.KNOWLEDGE: _("Knowledge"),
        OutcomeKind.SKILL: _("Skill"),
        OutcomeKind.AUTONOMY: _("Responsibility and autonomy"),
    }[value]


def holder(facts: Facts) -> str:
    return clean(f"{facts.holder.given_name} {facts.holder.family_name}")


def award_number(facts: Facts) -> str:
    """Return the number under which the award is found: its id without the scheme."""
    return facts.id.removeprefix("urn:uuid:")


def level(value: Level | None) -> str:
    """Return a level with its framework, and that of the European Qualifications Framework."""
    if value is None:
        return ""
    framework = "" if "://" in value.framework else clean(value.framework)
    parts = [clean(f"{framework} {value.label}")] if value.label else []
    if value.eqf is not None:
        parts.append(_("EQF level %(eqf)s") % {"eqf": value.eqf})
    return ", ".join(parts)


def credit(value: Credit | None) -> str:
    """Return a volume in points of its system."""
    if value is None:
        return ""
    system = value.system.upper() if value.system.lower() in {"ects", "ecvet"} else clean(value.system)
    return _("%(points)s %(system)s credit points") % {"points": number(value.points), "system": system}


def hours(value: Decimal | None) -> str:
    return "" if value is None else _("%(hours)s hours") % {"hours": number(value)}


def language(code: str) -> str:
    """Return the name of a language; its code for one that has none here."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def brief(facts: Facts) -> list[tuple[str, str]]:
    """Return what stands small under the title on a certificate: label and value, of those that there are."""
    grade = clean(facts.assessment.grade) if facts.assessment else ""
    rows = [
        (_("Level"), level(facts.level)),
        (_("Workload"), hours(facts.hours)),
        (_("Credit"), credit(facts.credit)),
        (pgettext("result of an assessment", "Grade"), grade),
        (_("Valid until"), day(facts.valid_until) if facts.valid_until else ""),
    ]
    return [(label, value) for label, value in rows if value]
