from __future__ import annotations

import pytest

from models.people import Person
from rules.access.browser_sessions import may_sign_in, name_browser
from tests.sample_people import ADA, COORDINATOR

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140 Safari/1 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Safari/605", "Safari on macOS"),
        (f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/140 Safari", "Chrome on Android"),
        ("curl/8.14", "curl/8.14"),
        ("", ""),
        ("evil\r\n\x1b[2J<b>", "evil[2J<b>"),
    ],
)
def test_a_browser_is_named_as_people_know_it(user_agent: str, name: str) -> None:
    assert name_browser(user_agent) == name


def test_another_program_is_named_in_a_few_words() -> None:
    assert len(name_browser("word " * 10_000)) <= 60


def test_known_people_who_have_not_left_may_sign_in_and_the_coordinator_always() -> None:
    ada, left = Person(address=ADA), Person(address=ADA, gone=True)

    assert [may_sign_in(each, ADA, COORDINATOR) for each in (ada, left, None)] == [
        True,
        False,
        False,
    ]
    assert may_sign_in(None, COORDINATOR, COORDINATOR)
