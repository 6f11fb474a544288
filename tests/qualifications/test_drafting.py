"""Writing a file: units, outcomes that are shared between files, and the next version."""

from __future__ import annotations

import pytest

from gilde.core.errors import Invalid, Refused, Stale
from gilde.core.text import Text
from gilde.qualifications import snapshots
from gilde.qualifications.models import OutcomeVersion, QualificationVersion, State, UnitOutcome
from gilde.qualifications.services import drafting
from tests.qualifications.factories import (
    Cast,
    OutcomeFactory,
    a_file,
    a_framework,
    a_level,
    a_member,
    a_procedure,
    linked,
    registered,
)

pytestmark = pytest.mark.django_db


def _begin(**fields):
    version = a_file()
    officer = a_member(version.qualification.owner)
    given = {
        "owner": version.qualification.owner,
        "code": "tiler",
        "kind": "professional",
        "title": Text.of("Tiler"),
        "procedure": a_procedure(),
    }
    return drafting.begin_file(actor=officer, **{**given, **fields}), officer


def test_a_draft_begins_in_the_framework_of_its_procedure() -> None:
    version, _officer = _begin()
    assert (version.state, version.number, version.framework_id) == (State.DRAFT, 1, "vks")
    assert version.stages.get().state == "draft"


def test_a_code_is_taken_once() -> None:
    _begin()
    with pytest.raises(Invalid, match="code"):
        _begin()
    assert QualificationVersion.objects.filter(qualification__code="tiler").count() == 1


def test_a_code_that_is_the_address_of_another_page_is_refused() -> None:
    with pytest.raises(Invalid, match="address of another page"):
        _begin(code="compare")


def test_who_writes_for_another_organisation_writes_nothing_here() -> None:
    version = a_file()
    cast = Cast.of(version)
    for person in (cast.reader, cast.elsewhere, cast.seats["validation"][0]):
        with pytest.raises(Refused):
            drafting.change_file(actor=person, version=version, lock=version.version, hours=1)
        with pytest.raises(Refused):
            drafting.add_unit(actor=person, version=version, lock=version.version, title=Text.of("More"))
    assert version.units.count() == 1


def test_what_is_handed_in_cannot_be_changed() -> None:
    version = a_file(State.SUBMITTED)
    cast = Cast.of(version)
    with pytest.raises(Refused, match="only drafts and returned files"):
        drafting.change_file(actor=cast.drafter, version=version, lock=version.version, hours=1)


def test_the_second_of_two_writers_is_told() -> None:
    version = a_file()
    cast = Cast.of(version)
    lock = version.version
    drafting.add_unit(actor=cast.drafter, version=version, lock=lock, title=Text.of("First"))
    with pytest.raises(Stale):
        drafting.add_unit(actor=cast.signatory, version=version, lock=lock, title=Text.of("Second"))
    assert [str(u.title) for u in version.units.order_by("position")] == ["Unit 1", "First"]


def test_a_level_outside_the_framework_is_refused_in_a_sentence() -> None:
    version = a_file()
    cast = Cast.of(version)
    a_framework("nlqf")
    level = a_level("4", a_framework("nlqf"))
    with pytest.raises(Invalid, match="no level of the framework VKS"):
        drafting.change_file(actor=cast.drafter, version=version, lock=version.version, level=level)


def test_units_move_and_stay_where_they_are_at_the_ends() -> None:
    version = a_file(units=3)
    cast = Cast.of(version)

    def codes() -> list[str]:
        return list(version.units.order_by("position").values_list("code", flat=True))

    first, _second, third = version.units.order_by("position")
    for unit, up, after in (
        (third, True, ["U1", "U3", "U2"]),
        (first, True, ["U1", "U3", "U2"]),
        (first, False, ["U3", "U1", "U2"]),
    ):
        version.refresh_from_db()
        unit.refresh_from_db()
        drafting.move_unit(actor=cast.drafter, unit=unit, lock=version.version, up=up)
        assert codes() == after


