"""Who is named to sign for each party; a contract proposed before has nobody named, and is signed as it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NOMS = {"equipe": "signera pour l’équipe", "ars": "signera pour l’ARS", "caisse": "signera pour la caisse"}


class Migration(migrations.Migration):
    dependencies = [
        ("financement", "0029_reprise_des_series"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contrat",
            name=f"signataire_{partie}",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name=nom,
            ),
        )
        for partie, nom in NOMS.items()
    ]
