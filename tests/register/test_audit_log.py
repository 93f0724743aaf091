"""What happens around the reviews is written to a log with a chain of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from models.audit.audit_event import SERVER, Actor, AuditEvent, AuditKind
from models.errors import InvalidInput
from models.people import Service
from register.archive import Archive
from register.repositories.audit import MAX_NAMED, REPEATED_WITHIN, AuditConditions
from rules.audit.audit_chain import AUDIT_CHAIN, read_audit_log
from rules.audit.verify_log import BreakKind, verify_chain
from tests.register.conftest import SettableClock
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA, PEOPLE
from tests.sample_tokens import build_grant

DESK = Actor(by=COORDINATOR, channel="cli", origin="192.0.2.7")


def list_breaks(archive: Archive) -> list[tuple[int, BreakKind]]:
    lines = read_audit_log(archive.audit.load_events())
    return [(found.line, found.kind) for found in verify_chain(AUDIT_CHAIN, lines, "the archive")]


def find_newest(archive: Archive) -> AuditEvent:
    newest = archive.audit.find_newest()
    assert newest is not None
    return newest


def test_a_token_is_made_and_revoked_with_who_from_where_and_when(
    archive: Archive, clock: SettableClock
) -> None:
    archive.tokens.issue_token(build_grant("laptop", OLGA), MONDAY, DESK)
    clock.now = MONDAY + timedelta(hours=1)

    archive.tokens.revoke_token("laptop", DESK)
    archive.tokens.revoke_token("laptop", DESK)

    revoked, created = archive.audit.list_events(AuditConditions(), limit=9)
    assert (created.kind, created.subject, created.text) == (
        AuditKind.TOKEN_CREATED,
        "laptop",
        f"for {OLGA}, scope own, until 2 Mar 2027",
    )
    assert (created.by, created.channel, created.origin) == (COORDINATOR, "cli", "192.0.2.7")
    assert (revoked.kind, revoked.at) == (AuditKind.TOKEN_REVOKED, clock.now)


def test_a_token_that_is_refused_leaves_no_event(archive: Archive) -> None:
    archive.tokens.issue_token(build_grant("laptop", OLGA), MONDAY, DESK)

    with pytest.raises(InvalidInput):
        archive.tokens.issue_token(build_grant("laptop", ADA), MONDAY, DESK)

    assert len(archive.audit.load_events()) == 1


def test_an_import_names_who_is_new_and_what_changed_of_whom(archive: Archive) -> None:
    archive.people.import_people([PEOPLE[ADA]])

    archive.people.merge_people([{"address": ADA, "zone": "UTC", "gone": True}], DESK)

    newest = find_newest(archive)
    assert (newest.kind, newest.by, newest.text) == (
        AuditKind.PEOPLE_IMPORTED,
        COORDINATOR,
        f"{ADA} (zone and gone)",
    )


def test_an_import_that_changes_nothing_is_no_event_and_a_large_one_is_cut(
    archive: Archive,
) -> None:
    services = [Service(name=f"service-{n:03}") for n in range(MAX_NAMED + 5)]
    archive.people.import_services(services)

    archive.people.import_services(services)

    (only,) = archive.audit.load_events()
    assert only.text.startswith("service-000 (new), service-001 (new), ")
    assert only.text.endswith(" and 5 more")


def test_reply_addresses_are_renewed_by_somebody(archive: Archive) -> None:
    archive.people.import_people([PEOPLE[OLGA]])

    archive.people.renew_reply_addresses(OLGA, DESK)

    newest = find_newest(archive)
    assert (newest.kind, newest.subject, newest.by) == (
        AuditKind.ADDRESSES_RENEWED,
        OLGA,
        COORDINATOR,
    )


def test_the_same_look_within_minutes_is_one_event(archive: Archive, clock: SettableClock) -> None:
    def look(actor: Actor, subject: str = "review-a-1") -> AuditEvent | None:
        return archive.audit.record_look(AuditKind.RESTRICTED_READ, actor, subject=subject)

    first = look(DESK)
    again = look(DESK)
    elsewhere = look(replace(DESK, origin="192.0.2.8"))
    other = look(DESK, "review-a-2")
    clock.now += REPEATED_WITHIN
    later = look(DESK)

    assert again is None
    assert [each.seq for each in (first, elsewhere, other, later) if each] == [1, 2, 3, 4]


def test_events_are_found_by_kind_person_subject_and_time(
    archive: Archive, clock: SettableClock
) -> None:
    for number in range(4):
        clock.now = MONDAY + timedelta(days=number)
        actor = DESK if number % 2 else SERVER
        kind = AuditKind.EXPORTED if number > 1 else AuditKind.MAIL_READ
        archive.audit.record_event(kind, actor, subject=f"review-{number}", text="50% done")

    def find(**wanted: object) -> list[int]:
        conditions = AuditConditions(**wanted)  # type: ignore[arg-type]  # any condition
        return [event.seq for event in archive.audit.list_events(conditions, limit=9)]

    assert find() == [4, 3, 2, 1]
    assert find(kind=AuditKind.EXPORTED) == [4, 3]
    assert find(by=COORDINATOR) == [4, 2]
    assert find(about="view-2") == [3]
    assert find(about="50%") == [4, 3, 2, 1]
    assert find(about="5_%") == []
    assert find(since=MONDAY + timedelta(days=1), until=MONDAY + timedelta(days=3)) == [3, 2]
    assert find(before=3) == [2, 1]


def test_events_of_many_at_once_are_one_chain(archive: Archive) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda n: archive.audit.record_event(AuditKind.EXPORTED, DESK, subject=str(n)),
                range(24),
            )
        )

    assert [event.seq for event in archive.audit.load_events()] == list(range(1, 25))
    assert list_breaks(archive) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit_events SET text = 'nothing' WHERE seq = 2", (2, BreakKind.CHANGED)),
        ("UPDATE audit_events SET origin = '' WHERE seq = 2", (2, BreakKind.CHANGED)),
        ("DELETE FROM audit_events WHERE seq = 2", (3, BreakKind.REMOVED)),
        ("UPDATE audit_events SET kind = 'exported' WHERE seq = 2", (2, BreakKind.CHANGED)),
    ],
)
def test_an_edit_of_the_audit_log_is_found(
    archive: Archive, engine: Engine, statement: str, expected: tuple[int, BreakKind]
) -> None:
    for number in range(4):
        archive.audit.record_event(AuditKind.MAIL_READ, DESK, subject=f"review-{number}")

    with engine.begin() as connection:
        connection.execute(text(statement))

    assert list_breaks(archive) == [expected]
