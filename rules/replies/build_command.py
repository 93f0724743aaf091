"""The building of a command from the words of a reply, or of the question for missing words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from models import commands as o
from models.commands import MailCommand
from models.email_address import find_email_address
from models.field_metadata import list_declared_fields
from models.people import Channel
from models.review import Gate
from rules.formatting import format_date
from rules.replies import dates, responses
from rules.replies.patterns import ownership_patterns
from rules.replies.patterns.doubt_patterns import COURTESY_AFTER_YES
from rules.replies.retractions import has_approval_terms

MAX_WORDS_BYTES = 15 * 1024
"""Octets of one text that go into a command; the whole mail is in the archive."""

TRUNCATION_NOTE = " … (shortened; the archive has the whole email)"

_BECAUSE = re.compile(
    r"(?:[\s,.:;!–—-]+|because(?: of)?\b|since\b|as\b|due to\b|for the reason that\b"
    r"|the reason is\b|(?:it|this|that)\b(?=\s*(?:because|since|as|due|[,.:–—-])))*",
    re.IGNORECASE,
)
_LEAD = re.compile(r"[\s,.:;!–—-]*")
_PLACEHOLDER = re.compile(
    r"\W*(?:(?:reason|evidence|xxx?|tbd|by|because|https?|<?date>?|what you saw)\W*){0,4}",
    re.IGNORECASE,
)
_ONLY_A_QUESTION = re.compile(r"[^.!?\n]*\?\s*")
_FOR = re.compile(r"^for\b(?=\s+(?:\d|an?\b|one\b|two\b|three\b))", re.IGNORECASE)
"""“For three days” ends when “in three days” begins."""
_DAYS = re.compile(r"^(?=(?:\d+|an?|one|two|three) (?:days?|weeks?)\b)", re.IGNORECASE)
_REASON_OF_SNOOZE = re.compile(
    r"[\s,:;(–—-]*(?:because|since|as|due to)\b(?:(?!https?:)[^.!?;\n])*", re.IGNORECASE
)
"""One clause: what stands in a sentence of its own may be another command."""
_UNTIL = re.compile(r"(?:^|[\s,;(])(?:until|till)\s+", re.IGNORECASE)
_REPLACEMENT = re.compile(
    r"(?<![\s,;.(])[\s,;.(]*\b(?:replaced by|replacement:?|instead:?)\s+#?(a-?\d{1,4})\b\)?",
    re.IGNORECASE,
)
_RISK = re.compile(
    r"(?<![\s,;.(])[\s,;.(]*\b(?:(?:we )?accept(?:ed)?(?:ing)? )?(?:the )?risk(?: is)?(?: that)?"
    r"\s*[:–—-]*\s+",
    re.IGNORECASE,
)
_GATE = re.compile(r"[\s,.:]*(?:the )?(draft|actions?|closure|closing|close)\b", re.IGNORECASE)
_GATES = {"draft": Gate.DRAFT, "action": Gate.ACTIONS, "actions": Gate.ACTIONS}
_PAST_DATE = re.compile(
    r"\W*(?:\d{1,2}[./-]\d|(?:at [^,]{1,8} )?(?:on )?(?:last )?"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)",
    re.IGNORECASE,
)
"""“Done on Monday” means the Monday before; “done 4.2” names a release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest:
    """What a command is built from: the words after its verb, the action, and the sender's day.

    `due` is when the action is due, `reason` the one to take where the words have none.
    """

    command_type: type[o.Command]
    words: str
    action: str
    by: str
    today: date
    due: date | None = None
    reason: str = ""

    def build(self, **fields: Any) -> MailCommand:
        """Build the command, without an id, with these fields beside the action."""
        command_type: Any = self.command_type
        target_field = {} if self.command_type is o.Approve else {self._target_name: self.action}
        command: MailCommand = command_type(
            id="", by=self.by, channel=Channel.MAIL, **target_field, **fields
        )
        return command

    @property
    def _target_name(self) -> str:
        """Return the name of the field that says what the command is about."""
        if self.command_type is o.Settle:
            return "contribution"
        return "action" if issubclass(self.command_type, o.ActionCommand) else "item"

    def ask_for_words(self) -> str:
        """Return the question for words that are missing."""
        return responses.ask_for_words(self.command_type, self.action)


CommandBuilder = Callable[[CommandRequest], MailCommand | str]


def build_command(request: CommandRequest) -> MailCommand | str:
    """Build a command, without an id, from what is asked for.

    Returns the question to ask back if the words are not enough, or contain an unclear date.
    """
    return _BUILDERS.get(request.command_type, _build_from_words)(request)


def _build_from_words(request: CommandRequest) -> MailCommand | str:
    """Build a command whose declared field takes all the words."""
    form = request.command_type.mail
    field = form.words if form else ""
    if not field:
        return request.build()
    parse = _parse_reason if field == "reason" else _strip_words
    text = _limit_length(parse(request.words))
    declared = {each.name: each for each in list_declared_fields(request.command_type)}
    if not text and declared[field].is_required:
        return request.ask_for_words()
    return request.build(**{field: text})


def _build_decline(request: CommandRequest) -> MailCommand | str:
    """Build a decline; whom its words name as the right owner is suggested, as they name them."""
    command = _build_from_words(request)
    if isinstance(command, o.Decline):
        return replace(command, suggested=_find_suggested_name(command.reason))
    return command


def _find_suggested_name(reason: str) -> str:
    matches = (pattern.search(reason) for pattern in ownership_patterns.SUGGESTED_NAMES)
    match = next((match for match in matches if match), None)
    if match is None:
        return ""
    address = find_email_address(reason[match.start("name") :])
    is_address = address is not None and address.start() == 0
    return address[0].lower() if address is not None and is_address else match["name"].rstrip(".")


