"""Run all of Afterword on this machine, to stay: `make up`, or `afterword up`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from cli.config import LOCAL_CONFIG
from local import stack, temporal
from local.bootstrap_token import issue_first_token
from local.ports import HOST, PortRequest, check_ports, parse_port
from local.postbox_pages.access import build_postbox_link, build_postbox_token
from local.stack import keeps_emails_here
from local.state_dir import StateDir, lock_state_dir, read_token, write_private_file
from local.upgrade.upgrade_folder import upgrade_state_dir
from models.errors import InvalidInput, Unavailable
from register.archive import Archive
from register.repositories.base import utc_now
from rules.access.tokens import is_ending
from runner import LOCAL_LOG_FORMAT, call_on_stop_signal, configure_logging
from settings import Settings, SmtpSection, check_environment, load_settings
from workflows.anchor.anchor_client import start_anchor
from workflows.weekly.weekly_schedule import set_weekly_schedule

WEB, LMTP, SMTP, POSTBOX, TEMPORAL, TEMPORAL_UI = 8600, 8624, 8625, 8626, 7233, 8233


@dataclass(frozen=True, slots=True, kw_only=True)
class UpOptions:
    """The options of the command line; for a port None, the settings or the default decide."""

    folder: Path
    web_port: int | None
    lmtp_port: int | None
    smtp_port: int | None
    postbox_port: int
    temporal_port: int
    temporal_ui_port: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until Ctrl-C or SIGTERM; return 1 with a message where the start fails."""
    configure_logging(logging.WARNING, LOCAL_LOG_FORMAT)
    options = parse_arguments(arguments)
    try:
        with lock_state_dir(options.folder, _upgrade) as state_dir:
            asyncio.run(run_until_stopped(state_dir, options))
    except (InvalidInput, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _upgrade(state_dir: StateDir) -> None:
    check_environment()
    sentence = upgrade_state_dir(state_dir)
    if sentence:
        print_line(sentence)


def parse_arguments(arguments: Sequence[str] | None) -> UpOptions:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="afterword up",
        description="Run all of Afterword on this machine until Ctrl-C. An option holds for this "
        "run, the settings file in the folder for every run.",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".afterword"),
        help="the folder of all state (default: %(default)s)",
    )
    defaults = {"--web-port": WEB, "--lmtp-port": LMTP, "--smtp-port": SMTP}
    for flag, default in defaults.items():
        parser.add_argument(flag, type=parse_port, metavar="N", help=f"default: {default}")
    for flag, default in (
        ("--postbox-port", POSTBOX),
        ("--temporal-port", TEMPORAL),
        ("--temporal-ui-port", TEMPORAL_UI),
    ):
        parser.add_argument(
            flag, type=parse_port, default=default, metavar="N", help="default: %(default)s"
        )
    return UpOptions(**vars(parser.parse_args(arguments)))


async def run_until_stopped(state_dir: StateDir, options: UpOptions) -> None:
    """Start everything, print the addresses, and stop in order when a signal comes."""
    stop = asyncio.Event()
    settings = fill_settings(read_settings(state_dir), state_dir, options)
    check_ports(list_ports(settings, options))
    server = temporal.TemporalServer(
        port=options.temporal_port,
        ui=options.temporal_ui_port,
        file=state_dir.temporal,
        log=state_dir.temporal_log,
    )
    print_line("Starting …")
    with call_on_stop_signal(stop.set):
        async with (
            temporal.run_server(server) as client,
            stack.run_stack(
                settings, client, state_dir.postbox, options.postbox_port, utc_now
            ) as running,
        ):
            await start_anchor(running.client, settings.temporal.task_queue)
            await set_weekly_schedule(running.client, settings.temporal.task_queue)
            print_line(
                format_welcome(
                    state_dir,
                    options,
                    settings,
                    issue_token(state_dir, running.archive, settings),
                    is_terminal=sys.stdout.isatty(),
                )
            )
            await stop.wait()
            print_line("Stopping …")
    print_line("Stopped. All state is saved; the next start continues.")


def read_settings(state_dir: StateDir) -> Settings:
    """Read the settings file of the directory, or the file that AFTERWORD_CONFIG names."""
    file = os.environ.setdefault("AFTERWORD_CONFIG", str(state_dir.settings))
    try:
        return load_settings()
    except InvalidInput as error:
        raise InvalidInput(f"{file}: {error}") from None


def fill_settings(settings: Settings, state_dir: StateDir, options: UpOptions) -> Settings:
    """Return the settings, completed with the addresses of this machine; options win."""
    mail, web = settings.mail, settings.web
    port = options.web_port or web.port
    url = web.url if "url" in web.model_fields_set else f"http://{HOST}:{port}"
    postbox_smtp = SmtpSection(host=HOST, port=options.postbox_port, starttls=False)
    return settings.model_copy(
        update={
            "database": settings.database
            if "database" in settings.model_fields_set
            else state_dir.database_url,
            "web": web.model_copy(update={"port": port, "url": url}),
            "mail": mail.model_copy(
                update={
                    "smtp": mail.smtp if "smtp" in mail.model_fields_set else postbox_smtp,
                    "lmtp_port": options.lmtp_port or mail.lmtp_port,
                    "smtp_port": options.smtp_port or mail.smtp_port,
                }
            ),
        }
    )


