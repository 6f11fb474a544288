"""How a holder reads an award: its facts, how it stands, and in what forms it is taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from gilde.core import clock
from gilde.core.components import Fact, Kind, day, status
from gilde.core.documents.serve import SANDBOX
from gilde.core.errors import Missing
from gilde.core.text import Text
from gilde.credentials import models
from gilde.credentials.facts import Credit, Facts, Level, OutcomeKind, Words
from gilde.credentials.models import OUT, Award, State
from gilde.credentials.services import renderings

Form = renderings.Form

_SYSTEMS: Final = {"ects": "ECTS", "ecvet": "ECVET"}
_BADGES: Final = {"badge-png": "png", "badge-svg": "svg"}
_KINDS: Final = {
    OutcomeKind.KNOWLEDGE: gettext_lazy("Knowledge"),
    OutcomeKind.SKILL: gettext_lazy("Skills"),
    OutcomeKind.AUTONOMY: gettext_lazy("Responsibility and autonomy"),
    None: gettext_lazy("Other outcomes"),
}


def text(words: Words) -> Text:
    """Return words by language as a text; the first language is that in which they were written."""
    return Text(next(iter(words), "en"), dict(words))


def said(words: Words) -> SafeString:
    """Return words in the reader's language, else in the first, marked with its language."""
    shown = text(words).shown()
    return format_html('<span lang="{}">{}</span>', shown.language, shown.words)


@dataclass(frozen=True)
class Standing:
    """How an award stands: a tag, and a sentence where it does not simply count."""

    kind: Kind
    word: str
    sentence: str = ""

    @property
    def tag(self) -> SafeString:
        return status(self.kind, self.word)


def standing(
    state: str, valid_from: datetime, valid_until: datetime | None, now: datetime, corrected: bool = False
) -> Standing:
    """Return how an award that was issued stands at a moment; `corrected` when another one took its place."""
    if state == State.REVOKED and corrected:
        return Standing(
            "bad", _("Corrected"), _("The issuer took this back and issued a corrected one in its place.")
        )
    if state == State.REVOKED:
        return Standing("bad", _("Revoked"), _("The issuer took this back: it does not count any more."))
    if state == State.SUSPENDED:
        return Standing(
            "warn", _("Suspended"), _("The issuer suspended this: for the time being it does not count.")
        )
    if valid_until is not None and valid_until < now:
        return Standing("none", _("Expired"), _("The time for which this was awarded is over."))
    if valid_from > now:
        return Standing(
            "info", _("Not yet valid"), _("The time for which this was awarded still has to begin.")
        )
    return Standing("good", _("Valid"))


def standing_of(award: Award) -> Standing:
    """Return how an award stands now."""
    corrected = award.state == State.REVOKED and Award.objects.filter(replaces=award, state__in=OUT).exists()
    return standing(award.state, award.valid_from, award.valid_until, clock.now(), corrected)


def facts_of(facts: Facts, *, with_title: bool = True) -> list[Fact]:
    """Return the facts of an award as rows, without those that it does not say; a page may have the title already."""
    holder, level = facts.holder, facts.level
    rows: list[tuple[str, object]] = [
        (_("Award"), said(facts.achievement.title) if with_title else ""),
        (_("Kind"), models.Kind(facts.kind).label),
        (_("Awarded to"), f"{holder.given_name} {holder.family_name}".strip()),
        (_("Date of birth"), day(holder.born) if holder.born else ""),
        (_("Awarded by"), said(facts.issuer.name)),
        (_("Awarded on"), day(facts.awarded_on)),
        (_("Place"), facts.place),
        (_("Valid until"), day(facts.valid_until.date()) if facts.valid_until else ""),
        (_("Level"), _level(level) if level else ""),
        (_("Workload"), _("%(hours)s hours") % {"hours": amount(facts.hours)} if facts.hours else ""),
        (_("Credit"), _credit(facts.credit) if facts.credit else ""),
    ]
    if assessed := facts.assessment:
        rows += [
            (_("Assessed by means of"), said(assessed.title)),
            (pgettext("result of an assessment", "Grade"), assessed.grade),
            (_("Assessed on"), day(assessed.on) if assessed.on else ""),
            (_("Assessed by"), assessed.by),
        ]
    return [Fact(label, value) for label, value in rows if value]


