"""Who may do what, always with the reason.

Views fetch through `visible_<things>(actor)` (a stranger gets 404), then `require(can_<act>(actor, thing))`
(a member without the right gets 403 with the reason).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from gilde.core.errors import Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gilde.core.models import User


@dataclass(frozen=True)
class SystemActor:
    """Gilde itself, for what no person does: loading reference data, sweeping jobs."""

    pk: None = None
    is_authenticated: bool = True
    is_superuser: bool = True


SYSTEM: Final = SystemActor()
Actor: TypeAlias = "User | AnonymousUser | SystemActor"


@dataclass(frozen=True)
class Decision:
    """The answer to "may they?" with the reason that is shown to them; true when allowed."""

    allowed: bool
    reason: str

    def __bool__(self) -> bool:
        return self.allowed


def allowed(reason: str) -> Decision:
    """Return a Decision that allows."""
    return Decision(True, reason)


def refused(reason: str) -> Decision:
    """Return a Decision that refuses; the reason is shown to the person."""
    return Decision(False, reason)


def require(decision: Decision) -> None:
    """Return when allowed; raise `Refused` with the reason otherwise."""
    if not decision.allowed:
        raise Refused(decision.reason)
