"""The tables of core, gathered from the modules that own them."""

from gilde.core.audit.models import AuditEvent, PersonalRecord
from gilde.core.users import User

__all__ = ["AuditEvent", "PersonalRecord", "User"]
