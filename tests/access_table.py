"""Who gets what on every route: the table that `test_access.py` walks.

A row names a route, what it needs in its address, the method, and one letter for each kind of actor, in the order
of ACTORS:

    o  the page (200)            s  asked to sign in            n  not found: the thing is not theirs to know of
    x  refused with the reason   r  done, sent on elsewhere     b  understood, but what was sent is not enough
    u  signing in did not work (401)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# A visitor; somebody signed in without a role; an officer and approver of another organisation (the near miss);
# the reader, officer and approver of the organisation that owns the plan; the administrator of the installation.
ACTORS = ("anonymous", "citizen", "elsewhere", "reader", "officer", "approver", "administrator")


@dataclass(frozen=True)
class Row:
    route: str
    expected: str
    address: Mapping[str, str] = field(default_factory=dict)  # "{action}" names a thing of the world
    method: str = "GET"
    data: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


EVERYBODY = "ooooooo"
SIGNED_IN = "soooooo"

CORE = [
    Row("home", EVERYBODY),
    Row("start", EVERYBODY, {"role": "policy-officer"}),
    Row("search", EVERYBODY),
    Row("about", EVERYBODY),
    Row("accessibility", EVERYBODY),
    Row("design", EVERYBODY),
    Row("set_language", "rrrrrrr", method="POST", data={"language": "nl", "next": "/"}),
]
ACCOUNTS = [
    Row("account", SIGNED_IN),
    Row("account_login", "orrrrrr"),
    Row("account_logout", "roooooo"),
    Row("account_inactive", EVERYBODY),
    Row("account_signup", "orrrrrr"),
    Row("account_email", SIGNED_IN),
    Row("account_email_verification_sent", EVERYBODY),
    Row("account_change_password", SIGNED_IN),
    Row("account_set_password", "srrrrrr"),
    Row("account_reset_password", EVERYBODY),
    Row("account_reset_password_done", EVERYBODY),
    Row("account_reset_password_from_key", EVERYBODY, {"uidb36": "1", "key": "no-such-key"}),
    Row("account_reset_password_from_key_done", EVERYBODY),
    Row("account_confirm_email", EVERYBODY, {"key": "no-such-key"}),
    Row("account_reauthenticate", SIGNED_IN),
    Row("account_confirm_login_code", "srrrrrr"),
    Row("mfa_index", SIGNED_IN),
    Row("mfa_authenticate", "srrrrrr"),
    Row("mfa_reauthenticate", "srrrrrr"),
    Row("mfa_activate_totp", "srrrrrr"),
    Row("mfa_deactivate_totp", "snnnnnn"),
    Row("mfa_view_recovery_codes", "snnnnnn"),
    Row("mfa_generate_recovery_codes", "srrrrrr"),
    Row("mfa_download_recovery_codes", "snnnnnn"),
    Row("mfa_list_webauthn", "soooooo"),
    Row("mfa_add_webauthn", "srrrrrr"),
    Row("mfa_edit_webauthn", "srrrrrr", {"pk": "1"}),
    Row("mfa_remove_webauthn", "srrrrrr", {"pk": "1"}),
    Row("mfa_reauthenticate_webauthn", "srrrrrr"),
    Row("mfa_login_webauthn", "srrrrrr"),
    Row("socialaccount_connections", SIGNED_IN),
    Row("socialaccount_signup", "sssssss"),
    Row("socialaccount_login_cancelled", EVERYBODY),
    Row("socialaccount_login_error", "uuuuuuu"),
    Row("openid_connect_start", "nnnnnnn", {"provider_id": "none"}),
    Row("openid_connect_login", "nnnnnnn", {"provider_id": "none"}),
    Row("openid_connect_callback", "nnnnnnn", {"provider_id": "none"}),
    Row("sign_in_error", "uuuuuuu"),
    Row("chart", "nnnnnnn", {"key": "0" * 64, "kind": "svg"}),
]
ORGANISATIONS = [
    Row("organisations:list", EVERYBODY),
    Row("organisations:page", EVERYBODY, {"slug": "{organisation}"}),
    Row("organisations:add", "sxxxxxo"),
    Row("organisations:change", "sxxxxxo", {"slug": "{organisation}"}),
    Row("organisations:member-add", "sxxxxxo", {"slug": "{organisation}"}),
    Row("organisations:member-end", "sxxxxxo", {"slug": "{organisation}", "pk": "{membership}"}),
]
PLAN = {"slug": "{slug}"}
MEASURE = {"slug": "{slug}", "number": "{number}"}
REPORT = {"slug": "{slug}", "report_id": "{report}"}
READING = {"reading_id": "{reading}"}
WRITERS = "sxxxooo"  # the plan is known to all; its officers and approvers change it
OWN_DESK = "snnnooo"  # a desk is known only to who works at it
PLANS_READ = [
    Row("plans:list", EVERYBODY),
    Row("plans:compare", EVERYBODY, data={"plan": "{slug}"}),
    Row("plans:judged", EVERYBODY),
    Row("plans:instruments", EVERYBODY),
    Row("plans:instrument", EVERYBODY, {"code": "{instrument}"}),
    Row("plans:article", EVERYBODY, {"code": "{instrument}", "number": "{article}"}),
    *(
        Row(f"plans:{side}", EVERYBODY, PLAN)
        for side in (
            "plan",
            "priorities",
            "targets",
            "actions",
            "timeline",
            "money",
            "indicators",
            "coverage",
            "reports",
            "editions",
        )
    ),
    *(Row(f"plans:{tab}", EVERYBODY, MEASURE) for tab in ("measure", "delivery", "proof")),
    Row("plans:action", EVERYBODY, {"action_id": "{action}"}),
    Row("plans:milestone", EVERYBODY, {"milestone_id": "{milestone}"}),
    Row("plans:funding", EVERYBODY, {"line_id": "{line}"}),
    Row("plans:update", EVERYBODY, {"update_id": "{approved}"}),
    Row("plans:update", "nnnoooo", {"update_id": "{submitted}"}),
    Row("plans:evidence", EVERYBODY, {"evidence_id": "{proof}"}),
    Row("plans:evidence", "nnnoooo", {"evidence_id": "{evidence}"}),
    Row("plans:evidence-file", "nnnnnnn", {"evidence_id": "{evidence}"}),
    Row("plans:document", "nnnnnnn", {**PLAN, "number": "1"}),
    Row("plans:edition", EVERYBODY, {**PLAN, "number": "1"}),
    Row("plans:edition-json", EVERYBODY, {**PLAN, "number": "1"}),
    Row("plans:edition-compare", EVERYBODY, {**PLAN, "old": "1", "new": "2"}),
    Row("plans:report-wait", "snnnnnn", {**PLAN, "job_id": "{measure_id}"}),
    Row("plans:report", EVERYBODY, REPORT),
    Row("plans:report-pdf", EVERYBODY, REPORT),
    Row("plans:report-json", EVERYBODY, REPORT),
    Row("plans:calendar", EVERYBODY, PLAN),
    Row("plans:measure-calendar", EVERYBODY, MEASURE),
    Row("plans:export-json", EVERYBODY, PLAN),
    Row("plans:export-zip", EVERYBODY, PLAN),
    Row("plans:context", EVERYBODY),
    Row("identifier", "rrrrrrr", {"kind": "measure", "id": "{measure_id}"}),
]
PLANS_WRITE = [
    Row("plans:work", SIGNED_IN),
    Row("plans:report-make", WRITERS, PLAN),
    Row("plans:action-add", WRITERS, MEASURE),
    Row("plans:milestone-add", WRITERS, MEASURE),
    Row("plans:update-add", WRITERS, MEASURE),
    Row("plans:evidence-add", WRITERS, {**MEASURE, "kind": "link"}),
    Row("plans:indicator-link", WRITERS, MEASURE),
    Row("plans:indicator-unlink", WRITERS, {"link_id": "{indicator_link}"}),
    Row("plans:article-indicator-link", "sxxxxxo", {"code": "{instrument}", "number": "{article}"}),
    Row("plans:article-indicator-unlink", "sxxxxxo", {"link_id": "{article_link}"}),
    Row("plans:action-edit", WRITERS, {"action_id": "{action}"}),
    Row("plans:action-responsible", WRITERS, {"action_id": "{action}"}),
    Row(
        "plans:action-move",
        "sxxxrrr",
        {"action_id": "{action}"},
        "POST",
        {"version": "1", "direction": "down"},
    ),
    Row("plans:milestone-edit", WRITERS, {"milestone_id": "{milestone}"}),
    Row("plans:update-edit", "snnxoxx", {"update_id": "{draft}"}),
    Row("plans:evidence-edit", "snnxxxx", {"evidence_id": "{evidence}"}),
    Row("plans:spending-add", WRITERS, {"line_id": "{line}"}),
    Row("plans:spending-remove", WRITERS, {"spending_id": "{spending}"}),
    Row("plans:body-link", WRITERS, {"body_id": "{body}"}),
    Row("plans:actions-step", WRITERS, {"thing_id": "{action}", "name": "start"}),
    Row("plans:milestones-step", WRITERS, {"thing_id": "{milestone}", "name": "miss"}),
    Row("plans:updates-step", "snnxxoo", {"thing_id": "{submitted}", "name": "approve"}),
    Row("plans:evidence-step", "snnxxoo", {"thing_id": "{evidence}", "name": "approve"}),
    Row("plans:updates-step", "snnxoxx", {"thing_id": "{draft}", "name": "submit"}),
]
DESK = [
    Row("plans:desk", "sxoxooo"),
    Row("plans:desk-upload", "sxoxooo"),
    *(
        Row(f"plans:desk-{page}", OWN_DESK, READING)
        for page in ("reading", "json", "document", "add", "unknown", "bodies", "compare", "publish")
    ),
    Row("plans:desk-progress", "snnnrrr", READING),
    Row("plans:desk-next", "snnnrrr", READING),
    Row("plans:desk-value", OWN_DESK, {**READING, "value_id": "{value}"}),
    Row("plans:desk-move", OWN_DESK, {**READING, "name": "abandon"}),
]
OFFICIAL = {"code": "{official}"}
BOARD = {"board_id": "{board}"}
BOARD_ITEM = {**BOARD, "item_id": "{board_item}"}
TARGET = {"target_id": "{target}"}
OWN_BOARD = (
    "snnxooo"  # a board is known to the members of its organisation; its officers and approvers compose it
)
INDICATORS_KEPT = [
    Row("indicators:loads", "sxoxooo"),
    Row("indicators:load", OWN_DESK, {"load_id": "{load}"}),
    Row("indicators:load", "snnnbbb", {"load_id": "{load}"}, "POST"),
    Row("indicators:load-progress", "snnnrrr", {"load_id": "{load}"}),
    Row("indicators:load-file", OWN_DESK, {"load_id": "{load}"}),
    Row("indicators:load-add", WRITERS, OFFICIAL),
    Row("indicators:pull", WRITERS, OFFICIAL),
    Row("indicators:reported", EVERYBODY),
    Row("indicators:reported-figure", EVERYBODY, {"figure_id": "{reported_approved}"}),
    Row("indicators:reported-figure", "nnnoooo", {"figure_id": "{reported_submitted}"}),
    Row("indicators:reported-file", "nnnnnnn", {"figure_id": "{reported_approved}"}),
    Row("indicators:reported-edit", "snnxoxx", {"figure_id": "{reported_draft}"}),
    Row("indicators:reported-step", "snnxxoo", {"figure_id": "{reported_submitted}", "name": "approve"}),
    Row("indicators:reported-step", "snnxoxx", {"figure_id": "{reported_draft}", "name": "submit"}),
    Row("indicators:reported-add", WRITERS, {"code": "{typed}"}),
    Row("indicators:add", "sxoxooo"),
    Row("indicators:edit", WRITERS, OFFICIAL),
    Row("indicators:origin", WRITERS, OFFICIAL),
    Row("indicators:move", WRITERS, {**OFFICIAL, "name": "withdraw"}),
    Row("indicators:target-add", WRITERS, OFFICIAL),
    *(Row(f"indicators:{page}", WRITERS, TARGET) for page in ("target-edit", "target-withdraw")),
    *(Row(f"indicators:{page}", WRITERS, TARGET) for page in ("judge", "judge-take-back")),
    Row("indicators:boards", SIGNED_IN),
    Row("indicators:board-add", "sxoxooo"),
    Row("indicators:board", "snnoooo", BOARD),
    *(Row(f"indicators:board-{page}", OWN_BOARD, BOARD) for page in ("edit", "words", "share", "delete")),
    Row("indicators:board-item-add", OWN_BOARD, {**BOARD, **OFFICIAL}),
    Row("indicators:board-item", OWN_BOARD, BOARD_ITEM),
    Row("indicators:board-item-move", "snnxrrr", BOARD_ITEM, "POST"),
    Row("indicators:board-item-remove", OWN_BOARD, BOARD_ITEM),
    Row("indicators:shared-board", EVERYBODY, {"token": "{board_token}"}),
    Row("indicators:shared-board", "nnnnnnn", {"token": "no-such-link"}),
    Row("indicators:following", SIGNED_IN),
    Row("indicators:follow", SIGNED_IN, OFFICIAL),
    Row("indicators:unfollow", SIGNED_IN, OFFICIAL),
]
RELEASE = {"kind": "release", "id": "{release_uid}"}
INDICATORS_READ = [
    Row("indicators:list", EVERYBODY),
    Row("indicators:judged", EVERYBODY),
    Row("indicators:compare", EVERYBODY),
    Row("indicators:compare", EVERYBODY, data={"indicator": "{official}"}),
    Row("indicators:compare", "nnnoooo", data={"indicator": "{unpublished}"}),
    Row("indicators:areas", EVERYBODY),
    Row("indicators:area", EVERYBODY, {"code": "BE"}),
    Row("indicators:area", "nnnnnnn", {"code": "NOWHERE"}),
    *(
        Row(f"indicators:{side}", EVERYBODY, OFFICIAL)
        for side in ("indicator", "figures", "revisions", "about", "embed", "figure-svg")
    ),
    *(
        Row(f"indicators:{side}", "nnnoooo", {"code": "{unpublished}"})
        for side in ("indicator", "figures", "revisions", "about")
    ),
    # Other sites get what is published, whoever asks.
    *(Row(f"indicators:{side}", "nnnnnnn", {"code": "{unpublished}"}) for side in ("embed", "figure-svg")),
    Row("identifier", "rrrrrrr", RELEASE),
    Row("identifier", "rrrrrrr", {"kind": "target", "id": "{target}"}),
    Row("identifier", "nnnrrrr", {"kind": "indicator", "id": "{unpublished_id}"}),
]
INDICATORS_DATA = [
    Row("indicators:feed", EVERYBODY),
    *(Row("indicators:catalogue", EVERYBODY, {"form": form}) for form in ("jsonld", "ttl", "rdf")),
    Row("indicators:indicator-feed", EVERYBODY, OFFICIAL),
    Row("indicators:data", EVERYBODY, {**OFFICIAL, "format": "csv"}),
    Row("indicators:data", "nnnnnnn", {**OFFICIAL, "format": "xls"}),
    Row("indicators:data", "nnnnnnn", {"code": "no-such-indicator", "format": "csv"}),
]
TABLE = [
    *INDICATORS_READ,
    *INDICATORS_DATA,
    *INDICATORS_KEPT,
    *CORE,
    *ACCOUNTS,
    *ORGANISATIONS,
    *PLANS_READ,
    *PLANS_WRITE,
    *DESK,
]
