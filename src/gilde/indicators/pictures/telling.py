"""What pictures show, in sentences for who cannot see them: made of the same figures, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.indicators.comparison import Comparison, Side
from gilde.indicators.figures import Figure, Line
from gilde.indicators.models import Indicator
from gilde.indicators.pictures.common import value_of
from gilde.indicators.saying import amount, difference, listed
from gilde.indicators.standings import Stand
from gilde.indicators.words import UNSURE, flag_words

_MOST_NAMED = 3  # more than this is counted instead of listed


def of_line(line: Line, name: str) -> str:
    """Return how a series goes, stretch by stretch between its breaks, and what cannot be compared."""
    indicator = line.indicator
    parts = _stretches(line.figures)
    if not parts:
        return _("%(name)s has no figures.") % {"name": name}
    told = [_goes(indicator, parts[0], name)]
    told += [_goes_on(indicator, part) for part in parts[1:]]
    breaks = [part[0].period for part in parts[1:]]
    if breaks:
        words = ngettext(
            "Figures before and after the break in %(periods)s cannot be compared.",
            "Figures before and after the breaks in %(periods)s cannot be compared.",
            len(breaks),
        )
        told.append(words % {"periods": listed(breaks)})
    last = parts[-1][-1]
    if unsure := "".join(flag for flag in last.flags if flag in UNSURE):
        told.append(
            _("The figure of %(period)s is: %(flags)s.")
            % {"period": last.period, "flags": flag_words(unsure)}
        )
    return " ".join([*told, *_missing(line.figures)])


def of_others(indicator: Indicator, lines: Sequence[Line]) -> str:
    """Return how many other series there are and between what they lie, in the newest period of most of them."""
    lasts = [(value, line) for line in lines if (value := value_of(line.last)) is not None]
    if not lasts:
        return ""
    low, high = min(lasts, key=lambda pair: pair[0]), max(lasts, key=lambda pair: pair[0])
    words = ngettext(
        "%(n)s other is drawn in grey; its newest figure is %(low)s (%(lowest)s).",
        "%(n)s others are drawn in grey; their newest figures lie between %(low)s (%(lowest)s) and "
        "%(high)s (%(highest)s).",
        len(lasts),
    )
    return words % {
        "n": len(lasts),
        "low": amount(low[0], indicator),
        "lowest": low[1].area,
        "high": amount(high[0], indicator),
        "highest": high[1].area,
    }


def of_stand(stand: Stand) -> str:
    """Return how far the target is away, and where the trend leads when that can be told."""
    indicator, judged = stand.indicator, stand.judged
    words: dict[str, object] = {"target": amount(stand.target.value, indicator), "year": stand.target.year}
    if judged.distance is None:
        told = _("The target is %(target)s for %(year)s.") % words
    elif judged.distance > 0:
        words["distance"] = difference(judged.distance, indicator)
        told = _("The target of %(target)s for %(year)s is %(distance)s away.") % words
    else:
        told = _("The target of %(target)s for %(year)s is reached.") % words
    if judged.projected is not None and judged.low is not None and judged.high is not None:
        words |= {
            "projected": amount(judged.projected, indicator),
            "low": amount(judged.low, indicator),
            "high": amount(judged.high, indicator),
        }
        told += (
            " "
            + _("If the trend goes on, it comes to %(projected)s in %(year)s, between %(low)s and %(high)s.")
            % words
        )
    return told


def of_multiples(indicator: Indicator, lines: Sequence[Line], repeated: Line | None) -> str:
    """Return what small multiples show: how many, the extremes, and where series are broken."""
    told = [
        ngettext("One small chart.", "%(n)s small charts side by side, all on the same axes.", len(lines))
        % {"n": len(lines)}
    ]
    if repeated is not None:
        told.append(_("%(name)s stands in each of them for comparison.") % {"name": repeated.area})
    lasts = [(value, line) for line in lines if (value := value_of(line.last)) is not None]
    if len(lasts) > 1:
        low, high = min(lasts, key=lambda pair: pair[0]), max(lasts, key=lambda pair: pair[0])
        told.append(
            _("The newest figure is highest in %(highest)s (%(high)s) and lowest in %(lowest)s (%(low)s).")
            % {
                "highest": high[1].area,
                "high": amount(high[0], indicator),
                "lowest": low[1].area,
                "low": amount(low[0], indicator),
            }
        )
    broken = [str(line.area) for line in lines if len(_stretches(line.figures)) > 1]
    if broken:
        told.append(_broken(broken))
    return " ".join(told)


def of_comparison(found: Comparison, seen: Sequence[str]) -> str:
    """Return who is first and last, where the highlighted areas stand, and who is not ranked."""
    shown = [side for side in found.ranked() if side.figure is not None and side is not found.union]
    ranked = [side for side in shown if side.rank is not None]
    told = [
        ngettext("%(n)s area in %(period)s.", "%(n)s areas in %(period)s.", len(shown))
        % {"n": len(shown), "period": found.period}
    ]
    if len(ranked) > 1:
        words = _("First is %(best)s with %(high)s, last %(worst)s with %(low)s.")
        told.append(
            words
            % {
                "best": ranked[0].area,
                "high": _amount(ranked[0]),
                "worst": ranked[-1].area,
                "low": _amount(ranked[-1]),
            }
        )
    told += [_placed(side, found) for side in shown if side.area.code in seen]
    if found.union is not None and found.union.figure is not None:
        told.append(
            _("%(name)s is at %(value)s.") % {"name": found.union.area, "value": _amount(found.union)}
        )
    unranked = [str(side.area) for side in shown if side.rank is None]
    if unranked and ranked:
        words = ngettext("%(names)s is not ranked.", "%(names)s are not ranked.", len(unranked))
        told.append(words % {"names": _names(unranked)})
    return " ".join(told)


def of_map(indicator: Indicator, told: Sequence[tuple[float, Line]], period: str, without: int) -> str:
    """Return between what the figures of a map lie, and for how many areas there is none."""
    if not told:
        return _("There is no figure for any area of the map.")
    low, high = min(told, key=lambda pair: pair[0]), max(told, key=lambda pair: pair[0])
    said = [
        ngettext(
            "A map of %(n)s area in %(period)s: %(low)s in %(lowest)s.",
            "A map of %(n)s areas in %(period)s: from %(low)s in %(lowest)s to %(high)s in %(highest)s.",
            len(told),
        )
        % {
            "n": len(told),
            "period": period,
            "low": amount(low[0], indicator),
            "lowest": low[1].area,
            "high": amount(high[0], indicator),
            "highest": high[1].area,
        }
    ]
    if without:
        said.append(
            ngettext("For %(n)s area there is no figure.", "For %(n)s areas there is no figure.", without)
            % {"n": without}
        )
    return " ".join(said)


def _stretches(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Return the figures with a value between breaks; a break at a missing figure parts those around it too."""
    parts: list[list[Figure]] = []
    broken = True
    for figure in figures:
        broken = broken or figure.is_break
        if value_of(figure) is None:
            continue
        if broken:
            parts.append([])
        parts[-1].append(figure)
        broken = False
    return parts


