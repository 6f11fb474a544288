"""A report is a snapshot: complete, hashed, and the same when it is printed again."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from django.utils import translation

from gilde.core import clock
from gilde.core.access import SYSTEM
from gilde.core.errors import Invalid, Refused
from gilde.core.models import AuditEvent, Document
from gilde.core.text import Text
from gilde.plans.models import Action, Evidence, Measure, Plan, Report, Tick
from gilde.plans.report.content import content_hash
from gilde.plans.report.html import make_html
from gilde.plans.report.pdf import make_pdf
from gilde.plans.report.present import present
from gilde.plans.services.reports import make_report, visible_reports
from tests.plans.factories import (
    Cast,
    CitationFactory,
    EditionFactory,
    EvidenceFactory,
    MilestoneFactory,
    NoteFactory,
    OrganisationFactory,
    SpendingFactory,
    UpdateFactory,
    a_plan,
)

DAY = date(2026, 3, 1)


@pytest.fixture
def plan(db: None) -> Plan:
    """A plan with something of everything on its first measure."""
    plan = a_plan(measures=3, actions=2, area=Text.of("Flanders"), progress_synthetic=True)
    plan.consulted.add(OrganisationFactory(name=Text.of("Council of education")))
    measure = plan.measures.all()[0]
    first, second = measure.actions.all()
    Action.objects.filter(pk=first.pk).update(
        state="done", started_on=date(2025, 5, 1), finished_on=date(2026, 1, 10), recurrence="P2Y"
    )
    Action.objects.filter(pk=second.pk).update(state="dropped", dropped_because="Another law came.")
    document = Document.objects.create(
        sha256="ab" * 32,
        media_type="text/plain",
        size=9,
        name="proof.txt",
        stored_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    milestone = MilestoneFactory(measure=measure, state="met", met_on=date(2026, 1, 9))
    EvidenceFactory(
        measure=measure,
        milestone=milestone,
        state="approved",
        kind=Evidence.Kind.FILE,
        url="",
        retrieved_on=None,
        document=document,
        file_name="proof.txt",
    )
    EvidenceFactory(measure=measure, state="approved")
    EvidenceFactory(
        measure=measure,
        state="approved",
        kind="figure",
        url="",
        retrieved_on=None,
        figure="120.5000",
        unit="workplaces",
    )
    EvidenceFactory(measure=measure, state="submitted", title=Text.of("Not approved"))
    UpdateFactory(measure=measure, state="approved", text=Text.of("De eerste school begon.", "nl"))
    NoteFactory(measure=measure)
    SpendingFactory(line=measure.funding.get(), kind="spent", amount=400, date=date(2026, 1, 1))
    edition = EditionFactory(plan=plan, document=document)
    CitationFactory(
        measure=measure, edition=edition, subject="title", quote="The first measure", anchor={"page": 4}
    )
    return plan


def make(plan: Plan, day: date = DAY, language: str = "en", today: date = DAY) -> Report:
    with clock.moved_to(today):
        return make_report(actor=SYSTEM, plan=plan, as_of=day, language=language)


def test_the_hash_is_that_of_the_stored_content(plan: Plan) -> None:
    report = make(plan)
    stored = Report.objects.get(pk=report.pk)
    assert stored.content_hash == content_hash(stored.content) == report.content_hash


def test_the_snapshot_is_complete(plan: Plan) -> None:
    content = make(plan).content
    first = content["measures"][0]
    assert content["plan"]["consulted"][0]["name"]["text"] == "Council of education"
    assert [action["state"] for action in first["actions"]] == ["done", "dropped"]
    assert first["actions"][0]["finished_on"] == "2026-01-10"
    assert {each["kind"] for each in first["evidence"]} == {"file", "link", "figure"}
    assert next(e for e in first["evidence"] if e["kind"] == "figure")["figure"] == "120.5"
    assert first["updates"][0]["text"] == {"text": "De eerste school begon.", "lang": "nl"}
    assert (first["money"][0]["amount"], first["money"][0]["spent"]) == ("1000.00", "400.00")
    assert len(first["ticks"]) == 8
    assert content["sources"]["citations"][0]["quote"] == "The first measure"
    assert content["sources"]["documents"] == [
        {"role": "plan", "name": "plan.md", "sha256": "ab" * 32, "media_type": "text/plain", "size": 9}
    ]


def test_unknown_is_null_and_never_nought(plan: Plan) -> None:
    second = make(plan).content["measures"][1]
    assert (second["money"][0]["committed"], second["money"][0]["spent"]) == (None, None)
    assert second["signals"]["evidence"] == {"approved": 0, "newest": None, "age_days": None}


def test_the_signals_are_those_of_the_page_on_the_same_day(plan: Plan) -> None:
    from gilde.plans import signals

    content = make(plan).content
    whole, measures = signals.of_plan(plan.pk, DAY)
    assert content["signals"]["actions"] == vars(whole.actions)
    assert content["signals"]["evidence"]["approved"] == whole.evidence.approved
    for measure in content["measures"]:
        found = next(value for key, value in measures.items() if str(key) == measure["id"])
        assert measure["signals"]["actions"] == vars(found.actions)
        assert [each["spent"] for each in measure["signals"]["money"]["amounts"]] == [
            None if each.spent is None else f"{each.spent:.2f}" for each in found.money.amounts
        ]


def test_coverage_counts_unknown_ticks_apart(plan: Plan) -> None:
    coverage = make(plan).content["coverage"]
    first = coverage["provisions"][0]
    assert sorted(first["ticked"] + first["unknown"] + first["not_ticked"]) == ["3.1", "3.2", "3.3"]
    states = Tick.objects.filter(measure__plan=plan).values_list("ticked", flat=True)
    assert sum(group["unknown"] for group in coverage["ticks"]) == list(states).count(None)


def test_what_was_not_approved_is_nowhere_in_the_snapshot(plan: Plan) -> None:
    assert "Not approved" not in json.dumps(make(plan).content)


def test_no_person_is_named_in_the_snapshot(plan: Plan) -> None:
    officer = Cast.of(plan).officer
    with clock.moved_to(DAY):
        report = make_report(actor=officer, plan=plan, as_of=DAY, language="en")
    said = json.dumps(report.content)
    assert officer.name not in said
    assert officer.email not in said
    assert str(officer.pk) not in said


def test_printing_it_again_next_year_gives_the_same_bytes(plan: Plan) -> None:
    report = make(plan)
    assert report.pdf is not None
    page = make_html(present(report.content))
    Measure.objects.filter(plan=plan).update(title=Text.of("Something else"))
    Action.objects.filter(measure__plan=plan).delete()
    Plan.objects.filter(pk=plan.pk).update(title=Text.of("Another title"))
    with clock.moved_to(DAY + timedelta(days=365)), translation.override("nl"):
        again = Report.objects.get(pk=report.pk)
        pdf = make_pdf(again.content)
        assert _same(make_html(present(again.content))) == _same(page)
    from gilde.core.documents import open_document

    with open_document(report.pdf) as kept:
        assert kept.read() == pdf
    assert pypdfium2.PdfDocument(pdf).get_metadata_value("CreationDate").startswith("D:20260301")


def _same(page: str) -> str:
    """The page without the ids that are new each time."""
    return re.sub(r'-\w{4}"', '"', page)


def test_a_report_cannot_be_changed_or_removed(plan: Plan) -> None:
    from django.db import DatabaseError, transaction

    report = make(plan)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(language="nl")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Report.objects.filter(pk=report.pk).delete()


def test_making_one_is_in_the_audit_chain(plan: Plan) -> None:
    report = make(plan)
    event = AuditEvent.objects.get(action="plans.report.make")
    assert (event.object_id, event.after["content_hash"]) == (str(report.pk), report.content_hash)


def test_a_report_of_a_past_day_says_what_could_not_be_rebuilt(plan: Plan) -> None:
    past = make(plan, date(2026, 1, 5)).content
    assert past["measures"][0]["actions"][0]["state"] == "under-way"
    assert past["limits"][0].startswith("Titles, texts, planned dates")
    assert any("dropped on a day that nobody recorded" in sentence for sentence in past["limits"])
    assert make(plan).content["limits"] == []


@pytest.mark.parametrize(
    ("day", "language", "said"),
    [
        (date(2026, 3, 2), "en", "this day still has to come"),
        (date(2022, 12, 30), "en", "Choose that day or a later one"),
        (DAY, "fr", "reports are made in en, nl"),
    ],
)
def test_a_report_that_cannot_be_is_refused_in_a_sentence(
    plan: Plan, day: date, language: str, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        make(plan, day, language)
    assert not Report.objects.exists()


def test_only_officers_and_approvers_of_the_owner_make_reports(plan: Plan) -> None:
    cast = Cast.of(plan)
    with clock.moved_to(DAY):
        for actor in (cast.officer, cast.approver):
            assert make_report(actor=actor, plan=plan, as_of=DAY, language="en").made_by == actor.pk
        for actor in (cast.reader, cast.administrator, cast.elsewhere, cast.anonymous):
            with pytest.raises(Refused):
                make_report(actor=actor, plan=plan, as_of=DAY, language="en")


def test_a_report_is_as_public_as_its_plan(plan: Plan) -> None:
    cast = Cast.of(plan)
    make(plan)
    assert visible_reports(cast.anonymous).count() == 1
    Plan.objects.filter(pk=plan.pk).update(state="withdrawn")
    assert {name for name, actor in cast.everyone().items() if visible_reports(actor).exists()} == {
        "officer",
        "approver",
        "reader",
        "administrator",
    }


# The PDF.


@pytest.fixture
def pdf(plan: Plan) -> bytes:
    return make_pdf(make(plan, language="nl").content)


def test_the_pdf_says_that_it_is_pdf_ua_and_is_tagged_in_its_language(pdf: bytes) -> None:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        catalogue = opened.doc.catalog
        tags = [tag for page in opened.pages for tag in page.structure_tree]
    assert catalogue["MarkInfo"]["Marked"] is True
    assert catalogue["Lang"] == b"nl"
    assert catalogue["StructTreeRoot"] is not None
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert tags


def _tags(pdf: bytes) -> list[dict[str, Any]]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        found: list[dict[str, Any]] = []

        def walk(nodes: list[dict[str, Any]]) -> None:
            for node in nodes:
                found.append(node)
                walk(node.get("children", []))

        walk(opened.structure_tree)
        return found


def test_headings_lists_tables_and_pictures_are_tagged(pdf: bytes) -> None:
    kinds = [node["type"] for node in _tags(pdf)]
    assert {"H1", "H2", "H3", "TOC", "Table", "TH", "TD", "L", "P", "Figure", "Link"} <= set(kinds)


def test_every_table_has_a_header_row(pdf: bytes) -> None:
    tables = [node for node in _tags(pdf) if node["type"] == "Table"]

    def below(node: dict[str, Any]) -> set[str]:
        return {node["type"]}.union(*(below(child) for child in node.get("children", [])))

    assert tables
    assert all("TH" in below(table) for table in tables)


def test_every_picture_says_what_it_shows(pdf: bytes) -> None:
    figures = [node for node in _tags(pdf) if node["type"] == "Figure"]
    assert figures
    assert all(node.get("alt_text") for node in figures)


def test_text_in_another_language_says_so(pdf: bytes) -> None:
    assert any(node.get("lang") == "en" for node in _tags(pdf))


def test_pages_are_numbered_and_the_title_is_in_the_metadata(pdf: bytes, plan: Plan) -> None:
    opened = pypdfium2.PdfDocument(pdf)
    last = len(opened)
    words = opened[last - 1].get_textpage().get_text_bounded()
    assert f"{last}" in words.strip().splitlines()[-1]
    assert str(plan) in opened.get_metadata_value("Title") or "Plan" in opened.get_metadata_value("Title")


def test_the_fonts_are_those_that_come_with_the_printer(pdf: bytes) -> None:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        fonts = {char["fontname"].split("+")[-1] for page in opened.pages for char in page.chars}
    assert {name.split("-")[0] for name in fonts} <= {
        "LibertinusSerif",
        "DejaVuSansMono",
        "NewCMMath",
        "NewCM10",
    }


def test_page_and_pdf_say_the_same(plan: Plan) -> None:
    report = make(plan)
    html = str(make_html(present(report.content)))
    opened = pypdfium2.PdfDocument(make_pdf(report.content))
    printed = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in opened)
    for words in (
        "Another law came.",
        "120.5 workplaces",
        "De eerste school begon.",
        "The rules have changed since.",
    ):
        assert words in html
        assert words in printed


def test_the_gaps_are_those_of_the_coverage_page_on_the_same_day(plan: Plan) -> None:
    from gilde.plans import coverage

    live = [(gap.code, gap.total, len(gap.rows)) for gap in coverage.gaps(plan)]
    told = [(gap["code"], gap["total"], len(gap["rows"])) for gap in make(plan).content["coverage"]["gaps"]]
    assert told == live
