from django.urls import path

from gilde.core import views

urlpatterns = [path("", views.home, name="home")]
