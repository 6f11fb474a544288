from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "gilde.plans"
    label = "plans"
    verbose_name = "Plans"

    def ready(self) -> None:
        from gilde.plans import home, metrics  # noqa: F401  (they register themselves)
