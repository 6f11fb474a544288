"""`gilde verify FILE…`: on anybody's machine, with a register or without, with a network or without."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.fetch import Unreachable
from gilde.credentials.keys import did
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.log import checkpoint
from gilde.credentials.models import Award, CheckCount
from gilde.credentials.proofs import data_integrity
from gilde.credentials.services import keys, log, offline, renderings, stopping
from tests.credentials.factories import an_award
from tests.credentials.model_documents import a_credential

pytestmark = pytest.mark.django_db

Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Return a function that writes files, checks them, and returns the exit code and what was printed."""

    def run(*contents: bytes, **options: Any) -> tuple[int, str]:
        paths = []
        for number, content in enumerate(contents):
            path = tmp_path / f"{number}.json"
            path.write_bytes(content)
            paths.append(str(path))
        out = io.StringIO()
        try:
            call_command("verify", *paths, stdout=out, **options)
        except SystemExit as ended:
            return int(str(ended.code)), out.getvalue()
        return 0, out.getvalue()

    return run


def credential(award: Award) -> bytes:
    return renderings.file(award, "vc").content


def test_a_valid_award_ends_with_nought_and_lists_each_check(verify: Verify) -> None:
    code, told = verify(credential(an_award(family_name="Vandewoestijne")))
    assert code == 0
    assert "0.json: Valid" in told
    assert "Amina Vandewoestijne, Lasser" in told
    assert told.count("✓") >= 6
    assert "✗" not in told


def test_one_that_is_not_valid_ends_with_one(verify: Verify) -> None:
    good, bad = an_award(), an_award()
    stopping.revoke(actor=SYSTEM, awards=[bad], reason="Issued by mistake", notify=False)
    code, told = verify(credential(good), credential(Award.objects.get(pk=bad.pk)))
    assert code == 1
    assert "0.json: Valid" in told
    assert "1.json: Revoked" in told


def test_one_that_cannot_be_read_ends_with_two_and_the_others_are_checked(
    verify: Verify, tmp_path: Path
) -> None:
    code, told = verify(b"my diploma", credential(an_award()))
    assert code == 2
    assert "No credential is recognised" in told
    assert "1.json: Valid" in told
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", str(tmp_path / "none.json"), stdout=out)
    assert ended.value.code == 2
    assert "cannot be read" in out.getvalue()


def test_the_verdicts_are_one_json_list(verify: Verify) -> None:
    award = an_award()
    code, told = verify(credential(award), b"my diploma", json=True)
    first, second = json.loads(told)
    assert (code, first["answer"], second["code"]) == (2, "valid", "unreadable")
    assert first["facts"]["holder"]["given_name"] == "Amina"


def test_what_cannot_be_reached_is_told_and_is_never_valid(
    verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object, **_more: object) -> None:
        raise Unreachable("There is no network.")

    monkeypatch.setattr("gilde.core.fetch.get", gone)
    issuer = did.new_key(KeyKind.ED25519)
    document = a_credential(
        issuer=did.did_of(issuer.method),
        credentialStatus={
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": "https://school.example/status",
        },
    )
    signed = data_integrity.sign(document, issuer, "eddsa-jcs-2022", created=clock.now())
    code, told = verify(json.dumps(signed).encode())
    assert code == 1
    assert "cannot be reached" in told
    code, told = verify(
        json.dumps({**document, "issuer": "did:web:school.example", "proof": proof(signed)}).encode()
    )
    assert code == 1
    assert "cannot be reached" in told


def proof(signed: dict[str, Any]) -> dict[str, Any]:
    return {**signed["proof"], "verificationMethod": "did:web:school.example#key-1"}


def test_without_a_register_nobody_is_known_and_nobody_is_asked(
    verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "_has_register", lambda: False)
    issuer = did.new_key(KeyKind.ED25519)
    document = a_credential(issuer=did.did_of(issuer.method))
    signed = data_integrity.sign(document, issuer, "eddsa-jcs-2022", created=clock.now())
    code, told = verify(json.dumps(signed).encode())
    assert (code, "Issuer unknown" in told, "Nothing was changed" in told) == (1, True, True)
    code, told = verify(credential(an_award()))
    assert (code, "Cannot tell now" in told) == (1, True)
    assert not CheckCount.objects.exists()


def test_a_receipt_proves_without_the_log_that_an_award_is_older_than_the_theft_of_its_key(
    verify: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = an_award()
    log.sign_checkpoint()
    content = credential(award)
    kept = tmp_path / "receipt.json"
    kept.write_text(json.dumps(log.receipt(log.digest_of(content)).document()))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(log.receipt(_logged(an_award())).document()))
    since = clock.now()
    with clock.moved_to(since.replace(year=since.year + 1)):
        key = award.issuer.keys.get(kind="Ed25519", until=None)
        keys.mark_compromised(actor=SYSTEM, key=key, since=clock.now())
        monkeypatch.setattr(log, "existed_at", lambda _digest: None)  # the log is lost
        assert "wrong hands" in verify(content)[1]
        assert "wrong hands" in verify(content, receipt=[str(other)])[1]
        code, told = verify(content, receipt=[str(kept)])
    assert (code, "It stands in the public log" in told) == (0, True)


def _logged(award: Award) -> str:
    log.sign_checkpoint()
    return log.digest_of(credential(award))


def test_the_key_of_another_log_is_given_as_its_text(verify: Verify, tmp_path: Path) -> None:
    content = credential(an_award())
    log.sign_checkpoint()
    kept = tmp_path / "receipt.json"
    kept.write_text(json.dumps(log.receipt(log.digest_of(content)).document()))
    text = checkpoint.verifier(log.origin(), keys.methods(None)[-1].public)
    alone = offline.Alone([_read(kept)], [offline.LogKey.of(text)])
    assert alone.existed_at(content) is not None
    assert offline.Alone([_read(kept)]).existed_at(content) is None
    assert alone.existed_at(content + b" ") is None
    with pytest.raises(CommandError, match="no key of a log"):
        verify(content, log_key=["nonsense+1+2"])


def _read(path: Path) -> Any:
    from gilde.credentials.log import receipt

    return receipt.read(json.loads(path.read_text()))
