"""The unsubscribe button: reminders weekly, by a genuine letter alone, and back again."""

from __future__ import annotations

import pytest

from mail import capability
from tests.cast import OLGA
from tests.web.house import REVIEW, House


@pytest.fixture
def address(house: House) -> str:
    """Where the button of a letter to Olga leads."""
    secret = house.settings.secret.get_secret_value().encode()
    token = capability.token(secret, REVIEW, OLGA)
    house.archive.grant_capability(token, REVIEW, OLGA, "")
    return f"/unsubscribe/{token}"


def is_weekly(house: House) -> bool:
    """Tell whether Olga's reminders come once a week."""
    return house.archive.people()[OLGA].weekly


def test_one_click_makes_reminders_weekly_and_another_undoes_it(house: House, address: str) -> None:
    clicked = house.client.post(address, data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    assert is_weekly(house)

    house.client.post(f"{address}?often=yes")

    assert not is_weekly(house)


def test_to_look_at_the_page_changes_nothing(house: House, address: str) -> None:
    page = house.client.get(address)

    assert page.status_code == 200
    assert "Once a week, please" in page.text
    assert not is_weekly(house)


def test_a_letter_that_was_never_written_unsubscribes_nobody(house: House) -> None:
    forged = capability.token(b"another secret", REVIEW, OLGA)
    house.archive.grant_capability(forged, REVIEW, OLGA, "")

    assert house.client.post(f"/unsubscribe/{forged}").status_code == 404
    assert house.client.post("/unsubscribe/nonsense").status_code == 404
    assert not is_weekly(house)
