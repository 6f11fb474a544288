"""Editions are loaded whole or not at all, side by side, and links move from one to the next by a decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from gilde.core.access import SYSTEM
from gilde.core.errors import Refused
from gilde.core.models import AuditEvent
from gilde.core.text import Text
from gilde.qualifications.errors import Unreadable
from gilde.qualifications.models import Concept, ConceptRelation, SchemeEdition
from gilde.qualifications.services import classifications
from tests.qualifications.classifications.files import archive, dutch, small
from tests.qualifications.factories import (
    Cast,
    OutcomeFactory,
    UserFactory,
    a_concept,
    a_file,
    an_edition,
    linked,
)

pytestmark = pytest.mark.django_db


def _load(*paths: Path, **given: object) -> classifications.Loaded:
    return classifications.load_files(actor=SYSTEM, paths=paths, **given)


def test_an_edition_is_loaded_once_and_grows_by_languages(tmp_path: Path) -> None:
    first = archive(tmp_path / "ESCO v1.2.0 en.zip", small())
    said: list[tuple[int, int]] = []
    done = _load(first, progress=lambda count, total, _step: said.append((count, total)))
    assert said[-1][0] == said[-1][1] == done.concepts + done.relations
    assert (done.new, done.edition.current, done.edition.languages) == (True, True, ["en"])
    before = list(Concept.objects.order_by("uri").values("uri", "label", "terms"))
    again = _load(first)
    assert (again.new, again.edition) == (False, done.edition)
    assert list(Concept.objects.order_by("uri").values("uri", "label", "terms")) == before
    assert AuditEvent.objects.filter(action="qualifications.edition.load").count() == 1
    more = _load(archive(tmp_path / "ESCO v1.2.0 nl.zip", dutch()))
    assert (more.edition, more.concepts, more.relations) == (done.edition, done.concepts, done.relations)
    assert more.edition.languages == ["en", "nl"]
    told = [c.label.words for c in Concept.objects.all() if "nl" in c.label.words]
    assert told
    assert all("en" in words for words in told)


def test_what_cannot_be_read_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = small()
    name = next(each for each in broken if each.startswith("skills"))
    lines = broken[name].splitlines(keepends=True)
    broken[name] = "".join([*lines, lines[1]])  # one address twice
    with pytest.raises(Unreadable):
        _load(archive(tmp_path / "ESCO v1.2.0 en.zip", broken))
    assert not Concept.objects.exists()
    assert not SchemeEdition.objects.exists()


def test_a_failure_while_storing_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(ConceptRelation.objects, "bulk_create", full)
    with pytest.raises(OSError, match="no space"):
        _load(archive(tmp_path / "ESCO v1.2.0 en.zip", small()))
    assert not Concept.objects.exists()
    assert not SchemeEdition.objects.exists()


def test_the_lists_of_the_house_load_twice_as_once() -> None:
    first = classifications.load_own(actor=SYSTEM)
    assert {done.edition.scheme_id for done in first} == {"isco-08", "isced-f-2013", "isced-2011", "nace-2.1"}
    count = Concept.objects.count()
    assert not any(done.new for done in classifications.load_own(actor=SYSTEM))
    assert Concept.objects.count() == count


def test_only_who_keeps_reference_data_loads_any(tmp_path: Path) -> None:
    version = a_file()
    cast = Cast.of(version)
    path = archive(tmp_path / "ESCO v1.2.0 en.zip", small())
    for person in (UserFactory(), cast.drafter, cast.seats["validation"][0]):
        with pytest.raises(Refused):
            classifications.load_files(actor=person, paths=[path])
    assert classifications.load_files(actor=cast.bodies["agency-officer"], paths=[path]).new


def test_two_editions_stand_side_by_side_and_one_is_in_use() -> None:
    old, new = an_edition("1.1"), an_edition("1.2", current=False)
    classifications.make_current(actor=SYSTEM, edition=new)
    old.refresh_from_db()
    assert (old.current, new.current) == (False, True)


def test_a_migration_names_each_use_and_moved_links_are_looked_at_again() -> None:
    old, new = an_edition("1.1"), an_edition("1.2", current=False)
    gone = a_concept(old, "lay bricks")
    kept = a_concept(old, "mix mortar")
    a_concept(new, "mix mortar", uri=kept.uri)
    successor = a_concept(new, "lay brickwork", terms={"en": ["lay bricks"]})
    outcome = OutcomeFactory()
    link = linked(outcome, gone.uri)
    stays = linked(outcome, kept.uri)
    changes = classifications.migrate(old, new)
    [change] = [each for each in changes if each.uri == gone.uri]
    assert change.proposal[0] == successor.uri
    uses = classifications.uses_of({each.uri for each in changes})
    assert uses == {gone.uri: [link]}
    assert classifications.move_links(actor=SYSTEM, old=gone.uri, new=successor) == 1
    link.refresh_from_db()
    assert (link.uri, link.state, link.edition) == (successor.uri, "proposed", "1.2")
    stays.refresh_from_db()
    assert stays.state == "confirmed"


def test_a_link_that_only_got_a_new_name_stays_confirmed() -> None:
    new = an_edition("1.2")
    concept = a_concept(new, "lay brickwork well")
    link = linked(OutcomeFactory(), concept.uri, label=Text.of("lay brickwork"))
    classifications.move_links(actor=SYSTEM, old=concept.uri, new=concept)
    link.refresh_from_db()
    assert (link.state, str(link.label)) == ("confirmed", "lay brickwork well")
