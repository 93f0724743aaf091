"""Whatever a button of an email leads to is a page on which its reader can decide."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from mail.decision_links import build_decision_link
from rules.commands.possible import Respondent
from rules.notifications.pending import list_pending_items
from rules.replies.offers import list_offers
from runner import build_mail_settings
from tests.rules.replies.test_offers import draw_review
from tests.sample_people import ADA, PEOPLE, SAM
from tests.sample_reviews import ReviewBuilder
from tests.web.web_app import WebApp


@pytest.mark.slow
@given(builder=draw_review())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_button_leads_to_can_be_decided_there(
    web_app: WebApp, builder: ReviewBuilder
) -> None:
    review, now = builder.review, builder.now
    web_app.now = now
    web_app.review_client.reviews[review.id] = review
    mail_settings = build_mail_settings(web_app.settings, stays_here=True)
    for item in list_pending_items(review, now):
        for by in {*item.who, ADA, SAM} & PEOPLE.keys():
            for offer in list_offers(review, item.code, item.item, Respondent(address=by), now):
                link = build_decision_link(
                    mail_settings,
                    review,
                    PEOPLE[by],
                    offer.command_type,
                    now=now,
                    item=offer.action,
                )

                page = web_app.client.get(link.removeprefix(web_app.settings.web.url))

                assert page.status_code == 200, (by, offer)
                assert '<button type="submit">' in page.text, (by, offer)
