"""What is wrong with a message as a whole: another dataset, no row of the indicator, far fewer figures than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from django.utils.translation import gettext as _

from gilde.indicators.checking.result import Checked, Found, Kind
from gilde.indicators.checking.wanted import Wanted

SHRUNK: Final = 0.5  # a load that holds less than this part of what was there is held
_SERIES_THAT_COUNT: Final = 4  # a series of fewer figures does not "shrink by half" by losing one or two


def before_reading(wanted: Wanted) -> Iterator[Found]:
    """Yield what can be told before the first row: another dataset, dimensions that are missing."""
    message = wanted.message
    expected = wanted.origin.dataflow if wanted.origin else ""
    # Gilde's own exports carry the code of the indicator.
    known = {_bare(expected), wanted.indicator.code}
    if message.dataflow and expected and _bare(message.dataflow) not in known:
        yield _other(
            _(
                "The file says that it is the dataset %(flow)s, and this indicator is of %(expected)s. "
                "Choose the indicator that it belongs to."
            )
            % {"flow": message.dataflow, "expected": expected}
        )
    for dimension in wanted.dimensions:
        if dimension.code not in message.dimensions and not dimension.total:
            yield _other(
                _("The file lacks the dimension “%(code)s” of this indicator.") % {"code": dimension.code}
            )
    for code, codes in wanted.selection.items():
        said = message.attributes.get(code)
        if code not in message.dimensions and said and said not in codes:
            yield _other(
                _(
                    "The figures of the file have %(code)s=%(said)s, and this indicator is %(code)s=%(wanted)s."
                )
                % {"code": code, "said": said, "wanted": "+".join(sorted(codes))}
            )


def after_reading(wanted: Wanted, others: Mapping[str, set[str]], count: int, rows: int) -> Iterator[Found]:
    """Yield what only the rows show: `count` of `rows` are of the indicator, `others` are dimensions left open."""
    for code, categories in others.items():
        if len(categories) > 1:
            yield _other(
                _(
                    "The file has several categories of “%(code)s” (%(some)s), and this indicator does not "
                    "say which of them it is. Select one under “Where figures come from”, or make it a dimension."
                )
                % {"code": code, "some": ", ".join(sorted(categories)[:5])}
            )
    if rows and not count:
        selected = ", ".join(f"{code}={'+'.join(sorted(codes))}" for code, codes in wanted.selection.items())
        yield _other(
            _(
                "None of the %(rows)d rows is of this indicator, which is %(selection)s. "
                "Choose the indicator that the file belongs to."
            )
            % {"rows": rows, "selection": selected or wanted.indicator.name}
        )


def shrunk(checked: Checked, current: Mapping[tuple[str, str], int]) -> Iterator[Found]:
    """Yield what a complete load would make vanish: half or more of all figures, or of a series.

    `current` counts the published figures of each (area, key) that the load speaks for.
    """
    incoming = checked.incoming
    counts = np.bincount(incoming.series, minlength=len(incoming.series_list))
    arriving = dict(zip(incoming.series_list, counts.tolist(), strict=False))
    before, after = sum(current.values()), sum(arriving.get(place, 0) for place in current)
    if before and after < SHRUNK * before:
        yield Found(
            Kind.SHRUNK,
            _(
                "Of %(before)d figures that are published only %(after)d are still there. "
                "Accept only if the source has really withdrawn the others."
            )
            % {"before": before, "after": after},
            whole=True,
            count=before - after,
        )
        return
    for (area, key), had in current.items():
        has = arriving.get((area, key), 0)
        if had >= _SERIES_THAT_COUNT and has < SHRUNK * had:
            yield Found(
                Kind.SHRUNK,
                _(
                    "The series of %(area)s had %(before)d figures and now has %(after)d. "
                    "Accept only if the source has really withdrawn them."
                )
                % {"area": f"{area} {key}".strip(), "before": had, "after": has},
                area=area,
                key=key,
                whole=True,
                count=had - has,
            )


def _other(sentence: str) -> Found:
    return Found(Kind.OTHER_INDICATOR, sentence, whole=True)


def _bare(flow: str) -> str:
    """Return the bare name of a dataset: "ESTAT:EDAT_LFSE_24(1.0)" is "edat_lfse_24"."""
    return flow.rpartition(":")[2].partition("(")[0].strip().lower()
