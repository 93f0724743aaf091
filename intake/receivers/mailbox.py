"""Fetch replies from an IMAP mailbox, for installations without LMTP."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from imapclient import SEEN, IMAPClient  # type: ignore[import-untyped]

from intake.incoming_mail import MAX_MAIL_SIZE
from intake.mail_handler import MailHandler
from intake.smtp_replies import SmtpReply
from mail.common import reply_token
from mail.inbound.parse_mail import ParsedMail, parse_head
from models.errors import Unavailable
from runner import retry_while_unavailable
from settings import ImapSection

PEEK = "BODY.PEEK[]"
"""Fetches a mail without marking it as seen."""

BODY = b"BODY[]"
REFUSED_KEYWORD = b"$AfterwordRefused"
"""The keyword of permanently refused mail; it stays in the mailbox."""

MAX_RECIPIENTS = 8
"""Reply addresses of ours to which one mail counts; an email of ours names one or two."""

MAX_DEFERRED = 200
"""Deferred mails after which a round ends: a part is unavailable, the others would fail too."""

IDLE_CHECK_SECONDS = 1.0
"""Seconds of one IDLE check; so long may it take to stop."""

SEARCH_INTERVAL = 30.0
"""Seconds after which the mailbox is searched even if the server announced nothing."""

RETRY_DELAY = 5.0
"""Seconds after which deferred mail is tried again."""

TIMEOUT = 60.0
log = logging.getLogger("afterword.intake")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An IMAP mailbox and the handler for the mail in it.

    A mail is marked as seen only once it is settled, so after a crash it is fetched again; and
    since the same mail is the same command, several processes may watch one mailbox.
    """

    imap: ImapSection
    mail_handler: MailHandler
    domain: str
    sender: str
    executor: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    async def watch(self) -> None:
        """Fetch mail as it comes until cancelled; an unavailable server is tried again."""
        while True:
            await retry_while_unavailable(self._watch_connection)

    async def _watch_connection(self) -> None:
        """Fetch mail until the connection ends, by whatever error.

        Raises Unavailable for an error in the first round: only those are tried again ever later.
        """
        rounds = 0
        try:
            async with self._open_connection() as client:
                while True:
                    await self._fetch_round(client)
                    rounds += 1
        except Exception as error:
            if not rounds:
                raise Unavailable("the mailbox", str(error)) from error
            log.warning("the connection to the mailbox ended; reconnecting (%s)", error)

    @contextlib.asynccontextmanager
    async def _open_connection(self) -> AsyncIterator[IMAPClient]:
        client = await self._run_in_thread(self._connect)
        try:
            yield client
        finally:
            await self._run_in_thread(client.__exit__, None, None, None)

    async def _fetch_round(self, client: IMAPClient) -> None:
        """Fetch until no more mail can be settled, and then wait for more."""
        settled, deferred = await self.fetch_unseen(client)
        while settled:
            settled, deferred = await self.fetch_unseen(client)
        await self._wait_for_changes(client, RETRY_DELAY if deferred else SEARCH_INTERVAL)

    async def _run_in_thread(self, function: Callable[..., Any], *args: object) -> Any:
        """Run a function in the one thread that talks to the server, one after the other."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, function, *args)

    def _connect(self) -> IMAPClient:
        imap = self.imap
        with contextlib.ExitStack() as stack:
            client = stack.enter_context(
                IMAPClient(
                    imap.host,
                    imap.port,
                    ssl=imap.tls,
                    ssl_context=ssl.create_default_context(cafile=imap.ca_file or None),
                    timeout=TIMEOUT,
                )
            )
            client.login(imap.username, imap.password.get_secret_value())
            client.select_folder(imap.folder)
            stack.pop_all()
        return client

    async def fetch_unseen(self, client: IMAPClient) -> tuple[int, int]:
        """Fetch and handle all unseen mail; return how many are settled and how many deferred.

        Mail that arrives meanwhile is announced while nobody listens, so if any was settled, the
        caller fetches again.
        """
        unseen = await self._run_in_thread(
            client.search, ["UNSEEN", "NOT", "KEYWORD", REFUSED_KEYWORD]
        )
        settled = deferred = 0
        for uid in unseen:
            replies = await self._handle_mail(client, uid)
            if any(reply.is_temporary for reply in replies):
                deferred += 1
                if deferred >= MAX_DEFERRED:
                    break
                continue
            if not any(reply.is_accepted for reply in replies):
                await self._run_in_thread(client.add_flags, uid, [REFUSED_KEYWORD])
            await self._run_in_thread(client.add_flags, uid, [SEEN])
            settled += 1
        return settled, deferred

    async def _handle_mail(self, client: IMAPClient, uid: int) -> list[SmtpReply]:
        sizes = await self._run_in_thread(client.fetch, uid, ["RFC822.SIZE"])
        if sizes.get(uid, {}).get(b"RFC822.SIZE", 0) > MAX_MAIL_SIZE:
            return []
        fetched = await self._run_in_thread(client.fetch, uid, [PEEK])
        raw: bytes = fetched.get(uid, {}).get(BODY) or b""
        if not raw:
            return []
        head = await asyncio.to_thread(parse_head, raw)
        addresses = self._list_recipients(head)
        return list(await self.mail_handler.handle_raw(raw, "unknown", addresses))

    def _list_recipients(self, head: ParsedMail) -> tuple[str, ...]:
        """List our reply addresses among the recipients, or our sender address if none."""
        reply_addresses = [
            recipient
            for recipient in head.recipients
            if reply_token.find_token_in_address(recipient, self.domain)
        ]
        return tuple(reply_addresses[:MAX_RECIPIENTS]) or (self.sender,)

    async def _wait_for_changes(self, client: IMAPClient, seconds: float) -> None:
        """Wait until the server announces a change, or for so many seconds."""
        await self._run_in_thread(client.idle)
        try:
            deadline = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < deadline:
                changes: list[Any] = await self._run_in_thread(
                    client.idle_check, IDLE_CHECK_SECONDS
                )
                if changes:
                    return
        finally:
            await self._run_in_thread(client.idle_done)
