"""What is worth seeing to about a set-up, and what is well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.doctor.deployment import (
    DatabaseRole,
    Deployment,
    ExposedFile,
    PartConnection,
    Protection,
    SealedRows,
)
from rules.doctor.deployment_concerns import is_own_machine, list_deployment_concerns
from tests.sample_people import MONDAY


def list_codes(deployment: Deployment) -> list[str]:
    return [each.code for each in list_deployment_concerns(deployment, MONDAY)]


def build_connection(host: str, protection: Protection) -> Deployment:
    part = PartConnection(part="Temporal", host=host, protection=protection, setting="Set it.")
    return Deployment(connections=(part,))


def test_of_a_set_up_that_is_well_nothing_is_said() -> None:
    role = DatabaseRole(name="afterword", is_superuser=False)
    sealed = (SealedRows(key_id="abcd1234", count=3),)

    assert list_codes(Deployment()) == []
    assert list_codes(Deployment(role=role, sealed=sealed, encryption_ids=("abcd1234",))) == []


@pytest.mark.parametrize(
    ("host", "protection", "codes"),
    [
        ("temporal.example.org", Protection.NONE, ["unencrypted"]),
        ("temporal.example.org", Protection.ENCRYPTED, ["unverified"]),
        ("temporal.example.org", Protection.VERIFIED, []),
        ("10.0.0.7", Protection.NONE, ["unencrypted"]),
        ("2001:db8::7", Protection.NONE, ["unencrypted"]),
        ("localhost.example.org", Protection.NONE, ["unencrypted"]),
        ("127.0.0.1", Protection.NONE, []),
    ],
)
def test_a_way_to_another_machine_has_to_be_encrypted_and_verified(
    host: str, protection: Protection, codes: list[str]
) -> None:
    assert list_codes(build_connection(host, protection)) == codes


@pytest.mark.parametrize(
    ("host", "is_own"),
    [
        *[(name, True) for name in ("", "localhost", "LOCALHOST", "a.localhost", "127.0.0.1")],
        *[(name, True) for name in ("127.8.8.8", "::1", "[::1]", "/var/run/postgresql")],
        *[(name, False) for name in ("postgresql", "192.0.2.1", "127.0.0.1.example.org", "::2")],
    ],
)
def test_what_does_not_leave_the_machine_is_known(host: str, is_own: bool) -> None:
    assert is_own_machine(host) is is_own


@pytest.mark.parametrize(
    ("deployment", "code", "words"),
    [
        (
            Deployment(unavailable=("The mail server does not answer: refused.",)),
            "unavailable",
            "The mail server does not answer: refused.",
        ),
        (
            Deployment(role=DatabaseRole(name="root", is_superuser=True)),
            "database-role",
            "“root” is a superuser",
        ),
        (
            Deployment(role=DatabaseRole(name="x", is_superuser=False, makes_roles=True)),
            "database-role",
            "“x” may make roles",
        ),
        (
            Deployment(files=(ExposedFile(path="/s.toml", content="secrets", mode="0644"),)),
            "exposed-file",
            "other users of its machine (mode 0644)",
        ),
        (Deployment(short_secrets=("hooks.generic",)), "short-secret", "in hooks.generic has"),
        (Deployment(silent_sources=("pagerduty",)), "hook-without-secret", "“pagerduty” sent"),
        (
            Deployment(sealed=(SealedRows(key_id="", count=1),), encryption_ids=("new",)),
            "not-encrypted",
            "in clear",
        ),
        (
            Deployment(sealed=(SealedRows(key_id="old", count=1),), encryption_ids=("new", "old")),
            "older-key",
            "an older key, old",
        ),
        (
            Deployment(sealed=(SealedRows(key_id="gone", count=1),), encryption_ids=("new",)),
            "missing-key",
            "key gone",
        ),
        (Deployment(sealed=(SealedRows(key_id="gone", count=1),)), "missing-key", "key gone"),
    ],
)
def test_each_thing_says_what_is_wrong_and_what_to_do(
    deployment: Deployment, code: str, words: str
) -> None:
    (concern,) = list_deployment_concerns(deployment, MONDAY)

    assert concern.code == code
    assert words in concern.sentence
    assert concern.sentence.endswith(".")
    assert concern.way_out.endswith(".")


@pytest.mark.parametrize(
    ("count", "hours", "codes"),
    [(2, 48, ["older-signing-key"]), (2, 47, []), (1, 480, []), (3, 480, ["older-signing-key"])],
)
def test_a_secret_of_before_that_still_signs_is_named_after_two_days(
    count: int, hours: int, codes: list[str]
) -> None:
    since = MONDAY - timedelta(hours=hours)

    assert list_codes(Deployment(signing_keys=count, signing_since=since)) == codes


@pytest.mark.parametrize(("minutes", "codes"), [(15, ["emails-waiting"]), (14, [])])
def test_emails_that_wait_for_long_are_named(minutes: int, codes: list[str]) -> None:
    since = MONDAY - timedelta(minutes=minutes)

    assert list_codes(Deployment(waiting_emails=2, waiting_since=since)) == codes
