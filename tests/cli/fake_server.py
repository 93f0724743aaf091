"""HTTP servers that are not Afterword: they drop connections, redirect and send garbage."""

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
class ReceivedRequest:
    """One request that came in."""

    path: str
    headers: Message
    body: bytes


@dataclass(kw_only=True)
class FakeServer:
    """The address of a fake server, what it answers, and the requests it received."""

    url: str = ""
    status: int = 200
    content: bytes = b""
    requests: list[ReceivedRequest] = field(default_factory=list)


@contextmanager
def run_fake_server(
    *,
    status: int = 200,
    body: bytes = b"",
    answer: Any = None,
    headers: dict[str, str] | None = None,
    dropped_connections: int = 0,
) -> Iterator[FakeServer]:
    """Serve one answer for every request, after dropping the first `cuts` connections."""
    content = body if answer is None else json.dumps(answer).encode()
    fake_server = FakeServer(status=status, content=content)

    class FakeRequestHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            request = ReceivedRequest(
                path=self.path, headers=self.headers, body=self.rfile.read(length)
            )
            fake_server.requests.append(request)
            if len(fake_server.requests) <= dropped_connections:
                return
            content = fake_server.content
            self.send_response(fake_server.status)
            for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  (the library calls them so)

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = HTTPServer(("127.0.0.1", 0), FakeRequestHandler)
    fake_server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake_server
    server.shutdown()
    thread.join()
    server.server_close()
