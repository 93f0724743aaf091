"""Email received about a review: its text, what was left out of it, and its attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.common.reply_token import redact_tokens
from mail.inbound.attachments import read_attachment
from mail.inbound.mask_tokens import mask_tokens
from mail.inbound.parse_mail import parse_mail
from mail.inbound.quoting.own_messages import extract_own_words
from models.audit.audit_event import AuditKind
from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.review import Review
from register.repositories.mail import StoredMail
from rules.identifiers import find_by_prefix
from rules.visibility import list_people
from web.auth import Caller, CurrentPerson
from web.dependencies import AppContext, ContextDep
from web.schemas.strict_json import StrictRoute
from web.services.audit.record_access import record_access
from web.services.review_access import load_visible_review

router = APIRouter(prefix="/api/reviews", tags=["mail"], route_class=StrictRoute)

DOWNLOAD_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}


class InboundMail(BaseModel):
    """A received email: from whom, when, and its verdict."""

    name: str = Field(examples=["1f3c9a2b7d4e"])
    at: datetime
    person: str
    verdict: str = Field(examples=["accepted"])


class InboundMailsResponse(BaseModel):
    """The emails about a review, oldest first."""

    mails: list[InboundMail]


class AttachmentInfo(BaseModel):
    """An attachment; its size in bytes."""

    name: str
    kind: str = Field(examples=["application/pdf"])
    octets: int


class InboundMailDetail(InboundMail):
    """An email in full: `own_words` were read as a reply, `left_out` was not."""

    sender: str
    subject: str
    own_words: str
    left_out: str
    files: list[AttachmentInfo]
    whole: bool = Field(description="Whether you may download it raw.")


FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/{review}/mails", summary="List received emails.")
async def list_mails(
    review: str, context: ContextDep, caller: CurrentPerson
) -> InboundMailsResponse:
    """List the emails about a review; for its people and the coordinator.

    On the command line: `afterword mail list`.
    """
    record = await _load_review_for_mail(context, review, caller)
    mails = await run_in_threadpool(context.archive.mail.list_mail, record.id)
    return InboundMailsResponse(mails=[_build_inbound_mail(one) for one in mails])


@router.get("/{review}/mails/{mail}", summary="Read a received email.")
async def show_mail(
    review: str, mail: str, context: ContextDep, caller: CurrentPerson
) -> InboundMailDetail:
    """Show what somebody wrote, and what was left out as quotation, signature or our own email.

    On the command line: `afterword mail show`.
    """
    record = await _load_review_for_mail(context, review, caller)
    await _record_reading(context, caller, record, mail)
    return await run_in_threadpool(_build_detail, context, record.id, mail, caller)


@router.get(
    "/{review}/mails/{mail}/raw",
    summary="Download a raw email.",
    response_class=Response,
    responses=FILE_RESPONSES,
)
async def download_mail(
    review: str, mail: str, context: ContextDep, caller: CurrentPerson
) -> Response:
    """Return an email: byte by byte for its sender, with its tokens masked for the coordinator.

    It holds a reply address, and whoever has that may be taken for its person.
    """
    record = await _load_review_for_mail(context, review, caller)
    archived = await run_in_threadpool(_find_mail, context, record.id, mail)
    if not _may_download(archived, caller):
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            "A raw email is for its sender and the coordinator only: it holds a reply address.",
            f"Read its text instead, or ask {archived.person} or the coordinator, "
            f"{record.roles.coordinator}.",
        )
    await _record_reading(context, caller, record, mail)
    octets = await run_in_threadpool(_read_masked, context, archived, caller)
    return _build_download(f"{archived.name}.eml", octets)


@router.get(
    "/{review}/mails/{mail}/files/{number}",
    summary="Download an attachment.",
    response_class=Response,
    responses=FILE_RESPONSES,
)
async def download_attachment(
    review: str, mail: str, number: int, context: ContextDep, caller: CurrentPerson
) -> Response:
    """Return an attachment; the first is 1."""
    record = await _load_review_for_mail(context, review, caller)
    await _record_reading(context, caller, record, mail)
    return await run_in_threadpool(_build_attachment, context, record.id, mail, number, caller)


async def _load_review_for_mail(context: AppContext, review: str, caller: Caller) -> Review:
    """Return the review if the caller may read its mail. Raises Refusal `not-allowed`."""
    record = await load_visible_review(context, review, caller)
    if not caller.admin and caller.by not in list_people(record) | set(record.restricted_to):
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            "Only the people of a review can read the email about it.",
            f"Ask its lead, {record.roles.lead}, or the coordinator, {record.roles.coordinator}.",
        )
    return record


async def _record_reading(context: AppContext, caller: Caller, review: Review, name: str) -> None:
    """Record that somebody else than its sender reads a mail."""
    archived = await run_in_threadpool(_find_mail, context, review.id, name)
    if archived.person != caller.by:
        text = f"mail {archived.name} of {archived.person}"
        await record_access(context, caller, AuditKind.MAIL_READ, review.id, text)


def _find_mail(context: AppContext, review: str, mail: str) -> StoredMail:
    mails = {one.command_id: one for one in context.archive.mail.list_mail(review)}
    return mails[find_by_prefix(mail.strip().lower(), mails, "mail")]


def _may_download(archived: StoredMail, caller: Caller) -> bool:
    return caller.admin or caller.by == archived.person


def _build_detail(context: AppContext, review: str, name: str, caller: Caller) -> InboundMailDetail:
    archived = _find_mail(context, review, name)
    mail = parse_mail(context.archive.mail.read_mail(archived.digest))
    parsed = extract_own_words(
        mail.reply_parts,
        context.archive.notifications.list_sent_texts(
            review, archived.person, archived.received_at
        ),
    )
    return InboundMailDetail(
        **_build_inbound_mail(archived).model_dump(),
        sender=mail.sender,
        subject=redact_tokens(mail.subject),
        own_words=redact_tokens(parsed.own_words),
        left_out=redact_tokens(parsed.elided),
        whole=_may_download(archived, caller),
        files=[
            AttachmentInfo(name=redact_tokens(f.name), kind=f.content_type, octets=f.size)
            for f in mail.attachments
        ],
    )


def _read_masked(context: AppContext, archived: StoredMail, caller: Caller) -> bytes:
    """Read a mail as it is for its sender; for others its tokens are masked."""
    octets = context.archive.mail.read_mail(archived.digest)
    return octets if caller.by == archived.person else mask_tokens(octets)


def _build_attachment(
    context: AppContext, review: str, name: str, number: int, caller: Caller
) -> Response:
    archived = _find_mail(context, review, name)
    octets = context.archive.mail.read_mail(archived.digest)
    if not 1 <= number <= len(parse_mail(octets).attachments):
        raise NotFound("file", str(number))
    file, payload = read_attachment(octets, number - 1)
    shown = payload if caller.by == archived.person else mask_tokens(payload)
    return _build_download(file.name, shown)


def _build_inbound_mail(archived: StoredMail) -> InboundMail:
    return InboundMail(
        name=archived.name,
        at=archived.received_at,
        person=archived.person,
        verdict=archived.verdict,
    )


def _build_download(name: str, octets: bytes) -> Response:
    """Return a response to be saved as a file: no mail content is shown as a page of ours."""
    disposition = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(
        octets, media_type="application/octet-stream", headers={**disposition, **DOWNLOAD_HEADERS}
    )
