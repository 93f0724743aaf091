"""Whom to speak to: address and token from flags, environment, profile file or this folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.trouble import Exit, Trouble

DEFAULT_URL = "http://127.0.0.1:8600"
FORMATS = ("table", "json", "jsonl")
HERE = Path(".afterword") / "profile.toml"
KEYS = ("url", "token", "output")
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place that may say where Afterword is, who asks, and how to answer."""

    place: str
    url: str = ""
    token: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What one command needs to know; `told_by` is where the address was found."""

    url: str
    token: str
    output: str
    told_by: str


def connection(flags: Mapping[str, str]) -> Connection:
    """Settle address, token and output: flag before environment before file.

    Raises Trouble when a profile cannot be read or an answer makes no sense.
    """
    sources = [
        Source(place="the command line", **{key: flags.get(key) or "" for key in KEYS}),
        Source(place="the environment", **{key: _environment(key) for key in KEYS}),
        _profile(flags.get("profile") or ""),
    ]
    if HERE.is_file() and not sources[-1].token:
        sources += _here(sources)
    addressed = next((source for source in sources if source.url), None)
    url = _checked(addressed.url if addressed else DEFAULT_URL)
    return Connection(
        url=url,
        token=_token(sources, url),
        output=_format(next((source for source in sources if source.output), None)),
        told_by=addressed.place if addressed else "the default",
    )


def profiles_file() -> Path:
    """Name the file that holds a person's profiles."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "afterword" / "profiles.toml"


def _environment(key: str) -> str:
    return os.environ.get(f"AFTERWORD_{key.upper()}", "").strip()


def _profile(name: str) -> Source:
    file = profiles_file()
    if file.is_file():
        return _read(file, name)
    if name:
        raise Trouble(f"There is no profile “{name}”: {file} does not exist.", "", Exit.USAGE)
    return Source(place="nobody")


def _here(sources: list[Source]) -> list[Source]:
    """Take what `up` left in this folder; a token given elsewhere goes nowhere but this machine.

    Else a folder that somebody sent us could name their server, and would be handed the token.
    """
    given = any(source.token for source in sources)
    if given and any(source.url for source in sources):
        return []
    here = _read(HERE, "")
    return [] if given and not is_of_this_machine(here.url) else [here]


def _read(file: Path, name: str) -> Source:
    import tomllib

    try:
        found: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as bad:
        raise Trouble(f"{file} cannot be read: {bad}", "", Exit.USAGE) from None
    if file != HERE:
        found = _named(found, name, file)
    strange = sorted(set(found) - set(KEYS))
    if strange:
        known = ", ".join(KEYS)
        raise Trouble(
            f"{file}: no setting goes by “{strange[0]}”.", f"It takes {known}.", Exit.USAGE
        )
    return Source(place=str(file), **{key: str(value).strip() for key, value in found.items()})


def _named(profiles: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    chosen = profiles.get(name or "default", None if name else {})
    if not isinstance(chosen, dict):
        known = ", ".join(sorted(profiles)) or "none"
        raise Trouble(
            f"There is no profile “{name or 'default'}” in {file}.",
            f"It has: {known}. A profile is a table: [name]",
            Exit.USAGE,
        )
    return chosen


def _token(sources: list[Source], url: str) -> str:
    """Take the first token that is meant for this address, never another's."""
    meant = (source for source in sources if source.token)
    return next((s.token for s in meant if not s.url or s.url.rstrip("/") == url), "")


def _checked(url: str) -> str:
    if not _is_address(url):
        raise Trouble(
            f"“{url}” is no address of Afterword.", f"Give one like {DEFAULT_URL}", Exit.USAGE
        )
    return url.rstrip("/")


def is_of_this_machine(url: str) -> bool:
    """Tell whether an address leads to a server on this machine."""
    return _is_address(url) and urlsplit(url).hostname in THIS_MACHINE


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    plain = url.isprintable() and not any(mark.isspace() for mark in url)
    return named and plain and parts.scheme in {"http", "https"} and not parts.query


def _format(source: Source | None) -> str:
    if source is None:
        return FORMATS[0]
    if source.output not in FORMATS:
        raise Trouble(
            f"“{source.output}” is no output format ({source.place} says so).",
            f"Choose one of {', '.join(FORMATS)}.",
            Exit.USAGE,
        )
    return source.output
