from __future__ import annotations

import json
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models.commands import COMMANDS
from tests.sample_people import ADA, COORDINATOR
from tests.sample_reviews import build_closed, build_rich
from tests.web.api.test_review_routes import build_review
from tests.web.web_app import REVIEW, TOOL, WebApp
from web.api.commands import ROUTED_ELSEWHERE
from web.schemas.command_docs import render_command_docs

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
PROBLEM_MEMBERS = {"type", "title", "status", "detail", "instance"}
"""The members that RFC 9457 defines."""
KNOWN = {"review": REVIEW, "name": "laptop"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_whatever_fits_the_schema_or_nearly_is_answered_as_the_schema_says(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.review_client.add_review(build_review(build_closed().review, "Q2", 1))
    schemathesis.serializer.alias("message/rfc822", "text/plain")
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", web_app.app)
    labels: set[str] = set()

    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # an error would fail here, rightly
        labels.add(operation.label)
        _call_operation(web_app, operation)

    assert {
        f"POST /api/reviews/{{review}}/{kind}" for kind in set(COMMANDS) - ROUTED_ELSEWHERE
    } < labels


def _call_operation(web_app: WebApp, operation: Any) -> None:
    tokens = [web_app.build_auth_header(by) for by in (ADA, COORDINATOR, TOOL)]

    @EXAMPLES
    @given(case=operation.as_strategy())
    def try_case(case: Any) -> None:
        case.path_parameters = {**case.path_parameters, **_fill_parameters(case.path_parameters)}
        for token in tokens:
            answer = case.call(headers={**token})
            case.validate_response(answer, checks=CHECKS)

    try_case()


def _fill_parameters(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: KNOWN[name] for name in parameters if name in KNOWN}


def test_the_schema_says_who_may_and_what_goes_wrong(web_app: WebApp) -> None:
    schema = web_app.client.get("/api/openapi.json").json()

    problem = schema["components"]["schemas"]["Problem"]
    assert set(problem["properties"]) == PROBLEM_MEMBERS | {
        *("code", "way_out", "hints", "blockers", "errors", "names"),
    }
    assert schema["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert "HTTPValidationError" not in json.dumps(schema)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"].endswith((".", "?")), (method, path)
            default = operation["responses"]["default"]
            assert list(default["content"]) == ["application/problem+json"], (method, path)


def test_each_operation_has_a_name_of_its_own(web_app: WebApp) -> None:
    schema = web_app.client.get("/api/openapi.json").json()

    names = [
        operation["operationId"]
        for operations in schema["paths"].values()
        for operation in operations.values()
    ]
    assert len(names) == len(set(names))
    assert {"list-reviews", "show-review", "write", "accept", "create-token"} < set(names)
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in names)


def test_the_page_of_commands_is_printed_from_the_commands() -> None:
    from pathlib import Path

    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "reference" / "commands.md").read_text(encoding="utf-8")

    assert page == render_command_docs(), "run python -m web.schemas.command_docs"
    for kind, command in COMMANDS.items():
        assert f"| `{kind}` |" in page
        assert f"`afterword {command.cli}`" in page or not command.cli
