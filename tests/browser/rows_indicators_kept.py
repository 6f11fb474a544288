"""The pages on which officers keep indicators: loads, reported figures, targets, boards, what one follows."""

from __future__ import annotations

from tests.browser.pages import Page

OFFICER, APPROVER = "lena", "mirjam"
CODE = {"code": "{official}"}
BOARD = {"board_id": "{board}"}
TARGET = {"target_id": "{target}"}

PAGES = [
    Page("indicators:loads", OFFICER),
    Page("indicators:loads", OFFICER, query="?state=held"),
    Page("indicators:load", OFFICER, {"load_id": "{load_held}"}),
    Page("indicators:load", OFFICER, {"load_id": "{load_failed}"}),
    Page("indicators:load", OFFICER, {"load_id": "{load_rejected}"}),
    Page("indicators:load-add", OFFICER, CODE),
    Page("indicators:pull", OFFICER, CODE),
    Page("indicators:reported"),
    Page("indicators:reported", OFFICER),
    Page("indicators:reported-figure", address={"figure_id": "{reported_approved}"}),
    Page("indicators:reported-figure", APPROVER, {"figure_id": "{reported_submitted}"}),
    Page("indicators:reported-add", OFFICER, {"code": "{typed}"}),
    Page("indicators:reported-edit", OFFICER, {"figure_id": "{reported_draft}"}),
    Page("indicators:reported-step", APPROVER, {"figure_id": "{reported_submitted}", "name": "approve"}),
    Page("indicators:add", OFFICER),
    Page("indicators:add", "citizen", status=403),
    Page("indicators:edit", OFFICER, CODE),
    Page("indicators:origin", OFFICER, CODE),
    Page("indicators:move", OFFICER, {**CODE, "name": "withdraw"}),
    Page("indicators:target-add", OFFICER, CODE),
    *(Page(f"indicators:{name}", OFFICER, TARGET) for name in ("target-edit", "target-withdraw")),
    *(Page(f"indicators:{name}", OFFICER, TARGET) for name in ("judge", "judge-take-back")),
    Page("indicators:boards", OFFICER),
    Page("indicators:board-add", OFFICER),
    Page("indicators:board", OFFICER, BOARD),
    *(Page(f"indicators:board-{name}", OFFICER, BOARD) for name in ("edit", "words", "share", "delete")),
    Page("indicators:board-item-add", OFFICER, {**BOARD, **CODE}),
    Page("indicators:board-item", OFFICER, {**BOARD, "item_id": "{board_item}"}),
    Page("indicators:board-item-remove", OFFICER, {**BOARD, "item_id": "{board_item}"}),
    Page("indicators:shared-board", address={"token": "{board_token}"}),
    Page("indicators:shared-board", address={"token": "no-such-link"}, status=404),
    Page("indicators:following", OFFICER),
    Page("indicators:follow", OFFICER, CODE),
    Page("indicators:unfollow", OFFICER, CODE),
]

NOT_PAGES = {
    "indicators:load-progress": "sends on once the load is read; tests/indicators looks at it before",
    "indicators:load-file": "a file",
    "indicators:reported-file": "a file",
    "indicators:board-item-move": "only takes what a form sends",
}


def things() -> dict[str, str]:
    """Make one of everything that officers keep, for the ministry of the demo, with a board of every form."""
    from gilde.core.models import User
    from gilde.indicators.models import BoardItem, Indicator
    from gilde.organisations.models import Organisation
    from tests.indicators.keeping import a_board, a_load, officers_things

    officer = User.objects.get(email__startswith="lena@")
    ministry = Organisation.objects.get(slug="flemish-ministry-education")
    made = officers_things(ministry, officer)
    official = Indicator.objects.get(code=made["official"])
    board = a_board(ministry, official, BoardItem.Form.values, shared=True)
    loads = {f"load_{state}": a_load(official, state).pk for state in ("failed", "rejected")}
    made |= {
        "board": board.pk,
        "board_item": board.items.all()[0].pk,
        "board_token": board.token,
        "load_held": made["load"],
        **loads,
    }
    return {name: str(value) for name, value in made.items()}
