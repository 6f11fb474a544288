"""Keeping occupational profiles: adding, changing, linking, publishing, withdrawing, beginning the next version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gilde.core.access import require
from gilde.core.errors import Invalid
from gilde.core.form_pages import Page, answer, found
from gilde.organisations.public import member_organisations
from gilde.qualifications.access import WRITERS, can_draft, can_keep_profile, visible_profile_versions
from gilde.qualifications.forms.profiles import OccupationForm, ProfileForm, initial_of
from gilde.qualifications.models import Linked, ProfileConcept, ProfileVersion
from gilde.qualifications.services import profiles as service
from gilde.qualifications.views.profiles import crumbs, profile_url

both = require_http_methods(["GET", "HEAD", "POST"])
S = ProfileVersion.State


class VersionForm(forms.Form):
    """Nothing to fill in, but the version that was looked at is remembered."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True)
class KeptPage(Page):
    """A page of a draft, with what else it shows."""

    code: str = ""
    links: Any = ()
    missing: Any = ()


def _kept(request: HttpRequest, code: str) -> ProfileVersion:
    """Return the newest version of a profile that the reader may see and keep. Raises 404, Refused."""
    seen = visible_profile_versions(request.user).filter(profile__code=code).select_related("profile__owner")
    newest = seen.order_by("-number").first()
    if newest is None:
        raise Http404
    require(can_keep_profile(request.user, newest.profile))
    return newest


def _draft(request: HttpRequest, code: str) -> ProfileVersion:
    """Return the draft of a profile. Raises 404, Refused, and Invalid where there is none."""
    newest = _kept(request, code)
    if newest.state != S.DRAFT:
        raise Invalid(
            _("There is no draft of this profile: what is published never changes. Begin the next version.")
        )
    return newest


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@both
def add(request: HttpRequest) -> HttpResponse:
    """Describe an occupation that has no profile yet."""
    require(can_draft(request.user))
    page = Page(
        title=_("Add a profile"),
        button=_("Save as draft"),
        back=reverse("qualifications:profiles"),
        crumbs=[*crumbs(), (_("Profiles"), reverse("qualifications:profiles"))],
        lead=_("Only the members of your organisation see it until it is published."),
        done=_("The profile is a draft. Link it to the occupations that it is about, then publish it."),
        follow=lambda made: reverse("qualifications:profile-occupations", args=[made.profile.code]),
    )
    form = ProfileForm(_posted(request), owners=member_organisations(request.user, WRITERS))
    return answer(
        request,
        page,
        form,
        lambda given: service.add_profile(
            actor=request.user,
            owner=given.cleaned_data["owner"],
            code=given.cleaned_data["code"],
            data=given.read(),
        ),
    )


