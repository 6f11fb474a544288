"""The rows on which progress is reported, brought into line with an edition: money, actions, milestones.

Nothing on which anything was reported is ever deleted: an action that a new edition no longer has is dropped
for that reason; a line with spending, and a milestone with evidence or an outcome, stay. What officers added
themselves, and so no document ever cited, is left alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor
from gilde.core.text import Text
from gilde.plans.models import Action, Edition, FundingLine, Measure, Milestone, Tick
from gilde.plans.models.plans import Precision
from gilde.plans.services.desk import contents
from gilde.plans.services.matching import pair_texts
from gilde.plans.workflow import action_workflow

Json = Mapping[str, Any]
Words = Callable[[str, Text | None], Text]
Cite = Callable[[Measure, str, Json], None]
_TITLE = 160  # characters of a text that stand for a title where the plan gives none
_YEARLY = ("year", "school-year")


def shortened(words: str, width: int) -> str:
    """Return words on one line, cut with an ellipsis where they are longer than `width` characters."""
    return textwrap.shorten(words, width, placeholder=" …")


def cited_before(edition: Edition, measure: Measure) -> set[str]:
    """Return the names of the values that an earlier edition cites; what officers added is not there."""
    if measure._state.adding:
        return set()
    return set(measure.citations.exclude(edition=edition).values_list("subject", flat=True))


def write_funding(edition: Edition, measure: Measure, item: Json, text: Words, cite: Cite) -> None:
    """Make the funding lines of a measure say what the edition says; a line with spending always stays."""
    old = list(measure.funding.order_by("position"))
    new = [dict(one) for one in item.get("funding") or []]
    rows: list[FundingLine | None] = [None] * len(new)
    for place, one in enumerate(new):
        rows[place] = next((line for line in old if _money(line) == _money_of(one)), None)
        if (found := rows[place]) is not None:
            old.remove(found)
    if len(old) == 1 and rows.count(None) == 1:  # one amount that changed, not one gone and one come
        rows[rows.index(None)] = old.pop()
    for place, one in enumerate(new):
        line = rows[place] or FundingLine(measure=measure)
        line.position = place
        line.amount, line.currency, line.period, line.year, line.programme = _money_of(one)
        line.approximate, line.maximum = bool(one.get("approximate")), bool(one.get("maximum"))
        words = str(one.get("text") or (one.get("citation") or {}).get("quote") or "")
        line.text = text(words, line.text)
        line.save()
        cite(measure, f"funding:{line.pk}", one)
    cited = cited_before(edition, measure)
    for line in old:
        if f"funding:{line.pk}" in cited and not line.spending.exists():
            line.delete()


_Money = tuple[Decimal | None, str, str, int | None, str]


def _money(line: FundingLine) -> _Money:
    return line.amount, line.currency, line.period, line.year, line.programme


def _money_of(one: Json) -> _Money:
    amount, given = one.get("amount"), str(one.get("period") or "")
    period = FundingLine.Period.YEAR if given in _YEARLY else given
    return (
        None if amount is None else Decimal(str(amount)).quantize(Decimal("0.01")),
        str(one.get("currency") or "EUR"),
        str(period) if period in FundingLine.Period.values else "",
        one.get("year"),
        str(one.get("programme") or "")[:120],
    )


@dataclass
class _Dates:
    """What the dated statements inside the text of one action say of it."""

    start: Json | None = None
    due: Json | None = None
    recurrence: str = ""
    notes: tuple[str, ...] = ()


def write_actions(
    actor: Actor, edition: Edition, measure: Measure, item: Json, text: Words, cite: Cite
) -> None:
    """Make actions and milestones of a measure say what the edition says, and keep all progress on them."""
    old = list(measure.actions.order_by("position"))
    new = list(item.get("actions") or [])
    dates = list(item.get("dates") or [])
    own, left = _share_out(dates, len(new))
    rows: dict[int, Action] = {}
    cited = cited_before(edition, measure)
    for pair in pair_texts([_words(action) for action in old], [_words_of(one) for one in new]):
        if pair.new is None:
            assert pair.old is not None
            if f"action:{old[pair.old].pk}" in cited:
                _drop(actor, edition, old[pair.old])
            continue
        action = None if pair.old is None else old[pair.old]
        rows[pair.new] = _write_action(measure, action, new[pair.new], pair.new, own[pair.new], text)
        if action is not None:
            _take_up_again(actor, edition, rows[pair.new])
        cite(measure, f"action:{rows[pair.new].pk}", new[pair.new])
    _write_milestones(measure, left, rows, cited, text, cite)


def _share_out(dates: list[Json], actions: int) -> tuple[list[_Dates], list[Json]]:
    """Give starts, ends and recurrences inside an action's text to it; what is left becomes milestones."""
    own, left = [_Dates() for _each in range(actions)], []
    for one in dates:
        place, kind = one.get("action"), one["kind"]
        inside = own[place] if isinstance(place, int) and place < actions else None
        if inside is None:
            if kind in ("milestone", "end"):
                left.append(one)
            continue
        if kind == "recurrence":
            inside.recurrence = inside.recurrence or str(one.get("every") or "")
        elif kind == "start" and (inside.start is None or _first(one) < _first(inside.start)):
            inside.start = one
        elif kind == "end" and (inside.due is None or _last(one) > _last(inside.due)):
            inside.due = one
        elif kind == "milestone":
            left.append(one)
            continue
        inside.notes = (*inside.notes, _note(one))
    for inside in own:
        if inside.start and inside.due and _last(inside.due) < _first(inside.start):
            left.append(inside.due)  # an end before the start is the end of something else
            inside.due = None
    return own, left


