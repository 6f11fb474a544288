"""From the desk to a monitored plan: one immutable edition, and the live rows brought into line with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from gilde.core import audit, clock
from gilde.core.access import Actor, require
from gilde.core.changes import checked, with_fields
from gilde.core.errors import Invalid, Stale
from gilde.core.text import Text
from gilde.plans.access import can_monitor
from gilde.plans.models import Edition, Instrument, Plan, Reading, Value
from gilde.plans.services import editions, live
from gilde.plans.services.comparison import Comparison, compare
from gilde.plans.workflow import reading_workflow

# Words of addresses under /plans/ that no plan may take for itself.
RESERVED: Final = frozenset({"desk", "compare", "how-it-is-judged", "my-work", "coverage", "search", "new"})


@dataclass(frozen=True)
class Details:
    """What an officer says of the plan when publishing it; titles in the language of the document."""

    slug: str
    title: str
    short_title: str
    country: str = ""
    area: str = ""
    published_on: date | None = None
    period_start: int | None = None
    period_end: int | None = None
    source: str = ""
    instruments: Sequence[str] = field(default_factory=tuple)  # codes
    synthetic: bool = False


@dataclass(frozen=True)
class Outlook:
    """What publishing would do, for the page on which it is confirmed."""

    number: int  # of the edition that it would be
    measures: int
    unknown: int
    unlinked: int
    without_text: int  # sections that the document does not have or that are empty
    without_amount: int  # measures whose funding has no amount
    undated: int  # actions without a date of their own
    comparison: Comparison | None  # with the newest edition; None for a new plan


def outlook(reading: Reading, *, same: Collection[str] = ()) -> Outlook:
    """Return what publishing this reading now would do; nothing is stored."""
    content = editions.content_of(reading)
    before = editions.newest(reading.plan)
    measures = editions.measures_of(content)
    waiting = Value.objects.filter(reading=reading, status=Value.Status.UNKNOWN)
    dated = [{one.get("action") for one in item.get("dates") or []} for item in measures]
    return Outlook(
        number=before.number + 1 if before else 1,
        measures=len(measures),
        unknown=sum(live.unknown_ticks(item) for item in measures),
        unlinked=waiting.filter(kind=Value.Kind.BODY).count(),
        without_text=sum(
            not section["text"] for item in measures for section in (item.get("sections") or {}).values()
        ),
        without_amount=sum(
            not any(line.get("amount") is not None for line in item.get("funding") or []) for item in measures
        ),
        undated=sum(
            place not in own
            for item, own in zip(measures, dated, strict=True)
            for place in range(len(item["actions"]))
        ),
        comparison=compare(live.content_before(before), content, same=same) if before else None,
    )


def publish(
    actor: Actor,
    *,
    reading: Reading,
    details: Details,
    expects: int = 0,
    same: Collection[str] = (),
) -> Edition:
    """Return the edition that this reading became, with the plan and its live rows stored in one transaction.

    A second call gives the same edition. `expects` is the number of the newest edition that the officer
    saw (0 for none); `same` the numbers of measures that are one measure under a new title. Raises Refused,
    Invalid, and Stale when another edition was published or the reading left the desk in the meantime.
    """
    reading.refresh_from_db(fields=["state", "edition", "plan"])
    if reading.state == Reading.State.PUBLISHED and reading.edition:
        return reading.edition
    require(reading_workflow.can(actor, reading, "publish"))
    if reading.plan is not None:
        require(can_monitor(actor, reading.plan))
    with transaction.atomic():
        # Claims the reading: no value changes, and nobody else publishes it, before this transaction ends.
        rows = Reading.objects.filter(pk=reading.pk, state=Reading.State.OPEN).update(
            state=Reading.State.OPEN
        )
        reading.refresh_from_db(fields=["state", "edition", "plan"])
        if reading.state == Reading.State.PUBLISHED and reading.edition:
            return reading.edition
        if rows != 1:
            raise Stale(_("Somebody else put this reading aside in the meantime. Nothing was published."))
        content = editions.content_of(reading)
        if not editions.measures_of(content):
            raise Invalid(_("There is nothing to publish: every measure was left out."))
        plan, before = _plan(actor, reading, details)
        number = plan.editions.aggregate(last=Max("number"))["last"] or 0
        if number != expects:
            raise Stale(
                _("Edition %(number)s was published in the meantime. Compare with it, then publish again.")
                % {"number": number}
            )
        edition = Edition.objects.create(
            plan=plan,
            number=number + 1,
            document=reading.document,
            file_name=reading.file_name,
            content=content,
            content_hash=editions.content_hash(content),
            published_at=clock.now(),
            published_by=actor.pk,
        )
        counts = live.bring_into_line(actor, plan, edition, reading, same=same)
        audit.record(
            actor,
            "plans.edition.publish",
            edition,
            before=before,
            after={
                "plan": plan.pk,
                "number": edition.number,
                "content_hash": edition.content_hash,
                "document": reading.document.sha256,
                **counts,
            },
        )
        reading_workflow.apply(reading, "publish", actor=actor, edition_id=edition.pk, plan_id=plan.pk)
    return edition


def _plan(actor: Actor, reading: Reading, details: Details) -> tuple[Plan, Mapping[str, Any]]:
    """Return the plan with its details stored, and what they were before; a new one where there was none."""
    instruments = list(Instrument.objects.filter(code__in=list(details.instruments)))
    if missing := set(details.instruments) - {instrument.code for instrument in instruments}:
        raise Invalid(_("There is no instrument %(code)s here.") % {"code": ", ".join(sorted(missing))})
    language = reading.language
    fields: dict[str, Any] = {
        "country": details.country.upper(),
        "published_on": details.published_on,
        "period_start": details.period_start,
        "period_end": details.period_end,
        "language": language,
    }
    texts = {
        "title": details.title,
        "short_title": details.short_title,
        "area": details.area,
        "source": details.source,
    }
    if reading.plan is None:
        if details.slug in RESERVED:
            raise Invalid(
                _("“%(slug)s” is a page of Gilde. Choose another address.") % {"slug": details.slug}
            )
        plan = Plan(
            slug=details.slug,
            kind=reading.kind,
            owner=reading.organisation,
            synthetic=details.synthetic,
            **fields,
            **{name: Text.of(words, language) if words else Text() for name, words in texts.items()},
        )
        checked(plan)
        plan.save(force_insert=True)
        plan.instruments.set(instruments)
        audit.record(actor, "plans.plan.create", plan, after={"slug": plan.slug, **fields, **texts})
        return plan, {}
    plan = reading.plan
    if plan.kind != reading.kind:
        raise Invalid(_("The plan is of another kind than this document, so it cannot be its new edition."))
    before = {name: getattr(plan, name) for name in (*fields, *texts)}
    for name, words in texts.items():
        old: Text = before[name]
        # Words in other languages stay until they are translated anew, unless the words themselves changed.
        fields[name] = (
            old if old.words.get(language) == words else Text.of(words, language) if words else Text()
        )
    checked(with_fields(plan, fields))
    rows = Plan.objects.filter(pk=plan.pk, version=plan.version).update(**fields, version=F("version") + 1)
    if rows != 1:
        raise Stale(_("Somebody else changed this plan in the meantime. Reload the page and look again."))
    plan.refresh_from_db()
    plan.instruments.set(instruments)
    return plan, before
