"""The audit chain: `record` writes an event, `verify` checks the whole chain."""

from gilde.core.audit.chain import Broken, head, holds, record, verify

__all__ = ["Broken", "head", "holds", "record", "verify"]
