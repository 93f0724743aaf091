"""Settings: read once at an edge from AFTERWORD_* and a TOML file, into one frozen record."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from models.access.session import SessionLimits
from models.errors import InvalidInput
from models.incident import RESERVED_SOURCES
from models.keys.key_ring import KeyPurpose, KeyRing, derive_key_ring
from models.policy import Policy
from rules.access.browser_sessions import IDLE_DAYS, SESSION_DAYS
from rules.access.tokens import ADMIN_DAYS, DAYS, WARNING_DAYS

PREFIX = "AFTERWORD_"
NESTED_DELIMITER = "__"
OTHER_VARIABLES = frozenset(
    {"AFTERWORD_CONFIG", "AFTERWORD_URL", "AFTERWORD_TOKEN", "AFTERWORD_OUTPUT"}
)
RENAMED = {
    "desk": "coordinator",
    "mail.orders_of_consequence": "mail.decisions_by_mail",
    "mail.people_of": "mail.human_sender_domains",
    "policy.nudge_working_days": "policy.reminder_working_days",
    "policy.letters_per_step_up": "policy.emails_per_escalation",
    "policy.shuts_at": "policy.closes_at",
}
"""Settings that had another name once; who still uses it is told the new one."""

SOURCE_PATTERN = re.compile(r"[a-z0-9]{1,32}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
MIN_SECRET_LENGTH = 16
MIN_CHARACTERS = 3
"""How many different characters a secret has at least; “xxxxxxxxxxxxxxxx” is none."""

PLACEHOLDERS = frozenset(
    "… ... changeme replaceme placeholder secret mysecret yoursecret asecret thesecret password "
    "thesecretthatpagerdutyshowed onlytocheckthefile signsreplyaddressesatleast16characters "
    "mustbeset todo none null".split()
)
"""What examples have where a secret belongs, in lower case, without spaces and marks."""

HOW_TO_MAKE_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"  # noqa: S105  (how to make one, not one)


def _check_secret(secret: SecretStr) -> SecretStr:
    """Return a secret; raises ValueError for an empty one, and for what examples have there."""
    value = secret.get_secret_value()
    plain = "".join(value.casefold().translate(_MARKS).split())
    if not value.strip():
        raise ValueError(f"is empty; make one with: {HOW_TO_MAKE_SECRET}")
    if plain in PLACEHOLDERS or len(set(plain)) < MIN_CHARACTERS:
        raise ValueError(f"is only an example and no secret; make one with: {HOW_TO_MAKE_SECRET}")
    return secret


def _check_own_secret(secret: SecretStr) -> SecretStr:
    """Return a secret of ours, which must not be short; raises ValueError."""
    if len(_check_secret(secret).get_secret_value().strip()) < MIN_SECRET_LENGTH:
        raise ValueError(
            f"must have at least {MIN_SECRET_LENGTH} characters; make one with: "
            f"{HOW_TO_MAKE_SECRET}"
        )
    return secret


def _check_host_name(text: str) -> str:
    """Return the name of a host; raises ValueError for an address with a scheme, a port, a path."""
    name = text.strip().strip("[]").lower()
    is_one = name.replace(".", "").replace("-", "").replace(":", "").isalnum()
    if not is_one or (":" in name and name.count(":") == 1):
        raise ValueError(f"“{text}” is no name of a host; write it as afterword.example.org")
    return name


def _check_source_name(name: str) -> str:
    """Return the name of a source; raises ValueError for one that has another way in."""
    if not SOURCE_PATTERN.fullmatch(name):
        raise ValueError(f"“{name}” is no source: only lower-case letters and digits, 32 at most")
    if name in RESERVED_SOURCES:
        raise ValueError(f"“{name}” is a source of Afterword's own; name the tool otherwise")
    return name


def _check_contact(text: str) -> str:
    """Return a contact as a URI; raises ValueError for what is neither one nor an email address."""
    contact = text.strip()
    if not contact:
        return ""
    is_uri = contact.startswith(("https://", "mailto:", "tel:"))
    whole = contact if is_uri else f"mailto:{contact}"
    if not whole.isprintable() or " " in whole or (not is_uri and not EMAIL.fullmatch(contact)):
        raise ValueError(f"“{text}” is no contact; give an email address or an https address")
    return whole


def _check_header_name(text: str) -> str:
    """Return the name of a header; raises ValueError for what is none."""
    name = text.strip()
    if name and not (name.isascii() and name.replace("-", "").isalnum()):
        raise ValueError(f"“{text}” is no name of a header; write it as X-Auth-Request-Email")
    return name


def _check_email_address(text: str) -> str:
    """Return an email address in lower case; raises ValueError for what is none."""
    if not EMAIL.fullmatch(text.strip()):
        raise ValueError(f"“{text}” is no email address")
    return text.strip().lower()


def _check_file(text: str) -> str:
    """Return the name of a file; raises ValueError where there is none."""
    if text and not Path(text).is_file():
        raise ValueError(f"there is no file {text}")
    return text


def _check_network(text: str) -> str:
    """Return an address or a network; raises ValueError for what is none."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError(f"“{text}” is no IP address and no network like 10.0.0.0/8") from None


