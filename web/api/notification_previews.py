"""The notifications that would be sent about a review by some time, to preview them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from mail.common.email_text import extract_text
from mail.outbound.compose import compose
from models.errors import InvalidInput
from models.notifications import Notification
from models.review import Review
from rules.delivery import outbox
from rules.formatting import format_date
from rules.notifications import planner
from runner import build_mail_settings
from web.auth import CurrentCaller
from web.dependencies import AppContext, ContextDep
from web.schemas.fields import DateTimeField, Name
from web.schemas.strict_json import StrictRoute
from web.services.resolve_names import resolve_address
from web.services.review_access import load_visible_review

router = APIRouter(prefix="/api/reviews", tags=["reviews"], route_class=StrictRoute)

PREVIEW_SECRET = b"nobody may reply to an email that was never sent"
"""Signs the reply addresses of previews, so that none of them is valid."""


class NotificationPreview(BaseModel):
    """One notification as it would be sent; `not_before` if it waits for working hours."""

    kind: str = Field(examples=["reminder"])
    to: str
    not_before: datetime | None
    subject: str
    text: str
    html: str


class NotificationPreviewsResponse(BaseModel):
    """The notifications that would be sent by `at`, as things are now."""

    at: datetime
    notifications: list[NotificationPreview]


@router.get("/{review}/notifications", summary="Preview emails.")
async def preview_notifications(
    review: str,
    context: ContextDep,
    caller: CurrentCaller,
    at: Annotated[DateTimeField | None, Query(description="By when; now by default.")] = None,
    to: Annotated[Name, Query(description="Only emails to this person.")] = "",
) -> NotificationPreviewsResponse:
    """Render the notifications that would be sent by a time if nothing else happened until then.

    Nothing is sent, and nobody can reply to them. On the command line: `afterword mail preview`.
    """
    visible = await load_visible_review(context, review, caller.by)
    record = await context.review_client.fetch_review(visible.id)  # it knows what was sent
    until = at or context.clock()
    if until < context.clock().replace(microsecond=0):
        raise InvalidInput(f"{format_date(until)} is in the past", field="at")
    return await run_in_threadpool(_render_previews, context, record, until, to)


def _render_previews(
    context: AppContext, record: Review, at: datetime, to: str
) -> NotificationPreviewsResponse:
    address = resolve_address(to, context.archive.people.search_people((to,))) if to else ""
    people = context.archive.people.find_named_people(record)
    plan = planner.plan(record, people, record.policy, at)
    mail_settings = replace(
        build_mail_settings(context.settings, stays_here=context.stays_here), secret=PREVIEW_SECRET
    )
    previews = [
        _build_preview(
            notification,
            compose(
                notification,
                outbox.trim_for_notifications(record, (notification,)),
                people,
                mail_settings,
                at,
            ),
        )
        for notification in (*plan.notifications, *plan.held)
        if address in ("", notification.to)
    ]
    return NotificationPreviewsResponse(at=at, notifications=previews)


def _build_preview(notification: Notification, message: EmailMessage) -> NotificationPreview:
    return NotificationPreview(
        kind=notification.kind,
        to=notification.to,
        not_before=notification.not_before,
        subject=str(message["Subject"]),
        text=extract_text(message),
        html=extract_text(message, "html"),
    )
