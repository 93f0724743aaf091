"""Who looks at what is not theirs is recorded before they are shown it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from models import commands
from models.audit.audit_event import SERVER, AuditKind
from models.errors import Unavailable
from settings import HooksSection
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA, OMAR, PIA, new_review
from tests.sample_reviews import ReviewBuilder
from tests.web.web_app import REVIEW, TOOL, WebApp
from web.services.audit.record_secrets import record_secrets


@pytest.fixture
def restricted(web_app: WebApp) -> WebApp:
    """Return the app with a review that only Ada, its lead, and Omar may read by name."""
    web_app.review_client.add_review(replace(new_review(), restricted_to=(OMAR,), revision=1))
    return web_app


def list_events(web_app: WebApp, **query: Any) -> list[dict[str, Any]]:
    response = web_app.get("audit", COORDINATOR, **query)
    assert response.status_code == 200, response.text
    events: list[dict[str, Any]] = response.json()["events"]
    return [each for each in events if each["kind"] not in ("people-imported", "services-imported")]


def list_own_events(web_app: WebApp) -> list[dict[str, Any]]:
    """Return what the coordinator did, newest first."""
    response = web_app.client.get(
        "/api/audit", params={"by": COORDINATOR}, headers=web_app.build_auth_header(COORDINATOR)
    )
    events: list[dict[str, Any]] = response.json()["events"]
    return events


@pytest.mark.parametrize(
    "path", ["", "/log", "/agenda", "/document", "/notifications", "/mails"], ids=str
)
def test_the_coordinator_who_is_not_named_in_a_restricted_review_is_seen_to_read_it(
    restricted: WebApp, path: str
) -> None:
    restricted.get(f"reviews/{REVIEW}{path}", COORDINATOR)

    (event,) = list_events(restricted, kind="restricted-read")
    assert (event["by"], event["subject"], event["channel"], event["origin"]) == (
        COORDINATOR,
        REVIEW,
        "api",
        "testclient",
    )


@pytest.mark.parametrize("reader", [ADA, OMAR, PIA])
def test_who_is_named_reads_their_own_review(restricted: WebApp, reader: str) -> None:
    assert restricted.get(f"reviews/{REVIEW}", reader).status_code == 200
    assert list_events(restricted, kind="restricted-read") == []


def test_who_is_refused_has_read_nothing(restricted: WebApp) -> None:
    assert restricted.get(f"reviews/{REVIEW}", OLGA).status_code != 200
    assert list_events(restricted, kind="restricted-read") == []


def test_an_open_review_is_for_everybody_and_only_its_export_is_recorded(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(new_review(), revision=1))

    web_app.get(f"reviews/{REVIEW}", COORDINATOR)
    web_app.get(f"reviews/{REVIEW}/export", OLGA, **{"as": "html", "pseudonyms": True})

    events = list_events(web_app, about=REVIEW)
    assert [(e["kind"], e["by"], e["text"]) for e in events] == [
        ("exported", OLGA, "as html, with pseudonyms")
    ]


def test_mail_that_somebody_else_reads_is_recorded_and_ones_own_is_not(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(new_review(), revision=1))
    web_app.archive.mail.store_mail(
        digest="d" * 64,
        raw=f"From: {PIA}\r\nSubject: hi\r\n\r\nnote: hello\r\n".encode(),
        received_at=MONDAY,
        command_id="c" * 64,
        review=REVIEW,
        person=PIA,
        verdict="accepted",
    )

    own = web_app.get(f"reviews/{REVIEW}/mails/ccc", PIA)
    other = web_app.get(f"reviews/{REVIEW}/mails/ccc", ADA)
    raw = web_app.get(f"reviews/{REVIEW}/mails/ccc/raw", COORDINATOR)

    assert [own.status_code, other.status_code, raw.status_code] == [200, 200, 200]
    assert [(e["by"], e["text"]) for e in list_events(web_app, kind="mail-read")] == [
        (COORDINATOR, f"mail cccccccccccc of {PIA}"),
        (ADA, f"mail cccccccccccc of {PIA}"),
    ]


def test_nothing_is_shown_where_it_cannot_be_recorded(
    restricted: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable("the database", "it is full")

    token = restricted.build_auth_header(COORDINATOR)
    monkeypatch.setattr("register.repositories.audit.append_audit_event", fail)

    response = restricted.client.get(f"/api/reviews/{REVIEW}", headers=token)

    assert response.status_code == 503


def test_tokens_people_and_a_rebuild_are_recorded_with_who_asked(web_app: WebApp) -> None:
    web_app.post("tokens", {"name": "ci", "tool": True, "sources": ["*"]}, COORDINATOR)
    web_app.post("people", [{"address": "new@example.org"}], COORDINATOR)
    web_app.post("people/olga/renew", None, COORDINATOR)
    web_app.post("register/rebuild", None, COORDINATOR)
    web_app.client.delete("/api/tokens/ci", headers=web_app.build_auth_header(COORDINATOR))

    events = list_own_events(web_app)

    assert [(e["kind"], e["subject"], e["text"]) for e in events] == [
        ("token-revoked", "ci", ""),
        ("register-rebuilt", "", ""),
        ("addresses-renewed", OLGA, ""),
        ("people-imported", "", "new@example.org (new)"),
        ("token-created", "ci", "for a tool, scope tool for everything, until 2 Mar 2027"),
    ]


def test_only_the_coordinator_reads_the_audit_log(web_app: WebApp) -> None:
    assert [web_app.get("audit", by).status_code for by in (ADA, TOOL, "")] == [403, 403, 401]


def test_the_log_comes_in_pages(web_app: WebApp) -> None:
    for name in ("a", "b", "c"):
        web_app.post("tokens", {"name": name, "tool": True, "sources": ["*"]}, COORDINATOR)

    first = web_app.get("audit", COORDINATOR, about="for a tool", limit=2).json()
    second = web_app.get(
        "audit", COORDINATOR, about="for a tool", limit=2, before=first["before"]
    ).json()

    assert [e["subject"] for e in first["events"]] == ["c", "b"]
    assert [e["subject"] for e in second["events"]] == ["a"]
    assert second["before"] == 0


def test_a_secret_that_was_replaced_is_recorded_at_the_next_start_and_never_shown(
    web_app: WebApp,
) -> None:
    before = web_app.settings
    after = before.model_copy(
        update={"secret": SecretStr("quite another secret"), "hooks": HooksSection()}
    )

    record_secrets(web_app.archive, before)
    record_secrets(web_app.archive, before)
    record_secrets(web_app.archive, after)
    web_app.now += timedelta(days=1)
    record_secrets(web_app.archive, before)

    events = list_events(web_app, about="secret") + list_events(web_app, about="hooks.mail")
    assert [(e["kind"], e["subject"]) for e in events] == [
        ("secret-rotated", "secret"),
        ("secret-rotated", "secret"),
        ("secret-seen", "secret"),
        ("secret-rotated", "hooks.mail"),
        ("secret-rotated", "hooks.mail"),
        ("secret-seen", "hooks.mail"),
    ]
    assert events[4]["text"] == "none"
    assert not any(before.secret.get_secret_value() in event["text"] for event in events)


def test_verifying_everything_verifies_the_audit_log_too(web_app: WebApp) -> None:
    web_app.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject="x")
    with web_app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_events SET text = 'y' WHERE subject = 'x'")

    response = web_app.post("audit/verify", {}, COORDINATOR)

    assert [(b["chain"], b["kind"]) for b in response.json()["breaks"]] == [("audit", "changed")]


def test_lines_from_before_there_was_a_chain_are_counted(web_app: WebApp) -> None:
    for number in (1, 2):
        builder = ReviewBuilder(replace(new_review(), id=f"review-manual-{number}"))
        builder.ask(commands.AddCause, ADA, symptom="It broke")
        old = tuple(replace(event, link="", seal="") for event in builder.review.log)
        builder.review = replace(builder.review, log=old, chain_key="")
        builder.ask(commands.AddCause, ADA, symptom="It broke again")
        web_app.review_client.add_review(builder.review)

    one = web_app.post("audit/verify", {"reviews": ["manual-1"]}, COORDINATOR).json()
    all_of_them = web_app.post("audit/verify", {}, COORDINATOR).json()

    assert one["breaks"] == all_of_them["breaks"] == []
    assert one["notes"] == ["review-manual-1: 1 line of its log is older than its chain"]
    assert all_of_them["notes"] == [
        "the first lines of 2 logs (2 lines) are older than their chains"
    ]
