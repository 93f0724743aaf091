"""Our cookies: no script reads them, no other site's form carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Response


@dataclass(frozen=True, slots=True)
class OwnCookie:
    """A cookie by its two names.

    By `secure_name` a browser takes it from this very host alone, and over https; `plain_name` is
    for where people reach the app without.
    """

    secure_name: str
    plain_name: str


SESSION_COOKIE = OwnCookie("__Host-afterword", "afterword_session")
"""Holds the secret of a session."""

BROWSER_COOKIE = OwnCookie("__Host-afterword-browser", "afterword_browser")
"""Holds a secret by which a browser is known again that asked for a link."""


def is_secure(url: str) -> bool:
    """Return whether people reach the app over https."""
    return url.lower().startswith("https://")


def name_cookie(cookie: OwnCookie, url: str) -> str:
    """Return the name of a cookie for the address by which people reach the app."""
    return cookie.secure_name if is_secure(url) else cookie.plain_name


def read_cookie(cookies: Mapping[str, str], cookie: OwnCookie, url: str) -> str:
    """Return what a browser sent in a cookie, "" where there is none."""
    return cookies.get(name_cookie(cookie, url), "")


def set_cookie(response: Response, cookie: OwnCookie, value: str, url: str, seconds: int) -> None:
    """Give a browser a cookie, for so many seconds."""
    response.set_cookie(
        name_cookie(cookie, url),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(url),
        httponly=True,
        samesite="lax",
    )


def forget_cookie(response: Response, cookie: OwnCookie, url: str) -> None:
    """Let a browser forget a cookie."""
    set_cookie(response, cookie, "", url, 0)
