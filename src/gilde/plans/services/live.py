"""The live rows of a plan, brought into line with a new edition; what was monitored is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext as _

from gilde.core.access import Actor
from gilde.core.errors import Invalid
from gilde.core.text import Text
from gilde.organisations.public import Organisation
from gilde.plans.models import (
    Block,
    Citation,
    Edition,
    Measure,
    MeasureBody,
    Plan,
    Provision,
    Reading,
    Section,
    TargetGroup,
    Tick,
)
from gilde.plans.services import delivered, editions
from gilde.plans.services.comparison import named
from gilde.plans.services.desk.values import SECTIONS, TICK_GROUPS
from gilde.plans.services.matching import Named, pair_measures

Json = Mapping[str, Any]
# The instrument that each group of boxes of the European template answers to.
INSTRUMENTS: Final = {"recommendation": "recommendation-2020", "osnabruck": "osnabruck-2020"}
GROUPS: Final = {"subsystem": Tick.Group.SUBSYSTEM, "scope": Tick.Group.SCOPE}
_SUMMARY = 400  # characters
_PROMISED: Final = ("sections", "ticks__provision", "bodies", "funding", "actions")


def bring_into_line(
    actor: Actor, plan: Plan, edition: Edition, reading: Reading, *, same: Collection[str] = ()
) -> dict[str, Any]:
    """Make the rows of a plan say what the edition says, and return what was done for the audit event.

    Measures are found again by number and title and keep all that was monitored; new ones are added, and
    those that are gone are marked with the edition. Call it in the transaction of publishing.
    """
    items = editions.measures_of(edition.content)
    old = list(plan.measures.select_related("block").order_by("position", "number"))
    pairs = pair_measures(
        [Named(measure.number, str(_source(measure.title))) for measure in old],
        [named(item) for item in items],
        by_number=plan.kind == Plan.Kind.ACTION,
        same=same,
    )
    dropped = [old[pair.old] for pair in pairs if pair.new is None and pair.old is not None]
    kept = {p.new: old[p.old] for p in pairs if p.new is not None and p.old is not None}
    _free_numbers(plan, edition, kept, dropped, items)
    blocks = _blocks(plan, items, reading.language)
    writer = _Writer(actor, plan, edition, reading)
    for position, item in enumerate(items):
        measure = kept.get(position)
        writer.write(measure, item, position, blocks)
    Citation.objects.bulk_create(writer.citations, batch_size=500)
    return {
        "measures": len(items),
        "added": [named(item).number for place, item in enumerate(items) if place not in kept],
        "dropped": [measure.number for measure in dropped if measure.dropped_in == edition.number],
    }


def _free_numbers(
    plan: Plan, edition: Edition, kept: Mapping[int, Measure], dropped: list[Measure], items: list[Any]
) -> None:
    """Take numbers that change out of the way, so that two measures may swap theirs; mark what is gone."""
    taken = {named(item).number for item in items}
    for measure in dropped:
        fields: dict[str, Any] = {}
        if measure.dropped_in is None:
            fields["dropped_in"] = measure.dropped_in = edition.number
        if measure.number in taken:
            # Another measure has this number now; the old one keeps it with the edition that still had it.
            measure.number = fields["number"] = _free_number(plan, measure.number, edition.number - 1)
        if fields:
            Measure.objects.filter(pk=measure.pk).update(**fields, version=F("version") + 1)
    for place, measure in kept.items():
        if measure.number != named(items[place]).number:
            Measure.objects.filter(pk=measure.pk).update(number=f"~{place}")


def _free_number(plan: Plan, number: str, edition: int) -> str:
    candidate = f"{number[:12]} ({edition})"
    again = 2
    while plan.measures.filter(number=candidate).exists():
        candidate, again = f"{number[:10]} ({edition}.{again})", again + 1
    return candidate


def _blocks(plan: Plan, items: list[Any], language: str) -> dict[str, Block]:
    """Return the building blocks of the plan by number, with those of the document; none is taken away."""
    found = {block.number: block for block in plan.blocks.all()}
    for item in items:
        block = item.get("block")
        if not block or block["number"] in found:
            continue
        found[block["number"]] = Block.objects.create(
            plan=plan,
            number=block["number"][:20],
            position=len(found),
            title=Text.of(block["title"], language),
        )
    return found


def _source(text: Text) -> str:
    return text.words.get(text.source, "")


def _about(item: Json) -> str:
    """Return the words that say what a measure is about: those of the article, else its rationale."""
    if "text" in item:
        return str(item["text"])
    return str(((item.get("sections") or {}).get("rationale") or {}).get("text") or "")


class _Writer:
    """Writes the measures of one edition, and gathers their citations."""

    def __init__(self, actor: Actor, plan: Plan, edition: Edition, reading: Reading) -> None:
        self.actor, self.plan, self.edition = actor, plan, edition
        self.language = reading.language
        self.citations: list[Citation] = []
        self.organisations = dict(Organisation.objects.values_list("slug", "pk"))
        self.provisions = {
            (p.instrument.code, p.number): p for p in Provision.objects.select_related("instrument")
        }
        self.targets = list(TargetGroup.objects.order_by("position"))
        self.answers = sorted(plan.instruments.values_list("code", flat=True))

    def text(self, words: str, old: Text | None = None) -> Text:
        """Return words in the document's language; a text that says them already keeps its translations."""
        if old is not None and old.words.get(self.language) == words:
            return old
        return Text.of(words, self.language) if words else Text()

    def write(self, measure: Measure | None, item: Json, position: int, blocks: Mapping[str, Block]) -> None:
        names = named(item)
        article = self._article(item) if self.plan.kind == Plan.Kind.ACTION else None
        new = measure is None
        measure = measure or Measure(plan=self.plan)
        measure.number, measure.position, measure.dropped_in = names.number, position, None
        measure.title = self.text(names.title, measure.title)
        if article is not None and item.get("title_status") == "read":
            measure.title = article.title  # the title that was read is only the beginning of the article
        own = (
            item["text"]
            if "text" in item
            else ((item.get("sections") or {}).get("rationale") or {}).get("text", "")
        )
        measure.summary = self.text(delivered.shortened(own, _SUMMARY), measure.summary)
        if block := item.get("block"):
            measure.block = blocks[block["number"]]
        measure.version = measure.version if new else measure.version + 1
        measure.save(force_insert=new)
        self.cite(measure, "title", item, "title_")
        self._sections(measure, item)
        self._ticks(measure, item, article)
        self._bodies(measure, item)
        delivered.write_funding(self.edition, measure, item, self.text, self.cite)
        delivered.write_actions(self.actor, self.edition, measure, item, self.text, self.cite)

    def cite(self, measure: Measure, subject: str, item: Json, prefix: str = "") -> None:
        """Keep the places in the document that a value comes from, under the name of the value."""
        places = [item.get(f"{prefix}citation"), *(item.get(f"{prefix}citations") or [])]
        for place in places:
            if place:
                anchor = {key: part for key, part in place.items() if key != "quote"}
                self.citations.append(
                    Citation(
                        measure=measure,
                        edition=self.edition,
                        subject=subject,
                        quote=place["quote"],
                        anchor=anchor,
                    )
                )

    def _article(self, item: Json) -> Provision | None:
        number = named(item).number
        found = (self.provisions.get((code, number)) for code in self.answers)
        return next((provision for provision in found if provision), None)

    def _sections(self, measure: Measure, item: Json) -> None:
        sections: Json = item.get("sections") or {}
        old = {section.name: section for section in measure.sections.all()}
        for position, name in enumerate(SECTIONS):
            if name not in sections:
                continue
            section = old.pop(name, None) or Section(measure=measure, name=name)
            section.position, section.text = position, self.text(sections[name]["text"], section.text)
            section.save()
            self.cite(measure, f"section:{name}", sections[name])
        for section in old.values():
            section.delete()

    def _ticks(self, measure: Measure, item: Json, article: Provision | None) -> None:
        old = {(tick.group, tick.code): tick for tick in measure.ticks.all()}
        boxes = list(self._boxes(item, article))
        for position, (group, code, extra, box) in enumerate(boxes):
            tick = old.pop((group, code), None) or Tick(measure=measure, group=group, code=code)
            tick.position, tick.ticked = position, box["ticked"]
            for name, value in extra.items():
                setattr(tick, name, value)
            tick.save()
            self.cite(
                measure, f"tick:{code}" if group == Tick.Group.PROVISION else f"tick:{group}:{code}", box
            )
        for tick in old.values():
            tick.delete()

    def _boxes(self, item: Json, article: Provision | None) -> list[tuple[str, str, dict[str, Any], Json]]:
        found: list[tuple[str, str, dict[str, Any], Json]] = []
        if article is not None:
            code = f"{article.instrument.code}:{article.number}"
            found.append((Tick.Group.PROVISION, code, {"provision": article}, {**item, "ticked": True}))
        ticks: Json = item.get("ticks") or {}
        for group in TICK_GROUPS[:-1]:
            for code, box in (ticks.get(group) or {}).items():
                if group in INSTRUMENTS:
                    provision = self._provision(INSTRUMENTS[group], code)
                    full = f"{INSTRUMENTS[group]}:{code}"
                    found.append((Tick.Group.PROVISION, full, {"provision": provision}, box))
                else:
                    found.append((GROUPS[group], code.lower(), {}, box))
        for place, box in enumerate(ticks.get("targets") or []):
            target = self._target(place, box)
            found.append((Tick.Group.TARGET, target.key, {"target_group": target}, box))
        return found

    def _provision(self, code: str, number: str) -> Provision:
        provision = self.provisions.get((code, number))
        if provision is None:
            raise Invalid(
                _("Provision %(number)s of %(code)s is not here. Load the reference data, then publish.")
                % {"number": number, "code": code}
            )
        return provision

    def _target(self, place: int, box: Json) -> TargetGroup:
        """Return the target group of a box, by its key or else its place: the template fixes the list."""
        by_key = {target.key: target for target in self.targets}
        if box.get("key") in by_key:
            return by_key[box["key"]]
        if place >= len(self.targets):
            raise Invalid(_("The target groups are not here. Load the reference data, then publish again."))
        return self.targets[place]

    def _bodies(self, measure: Measure, item: Json) -> None:
        old: dict[str, list[MeasureBody]] = {}
        for body in measure.bodies.order_by("position"):
            old.setdefault(body.name, []).append(body)
        for position, one in enumerate(item.get("bodies") or []):
            same = old.get(one["name"])
            body = same.pop(0) if same else MeasureBody(measure=measure, name=one["name"])
            body.position = position
            body.organisation_id = self.organisations.get(one.get("organisation") or "")
            body.save()
            self.cite(measure, f"body:{body.pk}", one)
        cited = delivered.cited_before(self.edition, measure)
        for body in (body for left in old.values() for body in left):
            if f"body:{body.pk}" in cited:
                body.delete()


def unknown_ticks(item: Json) -> int:
    """Return how many boxes of a measure of an edition are unknown."""
    ticks: Json = item.get("ticks") or {}
    boxes = [box for group in TICK_GROUPS[:-1] for box in (ticks.get(group) or {}).values()]
    return sum(box.get("ticked") is None for box in [*boxes, *(ticks.get("targets") or [])])


def content_before(edition: Edition) -> Json:
    """Return an edition's content to compare with: its own, or, in another form, what the plan says now."""
    return edition.content if "form" in edition.content else content_of_plan(edition.plan)


def content_of_plan(plan: Plan) -> dict[str, Any]:
    """Return what the live rows of a plan promise, in the form of an edition, without what is gone."""
    measures = plan.measures.filter(dropped_in=None).order_by("position", "number")
    items = [
        delivered.item_of(measure)
        for measure in measures.prefetch_related(
            "sections", "ticks__provision", "bodies", "funding", "actions"
        )
    ]
    key = "measures" if plan.kind == Plan.Kind.IMPLEMENTATION else "provisions"
    return {
        "form": editions.FORM,
        "kind": plan.kind,
        "title": _source(plan.title),
        "language": plan.language,
        key: items,
    }
