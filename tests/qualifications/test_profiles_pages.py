"""The pages of frameworks and of occupational profiles, as people read and keep them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from gilde.core.access import SYSTEM
from gilde.core.models import User
from gilde.core.text import Text
from gilde.organisations.models import Organisation
from gilde.organisations.public import Role
from gilde.qualifications.models import ProfileConcept, ProfileVersion
from gilde.qualifications.services import profiles as service
from gilde.qualifications.services.reference import load_reference, own_files
from tests.client import GildeClient
from tests.indicators.keeping import page_of, sent_by, signed_in, text_of
from tests.qualifications.factories import a_file, a_framework, a_member, registered
from tests.qualifications.profiles import BRICKLAYER, a_body, a_draft, a_published, data

pytestmark = pytest.mark.django_db
S = ProfileVersion.State


@pytest.fixture
def owner() -> Organisation:
    return a_body()


@pytest.fixture
def person(owner: Organisation) -> User:
    return a_member(owner)


@pytest.fixture
def officer(person: User) -> GildeClient:
    return signed_in(person)


def url(name: str, *arguments: object) -> str:
    return reverse(f"qualifications:{name}", args=arguments)


def acts(response: Any) -> list[str]:
    return [node.text() for node in page_of(response).css(".page-header .actions a")]


# --- frameworks


@pytest.fixture
def _two_frameworks(db: None) -> None:
    paths = [path for path in own_files() if path.stem in ("eqf", "nlqf")]
    load_reference(actor=SYSTEM, files=paths)


@pytest.mark.usefixtures("_two_frameworks")
def test_frameworks_are_listed_with_their_levels_side_by_side(
    client: GildeClient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(10):
        page = client.get(url("frameworks"))
    assert "Dutch qualifications framework" in text_of(page)
    rows = [
        [cell.text(strip=True) for cell in row.css("th, td")]
        for row in page_of(page).css("#beside ~ div tbody tr")
    ]
    assert rows[0] == ["none", "entry"]
    assert rows[4] == ["4", "4,4+"]
    assert client.get(url("frameworks") + "?format=csv").status_code == 200


@pytest.mark.usefixtures("_two_frameworks")
def test_a_framework_shows_what_each_level_asks_on_each_element(
    client: GildeClient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(10):
        page = client.get(url("framework", "nlqf"))
    rows = page_of(page).css("table.levels tbody tr")
    assert len(rows) == 10
    assert len(rows[0].css("td")) == 3
    assert "Level 4+ EQF 4" in text_of(page)
    assert "First referenced to the EQF 2012" in text_of(page)


@pytest.mark.usefixtures("_two_frameworks")
def test_one_level_stands_beside_the_eqf_level_that_it_is_referenced_to(
    client: GildeClient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(10):
        said = text_of(client.get(url("framework", "nlqf") + "?level=4%2B"))
    assert "as a basis for academic study" in said
    assert "EQF level 4" in said
    assert "Factual and theoretical knowledge in broad contexts within a field." in said
    assert "referenced to no level of the EQF" in text_of(
        client.get(url("framework", "nlqf") + "?level=entry")
    )


@pytest.mark.usefixtures("_two_frameworks")
def test_an_unknown_level_shows_them_all_and_an_unknown_framework_none(client: GildeClient) -> None:
    assert len(page_of(client.get(url("framework", "nlqf") + "?level=99")).css("table.levels tbody tr")) == 10
    assert client.get(url("framework", "nowhere")).status_code == 404


def test_a_framework_without_descriptors_and_a_list_without_frameworks_say_so(client: GildeClient) -> None:
    assert "gilde qualifications reference" in text_of(client.get(url("frameworks")))
    a_framework("own", levels=2)
    assert "not described" in text_of(client.get(url("framework", "own") + "?level=1"))


# --- profiles as everybody reads them


def test_everybody_finds_what_is_published_and_only_its_keeper_a_draft(
    client: GildeClient,
    officer: GildeClient,
    owner: Organisation,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    a_published(owner=owner)
    a_draft("roofer", owner, title=Text.of("Roofer"))
    with django_assert_max_num_queries(10):
        public = text_of(client.get(url("profiles")))
    assert "Bricklayer" in public
    assert "Roofer" not in public
    assert "Roofer" in text_of(officer.get(url("profiles")))
    assert client.get(url("profile", "roofer")).status_code == 404
    assert officer.get(url("profile", "roofer")).status_code == 200


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?q=brick", True),
        ("?q=roof", False),
        ("?regulated=no", True),
        ("?regulated=yes", False),
        ("?state=withdrawn", False),
    ],
)
def test_the_list_is_searched_and_filtered(
    query: str, there: bool, client: GildeClient, owner: Organisation
) -> None:
    a_published(owner=owner)
    assert ("Bricklayer" in text_of(client.get(url("profiles") + query))) is there


def test_a_profile_is_listed_once_by_what_is_published(
    client: GildeClient, officer: GildeClient, owner: Organisation
) -> None:
    first = a_published(owner=owner)
    service.begin_next(actor=SYSTEM, profile=first.profile)
    for reader in (client, officer):
        assert len(page_of(reader.get(url("profiles"))).css("tbody tr")) == 1
        assert "Published" in text_of(reader.get(url("profiles")))


def test_the_page_says_what_one_does_knows_and_where_it_leads(
    client: GildeClient, owner: Organisation, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    version = a_published(owner=owner)
    qualification = registered(title=Text.of("Certified bricklayer"))
    qualification.profiles.add(version.profile)
    hidden = a_file(title=Text.of("Unfinished"))
    hidden.profiles.add(version.profile)
    service.publish_profile(actor=SYSTEM, draft=service.begin_next(actor=SYSTEM, profile=version.profile))
    with django_assert_max_num_queries(10):
        page = client.get(url("profile", "bricklayer"))
    said = text_of(page)
    for words in ("Lays bricks", "Bonds of bricks", "Outside, in all weather", "Sector body", "close match"):
        assert words in said
    assert "Certified bricklayer" in said
    assert "Unfinished" not in said
    assert page_of(page).css(f'a[href="{BRICKLAYER}"]')
    assert not acts(page)


def test_the_history_tells_what_changed_and_former_versions_stay_to_be_read(
    client: GildeClient, officer: GildeClient, owner: Organisation
) -> None:
    first = a_published(owner=owner)
    draft = service.begin_next(actor=SYSTEM, profile=first.profile)
    service.change_profile(
        actor=SYSTEM, draft=draft, version=draft.version, data=data(title=Text.of("Mason"))
    )
    draft.refresh_from_db()
    assert client.get(url("profile-version", "bricklayer", 2)).status_code == 404
    assert "Mason" in text_of(officer.get(url("profile-version", "bricklayer", 2)))
    service.publish_profile(actor=SYSTEM, draft=draft)
    assert "Changed · Title: Mason" in text_of(client.get(url("profile", "bricklayer")))
    former = text_of(client.get(url("profile-version", "bricklayer", 1)))
    assert "A newer version has taken the place of this one. Read the newest" in former
    assert "Bricklayer" in former


def test_words_in_another_language_are_marked(client: GildeClient, owner: Organisation) -> None:
    a_published(owner=owner, context=Text.of("Buiten", "nl"))
    marked = page_of(client.get(url("profile", "bricklayer"))).css("#context ~ p [lang=nl]")
    assert [node.text() for node in marked] == ["Buiten"]


# --- keeping


def test_a_profile_is_written_linked_published_and_read(officer: GildeClient, client: GildeClient) -> None:
    address = url("profile-add")
    written = {
        **sent_by(officer, address),
        "title_0": "Welder",
        "title_1": "Lasser",
        "code": "welder",
        "summary_0": "Joins metal.",
        "activity_0": "Welds\n\nGrinds",
        "activity_1": "Last",
        "activity_2": "en",
        "skill_0": "Reads plans",
        "regulated": "no",
    }
    answer = officer.post(address, written)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"] == url("profile-occupations", "welder")
    link = {
        **sent_by(officer, answer["Location"]),
        "uri": "http://data.europa.eu/esco/occupation/welder",
        "label_0": "welder",
    }
    assert officer.post(answer["Location"], link).status_code == 302
    publish = url("profile-publish", "welder")
    assert officer.post(publish, sent_by(officer, publish)).status_code == 302
    page = client.get(url("profile", "welder"))
    assert [node.text() for node in page_of(page).css("#activity ~ ul li")] == ["Welds", "Grinds"]
    items = ProfileVersion.objects.get().items.filter(kind="activity").order_by("position")
    assert [dict(item.text.words) for item in items] == [{"en": "Welds", "nl": "Last"}, {"en": "Grinds"}]


def test_an_incomplete_draft_says_what_it_lacks_and_is_not_published(
    officer: GildeClient, owner: Organisation
) -> None:
    a_draft(owner=owner, items={})
    address = url("profile-publish", "bricklayer")
    assert "It names no activity." in text_of(officer.get(address))
    answer = officer.post(address, sent_by(officer, address))
    assert answer.status_code == 422
    assert ProfileVersion.objects.get().state == S.DRAFT


def test_opening_and_saving_a_draft_changes_nothing(officer: GildeClient, owner: Organisation) -> None:
    draft = a_draft(owner=owner)
    before = list(draft.items.order_by("position").values_list("kind", "text"))
    address = url("profile-edit", "bricklayer")
    assert officer.post(address, sent_by(officer, address)).status_code == 302
    draft.refresh_from_db()
    assert list(draft.items.order_by("position").values_list("kind", "text")) == before
    assert str(draft.title) == "Bricklayer"


def test_who_saves_second_sees_what_is_stored_and_keeps_the_own_words(
    officer: GildeClient, owner: Organisation
) -> None:
    draft = a_draft(owner=owner)
    address = url("profile-edit", "bricklayer")
    mine = {**sent_by(officer, address), "summary_0": "My words"}
    service.change_profile(
        actor=SYSTEM, draft=draft, version=draft.version, data=data(summary=Text.of("Their words"))
    )
    answer = officer.post(address, mine)
    assert answer.status_code == 409
    assert "Their words" in text_of(answer)
    assert [node.text() for node in page_of(answer).css("[name=summary_0]")] == ["My words"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title_0": "", "title_1": ""}, "Title : This field is required."),
        ({"activity_0": "One", "activity_1": "Een\nTwee", "activity_2": "en"}, "Line 2 is missing"),
        ({"skill_0": "Same\nsame"}, "“same” stands there twice."),
        ({"version": "0"}, "Somebody else changed this"),
    ],
)
def test_bad_input_is_told_at_its_place_and_nothing_is_stored(
    sent: dict[str, str], said: str, officer: GildeClient, owner: Organisation
) -> None:
    a_draft(owner=owner)
    address = url("profile-edit", "bricklayer")
    answer = officer.post(address, {**sent_by(officer, address), **sent})
    assert answer.status_code in (409, 422)
    assert said in text_of(answer)
    assert ProfileVersion.objects.get().version == 1


def test_a_published_profile_has_no_form_but_a_next_version(
    officer: GildeClient, owner: Organisation
) -> None:
    a_published(owner=owner)
    answer = officer.get(url("profile-edit", "bricklayer"))
    assert answer.status_code == 422
    assert "what is published never changes" in text_of(answer)
    assert acts(officer.get(url("profile", "bricklayer"))) == ["Begin the next version", "Withdraw"]
    address = url("profile-next", "bricklayer")
    assert officer.post(address, sent_by(officer, address))["Location"] == url("profile-edit", "bricklayer")
    assert "Change the draft" in acts(officer.get(url("profile", "bricklayer")))


def test_withdrawing_and_discarding_are_confirmed_first(officer: GildeClient, owner: Organisation) -> None:
    a_published(owner=owner)
    address = url("profile-withdraw", "bricklayer")
    assert "no longer holds" in text_of(officer.get(address))
    assert ProfileVersion.objects.get().state == S.PUBLISHED
    assert officer.post(address, sent_by(officer, address)).status_code == 302
    assert "This profile was withdrawn" in text_of(officer.get(url("profile", "bricklayer")))
    a_draft("roofer", owner)
    address = url("profile-discard", "roofer")
    assert "cannot be brought back" in text_of(officer.get(address))
    assert officer.post(address, sent_by(officer, address)).status_code == 302
    assert officer.get(url("profile", "roofer")).status_code == 404


def test_a_link_is_removed(officer: GildeClient, owner: Organisation) -> None:
    first = a_published(owner=owner)
    service.begin_next(actor=SYSTEM, profile=first.profile)
    link = ProfileConcept.objects.get(version__state=S.DRAFT)
    address = url("profile-occupation-remove", "bricklayer", link.pk)
    assert officer.post(address, sent_by(officer, address)).status_code == 302
    assert list(ProfileConcept.objects.values_list("version__number", flat=True)) == [1]
    of_the_published = ProfileConcept.objects.get()
    assert officer.get(url("profile-occupation-remove", "bricklayer", of_the_published.pk)).status_code == 404


def test_a_reader_of_the_keeper_is_refused_with_the_reason(owner: Organisation) -> None:
    a_draft(owner=owner)
    reader = signed_in(a_member(owner, Role.READER))
    for name in ("profile-edit", "profile-occupations", "profile-publish", "profile-next", "profile-discard"):
        answer = reader.get(url(name, "bricklayer"))
        assert answer.status_code == 403
        assert "Only policy officers and approvers" in text_of(answer)
    assert reader.get(url("profile-add")).status_code == 403