def _goes(indicator: Indicator, part: Sequence[Figure], name: str) -> str:
    words = {**_ends(indicator, part), "name": name}
    if len(part) == 1:
        return _("%(name)s is at %(last)s in %(end)s.") % words
    match _way(indicator, part):
        case 1:
            return _("%(name)s rises from %(first)s in %(start)s to %(last)s in %(end)s.") % words
        case -1:
            return _("%(name)s falls from %(first)s in %(start)s to %(last)s in %(end)s.") % words
    return _("%(name)s is at %(last)s in %(end)s as in %(start)s.") % words


def _goes_on(indicator: Indicator, part: Sequence[Figure]) -> str:
    words = _ends(indicator, part)
    if len(part) == 1:
        return _("After a break it is at %(last)s in %(end)s.") % words
    match _way(indicator, part):
        case 1:
            return _("After a break it rises from %(first)s in %(start)s to %(last)s in %(end)s.") % words
        case -1:
            return _("After a break it falls from %(first)s in %(start)s to %(last)s in %(end)s.") % words
    return _("After a break it is at %(last)s in %(end)s as in %(start)s.") % words


def _ends(indicator: Indicator, part: Sequence[Figure]) -> dict[str, object]:
    first, last = part[0], part[-1]
    assert first.value is not None
    assert last.value is not None
    return {
        "first": amount(first.value, indicator),
        "start": first.period,
        "last": amount(last.value, indicator),
        "end": last.period,
    }


def _way(indicator: Indicator, part: Sequence[Figure]) -> int:
    """Return 1 for up, -1 for down, 0 when the ends read the same."""
    first, last = (round(figure.value or 0.0, indicator.decimals) for figure in (part[0], part[-1]))
    return (last > first) - (last < first)


def _missing(figures: Sequence[Figure]) -> list[str]:
    without = [figure.period for figure in figures if value_of(figure) is None]
    if not without:
        return []
    if len(without) <= _MOST_NAMED:
        return [_("There is no figure for %(periods)s.") % {"periods": listed(without)}]
    words = ngettext(
        "For %(n)s period there is no figure.", "For %(n)s periods there is no figure.", len(without)
    )
    return [words % {"n": len(without)}]


def _broken(names: Sequence[str]) -> str:
    words = ngettext(
        "The series of %(names)s is broken: figures before and after cannot be compared.",
        "The series of %(names)s are broken: figures before and after cannot be compared.",
        len(names),
    )
    return words % {"names": _names(names)}


def _names(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMED:
        return listed(names)
    return ngettext("%(n)s area", "%(n)s areas", len(names)) % {"n": len(names)}


def _amount(side: Side) -> str:
    assert side.figure is not None
    assert side.figure.value is not None
    return amount(side.figure.value, side.line.indicator)


def _placed(side: Side, found: Comparison) -> str:
    words = {"name": side.area, "value": _amount(side), "rank": side.rank, "peers": side.peers}
    told = (
        _("%(name)s is number %(rank)s of %(peers)s with %(value)s")
        if side.rank is not None
        else _("%(name)s is at %(value)s")
    ) % words
    if side.apart is None or found.union is None:
        return f"{told}."
    words = {"told": told, "apart": difference(abs(side.apart), found.indicator), "union": found.union.area}
    if round(side.apart, found.indicator.decimals) > 0:
        return _("%(told)s, %(apart)s above %(union)s.") % words
    if round(side.apart, found.indicator.decimals) < 0:
        return _("%(told)s, %(apart)s below %(union)s.") % words
    return _("%(told)s, as much as %(union)s.") % words
