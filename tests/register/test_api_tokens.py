from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, select

from models.access.tokens import TokenRotation, TokenScope
from models.audit.audit_event import Actor, AuditKind
from models.errors import InvalidInput, NotFound
from register.archive import Archive
from register.tables import token_secrets
from register.transactions import begin_read
from tests.register.conftest import SettableClock
from tests.sample_people import ADA, MONDAY
from tests.sample_tokens import YEAR, build_grant

LATER = MONDAY + timedelta(days=1)
ENDED = MONDAY + YEAR


def build_rotation(name: str, now: datetime, overlap: timedelta, maker: str = ADA) -> TokenRotation:
    return TokenRotation(
        name=name,
        scope=TokenScope.OWN,
        expires_at=now + YEAR,
        overlap_end=now + overlap,
        maker=maker,
    )


def test_a_token_tells_whose_it_is_and_what_it_may_do(archive: Archive) -> None:
    adas = archive.tokens.issue_token(build_grant("ada's laptop", "Ada@example.org"), MONDAY)
    tool = build_grant("ci", sources=("pagerduty",), services=("checkout", "search"))
    tools = archive.tokens.issue_token(tool, MONDAY)

    person, machine = archive.tokens.find_token(adas), archive.tokens.find_token(tools)
    assert person is not None
    assert machine is not None
    assert (person.name, person.person, person.scope) == ("ada's laptop", ADA, TokenScope.OWN)
    assert (machine.person, machine.is_tool) == ("", True)
    assert (machine.sources, machine.services) == (("pagerduty",), ("checkout", "search"))
    assert (person.maker, person.made_at, person.expires_at) == ("server", MONDAY, ENDED)


def test_a_token_is_accepted_until_its_end(archive: Archive) -> None:
    plain = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)

    assert archive.tokens.find_bearer(plain, ENDED - timedelta(seconds=1)) is not None
    assert archive.tokens.find_bearer(plain, ENDED) is None
    assert archive.tokens.find_token(plain) is not None


def test_the_last_use_is_known_to_the_hour_and_costs_one_write_an_hour(archive: Archive) -> None:
    archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)

    uses = []
    for minutes in (0, 1, 59, 60, 61, 119, 120):
        archive.tokens.record_use("ada", MONDAY + timedelta(minutes=minutes))
        uses.append(archive.tokens.list_tokens()[0].last_used_at)

    assert uses == [MONDAY + timedelta(hours=hours) for hours in (0, 0, 0, 1, 1, 1, 2)]


def test_a_rotated_token_has_two_secrets_until_the_overlap_is_over(archive: Archive) -> None:
    old = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
    overlap = timedelta(hours=24)

    new = archive.tokens.rotate_token(build_rotation("ada", LATER, overlap), LATER)

    end = LATER + overlap
    before, after = archive.tokens.find_token(old), archive.tokens.find_token(new)
    assert before is not None
    assert after is not None
    assert (before.expires_at, before.replaced_at) == (end, LATER)
    assert (after.expires_at, after.replaced_at) == (LATER + YEAR, None)
    assert archive.tokens.find_bearer(old, end - timedelta(seconds=1)) is not None
    assert archive.tokens.find_bearer(old, end) is None
    assert [token.expires_at for token in archive.tokens.list_tokens()] == [LATER + YEAR]


def test_a_token_that_is_rotated_twice_keeps_no_secret_longer_than_asked(archive: Archive) -> None:
    first = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
    second = archive.tokens.rotate_token(build_rotation("ada", MONDAY, timedelta(hours=2)), MONDAY)

    third = archive.tokens.rotate_token(build_rotation("ada", LATER, timedelta(0)), LATER)

    valid = [archive.tokens.find_bearer(plain, LATER) for plain in (first, second, third)]
    assert [token is not None for token in valid] == [False, False, True]


def test_a_longer_overlap_gives_an_old_secret_no_longer_life(archive: Archive) -> None:
    first = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
    archive.tokens.rotate_token(build_rotation("ada", MONDAY, timedelta(hours=1)), MONDAY)

    archive.tokens.rotate_token(build_rotation("ada", MONDAY, timedelta(days=7)), MONDAY)

    assert archive.tokens.find_bearer(first, MONDAY + timedelta(hours=1)) is None


