"""Replies that a mail provider posts as raw MIME; the mail intake handles them as all others."""

from __future__ import annotations

import re
import smtplib
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.common.reply_token import find_token_in_address
from mail.inbound.parse_mail import parse_head
from models.errors import InvalidInput, Unavailable
from settings import MailSection, Settings
from web.dependencies import ContextDep
from web.hooks.webhook_signatures import (
    SignatureHeader,
    check_afterword_signature,
    slow_down_forgers,
)

router = APIRouter(tags=["hooks"])

LMTP_TIMEOUT = 30.0
"""Seconds that the mail intake may take for one mail."""

ENVELOPE_SENDER = "unknown@inbound.invalid"
"""Providers do not report the envelope sender; the mail itself says who wrote it."""

_LINE_END = re.compile(rb"\r?\n")
MAX_RECIPIENTS = 8
ACCEPTED, TEMPORARY_FAILURE = 250, 400
NOT_ACCEPTABLE = 406
"""The status that makes providers stop retrying."""

REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "description": "The raw email in MIME, at most 25 MiB.",
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "Accepted; an email will answer it."},
    406: {"description": "Rejected for good; `reply` says why."},
}


class InboundMailResponse(BaseModel):
    """The reply of the mail intake."""

    reply: str = Field(examples=["2.0.0 Your email is accepted; an email will answer it"])


@router.post(
    "/mail/inbound",
    openapi_extra=REQUEST_BODY,
    operation_id="mail-inbound",
    summary="Receive a reply as raw MIME.",
    responses=RESPONSES,
)
async def receive_mail(
    request: Request,
    response: Response,
    context: ContextDep,
    signature: SignatureHeader = "",
    x_envelope_to: Annotated[
        str, Header(description="The envelope recipients; by default those of its headers.")
    ] = "",
) -> InboundMailResponse:
    """Send an email to the intake, which accepts or rejects it.

    The same email sent in two ways counts once. 503: send it again later.
    """
    raw = await request.body()
    with slow_down_forgers(context, request):
        check_afterword_signature(context.settings.hooks.mail, signature, raw, context.clock())
    to = await run_in_threadpool(_find_recipients, context.settings.mail, raw, x_envelope_to)
    code, reply = await run_in_threadpool(_deliver_by_lmtp, context.settings, raw, to)
    if code != ACCEPTED:
        response.status_code = NOT_ACCEPTABLE
    return InboundMailResponse(reply=reply)


def _find_recipients(mail: MailSection, raw: bytes, envelope: str) -> tuple[str, ...]:
    """List the reply addresses a mail is for, or our own where only its references tell."""
    envelope_addresses = tuple(
        each.strip().strip("<>") for each in envelope.split(",") if each.strip()
    )
    if len(envelope_addresses) > MAX_RECIPIENTS:
        raise InvalidInput(f"X-Envelope-To: names more than {MAX_RECIPIENTS} addresses")
    addresses = envelope_addresses or parse_head(raw).recipients
    ours = tuple(each for each in addresses if find_token_in_address(each, mail.domain))
    return ours[:MAX_RECIPIENTS] or (mail.sender,)


def _deliver_by_lmtp(settings: Settings, raw: bytes, to: tuple[str, ...]) -> tuple[int, str]:
    """Send an email to the intake by LMTP and return its reply. Raises Unavailable for a 4xx."""
    mail = settings.mail
    octets = _LINE_END.sub(b"\r\n", raw)
    try:
        with smtplib.LMTP(mail.lmtp_host, mail.lmtp_port, timeout=LMTP_TIMEOUT) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            lmtp.mail(ENVELOPE_SENDER)
            rcpt_replies = [lmtp.rcpt(address) for address in to]
            accepted = [reply for reply in rcpt_replies if reply[0] == ACCEPTED]
            if not accepted:
                return _choose_reply(rcpt_replies)
            replies = [lmtp.data(octets), *(lmtp.getreply() for _ in accepted[1:])]
            return _choose_reply(replies)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("the mail intake", str(error)) from error


def _choose_reply(replies: list[tuple[int, bytes]]) -> tuple[int, str]:
    """Return the best of several replies. Raises Unavailable if any of them is a 4xx."""
    code, text = min(replies)
    reply = text.decode("utf-8", "replace")
    if any(TEMPORARY_FAILURE <= reply_code < TEMPORARY_FAILURE + 100 for reply_code, _ in replies):
        raise Unavailable("the mail intake", reply)
    return code, reply
