"""What is judged of a measure as of the day: four signals, late, stale, by the rules of `plans.signals`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.plans.models import Action, FundingLine, Milestone, Spending
from gilde.plans.report.asof import MeasureRows
from gilde.plans.report.pen import amount_in_words
from gilde.plans.signals import (
    ActionSignal,
    Amounts,
    EvidenceSignal,
    IndicatorSignal,
    MoneySignal,
    Signals,
    is_late,
    is_stale,
)
from gilde.plans.thresholds import stale_after

Json = dict[str, Any]
State = Action.State


def is_undated(action: Action) -> bool:
    """Return whether the plan gives an action, dropped ones aside, neither a start nor a due date."""
    return action.state != State.DROPPED and action.start is None and action.due is None


def is_overdue(milestone: Milestone, day: date) -> bool:
    """Return whether a milestone is neither met nor given up, while its day has passed."""
    return milestone.state == Milestone.State.OPEN and milestone.due is not None and milestone.due < day


def signals_of(row: MeasureRows, day: date, indicators: IndicatorSignal) -> Signals:
    """Return the four signals of a measure from its rows of that day."""
    states = [action.state for action in row.actions]
    return Signals(
        ActionSignal(
            total=len(states),
            planned=states.count(State.PLANNED),
            under_way=states.count(State.UNDER_WAY),
            done=states.count(State.DONE),
            dropped=states.count(State.DROPPED),
            late=sum(is_late(action, day) for action in row.actions),
            stale=sum(is_stale(action, day) for action in row.actions),
            undated=sum(is_undated(action) for action in row.actions),
        ),
        EvidenceSignal(len(row.evidence), max((each.date for each in row.evidence), default=None)),
        indicators,
        sum((_money(line, row.spending) for line in row.funding), MoneySignal()),
    )


def _money(line: FundingLine, spending: Iterable[Spending]) -> MoneySignal:
    booked = [each for each in spending if each.line_id == line.pk]

    def total(kind: str) -> Decimal | None:
        amounts = [each.amount for each in booked if each.kind == kind]
        return sum(amounts, Decimal(0)) if amounts else None

    committed, spent = total(Spending.Kind.COMMITTED), total(Spending.Kind.SPENT)
    bucket = {FundingLine.Period.TOTAL.value: "in_all", FundingLine.Period.YEAR.value: "a_year"}
    planned = {bucket.get(line.period, "unsaid"): line.amount}
    known = any(amount is not None for amount in (line.amount, committed, spent))
    amounts = (Amounts(line.currency, committed=committed, spent=spent, **planned),) if known else ()
    return MoneySignal(amounts, 1, 1 if line.amount is None else 0)


def as_json(found: Signals, day: date, language: str) -> Json:
    """Return the signals with their figures, and under `rows` a sentence for each, in the active language."""
    actions, evidence, indicators = found.actions, found.evidence, found.indicators
    return {
        "actions": dict(vars(actions)),
        "evidence": {
            "approved": evidence.approved,
            "newest": evidence.newest.isoformat() if evidence.newest else None,
            "age_days": evidence.age(day),
        },
        "indicators": dict(vars(indicators)),
        "money": {
            "amounts": [
                {name: value if name == "currency" else _plain(value) for name, value in vars(each).items()}
                for each in found.money.amounts
            ],
            "lines": found.money.lines,
            "without_amount": found.money.without_amount,
        },
        "rows": [
            {"key": "actions", "label": _("Actions"), "words": _actions_in_words(actions)},
            {"key": "evidence", "label": _("Evidence"), "words": _evidence_in_words(evidence, day)},
            {"key": "indicators", "label": _("Indicators"), "words": _indicators_in_words(indicators)},
            {"key": "money", "label": _("Money"), "words": _money_in_words(found.money, language)},
        ],
    }


def figures(found: Signals, measures: list[Json], limit_day: date) -> list[Json]:
    """Return the figures of the whole plan, each with a label; a figure that nobody knows is None."""
    actions = found.actions
    milestones = [each for measure in measures for each in measure["milestones"]]
    ticks = [tick["ticked"] for measure in measures for tick in measure["ticks"]]
    given = [
        ("measures", _("Measures"), len(measures)),
        ("actions", _("Actions"), actions.total),
        ("done", _("Actions done"), actions.done),
        ("under-way", _("Actions under way"), actions.under_way),
        ("planned", _("Actions planned"), actions.planned),
        ("dropped", _("Actions dropped"), actions.dropped),
        ("late", _("Actions late"), actions.late),
        ("stale", _("Actions without news for long"), actions.stale),
        ("undated", _("Actions without any date"), actions.undated),
        ("milestones", _("Milestones"), len(milestones)),
        ("met", _("Milestones met"), sum(each["state"] == "met" for each in milestones)),
        ("missed", _("Milestones missed"), sum(each["state"] == "missed" for each in milestones)),
        ("overdue", _("Milestones overdue"), sum(each["late"] for each in milestones)),
        ("evidence", _("Pieces of evidence approved"), found.evidence.approved),
        ("evidence-age", _("Days since the newest evidence"), found.evidence.age(limit_day)),
        ("indicators", _("Indicators of measures"), found.indicators.total),
        ("indicators-on-track", _("Indicators on track"), found.indicators.on_track),
        ("indicators-cannot-tell", _("Indicators that cannot tell"), found.indicators.cannot_tell),
        ("measures-measured", _("Measures with an indicator"), sum(bool(m["indicators"]) for m in measures)),
        ("unknown-ticks", _("Tick boxes whose state is unknown"), ticks.count(None) if ticks else None),
        ("ticks", _("Tick boxes"), len(ticks) if ticks else None),
    ]
    return [{"key": key, "label": label, "value": value} for key, label, value in given]


def definitions(day: date) -> list[dict[str, str]]:
    """Return what late, stale and overdue mean, with the limit that held on the day."""
    return [
        {
            "term": _("Late"),
            "text": _("The time in which an action is due has passed, and it is neither done nor dropped."),
        },
        {
            "term": _("No news"),
            "text": _(
                "An action that is under way, or whose start has come, of which nothing was reported "
                "for more than %(days)s days."
            )
            % {"days": stale_after(day)},
        },
        {
            "term": _("Overdue"),
            "text": _("The day of a milestone has passed, and it is neither met nor given as missed."),
        },
        {"term": _("Without any date"), "text": _("The plan gives neither a start nor a due date.")},
    ]


def _actions_in_words(found: ActionSignal) -> str:
    if not found.total:
        return _("none known")
    parts = [
        ngettext("%(n)s action", "%(n)s actions", found.total) % {"n": found.total},
        _("%(n)s done") % {"n": found.done},
        _("%(n)s late") % {"n": found.late},
        _("%(n)s without any date") % {"n": found.undated},
    ]
    return " · ".join(parts)


def _evidence_in_words(found: EvidenceSignal, day: date) -> str:
    if found.newest is None:
        return _("none approved")
    age = found.age(day) or 0
    return " · ".join(
        [
            ngettext("%(n)s approved", "%(n)s approved", found.approved) % {"n": found.approved},
            _("newest of %(date)s") % {"date": date_format(found.newest, "DATE_FORMAT")},
            ngettext("%(n)s day old", "%(n)s days old", age) % {"n": age},
        ]
    )


def _indicators_in_words(found: IndicatorSignal) -> str:
    if not found.total:
        return _("no indicator measures this")
    return " · ".join(
        [
            _("%(n)s on track") % {"n": found.on_track},
            _("%(n)s off track") % {"n": found.off_track},
            _("%(n)s cannot be judged") % {"n": found.cannot_tell},
        ]
    )


def _money_in_words(found: MoneySignal, language: str) -> str:
    if not found.lines:
        return _("the plan names no money")
    if not found.amounts:
        return _("the plan names sources but no amounts")
    words = []
    for each in found.amounts:

        def written(amount: Decimal | None, currency: str = each.currency) -> str:
            return _("unknown") if amount is None else amount_in_words(amount, currency, language)

        planned = [
            pattern % {"amount": written(amount)}
            for amount, pattern in (
                (each.in_all, _("%(amount)s planned in all")),
                (each.a_year, _("%(amount)s planned each year")),
                (each.unsaid, _("%(amount)s planned, period not said")),
            )
            if amount is not None
        ]
        words += planned or [_("planned unknown")]
        words.append(_("committed: %(amount)s") % {"amount": written(each.committed)})
        words.append(_("spent: %(amount)s") % {"amount": written(each.spent)})
    return " · ".join(words)


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
