"""Signing in by a link in an email: once, soon, and in the browser that asked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from mail.common.mail_settings import MailSettings
from mail.sign_in_email import LINK_PATH, build_sign_in_link
from models.access.sign_in_request import SignInRequest
from models.audit.audit_event import AuditKind
from register.tables import sign_in_requests
from rules.access.sign_in_links import SECOND_CLICK
from settings import WebSection
from tests.sample_people import ADA, COORDINATOR, OLGA
from tests.web.pages.sign_in.test_my_sessions import find_form, is_signed_in
from tests.web.test_restricted_reviews import record_work
from tests.web.web_app import WebApp
from web.guards.own_cookies import BROWSER_COOKIE, SESSION_COOKIE
from web.guards.rate_limits import SIGN_IN_EMAILS, SIGN_IN_REQUESTS

SIGN_IN, SENT = "/sign-in", "/sign-in/sent"
STRANGER = "eve@example.org"
BROWSER = BROWSER_COOKIE.plain_name
OWN_PAGE = {"sec-fetch-site": "same-origin"}
"""What a browser says of a form that was sent from a page of ours."""


def list_requests(web_app: WebApp) -> list[SignInRequest]:
    """List all requests, the newest last."""
    with web_app.engine.connect() as connection:
        rows = connection.execute(select(sign_in_requests)).mappings().all()
    return sorted((SignInRequest(**row) for row in rows), key=lambda each: each.asked_at)


def send(web_app: WebApp, path: str, **form: str) -> Any:
    return web_app.client.post(path, data=form, headers=OWN_PAGE, follow_redirects=False)


def ask(web_app: WebApp, address: str = ADA, return_path: str = "/reviews") -> Any:
    return send(web_app, SIGN_IN, address=address, next=return_path)


def build_link(web_app: WebApp, request: SignInRequest) -> str:
    """Return the path that the email to whoever asked has."""
    secret = web_app.settings.secret.get_secret_value().encode()
    site = MailSettings(sender="", domain="", url="", secret=secret)
    return build_sign_in_link(request.id, site)


def ask_for_link(web_app: WebApp, address: str = ADA, return_path: str = "/reviews") -> str:
    """Return the path of the link that is emailed to whoever asks now."""
    web_app.now += timedelta(seconds=1)
    assert ask(web_app, address, return_path).headers["location"] == SENT
    return build_link(web_app, list_requests(web_app)[-1])


@pytest.fixture
def other_browser(web_app: WebApp) -> Iterator[TestClient]:
    with TestClient(web_app.app, raise_server_exceptions=False, headers=OWN_PAGE) as client:
        yield client


def test_a_person_signs_in_by_a_link_and_comes_back_to_where_they_wanted_to_go(
    each_web_app: WebApp,
) -> None:
    link = ask_for_link(each_web_app, return_path="/reviews?stage=draft")

    page = each_web_app.client.get(link)
    answer = send(each_web_app, link)

    assert "Sign in as Ada Lind?" in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews?stage=draft")
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "path=/", "max-age=7776000"))
    assert "secure" not in cookie
    assert is_signed_in(each_web_app)
    newest = each_web_app.archive.audit.find_newest(AuditKind.SIGNED_IN)
    assert newest is not None
    assert (newest.by, newest.channel) == (ADA, "web")
    assert newest.text.startswith("by a link in an email")


def test_the_cookies_are_for_this_host_and_https_where_people_use_it(web_app: WebApp) -> None:
    web = WebSection(url="https://testserver", allowed_hosts=("testserver",))
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)
    asked = ask(web_app)
    browser = asked.headers["set-cookie"].partition("=")[2].partition(";")[0]
    link = build_link(web_app, list_requests(web_app)[-1])
    name = f"{BROWSER_COOKIE.secure_name}={browser}"

    answer = web_app.client.post(link, headers=OWN_PAGE | {"cookie": name}, follow_redirects=False)

    cookies = [asked.headers["set-cookie"], *answer.headers.get_list("set-cookie")]
    assert len(cookies) == 3
    assert all(cookie.startswith("__Host-afterword") for cookie in cookies)
    assert all(word in each for each in cookies for word in ("Secure", "HttpOnly", "Path=/"))


def test_opening_a_link_signs_nobody_in_however_often_scanners_do(web_app: WebApp) -> None:
    link = ask_for_link(web_app)

    answers = [web_app.client.request(method, link) for method in ("GET", "HEAD", "GET")]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("set-cookie" in answer.headers for answer in answers)
    assert answers[0].headers["referrer-policy"] == "no-referrer"
    assert not is_signed_in(web_app)
    assert send(web_app, link).status_code == 303


def test_known_and_unknown_addresses_get_the_same_answer_by_the_same_work(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.archive.people.merge_people([{"address": OLGA, "gone": True}])
    ask(web_app)  # which gives the browser its cookie

    seen = []
    with record_work(web_app, monkeypatch) as work:
        for address in (ADA, STRANGER, OLGA, COORDINATOR):
            work.clear()
            answer = ask(web_app, address)
            seen.append((answer.status_code, dict(answer.headers), answer.text, tuple(work)))

    assert seen[0][0] == 303
    assert len(seen[0][3]) > 1
    assert [each for each in seen if each != seen[0]] == []


@pytest.mark.parametrize("typed", ["", "ada", "@", "ada@", "<b>@x", "a" * 5000 + "@example.org"])
def test_what_is_no_address_is_told_beside_the_field(web_app: WebApp, typed: str) -> None:
    answer = ask(web_app, typed)

    assert answer.status_code == 400
    assert "no email address" in answer.text
    assert 'value="/reviews"' in answer.text
    assert list_requests(web_app) == []


def test_capitals_and_spaces_make_no_other_address(web_app: WebApp) -> None:
    assert "Ada Lind" in web_app.client.get(ask_for_link(web_app, " Ada@Example.ORG ")).text


def test_a_link_is_used_once(web_app: WebApp) -> None:
    link = ask_for_link(web_app)
    browser = web_app.client.cookies[BROWSER]
    send(web_app, link)
    web_app.client.cookies.clear()
    web_app.client.cookies.set(BROWSER, browser)
    web_app.now += SECOND_CLICK

    again = [web_app.client.get(link), send(web_app, link)]

    assert [answer.status_code for answer in again] == [410, 410]
    assert "used already" in again[0].text
    assert not is_signed_in(web_app)


def test_who_presses_back_and_the_button_again_is_sent_on(web_app: WebApp) -> None:
    link = ask_for_link(web_app)
    browser = web_app.client.cookies[BROWSER]
    send(web_app, link)
    web_app.client.cookies.set(BROWSER, browser)

    again = [web_app.client.get(link, follow_redirects=False), send(web_app, link)]

    assert [answer.headers["location"] for answer in again] == ["/reviews"] * 2
    sessions = web_app.archive.sessions.list_sessions(
        ADA, web_app.now, web_app.settings.sessions.limits.idle
    )
    assert len(sessions) == 1


def test_of_many_at_a_time_one_is_signed_in(each_web_app: WebApp) -> None:
    link = ask_for_link(each_web_app)
    cookie = OWN_PAGE | {"cookie": f"{BROWSER}={each_web_app.client.cookies[BROWSER]}"}

    def use(_: int) -> str:
        client = TestClient(each_web_app.app, raise_server_exceptions=False)
        answer = client.post(link, headers=cookie, follow_redirects=False)
        return answer.headers.get("set-cookie", "")

    with ThreadPoolExecutor(4) as threads:
        given = {
            each.partition(";")[0]
            for each in threads.map(use, range(8))
            if SESSION_COOKIE.plain_name in each
        }

    limits = each_web_app.settings.sessions.limits
    sessions = each_web_app.archive.sessions.list_sessions(ADA, each_web_app.now, limits.idle)
    assert (len(given), len(sessions)) == (1, 1)


def test_a_button_that_is_pressed_twice_signs_in_once_whichever_answer_arrives(
    web_app: WebApp,
) -> None:
    link = ask_for_link(web_app)
    cookie = {"cookie": f"{BROWSER}={web_app.client.cookies[BROWSER]}"}

    answers = [
        web_app.client.post(link, headers=OWN_PAGE | cookie, follow_redirects=False)
        for _ in range(2)
    ]

    secrets = {answer.headers.get_list("set-cookie")[0].partition(";")[0] for answer in answers}
    assert [answer.headers["location"] for answer in answers] == ["/reviews"] * 2
    assert len(secrets) == 1


def test_who_has_signed_out_is_not_signed_in_by_pressing_again(web_app: WebApp) -> None:
    link = ask_for_link(web_app)
    browser = web_app.client.cookies[BROWSER]
    send(web_app, link)
    form = find_form(web_app.client.get("/").text, "/sign-out")
    send(web_app, "/sign-out", **form)
    web_app.client.cookies.set(BROWSER, browser)

    assert send(web_app, link).status_code == 410
    assert not is_signed_in(web_app)


def test_another_browser_is_told_kindly_and_gets_a_link_of_its_own(
    web_app: WebApp, other_browser: TestClient
) -> None:
    link = ask_for_link(web_app)

    page = other_browser.get(link)
    answer = other_browser.post(link, follow_redirects=False)

    assert (page.status_code, answer.status_code) == (403, 403)
    assert "not the browser that asked" in page.text
    assert "set-cookie" not in answer.headers
    again = find_form(page.text, SIGN_IN)
    assert again["next"] == "/reviews"
    asked = other_browser.post(SIGN_IN, data=again | {"address": ADA}, follow_redirects=False)
    assert asked.headers["location"] == SENT
    own = build_link(web_app, list_requests(web_app)[-1])
    assert other_browser.post(own, follow_redirects=False).status_code == 303
    assert send(web_app, link).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "y" * 43, "é", "x" * 5000])
def test_a_cookie_that_somebody_chose_opens_no_link(
    web_app: WebApp, other_browser: TestClient, cookie: str
) -> None:
    link = ask_for_link(web_app)

    header = {b"cookie": f"{BROWSER}={cookie}".encode()}

    assert other_browser.post(link, headers=header, follow_redirects=False).status_code == 403


def test_a_link_is_too_old_after_a_quarter_of_an_hour(web_app: WebApp) -> None:
    link = ask_for_link(web_app)
    web_app.now += timedelta(minutes=15)

    answers = [web_app.client.get(link), send(web_app, link)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "too old" in answers[0].text
    assert not is_signed_in(web_app)


def test_two_links_of_one_browser_are_both_good_until_one_is_used(web_app: WebApp) -> None:
    first, second = ask_for_link(web_app), ask_for_link(web_app)

    assert [web_app.client.get(link).status_code for link in (first, second)] == [200, 200]
    send(web_app, first)
    assert is_signed_in(web_app)
    web_app.client.cookies.delete(SESSION_COOKIE.plain_name)
    assert send(web_app, second).status_code in (403, 410)


def test_who_has_left_meanwhile_is_not_signed_in(web_app: WebApp) -> None:
    link = ask_for_link(web_app, OLGA)
    web_app.archive.people.merge_people([{"address": OLGA, "gone": True}])

    assert [web_app.client.get(link).status_code, send(web_app, link).status_code] == [404, 404]


def test_a_link_to_somebody_who_was_never_known_signs_nobody_in(web_app: WebApp) -> None:
    link = ask_for_link(web_app, STRANGER)

    assert send(web_app, link).status_code == 404


@pytest.mark.parametrize("link", ["x", "x.y", "%00", "a" * 500, "x." + "a" * 26])
def test_links_that_we_never_made_lead_nowhere_and_are_counted(web_app: WebApp, link: str) -> None:
    path = f"{LINK_PATH}{link}"

    answers = [web_app.client.get(path).status_code for _ in range(25)]

    assert (answers[0], answers[-1]) == (404, 429)


def test_who_signs_in_by_a_link_never_keeps_the_session_of_before(web_app: WebApp) -> None:
    planted = web_app.sign_in(OLGA)
    link = ask_for_link(web_app)

    send(web_app, link)

    secrets = {cookie.value for cookie in web_app.client.cookies.jar}
    limits = web_app.settings.sessions.limits
    assert web_app.archive.sessions.find_session(planted, web_app.now, limits.idle) is None
    assert secrets - {planted}


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example"])
def test_no_link_leads_to_another_site(web_app: WebApp, path: str) -> None:
    link = ask_for_link(web_app, return_path=path)
    shown = web_app.client.get(SIGN_IN, params={"next": path}).text

    assert "evil.example" not in shown
    assert send(web_app, link).headers["location"] == "/"


def test_who_is_signed_in_already_is_sent_on(web_app: WebApp) -> None:
    web_app.sign_in(ADA)

    answer = web_app.client.get(f"{SIGN_IN}?next=/reviews", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/reviews")


def test_each_page_leads_to_the_form_and_back_and_secret_ones_tell_nothing(
    web_app: WebApp,
) -> None:
    listed = web_app.client.get("/reviews?stage=draft").text
    decided = web_app.client.get("/decide/secret.token").text

    assert 'href="/sign-in?next=%2Freviews%3Fstage%3Ddraft"' in listed
    assert 'href="/sign-in"' in decided
    assert "next=" not in decided
    assert "Sign in</a>" not in web_app.client.get(SIGN_IN).text


def test_who_asks_too_often_waits_by_client(web_app: WebApp) -> None:
    for number in range(SIGN_IN_REQUESTS.burst):
        assert ask(web_app, f"p{number}@example.org").status_code == 303
    assert ask(web_app, "one-more@example.org").status_code == 429


def ask_from(web_app: WebApp, client: str, address: str = ADA) -> bool:
    """Return whether an email goes out for a request from somewhere, which is answered as ever."""
    before = {each.id for each in list_requests(web_app)}
    browser = TestClient(web_app.app, client=(client, 1234), headers=OWN_PAGE)
    answer = browser.post(SIGN_IN, data={"address": address}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, SENT)
    (request,) = (each for each in list_requests(web_app) if each.id not in before)
    return request.sent_at is None


@pytest.mark.parametrize("address", [ADA, STRANGER])
def test_an_address_gets_some_emails_and_whoever_asks_is_told_the_same(
    web_app: WebApp, address: str
) -> None:
    asked = [ask_from(web_app, "192.0.2.1", address) for _ in range(12)]
    web_app.now += timedelta(seconds=SIGN_IN_EMAILS.seconds)
    later = [ask_from(web_app, "192.0.2.1", address) for _ in range(3)]

    assert asked == [True] * SIGN_IN_EMAILS.burst + [False] * 7
    assert later == [True, False, False]


def test_nobody_keeps_somebody_else_from_signing_in(web_app: WebApp) -> None:
    link = ask_for_link(web_app)
    for _ in range(15):
        ask_from(web_app, "192.0.2.1")

    assert send(web_app, link).status_code == 303
    assert is_signed_in(web_app)
    assert [ask_from(web_app, "198.51.100.7") for _ in range(2)] == [True, False]
    assert ask_from(web_app, "192.0.2.1", OLGA)


def test_who_is_asked_for_all_day_by_others_still_gets_a_link_each_hour(web_app: WebApp) -> None:
    sent = []
    for minute in range(6 * 60):
        web_app.now += timedelta(minutes=1)
        ask_from(web_app, "192.0.2.1")
        if minute % 61 == 60:
            sent.append(ask_from(web_app, "198.51.100.7"))

    assert sent == [True] * 5


def test_many_clients_together_have_no_more_than_some_emails_sent_in_an_hour(
    web_app: WebApp,
) -> None:
    sent = 0
    for number in range(180):
        web_app.now += timedelta(seconds=20)
        sent += ask_from(web_app, f"192.0.2.{number}")

    assert 7 < sent <= 15


def test_what_comes_next_is_told_and_on_one_machine_where_to_look(web_app: WebApp) -> None:
    away = web_app.client.get(SENT).text
    web_app.app.state.context = replace(web_app.app.state.context, stays_here=True)
    here = web_app.client.get(SENT).text

    assert "in this browser" in away
    assert "/postbox" not in away
    assert 'href="/postbox"' in here


def test_another_site_signs_nobody_in_as_somebody_else(web_app: WebApp) -> None:
    link = ask_for_link(web_app)

    answer = web_app.client.post(link, headers={"origin": "https://evil.example"})

    assert answer.status_code == 403
    assert not is_signed_in(web_app)


def test_who_asks_under_another_name_is_led_to_where_links_lead(web_app: WebApp) -> None:
    elsewhere = web_app.client.get(SIGN_IN, params={"next": "/reviews"}).text
    own = web_app.client.get(SIGN_IN, headers={"host": "127.0.0.1:8600"}).text

    assert 'href="http://127.0.0.1:8600/sign-in?next=%2Freviews"' in elsewhere
    assert "another address" not in own
