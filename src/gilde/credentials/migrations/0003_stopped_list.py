"""A badge has room for one status: a list of all that is stopped, revoked or suspended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0002_fixed")]

    operations = [
        migrations.AlterField(
            model_name='publishedlist',
            name='form',
            field=models.CharField(choices=[('revocation', 'revocation'), ('suspension', 'suspension'), ('stopped', 'revocation and suspension'), ('tokens', 'tokens')], max_length=12),
        ),
    ]
