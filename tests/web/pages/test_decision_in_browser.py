"""The page of a decision link in a real browser: its button, and what a hasty hand does with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from local.ports import open_listener
from models import commands
from models.people import Channel
from tests.sample_people import ADA, VERA
from tests.web.chromium import Browser, open_chromium
from tests.web.pages.test_decision_pages import (
    FINDING,
    build_claimed,
    build_path,
    get_review,
    store,
)
from tests.web.web_app import WebApp


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all tests."""
    with open_chromium() as opened:
        yield opened


@contextmanager
def serve(web_app: WebApp) -> Iterator[str]:
    """Serve the app to the browser, and yield its address."""
    listener = open_listener(0)
    config = uvicorn.Config(web_app.app, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def count_decisions(web_app: WebApp) -> int:
    return sum(event.channel is Channel.LINK for event in get_review(web_app).log)


def test_a_verifier_reads_types_and_presses_the_button(web_app: WebApp, browser: Browser) -> None:
    store(web_app, build_claimed())
    with serve(web_app) as address:
        browser.open(address + build_path(web_app, commands.Verify))
        assert count_decisions(web_app) == 0

        browser.type_text("#finding", FINDING)
        browser.click("form.decide button")

        browser.wait_for("document.querySelector('h1').textContent", "This decision is recorded")
    assert get_review(web_app).actions[0].status == "verified"
    assert get_review(web_app).log[-1].by == VERA


def test_a_field_that_is_needed_is_asked_for_before_anything_is_sent(
    web_app: WebApp, browser: Browser
) -> None:
    store(web_app, build_claimed())
    with serve(web_app) as address:
        browser.open(address + build_path(web_app, commands.Verify))

        browser.click("form.decide button")

        assert browser.evaluate("document.activeElement.id") == "finding"
        assert browser.evaluate("document.activeElement.validity.valueMissing") is True
    assert count_decisions(web_app) == 0


def test_a_double_click_and_going_back_decide_once(web_app: WebApp, browser: Browser) -> None:
    store(web_app, build_claimed())
    with serve(web_app) as address:
        path = build_path(web_app, commands.Drop, ADA, "A2")
        browser.open(address + path)
        browser.type_text("#reason", "It costs too much.")
        browser.type_text("#risk", "One outage a year.")

        browser.evaluate(
            "(() => { const b = document.querySelector('form.decide button'); "
            "b.click(); b.click(); })()"
        )
        browser.wait_for("document.querySelector('h1').textContent", "This decision is recorded")
        browser.open(address + path)

        browser.wait_for("document.querySelector('h1').textContent", "This decision is recorded")
        assert browser.evaluate("document.querySelectorAll('main form').length") == 0
    assert count_decisions(web_app) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_the_page_fits_its_screen_and_its_button_can_be_pressed_by_a_thumb(
    web_app: WebApp, browser: Browser, width: int, scheme: str
) -> None:
    store(web_app, build_claimed())
    with serve(web_app) as address:
        browser.resize(width)
        browser.prefer_colors(scheme)
        browser.open(address + build_path(web_app, commands.Verify))

        overflow = browser.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        height = browser.evaluate(
            "document.querySelector('form.decide button').getBoundingClientRect().height"
        )

        assert overflow == 0
        assert height >= 40
