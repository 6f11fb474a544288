"""Load the demo world: organisations, people, plans as promised, invented progress, and figures with their source.

Idempotent: what exists is left as it is, so that trying things out survives the next `make demo`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gilde.core import audit, search
from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.demo.credentials import load_credentials
from gilde.demo.figures import load_indicators
from gilde.demo.files import DATA, read, upload_documents
from gilde.demo.progress import load_progress
from gilde.demo.promise import PlanLoader
from gilde.demo.qualifications import load_qualifications
from gilde.organisations.models import Membership, Organisation
from gilde.plans.models import Action
from gilde.plans.services.reference import load_reference, text

__all__ = ["load", "read", "upload_documents"]

Say = Callable[[str], None]


def load(password: str, say: Say = lambda _line: None) -> None:
    """Load what is missing of the demo world; demo people get `password`.

    The search index is left as it is: rebuild it afterwards, which is quicker than row by row.
    """
    with search.paused():
        _load(password, say)


def _load(password: str, say: Say) -> None:
    for line in load_reference():
        say(line)
    organisations = _organisations()
    say(f"{len(organisations)} organisations")
    people = _people(organisations, password)
    say(f"{len(people)} demo people")
    for path in sorted((DATA / "plans").glob("*.yaml")):
        if path.stem.endswith("-progress"):
            continue
        plan = PlanLoader(read(f"plans/{path.name}"), organisations).load()
        actions = Action.objects.filter(measure__plan=plan).count()
        say(f"{plan.slug}: {plan.measures.count()} measures, {actions} actions")
    for path in sorted((DATA / "plans").glob("*-progress.yaml")):
        load_progress(read(f"plans/{path.name}"), people)
        say(f"{path.stem}: invented progress")
    load_indicators(organisations, say)
    load_qualifications(organisations, people, say)
    load_credentials(organisations, people, say)


@transaction.atomic
def _organisations() -> dict[str, Organisation]:
    found = {}
    for row in read("organisations.yaml")["organisations"]:
        organisation, created = Organisation.objects.get_or_create(
            slug=row["key"],
            defaults={
                "name": text(row["name"]),
                "short": row.get("short") or "",
                "aliases": row.get("aliases") or [],
                "kind": row["kind"],
                "country": row.get("country") or "",
                "synthetic": row["synthetic"],
            },
        )
        if created:
            audit.record(
                SYSTEM, "organisations.organisation.load", organisation, after={"slug": organisation.slug}
            )
        found[row["key"]] = organisation
    return found


@transaction.atomic
def _people(organisations: dict[str, Organisation], password: str) -> dict[str, User]:
    from allauth.account.models import EmailAddress

    found = {}
    secret = make_password(password)
    for row in read("people.yaml")["people"]:
        administrator = "administrator" in row["roles"] and not row.get("organisation")
        user, created = User.objects.get_or_create(
            email=row["email"],
            defaults={
                "name": row["name"],
                "password": secret,
                "is_staff": administrator,
                "is_superuser": administrator,
            },
        )
        found[row["key"]] = user
        if not created:
            continue
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if row.get("organisation"):
            for role in row["roles"]:
                Membership.objects.create(
                    user=user,
                    organisation=organisations[row["organisation"]],
                    role=role,
                    since=datetime.date(2022, 1, 1),
                )
    return found
