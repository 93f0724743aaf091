"""The letters that follow from what happened: one reading of the log, line by line, past `told`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from models.letters import Item, Letter, LetterKind
from models.review import Event, Review, Stage
from rules import invitations, pace, sentences
from rules.authority import CLOCK, TOOL_PREFIX
from rules.circles import concerned, invited_to_follow_up
from rules.presence import Presence, ladder
from rules.waits import action_of

AT_ONCE = frozenset(
    {
        LetterKind.MEETING_INVITATION,
        LetterKind.FOLLOW_UP_INVITATION,
        LetterKind.MEETING_CANCELLED,
        LetterKind.ANSWER,
    }
)
"""Letters that wait for no working hours and are never put together with others."""

OWN_ACTS = frozenset({LetterKind.CLOSED, *AT_ONCE})
"""Letters that people also get about what they did themselves."""

ANSWERS = frozenset({"report", "claim", "block", "unblock", "postpone", "give-up", "reassign"})
"""Log lines that answer a sponsor's open question."""

WHOLE = frozenset(
    {"cancel-requested", "refused", "recur", "block", "unblock", "change-verifier", "appoint"}
)
"""Log lines whose text has a subject of its own."""

Letters = Iterator[Letter]
Teller = Callable[[Review, Event, Presence], Letters]


def letters(review: Review, presence: Presence) -> tuple[Letter, ...]:
    """Write what people are to hear of the log lines after `review.told`.

    Nobody hears of what they did themselves, save invitations and the closing.
    """
    fresh = [event for event in review.log if event.revision > review.told]
    told = (letter for event in fresh for letter in _about(review, event, presence))
    return tuple(_without_superseded(told))


def _about(review: Review, event: Event, presence: Presence) -> Letters:
    for teller in TELLERS.get(event.kind, ()):
        for letter in teller(review, event, presence):
            if letter.to != event.by or letter.kind in OWN_ACTS:
                yield letter
    yield from _answered(review, event)


def _without_superseded(told: Iterable[Letter]) -> list[Letter]:
    """Keep the last of several invitations to the same meeting."""
    kept: dict[object, Letter] = {}
    for letter in told:
        is_once = letter.kind in AT_ONCE
        subject = (letter.kind, letter.to) if is_once else (letter.kind, letter.to, letter.key)
        kept.pop(subject, None)
        kept[subject] = letter
    return list(kept.values())


def _letter(event: Event, kind: LetterKind, to: str, sentence: str, item: str = "") -> Letter:
    said = Item(code=event.kind, sentence=sentence, item=item)
    return Letter(kind=kind, to=to, items=(said,), revision=event.revision)


def _sentence(event: Event) -> str:
    """Say a log line whole: who did, or said, what."""
    said = event.text.rstrip(".")
    if event.kind in WHOLE and event.by == CLOCK:
        return f"{said[:1].upper()}{said[1:]}."
    who = "Afterword" if event.by == CLOCK else event.by.removeprefix(TOOL_PREFIX)
    return f"{who}: {said}." if event.kind in WHOLE else f"{who} {said}."


def _notice(review: Review, event: Event, *to: str) -> Letters:
    """Tell a log line as it stands, with the action it is about."""
    item = event.item if action_of(review, event.item) else ""
    about = f" It is about {sentences.named(review, item)}." if item else ""
    for address in dict.fromkeys(to):
        if address:
            sentence = f"{_sentence(event)}{about}"
            yield _letter(event, LetterKind.NOTICE, address, sentence, item)


