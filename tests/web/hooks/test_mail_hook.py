"""Raw mail that a provider posts: signed, passed to the intake, answered as it answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope

from tests.mail.inbound_samples import build_mail
from tests.patience import PATIENCE
from tests.web.web_app import MAIL_SECRET, WebApp
from web.hooks.mail_webhook import ENVELOPE_SENDER
from web.hooks.webhook_signatures import sign

OURS = "reply+abcdefghijklmnopqrstuvwxyz@reply.example.org"


@dataclass
class ScriptedIntake:
    """A mail intake that answers what a test wants."""

    port: int = 0
    rcpt_answer: str = "250 2.1.5 We take mail for this address"
    data_answer: str = "250 2.0.0 Your email is accepted; an email will answer it"
    received: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    async def handle_RCPT(self, _s: Any, _n: Any, envelope: Envelope, to: str, _o: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        """Answer for a recipient."""
        if self.rcpt_answer.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.rcpt_answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Record a mail and answer for it."""
        content = bytes(envelope.original_content or b"")
        self.received.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return self.data_answer


class _LmtpController(Controller):
    def factory(self) -> LMTP:
        """Return a server that speaks LMTP."""
        return LMTP(self.handler)


@pytest.fixture
def intake(web_app: WebApp) -> Iterator[ScriptedIntake]:
    """Yield an intake on a free port, known to the app."""
    found = ScriptedIntake()
    with socket.create_server(("127.0.0.1", 0)) as free:
        found.port = free.getsockname()[1]
    controller = _LmtpController(
        found, hostname="127.0.0.1", port=found.port, ready_timeout=PATIENCE
    )
    controller.start()
    settings = web_app.settings
    places = {"domain": "reply.example.org", "lmtp_port": found.port}
    set_up = {"mail": settings.mail.model_copy(update=places)}
    parts = web_app.app.state.context
    object.__setattr__(parts, "settings", settings.model_copy(update=set_up))
    yield found
    object.__setattr__(parts, "settings", settings)
    controller.stop()


def post_mail(web_app: WebApp, raw: bytes, secret: str = MAIL_SECRET, **headers: str) -> Any:
    """Send a mail as a provider does."""
    stamp = str(int(web_app.now.timestamp()))
    signature = f"t={stamp},v1={sign(secret, stamp.encode() + b'.' + raw)}"
    given = {"X-Afterword-Signature": signature, "Content-Type": "message/rfc822", **headers}
    return web_app.client.post("/mail/inbound", content=raw, headers=given)


def test_a_mail_comes_to_the_intake_octet_by_octet(web_app: WebApp, intake: ScriptedIntake) -> None:
    raw = build_mail("A1 accept\n.\nand a dot")

    answer = post_mail(web_app, raw)

    assert answer.status_code == 200
    assert answer.json() == {"reply": "2.0.0 Your email is accepted; an email will answer it"}
    ((sender, to, content),) = intake.received
    assert (sender, to) == (ENVELOPE_SENDER, [OURS])
    assert content.rstrip() == raw.rstrip()


@pytest.mark.parametrize("sender", ["Jürgen <jürgen@example.org>", "a@x.org, b@x.org", None])
def test_any_sender_comes_to_the_intake(
    web_app: WebApp, intake: ScriptedIntake, sender: str | None
) -> None:
    assert post_mail(web_app, build_mail("A1 accept", From=sender)).status_code == 200
    assert intake.received[0][0] == ENVELOPE_SENDER


def test_bare_line_ends_are_those_of_mail_when_it_gets_there(
    web_app: WebApp, intake: ScriptedIntake
) -> None:
    raw = build_mail("A1 accept\n.hidden\n" + "x" * 900).replace(b"\r\n", b"\n")

    assert post_mail(web_app, raw).status_code == 200
    assert intake.received[0][2].rstrip() == raw.replace(b"\n", b"\r\n").rstrip()


def test_the_envelope_goes_before_the_headers(web_app: WebApp, intake: ScriptedIntake) -> None:
    other = OURS.replace("abc", "xyz")

    post_mail(web_app, build_mail("x"), **{"X-Envelope-To": f"<{other}>"})
    post_mail(web_app, build_mail("x", To="somebody@example.org"))

    assert [to for _, to, _ in intake.received] == [[other], [web_app.settings.mail.sender]]


@pytest.mark.parametrize(
    ("attribute", "reply", "status"),
    [
        ("data_answer", "550 5.7.1 This reply address was given to somebody else", 406),
        ("rcpt_answer", "550 5.1.1 This reply address is not known", 406),
        ("data_answer", "451 4.3.0 We cannot take mail just now", 503),
        ("rcpt_answer", "451 4.3.0 We cannot take mail just now", 503),
    ],
)
def test_never_and_later_are_told_apart(
    web_app: WebApp, intake: ScriptedIntake, attribute: str, reply: str, status: int
) -> None:
    setattr(intake, attribute, reply)

    answer = post_mail(web_app, build_mail("A1 accept"))

    assert answer.status_code == status
    assert reply.partition(" ")[2][:20] in answer.text


def test_an_intake_that_is_away_is_for_later(web_app: WebApp, intake: ScriptedIntake) -> None:
    del intake
    mail_away = web_app.app.state.context.settings.mail.model_copy(update={"lmtp_port": 1})
    settings = web_app.app.state.context.settings.model_copy(update={"mail": mail_away})
    object.__setattr__(web_app.app.state.context, "settings", settings)

    assert post_mail(web_app, build_mail("x")).status_code == 503


def test_only_the_provider_may_post(web_app: WebApp, intake: ScriptedIntake) -> None:
    assert post_mail(web_app, build_mail("x"), secret="another").status_code in (401, 403)
    assert web_app.client.post("/mail/inbound", content=build_mail("x")).status_code in (401, 403)
    assert intake.received == []


def test_more_recipients_than_a_mail_has_are_invalid_input(
    web_app: WebApp, intake: ScriptedIntake
) -> None:
    many = ",".join(f"a{n}@example.org" for n in range(20))

    assert post_mail(web_app, build_mail("x"), **{"X-Envelope-To": many}).status_code == 400
    assert intake.received == []


def test_two_megabytes_are_taken(web_app: WebApp, intake: ScriptedIntake) -> None:
    assert (
        post_mail(web_app, build_mail("x" * 70 + "\n" + f"{'y' * 900}\n" * 2_300)).status_code
        == 200
    )
    assert len(intake.received) == 1
