"""Organisations and roles: who may change them, what is checked, what the audit keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from gilde.core import audit, clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import AuditEvent, User
from gilde.core.text import Text
from gilde.organisations import services
from gilde.organisations.models import Membership, Organisation
from gilde.organisations.public import Role, roles_in
from tests.organisations.factories import OrganisationFactory, member

pytestmark = pytest.mark.django_db


def named(words: str) -> Text:
    return Text.of(words)


class TestCreating:
    def test_a_new_organisation_gets_a_key_from_its_abbreviation_and_an_event(self) -> None:
        made = services.create_organisation(
            actor=SYSTEM, name=named("Public Employment"), kind="pes", short="VDAB"
        )
        again = services.create_organisation(
            actor=SYSTEM, name=named("Another one"), kind="other", short="VDAB"
        )
        assert (made.slug, again.slug) == ("vdab", "vdab-2")
        event = AuditEvent.objects.filter(object_id=str(made.pk)).get()
        assert event.action == "organisations.organisation.create"
        assert event.after["name"] == {"source": "en", "words": {"en": "Public Employment"}}
        assert list(audit.verify()) == []

    def test_a_wrong_field_is_named_and_nothing_is_stored(self) -> None:
        with pytest.raises(Invalid) as refused:
            services.create_organisation(actor=SYSTEM, name=named("X"), kind="guild", website="no address")
        assert set(refused.value.details["fields"]) == {"kind", "website"}  # type: ignore[call-overload]
        assert not Organisation.objects.exists()
        assert not AuditEvent.objects.exists()

    def test_only_who_administers_the_installation_adds_one(self) -> None:
        actor = member(OrganisationFactory(), Role.ADMINISTRATOR)
        for stranger in (actor, AnonymousUser()):
            with pytest.raises(Refused, match="Only administrators of this installation"):
                services.create_organisation(actor=stranger, name=named("X"), kind="other")


class TestChanging:
    def test_the_event_holds_the_old_and_the_new_of_what_changed_only(self) -> None:
        organisation = OrganisationFactory(short="A")
        services.change_organisation(
            actor=SYSTEM, organisation=organisation, version=1, short="B", kind=organisation.kind
        )
        event = AuditEvent.objects.get()
        assert (event.before, event.after) == ({"short": "A"}, {"short": "B"})
        assert organisation.version == 2

    def test_the_second_of_two_who_began_from_the_same_version_is_told_and_stores_nothing(self) -> None:
        organisation = OrganisationFactory()
        other_window = Organisation.objects.get(pk=organisation.pk)
        services.change_organisation(actor=SYSTEM, organisation=organisation, version=1, short="first")
        with pytest.raises(Stale):
            services.change_organisation(actor=SYSTEM, organisation=other_window, version=1, short="second")
        assert Organisation.objects.get().short == "first"

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.READER])
    def test_a_member_who_is_no_administrator_is_refused(self, role: str) -> None:
        organisation = OrganisationFactory()
        with pytest.raises(Refused, match="Only administrators of this organisation"):
            services.change_organisation(
                actor=member(organisation, role), organisation=organisation, version=1, short="X"
            )

    def test_an_administrator_of_another_organisation_is_refused(self) -> None:
        actor = member(OrganisationFactory(), Role.ADMINISTRATOR)
        with pytest.raises(Refused):
            services.change_organisation(
                actor=actor, organisation=OrganisationFactory(), version=1, short="X"
            )

    def test_names_are_kept_once_and_without_blanks(self) -> None:
        organisation = OrganisationFactory()
        services.change_organisation(
            actor=SYSTEM, organisation=organisation, version=1, aliases=[" PES ", "", "PES", "VDAB"]
        )
        assert organisation.aliases == ["PES", "VDAB"]


class TestRoles:
    def test_a_role_holds_from_its_first_to_its_last_day(self, user: User) -> None:
        organisation = OrganisationFactory()
        services.grant_role(
            actor=SYSTEM,
            organisation=organisation,
            user=user,
            role=Role.OFFICER,
            since=date(2026, 3, 1),
            until=date(2026, 3, 31),
        )
        held = {}
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)):
            with clock.moved_to(day):
                held[day] = roles_in(user, organisation.pk)
        assert list(held.values()) == [set(), {"officer"}, {"officer"}, set()]

    def test_a_role_that_is_held_is_not_given_twice_but_one_that_ended_is_given_again(
        self, user: User
    ) -> None:
        organisation = OrganisationFactory()

        def give(since: date, until: date | None = None) -> Membership:
            return services.grant_role(
                actor=SYSTEM, organisation=organisation, user=user, role=Role.READER, since=since, until=until
            )

        first = give(date(2024, 1, 1), date(2024, 12, 31))
        with pytest.raises(Invalid, match="has this role already"):
            give(date(2024, 6, 1))
        again = give(date(2025, 6, 1))
        assert again.pk == first.pk
        event = AuditEvent.objects.last()
        assert event is not None
        assert event.before == {"since": "2024-01-01", "until": "2024-12-31"}

    def test_a_last_day_before_the_first_is_refused(self, user: User) -> None:
        with pytest.raises(Invalid, match="last day is before the first"):
            services.grant_role(
                actor=SYSTEM,
                organisation=OrganisationFactory(),
                user=user,
                role=Role.READER,
                since=date(2026, 1, 2),
                until=date(2026, 1, 1),
            )

    def test_an_event_about_a_role_holds_no_name_and_no_address(self, user: User) -> None:
        services.grant_role(actor=SYSTEM, organisation=OrganisationFactory(), user=user, role=Role.READER)
        event = AuditEvent.objects.get()
        assert user.email not in str(event.after)
        assert event.after["user"] == str(user.pk)

    def test_a_role_that_is_ended_ends_at_once(self) -> None:
        organisation = OrganisationFactory()
        officer = member(organisation, Role.OFFICER)
        services.end_role(actor=SYSTEM, membership=officer.memberships.get())
        assert roles_in(officer, organisation.pk) == set()
        assert officer.memberships.get().until is not None

    def test_a_role_that_began_today_is_taken_back_whole_and_the_event_remains(self) -> None:
        organisation = OrganisationFactory()
        officer = member(organisation, Role.OFFICER, since=clock.today())
        services.end_role(actor=SYSTEM, membership=officer.memberships.get())
        assert not officer.memberships.exists()
        event = AuditEvent.objects.get()
        assert event.after["taken_back"] is True
        assert event.before["user"] == str(officer.pk)

    def test_the_last_administrator_cannot_leave_but_one_of_two_can(self) -> None:
        organisation = OrganisationFactory()
        first = member(organisation, Role.ADMINISTRATOR)
        with pytest.raises(Refused, match="last administrator"):
            services.end_role(actor=first, membership=first.memberships.get())
        member(organisation, Role.ADMINISTRATOR)
        services.end_role(actor=first, membership=first.memberships.get())
        assert roles_in(first, organisation.pk) == set()

    def test_a_member_gives_nobody_a_role(self, make_user: Callable[..., User]) -> None:
        organisation = OrganisationFactory()
        for role in (Role.OFFICER, Role.APPROVER, Role.READER):
            with pytest.raises(Refused):
                services.grant_role(
                    actor=member(organisation, role), organisation=organisation, user=make_user(), role=role
                )
