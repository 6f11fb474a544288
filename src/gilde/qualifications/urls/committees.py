"""Routes of committees and of the rooms in which they work."""

from django.urls import URLPattern, URLResolver, path

from gilde.qualifications.views import committees, committees_room, committees_said

_committee = "committees/<uuid:committee_id>/"
_round = "rounds/<uuid:round_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("committees/", committees.committee_list, name="committees"),
    path(_committee, committees.page, name="committee"),
    path(_committee + "seat/", committees.seat_give, name="seat-give"),
    path(_committee + "seats/<int:member_id>/", committees.seat_change, name="seat-change"),
    path(_committee + "change/", committees.change, name="committee-change"),
    path(_round, committees_room.room, name="round"),
    path(_round + "vote/", committees_said.vote, name="round-vote"),
    path(_round + "judge/", committees_said.judge, name="round-judge"),
    path(_round + "reveal/", committees_said.reveal, name="round-reveal"),
    path(_round + "agree/", committees_said.agree, name="round-agree"),
    path(_round + "comment/", committees_said.comment, name="round-comment"),
    path("comments/<uuid:comment_id>/answer/", committees_said.answer_comment, name="comment-answer"),
]
