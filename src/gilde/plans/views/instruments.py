"""Instruments, article by article, with everything in the plans that answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core import downloads
from gilde.core.components import Fact, day, link, status, tick
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.indicators.public import Target, address_of, targets_issued_by
from gilde.plans.access import can_keep_instruments, visible_plans
from gilde.plans.measured import visible_provision_links
from gilde.plans.models import Action, Instrument, Plan, Provision, Tick
from gilde.plans.views import proven
from gilde.plans.views.common import found

# Up to this many answers stand on the instrument's page; beyond it each article has a list of its own.
_SHOWN = 300

INSTRUMENTS = Listing(
    name="instruments",
    caption=gettext_lazy("Instruments"),
    fields=["code", "title", "short_title", "kind", "adopted", "provision_count", "plan_count"],
    columns=[
        Column(
            "title",
            gettext_lazy("Instrument"),
            cell=lambda row: link(reverse("plans:instrument", args=[row["code"]]), row["title"]),
            sort=words_of("title"),
            head=True,
        ),
        Column(
            "kind", gettext_lazy("Kind"), cell=lambda row: Instrument.Kind(row["kind"]).label, sort="kind"
        ),
        Column("adopted", gettext_lazy("Adopted"), sort="adopted"),
        Column("provision_count", gettext_lazy("Articles"), sort="provision_count", number=True),
        Column("plan_count", gettext_lazy("Plans that answer it"), sort="plan_count", number=True),
        Column("code", gettext_lazy("Identifier"), download_only=True),
    ],
    search=(words_of("title"), words_of("short_title")),
    filters=[Filter("kind", gettext_lazy("Kind"), lambda: Instrument.Kind.choices, "kind")],
    order="-adopted",
)


@login_not_required
@require_safe
def instrument_list(request: HttpRequest) -> HttpResponseBase:
    """List the recommendations and declarations that plans answer to."""
    plans = Plan.instruments.through.objects.filter(plan__in=visible_plans(request.user).values("pk"))
    answering = plans.filter(instrument=OuterRef("pk")).order_by().values("instrument")
    count: Any = answering.annotate(n=Count("plan"))
    instruments = Instrument.objects.annotate(
        provision_count=Count("provisions"), plan_count=Coalesce(Subquery(count.values("n")), 0)
    )
    return INSTRUMENTS.respond(request, instruments, "plans/instruments.html", {"title": _("Instruments")})


@dataclass(frozen=True)
class Answer:
    """A measure that has ticked an article, or whose box for it is unknown."""

    sign: object
    number: str
    title: object
    url: str
    plan: object


@dataclass
class Article:
    """An article with how many measures have ticked it, in how many plans, and the answers to show."""

    number: str
    title: object
    text: object
    part: object
    url: str
    ticked: int = 0
    unknown: int = 0
    plans: int = 0
    answers: list[Answer] | None = None


@login_not_required
@require_safe
def instrument(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show an instrument article by article, with the measures that answer each."""
    shown = found(Instrument.objects.all(), code=code)
    boxes = _boxes(request).filter(provision__instrument=shown)
    counts = {
        row[0]: row[1:]
        for row in boxes.order_by()
        .values_list("provision_id")
        .annotate(
            yes=Count("pk", filter=Q(ticked=True)),
            doubt=Count("pk", filter=Q(ticked=None)),
            plans=Count("measure__plan", filter=Q(ticked=True), distinct=True),
        )
    }
    articles: dict[Any, Article] = {}
    for provision in shown.provisions.order_by("position"):
        ticked, unknown, plans = counts.get(provision.pk, (0, 0, 0))
        url = reverse("plans:article", args=[code, provision.number])
        articles[provision.pk] = Article(
            provision.number, provision.title, provision.text, provision.part, url, ticked, unknown, plans
        )
    if (wanted := request.GET.get("format", "")) in downloads.WRITERS:
        columns = [
            (name, lambda row, name=name: downloads.plain(getattr(row, name)))
            for name in ("number", "title", "text", "ticked", "unknown", "plans")
        ]
        return downloads.respond(wanted, code, columns, iter(articles.values()))  # type: ignore[arg-type]
    if sum(article.ticked + article.unknown for article in articles.values()) <= _SHOWN:
        _fill(articles, boxes)
    facts = [
        Fact(_("Kind"), shown.get_kind_display()),
        Fact(_("Adopted"), day(shown.adopted) if shown.adopted else None),
        Fact(_("Source"), shown.source),
        Fact(_("Official text"), link(shown.url, shown.url) if shown.url else None),
    ]
    context = {
        "title": str(shown.title),
        "crumbs": [(_("Instruments"), reverse("plans:instruments"))],
        "instrument": shown,
        "facts": [fact for fact in facts if fact.value],
        "articles": list(articles.values()),
        "unanswered": sum(not article.ticked for article in articles.values()),
        "targets": [_target(each) for each in targets_issued_by(request.user, code)],
    }
    return render(request, "plans/instrument.html", context)


