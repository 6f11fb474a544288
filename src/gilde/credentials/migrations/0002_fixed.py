"""What left stays as it left: the log is append-only; an issued award and a rendering change no content."""

from django.db import migrations

from gilde.core.audit import triggers


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        triggers.append_only("credentials_logleaf"),
        triggers.append_only("credentials_lognode"),
        triggers.append_only("credentials_checkpoint"),
        triggers.fixed(
            "credentials_award",
            since="issued_at",
            # Its state moves; what is personal may be erased; accounts and batches may go.
            free=[
                *("state", "stopped_at", "reason", "version"),
                *("drafted_by_id", "approved_by_id", "batch_id", "status_list_id", "status_index"),
            ],
            erased="facts",
        ),
        triggers.fixed("credentials_rendering", since="made_at", free=["content"]),
    ]