def _write_action(
    measure: Measure, action: Action | None, one: Json, place: int, dates: _Dates, text: Words
) -> Action:
    new = action is None
    action = action or Action(measure=measure)
    words = str(one.get("text") or "")
    action.position = place
    action.title = text(str(one.get("title") or "") or shortened(words, _TITLE), action.title)
    action.text = text(words, action.text)
    # Dates that officers set on an action that the plan leaves undated are theirs, and stay.
    if dates.start or dates.due or dates.recurrence or action.date_note:
        action.start = _first(dates.start) if dates.start else None
        action.start_precision = _precision(dates.start)
        action.due = _last(dates.due) if dates.due else None
        action.due_precision = _precision(dates.due)
        action.recurrence = dates.recurrence[:12]
        action.date_note = text(
            "; ".join(note for note in dict.fromkeys(dates.notes) if note), action.date_note
        )
    action.version = action.version if new else action.version + 1
    action.save(force_insert=new)
    return action


def _drop(actor: Actor, edition: Edition, action: Action) -> None:
    if action.state in (Action.State.PLANNED, Action.State.UNDER_WAY):
        action_workflow.apply(
            action, "drop", actor=actor, dropped_because=_gone(edition.number), version=F("version") + 1
        )


def _gone(number: int) -> str:
    return _("Edition %(number)s of the plan no longer has this action.") % {"number": number}


def _take_up_again(actor: Actor, edition: Edition, action: Action) -> None:
    """Bring back an action that an earlier edition had left out: nobody decided to drop it."""
    if action.state != Action.State.DROPPED:
        return
    reasons = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            reasons |= {_gone(number) for number in range(1, edition.number)}
    if action.dropped_because not in reasons:
        return
    before = {"state": action.state, "dropped_because": action.dropped_because}
    action.state = Action.State.UNDER_WAY if action.started_on else Action.State.PLANNED
    action.dropped_because = ""
    action.save(update_fields=["state", "dropped_because"])
    audit.record(actor, "plans.action.return", action, before=before, after={"state": action.state})


