"""Render a notification as an email: its two templates, filled with what the recipient may see."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from jinja2.utils import urlize
from markupsafe import Markup, escape

from mail.common.mail_settings import MailSettings, build_review_url
from mail.common.reply_marker import REPLY_MARKER, REPLY_MARKER_CLASS
from mail.outbound import email_formatting
from mail.outbound.calendar_invitation import choose_meeting_kind, find_meeting, is_only_removed
from mail.outbound.details import list_accepted_risks, list_review_details
from mail.outbound.email_entries import Entry, build_mailto_link, list_entries
from mail.outbound.email_offers import list_ways
from mail.outbound.email_reason import format_reason
from mail.outbound.recipient import EmailRecipient
from models.action import Action, ActionStatus
from models.email_address import FOLLOW_UP, replace_email_addresses
from models.notifications import Notification
from models.review import Review
from rules.formatting import format_date, format_number, join_words
from rules.identifiers import label_reviews
from rules.notices.news import format_news
from rules.notices.requests import join_requests
from rules.search.past_promises import EarlierReview
from rules.visibility import get_title, may_see

MAX_TITLE_LENGTH = 64
UNTITLED = "A review without a title"
LINK_SIGNS = ("://", "www.", "@")
MAX_LISTED_NAMES = 3
"""Number of items that are listed by name; more are counted."""

_COMMAND = re.compile(r"`([^`\n]+)`")
_QUOTED = re.compile(r"([“`][^”`]{1,400}[”`])")
"""What stands in quotes or is a command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedEmail:
    """A rendered email: its subject (one line), its text and its HTML."""

    subject: str
    text: str
    html: str


def render(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
    reply_to: str,
    *,
    earlier: tuple[EarlierReview, ...] = (),
) -> RenderedEmail:
    """Render a notification with its text and HTML templates.

    The text's first line is the subject, its first paragraph what is asked; the HTML takes over
    both. Raises jinja2.UndefinedError where a template names what the notification does not have.
    """
    rendered = render_section(
        notification, review, recipient, mail_settings, reply_to, earlier=earlier
    )
    return replace(rendered, html=inline_styles(rendered.html))


def render_section(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
    reply_to: str,
    *,
    reply_target: str = "",
    label: str = "",
    earlier: tuple[EarlierReview, ...] = (),
) -> RenderedEmail:
    """Render an email about one review, or what an email about several says of one.

    `reply_target` says what replies about that one go to; the email itself where it is empty.
    `label` is how that one is called among the several. The HTML has its styles in classes.
    """
    context = _build_context(notification, review, recipient, mail_settings)
    context |= {"link": build_review_url(mail_settings, review), "section": bool(reply_target)}
    context |= {"reply_target": reply_target or "this email", "section_label": label}
    context |= {"earlier": earlier}
    subject, _, body = render_template(f"{notification.kind}.txt", context).partition("\n")
    request = body.strip().partition("\n")[0]
    context |= {"subject": subject, "request": request}
    context |= {"href": partial(build_mailto_link, reply_to, f"Re: {subject}")}
    html = render_template(f"{notification.kind}.html", context)
    return RenderedEmail(subject=subject, text=email_formatting.wrap_text(body), html=html)


def inline_styles(html: str) -> str:
    """Return the HTML of an email with its styles at each element, as mail programs need them."""
    return _build_inliner().inline(html)


def render_template(template: str, context: dict[str, Any]) -> str:
    """Render a template of emails; raises jinja2.UndefinedError where it names what is missing."""
    return _build_environment().get_template(template).render(context)


@cache
def _build_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mail.outbound", "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "truncate_text": email_formatting.truncate,
        "format_line": _format_line,
        "keep_together": lambda text: text.replace(" ", email_formatting.NO_BREAK_SPACE),
        "one_line": email_formatting.join_on_one_line,
    }
    environment.globals |= {
        "format_date": format_date,
        "format_number": format_number,
        "format_ordinal": email_formatting.format_ordinal,
        "reply_marker": REPLY_MARKER,
        "reply_marker_class": REPLY_MARKER_CLASS,
    }
    return environment


def _format_line(text: str) -> Markup:
    """Format a line with its commands as code and its addresses linked."""
    parts = _COMMAND.split(text)
    for number, part in enumerate(parts):
        is_command = number % 2 == 1
        parts[number] = Markup("<code>{}</code>").format(part) if is_command else _link_urls(part)
    return Markup("").join(parts)


