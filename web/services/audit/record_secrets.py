"""Record at the start which secrets were replaced since the start before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from models.audit.audit_event import SERVER, AuditKind
from register.archive import Archive
from settings import Settings

FINGERPRINT_BYTES = 5
SCRYPT_COST = {"n": 2**12, "r": 8, "p": 1}
"""A fingerprint is short and takes its time, so that it is no help in guessing a secret."""


def record_secrets(archive: Archive, settings: Settings) -> None:
    """Add an audit event for each secret that is new, or another one than at the last start."""
    for name, secret in _list_secrets(settings):
        text = f"fingerprint {_compute_fingerprint(name, secret)}" if secret else "none"
        kinds = (AuditKind.SECRET_ROTATED, AuditKind.SECRET_SEEN)
        found = [archive.audit.find_newest(kind, name) for kind in kinds]
        last = max((each for each in found if each), key=lambda each: each.seq, default=None)
        if last is None and secret:
            archive.audit.record_event(AuditKind.SECRET_SEEN, SERVER, subject=name, text=text)
        if last is not None and last.text != text:
            archive.audit.record_event(AuditKind.SECRET_ROTATED, SERVER, subject=name, text=text)


def _list_secrets(settings: Settings) -> Iterator[tuple[str, str]]:
    yield "secret", settings.secret.get_secret_value()
    for section in ("keys", "hooks"):
        for name in type(getattr(settings, section)).model_fields:
            value = getattr(getattr(settings, section), name)
            by_source = value if isinstance(value, dict) else {"": value}
            for source, secrets in sorted(by_source.items()):
                joined = "\n".join(each.get_secret_value() for each in secrets)
                yield f"{section}.{name}.{source}".rstrip("."), joined
    yield "mail.smtp.password", settings.mail.smtp.password.get_secret_value()
    yield "mail.imap.password", settings.mail.imap.password.get_secret_value()


def _compute_fingerprint(name: str, secret: str) -> str:
    digest = hashlib.scrypt(secret.encode(), salt=f"afterword {name}".encode(), **SCRYPT_COST)
    return digest[:FINGERPRINT_BYTES].hex()
