"""A view as an Atom feed (RFC 4287), one page of it, with links to its neighbours (RFC 5005)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"
UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomEntry:
    """One thing in a feed; `link` is its address, and its id."""

    link: str
    title: str
    updated: datetime
    author: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomFeed:
    """A feed: `link` is its own address, `page` that of the same view for people.

    `updated` holds where it has no entries.
    """

    title: str
    link: str
    page: str
    updated: datetime
    next_link: str
    entries: tuple[AtomEntry, ...]


def render_atom(feed: AtomFeed) -> str:
    """Render a feed as XML."""
    updated = max((each.updated for each in feed.entries), default=feed.updated)
    links = [
        f'<link rel="self" type="application/atom+xml" href="{_escape(feed.link)}"/>',
        f'<link rel="alternate" type="text/html" href="{_escape(feed.page)}"/>',
    ]
    if feed.next_link:
        links.append(f'<link rel="next" href="{_escape(feed.next_link)}"/>')
    return _join(
        (
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="{NAMESPACE}">',
            f"<id>{_escape(feed.link)}</id>",
            f"<title>{_escape(feed.title)}</title>",
            f"<updated>{updated.isoformat()}</updated>",
            "<author><name>Afterword</name></author>",
            *links,
            *(_render_entry(each) for each in feed.entries),
            "</feed>",
        )
    )


def _render_entry(entry: AtomEntry) -> str:
    return _join(
        (
            "<entry>",
            f"<id>{_escape(entry.link)}</id>",
            f"<title>{_escape(entry.title)}</title>",
            f"<updated>{entry.updated.isoformat()}</updated>",
            f"<author><name>{_escape(entry.author or 'Afterword')}</name></author>",
            f'<link rel="alternate" type="text/html" href="{_escape(entry.link)}"/>',
            f"<summary>{_escape(entry.summary)}</summary>",
            "</entry>",
        )
    )


def _escape(text: str) -> str:
    return escape(UNPRINTABLE.sub("\ufffd", text))


def _join(parts: Iterable[str]) -> str:
    return "\n".join(parts)
