from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, select

from models.errors import InvalidInput, NotFound
from register.archive import Archive
from register.repositories.tokens import Bearer, Token
from register.tables import tokens
from register.transactions import begin_read
from tests.register.conftest import SettableClock
from tests.sample_people import ADA, MONDAY


def test_a_token_tells_whose_it_is(archive: Archive) -> None:
    adas = archive.tokens.issue_token("ada's laptop", "Ada@example.org", tool=False, now=MONDAY)
    tools = archive.tokens.issue_token("ci", "", tool=True, now=MONDAY)

    assert archive.tokens.find_bearer(adas) == Bearer(name="ada's laptop", person=ADA, tool=False)
    assert archive.tokens.find_bearer(tools) == Bearer(name="ci", person="", tool=True)


def test_a_token_is_recognised_when_it_leaks_and_cannot_be_guessed(archive: Archive) -> None:
    some = {archive.tokens.issue_token(f"t{n}", ADA, tool=False, now=MONDAY) for n in range(20)}

    assert len(some) == 20
    assert all(token.startswith("aft_") and len(token) >= 40 for token in some)


def test_only_the_digest_of_a_token_is_kept(archive: Archive, engine: Engine) -> None:
    plain = archive.tokens.issue_token("ada", ADA, tool=False, now=MONDAY)

    with begin_read(engine) as connection:
        row = connection.execute(select(tokens)).one()

    assert plain not in map(str, row)
    assert row.digest == sha256(plain.encode()).hexdigest()


@pytest.mark.parametrize("wrong", ["", "aft_", "aft_wrong", "Bearer x", "\0", "ü" * 1000])
def test_a_wrong_token_is_nobodys(archive: Archive, wrong: str) -> None:
    plain = archive.tokens.issue_token("ada", ADA, tool=False, now=MONDAY)

    assert archive.tokens.find_bearer(wrong) is None
    assert archive.tokens.find_bearer(plain[:-1]) is None
    assert archive.tokens.find_bearer(plain.upper()) is None


def test_a_revoked_token_is_nobodys_and_stays_in_the_list(
    archive: Archive, clock: SettableClock
) -> None:
    plain = archive.tokens.issue_token("ada", ADA, tool=False, now=MONDAY)
    archive.tokens.issue_token("Ci", "", tool=True, now=MONDAY)
    clock.now += timedelta(days=1)

    archive.tokens.revoke_token("ada")
    clock.now += timedelta(days=1)
    archive.tokens.revoke_token("ada")

    assert archive.tokens.find_bearer(plain) is None
    assert archive.tokens.list_tokens() == (
        Token(name="Ci", person="", tool=True, created_at=MONDAY, revoked_at=None),
        Token(
            name="ada",
            person=ADA,
            tool=False,
            created_at=MONDAY,
            revoked_at=MONDAY + timedelta(days=1),
        ),
    )


def test_a_token_that_is_not_there_cannot_be_revoked(archive: Archive) -> None:
    archive.tokens.issue_token("laptop", ADA, tool=False, now=MONDAY)

    with pytest.raises(NotFound, match=r"There is no token “laptpo”\. Did you mean laptop"):
        archive.tokens.revoke_token("laptpo")


@pytest.mark.parametrize(
    ("name", "person", "tool", "complaint"),
    [
        ("", ADA, False, "needs a name"),
        ("  ", ADA, False, "needs a name"),
        ("ci", ADA, True, "not both"),
    ],
)
def test_a_token_needs_a_name_and_one_bearer(
    archive: Archive, name: str, person: str, tool: bool, complaint: str
) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        archive.tokens.issue_token(name, person, tool, MONDAY)


def test_a_name_is_given_once_even_to_two_at_a_time(archive: Archive) -> None:
    def issue_token(_: int) -> str | None:
        try:
            return archive.tokens.issue_token("ada", ADA, tool=False, now=MONDAY)
        except InvalidInput:
            return None

    with ThreadPoolExecutor(4) as threads:
        issued = [plain for plain in threads.map(issue_token, range(8)) if plain]

    assert [archive.tokens.find_bearer(plain) for plain in issued] == [
        Bearer(name="ada", person=ADA, tool=False)
    ]


def test_the_name_of_a_revoked_token_is_not_given_again(archive: Archive) -> None:
    archive.tokens.issue_token("ada", ADA, tool=False, now=MONDAY)
    archive.tokens.revoke_token("ada")

    with pytest.raises(InvalidInput, match="There is a token called “ada” already"):
        archive.tokens.issue_token("ada", ADA, tool=False, now=MONDAY)