def amount(number: Decimal) -> str:
    """Return an amount as read, without zeros at its end."""
    whole = number == number.to_integral_value()
    return number_format(int(number) if whole else number.normalize(), force_grouping=True)


def _level(level: Level) -> str:
    own = f"{level.framework} {level.label}".strip() if level.label else ""
    european = _("EQF level %(level)s") % {"level": level.eqf} if level.eqf else ""
    return ", ".join(part for part in (own, european) if part)


def _credit(credit: Credit) -> str:
    return _("%(points)s credit points (%(system)s)") % {
        "points": amount(credit.points),
        "system": _SYSTEMS.get(credit.system, credit.system),
    }


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of one kind, as a list of the page."""

    title: str
    items: SafeString


def outcomes_of(facts: Facts) -> list[Outcomes]:
    """Return the outcomes of an award by kind."""
    found = []
    for kind, label in _KINDS.items():
        if told := [(said(each.title),) for each in facts.outcomes if each.kind == kind]:
            found.append(Outcomes(str(label), format_html_join("", "<li>{}</li>", told)))
    return found


@dataclass(frozen=True)
class Download:
    """A file to take away, and where it is had."""

    label: str
    url: str


@dataclass(frozen=True)
class Group:
    """Files for one use, in plain words."""

    title: str
    hint: str
    files: Sequence[Download]


def downloads(award: Award, address: Callable[[str], str]) -> list[Group]:
    """Return every form in which an award is taken away, for what each is good; `address` is where a form is had."""
    languages = [award.language, *(code for code in _spoken() if code != award.language)][:3]
    papers = [
        Download(
            f"{label}, {_named(code)}",
            address(form) + ("" if code == award.language else f"?language={code}"),
        )
        for form, label in ((Form.CERTIFICATE, _("Certificate")), (Form.SUPPLEMENT, _("Supplement")))
        for code in languages
    ]
    return [
        Group(
            _("Certificate on paper (PDF)"),
            _("To print or to send. It carries a seal, and a code that leads to its check."),
            papers,
        ),
        Group(
            _("For Europass (European Digital Credential)"),
            _("To add to your Europass library, and for employers and schools in other countries."),
            [Download(_("European Digital Credential"), address(Form.EDC))],
        ),
        Group(
            _("Badge (PNG, SVG)"),
            _("A picture for your profile or signature, with the award inside."),
            [
                Download(_("Badge, PNG"), address("badge-png")),
                Download(_("Badge, SVG"), address("badge-svg")),
                Download(_("Badge as data (Open Badges 3.0)"), address(Form.OPEN_BADGE)),
            ],
        ),
        Group(
            _("For other systems (W3C, JWT)"),
            _("For programs that read awards as data."),
            [
                Download(_("W3C Verifiable Credential"), address(Form.VC)),
                Download(_("W3C Verifiable Credential as JWT"), address(Form.VC_JWT)),
            ],
        ),
    ]


def _spoken() -> list[str]:
    """Return the languages of the interface, the reader's first."""
    mine = (get_language() or "en").split("-")[0]
    codes = [code for code, _name in settings.LANGUAGES]
    return sorted(codes, key=lambda code: code != mine)


def _named(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def file(award: Award, form: str, language: str = "") -> renderings.File:
    """Return a file of an award by the name that `downloads` gives its form. Raises Missing for another."""
    if form in _BADGES:
        return renderings.badge(award, _BADGES[form])
    if form not in renderings.FORMS:
        raise Missing(_("There is no such file of this award."))
    # Only languages of the interface: each other word in the address would make and keep a paper of its own.
    known = form in (Form.CERTIFICATE, Form.SUPPLEMENT) and language in dict(settings.LANGUAGES)
    return renderings.file(award, form, language if known else "")


def attached(given: renderings.File) -> HttpResponse:
    """Return a file as what a browser stores; nothing in it runs under our address, and nobody else keeps it."""
    response = HttpResponse(given.content, content_type=given.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, given.name) or "attachment"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
