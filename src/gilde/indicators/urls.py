"""The routes of indicators. What has a fixed word comes before what has the code of an indicator."""

from django.urls import URLPattern, URLResolver

app_name = "indicators"
urlpatterns: list[URLPattern | URLResolver] = [
    # --- reading: catalogue, comparison, areas
    # --- data and feeds
    # --- loads
    # --- reported figures
    # --- boards, following, keeping indicators
    # --- one indicator
]
