"""What a version held when it was handed in or recognised is kept as it was."""

from django.db import migrations

from gilde.core.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("qualifications", "0001_initial")]

    operations = [triggers.append_only("qualifications_snapshot")]
