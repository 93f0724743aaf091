"""A proxy of ours says who somebody is; nobody else does, however they try."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from models.access.session import SignInWay
from models.audit.audit_event import AuditKind
from settings import WebSection
from tests.sample_people import ADA, COORDINATOR, OLGA
from tests.web.pages.sign_in.test_my_sessions import SESSIONS, find_form
from tests.web.web_app import WebApp

HEADER = "X-Auth-Request-Email"
PROXY, STRANGER = "10.0.0.7", "192.0.2.66"
AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


@pytest.fixture
def proxied_app(web_app: WebApp) -> WebApp:
    """Return the app behind a proxy that says whom it has signed in."""
    changes: dict[str, Any] = {"proxy_header": HEADER, "proxy_addresses": (f"{PROXY}/32",)}
    changes |= {"trusted_proxies": (f"{PROXY}/32",)}
    web = web_app.settings.web.model_copy(update=changes)
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)
    return web_app


@pytest.fixture
def proxy(proxied_app: WebApp) -> TestClient:
    return TestClient(proxied_app.app, client=(PROXY, 1234), headers=AGENT)


@pytest.fixture
def stranger(proxied_app: WebApp) -> TestClient:
    return TestClient(proxied_app.app, client=(STRANGER, 1234), headers=AGENT)


def list_sessions(web_app: WebApp, person: str = ADA) -> Any:
    idle = web_app.settings.sessions.limits.idle
    return web_app.archive.sessions.list_sessions(person, web_app.now, idle)


def test_whom_the_proxy_names_is_signed_in_without_a_cookie(
    proxied_app: WebApp, proxy: TestClient
) -> None:
    page = proxy.get("/", headers={HEADER: " Ada@Example.org "})

    assert "Ada Lind" in page.text
    assert "Sign out" not in page.text
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "private, no-store"
    (session,) = list_sessions(proxied_app)
    assert (session.way, session.agent) == (SignInWay.PROXY, "Firefox on Linux")
    newest = proxied_app.archive.audit.find_newest(AuditKind.SIGNED_IN)
    assert newest is not None
    assert newest.text == "by the proxy in front, Firefox on Linux"


def test_each_browser_and_place_is_one_session(proxied_app: WebApp, proxy: TestClient) -> None:
    for minutes in range(3):
        proxied_app.now += timedelta(minutes=minutes)
        proxy.get("/", headers={HEADER: ADA})
    proxy.get("/", headers={HEADER: ADA, "x-forwarded-for": "198.51.100.9"})

    places = {session.origin for session in list_sessions(proxied_app)}
    assert places == {PROXY, "198.51.100.9"}
    assert len(list_sessions(proxied_app)) == 2


def test_without_the_header_nobody_is_signed_in(proxied_app: WebApp, proxy: TestClient) -> None:
    proxy.get("/", headers={HEADER: ADA})

    assert proxy.get(SESSIONS).status_code == 401
    assert len(list_sessions(proxied_app)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"x-forwarded-for": PROXY},
        {"x-real-ip": PROXY},
        {"forwarded": f"for={PROXY}"},
        {"x-forwarded-for": f"{PROXY}, {PROXY}"},
    ],
    ids=str,
)
def test_from_anybody_else_the_header_is_ignored_and_logged(
    proxied_app: WebApp,
    stranger: TestClient,
    more: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)

    answers = [stranger.get(SESSIONS, headers={HEADER: ADA} | more) for _ in range(20)]

    assert {answer.status_code for answer in answers} == {401}
    assert list_sessions(proxied_app) == ()
    ignored = [each for each in caplog.messages if "was ignored" in each]
    assert ignored[0] == f"{HEADER} from {STRANGER} was ignored: see web.proxy_addresses"
    assert len(ignored) < 10


@pytest.mark.parametrize(
    "values", [[ADA, OLGA], [f"{ADA}, {OLGA}"], [""], ["ada"], ["é"], [ADA, ""], ["\x7f@x.example"]]
)
def test_what_is_not_exactly_one_address_is_nobodys(
    proxied_app: WebApp, proxy: TestClient, values: list[str]
) -> None:
    headers = [(HEADER.encode(), value.encode()) for value in values]

    assert proxy.get(SESSIONS, headers=headers).status_code == 401
    assert list_sessions(proxied_app) == ()


@pytest.mark.parametrize(
    "values",
    [
        *(["eve@example.org"], [OLGA], ["nonsense"], [""], ["  "], [ADA, ADA], ["", ""]),
        *(["eve@example.org", ADA], [f"{ADA},{ADA}"], ["é@example.org"], ["ada@"], ["a" * 5000]),
    ],
    ids=lambda values: repr(values)[:40],
)
def test_whom_the_proxy_names_is_never_replaced_by_whose_cookie_is_there(
    proxied_app: WebApp, proxy: TestClient, values: list[str]
) -> None:
    proxied_app.archive.people.merge_people([{"address": OLGA, "gone": True}])
    proxied_app.sign_in(ADA)
    proxy.cookies.update(proxied_app.client.cookies)
    headers = [(HEADER.encode(), value.encode()) for value in values]

    assert proxy.get(SESSIONS).status_code == 200
    assert proxy.get(SESSIONS, headers=headers).status_code == 401
    assert "Ada Lind" not in proxy.get("/", headers=headers).text


def test_whom_the_proxy_names_counts_before_a_cookie(
    proxied_app: WebApp, proxy: TestClient, stranger: TestClient
) -> None:
    proxied_app.sign_in(ADA)
    for client in (proxy, stranger):
        client.cookies.update(proxied_app.client.cookies)

    named, ignored = (client.get("/", headers={HEADER: OLGA}) for client in (proxy, stranger))

    assert ("Olga" in named.text, "Ada Lind" in named.text) == (True, False)
    assert ("Olga" in ignored.text, "Ada Lind" in ignored.text) == (False, True)


@pytest.mark.parametrize("other", ["X_Auth_Request_Email", "X-Auth-Request-User", "Remote-User"])
@pytest.mark.usefixtures("proxied_app")
def test_another_header_says_nothing(proxy: TestClient, other: str) -> None:
    assert proxy.get(SESSIONS, headers={other: ADA}).status_code == 401


@pytest.mark.usefixtures("proxied_app")
def test_who_is_not_known_or_has_left_is_not_signed_in(
    proxied_app: WebApp, proxy: TestClient
) -> None:
    proxied_app.archive.people.merge_people([{"address": OLGA, "gone": True}])

    assert [
        proxy.get(SESSIONS, headers={HEADER: who}).status_code
        for who in (OLGA, "eve@example.org", COORDINATOR)
    ] == [401, 401, 200]


def test_the_header_opens_nothing_of_the_api(proxy: TestClient) -> None:
    assert proxy.get("/api/reviews", headers={HEADER: COORDINATOR}).status_code == 401


def test_a_form_needs_its_token_as_ever(proxied_app: WebApp, proxy: TestClient) -> None:
    page = proxy.get(SESSIONS, headers={HEADER: ADA}).text
    form = find_form(page, f"{SESSIONS}/end-all")

    def send(data: dict[str, str], who: str) -> int:
        answer = proxy.post(
            f"{SESSIONS}/end-all", data=data, headers={HEADER: who}, follow_redirects=False
        )
        return answer.status_code

    assert [send({}, ADA), send(form, OLGA), send(form, ADA)] == [403, 403, 303]
    assert list_sessions(proxied_app) == ()


def test_a_header_without_an_address_that_may_send_it_stops_the_start() -> None:
    with pytest.raises(ValidationError, match="proxy_addresses is empty"):
        WebSection(proxy_header=HEADER)


@pytest.mark.parametrize("name", ["X Auth", "X-Auth:", "é", "X_Auth"])
def test_a_header_that_is_none_stops_the_start(name: str) -> None:
    with pytest.raises(ValidationError, match="no name of a header"):
        WebSection(proxy_header=name, proxy_addresses=("10.0.0.7",))
