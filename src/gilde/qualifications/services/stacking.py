"""Keeping the rules by which micro-credentials stack into a qualification, and reading them.

While the file may be changed its drafters write the rules; after that whoever keeps the qualification may, because
rules may follow micro-credentials that came later. Raises Refused and Invalid; nothing is half stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, require
from gilde.core.changes import checked, with_fields
from gilde.core.errors import Invalid
from gilde.qualifications import access, stacking
from gilde.qualifications.models import Qualification, QualificationVersion, StackRule


def add_rule(
    *,
    actor: Actor,
    version: QualificationVersion,
    micro_credentials: Collection[Qualification],
    **fields: Any,
) -> StackRule:
    """Add a rule at the end of those of a version, and return it. `fields` are further columns."""
    require(access.can_renew(actor, version))
    last = version.stack_rules.aggregate(last=Max("position"))["last"]
    rule = StackRule(version=version, position=0 if last is None else last + 1, **fields)
    with transaction.atomic():
        _save(actor, rule, micro_credentials)
        audit.record(actor, "qualifications.stack-rule.add", rule, after=_told(rule, micro_credentials))
    return rule


def change_rule(
    *, actor: Actor, rule: StackRule, micro_credentials: Collection[Qualification], **fields: Any
) -> StackRule:
    """Change a rule, and return it."""
    require(access.can_renew(actor, rule.version))
    before = _told(rule, rule.micro_credentials.all())
    changed = with_fields(rule, fields)
    with transaction.atomic():
        _save(actor, changed, micro_credentials)
        audit.record(
            actor,
            "qualifications.stack-rule.change",
            changed,
            before=before,
            after=_told(changed, micro_credentials),
        )
    return changed


def remove_rule(*, actor: Actor, rule: StackRule) -> None:
    """Take a rule away."""
    require(access.can_renew(actor, rule.version))
    with transaction.atomic():
        told = _told(rule, rule.micro_credentials.all())
        audit.record(actor, "qualifications.stack-rule.remove", rule, before=told)
        rule.delete()


# --- reading


@dataclass(frozen=True)
class Stack:
    """The rules of a version, ready to be reckoned with, and the micro-credentials that they take, by code."""

    rules: tuple[stacking.Rule, ...]
    stored: Mapping[str, StackRule]  # by the key of the rule
    micro_credentials: Mapping[str, QualificationVersion] = field(default_factory=dict)

    @property
    def asks_age(self) -> bool:
        """Return whether a rule asks when a micro-credential was awarded."""
        return any(rule.max_age_years is not None for rule in self.rules)


def stack_of(actor: Actor, version: QualificationVersion) -> Stack:
    """Return the rules of a version with the micro-credentials that the actor may see, in 3 queries."""
    stored = list(version.stack_rules.select_related("unit").prefetch_related("micro_credentials"))
    wanted = {each.pk for rule in stored for each in rule.micro_credentials.all()}
    newest: dict[str, QualificationVersion] = {}
    found = access.visible_versions(actor).filter(qualification__in=wanted)
    for each in found.select_related("qualification", "level").order_by("qualification__code", "number"):
        newest[each.qualification.code] = each
    return Stack(tuple(rule_of(rule) for rule in stored), {str(rule.pk): rule for rule in stored}, newest)


def rule_of(rule: StackRule) -> stacking.Rule:
    """Return a stored rule as `stacking` reckons with it. A unit without points of its own rule is worth its own."""
    points = rule.worth
    if points is None and rule.unit is not None:
        points = rule.unit.credit
    return stacking.Rule(
        key=str(rule.pk),
        takes=frozenset(each.code for each in rule.micro_credentials.all()),
        worth=points or Decimal(0),
        minimum_count=rule.minimum_count,
        minimum_credit=rule.minimum_credit or Decimal(0),
        max_age_years=rule.max_age_years,
        unit=str(rule.unit_id or ""),
        position=rule.position,
    )


# --- what is checked everywhere


def _save(actor: Actor, rule: StackRule, micro_credentials: Collection[Qualification]) -> None:
    if rule.unit is not None and rule.unit.version_id != rule.version_id:
        raise _wrong("unit", _("This unit is not one of this version of the qualification."))
    if rule.unit is None and rule.worth is None:
        raise _wrong("worth", _("Say which unit the rule covers, or how many points it is worth."))
    for name in ("worth", "minimum_credit"):
        points = getattr(rule, name)
        if points is not None and points <= 0:
            raise _wrong(name, _("Points must be more than 0. Leave it empty when there are none."))
    _check_micro_credentials(actor, rule, micro_credentials)
    checked(rule).save()
    rule.micro_credentials.set(micro_credentials)
    rules = rule.version.stack_rules.select_related("unit").prefetch_related("micro_credentials")
    if len(stacking.shared([rule_of(each) for each in rules])) > stacking.SHARED_LIMIT:
        sentence = _(
            "The rules of this version share more than %(count)d micro-credentials, so that nobody could see which "
            "counts where. Let each micro-credential stand in fewer rules."
        )
        raise _wrong("micro_credentials", sentence % {"count": stacking.SHARED_LIMIT})


def _check_micro_credentials(actor: Actor, rule: StackRule, chosen: Collection[Qualification]) -> None:
    if not chosen:
        raise _wrong("micro_credentials", _("Choose at least one micro-credential."))
    if others := sorted(each.code for each in chosen if each.kind != Qualification.Kind.MICRO):
        sentence = _("%(codes)s: this is no micro-credential.")
        raise _wrong("micro_credentials", sentence % {"codes": ", ".join(others)})
    keys = {each.pk for each in chosen}
    if access.visible_qualifications(actor).filter(pk__in=keys).count() != len(keys):
        raise _wrong("micro_credentials", _("There is no such micro-credential, or you may not see it."))
    if rule.minimum_count > len(keys):
        sentence = _("The rule asks for %(count)d micro-credentials, and only %(chosen)d are chosen.")
        raise _wrong("minimum_count", sentence % {"count": rule.minimum_count, "chosen": len(keys)})


def _wrong(name: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={name: [sentence]})


def _told(rule: StackRule, micro_credentials: Iterable[Qualification]) -> dict[str, Any]:
    """Return a rule as an event holds it."""
    return {
        "title": rule.title.as_json(),
        "unit": str(rule.unit_id) if rule.unit_id else None,
        "micro_credentials": sorted(each.code for each in micro_credentials),
        "minimum_count": rule.minimum_count,
        "minimum_credit": rule.minimum_credit,
        "max_age_years": rule.max_age_years,
        "worth": rule.worth,
        "source": rule.source,
    }