def _write_milestones(
    measure: Measure,
    dates: list[Json],
    actions: Mapping[int, Action],
    cited: Collection[str],
    text: Words,
    cite: Cite,
) -> None:
    old = list(measure.milestones.order_by("position"))
    new = list({(_title(one), one.get("to"), one.get("from")): one for one in dates}.values())
    before = [
        f"{milestone.title.words.get(milestone.title.source, '')} {milestone.due or ''}" for milestone in old
    ]
    after = [f"{_title(one)} {_last(one)}" for one in new]
    for pair in pair_texts(before, after):
        if pair.new is None:
            assert pair.old is not None
            if f"milestone:{old[pair.old].pk}" in cited:
                _forget(old[pair.old])
            continue
        one = new[pair.new]
        milestone = Milestone(measure=measure) if pair.old is None else old[pair.old]
        place = one.get("action")
        milestone.action = actions.get(place) if isinstance(place, int) else None
        milestone.position = pair.new
        milestone.title = text(_title(one), milestone.title)
        milestone.due, milestone.due_precision = _last(one), _precision(one)
        milestone.date_note = text(_note(one), milestone.date_note)
        milestone.version = milestone.version if pair.old is None else milestone.version + 1
        milestone.save()
        cite(measure, f"milestone:{milestone.pk}", one)


def _forget(milestone: Milestone) -> None:
    """Delete a milestone that the plan no longer has, unless something became of it."""
    if milestone.state == Milestone.State.OPEN and not milestone.evidence.exists():
        milestone.delete()


def _title(one: Json) -> str:
    return shortened(str(one.get("sentence") or _note(one) or _last(one)), _TITLE)


def _note(one: Json) -> str:
    return str(one.get("text") or (one.get("citation") or {}).get("quote") or "")


def _first(one: Json) -> date:
    return date.fromisoformat(str(one.get("from") or one["to"]))


def _last(one: Json) -> date:
    return date.fromisoformat(str(one.get("to") or one["from"]))


def _precision(one: Json | None) -> str:
    """Return the precision of the model: what it has no word for, such as "summer", is about that time."""
    if one is None:
        return ""
    given = str(one.get("precision") or Precision.DAY).replace("_", "-")
    return given if given in Precision.values else Precision.APPROXIMATE


def _words(action: Action) -> str:
    return _plain(action.text) or _plain(action.title)


def _words_of(one: Json) -> str:
    return str(one.get("text") or one.get("title") or "")


def item_of(measure: Measure) -> dict[str, Any]:
    """Return what the live rows of a measure promise, in the form of an edition; for comparing with one."""
    ticks: dict[str, Any] = {
        "recommendation": {},
        "osnabruck": {},
        "subsystem": {},
        "scope": {},
        "targets": [],
    }
    for tick in measure.ticks.all():
        box = {"ticked": tick.ticked}
        if tick.group == Tick.Group.PROVISION and tick.provision is not None:
            group = "recommendation" if tick.code.startswith("recommendation") else "osnabruck"
            ticks[group][tick.provision.number] = box
        elif tick.group == Tick.Group.TARGET:
            ticks["targets"].append({"key": tick.code, **box})
        elif tick.group in ticks:
            ticks[tick.group][tick.code.upper() if tick.group == Tick.Group.SUBSYSTEM else tick.code] = box
    actions = [action for action in measure.actions.all() if action.state != Action.State.DROPPED]
    return {
        "number": measure.number,
        "title": _plain(measure.title),
        "text": _plain(measure.summary),
        "sections": {section.name: {"text": _plain(section.text)} for section in measure.sections.all()},
        "ticks": ticks,
        "bodies": [{"name": body.name} for body in measure.bodies.all()],
        "funding": [
            {
                "amount": None if line.amount is None else contents.number_of(line.amount),
                "currency": line.currency,
                "period": line.period or None,
                "year": line.year,
                "programme": line.programme or None,
                "approximate": line.approximate,
                "maximum": line.maximum,
                "text": _plain(line.text),
            }
            for line in measure.funding.all()
        ],
        "dates": [],
        "actions": [{"title": _plain(a.title), "text": _plain(a.text)} for a in actions],
    }


def _plain(text: Text) -> str:
    return str(text.words.get(text.source, ""))
