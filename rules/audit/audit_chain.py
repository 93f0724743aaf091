"""The chain of the audit events: one for the whole installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from models.audit.audit_event import AuditEvent
from rules.audit import hash_chain
from rules.audit.hash_chain import ChainLine

AUDIT_CHAIN = "audit"
"""The name of the chain, among those of reviews."""


def read_audit_event(event: AuditEvent) -> ChainLine:
    """Return an audit event as a line of its chain."""
    return ChainLine(
        number=event.seq,
        facts=(hash_chain.format_moment(event.at), event.channel, event.kind),
        words=(event.by, event.origin, event.subject, event.text),
        link=event.link,
        seal=event.seal,
        covers=event.covers,
    )


def read_audit_log(events: Iterable[AuditEvent]) -> list[ChainLine]:
    """Return the lines of the chain of audit events."""
    return [read_audit_event(event) for event in events]


def link_audit_event(event: AuditEvent, last: AuditEvent | None, salt: str) -> AuditEvent:
    """Return an audit event with its place after the last one, its salt and its link."""
    sealed = replace(event, seq=last.seq + 1 if last else 1, seal=salt)
    line, before = read_audit_event(sealed), read_audit_event(last) if last else None
    previous = hash_chain.find_previous_link(AUDIT_CHAIN, before, line)
    return replace(sealed, link=hash_chain.compute_link(line, previous))
