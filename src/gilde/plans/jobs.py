"""The long work of plans."""

from gilde.core.jobs import job
from gilde.plans.services import reports
from gilde.plans.services.desk import intake

job(intake.JOB)(intake.read)
job(reports.JOB)(reports.make_as_job)
