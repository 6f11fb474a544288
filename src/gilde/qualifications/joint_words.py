"""Something built together in words: levels, what is covered, credit; the same on its page and in its documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gilde.core.components import Kind
from gilde.core.text import Text
from gilde.qualifications import vocabularies
from gilde.qualifications.comparison import Counts
from gilde.qualifications.comparison_rules import Status
from gilde.qualifications.coverage import LevelGap
from gilde.qualifications.described import LevelTold
from gilde.qualifications.joint_credit import Converted
from gilde.qualifications.models import Joint, Partner

STATE_KINDS: Final[dict[str, Kind]] = {
    Joint.State.DRAFT: "info",
    Joint.State.AGREED: "good",
    Joint.State.CLOSED: "none",
}


def covered_word(status: Status) -> str:
    """Return the word for how much of an outcome of the core a national qualification holds."""
    return {
        "shared": pgettext("outcome of the core", "Covered"),
        "partly": pgettext("outcome of the core", "Partly covered"),
        "missing": pgettext("outcome of the core", "Missing"),
    }[status]


def counts_words(counts: Counts | None) -> str:
    """Return how much of a core is covered: "7 of 8 outcomes covered, 1 partly, 0 missing"."""
    if counts is None:
        return _("cannot tell: no national qualification is chosen")
    return _("%(covered)s of %(total)s outcomes covered, %(partly)s partly, %(missing)s missing") % {
        "covered": counts.shared,
        "total": counts.total,
        "partly": counts.partly,
        "missing": counts.missing,
    }


def level_words(level: LevelTold | None) -> str:
    """Return a national level with its framework and the EQF level that it is referenced to."""
    if level is None:
        return ""
    told = {"framework": level.framework_name, "level": level.name or level.code}
    if level.eqf is None:
        return _("%(framework)s: %(level)s (not referenced to the EQF)") % told
    return _("%(framework)s: %(level)s (EQF level %(eqf)d)") % {**told, "eqf": level.eqf}


def gap_words(gap: LevelGap, aimed: int | None) -> str:
    """Return how far a national level is from the EQF level aimed at."""
    if aimed is None:
        return _("no EQF level is aimed at yet")
    if gap.gap is None:
        return _("cannot tell: no level, or none that is referenced to the EQF")
    if gap.gap == 0:
        return _("at the level aimed at")
    if gap.gap > 0:
        return ngettext(
            "%(n)d level below the one aimed at", "%(n)d levels below the one aimed at", gap.gap
        ) % {"n": gap.gap}
    return ngettext("%(n)d level above the one aimed at", "%(n)d levels above the one aimed at", -gap.gap) % {
        "n": -gap.gap
    }


def number(value: Decimal | int) -> str:
    """Return a number as the reader writes it, without zeros that say nothing."""
    return number_format(Decimal(value).normalize() + 0, force_grouping=True)


def points_words(credit: Converted | None) -> str:
    """Return points in one system; "about" tells that they are rounded to a hundredth."""
    if credit is None:
        return ""
    points = number(credit.points)
    return _("about %(points)s") % {"points": points} if credit.rounded else points


def hours_words(hours: Decimal | int | None) -> str:
    """Return hours of learning."""
    return _("%(hours)s hours") % {"hours": number(hours)} if hours is not None else ""


def system_name(code: str) -> Text:
    """Return the name of a credit system, its code where Gilde does not know it."""
    known = vocabularies.credit_systems().get(code)
    return known.name if known else Text.of(code)


def point_words(partner: Partner) -> str:
    """Return which credit system a partner counts in, and how many hours a point stands for there."""
    name = system_name(partner.credit_system)
    if partner.hours_per_credit is None:
        return _("%(system)s, hours in a point not told") % {"system": name}
    return _("%(system)s, %(hours)s hours in a point") % {
        "system": name,
        "hours": number(partner.hours_per_credit),
    }


def rounding_words() -> str:
    """Return how points are converted and rounded."""
    return _(
        "Points are converted by hours of learning and rounded to a hundredth of a point; “about” marks what was "
        "rounded. Totals are converted from the hours together, so that they are rounded only once."
    )