_MARKS = str.maketrans("", "", "-_.,:;!?'\"<>[](){}$*")
Port = Annotated[int, Field(ge=0, le=65535)]
Secret = Annotated[SecretStr, AfterValidator(_check_secret)]
Network = Annotated[str, AfterValidator(_check_network)]
HostName = Annotated[str, AfterValidator(_check_host_name)]
SourceName = Annotated[str, AfterValidator(_check_source_name)]
EmailAddress = Annotated[str, AfterValidator(_check_email_address)]
ExistingFile = Annotated[str, AfterValidator(_check_file)]
Contact = Annotated[str, AfterValidator(_check_contact)]
HeaderName = Annotated[str, AfterValidator(_check_header_name)]
OwnSecret = Annotated[SecretStr, AfterValidator(_check_own_secret)]


class SettingsSection(BaseModel):
    """A section of the settings; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OidcSection(SettingsSection):
    """The company's own sign-in (OpenID Connect); not used where `issuer` is empty.

    The secret is `client_secret`, or in the file `client_secret_file`. `groups_claim` is where a
    token lists groups: who is in one of `coordinator_groups` manages on pages what the coordinator
    manages there, and `team_groups` are teams by group. `name` is how its button calls it.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    client_secret_file: str = ""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    groups_claim: str = "groups"
    coordinator_groups: tuple[str, ...] = ()
    team_groups: dict[str, str] = {}
    name: str = "your company account"

    def read_secret(self) -> str:
        """Return the secret; of a file, what is in it now."""
        if self.client_secret_file:
            return Path(self.client_secret_file).read_text(encoding="utf-8").strip()
        return self.client_secret.get_secret_value()

    @model_validator(mode="after")
    def check_provider(self) -> Self:
        """Return the section; raises ValueError for one that cannot work, or is not encrypted."""
        if not self.issuer:
            return self
        parts = urlsplit(self.issuer)
        is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or not (parts.scheme == "https" or is_here):
            raise ValueError(f"the issuer “{self.issuer}” is no https address")
        if not self.client_id:
            raise ValueError("client_id is empty; the company’s sign-in gives one out")
        if self.client_secret_file and not Path(self.client_secret_file).is_file():
            raise ValueError(f"there is no file {self.client_secret_file}")
        if find_spec("authlib") is None:
            raise ValueError("the issuer needs the extra: pip install 'afterword[openid]'")
        return self


