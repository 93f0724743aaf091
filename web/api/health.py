"""Health checks: whether this process runs, and whether the parts it needs answer."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from register.queries import review_queries
from settings import SmtpSection
from web.dependencies import OK, AppContext, ContextDep, Probe
from web.services.doctor.probes import run_probe

router = APIRouter(tags=["health"])

REQUIRED_PARTS = ("database", "temporal")
"""Parts without which nothing works; an unavailable mail server only delays notifications."""


@router.get("/healthz", summary="Check that the process runs.")
@router.head("/healthz", include_in_schema=False)
async def check_liveness() -> dict[str, str]:
    """Answer as soon as the process runs, whatever else is unavailable."""
    return {"status": OK}


@router.get(
    "/readyz",
    summary="Check that its parts work.",
    responses={503: {"description": "A required part is unavailable; the answer says which."}},
    response_model=dict[str, str],
)
@router.head("/readyz", include_in_schema=False)
async def check_readiness(context: ContextDep) -> JSONResponse:
    """Show for each part `ok`, or what is wrong; 503 when database or Temporal is unavailable."""
    database, temporal, mail = await asyncio.gather(
        run_probe("The database", _build_database_probe(context)),
        run_probe("Temporal", context.temporal_probe),
        run_probe("The mail server", context.mail_probe),
    )
    parts = {"database": database, "temporal": temporal, "mail": mail}
    ready = all(parts[name] == OK for name in REQUIRED_PARTS)
    return JSONResponse(parts, 200 if ready else 503)


def build_smtp_probe(smtp: SmtpSection) -> Probe:
    """Return a probe that opens a connection to the mail server and closes it again."""

    async def probe() -> None:
        _, writer = await asyncio.open_connection(smtp.host, smtp.port)
        writer.close()
        await writer.wait_closed()

    return probe


def _build_database_probe(context: AppContext) -> Probe:
    async def probe() -> Any:
        return await run_in_threadpool(review_queries.list_reviews, context.engine, limit=1)

    return probe
