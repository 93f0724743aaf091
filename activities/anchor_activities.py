"""The activities of the daily anchor: take it, and bring it where nobody here can change it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sqlalchemy import Engine
from temporalio import activity

from mail.anchor_email import build_anchor_email
from mail.common.mail_settings import MailSettings
from mail.outbound.smtp import AddressRefused, Mailer
from models.audit.anchor import Anchor, AnchorState, ChainHead, TakenAnchor
from models.audit.audit_event import SERVER, AuditEvent, AuditKind
from models.errors import Unavailable
from register.archive import Archive
from register.chain_heads import find_links, list_heads
from rules.audit.anchors import format_anchor, parse_anchor
from rules.audit.audit_chain import AUDIT_CHAIN

log = logging.getLogger("afterword.anchor")
POST_TIMEOUT = 30.0
"""Seconds until an address that anchors are posted to has to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorTargets:
    """Where anchors go: to a person by email, to a file, to an address; "" for none of these."""

    person: str = ""
    file: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class AnchorActivities:
    """The activities of the daily anchor, with the tools they use."""

    engine: Engine
    archive: Archive
    mailer: Mailer
    site: MailSettings
    targets: AnchorTargets

    @activity.defn
    async def take_anchor(self, state: AnchorState, day: date) -> TakenAnchor:
        """Store the anchor of a day, once, and return it; nothing new since the last is none."""
        return await asyncio.to_thread(self._take_anchor, state, day)

    @activity.defn
    async def notice_restore(self, state: AnchorState) -> AnchorState:
        """Record that the database was put back to an earlier state, if it was."""
        return await asyncio.to_thread(self._notice_restore, state)

    @activity.defn
    async def email_anchor(self, taken: TakenAnchor, now: datetime) -> None:
        """Send an anchor to its person; an address that is refused for good is logged."""
        if not self.targets.person:
            return
        text = await asyncio.to_thread(self._read_anchor, taken)
        message = build_anchor_email(text, taken.day, self.targets.person, self.site, now)
        try:
            await self.mailer.send(message)
        except AddressRefused as error:
            log.warning("the anchor of %s was refused: %s", taken.day, error)

    @activity.defn
    async def write_anchor(self, taken: TakenAnchor) -> None:
        """Add an anchor to its file, once."""
        if self.targets.file:
            await asyncio.to_thread(self._write_anchor, taken)

    @activity.defn
    async def post_anchor(self, taken: TakenAnchor) -> None:
        """Post an anchor to its address. Raises Unavailable where that does not accept it."""
        if self.targets.url:
            await asyncio.to_thread(self._post_anchor, taken)

    def _take_anchor(self, state: AnchorState, day: date) -> TakenAnchor:
        known = self._notice_restore(state)
        existing = self.archive.audit.find_newest(AuditKind.ANCHORED, subject=day.isoformat())
        if existing is not None:
            return _build_taken(existing, day)
        heads = list_heads(self.engine)
        if not heads or self._has_nothing_new(heads):
            return TakenAnchor(state=known, day=day)
        text = format_anchor(Anchor(day=day, heads=heads))
        digest = self.archive.documents.store_document(text.encode())
        event = self.archive.audit.record_once(
            AuditKind.ANCHORED, SERVER, subject=day.isoformat(), text=digest
        )
        return _build_taken(event, day)

    def _has_nothing_new(self, heads: tuple[ChainHead, ...]) -> bool:
        """Return whether no chain has grown since the last anchor but by the event about it."""
        last = self.archive.audit.find_newest()
        if last is None or last.kind is not AuditKind.ANCHORED:
            return False
        stored = self.archive.documents.read_document(last.text)
        before = parse_anchor(stored.decode()).heads
        return _list_reviews(before) == _list_reviews(heads)

    def _notice_restore(self, state: AnchorState) -> AnchorState:
        """Record a restore, once, where the last anchor's own event is not in the log any more."""
        if not state.line:
            return state
        remembered = ChainHead(chain=AUDIT_CHAIN, line=state.line, link=state.link)
        if find_links(self.engine, [remembered]).get((AUDIT_CHAIN, state.line)) == state.link:
            return state
        last = self.archive.audit.find_newest()
        since = f"{last.at:%Y-%m-%d %H:%M} UTC" if last else "the beginning"
        event = self.archive.audit.record_once(
            AuditKind.RESTORED,
            SERVER,
            subject=f"anchored link {state.link}",
            text=f"the database is an earlier one: audit event {state.line}, which was anchored, "
            f"is not in it. What happened after {since} is missing",
        )
        return AnchorState(line=event.seq, link=event.link)

    def _read_anchor(self, taken: TakenAnchor) -> str:
        return self.archive.documents.read_document(taken.document).decode()

    def _write_anchor(self, taken: TakenAnchor) -> None:
        text, file = self._read_anchor(taken), Path(self.targets.file)
        try:
            if file.exists() and text in file.read_text(encoding="utf-8"):
                return
            with file.open("a", encoding="utf-8") as stream:
                stream.write(f"{text}\n")
        except OSError as error:
            raise Unavailable(f"the file {file}", str(error)) from error

    def _post_anchor(self, taken: TakenAnchor) -> None:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        content = self._read_anchor(taken).encode()
        request = Request(self.targets.url, content, headers, method="POST")  # noqa: S310  (the settings allow only http and https)
        try:
            with urlopen(request, timeout=POST_TIMEOUT):  # noqa: S310  (as above)
                return
        except HTTPError as error:
            error.close()
            raise Unavailable(self.targets.url, f"it answered {error.code}") from None
        except OSError as error:
            raise Unavailable(self.targets.url, str(error)) from error


def _list_reviews(heads: tuple[ChainHead, ...]) -> list[ChainHead]:
    return [head for head in heads if head.chain != AUDIT_CHAIN]


def _build_taken(event: AuditEvent, day: date) -> TakenAnchor:
    state = AnchorState(line=event.seq, link=event.link)
    return TakenAnchor(state=state, day=day, document=event.text)
