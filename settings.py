"""Settings: read once at an edge from AFTERWORD_* and a TOML file, into one frozen record."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from models.errors import Malformed
from models.policy import Policy

PREFIX = "AFTERWORD_"
NESTED = "__"
NOT_SETTINGS = frozenset(
    {"AFTERWORD_CONFIG", "AFTERWORD_URL", "AFTERWORD_TOKEN", "AFTERWORD_OUTPUT"}
)
Port = Annotated[int, Field(ge=0, le=65535)]


class Part(BaseModel):
    """A group of settings; a name it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Web(Part):
    """Where the HTTP app listens, and the address by which people reach it."""

    host: str = "127.0.0.1"
    port: Port = 8600
    url: str = "http://127.0.0.1:8600"


class Smtp(Part):
    """The mail server that takes our letters. `starttls`: always, never, or when it offers it."""

    host: str = "127.0.0.1"
    port: Port = 25
    username: str = ""
    password: SecretStr = SecretStr("")
    starttls: bool | None = None
    timeout: float = 30.0


class Imap(Part):
    """A mailbox that replies come into; none where `host` is empty. `tls`: from the start."""

    host: str = ""
    port: Port = 993
    username: str = ""
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"
    tls: bool = True


class Mail(Part):
    """Who our letters come from, and where replies come in.

    `domain` is the domain of reply addresses; `orders_of_consequence` lets leads and verifiers
    decide by mail, once it is proven that they wrote it. `require` is what a reply must prove: by
    default that it is authentic where `authserv_id` names our mail server, else its From address.
    `delimiter` stands before the token in reply addresses; where it is empty, replies go to
    `sender`. `people_of` are domains whose programs call people's mail automatic, as ServiceNow.
    """

    sender: str = "afterword@localhost"
    domain: str = "localhost"
    delimiter: Literal["+", "-", "_", "=", ".", ""] = "+"
    smtp: Smtp = Smtp()
    imap: Imap = Imap()
    lmtp_host: str = "127.0.0.1"
    lmtp_port: Port = 8624
    smtp_port: Port = 8625
    orders_of_consequence: bool = False
    require: Literal["token", "from", "authenticated"] | None = None
    authserv_id: str = ""
    people_of: tuple[str, ...] = ()


class Temporal(Part):
    """Which profile of Temporal's own settings to use, and the task queue of our workers."""

    profile: str = ""
    config_file: str = ""
    task_queue: str = "afterword"


class Hooks(Part):
    """The shared secrets by which incident tools sign; several may hold during a rotation."""

    pagerduty: tuple[SecretStr, ...] = ()
    generic: tuple[SecretStr, ...] = ()
    mail: tuple[SecretStr, ...] = ()


class Settings(BaseSettings):
    """Everything that can be set. `secret` signs reply addresses; `desk` is never empty."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", frozen=True
    )

    secret: SecretStr = Field(min_length=16)
    desk: str = Field(min_length=3)
    database: str = "sqlite:///afterword.db"
    web: Web = Web()
    mail: Mail = Mail()
    temporal: Temporal = Temporal()
    hooks: Hooks = Hooks()
    policy: Policy = Policy()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic's own signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic's own signature)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let arguments go before environment, environment before the TOML file."""
        file = os.environ.get("AFTERWORD_CONFIG", "")
        toml = TomlConfigSettingsSource(settings_cls, Path(file) if file else None)
        return init_settings, env_settings, toml


def read() -> Settings:
    """Read the settings.

    Raises Malformed naming every key that is misspelt, missing or makes no sense.
    """
    strangers = [
        f"{name}: no setting goes by that name"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in NOT_SETTINGS and not _known(name)
    ]
    if strangers:
        raise Malformed("; ".join(strangers))
    file = os.environ.get("AFTERWORD_CONFIG", "")
    if file and not Path(file).is_file():
        raise Malformed(f"AFTERWORD_CONFIG: there is no file {file}")
    try:
        return Settings()  # type: ignore[call-arg]  # the sources fill it in
    except ValidationError as bad:
        raise Malformed("; ".join(_said(error) for error in bad.errors())) from None
    except ValueError as bad:
        raise Malformed(f"the settings file cannot be read: {bad}") from None


def _known(name: str) -> bool:
    model: type[BaseModel] = Settings
    *groups, last = name.removeprefix(PREFIX).lower().split(NESTED)
    for group in groups:
        field = model.model_fields.get(group)
        if field is None or not isinstance(field.annotation, type):
            return False
        if not issubclass(field.annotation, BaseModel):
            return True
        model = field.annotation
    return last in model.model_fields


def _said(error: object) -> str:
    detail = dict(error)  # type: ignore[call-overload]  # pydantic's ErrorDetails
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{key}: no setting goes by that name"
    if detail["type"] == "missing":
        return f"{key}: must be set ({PREFIX}{key.replace('.', NESTED).upper()})"
    return f"{key}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
