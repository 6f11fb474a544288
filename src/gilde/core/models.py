"""The tables of core, gathered from the modules that own them."""

from gilde.core.audit.models import AuditEvent, PersonalRecord
from gilde.core.documents.models import Document
from gilde.core.fetch.models import FetchedAnswer, FetchLog
from gilde.core.jobs.models import Job
from gilde.core.users import User

__all__ = ["AuditEvent", "Document", "FetchLog", "FetchedAnswer", "Job", "PersonalRecord", "User"]
