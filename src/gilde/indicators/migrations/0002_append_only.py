"""Figures and judgements are added to, never rewritten; an observation may be closed by a newer one."""

from django.db import migrations

from gilde.core.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]

    operations = [
        triggers.append_only("indicators_observation", "until_id"),
        triggers.append_only("indicators_judgement"),
    ]