def list_ports(settings: Settings, options: UpOptions) -> tuple[PortRequest, ...]:
    """List every port that will be opened."""
    mail = settings.mail
    return (
        PortRequest(number=settings.web.port, purpose="register and API", option="--web-port"),
        PortRequest(number=mail.lmtp_port, purpose="mail in by LMTP", option="--lmtp-port"),
        PortRequest(number=mail.smtp_port, purpose="mail in by SMTP", option="--smtp-port"),
        PortRequest(number=options.postbox_port, purpose="postbox", option="--postbox-port"),
        PortRequest(number=options.temporal_port, purpose="Temporal", option="--temporal-port"),
        PortRequest(
            number=options.temporal_ui_port,
            purpose="Temporal’s web UI",
            option="--temporal-ui-port",
        ),
    )


def issue_token(state_dir: StateDir, archive: Archive, settings: Settings) -> str:
    """Return the coordinator's new token where none was valid, "" where one is in the profile."""
    token, new_token, now = read_token(state_dir), "", utc_now()
    known = archive.tokens.find_bearer(token, now) if token else None
    if known is None or is_ending(known, now):
        for old in archive.tokens.list_tokens():
            if old.is_bootstrap:
                archive.tokens.revoke_token(old.name)
        _, token = issue_first_token(archive, settings, now)
        new_token = token
    write_private_file(state_dir.profile, f'url = "{settings.web.url}"\ntoken = "{token}"\n')
    return new_token


def format_welcome(
    state_dir: StateDir,
    options: UpOptions,
    settings: Settings,
    new_token: str,
    *,
    is_terminal: bool,
) -> str:
    """Format the addresses to print at the start, and write the postbox's link beside the profile.

    Secrets are shown once, when they are new, and on a terminal only: what is not one is often a
    log that others read.
    """
    url, mail, hooks = settings.web.url, settings.mail, settings.hooks
    is_shown = is_terminal and bool(new_token)
    pagerduty, generic = (
        _join_secrets(each) if is_shown else f"in {state_dir.settings}"
        for each in (hooks.pagerduty, hooks.generic)
    )
    rows = {
        "Register": url,
        "API": f"{url}/api/openapi.json",
        "Postbox": _format_postbox(state_dir, options, settings, is_terminal=is_terminal),
        "Temporal": f"http://{HOST}:{options.temporal_ui_port}",
        "Mail in": f"SMTP {HOST}:{mail.smtp_port}, LMTP {HOST}:{mail.lmtp_port}",
        f"Token of {settings.coordinator}": new_token if is_shown else f"in {state_dir.profile}",
        "PagerDuty’s secret (to try it)": pagerduty,
        "Secret of other tools": generic,
    }
    width = max(map(len, rows))
    table = "\n".join(f"  {name:<{width}}  {value}" for name, value in rows.items())
    return (
        f"Afterword is running. Its state is in {state_dir.path}; Ctrl-C stops it.\n\n{table}\n\n"
        f"{format_first_commands(state_dir, url)}"
    )


def _format_postbox(
    state_dir: StateDir, options: UpOptions, settings: Settings, *, is_terminal: bool
) -> str:
    """Return where the postbox is; whoever has its link reads every email."""
    if not keeps_emails_here(settings, options.postbox_port):
        state_dir.postbox_link.unlink(missing_ok=True)
        return "none, since emails go to your mail server"
    token = build_postbox_token(settings.secret.get_secret_value())
    link = build_postbox_link(settings.web.url, token)
    write_private_file(state_dir.postbox_link, f"{link}\n")
    return link if is_terminal else f"its link is in {state_dir.postbox_link}"


def _join_secrets(secrets: Sequence[SecretStr]) -> str:
    return ", ".join(each.get_secret_value() for each in secrets)


def format_first_commands(state_dir: StateDir, url: str) -> str:
    """Format how to begin, as commands that work in another terminal as they are printed."""
    here = Path.cwd()
    program = shlex.quote(find_program(here))
    lines = [f"cd {shlex.quote(str(here))}"]
    if state_dir.profile != (here / LOCAL_CONFIG).resolve():
        read = f"""$(sed -n 's/^token = "\\(.*\\)"$/\\1/p' {shlex.quote(str(state_dir.profile))})"""
        lines += [f'export AFTERWORD_URL={shlex.quote(url)} AFTERWORD_TOKEN="{read}"']
    lines += [f"{program} {topic} import FILE" for topic in ("people", "services")]
    commands = "\n".join(f"  {line}" for line in lines)
    return (
        "Begin in another terminal, with files as docs/how-to/coordinator.md shows them:\n\n"
        f"{commands}"
    )


def find_program(here: Path) -> str:
    """Return the command `afterword` as it can be typed in a directory."""
    program = Path(sys.executable).with_name("afterword")
    if shutil.which("afterword") == str(program):
        return program.name
    return str(program.relative_to(here)) if program.is_relative_to(here) else str(program)


def print_line(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
