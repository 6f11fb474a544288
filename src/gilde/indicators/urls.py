"""The routes of indicators. What has a fixed word comes before what has the code of an indicator."""

from django.urls import URLPattern, URLResolver, path, re_path

from gilde.indicators.views import (
    about,
    areas,
    boards,
    catalogue,
    compare,
    data,
    embed,
    figure_list,
    following,
    indicator,
    judged,
    keeping,
    loads,
    one_load,
    reported,
    targets,
)
from gilde.indicators.views import revisions as revision_views

app_name = "indicators"
urlpatterns: list[URLPattern | URLResolver] = [
    # --- reading: catalogue, comparison, areas
    path("indicators/", catalogue.page, name="list"),
    path("indicators/how-judged/", judged.page, name="judged"),
    path("indicators/compare/", compare.page, name="compare"),
    path("areas/", areas.area_list, name="areas"),
    path("areas/<str:code>/", areas.page, name="area"),
    # --- data and feeds
    path("indicators/feed.atom", data.feed, name="feed"),
    re_path(r"^catalogue\.(?P<form>jsonld|ttl|rdf)$", data.catalogue, name="catalogue"),
    path("indicators/<slug:code>/feed.atom", data.indicator_feed, name="indicator-feed"),
    path("indicators/<slug:code>/data.<str:format>", data.data, name="data"),
    # --- loads
    path("indicators/loads/", loads.loads, name="loads"),
    path("indicators/loads/<uuid:load_id>/", one_load.load, name="load"),
    path("indicators/loads/<uuid:load_id>/progress/", one_load.progress, name="load-progress"),
    path("indicators/loads/<uuid:load_id>/file", one_load.load_file, name="load-file"),
    path("indicators/<slug:code>/load/", loads.load_add, name="load-add"),
    path("indicators/<slug:code>/pull/", loads.pull, name="pull"),
    # --- reported figures
    path("indicators/reported/", reported.reported, name="reported"),
    path("indicators/reported/<uuid:figure_id>/", reported.figure, name="reported-figure"),
    path("indicators/reported/<uuid:figure_id>/file", reported.file, name="reported-file"),
    path("indicators/reported/<uuid:figure_id>/edit/", reported.edit, name="reported-edit"),
    path("indicators/reported/<uuid:figure_id>/steps/<slug:name>/", reported.step, name="reported-step"),
    path("indicators/<slug:code>/report/", reported.add, name="reported-add"),
    # --- boards, following, keeping indicators
    path("board/<str:token>/", boards.shared, name="shared-board"),
    path("indicators/boards/", boards.boards, name="boards"),
    path("indicators/boards/add/", boards.add, name="board-add"),
    path("indicators/boards/<uuid:board_id>/", boards.board, name="board"),
    path("indicators/boards/<uuid:board_id>/edit/", boards.edit, name="board-edit"),
    path("indicators/boards/<uuid:board_id>/words/", boards.words, name="board-words"),
    path("indicators/boards/<uuid:board_id>/share/", boards.share, name="board-share"),
    path("indicators/boards/<uuid:board_id>/delete/", boards.delete, name="board-delete"),
    path("indicators/boards/<uuid:board_id>/add/<slug:code>/", boards.item_add, name="board-item-add"),
    path("indicators/boards/<uuid:board_id>/<int:item_id>/", boards.item_edit, name="board-item"),
    path("indicators/boards/<uuid:board_id>/<int:item_id>/move/", boards.item_move, name="board-item-move"),
    path(
        "indicators/boards/<uuid:board_id>/<int:item_id>/remove/",
        boards.item_remove,
        name="board-item-remove",
    ),
    path("indicators/following/", following.following, name="following"),
    path("indicators/<slug:code>/follow/", following.follow, name="follow"),
    path("indicators/<slug:code>/unfollow/", following.unfollow, name="unfollow"),
    path("indicators/add/", keeping.add, name="add"),
    path("indicators/targets/<uuid:target_id>/edit/", targets.edit, name="target-edit"),
    path("indicators/targets/<uuid:target_id>/withdraw/", targets.withdraw, name="target-withdraw"),
    path("indicators/targets/<uuid:target_id>/judge/", targets.judge, name="judge"),
    path("indicators/targets/<uuid:target_id>/judge/take-back/", targets.take_back, name="judge-take-back"),
    path("indicators/<slug:code>/edit/", keeping.edit, name="edit"),
    path("indicators/<slug:code>/origin/", keeping.origin, name="origin"),
    path("indicators/<slug:code>/move/<slug:name>/", keeping.move, name="move"),
    path("indicators/<slug:code>/targets/add/", targets.add, name="target-add"),
    # --- one indicator
    path("indicators/<slug:code>/", indicator.page, name="indicator"),
    path("indicators/<slug:code>/figures/", figure_list.page, name="figures"),
    path("indicators/<slug:code>/revisions/", revision_views.page, name="revisions"),
    path("indicators/<slug:code>/about/", about.page, name="about"),
    path("indicators/<slug:code>/embed/", embed.page, name="embed"),
    path("indicators/<slug:code>/figure.svg", embed.svg, name="figure-svg"),
]
