"""Search: words in two languages, typing errors, and never a thing that the reader may not see."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gilde.core import search
from gilde.core.search import Entry, entries, index
from gilde.core.text import Text

pytestmark = pytest.mark.django_db


def measure(id: str, title: str | Text, text: str | Text = "", **fields: Any) -> Entry:
    return Entry(id=id, kind="measure", title=title, text=text, url=f"/measures/{id}/", **fields)


WORLD = [
    measure("3.9", "Dual learning", "Companies and schools sign contracts for work-based learning."),
    measure("3.12", "Validation of experience", "Certificates for what people learned outside school."),
    measure("3.4", "Duaal leren", "De scholen erkennen opleidingen en kwalificaties.", language="nl"),
    measure(
        "3.1",
        Text("nl", {"nl": "Levenslang leren", "en": "Lifelong learning"}),
        Text("nl", {"nl": "Het kompas wijst de weg.", "en": "The compass shows the way."}),
    ),
    measure("draft", "A draft on dual learning", visible=["org:ministry"]),
    measure("note", "A private note on dual learning", visible=["user:an"]),
    Entry("1", "plan", "Plan of dual learning", "All measures & <b>more</b>.", "/plans/1/"),
]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> dict[str, Entry]:
    """Return the things that can be found, by id; changing them changes what the sources say."""
    settings.SEARCH_DIR = tmp_path / "search"
    things = {entry.id: entry for entry in WORLD}
    monkeypatch.setattr(entries, "_sources", {})

    def source(kind: str) -> None:
        @search.searchable(kind)
        def found(ids: Collection[str] | None) -> Iterator[Entry]:
            return (t for t in things.values() if t.kind == kind and (ids is None or t.id in ids))

    source("measure")
    source("plan")
    search.rebuild()
    return things


def ids(query: str, **options: Any) -> list[str]:
    return [hit.id for hit in search.find(query, **options).hits]


# --- words
# ----------------------------------------------------------------------------------------------------


def test_a_word_of_the_title_counts_more_than_one_of_the_text() -> None:
    assert ids("learning", kinds=["measure"])[0] in {"3.9", "3.1"}
    assert ids("contracts") == ["3.9"]


def test_all_words_must_fit() -> None:
    assert ids("certificates experience") == ["3.12"]
    assert ids("certificates compass") == []


def test_other_forms_of_an_english_word_are_found() -> None:
    assert ids("contract") == ids("contracting") == ["3.9"]


def test_other_forms_of_a_dutch_word_are_found() -> None:
    assert ids("opleiding") == ids("kwalificatie") == ["3.4"]


def test_accents_and_capitals_do_not_matter() -> None:
    assert ids("VALIDÁTION") == ["3.12"]


def test_words_in_quotes_stand_together() -> None:
    assert ids('"the way"') == ["3.1"]
    assert ids('"way the"') == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("certifcates", "3.12"), ("validatoin", "3.12"), ("compas", "3.1"), ("valida", "3.12")],
)
def test_a_typing_error_is_forgiven_when_nothing_else_fits(typed: str, meant: str) -> None:
    results = search.find(typed)
    assert [hit.id for hit in results.hits] == [meant]
    assert results.approximate


def test_an_exact_hit_is_not_mixed_with_similar_words(world: dict[str, Entry]) -> None:
    world["x"] = measure("x", "Contrasts")
    search.rebuild()
    assert ids("contracts") == ["3.9"]
    assert not search.find("contracts").approximate


@pytest.mark.parametrize(
    "query", ["", "   ", '"', "()", "title:", "AND OR NOT", "-", "*:*", "[a TO", "\x00", "😀"]
)
def test_odd_queries_find_nothing_and_raise_nothing(query: str) -> None:
    assert search.find(query).count == 0


def test_words_that_are_operators_elsewhere_are_words_here(world: dict[str, Entry]) -> None:
    world["x"] = measure("x", "Not and or but in to")
    search.rebuild()
    assert ids("NOT AND OR") == ["x"]
    assert ids("+dual -learning", kinds=["plan"]) == ["1"]
    assert ids("title:dual AND scope:public", scopes=[search.EVERYTHING]) == []


@given(st.text(max_size=200))
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
def test_any_text_is_a_query_and_shows_only_what_is_public(query: str) -> None:
    results = search.find(query)
    assert not {hit.id for hit in results.hits} & {"draft", "note"}
    assert len(results.hits) <= results.count


# --- who
# ------------------------------------------------------------------------------------------------------


def test_only_what_is_public_or_in_a_scope_of_the_reader_is_found() -> None:
    assert set(ids("dual learning")) == {"3.9", "1"}
    assert set(ids("dual learning", scopes=["org:ministry"])) == {"3.9", "1", "draft"}
    assert set(ids("dual learning", scopes=["org:ministry", "user:an"])) == {"3.9", "1", "draft", "note"}
    assert set(ids("dual learning", scopes=["org:ministr", "user"])) == {"3.9", "1"}
    assert set(ids("dual learning", scopes=[search.EVERYTHING])) == {"3.9", "1", "draft", "note"}


def test_what_is_hidden_does_not_show_in_the_count_or_by_a_typing_error() -> None:
    assert search.find("dual learning").count == 2
    assert search.find("privat note").count == 0


# --- pages of results
# -----------------------------------------------------------------------------------------


def test_kinds_narrow_and_pages_follow_one_another() -> None:
    assert ids("dual learning", kinds=["plan"]) == ["1"]
    everything = ids("learning", scopes=[search.EVERYTHING])
    paged = [
        id
        for offset in range(len(everything))
        for id in ids("learning", scopes=[search.EVERYTHING], limit=1, offset=offset)
    ]
    assert paged == everything
    assert search.find("learning", scopes=[search.EVERYTHING], limit=1).count == len(everything)


def test_a_hit_shows_the_passage_with_what_was_looked_for() -> None:
    [hit] = search.find("contract").hits
    assert (hit.title, hit.url, hit.kind) == ("Dual learning", "/measures/3.9/", "measure")
    assert "schools sign <mark>contracts</mark> for" in hit.snippet_html
    assert "schools sign contracts for" in hit.snippet


def test_what_a_text_holds_is_words_and_never_markup() -> None:
    [hit] = search.find("more", kinds=["plan"]).hits
    assert "&amp; &lt;b&gt;<mark>more</mark>&lt;/b" in hit.snippet_html


def test_a_passage_with_accents_is_cut_between_letters(world: dict[str, Entry]) -> None:
    world["x"] = measure("x", "Titel", "Ééns de coördinatie één is, is de coördinatie één.", language="nl")
    search.rebuild()
    [hit] = search.find("coördinatie").hits
    assert [piece.words for piece in hit.pieces if piece.found] == ["coördinatie", "coördinatie"]


def test_title_and_passage_are_in_the_language_of_the_reader() -> None:
    [hit] = search.find("compass").hits
    assert (hit.title, hit.language, hit.foreign) == ("Lifelong learning", "en", False)
    with translation.override("nl"):
        [hit] = search.find("kompas").hits
        assert (hit.title, hit.snippet) == ("Levenslang leren", "Het kompas wijst de weg")
    with translation.override("fr"):
        [hit] = search.find("compass").hits
        assert (hit.title, hit.language, hit.foreign) == ("Levenslang leren", "nl", True)


# --- keeping up
# -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_change_is_found_once_it_is_committed(world: dict[str, Entry]) -> None:
    with transaction.atomic():
        world["3.9"] = measure("3.9", "Apprenticeships")
        del world["3.12"]
        search.update("measure", ["3.9", "3.12"])
        assert ids("contracts") == ["3.9"]
    assert ids("apprenticeship") == ["3.9"]
    assert ids("contracts") == []
    assert ids("validation") == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_is_not_found(world: dict[str, Entry]) -> None:
    with transaction.atomic():
        world["3.9"] = measure("3.9", "Apprenticeships")
        search.update("measure", ["3.9"])
        transaction.set_rollback(True)
    assert ids("apprenticeship") == []


@pytest.mark.django_db(transaction=True)
def test_a_thing_that_becomes_hidden_is_gone_for_the_public_at_once(world: dict[str, Entry]) -> None:
    world["3.9"] = measure("3.9", "Dual learning", visible=["org:ministry"])
    search.update("measure", ["3.9"])
    assert "3.9" not in ids("dual learning")


@pytest.mark.django_db(transaction=True)
def test_an_index_that_fails_harms_nothing_else(
    world: dict[str, Entry], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*args: object) -> bool:
        raise OSError("No space left on device")

    monkeypatch.setattr(index, "change", full)
    with transaction.atomic():
        search.update("measure", ["3.9"])
    assert "No space left on device" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_load_of_much_data_leaves_the_index_alone_until_it_is_rebuilt(world: dict[str, Entry]) -> None:
    with search.paused():
        world["3.9"] = measure("3.9", "Apprenticeships")
        search.update("measure", ["3.9"])
    assert ids("apprenticeships") == []
    search.rebuild()
    assert ids("apprenticeships") == ["3.9"]


def test_without_an_index_nothing_is_found_and_that_is_said(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_DIR = tmp_path / "none"
    results = search.find("learning")
    assert (results.count, results.available) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_the_first_change_without_an_index_builds_it(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_DIR = tmp_path / "none"
    search.update("measure", ["3.9"])
    assert ids("compass") == ["3.1"]


def test_an_index_that_cannot_be_read_is_told_in_the_log(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    folder = index._current_folder()
    assert folder is not None
    index._opened.clear()
    (folder / "meta.json").write_text("{")
    assert not search.find("learning").available
    assert "rebuild it with “gilde search rebuild”" in caplog.text
    search.rebuild()
    assert search.find("learning").available


def test_an_index_of_another_form_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_FORM", "another")
    assert not search.find("learning").available


def test_the_command_says_how_many_can_be_found(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("search", "rebuild")
    assert capsys.readouterr().out == "7 entries can be found.\n"


def test_old_folders_are_removed(settings: Any) -> None:
    search.rebuild()
    assert len([path for path in Path(settings.SEARCH_DIR).iterdir() if path.is_dir()]) == 1


def test_a_kind_is_made_searchable_once() -> None:
    with pytest.raises(ValueError, match="searchable twice"):
        search.searchable("plan")(lambda ids: iter(()))


WRITER = """
import sys
from django.conf import settings
settings.configure(SEARCH_DIR=sys.argv[1], USE_I18N=False)
from gilde.core.search import index
from gilde.core.search.entries import Entry
for n in range(10):
    id = f"{sys.argv[2]}-{n}"
    index.change("measure", [id], [Entry(id, "measure", "Written elsewhere", "", f"/{id}/")])
"""


def test_several_processes_write_and_this_one_reads_it_all(settings: Any) -> None:
    assert ids("elsewhere") == []
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(settings.SEARCH_DIR), name], env={"PYTHONPATH": "src"}
        )
        for name in "ab"
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    assert search.find("elsewhere").count == 20
