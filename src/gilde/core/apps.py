"""The core application; when Gilde starts it gathers what the contexts register."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

# A context registers what it offers in a module of the same name as core's: metrics in metrics.py, and so on.
REGISTERING_MODULES = ("metrics", "jobs", "search", "uris")


class CoreConfig(AppConfig):
    name = "gilde.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        autodiscover_modules(*REGISTERING_MODULES)
