"""The figures on the command line, against the real API."""

from __future__ import annotations

import json

from cli.errors import ExitCode
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import approve_draft, open_review, propose_action


def test_the_figures_are_a_table_and_as_json_have_their_definitions(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)
    propose_action(afterword, "Limit connections per tenant to 20", "olga")
    afterword.check_output("approve", "q1", "actions")

    table = afterword.check_output("figures")
    rows = json.loads(afterword.check_output("figures", "-o", "json"))

    heading, first, *_ = table.splitlines()
    assert heading.split() == ["FIGURE", "PART", "NUMBER", "COUNTED"]
    assert first.split("  ")[0] == "Verified on time"
    assert "no data yet" in first
    ages = {row["part"]: row["count"] for row in rows if row["figure"] == "Age of open actions"}
    assert ages.pop("0-14") == 1
    assert set(ages.values()) == {0}
    assert all(row["definition"] for row in rows)


def test_the_figures_can_be_limited_and_opened_as_a_page(afterword: Terminal) -> None:
    open_review(afterword)

    rows = json.loads(afterword.check_output("figures", "--service", "nothing", "-o", "json"))
    address = afterword.check_output("figures", "--web")
    refused = afterword("figures", "--since", "yesterday")

    assert {row["of"] for row in rows} == {0}
    assert address.strip().endswith("/figures")
    assert refused.code == ExitCode.FAILED
    assert "write it as 2026-03-31" in refused.err
