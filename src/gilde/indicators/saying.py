"""How an area stands, said in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.indicators.judgement import Doubt, Judged
from gilde.indicators.models import Indicator, Target
from gilde.indicators.models.targets import Status
from gilde.indicators.thresholds import rules_on

if TYPE_CHECKING:
    from gilde.indicators.standings import Stand

SPACE = "\N{NO-BREAK SPACE}"


def sentence(stand: Stand) -> str:
    """Return in the reader's language how it stands and why, in one or two plain sentences."""
    told = _by_method(stand)
    if stand.signed is not None:
        told = _("%(status)s, by a judgement signed on %(day)s: %(ground)s") % {
            "status": _opened(str(stand.status.label)),
            "day": date_format(timezone.localtime(stand.signed.at), "DATE_FORMAT"),
            "ground": _closed(stand.signed.ground),
        }
        if stand.signed_is_older:
            told += " " + _("Figures published since are not in it.")
        if stand.judged.status != stand.status:
            told += " " + _("By the method alone: %(status)s.") % {"status": stand.judged.status.label}
    if stand.borrowed:
        told += " " + _("The target is that of %(area)s.") % {"area": stand.target.area}
    return told


def aimed(target: Target, indicator: Indicator) -> str:
    """Return what a target asks for: “at least 82 % by 2030”."""
    words = {
        Target.Comparison.AT_LEAST: _("at least %(value)s by %(year)s"),
        Target.Comparison.AT_MOST: _("at most %(value)s by %(year)s"),
    }[Target.Comparison(target.comparison)]
    return words % {"value": amount(target.value, indicator), "year": target.year}


def amount(value: float, indicator: Indicator) -> str:
    """Return a value with its unit, as many decimals as the indicator shows."""
    unit = str(indicator.unit_label)
    return _number(value, indicator) + (f"{SPACE}{unit}" if unit else "")


def difference(value: float, indicator: Indicator, *, signed: bool = False) -> str:
    """Return a change or a distance with its unit: between percentages these are percentage points."""
    sign = "+" if signed and float(_plain(value, indicator)) > 0 else ""
    if indicator.unit == "PC":
        shown = abs(float(_plain(value, indicator)))
        return f"{sign}{_number(value, indicator)}{SPACE}" + (
            _("percentage point") if shown == 1 else _("percentage points")
        )
    return sign + amount(value, indicator)


def _by_method(stand: Stand) -> str:
    judged, indicator = stand.judged, stand.indicator
    aim = aimed(stand.target, indicator)
    if judged.doubts:
        told = _("Cannot tell: %(reasons)s.") % {"reasons": "; ".join(_reasons(judged))}
        if judged.missed:
            return _missed(judged, indicator, aim) + " " + told
        return told + _standing(judged, indicator, aim)
    assert judged.latest is not None
    assert judged.latest.value is not None
    if judged.status == Status.REACHED:
        return _("Reached: %(value)s in %(period)s, and the target is %(aim)s.") % {
            "value": amount(judged.latest.value, indicator),
            "period": judged.latest.period,
            "aim": aim,
        }
    opening = _missed(judged, indicator, aim) if judged.missed else _opened(str(judged.status.label)) + "."
    return opening + " " + _moving(judged, indicator)


def _standing(judged: Judged, indicator: Indicator, aim: str) -> str:
    """Return where it stands all the same, where that can be said."""
    if judged.distance is None or judged.latest is None or judged.latest.value is None:
        return ""
    words = {
        "value": amount(judged.latest.value, indicator),
        "period": judged.latest.period,
        "distance": difference(abs(judged.distance), indicator),
        "aim": aim,
    }
    if judged.distance > 0:
        return " " + _("It is %(value)s in %(period)s, %(distance)s from the target (%(aim)s).") % words
    return " " + _("It is %(value)s in %(period)s, and the target is %(aim)s.") % words


def _missed(judged: Judged, indicator: Indicator, aim: str) -> str:
    assert judged.latest is not None
    assert judged.latest.value is not None
    return _("Not reached: %(value)s in %(period)s, and the target was %(aim)s.") % {
        "value": amount(judged.latest.value, indicator),
        "period": judged.latest.period,
        "aim": aim,
    }


