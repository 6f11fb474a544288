"""What plans put on the start page: figures of what the reader may see, news, and where to begin."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import clock, home
from gilde.core.access import Actor
from gilde.core.components import Signal
from gilde.plans import signals
from gilde.plans.access import visible_measures, visible_plans
from gilde.plans.models import Action, Edition, Milestone, Report


def _said(hint: str, reader: Actor) -> str:
    """Return the hint, saying that some of the figure is invented where it is."""
    if visible_plans(reader).filter(Q(synthetic=True) | Q(progress_synthetic=True)).exists():
        return _("%(hint)s; partly invented") % {"hint": hint}
    return hint


@home.tile
def measures(reader: Actor) -> Signal | None:
    """Return how many measures there are, in how many plans."""
    plans = visible_plans(reader).count()
    if not plans:
        return None
    count = visible_measures(reader).filter(dropped_in=None).count()
    hint = _said(_("in %(count)d plans") % {"count": plans}, reader)
    return Signal(_("measures"), count, hint, reverse("plans:list"))


@home.tile
def late_actions(reader: Actor) -> Signal | None:
    """Return how many actions are late today, of how many."""
    actions = Action.objects.filter(measure__in=visible_measures(reader).values("pk"))
    total = actions.count()
    if not total:
        return None
    late = actions.filter(signals.late(clock.today())).count()
    hint = _said(_("of %(count)d") % {"count": total}, reader)
    return Signal(_("actions late"), late, hint, reverse("plans:list"))


@home.tile
def milestones_met(reader: Actor) -> Signal | None:
    """Return how many milestones were met with evidence, of how many."""
    milestones = Milestone.objects.filter(measure__in=visible_measures(reader).values("pk"))
    total = milestones.count()
    if not total:
        return None
    met = milestones.filter(state=Milestone.State.MET).count()
    return Signal(
        _("milestones met"), met, _said(_("of %(count)d") % {"count": total}, reader), reverse("plans:list")
    )


@home.news
def published(reader: Actor, limit: int) -> Iterable[home.News]:
    """Yield the newest editions of plans and the newest progress reports."""
    plans = visible_plans(reader).values("pk")
    editions = Edition.objects.filter(plan__in=plans).select_related("plan").order_by("-published_at")
    for edition in editions[:limit]:
        title = f"{edition.plan.short_title} ({_('edition %(number)d') % {'number': edition.number}})"
        url = reverse("plans:plan", kwargs={"slug": edition.plan.slug})
        yield home.News(edition.published_at.date(), title, url, _("Plan published"))
    reports = Report.objects.filter(plan__in=plans).select_related("plan").order_by("-made_at")
    for report in reports[:limit]:
        url = reverse("plans:reports", kwargs={"slug": report.plan.slug})
        yield home.News(report.made_at.date(), str(report.plan.short_title), url, _("Progress report"))


EVERYBODY = ("learner", "company", "school", "sector-body", "policy-officer", "researcher")
home.offer(
    *EVERYBODY,
    title=gettext_lazy("See what was promised and what became of it"),
    text=gettext_lazy("Every measure with the sentence that promised it, its actions and its evidence."),
    url_name="plans:list",
)
home.offer(
    "policy-officer",
    title=gettext_lazy("Read a plan document"),
    text=gettext_lazy(
        "Upload a plan and get measures, tick boxes, bodies, money and dates, each with its place."
    ),
    url_name="plans:desk",
)
home.offer(
    "policy-officer",
    "researcher",
    title=gettext_lazy("Compare plans"),
    text=gettext_lazy("Two or more plans side by side: what they answer to, their actions, money and dates."),
    url_name="plans:compare",
)
