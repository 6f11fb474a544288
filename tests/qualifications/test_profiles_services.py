"""The life of a profile: who may do what from which state, and what is published stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.access import SYSTEM
from gilde.core.audit.models import AuditEvent
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Organisation
from gilde.organisations.public import Role
from gilde.qualifications.errors import NotComplete
from gilde.qualifications.forms.profiles import ItemsField, ItemsWidget
from gilde.qualifications.models import Profile, ProfileConcept, ProfileVersion
from gilde.qualifications.profile_changes import changes_between
from gilde.qualifications.services import profiles as service
from gilde.qualifications.services.profiles import OccupationData, ProfileData
from tests.qualifications.factories import (
    UserFactory,
    a_concept,
    a_member,
    an_edition,
    registered,
)
from tests.qualifications.profiles import BRICKLAYER, K, a_body, a_draft, a_published, data

pytestmark = pytest.mark.django_db
S = ProfileVersion.State


@pytest.fixture
def owner() -> Organisation:
    return a_body()


@pytest.fixture
def officer(owner: Organisation) -> User:
    return a_member(owner)


def told(version: ProfileVersion) -> tuple[Any, ...]:
    """Everything that a reader sees of a version."""
    stored = ProfileVersion.objects.get(pk=version.pk)
    fields = ("title", "summary", "context", "regulated", "regulation", "published_at")
    return (
        *(getattr(stored, name) for name in fields),
        list(stored.items.order_by("position").values_list("kind", "text")),
        list(stored.concepts.order_by("uri").values_list("uri", "relation", "state")),
    )


def at(state: str, owner: Organisation) -> ProfileVersion:
    """A version of a profile at a state."""
    if state == S.DRAFT:
        return a_draft(owner=owner)
    version = a_published(owner=owner)
    if state == S.WITHDRAWN:
        return service.withdraw_profile(actor=SYSTEM, published=version)
    if state == S.SUPERSEDED:
        service.publish_profile(actor=SYSTEM, draft=service.begin_next(actor=SYSTEM, profile=version.profile))
        version.refresh_from_db()
    return version


ACTS: dict[str, tuple[Callable[[Any, ProfileVersion], Any], set[str]]] = {
    "change": (
        lambda actor, v: service.change_profile(actor=actor, draft=v, version=v.version, data=data()),
        {S.DRAFT},
    ),
    "link": (
        lambda actor, v: service.link_occupation(
            actor=actor, draft=v, version=v.version, data=OccupationData(BRICKLAYER, label=Text.of("x"))
        ),
        {S.DRAFT},
    ),
    "publish": (lambda actor, v: service.publish_profile(actor=actor, draft=v), {S.DRAFT}),
    "withdraw": (lambda actor, v: service.withdraw_profile(actor=actor, published=v), {S.PUBLISHED}),
    "begin next": (
        lambda actor, v: service.begin_next(actor=actor, profile=v.profile),
        {S.PUBLISHED, S.SUPERSEDED, S.WITHDRAWN},
    ),
    "discard": (lambda actor, v: service.discard_draft(actor=actor, draft=v, version=v.version), {S.DRAFT}),
}
WHO: dict[str, tuple[Callable[[Organisation], Any], bool]] = {
    "anonymous": (lambda owner: AnonymousUser(), False),
    "citizen": (lambda owner: UserFactory(), False),
    "officer elsewhere": (lambda owner: a_member(a_body()), False),
    "approver elsewhere": (lambda owner: a_member(a_body(), Role.APPROVER), False),
    "reader": (lambda owner: a_member(owner, Role.READER), False),
    "officer": (lambda owner: a_member(owner, Role.OFFICER), True),
    "approver": (lambda owner: a_member(owner, Role.APPROVER), True),
    "administrator": (lambda owner: UserFactory(is_superuser=True), True),
}


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("act", ACTS)
def test_every_act_from_every_state_for_every_role(act: str, state: str, owner: Organisation) -> None:
    do, sources = ACTS[act]
    version = at(state, owner)
    for make, writes in WHO.values():
        actor = make(owner)
        before = told(version)
        if writes and state in sources:
            continue
        with pytest.raises((Refused, Invalid)):
            do(actor, ProfileVersion.objects.select_related("profile").get(pk=version.pk))
        assert told(version) == before
    if state in sources:
        events = AuditEvent.objects.count()
        do(WHO["officer"][0](owner), version)
        assert AuditEvent.objects.count() > events


@pytest.mark.parametrize("who", [who for who, (_make, writes) in WHO.items() if writes])
def test_whoever_writes_for_the_keeper_adds_changes_and_publishes(who: str, owner: Organisation) -> None:
    actor = WHO[who][0](owner)
    draft = service.add_profile(actor=actor, owner=owner, code="roofer", data=data())
    draft = service.change_profile(
        actor=actor, draft=draft, version=draft.version, data=data(title=Text.of("Roofer"))
    )
    assert service.publish_profile(actor=actor, draft=draft).state == S.PUBLISHED


@pytest.mark.parametrize("who", [who for who, (_make, writes) in WHO.items() if not writes])
def test_nobody_else_adds_a_profile(who: str, owner: Organisation) -> None:
    with pytest.raises(Refused):
        service.add_profile(actor=WHO[who][0](owner), owner=owner, code="roofer", data=data())
    assert not Profile.objects.exists()


def test_a_published_version_never_changes_whatever_comes_after(owner: Organisation, officer: User) -> None:
    published = a_published(owner=owner)
    before = told(published)
    draft = service.begin_next(actor=officer, profile=published.profile)
    draft = service.change_profile(
        actor=officer, draft=draft, version=draft.version, data=ProfileData(Text.of("Another"))
    )
    for link in list(draft.concepts.all()):
        service.unlink_occupation(actor=officer, draft=draft, version=draft.version, link=link)
    assert told(published) == before
    link = published.concepts.get()
    for act in (
        lambda: service.change_profile(
            actor=officer, draft=published, version=published.version, data=data()
        ),
        lambda: service.unlink_occupation(
            actor=officer, draft=published, version=published.version, link=link
        ),
        lambda: service.discard_draft(actor=officer, draft=published, version=published.version),
    ):
        with pytest.raises(Invalid, match=r"never changes\. Begin the next version"):
            act()
    assert told(published) == before


def test_a_copy_that_still_thinks_it_is_a_draft_cannot_change_what_was_published(
    officer: User, owner: Organisation
) -> None:
    draft = a_draft(owner=owner)
    old = ProfileVersion.objects.select_related("profile").get(pk=draft.pk)
    before = told(service.publish_profile(actor=officer, draft=draft))
    with pytest.raises(Stale):
        service.change_profile(actor=officer, draft=old, version=old.version, data=data(title=Text.of("X")))
    link = OccupationData(BRICKLAYER, label=Text.of("x"))
    with pytest.raises(Stale):
        service.link_occupation(actor=officer, draft=old, version=old.version, data=link)
    assert told(draft) == before


def test_the_next_version_says_what_the_newest_said_and_takes_its_place(
    owner: Organisation, officer: User
) -> None:
    first = a_published(owner=owner)
    second = service.begin_next(actor=officer, profile=first.profile)
    assert told(second)[:5] == told(first)[:5]
    assert told(second)[6:] == told(first)[6:]
    assert changes_between(first, second) == []
    with pytest.raises(Invalid, match="There is a draft of this profile already"):
        service.begin_next(actor=officer, profile=first.profile)
    service.publish_profile(actor=officer, draft=second)
    states = dict(ProfileVersion.objects.values_list("number", "state"))
    assert states == {1: S.SUPERSEDED, 2: S.PUBLISHED}


def test_a_withdrawn_profile_can_come_back_as_a_next_version(owner: Organisation, officer: User) -> None:
    first = service.withdraw_profile(actor=officer, published=a_published(owner=owner))
    second = service.publish_profile(
        actor=officer, draft=service.begin_next(actor=officer, profile=first.profile)
    )
    first.refresh_from_db()
    assert (first.state, second.state) == (S.WITHDRAWN, S.PUBLISHED)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"items": {K.KNOWLEDGE: [Text.of("x")]}}, "names no activity"),
        ({"items": {K.ACTIVITY: [Text.of("x")]}}, "no knowledge and no skill"),
        ({"summary": Text()}, "Its summary is missing"),
        ({"regulated": True}, "not said by which rule"),
    ],
)
def test_what_lacks_something_is_not_published(
    changes: dict[str, Any], said: str, owner: Organisation, officer: User
) -> None:
    draft = a_draft(owner=owner, **changes)
    with pytest.raises(NotComplete, match=said):
        service.publish_profile(actor=officer, draft=draft)
    draft.refresh_from_db()
    assert draft.state == S.DRAFT


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": Text()}, "title: This text is needed"),
        ({"items": {"luck": [Text.of("x")]}}, "no items of kind “luck”"),
        ({"items": {K.SKILL: [Text.of("Same"), Text.of("same")]}}, "Skill: “same” stands there twice"),
        ({"items": {K.SKILL: [Text.of("x" * 501)]}}, "longer than 500 characters"),
        ({"items": {K.SKILL: [Text.of(str(n)) for n in range(201)]}}, "More than 200 lines"),
    ],
)
def test_bad_words_are_refused_and_nothing_is_stored(
    changes: dict[str, Any], said: str, owner: Organisation, officer: User
) -> None:
    with pytest.raises(Invalid, match=said):
        service.add_profile(actor=officer, owner=owner, code="roofer", data=data(**changes))
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    ("code", "said"), [("add", "word of our addresses"), ("taken", "already exists"), ("a b", "slug")]
)
def test_a_code_is_free_and_fit_for_an_address(
    code: str, said: str, owner: Organisation, officer: User
) -> None:
    a_draft("taken")
    with pytest.raises(Invalid, match=said):
        service.add_profile(actor=officer, owner=owner, code=code, data=data())


def test_who_saves_second_is_told(owner: Organisation, officer: User) -> None:
    draft = a_draft(owner=owner)
    version = draft.version
    service.change_profile(actor=officer, draft=draft, version=version, data=data(summary=Text.of("Mine")))
    with pytest.raises(Stale):
        service.change_profile(
            actor=officer, draft=draft, version=version, data=data(summary=Text.of("Yours"))
        )
    assert str(ProfileVersion.objects.get().summary) == "Mine"


def test_changed_items_are_one_event_and_the_same_items_none(owner: Organisation, officer: User) -> None:
    draft = a_draft(owner=owner)
    draft = service.change_profile(actor=officer, draft=draft, version=draft.version, data=data())
    events = AuditEvent.objects.filter(action="qualifications.profile.change-items")
    assert not events.exists()
    items = {K.ACTIVITY: [Text.of("Points walls")]}
    service.change_profile(actor=officer, draft=draft, version=draft.version, data=data(items=items))
    assert events.get().after == {"items": [["activity", {"source": "en", "words": {"en": "Points walls"}}]]}


# --- occupations


def test_a_link_needs_no_classification_but_then_a_name(owner: Organisation, officer: User) -> None:
    draft = a_draft(owner=owner)
    with pytest.raises(Invalid, match="Give its name too"):
        service.link_occupation(
            actor=officer, draft=draft, version=draft.version, data=OccupationData(BRICKLAYER)
        )
    link = service.link_occupation(
        actor=officer,
        draft=draft,
        version=draft.version,
        data=OccupationData(BRICKLAYER, "broad", Text.of("bricklayer")),
    )
    assert (link.state, link.confirmed_by, link.scheme, link.edition) == ("confirmed", officer.pk, "esco", "")


def test_where_the_classification_is_loaded_it_gives_the_name_and_its_version(
    owner: Organisation, officer: User
) -> None:
    concept = a_concept(an_edition("1.1.1"), "bricklayer", kind="occupation")
    draft = a_draft(owner=owner)
    link = service.link_occupation(
        actor=officer, draft=draft, version=draft.version, data=OccupationData(concept.uri)
    )
    assert (str(link.label), link.edition) == ("bricklayer", "1.1.1")


def test_a_skill_is_no_occupation(owner: Organisation, officer: User) -> None:
    skill = a_concept(an_edition(), "lay bricks")
    draft = a_draft(owner=owner)
    with pytest.raises(Invalid, match="“lay bricks” is no occupation"):
        service.link_occupation(
            actor=officer, draft=draft, version=draft.version, data=OccupationData(skill.uri)
        )


@pytest.mark.parametrize("uri", ["bricklayer", "javascript:alert(1)", "http://", ""])
def test_what_is_no_address_is_refused(uri: str, owner: Organisation, officer: User) -> None:
    draft = a_draft(owner=owner)
    with pytest.raises(Invalid, match="no address of an occupation"):
        service.link_occupation(
            actor=officer, draft=draft, version=draft.version, data=OccupationData(uri, label=Text.of("x"))
        )


def test_an_unknown_relation_is_refused_and_linking_again_changes_it(
    owner: Organisation, officer: User
) -> None:
    draft = a_draft(owner=owner)

    def link(relation: str) -> ProfileConcept:
        told = OccupationData(BRICKLAYER, relation, Text.of("bricklayer"))
        return service.link_occupation(actor=officer, draft=draft, version=draft.version, data=told)

    link("exact")
    link("narrow")
    assert ProfileConcept.objects.get().relation == "narrow"
    with pytest.raises(Invalid):
        link("twin")
    assert ProfileConcept.objects.get().relation == "narrow"


# --- discarding


def test_a_discarded_first_draft_takes_its_profile_along_unless_a_qualification_needs_it(
    owner: Organisation, officer: User
) -> None:
    draft = a_draft(owner=owner)
    qualification = registered()
    qualification.profiles.add(draft.profile)
    with pytest.raises(Invalid, match="A qualification is based on this profile"):
        service.discard_draft(actor=officer, draft=draft, version=draft.version)
    draft = ProfileVersion.objects.select_related("profile").get()
    qualification.profiles.clear()
    service.discard_draft(actor=officer, draft=draft, version=draft.version)
    assert not Profile.objects.exists()


def test_a_discarded_next_version_leaves_what_was_published(owner: Organisation, officer: User) -> None:
    published = a_published(owner=owner)
    draft = service.begin_next(actor=officer, profile=published.profile)
    service.discard_draft(actor=officer, draft=draft, version=draft.version)
    assert ProfileVersion.objects.get() == published


# --- what changed


def test_the_history_names_what_came_went_and_was_put_otherwise(owner: Organisation, officer: User) -> None:
    first = a_published(owner=owner)
    draft = service.begin_next(actor=officer, profile=first.profile)
    items = {
        K.ACTIVITY: [Text.of({"en": "Lays bricks", "nl": "Metselt stenen"}), Text.of("Points walls")],
        K.KNOWLEDGE: [Text.of("Bonds of bricks")],
    }
    draft = service.change_profile(
        actor=officer, draft=draft, version=draft.version, data=data(items=items, regulated=None)
    )
    assert [(each.what, each.how, str(each.words)) for each in changes_between(first, draft)] == [
        ("Regulated", "changed", "not said"),
        ("Activity", "changed", "Lays bricks"),
        ("Activity", "added", "Points walls"),
        ("Activity", "removed", "Cleans up"),
    ]


words = st.text("abc é", min_size=1, max_size=6).map(str.strip).filter(bool)


@given(
    rows=st.lists(st.tuples(words, st.one_of(st.just(""), words)), max_size=6),
    source=st.sampled_from(["en", "nl"]),
)
def test_lines_that_are_written_out_and_read_again_are_the_same(
    rows: list[tuple[str, str]], source: str
) -> None:
    other = {"en": "nl", "nl": "en"}[source]
    items = [Text(source, {source: own, **({other: told} if told else {})}) for own, told in rows]
    field = ItemsField()
    shown = ItemsWidget().decompress(items)
    read = field.clean(shown)
    assert [text.words for text in read] == [dict(text.words) for text in items]


def test_a_translation_of_a_line_that_is_not_there_is_refused_with_its_number() -> None:
    with pytest.raises(Exception, match="Line 2 is missing in the language"):
        ItemsField().clean(["One", "Een\nTwee", "en"])
