"""Files: stored once, checked before anything opens them, sent so that nothing in them can run."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from gilde.core import documents
from gilde.core.access import SYSTEM
from gilde.core.errors import Refused
from gilde.core.models import AuditEvent, Document, User

pytestmark = pytest.mark.django_db

TEXT = b"The measures of the plan are these.\n"


@pytest.fixture(autouse=True)
def _empty_storage() -> Iterator[None]:
    """Give each test the storage as the one before found it: the database is rolled back, files are not."""
    yield
    for document in Document.objects.all():
        default_storage.delete(document.path)


def stored(content: bytes = TEXT, name: str = "plan.txt") -> Document:
    return documents.store(SYSTEM, file=content, name=name)


def read(document: Document) -> bytes:
    with documents.open_document(document) as file:
        return file.read()


def test_a_file_comes_back_as_it_was_with_its_hash_size_and_type(user: User) -> None:
    document = documents.store(user, file=ContentFile(TEXT), name="plan.txt")
    assert (document.sha256, document.size) == (hashlib.sha256(TEXT).hexdigest(), len(TEXT))
    assert (document.media_type, document.name) == ("text/plain", "plan.txt")
    assert read(document) == TEXT


def test_the_same_content_is_stored_once_whatever_it_is_called() -> None:
    first, second = stored(name="plan.txt"), stored(name="copy of plan.txt")
    assert first.pk == second.pk
    assert Document.objects.count() == 1
    assert AuditEvent.objects.filter(action="core.document.store").count() == 1
    assert default_storage.listdir(str(Path(first.path).parent))[1] == [first.sha256]


def test_the_name_stays_out_of_the_audit_event() -> None:
    stored(name="Diploma of Jan Peeters.txt")
    event = AuditEvent.objects.get(action="core.document.store")
    assert "Peeters" not in str(event.after)


def test_nothing_is_left_in_the_folder_of_arrivals() -> None:
    stored()
    with pytest.raises(documents.Empty):
        stored(b"")
    assert default_storage.listdir("incoming")[1] == []


def test_content_that_was_lost_comes_back_when_it_is_stored_again() -> None:
    document = stored()
    default_storage.delete(document.path)
    with pytest.raises(documents.Lost, match=r"no longer holds “plan\.txt”"):
        documents.open_document(document)
    stored()
    assert read(document) == TEXT


class Elsewhere:
    """A storage that has no paths on this machine, as object storage has none."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def path(self, name: str) -> str:
        raise NotImplementedError

    def exists(self, name: str) -> bool:
        return name in self.kept

    def save(self, name: str, content: File[bytes]) -> str:
        self.kept[name] = content.read()
        return name

    def open(self, name: str, mode: str) -> File[bytes]:
        return File(BytesIO(self.kept[name]))


def test_a_storage_elsewhere_without_paths_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Elsewhere()
    with monkeypatch.context() as patch:
        patch.setattr("gilde.core.documents.service.default_storage", elsewhere)
        document = stored()
        assert elsewhere.kept == {document.path: TEXT}
        with documents.local_file(document) as path:
            assert path.read_bytes() == TEXT


def test_who_has_not_signed_in_stores_nothing() -> None:
    with pytest.raises(Refused):
        documents.store(AnonymousUser(), file=TEXT, name="plan.txt")
    assert not Document.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(documents.TooLarge, match=r"“plan.txt” is larger than 1 MB") as refused:
        documents.store(SYSTEM, file=b"x" * (1024 * 1024 + 1), name="plan.txt", limit=1024 * 1024)
    assert refused.value.status == 413
    assert not Document.objects.exists()


def test_a_type_that_is_not_taken_is_named() -> None:
    with pytest.raises(documents.WrongType, match="text/plain; what is taken here is: application/pdf"):
        documents.store(SYSTEM, file=TEXT, name="plan.pdf", media_types={"application/pdf"})


