"""Verify reviews, the audit log, and both against an anchor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from fastapi.concurrency import run_in_threadpool

from models.audit.anchor import Anchor
from models.audit.audit_event import AuditKind
from register.archive import Archive
from register.chain_heads import find_links
from register.repositories.audit import AuditConditions
from rules.audit.anchors import compare_anchor, parse_anchor
from rules.audit.audit_chain import AUDIT_CHAIN, read_audit_log
from rules.audit.verify_log import verify_chain
from web.dependencies import AppContext
from web.services.audit.verify_chains import (
    ARCHIVE,
    REGISTER,
    Verification,
    join_verifications,
    list_all_ids,
    verify_reviews,
)
from web.services.resolve_names import resolve_any_review

MAX_RESTORES = 10
"""How many restores are named where an anchor does not fit."""


async def verify_everything(
    context: AppContext, typed: Sequence[str], reader: str, anchor: str
) -> Verification:
    """Return what verifying some reviews found, or all of them and the audit log.

    `anchor` is the text of an anchor, or of an email with one; "" for none. Raises NotFound,
    InvalidInput for an anchor that is not whole, and Unavailable where a workflow does not answer.
    """
    parsed = parse_anchor(anchor) if anchor else None
    ids = [await resolve_any_review(context, name, reader) for name in dict.fromkeys(typed)]
    found = [await verify_reviews(context, ids or await list_all_ids(context))]
    if not ids:
        found.append(await run_in_threadpool(verify_audit_log, context.archive))
    if parsed is not None:
        found.append(await run_in_threadpool(verify_anchor, context.archive, parsed, ids))
    return join_verifications(found)


def verify_audit_log(archive: Archive) -> Verification:
    """Return what verifying the audit events found."""
    lines = read_audit_log(archive.audit.load_events())
    breaks = tuple(verify_chain(AUDIT_CHAIN, lines, ARCHIVE))
    return Verification(lines=len(lines), breaks=breaks)


def verify_anchor(archive: Archive, anchor: Anchor, ids: Collection[str]) -> Verification:
    """Return which heads of an anchor the chains do not have any more, those of `ids` only."""
    heads = tuple(head for head in anchor.heads if not ids or head.chain in ids)
    links = find_links(archive.engine, heads)
    breaks = tuple(compare_anchor(replace(anchor, heads=heads), links, REGISTER))
    conditions = AuditConditions(kind=AuditKind.RESTORED)
    restores = archive.audit.list_events(conditions, limit=MAX_RESTORES) if breaks else ()
    notes = (f"a restore was recorded on {e.at:%Y-%m-%d %H:%M} UTC: {e.text}" for e in restores)
    return Verification(breaks=breaks, notes=tuple(notes))
