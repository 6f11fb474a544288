"""Reported figures: an officer types them with their evidence, another approves, and only then are they public."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day
from typing import IO, Any, Final

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit, clock, documents
from gilde.core.access import Actor, require
from gilde.core.changes import changed, checked, moved, not_in_the_future
from gilde.core.errors import Invalid
from gilde.core.reviewed import decision
from gilde.indicators import periods
from gilde.indicators.access import can_manage, can_rewrite
from gilde.indicators.dimensions import dimensions_of, key_of
from gilde.indicators.figures import MISSING
from gilde.indicators.incoming import Arriving, Incoming
from gilde.indicators.models import Area, Indicator, Release, ReportedFigure
from gilde.indicators.numbers import said_number
from gilde.indicators.publishing import Provenance, publish
from gilde.indicators.workflow import reported_workflow

PERCENT: Final = "PC"
# What an officer may say of a figure, of the letters of `Observation.flags`.
FLAGS: Final = "bdepu" + MISSING


@dataclass(frozen=True)
class ReportedData:
    """A figure as it is reported: `value` in the unit of the indicator, `breakdown` by dimension, and its evidence.

    Without a value it is computed from numerator and denominator where the unit is percent. Evidence is a file, or a
    link with the day on which it was looked at, or both.
    """

    area: Area
    period: str
    source: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    flags: str = ""
    breakdown: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    retrieved_on: Day | None = None
    file: bytes | File[bytes] | IO[bytes] | None = None
    file_name: str = ""
    note: str = ""


def add_reported(
    *, actor: Actor, indicator: Indicator, data: ReportedData, synthetic: bool = False
) -> ReportedFigure:
    """Return a new figure as a draft of the actor. Raises Refused, Invalid, and what `documents.store` raises."""
    require(can_manage(actor, indicator))
    with transaction.atomic():
        fields = _fields(actor, indicator, data)
        figure = ReportedFigure(indicator=indicator, author=actor.pk, synthetic=synthetic, **fields)
        checked(figure, exclude=[] if actor.pk is not None else ["author"])
        figure.save(force_insert=True)
        # The name of the file stays out of the event, because people put names in those.
        told = {k: v for k, v in fields.items() if k not in ("file_name", "area", "document")}
        document = fields["document"]
        audit.record(
            actor,
            "indicators.reported.add",
            figure,
            after={
                "indicator": indicator.code,
                "area": data.area.pk,
                "document": str(document.pk) if document else None,
                **told,
            },
        )
    return figure


def change_reported(
    *, actor: Actor, figure: ReportedFigure, version: int, data: ReportedData
) -> ReportedFigure:
    """Return the figure as its author changed it, if it still has `version` and is not being decided on.

    A file stays when none is given. Raises Refused, Invalid, Stale, and what `documents.store` raises.
    """
    require(can_rewrite(actor, figure))
    with transaction.atomic():
        fields = _fields(actor, figure.indicator, data, kept=figure)
        file_name = fields.pop("file_name")
        changed(figure, fields, actor=actor, event="indicators.reported.change", version=version)
        ReportedFigure.objects.filter(pk=figure.pk).update(file_name=file_name)
        figure.file_name = file_name
    return figure


def submit_reported(*, actor: Actor, figure: ReportedFigure, version: int | None = None) -> ReportedFigure:
    """Return the figure, handed to an approver. Raises Refused, Stale."""
    return moved(
        reported_workflow,
        figure,
        "submit",
        actor=actor,
        version=version,
        submitted_at=clock.now(),
        decided_by=None,
        decided_at=None,
    )


def withdraw_reported(*, actor: Actor, figure: ReportedFigure, version: int | None = None) -> ReportedFigure:
    """Return the figure, taken back by its author as a draft. Raises Refused, Stale."""
    return moved(reported_workflow, figure, "withdraw", actor=actor, version=version, submitted_at=None)


def approve_reported(
    *, actor: Actor, figure: ReportedFigure, ground: str = "", version: int | None = None
) -> ReportedFigure:
    """Return the figure, approved by another than its author and published in the same transaction.

    Its `release` stays empty when exactly this figure was public already. Raises Refused, Stale, and Invalid when the
    indicator no longer takes the figure as it is; nothing is approved then.
    """
    with transaction.atomic():
        moved(reported_workflow, figure, "approve", actor=actor, version=version, **decision(actor, ground))
        indicator = figure.indicator
        _check_indicator(indicator)
        _check_value(indicator, figure.value, figure.numerator, figure.denominator)
        release = publish(
            actor=actor,
            indicator=indicator,
            incoming=Incoming.of([_arriving(figure)]),
            provenance=Provenance(
                kind=Release.Kind.REPORT,
                source=figure.source,
                retrieved_at=figure.submitted_at,
                url=figure.url,
                document=figure.document,
            ),
        )
        if release is not None:
            ReportedFigure.objects.filter(pk=figure.pk).update(release=release)
            figure.release = release
    return figure


def return_reported(
    *, actor: Actor, figure: ReportedFigure, ground: str, version: int | None = None
) -> ReportedFigure:
    """Return the figure, sent back to its author with the ground. Raises Refused, Invalid, Stale."""
    if not ground.strip():
        raise Invalid(_("Ground of the decision: say what is missing, so that it can be put right."))
    return moved(reported_workflow, figure, "return", actor=actor, version=version, **decision(actor, ground))


def _arriving(figure: ReportedFigure) -> Arriving:
    return Arriving(
        figure.area_id,
        figure.key,
        figure.period,
        figure.value,
        figure.flags,
        figure.numerator,
        figure.denominator,
    )


def _fields(
    actor: Actor, indicator: Indicator, data: ReportedData, kept: ReportedFigure | None = None
) -> dict[str, Any]:
    _check_indicator(indicator)
    flags = _flags(data)
    value = None if MISSING in flags else _value(indicator, data)
    if MISSING not in flags:
        _check_value(indicator, value, data.numerator, data.denominator)
    fields = {
        "area": data.area,
        "key": _key(indicator, data.breakdown),
        "period": _period(indicator, data.period),
        "value": value,
        "numerator": data.numerator,
        "denominator": data.denominator,
        "flags": flags,
        "source": data.source.strip(),
        "note": data.note.strip(),
    }
    return {**fields, **_evidence(actor, data, kept)}


def _check_indicator(indicator: Indicator) -> None:
    if indicator.kind != Indicator.Kind.REPORTED:
        raise Invalid(
            _("“%(indicator)s” takes no reported figures: its kind is “%(kind)s”.")
            % {"indicator": indicator, "kind": indicator.get_kind_display()}
        )


def _period(indicator: Indicator, words: str) -> str:
    """Return the period as it is stored; raise Invalid for one of another frequency or one that lies ahead."""
    try:
        period = periods.parse(words, indicator.frequency)
    except Invalid as error:
        raise Invalid(error.sentence, fields={"period": [error.sentence]}) from error
    if period.first_day > clock.today():
        raise _wrong(
            "period", _("%(period)s has not begun yet. Report a period that has.") % {"period": period}
        )
    return str(period)


def _key(indicator: Indicator, breakdown: Mapping[str, str]) -> str:
    dimensions = dimensions_of(indicator)
    for dimension in dimensions:
        category = breakdown.get(dimension.code, "")
        if category and dimension.categories and category not in dimension.categories:
            raise Invalid(
                _("%(dimension)s: there is no category “%(code)s”. There are: %(known)s.")
                % {
                    "dimension": dimension.name or dimension.code,
                    "code": category,
                    "known": ", ".join(dimension.categories),
                }
            )
    return key_of(breakdown, dimensions)


def _flags(data: ReportedData) -> str:
    if unknown := sorted(set(data.flags) - set(FLAGS)):
        raise _wrong("flags", _("There is no flag “%(flag)s”.") % {"flag": unknown[0]})
    if MISSING in data.flags and data.value is not None:
        raise _wrong(
            "value",
            _("You say that there is no figure, and give one. Leave the value empty, or take the mark away."),
        )
    return "".join(sorted(set(data.flags)))


def _value(indicator: Indicator, data: ReportedData) -> float:
    if data.value is not None:
        return data.value
    if indicator.unit == PERCENT and data.numerator is not None and data.denominator:
        return 100 * data.numerator / data.denominator
    raise _wrong("value", _("Give the value, or mark that there is no figure for this period."))


def _check_value(
    indicator: Indicator, value: float | None, numerator: float | None, denominator: float | None
) -> None:
    """Raise Invalid for a value outside the bounds of the indicator, and for a share that its parts do not make."""
    if value is None:
        return
    low, high = indicator.minimum, indicator.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = _bounds(low, high)
        raise _wrong(
            "value",
            _("%(value)s cannot be: a value of this indicator is %(bounds)s.")
            % {"value": said_number(value), "bounds": bounds},
        )
    if (numerator is None) != (denominator is None):
        raise _wrong(
            "denominator" if denominator is None else "numerator",
            _("Give both the numerator and the denominator, or neither."),
        )
    if numerator is None or denominator is None:
        return
    if denominator <= 0:
        raise _wrong("denominator", _("The denominator has to be greater than 0."))
    if indicator.unit != PERCENT:
        return
    share = 100 * numerator / denominator
    if abs(share - value) > 0.5 * 10**-indicator.decimals + 1e-9:
        raise _wrong(
            "value",
            _(
                "You give %(value)s %%, but %(numerator)s of %(denominator)s is %(share)s %%. "
                "Correct one of them, or leave the value empty and it is computed."
            )
            % {
                "value": said_number(value),
                "numerator": said_number(numerator),
                "denominator": said_number(denominator),
                "share": said_number(round(share, indicator.decimals + 2)),
            },
        )


def _bounds(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return _("between %(low)s and %(high)s") % {"low": said_number(low), "high": said_number(high)}
    if low is not None:
        return _("at least %(low)s") % {"low": said_number(low)}
    return _("at most %(high)s") % {"high": said_number(high or 0.0)}


def _evidence(actor: Actor, data: ReportedData, kept: ReportedFigure | None) -> dict[str, Any]:
    """Return the columns of the evidence: a file that is new or was there, a link with its day, or both."""
    document, file_name = (kept.document, kept.file_name) if kept is not None else (None, "")
    if data.file is not None:
        document = documents.store(actor, file=data.file, name=data.file_name)
        file_name = documents.clean_name(data.file_name)
    retrieved = None
    if data.url:
        retrieved = data.retrieved_on or clock.today()
        not_in_the_future(retrieved, _("Retrieved on"))
    if document is None and not data.url:
        raise _wrong("file", _("Hand in what shows the figure: a file, or a link where it can be read."))
    return {"document": document, "file_name": file_name, "url": data.url, "retrieved_on": retrieved}


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={name: [sentence]})
