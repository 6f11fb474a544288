"""Writing a file through the pages of the workbench only."""

from __future__ import annotations

import pytest

from gilde.core.text import Text
from gilde.qualifications.models import OutcomeVersion, QualificationVersion, UnitOutcome
from gilde.qualifications.services import drafting
from tests.client import GildeClient
from tests.indicators.keeping import page_of, sent_by, signed_in, text_of
from tests.qualifications.factories import (
    Cast,
    OrganisationFactory,
    OutcomeFactory,
    ProfileFactory,
    UserFactory,
    a_file,
    a_member,
    a_procedure,
    linked,
    registered,
)
from tests.qualifications.workbench import an_open_draft, send, told, url

pytestmark = pytest.mark.django_db


# --- from nothing to handed in


def test_a_drafter_writes_a_file_from_nothing_until_it_is_handed_in() -> None:
    a_procedure()
    owner = OrganisationFactory(name=Text.of("Construction body"))
    officer, approver = a_member(owner), a_member(owner, "approver")
    client = signed_in(officer)
    page = send(
        client,
        url("file-add"),
        title_0="Roof tiler",
        title_2="en",
        procedure="vks-professional",
        kind="professional",
        sector="construction",
    )
    file = QualificationVersion.objects.get(qualification__code="roof-tiler")
    assert "The summary is missing" in text_of(page)
    assert "There are no units" in text_of(page)
    page = send(
        client,
        url("file-edit", file.pk),
        summary_0="Covers roofs.",
        summary_2="en",
        hours="400",
        assessment_0="A test on a roof.",
        assessment_2="en",
        languages="nl, FR",
        isced_f="0732",
    )
    assert "Covers roofs." in text_of(page)
    assert "The summary is missing" not in text_of(page)
    page = send(client, url("unit-add", file.pk), title_0="Battens", title_2="en", code="U1")
    assert "has no learning outcomes" in text_of(page)
    unit = file.units.get()
    adding = url("outcome-add", file.pk, unit.pk)
    words = {"source": "en", "verb_en": "nails", "object_en": "battens", "context_en": "by the plan"}
    page = send(client, adding, another="yes", kind="autonomy", **words)
    assert page.request["PATH_INFO"] == adding
    assert "Added: Nails battens by the plan." in text_of(page)
    page = send(client, f"{adding}?kind=autonomy&source=en", verb_en="Checks", object_en="the battens")
    assert "Nothing is missing" in text_of(page)
    assert [str(use.outcome.kind) for use in unit.outcomes.all()] == ["autonomy", "autonomy"]
    assert client.get(url("file-step", file.pk, "submit")).status_code == 403  # an approver hands in
    page = send(signed_in(approver), url("file-step", file.pk, "submit"), ground="Ready.")
    assert "the file is “Submitted” now" in text_of(page)
    file.refresh_from_db()
    assert (file.state, file.languages, file.snapshots.count()) == ("submitted", ["nl", "fr"], 1)
    assert client.get(url("file-edit", file.pk)).status_code == 403


def test_a_code_is_made_of_the_title_and_never_that_of_another_page() -> None:
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    sent = {"title_0": "Tiler", "title_2": "en", "procedure": version.procedure_id, "kind": "professional"}
    send(client, url("file-add"), **sent)
    assert QualificationVersion.objects.filter(qualification__code="tiler-2").exists()
    page = send(client, url("file-add"), **{**sent, "code": "files"})
    assert page.status_code == 422
    assert "the address of another page" in text_of(page)
    page = send(client, url("file-add"), **{**sent, "code": "tiler"})
    assert page.status_code == 422
    assert "Tiler" in told(page)


def test_a_procedure_is_chosen_by_what_it_is() -> None:
    _version, cast = an_open_draft()
    page = text_of(signed_in(cast.drafter).get(url("file-add")))
    order = "Agency for qualifications, Validation committee, Levelling committee, Government"
    assert f"Looked at by: {order}. Reviewed after 5 years." in page


# --- what is refused


def test_what_is_wrong_is_said_with_everything_that_was_written() -> None:
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    page = send(
        client, url("file-edit", version.pk), summary_0="Kept words", isced_f="73b", languages="zz", nace="9"
    )
    assert page.status_code == 422
    assert "“73b” is no code of ISCED-F 2013" in text_of(page)
    assert "“zz” is no code of a language" in text_of(page)
    assert "Kept words" in text_of(page)
    unit = version.units.get()
    page = send(
        client, url("outcome-add", version.pk, unit.pk), source="nl", object_nl="dakpannen", verb_en="Lays"
    )
    assert page.status_code == 422
    assert "in the language that you chose" in text_of(page)
    assert "dakpannen" in told(page)
    assert unit.outcomes.count() == 2


