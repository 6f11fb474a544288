"""From the tables to the facts of an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils.timezone import make_aware

from gilde.core.text import Text
from gilde.core.uris import uri
from gilde.credentials import facts, identity
from gilde.credentials.facts import Facts
from gilde.credentials.models import Achievement, AchievementOutcome, Award, Issuer


def words(text: Text) -> dict[str, str]:
    """Return a text by language, its source language first."""
    told = {language: said for language, said in text.words.items() if said}
    first = {text.source: told[text.source]} if text.source in told else {}
    return {**first, **told}


def body(issuer: Issuer) -> facts.Body:
    """Return an issuer as facts name it."""
    organisation = issuer.organisation
    return facts.Body(
        identity.did(issuer.slug),
        words(organisation.name),
        organisation.country,
        issuer.legal_id,
        organisation.website,
    )


def achievement(found: Achievement) -> facts.Achievement:
    """Return an achievement as facts name it; its address is stable."""
    return facts.Achievement(
        uri("achievement", found.pk),
        words(found.title),
        words(found.description),
        words(found.criteria),
        uri("qualification-version", found.qualification_id) if found.qualification_id else "",
        found.language,
        tuple(found.fields_of_study),
    )


def outcome(found: AchievementOutcome) -> facts.Outcome:
    """Return a learning outcome as facts name it."""
    return facts.Outcome(
        found.uri,
        words(found.title),
        facts.OutcomeKind(found.kind) if found.kind else None,
        tuple(found.skills),
    )


@dataclass(frozen=True)
class Template:
    """What all awards of an achievement have in common, told once where many are issued."""

    achievement: facts.Achievement
    issuer: facts.Body
    level: facts.Level | None
    outcomes: tuple[facts.Outcome, ...]
    credit: facts.Credit | None


def template_of(found: Achievement) -> Template:
    """Return what the awards of an achievement have in common."""
    credit = None
    if found.credit is not None:
        credit = facts.Credit(found.credit, found.credit_system or "ects")
    outcomes = tuple(outcome(each) for each in found.outcomes.all())
    return Template(achievement(found), body(found.issuer), _level(found), outcomes, credit)


def facts_of(award: Award, template: Template | None = None) -> Facts:
    """Return the facts of an award as its fields say them now; `template` spares queries where many are asked.

    What an issued award said when it was issued stands in `award.facts`.
    """
    template = template or template_of(award.achievement)
    holder = award.holder
    left_out = set(award.left_out)
    return Facts(
        id=identity.award_urn(award.pk),
        kind=facts.Kind(award.achievement.kind),
        achievement=template.achievement,
        holder=facts.Person(
            identity.award_urn(holder.pk), holder.given_name, holder.family_name, holder.born
        ),
        issuer=template.issuer,
        awarded_on=award.awarded_on,
        valid_from=_whole(award.valid_from),
        valid_until=_whole(award.valid_until) if award.valid_until else None,
        assessment=_assessment(award),
        level=template.level,
        outcomes=tuple(each for each in template.outcomes if each.id not in left_out),
        hours=award.achievement.hours,
        credit=template.credit,
        language=award.language,
        place=award.place,
        replaces=identity.award_urn(award.replaces_id) if award.replaces_id else "",
    )


def valid_from(day: date) -> datetime:
    """Return the moment from which an award of a day counts: its beginning, where Gilde is."""
    return make_aware(datetime.combine(day, time())).astimezone(UTC)


def valid_until(template: Achievement, day: date) -> datetime | None:
    """Return when an award of a day expires by its template: the end of the last day, or None."""
    if template.valid_months is None:
        return None
    month = day.month - 1 + template.valid_months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    until = date(year, month, min(day.day, last))
    return valid_from(until + timedelta(days=1)) - timedelta(seconds=1)


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _level(template: Achievement) -> facts.Level | None:
    if not (template.framework or template.level or template.eqf):
        return None
    return facts.Level(template.framework, template.level, template.eqf)


def _assessment(award: Award) -> facts.Assessment | None:
    template = award.achievement
    if not (template.assessment or award.grade or award.assessed_on or award.assessed_by):
        return None
    return facts.Assessment(
        words(template.assessment) or words(template.title),
        template.assessment_method,
        award.grade,
        award.assessed_on,
        award.assessed_by,
    )
