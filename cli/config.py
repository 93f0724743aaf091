"""The configuration: server and token from options, environment, profile or directory."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from cli.errors import CliError, ExitCode

DEFAULT_URL = "http://127.0.0.1:8600"
OUTPUT_FORMATS = ("table", "json", "jsonl")
OUTPUT_OPTIONS = ("-o", "--output")
LOCAL_CONFIG = Path(".afterword") / "profile.toml"
SETTING_NAMES = ("url", "token", "output")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
FLAGS_KEY = "afterword.flags"
"""Where click's context keeps the values of the common options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigSource:
    """One source of configuration, like the environment or a file."""

    place: str
    url: str = ""
    token: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The resolved configuration of one command; `url_source` is where the URL was found.

    `withheld` says why a token that there is was not sent, "" where none is held back.
    """

    url: str
    token: str
    output: str
    url_source: str
    withheld: str = ""


def get_flags(ctx: click.Context) -> dict[str, str]:
    """Return the values of the common options given so far."""
    values: dict[str, str] = ctx.meta.setdefault(FLAGS_KEY, {})
    return values


def find_output_format(arguments: Sequence[str], flags: Mapping[str, str]) -> str:
    """Find the output format of a command line that may be wrong; “table” in doubt."""
    typed = dict(flags)
    for word, following in pairwise((*arguments, "")):
        option, sign, value = word.partition("=")
        if option in OUTPUT_OPTIONS:
            typed["output"] = value if sign else following
    try:
        return resolve_connection(typed).output
    except CliError:
        return OUTPUT_FORMATS[0]


def resolve_connection(flags: Mapping[str, str]) -> Connection:
    """Return URL, token and output format: options before environment before files.

    A profile that is named goes before an environment that names no URL: its token is another's.
    Raises CliError when a profile cannot be read or a value makes no sense.
    """
    flagged = ConfigSource(
        place="the command line", **{key: flags.get(key) or "" for key in SETTING_NAMES}
    )
    environment = ConfigSource(
        place="the environment", **{key: _read_environment(key) for key in SETTING_NAMES}
    )
    profile = _load_profile(flags.get("profile") or "")
    is_profile_first = flags.get("profile") and not environment.url
    sources = [flagged, *((profile, environment) if is_profile_first else (environment, profile))]
    if LOCAL_CONFIG.is_file() and not profile.token:
        sources += _load_local_config(sources)
    _refuse_empty_environment(flags, sources)
    with_url = next((source for source in sources if source.url), None)
    url = _validate_url(with_url.url if with_url else DEFAULT_URL)
    token, withheld = _choose_token(sources, url)
    return Connection(
        url=url,
        token=token,
        withheld=withheld,
        output=_choose_output_format(next((source for source in sources if source.output), None)),
        url_source=with_url.place if with_url else "the default",
    )


def _refuse_empty_environment(flags: Mapping[str, str], sources: list[ConfigSource]) -> None:
    """Refuse an empty variable in whose place a file would say where, or as whom, we ask.

    Where no file would, and for the output format, it counts as not set.
    """
    for key in ("url", "token"):
        variable = f"AFTERWORD_{key.upper()}"
        is_empty = variable in os.environ and not _read_environment(key)
        place = next((source.place for source in sources if getattr(source, key)), "")
        if is_empty and place and not flags.get(key):
            raise CliError(
                f"{variable} is empty, and the {key} of {place} is not taken in its place.",
                "Give it a value, or unset it.",
                ExitCode.USAGE,
            )


def find_profiles_file() -> Path:
    """Return the path of the file that holds a person's profiles."""
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "afterword" / "profiles.toml"


def _read_environment(key: str) -> str:
    return os.environ.get(f"AFTERWORD_{key.upper()}", "").strip()


def _load_profile(name: str) -> ConfigSource:
    file = find_profiles_file()
    if file.is_file():
        return _read_source(file, name)
    if name:
        raise CliError(f"There is no profile “{name}”: {file} does not exist.", "", ExitCode.USAGE)
    return ConfigSource(place="nobody")


def _load_local_config(sources: list[ConfigSource]) -> list[ConfigSource]:
    """Read what `up` left in the current directory; an outside token goes only to this machine.

    Otherwise a directory that somebody sent us could name their server and receive the token.
    """
    has_token = any(source.token for source in sources)
    if has_token and any(source.url for source in sources):
        return []
    local_source = _read_source(LOCAL_CONFIG, "")
    return [] if has_token and not is_loopback(local_source.url) else [local_source]


def _read_source(file: Path, name: str) -> ConfigSource:
    import tomllib

    try:
        values: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CliError(f"{file} cannot be read: {error}", "", ExitCode.USAGE) from None
    if file != LOCAL_CONFIG:
        values = _choose_profile(values, name, file)
    unknown = sorted(set(values) - set(SETTING_NAMES))
    if unknown:
        known = ", ".join(SETTING_NAMES)
        raise CliError(
            f"{file}: there is no setting “{unknown[0]}”.",
            f"Known settings: {known}.",
            ExitCode.USAGE,
        )
    return ConfigSource(
        place=str(file), **{key: str(value).strip() for key, value in values.items()}
    )


def _choose_profile(profiles: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    profile = profiles.get(name or "default", None if name else {})
    if not isinstance(profile, dict):
        known = ", ".join(sorted(profiles)) or "none"
        raise CliError(
            f"There is no profile “{name or 'default'}” in {file}.",
            f"Known profiles: {known}. A profile is a table: [name]",
            ExitCode.USAGE,
        )
    return profile


def _choose_token(sources: list[ConfigSource], url: str) -> tuple[str, str]:
    """Return the first token that is meant for this URL, or why there is none that is.

    A token on the command line goes where the command goes. Any other belongs to the URL beside it,
    or else to the one that would be asked without `--url`.
    """
    own_url = next((source.url for source in sources[1:] if source.url), DEFAULT_URL)
    withheld = ""
    for number, source in enumerate(sources):
        belongs_to = url if number == 0 else (source.url or own_url).rstrip("/")
        if source.token and belongs_to == url:
            return source.token, ""
        if source.token and not withheld:
            withheld = (
                f"The token of {source.place} belongs to {belongs_to}, and was not sent to {url}."
            )
    return "", withheld


def _validate_url(url: str) -> str:
    if not _is_http_url(url):
        raise CliError(
            f"“{url}” is not an address of Afterword.",
            f"Give one like {DEFAULT_URL}",
            ExitCode.USAGE,
        )
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Return whether a URL points to this machine."""
    return _is_http_url(url) and urlsplit(url).hostname in LOOPBACK_HOSTS


def _is_http_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_printable = url.isprintable() and not any(character.isspace() for character in url)
    return has_host and is_printable and parts.scheme in {"http", "https"} and not parts.query


def _choose_output_format(source: ConfigSource | None) -> str:
    if source is None:
        return OUTPUT_FORMATS[0]
    if source.output not in OUTPUT_FORMATS:
        raise CliError(
            f"“{source.output}” is not an output format (from {source.place}).",
            f"Choose one of {', '.join(OUTPUT_FORMATS)}.",
            ExitCode.USAGE,
        )
    return source.output
