"""Every page in a real browser: no barrier, no error, no sideways scrolling, in both colours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Browser, Page

from tests.sample_people import ADA, OLGA
from tests.web.browser.served_app import WRITTEN, list_page_paths
from tests.web.web_app import REVIEW, WebApp
from web.guards.own_cookies import SESSION_COOKIE, name_cookie

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
SCREENS: dict[str, dict[str, Any]] = {
    "desktop, light": {"viewport": DESKTOP, "color_scheme": "light"},
    "desktop, dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone, light": {"viewport": PHONE, "color_scheme": "light"},
    "phone, dark": {"viewport": PHONE, "color_scheme": "dark"},
    "zoomed to 200 %": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}

EXAMPLES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/actions": ("/actions", "/actions?status=accepted&overdue=yes&sort=-due"),
    "/admin/sessions": ("/admin/sessions",),
    "/figures": ("/figures",),
    "/figures/{figure}": ("/figures/verified-on-time",),
    "/me/emails": ("/me/emails",),
    "/me/sessions": ("/me/sessions",),
    "/people/{address:path}": (f"/people/{OLGA}", "/people/nobody@example.org"),
    "/reviews": ("/reviews", "/reviews?stage=open&q=nothing+like+it"),
    "/reviews/{name}": (f"/reviews/{REVIEW}", "/reviews/review-pagerduty-Q5"),
    "/reviews/{name}/actions/{action_id}": (f"/reviews/{REVIEW}/actions/A2",),
    "/reviews/{name}/commands/{kind}": (
        f"/reviews/{REVIEW}/commands/propose",
        f"/reviews/{REVIEW}/commands/approve",
        f"/reviews/{REVIEW}/commands/revise?item=A1",
        f"/reviews/{REVIEW}/commands/accept?item=A1",
    ),
    "/reviews/{name}/contribute": (f"/reviews/{REVIEW}/contribute",),
    "/reviews/{name}/document": (f"/reviews/{WRITTEN}/document",),
    "/reviews/{name}/document/edit": (f"/reviews/{WRITTEN}/document/edit",),
    "/search": ("/search", "/search?q=checkout", "/search?q=nothing+like+it"),
    "/sign-in": ("/sign-in",),
    "/teams/{team:path}": ("/teams/payments",),
}
"""Addresses of each page; one that is refused shows how refusals look."""

SHOWN_ELSEWHERE = frozenset(
    {
        "/.well-known/security.txt",
        "/decide/{token}",
        "/end-token/{signature}",
        "/healthz",
        "/metrics",
        "/readyz",
        "/reviews/{name}/document.md",
        "/reviews/{name}/receipts/{command_id}",
        "/security.txt",
        "/sign-in/sent",
        "/sign-in/mail/{link}",
        "/sign-in/openid",
        "/sign-in/openid/return",
        "/unsubscribe/{token}",
    }
)
"""Pages that people reach by an email or a form, and what is no page."""

PAGES = tuple(path for examples in EXAMPLES.values() for path in examples)


@asynccontextmanager
async def open_window(
    browser: Browser, web_app: WebApp, site: str, **screen: Any
) -> AsyncIterator[Page]:
    """Yield a window in which the lead is signed in, and whose console may say nothing."""
    context = await browser.new_context(**screen)
    secret = web_app.sign_in(ADA)
    cookie = name_cookie(SESSION_COOKIE, web_app.settings.web.url)
    await context.add_cookies([{"name": cookie, "value": secret, "url": site}])
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    yield page
    await context.close()
    assert [line for line in said if "the server responded with a status of 4" not in line] == []


async def list_barriers(page: Page) -> list[str]:
    """Return what axe finds on a page, each with the element that it is about."""
    results = await Axe().run(page, options={"preload": False})
    return [
        f"{page.url}: {found['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


def test_each_page_has_an_example_to_look_at(web_app: WebApp) -> None:
    pages = list_page_paths(web_app.app)

    assert pages - set(EXAMPLES) - SHOWN_ELSEWHERE == set()
    assert set(EXAMPLES) - pages == set()


@pytest.mark.parametrize("screen", SCREENS)
async def test_no_page_has_a_barrier_an_error_or_sideways_scrolling(
    browser: Browser, web_app: WebApp, site: str, screen: str
) -> None:
    barriers: list[str] = []
    too_wide: list[str] = []
    async with open_window(browser, web_app, site, **SCREENS[screen]) as page:
        for path in PAGES:
            await page.goto(site + path)
            barriers += await list_barriers(page)
            widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
            needed, available = await page.evaluate(widths)
            if needed > available:
                too_wide.append(f"{path}: {needed} of {available}")

    assert barriers == []
    assert too_wide == []


async def test_each_page_has_a_title_of_its_own(
    browser: Browser, web_app: WebApp, site: str
) -> None:
    async with open_window(browser, web_app, site) as page:
        titles = {}
        for path in PAGES:
            await page.goto(site + path)
            titles[path] = await page.title()
            assert await page.locator("h1").count() == 1, path
            assert await page.locator("main").count() == 1, path
            assert (await page.title()).endswith("Afterword"), path

    assert len(set(titles.values())) > len(EXAMPLES) - 2


async def test_a_document_is_printed_without_what_is_for_the_screen(
    browser: Browser, web_app: WebApp, site: str
) -> None:
    async with open_window(browser, web_app, site) as page:
        await page.goto(f"{site}/reviews/{WRITTEN}/document")
        await page.emulate_media(media="print")

        assert not await page.locator("nav.menu").is_visible()
        assert not await page.get_by_role("button", name="Sign out").is_visible()
        assert await page.get_by_role("heading", name="Timeline").is_visible()


async def test_the_first_tab_skips_the_menu(browser: Browser, web_app: WebApp, site: str) -> None:
    async with open_window(browser, web_app, site) as page:
        await page.goto(f"{site}/reviews/{REVIEW}")
        await page.keyboard.press("Tab")

        assert await page.evaluate("document.activeElement.textContent") == "Skip to content"
        await page.keyboard.press("Enter")
        assert page.url.endswith("#main")


async def test_pages_need_neither_a_script_nor_a_session(browser: Browser, site: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()

    for path in ("/", "/reviews", f"/reviews/{REVIEW}", f"/reviews/{WRITTEN}/document"):
        answer = await page.goto(site + path)
        assert answer is not None
        assert answer.status == 200

    await context.close()
