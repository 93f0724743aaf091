"""Rebuild the register from open workflows and the archive."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from models.audit.audit_event import AuditKind
from web.auth import CurrentCoordinator
from web.dependencies import ContextDep
from web.schemas.strict_json import StrictRoute
from web.services.rebuild_register import RebuildResponse, rebuild_register

router = APIRouter(prefix="/api/register", tags=["register"], route_class=StrictRoute)


@router.post("/rebuild", operation_id="rebuild-register", summary="Rebuild the register.")
async def rebuild(context: ContextDep, caller: CurrentCoordinator) -> RebuildResponse:
    """Return the counts after rebuilding the register; for the coordinator.

    Everything is read before anything is written. What is neither open nor archived is kept and
    marked as lost. On the command line: `afterword register rebuild`.
    """
    record_event = context.archive.audit.record_event
    await run_in_threadpool(record_event, AuditKind.REGISTER_REBUILT, caller.actor)
    return await rebuild_register(context)
