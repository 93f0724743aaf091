"""Replies that a mail provider posts as they came; the mail intake judges them as all others."""

from __future__ import annotations

import re
import smtplib
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.capability import in_address
from mail.reading import read
from models.errors import Away, Malformed
from settings import Mail, Settings
from web.hooks.signatures import Stamped, check_stamped
from web.house import Here

router = APIRouter(tags=["hooks"])

PATIENCE = 30.0
"""Seconds that the mail intake may take over one mail."""

ENVELOPE = "unknown@inbound.invalid"
"""Providers do not say who stood on the envelope; the mail itself says who wrote it."""

_LINE_END = re.compile(rb"\r?\n")
MOST = 8
TAKEN, LATER = 250, 400
NEVER = 406
"""What providers take for: do not bring it again."""

BODY = {
    "requestBody": {
        "required": True,
        "description": "The mail as it came, MIME and all, at most 25 MiB.",
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "It is taken; a letter will answer it."},
    406: {"description": "It will never be taken; `said` is why."},
}


class Judged(BaseModel):
    """What the mail intake says."""

    said: str = Field(examples=["2.0.0 Your mail is taken; a letter will answer it"])


@router.post(
    "/mail/inbound",
    openapi_extra=BODY,
    operation_id="mail-inbound",
    summary="Take a reply as raw MIME.",
    responses=ANSWERS,
)
async def inbound(
    request: Request,
    response: Response,
    house: Here,
    signature: Stamped = "",
    x_envelope_to: Annotated[
        str, Header(description="Whom it was brought for; else its own headers say so.")
    ] = "",
) -> Judged:
    """Bring a mail to the intake, which judges it at the door.

    The same mail by two ways is one order. 503: bring it again later.
    """
    raw = await request.body()
    check_stamped(house.settings.hooks.mail, signature, raw, house.clock())
    to = await run_in_threadpool(_recipients, house.settings.mail, raw, x_envelope_to)
    code, said = await run_in_threadpool(_bring, house.settings, raw, to)
    if code != TAKEN:
        response.status_code = NEVER
    return Judged(said=said)


def _recipients(mail: Mail, raw: bytes, envelope: str) -> tuple[str, ...]:
    """Name the reply addresses a mail is for, or our own where only its references tell."""
    given = tuple(each.strip().strip("<>") for each in envelope.split(",") if each.strip())
    if len(given) > MOST:
        raise Malformed(f"X-Envelope-To: names more than {MOST} addresses")
    named = given or read(raw).recipients
    ours = tuple(each for each in named if in_address(each, mail.domain))
    return ours[:MOST] or (mail.sender,)


def _bring(settings: Settings, raw: bytes, to: tuple[str, ...]) -> tuple[int, str]:
    """Hand a mail to the intake by LMTP; give its answer. Raises Away where it is for later."""
    mail = settings.mail
    octets = _LINE_END.sub(b"\r\n", raw)
    try:
        with smtplib.LMTP(mail.lmtp_host, mail.lmtp_port, timeout=PATIENCE) as talk:
            talk.ehlo_or_helo_if_needed()
            talk.mail(ENVELOPE)
            asked = [talk.rcpt(address) for address in to]
            welcome = [answer for answer in asked if answer[0] == TAKEN]
            if not welcome:
                return _settled(asked)
            answers = [talk.data(octets), *(talk.getreply() for _ in welcome[1:])]
            return _settled(answers)
    except (OSError, smtplib.SMTPException) as trouble:
        raise Away("the mail intake", str(trouble)) from trouble


def _settled(answers: list[tuple[int, bytes]]) -> tuple[int, str]:
    """Give the best of several answers; one that is for later makes all of it so."""
    code, said = min(answers)
    words = said.decode("utf-8", "replace")
    if any(LATER <= each < LATER + 100 for each, _ in answers):
        raise Away("the mail intake", words)
    return code, words
