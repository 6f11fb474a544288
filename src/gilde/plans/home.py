"""What plans put on the start page: figures of what the reader may see, news, and where to begin."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gilde.core import clock, home
from gilde.core.access import SYSTEM, Actor
from gilde.core.components import Signal
from gilde.plans import measured, signals
from gilde.plans.access import visible_measures, visible_plans
from gilde.plans.models import Action, Edition, Measure, Milestone, Report
from gilde.plans.signals import IndicatorSignal, of_status


def _invented(prefix: str = "") -> Count:
    """How many rows are of plans that are invented, or whose progress is."""
    return Count("pk", filter=Q(**{f"{prefix}synthetic": True}) | Q(**{f"{prefix}progress_synthetic": True}))


def _said(hint: str, invented: int) -> str:
    """Return the hint, saying that some of the figure is invented where it is."""
    return _("%(hint)s; partly invented") % {"hint": hint} if invented else hint


@home.tile
def measures(reader: Actor) -> Signal | None:
    """Return how many measures there are, in how many plans."""
    in_plan = Measure.objects.filter(plan=OuterRef("pk"), dropped_in=None).order_by().values("plan")
    found = (
        visible_plans(reader)
        .annotate(n=Subquery(in_plan.annotate(count=Count("pk")).values("count")))
        .aggregate(plans=Count("pk"), measures=Sum("n"), invented=_invented())
    )
    if not found["plans"]:
        return None
    hint = _said(_("in %(count)d plans") % {"count": found["plans"]}, found["invented"])
    return Signal(_("measures"), found["measures"] or 0, hint, reverse("plans:list"))


@home.tile
def indicators_on_track(reader: Actor) -> Signal | None:
    """Return how many indicators of measures are on track, and of how many nobody can tell."""
    plans = visible_plans(reader).values("pk")
    found = measured.linked(SYSTEM, published=True, plan__in=plans, dropped_in=None)
    if not found:
        return None
    today = clock.today()
    # An indicator of two measures is one indicator.
    once = {(link.indicator.pk, link.area): link.told for link in found}.values()
    whole = sum((of_status(told.status(today)) for told in once), IndicatorSignal())
    hint = _("of %(count)d") % {"count": whole.total}
    if whole.cannot_tell:
        unknown = ngettext("%(n)d cannot tell", "%(n)d cannot tell", whole.cannot_tell)
        hint += " · " + unknown % {"n": whole.cannot_tell}
    hint = _said(hint, sum(link.indicator.synthetic for link in found))
    return Signal(_("indicators on track"), whole.on_track, hint, reverse("plans:judged") + "#indicators")


@home.tile
def late_actions(reader: Actor) -> Signal | None:
    """Return how many actions are late today, of how many."""
    found = Action.objects.filter(measure__in=visible_measures(reader).values("pk")).aggregate(
        total=Count("pk"),
        late=Count("pk", filter=signals.late(clock.today())),
        invented=_invented("measure__plan__"),
    )
    if not found["total"]:
        return None
    hint = _said(_("of %(count)d") % {"count": found["total"]}, found["invented"])
    return Signal(_("actions late"), found["late"], hint, reverse("plans:list"))


@home.tile
def milestones_met(reader: Actor) -> Signal | None:
    """Return how many milestones were met with evidence, of how many."""
    found = Milestone.objects.filter(measure__in=visible_measures(reader).values("pk")).aggregate(
        total=Count("pk"),
        met=Count("pk", filter=Q(state=Milestone.State.MET)),
        invented=_invented("measure__plan__"),
    )
    if not found["total"]:
        return None
    hint = _said(_("of %(count)d") % {"count": found["total"]}, found["invented"])
    return Signal(_("milestones met"), found["met"], hint, reverse("plans:list"))


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
