from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import stamina
from pydantic import SecretStr

import runner
from models.errors import InvalidInput, Unavailable
from register.database import build_engine
from runner import (
    INVALID_SETTINGS,
    LOG_FORMAT,
    STOP_SIGNALS,
    MaskingFormatter,
    build_mail_settings,
    build_smtp_server,
    call_on_stop_signal,
    configure_logging,
    keep_running,
    run_in_background,
    run_process,
)
from settings import MailSection, Settings, SmtpSection, WebSection
from tests.patience import PATIENCE

SECRET = "a secret of sixteen octets"


def build_settings() -> Settings:
    smtp = SmtpSection(host="mx.example.org", port=587, password=SecretStr("pass"), starttls=True)
    return Settings(
        secret=SecretStr(SECRET),
        coordinator="coordinator@example.org",
        web=WebSection(url="https://afterword.example.org"),
        mail=MailSection(
            sender="afterword@example.org", domain="reply.example.org", delimiter="-", smtp=smtp
        ),
    )


def test_a_server_gets_the_settings_and_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Settings] = []
    monkeypatch.setattr("runner.load_settings", build_settings)

    async def serve(settings: Settings, clock: Callable[[], datetime]) -> None:
        assert clock().tzinfo is UTC
        served.append(settings)

    assert run_process(serve) == 0
    assert served == [build_settings()]


def test_what_a_server_cannot_use_is_one_sentence_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("runner.load_settings", build_settings)

    async def serve(_: Settings, __: Callable[[], datetime]) -> None:
        raise InvalidInput("web: cannot listen at port 80")

    assert run_process(serve) == INVALID_SETTINGS
    assert capsys.readouterr().err == "web: cannot listen at port 80\n"


@pytest.fixture
def retry_hooks() -> Iterator[None]:
    """Yield, and give the library of retries its own hooks back afterwards."""
    yield
    stamina.instrumentation.set_on_retry_hooks(None)


@pytest.mark.usefixtures("retry_hooks")
async def test_a_retry_is_logged_once_and_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers: Iterator[Exception | None] = iter([Unavailable("the database", "it is busy"), None])

    def migrate(_: object) -> None:
        if error := next(answers):
            raise error

    monkeypatch.setattr(runner, "migrate", migrate)
    monkeypatch.setattr(runner, "MIN_RETRY_SECONDS", 0.0)
    configure_logging(logging.INFO, LOG_FORMAT)

    await runner.migrate_when_available(build_engine("sqlite:///unused.db"))

    (record,) = caplog.records
    assert record.name == "afterword.retry"
    assert record.getMessage().endswith("; retrying")


@pytest.mark.parametrize("number", STOP_SIGNALS)
async def test_a_stop_signal_calls_back_instead_of_ending_the_process(
    number: signal.Signals,
) -> None:
    stop, before = asyncio.Event(), signal.getsignal(number)

    with call_on_stop_signal(stop.set):
        os.kill(os.getpid(), number)
        async with asyncio.timeout(PATIENCE):
            await stop.wait()

    if number is signal.SIGTERM:
        assert signal.getsignal(number) == before


def build_settings_at(url: str, *, decision_links: bool = True) -> Settings:
    web = WebSection(url=url, decision_links=decision_links)
    return build_settings().model_copy(update={"web": web})


def test_emails_have_decision_links_where_their_reader_can_open_them() -> None:
    here, elsewhere = "http://127.0.0.1:8600", "https://afterword.example.org"

    assert build_mail_settings(build_settings_at(elsewhere)).decision_links
    assert not build_mail_settings(build_settings_at(here)).decision_links
    assert not build_mail_settings(build_settings_at(here)).is_reachable
    assert build_mail_settings(build_settings_at(here), stays_here=True).decision_links
    switched_off = build_settings_at(elsewhere, decision_links=False)
    assert not build_mail_settings(switched_off, stays_here=True).decision_links


def test_emails_and_replies_are_built_from_one_reading_of_the_settings() -> None:
    mail_settings = build_mail_settings(build_settings())
    server = build_smtp_server(build_settings())

    assert mail_settings.sender == "afterword@example.org"
    assert mail_settings.domain == "reply.example.org"
    assert mail_settings.delimiter == "-"
    assert mail_settings.url == "https://afterword.example.org"
    assert mail_settings.secret == SECRET.encode()
    assert (server.host, server.port, server.starttls) == ("mx.example.org", 587, True)
    assert server.password == "pass"


def test_no_token_is_in_a_line_of_the_log() -> None:
    line = (
        "GET /unsubscribe/abcdefghijklmnopqrstuvwxyz to reply+abcdefghijklmnopqrstuvwxyz@x.example"
    )
    record = logging.LogRecord("afterword", logging.INFO, "", 0, "%s failed", (line,), None)

    assert MaskingFormatter("%(message)s").format(record) == (
        "GET /unsubscribe/… to reply+…@x.example failed"
    )


async def test_work_in_the_background_is_tried_again_whatever_it_raises(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    waits: list[float] = []
    failures = [Unavailable("the database", "it is away"), KeyError("a bug"), OSError("a disk")]

    async def fail_first() -> None:
        if failures:
            raise failures.pop(0)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("runner.asyncio.sleep", sleep)
    await keep_running(fail_first, "counting")

    assert waits == [1.0, 2.0, 4.0]
    assert caplog.text.count("counting failed, and is tried again") == 3


async def test_work_in_the_background_ends_with_the_body_also_between_two_tries() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def fail() -> None:
        begun.set()
        raise Unavailable("Temporal", "it is away")

    async def last() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with asyncio.timeout(PATIENCE):
        async with run_in_background(keep_running(fail, "starting"), last()):
            await begun.wait()

    assert ended.is_set()
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
