"""Who found a weakness reads whom to tell, without a token."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from settings import SecuritySection, WebSection
from tests.sample_people import COORDINATOR
from tests.web.web_app import WebApp
from web.pages.security_contact import PATH


def read_fields(web_app: WebApp) -> dict[str, str]:
    """Return the fields of security.txt."""
    answer = web_app.client.get(PATH)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in answer.text.split("\r\n") if line)


def test_the_coordinator_is_told_unless_somebody_else_is_named(web_app: WebApp) -> None:
    fields = read_fields(web_app)

    assert fields["Contact"] == f"mailto:{COORDINATOR}"
    assert fields["Canonical"] == f"http://127.0.0.1:8600{PATH}"
    assert web_app.client.head(PATH).status_code == 200


def test_what_it_says_holds_for_some_weeks_and_never_for_a_year(web_app: WebApp) -> None:
    expires = read_fields(web_app)["Expires"]
    held = datetime.fromisoformat(expires) - web_app.now

    assert expires.endswith("T00:00:00Z")
    assert timedelta(days=30) < held < timedelta(days=365)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("security@example.org", "mailto:security@example.org"),
        ("mailto:security@example.org", "mailto:security@example.org"),
        (" https://example.org/report ", "https://example.org/report"),
        ("tel:+49-30-1234567", "tel:+49-30-1234567"),
    ],
)
def test_the_contact_of_the_settings_is_shown(web_app: WebApp, contact: str, shown: str) -> None:
    parts = web_app.app.state.context
    settings = parts.settings.model_copy(update={"security": SecuritySection(contact=contact)})
    web_app.app.state.context = replace(parts, settings=settings)

    assert read_fields(web_app)["Contact"] == shown


@pytest.mark.parametrize(
    "contact",
    [
        "somebody",
        "http://example.org",
        "a@b\nContact: mailto:evil@example.org",
        "javascript:x",
    ],
)
def test_a_contact_that_is_none_stops_the_start(contact: str) -> None:
    with pytest.raises(ValueError, match="is no contact"):
        SecuritySection(contact=contact)


def test_its_own_address_is_that_of_the_settings(web_app: WebApp) -> None:
    parts = web_app.app.state.context
    web = WebSection(url="https://afterword.example.org/", allowed_hosts=("testserver",))
    web_app.app.state.context = replace(
        parts, settings=parts.settings.model_copy(update={"web": web})
    )

    assert read_fields(web_app)["Canonical"] == f"https://afterword.example.org{PATH}"
