"""What is made to keep the register busy is refused before the work, by counts and bounds, and with a sentence."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final
from unittest import mock

import pytest

from gilde.core.errors import GildeError
from gilde.credentials.errors import TooMuch, Unreadable
from gilde.credentials.keys import did
from gilde.credentials.keys.base58 import from_multibase
from gilde.credentials.keys.kinds import KeyKind
from gilde.credentials.linked import canonical, expansion, rdfc, scopes, strict
from gilde.credentials.linked.expansion import END
from gilde.credentials.linked.tables import PUBLIC
from gilde.credentials.proofs import data_integrity, pdf_file
from gilde.credentials.renderings import baking, vc
from gilde.credentials.status import bits, tokens
from gilde.credentials.verdict import Answer
from tests.credentials.attack.expected import Outcome, outcome_of, outcome_of_error
from tests.credentials.attack.json_edits import places, put
from tests.credentials.attack.pictures import chunks, joined
from tests.credentials.checking.world import ISSUED, World, made, reasons, signed
from tests.credentials.facts_strategy import a_facts, a_place

PLACE: Final = a_place()
DEEP: Final = 10_000
JCS, RDFC = "vc eddsa-jcs-2022", "vc eddsa-rdfc-2022"


def refused(given: bytes | str) -> TooMuch | Unreadable:
    """The error with which a file is refused before it is taken for a credential."""
    with pytest.raises((TooMuch, Unreadable)) as told:
        World().check(given)
    assert told.value.sentence
    return told.value


def tried(given: bytes | str, world: World | None = None) -> Outcome:
    """What becomes of a file that may be taken for a credential, or not."""
    try:
        return outcome_of((world or World()).check(given))
    except GildeError as error:
        return outcome_of_error(error)


def within(value: str) -> str:
    """The genuine credential with a value in it that is not JSON for Python."""
    return json.dumps({**json.loads(made(JCS)), "x": "HERE"}).replace('"HERE"', value)


NESTED: Final = {
    "lists": "[" * DEEP + "]" * DEEP,
    "lists that never end": "[" * DEEP,
    "objects": '{"a":' * DEEP + "1" + "}" * DEEP,
    "both": '[{"a":' * (DEEP // 2) + "1" + "}]" * (DEEP // 2),
    "lists in a credential": within("[" * DEEP + "]" * DEEP),
    "objects in a credential": within('{"id":' * DEEP + '"urn:x:1"' + "}" * DEEP),
    "just too deep": within("[" * strict.DEEPEST + "]" * strict.DEEPEST),
}


@pytest.mark.parametrize("what", NESTED)
def test_json_nested_too_deep_is_refused(what: str) -> None:
    assert refused(NESTED[what]).reason == "too-deep"


def test_fifty_megabytes_of_one_array_are_not_read() -> None:
    with mock.patch.object(strict._DECODER, "decode", side_effect=AssertionError("it was read")):
        assert refused(b"[" + b"0," * 26_000_000 + b"0]").reason == "too-large"
        assert refused(b"[" + b"0," * 7_900_000 + b"0]").reason == "too-many"
        assert refused(b"[" + b"[]," * 5_000_000 + b"0]").reason == "too-many"


def test_a_million_members_are_not_read() -> None:
    members = ",".join(f'"k{number}":1' for number in range(1_000_000))
    with mock.patch.object(strict._DECODER, "decode", side_effect=AssertionError("it was read")):
        for text in (f"{{{members}}}", made(JCS).decode()[:-1] + f",{members}}}"):
            assert refused(text).reason == "too-many"


def test_as_much_as_is_read_is_more_than_any_credential_has() -> None:
    assert made("edc").count(b",") < strict.MOST / 100
    text = json.dumps({f"k{number}": number for number in range(strict.MOST)})
    assert len(strict.parse(text)) == strict.MOST
    with pytest.raises(TooMuch):
        strict.parse(text[:-1] + ', "a": 1, "b": 2}')


# Graphs


def tangled(size: int, others: int) -> dict[str, Any]:
    """A credential in which so many blank nodes each name as many others, all of them alike."""
    document = vc.render(a_facts(), None)
    document["credentialSubject"]["achieved"]["outcome"] = [
        {"id": f"_:n{node}", "matchesSkill": [f"_:n{(node + step) % size}" for step in range(1, others + 1)]}
        for node in range(size)
    ]
    return document


POISONED: Final = [(8, 7), (20, 2), (50, 3), (1000, 1)]


@pytest.mark.parametrize(("size", "others"), POISONED)
def test_a_poisoned_graph_is_refused_after_so_many_steps(size: int, others: int) -> None:
    with mock.patch.object(rdfc._Naming, "spend", autospec=True, side_effect=rdfc._Naming.spend) as spend:
        with pytest.raises(TooMuch) as told:
            canonical.nquads(tangled(size, others))
        assert told.value.reason == "poisoned"
        assert spend.call_args.args[0].work <= rdfc.MOST + size * others + 100


@pytest.mark.parametrize(("size", "others"), POISONED)
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "ecdsa-rdfc-2019"])
def test_a_credential_with_a_poisoned_graph_cannot_be_told(size: int, others: int, suite: str) -> None:
    document = {**tangled(size, others), "proof": json.loads(made(f"vc {suite}"))["proof"]}
    verdict = World().check(json.dumps(document))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"poisoned"})


def test_a_poisoned_graph_as_quads_is_refused() -> None:
    for size, step in ((8, 7), (24, 3)):
        quads = [
            (f"_:n{node}", " <urn:p> ", f"_:n{(node + far) % size}", END)
            for node in range(size)
            for far in range(1, step + 1)
        ]
        with pytest.raises(TooMuch) as told:
            rdfc.canonical_lines({}, quads)
        assert told.value.reason == "poisoned"


def test_what_is_hard_to_bring_into_canonical_form_is_brought_there_once() -> None:
    """Eight proofs by eight keys are eight signatures to check, and one graph."""
    document = tangled(5, 4)
    for _each in range(8):
        document = data_integrity.sign(
            document, did.new_key(KeyKind.ED25519), "eddsa-rdfc-2022", created=ISSUED
        )
    wanted: list[Any] = []

    def counted(value: Any, **options: Any) -> bytes:
        wanted.append(value)
        return nquads(value, **options)

    nquads = canonical.nquads
    with mock.patch.object(canonical, "nquads", counted):
        found = data_integrity.verify(document, did.resolve_key, now=ISSUED)
    assert len(found) == 8
    assert len([each for each in wanted if "credentialSubject" in each]) == 1


# Long texts


LONG: Final = {
    "letters": "x" * 100_000,
    "digits": "1" * 100_000,
    "base58": "z" + "2" * 100_000,
    "did:web": "did:web:" + "a." * 50_000,
    "did:web with ports": "did:web:" + "a%3A" * 25_000,
    "did:key": "did:key:z" + "6" * 100_000,
    "an address": "https://a.example/" + "%41" * 33_000,
    "a time": "2025-07-01T09:00:00." + "1" * 100_000 + "Z",
    "a language": "a-" * 50_000,
    "blanks": " " * 100_000,
    "backslashes": "\\" * 100_000,
    "combining": "e" + "\u0301" * 99_999,
}


@cache
def _texts(form: str) -> list[tuple[str | int, ...]]:
    return [path for path, value in places(json.loads(made(form))) if isinstance(value, str)]


@pytest.mark.parametrize("what", LONG)
@pytest.mark.parametrize("form", [JCS, RDFC])
def test_a_text_of_a_hundred_thousand_letters_is_refused_wherever_it_stands(form: str, what: str) -> None:
    document, world = json.loads(made(form)), World()
    for path in _texts(form):
        found = tried(json.dumps(put(document, path, LONG[what])), world)
        assert found.answer in ("", Answer.ALTERED, Answer.CANNOT_TELL, Answer.UNKNOWN_ISSUER), path
        assert not found.silent
        assert found.longest < 1000, "what is long is not repeated"


def test_a_long_number_in_base58_is_not_reckoned() -> None:
    with pytest.raises(Unreadable):
        from_multibase("z" + "2" * 100_000)


@pytest.mark.parametrize(
    "number", ["3" * 100_000, "1e" + "9" * 1000, "0." + "0" * 100_000 + "1", "-" + "1" * 20]
)
def test_a_long_number_is_refused(number: str) -> None:
    assert refused(within(number)).reason == "big-number"


def test_tokens_of_long_parts_are_refused() -> None:
    head, body, signature = made("vc-jwt").decode().split(".")
    for token in (f"{head}A.{body}", f"{head}.{body}.{signature * 5000}", f"{head}.{body * 300}.{signature}"):
        found = tried(token)
        assert found.answer in ("", Answer.ALTERED)
        assert not found.silent
    many = made("sd-jwt").decode() + "WyJhIiwiYiIsMV0~" * 50_000
    assert tried(many).answer in (Answer.ALTERED, Answer.CANNOT_TELL)


# What inflates


@cache
def bomb(size: int = 1_000_000_000) -> bytes:
    """So many bytes of nothing, in a thousandth of that (deflate)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (size // 10_000_000) + b"\x03\x00"


def test_a_badge_that_inflates_to_a_gigabyte_is_not_unpacked() -> None:
    text = b"openbadgecredential\0\1\0\0\0\x78\xda" + bomb() + bytes(4)
    header, *rest = chunks(baking.bake(_picture(), "{}"))
    picture = joined([header, (b"iTXt", text), *[each for each in rest if each[0] != b"iTXt"]])
    assert refused(picture).reason == "too-large"


def _picture() -> bytes:
    header = (16).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    return joined([(b"IHDR", header), (b"IDAT", zlib.compress(bytes(17 * 16))), (b"IEND", b"")])


def test_lists_that_inflate_to_a_gigabyte_are_not_unpacked() -> None:
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + bomb() + bytes(8)
    with pytest.raises(TooMuch):
        bits.decode("u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode())
    with pytest.raises(TooMuch):
        tokens.decode(base64.urlsafe_b64encode(b"\x78\xda" + bomb() + bytes(4)).rstrip(b"=").decode())


def test_no_list_has_more_bytes_than_are_allowed_to_it() -> None:
    for size in (1000, 1001):
        text = "u" + base64.urlsafe_b64encode(gzip.compress(bytes(size))).rstrip(b"=").decode()
        if size == 1000:
            assert len(bits.decode(text, largest=1000)) == 1000
        else:
            with pytest.raises(TooMuch):
                bits.decode(text, largest=1000)


def a_pdf(stream: bytes, objects: str = "") -> bytes:
    """A PDF of one page, of which the content is this stream (FlateDecode), and what else is in it."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R" + objects.encode() + b">>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream",
    ]
    made, starts = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(made))
        made += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"xref\n0 5\n0000000000 65535 f \n" + table
    return made + end + b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(made)


def test_streams_of_a_pdf_are_unpacked_only_so_far() -> None:
    packed = b"\x78\xda" + bomb(200_000_000) + bytes(4)
    reader = pdf_file.opened(a_pdf(packed))
    with pytest.raises(TooMuch) as told, pdf_file.reading():
        _unpacked = reader.root["/Pages"]["/Kids"][0]["/Contents"].data
    assert told.value.reason == "inflates"


@pytest.mark.parametrize("deep", ["[" * 20_000 + "]" * 20_000, "<</A" * 20_000 + ">>" * 20_000])
def test_a_pdf_nested_too_deep_is_refused(deep: str) -> None:
    content = a_pdf(zlib.compress(b"")).replace(b"/Contents 4 0 R", b"/Contents 4 0 R/X" + deep.encode())
    assert refused(content).sentence


# Whatever it is, it ends with a sentence


MANY: Final[dict[str, Callable[[], Any]]] = {
    "proofs": lambda: _with_proofs(10_000),
    "contexts": lambda: {**json.loads(made(JCS)), "@context": json.loads(made(JCS))["@context"] * 10_000},
    "types": lambda: {**json.loads(made(JCS)), "type": ["VerifiableCredential", "VocationalAward"] * 20_000},
    "lists": lambda: {
        **json.loads(made(JCS)),
        "credentialStatus": json.loads(made(JCS))["credentialStatus"] * 9_000,
    },
    "presented": lambda: {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiablePresentation",
        "verifiableCredential": [json.loads(made(JCS))] * 200,
    },
    "languages": lambda: {
        **json.loads(made(RDFC)),
        "name": [{"@value": "x", "@language": f"x-{number}"} for number in range(50_000)],
    },
}


def _with_proofs(number: int) -> dict[str, Any]:
    document = json.loads(made(JCS))
    return {**document, "proof": [document["proof"]] * number}


@pytest.mark.parametrize("what", MANY)
def test_of_what_a_credential_has_few_ten_thousand_are_refused(what: str) -> None:
    world = World()
    found = tried(json.dumps(MANY[what]()), world)
    assert found.answer in ("", Answer.CANNOT_TELL, Answer.ALTERED)
    assert found.reasons
    assert not found.silent
    assert len(world.asked) < 50, "nobody is asked ten thousand times"


def _inside(*objects: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(made(JCS))
    document["credentialSubject"]["achieved"]["outcome"] = [
        {"id": f"urn:x:{number}", **each} for number, each in enumerate(objects)
    ]
    return document


CONTEXTS: Final = json.loads(made(JCS))["@context"]
SCOPES: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "contexts": lambda: {**json.loads(made(JCS)), "@context": CONTEXTS * 3000},
    "types": lambda: {**json.loads(made(JCS)), "type": ["VerifiableCredential", "VocationalAward"] * 4000},
    "lists of contexts": lambda: _inside(
        *({"@context": [CONTEXTS[number >> bit & 1] for bit in range(12)]} for number in range(450))
    ),
    "lists of types": lambda: _inside(
        *({"type": ["VerifiableCredential", f"https://a.example/{number}"]} for number in range(2000))
    ),
}


@pytest.mark.parametrize("what", SCOPES)
def test_definitions_are_worked_out_a_thousand_times_at_most(what: str) -> None:
    """Each takes a quarter of a millisecond; an honest credential needs ten, and they are kept."""
    document = SCOPES[what]()
    assert len(json.dumps(document)) < 256 * 1024, "small enough not to be tried apart first"
    with mock.patch.object(
        scopes.Scope, "brought", autospec=True, side_effect=scopes.Scope.brought
    ) as brought:
        verdict = World().check(json.dumps(document))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"too-large"})
    assert brought.call_count <= expansion.MOST // expansion.SCOPE + 100


def test_definitions_that_are_kept_are_forgotten_before_they_fill_the_memory() -> None:
    for batch in range(4):
        told = [{"type": f"https://a.example/{batch}/{number}"} for number in range(1500)]
        World().check(json.dumps(_inside(*told)))
        assert PUBLIC.kept < scopes._MOST
    assert World().check(made(JCS)).answer == Answer.VALID


def test_a_list_that_is_signed_and_huge_only_cannot_be_told() -> None:
    world = World()
    document = json.loads(world.lists[PLACE.revocation])  # type: ignore[arg-type]
    del document["proof"]
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + bomb(100_000_000) + bytes(8)
    document["credentialSubject"]["encodedList"] = (
        "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    )
    world.lists[PLACE.revocation] = signed(document)
    verdict = world.check(made(JCS))
    assert (verdict.answer, reasons(verdict)) == (Answer.CANNOT_TELL, {"status-list-too-large"})
