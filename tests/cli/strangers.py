"""Servers that are not Afterword, or are having a bad day: they cut, redirect and babble."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that came in."""

    path: str
    headers: Message
    body: bytes


@dataclass(kw_only=True)
class Stranger:
    """The address of a stranger, and what it was asked."""

    url: str = ""
    seen: list[Asked] = field(default_factory=list)


@contextmanager
def stranger(
    *,
    status: int = 200,
    body: bytes = b"",
    answer: Any = None,
    headers: dict[str, str] | None = None,
    cuts: int = 0,
) -> Iterator[Stranger]:
    """Serve one answer for everything, after cutting the line `cuts` times."""
    met = Stranger()
    octets = body if answer is None else json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(path=self.path, headers=self.headers, body=self.rfile.read(length))
            met.seen.append(asked)
            if len(met.seen) <= cuts:
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(octets)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(octets)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  (the library calls them so)

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    met.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield met
    server.shutdown()
    thread.join()
    server.server_close()
