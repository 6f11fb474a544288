"""Who gets what on every route: the table that `test_access.py` walks.

A row names a route, what it needs in its address, the method, and one letter for each kind of actor, in the order
of ACTORS:

    o  the page (200)            s  asked to sign in            n  not found: the thing is not theirs to know of
    x  refused with the reason   r  done, sent on elsewhere     b  understood, but what was sent is not enough
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# A visitor; somebody signed in without a role; an officer and approver of another organisation (the near miss);
# the reader, officer and approver of the organisation that owns the plan; the administrator of the installation.
ACTORS = ("anonymous", "citizen", "elsewhere", "reader", "officer", "approver", "administrator")


@dataclass(frozen=True)
class Row:
    route: str
    expected: str
    address: Mapping[str, str | Callable[[Any], Any]] = field(default_factory=dict)  # from the world, or as it is
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
    Row("mfa_index", SIGNED_IN),
]
TABLE = [*CORE, *ACCOUNTS]
