from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest

from models.errors import Away
from settings import Smtp
from tests.web.house import House
from web.health import _asked, smtp_probe
from web.house import House as Parts


def with_probes(house: House, **probes: Any) -> None:
    parts: Parts = house.app.state.house
    house.app.state.house = replace(parts, **probes)


async def refuses() -> None:
    raise ConnectionRefusedError(111, "Connection refused")


async def hangs() -> None:
    await asyncio.sleep(60)


def test_the_process_says_that_it_is_up_whatever_is_away(house: House) -> None:
    house.room.trouble = Away("Temporal", "connection refused")
    house.engine.dispose()

    answer = house.client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_when_every_part_answers(each_house: House) -> None:
    answer = each_house.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "temporal": "ok", "mail": "ok"}


def test_without_temporal_it_is_not_ready_and_says_why(house: House) -> None:
    house.room.trouble = Away("Temporal", "connection refused")

    answer = house.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "database": "ok",
        "temporal": "Temporal does not answer: connection refused.",
        "mail": "ok",
    }


def test_without_the_database_it_is_not_ready_and_says_why(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise Away("the database", "disk I/O error")

    monkeypatch.setattr("register.queries.reviews", away)

    answer = house.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "The database does not answer: disk I/O error."


def test_without_the_mail_server_it_is_ready_and_says_so(house: House) -> None:
    with_probes(house, mail_probe=refuses)

    answer = house.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["mail"] == "The mail server does not answer: Connection refused."


def test_a_part_that_hangs_counts_as_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.health.PATIENCE", 0.05)
    with_probes(house, temporal_probe=hangs)

    answer = house.client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["temporal"].startswith("Temporal does not answer within")


async def test_the_mail_server_is_asked_by_opening_a_connection() -> None:
    met: list[bool] = []

    def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(True)
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async with server:
        await smtp_probe(Smtp(host="127.0.0.1", port=port))()
        await asyncio.sleep(0.05)

    assert met == [True]


async def test_a_mail_server_that_is_not_there_is_noticed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    told = await _asked("The mail server", smtp_probe(Smtp(host="127.0.0.1", port=port)))

    assert told == "The mail server does not answer: Connection refused."


async def test_a_mail_server_whose_name_nobody_knows_is_noticed() -> None:
    async def nobody() -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    told = await _asked("The mail server", nobody)

    assert told == "The mail server does not answer: Name or service not known."
