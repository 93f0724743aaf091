"""What mail by machines says of people: that no mail reaches them, or that they are away."""

from __future__ import annotations

import hashlib

from mail.bounces import failed_for_good
from mail.reading import Mail
from models.orders import Attend, ComeBack, Note
from models.people import Way
from models.review import Review
from register.letters import Capability
from rules.meeting_checks import next_meeting

BOUNCE = "bounce"
ABSENCE = "auto-reply"
CALENDAR = "calendar"
MAIL = "tool:mail"
LONGEST = 200


def order(
    raw: bytes, mail: Mail, given: Capability, machine: str, theirs: frozenset[str]
) -> ComeBack | Note | None:
    """Make an order of a report or an automatic reply; None where it says nothing to keep.

    `theirs` are the person's addresses: a report about another one, to which they have their mail
    sent on, is only noted. One and the same thing said of one person on one day is one order,
    however often it is said.
    """
    if machine == BOUNCE:
        gone = ", ".join(sorted(failed_for_good(raw)))
        if not gone:
            return None
        reason = f"the mail server gave up on {gone}"[:LONGEST]
        name = _name(given, f"{machine} {gone}", mail)
        if theirs & failed_for_good(raw):
            return ComeBack(id=name, by=MAIL, way=Way.MAIL, person=given.person, reason=reason)
        text = f"of a letter to {given.person}, {reason}"
        return Note(id=name, by=MAIL, way=Way.MAIL, text=text)
    if machine != ABSENCE:
        return None
    said = " ".join(f"{mail.subject}: {mail.own_words}".split())[:LONGEST]
    text = f"{given.person} answers automatically: {said}"
    return Note(id=_name(given, machine, mail), by=MAIL, way=Way.MAIL, text=text)


def answer(mail: Mail, review: Review) -> Attend | None:
    """Make an order of a calendar's answer; None unless it is to the next meeting as it is now."""
    said, meeting = mail.attendance, next_meeting(review)
    if said is None or meeting is None:
        return None
    count = len(review.past_follow_ups) + 1 if meeting is review.follow_up else 0
    if (count, meeting.sequence) != (said.follow_up, said.sequence):
        return None
    who = said.attendee
    named = f"{said.review}\0{count}\0{who}\0{mail.message_id}\0{said.coming}"
    name = hashlib.sha256(named.encode()).hexdigest()[:32]
    return Attend(id=name, by=who, way=Way.MAIL, coming=said.coming)


def _name(given: Capability, machine: str, mail: Mail) -> str:
    day = f"{mail.date:%Y-%m-%d}" if mail.date else ""
    said = f"{given.review}\0{given.person}\0{machine}\0{day}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]