def _link_urls(text: str) -> Markup:
    """Return a text with its addresses linked; one without any is only escaped, for speed."""
    if any(sign in text for sign in LINK_SIGNS):
        return Markup(urlize(text, rel="noopener noreferrer"))  # noqa: S704  (it escapes)
    return escape(text)


@cache
def _build_inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _build_context(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
) -> dict[str, Any]:
    address = recipient.person.address
    is_visible = may_see(review, address)
    listed_entries = list_entries(notification, review, recipient, mail_settings)
    outcomes = Counter(action.status for action in review.actions)
    return {
        "notification": notification,
        "review": review,
        "address": address,
        "is_reachable": mail_settings.is_reachable,
        "starts_replies": bool(mail_settings.delimiter),
        "is_visible": is_visible,
        "title": email_formatting.format_header(get_title(review, address), MAX_TITLE_LENGTH)
        or UNTITLED,
        "label": next(iter(label_reviews((review.id,)).values())),
        "review_details": list_review_details(review, recipient) if is_visible else (),
        "reason": format_reason(review, address),
        "entries": listed_entries,
        "ways": list_ways(tuple(offer for entry in listed_entries for offer in entry.offers)),
        "has_many": len(listed_entries) > 1,
        "names": _format_names(listed_entries),
        "action": _find_only_action(notification, review),
        "is_all_verified": _is_all_verified(notification, review),
        "answers": tuple(
            _name_people(quoted.answer, recipient) for quoted in notification.quoted_lines
        ),
        "meeting": find_meeting(notification, review),
        "is_removed": is_only_removed(notification),
        "meeting_name": _format_meeting_name(notification, review),
        "risks": list_accepted_risks(review) if is_visible else (),
        "asked": email_formatting.join_on_one_line(join_requests(notification.items)),
        "news": email_formatting.join_on_one_line(format_news(notification.items)),
        "outcomes": _format_outcomes(
            outcomes[ActionStatus.VERIFIED], outcomes[ActionStatus.DROPPED]
        ),
        "done": sum(quoted.done for quoted in notification.quoted_lines),
        "format_time": recipient.format_time,
        "format_name": recipient.format_name,
    }


def _format_names(entries: tuple[Entry, ...]) -> str:
    names = tuple(entry.name for entry in entries)
    if len(names) == 0 or "" in names:
        return "one thing" if len(entries) == 1 else f"{format_number(len(entries))} things"
    return (
        join_words(names)
        if len(names) <= MAX_LISTED_NAMES
        else f"{format_number(len(names))} actions"
    )


def _format_outcomes(verified: int, dropped: int) -> str:
    """Format what became of the actions: “both actions are verified”; empty without any."""
    if verified and dropped:
        verbs = ["is" if verified == 1 else "are", "was" if dropped == 1 else "were"]
        noun = "action" if verified == 1 else "actions"
        return (
            f"{format_number(verified)} {noun} {verbs[0]} verified, "
            f"{format_number(dropped)} {verbs[1]} dropped"
        )
    total = verified + dropped
    if not total:
        return ""
    all_actions = {1: "its action", 2: "both actions"}
    subject = all_actions.get(total, f"all {format_number(total)} actions")
    if verified:
        return f"{subject} {'is' if total == 1 else 'are'} verified"
    return f"{subject} {'was' if total == 1 else 'were'} dropped"


def _find_only_action(notification: Notification, review: Review) -> Action | None:
    """Return the action a notification is about, None unless it is the only one."""
    item_ids = {item.item for item in notification.items}
    return next((a for a in review.actions if item_ids == {a.id}), None)


def _is_all_verified(notification: Notification, review: Review) -> bool:
    """Return whether every action that a notification is about is verified."""
    item_ids = {item.item for item in notification.items}
    statuses = {action.status for action in review.actions if action.id in item_ids}
    return statuses == {ActionStatus.VERIFIED}


def _name_people(text: str, recipient: EmailRecipient) -> str:
    """Return a text with names for addresses, but for those in quotes, which are to be typed."""
    parts = _QUOTED.split(text)
    return "".join(
        part if number % 2 else replace_email_addresses(part, recipient.format_name)
        for number, part in enumerate(parts)
    )


def _format_meeting_name(notification: Notification, review: Review) -> str:
    kind = choose_meeting_kind(notification, review)
    return "follow-up meeting" if kind == FOLLOW_UP else "review meeting"
