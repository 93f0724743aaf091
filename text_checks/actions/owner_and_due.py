"""Find the owner and due date that an action's text states, and what it leaves unanswered."""

from __future__ import annotations

import re
from dataclasses import dataclass

from text_checks.actions.vagueness import find_vague_reason

NO_OWNER = re.compile(
    r"\W*(?:(?:tbd|tba|tbc|n/?a|none|nobody|unassigned|unknown|some(?:one|body)|every(?:one|body)|all"
    r"|anyone|the team|team|us|we|xxx+)\W*)?",
    re.IGNORECASE,
)
NO_DUE = re.compile(
    r"\W*(?:(?:tbd|tba|tbc|n/?a|none|unknown|asap|soon|later|ongoing|in progress|when possible"
    r"|some ?day|eventually|next|long[- ]term|short[- ]term)\W*)?",
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
_DATED = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?: \d{{4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?)"
)
DATED_WITH_YEAR = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH} \d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_ADDRESS = r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
_NAME = r"(?![a-zß-öø-ÿ])[^\W\d_][\w'’-]{1,40}"
_DATE = rf"(?:{_DATED}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}})"
_RELATIVE = rf"(?:today|tomorrow|(?:this|next) (?:week|month|{_DAY}))"
_NO_MENTION = rf"(?!(?:{_RELATIVE}|yesterday|last|{_DATED})\b)"
DUE = re.compile(
    rf"\b(?:due|deadline|by|before|until|till|no later than|target|eta|when)\b:?\s{{0,3}}"
    rf"(?:on |the )?(?P<due>{_TIME})\b"
    r"|\b(?P<also>in the near future|later this year|this (?:week|month|quarter|year|sprint)"
    r"|next (?:week|month|quarter|sprint)|(?:in|within) \d+ (?:days?|weeks?|months?)|sprint \d+"
    r"|(?:in )?q[1-4] \d{4}|\d{4}-\d\d-\d\d)\b"
    rf"|\((?:[^()]{{0,40}}[,;] )?(?P<last>{_TIME})\)$"
    rf"|@(?P<mention>{_DATED}(?: ?→ ?{_DATED})?|{_RELATIVE})\b"
    rf"|[-–—|;,→] ?(?P<tail>{_DATED})[.)]?$",
    re.IGNORECASE,
)
OWNER = re.compile(
    r"(?:^|[(\[<]|(?<!\S)@|[-–—,;|:→] |\b(?:[Oo]wner|[Aa]ssignee|[Ww]ho):? )"
    rf"(?P<address>{_ADDRESS})"
    r"(?=[)\]>.,;:|]|\s+[-–—]|$|\s+(?:will|to|due|by|has)\b)"
    rf"|(?<![\w.+-])@(?i:{_NO_MENTION})(?P<mention>{_NAME} {_NAME}"
    rf"(?=$|\s?[@,.;:()\[\]|–—]|\s-|\s(?:due|by|until|to|will|has)\b|\s(?i:{_DATED})))"
    rf"|(?<![\w.+-])@(?i:{_NO_MENTION})(?P<at>[^\W\d_][\w.-]{{1,40}})"
    r"|\b(?:[Oo]wner|[Aa]ssignee|[Aa]ssigned to|[Dd]one by|[Rr]esponsible|DRI|[Ww]ho)\b:?\s{1,3}"
    r"(?P<named>[A-Z@][\w@-]{0,40}(?:\.[\w@-]+){0,4}(?: [A-Z][\w-]+)?)"
    r"|^\W{0,6}(?P<team>(?:[A-Z][\w-]+ ){0,2}[Tt]eam(?: [A-Z]\w+)?)\s?(?::| will\b| to\b| is\b)"
    r"|^\W{0,6}(?P<person>[A-Z][A-Za-z-]+(?: [A-Z][a-z-]+)?)(?: will| has| is going to| to) [a-z]"
    r"|\((?P<caller>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?: [a-z ]{1,30}|, .{1,20})?\)$"
    rf"|\((?P<dated>{_NAME}(?: {_NAME})?)\s?[,;–—-]\s?(?:(?i:due|by) )?(?i:{_DATE})"
    rf"|\[(?P<tag>{_NAME}(?: {_NAME})?)\]\s?[\[(](?i:{_DATE})"
    rf"|\[(?P<boxed>{_NAME} {_NAME})\]$"
    rf"|\s(?:--?|[–—|→])\s(?P<dash>{_NAME}(?: {_NAME})?)"
    rf"(?=\s?(?:--?|[–—|,])\s(?:(?i:due|by) )?(?i:{_DATED}))"
    r"|(?:[;,–—→]| --?) (?P<tail>[A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:, [\w ]{1,20})?\.?$"
)
"""Where an action names its owner; an address counts only apart from its words."""

NOT_OWNERS = frozenset({"we", "this", "it", "the", "all", "our", "each", "that", "there"})
MAX_ACTION_LENGTH = 4_000
MAX_PLACEHOLDER_LENGTH = 200


@dataclass(frozen=True, slots=True)
class OwnerAndDue:
    """The owner and the due date as the text states them; "" where it does not."""

    owner: str
    due: str


def find_owner_and_due(text: str) -> OwnerAndDue:
    """Find the owner and the due date in an action's text."""
    text = text.strip()[:MAX_ACTION_LENGTH]
    return OwnerAndDue(
        owner=_get_match_text(OWNER.search(text)), due=_get_match_text(DUE.search(text))
    )


def is_nobody(owner: str) -> bool:
    """Return whether a named owner or verifier stands for nobody in particular: “tbd”, “all”."""
    return len(owner) <= MAX_PLACEHOLDER_LENGTH and NO_OWNER.fullmatch(owner) is not None


def is_no_date(due: str) -> bool:
    """Return whether a due date names no day: “tbd”, “asap”, “eventually”."""
    return len(due) <= MAX_PLACEHOLDER_LENGTH and NO_DUE.fullmatch(due) is not None


def list_unanswered(text: str, owner: str | None, due: str | None) -> tuple[str, ...]:
    """List what an action leaves open: "who", "what", "when"; a placeholder answers nothing."""
    stated_in_text = find_owner_and_due(text)
    is_open = {
        "who": NO_OWNER.fullmatch(owner or "") and NO_OWNER.fullmatch(stated_in_text.owner),
        "what": find_vague_reason(text),
        "when": NO_DUE.fullmatch(due or "") and NO_DUE.fullmatch(stated_in_text.due),
    }
    return tuple(question for question, is_unanswered in is_open.items() if is_unanswered)


def _get_match_text(match: re.Match[str] | None) -> str:
    text = next((group for group in match.groups() if group), "") if match else ""
    text = text.strip(" @.-")
    return "" if text.lower() in NOT_OWNERS else text