def _everybody(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    yield from _notice(review, event, *concerned(review), *review.restricted_to)


def _lead(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    yield from _notice(review, event, review.roles.lead)


def _facilitator(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    yield from _notice(review, event, review.roles.facilitator or review.roles.lead)


def _opened(review: Review, event: Event, presence: Presence) -> Letters:
    roles = review.roles
    parts = (roles.lead, roles.facilitator, roles.sponsor)
    for to in dict.fromkeys(part for part in parts if part):
        calendar = presence.calendar(to)
        meeting = pace.meeting_deadline(review, calendar)
        draft = pace.draft_deadline(review, calendar)
        sentence = (
            f"A review of “{review.incident.title}” is open. Its draft is due by "
            f"{sentences.moment(draft, calendar)}, its meeting is to be held by "
            f"{sentences.moment(meeting, calendar)}."
        )
        yield _letter(event, LetterKind.OPENED, to, sentence)


def _appointed(event: Event) -> str:
    return event.item or event.text.split(" ", 1)[0]


def _appointment(review: Review, event: Event, presence: Presence) -> Letters:
    to = _appointed(event)
    yield from _notice(review, event, to)
    yield from invitations.to_appointed(review, event, presence, to)


def _approved(review: Review, event: Event, presence: Presence) -> Letters:
    """Tell everybody that the review is closed; of the other gates the next waits tell."""
    if review.stage is not Stage.CLOSED or review.closed_at != event.at:
        return
    count = sum(a.outcome is not None for a in review.actions)
    said = f"The review is closed: every action has an outcome ({count})."
    for to in concerned(review):
        yield _letter(event, LetterKind.CLOSED, to, said)
    yield from invitations.called_off(review, event, presence)


def _sent_back(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    yield from _notice(review, event, *invited_to_follow_up(review))


def _to_owner(kind: LetterKind) -> Teller:
    def tell(review: Review, event: Event, presence: Presence) -> Letters:
        del presence
        action = action_of(review, event.item)
        if action is not None and action.owner:
            said = f"{_sentence(event)} It is about {sentences.named(review, action.id)}."
            yield _letter(event, kind, action.owner, said, action.id)

    return tell


def _dropped(review: Review, event: Event, presence: Presence) -> Letters:
    steps = ("give-up", "keep", "accept", "reassign", "revise", "overturn", "take-back", "drop")
    earlier = (e for e in reversed(review.log) if e.revision < event.revision)
    last = next((e for e in earlier if e.item == event.item and e.kind in steps), None)
    asked = last is not None and last.kind == "give-up"
    kind = LetterKind.GIVEN_UP_ANSWERED if asked else LetterKind.NOTICE
    yield from _to_owner(kind)(review, event, presence)


def _handed_on(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    action = action_of(review, event.item)
    before = [owner for owner in action.owners if owner != action.owner] if action else []
    yield from _notice(review, event, *before[-1:])


def _hands(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    action = action_of(review, event.item)
    if action is not None:
        yield from _notice(review, event, action.owner, action.verifier)


def _verifier(review: Review, event: Event, presence: Presence) -> Letters:
    del presence
    action = action_of(review, event.item)
    if action is not None:
        yield from _notice(review, event, action.verifier)


def _undelivered(review: Review, event: Event, presence: Presence) -> Letters:
    """Tell the lead, or the first above whose own address has never been refused."""
    del presence
    refused = {e.item for e in review.log if e.kind == "undeliverable"}
    reachable = (rung for rung in ladder(review.roles) if rung not in refused)
    yield from _notice(review, event, next(reachable, ""))


def _answered(review: Review, event: Event) -> Letters:
    """Tell a sponsor what the owner of an action said after being asked."""
    if event.kind not in ANSWERS:
        return
    earlier = (e for e in reversed(review.log) if e.revision < event.revision)
    turns = (e for e in earlier if e.item == event.item and e.kind in {"ask", *ANSWERS})
    last = next(turns, None)
    if last is not None and last.kind == "ask" and last.by != event.by:
        yield from _notice(review, event, last.by)


TELLERS: dict[str, tuple[Teller, ...]] = {
    "open": (_opened,),
    "schedule-meeting": (invitations.to_meeting,),
    "schedule-follow-up": (invitations.to_follow_up,),
    "appoint": (_appointment,),
    "assign": (invitations.to_newcomers,),
    "reassign": (_handed_on, invitations.to_newcomers),
    "overturn": (invitations.to_newcomers,),
    "change-verifier": (_hands,),
    "block": (_lead,),
    "contribute": (_facilitator,),
    "take-back": (_verifier,),
    "verify": (_to_owner(LetterKind.VERDICT),),
    "reject": (_to_owner(LetterKind.VERDICT),),
    "grant": (_to_owner(LetterKind.POSTPONEMENT_ANSWERED),),
    "refuse": (_to_owner(LetterKind.POSTPONEMENT_ANSWERED),),
    "drop": (_dropped,),
    "keep": (_to_owner(LetterKind.GIVEN_UP_ANSWERED),),
    "send-back": (_sent_back,),
    "recur": (_everybody,),
    "restrict": (_everybody,),
    "unrestrict": (_everybody,),
    "reopen": (_everybody,),
    "cancel": (_everybody, invitations.called_off),
    "approve": (_approved, invitations.to_newcomers),
    "undeliverable": (_undelivered,),
    "refused": (_lead,),
    "cancel-requested": (_lead,),
}
