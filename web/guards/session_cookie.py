"""The cookie that holds a session's secret: no script reads it, and no other site sends it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Response

SECURE_NAME = "__Host-afterword"
"""By this name a browser takes the cookie from this very host alone, and over https."""

PLAIN_NAME = "afterword_session"


def is_secure(url: str) -> bool:
    """Return whether people reach the app over https."""
    return url.lower().startswith("https://")


def name_cookie(url: str) -> str:
    """Return the name of the cookie for the address by which people reach the app."""
    return SECURE_NAME if is_secure(url) else PLAIN_NAME


def read_session_cookie(cookies: Mapping[str, str], url: str) -> str:
    """Return the secret that a browser sent, "" where there is none."""
    return cookies.get(name_cookie(url), "")


def set_session_cookie(response: Response, secret: str, url: str, seconds: int) -> None:
    """Give a browser its session, for at most so many seconds."""
    response.set_cookie(
        name_cookie(url),
        secret,
        max_age=seconds,
        path="/",
        secure=is_secure(url),
        httponly=True,
        samesite="lax",
    )


def delete_session_cookie(response: Response, url: str) -> None:
    """Let a browser forget its session."""
    set_session_cookie(response, "", url, 0)
