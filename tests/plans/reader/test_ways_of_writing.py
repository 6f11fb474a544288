"""The same invented plan, written in the ways people and exports write, gives the same structure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gilde.plans.reader.reading import read_bytes
from tests.plans.reader.building import (
    STYLES,
    PlanSpec,
    Style,
    render,
    render_action_plan,
    render_html,
    synthetic_action_plan,
    synthetic_plan,
)
from tests.plans.reader.comparing import differences, unfounded

OTHER_STYLES = {
    "lists numbered 1 throughout": Style(title="## {number} {title}", label="### {label}", bullet="1. "),
    "no blank line anywhere": Style(
        title="{number}. {title}", label="{label}:", bullet="", marks=("☑ ", "☐ ", ""), paragraphs="\n"
    ),
    "bullets without blank lines": Style(
        title="{number} {title}", label="{label}", marks=("☑ ", "☐ ", "- "), paragraphs="\n"
    ),
    "elements inside Markdown": Style(
        title="<h2>{number} {title}</h2>",
        label="<p><strong>{label}</strong></p>",
        marks=('<p><input type="checkbox" checked> ', '<p><input type="checkbox"> ', "<p>"),
        bullet="• ",
    ),
    "escaped brackets": Style(
        title="## {number}\\. {title}", label="**{label}**", marks=("- \\[x\\] ", "- \\[ \\] ", "- ")
    ),
    "symbol font": Style(title="{number} {title}", label="{label}", marks=("\uf0fe ", "\uf0a8 ", "\uf0b7 ")),
    "tabs": Style(title="{number}\t{title}", label="{label}\t", marks=("☒\t", "☐\t", "•\t"), bullet="•\t"),
    "stars": Style(
        title="## {number} – {title}", label="**{label}**", marks=("* ☑ ", "* ☐ ", "* "), bullet="* "
    ),
    "numbered labels": Style(title="## {number} {title}", label="### a) {label}"),
}


def numbered_simply(plan: PlanSpec) -> PlanSpec:
    measures = tuple(replace(one, number=str(index + 1)) for index, one in enumerate(plan.measures))
    return replace(plan, measures=measures)


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_in_every_language_of_the_template(style: str, language: str) -> None:
    plan = synthetic_plan(11, measures=3, language=language)
    if style == "named":
        plan = numbered_simply(plan)
    data = render(plan, STYLES[style]).encode()
    reading = read_bytes(data)
    assert differences(reading, plan) == []
    assert unfounded(reading, data) == []


@pytest.mark.parametrize("style", OTHER_STYLES)
def test_other_styles(style: str) -> None:
    plan = synthetic_plan(5, measures=2)
    data = render(plan, OTHER_STYLES[style]).encode()
    reading = read_bytes(data)
    wanted = plan
    if style.startswith("lists numbered"):  # the number stays in the text of the section
        wanted = replace(
            plan,
            measures=tuple(
                replace(one, funding=tuple(replace(line, text=f"1. {line.text}") for line in one.funding))
                for one in plan.measures
            ),
        )
    assert differences(reading, wanted) == []
    assert unfounded(reading, data) == []


@given(st.integers(0, 10**6), st.sampled_from(sorted(set(STYLES) - {"named"})))
@settings(max_examples=120, deadline=None)
def test_any_invented_plan_in_any_style(seed: int, style: str) -> None:
    plan = synthetic_plan(seed)
    assert differences(read_bytes(render(plan, STYLES[style]).encode()), plan) == []


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_any_invented_plan_as_a_page(seed: int) -> None:
    plan = synthetic_plan(seed)
    data = render_html(plan).encode()
    reading = read_bytes(data)
    assert reading.media_type == "text/html"
    assert differences(reading, plan) == []
    assert unfounded(reading, data, every=7) == []


@pytest.mark.parametrize("marks", [("☒", "☐", ""), ("[x]", "[ ]", "")])
def test_boxes_behind_their_labels(marks: tuple[str, str, str]) -> None:
    plan = synthetic_plan(3, measures=2, unknown=False)
    style = Style(marks=marks, mark_behind=True, bullet="- ")
    assert differences(read_bytes(render(plan, style).encode()), plan) == []


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Measure {n}: {t}", "{n}"),
        ("Maatregel {n} – {t}", "{n}"),
        ("MESURE {n}. {t}", "{n}"),
        ("Maßnahme Nr. {n}: {t}", "{n}"),
        ("M{n} {t}", "M{n}"),
        ("4.{n} {t}", "4.{n}"),
        ("4.{n}. {t}", "4.{n}"),
        ("{n}. {t}", "{n}"),
        ("## {n}) {t}", "{n}"),
        ("**4.{n} {t}**", "4.{n}"),
        ("Measure 2.{n}\n\n{t}", "2.{n}"),
    ],
)
def test_numbers_of_measures(title: str, number: str) -> None:
    plan = synthetic_plan(8, measures=3)
    named = tuple(
        replace(one, number=title.format(n=index + 1, t=one.title)) for index, one in enumerate(plan.measures)
    )
    text = render(replace(plan, measures=named, contents=False), Style(title="{number}", label="**{label}**"))
    got = [(measure.number, measure.title) for measure in read_bytes(text.encode()).measures]
    assert got == [(number.format(n=index + 1), one.title) for index, one in enumerate(plan.measures)]


@given(st.integers(0, 10**6), st.sampled_from(["\uf0fc ", "- ", "• ", "* ", "1) ", "☑ ", ""]))
@settings(max_examples=120, deadline=None)
def test_any_invented_action_plan(seed: int, bullet: str) -> None:
    plan = synthetic_action_plan(seed)
    data = render_action_plan(plan, bullet=bullet).encode()
    reading = read_bytes(data)
    assert reading.kind == "action-plan"
    got = [
        (one.number, one.text, [(action.title, action.text) for action in one.actions])
        for one in reading.provisions
    ]
    assert got == [
        (str(one.number), one.text, [(action.title, action.text) for action in one.actions])
        for one in plan.provisions
    ]
    assert unfounded(reading, data) == []


@pytest.mark.parametrize(
    "label",
    ["Suggested Actions", "**Suggested actions:**", "### Proposed actions", "Voorgestelde acties:",
     "Actions proposées", "Vorgeschlagene Maßnahmen:", "_Suggested actions_"],
)  # fmt: skip
def test_labels_of_actions_in_several_languages_and_dresses(label: str) -> None:
    plan = synthetic_action_plan(4)
    reading = read_bytes(render_action_plan(plan, label=label).encode())
    assert [len(one.actions) for one in reading.provisions] == [len(one.actions) for one in plan.provisions]


@pytest.mark.parametrize(
    "opening", ["Article {n} {t}", "Art. {n} – {t}", "## Artikel {n}: {t}", "**{n}.** {t}", "{n}) {t}"]
)
def test_openings_of_provisions(opening: str) -> None:
    plan = synthetic_action_plan(9)
    text = render_action_plan(plan)
    for one in plan.provisions:
        text = text.replace(f"{one.number}. {one.text}", opening.format(n=one.number, t=one.text))
    reading = read_bytes(text.encode())
    assert [(one.number, one.text) for one in reading.provisions] == [
        (str(p.number), p.text) for p in plan.provisions
    ]


def test_a_label_at_the_end_of_the_paragraph_before_it() -> None:
    plan = synthetic_action_plan(2)
    text = render_action_plan(plan).replace(".\n\nSuggested Actions:", ". Suggested Actions:")
    reading = read_bytes(text.encode())
    assert [(one.text, len(one.actions)) for one in reading.provisions] == [
        (one.text, len(one.actions)) for one in plan.provisions
    ]


def test_a_label_at_the_top_of_every_page_is_no_running_head() -> None:
    plan = synthetic_action_plan(2)
    text = render_action_plan(plan).replace("\n\nSuggested Actions:", "\n\nPage text.\fSuggested Actions:")
    reading = read_bytes(text.encode())
    assert [len(one.actions) for one in reading.provisions] == [len(one.actions) for one in plan.provisions]