def test_the_second_of_two_writers_is_told_and_may_save_again() -> None:
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    edit = url("file-edit", version.pk)
    mine = {**sent_by(client, edit), "hours": "500"}
    drafting.change_file(actor=cast.signatory, version=version, lock=version.version, hours=450)
    page = client.post(edit, mine)
    assert page.status_code == 409
    assert "Somebody else" in text_of(page)
    assert "450" in text_of(page)
    again = {**mine, "version": page_of(page).css_first("[name=version]").attributes["value"]}
    assert client.post(edit, again).status_code == 302
    version.refresh_from_db()
    assert version.hours == 500


def test_an_outcome_that_is_added_second_keeps_its_words() -> None:
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    unit = version.units.get()
    add = url("outcome-add", version.pk, unit.pk)
    mine = {**sent_by(client, add), "verb_en": "Grouts", "object_en": "tiles", "source": "en"}
    drafting.add_unit(actor=cast.signatory, version=version, lock=version.version, title=Text.of("Other"))
    page = client.post(add, mine)
    assert page.status_code == 409
    assert "Grouts" in told(page)
    again = {**mine, "version": page_of(page).css_first("[name=version]").attributes["value"]}
    assert client.post(add, again).status_code == 302
    assert unit.outcomes.filter(outcome__statement__words__en="Grouts tiles.").exists()


def test_a_step_says_what_stands_in_its_way_and_who_comes_next() -> None:
    version, cast = an_open_draft()
    version.units.all().delete()
    client = signed_in(cast.signatory)
    page = client.get(url("file-step", version.pk, "submit"))
    assert "goes from “Draft” to “Submitted”" in text_of(page)
    assert "Agency for qualifications: policy officer" in text_of(page)
    page = send(client, url("file-step", version.pk, "submit"), ground="We are ready")
    assert page.status_code == 422
    assert "There are no units" in text_of(page)
    assert "We are ready" in text_of(page)
    page = send(client, url("file-step", version.pk, "withdraw"), ground=" ")
    assert page.status_code == 422
    assert "Give the ground for this step." in text_of(page)
    assert client.get(url("file-step", version.pk, "no-such-step")).status_code == 404


def test_strangers_find_nothing_and_readers_may_only_read() -> None:
    version, cast = an_open_draft()
    unit, use = version.units.get(), UnitOutcome.objects.filter(unit__version=version)[0]
    writes = [
        url("file-edit", version.pk),
        url("file-relations", version.pk),
        url("unit-add", version.pk),
        url("unit-edit", version.pk, unit.pk),
        url("unit-remove", version.pk, unit.pk),
        url("outcome-add", version.pk, unit.pk),
        url("outcome-reuse", version.pk, unit.pk),
        url("outcome-edit", version.pk, use.pk),
        url("outcome-remove", version.pk, use.pk),
        url("file-step", version.pk, "submit"),
    ]
    reads = [url(name, version.pk) for name in ("file", "file-changes", "file-comments")]
    strangers = [cast.elsewhere, UserFactory(), cast.bodies["agency-officer"]]  # the draft is not handed in
    for person in strangers:
        client = signed_in(person)
        assert {client.get(each).status_code for each in (*writes, *reads)} == {404}
    reader = signed_in(cast.reader)
    assert {reader.get(each).status_code for each in reads} == {200}
    assert {reader.get(each).status_code for each in writes} == {403}
    assert signed_in(UserFactory()).get(url("file-add")).status_code == 403
    assert GildeClient().get(url("files")).status_code == 302


def test_a_thing_of_another_file_is_not_changed_through_this_one() -> None:
    version, cast = an_open_draft()
    other = a_file(qualification__code="other")
    use = UnitOutcome.objects.filter(unit__version=other)[0]
    client = signed_in(cast.drafter)
    assert client.get(url("unit-edit", version.pk, other.units.get().pk)).status_code == 404
    assert client.get(url("outcome-edit", version.pk, use.pk)).status_code == 404
    assert client.post(url("outcome-move", version.pk, use.pk)).status_code == 404


# --- units and outcomes


def test_units_and_outcomes_are_put_in_order_and_taken_out() -> None:
    version = a_file(units=2)
    cast = Cast.of(version)
    client = signed_in(cast.drafter)
    first, second = version.units.order_by("position")
    use = second.outcomes.order_by("position")[1]
    client.post(url("unit-move", version.pk, second.pk), {"version": version.version, "to": "up"})
    client.post(url("outcome-move", version.pk, use.pk), {"version": version.version + 1, "to": "up"})
    assert list(version.units.order_by("position")) == [second, first]
    assert second.outcomes.order_by("position")[0] == use
    stale = client.post(url("unit-move", version.pk, second.pk), {"version": version.version, "to": "down"})
    assert stale.status_code == 409
    assert "Somebody else changed this file" in text_of(stale)
    page = client.get(url("unit-remove", version.pk, first.pk))
    assert "with its 2 learning outcomes" in text_of(page)
    send(client, url("unit-remove", version.pk, first.pk))
    send(client, url("outcome-remove", version.pk, use.pk))
    assert version.units.count() == 1
    assert second.outcomes.count() == 1


