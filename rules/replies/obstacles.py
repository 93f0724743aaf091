"""The obstacles that keep us from reading what somebody wrote, and what its writer is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from models.commands import ReplyLine

UNREADABLE_CHARACTER = "\ufffd"
"""What stands for each octet that is no character in any encoding it may be in."""


class Obstacle(StrEnum):
    """Why the words of a mail cannot be read."""

    ENCRYPTED = "encrypted"
    PROTECTED = "protected"
    BROKEN_SIGNATURE = "broken-signature"
    WINMAIL = "winmail"
    UNREADABLE_CHARACTERS = "unreadable-characters"
    ATTACHED_MAIL = "attached-mail"
    ONLY_QUOTED = "only-quoted"
    NO_TEXT = "no-text"
    TOO_LONG = "too-long"


HIDING_WORDS = (
    Obstacle.ENCRYPTED,
    Obstacle.PROTECTED,
    Obstacle.BROKEN_SIGNATURE,
    Obstacle.TOO_LONG,
)
"""Obstacles that may hide more words beside those that were read."""

WITHOUT_TEXT = (Obstacle.ATTACHED_MAIL, Obstacle.ONLY_QUOTED, Obstacle.NO_TEXT)
"""Obstacles that say no more than that there are no words; files beside them say more."""

EXPLANATIONS = {
    Obstacle.ENCRYPTED: (
        "Your email is encrypted, and we have no key to read it, so nothing was changed. Please "
        "send your reply again without encryption; signing it is fine. We have kept your email."
    ),
    Obstacle.PROTECTED: (
        "Your email is protected, so that only people who sign in can read it, and nothing was "
        "changed. Please send your reply again without protection or a sensitivity label that "
        "encrypts it. We have kept your email."
    ),
    Obstacle.BROKEN_SIGNATURE: (
        "Your email is signed (S/MIME), and its text is packed into the signature in a form that "
        "we cannot open, so nothing was changed. Please send your reply again without a signature, "
        "or sign it as “clear text”. We have kept your email."
    ),
    Obstacle.WINMAIL: (
        "The text of your email is packed into a file, winmail.dat, in Outlook’s own format "
        "(TNEF), which we cannot read, so nothing was changed. Please send your reply again as "
        "plain text or HTML instead of Rich Text. We have kept your email."
    ),
    Obstacle.UNREADABLE_CHARACTERS: (
        "We cannot read all characters of this, because your email does not say in which encoding "
        "they are, or names a wrong one, so nothing was changed by it. Please send it again as "
        "Unicode (UTF-8), or in the characters A to Z alone. We have kept your email."
    ),
    Obstacle.ATTACHED_MAIL: (
        "Your email has no text of its own, only another email attached to it, which we do not "
        "read, so nothing was changed. Please write your reply into the email itself. We have kept "
        "your email."
    ),
    Obstacle.ONLY_QUOTED: (
        "Your email has no words of its own, only quoted text or what mail programs add to it, so "
        "nothing was changed. Please write your reply above what you quote."
    ),
    Obstacle.NO_TEXT: (
        "Your email is empty: we found no text in it, so nothing was changed. Please write your "
        "reply as text."
    ),
    Obstacle.TOO_LONG: (
        "Your email is very long: we read only its beginning, and nothing was changed by what "
        "stands further down. Please write the rest of your reply into a new email, above what you "
        "quote. We have kept your email."
    ),
}
"""What is wrong and what would be right, for each obstacle."""


def explain_obstacle(lines: Iterable[ReplyLine], obstacle: Obstacle | None) -> list[ReplyLine]:
    """Return the lines with what the obstacle makes of them.

    A line with characters that nobody can read is asked back, whatever it was taken for; words that
    may be hidden beside those that were read are mentioned.
    """
    explained = list(lines)
    if obstacle is Obstacle.UNREADABLE_CHARACTERS:
        return [_ask_back_unreadable(line) for line in explained]
    if obstacle in HIDING_WORDS and explained:
        return [*explained, ReplyLine(text="", answer=EXPLANATIONS[obstacle])]
    return explained


def _ask_back_unreadable(line: ReplyLine) -> ReplyLine:
    if UNREADABLE_CHARACTER not in line.text:
        return line
    return replace(line, command=None, answer=EXPLANATIONS[Obstacle.UNREADABLE_CHARACTERS])
