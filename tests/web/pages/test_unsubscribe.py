"""The unsubscribe button: makes reminders weekly, from a genuine email alone, and back again."""

from __future__ import annotations

import pytest

from mail.common import reply_token
from models.email_address import TokenKind
from tests.sample_people import OLGA
from tests.web.web_app import REVIEW, WebApp


def build_link(web_app: WebApp, kind: TokenKind) -> str:
    """Return a link with a token of Olga's of one kind."""
    secret = web_app.settings.secret.get_secret_value().encode()
    token = reply_token.sign_token(secret, REVIEW, OLGA, kind=kind)
    web_app.archive.notifications.add_reply_address(token, REVIEW, OLGA, "", kind)
    return f"/unsubscribe/{token}"


@pytest.fixture(params=[TokenKind.UNSUBSCRIBE, TokenKind.EARLIER])
def address(web_app: WebApp, request: pytest.FixtureRequest) -> str:
    """Return where the button of a notification to Olga leads, in emails of now and of before."""
    return build_link(web_app, request.param)


def is_weekly(web_app: WebApp) -> bool:
    """Return whether Olga's reminders come once a week."""
    return web_app.archive.people.load_people()[OLGA].weekly


def test_one_click_makes_reminders_weekly_and_another_undoes_it(
    web_app: WebApp, address: str
) -> None:
    clicked = web_app.client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    assert is_weekly(web_app)

    web_app.client.post(f"{address}?often=yes")

    assert not is_weekly(web_app)


def test_to_look_at_the_page_changes_nothing(web_app: WebApp, address: str) -> None:
    page = web_app.client.get(address)

    assert page.status_code == 200
    assert "Switch to weekly reminders" in page.text
    assert not is_weekly(web_app)


@pytest.mark.parametrize("kind", [TokenKind.REPLY, TokenKind.MESSAGE, TokenKind.MEETING])
def test_a_token_for_something_else_unsubscribes_nobody(web_app: WebApp, kind: TokenKind) -> None:
    link = build_link(web_app, kind)

    assert web_app.client.post(link).status_code == 404
    assert web_app.client.get(link).status_code == 404
    assert not is_weekly(web_app)


def test_a_notification_that_was_never_written_unsubscribes_nobody(web_app: WebApp) -> None:
    kind = TokenKind.UNSUBSCRIBE
    forged = reply_token.sign_token(b"another secret", REVIEW, OLGA, kind=kind)
    web_app.archive.notifications.add_reply_address(forged, REVIEW, OLGA, "", kind)

    assert web_app.client.post(f"/unsubscribe/{forged}").status_code == 404
    assert web_app.client.post("/unsubscribe/nonsense").status_code == 404
    assert not is_weekly(web_app)
