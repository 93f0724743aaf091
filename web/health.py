"""Whether this process lives, and whether the parts it needs do."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from models.errors import Away
from register import queries
from settings import Smtp
from web.errors import sentence
from web.house import Here, House, Probe

router = APIRouter(tags=["health"])

OK = "ok"
PATIENCE = 3.0
"""Seconds in which a part must give a sign of life."""
NEEDED = ("database", "temporal")
"""Parts without which nothing works; a mail server that is away only delays letters."""


@router.get("/healthz", summary="Is the process up?")
@router.head("/healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Answer as soon as the process is up, whatever else is away."""
    return {"status": OK}


@router.get(
    "/readyz",
    summary="Are its parts up?",
    responses={503: {"description": "A needed part is away; the answer says which."}},
    response_model=dict[str, str],
)
@router.head("/readyz", include_in_schema=False)
async def readyz(house: Here) -> JSONResponse:
    """Say of each part `ok`, or what is wrong; 503 when database or Temporal is away."""
    database, temporal, mail = await asyncio.gather(
        _asked("The database", _database(house)),
        _asked("Temporal", house.temporal_probe),
        _asked("The mail server", house.mail_probe),
    )
    parts = {"database": database, "temporal": temporal, "mail": mail}
    ready = all(parts[name] == OK for name in NEEDED)
    return JSONResponse(parts, 200 if ready else 503)


def smtp_probe(smtp: Smtp) -> Probe:
    """Give a probe that opens a connection to the mail server and closes it again."""

    async def probe() -> None:
        _, writer = await asyncio.open_connection(smtp.host, smtp.port)
        writer.close()
        await writer.wait_closed()

    return probe


def _database(house: House) -> Probe:
    async def probe() -> Any:
        return await run_in_threadpool(queries.reviews, house.engine, limit=1)

    return probe


async def _asked(part: str, probe: Probe) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            await probe()
    except TimeoutError:
        return f"{part} does not answer within {PATIENCE:.0f} seconds."
    except Away as away:
        return sentence(away)
    except OSError as trouble:
        return f"{part} does not answer: {_why(trouble)}."
    return OK


def _why(trouble: OSError) -> str:
    number = trouble.errno or 0
    return os.strerror(number) if number > 0 else trouble.strerror or str(trouble)
