"""What was recognised stays as it was: kept contents are append-only, recognised rows change no content."""

from django.db import migrations

from gilde.core.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("qualifications", "0001_initial")]

    operations = [
        triggers.append_only("qualifications_snapshot"),
        triggers.fixed(
            "qualifications_qualificationversion",
            since="recognised_at",
            free=[
                *("state", "state_since", "recognised_at", "registered_at", "review_due"),
                *("valid_from", "valid_until", "changed_at", "version"),
            ],
        ),
        triggers.fixed("qualifications_outcomeversion", since="fixed_at", free=["version"]),
    ]
