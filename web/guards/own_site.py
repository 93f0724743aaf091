"""Whether a request is meant for this site, and whether one of our own pages sent it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from settings import WebSection

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  (what is compared with, not bound)
NEVER_IN_A_HOST = frozenset("@/?#\\")
SAME_SITE_WORDS = frozenset({"same-origin", "none"})
"""What Sec-Fetch-Site says of our own page, and of what somebody typed or opened themselves."""


class Origin(StrEnum):
    """Where a request says that it comes from."""

    OWN = "own"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


def list_own_hosts(web: WebSection) -> frozenset[str]:
    """Return the names by which the app may be asked: its own, this machine's, those allowed."""
    listens_at = {web.host} - EVERY_ADDRESS
    own = parse_host(urlsplit(web.url).netloc)
    return LOOPBACK_HOSTS | listens_at | {own} | {each.lower() for each in web.allowed_hosts}


def parse_host(netloc: str) -> str:
    """Return the name in a Host header or an address, without its port, in lower case."""
    if any(each in NEVER_IN_A_HOST for each in netloc):
        return ""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_own_machine(url: str) -> bool:
    """Return whether an address is on this machine, where plain http will do."""
    return parse_host(urlsplit(url).netloc) in LOOPBACK_HOSTS if _is_url(url) else False


def judge_origin(headers: Mapping[str, str], web: WebSection) -> Origin:
    """Return where a request comes from, by what browsers say that no page can forge.

    Sec-Fetch-Site decides; where a browser has none, Origin does, compared with the Host that was
    asked and with our own address. UNKNOWN is what no browser sent, or one that hides it.
    """
    site = headers.get("sec-fetch-site", "")
    if site:
        return Origin.OWN if site in SAME_SITE_WORDS else Origin.FOREIGN
    origin = headers.get("origin", "")
    if origin in ("", "null"):
        return Origin.UNKNOWN
    netloc = urlsplit(origin).netloc.lower() if _is_url(origin) else ""
    own = {headers.get("host", "").lower(), urlsplit(web.url).netloc.lower()}
    return Origin.OWN if netloc and netloc in own else Origin.FOREIGN


def _is_url(text: str) -> bool:
    try:
        return bool(urlsplit(text).netloc)
    except ValueError:
        return False
