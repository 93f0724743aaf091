"""The emails that would go out about a review until some day, to preview them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.common.email_text import extract_text
from mail.common.mail_settings import MailSettings
from mail.outbound.compose import compose
from models.errors import InvalidInput
from models.messages.daily_reminders import ReminderQueue
from models.people import Person
from models.review import Review
from rules.audit.redaction import blank_notices
from rules.delivery import outbox
from rules.delivery.forecast import ForecastEmail, run_forecast, start_forecast
from rules.formatting import format_date
from rules.visibility import hide_contributions, is_accepted, list_people
from runner import build_mail_settings
from web.auth import CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.schemas.fields import DateTimeField, Name
from web.schemas.strict_json import StrictRoute
from web.services.resolve_names import resolve_address
from web.services.review_access import check_may_see, load_visible_review
from workflows.options import GATHERING_TIME

router = APIRouter(prefix="/api/reviews", tags=["reviews"], route_class=StrictRoute)

PREVIEW_SECRET = b"nobody may reply to an email that was never sent"
"""Signs the reply addresses of previews, so that none of them is valid."""

DEFAULT_PERIOD = timedelta(days=14)
MAX_PERIOD = timedelta(days=366)
MAX_EMAILS = 500
"""Emails that are rendered at most; nobody looks at more."""


class NotificationPreview(BaseModel):
    """One email as it would be sent: when, in whose time zone, and to whom."""

    kind: str = Field(examples=["reminder"])
    to: str
    name: str = Field(description="The recipient’s name, or the address.")
    at: datetime
    zone: str = Field(description="The recipient’s time zone.", examples=["Europe/Berlin"])
    subject: str
    text: str
    html: str


class NotificationPreviewsResponse(BaseModel):
    """The emails that would be sent until `until`, the first one first; `more` if there are more.

    Each is there once.
    """

    until: datetime
    notifications: list[NotificationPreview]
    more: bool


@router.get("/{review}/notifications", summary="Preview emails.")
async def preview_notifications(
    review: str,
    context: ContextDep,
    caller: CurrentCaller,
    until: Annotated[
        DateTimeField | None, Query(description="Until when; in 14 days by default.")
    ] = None,
    to: Annotated[Name, Query(description="Only emails to this person.")] = "",
) -> NotificationPreviewsResponse:
    """List every email about a review from now until a time, as long as nothing else happens.

    Nothing is sent, and nobody can reply to them. Who has had their daily email today gets the next
    one on another day. What other reviews would add to an email is not foreseen. On the command
    line: `afterword mail preview`.
    """
    visible = await load_visible_review(context, review, caller)
    fetched = await context.review_client.fetch_review(visible.id)  # it knows what was sent
    check_may_see(fetched, caller.by, review)
    record = _hide_contributions(fetched, caller.by)
    end = _choose_end(until, context.clock())
    queues = await _fetch_queues(context, record)
    return await run_in_threadpool(_render_previews, context, record, queues, end, to)


def _hide_contributions(review: Review, reader: str) -> Review:
    """Return the review without words that its reader may not read, also in emails that wait."""
    if hide_contributions(review, reader) is review:
        return review
    waiting = {each.id for each in review.contributions if not is_accepted(each)}
    return hide_contributions(blank_notices(review, waiting), reader)


async def _fetch_queues(context: AppContext, record: Review) -> tuple[ReminderQueue, ...]:
    """Return the queues of a review's people, with nothing in them of other reviews."""
    fetched = await asyncio.gather(
        *(context.review_client.fetch_reminder_queue(who) for who in sorted(list_people(record)))
    )
    return tuple(_keep_only(queue, record.id) for queue in fetched if queue is not None)


def _keep_only(queue: ReminderQueue, review: str) -> ReminderQueue:
    waiting = tuple(each for each in queue.waiting if each.review == review)
    return replace(queue, waiting=waiting, next_at=queue.next_at if waiting else None)


def _choose_end(until: datetime | None, now: datetime) -> datetime:
    end = until or now + DEFAULT_PERIOD
    if end < now.replace(microsecond=0):
        raise InvalidInput(f"{format_date(end)} is in the past", field="until")
    if end > now + MAX_PERIOD:
        raise InvalidInput(f"is more than {MAX_PERIOD.days} days ahead", field="until")
    return end


def _render_previews(
    context: AppContext,
    record: Review,
    queues: tuple[ReminderQueue, ...],
    until: datetime,
    to: str,
) -> NotificationPreviewsResponse:
    address = resolve_address(to, context.archive.people.search_people((to,))) if to else ""
    people = context.archive.people.find_named_people(record)
    mail_settings = replace(
        build_mail_settings(context.settings, stays_here=context.stays_here), secret=PREVIEW_SECRET
    )
    forecast = start_forecast((record,), people, context.clock(), GATHERING_TIME, queues)
    emails = [email for email in run_forecast(forecast, until).emails if address in ("", email.to)]
    previews = (
        preview
        for email in emails[:MAX_EMAILS]
        for preview in _iter_previews(email, people, mail_settings)
    )
    return NotificationPreviewsResponse(
        until=until, notifications=list(previews), more=len(emails) > MAX_EMAILS
    )


def _iter_previews(
    email: ForecastEmail, people: Mapping[str, Person], mail_settings: MailSettings
) -> Iterator[NotificationPreview]:
    person = people.get(email.to) or Person(address=email.to)
    for (_, notification), review in zip(email.sections, email.reviews, strict=True):
        trimmed = outbox.trim_for_notifications(review, (notification,))
        message = compose(notification, trimmed, people, mail_settings, email.at)
        yield _build_preview(notification.kind, person, email.at, message)


def _build_preview(
    kind: str, person: Person, at: datetime, message: EmailMessage
) -> NotificationPreview:
    return NotificationPreview(
        kind=kind,
        to=person.address,
        name=person.name or person.address,
        at=at,
        zone=person.zone,
        subject=str(message["Subject"]),
        text=extract_text(message),
        html=extract_text(message, "html"),
    )
