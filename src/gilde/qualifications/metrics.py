"""The metrics of qualifications: how many there are and how they stand, how long files take, what must be screened.

Except for the days in each state and enrolments, which carry their dates, Gilde keeps how things stand now and not how
they stood: for a period without today in it there is no data. What is invented is never counted. The area is a country.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gilde.core import clock
from gilde.core.metrics import PERCENT, Measured, metric
from gilde.core.periods import Period, SchoolYear
from gilde.qualifications import due, enrolments, vocabularies
from gilde.qualifications.models import (
    Enrolment,
    Linked,
    OutcomeConcept,
    OutcomeVersion,
    Programme,
    QualificationVersion,
    Stage,
)
from gilde.qualifications.models.qualifications import ON_REGISTER

_SOURCE = _("Qualifications and study programmes of this Gilde")
# The European Qualifications Framework, in the form in which Gilde holds levels: Council Recommendation, 22 May 2017.
_SINCE: Final = date(2017, 5, 22)
_NONE: Final = "none"  # the category of what has no level, no sector


def _is_now(period: Period) -> bool:
    return period.first_day <= clock.today() <= period.last_day


def _versions(area: str) -> QuerySet[QualificationVersion]:
    found = QualificationVersion.objects.filter(qualification__synthetic=False).order_by()
    return found.filter(qualification__country=area) if area else found


def _programmes(area: str) -> QuerySet[Programme]:
    found = Programme.objects.filter(synthetic=False).order_by()
    if not area:
        return found
    matrices = [each.code for each in vocabularies.matrices().values() if each.country == area]
    return found.filter(matrix__in=matrices)


def _counted(values: Iterable[object]) -> dict[str, Measured]:
    counts = Counter(_NONE if value in (None, "") else str(value) for value in values)
    return {value: Measured(counts[value]) for value in sorted(counts)}


@metric(
    "qualifications.qualifications",
    label=_("Qualifications"),
    unit=_("qualifications"),
    definition=_(
        "Qualifications that are not invented, each counted once: as the version that is on the register, else as the "
        "newest. By state, by level of the European Qualifications Framework, and by sector."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def qualifications(period: Period, area: str) -> Measured | None:
    """Return how many qualifications there are now, by state, EQF level and sector; None when there is none."""
    if not _is_now(period):
        return None
    current: dict[Any, tuple[Any, ...]] = {}
    rows = _versions(area).values_list(
        "qualification", "state", "number", "level__eqf", "qualification__sector"
    )
    for qualification, state, number, level, sector in rows:
        told = (state in ON_REGISTER, number, state, level, sector)
        current[qualification] = max(current.get(qualification, told), told, key=lambda each: each[:2])
    if not current:
        return None
    states, levels, sectors = zip(*((each[2:]) for each in current.values()), strict=True)
    return Measured(
        len(current),
        breakdowns={"state": _counted(states), "level": _counted(levels), "sector": _counted(sectors)},
    )


@metric(
    "qualifications.days_in_state",
    label=_("Days in a state"),
    unit=_("days"),
    definition=_(
        "Mean number of days that files stayed in a state, over the stays that ended in the period: the days between "
        "the day on which a stay began and the day on which it ended. By state, and the median by state beside it."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def days_in_state(period: Period, area: str) -> Measured | None:
    """Return the mean of the days in a state, with mean and median by state; None when no stay ended in the period."""
    stages = Stage.objects.filter(
        until__isnull=False,
        until__date__gte=period.first_day,
        until__date__lte=period.last_day,
        version__in=_versions(area).values("pk"),
    )
    stays: dict[str, list[int]] = {}
    for state, since, until in stages.order_by("state").values_list("state", "since", "until"):
        assert until is not None
        stays.setdefault(state, []).append((_day(until) - _day(since)).days)
    if not stays:
        return None
    everything = [days for state in stays.values() for days in state]
    return Measured(
        sum(everything),
        len(everything),
        {
            "state": {state: Measured(sum(days), len(days)) for state, days in stays.items()},
            "median": {state: Measured(_middle(days)) for state, days in stays.items()},
        },
    )


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _middle(days: list[int]) -> int | Decimal:
    found = Decimal(str(median(days)))
    return int(found) if found == found.to_integral_value() else found


@metric(
    "qualifications.programmes_to_screen",
    label=_("Programmes due for screening"),
    unit=_("programmes"),
    definition=_(
        "Study programmes that still run and whose screening is overdue or due in the school year of today. By "
        "standing: overdue, due this school year; not yet due, which is not part of the number."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def programmes_to_screen(period: Period, area: str) -> Measured | None:
    """Return how many programmes are overdue or due for screening now; None when no programme must be screened."""
    if not _is_now(period):
        return None
    today = clock.today()
    years = {code: each.screening_years for code, each in vocabularies.matrices().items()}
    found = _programmes(area).annotate(due_in=due.due_year(years)).filter(due.must_be_screened(today))
    counts = found.aggregate(
        **{standing.name: Count("pk", filter=due.stands(standing, today)) for standing in due.Standing}
    )
    if not sum(counts.values()):
        return None
    standings = {str(standing): Measured(counts[standing.name]) for standing in due.Standing}
    return Measured(
        counts[due.Standing.OVERDUE.name] + counts[due.Standing.THIS_YEAR.name],
        breakdowns={"standing": standings},
    )


@metric(
    "qualifications.share_mapped",
    label=_("Learning outcomes mapped to ESCO"),
    unit=PERCENT,
    definition=_(
        "Learning outcomes of qualifications on the register that have a confirmed link to ESCO, out of all learning "
        "outcomes of qualifications on the register. An outcome that several of them hold is counted once."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def share_mapped(period: Period, area: str) -> Measured | None:
    """Return the share of outcomes on the register with a confirmed link, by kind of outcome; None without any."""
    if not _is_now(period):
        return None
    on_register = _versions(area).filter(state__in=sorted(ON_REGISTER)).values("pk")
    held = OutcomeVersion.objects.filter(uses__unit__version__in=on_register).values("pk")
    confirmed = OutcomeConcept.objects.filter(
        outcome=OuterRef("pk"), scheme="esco", state=Linked.State.CONFIRMED
    )
    rows: Any = (
        OutcomeVersion.objects.filter(pk__in=held)
        .annotate(mapped=Exists(confirmed))
        .order_by("kind")
        .values_list("kind")
        .annotate(total=Count("pk"), having=Count("pk", filter=Q(mapped=True)))
    )
    kinds = {kind: Measured(having, total) for kind, total, having in rows}
    total = sum(part.denominator or 0 for part in kinds.values())
    having = sum(part.numerator for part in kinds.values())
    return Measured(having, total, {"kind": kinds}) if total else None


@metric(
    "qualifications.enrolments",
    label=_("Learners in study programmes"),
    unit=_("learners"),
    definition=_(
        "Learners of study programmes in the school years that begin in the period. Where a number for the whole "
        "programme is known it is counted; else those of the places that offer it are added up. By school year, "
        "finality, form and domain."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def enrolled(period: Period, area: str) -> Measured | None:
    """Return how many learners there were, by school year, finality, form and domain; None when nobody counted."""
    years = range(period.first_day.year, period.last_day.year + 1)
    begun = [year for year in years if period.first_day <= SchoolYear(year).first_day <= period.last_day]
    rows = Enrolment.objects.filter(programme__in=_programmes(area).values("pk"), school_year__in=begun)
    told = list(rows.values_list("programme", "school_year", "offer", "learners"))
    if not told:
        return None
    learners = enrolments.totals(
        (programme, year, offer is not None, n) for programme, year, offer, n in told
    )
    stand_in = {
        pk: dict(zip(("finality", "form", "domain"), cell, strict=True))
        for pk, *cell in Programme.objects.filter(pk__in={pk for pk, _year in learners}).values_list(
            "pk", "finality", "form", "domain"
        )
    }
    sums: dict[str, Counter[str]] = {
        name: Counter() for name in ("school_year", "finality", "form", "domain")
    }
    for (programme, year), count in learners.items():
        sums["school_year"][str(SchoolYear(year))] += count
        for name, code in stand_in[programme].items():
            sums[name][code] += count
    breakdowns = {
        name: {code: Measured(counts[code]) for code in sorted(counts)} for name, counts in sums.items()
    }
    return Measured(sum(learners.values()), breakdowns=breakdowns)
