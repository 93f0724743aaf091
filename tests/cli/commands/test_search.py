"""`afterword search` against the real API."""

from __future__ import annotations

import json
from datetime import timedelta

from cli.errors import ExitCode
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import approve_draft, open_review, propose_action
from tests.sample_people import COORDINATOR, ODILE


def test_words_are_found_with_where_they_are(api_server: ApiServer, afterword: Terminal) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)
    propose_action(afterword, "Limit connections per tenant to 20", "olga")

    lines = afterword.check_output("search", "tenants", "--kind", "action", by=ODILE).splitlines()
    found = json.loads(afterword.check_output("search", "-o", "json", "checkout", "errors"))

    assert lines[0].startswith("manual-Q1 A1  Limit connections per tenant to 20 (action, proposed")
    assert lines[1].startswith("  A load test with 50 tenants")
    assert found["counts"]["review"] == 1


def test_exclusions_and_phrases_are_quoted(api_server: ApiServer, afterword: Terminal) -> None:
    del api_server
    open_review(afterword)

    nothing = afterword("search", 'errors -"checkout answered"')

    assert nothing.code == ExitCode.DONE
    assert "Nothing was found" in nothing.err


def test_a_mistyped_word_is_said_to_be_near_another(
    api_server: ApiServer, afterword: Terminal
) -> None:
    del api_server
    open_review(afterword)

    assert "Did you mean: checkout?" in afterword("search", "chekout").err


def test_a_review_says_which_earlier_one_it_looks_like(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)
    propose_action(afterword, "Limit connections per tenant to 20", "olga")
    afterword.check_output("approve", "q1", "actions")
    api_server.now += timedelta(days=40)
    afterword.check_output(
        *("review", "open", "Checkout answered with errors again", "--key", "Q2"),
        *("--service", "checkout"),
        by=COORDINATOR,
    )

    shown = afterword.check_output("review", "show", "manual-Q2", by=COORDINATOR)

    assert "This looks like\n  manual-Q1  Checkout answered with errors, ended" in shown
    assert "    A1  Limit connections per tenant to 20: " in shown
    assert "days overdue when this incident began; still open" in shown
