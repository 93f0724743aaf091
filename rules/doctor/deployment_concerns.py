"""What is to be seen to about the set-up of an installation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address

from models.doctor.concern import Concern
from models.doctor.deployment import Deployment, PartConnection, Protection, SealedRows
from rules.formatting import format_count

ROTATION = timedelta(days=2)
"""How long a secret of before is accepted at least, before it is named."""

PATIENCE = timedelta(minutes=15)
"""For how long an email may wait before that is named: a mail server may ask to try again."""

OWN_NAMES = frozenset({"", "localhost", "host.docker.internal"})
"""Names of the machine that asks."""

RESEAL = "Run `python -m local.encryption.reseal` on the server."


def list_deployment_concerns(deployment: Deployment, now: datetime) -> tuple[Concern, ...]:
    """List what is to be seen to about the set-up."""
    return (
        *_iter_unavailable(deployment),
        *_iter_waiting(deployment, now),
        *_iter_connections(deployment),
        *_iter_role(deployment),
        *_iter_files(deployment),
        *_iter_secrets(deployment),
        *_iter_keys(deployment, now),
    )


def is_own_machine(host: str) -> bool:
    """Return whether a host is the machine itself, so that nobody listens on the way."""
    name = host.strip("[]").lower()
    if name in OWN_NAMES or name.startswith("/") or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _iter_unavailable(deployment: Deployment) -> Iterator[Concern]:
    for sentence in deployment.unavailable:
        yield Concern(
            code="unavailable",
            subject=sentence.partition(" does not")[0],
            sentence=sentence,
            way_out="Start it, or correct its address in the settings. What waits for it is done "
            "by itself then.",
        )


def _iter_waiting(deployment: Deployment, now: datetime) -> Iterator[Concern]:
    since = deployment.waiting_since
    if since is None or now - since < PATIENCE:
        return
    emails = format_count(deployment.waiting_emails, "email")
    yield Concern(
        code="emails-waiting",
        subject="mail",
        sentence=f"{emails} about tokens and sign-in could not be sent since "
        f"{since:%Y-%m-%d %H:%M} UTC.",
        way_out="See the log of the worker for what the mail server answers, and that a worker "
        "runs.",
    )


def _iter_connections(deployment: Deployment) -> Iterator[Concern]:
    for each in deployment.connections:
        if each.protection is not Protection.VERIFIED and not is_own_machine(each.host):
            yield _describe_connection(each)


def _describe_connection(connection: PartConnection) -> Concern:
    is_open = connection.protection is Protection.NONE
    how = (
        "is reached without encryption, so that whoever is on the way reads it"
        if is_open
        else "may be somebody else: it is encrypted at best, and whoever answers is believed"
    )
    return Concern(
        code="unencrypted" if is_open else "unverified",
        subject=connection.part,
        sentence=f"{connection.part} at {connection.host} {how}.",
        way_out=f"{connection.setting} See docs/how-to/operator.md.",
    )


def _iter_role(deployment: Deployment) -> Iterator[Concern]:
    role = deployment.role
    if role is None or not (role.is_superuser or role.makes_roles):
        return
    may = "is a superuser" if role.is_superuser else "may make roles"
    yield Concern(
        code="database-role",
        subject=role.name,
        sentence=f"Afterword's database role “{role.name}” {may}, so whoever gets in by it gets "
        "everything.",
        way_out="Give it a role of its own that owns its database only; `deploy/roles.sh` does.",
    )


def _iter_files(deployment: Deployment) -> Iterator[Concern]:
    for file in deployment.files:
        yield Concern(
            code="exposed-file",
            subject=file.path,
            sentence=f"{file.path}, which has {file.content}, can be opened by other users of its "
            f"machine (mode {file.mode}).",
            way_out=f"`chmod 600 {file.path}`, or `chmod 700` for its folder.",
        )


def _iter_secrets(deployment: Deployment) -> Iterator[Concern]:
    for name in deployment.short_secrets:
        yield Concern(
            code="short-secret",
            subject=name,
            sentence=f"A secret in {name} has fewer than 16 characters and can be guessed.",
            way_out="Make a longer one, and add it before the one of before until the other side "
            "has it.",
        )
    for source in deployment.silent_sources:
        yield Concern(
            code="hook-without-secret",
            subject=source,
            sentence=f"“{source}” sent incidents lately and has no secret now, so every webhook "
            "of it is refused.",
            way_out="Set its secret (AFTERWORD_HOOKS__PAGERDUTY, AFTERWORD_HOOKS__GENERIC or "
            "AFTERWORD_HOOKS__SOURCES), or remove the webhook there.",
        )


def _iter_keys(deployment: Deployment, now: datetime) -> Iterator[Concern]:
    since = deployment.signing_since
    if deployment.signing_keys > 1 and since is not None and now - since >= ROTATION:
        yield Concern(
            code="older-signing-key",
            subject="keys.signing",
            sentence=f"{deployment.signing_keys} secrets sign or are accepted in "
            f"AFTERWORD_KEYS__SIGNING, unchanged since {since:%Y-%m-%d}.",
            way_out="Leave all but the first out, once every process has it.",
        )
    for rows in deployment.sealed:
        yield from _iter_sealed(rows, deployment.encryption_ids)


def _iter_sealed(rows: SealedRows, known: tuple[str, ...]) -> Iterator[Concern]:
    """Yield what is wrong with stored documents and mails that one key sealed, or none did."""
    if not rows.key_id and known:
        yield Concern(
            code="not-encrypted",
            subject="keys.encryption",
            sentence="Documents or mails from before there was a key are stored in clear.",
            way_out=RESEAL,
        )
    elif rows.key_id and rows.key_id not in known:
        yield Concern(
            code="missing-key",
            subject=rows.key_id,
            sentence=f"Documents or mails cannot be read: key {rows.key_id} is in no setting.",
            way_out="Put its secret back, at the end of AFTERWORD_KEYS__ENCRYPTION.",
        )
    elif rows.key_id and rows.key_id != known[0]:
        yield Concern(
            code="older-key",
            subject=rows.key_id,
            sentence=f"Documents or mails are still encrypted with an older key, {rows.key_id}.",
            way_out=f"{RESEAL} Keep the key for as long as Temporal keeps what it encrypted.",
        )
