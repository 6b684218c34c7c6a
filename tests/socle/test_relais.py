"""The relay: an effect that fails is tried again alone."""

from __future__ import annotations

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import Role
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi
from ess_portal.journal.services import Effet, programmer
from ess_portal.socle import horloge
from tests.fabriques import make_utilisateur


@pytest.mark.django_db
def test_des_courriels_d_une_meme_date_chacun_part_pour_lui_meme(monkeypatch, mailoutbox):
    """The server refuses the first organisation's people: the second one is written to, once; the first is tried again alone."""
    refusee, servie = make_utilisateur(Role.ARS_INSTRUCTEUR), make_utilisateur(Role.PORTEUR_REFERENT)
    organisations = [u.rattachements.get().organisation_id for u in (refusee, servie)]
    contexte = {
        "evenement": "cinq_ans",
        "numero": "76-2026-0001",
        "nom": "ESS",
        "objet": "projet",
        "dernier_jour": "2026-03-02",
    }
    effet = Effet(
        "courriel",
        "echeance:1:2026-03-02",
        {"gabarit": "echeance", "dossier": None, "organisations": organisations, "contexte": contexte},
    )
    with transaction.atomic(), comme_portail():
        programmer([effet], dossier_id=None, maintenant=horloge.maintenant())
    envoyer = EmailBackend.send_messages

    def refuser(self, messages):
        if refusee.courriel in messages[0].to:
            raise OSError("550 boîte inconnue")
        return envoyer(self, messages)

    with monkeypatch.context() as panne:
        panne.setattr(EmailBackend, "send_messages", refuser)
        relais.vider()
    assert [m.to for m in mailoutbox] == [[servie.courriel]]
    with comme_portail():
        restent = Envoi.objects.filter(statut=Envoi.Statut.PRET)
        assert [e.charge["organisation"] for e in restent] == organisations[:1]
        restent.update(bail_jusqua=None)
    relais.vider()
    assert [m.to for m in mailoutbox] == [[servie.courriel], [refusee.courriel]]
    relais.vider()
    assert len(mailoutbox) == 2
