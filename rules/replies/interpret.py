"""The interpretation of a reply: its lines become commands, or questions back to its sender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.codes import RefusalCode
from models.commands import ActionCommand, Claim, MailCommand, Postpone, ReplyLine, Verify
from models.errors import NotFound, Refusal
from models.review import Review
from rules.commands import dispatch
from rules.commands.possible import Respondent
from rules.commands.verification import build_ask_back
from rules.formatting import truncate
from rules.replies import responses
from rules.replies.dates.time_requests import find_time_request
from rules.replies.line_parser import ACCEPTING_VERBS, DENIED
from rules.replies.obstacles import EXPLANATIONS, WITHOUT_TEXT, Obstacle, explain_obstacle
from rules.replies.offers import list_reply_forms
from rules.replies.passages import ReplyPassage, split_passages
from rules.replies.patterns.verb_patterns import Verb
from rules.replies.patterns.vocabulary import MENTION
from rules.replies.reply_context import ReplyContext, format_possibilities
from rules.replies.resolve import resolve_lines
from rules.replies.retractions import find_retraction_below, format_doubt, is_denial

MAX_UNKNOWN = 5
"""Number of unknown passages after which reading stops, as Debian's bug tracker does."""

YES_VERBS = (Verb.ACCEPT, Verb.AGREE, Verb.UNBLOCK, Verb.APPROVE)
"""Verbs that take no words, so that the next line may retract them."""

ANSWERED_WITH_FORMS = (
    RefusalCode.WRONG_STATUS,
    RefusalCode.ALREADY_SNOOZED,
    RefusalCode.WRONG_GATE,
)
"""Codes of refusals to which what can be written instead is the way out."""

MAX_LINES = 40
MAX_TEXT_LENGTH = 64 * 1024
"""Characters of a reply that are interpreted; the archive has all of it."""

MAX_QUOTED_LENGTH = 1_000
MAX_OCTETS = 40 * 1024
"""Limit for all texts of one mail together; a command has at most 64 KiB."""

STOPPED_READING = (
    "We stopped reading here, after several passages that we did not understand. The rest was not "
    "read; please send it again in an email of its own."
)
TOO_LONG = "Your email is too long. Please send this line again in another one."


def interpret_reply(
    text: str,
    *,
    reply_id: str,
    by: str,
    review: Review,
    item: str,
    date: datetime,
    zone: str,
    may_decide: bool,
    has_links: bool = False,
    doubt: str = "",
    on_behalf: str = "",
    attached: str = "",
    obstacle: Obstacle | None = None,
) -> tuple[ReplyLine, ...]:
    """Parse a reply into lines: each has a command and its summary, or a question back.

    `item` is the action that the notification was about (empty for none), `date` when the mail was
    written, `zone` the sender's time zone (relative dates count from their day), `may_decide`
    whether leads and verifiers may decide by mail, `has_links` whether emails have links by which
    they do, `doubt` why the decisions of this mail do not count, `on_behalf` why a sponsor decides
    for the lead; `attached` describes the attachments used as evidence, `obstacle` why words of the
    mail cannot be read. Free prose is ignored if anything at all was understood.
    """
    context = ReplyContext(
        by=by,
        review=review,
        item=item,
        today=_find_local_date(date, zone),
        now=date,
        may_decide=may_decide,
        has_links=has_links,
        doubt=doubt,
        on_behalf=on_behalf,
        attached=attached,
    )
    passages = split_passages(
        text[:MAX_TEXT_LENGTH], {action.id: action.text for action in review.actions}
    )
    lines = explain_obstacle(_interpret_passages(passages, context), obstacle)
    return tuple(_assign_ids(lines or [_ask_back(text, context, obstacle)], reply_id))


def _ask_back(text: str, context: ReplyContext, obstacle: Obstacle | None) -> ReplyLine:
    """Return the line for a reply of which nothing is understood: why, and what can be written."""
    explanation = _choose_explanation(text, context.attached, obstacle)
    return ReplyLine(text=text, answer=format_possibilities(context, explanation))


def _choose_explanation(text: str, attached: str, obstacle: Obstacle | None) -> str:
    if obstacle is not None and not (attached and obstacle in WITHOUT_TEXT):
        return EXPLANATIONS[obstacle]
    if text.strip():
        return responses.NOT_UNDERSTOOD
    return responses.ONLY_FILES if attached else EXPLANATIONS[Obstacle.NO_TEXT]


def validate_lines(
    review: Review, lines: Iterable[ReplyLine], now: datetime
) -> tuple[ReplyLine, ...]:
    """Validate each line's command against the review as the lines before it leave it.

    A refused command becomes a line without a command, with the reason and the way out.
    """
    validated = []
    for line in lines:
        checked = line
        if line.command is not None:
            try:
                dispatch.validate(review, line.command, now)
                checked = replace(line, answer=responses.format_response(line.command, review))
                review = dispatch.apply(review, line.command, now)
            except (Refusal, NotFound) as error:
                checked = _build_refused_line(review, line, error, now)
                if checked.command is not None:
                    review = dispatch.apply(review, checked.command, now)
        validated.append(checked)
    return tuple(validated)


def _build_refused_line(
    review: Review, line: ReplyLine, error: Refusal | NotFound, now: datetime
) -> ReplyLine:
    """Return a line with the reason why it is refused; that it was asked back is remembered."""
    command = line.command
    if command is None:
        return line
    is_asked_back = isinstance(error, Refusal) and error.code is RefusalCode.ASKED_BACK
    if is_asked_back and isinstance(command, Claim | Verify):
        answer = responses.format_refusal(error)
        return replace(line, command=build_ask_back(command, command.id), answer=answer)
    return ReplyLine(text=line.text, answer=_format_refusal(review, command, error, now))


