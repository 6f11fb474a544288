"""What is known of each qualification besides its outcomes, side by side: level, volume, assessment, who awards it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gilde.core.text import Text
from gilde.qualifications import vocabularies
from gilde.qualifications.described import Credit, Described
from gilde.qualifications.models import Qualification

Piece: TypeAlias = Text | str


@dataclass(frozen=True)
class FactRow:
    """One fact of each qualification; each value is pieces of words, none where nothing is known.

    `differs` says that at least two known values are not the same.
    """

    label: str
    values: tuple[tuple[Piece, ...], ...]

    @property
    def differs(self) -> bool:
        """Return whether those of which it is known are not all alike."""
        known = {tuple(map(str, value)) for value in self.values if value}
        return len(known) > 1


def facts(told: Sequence[Described]) -> tuple[FactRow, ...]:
    """Return the facts of qualifications, in the order of the qualifications and the reader's language."""
    rows: list[tuple[str, Callable[[Described], Sequence[Piece]]]] = [
        (_("Kind"), lambda each: [str(dict(Qualification.Kind.choices).get(each.kind, each.kind))]),
        (_("Country"), lambda each: [each.country]),
        (_("Sector"), lambda each: [vocabularies.name_of(vocabularies.sectors(), each.sector)]),
        (_("National level"), _national),
        (_("EQF level"), lambda each: [str(each.level.eqf)] if each.level and each.level.eqf else []),
        (_("Workload"), lambda each: [_hours(each.hours)] if each.hours else []),
        (_("Credit"), lambda each: _credit(each.credit)),
        (_("Units"), _units),
        (_("Learning outcomes"), lambda each: [number_format(sum(1 for _each in each.all_outcomes()))]),
        (_("Prerequisites"), lambda each: [one.text for one in each.prerequisites]),
        (_("Assessment"), _assessment),
        (
            _("Participation"),
            lambda each: [vocabularies.name_of(_participation(), code) for code in each.participation],
        ),
        (_("Awarded by"), lambda each: [body.name for body in each.awarding]),
    ]
    return tuple(FactRow(label, tuple(_pieces(value(each)) for each in told)) for label, value in rows)


def _pieces(values: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(value for value in values if value)


def _national(each: Described) -> list[Piece]:
    level = each.level
    if level is None or level.framework == "eqf":
        return []
    return [level.name or level.code, level.framework_name or level.framework]


def _hours(hours: int) -> str:
    return _("%(n)s hours") % {"n": number_format(hours, force_grouping=True)}


def _credit(credit: Credit | None) -> list[Piece]:
    if credit is None:
        return []
    system = vocabularies.credit_systems().get(credit.system)
    points = number_format(credit.points.normalize() if credit.points else 0, use_l10n=True)
    words = _("%(points)s points") % {"points": points}
    return [words, system.name if system else credit.system]


def _units(each: Described) -> list[Piece]:
    if not each.units:
        return []
    many, partial = len(each.units), sum(unit.partial for unit in each.units)
    words = ngettext("%(n)s unit", "%(n)s units", many) % {"n": many}
    alone = _("%(n)s of them awarded alone") % {"n": partial} if partial else ""
    return [words, alone]


def _assessment(each: Described) -> list[Piece]:
    kind = vocabularies.name_of(vocabularies.assessment_types(), each.assessment_type)
    return [kind, each.assessment]


def _participation() -> vocabularies.Terms:
    return vocabularies.participation()
