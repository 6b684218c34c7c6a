"""Pages of accounts and organisations. allauth's own pages (login, password, second factor) are included beside them."""

from django.urls import path

from .views import absences, administration, compte, invitation, organisation, pages

urlpatterns = [
    path("compte/", compte.mon_compte, name="compte"),
    path("compte/identite/", compte.identite, name="compte_identite"),
    path("compte/absence/", absences.mienne, name="absence"),
    path("rattachements/<int:rattachement_id>/absence/", absences.pour_autrui, name="rattachement_absence"),
    path("absences/<int:absence_id>/annuler/", absences.annuler, name="absence_annuler"),
    path("compte/jetons/nouveau/", compte.nouveau_jeton, name="jeton_nouveau"),
    path("compte/jetons/<int:jeton_id>/revoquer/", compte.revoquer, name="jeton_revoquer"),
    path("organisation/", organisation.mienne, name="organisation"),
    path("organisation/changer/", organisation.changer, name="changer_organisation"),
    path("organisations/<int:organisation_id>/", organisation.fiche, name="organisation_fiche"),
    path("organisations/<int:organisation_id>/inviter/", organisation.inviter, name="organisation_inviter"),
    path("organisations/<int:organisation_id>/coordonnees/", organisation.coordonnees, name="organisation_coordonnees"),
    path("rattachements/<int:rattachement_id>/role/", organisation.changer_role, name="rattachement_role"),
    path("rattachements/<int:rattachement_id>/retirer/", organisation.retirer, name="rattachement_retirer"),
    path("invitations/<int:invitation_id>/annuler/", organisation.annuler_invitation, name="invitation_annuler"),
    path("invitation/<str:secret>/", invitation.accepter, name="invitation"),
    path("administration/", administration.accueil, name="administration"),
    path("administration/organisations/", administration.organisations, name="administration_organisations"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("donnees-personnelles/", pages.donnees_personnelles, name="donnees_personnelles"),
]
