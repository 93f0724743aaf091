"""Signing in and out with a real browser: cookies, links from elsewhere, two clicks, and “back”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.sample_people import ADA
from tests.sample_reviews import build_drafted
from tests.web.chromium import Browser, open_chromium
from tests.web.pages.sign_in.test_mail_link import build_link, list_requests
from tests.web.pages.test_decision_in_browser import serve
from tests.web.web_app import WebApp

NAME = "document.querySelector('.who a').textContent"
TITLE = "document.querySelector('h1').textContent"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all tests."""
    with open_chromium() as opened:
        yield opened


@pytest.fixture
def fresh(browser: Browser) -> Browser:
    """Return the browser without a cookie."""
    browser.command("Network.clearBrowserCookies")
    return browser


def use_address(web_app: WebApp, address: str) -> None:
    """Let the app know the address at which the browser reaches it."""
    web = web_app.settings.web.model_copy(update={"url": address})
    settings = web_app.settings.model_copy(update={"web": web})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)


def ask(web_app: WebApp, browser: Browser, address: str) -> str:
    """Return the link that is emailed to whoever types Ada's address."""
    browser.open(f"{address}/reviews")
    browser.click(".who a")
    browser.type_text("#address", ADA)
    browser.click("form.sign-in button")
    browser.wait_for(TITLE, "Look into your mail")
    return address + build_link(web_app, list_requests(web_app)[-1])


def test_a_person_signs_in_comes_back_and_out_and_back_shows_nothing(
    web_app: WebApp, fresh: Browser
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    with serve(web_app) as address:
        use_address(web_app, address)
        link = ask(web_app, fresh, address)
        fresh.open("about:blank")
        fresh.open(link)
        assert fresh.evaluate(TITLE) == "Sign in as Ada Lind?"
        fresh.click("form.sign-in button")
        fresh.wait_for("location.pathname", "/reviews")
        assert fresh.evaluate(NAME) == "Ada Lind"
        assert fresh.evaluate("document.cookie") == ""

        fresh.open(f"{address}/me/sessions")
        assert "Chrome on Linux" in fresh.evaluate("document.querySelector('main').textContent")
        fresh.click(".who button")
        fresh.wait_for("location.pathname", "/")
        fresh.evaluate("history.back()")
        fresh.wait_for(TITLE, "This is for people who are signed in.")

        fresh.open(link)
        assert fresh.evaluate(TITLE) == "This is not the browser that asked"


def test_two_clicks_on_the_button_sign_in_once(web_app: WebApp, fresh: Browser) -> None:
    with serve(web_app) as address:
        use_address(web_app, address)
        fresh.open(ask(web_app, fresh, address))
        button = "document.querySelector('form.sign-in button')"
        fresh.evaluate(f"({button}.click(), {button}.click())")
        fresh.wait_for(
            "location.pathname.startsWith('/sign-in/mail') ? '' : location.pathname", "/reviews"
        )

        idle = web_app.settings.sessions.limits.idle
        assert len(web_app.archive.sessions.list_sessions(ADA, web_app.now, idle)) == 1


def test_another_browser_gets_a_link_of_its_own(web_app: WebApp, fresh: Browser) -> None:
    with serve(web_app) as address:
        use_address(web_app, address)
        link = ask(web_app, fresh, address)
        fresh.command("Network.clearBrowserCookies")
        fresh.open(link)
        assert fresh.evaluate(TITLE) == "This is not the browser that asked"
        web_app.now = web_app.now.replace(minute=web_app.now.minute + 1)
        fresh.click("form.sign-in button")
        fresh.wait_for(TITLE, "Look into your mail")
        fresh.open(address + build_link(web_app, list_requests(web_app)[-1]))
        fresh.click("form.sign-in button")
        fresh.wait_for("location.pathname", "/reviews")
        assert fresh.evaluate(NAME) == "Ada Lind"
