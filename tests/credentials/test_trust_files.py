"""Lists of whom others trust: read whole, or refused with the entry that is wrong."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gilde.core.errors import GildeError
from gilde.credentials import trust_files
from gilde.credentials.trust_files import Entry
from tests.credentials.trust_making import (
    a_certificate,
    a_json,
    a_school,
    a_trusted_list,
    der64,
    pem,
    service,
)


def read(data: bytes) -> list[Entry]:
    told = trust_files.entries(data)
    assert trust_files.is_told(told)
    return trust_files.from_json(told)


def test_our_own_json_is_read() -> None:
    seal = a_certificate()
    told = a_json(
        a_school(1, qualifications=["https://register.example/q/1"], since="2020-01-01", until="2030-12-31"),
        a_school(2, name={"nl": "School twee", "en": "School two"}, certificate=pem(seal)),
        {"certificate": der64(seal), "name": "Only a seal"},
    )
    first, second, third = read(told)
    assert first == Entry(
        "did:web:school-1.example",
        "",
        {"en": "School 1"},
        "BE",
        ("https://register.example/q/1",),
        "2020-01-01",
        "2030-12-31",
    )
    assert (second.name["nl"], second.certificate) == ("School twee", pem(seal))
    assert (third.identifier, third.certificate) == ("", pem(seal))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": "school"}, "no identifier"),
        ({"id": "did:web:" + "a" * 300}, "no identifier"),
        ({"id": "did:web:school.example\nx"}, "no identifier"),
        ({"id": "", "certificate": ""}, "needs an “id” or a “certificate”"),
        ({"name": ""}, "needs a “name”|is empty"),
        ({"name": "Scho\u202eol"}, "cannot be seen"),
        ({"name": ["School"]}, "needs a “name”"),
        ({"country": "Belgium"}, "no code of a country"),
        ({"certificate": "AAAA"}, "certificate cannot be read"),
        ({"since": "01/02/2020"}, "no day"),
        ({"since": "2020-01-01", "until": "2019-01-01"}, "ends before it begins"),
        ({"qualifications": ["javascript:alert(1)"]}, "named by their addresses"),
        ({"qualifications": "all"}, "must be a list"),
        ({"trusted": True}, "no member “trusted”"),
        ({"id": 7}, "are texts"),
    ],
)
def test_one_wrong_entry_refuses_the_list(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GildeError, match=sentence) as wrong:
        read(a_json(a_school(1), a_school(2, **changes)))
    assert "entry 2" in wrong.value.sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"{}", "no trust list"),
        (a_json(version=2), "no trust list"),
        (a_json(extra=1), "no member “extra”"),
        (a_json(issuers={}), "no list of “issuers”"),
        (a_json(), "names nobody"),
        (a_json(a_school(), a_school()), "twice"),
        (b'{"type": "gilde-trust-list", "type": "x"}', "twice|doubl|same"),
        (b'{"type": ' + b"[" * 100_000, "deep|nested|levels"),
        (b"<html><body>", "damaged or cut off"),
        (b"<html/>", "no trusted list"),
        (b"id,names\ndid:web:x.example,X\n", "no column “names”"),
        (b'id,name\ndid:web:x.example,"X\n', "quotation mark"),
        (b"id,name\ndid:web:x.example,X,more\n", "more cells"),
        (b"x" * (trust_files.LARGEST + 1), "larger than 25 MB"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(GildeError, match=sentence):
        read(data)


def test_a_csv_is_read() -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["id", "name", "country", "qualifications", "certificate"])
    writer.writerow(["did:web:a.example", "École", "fr", "https://q.example/1 https://q.example/2", ""])
    writer.writerow(["", "Seal", "", "", pem(a_certificate())])
    first, second = read(text.getvalue().encode("cp1252"))
    assert (first.name, first.country) == ({"en": "École"}, "FR")
    assert first.qualifications == ("https://q.example/1", "https://q.example/2")
    assert second.certificate.startswith("-----BEGIN")


def test_of_a_trusted_list_the_services_for_seals_are_taken() -> None:
    seal, both, old, person, stamp = (a_certificate(str(each)) for each in range(5))
    found = read(
        a_trusted_list(
            service([seal]),
            service([both], uses=["ForeSignatures", "ForeSeals"]),
            service([old], uses=[]),
            service([person], uses=["ForeSignatures"]),
            service([stamp], kind="TSA/QTST"),
        )
    )
    assert [each.certificate for each in found] == [pem(seal), pem(both), pem(old)]
    assert {(each.identifier, each.country, each.since, each.until) for each in found} == {
        ("", "BE", "2018-01-01", "")
    }
    assert found[0].name == {"en": "Trust House", "nl": "Vertrouwenshuis"}


@pytest.mark.parametrize(
    ("told", "period"),
    [
        ({"status": "withdrawn", "since": "2020-05-01T00:00:00Z"}, None),
        (
            {
                "status": "withdrawn",
                "since": "2020-05-01T00:00:00Z",
                "history": [
                    ("granted", "2016-07-01T00:00:00Z"),
                    ("undersupervision", "2010-01-01T00:00:00Z"),
                ],
            },
            ("2010-01-01", "2020-05-01"),
        ),
        (
            {
                "since": "2021-01-01T00:00:00Z",
                "history": [("withdrawn", "2020-05-01T00:00:00Z"), ("granted", "2016-07-01T00:00:00Z")],
            },
            ("2021-01-01", ""),
        ),
    ],
)
def test_the_period_of_a_service_is_that_in_which_it_was_last_granted(
    told: dict[str, Any], period: tuple[str, str] | None
) -> None:
    always = a_certificate()
    found = read(a_trusted_list(service([always]), service([a_certificate()], **told)))
    others = [(each.since, each.until) for each in found if each.certificate != pem(always)]
    assert others == ([period] if period else [])


def test_the_list_of_lists_is_not_taken_for_a_list() -> None:
    with pytest.raises(GildeError, match="list of lists"):
        read(a_trusted_list(service([a_certificate()]), kind="EUlistofthelists"))


def test_a_country_is_named_by_its_iso_code() -> None:
    assert read(a_trusted_list(service([a_certificate()]), territory="EL"))[0].country == "GR"


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE x SYSTEM "http://169.254.169.254/latest">',
    ],
)
def test_xml_that_declares_or_calls_for_more_is_refused(head: str) -> None:
    with pytest.raises(GildeError, match=r"document type|damaged"):
        read(a_trusted_list(service([a_certificate()]), head=head))


def test_xml_nested_very_deep_is_refused() -> None:
    with pytest.raises(GildeError):
        read(b"<a>" * 100_000)


def _read_or_told(data: bytes) -> None:
    try:
        found = read(data)
    except GildeError as error:
        if len(error.sentence) < 10:
            pytest.fail("It was refused without a sentence.")
    else:
        assert all(each.identifier or each.certificate for each in found)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    _read_or_told(data)


@given(st.data())
def test_a_list_that_is_damaged_anywhere_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([_JSON, _XML]))
    at = data.draw(st.integers(0, len(whole) - 1))
    _read_or_told(whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :])


_JSON = a_json(a_school(1, since="2020-01-01"), {"certificate": der64(a_certificate()), "name": "Seal"})
_XML = a_trusted_list(service([a_certificate()]))
