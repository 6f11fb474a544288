"""The pages of organisations, and one's own account."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gilde.core.access import require
from gilde.core.components import Fact, link, written
from gilde.core.errors import GildeError, Stale
from gilde.organisations import access, services
from gilde.organisations.forms import ChangeForm, OrganisationForm, RoleForm
from gilde.organisations.listing import ORGANISATIONS
from gilde.organisations.models import Membership, Organisation

FIELDS = ("name", "short", "kind", "country", "aliases", "website", "synthetic")


@login_not_required
@require_safe
def organisation_list(request: HttpRequest) -> HttpResponseBase:
    """List the organisations that Gilde knows."""
    context = {"title": _("Organisations"), "may_add": access.can_create_organisation(request.user)}
    return ORGANISATIONS.respond(
        request, access.visible_organisations(request.user), "organisations/list.html", context
    )


@login_not_required
@require_safe
def organisation_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one organisation; its members to its members only."""
    organisation = get_object_or_404(access.visible_organisations(request.user), slug=slug)
    return render(
        request,
        "organisations/page.html",
        {
            "title": organisation,
            "organisation": organisation,
            "facts": facts_of(organisation),
            "sees_members": access.can_see_members(request.user, organisation),
            "members": members_of(request, organisation),
            "may_change": access.can_change_organisation(request.user, organisation),
        },
    )


def add(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    require(access.can_create_organisation(request.user))
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            organisation = services.create_organisation(actor=request.user, **form.cleaned_data)
        except GildeError as error:
            tell(form, error)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": organisation})
            return redirect("organisations:page", organisation.slug)
    return _form(request, form, _("Add an organisation"), _("Add"), reverse("organisations:list"))


def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is known of an organisation; who comes second sees what the first has stored."""
    organisation = get_object_or_404(access.visible_organisations(request.user), slug=slug)
    require(access.can_change_organisation(request.user, organisation))
    if request.method == "POST":
        form = ChangeForm(request.POST)
    else:
        stored = {field: getattr(organisation, field) for field in FIELDS}
        form = ChangeForm(initial={**stored, "version": organisation.version})
    now_stored: list[Fact] = []
    if request.method == "POST" and form.is_valid():
        fields = {field: form.cleaned_data[field] for field in FIELDS}
        try:
            services.change_organisation(
                actor=request.user,
                organisation=organisation,
                version=form.cleaned_data["version"],
                **fields,
            )
        except GildeError as error:
            if isinstance(error, Stale):
                organisation.refresh_from_db()
                now_stored = facts_of(organisation)
                form = ChangeForm({**request.POST.dict(), "version": organisation.version})
            tell(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("organisations:page", slug)
    return _form(
        request,
        form,
        _("Change %(name)s") % {"name": organisation},
        _("Save"),
        reverse("organisations:page", args=[slug]),
        organisation=organisation,
        now_stored=now_stored,
    )


def member_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Give somebody a role."""
    organisation = get_object_or_404(access.visible_organisations(request.user), slug=slug)
    require(access.can_change_organisation(request.user, organisation))
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.grant_role(
                actor=request.user,
                organisation=organisation,
                user=given["email"],
                role=given["role"],
                since=given["since"],
                until=given["until"],
            )
        except GildeError as error:
            tell(form, error)
        else:
            messages.success(request, _("%(person)s has the role now.") % {"person": given["email"]})
            return redirect("organisations:page", slug)
    return _form(
        request,
        form,
        _("Give a role"),
        _("Give the role"),
        reverse("organisations:page", args=[slug]),
        organisation=organisation,
    )


def member_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End a role, after saying what that means."""
    organisation = get_object_or_404(access.visible_organisations(request.user), slug=slug)
    require(access.can_change_organisation(request.user, organisation))
    membership = get_object_or_404(access.visible_memberships(request.user, organisation), pk=pk)
    page = reverse("organisations:page", args=[slug])
    if request.method == "POST":
        services.end_role(actor=request.user, membership=membership)
        messages.success(request, _("The role of %(person)s has ended.") % {"person": membership.user})
        return redirect(page)
    words = {"person": membership.user, "role": membership.get_role_display(), "name": organisation}
    return render(
        request,
        "core/confirm.html",
        {
            "title": _("End a role"),
            "what": _("%(person)s will no longer be %(role)s of %(name)s.") % words,
            "consequence": _(
                "The person loses at once what the role allows. What they did stays, with their name. "
                "You can give the role again."
            ),
            "form": forms.Form(),
            "button": _("End the role"),
            "cancel": page,
            "crumbs": [(_("Organisations"), reverse("organisations:list")), (organisation, page)],
        },
    )


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: sign-in, organisations, roles."""
    held = Membership.objects.active().filter(user=request.user.pk).select_related("organisation")
    return render(
        request,
        "organisations/account.html",
        {
            "title": _("My account"),
            "memberships": [
                (
                    link(reverse("organisations:page", args=[m.organisation.slug]), m.organisation),
                    m.get_role_display(),
                    written(m.since),
                    written(m.until),
                )
                for m in held
            ],
        },
    )


def facts_of(organisation: Organisation) -> list[Fact]:
    """Return what is known of an organisation, for a summary list."""
    site = organisation.website
    return [
        Fact(_("Name"), organisation.name),
        Fact(_("Abbreviation"), organisation.short),
        Fact(_("Kind"), organisation.get_kind_display()),
        Fact(_("Country"), organisation.country),
        Fact(_("Other names"), ", ".join(organisation.aliases)),
        Fact(_("Website"), link(site, site) if site else ""),
    ]


def members_of(request: HttpRequest, organisation: Organisation) -> list[tuple[object, ...]]:
    """Return a row for each membership that the reader may see: person, role, days, where to end it."""
    active = set(Membership.objects.active().filter(organisation=organisation).values_list("pk", flat=True))
    rows: list[tuple[object, ...]] = []
    for membership in access.visible_memberships(request.user, organisation):
        url = reverse("organisations:member-end", args=[organisation.slug, membership.pk])
        rows.append(
            (
                membership.user,
                membership.get_role_display(),
                written(membership.since),
                written(membership.until),
                url if membership.pk in active else "",
            )
        )
    return rows


def tell(form: forms.Form, error: GildeError) -> None:
    """Show an error of a service at the fields that it names, else above the form."""
    fields = error.details.get("fields")
    named = (
        {name: words for name, words in fields.items() if name in form.fields}
        if isinstance(fields, dict)
        else {}
    )
    for name, words in named.items():
        form.add_error(name, words)
    if not named:
        form.add_error(None, error.sentence)


def _form(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    button: str,
    cancel: str,
    organisation: Organisation | None = None,
    now_stored: list[Fact] | None = None,
) -> HttpResponse:
    crumbs: list[tuple[object, str]] = [(_("Organisations"), reverse("organisations:list"))]
    if organisation is not None:
        crumbs.append((organisation, reverse("organisations:page", args=[organisation.slug])))
    context = {
        "title": title,
        "form": form,
        "button": button,
        "cancel": cancel,
        "crumbs": crumbs,
        "now_stored": now_stored,
    }
    status = 409 if now_stored else 422 if form.errors else 200
    return render(request, "organisations/form.html", context, status=status)
