"""Achievements for everybody: what can be awarded, by whom, and what somebody who was awarded it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core import clock
from gilde.core.access import require
from gilde.core.components import Fact, link, status, written
from gilde.core.errors import Missing
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.core.uris import uri
from gilde.credentials import access, micro_credential
from gilde.credentials.models import Achievement, AchievementOutcome, Kind
from gilde.credentials.renderings import pdf, pdf_words
from gilde.credentials.services import renderings
from gilde.credentials.services.achievements import awarded
from gilde.credentials.specimens import specimen_of
from gilde.credentials.views.issuer_keeping import first_page
from gilde.credentials.views.issuing_common import achievement_of, achievements_crumb, moment
from gilde.qualifications.public import describe

OPEN, CLOSED = "open", "closed"
ESCO: Final = "http://data.europa.eu/esco/"
ISCED: Final = "http://data.europa.eu/esco/isced-f/"


@dataclass(frozen=True)
class Shown:
    """An outcome as the page shows it; `url` is its own page where it has one, `skills` those of ESCO."""

    outcome: AchievementOutcome
    url: str
    skills: list[str]


def _title(row: Row) -> SafeString:
    parts = [link(reverse("credentials:achievement", args=[row["pk"]]), written(row["title"]))]
    if row["synthetic"]:
        parts.append(status("plain", _("invented")))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _issuer(row: Row) -> SafeString:
    url = reverse("credentials:issuer", args=[row["issuer__slug"]])
    return link(url, written(row["issuer__organisation__name"]))


def _level(row: Row) -> str:
    return f"{row['framework']} {row['level']}".strip()


def _listing(issuers: list[tuple[str, str]]) -> Listing:
    return Listing(
        name="achievements",
        caption=gettext_lazy("What can be awarded"),
        fields=[
            *("title", "code", "kind", "issuer__slug", "issuer__organisation__name", "framework", "level"),
            *("eqf", "hours", "credit", "credit_system", "closed_at", "synthetic"),
        ],
        columns=[
            Column("title", gettext_lazy("Title"), cell=_title, sort=words_of("title"), head=True),
            Column(
                "uri",
                gettext_lazy("Address"),
                value=lambda row: uri("achievement", row["pk"]),
                download_only=True,
            ),
            Column("kind", gettext_lazy("Kind"), value=lambda row: Kind(row["kind"]).label, sort="kind"),
            Column(
                "issuer",
                gettext_lazy("Issuer"),
                value=lambda row: row["issuer__organisation__name"],
                cell=_issuer,
                sort=words_of("issuer__organisation__name"),
            ),
            Column("code", gettext_lazy("Code"), sort="code"),
            Column("level", gettext_lazy("Level"), value=_level, sort="level"),
            Column("eqf", gettext_lazy("EQF"), number=True, sort="eqf"),
            Column("hours", gettext_lazy("Hours"), number=True, sort="hours"),
            Column("credit", gettext_lazy("Credit"), number=True, sort="credit"),
            Column("credit_system", gettext_lazy("Credit system"), download_only=True),
            Column(
                "state",
                gettext_lazy("State"),
                value=_state,
                cell=lambda row: status("none" if row["closed_at"] else "good", _state(row)),
                sort="closed_at",
            ),
        ],
        search=[words_of("title"), words_of("description"), "code"],
        filters=[
            Filter("issuer", gettext_lazy("Issuer"), lambda: issuers, "issuer__slug"),
            Filter("kind", gettext_lazy("Kind"), lambda: Kind.choices, "kind"),
            Filter("eqf", gettext_lazy("EQF level"), lambda: [(str(n), str(n)) for n in range(1, 9)], "eqf"),
            Filter(
                "state",
                gettext_lazy("State"),
                lambda: [(OPEN, _("Awarded")), (CLOSED, _("No longer awarded"))],
                _by_state,
            ),
        ],
        order="title",
        empty=gettext_lazy("What issuers award stands here. An issuer begins with: add an achievement."),
    )


def _state(row: Row) -> str:
    return _("No longer awarded") if row["closed_at"] else _("Awarded")


def _by_state(rows: QuerySet[Achievement], wanted: str) -> QuerySet[Achievement]:
    return rows.filter(closed_at__isnull=wanted == OPEN)


@login_not_required
@require_safe
def achievement_list(request: HttpRequest) -> HttpResponseBase:
    """List what can be awarded."""
    issuers = access.visible_issuers(request.user).only("slug", "organisation__name")
    named = sorted(((each.slug, str(each)) for each in issuers), key=lambda each: each[1].casefold())
    mine = access.issuers_of(request.user, access.WRITERS).filter(closed_at=None).order_by("slug")
    context = {
        "title": _("What can be awarded"),
        "mine": list(mine.select_related("organisation")[:5]),
    }
    rows = access.visible_achievements(request.user)
    return _listing(named).respond(request, rows, "credentials/achievements.html", context)


@login_not_required
@require_safe
def page(request: HttpRequest, achievement_id: Any) -> HttpResponse:
    """Show an achievement: what was learned, how it is assessed, who awards it, and what it is tied to."""
    it = achievement_of(request, achievement_id)
    outcomes = [_shown(each) for each in it.outcomes.all()]
    may_draft = bool(access.can_draft(request.user, it.issuer))
    elements = []
    if it.kind == Kind.MICRO:
        told = describe(it.qualification) if it.qualification else None
        elements = micro_credential.elements(it, len(outcomes), told)
    context = {
        "title": str(it.title),
        "crumbs": [achievements_crumb()],
        "achievement": it,
        "facts": facts_of(it),
        "outcomes": outcomes,
        "elements": elements,
        "uri": uri("achievement", it.pk),
        "may_draft": may_draft,
        "awarded": may_draft and awarded(it),
        "works_here": access.issuers_of(request.user).filter(pk=it.issuer_id).exists(),
    }
    return render(request, "credentials/achievement.html", context)


@require_safe
def sample(request: HttpRequest, achievement_id: Any, form: str) -> HttpResponse:
    """Show the certificate of an invented person: "pdf" or "png"."""
    it = achievement_of(request, achievement_id)
    require(access.can_draft(request.user, it.issuer))
    made = pdf.make(specimen_of(it), renderings.look_of(it.issuer), made_at=clock.now(), parts=pdf.Parts.BOTH)
    if form == "pdf":
        return HttpResponse(made, content_type="application/pdf")
    if form == "png":
        return HttpResponse(first_page(made), content_type="image/png")
    raise Missing(_("A sample is made as pdf or png."))


def facts_of(it: Achievement) -> list[Fact]:
    """Return what is known of an achievement, for its page; what is not said is left out."""
    issuer = link(reverse("credentials:issuer", args=[it.issuer.slug]), it.issuer)
    level = f"{it.framework} {it.level}".strip()
    facts = [
        Fact(_("Awarded by"), issuer),
        Fact(_("Kind"), it.get_kind_display()),
        Fact(_("Qualification"), _qualification(it)),
        Fact(_("Level"), level),
        Fact(_("EQF level"), str(it.eqf) if it.eqf else ""),
        Fact(_("Workload"), pdf_words.hours(it.hours)),
        Fact(_("Credit"), credit_of(it)),
        Fact(_("Assessment"), written(it.assessment) if it.assessment else ""),
        Fact(_("Method of assessment"), it.assessment_method),
        Fact(_("Fields of education"), _fields(it)),
        Fact(_("Language"), _language(it.language)),
        Fact(_("Valid for"), _months(it.valid_months)),
        Fact(_("Code"), it.code),
        Fact(_("Stable address"), uri("achievement", it.pk)),
    ]
    if it.closed_at is not None:
        facts.append(Fact(_("No longer awarded since"), moment(it.closed_at)))
    return [fact for fact in facts if fact.value not in ("", None)]


def credit_of(it: Achievement) -> str:
    """Return the volume of an achievement in points, in words."""
    from gilde.credentials.facts import Credit

    return pdf_words.credit(Credit(it.credit, it.credit_system or "ects")) if it.credit is not None else ""


def _qualification(it: Achievement) -> object:
    version = it.qualification
    if version is None:
        return ""
    url = reverse("qualifications:version", args=[version.qualification.code, version.number])
    return link(url, written(version.title))


def _fields(it: Achievement) -> object:
    return format_html_join(", ", "{}", ((link(f"{ISCED}{code}", code),) for code in it.fields_of_study))


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _months(months: int | None) -> str:
    if months is None:
        return ""
    if months % 12 == 0:
        return ngettext("%(n)d year", "%(n)d years", months // 12) % {"n": months // 12}
    return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}


def _shown(outcome: AchievementOutcome) -> Shown:
    own = outcome.uri.startswith(uri("outcome", outcome.achievement.pk).rpartition("/")[0] + "/")
    return Shown(
        outcome, outcome.uri if own else "", [each for each in outcome.skills if each.startswith("http")]
    )
