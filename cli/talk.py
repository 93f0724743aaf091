"""Speaking HTTP with Afterword: one exchange, tried once more when the line is cut."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from cli.profile import Connection, is_of_this_machine
from cli.trouble import Exit, Trouble, answered

TIMEOUT = 60.0
"""Seconds to wait for an answer; the door gives up on Temporal long before."""

CUT = (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)
"""A server that restarts cuts lines; RemoteDisconnected is a ConnectionResetError too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the headers by lower-case name, and the octets."""

    headers: Mapping[str, str]
    body: bytes

    def read(self) -> Any:
        """Read the answer as JSON. Raises Trouble when it is something else."""
        try:
            return json.loads(self.body)
        except ValueError:
            kind = self.headers.get("content-type", "no type")
            raise Trouble(
                f"Something answered, but not as Afterword does ({kind}).",
                "Look whether --url is right.",
            ) from None


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A redirected order would lose its body, and the token would go to a stranger."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Talk:
    """Asks one Afterword, in one person's name."""

    def __init__(self, connection: Connection, timeout: float = TIMEOUT) -> None:
        self.connection = connection
        self.timeout = timeout
        own = is_of_this_machine(connection.url)
        proxies = [urllib.request.ProxyHandler({})] if own else []
        self._opener = urllib.request.build_opener(_NoDetours, *proxies)

    def get(self, path: str, **query: object) -> Any:
        """Read something. Raises Trouble."""
        return self.ask("GET", path + asked(query)).read()

    def post(self, path: str, body: object = None, key: str = "") -> Any:
        """Give an order; the same `key` is the same order, however often it arrives.

        Raises Trouble.
        """
        octets = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        return self.ask("POST", path, octets, headers).read()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """Exchange one request for its answer. Raises Trouble for every answer but a good one."""
        try:
            return self._twice(method, path, body, headers)
        except (OSError, HTTPException, UnicodeError) as away:
            raise self._unreachable(method, path, away, headers) from None

    def _twice(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        try:
            return self._exchange(method, path, body, headers)
        except CUT:
            if method == "POST" and "Idempotency-Key" not in headers:
                raise
        return self._exchange(method, path, body, headers)

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        request = self._request(method, path, body, headers)
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                return Answer(headers=_lower(answer.headers), body=answer.read())
        except urllib.error.HTTPError as no:
            raise _told(no) from None
        except urllib.error.URLError as away:
            raise (away.reason if isinstance(away.reason, OSError) else away) from None

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib.request.Request:
        token = self.connection.token
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        if not token.isascii() or not token.isprintable():
            raise Trouble("The token holds marks that no token has.", "Copy it anew.", Exit.USAGE)
        return urllib.request.Request(  # noqa: S310  (the profile lets only http and https pass)
            self.connection.url + path,
            data=body,
            headers={"Accept": "*/*", "X-Afterword-Way": "cli", **signed, **headers},
            method=method,
        )

    def _unreachable(
        self, method: str, path: str, why: Exception, headers: Mapping[str, str]
    ) -> Trouble:
        key = headers.get("Idempotency-Key", "")
        refused = isinstance(why, ConnectionRefusedError)
        again = (
            f" It may have been done all the same; --id {key} asks again without doing it twice."
        )
        return Trouble(
            f"{self.connection.url} does not answer: tried {method} {path}, {_said(why)}.",
            f"The address comes from {self.connection.told_by}; --url or AFTERWORD_URL names"
            " another, and “afterword up” starts Afterword on this machine."
            + (again if key and not refused else ""),
            Exit.UNREACHABLE,
        )


def asked(query: Mapping[str, object]) -> str:
    """Write a query string of what was asked for, leaving out the rest."""
    wanted = {name: value for name, value in query.items() if value not in (None, "", False)}
    words = {name: "true" if value is True else value for name, value in wanted.items()}
    return f"?{urlencode(words)}" if words else ""


def at(*parts: str) -> str:
    """Write a path under /api, whatever marks a name holds."""
    return "/api/" + "/".join(quote(part, safe="") for part in parts)


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _told(no: urllib.error.HTTPError) -> Trouble:
    with no:
        body, status = no.read(), no.code
    try:
        answer = json.loads(body)
    except ValueError:
        return _stranger(status, no.headers.get("Location", ""))
    return answered(status, answer) if _is_ours(answer) else _stranger(status, "")


def _is_ours(answer: object) -> bool:
    return isinstance(answer, dict) and "reason" in answer


def _stranger(status: int, location: str) -> Trouble:
    elsewhere = f", and points to {location}" if location else ""
    away = status in {502, 503, 504}
    return Trouble(
        f"Something answered with status {status}{elsewhere}, but not as Afterword does.",
        "Look whether --url is right.",
        Exit.UNREACHABLE if away else Exit.FAILED,
    )


def _said(why: Exception) -> str:
    if isinstance(why, TimeoutError):
        return "nothing came back in time"
    if isinstance(why, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(why, CUT):
        return "the line was cut"
    return str(getattr(why, "strerror", None) or why or type(why).__name__).lower()
