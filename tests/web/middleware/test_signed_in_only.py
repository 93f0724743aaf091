"""Where pages are only for those who are signed in, everybody else is asked to, and comes back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.sample_people import ADA, INCIDENT
from tests.sample_reviews import build_drafted
from tests.web.pages.sign_in.test_my_sessions import send
from tests.web.test_restricted_reviews import list_routes
from tests.web.web_app import REVIEW, WebApp
from web.guards.return_path import SIGN_IN_PATH
from web.guards.secret_paths import SECRET_PATHS
from web.middleware.page_sessions import OPEN_PATHS, PATHS_WITHOUT_SESSION

WITHOUT = (*PATHS_WITHOUT_SESSION, *SECRET_PATHS, *OPEN_PATHS, "/api")


@pytest.fixture
def closed_app(web_app: WebApp) -> WebApp:
    """Return the app, whose pages are only for those who are signed in."""
    web = web_app.settings.web.model_copy(update={"read": "signed-in"})
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)
    web_app.review_client.add_review(build_drafted().review)
    return web_app


def list_pages(web_app: WebApp) -> set[tuple[str, str]]:
    """Return method and path of every route that a session is for."""
    filled = (
        (method, re.sub(r"{\w+(:\w+)?}", REVIEW, path)) for method, path in list_routes(web_app)
    )
    return {(method, path) for method, path in filled if not path.startswith(WITHOUT)}


def test_every_page_there_is_asks_to_sign_in(closed_app: WebApp) -> None:
    pages = list_pages(closed_app)

    for method, path in pages:
        answer = closed_app.client.request(method, path, follow_redirects=False)
        if method in ("GET", "HEAD"):
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith(SIGN_IN_PATH), path
        else:
            assert answer.status_code == 401, path
            assert "people who are signed in" in answer.text
        assert INCIDENT.title not in answer.text

    assert {("GET", "/"), ("GET", "/reviews"), ("POST", f"/reviews/{REVIEW}/contribute")} <= pages


def test_what_is_not_there_asks_the_same(closed_app: WebApp) -> None:
    answer = closed_app.client.get("/reviews/none", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in?next=%2Freviews%2Fnone"


def test_one_comes_back_with_the_whole_address(closed_app: WebApp) -> None:
    answer = closed_app.client.get("/reviews?q=a%20b&stage=draft", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in?next=%2Freviews%3Fq%3Da%2520b%26stage%3Ddraft"


def test_who_is_signed_in_reads_and_sends(closed_app: WebApp) -> None:
    closed_app.sign_in(ADA)

    assert closed_app.client.get(f"/reviews/{REVIEW}", follow_redirects=False).status_code == 200
    path = f"/reviews/{REVIEW}/contribute"
    answer = closed_app.client.post(
        path, data={"text": "I was there"}, headers={"sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 200),
        ("/sign-in/sent", 200),
        ("/sign-in/mail/x.y", 404),
        ("/static/afterword.css", 200),
        ("/healthz", 200),
        ("/.well-known/security.txt", 200),
        ("/decide/x.y", 404),
        ("/unsubscribe/x", 404),
        ("/end-token/x", 404),
        ("/api/reviews", 401),
    ],
)
def test_what_has_to_be_reached_without_is(closed_app: WebApp, path: str, status: int) -> None:
    assert closed_app.client.get(path, follow_redirects=False).status_code == status


@pytest.mark.parametrize("path", ["/sign-inside", "/sign-in.x", "/.well-known/security.txt.x"])
def test_what_only_begins_so_is_no_exception(closed_app: WebApp, path: str) -> None:
    assert closed_app.client.get(path, follow_redirects=False).status_code == 303


def test_tokens_open_the_api_as_before(closed_app: WebApp) -> None:
    assert closed_app.get("reviews").status_code == 200


def test_signing_out_leads_to_the_form(closed_app: WebApp) -> None:
    assert send(closed_app, "/sign-out").headers["location"] == "/"
    assert closed_app.client.get("/").url.path == SIGN_IN_PATH
