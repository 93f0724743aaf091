"""The page that a button in an email opens, used as a browser does: read, filled in, submitted."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from lxml import html

from local.postbox import StoredEmail

TIMEOUT = 60.0
"""Real seconds to wait for a page; only against hanging."""


def press_button(email: StoredEmail, label: str, typed: Mapping[str, str]) -> str:
    """Return what is shown after the page of a button was filled in and submitted.

    It is "" where the email has no such button.
    """
    links = html.fromstring(email.get_body("html")).xpath("//a[text()=$label]/@href", label=label)
    if not isinstance(links, list) or not links:
        return ""
    link = str(links[0])
    fields = {field.get("name"): field.get("value") for field in _fetch(link).iter("input")}
    filled_in = {str(name): value for name, value in fields.items() if name and value}
    page = _fetch(link, urllib.parse.urlencode({**filled_in, **typed}).encode())
    return " ".join(page.find(".//main").text_content().split())


def _fetch(url: str, body: bytes | None = None) -> Any:
    """Fetch a page of ours and parse it, whatever its status is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, body, timeout=TIMEOUT) as answer:
            return html.fromstring(answer.read().decode())
    except urllib.error.HTTPError as error:
        return html.fromstring(error.read().decode())
