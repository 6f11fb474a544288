"""The pages of issuers: who issues, its keys, how it works, and what its papers look like."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.models import Document
from gilde.credentials.models import Issuer
from gilde.credentials.services import issuers as service
from gilde.credentials.services import renderings
from gilde.organisations.models import Membership
from tests.client import GildeClient
from tests.credentials.factories import (
    OrganisationFactory,
    UserFactory,
    a_member,
    an_achievement,
    an_award,
    an_issuer,
)

pytestmark = pytest.mark.django_db
Role = Membership.Role
PLAIN = b"""#import "gilde.typ": *
#let certificate = page(paper: "a4")[
  #set document(title: told.title)
  #title(say(told.achievement)) #told.name #say(told.issuer) #told.number #place-and-day
]"""


def words(response: Any) -> str:
    return " ".join(LexborHTMLParser(response.content.decode()).css_first("main").text(separator=" ").split())


def url(name: str, issuer: Issuer, **more: Any) -> str:
    return reverse(f"credentials:{name}", kwargs={"slug": issuer.slug, **more})


def png(width: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 20), "#a63a24").save(out, "PNG")
    return out.getvalue()


def look(**changes: Any) -> dict[str, Any]:
    texts = {"0": "", "1": "", "2": "en"}
    names = ["wording", *(f"signatory_{number}_function" for number in (1, 2, 3))]
    empty = {f"{name}_{part}": value for name in names for part, value in texts.items()}
    more = {f"signatory_{number}_name": "" for number in (1, 2, 3)}
    return {"layout": "modern", "colour": "#1c6138", "version": "1", **empty, **more, **changes}


# --- for everybody


def test_who_issues_is_listed_in_few_queries(client: GildeClient, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        an_achievement(an_issuer(legal_id=f"0123.{number:03}"))
    with django_assert_max_num_queries(10):
        shown = words(client.get(reverse("credentials:issuers")))
    assert "12 found" in shown
    assert "1 found" in words(client.get(reverse("credentials:issuers"), {"q": "0123.007"}))
    rows = client.get(reverse("credentials:issuers"), {"format": "json"})
    assert b'"did": "did:web:' in b"".join(rows)


def test_the_page_of_an_issuer_says_who_it_is_and_how_to_check(
    client: GildeClient, django_assert_max_num_queries: Any
) -> None:
    achievement = an_achievement()
    issuer = achievement.issuer
    with django_assert_max_num_queries(10):
        shown = words(client.get(url("issuer", issuer)))
    for told in (
        str(issuer),
        f"issuers:{issuer.slug}",
        "0123.456.789",
        "Signs now",
        "Welder",
        "How to check",
    ):
        assert told in shown
    assert "Replace" not in words(client.get(url("issuer-keys", issuer)))


def test_a_key_that_was_replaced_shows_its_period_and_a_marked_one_its_moment(client: GildeClient) -> None:
    from gilde.credentials.services import keys

    issuer = an_issuer()
    keys.rotate(actor=SYSTEM, issuer=issuer, kind="Ed25519")
    key = issuer.keys.get(kind="P-256")
    keys.mark_compromised(actor=SYSTEM, key=key, since=clock.now() - timedelta(days=2))
    shown = words(client.get(url("issuer-keys", issuer)))
    assert "Signed until" in shown
    assert "Not to be trusted from" in shown


def test_the_stable_address_answers_people_and_programs(client: GildeClient) -> None:
    issuer = an_issuer()
    address = reverse("identifier", args=["issuer", issuer.pk])
    assert client.get(address)["Location"] == url("issuer", issuer)
    assert client.get(address, {"format": "jsonld"}).json()["type"] == ["Profile"]


# --- opening, changing, closing


def test_an_administrator_of_the_installation_opens_an_issuer(client: GildeClient) -> None:
    organisation = OrganisationFactory()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    sent = {"organisation": organisation.pk, "slug": "the-school", "two_people": "on", "place": "Genk"}
    answer = client.post(reverse("credentials:issuer-open"), sent)
    issuer = Issuer.objects.get(organisation=organisation)
    assert answer["Location"] == url("issuer", issuer)
    assert (issuer.slug, issuer.two_people, issuer.keys.count()) == ("the-school", True, 2)


@pytest.mark.parametrize("slug", ["register", "open"])
def test_words_of_addresses_are_no_names_of_issuers(slug: str) -> None:
    with pytest.raises(Invalid, match="stands for something else"):
        service.open_issuer(actor=SYSTEM, organisation=OrganisationFactory(), slug=slug)


def test_how_it_works_is_changed_by_its_administrators_and_nobody_is_overwritten(client: GildeClient) -> None:
    issuer = an_issuer()
    client.force_login(a_member(issuer.organisation, Role.ADMINISTRATOR))
    sent = {"two_people": "on", "legal_id": "1", "place": "Gent", "suite": "ecdsa-rdfc-2019", "version": "1"}
    assert client.post(url("issuer-settings", issuer), sent).status_code == 302
    assert client.post(url("issuer-settings", issuer), sent).status_code == 409
    issuer.refresh_from_db()
    assert (issuer.two_people, issuer.suite) == (True, "ecdsa-rdfc-2019")
    for actor in (
        UserFactory(),
        a_member(issuer.organisation),
        a_member(an_issuer().organisation, "administrator"),
    ):
        with pytest.raises(Refused):
            service.change_issuer(actor=actor, issuer=issuer, lock=2, place="Elsewhere")
    with pytest.raises(Stale):
        service.change_issuer(actor=SYSTEM, issuer=issuer, lock=1, place="Elsewhere")


def test_a_closed_issuer_is_closed_once_and_stays_to_be_checked(client: GildeClient) -> None:
    award = an_award()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = url("issuer-close", award.issuer)
    assert "stays valid" in words(client.get(page))
    assert client.post(page).status_code == 302
    assert client.post(page).status_code == 422
    assert "Issued until" in words(client.get(url("issuer", award.issuer)))


# --- what papers look like


def test_a_look_with_a_logo_is_stored_and_makes_papers(client: GildeClient) -> None:
    issuer = an_issuer()
    client.force_login(a_member(issuer.organisation, Role.ADMINISTRATOR))
    signed = {"signatory_1_name": "An Claes", "signatory_1_function_0": "principal"}
    sent = look(logo=SimpleUploadedFile("logo.png", png()), **signed)
    assert client.post(url("issuer-look", issuer), sent).status_code == 302
    issuer.refresh_from_db()
    assert (issuer.layout, issuer.colour) == ("modern", "#1c6138")
    assert issuer.signatories == [{"name": "An Claes", "function": {"en": "principal"}}]
    assert renderings.look_of(issuer).logo == png()
    assert client.get(url("issuer-logo", issuer))["Content-Type"] == "image/png"
    assert client.get(url("issuer-sample", issuer, form="pdf")).content.startswith(b"%PDF-")
    assert client.post(url("issuer-look", issuer), look(version="2", no_logo="on")).status_code == 302
    issuer.refresh_from_db()
    assert issuer.logo is None


def test_an_own_layout_is_set_before_it_is_stored() -> None:
    issuer = an_issuer()
    upload = service.Upload("own.typ", PLAIN)
    try:
        stored = service.change_look(actor=SYSTEM, issuer=issuer, lock=1, template=upload)
    except Invalid as error:  # pragma: no cover - says what the layout lacks
        pytest.fail(error.sentence)
    assert renderings.look_of(stored).template == PLAIN


@pytest.mark.parametrize(
    ("field", "content", "sentence"),
    [
        ("template", b"#let certificate = page[", "The layout cannot be set, see its line 1"),
        ("template", b"#let certificate = page[nothing]", "does not show"),
        ("logo", b"GIF89a", "no PNG, JPEG or SVG"),
        ("logo", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "plain shapes"),
    ],
)
def test_a_look_that_cannot_be_set_is_refused_in_a_sentence_and_nothing_is_stored(
    client: GildeClient, field: str, content: bytes, sentence: str
) -> None:
    issuer = an_issuer()
    client.force_login(a_member(issuer.organisation, Role.ADMINISTRATOR))
    answer = client.post(url("issuer-look", issuer), look(**{field: SimpleUploadedFile("file", content)}))
    assert answer.status_code == 422
    assert sentence in words(answer)
    issuer.refresh_from_db()
    assert (issuer.version, Document.objects.count()) == (1, 0)


def test_a_sample_is_shown_without_storing_anything(client: GildeClient) -> None:
    issuer = an_issuer()
    client.force_login(a_member(issuer.organisation, Role.ADMINISTRATOR))
    answer = client.post(url("issuer-look", issuer), look(look="1"))
    assert answer["Content-Type"] == "application/pdf"
    issuer.refresh_from_db()
    assert issuer.layout == "classic"


def test_a_colour_is_a_colour() -> None:
    with pytest.raises(Invalid, match="six digits"):
        service.change_look(actor=SYSTEM, issuer=an_issuer(), lock=1, colour="reddish")


# --- keys


def test_replacing_a_key_says_what_happens_and_happens_once(client: GildeClient) -> None:
    issuer = an_issuer()
    key = issuer.keys.get(kind="Ed25519")
    client.force_login(a_member(issuer.organisation, Role.ADMINISTRATOR))
    page = url("issuer-key-replace", issuer, key_id=key.pk)
    assert "stays valid" in words(client.get(page))
    assert client.post(page, {"reason": "every year"}).status_code == 302
    assert client.post(page, {"reason": "every year"}).status_code == 409
    assert issuer.keys.filter(kind="Ed25519").count() == 2
    assert client.get(url("issuer-key-replace", an_issuer(), key_id=key.pk)).status_code == 404


def test_marking_a_key_says_first_what_becomes_of_what_it_signed(client: GildeClient) -> None:
    award = an_award()
    issuer = award.issuer
    key = award.renderings.get().key
    assert key is not None
    client.force_login(a_member(issuer.organisation, Role.ADMINISTRATOR))
    page = url("issuer-key-compromised", issuer, key_id=key.pk)
    sent = {"day": (clock.today() - timedelta(days=1)).isoformat(), "at": "", "reason": "Stolen"}
    shown = words(client.post(page, sent))
    assert "1 document is in doubt" in shown
    key.refresh_from_db()
    assert key.compromised_from is None
    assert client.post(page, {**sent, "confirmed": "1"}).status_code == 302
    key.refresh_from_db()
    assert key.compromised_from is not None
    ahead = {**sent, "day": (clock.today() + timedelta(days=2)).isoformat()}
    assert client.post(page, ahead).status_code == 422
    shown = words(client.get(reverse("credentials:awards"), {"doubt": str(key.pk)}))
    assert "1 found" in shown
