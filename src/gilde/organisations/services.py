"""Every change of organisations and memberships: checked, stored and audited in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gilde.core import audit, clock, search, workflow
from gilde.core.access import Actor, require
from gilde.core.errors import Invalid, Refused
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations import access
from gilde.organisations.models import Membership, Organisation

CHANGEABLE = frozenset({"name", "short", "aliases", "kind", "country", "website", "synthetic"})


def create_organisation(
    *,
    actor: Actor,
    name: Text,
    kind: str,
    short: str = "",
    aliases: Iterable[str] = (),
    country: str = "",
    website: str = "",
    synthetic: bool = False,
    slug: str = "",
) -> Organisation:
    """Return the new organisation. Raises Refused, or Invalid with the fields that are wrong."""
    require(access.can_create_organisation(actor))
    organisation = Organisation(
        slug=slug or _free_slug(short or str(name)),
        name=name,
        short=short,
        aliases=_clean_names(aliases),
        kind=kind,
        country=country.upper(),
        website=website,
        synthetic=synthetic,
    )
    with transaction.atomic():
        _check(organisation)
        organisation.save(force_insert=True)
        audit.record(
            actor,
            "organisations.organisation.create",
            organisation,
            after={field: getattr(organisation, field) for field in ("slug", *sorted(CHANGEABLE))},
        )
        search.update("organisation", [organisation.pk])
    return organisation


def change_organisation(
    *, actor: Actor, organisation: Organisation, version: int, **fields: Any
) -> Organisation:
    """Return the organisation as changed from `version`.

    Raises Refused, Invalid, or Stale when somebody else changed it since that version.
    """
    require(access.can_change_organisation(actor, organisation))
    if unknown := set(fields) - CHANGEABLE:
        raise TypeError(f"An organisation has no {', '.join(sorted(unknown))} that could be changed.")
    if "aliases" in fields:
        fields["aliases"] = _clean_names(fields["aliases"])
    if "country" in fields:
        fields["country"] = fields["country"].upper()
    for field, value in fields.items():
        setattr(organisation, field, value)
    with transaction.atomic():
        _check(organisation)
        search.update("organisation", [organisation.pk])
        return workflow.change(
            organisation, actor=actor, action="organisations.organisation.change", version=version, **fields
        )


def grant_role(
    *,
    actor: Actor,
    organisation: Organisation,
    user: User,
    role: str,
    since: date | None = None,
    until: date | None = None,
) -> Membership:
    """Return the membership that gives `user` the role from `since` (today) to the end of `until` (open).

    A role that the person had before and that ended is given again. Raises Refused; Invalid when the person
    holds the role now or the dates do not fit.
    """
    require(access.can_change_organisation(actor, organisation))
    since = since or clock.today()
    membership = Membership(user=user, organisation=organisation, role=role, since=since, until=until)
    with transaction.atomic():
        old = Membership.objects.filter(user=user, organisation=organisation, role=role).first()
        if old is not None:
            if old.until is None or old.until >= since:
                raise Invalid(_("%(person)s has this role already.") % {"person": user})
            membership.pk = old.pk
        if until is not None and until < since:
            raise Invalid(_("The last day is before the first. Correct one of the two."))
        try:
            membership.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise Invalid.from_validation(error) from error
        membership.save(force_insert=old is None)
        audit.record(
            actor,
            "organisations.membership.grant",
            membership,
            before={"since": old.since, "until": old.until} if old else {},
            after={
                "organisation": organisation.pk,
                "user": user.pk,
                "role": role,
                "since": since,
                "until": until,
            },
        )
    return membership


def end_role(*, actor: Actor, membership: Membership) -> None:
    """End a role at once: yesterday was its last day. One that only began today is taken back whole.

    Raises Refused, also to the last administrator of an organisation who would end that role of their own:
    nobody would be left to give it back. Who administers the installation may.
    """
    organisation = membership.organisation
    require(access.can_change_organisation(actor, organisation))
    if (
        membership.role == Membership.Role.ADMINISTRATOR
        and membership.user_id == actor.pk
        and not actor.is_superuser
        and not Membership.objects.active()
        .filter(organisation=organisation, role=membership.role)
        .exclude(pk=membership.pk)
        .exists()
    ):
        raise Refused(_("You are the last administrator here. Make somebody else administrator first."))
    yesterday = clock.today() - timedelta(days=1)
    with transaction.atomic():
        before = {"since": membership.since, "until": membership.until}
        taken_back = membership.since > yesterday
        after = {"user": membership.user_id, "role": membership.role}
        audit.record(
            actor,
            "organisations.membership.end",
            membership,
            before={**after, **before},
            after={**after, "until": None if taken_back else yesterday, "taken_back": taken_back},
        )
        if taken_back:
            Membership.objects.filter(pk=membership.pk).delete()
        else:
            Membership.objects.filter(pk=membership.pk).update(until=yesterday)


def _check(organisation: Organisation) -> None:
    try:
        organisation.full_clean()
    except ValidationError as error:
        raise Invalid.from_validation(error) from error


def _clean_names(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def _free_slug(words: str) -> str:
    base = slugify(words)[:70] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
