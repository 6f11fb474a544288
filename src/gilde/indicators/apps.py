from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "gilde.indicators"
    label = "indicators"
    verbose_name = "Indicators"
