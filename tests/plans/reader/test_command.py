"""gilde read FILE."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gilde.plans.reader.command import main
from tests.plans.reader.building import (
    PLAIN,
    render,
    render_action_plan,
    synthetic_action_plan,
    synthetic_plan,
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(render(synthetic_plan(4, measures=2), PLAIN), encoding="utf-8")
    return path


def test_a_person_gets_a_table(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(plan)]) == 0
    printed = capsys.readouterr().out
    spec = synthetic_plan(4, measures=2)
    assert printed.startswith("Plan of 2 measures. Tick boxes: ")
    for measure in spec.measures:
        assert f"{measure.number}  {measure.title}" in printed
        signs = {True: "☑", False: "☐", None: "?"}
        assert "".join(signs[state] for state in measure.ticks["targets"]) in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_what_is_missing_is_in_the_table(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("Responsible ministries/bodies\n", "", 1), encoding="utf-8")
    assert main([str(plan)]) == 0
    assert "    missing        bodies" in capsys.readouterr().out


def test_json_has_the_documented_form(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(plan), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["version"], data["kind"]) == (1, "implementation-plan")
    assert set(data["source"]) == {"sha256", "media_type"}
    source = plan.read_bytes().decode("utf-8")
    for measure in data["measures"]:
        assert {"number", "title", "sections", "ticks", "bodies", "funding", "dates", "actions"} <= set(
            measure
        )
        assert list(measure["sections"]) == [
            "rationale", "objectives", "actions", "priorities", "subsystem", "scope", "beneficiaries",
            "bodies",
            "funding",
        ]  # fmt: skip
        assert {group: list(ticks) for group, ticks in measure["ticks"].items() if group != "targets"} == {
            "recommendation": list("ABCDEF"),
            "osnabruck": list("1234"),
            "subsystem": ["IVET", "CVET"],
            "scope": ["national", "regional", "local"],
        }
        assert len(measure["ticks"]["targets"]) == 20
        assert {"label", "ticked", "citation"} <= set(measure["ticks"]["targets"][0])
        for line in measure["funding"]:
            assert {"amount", "currency", "period", "citation"} <= set(line)
            assert isinstance(line["amount"], int)
        for dated in measure["dates"]:
            assert {"kind", "from", "to", "citation"} <= set(dated)
        for citation in every_citation(measure):
            assert set(citation) == {"start", "end", "quote"}
            assert source[citation["start"] : citation["end"]] == citation["quote"]


def every_citation(value: object) -> list[dict[str, object]]:
    if isinstance(value, list):
        return [one for item in value for one in every_citation(item)]
    if not isinstance(value, dict):
        return []
    own = [value["citation"]] if value.get("citation") else []
    return own + [one for item in value.values() for one in every_citation(item)]


def test_an_action_plan_as_table_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = synthetic_action_plan(6)
    path = tmp_path / "plan.txt"
    path.write_text(render_action_plan(spec), encoding="utf-8")
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    actions = sum(len(one.actions) for one in spec.provisions)
    assert printed.startswith(
        f"Action plan: {actions} actions on {len(spec.provisions) - 1} of {len(spec.provisions)}"
    )
    assert printed.count("    no action") == 1
    assert main([str(path), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["kind"] == "action-plan"
    assert [set(one) for one in data["provisions"]] == [{"number", "text", "citation", "actions"}] * len(
        spec.provisions
    )
    assert set(data["provisions"][0]["actions"][0]) == {"title", "text", "citation"}


def test_bad_input_gives_the_sentence_on_standard_error_and_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear all")
    assert main([str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "found 0 of 9 section labels" in captured.err
    assert main([str(tmp_path / "none.txt"), "--json"]) == 2
    assert "There is no file" in capsys.readouterr().err
