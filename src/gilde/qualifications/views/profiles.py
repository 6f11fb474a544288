"""Occupational profiles as everybody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Case, OuterRef, Prefetch, QuerySet, Subquery, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gilde.core.access import Actor
from gilde.core.components import Fact, Kind, link, nothing, status, written
from gilde.core.lists import Column, Filter, Listing, words_of
from gilde.organisations.public import Organisation
from gilde.qualifications.access import (
    can_draft,
    can_keep_profile,
    visible_profile_versions,
    visible_versions,
)
from gilde.qualifications.models import (
    Linked,
    Profile,
    ProfileConcept,
    ProfileItem,
    ProfileVersion,
    QualificationVersion,
)
from gilde.qualifications.profile_changes import Change, changes_between

S = ProfileVersion.State
_KINDS: dict[str, Kind] = {S.DRAFT: "none", S.PUBLISHED: "good", S.SUPERSEDED: "info", S.WITHDRAWN: "warn"}
Crumb = tuple[str, str]


def state_tag(state: str) -> SafeString:
    """Return the state of a version of a profile as a tag."""
    return status(_KINDS[state], S(state).label)


def shown_first() -> list[Any]:
    """Return the order in which a version stands for its profile: the published one, else the newest."""
    return [Case(When(state=S.PUBLISHED, then=Value(0)), default=Value(1)), "-number"]


def profile_url(code: str) -> str:
    """Return the address of a profile."""
    return reverse("qualifications:profile", args=[code])


def _owners() -> Iterable[tuple[str, str]]:
    owners = Organisation.objects.filter(pk__in=Profile.objects.order_by().values("owner"))
    return sorted(((each.slug, str(each)) for each in owners), key=lambda choice: choice[1].casefold())


PROFILES = Listing(
    name="profiles",
    caption=gettext_lazy("Profiles"),
    fields=[
        "profile__code",
        "title",
        "summary",
        "profile__owner__name",
        "profile__owner__slug",
        "state",
        "number",
        "regulated",
        "published_at",
    ],
    columns=[
        Column(
            "title",
            gettext_lazy("Occupation"),
            value=lambda row: row["title"],
            cell=lambda row: link(profile_url(row["profile__code"]), written(row["title"])),
            sort=words_of("title"),
            head=True,
        ),
        Column("code", gettext_lazy("Code"), value=lambda row: row["profile__code"], download_only=True),
        Column("summary", gettext_lazy("Summary"), download_only=True),
        Column(
            "owner",
            gettext_lazy("Kept by"),
            value=lambda row: row["profile__owner__name"],
            cell=lambda row: link(
                reverse("organisations:page", args=[row["profile__owner__slug"]]),
                written(row["profile__owner__name"]),
            ),
            sort=words_of("profile__owner__name"),
        ),
        Column("regulated", gettext_lazy("Regulated"), sort="regulated"),
        Column("state", gettext_lazy("State"), cell=lambda row: state_tag(row["state"]), sort="state"),
        Column("number", gettext_lazy("Version"), sort="number", number=True),
        Column("published_at", gettext_lazy("Published"), sort="published_at"),
    ],
    search=(words_of("title"), words_of("summary"), "profile__code"),
    filters=[
        Filter("owner", gettext_lazy("Kept by"), _owners, "profile__owner__slug"),
        Filter("state", gettext_lazy("State"), lambda: S.choices, "state"),
        Filter(
            "regulated",
            gettext_lazy("Regulated"),
            lambda: [("yes", _("yes")), ("no", _("no"))],
            lambda versions, value: versions.filter(regulated=value == "yes"),
        ),
    ],
    order="title",
    empty=gettext_lazy(
        "What people in an occupation do, know and can will stand here. Sector bodies and employment services "
        "add a profile with “Add a profile”."
    ),
)


@login_not_required
@require_safe
def profile_list(request: HttpRequest) -> HttpResponseBase:
    """List the profiles that the reader may see, each by the version that stands for it."""
    seen = visible_profile_versions(request.user)
    first = seen.filter(profile=OuterRef("profile")).order_by(*shown_first()).values("pk")[:1]
    context = {
        "title": _("Occupational profiles"),
        "crumbs": crumbs(),
        "may_add": bool(can_draft(request.user)),
    }
    return PROFILES.respond(request, seen.filter(pk=Subquery(first)), "qualifications/profiles.html", context)


def crumbs(profile: ProfileVersion | None = None) -> list[Crumb]:
    """Return the way to the profiles, or to a page under one of them."""
    way = [(_("Qualifications"), reverse("qualifications:list"))]
    if profile is not None:
        way.append((_("Profiles"), reverse("qualifications:profiles")))
        way.append((str(profile.title), profile_url(profile.profile.code)))
    return way


def versions_of(actor: Actor, code: str) -> list[ProfileVersion]:
    """Return the versions of a profile that the actor may see, the newest first. Raises 404 when there is none."""
    versions = list(_with_parts(visible_profile_versions(actor).filter(profile__code=code)))
    if not versions:
        raise Http404
    return versions


def _with_parts(versions: QuerySet[ProfileVersion]) -> QuerySet[ProfileVersion]:
    return (
        versions.select_related("profile__owner")
        .prefetch_related(
            Prefetch("items", ProfileItem.objects.order_by("position", "pk")),
            Prefetch("concepts", ProfileConcept.objects.order_by("pk")),
        )
        .order_by("-number")
    )


@login_not_required
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show a profile: what is published, for its keeper a draft where nothing is."""
    versions = versions_of(request.user, code)
    shown = next((each for each in versions if each.state == S.PUBLISHED), versions[0])
    return _show(request, shown, versions)


