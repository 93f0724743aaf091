"""A headless Chromium for tests, driven over WebDriver by plain HTTP."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import stamina

from tests.patience import PATIENCE

DRIVER = shutil.which("chromedriver")
BINARY = shutil.which("chromium") or shutil.which("google-chrome")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The name under which WebDriver returns an element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One window of a browser."""

    client: httpx2.Client
    session: str

    def open(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._ask("url", url=url)

    def type_text(self, css: str, text: str) -> None:
        """Type a text into a field."""
        self._ask(f"element/{self._find(css)}/value", text=text)

    def click(self, css: str) -> None:
        """Click an element, and wait for the page to which that leads."""
        self._ask(f"element/{self._find(css)}/click")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self._ask("execute/sync", script=f"return {expression}", args=[])

    def wait_for(self, expression: str, value: object) -> None:
        """Wait until a JavaScript expression has a value, on whatever page is shown by then."""
        body = {"script": f"return {expression}", "args": []}
        answer: Any = None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.client.post(f"/session/{self.session}/execute/sync", json=body).json()
            if answer["value"] == value:
                return
            time.sleep(0.02)
        raise AssertionError(f"{expression} is {answer['value']}, not {value}")

    def resize(self, width: int, height: int = 900) -> None:
        """Show the page as a screen of this size does, without room for scrollbars."""
        self.command("Emulation.setScrollbarsHidden", hidden=True)
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer_colors(self, scheme: str) -> None:
        """Prefer “light” or “dark” colours, as an operating system does."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", features=[feature])

    def take_picture(self) -> bytes:
        """Return a picture of the whole page, as PNG."""
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(picture["data"])

    def command(self, method: str, **params: Any) -> Any:
        """Send a command of Chromium's own protocol and return its result."""
        return self._ask("goog/cdp/execute", cmd=method, params=params)

    def _find(self, css: str) -> str:
        found = self._ask("element", using="css selector", value=css)
        return str(found[ELEMENT])

    def _ask(self, path: str, **body: Any) -> Any:
        answer = self.client.post(f"/session/{self.session}/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["value"]


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Yield a browser; skip the test where there is none."""
    if DRIVER is None or BINARY is None:
        pytest.skip("Chromium is not installed: apt-get install chromium chromium-driver")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [DRIVER, f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            session = _start_session(client, BINARY)
            yield Browser(client=client, session=session)
            client.delete(f"/session/{session}")
    finally:
        process.terminate()
        process.wait()


@stamina.retry(on=httpx2.ConnectError, attempts=None, timeout=PATIENCE, wait_initial=0.05)
def _start_session(client: httpx2.Client, binary: str) -> str:
    options = {
        "binary": binary,
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    }
    capabilities = {"alwaysMatch": {"goog:chromeOptions": options}}
    answer = client.post("/session", json={"capabilities": capabilities})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["value"]["sessionId"])
