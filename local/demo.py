"""Play one real review through its whole life: weeks in seconds, on the real parts."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from local import parts, ports, temporal
from local.clock import Clock
from local.story import following, opening, promises
from local.story.cast import DESK
from local.story.stage import Broken, Stage
from local.story.telling import Tell
from models.errors import Away, Malformed
from settings import Hooks, Mail, Settings, Smtp, Web

OPENING = """\
One post-mortem, from the incident tool’s webhook to closed, on the real parts: the Temporal
server, the worker, the HTTP app, mail in and out over SMTP, the register in SQLite. Only the
calendar is moved on."""
INTERRUPTED = 130
ACTS = (
    ("The desk sets up", opening.directory),
    ("An incident ends", opening.incident),
    ("The draft", opening.draft),
    ("The meeting", promises.meeting),
    ("Promises", promises.assignment),
    ("One declined", promises.reassignment),
    ("Claims", following.claims),
    ("Silence", following.silence),
    ("More time", following.more_time),
    ("The follow-up meeting", following.follow_up),
    ("Closed", following.closure),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play it; 0 when all went as told, 1 when something did not, with what and where."""
    del arguments
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(play())
    except (Broken, Malformed, Away) as broken:
        sys.stderr.write(f"\nThe demo broke off. {broken}\n")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001  (whatever it is, it must be seen, and end in a failure)
        sys.stderr.write("\nThe demo broke off, and nobody expected this:\n")
        traceback.print_exc()
        return 1
    return 0


async def play() -> None:
    """Set the stage in a folder of its own, and play every act."""
    sys.stdout.write(f"{OPENING}\n")
    async with staged() as stage:
        tell = Tell(stage.clock, len(ACTS))
        for title, act in ACTS:
            tell.act(title)
            await act(stage, tell)
        tell.end(
            f"Closed after {stage.clock.ahead.days} days, played in {tell.seconds:.0f} s: "
            f"{stage.commands} commands, {stage.replies} replies by mail, "
            f"{len(stage.house.postbox.letters())} letters."
        )


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """Run every part in a folder of its own, with a token for the desk."""
    clock = Clock()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="afterword-demo-")))
        chosen = settings(folder)
        client = await stack.enter_async_context(temporal.running(server(folder)))
        skipper = temporal.skipper(client)
        letters, port = folder / "postbox", chosen.mail.smtp.port
        house = await stack.enter_async_context(
            parts.running(chosen, skipper.client, letters, port, clock)
        )
        desk = house.archive.issue_token("desk", DESK, tool=False, now=clock())
        yield Stage(house=house, skipper=skipper, clock=clock, folder=folder, tokens={DESK: desk})


def server(folder: Path) -> temporal.Server:
    """Choose where Temporal runs."""
    return temporal.Server(
        port=ports.free(), file=folder / "temporal.db", log=folder / "temporal.log"
    )


def settings(folder: Path) -> Settings:
    """Choose ports that nobody uses, and secrets that nobody has seen."""
    web, lmtp, smtp, postbox = (ports.free() for _ in range(4))
    made = [SecretStr(secrets.token_urlsafe()) for _ in range(3)]
    return Settings(
        secret=made[0],
        desk=DESK,
        database=f"sqlite:///{folder / 'afterword.db'}",
        web=Web(port=web, url=f"http://{ports.HOST}:{web}"),
        mail=Mail(
            sender="afterword@example.org",
            domain="replies.example.org",
            smtp=Smtp(host=ports.HOST, port=postbox, starttls=False),
            lmtp_port=lmtp,
            smtp_port=smtp,
        ),
        hooks=Hooks(pagerduty=(made[1],), generic=(made[2],)),
    )


if __name__ == "__main__":
    sys.exit(main())
