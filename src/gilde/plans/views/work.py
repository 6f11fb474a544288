"""What waits for the person who is signed in: late, stale, to be decided on, sent back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.components import Kind, Task, day
from gilde.core.models import User
from gilde.organisations.public import Role, organisations_of
from gilde.plans.access import WRITERS, owned_by
from gilde.plans.models import Action, Evidence, Measure, Plan, Update
from gilde.plans.signals import late, stale
from gilde.plans.views import words

# Each part shows this many; the count says how many there are.
MOST = 25


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show an officer and an approver what waits for them on the plans of their organisations."""
    assert isinstance(request.user, User)
    user, today = request.user, clock.today()
    plans = Plan.objects.filter(owned_by(user, WRITERS))
    measures = Measure.objects.filter(plan__in=plans.values("pk"), dropped_in=None).values("pk")
    actions = Action.objects.filter(measure__in=measures).select_related("measure", "measure__plan")
    slow = actions.filter(stale(today)).exclude(late(today))
    parts = [
        _part(
            _("Late"),
            "bad",
            _("Their due date has passed. Report, change the date with the plan's owner, or drop them."),
            _actions(actions.filter(late(today)).order_by("due"), today),
        ),
        _part(
            _("Stale"),
            "warn",
            _("Nothing was reported for too long. A short update is enough."),
            _actions(slow.order_by("reported_on"), today),
        ),
        _part(_("Waiting for you to approve"), "info", _("Somebody else wrote these."), _waiting(user)),
        _part(
            _("Sent back to you"),
            "warn",
            _("Read the ground, change them, hand them in again."),
            _mine(user, "returned"),
        ),
        _part(_("Your drafts"), "none", _("Not handed in yet."), _mine(user, "draft")),
    ]
    context = {
        "title": _("My work"),
        "crumbs": [(_("Plans"), reverse("plans:list"))],
        "parts": parts,
        "plans": list(plans.order_by("slug")),
        "works": organisations_of(user, WRITERS).exists(),
    }
    return render(request, "plans/work.html", context)


def _part(title: str, kind: Kind, hint: str, found: tuple[int, list[Task]]) -> dict[str, Any]:
    count, tasks = found
    return {
        "title": title,
        "kind": kind,
        "hint": hint,
        "count": count,
        "tasks": tasks,
        "more": count - len(tasks),
    }


def _actions(actions: QuerySet[Action], today: Any) -> tuple[int, list[Task]]:
    tasks = []
    for action in actions[:MOST]:
        due = format_html("{} {}", _("due"), words.day_words(action.due, action.due_precision))
        heard = format_html("{} {}", _("last report"), day(action.reported_on, _("never")))
        tasks.append(
            Task(
                str(action.title),
                reverse("plans:action", args=[action.pk]),
                format_html("{} · {} · {}", str(action.measure), due, heard),
                "bad" if action.due and action.due < today else "warn",
                _("Late") if action.due and action.due < today else _("Stale"),
            )
        )
    return (len(tasks) if len(tasks) < MOST else actions.count()), tasks


def _waiting(user: User) -> tuple[int, list[Task]]:
    """What somebody else handed in on a plan of an organisation for which this person approves."""
    decides = Plan.objects.filter(owned_by(user, {Role.APPROVER})).values("pk")
    return _reviewed(
        lambda things: things.filter(state="submitted", measure__plan__in=decides).exclude(author=user.pk)
    )


def _mine(user: User, state: str) -> tuple[int, list[Task]]:
    return _reviewed(lambda things: things.filter(state=state, author=user.pk))


def _reviewed(narrow: Any) -> tuple[int, list[Task]]:
    count, tasks = 0, []
    for model, name, noun in ((Update, "update", _("Update")), (Evidence, "evidence", _("Evidence"))):
        things = narrow(model._default_manager.select_related("measure", "measure__plan")).order_by(
            "submitted_at"
        )
        count += things.count()
        for thing in things[:MOST]:
            kind = words.REVIEWED[thing.state]
            title = str(thing.text)[:100] if isinstance(thing, Update) else str(thing.title)
            hint = f"{noun} · {thing.measure}"
            tasks.append(
                Task(title, reverse(f"plans:{name}", args=[thing.pk]), hint, kind, thing.get_state_display())
            )
    return count, tasks