def _moving(judged: Judged, indicator: Indicator) -> str:
    """Return how it moves, how that compares with what is needed, and where it leads."""
    assert judged.actual is not None
    assert judged.start is not None
    words = {
        "since": judged.start.period,
        "actual": difference(judged.actual, indicator, signed=True),
        "pace": _pace(judged),
        "year": judged.aim.year,
    }
    if judged.projected is None or judged.low is None or judged.high is None:
        return _("From %(since)s to %(year)s it changed by %(actual)s a year, %(pace)s.") % words
    words |= {
        "projected": amount(judged.projected, indicator),
        "low": _number(judged.low, indicator),
        "high": _number(judged.high, indicator),
    }
    return (
        _(
            "Since %(since)s it changes by %(actual)s a year, %(pace)s; "
            "if that goes on, it comes to %(projected)s in %(year)s (%(low)s to %(high)s)."
        )
        % words
    )


def _pace(judged: Judged) -> str:
    if judged.pace is None or judged.pace < 0:
        return _("away from the target")
    # Rounded down, so that 94.9 % does not read as the 95 % that would have been enough.
    told = _("%(pace)s %% of the pace that is needed") % {"pace": _share(judged.pace)}
    if judged.status == Status.NO_PROGRESS and judged.rules is not None:
        return _("%(told)s, and less than %(least)s %% counts as no progress") % {
            "told": told,
            "least": _share(float(judged.rules.too_slow)),
        }
    return told


def _share(share: float) -> str:
    return number_format(math.floor(round(share * 100, 6)), 0)


def _reasons(judged: Judged) -> list[str]:
    """Return a clause for each doubt, that of too few figures within that of the break where there is one."""
    period = judged.latest.period if judged.latest is not None else ""
    told = []
    for doubt in judged.doubts:
        match doubt:
            case Doubt.NO_FIGURES:
                told.append(_("there are no figures"))
            case Doubt.OTHER_SCOPE:
                told.append(_("the target counts others than the figures do"))
            case Doubt.UNRELIABLE:
                told.append(_("the source calls the figure of %(period)s unreliable") % {"period": period})
            case Doubt.OTHER_DEFINITION:
                told.append(_("the definition differs for the figure of %(period)s") % {"period": period})
            case Doubt.AFTER_THE_YEAR:
                told.append(_("there is no figure for the end of %(year)s") % {"year": judged.aim.year})
            case Doubt.BREAK:
                told.append(
                    _("the series is broken in %(periods)s, and figures are not compared across a break")
                    % {"periods": listed(judged.broken_in)}
                )
            case Doubt.TOO_FEW:
                told.append(_few(judged))
    return told


def _few(judged: Judged) -> str:
    count = len(judged.compared)
    if Doubt.BREAK in judged.doubts:
        words = ngettext(
            "since then there is %(n)s figure to compare, and %(needed)s are needed",
            "since then there are %(n)s figures to compare, and %(needed)s are needed",
            count,
        )
    else:
        words = ngettext(
            "there is %(n)s figure to compare, and %(needed)s are needed",
            "there are %(n)s figures to compare, and %(needed)s are needed",
            count,
        )
    return words % {"n": count, "needed": (judged.rules or rules_on()).observations}


def listed(words: Sequence[str]) -> str:
    """Return words in a row: “2021 and 2024”."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _plain(value: float, indicator: Indicator) -> str:
    return f"{value:.{indicator.decimals}f}"


def _number(value: float, indicator: Indicator) -> str:
    told = _plain(value, indicator)
    # What rounds to zero has no sign.
    return number_format(
        told.lstrip("-") if float(told) == 0 else told, indicator.decimals, force_grouping=True
    )


def _opened(words: str) -> str:
    return words[:1].upper() + words[1:]


def _closed(words: str) -> str:
    told = words.strip()
    return told if told.endswith((".", "!", "?", "…")) else f"{told}."
