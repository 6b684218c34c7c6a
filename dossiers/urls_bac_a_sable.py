from django.urls import path

from .views import bac_a_sable

urlpatterns = [path("administration/horloge/", bac_a_sable.regler, name="bac_a_sable")]
