"""Where somebody wanted to go before they signed in: to a page of ours, and nowhere else."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit

SIGN_IN_PATH = "/sign-in"
HOME = "/"
MAX_LENGTH = 1000
NEVER_RETURNED_TO = (SIGN_IN_PATH, "/sign-out", "/api", "/hooks", "/mail", "/static")


def clean_return_path(text: str) -> str:
    """Return a path of ours as it was asked for, or that of the first page for anything else.

    What a browser could read as another site's address is none of ours: two slashes at the
    beginning, a backslash, or a character that browsers leave out.
    """
    is_path = text.startswith("/") and not text.startswith("//") and "\\" not in text
    is_plain = text.isascii() and text.isprintable() and " " not in text
    if not is_path or not is_plain or len(text) > MAX_LENGTH:
        return HOME
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or parts.path.startswith(NEVER_RETURNED_TO):
        return HOME
    return text


def format_request_path(path: str, query: str) -> str:
    """Format the path and query of a request as a browser asked for them."""
    return f"{quote(path)}?{query}" if query else quote(path)


def build_sign_in_path(return_path: str) -> str:
    """Return the address of the page for signing in, from which one comes back to a path."""
    cleaned = clean_return_path(return_path)
    if cleaned == HOME:
        return SIGN_IN_PATH
    return f"{SIGN_IN_PATH}?{urlencode({'next': cleaned})}"
