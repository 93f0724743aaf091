"""An order drafted from a reply’s words, or the question to ask back where words are missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from models import orders as o
from models.orders import MailOrder
from models.people import Way
from models.review import Gate
from rules import answers, dates
from rules.unsaid import approval_with_terms

LONGEST_WORDS = 15 * 1024
"""Octets of one text that go into an order; the whole mail is in the archive."""

CUT = " … (cut; the archive has the whole mail)"

Draft = Callable[[str, str, dict[str, Any], date], MailOrder | str]

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
_REPLACED = re.compile(
    r"[\s,;.(]*\b(?:replaced by|replacement:?|instead:?)\s+#?(a-?\d{1,4})\b\)?", re.IGNORECASE
)
_RISK = re.compile(
    r"[\s,;.(]*\b(?:(?:we )?accept(?:ed)?(?:ing)? )?(?:the )?risk(?: is)?(?: that)?\s*[:–—-]*\s+",
    re.IGNORECASE,
)
_GATE = re.compile(r"[\s,.:]*(?:the )?(draft|actions?|closure|closing|close)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_GATES = {"draft": Gate.DRAFT, "action": Gate.ACTIONS, "actions": Gate.ACTIONS}
_LOOKS_BACK = re.compile(
    r"\W*(?:\d{1,2}[./-]\d|(?:on )?(?:last )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)",
    re.IGNORECASE,
)
"""“Done on Monday” tells of the Monday before; “done 4.2” of a release."""


def drafted(kind: type[o.Order], words: str, action: str, by: str, today: date) -> MailOrder | str:
    """Draft an order of this kind from the words after its verb; it has no id yet.

    Gives the question to ask back where the words do not say enough, or say a date in doubt.
    """
    given: dict[str, Any] = {"id": "", "by": by, "way": Way.MAIL}
    return _DRAFTS[kind](words, action, given, today)


def _wordless(make: Callable[..., MailOrder]) -> Draft:
    def draft(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder:
        del words, today
        return make(action=action, **given)

    return draft


def _with_reason(make: Callable[..., MailOrder], *, needed: bool = True) -> Draft:
    def draft(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
        del today
        reason = _cut(_reason(words))
        if needed and not reason:
            return answers.asked(_kind(make), action)
        return make(action=action, reason=reason, **given)

    return draft


def _with_text(make: Callable[..., MailOrder], field: str, place: str = "action") -> Draft:
    def draft(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
        del today
        text = _cut(_plain(words))
        if not text:
            return answers.asked(_kind(make), action)
        return make(**{place: action, field: text}, **given)

    return draft


def _kind(make: Callable[..., MailOrder]) -> type[o.Order]:
    assert isinstance(make, type)  # noqa: S101  (the table below holds classes only)
    return make


def _claim(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
    """Draft a claim; “done” with a day to come after it is a promise, and asked back."""
    read = dates.read(_LEAD.sub("", words, count=1), today)
    if isinstance(read, dates.Day) and read.on > today and not _LOOKS_BACK.match(words):
        return (
            f"This sounds as if it will be done by {dates.said(read.on)}. If you need the time, "
            "write “until … because …”; once it is done, “done” and what shows it."
        )
    return _with_text(o.Claim, "evidence")(words, action, given, today)


def _approve(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
    del action, today
    found = _GATE.match(words)
    if found is None:
        return "What do you approve: “approve draft”, “approve actions” or “approve closure”?"
    if approval_with_terms(words[found.end() :]):
        return (
            "An approval takes no condition, and I do not understand what stands behind it. Please "
            f"write “approve {found[1].lower()}” by itself, or nothing yet."
        )
    return o.Approve(gate=_GATES.get(found[1].lower(), Gate.CLOSURE), **given)


def _postpone(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
    before, read = _date_in(words, today)
    if read is None:
        return f"Until when? {answers.example(o.Postpone, action)}"
    if isinstance(read, dates.Doubt):
        return read.question
    reason = _cut(_reason(f"{before} {read.rest.strip()}"))
    if not reason:
        shown = f"“{action} until {read.on} because …”"
        return f"Why do you need until {dates.said(read.on)}? Please write {shown}."
    return o.Postpone(action=action, until=read.on, reason=reason, **given)


def _date_in(words: str, today: date) -> tuple[str, dates.Day | dates.Doubt | None]:
    """Read the date at the front or after “until”, and give the words before it."""
    read = dates.read(words, today)
    until = _UNTIL.search(words) if read is None else None
    if until is None:
        return "", read
    return words[: until.start()].strip(), dates.read(words[until.end() :], today)


def _drop(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
    del today
    replaced = _REPLACED.search(words)
    replacement = replaced[1].upper().replace("-", "") if replaced else ""
    words = f"{words[: replaced.start()]} {words[replaced.end() :]}" if replaced else words
    found = _RISK.search(words)
    risk = _plain(words[found.end() :]) if found else ""
    reason = _reason(words[: found.start()] if found else words)
    if not reason:
        return answers.asked(o.Drop, action)
    if not (replacement or risk):
        return (
            "An action is dropped for another one, or for a risk that is accepted. Please add "
            "“replaced by A7” or “risk: what we live with from now on”."
        )
    return o.Drop(
        action=action, reason=_cut(reason), replacement=replacement, risk=_cut(risk), **given
    )


def _reassign(words: str, action: str, given: dict[str, Any], today: date) -> MailOrder | str:
    del today
    found = _ADDRESS.search(words)
    if found is None:
        return answers.asked(o.Reassign, action)
    reason = _cut(_reason(words[found.end() :]))
    return o.Reassign(action=action, owner=found[0].lower(), reason=reason, **given)


def _reason(words: str) -> str:
    return _plain(_BECAUSE.sub("", words, count=1))


def _plain(words: str) -> str:
    """Take the words without what leads to them; a question or a placeholder says nothing."""
    words = _LEAD.sub("", words, count=1).strip()
    if _PLACEHOLDER.fullmatch(words) or _ONLY_A_QUESTION.fullmatch(words):
        return ""
    return words


def _cut(text: str) -> str:
    octets = text.encode()
    if len(octets) <= LONGEST_WORDS:
        return text
    return octets[:LONGEST_WORDS].decode(errors="ignore") + CUT


_DRAFTS: dict[type[o.Order], Draft] = {
    o.Accept: _wordless(o.Accept),
    o.Unblock: _wordless(o.Unblock),
    o.Decline: _with_reason(o.Decline),
    o.Block: _with_reason(o.Block),
    o.GiveUp: _with_reason(o.GiveUp),
    o.TakeBack: _with_reason(o.TakeBack, needed=False),
    o.Reject: _with_reason(o.Reject),
    o.Grant: _with_reason(o.Grant, needed=False),
    o.Refuse: _with_reason(o.Refuse),
    o.Keep: _with_reason(o.Keep),
    o.Report: _with_text(o.Report, "text"),
    o.Verify: _with_text(o.Verify, "finding"),
    o.Note: _with_text(o.Note, "text", "item"),
    o.Claim: _claim,
    o.Approve: _approve,
    o.Postpone: _postpone,
    o.Drop: _drop,
    o.Reassign: _reassign,
}
