"""The parsers that are fuzzed: each with good inputs to begin with, and how it may refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from mail.inbound.attachments import read_attachment
from mail.inbound.calendars.itip import parse_calendar_reply
from mail.inbound.parse_mail import list_reply_tokens, parse_head, parse_mail
from models.errors import InvalidInput
from rules.replies.interpret import interpret_reply
from tests.sample_people import OLGA
from tests.sample_reviews import build_assigned
from text_checks.check_document import check_document
from text_checks.document_template import build_document_template
from text_checks.export import MarginNote, render_document
from text_checks.finished import read_finished_document
from text_checks.insertion import merge_notes
from text_checks.parsing import decode_document
from web.hooks import generic, pagerduty
from web.hooks.payload_parsing import parse_leniently
from web.schemas.request_limits import HOOK
from web.schemas.strict_json import parse_json

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOTES = "10:12 lag\nAction: Cap the lag. Owner: Olga\n\n## Causes\n- no limit\n"
HEAD = "From: Olga <olga@example.org>\nTo: reply@example.org\nSubject: Re: A1\n"
HTML = '<p>A1 done<br>see <a href="https://x.org/1">here</a></p><blockquote type="cite">On 9 Mar'
CALENDAR = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:meeting-review-x@example.org
DTSTART;TZID=Europe/Berlin:20260310T100000
RRULE:FREQ=DAILY;COUNT=2
ATTENDEE;PARTSTAT=ACCEPTED;CN="Olga":mailto:olga@example.org
COMMENT:later\\, please
END:VEVENT
END:VCALENDAR
"""
MAILS = (
    f"""{HEAD}
A1 done https://git.example.org/1

On Mon, 9 Mar 2026, A <a@b.c> wrote:
> x
""",
    f"""{HEAD}Content-Type: text/html; charset=utf-8

{HTML} wrote:</blockquote>""",
    f"""{HEAD}Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-2022-jp

A1 accept
--b
Content-Type: application/pdf; name=a.pdf
Content-Transfer-Encoding: base64

QUJD
--b--
""",
    f"""{HEAD}Content-Type: text/calendar; method=REPLY

{CALENDAR}""",
    f"""{HEAD}Auto-Submitted: auto-replied
Content-Type: text/plain; format=flowed; delsp=yes
Content-Transfer-Encoding: quoted-printable

I am away until=20
10 March.
--=20
O""",
    f"""{HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

failed
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; a@b.c
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

To: a@b.c
""",
    f"""{HEAD}Authentication-Results: mx.example.org; dmarc=pass (p=none) header.from=example.org
References: <1@example.org> <2@example.org>
Date: Mon, 9 Mar 2026 10:00:00 +0100

yes
""",
)
PAGERDUTY = pagerduty.REQUEST_BODY["requestBody"]["content"]["application/json"]["examples"]  # type: ignore[index]  # a dict of dicts
HOOKS = (
    json.dumps(generic.EXAMPLE),
    json.dumps(generic.CLOUD_EXAMPLE),
    json.dumps(PAGERDUTY["resolved"]["value"]),
    '{"key": "INC-1", "severity": "SEV-2", "services": ["a", "b"], "started_at": "2026-03-02"}',
)
DOCUMENTS = (
    build_document_template(),
    """# Checkout

Date: 2026-03-02

## Timeline (CET)

- 08:15 the import began
| 10:00 | a |

## Causes

- It broke
  - Why? It was full

## Actions

| Action | Owner | Due |
|---|---|---|
| Cap the pool | @olga | 2026-04-01 |
- [ ] A2: alert Omar, due 3 May
""",
    """---
title: Checkout
authors: [Ada, Olga]
---

## Participants

Ada (lead), Olga

```
log
```

> quoted **bold** [link](https://x.org) <b>html</b> &amp; ~~struck~~ `code`
""",
)
REPLIES = (
    "A1 done https://git.example.org/1\nA2: accept, but need until 20 January\n\n> quoted\nThanks",
    "I'll take A1, not mine is A3 (this belongs to Omar). Two more weeks because of the vendor.",
    "verify A1: I ran the drill on Friday; reject A2, it isn't deployed. A3 blocked by A2",
    "decline\n- A1 progress half way\n- A2 give up, replaced by A3\nIf Omar helps, yes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FuzzedParser:
    """A parser: good inputs, how it reads one, and the errors by which it refuses one."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()


def _read_mail(content: bytes) -> None:
    mail = parse_mail(content)
    parse_head(content)
    list_reply_tokens(mail, "example.org")
    for number in range(len(mail.attachments)):
        read_attachment(content, number)


def _read_hook(content: bytes) -> None:
    value = parse_json(content, HOOK)
    if isinstance(value, dict) and "event" in value:
        webhook, _ = parse_leniently(pagerduty.PagerDutyWebhook, value)
        parse_leniently(pagerduty.PagerDutyIncident, webhook.event.data)
        return
    if isinstance(value, dict) and "specversion" in value:
        parse_leniently(generic.CloudEvent, value)
        value = value.get("data")
    parse_leniently(generic.GenericIncident, value, required=("source",))


def _read_document(content: bytes) -> None:
    text = decode_document(content)
    notes = [MarginNote(line=line, name="W1", problem="x") for line in range(1, 5)]
    check_document(text)
    render_document(text, notes, "T")
    merge_notes.merge_notes(text, NOTES)
    merge_notes.merge_notes(DOCUMENTS[1], text)
    with suppress(InvalidInput):
        read_finished_document(text, "2026-03-02-checkout.md", NOW)


def _read_reply(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    for may_decide in (True, False):
        interpret_reply(
            text,
            reply_id="r1",
            by=OLGA,
            review=ASSIGNED,
            item="A1",
            date=NOW,
            zone="Europe/Berlin",
            may_decide=may_decide,
        )


def _read_calendar(content: bytes) -> None:
    parse_calendar_reply(content.decode("utf-8", "replace"), "REPLY")
    parse_mail(f"{HEAD}Content-Type: text/calendar; method=REPLY\n\n".encode() + content)


ASSIGNED = build_assigned().review
PARSERS = {
    "mail": FuzzedParser(seeds=tuple(each.encode() for each in MAILS), read=_read_mail),
    "hook": FuzzedParser(
        seeds=tuple(each.encode() for each in HOOKS), read=_read_hook, refusals=(InvalidInput,)
    ),
    "document": FuzzedParser(
        seeds=tuple(each.encode() for each in DOCUMENTS),
        read=_read_document,
        refusals=(InvalidInput,),
    ),
    "reply": FuzzedParser(seeds=tuple(each.encode() for each in REPLIES), read=_read_reply),
    "calendar": FuzzedParser(seeds=(CALENDAR.encode(),), read=_read_calendar),
}
