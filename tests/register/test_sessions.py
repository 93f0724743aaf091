from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, select

from models.access.session import Session, SessionLimits, SignIn, SignInWay
from models.audit.audit_event import Actor, AuditKind
from models.people import Person
from register.archive import Archive
from register.repositories.audit import AuditConditions
from register.repositories.sessions import SECRET_LENGTH
from register.tables import sessions
from register.transactions import begin_read
from tests.register.conftest import SettableClock
from tests.sample_people import ADA, MONDAY, OLGA

IDLE, LONGEST = timedelta(days=14), timedelta(days=90)
LIMITS = SessionLimits(idle=IDLE, longest=LONGEST)
ADA_HERSELF = Actor(by=ADA, channel="web", origin="192.0.2.1")


def start(archive: Archive, person: str = ADA, now: datetime = MONDAY, replaces: str = "") -> str:
    sign_in = SignIn(
        person=person, way=SignInWay.MAIL, agent="Firefox on Linux", origin="192.0.2.1"
    )
    return archive.sessions.start_session(sign_in, LIMITS, now, replaces=replaces)


def find(archive: Archive, plain: str, now: datetime = MONDAY) -> Session | None:
    return archive.sessions.find_session(plain, now, IDLE)


def list_events(archive: Archive, kind: AuditKind) -> list[tuple[str, str]]:
    found = archive.audit.list_events(AuditConditions(kind=kind), limit=100)
    return [(event.by, event.text) for event in reversed(found)]


def test_a_session_tells_whose_it_is_and_how_they_signed_in(archive: Archive) -> None:
    archive.people.import_people([Person(address=ADA, name="Ada Lind")])

    session = find(archive, start(archive))

    assert session is not None
    assert (session.person, session.name, session.way) == (ADA, "Ada Lind", SignInWay.MAIL)
    assert (session.agent, session.origin) == ("Firefox on Linux", "192.0.2.1")
    assert (session.made_at, session.ends_at) == (MONDAY, MONDAY + LONGEST)


def test_only_the_digest_of_a_session_is_stored(archive: Archive, engine: Engine) -> None:
    plain = start(archive)

    with begin_read(engine) as connection:
        row = connection.execute(select(sessions)).one()

    assert plain not in map(str, row)
    assert row.id == sha256(plain.encode()).hexdigest()


def test_sessions_cannot_be_guessed(archive: Archive) -> None:
    some = {start(archive) for _ in range(20)}

    assert len(some) == 20
    assert {len(plain) for plain in some} == {SECRET_LENGTH}


def test_a_session_that_nobody_uses_ends_and_one_that_is_used_ends_later(archive: Archive) -> None:
    plain, second = start(archive), timedelta(seconds=1)
    used = find(archive, plain, MONDAY + IDLE - second)
    assert used is not None
    assert find(archive, plain, MONDAY + IDLE) is None

    archive.sessions.record_visit(used, MONDAY + IDLE - second)

    assert find(archive, plain, MONDAY + 2 * IDLE - 2 * second) is not None
    assert find(archive, plain, MONDAY + 2 * IDLE - second) is None


def test_no_session_lasts_longer_than_the_limit_however_often_it_is_used(archive: Archive) -> None:
    plain, last = start(archive), MONDAY
    for day in range(1, 91):
        last = MONDAY + timedelta(days=day, seconds=-1)
        session = find(archive, plain, last)
        assert session is not None
        archive.sessions.record_visit(session, last)

    assert find(archive, plain, last + timedelta(seconds=1)) is None


def test_the_last_visit_is_known_to_five_minutes(archive: Archive) -> None:
    plain = start(archive)

    seen = []
    for minutes in (1, 4, 5, 6, 9, 10):
        now = MONDAY + timedelta(minutes=minutes)
        session = find(archive, plain, now)
        assert session is not None
        archive.sessions.record_visit(session, now)
        seen += [each.last_seen_at for each in archive.sessions.list_sessions(ADA, now, IDLE)]

    assert seen == [MONDAY + timedelta(minutes=minutes) for minutes in (0, 0, 5, 5, 5, 10)]


def test_signing_in_ends_the_session_that_the_browser_had(archive: Archive) -> None:
    olgas, adas = start(archive, OLGA), start(archive)

    new = start(archive, ADA, replaces=olgas)

    assert [find(archive, plain) is not None for plain in (olgas, adas, new)] == [False, True, True]
    assert list_events(archive, AuditKind.SIGNED_OUT) == [(ADA, f"{OLGA}: by a new sign-in")]


