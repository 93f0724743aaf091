"""Offer the people whom a document names as participants: they are invited once they are added."""

from __future__ import annotations

from models.commands import Appoint
from models.people import Person, Role
from models.review import OPEN_STAGES, Review
from rules.audiences import list_invitees
from rules.command_lines import format_command_line
from rules.permissions import list_roles
from text_checks.parsing import ParsedDocument
from text_checks.participants import list_named_people
from web.dependencies import AppContext


def list_participant_offers(
    context: AppContext, reading: ParsedDocument, record: Review, by: str
) -> list[str]:
    """List a sentence for each person whom a document names and nobody has invited yet.

    Nobody is added without a word of who may appoint them: a name in a document may be there
    because of what its bearer did, and a participant may read and write all of it.
    """
    is_over = record.meeting is not None and record.meeting.held_at is not None
    if record.stage not in OPEN_STAGES or is_over:
        return []
    invited = set(list_invitees(record))
    found = (context.archive.people.find_by_name(name) for name in list_named_people(reading))
    new = {person.address: person for person in found if person and person.address not in invited}
    return [_format_offer(context, record, person, by) for person in new.values()]


def _format_offer(context: AppContext, record: Review, person: Person, by: str) -> str:
    command = format_command_line(
        record, Appoint, role=Role.PARTICIPANT.value, person=person.address
    )
    sentence = f"{person.name or person.address} is named as a participant, and not invited yet: "
    if list_roles(record, by) & set(Appoint.who):
        return f"{sentence}add them with {command}"
    lead = context.archive.people.find_person(record.roles.lead)
    name = lead.name if lead and lead.name else record.roles.lead
    return f"{sentence}{name} can add them with {command}"
