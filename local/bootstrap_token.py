"""Issue the coordinator's first token: `python -m local.bootstrap_token`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from models.access.tokens import SETUP_TOKEN, TokenGrant, TokenScope
from models.errors import InvalidInput, Unavailable
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine, migrate
from register.repositories.base import utc_now
from rules.formatting import format_short_date
from settings import Settings, load_settings


def main() -> int:
    """Show a new token for the coordinator; return 1 where none can be issued."""
    try:
        settings = load_settings()
        engine = use_keys(build_engine(settings.database), settings.encryption_keys)
        migrate(engine)
        archive, now = Archive(engine), utc_now()
        _check_none_is_valid(archive, now)
        grant, token = issue_first_token(archive, settings, now)
    except (InvalidInput, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{token}\n")
    sys.stderr.write(
        f"This is {settings.coordinator}’s token “{grant.name}”, shown only this once and valid "
        f"until {format_short_date(grant.expires_at.date())}. Replace it within a week by one that "
        f"no log of this machine has seen: afterword token rotate {grant.name}\n"
    )
    return 0


def issue_first_token(
    archive: Archive, settings: Settings, now: datetime
) -> tuple[TokenGrant, str]:
    """Return a new token of the coordinator that may manage people and tokens, and its secret."""
    names = {token.name for token in archive.tokens.list_tokens()}
    grant = TokenGrant(
        name=next(name for name in _iter_names() if name not in names),
        scope=TokenScope.ADMIN,
        expires_at=now + timedelta(days=settings.tokens.admin_days),
        person=settings.coordinator,
    )
    return grant, archive.tokens.issue_token(grant, now)


def _iter_names() -> Iterator[str]:
    yield SETUP_TOKEN
    yield from (f"{SETUP_TOKEN}-{number}" for number in count(2))


def _check_none_is_valid(archive: Archive, now: datetime) -> None:
    """Raise InvalidInput where there is a first token already that is still accepted."""
    for token in archive.tokens.list_tokens():
        if token.is_bootstrap and token.is_valid(now):
            raise InvalidInput(
                f"There is a token called “{token.name}” already, valid until "
                f"{format_short_date(token.expires_at.date())}. Who has lost it revokes it with "
                "another token of the coordinator: "
                f"afterword token revoke {token.name}"
            )


if __name__ == "__main__":
    sys.exit(main())
