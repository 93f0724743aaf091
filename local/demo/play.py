"""Run one realistic review from incident to closure: weeks in seconds, on the real components."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from local import ports, stack, temporal
from local.clock import AdjustableClock
from local.demo import assignment_steps, follow_up_steps, opening_steps
from local.demo.environment import DemoEnvironment, DemoFailed
from local.demo.narration import Narrator
from local.demo.people import COORDINATOR
from local.state_dir import StateDir
from models.access.tokens import TokenGrant, TokenScope
from models.errors import InvalidInput, Unavailable
from runner import LOCAL_LOG_FORMAT, configure_logging
from settings import HooksSection, MailSection, Settings, SmtpSection, WebSection

INTRODUCTION = """\
One post-mortem from the incident tool’s webhook to closed, on the real components: the Temporal
server, the worker, the web app, mail in and out over SMTP, the register in SQLite. Only the clock
is moved forward."""
EXIT_INTERRUPTED = 130
GATHERING_TIME = timedelta(milliseconds=100)
"""How long daily emails wait for other reviews, of which there are none."""

STEPS = (
    ("Setting up", opening_steps.import_directory),
    ("An incident ends", opening_steps.report_incident),
    ("The draft", opening_steps.write_draft),
    ("The meeting", assignment_steps.hold_meeting),
    ("Assigning the actions", assignment_steps.assign_actions),
    ("One action is declined", assignment_steps.reassign_action),
    ("Claims and verdicts", follow_up_steps.claim_and_verify),
    ("An action is overdue", follow_up_steps.escalate_overdue),
    ("A request for more time", follow_up_steps.extend_due_date),
    ("The follow-up meeting", follow_up_steps.hold_follow_up),
    ("Closed", follow_up_steps.close_review),
)
TOKEN_LIFETIME = timedelta(days=365)
"""For how long the coordinator of the demo has a token: longer than its story."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo and return 0, or print what is not as expected and return 1."""
    del arguments
    configure_logging(logging.ERROR, LOCAL_LOG_FORMAT)
    try:
        asyncio.run(run_steps())
    except (DemoFailed, InvalidInput, Unavailable) as error:
        sys.stderr.write(f"\nThe demo failed. {error}\n")
        return 1
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception:  # noqa: BLE001  (whatever it is, it must be seen, and end in a failure)
        sys.stderr.write("\nThe demo failed unexpectedly:\n")
        traceback.print_exc()
        return 1
    return 0


async def run_steps() -> None:
    """Run every step in an environment of its own and narrate it."""
    sys.stdout.write(f"{INTRODUCTION}\n")
    async with open_environment() as environment:
        narrate = Narrator(environment.clock, len(STEPS))
        for title, step in STEPS:
            narrate.start_step(title)
            await step(environment, narrate)
        narrate.end(
            f"Closed after {environment.clock.offset.days} days, played in "
            f"{narrate.elapsed_seconds:.0f} s: {environment.commands} commands, "
            f"{environment.replies} replies by email, {environment.presses} buttons pressed, "
            f"{len(environment.stack.postbox.list_emails())} emails."
        )


@asynccontextmanager
async def open_environment() -> AsyncIterator[DemoEnvironment]:
    """Run the whole stack in a temporary directory, with a token for the coordinator."""
    clock = AdjustableClock()
    async with AsyncExitStack() as exit_stack:
        state_dir = Path(exit_stack.enter_context(TemporaryDirectory(prefix="afterword-demo-")))
        settings = build_settings(state_dir)
        client = await exit_stack.enter_async_context(
            temporal.run_server(build_temporal_server(state_dir))
        )
        time_skipper = temporal.build_time_skipper(client)
        postbox_dir, port = state_dir / "postbox", settings.mail.smtp.port
        running = await exit_stack.enter_async_context(
            stack.run_stack(
                settings, time_skipper.client, postbox_dir, port, clock, gathering=GATHERING_TIME
            )
        )
        token = running.archive.tokens.issue_token(
            TokenGrant(
                name="coordinator",
                person=COORDINATOR,
                scope=TokenScope.ADMIN,
                expires_at=clock() + TOKEN_LIFETIME,
            ),
            clock(),
        )
        yield DemoEnvironment(
            stack=running,
            time_skipper=time_skipper,
            clock=clock,
            directory=state_dir,
            tokens={COORDINATOR: token},
        )


def build_temporal_server(state_dir: Path) -> temporal.TemporalServer:
    """Build the configuration of the Temporal server."""
    return temporal.TemporalServer(
        port=ports.find_free_port(), file=state_dir / "temporal.db", log=state_dir / "temporal.log"
    )


def build_settings(state_dir: Path) -> Settings:
    """Build settings with free ports and fresh secrets."""
    web, lmtp, smtp, postbox = (ports.find_free_port() for _ in range(4))
    secret_values = [SecretStr(secrets.token_urlsafe()) for _ in range(3)]
    return Settings(
        secret=secret_values[0],
        coordinator=COORDINATOR,
        database=StateDir(state_dir).database_url,
        web=WebSection(port=web, url=f"http://{ports.HOST}:{web}"),
        mail=MailSection(
            sender="afterword@example.org",
            domain="replies.example.org",
            smtp=SmtpSection(host=ports.HOST, port=postbox, starttls=False),
            lmtp_port=lmtp,
            smtp_port=smtp,
        ),
        hooks=HooksSection(pagerduty=(secret_values[1],), generic=(secret_values[2],)),
    )
