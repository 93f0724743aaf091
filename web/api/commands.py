"""One route per command, derived from the declarations of the commands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter

from models.commands import COMMANDS, Command
from rules.commands.descriptions import format_conditions, format_summary
from web.auth import CurrentCaller
from web.dependencies import ContextDep
from web.schemas.examples import build_example
from web.schemas.fields import RequestBody, build_body_model, get_fields
from web.schemas.strict_json import StrictRoute
from web.services.send_command import CommandResponse, IdempotencyKey, prepare_command, send_command

ROUTED_ELSEWHERE = frozenset({"write", "reply", "contribute", "ask-back", "erase"})
"""Commands with another route: a document, an email, anonymous, our own, or for all reviews."""


def build_router() -> APIRouter:
    """Build a router with a POST route for each command that is not routed elsewhere."""
    router = APIRouter(prefix="/api/reviews/{review}", tags=["commands"], route_class=StrictRoute)
    for kind, command_type in COMMANDS.items():
        if kind not in ROUTED_ELSEWHERE:
            router.add_api_route(
                f"/{kind}",
                _build_endpoint(command_type, build_body_model(command_type)),
                methods=["POST"],
                name=kind,
                operation_id=kind,
                summary=format_summary(command_type),
                description=_format_description(command_type),
                response_model=CommandResponse,
                openapi_extra=build_example(command_type),
            )
    return router


def _format_description(command_type: type[Command]) -> str:
    return f"{format_conditions(command_type)} On the command line: `afterword {command_type.cli}`."


def _build_endpoint(
    command_type: type[Command], body: type[RequestBody]
) -> Callable[..., Coroutine[Any, Any, CommandResponse]]:
    async def endpoint(
        review: str,
        context: ContextDep,
        caller: CurrentCaller,
        body_fields: RequestBody,
        idempotency_key: IdempotencyKey = None,
    ) -> CommandResponse:
        values = get_fields(body_fields)
        record, command = await prepare_command(
            context, caller, review, command_type, values, key=idempotency_key
        )
        return await send_command(context, record, command)

    endpoint.__annotations__["body_fields"] = body
    return endpoint
