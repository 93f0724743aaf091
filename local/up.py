"""Run all of Afterword on this machine, to stay: `make up`, or `afterword up`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local import parts, temporal
from local.folder import Folder, held, token_in, write_alone
from local.ports import HOST, Wanted, check, typed
from models.errors import Away, Malformed
from register.archive import Archive
from settings import Settings, Smtp, read

TOKEN = "setup"  # noqa: S105  (the name of a token, not one)
WEB, LMTP, SMTP, POSTBOX, TEMPORAL, TEMPORAL_UI = 8600, 8624, 8625, 8626, 7233, 8233


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What the command line asks for; a port None is whatever settings or defaults say."""

    folder: Path
    web_port: int | None
    lmtp_port: int | None
    smtp_port: int | None
    postbox_port: int
    temporal_port: int
    temporal_ui_port: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; 1 where something stands in the way, with a sentence."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    flags = parsed(arguments)
    try:
        with held(flags.folder) as folder:
            asyncio.run(stay(folder, flags))
    except (Malformed, Away) as no:
        sys.stderr.write(f"{no}\n")
        return 1
    return 0


def parsed(arguments: Sequence[str] | None) -> Flags:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="afterword up",
        description="Run all of Afterword on this machine, to stay; Ctrl-C stops it. "
        "A flag holds for this run, the settings file in the folder for every one.",
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(".afterword"), help="where all state is (%(default)s)"
    )
    own = {"--web-port": WEB, "--lmtp-port": LMTP, "--smtp-port": SMTP}
    for flag, usual in own.items():
        parser.add_argument(flag, type=typed, metavar="N", help=f"usually {usual}")
    for flag, usual in (
        ("--postbox-port", POSTBOX),
        ("--temporal-port", TEMPORAL),
        ("--temporal-ui-port", TEMPORAL_UI),
    ):
        parser.add_argument(
            flag, type=typed, default=usual, metavar="N", help="usually %(default)s"
        )
    return Flags(**vars(parser.parse_args(arguments)))


async def stay(folder: Folder, flags: Flags) -> None:
    """Start every part, say where they are, and stop them in order when a signal comes."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    settings = filled(read_from(folder), folder, flags)
    check(wanted(settings, flags))
    server = temporal.Server(
        port=flags.temporal_port,
        ui=flags.temporal_ui_port,
        file=folder.temporal,
        log=folder.temporal_log,
    )
    tell("Starting …")
    async with (
        temporal.running(server) as client,
        parts.running(settings, client, folder.postbox, flags.postbox_port, now) as house,
    ):
        tell(welcome(folder, flags, settings, token(folder, house.archive, settings)))
        await stop.wait()
        tell("Stopping …")
    tell("Stopped. Everything is kept; the next start goes on.")


def read_from(folder: Folder) -> Settings:
    """Read the settings: of the folder, unless AFTERWORD_CONFIG names another file."""
    file = os.environ.setdefault("AFTERWORD_CONFIG", str(folder.settings))
    try:
        return read()
    except Malformed as bad:
        raise Malformed(f"{file}: {bad}") from None


def filled(settings: Settings, folder: Folder, flags: Flags) -> Settings:
    """Fill in what the settings leave open with the parts of this machine; flags go first."""
    mail, web = settings.mail, settings.web
    port = flags.web_port or web.port
    url = web.url if "url" in web.model_fields_set else f"http://{HOST}:{port}"
    ours = Smtp(host=HOST, port=flags.postbox_port, starttls=False)
    in_file = f"sqlite:///{folder.database}"
    return settings.model_copy(
        update={
            "database": settings.database if "database" in settings.model_fields_set else in_file,
            "web": web.model_copy(update={"port": port, "url": url}),
            "mail": mail.model_copy(
                update={
                    "smtp": mail.smtp if "smtp" in mail.model_fields_set else ours,
                    "lmtp_port": flags.lmtp_port or mail.lmtp_port,
                    "smtp_port": flags.smtp_port or mail.smtp_port,
                }
            ),
        }
    )


def wanted(settings: Settings, flags: Flags) -> tuple[Wanted, ...]:
    """List every port we shall listen on."""
    mail = settings.mail
    return (
        Wanted(number=settings.web.port, part="register and API", change="--web-port"),
        Wanted(number=mail.lmtp_port, part="mail in by LMTP", change="--lmtp-port"),
        Wanted(number=mail.smtp_port, part="mail in by SMTP", change="--smtp-port"),
        Wanted(number=flags.postbox_port, part="postbox", change="--postbox-port"),
        Wanted(number=flags.temporal_port, part="Temporal", change="--temporal-port"),
        Wanted(number=flags.temporal_ui_port, part="Temporal’s pages", change="--temporal-ui-port"),
    )


def token(folder: Folder, archive: Archive, settings: Settings) -> str:
    """Give the desk's token; the first start makes it, and any other that finds it gone."""
    known = token_in(folder)
    if not known or archive.bearer(known) is None:
        made = [old.name for old in archive.tokens() if old.name.startswith(TOKEN)]
        for name in made:
            archive.revoke(name)
        name = f"{TOKEN}-{len(made) + 1}" if made else TOKEN
        known = archive.issue_token(name, settings.desk, tool=False, now=now())
    write_alone(folder.profile, f'url = "{settings.web.url}"\ntoken = "{known}"\n')
    return known


def welcome(folder: Folder, flags: Flags, settings: Settings, desk: str) -> str:
    """Say where everything is."""
    url, mail, hooks = settings.web.url, settings.mail, settings.hooks
    rows = {
        "Register": url,
        "API": f"{url}/api/openapi.json",
        "Postbox": f"{url}/postbox",
        "Temporal": f"http://{HOST}:{flags.temporal_ui_port}",
        "Mail in": f"SMTP {HOST}:{mail.smtp_port}, LMTP {HOST}:{mail.lmtp_port}",
        f"Token of {settings.desk}": desk,
        "PagerDuty’s secret": ", ".join(s.get_secret_value() for s in hooks.pagerduty),
        "Secret of other tools": ", ".join(s.get_secret_value() for s in hooks.generic),
    }
    width = max(map(len, rows))
    listed = "\n".join(f"  {name:<{width}}  {said}" for name, said in rows.items())
    return (
        f"Afterword runs. Its state is in {folder.path}; Ctrl-C stops it.\n\n{listed}\n\n"
        "The command “afterword” in this directory finds address and token by itself. Begin with\n"
        "“afterword people import FILE” and “afterword services import FILE”."
    )


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


def tell(text: str) -> None:
    """Say something on the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
