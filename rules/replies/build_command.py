"""The building of a command from the words of a reply, or of the question for missing words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from models import commands as o
from models.commands import MailCommand
from models.people import Channel
from models.review import Gate
from rules.replies import dates, responses
from rules.replies.retractions import has_approval_terms

LONGEST_WORDS = 15 * 1024
"""Octets of one text that go into a command; the whole mail is in the archive."""

TRUNCATION_NOTE = " … (cut; the archive has the whole mail)"

CommandBuilder = Callable[[str, str, dict[str, Any], date], MailCommand | str]

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
_UNTIL = re.compile(r"(?:^|[\s,;(])(?:until|till)\s+", re.IGNORECASE)
_REPLACEMENT = re.compile(
    r"[\s,;.(]*\b(?:replaced by|replacement:?|instead:?)\s+#?(a-?\d{1,4})\b\)?", re.IGNORECASE
)
_RISK = re.compile(
    r"[\s,;.(]*\b(?:(?:we )?accept(?:ed)?(?:ing)? )?(?:the )?risk(?: is)?(?: that)?\s*[:–—-]*\s+",
    re.IGNORECASE,
)
_GATE = re.compile(r"[\s,.:]*(?:the )?(draft|actions?|closure|closing|close)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_GATES = {"draft": Gate.DRAFT, "action": Gate.ACTIONS, "actions": Gate.ACTIONS}
_PAST_DATE = re.compile(
    r"\W*(?:\d{1,2}[./-]\d|(?:on )?(?:last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)",
    re.IGNORECASE,
)
"""“Done on Monday” means the Monday before; “done 4.2” names a release."""


def build_command(
    command_type: type[o.Command], words: str, action: str, by: str, today: date
) -> MailCommand | str:
    """Build a command of this type, without an id, from the words after its verb.

    Returns the question to ask back if the words are not enough, or contain an unclear date.
    """
    fields: dict[str, Any] = {"id": "", "by": by, "channel": Channel.MAIL}
    return _BUILDERS[command_type](words, action, fields, today)


def _make_wordless_builder(command_class: Callable[..., MailCommand]) -> CommandBuilder:
    def build(words: str, action: str, fields: dict[str, Any], today: date) -> MailCommand:
        del words, today
        return command_class(action=action, **fields)

    return build


def _make_reason_builder(
    command_class: Callable[..., MailCommand], *, is_required: bool = True
) -> CommandBuilder:
    def build(words: str, action: str, fields: dict[str, Any], today: date) -> MailCommand | str:
        del today
        reason = _truncate(_parse_reason(words))
        if is_required and not reason:
            return responses.ask_for_words(_check_command_type(command_class), action)
        return command_class(action=action, reason=reason, **fields)

    return build


def _make_text_builder(
    command_class: Callable[..., MailCommand], text_field: str, target_field: str = "action"
) -> CommandBuilder:
    def build(words: str, action: str, fields: dict[str, Any], today: date) -> MailCommand | str:
        del today
        text = _truncate(_strip_words(words))
        if not text:
            return responses.ask_for_words(_check_command_type(command_class), action)
        return command_class(**{target_field: action, text_field: text}, **fields)

    return build


def _check_command_type(command_class: Callable[..., MailCommand]) -> type[o.Command]:
    assert isinstance(command_class, type)  # noqa: S101  (the table below holds classes only)
    return command_class


def _build_claim(words: str, action: str, fields: dict[str, Any], today: date) -> MailCommand | str:
    """Build a claim; “done” with a later date is a promise, and is asked back."""
    parsed_date = dates.parse_date(_LEAD.sub("", words, count=1), today)
    if (
        isinstance(parsed_date, dates.ParsedDate)
        and parsed_date.value > today
        and not _PAST_DATE.match(words)
    ):
        return (
            f"This sounds as if it will be done by {dates.format_date(parsed_date.value)}. If you need the time, "
            "write “until … because …”; once it is done, “done” and what shows it."
        )
    return _make_text_builder(o.Claim, "evidence")(words, action, fields, today)


def _build_approve(
    words: str, action: str, fields: dict[str, Any], today: date
) -> MailCommand | str:
    del action, today
    match = _GATE.match(words)
    if match is None:
        return "What do you approve: “approve draft”, “approve actions” or “approve closure”?"
    if has_approval_terms(words[match.end() :]):
        return (
            "An approval takes no condition, and I do not understand what stands behind it. Please "
            f"write “approve {match[1].lower()}” by itself, or nothing yet."
        )
    return o.Approve(gate=_GATES.get(match[1].lower(), Gate.CLOSURE), **fields)


def _build_postpone(
    words: str, action: str, fields: dict[str, Any], today: date
) -> MailCommand | str:
    text_before, parsed_date = _find_date(words, today)
    if parsed_date is None:
        return f"Until when? {responses.format_example(o.Postpone, action)}"
    if isinstance(parsed_date, dates.UnclearDate):
        return parsed_date.question
    reason = _truncate(_parse_reason(f"{text_before} {parsed_date.rest.strip()}"))
    if not reason:
        example = f"“{action} until {parsed_date.value} because …”"
        return (
            f"Why do you need until {dates.format_date(parsed_date.value)}? Please write {example}."
        )
    return o.Postpone(action=action, until=parsed_date.value, reason=reason, **fields)


def _find_date(words: str, today: date) -> tuple[str, dates.ParsedDate | dates.UnclearDate | None]:
    """Find the date at the beginning or after “until”; return the words before it, and the
    date.
    """
    parsed_date = dates.parse_date(words, today)
    until_match = _UNTIL.search(words) if parsed_date is None else None
    if until_match is None:
        return "", parsed_date
    return words[: until_match.start()].strip(), dates.parse_date(words[until_match.end() :], today)


def _build_drop(words: str, action: str, fields: dict[str, Any], today: date) -> MailCommand | str:
    del today
    replacement_match = _REPLACEMENT.search(words)
    replacement = replacement_match[1].upper().replace("-", "") if replacement_match else ""
    words = (
        f"{words[: replacement_match.start()]} {words[replacement_match.end() :]}"
        if replacement_match
        else words
    )
    risk_match = _RISK.search(words)
    risk = _strip_words(words[risk_match.end() :]) if risk_match else ""
    reason = _parse_reason(words[: risk_match.start()] if risk_match else words)
    if not reason:
        return responses.ask_for_words(o.Drop, action)
    if not (replacement or risk):
        return (
            "An action is dropped for another one, or for a risk that is accepted. Please add "
            "“replaced by A7” or “risk: what we live with from now on”."
        )
    return o.Drop(
        action=action,
        reason=_truncate(reason),
        replacement=replacement,
        risk=_truncate(risk),
        **fields,
    )


def _build_reassign(
    words: str, action: str, fields: dict[str, Any], today: date
) -> MailCommand | str:
    del today
    match = _ADDRESS.search(words)
    if match is None:
        return responses.ask_for_words(o.Reassign, action)
    reason = _truncate(_parse_reason(words[match.end() :]))
    return o.Reassign(action=action, owner=match[0].lower(), reason=reason, **fields)


def _parse_reason(words: str) -> str:
    return _strip_words(_BECAUSE.sub("", words, count=1))


def _strip_words(words: str) -> str:
    """Return the words without leading punctuation; empty for a question or a placeholder."""
    words = _LEAD.sub("", words, count=1).strip()
    if _PLACEHOLDER.fullmatch(words) or _ONLY_A_QUESTION.fullmatch(words):
        return ""
    return words


def _truncate(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= LONGEST_WORDS:
        return text
    return encoded[:LONGEST_WORDS].decode(errors="ignore") + TRUNCATION_NOTE


_BUILDERS: dict[type[o.Command], CommandBuilder] = {
    o.Accept: _make_wordless_builder(o.Accept),
    o.Unblock: _make_wordless_builder(o.Unblock),
    o.Decline: _make_reason_builder(o.Decline),
    o.Block: _make_reason_builder(o.Block),
    o.GiveUp: _make_reason_builder(o.GiveUp),
    o.TakeBack: _make_reason_builder(o.TakeBack, is_required=False),
    o.Reject: _make_reason_builder(o.Reject),
    o.Grant: _make_reason_builder(o.Grant, is_required=False),
    o.Refuse: _make_reason_builder(o.Refuse),
    o.RejectGiveUp: _make_reason_builder(o.RejectGiveUp),
    o.Report: _make_text_builder(o.Report, "text"),
    o.Verify: _make_text_builder(o.Verify, "finding"),
    o.Note: _make_text_builder(o.Note, "text", "item"),
    o.Claim: _build_claim,
    o.Approve: _build_approve,
    o.Postpone: _build_postpone,
    o.Drop: _build_drop,
    o.Reassign: _build_reassign,
}
