from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.cli.api_server import serve_app
from tests.sample_people import ADA
from tests.web.web_app import WebApp
from web.middleware.limits import RequestLimitsMiddleware
from web.middleware.security_headers import SecurityHeadersMiddleware
from web.middleware.unhandled_errors import UnhandledErrorMiddleware
from web.schemas.request_limits import find_body_limit


class BodyCounter:
    """An app that reports how many bytes it received."""

    def __init__(self) -> None:
        self.called = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called += 1
        body = b""
        if scope["type"] == "http":
            body = (await receive())["body"]
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(len(body)).encode()})


async def send_request(
    app: Any, chunks: list[Message], path: str = "/hooks/x", method: str = "POST", **headers: str
) -> tuple[int, bytes, int]:
    """Send a request piece by piece; return status, body and how many pieces were read."""
    sent: list[Message] = []
    read = 0

    async def receive() -> Message:
        nonlocal read
        if read == len(chunks):
            await asyncio.Event().wait()
        read += 1
        return chunks[read - 1]

    async def send(message: Message) -> None:
        sent.append(message)

    headers = {"authorization": "Bearer aft_1", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await app({"type": "http", "path": path, "method": method, "headers": raw}, receive, send)
    if not sent:
        return 0, b"", read
    return sent[0]["status"], b"".join(m.get("body", b"") for m in sent[1:]), read


def build_chunk(size: int, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/api/reviews/x/note", 64),
        ("PUT", "/api/reviews/x/document", 512),
        ("POST", "/api/reviews/x/document", 64),
        ("POST", "/hooks/pagerduty", 1024),
        ("POST", "/api/people", 1024),
        ("POST", "/api/services", 1024),
        ("GET", "/", 64),
    ],
)
def test_every_address_has_its_limit(method: str, path: str, limit: int) -> None:
    assert find_body_limit(method, path, [b"authorization"]) == limit * 1024


@pytest.mark.parametrize("header", [b"x-afterword-signature", b"x-pagerduty-signature"])
def test_a_signed_body_may_be_as_large_as_its_address_takes(header: bytes) -> None:
    assert find_body_limit("POST", "/mail/inbound", [header]) == 25 * 1024 * 1024


@pytest.mark.parametrize("path", ["/mail/inbound", "/hooks/generic", "/api/people", "/api/x"])
def test_who_sends_no_credentials_may_send_no_more_than_a_command(path: str) -> None:
    assert find_body_limit("POST", path, [b"content-type"]) == 64 * 1024


async def test_a_body_in_many_pieces_arrives_whole() -> None:
    status, body, _ = await send_request(
        RequestLimitsMiddleware(BodyCounter()), [build_chunk(600_000), build_chunk(400_000, False)]
    )

    assert (status, body) == (200, b"1000000")


@pytest.mark.parametrize(("pieces", "read"), [(3, 3), (20, 9)])
async def test_a_body_that_grows_too_large_is_read_on_for_a_while_and_refused(
    pieces: int, read: int
) -> None:
    echo = BodyCounter()
    chunks = [build_chunk(600_000, n < pieces - 1) for n in range(pieces)]

    status, body, done = await send_request(RequestLimitsMiddleware(echo), chunks)

    assert status == 413
    assert json.loads(body)["code"] == "too-large"
    assert done == read
    assert echo.called == 0


@pytest.mark.parametrize(
    ("length", "pieces", "read"),
    [("1048577", [build_chunk(600_000), build_chunk(448_577, False)], 2), ("99999999", [], 0)],
)
async def test_a_body_that_declares_itself_too_large_is_refused(
    length: str, pieces: list[Message], read: int
) -> None:
    status, _, done = await send_request(
        RequestLimitsMiddleware(BodyCounter()), pieces, content_length=length
    )

    assert (status, done) == (413, read)


async def test_a_body_too_large_that_dawdles_is_too_large() -> None:
    limits = RequestLimitsMiddleware(BodyCounter(), timeout=0.05)

    status, _, _ = await send_request(limits, [build_chunk(10)], content_length="1048577")

    assert status == 413


@pytest.mark.servers
def test_a_client_that_sends_all_before_it_listens_hears_that_it_was_too_much() -> None:
    with serve_app(RequestLimitsMiddleware(BodyCounter())) as url:
        request = Request(url + "/api/reviews", b"x" * 3_000_000)  # noqa: S310  (our own server)

        with pytest.raises(HTTPError) as refused, urlopen(request):  # noqa: S310  (same)
            pass

    with refused.value as answer:
        assert answer.code == 413
        assert json.loads(answer.read())["code"] == "too-large"