def test_a_wording_that_others_hold_stays_as_it_is_there() -> None:
    shared = registered(outcomes=1)
    wording = OutcomeVersion.objects.get(uses__unit__version=shared)
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    reuse = f"{url('outcome-reuse', version.pk, version.units.get().pk)}?q=lays+walls"
    page = send(client, reuse, wordings=str(wording.pk))
    assert "1 learning outcome was taken over" in text_of(page)
    use = UnitOutcome.objects.get(unit__version=version, outcome=wording)
    page = client.get(url("outcome-edit", version.pk, use.pk))
    assert "They keep its wording; this file gets a new one" in text_of(page)
    send(client, url("outcome-edit", version.pk, use.pk), statement_en="Builds thick walls")
    use.refresh_from_db()
    assert str(use.outcome.statement) == "Builds thick walls"
    assert use.outcome.number == 2
    assert UnitOutcome.objects.get(unit__version=shared).outcome == wording


def test_several_outcomes_are_reused_at_once_and_none_twice() -> None:
    source = registered(outcomes=3)
    offered = list(OutcomeVersion.objects.filter(uses__unit__version=source))
    version, cast = an_open_draft()
    client = signed_in(cast.drafter)
    reuse = url("outcome-reuse", version.pk, version.units.get().pk)
    assert "Search first" in text_of(client.get(reuse))
    page = send(client, f"{reuse}?q=walls")
    assert page.status_code == 422
    assert "Tick at least one learning outcome." in text_of(page)
    page = send(client, f"{reuse}?kind=skill", wordings=[str(each.pk) for each in offered])
    assert "3 learning outcomes were taken over" in text_of(page)
    assert "Nothing fits" in text_of(client.get(f"{reuse}?q=walls"))  # the file holds them all


def test_outcomes_of_files_that_one_may_not_see_are_not_offered() -> None:
    hidden = a_file(qualification__code="hidden")
    OutcomeFactory(statement=Text.of("Secretly welds"))
    version, cast = an_open_draft()
    page = signed_in(cast.drafter).get(f"{url('outcome-reuse', version.pk, version.units.get().pk)}?q=s")
    assert "Secretly" not in text_of(page)
    assert str(UnitOutcome.objects.filter(unit__version=hidden)[0].outcome.statement) not in text_of(page)


def test_the_file_shows_links_to_esco_with_their_state() -> None:
    version, cast = an_open_draft()
    first, second = (use.outcome for use in UnitOutcome.objects.filter(unit__version=version))
    linked(first, "http://data.europa.eu/esco/skill/lay-tiles")
    linked(second, "http://data.europa.eu/esco/skill/grout", state="proposed")
    page = text_of(signed_in(cast.reader).get(url("file", version.pk)))
    assert "lay-tiles ( exact match )" in page.replace("(exact match)", "( exact match )")
    assert "grout (proposed)" in page


# --- relations


def test_relations_are_written_by_name_and_in_rows() -> None:
    version, cast = an_open_draft()
    body = OrganisationFactory(name=Text.of("School of Roofs"))
    profile = ProfileFactory(title=Text.of("Roofer"))
    needed = registered(qualification__code="helper")
    client = signed_in(cast.drafter)
    page = send(
        client,
        url("file-relations", version.pk),
        awarding="School of Roofs",
        profiles="roofer",
        needs_0_text_0="Can work at a height",
        needs_0_text_2="en",
        needs_0_code=needed.qualification.code,
        job_0_uri="http://data.europa.eu/esco/occupation/1",
        job_0_name="roofer",
        job_0_relation="close",
    )
    assert page.status_code == 200, text_of(page)
    assert "School of Roofs" in text_of(page)
    assert "Can work at a height (helper)" in text_of(page)
    assert (version.profiles.get(), version.awarding.get()) == (profile.profile, body)
    link = version.concepts.get()
    assert (link.relation, link.state, str(link.label)) == ("close", "confirmed", "roofer")
    page = send(client, url("file-relations", version.pk), needs_0_text_0="", needs_0_code="")
    assert version.prerequisites.count() == 0
    assert version.concepts.count() == 1


def test_relations_that_are_not_known_are_named() -> None:
    version, cast = an_open_draft()
    page = send(
        signed_in(cast.drafter),
        url("file-relations", version.pk),
        awarding="Nobody at all",
        profiles="no-such",
        needs_1_code="nothing",
        job_0_uri="esco:1",
    )
    words = text_of(page)
    assert page.status_code == 422
    assert "There is no organisation “Nobody at all”" in words
    assert "There is no occupational profile “no-such”" in words
    assert "There is no qualification with the code “nothing”" in words
    assert "“esco:1” is no address" in words
    assert "Nobody at all" in told(page)
