"""Issue the coordinator's first token: `python -m local.bootstrap_token`."""

from __future__ import annotations

import sys

from models.errors import InvalidInput, Unavailable
from register.archive import Archive
from register.database import build_engine, migrate
from register.repositories.base import utc_now
from register.repositories.tokens import SETUP_TOKEN
from settings import load_settings


def main() -> int:
    """Show a new token for the coordinator; return 1 where none can be issued."""
    try:
        settings = load_settings()
        engine = build_engine(settings.database)
        migrate(engine)
        token = Archive(engine).tokens.issue_token(
            SETUP_TOKEN, settings.coordinator, tool=False, now=utc_now()
        )
    except (InvalidInput, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{token}\n")
    sys.stderr.write(
        f"This is {settings.coordinator}’s token “{SETUP_TOKEN}”, shown only this once.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