@pytest.mark.parametrize("chosen", ["chosen", "x" * SECRET_LENGTH, "\0", "é" * SECRET_LENGTH])
def test_a_secret_that_somebody_else_chose_is_never_taken_over(
    archive: Archive, chosen: str
) -> None:
    new = start(archive, replaces=chosen)

    assert new != chosen
    assert find(archive, chosen) is None


def test_a_session_that_is_signed_out_is_over_for_whoever_copied_it(archive: Archive) -> None:
    plain, other = start(archive), start(archive)
    session = find(archive, plain)
    assert session is not None

    archive.sessions.sign_out(session, ADA_HERSELF)
    archive.sessions.sign_out(session, ADA_HERSELF)

    assert find(archive, plain) is None
    assert find(archive, other) is not None
    assert list_events(archive, AuditKind.SIGNED_OUT) == [(ADA, "")]


def test_somebody_ends_their_own_sessions_only(archive: Archive) -> None:
    adas, olgas = find(archive, start(archive)), find(archive, start(archive, OLGA))
    assert adas is not None
    assert olgas is not None

    ended = [archive.sessions.revoke_session(ADA, each.id, ADA_HERSELF) for each in (adas, olgas)]

    assert ended == [True, False]
    listed = [archive.sessions.list_sessions(who, MONDAY, IDLE) for who in (ADA, OLGA)]
    assert listed == [(), (olgas,)]
    assert list_events(archive, AuditKind.SESSION_ENDED) == [(ADA, "")]


def test_signing_out_everywhere_leaves_others_alone(archive: Archive) -> None:
    adas, olgas = [start(archive) for _ in range(3)], start(archive, OLGA)

    assert archive.sessions.sign_out_everywhere(ADA, ADA_HERSELF) == 3

    assert [find(archive, plain) for plain in adas] == [None] * 3
    assert find(archive, olgas) is not None
    assert list_events(archive, AuditKind.SIGNED_OUT) == [(ADA, "everywhere")] * 3


def test_whoever_leaves_is_signed_out_and_stays_so_when_they_return(archive: Archive) -> None:
    archive.people.import_people([Person(address=ADA), Person(address=OLGA)])
    adas, olgas = start(archive), start(archive, OLGA)

    archive.people.merge_people([{"address": ADA, "gone": True}])
    archive.people.merge_people([{"address": ADA, "gone": False}])

    assert find(archive, adas) is None
    assert find(archive, olgas) is not None
    assert list_events(archive, AuditKind.SESSION_ENDED) == [("server", f"{ADA}: has left")]


def test_whoever_is_erased_is_signed_out(archive: Archive) -> None:
    archive.people.import_people([Person(address=ADA)])
    plain = start(archive)

    archive.erasure.erase_person(ADA, "somebody-1")

    assert find(archive, plain) is None


def test_sessions_that_are_over_are_deleted_by_the_next_sign_in(
    archive: Archive, engine: Engine
) -> None:
    start(archive)

    start(archive, OLGA, MONDAY + IDLE)

    with begin_read(engine) as connection:
        assert connection.scalars(select(sessions.c.person)).all() == [OLGA]


def test_the_list_begins_with_the_session_that_was_used_last(
    archive: Archive, clock: SettableClock
) -> None:
    for hours in range(3):
        start(archive, now=MONDAY + timedelta(hours=hours))
    clock.now += timedelta(hours=5)
    oldest = archive.sessions.list_sessions(ADA, clock.now, IDLE)[-1]
    archive.sessions.record_visit(oldest, clock.now)

    found = archive.sessions.list_sessions(ADA, clock.now, IDLE)

    assert [(each.made_at - MONDAY) / timedelta(hours=1) for each in found] == [0, 2, 1]


def test_a_session_that_many_end_at_a_time_is_ended_once(archive: Archive) -> None:
    session = find(archive, start(archive))
    assert session is not None

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: archive.sessions.sign_out(session, ADA_HERSELF), range(8)))

    assert list_events(archive, AuditKind.SIGNED_OUT) == [(ADA, "")]


def test_a_sign_in_is_an_audit_event_that_says_how(archive: Archive) -> None:
    start(archive)

    assert list_events(archive, AuditKind.SIGNED_IN) == [
        (ADA, "by a link in an email, Firefox on Linux")
    ]
