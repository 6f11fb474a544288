from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "gilde.organisations"
    label = "organisations"
    verbose_name = "Organisations"
