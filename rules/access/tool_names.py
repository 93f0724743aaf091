"""What the token of a tool must not be called: what it does is shown, and counted, by that name."""

from __future__ import annotations

from collections.abc import Collection

from models.incident import RESERVED_SOURCES

OWN_NAMES = frozenset({*RESERVED_SOURCES, "generic", "mail", "clock", "anonymous", "afterword"})
"""Names by which webhooks and Afterword itself act, in lower case."""


def find_name_problem(name: str, sources: Collection[str]) -> str:
    """Return why a tool cannot have this name; empty where it can.

    `sources` are those with a webhook secret of their own.
    """
    plain = name.casefold()
    if "@" in name:
        return "looks like a person's address; a tool has a name without “@”"
    if plain in OWN_NAMES or plain in sources:
        return (
            f"is the name by which {_describe_owner(plain)} reports, so nobody could tell the two "
            f"apart; choose another name, such as “{plain}-cli”"
        )
    return ""


def _describe_owner(plain: str) -> str:
    is_ours = plain in ("clock", "anonymous", "afterword", "mail")
    return "Afterword itself" if is_ours else f"the webhook of “{plain}”"
