"""What an action's text says itself of who does it and by when, and what it leaves unanswered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from words.actions.judging import reason

NOBODY = re.compile(
    r"\W*(?:tbd|tba|tbc|n/?a|none|nobody|unassigned|unknown|some(?:one|body)|every(?:one|body)|all"
    r"|anyone|the team|team|us|we|\?+|-+|xxx+)?\W*",
    re.IGNORECASE,
)
NEVER = re.compile(
    r"\W*(?:tbd|tba|tbc|n/?a|none|unknown|asap|soon|later|ongoing|in progress|when possible"
    r"|some ?day|eventually|next|long[- ]term|short[- ]term|\?+|-+)?\W*",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_TIME = (
    rf"(?:\d{{4}}-\d\d(?:-\d\d)?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?: \d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?|{_MONTH}(?: \d{{4}})?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|(?:the )?end of (?:the |this |next )?(?:week|month|quarter|year|sprint|q[1-4]|{_MONTH})"
    rf"|(?:this|next) (?:week|month|quarter|year|sprint|{_DAY})|{_DAY}|q[1-4](?: \d{{4}})?"
    r"|eow|eom|eoq|eoy|tomorrow|sprint \d+)"
)
DUE = re.compile(
    rf"\b(?:due|deadline|by|before|until|till|no later than|target|eta|when)\b:?\s{{0,3}}"
    rf"(?:on |the )?(?P<due>{_TIME})\b"
    r"|\b(?P<also>in the near future|later this year|this (?:week|month|quarter|year|sprint)"
    r"|next (?:week|month|quarter|sprint)|(?:in|within) \d+ (?:days?|weeks?|months?)|sprint \d+"
    r"|(?:in )?q[1-4] \d{4}|\d{4}-\d\d-\d\d)\b"
    rf"|\((?:[^()]{{0,40}}[,;] )?(?P<last>{_TIME})\)$",
    re.IGNORECASE,
)
OWNER = re.compile(
    r"@(?P<at>[A-Za-z][\w.-]{1,40})"
    r"|\b(?:[Oo]wner|[Aa]ssignee|[Aa]ssigned to|[Dd]one by|[Rr]esponsible|DRI|[Ww]ho)\b:?\s{1,3}"
    r"(?P<named>[A-Z@][\w@-]{0,40}(?:\.[\w@-]+){0,4}(?: [A-Z][\w-]+)?)"
    r"|^\W{0,6}(?P<team>(?:[A-Z][\w-]+ ){0,2}[Tt]eam(?: [A-Z]\w+)?)\s?(?::| will\b| to\b| is\b)"
    r"|^\W{0,6}(?P<person>[A-Z][A-Za-z-]+(?: [A-Z][a-z-]+)?)(?: will| has| is going to| to) [a-z]"
    r"|\((?P<caller>[A-Z][a-z]+)(?: [a-z ]{1,30}|, .{1,20})?\)$"
    r"|[;,–—] (?P<tail>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:, [\w ]{1,20})?\.?$"
)
NO_ONE = frozenset({"we", "this", "it", "the", "all", "our", "each", "that", "there"})
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Stated:
    """The owner and the due date as the text says them; "" where it does not."""

    owner: str
    due: str


def stated(text: str) -> Stated:
    """Find who and when in an action's text."""
    text = text.strip()[:LONGEST]
    return Stated(owner=_said(OWNER.search(text)), due=_said(DUE.search(text)))


def unanswered(text: str, owner: str | None, due: str | None) -> tuple[str, ...]:
    """List what an action leaves open: "who", "what", "when"; a placeholder answers nothing."""
    said = stated(text)
    is_open = {
        "who": NOBODY.fullmatch(owner or "") and NOBODY.fullmatch(said.owner),
        "what": reason(text),
        "when": NEVER.fullmatch(due or "") and NEVER.fullmatch(said.due),
    }
    return tuple(question for question, still in is_open.items() if still)


def _said(found: re.Match[str] | None) -> str:
    said = next((group for group in found.groups() if group), "").strip() if found else ""
    return "" if said.lower() in NO_ONE else said
