"""Fetches replies out of an IMAP mailbox, for sites whose mail server hands nothing on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from imapclient import SEEN, IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import IMAPClientError  # type: ignore[import-untyped]

from intake.brought import bring
from intake.doorkeeper import Doorkeeper
from intake.verdicts import Verdict
from mail import capability
from mail.reading import Mail
from settings import Imap

PEEK = "BODY.PEEK[]"
"""Reads a mail without marking it as seen."""

WHOLE = b"BODY[]"
REFUSED = b"$AfterwordRefused"
"""The keyword of mail that will never be taken; it stays in the mailbox to be looked at."""

LARGEST = 25 * 1024 * 1024
MOST_WAITING = 200
"""So many that must wait, and a part of ours is away: the others would have to wait as well."""

LISTEN = 1.0
"""Seconds of one look at a silent line: so long may it take to stop."""

LOOK_AGAIN = 30.0
"""Seconds after which the mailbox is searched even where the server announced nothing."""

RETRY = 5.0
"""Seconds after which mail is judged again that had to wait."""

LONGEST_WAIT = 60.0
TIMEOUT = 60.0
TROUBLE = (IMAPClientError, OSError, ssl.SSLError)
log = logging.getLogger("afterword.intake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox and the doorkeeper who judges what is in it.

    A mail is marked as seen only once it was judged for good, so a crash at any point brings it
    again; and since the same mail is the same order, several of us may watch one mailbox.
    """

    imap: Imap
    keeper: Doorkeeper
    domain: str
    sender: str
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    async def watch(self) -> None:
        """Fetch mail as it comes until cancelled; a server that is away is tried again."""
        wait = 1.0
        while True:
            try:
                await self._watched()
            except Exception as trouble:  # noqa: BLE001  (whatever happens, the mailbox is watched)
                log.warning("the mailbox does not answer; next try in %.0f s (%s)", wait, trouble)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _watched(self) -> None:
        client = await self._aside(self._open)
        try:
            while True:
                seen, later = await self.fetch(client)
                if not seen:
                    await self._news(client, RETRY if later else LOOK_AGAIN)
        finally:
            with contextlib.suppress(*TROUBLE):
                await self._aside(client.logout)

    async def _aside(self, work: Callable[..., Any], *given: object) -> Any:
        """Do something in the one thread that speaks with the server, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, work, *given)

    def _open(self) -> IMAPClient:
        imap = self.imap
        client = IMAPClient(imap.host, imap.port, ssl=imap.tls, timeout=TIMEOUT)
        client.login(imap.username, imap.password.get_secret_value())
        client.select_folder(imap.folder)
        return client

    async def fetch(self, client: IMAPClient) -> tuple[int, int]:
        """Judge each mail that nobody has seen; give how many are settled, and how many must wait.

        What comes meanwhile is announced where nobody listens, so where any was settled one looks
        again.
        """
        unseen = await self._aside(client.search, ["UNSEEN", "NOT", "KEYWORD", REFUSED])
        seen = later = 0
        for uid in unseen:
            verdicts = await self._judged(client, uid)
            if any(verdict.is_for_later for verdict in verdicts):
                later += 1
                if later >= MOST_WAITING:
                    break
                continue
            if not any(verdict.is_accepted for verdict in verdicts):
                await self._aside(client.add_flags, uid, [REFUSED])
            await self._aside(client.add_flags, uid, [SEEN])
            seen += 1
        return seen, later

    async def _judged(self, client: IMAPClient, uid: int) -> list[Verdict]:
        sizes = await self._aside(client.fetch, uid, ["RFC822.SIZE"])
        if sizes.get(uid, {}).get(b"RFC822.SIZE", 0) > LARGEST:
            return []
        found = await self._aside(client.fetch, uid, [PEEK])
        raw: bytes = found.get(uid, {}).get(WHOLE) or b""
        (first,) = await bring(raw, "unknown", ("",)) if raw else (None,)
        if first is None:
            return []
        mails = [replace(first, address=to) for to in self._recipients(first.mail)]
        return [await self.keeper.take(mail) for mail in mails]

    def _recipients(self, mail: Mail) -> Iterator[str]:
        """Name our reply addresses among a mail's, or our own where only its references tell."""
        ours = [to for to in mail.recipients if capability.in_address(to, self.domain)]
        yield from ours or [self.sender]

    async def _news(self, client: IMAPClient, patience: float) -> None:
        """Wait until the server announces something, or for so many seconds."""
        await self._aside(client.idle)
        try:
            until = asyncio.get_running_loop().time() + patience
            while asyncio.get_running_loop().time() < until:
                announced: list[Any] = await self._aside(client.idle_check, LISTEN)
                if announced:
                    return
        finally:
            await self._aside(client.idle_done)
