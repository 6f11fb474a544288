"""Money of a plan as delivered: what was committed and what was spent on a funding line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from gilde.core import audit
from gilde.core.access import Actor, require
from gilde.core.changes import checked, not_in_the_future
from gilde.core.errors import Stale
from gilde.plans.access import can_monitor
from gilde.plans.models import FundingLine, Spending


@dataclass(frozen=True)
class SpendingData:
    """An amount in the currency of its line, committed or spent on a day."""

    kind: str
    amount: Decimal
    date: Day
    note: str = ""


def record_spending(
    *, actor: Actor, line: FundingLine, data: SpendingData, synthetic: bool = False
) -> Spending:
    """Return the amount as recorded. Raises Refused; Invalid for an amount of nothing or a day to come."""
    require(can_monitor(actor, line.measure.plan))
    not_in_the_future(data.date, _("Date"))
    with transaction.atomic():
        spending = Spending(
            line=line, kind=data.kind, amount=data.amount, date=data.date, note=data.note, synthetic=synthetic
        )
        checked(spending)
        spending.save(force_insert=True)
        audit.record(actor, "plans.spending.record", spending, after=_auditable(spending))
    return spending


def remove_spending(*, actor: Actor, spending: Spending) -> None:
    """Remove an amount recorded by mistake; the audit chain keeps what it was. Raises Refused, Stale."""
    require(can_monitor(actor, spending.line.measure.plan))
    with transaction.atomic():
        audit.record(actor, "plans.spending.remove", spending, before=_auditable(spending))
        rows, _by_model = Spending.objects.filter(pk=spending.pk).delete()
        if rows != 1:
            raise Stale(_("Somebody else removed this amount in the meantime."))


def _auditable(spending: Spending) -> dict[str, object]:
    return {
        "line": str(spending.line_id),
        "kind": spending.kind,
        "amount": spending.amount,
        "date": spending.date,
        "note": spending.note,
    }
