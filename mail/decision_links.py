"""Decision links: a signed link in an email by which one person gives one command, once."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from mail.common.mail_settings import MailSettings
from mail.common.reply_token import sign
from models.commands import ActionCommand, Command, get_kind
from models.commands.mail import MailCommand
from models.people import Person
from models.review import OPEN_STAGES, Review
from rules.commands.decision_rounds import find_round
from rules.commands.possible import Subject, list_subjects

LINK_LIFETIME = timedelta(days=14)
"""How long a link holds; reminders bring a fresh one long before."""

DECISION_PATH = "/decide/"
NOT_MINE_QUERY = "reason=not-mine"
"""Fills in the reason for declining an action that is somebody else's."""

LEAVE_OUT_QUERY = "reason=leave-out"
"""Asks for the reason for which a contribution is left out, instead of putting it in."""

MAX_TOKEN_LENGTH = 2_000
_PURPOSE = "decide"
_LATEST_SECONDS = 9_999_999_999


def is_about_item(command_type: type[Command]) -> bool:
    """Return whether a command is about one action or contribution, not about a stage."""
    subjects = list_subjects(command_type)
    return issubclass(command_type, ActionCommand) or Subject.CONTRIBUTION in subjects


def _may_be_given_by_link(command_type: type[Command]) -> bool:
    """Return whether people give a command about one item, or about one stage of a review."""
    is_about_stage = set(command_type.stages) < set(OPEN_STAGES)
    return bool(command_type.cli) and (is_about_item(command_type) or is_about_stage)


LINKED_COMMANDS: dict[str, type[Command]] = {
    get_kind(command_type): command_type
    for command_type in get_args(MailCommand)
    if _may_be_given_by_link(command_type)
}
"""The commands of people about one item or one stage, by kind; not those that end a review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLink:
    """What a link stands for: who may give which command, about what, until when.

    `kind` is the command's; `target` the item's id, or the stage in which the review must be
    where the command is about no item. `round_id` says what it was sent for: see `find_round`.
    """

    review: str
    person: str
    kind: str
    target: str
    expires_at: datetime
    round_id: str = ""

    @property
    def command_id(self) -> str:
        """Return the id of the command that the link gives, which follows from the link alone.

        A review carries out a command once by its id and keeps the receipt. So the first command
        that is accepted spends the link for good, however many are sent at the same time and
        whatever they say, and one that is refused leaves it as it was. No table of links is needed.
        """
        return hashlib.sha256("\0".join((_PURPOSE, *_list_parts(self))).encode()).hexdigest()[:32]


def build_decision_link(
    mail_settings: MailSettings,
    review: Review,
    person: Person,
    command_type: type[Command],
    *,
    now: datetime,
    item: str = "",
) -> str:
    """Return the link by which a person gives a command about an item, or about the review.

    `item` is the id of the action or contribution; without one, the link holds for the review's
    present stage. Returns "" where emails have no such links, and for a command that cannot be
    given by one.
    """
    if not mail_settings.decision_links or get_kind(command_type) not in LINKED_COMMANDS:
        return ""
    link = DecisionLink(
        review=review.id,
        person=person.address,
        kind=get_kind(command_type),
        target=item or str(review.stage),
        expires_at=now + LINK_LIFETIME,
        round_id=find_round(review, command_type, item),
    )
    token = sign_decision_token(mail_settings.secret, link, person.renewed)
    return f"{mail_settings.url.rstrip('/')}{DECISION_PATH}{token}"


def sign_decision_token(secret: bytes, link: DecisionLink, renewed: int = 0) -> str:
    """Return the token of a link: what it stands for, and the signature.

    `renewed` counts how often the person's addresses were replaced: each time all former links die.
    """
    parts = _list_parts(link)
    payload = urlsafe_b64encode("\0".join(parts).encode()).decode().rstrip("=")
    return f"{payload}.{sign(secret, _PURPOSE, *parts, str(renewed))}"


def parse_decision_token(token: str) -> DecisionLink | None:
    """Parse what a token says that it stands for, signed or not; None where it is none of ours."""
    payload = token.partition(".")[0]
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        return None
    try:
        parts = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode().split("\0")
        review, person, kind, target, seconds, round_id = parts
        expires_at = datetime.fromtimestamp(max(0, min(int(seconds), _LATEST_SECONDS)), UTC)
    except ValueError:
        return None
    if kind not in LINKED_COMMANDS:
        return None
    return DecisionLink(
        review=review,
        person=person,
        kind=kind,
        target=target,
        expires_at=expires_at,
        round_id=round_id,
    )


def is_genuine_link(secret: bytes, token: str, link: DecisionLink, renewed: int = 0) -> bool:
    """Return whether a token is the signed one of this link, in constant time."""
    return hmac.compare_digest(token, sign_decision_token(secret, link, renewed))


def _list_parts(link: DecisionLink) -> tuple[str, ...]:
    seconds = str(int(link.expires_at.timestamp()))
    return link.review, link.person.lower(), link.kind, link.target, seconds, link.round_id