class WebSection(SettingsSection):
    """Where the HTTP app listens, and the address by which people reach it.

    `decision_links` lets people decide by a link in an email, without signing in.
    `allowed_hosts` are names by which the app may be asked beside the one in `url` and those of
    this machine. `trusted_proxies` are the addresses or networks whose X-Forwarded-For is believed.
    `read` says who reads pages: all who reach the app, or only who is signed in. `sign_in_links`
    lets people sign in by a link in an email. `proxy_header` is the header in which a proxy at one
    of `proxy_addresses` says whom it has signed in; of anybody else it is ignored.
    """

    host: str = "127.0.0.1"
    port: Port = 8600
    url: str = "http://127.0.0.1:8600"
    decision_links: bool = True
    allowed_hosts: tuple[HostName, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    read: Literal["open", "signed-in"] = "open"
    sign_in_links: bool = True
    proxy_header: HeaderName = ""
    proxy_addresses: tuple[Network, ...] = ()
    oidc: OidcSection = OidcSection()

    @model_validator(mode="after")
    def check_proxy(self) -> Self:
        """Return the section; raises ValueError for a header that nobody in particular may send."""
        if self.proxy_header and not self.proxy_addresses:
            raise ValueError(
                "proxy_addresses is empty: name the proxy that may send proxy_header, or no header"
            )
        return self


class LoginSection(SettingsSection):
    """A login of ours at a mail server: who has a name there has a password.

    `ca_file` has the authorities that its certificate may come from, in place of the usual ones.
    """

    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: ExistingFile = ""

    @model_validator(mode="after")
    def check_password(self) -> Self:
        """Return the section; raises ValueError where the password of a login is missing."""
        if self.username and not self.password.get_secret_value().strip():
            raise ValueError(f"the password of {self.username} is empty; set it, or no username")
        return self


class SmtpSection(LoginSection):
    """The mail server that sends our email. `starttls`: always, never, or when offered."""

    host: str = "127.0.0.1"
    port: Port = 25
    starttls: bool | None = None
    timeout: float = 30.0


class ImapSection(LoginSection):
    """A mailbox that receives replies; not used where `host` is empty. `tls`: from the start."""

    host: str = ""
    port: Port = 993
    folder: str = "INBOX"
    tls: bool = True


class MailSection(SettingsSection):
    """Who our email comes from, and where replies are received.

    `domain` is the domain of reply addresses; `decisions_by_mail` lets leads and verifiers decide
    by mail, once it is proven that they wrote it; by default only where all emails stay in the
    postbox of this machine. `require` is what a reply must prove: by default
    that it is authentic where `authserv_id` names our mail server, else its From address.
    `delimiter` precedes the token in reply addresses; where it is empty, replies go to `sender`.
    `human_sender_domains` are domains whose programs mark people's mail as automatic, as ServiceNow
    does. `bounce_addresses` gives each email an envelope sender of its own, by which a bounce is
    known.
    """

    sender: str = "afterword@localhost"
    domain: str = "localhost"
    delimiter: Literal["+", "-", "_", "=", ".", ""] = "+"
    smtp: SmtpSection = SmtpSection()
    imap: ImapSection = ImapSection()
    lmtp_host: str = "127.0.0.1"
    lmtp_port: Port = 8624
    smtp_port: Port = 8625
    decisions_by_mail: bool | None = None
    require: Literal["token", "from", "authenticated"] | None = None
    authserv_id: str = ""
    human_sender_domains: tuple[str, ...] = ()
    bounce_addresses: bool = True


class TemporalSection(SettingsSection):
    """The profile of Temporal's own settings to use, and the task queue of our workers."""

    profile: str = ""
    config_file: str = ""
    task_queue: str = "afterword"


class AuditSection(SettingsSection):
    """Where the daily anchor over all logs goes, besides the audit log itself.

    `anchor_emails` sends it to the coordinator, `anchor_file` adds it to a file, `anchor_url` posts
    it there.
    """

    anchor_emails: bool = True
    anchor_file: str = ""
    anchor_url: HttpUrl | None = None


class FiguresSection(SettingsSection):
    """Who gets the figures by email on Mondays, beside those in the directory who want them."""

    recipients: tuple[EmailAddress, ...] = ()


class KeysSection(SettingsSection):
    """Secrets of keys for what Temporal holds; the first is used, the others are accepted, too.

    `signing` signs messages to workflows; where it is empty, a key from `secret` does. `encryption`
    encrypts all that Temporal holds; where it is empty, nothing does.
    """

    signing: tuple[OwnSecret, ...] = ()
    encryption: tuple[OwnSecret, ...] = ()


class TokensSection(SettingsSection):
    """For how many days a token lasts at most; of whoever manages people and tokens, `admin_days`.

    `warning_days` before its end, its holder is told.
    """

    days: int = Field(default=DAYS, ge=1, le=3650)
    admin_days: int = Field(default=ADMIN_DAYS, ge=1, le=3650)
    warning_days: int = Field(default=WARNING_DAYS, ge=0, le=365)


class SessionsSection(SettingsSection):
    """How long somebody stays signed in: `idle_days` without a visit, `days` in any case."""

    idle_days: int = Field(default=IDLE_DAYS, ge=1, le=365)
    days: int = Field(default=SESSION_DAYS, ge=1, le=365)

    @property
    def limits(self) -> SessionLimits:
        """Return the limits of a session."""
        return SessionLimits(idle=timedelta(days=self.idle_days), longest=timedelta(days=self.days))


class HooksSection(SettingsSection):
    """Shared secrets with which incident tools sign; several are valid during a rotation.

    `sources` has those of each tool at the generic webhook, by the name of its source; `generic`
    are those of the source “generic”. A secret is for its own source only.
    """

    pagerduty: tuple[Secret, ...] = ()
    generic: tuple[Secret, ...] = ()
    sources: dict[SourceName, tuple[Secret, ...]] = {}
    mail: tuple[Secret, ...] = ()


class SearchSection(SettingsSection):
    """Whether the full-text search reads documents where `keys.encryption` encrypts them.

    What is searched is in the database in clear. Without keys, documents are always searched.
    """

    clear_text: bool = False


class SecuritySection(SettingsSection):
    """Whom somebody tells who found a weakness: an email address, or an https, mailto or tel URI.

    Where it is empty, the coordinator.
    """

    contact: Contact = ""


class Settings(BaseSettings):
    """All settings. `secret` signs reply addresses; `coordinator` is never empty."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED_DELIMITER, extra="forbid", frozen=True
    )

    secret: OwnSecret
    coordinator: str = Field(min_length=3)
    database: str = "sqlite:///afterword.db"
    web: WebSection = WebSection()
    mail: MailSection = MailSection()
    temporal: TemporalSection = TemporalSection()
    keys: KeysSection = KeysSection()
    hooks: HooksSection = HooksSection()
    audit: AuditSection = AuditSection()
    figures: FiguresSection = FiguresSection()
    tokens: TokensSection = TokensSection()
    sessions: SessionsSection = SessionsSection()
    search: SearchSection = SearchSection()
    security: SecuritySection = SecuritySection()
    policy: Policy = Policy()

    @property
    def signing_keys(self) -> KeyRing:
        """Return the keys that sign messages to workflows."""
        secrets = self.keys.signing or (self.secret,)
        return derive_key_ring((each.get_secret_value() for each in secrets), KeyPurpose.SIGNING)

    @property
    def encryption_keys(self) -> KeyRing:
        """Return the keys that encrypt payloads; none where they are not encrypted."""
        secrets = (each.get_secret_value() for each in self.keys.encryption)
        return derive_key_ring(secrets, KeyPurpose.ENCRYPTION)

    @property
    def searches_documents(self) -> bool:
        """Return whether the words of documents may be kept in clear, to be searched."""
        return self.search.clear_text or not self.keys.encryption

    @property
    def opening_policy(self) -> Policy:
        """Return the policy of new reviews; unless it says so, a key lets people restrict them."""
        if self.policy.restricted_reviews is not None:
            return self.policy
        return replace(self.policy, restricted_reviews=bool(self.keys.encryption))

    @model_validator(mode="after")
    def check_encryption(self) -> Self:
        """Return the settings; raises ValueError for restricted reviews that are not encrypted."""
        if self.policy.restricted_reviews and not self.keys.encryption:
            raise ValueError(
                "policy.restricted_reviews is true, and keys.encryption is empty: what Temporal "
                "keeps of a restricted review would be readable there for good. Make a key with "
                f"{HOW_TO_MAKE_SECRET} and set AFTERWORD_KEYS__ENCRYPTION='[\"…\"]'"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic's own signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic's own signature)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources by precedence: arguments, environment, TOML file."""
        file = os.environ.get("AFTERWORD_CONFIG", "")
        toml = TomlConfigSettingsSource(settings_cls, Path(file) if file else None)
        return init_settings, env_settings, toml


def load_settings() -> Settings:
    """Load the settings from the environment and the TOML file.

    Raises InvalidInput that names every key that is misspelt, missing or invalid.
    """
    check_environment()
    file = os.environ.get("AFTERWORD_CONFIG", "")
    if file and not Path(file).is_file():
        raise InvalidInput(f"AFTERWORD_CONFIG: there is no file {file}")
    try:
        return Settings()  # type: ignore[call-arg]  # the sources fill it in
    except ValidationError as invalid:
        raise InvalidInput("; ".join(_format_error(error) for error in invalid.errors())) from None
    except ValueError as invalid:
        raise InvalidInput(f"the settings file cannot be read: {invalid}") from None


def check_environment() -> None:
    """Check that every variable of ours is a setting; raises InvalidInput that names the others."""
    unknown = [
        _format_unknown_variable(name)
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in OTHER_VARIABLES and not _is_setting(name)
    ]
    if unknown:
        raise InvalidInput("; ".join(unknown))


def format_variable(key: str) -> str:
    """Format the environment variable of a setting, as AFTERWORD_WEB__PORT for web.port."""
    return f"{PREFIX}{key.replace('.', NESTED_DELIMITER).upper()}"


def _format_unknown_variable(name: str) -> str:
    renamed = {format_variable(old): format_variable(new) for old, new in RENAMED.items()}
    if name in renamed:
        return f"{name} was renamed to {renamed[name]}"
    return f"{name} is not a setting"


def _is_setting(name: str) -> bool:
    if name in map(format_variable, RENAMED):
        return False
    model: type[BaseModel] = Settings
    *groups, last = name.removeprefix(PREFIX).lower().split(NESTED_DELIMITER)
    for group in groups:
        field = model.model_fields.get(group)
        if field is None or not isinstance(field.annotation, type):
            return False
        if not issubclass(field.annotation, BaseModel):
            return True
        model = field.annotation
    return last in model.model_fields


def _format_error(error: object) -> str:
    detail = dict(error)  # type: ignore[call-overload]  # pydantic's ErrorDetails
    key = ".".join(str(part) for part in detail["loc"])
    if key in RENAMED:
        return f"{key} was renamed to {RENAMED[key]}"
    if detail["type"] == "extra_forbidden":
        return f"{key} is not a setting"
    if detail["type"] == "missing":
        return f"{key}: must be set ({format_variable(key)})"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{key}: {message[0].lower()}{message[1:]}"
