"""Erasing somebody leaves no trace of them in any table, and every chain whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from models import commands
from models.audit.audit_event import Actor, AuditKind
from register.recorder import mark_lost
from register.tables import metadata
from rules.permissions import ANONYMOUS
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA, OMAR, new_review
from tests.sample_reviews import ReviewBuilder, build_closed, build_drafted
from tests.sample_tokens import build_grant
from tests.web.web_app import REVIEW, TOOL, WebApp

NAME = "Omar Haddad"


def dump_database(web_app: WebApp) -> str:
    """Return every row of every table as text."""
    with web_app.engine.connect() as connection:
        rows = [
            tuple(row)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    return repr(rows)


def erase(web_app: WebApp, person: str = "omar", by: str = COORDINATOR) -> Any:
    return web_app.post(f"people/{person}/erase", {}, by)


def verify(web_app: WebApp) -> dict[str, Any]:
    report: dict[str, Any] = web_app.post("audit/verify", {}, COORDINATOR).json()
    return report


@pytest.fixture
def filled(web_app: WebApp) -> WebApp:
    """Return the app with something of Omar in everything it stores."""
    return fill(web_app)


def fill(web_app: WebApp) -> WebApp:
    digest = web_app.archive.documents.store_document(f"# Notes by {NAME} <{OMAR}>".encode())
    closed = build_closed().review
    assert closed.document is not None
    closed = replace(closed, document=replace(closed.document, digest=digest))
    web_app.review_client.add_review(closed)
    del web_app.review_client.reviews[REVIEW]  # its workflow is over
    builder = ReviewBuilder(replace(new_review(), id="review-manual-2"))
    builder.ask(commands.Contribute, ANONYMOUS, text=f"{NAME} was on call")
    web_app.review_client.add_review(builder.review)
    web_app.ask("note", ADA, "manual-2", text=f"{NAME} was on call")
    web_app.archive.tokens.issue_token(build_grant("phone", OMAR), MONDAY)
    web_app.archive.tokens.issue_token(build_grant("adas", ADA), MONDAY, Actor(by=OMAR))
    web_app.archive.people.merge_people([{"address": OLGA, "manager": OMAR}])
    for number, person in enumerate((OMAR, ADA)):
        web_app.archive.mail.store_mail(
            digest=str(number) * 64,
            raw=f"From: {person}\r\nSubject: {NAME}\r\n\r\nnote: ask {OMAR}\r\n".encode(),
            received_at=MONDAY,
            command_id=str(number) * 64,
            review=REVIEW,
            person=person,
            verdict="accepted",
        )
    return web_app


def test_no_table_has_anything_of_somebody_who_was_erased(each_web_app: WebApp) -> None:
    filled = fill(each_web_app)
    assert OMAR in dump_database(filled)

    response = erase(filled)

    assert response.status_code == 200, response.text
    report = response.json()
    dump = dump_database(filled)
    assert OMAR not in dump
    assert NAME not in dump
    assert report["pseudonym"] in dump
    assert report["reviews"] == ["review-manual-2", REVIEW]
    assert (report["documents"], report["mails"]) == (1, 2)
    assert verify(filled)["breaks"] == []


def test_every_chain_is_whole_afterwards(filled: WebApp) -> None:
    erase(filled)

    assert verify(filled)["breaks"] == []


def test_what_was_erased_is_an_audit_event_that_names_the_pseudonym_only(filled: WebApp) -> None:
    pseudonym = erase(filled).json()["pseudonym"]

    event = filled.archive.audit.find_newest(AuditKind.ERASED)
    assert event is not None
    assert (event.by, event.subject, event.text) == (COORDINATOR, pseudonym, "")


def test_the_document_and_the_record_of_a_closed_review_can_still_be_read(filled: WebApp) -> None:
    pseudonym = erase(filled).json()["pseudonym"]

    document = filled.get(f"reviews/{REVIEW}/document", ADA)
    log = filled.get(f"reviews/{REVIEW}/log", ADA).json()["events"]

    assert pseudonym in document.text
    assert log[-1]["kind"] == "erase"


def test_an_erasure_that_is_repeated_changes_nothing_more(filled: WebApp) -> None:
    first = erase(filled).json()

    second = erase(filled, OMAR).json()

    assert second == {**first, "reviews": [], "documents": 0, "mails": 0}
    assert verify(filled)["breaks"] == []


def test_their_token_no_longer_works(filled: WebApp) -> None:
    token = filled.build_auth_header(OMAR)

    erase(filled)

    assert filled.client.get("/api/me", headers=token).status_code == 401


def test_a_review_whose_workflow_is_lost_is_erased_in_the_register(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.ask("note", ADA, text=f"ask {OMAR}")
    del web_app.review_client.reviews[REVIEW]
    mark_lost(web_app.engine, REVIEW)

    assert erase(web_app).json()["reviews"] == [REVIEW]
    assert OMAR not in dump_database(web_app)
    assert verify(web_app)["breaks"] == []


def test_who_still_has_something_to_do_is_not_erased(filled: WebApp) -> None:
    filled.get("me", COORDINATOR)
    before = dump_database(filled)

    response = erase(filled, ADA)

    assert response.status_code == 409
    assert "hand-over" in response.json()["way_out"]
    assert dump_database(filled) == before


def test_the_coordinator_is_not_erased(filled: WebApp) -> None:
    assert erase(filled, COORDINATOR).status_code == 403


@pytest.mark.parametrize("by", [ADA, OMAR, TOOL])
def test_only_the_coordinator_erases(filled: WebApp, by: str) -> None:
    assert erase(filled, by=by).status_code == 403


def test_nobody_is_erased_by_a_name_that_nothing_has(filled: WebApp) -> None:
    assert erase(filled, "nobody").status_code == 404


def test_no_review_takes_an_erasure_over_its_own_route(filled: WebApp) -> None:
    assert filled.ask("erase", COORDINATOR).status_code in (404, 405)