@dataclass(frozen=True)
class Issued:
    """A target that an instrument issued."""

    name: object
    url: str
    aim: str
    area: str
    source: object


def _target(target: Target) -> Issued:
    source = link(target.source_url, target.source) if target.source_url else target.source
    aim = proven.aim_words(target, target.indicator)
    return Issued(target.indicator.name, address_of(target.indicator), aim, str(target.area), source)


def _boxes(request: HttpRequest) -> QuerySet[Tick]:
    """The boxes that are ticked or unknown, of measures that are still in a plan that the reader may see."""
    return Tick.objects.filter(
        Q(ticked=True) | Q(ticked=None),
        group=Tick.Group.PROVISION,
        measure__dropped_in=None,
        measure__plan__in=visible_plans(request.user).values("pk"),
    )


def _fill(articles: Mapping[Any, Article], boxes: QuerySet[Tick]) -> None:
    rows: Any = boxes.order_by(
        F("ticked").desc(nulls_last=True), "measure__plan__slug", "measure__position"
    ).values_list(
        "provision_id",
        "ticked",
        "measure__number",
        "measure__title",
        "measure__plan__slug",
        "measure__plan__short_title",
    )
    for article in articles.values():
        article.answers = []
    for provision, ticked, number, title, slug, plan in rows:
        url = reverse("plans:measure", args=[slug, number])
        answers = articles[provision].answers
        assert answers is not None
        answers.append(Answer(tick(ticked), number, title, url, plan))


ANSWERS = Listing(
    name="answers",
    caption=gettext_lazy("Measures that answer this article"),
    fields=[
        "ticked",
        "measure__number",
        "measure__title",
        "measure__plan__slug",
        "measure__plan__short_title",
        "measure__plan__synthetic",
        "action_count",
    ],
    columns=[
        Column(
            "measure",
            gettext_lazy("Measure"),
            value=lambda row: f"{row['measure__number']} {row['measure__title']}",
            cell=lambda row: link(
                reverse("plans:measure", args=[row["measure__plan__slug"], row["measure__number"]]),
                f"{row['measure__number']} {row['measure__title']}",
            ),
            sort=words_of("measure__title"),
            head=True,
        ),
        Column(
            "plan",
            gettext_lazy("Plan"),
            value=lambda row: row["measure__plan__short_title"],
            cell=lambda row: link(
                reverse("plans:plan", args=[row["measure__plan__slug"]]), row["measure__plan__short_title"]
            ),
            sort=words_of("measure__plan__short_title"),
        ),
        Column(
            "ticked",
            gettext_lazy("Box"),
            value=lambda row: "ticked" if row["ticked"] else "unknown",
            cell=lambda row: status("good", _("ticked")) if row["ticked"] else status("warn", _("unknown")),
            sort="ticked",
        ),
        Column("action_count", gettext_lazy("Actions"), sort="action_count", number=True),
        Column(
            "invented",
            gettext_lazy("Invented"),
            value=lambda row: row["measure__plan__synthetic"],
            download_only=True,
        ),
    ],
    search=(words_of("measure__title"), words_of("measure__plan__short_title"), "measure__number"),
    filters=[
        Filter(
            "box",
            gettext_lazy("Box"),
            lambda: [("ticked", _("ticked")), ("unknown", _("unknown"))],
            lambda boxes, value: boxes.filter(ticked=True if value == "ticked" else None),
        )
    ],
    order="plan",
    empty=gettext_lazy("Measures stand here once a plan that you may see has ticked this article."),
)


@login_not_required
@require_safe
def article(request: HttpRequest, code: str, number: str) -> HttpResponseBase:
    """Show one article and list everything that answers it."""
    provision = found(Provision.objects.select_related("instrument"), instrument__code=code, number=number)
    actions = (
        Action.objects.filter(measure=OuterRef("measure"))
        .exclude(state=Action.State.DROPPED)
        .order_by()
        .values("measure")
        .annotate(n=Count("pk"))
    )
    boxes = _boxes(request).filter(provision=provision)
    context = {
        "title": f"{provision.number}. {provision.title}",
        "crumbs": [
            (_("Instruments"), reverse("plans:instruments")),
            (str(provision.instrument), reverse("plans:instrument", args=[code])),
        ],
        "provision": provision,
        "may_keep": bool(can_keep_instruments(request.user)),
        "indicators": [
            {"key": each.pk, "name": each.indicator.name, "url": address_of(each.indicator)}
            for each in visible_provision_links(request.user)
            .filter(provision=provision)
            .select_related("indicator")
        ],
    }
    counted = boxes.annotate(action_count=Coalesce(Subquery(actions.values("n")), 0))
    return ANSWERS.respond(request, counted, "plans/article.html", context)