class Large(File):  # type: ignore[type-arg]
    """An upload of 50 MB that is never whole in memory itself."""

    def __init__(self) -> None:
        super().__init__(BytesIO(), name="large.txt")

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for number in range(50 * 16):
            yield f"{number:06d}".encode() * (64 * 1024 // 6) + b"\n" * 4


def test_an_archive_is_checked_before_its_kind_is_told() -> None:
    """An archive cut off in the middle begins like any other; it is refused and nothing is kept."""
    with pytest.raises(documents.UnsafeArchive, match=r"“plan\.docx” is damaged or was cut off"):
        stored(b"PK\x03\x04 and then nothing", "plan.docx")
    assert not Document.objects.exists()


def test_a_large_upload_is_never_whole_in_memory() -> None:
    tracemalloc.start()
    document = documents.store(SYSTEM, file=Large(), name="large.txt")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert document.size == 50 * 16 * 64 * 1024
    assert peak < 8 * 1024 * 1024


# --- what is kept
# ---------------------------------------------------------------------------------------------


def test_verify_finds_what_was_changed_and_what_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    whole, changed, gone = stored(b"one text\n"), stored(b"two text\n"), stored(b"three text\n")
    call_command("documents", "verify")
    assert "All 3 documents" in capsys.readouterr().out
    Path(default_storage.path(changed.path)).write_bytes(b"TWO text\n")
    default_storage.delete(gone.path)
    assert {damage.document.pk for damage in documents.verify()} == {changed.pk, gone.pk}
    assert whole.pk not in {damage.document.pk for damage in documents.verify()}
    with pytest.raises(CommandError, match="2 of 3 documents"):
        call_command("documents", "verify")


# --- the way out
# ----------------------------------------------------------------------------------------------


def test_a_page_that_was_uploaded_is_sent_as_an_attachment_in_a_sandbox() -> None:
    document = stored(b"<!doctype html><script>alert(1)</script>", "page.html")
    for inline in (False, True):
        response = documents.respond(document, "page.html", inline=inline)
        assert response["Content-Disposition"] == 'attachment; filename="page.html"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "allow-scripts" not in response["Content-Security-Policy"]


def test_an_svg_is_never_shown_inline() -> None:
    response = documents.respond(stored(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"), inline=True)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"].startswith("attachment")


def test_a_safe_type_is_shown_inline_only_when_asked() -> None:
    document = stored(b"%PDF-1.7\n%%EOF", "plan.pdf")
    shown, sent = documents.respond(document, inline=True), documents.respond(document)
    assert shown["Content-Disposition"] == 'inline; filename="plan.pdf"'
    assert sent["Content-Disposition"] == 'attachment; filename="plan.pdf"'


def test_who_has_the_content_already_gets_304() -> None:
    document = stored()
    request = RequestFactory().get("/", headers={"If-None-Match": f'"{document.sha256}"'})
    response = documents.respond(document, request=request)
    assert response.status_code == 304
    assert response["ETag"] == f'"{document.sha256}"'
    other = documents.respond(
        document, request=RequestFactory().get("/", headers={"If-None-Match": '"another"'})
    )
    assert other.status_code == 200
    assert b"".join(other) == TEXT  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("given_name", "sent"),
    [
        ("plan\r\nSet-Cookie: a=b.pdf", 'attachment; filename="planSet-Cookie a=b.pdf"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("C:\\plans\\plan.pdf", 'attachment; filename="plan.pdf"'),
        ("maatregel – één.pdf", "attachment; filename*=utf-8''maatregel%20%E2%80%93%20%C3%A9%C3%A9n.pdf"),
        ("\x00", 'attachment; filename="document"'),
    ],
)
def test_a_name_cannot_break_the_header(given_name: str, sent: str) -> None:
    response = documents.respond(stored(), given_name)
    assert response["Content-Disposition"] == sent


@given(st.text(max_size=400))
def test_a_cleaned_name_is_always_a_name(name: str) -> None:
    cleaned = documents.clean_name(name)
    assert 0 < len(cleaned) <= 200
    assert not set(cleaned) & set('/\\"<>|:*?\r\n\x00')
    assert documents.clean_name(cleaned) == cleaned
