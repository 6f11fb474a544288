"""`gilde reference`: load or refresh the reference data of plans."""

from typing import Any

from django.core.management.base import BaseCommand

from gilde.plans.services.reference import load_reference


class Command(BaseCommand):
    help = "Load the instruments and target groups that plans refer to, or bring them up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in load_reference():
            self.stdout.write(line)
