from django.apps import AppConfig


class QualificationsConfig(AppConfig):
    name = "gilde.qualifications"
    label = "qualifications"
    verbose_name = "Qualifications"
