"""The parser for one line of a reply: its verb, its actions, and whether the verb counts.

The language is forgiving in wording and strict in meaning: a negation, a question, a condition
or a promise of later never counts as the thing itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from rules.replies import retractions
from rules.replies.dates.time_requests import TimeRequest, find_time_request
from rules.replies.patterns import doubt_patterns, ownership_patterns, verb_patterns
from rules.replies.patterns import vocabulary as v
from rules.replies.patterns.verb_patterns import Verb

MAX_LEADING_WORDS = 8
"""Number of polite or grammatical words allowed before a verb."""

MAX_DOUBTFUL_WORDS = 14
"""Words of a line without an action id up to which we ask back what it means."""

MAX_NAMED_ACTIONS = 50
"""Mentions of actions at which a line may be split; what comes later belongs to the last part."""

ACCEPTING_VERBS = (Verb.ACCEPT, Verb.AGREE)
REJECTING_VERBS = (Verb.REJECT, Verb.REFUSE, Verb.DECLINE)
SETTLING_VERBS = (*ACCEPTING_VERBS, *REJECTING_VERBS)
"""Verbs by which a contribution is accepted, or left out."""

DENIED = "it says that something is not so"
CONDITIONAL = "it has a condition, or is about something else"

_WRAPPERS = "\"'*_`“”‘’"
_TRAILING_AND = re.compile(r"[\s,;]and$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLine:
    """A parsed line: its actions, its verb (None if none was found) and the words after it.

    `doubt` says why the verb does not count; `for_all` is set for “all” and “both”; `is_plain` for
    a verb in the exact form that our emails teach, with a colon; `time_request` is what an
    acceptance asks for besides. `contributions` are those that it accepts or rejects; it has no
    actions then.
    """

    actions: tuple[str, ...] = ()
    verb: Verb | None = None
    words: str = ""
    doubt: str = ""
    for_all: bool = False
    is_plain: bool = False
    time_request: TimeRequest | None = None
    contributions: tuple[str, ...] = ()


def parse_line(line: str) -> ParsedLine:
    """Parse one line into its actions, verb and words, or the doubt that its verb counts."""
    return _parse_decision_on_contributions(line) or _parse_about_actions(line)


def _parse_decision_on_contributions(line: str) -> ParsedLine | None:
    """Parse a line that accepts or rejects contributions by name; None for every other one."""
    text = _strip_line(line)
    leading = v.LEADING_CONTRIBUTIONS.match(text)
    named = leading or v.NAMED_CONTRIBUTIONS.match(text)
    if named is None:
        return None
    numbers = _NUMBER.findall(named[1] if leading else named[2])
    ids = dict.fromkeys(f"K{int(number)}" for number in numbers)
    rest = text[named.end() :] if leading else f"{named['verb']} {text[named.end() :]}"
    parsed = _parse_about_actions(_replace_synonyms(rest))
    if parsed.verb not in SETTLING_VERBS and not parsed.doubt:
        return None
    return replace(parsed, actions=(), contributions=tuple(ids))


def _replace_synonyms(text: str) -> str:
    """Return a line about a contribution with “accept” and “reject” for what else means that."""
    text = v.INCLUDE_CONTRIBUTION.sub(Verb.ACCEPT, text, count=1)
    return v.LEAVE_OUT_CONTRIBUTION.sub(Verb.REJECT, text, count=1)


def _parse_about_actions(line: str) -> ParsedLine:
    parsed = _parse_clause(line)
    if v.YES_BEFORE_ID.match(line) and (request := _find_request_after_id(parsed)):
        return replace(parsed, verb=Verb.AGREE, words="", doubt="", time_request=request)
    if parsed.verb is not Verb.AGREE:
        return parsed
    if doubt_patterns.COURTESY_AFTER_YES.fullmatch(parsed.words):
        return replace(parsed, doubt="")
    if parsed.time_request:
        return parsed
    rest_parsed = _parse_clause(parsed.words.lstrip(" ,.!;:–—-"))
    if rest_parsed.verb is None:
        return replace(parsed, doubt=rest_parsed.doubt or CONDITIONAL)
    return replace(rest_parsed, actions=parsed.actions or rest_parsed.actions)


def split_line(line: str) -> list[str]:
    """Split “A2 done https://…; A3 accept” into one part for each action."""
    starts, end_positions = [0], []
    for match in islice(v.NEXT_ACTION.finditer(line), MAX_NAMED_ACTIONS):
        text_before = _strip_line(line[starts[-1] : match.start()])
        is_sentence_end = match[0].startswith((".", "!", ";"))
        is_complete = is_sentence_end or _find_verb(_split_leading_actions(text_before)[1])
        if is_complete and _find_verb(_split_leading_actions(line[match.end() :])[1]):
            starts.append(match.end())
            end_positions.append(match.start())
    end_positions.append(len(line))
    *others, last = [
        line[start:end].strip() for start, end in zip(starts, end_positions, strict=True)
    ]
    return [*(_strip_conjunction(piece) for piece in others), last]


