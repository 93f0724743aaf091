"""An example of the body of every command, for the OpenAPI schema."""

from __future__ import annotations

from typing import Any

from models.commands import Command
from models.field_metadata import list_declared_fields


def build_example(command_type: type[Command]) -> dict[str, Any]:
    """Build the example of one command's body, to be merged into its OpenAPI operation."""
    value = {
        field.name: field.metadata.example
        for field in list_declared_fields(command_type)
        if field.is_typed
    }
    if not value:
        return {}
    content = {"application/json": {"examples": {"plain": {"value": value}}}}
    return {"requestBody": {"content": content}}
