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

from temporalio.client import (
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
)
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from local.clock import AdjustableClock
from local.demo.decision_page import press_button
from local.demo.people import COORDINATOR
from local.postbox import StoredEmail, build_reply, send_message
from local.stack import Stack
from local.waiting import wait_for
from models.messages.daily_reminders import ReminderQueue
from models.review import Review
from rules.notifications.recall import list_daily
from workflows.reminder_client import name_reminders

TIME_STEP = timedelta(hours=12)
"""Steps in which time is moved forward while an email is awaited."""
WAIT_TIMEOUT = 120.0
"""Real seconds to wait for anything; only against hanging."""
EXIT_REFUSED = 4
RECORDED = "This decision is recorded"
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
    presses: int = 0

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
                f"{person}: “{command_line}” ended with {result.code}, not {expected}:\n"
                f"{result.err}{result.out}"
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

        async def find_row() -> dict[str, Any] | None:
            rows[:] = (await self.run_cli(COORDINATOR, "review", "list", "-o", "json")).data
            is_shown = len(rows) == 1 and expected.items() <= rows[0].items()
            return rows[0] if is_shown else None

        row = await wait_for(find_row, WAIT_TIMEOUT)
        if row is None:
            raise DemoFailed(
                f"The register should show one review with {expected}, and shows {rows}."
            )
        return row

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

    async def wait_for_email(self, to: str, subject: str) -> StoredEmail:
        """Wait for the next unread email to a person. Raises DemoFailed without one."""

        async def find_email() -> StoredEmail | None:
            return self.find_unread_email(to, subject)

        stored = await wait_for(find_email, WAIT_TIMEOUT)
        return self._read_email(stored, to, subject)

    async def advance_until_email(self, to: str, subject: str, days: int = 10) -> StoredEmail:
        """Wait for such an email, moving time forward. Raises DemoFailed when none comes."""
        latest = self.clock() + timedelta(days=days)
        await self.wait_until_idle()
        while not (stored := self.find_unread_email(to, subject)) and self.clock() < latest:
            await self.advance_to(self.clock() + TIME_STEP)
            await self.wait_until_idle()
        return self._read_email(stored, to, subject)

    def find_unread_email(self, to: str, subject: str) -> StoredEmail | None:
        """Find the first email to a person with these words in the subject that is unread."""
        emails = self.stack.postbox.list_emails(to, subject)
        return next((stored for stored in emails if stored.number not in self.read_emails), None)

    def _read_email(self, stored: StoredEmail | None, to: str, subject: str) -> StoredEmail:
        if stored is None:
            received = "\n".join(f"  {each.subject}" for each in self.stack.postbox.list_emails(to))
            raise DemoFailed(f"No email to {to} about “{subject}”. What {to} got:\n{received}")
        self.read_emails.add(stored.number)
        return stored

    async def wait_until_idle(self) -> None:
        """Wait until all that is due is done. Raises DemoFailed if it never is."""

        async def find_idle_workflow() -> WorkflowExecutionDescription | None:
            description = await self._get_workflow_handle().describe()
            is_idle = _is_idle(description) and not await self._awaits_daily_email()
            return description if is_idle else None

        if await wait_for(find_idle_workflow, WAIT_TIMEOUT) is None:
            raise DemoFailed("The review should have nothing left to do, and goes on.")

    async def _awaits_daily_email(self) -> bool:
        """Return whether somebody is to get a daily email now, who had none on this day."""
        waiting = {each.to for each in list_daily(await self.fetch_review())}
        return any([await self._may_be_reminded(person) for person in waiting])

    async def _may_be_reminded(self, person: str) -> bool:
        handle = self.time_skipper.client.get_workflow_handle(
            name_reminders(self.stack.archive, person)
        )
        try:
            queue: ReminderQueue = await handle.query("queue", result_type=ReminderQueue)
        except RPCError:
            return True
        today = self.clock().date()
        is_spent = any(today - day <= timedelta(days=1) for day in queue.sent_on)
        return bool(queue.waiting) or not is_spent

    async def send_reply(self, original: StoredEmail, text: str) -> StoredEmail:
        """Send a reply by real mail, quoting the email; return the email that answers it."""
        reply = build_reply(original, text, self.clock(), self.stack.postbox_id)
        await send_message(self.stack.settings.mail.smtp_port, reply)
        self.replies += 1
        response = await self.wait_for_email(original.to, str(reply["Subject"]))
        check(response.get_body("plain").startswith("Thank you."), f"“{text}” is recorded")
        return response

    async def press_button(self, email: StoredEmail, label: str, **typed: str) -> None:
        """Press a button in an email, and the one on the page that it opens."""
        shown = await asyncio.to_thread(press_button, email, label, typed)
        check(RECORDED in shown, f"“{label}” in “{email.subject}” is recorded, not “{shown[:300]}”")
        self.presses += 1

    async def advance_to(self, time: datetime) -> None:
        """Move time forward to a given time; whatever is due on the way happens."""
        ahead = time - self.clock()
        if ahead <= timedelta():
            return
        await self.time_skipper.fast_forward(self._get_workflow_handle(), ahead)
        self.clock.advance(ahead)

    async def advance_to_completion(self, days: int = 20) -> None:
        """Move time forward until the last email is sent and the workflow is complete."""
        latest = self.clock() + timedelta(days=days)
        while self.clock() < latest:
            await self.wait_until_idle()
            if await self._is_complete():
                return
            with suppress(RPCError):  # it may complete just before
                await self.advance_to(self.clock() + TIME_STEP)
        raise DemoFailed("The workflow should be complete, and is not.")

    async def _is_complete(self) -> bool:
        description = await self._get_workflow_handle().describe()
        return description.status is WorkflowExecutionStatus.COMPLETED

    def _get_workflow_handle(self) -> WorkflowHandle[Any, Any]:
        return self.time_skipper.client.get_workflow_handle(self.review)


def _is_idle(description: WorkflowExecutionDescription) -> bool:
    """Return whether no task and no activity of the workflow is scheduled or running."""
    raw = description.raw_description
    return not raw.pending_activities and not raw.HasField("pending_workflow_task")


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
