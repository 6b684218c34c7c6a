from django.urls import path

from .views import parametres

urlpatterns = [
    path("administration/parametres/", parametres.liste, name="parametres"),
    path("administration/parametres/nouveau/", parametres.nouveau, name="parametres_nouveau"),
    path("administration/parametres/<int:jeu_id>/", parametres.lire, name="parametres_jeu"),
]
