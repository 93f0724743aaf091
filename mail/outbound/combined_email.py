"""Compose what several reviews have for one person as one email, with a section for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from markupsafe import Markup

from mail.common.mail_settings import MailSettings, build_review_url
from mail.outbound import email_formatting
from mail.outbound.compose import build_message
from mail.outbound.email_entries import build_mailto_link
from mail.outbound.headers import build_combined_headers, build_tokens, find_token_item
from mail.outbound.recipient import EmailRecipient
from mail.outbound.render_email import (
    MAX_TITLE_LENGTH,
    UNTITLED,
    RenderedEmail,
    inline_styles,
    render_section,
    render_template,
)
from models.email_address import TokenKind
from models.messages.daily_reminders import DueReminder
from models.people import Person
from rules.formatting import format_number
from rules.identifiers import label_reviews
from rules.visibility import get_title


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSection:
    """What an email says about one review, and how to reply about it alone.

    `label` is the short name by which a reply can say that it means this review.
    """

    label: str
    title: str
    text: str
    html: Markup
    reply_to: str
    mailto: str
    link: str


def compose_combined(
    due: tuple[DueReminder, ...],
    people: Mapping[str, Person],
    mail_settings: MailSettings,
    now: datetime,
) -> EmailMessage:
    """Build the email about several reviews; what is told alone decides its Message-ID."""
    to = due[0].notification.to
    recipient = EmailRecipient(person=people.get(to) or Person(address=to), people=people, now=now)
    labels = label_reviews(each.review.id for each in due)
    sections = tuple(
        _build_section(each, labels[each.review.id], recipient, mail_settings) for each in due
    )
    rendered = _render(sections)
    headers = build_combined_headers(due, recipient, mail_settings, rendered.subject)
    return build_message(headers, rendered, None, (to, mail_settings.sender))


def _build_section(
    due: DueReminder, label: str, recipient: EmailRecipient, mail_settings: MailSettings
) -> EmailSection:
    tokens = build_tokens(due.notification, due.review, mail_settings, recipient.person.renewed)
    address = tokens.build_address(TokenKind.REPLY, find_token_item(due.notification))
    reply_to = address if mail_settings.delimiter else ""
    rendered = render_section(
        due.notification,
        due.review,
        recipient,
        mail_settings,
        reply_to,
        reply_target=reply_to or f"this email, with “{label}” before each line,",
        label=label,
    )
    title = get_title(due.review, recipient.person.address)
    return EmailSection(
        label=label,
        title=email_formatting.format_header(title, MAX_TITLE_LENGTH) or UNTITLED,
        text=rendered.text.strip(),
        html=Markup(rendered.html),  # noqa: S704  (a template of ours has escaped it)
        reply_to=reply_to,
        mailto=build_mailto_link(reply_to, f"Re: {rendered.subject}", ""),
        link=build_review_url(mail_settings, due.review) if mail_settings.is_reachable else "",
    )


def _render(sections: tuple[EmailSection, ...]) -> RenderedEmail:
    count = format_number(len(sections))
    titles = "; ".join(section.title for section in sections)
    context = {
        "subject": f"Reminders about {count} reviews: {titles}",
        "request": f"{count.capitalize()} reviews have something for you.",
        "how": _format_how(sections),
        "sections": sections,
    }
    text = render_template("combined.txt", context)
    html = render_template("combined.html", context)
    return RenderedEmail(
        subject=str(context["subject"]),
        text=email_formatting.wrap_text(text),
        html=inline_styles(html),
    )


def _format_how(sections: tuple[EmailSection, ...]) -> str:
    """Format how to say which review a reply is about."""
    example = f"begin each line with the name of its review: “{sections[0].label} A1 …”"
    if not sections[0].reply_to:
        return f"To reply, {example}."
    return (
        "Each review below has a reply address of its own. If you reply to this email instead, "
        f"{example}."
    )