@both
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a draft says."""
    draft = _draft(request, code)

    def fresh(data: Any = None) -> ProfileForm:
        return ProfileForm(data, initial=initial_of(ProfileVersion.objects.get(pk=draft.pk)))

    page = Page(
        title=_("Change the draft"),
        button=_("Save"),
        back=profile_url(code),
        crumbs=crumbs(draft),
        subject=str(draft),
        done=_("The draft was changed."),
        follow=_version_url,
    )
    return answer(
        request,
        page,
        fresh(_posted(request)),
        lambda given: service.change_profile(
            actor=request.user,
            draft=draft,
            version=given.cleaned_data["version"] or 0,
            data=given.read(),
        ),
        fresh,
    )


def _version_url(version: ProfileVersion) -> str:
    return reverse("qualifications:profile-version", args=[version.profile.code, version.number])


@both
def occupations(request: HttpRequest, code: str) -> HttpResponse:
    """Show the occupations to which a draft is linked, and link one more."""
    draft = _draft(request, code)

    def fresh(data: Any = None) -> OccupationForm:
        version = ProfileVersion.objects.values_list("version", flat=True).get(pk=draft.pk)
        return OccupationForm(data, initial={"version": version, "relation": Linked.Relation.EXACT})

    page = KeptPage(
        title=_("Occupations"),
        button=_("Link"),
        back=_version_url(draft),
        crumbs=crumbs(draft),
        subject=str(draft),
        lead=_("Through these links learners, employment services and other countries find the profile."),
        done=_("The occupation is linked."),
        follow=lambda _link: reverse("qualifications:profile-occupations", args=[code]),
        template="qualifications/profiles_occupations.html",
        code=code,
        links=list(ProfileConcept.objects.filter(version=draft).order_by("pk")),
    )
    return answer(
        request,
        page,
        fresh(_posted(request)),
        lambda given: service.link_occupation(
            actor=request.user,
            draft=draft,
            version=given.cleaned_data["version"] or 0,
            data=given.read(),
        ),
        fresh,
    )


@both
def unlink(request: HttpRequest, code: str, link: int) -> HttpResponse:
    """Take away a link to an occupation, after saying what will happen."""
    draft = _draft(request, code)
    concept = found(ProfileConcept.objects.filter(version=draft), pk=link)
    back = reverse("qualifications:profile-occupations", args=[code])
    page = Page(
        title=_("Remove this link"),
        button=_("Remove the link"),
        back=back,
        crumbs=[*crumbs(draft), (_("Occupations"), back)],
        subject=str(concept.label) or concept.uri,
        warning=_("The draft is no longer linked to this occupation. You can link it again."),
        danger=True,
        done=_("The link was removed."),
    )
    return _confirm(
        request,
        page,
        draft,
        lambda version: service.unlink_occupation(
            actor=request.user, draft=draft, version=version, link=concept
        ),
    )


@both
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish a draft, after saying what will happen and what it still lacks."""
    draft = _draft(request, code)
    page = KeptPage(
        title=_("Publish this profile"),
        button=_("Publish"),
        back=_version_url(draft),
        crumbs=crumbs(draft),
        subject=str(draft),
        warning=_(
            "Everybody sees it, and this version never changes again. A version that was published before is "
            "superseded and stays to be read."
        ),
        done=_("The profile is published."),
        follow=lambda _made: profile_url(code),
        template="qualifications/profiles_publish.html",
        code=code,
        missing=service.missing_in(draft),
    )
    return _confirm(
        request,
        page,
        draft,
        lambda version: service.publish_profile(actor=request.user, draft=draft, version=version),
    )


@both
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw what is published, after saying what will happen."""
    newest = _kept(request, code)
    published = found(
        ProfileVersion.objects.select_related("profile__owner"), profile=newest.profile, state=S.PUBLISHED
    )
    page = Page(
        title=_("Withdraw this profile"),
        button=_("Withdraw"),
        back=profile_url(code),
        crumbs=crumbs(published),
        subject=str(published),
        warning=_(
            "The profile no longer holds. It stays to be read, marked as withdrawn, and qualifications that are "
            "based on it are not changed. To publish it again, begin the next version."
        ),
        danger=True,
        done=_("The profile was withdrawn."),
    )
    return _confirm(
        request,
        page,
        published,
        lambda version: service.withdraw_profile(actor=request.user, published=published, version=version),
    )


@both
def next_version(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the next version, which says at first what the newest one says."""
    newest = _kept(request, code)
    page = Page(
        title=_("Begin the next version"),
        button=_("Begin"),
        back=profile_url(code),
        crumbs=crumbs(newest),
        subject=str(newest),
        warning=_(
            "A draft is made that says what the newest version says. What is published stays as it is until the "
            "draft is published."
        ),
        done=_("Change what is different now, then publish the draft."),
        follow=lambda _made: reverse("qualifications:profile-edit", args=[code]),
    )
    return _confirm(
        request, page, newest, lambda _version: service.begin_next(actor=request.user, profile=newest.profile)
    )


@both
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a draft, after saying what will happen."""
    draft = _draft(request, code)
    page = Page(
        title=_("Discard the draft"),
        button=_("Discard the draft"),
        back=_version_url(draft),
        crumbs=crumbs(draft),
        subject=str(draft),
        warning=_("The draft is deleted and cannot be brought back. Versions that were published stay."),
        danger=True,
        done=_("The draft was discarded."),
        follow=lambda _none: reverse("qualifications:profiles"),
    )
    return _confirm(
        request,
        page,
        draft,
        lambda version: service.discard_draft(actor=request.user, draft=draft, version=version),
    )


def _confirm(request: HttpRequest, page: Page, version: ProfileVersion, act: Any) -> HttpResponse:
    """Answer a page that asks for nothing but a yes."""

    def fresh(data: Any = None) -> VersionForm:
        now = ProfileVersion.objects.filter(pk=version.pk).values_list("version", flat=True).first()
        return VersionForm(data, initial={"version": now})

    return answer(
        request, page, fresh(_posted(request)), lambda given: act(given.cleaned_data["version"] or 0), fresh
    )
