"""The link in the email about a token ends it, without any other token, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mail.token_emails import build_announcement
from models.access.tokens import Token
from models.audit.audit_event import AuditKind
from tests.sample_people import ADA, COORDINATOR, OLGA, PEOPLE
from tests.web.web_app import SETUP, WebApp
from tests.workflows.workflow_stack import SITE


@pytest.fixture
def token(web_app: WebApp) -> Token:
    """Return a token that the coordinator made for Olga."""
    made = web_app.post("tokens", {"name": "olgas", "person": OLGA}, by=SETUP)
    web_app.tokens["olgas"] = made.json()["token"]
    return find_token(web_app)


def find_token(web_app: WebApp) -> Token:
    return next(each for each in web_app.archive.tokens.list_tokens() if each.name == "olgas")


def find_link(web_app: WebApp, token: Token) -> str:
    secret = web_app.settings.secret.get_secret_value().encode()
    site = type(SITE)(
        sender=SITE.sender, domain=SITE.domain, url="http://testserver", secret=secret
    )
    people = PEOPLE[OLGA], PEOPLE[COORDINATOR]
    text = build_announcement(token, *people, site, web_app.now).get_content()
    found = re.search(r"http://testserver(/end-token/\S+)", text)
    assert found is not None
    return found[1]


def test_the_page_asks_first_and_then_ends_the_token(web_app: WebApp, token: Token) -> None:
    link = find_link(web_app, token)

    asked = web_app.client.get(link)
    still_valid = web_app.get("me", by="olgas").status_code
    done = web_app.client.post(link)

    assert "End the token “olgas”?" in asked.text
    assert asked.headers["Referrer-Policy"] == "no-referrer"
    assert still_valid == 200
    assert "The token has ended" in done.text
    assert web_app.get("me", by="olgas").status_code == 401
    event = web_app.archive.audit.find_newest()
    assert event is not None
    assert (event.kind, event.by, event.channel) == (AuditKind.TOKEN_REVOKED, OLGA, "link")


def test_the_link_still_ends_it_after_it_was_rotated(web_app: WebApp, token: Token) -> None:
    link = find_link(web_app, token)
    web_app.now += timedelta(days=2)
    new = web_app.post("tokens/olgas/rotate", {}, by="olgas").json()["token"]
    web_app.tokens["new"] = new

    web_app.client.post(link)

    assert {web_app.get("me", by=name).status_code for name in ("olgas", "new")} == {401}


def test_a_link_that_we_did_not_make_ends_nothing(web_app: WebApp, token: Token) -> None:
    link = find_link(web_app, token)
    web_app.add_token("adas", ADA)

    wrong = [f"{link[:-1]}{'a' if link[-1] != 'a' else 'b'}", "/end-token/olgas", f"{link}x"]

    assert {web_app.client.post(each).status_code for each in wrong} == {404}
    assert web_app.get("me", by="olgas").status_code == 200
    assert web_app.get("me", by="adas").status_code == 200
