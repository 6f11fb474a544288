"""The child process: limits that hold, and answers that are checked."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gilde.plans.reader.document import BadDocument
from gilde.plans.reader.reading import read_bytes
from gilde.plans.reader.sandbox import read_apart, read_file
from tests.plans.reader.building import PLAIN, render, render_html, synthetic_plan
from tests.plans.reader.comparing import differences

PLAN = synthetic_plan(21, measures=2)
TEXT = render(PLAN, PLAIN).encode()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_plan_read_in_a_child_process_is_the_same_as_one_read_here() -> None:
    assert read_file(TEXT, "plan.md") == read_bytes(TEXT, "plan.md")
    assert differences(read_file(render_html(PLAN).encode()), PLAN) == []


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(TEXT)
    assert read_file(path).media_type == "text/markdown"
    assert read_file(str(path)).kind == "implementation-plan"


def test_the_sentence_of_the_child_is_the_sentence_of_the_parent() -> None:
    with pytest.raises(BadDocument, match="found 0 of 9 section labels") as refused:
        read_file(b"A letter to you all.")
    assert refused.value.reason == "not-a-plan"


def test_a_file_that_is_not_there_or_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadDocument, match="There is no file"):
        read_file(tmp_path / "none.txt")
    with pytest.raises(BadDocument, match="is a folder"):
        read_file(tmp_path)


def test_a_file_of_200_mb_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(BadDocument, match="200 MB and at most 50 MB"):
        read_file(path)


def test_a_child_that_takes_too_long_is_killed() -> None:
    code = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(BadDocument, match=r"more than 0\.5 seconds") as refused:
        read_apart(TEXT, command=python(code), seconds=0.5)
    assert refused.value.reason == "too-slow"


def test_a_child_that_needs_too_much_memory_is_stopped_and_reported() -> None:
    code = (
        "import sys; import gilde.plans.reader.reading as r\n"
        "r.read_bytes = lambda data, name: bytearray(2_000_000_000)\n"
        "from gilde.plans.reader.child import main; sys.exit(main())"
    )
    with pytest.raises(BadDocument, match="more than 512 MB") as refused:
        read_apart(TEXT, command=python(code))
    assert refused.value.reason == "too-much-memory"


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "import sys; sys.exit(3)",
        "pass",
        "raise ValueError",
        "import os; os.kill(os.getpid(), 11)",
    ],
)
def test_a_child_that_crashes_is_reported_in_one_sentence(code: str) -> None:
    with pytest.raises(BadDocument, match="made its reader stop") as refused:
        read_apart(TEXT, command=python(code))
    assert refused.value.reason == "crashed"


@pytest.mark.parametrize(
    "answer",
    ["{", "[]", "null", '{"reading": {}}', '{"wrong": "x"}', json.dumps({"reading": {"version": 1,
    "kind": "other"}}),
     "[" * 100_000],
)  # fmt: skip
def test_an_answer_that_is_no_reading_is_not_believed(answer: str) -> None:
    with pytest.raises(BadDocument, match="cannot be used") as refused:
        read_apart(TEXT, command=python(f"print({answer!r})"))
    assert refused.value.reason == "bad-answer"


def test_nothing_of_the_environment_reaches_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    code = "import os, json; print(json.dumps({'wrong': ' '.join(sorted(os.environ)), 'reason': 'test'}))"
    with pytest.raises(BadDocument) as refused:
        read_apart(TEXT, command=python(code))
    assert "DATABASE_URL" not in refused.value.sentence
    assert "PYTHONPATH" in refused.value.sentence


def test_a_name_with_dashes_or_folders_is_no_option_of_the_child() -> None:
    assert read_file(TEXT, "--help").kind == "implementation-plan"
    assert read_file(TEXT, "../../" + "a" * 500 + ".md").media_type == "text/markdown"
