"""The readers of strangers' text, each as a function of one text.

Pattern tables, and functions that need nothing but a text, are found in the packages themselves,
so that a new one is measured without being listed. Those that need more are listed here.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from types import FunctionType, ModuleType
from typing import get_type_hints

from mail.inbound import addresses
from mail.inbound.decoding.western_text import looks_western
from mail.inbound.parse_mail import parse_mail
from mail.inbound.quoting import own_messages
from mail.inbound.senders import authentication
from models.document import Finding
from models.errors import InvalidInput
from rules.pattern_table import PatternTable
from rules.replies import dates, passages, retractions
from rules.replies.dates import date_forms
from rules.replies.patterns.verb_patterns import Verb
from text_checks import front_matter, table_rows
from text_checks.blame import mentions
from text_checks.export import MarginNote, render_document
from text_checks.insertion import merge_notes
from text_checks.parsing import parse_document
from text_checks.participants import list_named_people
from text_checks.timeline.entry_times import parse_timeline
from web.hooks import generic, pagerduty
from web.hooks.payload_parsing import parse_leniently
from web.schemas.request_limits import HOOK, KIB
from web.schemas.strict_json import parse_json

TEXT_SIZE = 8_192
TABLE_SIZE = 1_024
"""Characters of the largest input; who searches a text by a table gives it less than 2,000."""

PACKAGES = ("mail", "rules", "text_checks")
"""Packages in which tables are searched for."""

READING_MODULES = (
    *("mail.common", "mail.inbound", "models.email_address", "rules.identifiers", "rules.replies"),
    *("text_checks", "web.hooks.payload_parsing"),
)
"""Packages and modules in which functions of nothing but a text are searched for."""

ASKING_THE_NETWORK = ("fetch_txt_record",)

PEOPLE = {"ada@example.org": "Ada Lovelace", "olga@example.org": "Olga"}
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SERVER = "mx.example.org"
HEADERS = "From: olga@example.org\r\nTo: reply@example.org\r\nSubject: Re: A1\r\n"
NOTES = "10:12 lag\nAction: Cap the lag. Owner: Olga\n\n## Causes\n- no limit\n"
NOTED = f"## Timeline\n- 10:05 alert\n\n## Actions\n| Action | Owner |\n|---|---|\n\n{NOTES}"
HTML_HEADERS = f"{HEADERS}Content-Type: text/html; charset=utf-8\r\n"
MULTIPART_HEADERS = f"{HEADERS}Content-Type: multipart/mixed; boundary=a\r\n"
SMIME_HEADERS = f"{HEADERS}Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
CALENDAR_HEADERS = f"{HEADERS}Content-Type: text/calendar; method=REPLY\r\n"

Read = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class HostileReader:
    """A reader by name, texts that it is known to find, and the most characters to measure."""

    name: str
    read: Read
    examples: tuple[str, ...] = ()
    size: int = TEXT_SIZE


def list_readers() -> list[HostileReader]:
    """List every reader: the tables, the functions of a text, and those listed here."""
    tables = [
        HostileReader(
            name,
            choose_method(name, table),
            tuple(row.example for row in table.rows),
            size=TABLE_SIZE,
        )
        for name, table in list_tables().items()
    ]
    functions = [
        HostileReader(name, _build_reader(function))
        for name, function in list_text_functions().items()
    ]
    return [*tables, *functions, *list_special_readers()]


def list_tables() -> dict[str, PatternTable]:
    """List each pattern table by the module and name it is defined as, and its first example."""
    found: dict[int, tuple[str, PatternTable]] = {}
    for module in iter_modules(PACKAGES):
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if not re.search(rf"^{name}\b.* = ", source, re.MULTILINE):
                continue
            for table in _iter_tables(value):
                title = f"{module.__name__}:{name}: {table.rows[0].example}"
                found.setdefault(id(table), (title, table))
    return dict(found.values())


def choose_method(title: str, table: PatternTable) -> Read:
    """Choose how to read by a table: at the start of a text, if its callers read only there.

    What is only part of other tables is read at the start too; they are measured themselves.
    """
    name = title.split(":")[1]
    sources = read_sources()
    is_matched = re.search(rf"\b{name}\.(?:full)?match\b", sources)
    is_only_part = not re.search(rf"(?<!: )(?<![<\"])\b{name}\b(?!>| = |,)", sources)
    return table.match if is_matched or is_only_part else table.search


@cache
def read_sources() -> str:
    """Read the source of every module in which tables are searched for."""
    return "\n".join(inspect.getsource(module) for module in iter_modules(PACKAGES))


def list_text_functions() -> dict[str, FunctionType]:
    """List the public functions that need nothing but texts, by “module:name”."""
    return {
        f"{module.__name__}:{name}": function
        for module in iter_modules(READING_MODULES)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and name not in ASKING_THE_NETWORK
        and _list_text_types(function)
    }


def iter_modules(names: Iterable[str]) -> Iterator[ModuleType]:
    """Yield these modules and all below them."""
    for name in names:
        module = importlib.import_module(name)
        yield module
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
            yield importlib.import_module(found.name)


def _iter_tables(value: object) -> Iterator[PatternTable]:
    if isinstance(value, PatternTable):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _iter_tables(each)
    elif isinstance(value, dict):
        yield from _iter_tables(tuple(value.values()))
    elif not isinstance(value, type) and isinstance(getattr(value, "table", None), PatternTable):
        yield from _iter_tables(value.table)  # type: ignore[attr-defined]  # looked up above


def _list_text_types(function: FunctionType) -> list[type]:
    """List the types of the required parameters; empty if one is anything but str or bytes."""
    hints = get_type_hints(function)
    types = [
        hints.get(parameter.name, object)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
    ]
    return types if all(each in (str, bytes) for each in types) else []


def _build_reader(function: FunctionType) -> Read:
    """Build a reader that gives a function the text for each parameter."""
    types = _list_text_types(function)

    def read(text: str) -> object:
        with suppress(Exception):  # tests judge what comes back, this only how soon
            result = function(*(text if each is str else text.encode() for each in types))
            return deque(result, maxlen=0) if isinstance(result, Iterator) else result
        return None

    return read


def list_special_readers() -> list[HostileReader]:
    """List the readers of whole mails, documents and webhooks, and of their parts."""
    examples = tuple(form.example for form in date_forms.DATE_FORMS)
    return [
        HostileReader("a date in a reply", lambda text: dates.parse_date(text, TODAY), examples),
        HostileReader(
            "a reply's passages", lambda text: passages.split_passages(text, {"A1": text})
        ),
        HostileReader("a claim taken back", _find_every_retraction),
        HostileReader("quoted lines of ours", _split_off_own_message),
        HostileReader("a mail in plain text", lambda text: _parse_mail(HEADERS, text)),
        HostileReader("a mail in HTML", lambda text: _parse_mail(HTML_HEADERS, text)),
        HostileReader("a mail in parts", lambda text: _parse_mail(MULTIPART_HEADERS, text)),
        HostileReader("a signed mail", lambda text: _parse_mail(SMIME_HEADERS, text)),
        HostileReader("Western text", lambda text: looks_western(text, is_named=False)),
        HostileReader("Western text by name", lambda text: looks_western(text, is_named=True)),
        HostileReader("a calendar's mail", lambda text: _parse_mail(CALENDAR_HEADERS, text)),
        *(_build_header_reader(name) for name in ("From", "To", "Subject", "Date", "References")),
        *(_build_header_reader(name) for name in ("Content-Type", "Auto-Submitted", "Message-ID")),
        HostileReader("addresses", lambda text: addresses.parse_addresses((text,))),
        HostileReader("message ids", lambda text: addresses.parse_message_ids((text,))),
        HostileReader("authentication results", _read_authentication_results),
        HostileReader("people in a text", _check_mentions),
        HostileReader("an entry of a timeline", lambda text: parse_timeline([text], NOW)),
        HostileReader("a timeline", lambda text: parse_timeline(text.split("\n"), NOW)),
        HostileReader("a document with notes", _render_with_notes),
        HostileReader("notes for a document", lambda text: merge_notes.merge_notes(NOTED, text)),
        HostileReader("a document for notes", lambda text: merge_notes.merge_notes(text, NOTES)),
        HostileReader("participants", _list_participants),
        HostileReader("front matter", _read_front_matter),
        HostileReader(
            "rows of several lines", lambda text: table_rows.find_split_rows(text.split("\n"))
        ),
        HostileReader("a table's cells", lambda text: table_rows.split_cells(text, 3)),
        HostileReader("JSON", lambda text: parse_json(text.encode(), HOOK), size=1024 * KIB),
        HostileReader("a webhook of any tool", _parse_hook),
        HostileReader("a PagerDuty webhook", _parse_pagerduty),
    ]


def _parse_mail(headers: str, text: str) -> object:
    return parse_mail(f"{headers}\r\n{text}".encode())


def _build_header_reader(name: str) -> HostileReader:
    return HostileReader(
        f"the header {name}", lambda text: parse_mail(f"{name}: {text}\r\n\r\nA1 done".encode())
    )


def _find_every_retraction(text: str) -> object:
    return [
        retractions.find_retraction(verb, text, is_plain=is_plain)
        for verb in Verb
        for is_plain in (True, False)
    ]


def _split_off_own_message(text: str) -> object:
    return own_messages.split_off_quoted_lines(text, [text])


def _read_authentication_results(text: str) -> bool:
    value = f"{SERVER}; dkim=pass {text}"
    return authentication.is_authentic("olga@example.org", b"", (value,), SERVER)


def _check_mentions(text: str) -> Finding | None:
    return mentions.check_mentions(text, PEOPLE)


def _render_with_notes(text: str) -> str:
    lines = range(1, 50)
    notes = [MarginNote(line=line, name="W1", problem=text[:100]) for line in lines]
    return render_document(text, notes, "T")


def _list_participants(text: str) -> object:
    return list_named_people(parse_document(f"## Participants\n\n{text}"))


def _read_front_matter(text: str) -> object:
    lines = ["---", *text.split("\n"), "---"]
    return front_matter.find_closing_line(lines), front_matter.parse_front_matter(lines)


def _parse_hook(text: str) -> object:
    incident = generic.EXAMPLE | {"title": text, "severity": text, "services": text.split("\n")}
    with suppress(InvalidInput):
        return parse_leniently(
            generic.GenericIncident, parse_json(json.dumps(incident).encode(), HOOK)
        )
    return None


def _parse_pagerduty(text: str) -> object:
    event = {"event": {"id": "1", "event_type": text, "occurred_at": text, "data": {"title": text}}}
    with suppress(InvalidInput):
        return parse_leniently(
            pagerduty.PagerDutyWebhook, parse_json(json.dumps(event).encode(), HOOK)
        )
    return None
