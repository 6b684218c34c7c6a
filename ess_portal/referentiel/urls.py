from django.urls import path

from .views import nouveau_jeu, parametres

urlpatterns = [
    path("administration/parametres/", parametres.liste, name="parametres"),
    path("administration/parametres/nouveau/", nouveau_jeu.nouveau, name="parametres_nouveau"),
    path("administration/parametres/<int:jeu_id>/", parametres.lire, name="parametres_jeu"),
]
