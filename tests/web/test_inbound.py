"""Raw mail that a provider posts: signed, handed to the intake, and answered as the intake says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope

from tests.mail.incoming import mail
from tests.web.house import MAIL_SECRET, House
from web.hooks.inbound import ENVELOPE
from web.hooks.signatures import sign

OURS = "reply+abcdefghijklmnopqrstuvwxyz@reply.example.org"


@dataclass
class Intake:
    """A mail intake that says what a test wants it to say."""

    port: int = 0
    welcome: str = "250 2.1.5 We take mail for this address"
    verdict: str = "250 2.0.0 Your mail is taken; a letter will answer it"
    brought: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    async def handle_RCPT(self, _s: Any, _n: Any, envelope: Envelope, to: str, _o: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        """Judge a recipient."""
        if self.welcome.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.welcome

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Judge a mail."""
        content = bytes(envelope.original_content or b"")
        self.brought.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return self.verdict


class _Lmtp(Controller):
    def factory(self) -> LMTP:
        """Speak LMTP."""
        return LMTP(self.handler)


@pytest.fixture
def intake(house: House) -> Iterator[Intake]:
    """An intake on a free port, known to the app."""
    found = Intake()
    with socket.create_server(("127.0.0.1", 0)) as free:
        found.port = free.getsockname()[1]
    controller = _Lmtp(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    settings = house.settings
    places = {"domain": "reply.example.org", "lmtp_port": found.port}
    set_up = {"mail": settings.mail.model_copy(update=places)}
    parts = house.app.state.house
    object.__setattr__(parts, "settings", settings.model_copy(update=set_up))
    yield found
    object.__setattr__(parts, "settings", settings)
    controller.stop()


def post(house: House, raw: bytes, secret: str = MAIL_SECRET, **headers: str) -> Any:
    """Post a mail as a provider does."""
    stamp = str(int(house.now.timestamp()))
    signature = f"t={stamp},v1={sign(secret, stamp.encode() + b'.' + raw)}"
    given = {"X-Afterword-Signature": signature, "Content-Type": "message/rfc822", **headers}
    return house.client.post("/mail/inbound", content=raw, headers=given)


def test_a_mail_comes_to_the_intake_octet_by_octet(house: House, intake: Intake) -> None:
    raw = mail("A1 accept\n.\nand a dot")

    answer = post(house, raw)

    assert answer.status_code == 200
    assert answer.json() == {"said": "2.0.0 Your mail is taken; a letter will answer it"}
    ((sender, to, content),) = intake.brought
    assert (sender, to) == (ENVELOPE, [OURS])
    assert content.rstrip() == raw.rstrip()


@pytest.mark.parametrize("sender", ["Jürgen <jürgen@example.org>", "a@x.org, b@x.org", None])
def test_any_sender_comes_to_the_intake(house: House, intake: Intake, sender: str | None) -> None:
    assert post(house, mail("A1 accept", From=sender)).status_code == 200
    assert intake.brought[0][0] == ENVELOPE


def test_bare_line_ends_are_those_of_mail_when_it_gets_there(house: House, intake: Intake) -> None:
    raw = mail("A1 accept\n.hidden\n" + "x" * 900).replace(b"\r\n", b"\n")

    assert post(house, raw).status_code == 200
    assert intake.brought[0][2].rstrip() == raw.replace(b"\n", b"\r\n").rstrip()


def test_the_envelope_goes_before_the_headers(house: House, intake: Intake) -> None:
    other = OURS.replace("abc", "xyz")

    post(house, mail("x"), **{"X-Envelope-To": f"<{other}>"})
    post(house, mail("x", To="somebody@example.org"))

    assert [to for _, to, _ in intake.brought] == [[other], [house.settings.mail.sender]]


@pytest.mark.parametrize(
    ("field_", "said", "status"),
    [
        ("verdict", "550 5.7.1 This reply address was given to somebody else", 406),
        ("welcome", "550 5.1.1 This reply address is not known", 406),
        ("verdict", "451 4.3.0 We cannot take mail just now", 503),
        ("welcome", "451 4.3.0 We cannot take mail just now", 503),
    ],
)
def test_never_and_later_are_told_apart(
    house: House, intake: Intake, field_: str, said: str, status: int
) -> None:
    setattr(intake, field_, said)

    answer = post(house, mail("A1 accept"))

    assert answer.status_code == status
    assert said.partition(" ")[2][:20] in answer.text


def test_an_intake_that_is_away_is_for_later(house: House, intake: Intake) -> None:
    del intake
    mail_away = house.app.state.house.settings.mail.model_copy(update={"lmtp_port": 1})
    settings = house.app.state.house.settings.model_copy(update={"mail": mail_away})
    object.__setattr__(house.app.state.house, "settings", settings)

    assert post(house, mail("x")).status_code == 503


def test_only_the_provider_may_post(house: House, intake: Intake) -> None:
    assert post(house, mail("x"), secret="another").status_code in (401, 403)
    assert house.client.post("/mail/inbound", content=mail("x")).status_code in (401, 403)
    assert intake.brought == []


def test_more_recipients_than_a_mail_has_are_malformed(house: House, intake: Intake) -> None:
    many = ",".join(f"a{n}@example.org" for n in range(20))

    assert post(house, mail("x"), **{"X-Envelope-To": many}).status_code == 400
    assert intake.brought == []


def test_two_megabytes_are_taken(house: House, intake: Intake) -> None:
    assert post(house, mail("x" * 70 + "\n" + f"{'y' * 900}\n" * 2_300)).status_code == 200
    assert len(intake.brought) == 1
