"""Build one reply command from a mail: its lines interpreted against the current review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from intake.checks.decision_proof import DecisionCheck
from intake.incoming_mail import IncomingMail
from mail.common.reply_token import mask_addresses
from mail.inbound.parse_mail import ParsedMail
from mail.inbound.quoting.own_messages import extract_own_words
from models.commands import Claim, Decline, Reassign, Reply, ReplyLine, Verify
from models.people import Channel
from models.review import Review
from register.archive import Archive
from register.repositories.mail import SHORT_NAME_LENGTH
from register.repositories.sent_notifications import ReplyAddress
from rules.calendar.working_time import is_in_future
from rules.permissions import explain_delegation
from rules.replies.interpret import interpret_reply, validate_lines
from rules.replies.line_parser import parse_line
from rules.replies.patterns.verb_patterns import Verb
from rules.replies.responses import format_response
from text_checks import actions

MAX_LISTED_ATTACHMENTS = 5
MAX_SUBJECT_LENGTH = 200
UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyBuilder:
    """Builds the reply command with id `command_id` from one mail and its reply address.

    `decisions` says whether its decisions count, `has_links` whether emails have links by which to
    decide. Where the mail was about several reviews, `text` is the part of it that is for this
    one, and `unclear` are lines that fit several.
    """

    archive: Archive
    incoming: IncomingMail
    reply_address: ReplyAddress
    command_id: str
    decisions: DecisionCheck
    has_links: bool
    text: str | None = None
    unclear: tuple[ReplyLine, ...] = ()

    def build(self, review: Review, now: datetime) -> Reply:
        """Build the reply command from the mail's text. Raises Unavailable."""
        person = self.reply_address.person
        text = self.get_text()
        lines = self._interpret_lines(text, review, now) if text or not self.unclear else ()
        if not any(line.command for line in lines) and (
            subject_text := _find_subject_command(self.incoming.mail)
        ):
            lines = self._interpret_lines(subject_text, review, now)
        on_behalf = self.explain_delegation(review, now)
        return Reply(
            id=self.command_id,
            by=person,
            channel=Channel.MAIL,
            on_behalf=on_behalf,
            mail_digest=self.incoming.digest,
            message_id=self.incoming.mail.message_id,
            subject=self.incoming.mail.subject[:MAX_SUBJECT_LENGTH],
            lines=(
                *validate_lines(review, _set_on_behalf(lines, on_behalf), now),
                *self.unclear,
            ),
        )

    def _interpret_lines(self, text: str, review: Review, now: datetime) -> tuple[ReplyLine, ...]:
        writer = self.archive.people.find_person(self.reply_address.person)
        lines = interpret_reply(
            text,
            reply_id=self.command_id,
            by=self.reply_address.person,
            review=review,
            item=self.reply_address.item,
            date=_choose_written_at(self.incoming.mail.date, now),
            zone=writer.zone if writer else "UTC",
            may_decide=self.decisions.may_decide,
            doubt=self.decisions.doubt,
            has_links=self.has_links,
            on_behalf=self.explain_delegation(review, now),
            attached=self._format_attachments(),
            obstacle=self.incoming.mail.obstacle,
        )
        return tuple(self._check_line(line, review) for line in lines)

    def explain_delegation(self, review: Review, now: datetime) -> str:
        """Return why the person decides for the lead, "" where they do not."""
        lead = self.archive.people.find_person(review.roles.lead)
        return explain_delegation(review, self.reply_address.person, lead, now.date())

    def _check_line(self, line: ReplyLine, review: Review) -> ReplyLine:
        known = _resolve_suggestion(_check_new_owner(line, self.archive), review, self.archive)
        return _find_question(known, review)

    def _format_attachments(self) -> str:
        """Return which files are attached, and the command that shows them."""
        if not self.incoming.mail.attachments:
            return ""
        names = ", ".join(
            file.label for file in self.incoming.mail.attachments[:MAX_LISTED_ATTACHMENTS]
        )
        review = self.reply_address.review.removeprefix("review-")
        short_id = self.command_id[:SHORT_NAME_LENGTH]
        return f"Attached: {names} (afterword mail show {review} {short_id} --into .)"

    def get_text(self) -> str:
        """Return the text that is for this review, or all that somebody newly wrote.

        Raises Unavailable.
        """
        if self.text is not None:
            return self.text
        notifications = self.archive.notifications.list_sent_texts(
            self.reply_address.review, self.reply_address.person
        )
        parts = self.incoming.mail.reply_parts
        return mask_addresses(extract_own_words(parts, notifications).own_words)


def is_unsubscribe(reply: Reply) -> bool:
    """Return whether a reply says “unsubscribe”, for which there is no command."""
    parsed = (parse_line(line.text.partition("\n")[0]) for line in reply.lines)
    return any(each.verb is Verb.UNSUBSCRIBE and not each.doubt for each in parsed)


def _check_new_owner(line: ReplyLine, archive: Archive) -> ReplyLine:
    """Return the line, without its command if that assigns to somebody the directory lacks."""
    if not isinstance(line.command, Reassign):
        return line
    person = archive.people.find_person(line.command.owner)
    if person is None or person.gone:
        answer = f"{line.command.owner} is not in the people directory, or has left."
        return replace(line, command=None, answer=answer)
    return replace(line, command=replace(line.command, owner=person.address))


def _find_question(line: ReplyLine, review: Review) -> ReplyLine:
    """Return the line with what to ask back about evidence or a finding that says nothing."""
    command = line.command
    action = review.action(command.target) if command else None
    if action is None:
        return line
    if isinstance(command, Claim):
        question = actions.ask_for_evidence(command.evidence, action.measure)
        return replace(line, command=replace(command, question=question))
    if isinstance(command, Verify):
        question = actions.ask_for_finding(command.finding, action.measure)
        return replace(line, command=replace(command, question=question))
    return line


def _resolve_suggestion(line: ReplyLine, review: Review, archive: Archive) -> ReplyLine:
    """Return the line with the address of whom a decline suggests; without one, nobody is."""
    command = line.command
    if not isinstance(command, Decline) or not command.suggested:
        return line
    person = archive.people.find_by_name(command.suggested)
    suggested = "" if person is None or person.gone else person.address
    resolved = replace(command, suggested=suggested)
    return replace(line, command=resolved, answer=format_response(resolved, review))


def _find_subject_command(mail: ParsedMail) -> str:
    """Return “unsubscribe” if the subject says so, as mail programs' buttons send it."""
    return UNSUBSCRIBE if mail.subject.strip().lower() == UNSUBSCRIBE else ""


def _choose_written_at(date: datetime | None, now: datetime) -> datetime:
    """Return the time of the Date header, or the current time where it cannot be right."""
    return now if date is None or is_in_future(date, now) else date


def _set_on_behalf(lines: Iterable[ReplyLine], on_behalf: str) -> Iterable[ReplyLine]:
    for line in lines:
        if line.command is None or not on_behalf:
            yield line
        else:
            yield replace(line, command=replace(line.command, on_behalf=on_behalf))