def _build_snooze(request: CommandRequest) -> MailCommand | str:
    """Build a snooze; words after its date that are neither courtesy nor reason are asked back."""
    words = _FOR.sub("in", _LEAD.sub("", request.words, count=1), count=1)
    parsed_date = dates.parse_date(_DAYS.sub("in ", words), request.today)
    if parsed_date is None:
        return request.ask_for_words()
    if isinstance(parsed_date, dates.UnclearDate):
        return parsed_date.question
    reason = _REASON_OF_SNOOZE.match(parsed_date.rest)
    rest = parsed_date.rest[reason.end() :] if reason else parsed_date.rest
    if not COURTESY_AFTER_YES.fullmatch(rest.strip()):
        return (
            "I do not understand the words after the date. Please write only "
            f"“{request.action} snooze until {parsed_date.value}”, and anything else on a line of "
            "its own that begins with the action."
        )
    return request.build(until=parsed_date.value)


def _build_claim(request: CommandRequest) -> MailCommand | str:
    """Build a claim; “done” with a later date is a promise, and is asked back."""
    parsed_date = dates.parse_date(_LEAD.sub("", request.words, count=1), request.today)
    if (
        isinstance(parsed_date, dates.ParsedDate)
        and parsed_date.value > request.today
        and not _PAST_DATE.match(request.words)
    ):
        return (
            f"This sounds as if it will be done by {format_date(parsed_date.value)}. If you need "
            "more time, write “until … because …”; once it is done, “done” and what shows it."
        )
    return _build_from_words(request)


def _build_approve(request: CommandRequest) -> MailCommand | str:
    match = _GATE.match(request.words)
    if match is None:
        return "What do you approve: “approve draft”, “approve actions” or “approve closure”?"
    if has_approval_terms(request.words[match.end() :]):
        return (
            "An approval cannot have a condition, and we did not understand the words after it. "
            f"Please write only “approve {match[1].lower()}”, or nothing yet."
        )
    return request.build(gate=_GATES.get(match[1].lower(), Gate.CLOSURE))


def _build_postpone(request: CommandRequest) -> MailCommand | str:
    text_before, parsed_date = _find_date(request)
    if parsed_date is None:
        return f"Until when? {responses.format_example(o.Postpone, request.action)}"
    if isinstance(parsed_date, dates.UnclearDate):
        return parsed_date.question
    until = parsed_date.value
    reason = _limit_length(_parse_reason(f"{text_before} {parsed_date.rest.strip()}"))
    reason = reason or request.reason
    if not reason:
        example = f"“{request.action} until {until} because …”"
        return f"Why do you need until {format_date(until)}? Please write {example}."
    return request.build(until=until, reason=reason)


def _find_date(
    request: CommandRequest,
) -> tuple[str, dates.ParsedDate | dates.UnclearDate | None]:
    """Find the date at the beginning or after “until”; return the words before it, and it.

    “Two more weeks” are counted from the due date, or from today where that is past.
    """
    words, today = request.words, request.today
    longer = dates.parse_longer(words, max(today, request.due or today))
    parsed_date = longer or dates.parse_date(words, today)
    until_match = _UNTIL.search(words) if parsed_date is None else None
    if until_match is None:
        return "", parsed_date
    return words[: until_match.start()].strip(), dates.parse_date(words[until_match.end() :], today)


def _build_drop(request: CommandRequest) -> MailCommand | str:
    words = request.words
    replacement_match = _REPLACEMENT.search(words)
    replacement = replacement_match[1].upper().replace("-", "") if replacement_match else ""
    if replacement_match:
        words = f"{words[: replacement_match.start()]} {words[replacement_match.end() :]}"
    risk_match = _RISK.search(words)
    risk = _strip_words(words[risk_match.end() :]) if risk_match else ""
    reason = _parse_reason(words[: risk_match.start()] if risk_match else words)
    if not reason:
        return request.ask_for_words()
    if not (replacement or risk):
        return (
            "An action is dropped for a replacement, or for a risk that is accepted. Please add "
            "“replaced by A7” or “risk: what we live with from now on”."
        )
    return request.build(
        reason=_limit_length(reason), replacement=replacement, risk=_limit_length(risk)
    )


def _build_reassign(request: CommandRequest) -> MailCommand | str:
    match = find_email_address(request.words)
    if match is None:
        return request.ask_for_words()
    reason = _limit_length(_parse_reason(request.words[match.end() :]))
    return request.build(owner=match[0].lower(), reason=reason)


def _parse_reason(words: str) -> str:
    return _strip_words(_BECAUSE.sub("", words, count=1))


def _strip_words(words: str) -> str:
    """Return the words without leading punctuation; empty for a question or a placeholder."""
    words = _LEAD.sub("", words, count=1).strip()
    if _PLACEHOLDER.fullmatch(words) or _ONLY_A_QUESTION.fullmatch(words):
        return ""
    return words


def _limit_length(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= MAX_WORDS_BYTES:
        return text
    return encoded[:MAX_WORDS_BYTES].decode(errors="ignore") + TRUNCATION_NOTE


_BUILDERS: dict[type[o.Command], CommandBuilder] = {
    o.Claim: _build_claim,
    o.Decline: _build_decline,
    o.Approve: _build_approve,
    o.Postpone: _build_postpone,
    o.Drop: _build_drop,
    o.Reassign: _build_reassign,
    o.Snooze: _build_snooze,
}
"""The commands whose words are more than one field, or may mean something else."""
