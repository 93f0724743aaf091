"""What is asked under another name, or sent by another website, goes no further."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from settings import WebSection
from tests.sample_people import FAY
from tests.sample_reviews import build_drafted
from tests.web.hooks.test_generic_hook import build_payload, post_hook
from tests.web.test_restricted_reviews import list_routes
from tests.web.web_app import REVIEW, WebApp
from web.guards.form_token import LIFETIME, build_form_token, is_form_token
from web.guards.own_site import list_own_hosts
from web.middleware.site_guard import SIGNED_PATHS

PAGE = f"/reviews/{REVIEW}/contribute"
FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    {"origin": "https://evil.example"},
    {"origin": "http://testserver.evil.example"},
    {"origin": "http://testserver:81"},
    {"origin": "nonsense"},
    {"origin": "http://["},
)
OWN: tuple[dict[str, str], ...] = (
    {},
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": "http://testserver"},
    {"origin": "http://127.0.0.1:8600"},
    {"origin": "null"},
)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "eviltestserver",
        "127.0.0.1.nip.io",
        "[::2]",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "localhost/evil.example",
        "evil.example#testserver",
        "[",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/reviews", "/postbox", "/static/afterword.css"])
def test_under_another_name_nothing_is_answered(web_app: WebApp, host: str, path: str) -> None:
    answer = web_app.client.get(path, headers={"host": host})

    assert (answer.status_code, answer.json()["code"]) == (421, "wrong-host")
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "host",
    ["testserver", "TESTSERVER:8600", "localhost", "localhost:9", "127.0.0.1:8600", "[::1]:8600"],
)
def test_its_own_names_and_those_of_this_machine_are_answered(web_app: WebApp, host: str) -> None:
    assert web_app.client.get("/", headers={"host": host}).status_code == 200


def test_load_balancers_ask_for_health_by_whatever_address(web_app: WebApp) -> None:
    assert web_app.client.get("/healthz", headers={"host": "10.0.0.7"}).status_code == 200


def test_the_names_are_those_of_the_settings() -> None:
    web = WebSection(
        host="192.0.2.7", url="https://Afterword.example.org:8443", allowed_hosts=("Internal",)
    )
    everywhere = WebSection(host="::")

    assert {"192.0.2.7", "afterword.example.org", "internal", "::1"} <= list_own_hosts(web)
    assert list_own_hosts(everywhere) == {"localhost", "127.0.0.1", "::1"}


@pytest.mark.parametrize("name", ["http://x.org", "x.org:80", "x.org/", "", "*", "a b"])
def test_a_name_that_is_none_stops_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a host"):
        WebSection(allowed_hosts=(name,))


def list_writing_paths(web_app: WebApp) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route that changes something, with something in its gaps."""
    for method, path in list_routes(web_app):
        filled = path.replace("{review}", REVIEW).replace("{name}", REVIEW)
        if method not in ("GET", "HEAD") and not path.startswith(SIGNED_PATHS):
            yield method, filled.replace("{token}", "t.t")


@pytest.mark.parametrize("headers", FOREIGN)
def test_no_other_site_sends_anything_on_any_route(
    web_app: WebApp, headers: dict[str, str]
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    whole = web_app.build_auth_header(FAY) | headers

    answers = [
        web_app.client.request(method, path, headers=whole, json={"text": "x"})
        for method, path in list_writing_paths(web_app)
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["code"] for answer in answers} == {"cross-site"}
    assert len(answers) > 50


@pytest.mark.parametrize("headers", OWN)
def test_our_own_pages_and_programs_send_what_they_like(
    web_app: WebApp, headers: dict[str, str]
) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.client.post(PAGE, data={"text": "x"}, headers=headers)

    assert answer.status_code == 200


@pytest.mark.parametrize("headers", FOREIGN)
def test_other_sites_may_link_to_ours(web_app: WebApp, headers: dict[str, str]) -> None:
    assert web_app.client.get("/", headers=headers).status_code == 200


def test_what_is_signed_comes_from_wherever_it_comes(web_app: WebApp) -> None:
    answer = post_hook(web_app, build_payload(), headers={"origin": "https://tool.example"})

    assert answer.status_code == 201


def read_token(web_app: WebApp, path: str) -> str:
    """Return the token in the form of a page."""
    page = web_app.client.get(path).text
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def test_what_comes_with_a_cookie_needs_the_token_of_its_form(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    token = read_token(web_app, PAGE)
    cookie = {"cookie": "session=1", "origin": "null"}

    def send(form_token: str) -> Any:
        data = {"text": "x", "form_token": form_token}
        return web_app.client.post(PAGE, data=data, headers=cookie).status_code

    assert send("") == 403
    assert send(token.replace(".", ".0")) == 403
    assert send(token) == 200
    web_app.now += LIFETIME + timedelta(seconds=1)
    assert send(token) == 403


def test_a_token_is_for_one_address_one_session_and_two_days(web_app: WebApp) -> None:
    now, secret = web_app.now, b"secret"
    token = build_form_token(secret, "/a", "s1", now)

    assert is_form_token(secret, token, "/a", "s1", now)
    assert not is_form_token(secret, token, "/b", "s1", now)
    assert not is_form_token(secret, token, "/a", "s2", now)
    assert not is_form_token(b"other", token, "/a", "s1", now)
    assert not is_form_token(secret, token, "/a", "s1", now + LIFETIME + timedelta(seconds=1))
    for forged in ("", ".", "1", f"９.{token.partition('.')[2]}", f"{'9' * 40}.x", "ü.ü"):
        assert not is_form_token(secret, forged, "/a", "s1", now)


@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_no_redirect_takes_the_host_that_was_asked(web_app: WebApp, slash: str) -> None:
    web_app.review_client.add_review(build_drafted().review)
    headers = {"host": "localhost", "x-forwarded-host": "evil.example", "forwarded": "host=e.ex"}

    for _, path in list_routes(web_app):
        filled = path.replace("{review}", REVIEW).replace("{name}", REVIEW) + slash
        answer = web_app.client.get(filled, headers=headers, follow_redirects=False)
        location = answer.headers.get("location", "/")
        assert location.startswith("/")
        assert not location.startswith("//")
        assert "evil.example" not in answer.text


def test_every_answer_is_neither_framed_nor_cached(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    for method, path in list_routes(web_app):
        filled = path.replace("{review}", REVIEW).replace("{name}", REVIEW)
        headers = web_app.client.request(method, filled).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
