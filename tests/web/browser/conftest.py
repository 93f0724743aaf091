from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.web.browser.served_app import fill_register, serve
from tests.web.web_app import WebApp

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Yield one Chromium for all tests."""
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    if binary is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=binary, args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
def site(web_app: WebApp) -> Iterator[str]:
    """Yield the address of the app, filled with reviews at every stage."""
    fill_register(web_app)
    with serve(web_app) as address:
        yield address
