"""Encrypt documents and received mail with the newest key: `python -m local.encryption.reseal`."""

from __future__ import annotations

import sys

from models.errors import InvalidInput, Unavailable
from register.at_rest.reseal_rows import reseal_rows
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine
from settings import load_settings


def main() -> int:
    """Write each document and mail again; return 1 where one of them cannot be opened."""
    try:
        settings = load_settings()
        done = reseal_rows(use_keys(build_engine(settings.database), settings.encryption_keys))
    except (InvalidInput, Unavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    how = "encrypted with the newest key" if settings.keys.encryption else "stored as they are"
    sys.stdout.write(f"{done.count} documents and mails are {how}.\n")
    for table, key in done.unopened:
        sys.stderr.write(f"{table} {key}: none of the keys in keys.encryption opens it\n")
    return 1 if done.unopened else 0


if __name__ == "__main__":
    sys.exit(main())