async def test_a_length_that_is_no_number_is_left_to_the_counting() -> None:
    status, _, _ = await send_request(
        RequestLimitsMiddleware(BodyCounter()), [build_chunk(1, False)], content_length="many"
    )

    assert status == 200


async def test_a_length_of_endless_digits_is_left_to_the_counting() -> None:
    status, _, _ = await send_request(
        RequestLimitsMiddleware(BodyCounter()), [build_chunk(1, False)], content_length="9" * 5000
    )

    assert status == 200


class HoldingApp:
    """An app that holds a request until it is let go."""

    def __init__(self) -> None:
        self.has_begun = asyncio.Event()
        self.may_end = asyncio.Event()

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        self.has_begun.set()
        await self.may_end.wait()
        await BodyCounter()({"type": "http"}, receive, send)


async def test_a_large_body_finds_no_room_while_others_are_held_and_is_to_be_sent_again() -> None:
    app = HoldingApp()
    limits = RequestLimitsMiddleware(app, max_held=250_000)
    first = asyncio.create_task(send_request(limits, [build_chunk(200_000, False)]))
    await app.has_begun.wait()

    status, body, _ = await send_request(limits, [build_chunk(100_000, False)])

    assert status == 503
    assert json.loads(body)["code"] == "overloaded"
    app.may_end.set()
    assert (await first)[:2] == (200, b"200000")
    assert (await send_request(limits, [build_chunk(240_000, False)]))[:2] == (200, b"240000")


async def test_a_small_body_always_finds_room() -> None:
    app = HoldingApp()
    limits = RequestLimitsMiddleware(app, max_held=250_000)
    first = asyncio.create_task(send_request(limits, [build_chunk(200_000, False)]))
    await app.has_begun.wait()
    app.may_end.set()

    status, _, _ = await send_request(limits, [build_chunk(60_000, False)])

    assert status == 200
    await first


async def test_a_request_that_dawdles_is_ended() -> None:
    status, body, _ = await send_request(
        RequestLimitsMiddleware(BodyCounter(), timeout=0.05), [build_chunk(10)]
    )

    assert status == 408
    assert json.loads(body)["code"] == "too-slow"


async def test_who_hangs_up_is_not_answered() -> None:
    echo = BodyCounter()

    status, _, _ = await send_request(
        RequestLimitsMiddleware(echo), [build_chunk(10), {"type": "http.disconnect"}]
    )

    assert status == 0
    assert echo.called == 0


async def test_what_comes_after_the_body_is_passed_on() -> None:
    received: list[str] = []

    async def receive_twice(_: Scope, receive: Receive, send: Send) -> None:
        received.extend([(await receive())["type"], (await receive())["type"]])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    await send_request(
        RequestLimitsMiddleware(receive_twice), [build_chunk(1, False), {"type": "http.disconnect"}]
    )

    assert received == ["http.request", "http.disconnect"]


@pytest.mark.parametrize("wrap", [RequestLimitsMiddleware, SecurityHeadersMiddleware])
async def test_what_is_not_http_is_passed_on(wrap: Any) -> None:
    echo = BodyCounter()

    await wrap(echo)({"type": "lifespan"}, None, None)

    assert echo.called == 1


def test_a_fault_of_ours_is_answered_without_its_inside(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def raise_error(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr("register.queries.review_queries.list_reviews", raise_error)

    api, page = web_app.get("reviews", by=ADA), web_app.client.get("/")

    assert (api.status_code, page.status_code) == (500, 500)
    assert api.json()["code"] == "internal-error"
    assert "Something went wrong on our side." in page.text
    assert "secret" not in api.text + page.text
    assert "a secret of the inside" in caplog.text
    assert api.headers["Content-Security-Policy"]


async def test_an_answer_that_breaks_off_is_not_answered_a_second_time() -> None:
    sent: list[Message] = []

    async def start_and_fail(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def send(message: Message) -> None:
        sent.append(message)

    async def fail_if_called(*_: Any) -> Any:
        raise AssertionError

    with pytest.raises(ZeroDivisionError):
        await UnhandledErrorMiddleware(start_and_fail, fail_if_called)({"type": "http"}, None, send)  # type: ignore[arg-type]  # nothing is read
    assert len(sent) == 1
