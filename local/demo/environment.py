"""The demo's environment: the running stack, used through the command line, HTTP and mail."""

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

from local.clock import AdjustableClock
from local.demo.people import COORDINATOR
from local.postbox import StoredEmail, build_reply, send_message
from local.stack import Stack
from models.review import Review

TIME_STEP = timedelta(hours=12)
"""Steps in which time is moved forward while an email is awaited."""
DELIVERY_TIMEOUT = 0.15
"""Real seconds in which a due email arrives."""
WAIT_TIMEOUT = 15.0
MAX_ATTEMPTS = 40
EXIT_REFUSED = 4
COMMAND = "import sys; from cli.main import run; sys.exit(run())"


class DemoFailed(Exception):
    """Something is not as the demo expects."""


@dataclass(frozen=True, slots=True)
class CompletedCommand:
    """The result of one command."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return the output, parsed as JSON."""
        return json.loads(self.out)


@dataclass(slots=True)
class DemoEnvironment:
    """The running stack as its users see it: command line, HTTP, mail, and the clock.

    `read_emails` are the numbers of the emails that somebody has read.
    """

    stack: Stack
    time_skipper: TimeSkipper
    clock: AdjustableClock
    directory: Path
    tokens: dict[str, str] = field(default_factory=dict)
    review: str = ""
    read_emails: set[int] = field(default_factory=set)
    commands: int = 0
    replies: int = 0

    async def run_cli(
        self, person: str, *arguments: str, refused: bool = False
    ) -> CompletedCommand:
        """Run the command `afterword` as a person. Raises DemoFailed for another exit code."""
        settings = {
            "AFTERWORD_URL": self.stack.settings.web.url,
            "AFTERWORD_TOKEN": self.tokens[person],
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", COMMAND, *arguments),
            env={**os.environ, **settings, "XDG_CONFIG_HOME": str(self.directory)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        result = CompletedCommand(process.returncode or 0, out.decode(), err.decode())
        self.commands += 1
        expected = EXIT_REFUSED if refused else 0
        if result.code != expected:
            command_line = " ".join(("afterword", *arguments))
            raise DemoFailed(
                f"{person}: “{command_line}” ended with {result.code}, not {expected}:\n{result.err}{result.out}"
            )
        return result

    async def run_review_command(
        self, person: str, *arguments: str, refused: bool = False
    ) -> CompletedCommand:
        """Run a command about the review: its name, the review, then its other arguments."""
        name_length = (
            2 if arguments[0] in ("review", "cause", "meeting", "action", "follow-up") else 1
        )
        command_line = (*arguments[:name_length], self.review, *arguments[name_length:])
        return await self.run_cli(person, *command_line, refused=refused)

    async def wait_for_listing(self, **expected: object) -> dict[str, Any]:
        """Wait until the register shows the review so. Raises DemoFailed when it never does."""
        rows: list[dict[str, Any]] = []
        for _ in range(MAX_ATTEMPTS):
            rows = (await self.run_cli(COORDINATOR, "review", "list", "-o", "json")).data
            if len(rows) == 1 and expected.items() <= rows[0].items():
                return rows[0]
        raise DemoFailed(f"The register should show one review with {expected}, and shows {rows}.")

    async def fetch_review(self) -> Review:
        """Fetch the whole review."""
        return await self.stack.review_client.fetch_review(self.review)

    async def post_webhook(
        self, path: str, body: bytes, signature: str
    ) -> tuple[int, dict[str, Any]]:
        """Send a webhook; return the status and the JSON response."""
        request = urllib.request.Request(  # noqa: S310  (our own address)
            self.stack.settings.web.url + path,
            body,
            {"Content-Type": "application/json", "X-PagerDuty-Signature": signature},
        )
        return await asyncio.to_thread(_exchange, request)

    def sign_webhook(self, body: bytes) -> str:
        """Return the signature of a webhook, as PagerDuty makes it."""
        secret = self.stack.settings.hooks.pagerduty[0].get_secret_value()
        return f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"

    async def wait_for_email(
        self, to: str, subject: str, within: float = WAIT_TIMEOUT
    ) -> StoredEmail:
        """Wait for the next unread email to a person. Raises DemoFailed without one."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for stored in self.stack.postbox.list_emails(to, subject):
                        if stored.number not in self.read_emails:
                            self.read_emails.add(stored.number)
                            return stored
                    await asyncio.sleep(0.01)
        except TimeoutError:
            subjects = "\n".join(
                f"  {stored.subject}" for stored in self.stack.postbox.list_emails(to)
            )
            raise DemoFailed(
                f"No letter to {to} about “{subject}”. What {to} got:\n{subjects}"
            ) from None

    async def advance_until_email(self, to: str, subject: str, days: int = 10) -> StoredEmail:
        """Wait for such an email, moving time forward. Raises DemoFailed when none comes."""
        latest = self.clock() + timedelta(days=days)
        while self.clock() < latest:
            try:
                return await self.wait_for_email(to, subject, DELIVERY_TIMEOUT)
            except DemoFailed:
                await self.advance_to(self.clock() + TIME_STEP)
        return await self.wait_for_email(to, subject, DELIVERY_TIMEOUT)

    async def send_reply(self, original: StoredEmail, text: str) -> StoredEmail:
        """Send a reply by real mail, quoting the email; return the email that answers it."""
        reply = build_reply(original, text, self.clock())
        await send_message(self.stack.settings.mail.smtp_port, reply)
        self.replies += 1
        response = await self.wait_for_email(original.to, str(reply["Subject"]))
        check(response.get_body("plain").startswith("Thank you."), f"“{text}” is taken down")
        return response

    async def advance_to(self, time: datetime) -> None:
        """Move time forward to a given time; whatever is due on the way happens."""
        ahead = time - self.clock()
        if ahead <= timedelta():
            return
        handle = self.time_skipper.client.get_workflow_handle(self.review)
        await self.time_skipper.fast_forward(handle, ahead)
        self.clock.advance(ahead)

    async def advance_to_completion(self) -> None:
        """Move time forward until the last email is sent and the workflow is complete."""
        handle = self.time_skipper.client.get_workflow_handle(self.review)
        for _ in range(MAX_ATTEMPTS):
            if (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED:
                return
            with suppress(RPCError):  # it may complete just before
                await self.advance_to(self.clock() + TIME_STEP)
        raise DemoFailed("The workflow should be complete, and is not.")


def check(condition: object, expectation: str) -> None:
    """Raise DemoFailed unless the condition holds."""
    if not condition:
        raise DemoFailed(f"This should be so, and is not: {expectation}.")


def _exchange(request: urllib.request.Request) -> tuple[int, dict[str, Any]]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=WAIT_TIMEOUT) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
