"""The metrics of credentials: how many awards, how many of them count, are in a wallet, and are checked.

What is invented is never counted. The area is the country of the issuer. A correction counts as one award: the one that
was replaced is left out.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from gilde.core.metrics import PERCENT, Measured, metric
from gilde.core.periods import Period
from gilde.credentials.models import OUT, Award, CheckCount, Kept, State

_SOURCE = _("Awards and checks of this Gilde")
# The first day of the data model by which awards are issued: W3C Verifiable Credentials 2.0, 15 May 2025. Awards that
# were deposited may be older; they are counted by the day on which they came in.
_SINCE: Final = date(2025, 5, 15)
_NONE: Final = "none"


def _awards(period: Period, area: str) -> QuerySet[Award]:
    found = Award.objects.filter(
        state__in=sorted(OUT),
        synthetic=False,
        replaced_by=None,
        issued_at__date__gte=period.first_day,
        issued_at__date__lte=period.last_day,
    ).order_by()
    return found.filter(issuer__organisation__country=area) if area else found


def _by(awards: QuerySet[Award], column: str) -> dict[str, Measured]:
    rows = awards.values_list(column).annotate(number=Count("pk")).order_by(column)
    return {str(_NONE if value is None else value): Measured(number) for value, number in rows}


@metric(
    "credentials.awards",
    label=_("Awards"),
    unit=_("awards"),
    definition=_(
        "Awards that were issued or deposited in the period and are not invented, each counted once however often it "
        "was corrected. By kind, by level of the European Qualifications Framework, and by origin."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def awards(period: Period, area: str) -> Measured | None:
    """Return how many awards came in a period, by kind, EQF level and origin; None when none did."""
    found = _awards(period, area)
    number = found.count()
    if not number:
        return None
    return Measured(
        number,
        breakdowns={
            "kind": _by(found, "achievement__kind"),
            "level": _by(found, "achievement__eqf"),
            "origin": _by(found, "origin"),
        },
    )


@metric(
    "credentials.revoked",
    label=_("Awards that were revoked"),
    unit=PERCENT,
    definition=_(
        "Of the awards that were issued or deposited in the period, the share that is revoked today and was not "
        "replaced by a corrected one. By kind."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def revoked(period: Period, area: str) -> Measured | None:
    """Return the share of the awards of a period that are revoked now, by kind; None without awards."""
    found = _awards(period, area)
    rows = found.values_list("achievement__kind", "state").annotate(number=Count("pk"))
    counts: dict[str, list[int]] = {}
    for kind, state, number in rows:
        both = counts.setdefault(kind, [0, 0])
        both[0] += number if state == State.REVOKED else 0
        both[1] += number
    return _share(counts, "kind")


@metric(
    "credentials.in_wallets",
    label=_("Awards in a wallet"),
    unit=PERCENT,
    definition=_(
        "Of the awards that were issued or deposited in the period, the share that their holder keeps in a wallet of "
        "this Gilde today. By kind. What is kept in wallets elsewhere is not known."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def in_wallets(period: Period, area: str) -> Measured | None:
    """Return the share of the awards of a period that are in a wallet now, by kind; None without awards."""
    found = _awards(period, area).annotate(kept_now=Exists(Kept.objects.filter(award=OuterRef("pk"))))
    rows = found.values_list("achievement__kind", "kept_now").annotate(number=Count("pk"))
    counts: dict[str, list[int]] = {}
    for kind, kept, number in rows:
        both = counts.setdefault(kind, [0, 0])
        both[0] += number if kept else 0
        both[1] += number
    return _share(counts, "kind")


def _share(counts: dict[str, list[int]], dimension: str) -> Measured | None:
    if not counts:
        return None
    return Measured(
        sum(part for part, _all in counts.values()),
        sum(all_ for _part, all_ in counts.values()),
        {dimension: {name: Measured(part, all_) for name, (part, all_) in sorted(counts.items())}},
    )


@metric(
    "credentials.checks",
    label=_("Checks"),
    unit=_("checks"),
    definition=_(
        "Checks of credentials that anybody made here in the period, of issuers here and elsewhere. By what they came "
        "to, and by format. Who checked, and whom, is not kept; so there is no figure by country."
    ),
    source=_SOURCE,
    valid_from=_SINCE,
)
def checks(period: Period, area: str) -> Measured | None:
    """Return how many checks were made in a period, by answer and format; None for a country, and without checks."""
    if area:
        return None
    found = CheckCount.objects.filter(day__gte=period.first_day, day__lte=period.last_day).order_by()
    number = found.aggregate(number=Sum("number"))["number"]
    if not number:
        return None

    def by(column: str) -> dict[str, Measured]:
        rows = found.values_list(column).annotate(told=Sum("number")).order_by(column)
        return {str(value or _NONE): Measured(told) for value, told in rows}

    return Measured(number, breakdowns={"answer": by("answer"), "format": by("format")})