def find_doubt(parsed: ParsedLine) -> str:
    """Find why the words after a verb retract it; empty if they do not."""
    reasons = (
        reasons
        for verbs, retraction, reasons in doubt_patterns.RETRACTIONS
        if parsed.verb in verbs and retraction.match(parsed.words)
    )
    if first_reason := next(reasons, ""):
        return first_reason
    if words := retractions.find_retraction(parsed.verb, parsed.words, is_plain=parsed.is_plain):
        return retractions.format_doubt(words)
    if parsed.verb not in (Verb.ACCEPT, Verb.AGREE):
        return ""
    harmless_match = doubt_patterns.HARMLESS_WORDS.match(parsed.words)
    if harmless_match is None or doubt_patterns.CONDITION.search(parsed.words):
        return CONDITIONAL
    next_verb = _find_verb(parsed.words[harmless_match.end() :].lstrip(" ,.;:!–—-"))
    return CONDITIONAL if next_verb and next_verb[0] in verb_patterns.OVERRIDING_VERBS else ""


def _parse_clause(line: str) -> ParsedLine:
    actions, rest = _split_leading_actions(_strip_line(line))
    if _is_question(rest):
        return _mark_doubtful(ParsedLine(actions=actions), rest, "it is a question")
    if _says_not_mine(rest):
        return _parse_not_mine(ParsedLine(actions=actions, verb=Verb.DECLINE, words=rest))
    verb_and_words = _find_verb(rest)
    if verb_and_words is None:
        return _parse_without_verb(ParsedLine(actions=actions), rest)
    verb, words = verb_and_words
    if not actions:
        actions, words = _split_following_actions(verb, words)
    for_all = v.ALL_ACTIONS.match(words) if verb in (Verb.ACCEPT, Verb.AGREE) else None
    words = (words[for_all.end() :] if for_all else words).strip()
    is_plain = words.startswith(":") and verb.value in rest.casefold().partition(":")[0].split()
    parsed = ParsedLine(
        actions=actions, verb=verb, words=words, for_all=bool(for_all), is_plain=is_plain
    )
    if verb in ACCEPTING_VERBS and (request := find_time_request(words)):
        return replace(parsed, words="", time_request=request)
    if verb is Verb.CLAIM and doubt_patterns.IMPERATIVE.match(rest):
        return replace(parsed, doubt="it says what is still to be done")
    return replace(parsed, doubt=find_doubt(parsed))


def _says_not_mine(rest: str) -> bool:
    """Return whether a line begins by saying, after polite words, that it is somebody else's."""
    for _ in range(MAX_LEADING_WORDS):
        if ownership_patterns.NOT_MINE.match(rest):
            return True
        lead = ownership_patterns.NOT_MINE_LEAD.match(rest)
        if lead is None:
            return False
        rest = rest[lead.end() :]
    return False


def _parse_not_mine(parsed: ParsedLine) -> ParsedLine:
    end = _SENTENCE_END.search(parsed.words)
    sentence = parsed.words[: end.start()] if end else parsed.words
    is_doubtful = ownership_patterns.NOT_MINE_DOUBT.search(sentence)
    return replace(parsed, doubt=CONDITIONAL) if is_doubtful else parsed


