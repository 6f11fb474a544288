"""The long work of plans."""

from gilde.core.jobs import job
from gilde.plans.services.desk import intake

job(intake.JOB)(intake.read)
