"""The stage: the running parts, and the ways by which the people of the story reach them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from local.clock import Clock
from local.parts import House
from local.postbox import Post, answer, post_to
from local.story.cast import DESK
from models.review import Review

A_WHILE = timedelta(hours=12)
"""Steps in which time passes while a letter is awaited."""
SOON = 0.15
"""Real seconds in which a letter that is due arrives."""
AT_ONCE = 15.0
LOOKS = 40
REFUSED = 4
COMMAND = "import sys; from cli.main import run; sys.exit(run())"


class Broken(Exception):
    """Something is not as the story says it must be."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its output, read as JSON."""
        return json.loads(self.out)


@dataclass(slots=True)
class Stage:
    """The running parts, seen from outside: the command line, HTTP, mail, and the calendar.

    `read` are the numbers of letters that somebody has read already.
    """

    house: House
    skipper: TimeSkipper
    clock: Clock
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    review: str = ""
    read: set[int] = field(default_factory=set)
    commands: int = 0
    replies: int = 0

    async def cli(self, who: str, *arguments: str, refused: bool = False) -> Said:
        """Run the command `afterword` as somebody. Raises Broken where it ends otherwise."""
        settings = {
            "AFTERWORD_URL": self.house.settings.web.url,
            "AFTERWORD_TOKEN": self.tokens[who],
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", COMMAND, *arguments),
            env={**os.environ, **settings, "XDG_CONFIG_HOME": str(self.folder)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        said = Said(process.returncode or 0, out.decode(), err.decode())
        self.commands += 1
        expected = REFUSED if refused else 0
        if said.code != expected:
            ran = " ".join(("afterword", *arguments))
            raise Broken(
                f"{who}: “{ran}” ended with {said.code}, not {expected}:\n{said.err}{said.out}"
            )
        return said

    async def order(self, who: str, *arguments: str, refused: bool = False) -> Said:
        """Give an order about the review: the noun and verb, then what else it takes."""
        words = 2 if arguments[0] in ("review", "cause", "meeting", "action", "follow-up") else 1
        spoken = (*arguments[:words], self.review, *arguments[words:])
        return await self.cli(who, *spoken, refused=refused)

    async def listed(self, **wanted: object) -> dict[str, Any]:
        """Look at the register until it shows the review so. Raises Broken when it never does."""
        rows: list[dict[str, Any]] = []
        for _ in range(LOOKS):
            rows = (await self.cli(DESK, "review", "list", "-o", "json")).data
            if len(rows) == 1 and wanted.items() <= rows[0].items():
                return rows[0]
        raise Broken(f"The register should show one review with {wanted}, and shows {rows}.")

    async def record(self) -> Review:
        """Look at the whole record."""
        return await self.house.door.review(self.review)

    async def post(self, path: str, body: bytes, signature: str) -> tuple[int, dict[str, Any]]:
        """Send a webhook; give the status and the answer."""
        request = urllib.request.Request(  # noqa: S310  (our own address)
            self.house.settings.web.url + path,
            body,
            {"Content-Type": "application/json", "X-PagerDuty-Signature": signature},
        )
        return await asyncio.to_thread(_exchanged, request)

    def signed(self, body: bytes) -> str:
        """Sign a webhook as PagerDuty does."""
        secret = self.house.settings.hooks.pagerduty[0].get_secret_value()
        return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"

    async def letter(self, to: str, about: str, within: float = AT_ONCE) -> Post:
        """Take the next unread letter to somebody about something. Raises Broken without one."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for post in self.house.postbox.letters(to, about):
                        if post.number not in self.read:
                            self.read.add(post.number)
                            return post
                    await asyncio.sleep(0.01)
        except TimeoutError:
            had = "\n".join(f"  {post.subject}" for post in self.house.postbox.letters(to))
            raise Broken(f"No letter to {to} about “{about}”. What {to} got:\n{had}") from None

    async def letter_in_time(self, to: str, about: str, days: int = 10) -> Post:
        """Let time pass until somebody gets such a letter. Raises Broken when none comes."""
        latest = self.clock() + timedelta(days=days)
        while self.clock() < latest:
            try:
                return await self.letter(to, about, SOON)
            except Broken:
                await self.until(self.clock() + A_WHILE)
        return await self.letter(to, about, SOON)

    async def reply(self, post: Post, words: str) -> Post:
        """Answer a letter by real mail, quoting it; give the letter that says what became of it."""
        reply = answer(post, words, self.clock())
        await post_to(self.house.settings.mail.smtp_port, reply)
        self.replies += 1
        told = await self.letter(post.to, str(reply["Subject"]))
        check(told.part("plain").startswith("Thank you."), f"“{words}” is taken down")
        return told

    async def until(self, moment: datetime) -> None:
        """Let time pass; whatever falls due on the way happens."""
        ahead = moment - self.clock()
        if ahead <= timedelta():
            return
        handle = self.skipper.client.get_workflow_handle(self.review)
        await self.skipper.fast_forward(handle, ahead)
        self.clock.shift(ahead)

    async def over(self) -> None:
        """Let time pass until the last letter is out and the workflow complete."""
        handle = self.skipper.client.get_workflow_handle(self.review)
        for _ in range(LOOKS):
            if (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED:
                return
            with suppress(RPCError):  # it may complete just before
                await self.until(self.clock() + A_WHILE)
        raise Broken("The workflow should be complete, and is not.")


def check(holds: object, what: str) -> None:
    """Raise Broken unless something is as it must be."""
    if not holds:
        raise Broken(f"This should be so, and is not: {what}.")


def _exchanged(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=AT_ONCE) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
