"""What a paper says: the facts of an award as the words and sections that the typst sources set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gilde.credentials.facts import Assessment, Facts, Kind, OutcomeKind, Words
from gilde.credentials.renderings import pdf_words as words
from gilde.credentials.renderings.pdf_look import Look, colours
from gilde.credentials.renderings.pdf_words import Row, Said

MOST_SIGNATORIES: Final = 4


def told(
    facts: Facts,
    look: Look,
    *,
    wanted: str,
    parts: tuple[str, ...],
    address: str,
    attached: bool,
    sealed: bool,
) -> dict[str, Any]:
    """Everything that the template says, in the language that is active."""
    kind, name = words.kind(facts.kind), words.holder(facts)
    achievement = words.said(facts.achievement.title, wanted, facts.language)
    issuer = words.said(facts.issuer.name, wanted, facts.language)
    own_wording = words.said(look.wording, wanted, facts.language)
    colour, ink = colours(look.colour)
    what = kind if "certificate" in parts else _supplement(facts.kind, kind)
    return {
        "language": translation.get_language() or "en",
        "title": f"{what}: {achievement[0]}, {name}",
        "author": issuer[0],
        "about": _("Awarded to %(name)s by %(issuer)s on %(day)s")
        % {"name": name, "issuer": issuer[0], "day": words.day(facts.awarded_on)},
        "parts": parts,
        "landscape": look.landscape,
        "colour": colour,
        "ink": ink,
        "logo": bool(look.logo),
        "logo_alt": _("Logo of %(issuer)s") % {"issuer": issuer[0]},
        "issuer": issuer,
        "kind": kind,
        "given_to": _("This is to certify that"),
        "awarded_to": _("Awarded to"),
        "name": name,
        "born": _("born on %(day)s") % {"day": words.day(facts.holder.born)} if facts.holder.born else "",
        "wording": own_wording if own_wording[0] else (_wording(facts.kind), ""),
        "own_wording": bool(own_wording[0]),
        "achievement": achievement,
        "brief": words.brief(facts),
        "place": words.clean(facts.place),
        "awarded_on": words.day(facts.awarded_on),
        "signatories": [
            {
                "name": words.clean(each.name),
                "function": words.said(each.function, wanted, facts.language),
            }
            for each in look.signatories[:MOST_SIGNATORIES]
        ],
        "number_label": _("Award number"),
        "number": words.award_number(facts),
        "address": address,
        "qr_alt": _("QR code that opens %(address)s") % {"address": address},
        "check": {
            "title": _("Is it genuine?"),
            "sentence": _("Scan the code or open this address to see whether it is still valid."),
        },
        "page_of": _("page {page} of {total}"),
        "supplement": {
            "kind": _supplement(facts.kind, kind),
            "intro": _(
                "This supplement describes what was achieved, so that schools and employers anywhere can "
                "understand it. It has no value of its own without the award that it belongs to."
            ),
        },
        "sections": list(_sections(facts, wanted)) if "supplement" in parts else [],
        "proofs": {
            "title": _("How to check that it is genuine"),
            "items": _proofs(address, attached, sealed),
        },
    }


def _supplement(kind: Kind, name: str) -> str:
    return (
        name if kind == Kind.SUPPLEMENT else _("Supplement to the award (%(kind)s)") % {"kind": name.lower()}
    )


def _wording(kind: Kind) -> str:
    """What stands between the name and the title, where the issuer has no words of its own."""
    return {
        Kind.DIPLOMA: _("has been awarded the diploma"),
        Kind.CERTIFICATE: _("has been awarded the certificate"),
        Kind.PARTIAL: _("has been awarded the partial qualification"),
        Kind.EXPERIENCE: _("has shown by experience"),
        Kind.MICRO: _("has been awarded the micro-credential"),
        Kind.SUPPLEMENT: _("has achieved"),
    }[kind]


def _proofs(address: str, attached: bool, sealed: bool) -> list[str]:
    found = []
    if address:
        found.append(
            _(
                "Scan the code, or open the address below it: the page compares the award with the register and says "
                "whether it is genuine and still valid."
            )
        )
    if attached:
        found.append(
            _(
                "The digital credential is attached to this file. It is signed by the awarding body, so that any "
                "change to it shows, and it can be checked without the awarding body."
            )
        )
    if sealed:
        found.append(
            _(
                "This file carries an electronic seal of the awarding body, which any reader of PDF files can check."
            )
        )
    return found


def _sections(facts: Facts, wanted: str) -> Iterator[dict[str, Any]]:
    """The sections of a supplement, which follow those of the Europass certificate and diploma supplements."""

    def told(text: Words) -> list[Said]:
        return [words.said(text, wanted, facts.language)]

    def plain(*values: str) -> list[Said]:
        return [(words.clean(value), "") for value in values if words.clean(value)]

    about = facts.achievement
    yield _facts(
        _("The holder"),
        [
            (_("Family name"), plain(facts.holder.family_name)),
            (_("Given name"), plain(facts.holder.given_name)),
            (_("Date of birth"), plain(words.day(facts.holder.born) if facts.holder.born else "")),
        ],
    )
    title = told(about.title)
    others = [
        (f"{words.clean(text)} ({words.language(code)})", code if words.LANGUAGE.match(code) else "")
        for code, text in about.title.items()
        if words.clean(text) and words.clean(text) != title[0][0]
    ]
    yield _facts(
        _("The achievement"),
        [
            (_("Title"), title),
            (_("Title in other languages"), others),
            (_("Kind"), plain(words.kind(facts.kind))),
            (_("Description"), told(about.description)),
            (_("Qualification"), plain(about.qualification)),
            (_("Field of education (ISCED-F 2013)"), plain(*about.fields)),
            (_("Language of instruction and assessment"), plain(words.language(about.language))),
        ],
    )
    yield _facts(
        _("Level and volume"),
        [
            (_("Level"), plain(words.level(facts.level))),
            (
                _("Framework"),
                plain(facts.level.framework if facts.level and "://" in facts.level.framework else ""),
            ),
            (_("Workload"), plain(words.hours(facts.hours))),
            (_("Credit"), plain(words.credit(facts.credit))),
        ],
    )
    yield {
        "title": _("Learning outcomes"),
        "none": _("Nothing is stated."),
        "groups": list(_groups(facts, wanted)),
    }
    yield _facts(_("Assessment and grading"), _assessed(facts.assessment, told, plain, told(about.criteria)))
    yield _facts(
        _("The award"),
        [
            (_("Award number"), plain(words.award_number(facts))),
            (_("Awarded on"), plain(words.day(facts.awarded_on))),
            (_("Place"), plain(facts.place)),
            (_("Valid from"), plain(words.day(facts.valid_from))),
            (_("Valid until"), plain(words.day(facts.valid_until) if facts.valid_until else _("no end"))),
            (_("Replaces the award"), plain(facts.replaces.removeprefix("urn:uuid:"))),
        ],
    )
    yield _facts(
        _("The awarding body"),
        [
            (_("Name"), told(facts.issuer.name)),
            (_("Country"), plain(facts.issuer.country)),
            (_("Registration number"), plain(facts.issuer.legal_id)),
            (_("Website"), plain(facts.issuer.website)),
            (_("Digital identity"), plain(facts.issuer.id)),
        ],
    )


def _facts(title: str, rows: Iterable[Row]) -> dict[str, Any]:
    """A section of names with their values; what is optional and missing is left out, an empty section says so."""
    kept = [(label, [value for value in values if value[0]]) for label, values in rows]
    told = [row for row in kept if row[1]]
    if not told:
        return {"title": title, "groups": [], "none": _("Nothing is stated.")}
    return {"title": title, "rows": told}


def _assessed(value: Assessment | None, told: Any, plain: Any, criteria: list[Said]) -> list[Row]:
    rows: list[Row] = []
    if value is not None:
        rows = [
            (_("Assessment"), told(value.title)),
            (_("Method"), plain(value.method)),
            (pgettext("result of an assessment", "Grade"), plain(value.grade)),
            (_("Assessed on"), plain(words.day(value.on) if value.on else "")),
            (_("Assessed by"), plain(value.by)),
        ]
    return [*rows, (_("What had to be shown"), criteria)]


def _groups(facts: Facts, wanted: str) -> Iterator[dict[str, Any]]:
    """The outcomes by kind, in the order of the European framework; those of no kind last."""
    for each in (*OutcomeKind, None):
        found = [outcome for outcome in facts.outcomes if outcome.kind == each]
        if found:
            yield {
                "title": words.outcome_kind(each)
                or (_("Other outcomes") if len(found) < len(facts.outcomes) else ""),
                "items": [words.said(outcome.title, wanted, facts.language) for outcome in found],
            }
