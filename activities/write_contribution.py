"""Write an accepted contribution into the document: a fact into the timeline, a remark elsewhere.

However somebody accepts it: over the API, by a form, by a link in an email or by a reply.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from models.codes import RefusalCode
from models.commands import AnyCommand, Settle, Write
from models.document import Contribution
from models.errors import NotFound, Refusal
from models.review import Receipt, Review
from register.archive import Archive
from rules.commands import dispatch
from rules.formatting import join_lines
from text_checks import blame
from text_checks.document_template import build_document_template
from text_checks.insertion.merge_notes import MergedNotes, merge_notes
from text_checks.parsing import decode_document, decode_new_document, parse_document
from text_checks.plain_text import normalize_wording

REMARKS_HEADING = "Anonymous contributions"
_DASHES = re.compile("[\N{EN DASH}\N{EM DASH}]")
_LINK_MARKS = re.compile(r"[\\\[\]<>]")
TRIES = 3
"""Number of times that a document is read again because somebody else wrote it meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionWriter:
    """Writes contributions into the documents of reviews, which it reads and sends commands to."""

    archive: Archive
    clock: Callable[[], datetime]
    fetch_review: Callable[[str], Awaitable[Review]]
    send_command: Callable[[str, AnyCommand], Awaitable[Receipt]]

    async def find_place(self, review: str, settle: Settle) -> str:
        """Return under which heading a contribution will be, before it is accepted.

        "" is for what is left out and for what the document says already. Nothing is written.
        Raises Refusal, NotFound, InvalidInput and Unavailable where deciding or writing would.
        """
        record = await self.fetch_review(review)
        if settle.reason.strip() or settle.id in record.receipts:
            return ""
        dispatch.validate(record, settle, self.clock())
        merged = await self._merge(record, settle)
        if merged is None:
            return ""
        dispatch.validate(record, _build_write(record, settle, merged.text), self.clock())
        return _name_place(merged)

    async def write_contribution(self, review: str, settle: Settle) -> str:
        """Write what a decision has accepted, and return under which heading it is now.

        Nothing is written, and "" returned, for what that decision did not accept, for what it has
        written already and for what the document says: doing it twice writes once. Raises Refusal,
        NotFound, InvalidInput and Unavailable as filing a document does.
        """
        for attempt in range(1, TRIES + 1):
            record = await self.fetch_review(review)
            if not _is_to_write(record, settle):
                return ""
            try:
                return await self._write_once(record, settle)
            except Refusal as refusal:
                if refusal.code != RefusalCode.CONFLICT or attempt == TRIES:
                    raise
        return ""

    async def _write_once(self, record: Review, settle: Settle) -> str:
        merged = await self._merge(record, settle)
        if merged is None:
            return ""
        write = _build_write(record, settle, merged.text)
        dispatch.validate(record, write, self.clock())
        await asyncio.to_thread(self.archive.documents.store_document, merged.text.encode())
        await self.send_command(record.id, write)
        return _name_place(merged)

    async def _merge(self, record: Review, settle: Settle) -> MergedNotes | None:
        """Return the document with a contribution; None where it has it, or cannot be read."""
        contribution = next(c for c in record.contributions if c.id == settle.contribution)
        text = await asyncio.to_thread(self._load_text, record)
        if text is None:
            return None
        merged = merge_contribution(text, contribution)
        return None if _is_stated(text, merged.text) else merged

    def _load_text(self, record: Review) -> str | None:
        """Load the document, or start one; None where the archive lacks the one that there is."""
        if record.document is None:
            return build_document_template(record.incident.title)
        try:
            return decode_document(self.archive.documents.read_document(record.document.digest))
        except NotFound:
            return None


def merge_contribution(text: str, contribution: Contribution) -> MergedNotes:
    """Return a document with a contribution in it, as one item."""
    words = _escape_links(join_lines(contribution.text))
    when = _escape_links(join_lines(contribution.when))
    notes = f"## Timeline\n\n- {when} – {words}\n" if when else f"- {words}\n"
    return merge_notes(text, notes, REMARKS_HEADING)


def _is_to_write(record: Review, settle: Settle) -> bool:
    """Return whether a decision has accepted its contribution, and has written nothing yet."""
    if settle.reason.strip() or settle.id not in record.receipts:
        return False
    last = record.document.revision if record.document else 0
    names = (_name_write(settle, base) for base in range(last + 1))
    return record.receipts.keys().isdisjoint(names)


def _name_place(merged: MergedNotes) -> str:
    return merged.sections[0].capitalize() if merged.sections else REMARKS_HEADING


def _name_write(settle: Settle, base: int) -> str:
    """Return the id of the command that files a document, which follows from the decision."""
    return sha256(f"{settle.id}\0write\0{base}".encode()).hexdigest()[:32]


def _build_write(record: Review, settle: Settle, text: str) -> Write:
    """Build the command that files a document. Raises InvalidInput for what cannot be stored."""
    content = text.encode()
    reading = parse_document(decode_new_document(content))
    base = record.document.revision if record.document else 0
    return Write(
        id=_name_write(settle, base),
        by=settle.by,
        channel=settle.channel,
        on_behalf=settle.on_behalf,
        token_origin=settle.token_origin,
        digest=sha256(content).hexdigest(),
        size=len(content),
        title=reading.title,
        base=base,
        sections=reading.sections,
        findings=blame.list_blame(text),
    )


def _escape_links(words: str) -> str:
    """Return a stranger's words as plain text to Markdown, so that no link leads elsewhere."""
    return _LINK_MARKS.sub(r"\\\g<0>", words)


def _is_stated(text: str, merged: str) -> bool:
    """Return whether each item that a merge would add is in the document already, whole."""
    stated = Counter(_list_items(text))
    return all(item in stated for item in Counter(_list_items(merged)) - stated)


def _list_items(text: str) -> Iterator[str]:
    """Yield the items of a document as readers see them; a dash is a dash."""
    reading = parse_document(text)
    for pieces in (reading.unplaced, *reading.section_texts.values()):
        for piece in pieces:
            yield normalize_wording(_DASHES.sub("-", piece))
