"""What the weekly emails have in common: their headers, and one Message-ID for each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from enum import StrEnum
from typing import Any

from mail.common.mail_settings import MailSettings
from mail.common.reply_token import sign
from mail.outbound.compose import build_message
from mail.outbound.email_formatting import wrap_text
from mail.outbound.headers import LOOP_HEADER, SENDER_NAME
from mail.outbound.render_email import RenderedEmail, inline_styles, render_template


class WeeklyKind(StrEnum):
    """The weekly emails."""

    FIGURES = "figures"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyAddress:
    """To whom a weekly email goes, for which Monday, and why."""

    kind: WeeklyKind
    person: str
    monday: date
    reason: str


def build_weekly_id(kind: WeeklyKind, person: str, monday: date, site: MailSettings) -> str:
    """Return the Message-ID of a person's email of a week: a retry is the same email."""
    digest = sign(site.secret, f"weekly-{kind}", person, monday.isoformat())
    return f"<weekly-{kind}-{monday}-{digest[:16]}@{site.domain}>"


def build_weekly_email(
    to: WeeklyAddress, subject: str, context: dict[str, Any], site: MailSettings, now: datetime
) -> EmailMessage:
    """Build a weekly email from the templates of its kind."""
    filled = {**context, "subject": subject, "reason": to.reason, "is_reachable": site.is_reachable}
    text = render_template(f"weekly/{to.kind}.txt", filled)
    html = inline_styles(render_template(f"weekly/{to.kind}.html", filled))
    headers = {
        "From": formataddr((SENDER_NAME, site.sender)),
        "To": to.person,
        "Subject": subject,
        "Date": format_datetime(now),
        "Message-ID": build_weekly_id(to.kind, to.person, to.monday, site),
        "Auto-Submitted": "auto-generated",
        LOOP_HEADER: site.domain,
    }
    rendered = RenderedEmail(subject=subject, text=wrap_text(text), html=html)
    return build_message(headers, rendered, None, (to.person, site.sender))
