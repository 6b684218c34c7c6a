from django.urls import path

from ess_portal.documents import views

urlpatterns = [
    path("documents/<uuid:document_id>/", views.document, name="document"),
    path("pieces/<uuid:piece_id>/", views.piece, name="piece"),
    path("verifier/", views.verifier, name="verifier"),
    path("verifier/<str:code>/", views.verifier, name="verifier"),
]
