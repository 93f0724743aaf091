"""What the doctor finds in settings, files, database and logs of a real app."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import URL, Engine, create_engine, update

from models.audit.audit_event import SERVER, AuditKind
from models.doctor.deployment import Protection
from models.errors import Unavailable
from models.keys.key_ring import KeyPurpose, derive_key_ring
from register.at_rest.sealed_octets import use_keys
from register.recorder import mark_lost
from register.tables import events
from register.transactions import begin_write
from settings import AuditSection, HooksSection, KeysSection, MailSection, Settings, WebSection
from tests.sample_people import ADA, COORDINATOR
from tests.sample_reviews import build_assigned
from tests.web.web_app import REVIEW, WebApp
from web.services.doctor import examine_history
from web.services.doctor.part_connections import list_connections
from web.services.doctor.stored_files import is_exposed, list_exposed_files

DAY = timedelta(days=1)
NEW, OLD = "an encryption key, the new one", "an encryption key, the old one"


@pytest.fixture(autouse=True)
def _no_temporal_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the settings of Temporal of the machine that tests run on."""
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "none.toml"))
    for name in ("ADDRESS", "TLS", "API_KEY", "TLS_CLIENT_KEY_PATH"):
        monkeypatch.delenv(f"TEMPORAL_{name}", raising=False)
    monkeypatch.delenv("AFTERWORD_CONFIG", raising=False)


def change_settings(web_app: WebApp, **changes: Any) -> None:
    """Change settings of the running app; all of them are well otherwise."""
    well = {"hooks": HooksSection(), "web": WebSection(allowed_hosts=("testserver", "test"))}
    settings = web_app.settings.model_copy(update={**well, **changes})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)


def list_concerns(web_app: WebApp) -> dict[str, str]:
    """Return the subject of each concern by its code."""
    answer = web_app.get("doctor", by=COORDINATOR)
    assert answer.status_code == 200, answer.text
    return {each["code"]: each["subject"] for each in answer.json()["concerns"]}


def test_of_an_app_that_is_well_nothing_is_said(each_web_app: WebApp) -> None:
    change_settings(each_web_app)
    each_web_app.review_client.add_review(build_assigned().review)

    found = list_concerns(each_web_app)

    is_postgresql = each_web_app.engine.dialect.name == "postgresql"
    assert found.pop("hook-without-secret") == "pagerduty"
    assert found == ({"database-role": "postgres"} if is_postgresql else {})


def test_parts_that_do_not_answer_are_named(web_app: WebApp) -> None:
    async def refuse() -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    change_settings(web_app)
    context = web_app.app.state.context
    web_app.app.state.context = replace(context, mail_probe=refuse)
    web_app.review_client.error = Unavailable("Temporal", "connection refused")

    answer = web_app.get("doctor", by=COORDINATOR).json()

    assert [each["subject"] for each in answer["concerns"]] == ["Temporal", "The mail server"]
    assert answer["notes"] == [
        "No log was verified against its workflow: Temporal does not answer."
    ]


def test_a_lost_and_a_reset_review_and_a_late_anchor_are_named(web_app: WebApp) -> None:
    change_settings(web_app, audit=AuditSection(anchor_emails=False))
    web_app.review_client.add_review(build_assigned().review)
    mark_lost(web_app.engine, REVIEW)
    web_app.archive.audit.record_event(AuditKind.WORKFLOW_RESET, SERVER, subject=REVIEW)
    web_app.now += 3 * DAY

    found = list_concerns(web_app)

    assert (found["lost-review"], found["reset-review"]) == (REVIEW, REVIEW)
    assert "late-anchor" in found
    assert "anchor-stays" in found


def test_an_anchor_covers_what_happened_before_it(web_app: WebApp) -> None:
    change_settings(web_app)
    web_app.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject=REVIEW)
    web_app.now += 2 * DAY
    before = list_concerns(web_app)
    web_app.archive.audit.record_event(AuditKind.ANCHORED, SERVER, subject="2026-03-04")
    covered = list_concerns(web_app)
    web_app.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject=REVIEW)
    web_app.now += 2 * DAY

    assert "late-anchor" in before
    assert "late-anchor" not in covered
    assert "late-anchor" in list_concerns(web_app)


def test_a_line_that_was_changed_is_named(web_app: WebApp) -> None:
    change_settings(web_app)
    web_app.review_client.add_review(build_assigned().review)
    with begin_write(web_app.engine) as connection:
        connection.execute(update(events).where(events.c.revision == 3).values(text="nothing"))

    assert list_concerns(web_app)["broken-chain"] == REVIEW


