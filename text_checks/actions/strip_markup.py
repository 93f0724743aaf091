"""Remove from an action's text what is not the action: list marks, owners, tickets, links."""

from __future__ import annotations

import re

MAX_ACTION_LENGTH = 4000
"""Number of characters of an action that are checked."""

_REPLACEMENTS = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"<!--[^>]{0,500}-->", " "),
        (r"!?\[([^\][]{0,300})\]\([^()\s]{0,500}\)", r"\1"),
        (r"<?https?://[^\s>)]{1,500}>?", " "),
        (r"\[[A-Z][A-Z0-9]{1,15}-\d{1,7}\]|\(?#\d{1,7}\)?(?=[\s.,;]|$)", " "),
        (r"\((?:see )?[A-Z][A-Z0-9]{1,15}-\d{1,7}\)", " "),
        (
            (
                r"[(\[](?:in progress|done|completed?|wip|todo|open|closed|ongoing|pending|planned"
                r"|if possible|potentially|issue created|see|ticket|optional"
                r"|\d{1,3} ?(?:m"
                r"|min|h|d))"
                r"[:\s]{0,3}[)\]]"
            ),
            " ",
        ),
        (r"(?<![\w*])[*_]{1,3}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,3}(?![\w*])", ""),
        (r"[ \t\r\n]{1,50}", " "),
    )
)
_PREFIX = re.compile(
    r"(?:[-*+•–—>]|\d{1,3}[.)]|\[[ xX]?\]|[☐☑✅]"
    r"|\(?\[?(?:p[0-5]|sev-?\d|high|medium|low|critical|urgent|short[- ]term|long[- ]term)\)?\]?"
    r"(?:\s{0,2}[:|\-–—]|(?<=[)\]]))"
    r"|(?:action|action item|ai|todo|to do|task|follow-?up"
    r"|next step)s?\s{0,2}\d{0,3}\s{0,2}[:.\-–—]"
    r"|[A-Z][A-Z0-9]{1,15}-\d{1,7}\s{0,2}[:\-–—]?"
    r"|@[\w./-]{1,60}\s{0,2}(?:[:,\-–—]|to\b|will\b|should\b|is going to\b)"
    r"|@[\w./-]{1,60}(?=\s)"
    r"|(?:owner|assignee|who)\s{0,2}[:=]\s{0,2}[^\s;,|]{1,60}[;,|]?"
    r"|(?:please|also|additionally|finally|in addition|first|second|then|next|going forward"
    r"|in (?:the )?(?:future|short term|long term)|most importantly|eventually|ideally),?(?=\s)"
    r")\s{0,5}",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z(])|(?<=\w[;])\s+")
_TITLE = re.compile(r"([^.:!?]{3,90}):\s+(\S.*)", re.DOTALL)


def strip_markup(text: str) -> str:
    """Return the action on one line, without markup, links, tickets and the owner in front."""
    text = text[:MAX_ACTION_LENGTH]
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    text = text.strip()
    for _ in range(6):
        shorter = _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text
        if shorter == text:
            break
        text = shorter.lstrip()
    return text.strip(" \t-–—|")


def split_action_sentences(text: str) -> list[str]:
    """Split a stripped action into its sentences; a title in front (“Caps: …”) is one of them."""
    parts = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    return [piece for sentence in parts[:20] for piece in _split_title(sentence)]


def _split_title(sentence: str) -> list[str]:
    match = _TITLE.fullmatch(sentence)
    if not match or len(match[1].split()) > 12:  # noqa: PLR2004 - a longer one is no heading
        return [sentence]
    return [match[1].strip(), match[2].strip()]