@login_not_required
@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Show one version of a profile, also a former one."""
    versions = versions_of(request.user, code)
    shown = next((each for each in versions if each.number == number), None)
    if shown is None:
        raise Http404
    return _show(request, shown, versions)


@dataclass(frozen=True)
class Past:
    """A version in the history of a profile, with what it changed in the one before."""

    number: int
    url: str
    tag: SafeString
    published: object
    here: bool
    changes: Sequence[Change] | None  # None for the first version


def _show(request: HttpRequest, shown: ProfileVersion, versions: Sequence[ProfileVersion]) -> HttpResponse:
    profile = shown.profile
    draft = next((each for each in versions if each.state == S.DRAFT), None)
    way = crumbs()
    way.append((_("Profiles"), reverse("qualifications:profiles")))
    context = {
        "title": str(shown.title),
        "crumbs": way,
        "version": shown,
        "profile": profile,
        "tag": state_tag(shown.state),
        "sections": _sections(shown),
        "facts": _facts(shown),
        "occupations": [
            _occupation(each) for each in shown.concepts.all() if each.state == Linked.State.CONFIRMED
        ],
        "qualifications": _based_on(request.user, profile),
        "history": _history(shown, versions),
        "newer": next((each for each in versions if each.state == S.PUBLISHED and each.pk != shown.pk), None),
        "acts": _acts(request.user, shown, draft),
    }
    return render(request, "qualifications/profiles_page.html", context)


def _sections(version: ProfileVersion) -> list[tuple[str, str, list[Any]]]:
    """Return the items of a version: an id for the heading, the heading, the texts; what is empty is left out."""
    headings = {
        ProfileItem.Kind.ACTIVITY: _("What one does"),
        ProfileItem.Kind.KNOWLEDGE: _("What one knows"),
        ProfileItem.Kind.SKILL: _("What one can do"),
        ProfileItem.Kind.ATTITUDE: _("What one is like at work"),
    }
    by_kind = {kind: [item.text for item in version.items.all() if item.kind == kind] for kind in headings}
    return [(str(kind), headings[kind], texts) for kind, texts in by_kind.items() if texts]


def _facts(version: ProfileVersion) -> list[Fact]:
    owner = version.profile.owner
    regulated: object = {True: _("yes"), False: _("no"), None: nothing(_("not said"))}[version.regulated]
    if version.regulated and version.regulation:
        regulated = format_html("{}: {}", regulated, written(version.regulation))
    return [
        Fact(_("Kept by"), link(reverse("organisations:page", args=[owner.slug]), written(owner.name))),
        Fact(_("Regulated occupation"), regulated),
        Fact(_("Version"), str(version.number)),
        Fact(_("Published"), written(version.published_at)),
    ]


def _occupation(concept: ProfileConcept) -> tuple[SafeString, str, str]:
    """Return an occupation as a link, how it relates to the profile, and where it comes from."""
    name = written(concept.label) if concept.label else concept.uri
    source = f"{concept.scheme.upper()} {concept.edition}".strip()
    return link(concept.uri, name), str(concept.get_relation_display()), source


def _based_on(actor: Actor, profile: Profile) -> list[tuple[SafeString, str]]:
    """Return the qualifications of which a version that the actor may see is based on the profile."""
    seen = (
        visible_versions(actor)
        .filter(profiles=profile)
        .select_related("qualification")
        .order_by("qualification__code", "-number")
    )
    newest: dict[Any, QualificationVersion] = {}
    for each in seen:
        newest.setdefault(each.qualification_id, each)
    return [
        (
            link(
                reverse("qualifications:qualification", args=[each.qualification.code]), written(each.title)
            ),
            str(each.qualification.get_kind_display()),
        )
        for each in newest.values()
    ]


def _history(shown: ProfileVersion, versions: Sequence[ProfileVersion]) -> list[Past]:
    before = [*versions[1:], None]
    return [
        Past(
            each.number,
            reverse("qualifications:profile-version", args=[each.profile.code, each.number]),
            state_tag(each.state),
            written(each.published_at),
            each.pk == shown.pk,
            changes_between(former, each) if former is not None else None,
        )
        for each, former in zip(versions, before, strict=True)
    ]


def _acts(actor: Actor, shown: ProfileVersion, draft: ProfileVersion | None) -> list[tuple[str, str]]:
    """Return what the reader may do with a profile: words and addresses."""
    if not actor.is_authenticated or not can_keep_profile(actor, shown.profile):
        return []
    names = [("profile-next", _("Begin the next version"))]
    if draft is not None:
        names = [
            ("profile-edit", _("Change the draft")),
            ("profile-occupations", _("Occupations")),
            ("profile-publish", _("Publish")),
            ("profile-discard", _("Discard the draft")),
        ]
    if shown.state == S.PUBLISHED:
        names.append(("profile-withdraw", _("Withdraw")))
    return [(words, reverse(f"qualifications:{name}", args=[shown.profile.code])) for name, words in names]
