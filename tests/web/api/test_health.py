from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest

from models.errors import Unavailable
from settings import SmtpSection
from tests.patience import PATIENCE
from tests.web.web_app import WebApp
from web.api.health import build_smtp_probe
from web.dependencies import AppContext as Parts
from web.services.doctor.probes import run_probe


def set_probes(web_app: WebApp, **probes: Any) -> None:
    parts: Parts = web_app.app.state.context
    web_app.app.state.context = replace(parts, **probes)


async def raise_refused() -> None:
    raise ConnectionRefusedError(111, "Connection refused")


async def wait_forever() -> None:
    await asyncio.Event().wait()


def test_the_process_says_that_it_is_up_whatever_is_away(web_app: WebApp) -> None:
    web_app.review_client.error = Unavailable("Temporal", "connection refused")
    web_app.engine.dispose()

    answer = web_app.client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_when_every_part_answers(each_web_app: WebApp) -> None:
    answer = each_web_app.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "temporal": "ok", "mail": "ok"}


def test_without_temporal_it_is_not_ready_and_says_why(web_app: WebApp) -> None:
    web_app.review_client.error = Unavailable("Temporal", "connection refused")

    answer = web_app.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "temporal": "Temporal does not answer: connection refused.",
        "mail": "ok",
    }


def test_without_the_database_it_is_not_ready_and_says_why(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raise_unavailable(*_: Any, **__: Any) -> None:
        raise Unavailable("the database", "disk I/O error")

    monkeypatch.setattr("register.queries.review_queries.list_reviews", raise_unavailable)

    answer = web_app.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "The database does not answer: disk I/O error."


def test_without_the_mail_server_it_is_ready_and_says_so(web_app: WebApp) -> None:
    set_probes(web_app, mail_probe=raise_refused)

    answer = web_app.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["mail"] == "The mail server does not answer: Connection refused."


def test_a_part_that_hangs_counts_as_away(web_app: WebApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.services.doctor.probes.PROBE_TIMEOUT", 0.05)
    set_probes(web_app, temporal_probe=wait_forever)

    answer = web_app.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["temporal"].startswith("Temporal does not answer within")


async def test_the_mail_server_is_asked_by_opening_a_connection() -> None:
    connected = asyncio.Event()

    def accept_connection(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        writer.close()

    server = await asyncio.start_server(accept_connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async with server:
        await build_smtp_probe(SmtpSection(host="127.0.0.1", port=port))()
        async with asyncio.timeout(PATIENCE):
            await connected.wait()


async def test_a_mail_server_that_is_not_there_is_noticed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    message = await run_probe(
        "The mail server", build_smtp_probe(SmtpSection(host="127.0.0.1", port=port))
    )

    assert message == "The mail server does not answer: Connection refused."


async def test_a_mail_server_whose_name_nobody_knows_is_noticed() -> None:
    async def raise_unknown_name() -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    message = await run_probe("The mail server", raise_unknown_name)

    assert message == "The mail server does not answer: Name or service not known."
