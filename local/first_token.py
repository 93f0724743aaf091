"""Make the desk's first token (`python -m local.first_token`), where no other can make one yet."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from models.errors import Away, Malformed
from register.archive import Archive
from register.database import connect, migrate
from settings import read

NAME = "setup"


def main() -> int:
    """Print a token for the desk of these settings; 1 where something stands in the way."""
    try:
        settings = read()
        engine = connect(settings.database)
        migrate(engine)
        made = Archive(engine).issue_token(NAME, settings.desk, tool=False, now=datetime.now(UTC))
    except (Malformed, Away) as no:
        sys.stderr.write(f"{no}\n")
        return 1
    sys.stdout.write(f"{made}\n")
    sys.stderr.write(f"This is {settings.desk}’s token “{NAME}”, shown only this once.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