def _parse_without_verb(parsed: ParsedLine, rest: str) -> ParsedLine:
    if v.THUMBS_UP.fullmatch(rest):
        return replace(parsed, verb=Verb.AGREE)
    if match := verb_patterns.NEEDS_UNTIL.fullmatch(rest):
        words = f"{match['until']} because {match['why']}"
        return replace(parsed, verb=Verb.POSTPONE, words=words)
    if doubt_patterns.NEGATION.search(rest):
        return _mark_doubtful(parsed, rest, DENIED)
    if doubt_patterns.HEDGE.search(rest):
        return _mark_doubtful(parsed, rest, "it is about what may happen, or about later")
    return replace(parsed, words=rest)


def _find_request_after_id(parsed: ParsedLine) -> TimeRequest | None:
    """Find the request for time in a line that begins “OK A7, …”."""
    if parsed.verb is None:
        return find_time_request(parsed.words)
    if parsed.verb is not Verb.POSTPONE or parsed.doubt:
        return None
    return TimeRequest(clause=parsed.words.strip(), words=parsed.words)


def _mark_doubtful(parsed: ParsedLine, rest: str, reason: str) -> ParsedLine:
    is_short = len(rest.split()) <= MAX_DOUBTFUL_WORDS
    is_doubtful = doubt_patterns.DECISIVE_WORDS.search(v.URL.sub("", rest)) and (
        is_short or parsed.actions
    )
    return replace(parsed, words=rest, doubt=reason if is_doubtful else "")


def _strip_line(line: str) -> str:
    """Return a line without bullets, greetings and quotation marks."""
    line = line.replace("’", "'").replace("‘", "'").replace("\u2011", "-")
    line = v.strip_prefix(v.BULLET, line).strip()
    for prefix in (v.GREETING, v.THANKS, v.LEADING_EMOJI):
        line = v.strip_prefix(prefix, line)
    return line.strip(_WRAPPERS).strip()


def _strip_conjunction(text: str) -> str:
    """Return a text without “, and” at its end."""
    stripped = text.rstrip(" \t,;")
    return _TRAILING_AND.sub("", stripped).rstrip(" \t,;")


def _split_leading_actions(text: str) -> tuple[tuple[str, ...], str]:
    match = v.LEADING_IDS.match(text)
    return (_parse_action_ids(match[1]), text[match.end() :]) if match else ((), text)


def _split_following_actions(verb: Verb, words: str) -> tuple[tuple[str, ...], str]:
    match = (v.ADJOINING_IDS if verb is Verb.BLOCK else v.FOLLOWING_IDS).match(words)
    return (_parse_action_ids(match[1]), words[match.end() :]) if match else ((), words)


def _parse_action_ids(ids: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"A{int(number)}" for number in _NUMBER.findall(ids)))


def _is_question(text: str) -> bool:
    if doubt_patterns.QUESTION_LEAD.match(text):
        return True
    sentence = _SENTENCE_END.search(v.URL.sub("", text))
    return sentence is not None and sentence[0] == "?"


def _find_verb(rest: str) -> tuple[Verb, str] | None:
    """Find the first verb of a line, after polite and grammatical words."""
    has_modal = False
    for _ in range(MAX_LEADING_WORDS):
        for verb, pattern in verb_patterns.VERBS:
            match = pattern.match(rest)
            if match and (not has_modal or verb in verb_patterns.WITH_MODALS):
                return verb, _join_verb_words(verb, match[0], rest[match.end() :])
        leading_match = verb_patterns.MODAL_LEAD.match(rest)
        has_modal = has_modal or leading_match is not None
        leading_match = leading_match or verb_patterns.PLAIN_LEAD.match(rest)
        if leading_match is None:
            return None
        rest = rest[leading_match.end() :]
    return None


def _join_verb_words(verb: Verb, verb_text: str, rest: str) -> str:
    """Return the words after a verb, with the verb where it carries meaning: “waiting for …”."""
    naming_pattern = {
        Verb.REPORT: verb_patterns.NAMED_REPORT,
        Verb.BLOCK: verb_patterns.NAMED_BLOCK,
    }.get(verb)
    return (
        rest
        if naming_pattern is None or naming_pattern.fullmatch(verb_text)
        else f" {verb_text}{rest}"
    )
