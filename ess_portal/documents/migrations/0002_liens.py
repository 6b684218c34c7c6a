import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("comptes", "0001_initial"),
        ("documents", "0001_initial"),
        ("dossiers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="dossiers.dossier",
                verbose_name="dossier",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="remplace",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="remplace_par",
                to="documents.document",
                verbose_name="remplace",
            ),
        ),
        migrations.AddField(
            model_name="lecture",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lectures",
                to="documents.document",
                verbose_name="document",
            ),
        ),
        migrations.AddField(
            model_name="lecture",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dossiers.dossier",
                verbose_name="dossier",
            ),
        ),
        migrations.AddField(
            model_name="lecture",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comptes.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="lecture",
            name="utilisateur",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="utilisateur",
            ),
        ),
        migrations.AddField(
            model_name="piece",
            name="depose_par",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="déposée par",
            ),
        ),
        migrations.AddField(
            model_name="piece",
            name="dossier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pieces",
                to="dossiers.dossier",
                verbose_name="dossier",
            ),
        ),
        migrations.AddField(
            model_name="piece",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comptes.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("etat", "a_produire")), fields=["cree_le"], name="document_a_produire"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("dossier", "cle", "version"),
                name="document_cle_unique",
                violation_error_message="Ce document a déjà été demandé.",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("etat", "produit"), _negated=True),
                    models.Q(
                        ("octets__isnull", False),
                        ("produit_le__isnull", False),
                        ("taille__gt", 0),
                        models.Q(("empreinte", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="document_produit_complet",
            ),
        ),
        migrations.AddConstraint(
            model_name="lecture",
            constraint=models.UniqueConstraint(
                fields=("document", "utilisateur", "organisation"), name="lecture_unique"
            ),
        ),
        migrations.AddIndex(
            model_name="piece",
            index=models.Index(fields=["dossier", "objet"], name="documents_p_dossier_0ec7b2_idx"),
        ),
        migrations.AddIndex(
            model_name="piece",
            index=models.Index(
                condition=models.Q(("etat", "en_analyse")), fields=["depose_le"], name="piece_en_analyse"
            ),
        ),
        migrations.AddConstraint(
            model_name="piece",
            constraint=models.CheckConstraint(condition=models.Q(("taille__gt", 0)), name="piece_non_vide"),
        ),
        migrations.AddConstraint(
            model_name="piece",
            constraint=models.CheckConstraint(
                condition=models.Q(("etat", "en_analyse"), ("analysee_le__isnull", False), _connector="OR"),
                name="piece_etat_date",
            ),
        ),
    ]