def test_where_there_is_no_time_for_all_logs_that_is_said(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(web_app)
    web_app.review_client.add_review(build_assigned().review)
    monkeypatch.setattr(examine_history, "VERIFY_SECONDS", 0)

    answer = web_app.get("doctor", by=COORDINATOR).json()

    assert answer["notes"] == ["0 of 0 logs were verified; `afterword audit verify` verifies all."]


def test_a_secret_that_is_short_and_a_source_without_one_are_named(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    change_settings(web_app, hooks=HooksSection(sources={"statuspage": (SecretStr("8 long 8"),)}))

    found = list_concerns(web_app)

    assert found["short-secret"] == "hooks.sources.statuspage"
    assert found["hook-without-secret"] == "pagerduty"


def test_a_tool_that_reports_by_token_needs_no_secret(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    change_settings(web_app)
    web_app.add_token("reporter", sources=("pagerduty",))

    assert "hook-without-secret" not in list_concerns(web_app)


def test_a_token_that_nobody_could_be_told_of_is_named(web_app: WebApp) -> None:
    change_settings(web_app)
    web_app.post("tokens", {"name": "adas", "person": ADA}, by=COORDINATOR)
    at_once = list_concerns(web_app)
    web_app.now += timedelta(hours=1)

    assert "emails-waiting" not in at_once
    assert "emails-waiting" in list_concerns(web_app)


def test_what_is_stored_in_clear_or_with_an_older_or_missing_key_is_named(
    each_web_app: WebApp,
) -> None:
    web_app = each_web_app
    old, new = (derive_key_ring([each], KeyPurpose.ENCRYPTION) for each in (OLD, NEW))
    web_app.archive.documents.store_document(b"in clear")
    use_keys(web_app.engine, old)
    web_app.archive.documents.store_document(b"with the old key")
    keys = [KeysSection(encryption=tuple(map(SecretStr, each))) for each in ((NEW, OLD), (NEW,))]
    try:
        change_settings(web_app, keys=keys[0])
        during = list_concerns(web_app)
        change_settings(web_app, keys=keys[1])
        after = list_concerns(web_app)
    finally:
        use_keys(web_app.engine, derive_key_ring([], KeyPurpose.ENCRYPTION))

    assert {"not-encrypted", "older-key"} <= during.keys()
    assert during["older-key"] == after["missing-key"] == old.newest.id
    assert new.newest.id not in {*during.values(), *after.values()}


@pytest.fixture
def engine_of() -> Any:
    """Return a builder of engines that never connect."""
    return lambda **parts: create_engine(URL.create("postgresql+psycopg", **parts))


@pytest.mark.parametrize(
    ("query", "protection"),
    [
        ({}, Protection.ENCRYPTED),
        ({"sslmode": "disable"}, Protection.NONE),
        ({"sslmode": "allow"}, Protection.NONE),
        ({"sslmode": "require"}, Protection.ENCRYPTED),
        ({"sslmode": "verify-ca"}, Protection.ENCRYPTED),
        ({"sslmode": "verify-full"}, Protection.VERIFIED),
    ],
)
def test_how_the_database_is_reached_is_read_from_its_address(
    web_app: WebApp, engine_of: Any, query: dict[str, str], protection: Protection
) -> None:
    engine: Engine = engine_of(host="db.example.org", query=query)

    found = list_connections(web_app.settings, engine, stays_here=True)

    assert (found[0].part, found[0].host) == ("The database", "db.example.org")
    assert found[0].protection is protection


@pytest.mark.parametrize(
    ("smtp", "protection"),
    [
        ({"starttls": True}, Protection.VERIFIED),
        ({"starttls": False}, Protection.NONE),
        ({}, Protection.ENCRYPTED),
        ({"port": 465}, Protection.VERIFIED),
        ({"username": "a", "password": "a secret"}, Protection.VERIFIED),
        ({"username": "a", "password": "a secret", "starttls": False}, Protection.NONE),
    ],
)
def test_how_emails_leave_is_read_from_the_settings(
    web_app: WebApp, smtp: dict[str, Any], protection: Protection
) -> None:
    mail = MailSection.model_validate({"smtp": {"host": "mail.example.org", **smtp}})
    settings = web_app.settings.model_copy(update={"mail": mail})

    found = list_connections(settings, web_app.engine, stays_here=False)

    assert [each.protection for each in found if each.part == "The mail server"] == [protection]


@pytest.mark.parametrize(
    ("variables", "protection"),
    [
        ({}, Protection.NONE),
        ({"TEMPORAL_TLS": "true"}, Protection.VERIFIED),
        ({"TEMPORAL_API_KEY": "key"}, Protection.VERIFIED),
        ({"TEMPORAL_API_KEY": "key", "TEMPORAL_TLS": "false"}, Protection.NONE),
    ],
)
def test_how_temporal_is_reached_is_read_as_its_own_client_does(
    web_app: WebApp,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    protection: Protection,
) -> None:
    monkeypatch.delenv("TEMPORAL_CONFIG_FILE")
    for name, value in {"TEMPORAL_ADDRESS": "t.example.org:7233", **variables}.items():
        monkeypatch.setenv(name, value)

    (found,) = list_connections(web_app.settings, web_app.engine, stays_here=True)

    assert (found.host, found.protection) == ("t.example.org", protection)


@pytest.mark.parametrize(
    ("mode", "folder", "is_named"),
    [(0o644, 0o755, True), (0o640, 0o755, True), (0o600, 0o755, False), (0o644, 0o700, False)],
)
def test_a_file_with_secrets_that_others_can_open_is_named(
    web_app: WebApp, open_folder: Path, mode: int, folder: int, is_named: bool
) -> None:
    file = open_folder / "settings.toml"
    file.write_text("secret", encoding="utf-8")
    file.chmod(mode)
    open_folder.chmod(folder)

    found = list_exposed_files(web_app.settings, web_app.engine, {"AFTERWORD_CONFIG": str(file)})

    assert [(each.path, each.mode) for each in found] == [(str(file), f"{mode:04o}")] * is_named


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that others may enter, which those of pytest are not."""
    with tempfile.TemporaryDirectory(prefix="afterword-doctor-") as name:
        path = Path(name)
        path.chmod(0o755)
        if not is_exposed(path, stat.S_IROTH):
            pytest.skip("others may enter no temporary folder here")
        yield path


def test_settings_that_name_nothing_name_no_file(web_app: WebApp, tmp_path: Path) -> None:
    settings = Settings(
        secret=SecretStr("a secret for tests only"),
        coordinator=COORDINATOR,
        audit=AuditSection(anchor_file=str(tmp_path / "not" / "there")),
    )

    assert list_exposed_files(settings, web_app.engine, {}) == ()
