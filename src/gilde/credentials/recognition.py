"""What an issuer may award: open, until a context above says for which qualifications it is recognised."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from gilde.core.access import Decision, allowed
from gilde.credentials.models import Achievement, Issuer

Recognised: TypeAlias = "Callable[[Issuer, Achievement, date], Decision]"

_rules: list[Recognised] = []


def register(rule: Recognised) -> Recognised:
    """Add a rule; an issuer may award only what every rule allows."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def may_award(issuer: Issuer, achievement: Achievement, on: date) -> Decision:
    """Return whether the issuer may award this on a day: the first refusal, else that it may."""
    for rule in _rules:
        if not (decision := rule(issuer, achievement, on)):
            return decision
    return allowed("")
