"""The email that brings the coordinator the anchor of the day."""

from __future__ import annotations

from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from mail.common.mail_settings import MailSettings
from mail.outbound.headers import LOOP_HEADER, choose_policy

INTRODUCTION = """\
This is the newest link of every log in Afterword, as of today. Keep this email: with it you
can prove later that no log was cut off, or made again from some line on.

To verify, save it to a file, and run:

    afterword audit verify --anchor FILE

"""


def build_anchor_email(
    anchor: str, day: date, to: str, mail_settings: MailSettings, now: datetime
) -> EmailMessage:
    """Build the email; the same day has the same Message-ID, so that a retry is the same email."""
    message = EmailMessage(choose_policy(to, mail_settings.sender))
    message["From"] = mail_settings.sender
    message["To"] = to
    message["Subject"] = f"Afterword anchor {day}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<anchor-{day}@{mail_settings.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message[LOOP_HEADER] = mail_settings.domain
    message.set_content(f"{INTRODUCTION}{anchor}", cte="7bit")
    return message