def _format_refusal(
    review: Review, command: MailCommand, error: Refusal | NotFound, now: datetime
) -> str:
    """Format a refusal, with what its writer may say where the action's status does not fit."""
    if not isinstance(error, Refusal) or error.code not in ANSWERED_WITH_FORMS:
        return responses.format_refusal(error)
    item = command.action if isinstance(command, ActionCommand) else ""
    forms = list_reply_forms(review, item, _get_respondent(command), now)
    if isinstance(command, Postpone) and any("accept" in form for form in forms):
        return responses.suggest_accept_with_time(command.action)
    return responses.format_refusal(error, forms)


def _get_respondent(command: MailCommand) -> Respondent:
    """Return who gave a command; a decision is one only where it is accepted by mail."""
    form = type(command).mail
    return Respondent(
        address=command.by,
        may_decide_by_mail=form is not None and form.is_decision,
        on_behalf=command.on_behalf,
    )


def _find_local_date(time: datetime, zone: str) -> date:
    try:
        return time.astimezone(ZoneInfo(zone)).date()
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return time.astimezone(UTC).date()


def _interpret_passages(passages: list[ReplyPassage], context: ReplyContext) -> list[ReplyLine]:
    lines: list[ReplyLine] = []
    unknown_count, is_used = 0, False
    for index, passage in enumerate(passages):
        if unknown_count >= MAX_UNKNOWN or len(lines) >= MAX_LINES:
            rest = "\n".join(later.text for later in passages[index:])
            return [*lines, ReplyLine(text=rest, answer=STOPPED_READING)] if lines else []
        if is_used:
            is_used = False
            continue
        complete = _apply_next_passage(passage, passages[index + 1 :])
        is_used = _asks_for_time(complete) and not _asks_for_time(passage)
        passage_lines = _interpret_passage(complete, context)
        unknown_count += not any(line.command for line in passage_lines)
        lines += passage_lines
    return _retract_denied_claims(lines, passages, context)


def _asks_for_time(passage: ReplyPassage) -> bool:
    return passage.parsed is not None and passage.parsed.time_request is not None


def _apply_next_passage(passage: ReplyPassage, following: list[ReplyPassage]) -> ReplyPassage:
    """Return a “yes” passage with what the next one says of it: a request for time, or a doubt."""
    parsed = passage.parsed
    if parsed is None or parsed.verb not in YES_VERBS or parsed.doubt or not following:
        return passage
    next_passage = following[0]
    is_prose = next_passage.parsed is None or (
        next_passage.parsed.verb is None and not next_passage.parsed.actions
    )
    request = find_time_request(next_passage.text) if parsed.verb in ACCEPTING_VERBS else None
    if request and is_prose and not parsed.time_request:
        asking = replace(parsed, time_request=request)
        return ReplyPassage(lines=[*passage.lines, *next_passage.lines], parsed=asking)
    words = find_retraction_below(parsed.verb, next_passage.text) if is_prose else ""
    if not words:
        return passage
    doubtful = replace(parsed, doubt=format_doubt(words))
    return ReplyPassage(lines=[*passage.lines, *next_passage.lines], parsed=doubtful)


def _retract_denied_claims(
    lines: list[ReplyLine], passages: list[ReplyPassage], context: ReplyContext
) -> list[ReplyLine]:
    """Return the lines without claims that the same mail denies."""
    denials = [
        candidate
        for candidate in passages
        if candidate.parsed and candidate.parsed.doubt == DENIED and is_denial(candidate.text)
    ]
    denied_actions = {
        action_id for passage in denials if passage.parsed for action_id in passage.parsed.actions
    }
    if any(not passage.parsed.actions for passage in denials if passage.parsed):
        claimed_actions = [line.command.action for line in lines if isinstance(line.command, Claim)]
        denied_actions |= {claimed_actions[0]} if len(claimed_actions) == 1 else {context.item}
    return [
        ReplyLine(text=line.text, answer=responses.CONTRADICTORY)
        if isinstance(line.command, Claim) and line.command.action in denied_actions
        else line
        for line in lines
    ]


def _interpret_passage(passage: ReplyPassage, context: ReplyContext) -> list[ReplyLine]:
    """Parse a passage into lines; prose is asked about only if it names an action."""
    if passage.parsed is not None:
        return resolve_lines(passage.parsed, passage.text, context)
    named_actions = {f"A{int(match[0][1:])}" for match in MENTION.finditer(passage.text)}
    action_ids = [action.id for action in context.review.actions if action.id in named_actions]
    if not action_ids:
        return []
    forms = context.list_forms(*action_ids)
    answer = responses.format_not_understood(action_ids[0], forms)
    return [ReplyLine(text=passage.text, answer=answer)]


def _assign_ids(lines: list[ReplyLine], reply_id: str) -> list[ReplyLine]:
    """Return the lines with ids for their commands, within the size limit of a command."""
    numbered, octets = [], 0
    for number, line in enumerate(lines, 1):
        text = truncate(line.text, MAX_QUOTED_LENGTH)
        octets += len(text.encode()) + len(repr(line.command).encode())
        if octets > MAX_OCTETS:
            numbered.append(ReplyLine(text=text, answer=TOO_LONG))
        elif line.command is None:
            numbered.append(replace(line, text=text))
        else:
            command = replace(line.command, id=f"{reply_id}.{number}")
            numbered.append(replace(line, text=text, command=command))
    return numbered