def test_a_revoked_token_is_revoked_with_all_its_secrets_and_not_rotated(archive: Archive) -> None:
    old = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
    new = archive.tokens.rotate_token(build_rotation("ada", MONDAY, timedelta(days=1)), MONDAY)

    archive.tokens.revoke_token("ada")

    assert [archive.tokens.find_bearer(plain, MONDAY) for plain in (old, new)] == [None, None]
    with pytest.raises(NotFound):
        archive.tokens.rotate_token(build_rotation("ada", MONDAY, timedelta(0)), MONDAY)


def test_a_rotation_is_an_audit_event(archive: Archive) -> None:
    archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)

    archive.tokens.rotate_token(
        build_rotation("ada", LATER, timedelta(0)), LATER, Actor(by=ADA, channel="cli")
    )

    newest = archive.audit.find_newest()
    assert newest is not None
    assert (newest.kind, newest.by, newest.subject) == (AuditKind.TOKEN_ROTATED, ADA, "ada")
    assert newest.text == "scope own, until 3 Mar 2027"


def test_a_token_is_recognised_when_it_leaks_and_cannot_be_guessed(archive: Archive) -> None:
    some = {archive.tokens.issue_token(build_grant(f"t{n}", ADA), MONDAY) for n in range(20)}

    assert len(some) == 20
    assert all(token.startswith("aft_") and len(token) >= 40 for token in some)


def test_only_the_digest_of_a_token_is_kept(archive: Archive, engine: Engine) -> None:
    plain = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)

    with begin_read(engine) as connection:
        row = connection.execute(select(token_secrets)).one()

    assert plain not in map(str, row)
    assert row.digest == sha256(plain.encode()).hexdigest()


@pytest.mark.parametrize("wrong", ["", "aft_", "aft_wrong", "Bearer x", "\0", "ü" * 1000])
def test_a_wrong_token_is_nobodys(archive: Archive, wrong: str) -> None:
    plain = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)

    assert archive.tokens.find_token(wrong) is None
    assert archive.tokens.find_token(plain[:-1]) is None
    assert archive.tokens.find_token(plain.upper()) is None


def test_a_revoked_token_is_nobodys_and_stays_in_the_list(
    archive: Archive, clock: SettableClock
) -> None:
    plain = archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
    archive.tokens.issue_token(build_grant("Ci"), MONDAY)
    clock.now += timedelta(days=1)

    archive.tokens.revoke_token("ada")
    clock.now += timedelta(days=1)
    archive.tokens.revoke_token("ada")

    assert archive.tokens.find_bearer(plain, clock.now) is None
    listed = [(token.name, token.revoked_at) for token in archive.tokens.list_tokens()]
    assert listed == [("Ci", None), ("ada", MONDAY + timedelta(days=1))]


def test_a_token_that_is_not_there_cannot_be_revoked(archive: Archive) -> None:
    archive.tokens.issue_token(build_grant("laptop", ADA), MONDAY)

    with pytest.raises(NotFound, match=r"There is no token “laptpo”\. Did you mean laptop"):
        archive.tokens.revoke_token("laptpo")


@pytest.mark.parametrize(
    ("name", "person", "scope", "complaint"),
    [
        ("", ADA, TokenScope.OWN, "needs a name"),
        ("  ", ADA, TokenScope.OWN, "needs a name"),
        ("ci", ADA, TokenScope.TOOL, "not both"),
        ("ci", "", TokenScope.ADMIN, "not both"),
    ],
)
def test_a_token_needs_a_name_and_one_bearer(
    archive: Archive, name: str, person: str, scope: TokenScope, complaint: str
) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        archive.tokens.issue_token(build_grant(name, person, scope=scope), MONDAY)


def test_a_name_is_given_once_even_to_two_at_a_time(archive: Archive) -> None:
    def issue_token(_: int) -> str | None:
        try:
            return archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
        except InvalidInput:
            return None

    with ThreadPoolExecutor(4) as threads:
        issued = [plain for plain in threads.map(issue_token, range(8)) if plain]

    assert len(issued) == 1
    assert archive.tokens.find_bearer(issued[0], MONDAY) is not None


def test_the_name_of_a_revoked_token_is_not_given_again(archive: Archive) -> None:
    archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
    archive.tokens.revoke_token("ada")

    with pytest.raises(InvalidInput, match="There is a token called “ada” already"):
        archive.tokens.issue_token(build_grant("ada", ADA), MONDAY)
