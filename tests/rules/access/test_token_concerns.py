"""What is worth seeing to about a token, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from models.access.tokens import EVERYTHING, Token, TokenScope
from rules.access.token_concerns import list_token_concerns
from rules.access.tokens import WARNING_DAYS, may_administer
from tests.sample_people import ADA, COORDINATOR, MONDAY
from tests.sample_tokens import YEAR

DAY = timedelta(days=1)
TOKEN = Token(
    name="laptop",
    person=ADA,
    scope=TokenScope.OWN,
    sources=(EVERYTHING,),
    services=(EVERYTHING,),
    created_at=MONDAY,
    last_used_at=None,
    revoked_at=None,
    maker=COORDINATOR,
    made_at=MONDAY,
    expires_at=MONDAY + YEAR,
)
FIRST = replace(TOKEN, name="setup", person=COORDINATOR, maker="server")


def list_codes(token: Token, days: float = 0) -> list[str]:
    found = list_token_concerns([token], MONDAY + days * DAY, WARNING_DAYS)
    return [concern.code for concern in found]


@pytest.mark.parametrize(
    ("name", "maker", "used_after", "is_named"),
    [
        ("setup", "server", 8, True),
        ("setup", "server", 7, True),
        ("setup", "server", 6.9, False),
        ("setup", "server", None, False),
        ("setup-2", "server", 8, True),
        ("setup", COORDINATOR, 8, False),
        ("laptop", "server", 8, False),
        ("setups", "server", 8, False),
    ],
)
def test_the_first_token_is_named_once_it_was_used_after_a_week(
    name: str, maker: str, used_after: float | None, is_named: bool
) -> None:
    used = None if used_after is None else MONDAY + used_after * DAY
    token = replace(FIRST, name=name, maker=maker, last_used_at=used)

    assert ("first-token" in list_codes(token, 9)) is is_named


@pytest.mark.parametrize(("days", "codes"), [(350, []), (351, ["ending-token"]), (365, [])])
def test_a_token_is_named_in_its_last_two_weeks(days: int, codes: list[str]) -> None:
    assert list_codes(TOKEN, days) == codes


def test_a_token_of_before_is_named_with_its_end() -> None:
    (concern,) = list_token_concerns([replace(TOKEN, maker="")], MONDAY, WARNING_DAYS)

    assert (concern.code, concern.subject) == ("earlier-token", "laptop")
    assert concern.sentence.endswith("It is valid until 2 Mar 2027.")
    assert "afterword token rotate laptop" in concern.way_out


def test_what_was_revoked_is_no_concern() -> None:
    assert list_codes(replace(TOKEN, maker="", revoked_at=MONDAY)) == []


@pytest.mark.parametrize("name", ["setup-2", "setup-x", "setups", "laptop"])
def test_a_name_like_that_of_the_first_token_gives_nobody_more(name: str) -> None:
    token = replace(TOKEN, name=name, scope=TokenScope.EARLIER)

    assert not may_administer(token, COORDINATOR)


@pytest.mark.parametrize(
    ("token", "codes"),
    [
        (replace(TOKEN, person="", scope=TokenScope.TOOL, name="pagerduty"), ["taken-name"]),
        (replace(TOKEN, person="", scope=TokenScope.TOOL, name="grafana"), ["taken-name"]),
        (replace(TOKEN, person="", scope=TokenScope.TOOL, name="ci"), []),
        (replace(TOKEN, name="pagerduty"), []),
    ],
)
def test_a_tools_token_that_is_named_like_a_webhook_is_named(
    token: Token, codes: list[str]
) -> None:
    found = list_token_concerns([token], MONDAY, WARNING_DAYS, {"grafana"})

    assert [concern.code for concern in found] == codes
