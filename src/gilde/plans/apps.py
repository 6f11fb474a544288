from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "gilde.plans"
    label = "plans"
    verbose_name = "Plans"
