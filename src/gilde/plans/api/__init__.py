"""The API of plans: what was promised and how far it is to read, progress to write."""

from gilde.plans.api import judgement, writing  # noqa: F401  (they add to the routers of others)
from gilde.plans.api.delivery import actions, evidence, milestones, updates
from gilde.plans.api.instruments import instruments, provisions
from gilde.plans.api.promise import measures, plans
from gilde.plans.api.reports import reports

routers = [
    ("/plans", plans),
    ("/measures", measures),
    ("/actions", actions),
    ("/milestones", milestones),
    ("/evidence", evidence),
    ("/updates", updates),
    ("/instruments", instruments),
    ("/provisions", provisions),
    ("/reports", reports),
]

__all__ = ["routers"]
