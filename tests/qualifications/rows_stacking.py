"""The routes of micro-credentials and stacking, for the two suites that cross every route."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gilde.core.text import Text
from gilde.qualifications.models import StackRule
from tests.access_table import EVERYBODY, WRITERS, Row
from tests.browser.pages import Page
from tests.qualifications.factories import registered

_WHOLE = {"code": "{stacking_whole}"}
_RULE = {"rule_id": "{stacking_rule}"}

ACCESS = [
    Row("qualifications:micro-credentials", EVERYBODY),
    Row("qualifications:micro-credential", EVERYBODY, {"code": "{stacking_micro}"}),
    Row("qualifications:micro-credential", "nnnnnnn", _WHOLE),  # it is of another kind
    Row("qualifications:stack", EVERYBODY, _WHOLE),
    Row("qualifications:stack-rule-add", WRITERS, {**_WHOLE, "number": "1"}),
    Row("qualifications:stack-rule-edit", WRITERS, _RULE),
    Row("qualifications:stack-rule-remove", WRITERS, _RULE),
]


def things(cast: Any) -> dict[str, Any]:
    """Return a qualification of the owner, a micro-credential, and the rule by which one stacks into the other."""
    whole = registered(qualification__code="the-whole", qualification__owner=cast.owner, units=0)
    micro = registered(qualification__code="the-micro", qualification__kind="micro-credential", units=0)
    rule = StackRule.objects.create(version=whole, title=Text.of("A rule"), worth=Decimal(4))
    rule.micro_credentials.add(micro.qualification)
    return {
        "stacking_whole": whole.qualification.code,
        "stacking_micro": micro.qualification.code,
        "stacking_rule": rule.pk,
    }


_WELDER = {"code": "welder"}

PAGES = [
    Page("qualifications:micro-credentials"),
    Page("qualifications:micro-credentials", query="?q=nothing+fits+this"),
    Page("qualifications:micro-credential", address={"code": "mag-welding-plate"}),
    Page("qualifications:micro-credential", address={"code": "no-such-code"}, status=404),
    Page("qualifications:stack", address=_WELDER),
    Page(
        "qualifications:stack", address=_WELDER, query="?held=mag-welding-plate&held=tig-welding-thin-sheet"
    ),
    Page("qualifications:stack-rule-add", "katrien", {**_WELDER, "number": "1"}),
    *(
        Page(f"qualifications:stack-rule-{page}", "katrien", {"rule_id": "{stacking_a_rule}"})
        for page in ("edit", "remove")
    ),
]


def demo_things() -> dict[str, str]:
    """Return a rule of the welder in the demo world."""
    return {"stacking_a_rule": str(StackRule.objects.filter(version__qualification__code="welder")[0].pk)}


NOT_PAGES: dict[str, str] = {}
