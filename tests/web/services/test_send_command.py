"""What the server adds to a command: the facilitator's working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from models.review import Meeting
from tests.sample_people import FAY
from tests.sample_reviews import build_assigned
from tests.web.web_app import REVIEW, WebApp

HELD = datetime(2026, 11, 4, 14, tzinfo=UTC)
ACCEPTED = datetime(2026, 12, 18, 9, tzinfo=UTC)


def test_a_follow_up_meeting_is_counted_in_the_facilitators_working_days(web_app: WebApp) -> None:
    web_app.now = ACCEPTED
    meeting = Meeting(at=HELD, place="Room 4", held_at=HELD)
    review = replace(
        build_assigned().review, meeting=meeting, stage_since=HELD, accepted_at=ACCEPTED
    )
    web_app.review_client.add_review(review)

    late = web_app.ask("schedule-follow-up", FAY, at="2027-01-06T14:00:00+01:00", place="Room 4")
    last = web_app.ask("schedule-follow-up", FAY, at="2027-01-05T14:00:00+01:00", place="Room 4")

    assert late.json()["code"] == "outside-window"
    assert last.status_code == 200
    follow_up = web_app.review_client.reviews[REVIEW].follow_up
    assert follow_up is not None
    assert follow_up.at == datetime(2027, 1, 5, 13, tzinfo=UTC)
