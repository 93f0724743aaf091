from __future__ import annotations

import json
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

from models.orders import ORDERS
from tests.cast import ADA, DESK
from tests.lives import closed, rich
from tests.web.house import REVIEW, TOOL, House
from tests.web.test_reviews import named
from web.orders import BY_OTHER_WAYS
from web.sentences import table

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
KNOWN = {"review": REVIEW, "name": "laptop"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.timeout(300)
def test_whatever_fits_the_schema_or_nearly_is_answered_as_the_schema_says(house: House) -> None:
    house.room.put(rich().review)
    house.room.put(named(closed().review, "Q2", 1))
    schemathesis.serializer.alias("message/rfc822", "text/plain")
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", house.app)
    asked: set[str] = set()

    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # an error would fail here, rightly
        asked.add(operation.label)
        _try(house, operation)

    assert {f"POST /api/reviews/{{review}}/{kind}" for kind in set(ORDERS) - BY_OTHER_WAYS} < asked


def _try(house: House, operation: Any) -> None:
    tokens = [house.bearer(by) for by in (ADA, DESK, TOOL)]

    @EXAMPLES
    @given(case=operation.as_strategy())
    def tried(case: Any) -> None:
        case.path_parameters = {**case.path_parameters, **_known(case.path_parameters)}
        for token in tokens:
            answer = case.call(headers={**token})
            case.validate_response(answer, checks=CHECKS)

    tried()


def _known(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: KNOWN[name] for name in parameters if name in KNOWN}


def test_the_schema_says_who_may_and_what_goes_wrong(house: House) -> None:
    schema = house.client.get("/api/openapi.json").json()

    fault = schema["components"]["schemas"]["Fault"]
    assert set(fault["properties"]) == {"code", "reason", "way_out", "hints", "blockers"}
    assert schema["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert "HTTPValidationError" not in json.dumps(schema)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"].endswith((".", "?")), (method, path)
            assert operation["responses"]["default"], (method, path)


def test_the_page_of_orders_is_printed_from_the_orders() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "orders.md").read_text(encoding="utf-8")

    assert page == table(), "run: python -m web.sentences > docs/orders.md"
    for kind, order in ORDERS.items():
        assert f"| `{kind}` |" in page
        assert f"`afterword {order.command}`" in page or not order.command
