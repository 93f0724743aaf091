"""No email says a thing twice or ends a sentence twice, whatever people write into it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mail.common.email_text import extract_text
from mail.common.reply_marker import REPLY_MARKER
from mail.outbound.compose import compose
from models import commands as o
from models.errors import NotFound, Refusal
from models.people import Channel, Role
from rules.delivery.outbox import trim_for_notifications
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import build_assigned, build_closed, build_drafted, build_rich
from tests.workflows.workflow_stack import SITE

ENDINGS = ("", ".", "?", "!", "…", "...")
DOUBLE_END = re.compile(r"(?<!\.)\.\.(?!\.)|\.{4,}|\.”\.|[?!…]\.|[?!]”\.|\.[,;:]|\. \.")
SENTENCE_BREAK = re.compile(r"(?<=[.?!:])\s+|\n\n|\n(?=    [A-Z][a-z ]+:)|[“”]")
ENTRY_START = re.compile(r"^(?=(?:[A-Z]\d+|–)  )", re.MULTILINE)
MIN_WORDS = 4
DAY = timedelta(days=1)

Step = tuple[type[o.Command], str, dict[str, Any]]


def list_steps(ending: str, simulation: NotificationSimulation) -> Iterator[Step]:
    """Yield what people do in a review that has something of everything; each text ends so."""
    later = (simulation.builder.now + 60 * DAY).date()
    again = replace(simulation.builder.review.incident, key="X", title=f"It broke again{ending}")
    yield o.Decline, OLGA, {"action": "A1", "reason": f"I am on leave{ending}"}
    yield o.Reassign, ADA, {"action": "A1", "owner": ODILE, "reason": f"Olga is away{ending}"}
    yield o.Accept, ODILE, {"action": "A1"}
    yield o.Accept, OMAR, {"action": "A2"}
    yield o.Block, OMAR, {"action": "A2", "reason": f"No licence{ending}"}
    yield o.Ask, SAM, {"action": "A2", "question": f"How far is it{ending}"}
    yield o.Postpone, OMAR, {"action": "A2", "until": later, "reason": f"A slow vendor{ending}"}
    yield o.Refuse, ADA, {"action": "A2", "reason": f"It cannot wait{ending}"}
    yield o.GiveUp, OMAR, {"action": "A2", "reason": f"The vendor ends it{ending}"}
    yield o.RejectGiveUp, ADA, {"action": "A2", "reason": f"They do not{ending}"}
    yield o.Claim, ODILE, {"action": "A1", "evidence": f"The change is live{ending}"}
    yield o.Reject, VERA, {"action": "A1", "reason": f"The limit is 200{ending}"}
    yield o.Recur, "tool:pagerduty", {"incident": again}
    yield o.Claim, ODILE, {"action": "A1", "evidence": f"build 17 is out{ending}"}
    yield o.Verify, VERA, {"action": "A1", "finding": f"I ran it twice and it holds{ending}"}
    yield o.Drop, ADA, {"action": "A2", "reason": f"No use{ending}", "risk": f"It is slow{ending}"}
    yield o.Restrict, FAY, {"people": (COORDINATOR,), "reason": f"A name is in it{ending}"}
    yield o.Appoint, SAM, {"role": Role.LEAD, "person": PIA}
    yield o.ReportBounce, "tool:mail", {"person": OMAR, "reason": f"no such user{ending}"}
    yield o.Cancel, PIA, {"reason": f"It was a drill{ending}"}


def list_emails(ending: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of every email of whole reviews in which texts end so."""
    for build in (build_drafted, build_assigned, build_rich, build_closed):
        simulation = NotificationSimulation(build())
        for command_type, by, fields in list_steps(ending, simulation):
            simulation.run_until(simulation.builder.now + 5 * DAY)
            with suppress(Refusal, NotFound):
                simulation.builder.ask(command_type, by, channel=Channel.LINK, **fields)
        simulation.run_until(simulation.builder.now + 20 * DAY)
        for at, notification in simulation.sent:
            review = trim_for_notifications(simulation.builder.review, (notification,))
            text = extract_text(compose(notification, review, PEOPLE, SITE, at))
            yield notification.kind, text.partition(REPLY_MARKER)[0]


def list_repeated_sentences(text: str) -> list[str]:
    """List the sentences that an email says more than once: of one action, or at all of none."""
    head, *entries = ENTRY_START.split(text)
    blocks: dict[str, str] = {}
    for entry in entries:
        name = entry.partition("  ")[0]
        blocks[name] = f"{blocks.get(name, '')}\n\n{entry.partition('  ')[2]}"
    return [each for block in blocks.values() or [""] for each in _list_repeated(head + block)]


def _list_repeated(text: str) -> list[str]:
    parts = SENTENCE_BREAK.split(re.sub(r"\n +(?=\S)(?! *[A-Z][a-z ]+:)", " ", text))
    plain = (re.sub(r"\W+", " ", part).strip().lower() for part in parts)
    counts = Counter(part for part in plain if len(part.split()) >= MIN_WORDS)
    return [sentence for sentence, count in counts.items() if count > 1]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_email_repeats_itself_or_ends_a_sentence_twice(ending: str) -> None:
    emails = list(list_emails(ending))

    ends = {
        (kind, end) for kind, text in emails for end in DOUBLE_END.findall(" ".join(text.split()))
    }
    repeated = {(kind, each) for kind, text in emails for each in list_repeated_sentences(text)}
    assert len({kind for kind, _ in emails}) >= 15
    assert ends == set()
    assert repeated == set()
