"""The pages of checking, as anybody sees them, and the same for programs: nobody signs in, and nothing is kept."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import segno
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.models import Document
from gilde.credentials.models import Award, CheckCount, Share
from gilde.credentials.services import papers, renderings, sharing, stopping
from tests.client import GildeClient
from tests.credentials.factories import a_holder, an_achievement, an_award

pytestmark = pytest.mark.django_db

PAGE = "/check/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def anybody() -> Client:
    return GildeClient()


def upload(content: bytes, name: str = "award.json") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content)}


def credential(award: Award) -> bytes:
    return renderings.file(award, "vc").content


def png(text: str) -> bytes:
    held = io.BytesIO()
    segno.make(text).save(held, kind="png", scale=4)
    return held.getvalue()


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_anybody_is_asked_for_a_file_a_photo_or_a_text(anybody: Client) -> None:
    response = anybody.get(PAGE)
    assert response.status_code == 200
    for field in ('name="file"', 'name="photo"', 'capture="environment"', 'name="text"'):
        assert field in response.content.decode()
    assert response.headers["Permissions-Policy"].startswith("camera=(self)")


def test_a_genuine_award_is_shown_with_every_check(anybody: Client) -> None:
    award = an_award(family_name="Vandewoestijne")
    response = anybody.post(PAGE, upload(credential(award)))
    shown = words(response)
    assert response.status_code == 200
    assert 'class="verdict good"' in shown
    for part in ("Valid", "Amina Vandewoestijne", "Welder", "EQF level 4", "850", "Welds seam 1", "in order"):
        assert part in shown
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("field", ["file", "photo"])
def test_a_photo_of_a_shared_link_is_a_check_that_the_holder_sees(anybody: Client, field: str) -> None:
    award = an_award()
    until = clock.now() + timedelta(days=3)
    share = sharing.share(actor=a_holder(award), award=award, expires_at=until)
    picture = SimpleUploadedFile("photo.png", png(sharing.url(share)), "image/png")
    assert 'class="verdict good"' in words(anybody.post(PAGE, {field: picture}))
    assert list(Share.objects.get().uses.values_list("act", "answer")) == [("checked", "valid")]


def test_pasted_text_is_checked_with_line_breaks_in_it(anybody: Client) -> None:
    token = renderings.file(an_award(), "vc-jwt").content.decode()
    broken = "\n".join(token[at : at + 76] for at in range(0, len(token), 76))
    assert 'class="verdict good"' in words(anybody.post(PAGE, {"text": broken}))


def test_a_revoked_award_is_red_and_says_revoked(anybody: Client) -> None:
    award = an_award()
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Issued by mistake", notify=False)
    shown = words(anybody.post(PAGE, upload(credential(Award.objects.get()))))
    assert 'class="verdict bad"' in shown
    assert ">Revoked<" in shown
    assert "Issued by mistake" not in shown, "the reason is between the issuer and the holder"


def test_what_was_altered_shows_nothing_of_what_it_says(anybody: Client) -> None:
    award = an_award(family_name="Vandewoestijne")
    shown = words(anybody.post(PAGE, upload(credential(award).replace(b"Vandewoestijne", b"Vandewoestyne"))))
    assert ">Altered<" in shown
    assert "Vandewoest" not in shown


def test_a_check_keeps_a_count_and_nothing_else(anybody: Client) -> None:
    award = an_award()
    content = credential(award)
    before = Document.objects.count()
    for _turn in range(3):
        anybody.post(PAGE, upload(content))
    assert list(CheckCount.objects.values_list("format", "answer", "number")) == [("vc", "valid", 3)]
    assert Document.objects.count() == before


def test_a_check_takes_few_queries(anybody: Client, django_assert_max_num_queries: Any) -> None:
    content = credential(an_award())
    anybody.post(PAGE, upload(content))
    with django_assert_max_num_queries(20):
        anybody.post(PAGE, upload(content))
    with django_assert_max_num_queries(10):
        anybody.get(PAGE)


# What is no credential


def blank() -> bytes:
    held = io.BytesIO()
    Image.new("L", (100, 100), 255).save(held, "PNG")
    return held.getvalue()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "Nothing was given"),
    "an empty file": (upload(b" "), "Nothing was given"),
    "an archive": (upload(b"PK\x03\x04" + bytes(60)), "archive"),
    "a Word document": (
        upload(b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml" + bytes(60)),
        "office program",
    ),
    "a picture without a code": (upload(blank()), "no QR code"),
    "JSON ten thousand deep": (upload(b"[" * 10_000 + b"]" * 10_000), "deep"),
    "a link to elsewhere": ({"text": "https://elsewhere.example/award"}, "another site"),
    "a link of this register to nothing": ({"text": "http://127.0.0.1:8000/nothing/"}, "no award"),
    "a link that ended": ({"text": "http://127.0.0.1:8000/shared/nosuchtoken/"}, "shows nothing"),
    "a wallet's own link": ({"text": "http://127.0.0.1:8000/claim/secret/"}, "holder's own"),
    "words": ({"text": "my diploma"}, "No credential is recognised"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_credential_gets_a_sentence_above_the_form(anybody: Client, what: str) -> None:
    data, sentence = WRONG[what]
    for file in data.values():
        if not isinstance(file, str):
            file.seek(0)
    response = anybody.post(PAGE, data)
    assert response.status_code in (404, 422)
    assert sentence.replace("'", "&#x27;") in words(response)
    assert 'name="file"' in words(response)
    assert not CheckCount.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(anybody: Client) -> None:
    kind, size = "multipart/form-data; boundary=x", str(60 << 20)
    response = anybody.generic("POST", PAGE, b"x", kind, CONTENT_LENGTH=size)
    assert response.status_code == 413
    assert "larger than 50 MB" in words(response)


def test_text_that_is_too_long_is_refused(anybody: Client) -> None:
    response = anybody.post(PAGE, {"text": "x" * (6 * 1024 * 1024)})
    assert response.status_code == 413
    assert "larger than" in words(response)


def test_a_form_of_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(PAGE, {"text": "x"}).status_code == 403


def test_one_address_checks_sixty_times_a_minute_at_most(anybody: Client) -> None:
    codes = [anybody.post(PAGE, {"text": "x"}).status_code for _turn in range(61)]
    assert (set(codes[:60]), codes[60]) == ({422}, 429)


# The camera


def test_the_camera_is_told_the_code_that_it_sees(anybody: Client) -> None:
    url = reverse("credentials:check-frame")
    seen = anybody.post(url, {"frame": SimpleUploadedFile("f.png", png("https://a.example/1"), "image/png")})
    assert seen.json() == {"code": "https://a.example/1"}
    nothing = anybody.post(url, {"frame": SimpleUploadedFile("f.png", blank(), "image/png")})
    assert nothing.json() == {"code": ""}
    assert anybody.post(url, HTTP_ACCEPT="application/json").status_code == 422


# The code on a paper


def paper(award: Award) -> str:
    return reverse("credentials:check-award", args=[award.pk])


def printed(award: Award, **changes: str) -> dict[str, str]:
    facts = award.facts or {}
    return {
        "family_name": facts["holder"]["family_name"],
        "awarded_on": facts["awarded_on"],
        **changes,
    }


def test_the_code_of_a_paper_leads_to_the_question_what_is_printed(anybody: Client) -> None:
    award = an_award()
    response = anybody.post(PAGE, upload(png(renderings.check_address(award)), "photo.png"))
    assert (response.status_code, response.headers["Location"]) == (302, paper(award))


def test_without_what_is_printed_only_the_issuer_is_told(anybody: Client) -> None:
    award = an_award(family_name="Vandewoestijne")
    stopping.revoke(actor=SYSTEM, awards=[award], reason="Issued by mistake", notify=False)
    shown = words(anybody.get(paper(award)))
    assert str(award.issuer) in shown
    for secret in ("Vandewoestijne", "Amina", "Welder", "Lasser", "2025", "evoked", str(award.reference)):
        assert secret not in shown


def test_with_what_is_printed_the_award_is_shown(anybody: Client) -> None:
    award = an_award(family_name="Van de Woestijne-Émile")
    for name in ("Van de Woestijne-Émile", "van de woestijne emile", "VANDEWOESTIJNE EMILE"):
        shown = words(anybody.post(paper(award), printed(award, family_name=name)))
        assert 'class="verdict good"' in shown
        assert "Amina" in shown


@pytest.mark.parametrize("wrong", [{"family_name": "Peeters"}, {"awarded_on": "2025-06-29"}])
def test_one_wrong_answer_opens_nothing_and_does_not_tell_which(
    anybody: Client, wrong: dict[str, str]
) -> None:
    award = an_award(family_name="Vandewoestijne")
    response = anybody.post(paper(award), printed(award, **wrong))
    assert response.status_code == 422
    assert "not what is printed" in words(response)
    assert "Amina" not in words(response)


def test_guessing_ends_after_ten_tries_and_the_right_answer_does_not_help(anybody: Client) -> None:
    award, other = an_award(), an_award()
    for _turn in range(papers.TRIES):
        assert anybody.post(paper(award), printed(award, family_name="Guess")).status_code == 422
    response = anybody.post(paper(award), printed(award))
    assert response.status_code == 429
    assert "too often" in words(response)
    assert anybody.post(paper(other), printed(other)).status_code == 200
    with clock.moved_to(clock.now() + timedelta(hours=1)):
        assert anybody.post(paper(award), printed(award)).status_code == 200


def test_a_number_that_was_never_given_out_says_what_to_do(anybody: Client) -> None:
    response = anybody.get(reverse("credentials:check-award", args=[uuid4()]))
    assert response.status_code == 404
    assert "no award of this number" in words(response)


def test_the_badge_of_an_achievement_is_a_picture_of_nobody(anybody: Client) -> None:
    achievement = an_achievement()
    response = anybody.get(reverse("credentials:achievement-badge", args=[achievement.pk]))
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert b"Lasser" in response.content
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert anybody.get(reverse("credentials:achievement-badge", args=[uuid4()])).status_code == 404


def queries_of(client: Client, url: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    return len(seen)


def test_public_pages_take_few_queries(anybody: Client) -> None:
    award = an_award()
    for url in (paper(award), reverse("credentials:achievement-badge", args=[award.achievement_id])):
        assert queries_of(anybody, url) <= 10
