"""Issue the coordinator's first token: `python -m local.bootstrap_token`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from models.errors import InvalidInput, Unavailable
from register.archive import Archive
from register.database import build_engine, migrate
from settings import load_settings

TOKEN_NAME = "setup"  # noqa: S105  (the name of a token, not one)


def main() -> int:
    """Show a new token for the coordinator; return 1 where none can be issued."""
    try:
        settings = load_settings()
        engine = build_engine(settings.database)
        migrate(engine)
        token = Archive(engine).tokens.issue_token(
            TOKEN_NAME, settings.coordinator, tool=False, now=datetime.now(UTC)
        )
    except (InvalidInput, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{token}\n")
    sys.stderr.write(
        f"This is {settings.coordinator}’s token “{TOKEN_NAME}”, shown only this once.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