def test_an_outcome_that_another_file_holds_keeps_its_wording_there() -> None:
    fixed = registered()
    wording = UnitOutcome.objects.filter(unit__version=fixed).first().outcome
    linked(wording, "http://data.europa.eu/esco/skill/1")
    draft = a_file()
    cast = Cast.of(draft)
    use = drafting.reuse_outcome(
        actor=cast.drafter, unit=draft.units.get(), lock=draft.version, wording=wording
    )
    draft.refresh_from_db()
    changed = drafting.change_outcome(
        actor=cast.drafter, use=use, lock=draft.version, statement=Text.of("Lays walls of another kind")
    )
    wording.refresh_from_db()
    assert str(wording.statement) != "Lays walls of another kind"
    assert (changed.outcome.number, changed.outcome.outcome_id) == (2, wording.outcome_id)
    assert [link.state for link in changed.outcome.concepts.all()] == ["proposed"]
    assert not list(snapshots.changed_since_recognition())


def test_the_same_outcome_stands_in_a_file_once() -> None:
    draft = a_file()
    cast = Cast.of(draft)
    wording = draft.units.get().outcomes.first().outcome
    with pytest.raises(Invalid, match="already"):
        drafting.reuse_outcome(
            actor=cast.drafter, unit=draft.units.get(), lock=draft.version, wording=wording
        )


def test_an_outcome_of_a_draft_of_strangers_cannot_be_used() -> None:
    draft = a_file()
    cast = Cast.of(draft)
    with pytest.raises(Invalid, match="no such learning outcome"):
        drafting.reuse_outcome(
            actor=cast.drafter, unit=draft.units.get(), lock=draft.version, wording=OutcomeFactory()
        )


def test_an_own_draft_outcome_changes_in_place_and_a_failed_change_leaves_all_as_it_was() -> None:
    draft = a_file()
    cast = Cast.of(draft)
    use = draft.units.get().outcomes.first()
    drafting.change_outcome(actor=cast.drafter, use=use, lock=draft.version, kind="knowledge")
    draft.refresh_from_db()
    assert OutcomeVersion.objects.get(pk=use.outcome_id).kind == "knowledge"
    with pytest.raises(Invalid):
        drafting.change_outcome(actor=cast.drafter, use=use, lock=draft.version, kind="magic")
    again = QualificationVersion.objects.get(pk=draft.pk)
    assert again.version == draft.version
    assert OutcomeVersion.objects.get(pk=use.outcome_id).kind == "knowledge"


def test_the_next_version_begins_as_a_copy_and_the_old_one_stays() -> None:
    old = registered(units=2, outcomes=2)
    cast = Cast.of(old)
    before = snapshots.content_of(old)
    draft = drafting.begin_next_version(actor=cast.drafter, qualification=old.qualification)
    assert (draft.number, draft.state, draft.level, draft.recognised_at) == (2, State.DRAFT, None, None)
    assert {d.what for d in snapshots.differences(before, snapshots.content_of(draft))} == {"Level"}
    with pytest.raises(Invalid, match="finish it before"):
        drafting.begin_next_version(actor=cast.drafter, qualification=old.qualification)
    drafting.remove_unit(actor=cast.drafter, unit=draft.units.first(), lock=draft.version)
    assert snapshots.content_of(old) == before


def test_changes_are_told_in_the_order_of_a_reader() -> None:
    version = a_file(units=2)
    cast = Cast.of(version)
    before = snapshots.content_of(version)
    version = drafting.change_file(actor=cast.drafter, version=version, lock=version.version, hours=500)
    unit = version.units.order_by("position").first()
    drafting.remove_outcome(actor=cast.drafter, use=unit.outcomes.first(), lock=version.version)
    version.refresh_from_db()
    drafting.add_outcome(
        actor=cast.drafter, unit=unit, lock=version.version, kind="skill", statement=Text.of("Points walls")
    )
    told = snapshots.differences(before, snapshots.content_of(version))
    assert [(d.what, str(d.before) != "", str(d.after)) for d in told] == [
        ("Workload in hours", True, "500"),
        ("Learning outcome in “Unit 1”", True, ""),
        ("Learning outcome in “Unit 1”", False, "Points walls"),
    ]
