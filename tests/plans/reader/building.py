"""Builds invented plans and writes them in many ways, so that tests know what a reading must give."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from gilde.plans.reader.template import plan_template

State = bool | None
GROUP_SECTIONS = {
    "recommendation": "priorities",
    "osnabruck": "priorities",
    "subsystem": "subsystem",
    "scope": "scope",
    "targets": "beneficiaries",
}
_SUBJECTS = (
    "Digital skills", "Green workshops", "Guidance for adults", "Mobility of apprentices",
    "Quality of placements",
    "Recognition of skills", "Teachers in industry", "Modular courses", "Regional centres", "Second chances",
    "Learning accounts", "Women in technology", "Rural campuses", "Data on graduates", "Micro-credentials",
)  # fmt: skip
_VERBS = ("will renew", "will open", "is going to test", "will extend", "will support", "will coordinate")
_THINGS = (
    "the workshops of twelve schools", "a register of mentors", "courses in the evening for adults",
    "a fund for equipment", "the guidance desks in each province", "a common framework for placements",
    "the training of teachers in companies", "an online desk for apprentices",
    "a network of regional campuses",
)  # fmt: skip
_BODIES = (
    "Ministry of Education and Research", "Ministry of Labour", "National Agency for Skills",
    "Public Employment Service (PES)", "Chamber of Commerce and Industry", "Department of Youth",
    "Agency for Adult Learning", "Council of Social Partners",
)  # fmt: skip
_FUNDING = (
    ("Budget of the ministry: {} euro each year", "year"),
    ("State budget: {} EUR", None),
    ("National fund for skills: € {} in all", None),
)


@dataclass(frozen=True)
class ActionSpec:
    title: str | None
    text: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class FundingSpec:
    text: str
    amount: int | None
    period: str | None


@dataclass(frozen=True)
class MeasureSpec:
    number: str
    title: str
    rationale: tuple[str, ...]
    objectives: tuple[str, ...]
    actions: tuple[ActionSpec, ...]
    ticks: dict[str, tuple[State, ...]]
    bodies: tuple[str, ...]
    funding: tuple[FundingSpec, ...]


@dataclass(frozen=True)
class PlanSpec:
    """An invented plan of measures. Labels and tick boxes are those of the template in `language`."""

    introduction: tuple[str, ...]
    measures: tuple[MeasureSpec, ...]
    closing: tuple[str, ...]
    language: str = "en"
    contents: bool = True

    def label(self, section: str) -> str:
        """The label of a section, the first full one of the language."""
        return next(
            label.text
            for label in plan_template().labels
            if label.section == section and label.full and label.language == self.language
        )

    def tick_labels(self, group: str) -> list[str]:
        """The labels of a group of boxes, with their letters, in the language of the plan."""
        of_group = next(one for one in plan_template().groups if one.key == group)
        place = ("en", "nl", "fr", "de").index(self.language)
        labels = [
            tick.labels[0] if place == 0 else _in_language(tick.labels, place) for tick in of_group.ticks
        ]
        if not of_group.lettered:
            return labels
        return [f"{tick.key}. {label}." for tick, label in zip(of_group.ticks, labels, strict=True)]


def _in_language(labels: tuple[str, ...], place: int) -> str:
    """The label of another language; the template lists English first and the last language last."""
    return labels[-1] if place == 3 else labels[min(place, len(labels) - 1)]


@dataclass(frozen=True)
class ProvisionSpec:
    number: int
    text: str
    actions: tuple[ActionSpec, ...]


@dataclass(frozen=True)
class ActionPlanSpec:
    introduction: tuple[str, ...]
    provisions: tuple[ProvisionSpec, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """How a plan is written down. `marks` stand before a label: ticked, not ticked, state lost."""

    title: str = "### {number} {title}"
    label: str = "#### {label}"
    bullet: str = "- "
    marks: tuple[str, str, str] = ("- [x] ", "- [ ] ", "- ")  # ticked, not ticked, state lost
    table: bool = False  # the two groups of priorities side by side in a pipe table
    paragraphs: str = "\n\n"
    newline: str = "\n"
    mark_behind: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    def mark(self, state: State) -> str:
        return self.marks[0] if state else self.marks[2] if state is None else self.marks[1]


MARKDOWN = Style()
PLAIN = Style(title="{number} {title}", label="{label}", marks=("☒ ", "☐ ", "- "))
STYLES = {
    "markdown": MARKDOWN,
    "plain": PLAIN,
    "bold": Style(title="**{number} {title}**", label="**{label}**", marks=("☑ ", "☐ ", "• "), bullet="• "),
    "bold with colon": Style(
        title="## {number}. {title}", label="**{label}:**", marks=("* [X] ", "* [ ] ", "* ")
    ),
    "inputs": Style(
        title="## {number} {title}",
        label="<p>{label}</p>",
        marks=('<input checked="" type="checkbox"/> ', '<input type="checkbox"/> ', "- "),
    ),
    "pipe table": Style(table=True, marks=("☒ ", "☐ ", "• ")),
    "named": Style(title="Measure {number}: {title}", label="{label}:", marks=("✓ ", "[ ] ", "- ")),
    "windows": replace(PLAIN, newline="\r\n"),
}


def synthetic_plan(
    seed: int, *, measures: int | None = None, unknown: bool = True, language: str = "en"
) -> PlanSpec:
    """An invented plan; the same seed gives the same plan. Without `unknown` every box has a state."""
    chance = random.Random(seed)
    count = measures or chance.randint(1, 4)
    subjects = chance.sample(_SUBJECTS, count)
    return PlanSpec(
        introduction=(
            "This plan is invented. It says what the country wants to do for vocational education.",
            "The chapters before the measures describe the system and its challenges in running text.",
        ),
        measures=tuple(
            _measure(chance, f"3.{index + 1}", subject, unknown) for index, subject in enumerate(subjects)
        ),
        closing=(
            "The steering group meets twice a year and reports to the government and to parliament.",
            "It publishes what was done, and listens to the advisory councils before anything is changed.",
        ),
        language=language,
    )


def _measure(chance: random.Random, number: str, subject: str, unknown: bool) -> MeasureSpec:
    states: list[State] = [True, False, None] if unknown else [True, False]
    ticks = {group.key: tuple(chance.choice(states) for _ in group.ticks) for group in plan_template().groups}
    amount = chance.randint(1, 90) * 25_000
    words, period = chance.choice(_FUNDING)
    funding = [FundingSpec(words.format(f"{amount:,}".replace(",", ".")), amount, period)]
    if chance.random() < 0.4:
        funding = [FundingSpec("The budget is decided every autumn by the government.", None, None)]
    actions = []
    for index in range(chance.randint(1, 4)):
        text = f"The government {chance.choice(_VERBS)} {chance.choice(_THINGS)} by {2024 + index}."
        actions.append(ActionSpec(None, text))
    return MeasureSpec(
        number,
        subject,
        rationale=(
            f"{subject} reach too few people, as studies have shown.",
            "Schools and companies ask for a common approach that lasts.",
        ),
        objectives=(f"{subject} for everybody", "Better quality of training"),
        actions=tuple(actions),
        ticks=ticks,
        bodies=tuple(chance.sample(_BODIES, chance.randint(1, 4))),
        funding=tuple(funding),
    )


def synthetic_action_plan(seed: int) -> ActionPlanSpec:
    """An invented action plan on an invented declaration; one provision has no action."""
    chance = random.Random(seed)
    count = chance.randint(2, 6)
    empty = chance.randint(2, count)
    provisions = []
    for number in range(1, count + 1):
        text = f"Encourage all providers to improve {chance.choice(_THINGS)}, and report on it to the public."
        actions = tuple(
            ActionSpec(
                subject, f"The network {chance.choice(_VERBS)} {chance.choice(_THINGS)} in {2026 + index}."
            )
            for index, subject in enumerate(chance.sample(_SUBJECTS, chance.randint(1, 3)))
        )
        provisions.append(ProvisionSpec(number, text, () if number == empty else actions))
    return ActionPlanSpec(
        ("This action plan answers an invented declaration, article by article.",),
        tuple(provisions),
        ("The network thanks everybody who took part and continues to work with the partners.",),
    )


# -- writing


def render(plan: PlanSpec, style: Style = MARKDOWN) -> str:
    """The plan as Markdown or plain text in a style."""
    parts = ["1. The national context", *plan.introduction, "2. Challenges and objectives"]
    parts.append("The measures answer these challenges.")
    parts.append("3. Detailed description of the measures")
    if plan.contents:
        parts += [f"{measure.number} {measure.title}" for measure in plan.measures]
    for measure in plan.measures:
        parts.append(style.title.format(number=measure.number, title=measure.title))
        parts += _render_measure(plan, measure, style)
    parts += ["4. Governance of the plan", *plan.closing]
    return style.paragraphs.join(parts).replace("\n", style.newline) + style.newline


def _render_measure(plan: PlanSpec, measure: MeasureSpec, style: Style) -> list[str]:
    def label(section: str) -> str:
        return style.label.format(label=plan.label(section))

    def boxes(group: str) -> list[str]:
        labels = plan.tick_labels(group)
        if style.mark_behind:
            return [
                f"{label} {style.mark(state)}".rstrip()
                for label, state in zip(labels, measure.ticks[group], strict=True)
            ]
        return [
            f"{style.mark(state)}{label}" for label, state in zip(labels, measure.ticks[group], strict=True)
        ]

    def listed(items: tuple[str, ...]) -> str:
        return "\n".join(style.bullet + item for item in items)

    parts = [label("rationale"), *measure.rationale, label("objectives"), listed(measure.objectives)]
    parts += [label("actions"), "\n".join(_action_lines(action, style) for action in measure.actions)]
    parts.append(label("priorities"))
    if style.table:
        left, right = boxes("recommendation"), boxes("osnabruck")
        rows = ["| Council Recommendation on VET | Osnabrück Declaration |", "|---|---|"]
        rows += [
            f"| {one} | {right[index] if index < len(right) else ''} |" for index, one in enumerate(left)
        ]
        parts.append("\n".join(rows))
    else:
        parts += ["Council Recommendation on VET", "\n".join(boxes("recommendation"))]
        parts += ["Osnabrück Declaration", "\n".join(boxes("osnabruck"))]
    for group in ("subsystem", "scope", "targets"):
        parts += [label(GROUP_SECTIONS[group]), "\n".join(boxes(group))]
    parts += [label("bodies"), listed(measure.bodies)]
    parts += [label("funding"), listed(tuple(line.text for line in measure.funding))]
    return parts


def _action_lines(action: ActionSpec, style: Style) -> str:
    title = f"{action.title}: " if action.title else ""
    return "\n".join(
        [f"{style.bullet}{title}{action.text}", *(f"    {style.bullet}{one}" for one in action.points)]
    )


def render_html(plan: PlanSpec) -> str:
    """The plan as a whole HTML page, with a table for the priorities and input elements as boxes."""
    parts = ["<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Plan</title>",
             "<style>p { margin: 0 }</style></head>\n<body><h1>Plan</h1>"]  # fmt: skip
    parts += [f"<p>{words}</p>" for words in plan.introduction]
    parts.append("<ol>" + "".join(f"<li>{m.number} {m.title}</li>" for m in plan.measures) + "</ol>")
    for measure in plan.measures:
        parts.append(f"<h2>{measure.number} {measure.title}</h2>")
        parts.append(f"<h3>{plan.label('rationale')}</h3>")
        parts += [f"<p>{words}</p>" for words in measure.rationale]
        parts.append(f"<h3>{plan.label('objectives')}</h3>" + _html_list(measure.objectives))
        parts.append(f"<h3>{plan.label('actions')}</h3>")
        parts.append(_html_list(tuple(action.text for action in measure.actions)))
        parts.append(
            f"<h3>{plan.label('priorities')}</h3>\n<table><tr><th>Council Recommendation on VET</th>"
        )
        parts.append("<th>Osnabrück Declaration</th></tr>\n<tr><td>")
        parts.append(_html_boxes(plan, measure, "recommendation") + "</td>\n<td>")
        parts.append(_html_boxes(plan, measure, "osnabruck") + "</td></tr></table>")
        for group in ("subsystem", "scope", "targets"):
            parts.append(f"<h3>{plan.label(GROUP_SECTIONS[group])}</h3>" + _html_boxes(plan, measure, group))
        parts.append(f"<h3>{plan.label('bodies')}</h3>" + _html_list(measure.bodies))
        parts.append(
            f"<h3>{plan.label('funding')}</h3>" + _html_list(tuple(line.text for line in measure.funding))
        )
    parts.append("<h2>4. Governance</h2>" + "".join(f"<p>{words}</p>" for words in plan.closing))
    parts.append("</body></html>\n")
    return "\n".join(parts)


def _html_list(items: tuple[str, ...]) -> str:
    return "<ul>\n" + "\n".join(f"  <li>{item}</li>" for item in items) + "\n</ul>"


def _html_boxes(plan: PlanSpec, measure: MeasureSpec, group: str) -> str:
    rows = []
    for label, state in zip(plan.tick_labels(group), measure.ticks[group], strict=True):
        box = "" if state is None else f"<input type='checkbox' disabled{' checked' if state else ''}> "
        rows.append(f"<li>{box}<label>{label}</label></li>")
    return "<ul>\n" + "\n".join(rows) + "\n</ul>"


def render_action_plan(
    plan: ActionPlanSpec, *, bullet: str = "\uf0fc ", label: str = "Suggested Actions:"
) -> str:
    """The action plan as plain text."""
    parts = ["Action plan", *plan.introduction]
    for provision in plan.provisions:
        parts.append(f"{provision.number}. {provision.text}")
        if provision.actions:
            parts.append(label)
            parts += [f"{bullet}{action.title}: {action.text}" for action in provision.actions]
    parts += plan.closing
    return "\n\n".join(parts) + "\n"
