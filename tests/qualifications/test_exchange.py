"""What leaves comes back the same: exports, feeds, CASE addresses, and taking over from another register."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gilde.core import jobs
from gilde.core.access import SYSTEM
from gilde.core.errors import Refused
from gilde.core.jobs import Job
from gilde.qualifications import formats
from gilde.qualifications.described import LevelTold, Read
from gilde.qualifications.describing import describe, with_parts
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.formats import WRITERS
from gilde.qualifications.models import (
    Linked,
    Outcome,
    OutcomeConcept,
    Qualification,
    QualificationVersion,
    State,
)
from gilde.qualifications.publishing import FORMS, publisher
from gilde.qualifications.services.importing import import_file
from tests.qualifications.factories import (
    Cast,
    OrganisationFactory,
    a_file,
    linked,
    registered,
)

pytestmark = pytest.mark.django_db


def _told(version: QualificationVersion):
    return describe(with_parts(QualificationVersion.objects.all()).get(pk=version.pk))


def _written(form: str, *versions: QualificationVersion, path: Path, elsewhere: bool = True) -> Path:
    """A file as another register would give it: our own addresses under another name."""
    content, _not_held = WRITERS[form][0](publisher(), [_told(version) for version in versions])
    if elsewhere:
        content = content.replace(publisher().base.encode(), b"https://register.example")
    file = path / f"qualifications.{WRITERS[form][2]}"
    file.write_bytes(content)
    return file


def test_every_writer_has_a_name() -> None:
    assert set(FORMS) == set(WRITERS)


@pytest.mark.parametrize("form", list(WRITERS))
def test_one_qualification_is_exported_in_every_form_and_a_draft_in_none(client: Client, form: str) -> None:
    version = registered()
    response = client.get(reverse("qualifications:export", args=[version.qualification.code, form]))
    assert response.status_code == 200
    assert (
        version.qualification.code.encode() in response.content
        or str(version.title).encode() in response.content
    )
    draft = a_file()
    assert (
        client.get(reverse("qualifications:export", args=[draft.qualification.code, form])).status_code == 404
    )


@pytest.mark.parametrize("form", ["elm-xml", "elm-jsonld", "csv"])
def test_what_is_taken_over_says_the_same(tmp_path: Path, form: str) -> None:
    version = registered(units=2, outcomes=2)
    use = version.units.first().outcomes.first()
    linked(use.outcome, "http://data.europa.eu/esco/skill/lay", relation="broad")
    file = _written(form, version, path=tmp_path)
    done = import_file(actor=SYSTEM, path=file, name=file.name, owner=OrganisationFactory())
    assert done.added == [str(version.title)]
    taken = QualificationVersion.objects.exclude(qualification=version.qualification).get()
    assert taken.state == State.REGISTERED
    assert taken.qualification.origin.startswith("https://register.example/id/qualification/")
    assert (taken.level, taken.hours, taken.credit) == (version.level, version.hours, version.credit)
    before, after = _told(version), _told(taken)
    assert [o.statement for o in after.all_outcomes()] == [o.statement for o in before.all_outcomes()]
    assert [u.title for u in after.units] == [u.title for u in before.units]
    assert [link.relation for o in after.all_outcomes() for link in o.concepts] == ["broad"]


def test_taking_over_again_changes_nothing_until_it_changed_there(tmp_path: Path) -> None:
    version, owner = registered(), OrganisationFactory()
    file = _written("elm-xml", version, path=tmp_path)
    import_file(actor=SYSTEM, path=file, name=file.name, owner=owner)
    outcomes = Outcome.objects.count()
    again = import_file(actor=SYSTEM, path=file, name=file.name, owner=owner)
    assert (again.added, again.unchanged) == ([], [str(version.title)])
    assert Outcome.objects.count() == outcomes
    file.write_bytes(file.read_bytes().replace(b"What such a person does.", b"What they really do."))
    renewed = import_file(actor=SYSTEM, path=file, name=file.name, owner=owner)
    assert renewed.renewed == [str(version.title)]
    taken = QualificationVersion.objects.filter(qualification__origin__gt="").order_by("number")
    assert [(v.number, v.state) for v in taken] == [(1, "superseded"), (2, "registered")]


def test_our_own_file_given_back_changes_nothing(tmp_path: Path) -> None:
    version = registered()
    file = _written("elm-xml", version, path=tmp_path, elsewhere=False)
    done = import_file(actor=SYSTEM, path=file, name=file.name, owner=OrganisationFactory())
    assert "it is from here" in done.unchanged[0]
    assert Qualification.objects.count() == 1


def test_one_bad_qualification_keeps_the_whole_file_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bare = registered(), registered()
    told = (_told(good), replace(_told(bare), units=()))
    there = [replace(each, uri=f"https://register.example/{n}") for n, each in enumerate(told)]
    monkeypatch.setattr(formats, "read", lambda _path, _name: Read("ELM", tuple(there)))
    with pytest.raises(Unreadable, match="has no learning outcomes"):
        import_file(actor=SYSTEM, path=tmp_path, name="a.xml", owner=OrganisationFactory())
    assert Qualification.objects.count() == 2


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (LevelTold("vks", "11"), "level 11, which the framework vks has not"),
        (LevelTold("elsewhere", "4"), "no EQF level from 1 to 8"),
        (LevelTold("elsewhere", "9", eqf=9), "no EQF level from 1 to 8"),
        (None, "has no level"),
    ],
)
def test_a_level_outside_its_framework_is_told_and_nothing_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: LevelTold | None, said: str
) -> None:
    there = replace(_told(registered()), uri="https://register.example/1", level=level)
    monkeypatch.setattr(formats, "read", lambda _path, _name: Read("ELM", (there,)))
    with pytest.raises(Unreadable, match=said):
        import_file(actor=SYSTEM, path=tmp_path, name="a.xml", owner=OrganisationFactory())
    assert not Qualification.objects.filter(origin__gt="").exists()


def test_who_may_not_keep_reference_data_takes_nothing_over(tmp_path: Path) -> None:
    version = registered()
    cast = Cast.of(version)
    file = _written("elm-xml", version, path=tmp_path)
    with pytest.raises(Refused):
        import_file(actor=cast.drafter, path=file, name=file.name, owner=version.qualification.owner)


def test_the_feed_holds_what_holds_now_and_is_made_again_only_when_something_changed(client: Client) -> None:
    version, _draft, old = registered(), a_file(), a_file(State.SUPERSEDED)
    url = reverse("qualifications:feed", args=["elm-jsonld"])
    first = client.get(url)
    content = b"".join(first.streaming_content).decode()
    assert str(version.qualification_id) in content
    assert str(old.qualification_id) not in content
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    use = version.units.first().outcomes.first()
    OutcomeConcept.objects.create(
        outcome=use.outcome, uri="http://data.europa.eu/esco/skill/x", state=Linked.State.PROPOSED
    )
    changed = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert client.get(url + "?since=2199-01-01").status_code == 200
    assert client.get(url + "?since=yesterday").status_code == 422
    assert client.get(reverse("qualifications:feed", args=["paper"])).status_code == 404


def test_case_programs_find_documents_and_packages(client: Client) -> None:
    version = registered()
    listed = client.get(reverse("qualifications:case-documents"))
    assert listed["X-Total-Count"] == "1"
    assert listed.json()["CFDocuments"][0]["title"] == str(version.title)
    package = client.get(reverse("qualifications:case-package", args=[version.qualification_id])).json()
    assert {"CFDocument", "CFItems", "CFAssociations"} <= set(package)


def test_a_stable_address_answers_people_and_programs(client: Client) -> None:
    version = registered()
    address = reverse("identifier", args=["qualification", version.qualification_id])
    assert client.get(address, headers={"Accept": "text/html"})["Location"] == reverse(
        "qualifications:qualification", args=[version.qualification.code]
    )
    told = json.loads(client.get(address, headers={"Accept": "application/ld+json"}).content)
    assert told["@id"].endswith(str(version.qualification_id))
    assert str(version.title) in json.dumps(told)
    use = version.units.first().outcomes.first()
    for kind, key in (
        ("qualification-version", version.pk),
        ("outcome", use.outcome_id),
        ("unit", use.unit_id),
    ):
        response = client.get(reverse("identifier", args=[kind, key]), headers={"Accept": "application/json"})
        assert response.status_code == 200, kind
        assert len(list(pyoxigraph.parse(response.content, format=pyoxigraph.RdfFormat.JSON_LD))) > 1, kind
    draft = a_file()
    assert (
        client.get(reverse("identifier", args=["qualification", draft.qualification_id])).status_code == 404
    )


def test_an_officer_takes_over_a_file_through_the_pages(client: Client, tmp_path: Path) -> None:
    version = registered()
    cast = Cast.of(version)
    client.force_login(cast.bodies["agency-officer"])
    file = _written("elm-xml", version, path=tmp_path)
    page = client.get(reverse("qualifications:import"))
    owner = page.context["form"].fields["owner"].choices[0][0]
    sent = {"file": SimpleUploadedFile("register.xml", file.read_bytes()), "owner": owner}
    response = client.post(reverse("qualifications:import"), sent)
    job = Job.objects.get(kind="qualifications.import")
    assert response["Location"] == reverse("qualifications:imported", args=[job.pk])
    jobs.run(job.pk)
    shown = client.get(response["Location"])
    assert str(version.title) in shown.content.decode()
    client.force_login(cast.drafter)
    assert client.get(reverse("qualifications:import")).status_code == 403
    assert client.get(response["Location"]).status_code == 403
