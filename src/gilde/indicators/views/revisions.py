"""The releases of an indicator: what each added, revised and withdrew."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.chart_tables import number
from gilde.core.components import Fact, Kind, day, link, status
from gilde.core.lists import Column, Filter, Listing, Row, words_of
from gilde.indicators.access import visible_releases
from gilde.indicators.dimensions import dimensions_of, words_of_key
from gilde.indicators.feeds import changes
from gilde.indicators.identifiers import uri_of
from gilde.indicators.models import Indicator, Observation, Release
from gilde.indicators.views.common import as_day, indicator_context, indicator_of
from gilde.indicators.views.tables import area_cell, marked_figure

_ADDED_IN_FULL: Final = 20_000  # more than these are not listed as changes: they stand among the figures


def releases_listing(indicator: Indicator) -> Listing:
    """Return the declaration of the list of releases."""
    return Listing(
        name="releases",
        caption=gettext_lazy("Releases"),
        fields=[
            "uid",
            "published_at",
            "kind",
            "source",
            "url",
            "retrieved_at",
            "code_version",
            "added",
            "revised",
            "withdrawn",
            "document__media_type",
        ],
        columns=[
            Column(
                "published",
                gettext_lazy("Published"),
                value=lambda row: row["published_at"],
                cell=partial(_published, indicator),
                sort="published_at",
                head=True,
            ),
            Column(
                "kind", gettext_lazy("How"), cell=lambda row: Release.Kind(row["kind"]).label, sort="kind"
            ),
            Column("added", gettext_lazy("Added"), sort="added", number=True),
            Column("revised", gettext_lazy("Revised"), sort="revised", number=True),
            Column("withdrawn", gettext_lazy("Withdrawn"), sort="withdrawn", number=True),
            Column("source", gettext_lazy("Source"), cell=_source),
            Column(
                "retrieved",
                gettext_lazy("Retrieved"),
                value=lambda row: row["retrieved_at"],
                cell=lambda row: day(as_day(row["retrieved_at"])),
            ),
            Column("then", gettext_lazy("State"), value=lambda row: "", cell=partial(_then, indicator)),
            Column("url", gettext_lazy("Address"), download_only=True),
            Column("code_version", gettext_lazy("Version of the code"), download_only=True),
            Column("release", gettext_lazy("Release"), value=lambda row: row["uid"], download_only=True),
        ],
        search=("source",),
        filters=[Filter("kind", gettext_lazy("How"), lambda: Release.Kind.choices, "kind")],
        order="-published",
        empty=gettext_lazy("Each publication of figures stands here, with what it added and revised."),
    )


def _published(indicator: Indicator, row: Row) -> SafeString:
    url = reverse("indicators:revisions", args=[indicator.code]) + f"?release={row['uid']}#changes"
    return link(url, moment(row["published_at"]))


def moment(value: Any) -> str:
    """Return a moment in local time, in words."""
    return date_format(timezone.localtime(value), "DATETIME_FORMAT")


def _source(row: Row) -> object:
    if row["url"].startswith(("https://", "http://")):
        return link(row["url"], row["source"])
    return row["source"]


def _then(indicator: Indicator, row: Row) -> SafeString:
    return link(then_url(indicator, row["published_at"]), _("as published then"))


def then_url(indicator: Indicator, at: Any) -> str:
    """Return the address of an indicator as it stood when a release had been published."""
    return reverse("indicators:indicator", args=[indicator.code]) + "?" + urlencode({"at": at.isoformat()})


_REVISED, _WITHDRAWN, _ADDED = 0, 1, 2


def changes_of(release: Release) -> QuerySet[Observation]:
    """Return what a release changed, with `change` (revised, withdrawn, added) and what stood there before.

    The added ones are left out where there are too many to read one by one.
    """
    same = {"series": OuterRef("series"), "period": OuterRef("period")}
    before = Observation.objects.filter(**same, until=release)
    # Asked in two ways, for current and for closed rows, because each has an index of its own.
    after = Observation.objects.filter(**same, since=release)
    withdrawn = (
        Q(until=release) & ~Exists(after.filter(until=None)) & ~Exists(after.filter(until__isnull=False))
    )
    written: Any = Q(since=release)
    if release.added > _ADDED_IN_FULL:
        written &= Exists(before)
    wanted = written | withdrawn if release.withdrawn else written
    found = Observation.objects.filter(wanted, series__indicator=release.indicator_id)
    return found.annotate(
        old_value=Subquery(before.values("value")[:1]),
        old_flags=Subquery(before.values("flags")[:1]),
        change=Case(
            When(until=release.pk, then=Value(_WITHDRAWN)),
            When(Exists(before), then=Value(_REVISED)),
            default=Value(_ADDED),
            output_field=IntegerField(),
        ),
    )


def changes_listing(indicator: Indicator) -> Listing:
    """Return the declaration of the list of what one release changed."""
    dimensions = dimensions_of(indicator)
    words: dict[int, tuple[Kind, Any]] = {
        _REVISED: ("info", gettext_lazy("revised")),
        _WITHDRAWN: ("bad", gettext_lazy("withdrawn")),
        _ADDED: ("plain", gettext_lazy("added")),
    }

    def old(row: Row) -> object:
        if row["change"] == _WITHDRAWN:
            return _figure(row["value"], row["flags"], indicator)
        return (
            _figure(row["old_value"], row["old_flags"] or "", indicator) if row["change"] == _REVISED else ""
        )

    def new(row: Row) -> object:
        if row["change"] == _WITHDRAWN:
            return format_html('<span class="quiet-text">{}</span>', _("withdrawn"))
        return _figure(row["value"], row["flags"], indicator)

    return Listing(
        name="changes",
        caption=gettext_lazy("What this release changed"),
        fields=[
            "series__area",
            "series__area__name",
            "series__key",
            "period",
            "value",
            "flags",
            "old_value",
            "old_flags",
            "change",
        ],
        columns=[
            Column(
                "area",
                gettext_lazy("Area"),
                value=lambda row: row["series__area"],
                cell=area_cell,
                sort="series__area__position",
                head=True,
            ),
            Column(
                "key",
                gettext_lazy("Breakdown"),
                value=lambda row: row["series__key"],
                cell=lambda row: words_of_key(row["series__key"], dimensions) or _("all"),
                download_only=not dimensions,
            ),
            Column("period", gettext_lazy("Period"), sort="period"),
            Column(
                "change",
                gettext_lazy("Change"),
                value=lambda row: ("revised", "withdrawn", "added")[row["change"]],
                cell=lambda row: status(*words[row["change"]]),
                sort="change",
            ),
            Column(
                "old",
                gettext_lazy("Before"),
                value=lambda row: row["value"] if row["change"] == _WITHDRAWN else row["old_value"],
                cell=old,
                number=True,
            ),
            Column(
                "new",
                gettext_lazy("After"),
                value=lambda row: None if row["change"] == _WITHDRAWN else row["value"],
                cell=new,
                number=True,
            ),
            Column(
                "flags_before",
                gettext_lazy("Flags before"),
                value=lambda row: row["flags"] if row["change"] == _WITHDRAWN else row["old_flags"],
                download_only=True,
            ),
            Column(
                "flags_after",
                gettext_lazy("Flags after"),
                value=lambda row: "" if row["change"] == _WITHDRAWN else row["flags"],
                download_only=True,
            ),
        ],
        search=("period", words_of("series__area__name"), "series__area"),
        filters=[
            Filter(
                "change",
                gettext_lazy("Change"),
                lambda: [(str(code), label) for code, (_kind, label) in words.items()],
                "change",
            )
        ],
        order="change",
        prefix="c-",
        per_page=100,
        empty=gettext_lazy("This release changed no figure that was there before."),
    )


def _figure(value: float | None, flags: str, indicator: Indicator) -> object:
    written = _("missing") if value is None else number(value, indicator.decimals)
    return marked_figure(written, flags)


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """List the releases of an indicator, newest first; with `?release=` also what one of them changed."""
    indicator = indicator_of(request, code)
    context = indicator_context(request, indicator, "revisions", _("Revisions"))
    found = visible_releases(request.user).filter(indicator=indicator)
    if given := request.GET.get("release", ""):
        release = _chosen(found, given)
        found_changes, listing = changes_of(release), changes_listing(indicator)
        if request.GET.get(listing.prefix + "format"):
            return listing.respond(request, found_changes, "indicators/revisions.html", context)
        htmx = getattr(request, "htmx", None)
        if htmx and htmx.target == f"list-{listing.name}":
            return listing.respond(request, found_changes, "indicators/revisions.html", context)
        context |= {
            "release": release,
            "release_at": moment(release.published_at),
            "release_facts": _facts(release),
            "changes": listing.shown(request, found_changes),
            "not_listed": release.added if release.added > _ADDED_IN_FULL else 0,
        }
    return releases_listing(indicator).respond(request, found, "indicators/revisions.html", context)


def _facts(release: Release) -> list[Fact]:
    url = release.url
    source = link(url, release.source) if url.startswith(("https://", "http://")) else release.source
    facts = [
        Fact(_("How"), release.get_kind_display()),
        Fact(_("Source"), source),
        Fact(_("Retrieved"), moment(release.retrieved_at)),
        Fact(_("Changed"), changes(release)),
        Fact(_("Document"), f"SHA-256 {release.document.sha256}" if release.document is not None else None),
        Fact(_("Version of the code"), release.code_version or None),
        Fact(_("Stable address"), link(uri_of(release), uri_of(release))),
        Fact(
            _("The indicator then"),
            link(then_url(release.indicator, release.published_at), _("as published then")),
        ),
    ]
    return [fact for fact in facts if fact.value is not None]


def _chosen(found: QuerySet[Release], given: str) -> Release:
    try:
        release = found.select_related("indicator", "document").filter(uid=UUID(given)).first()
    except ValueError:
        release = None
    if release is None:
        raise Http404
    return release
