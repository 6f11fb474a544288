"""What qualifications put on the start page: how many are on the register, what is due, new ones, where to begin."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gilde.core import clock, home, search
from gilde.core.access import Actor
from gilde.core.components import Signal
from gilde.qualifications import due, vocabularies
from gilde.qualifications.access import visible_programmes, visible_versions
from gilde.qualifications.models.qualifications import ON_REGISTER


@home.tile
def qualifications(reader: Actor) -> Signal | None:
    """Return how many qualifications are on the register, as search counts them: the start page asks enough already."""
    told = search.find(
        "", kinds=["qualification"], facets={"state": sorted(ON_REGISTER)}, count=["invented"], limit=1
    )
    if not told.count:
        return None
    hint = _("partly invented") if told.counts["invented"].get("yes") else ""
    return Signal(_("qualifications on the register"), told.count, hint, reverse("qualifications:list"))


@home.tile
def screenings(reader: Actor) -> Signal | None:
    """Return to who works here how many study programmes are due for screening, and how many are overdue."""
    if not reader.is_authenticated:
        return None
    today = clock.today()
    years = {code: each.screening_years for code, each in vocabularies.matrices().items()}
    waiting = (
        visible_programmes(reader).annotate(due_in=due.due_year(years)).filter(due.must_be_screened(today))
    )
    overdue, now = (
        due.stands(standing, today) for standing in (due.Standing.OVERDUE, due.Standing.THIS_YEAR)
    )
    told = waiting.aggregate(
        count=Count("pk"),
        due=Count("pk", filter=overdue | now),
        overdue=Count("pk", filter=overdue),
        invented=Count("pk", filter=Q(synthetic=True)),
    )
    if not told["count"]:
        return None
    hint = _("%(count)d overdue") % {"count": told["overdue"]} if told["overdue"] else ""
    if told["invented"]:
        hint = _("%(hint)s; partly invented") % {"hint": hint} if hint else _("partly invented")
    return Signal(
        _("programmes due for screening"), told["due"], hint, reverse("qualifications:programme-due")
    )


@home.news
def registered(reader: Actor, limit: int) -> Iterable[home.News]:
    """Yield the qualifications that came on the register last."""
    versions = visible_versions(reader).filter(state__in=sorted(ON_REGISTER), registered_at__isnull=False)
    for version in versions.select_related("qualification").order_by("-registered_at", "-pk")[:limit]:
        assert version.registered_at is not None
        url = reverse("qualifications:qualification", args=[version.qualification.code])
        kind = _("New qualification") if version.number == 1 else _("Qualification renewed")
        yield home.News(timezone.localtime(version.registered_at).date(), str(version.title), url, kind)


home.way_in(title=gettext_lazy("Find a qualification"), url_name="qualifications:list", order=2)
home.offer(
    "learner",
    "school",
    "company",
    title=gettext_lazy("Find a qualification"),
    text=gettext_lazy("What one can do with it, where it can be learned, and what comes after."),
    url_name="qualifications:list",
)
home.offer(
    "learner",
    "school",
    title=gettext_lazy("Find a study programme"),
    text=gettext_lazy(
        "Every programme by domain and by what it prepares for, with the places that offer it."
    ),
    url_name="qualifications:programmes",
)
home.offer(
    "sector-body",
    title=gettext_lazy("Write a qualification file"),
    text=gettext_lazy("Draft a professional qualification and see it through to the register."),
    url_name="qualifications:files",
)
home.offer(
    "policy-officer",
    title=gettext_lazy("See what is due for screening"),
    text=gettext_lazy("Study programmes and qualifications that must be looked at again, the overdue first."),
    url_name="qualifications:programme-due",
)
