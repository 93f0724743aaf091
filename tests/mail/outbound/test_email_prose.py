"""What holds of the prose of every email, whatever happens in a review and to its people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from lxml.html import HtmlElement

from mail.common.reply_marker import REPLY_MARKER
from mail.outbound.compose import compose
from models import commands as o
from models.errors import NotFound, Refusal
from models.notifications import Notification, NotificationItem, NotificationKind
from models.people import Channel, Role
from rules.delivery.outbox import trim_for_notifications
from tests.mail.message_parts import get_text, parse_html
from tests.mail.notification_samples import (
    LINKS_ON,
    build_review,
    compose_for_person,
    compose_samples,
)
from tests.rules.notifications.random_reviews import draw_simulations
from tests.rules.notifications.simulation import NotificationSimulation, apply_plan
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import build_assigned, build_closed, build_drafted, build_rich
from tests.workflows.workflow_stack import SITE

MAX_ROUNDS = 6
MIN_CLAUSE_WORDS = 3
STUMBLES = re.compile(
    r"(?<!\.)\.\.(?!\.)|\.{4,}|\. \.|\.”\.|[?!…]\.|[?!]”\.|\.[,;:]|,,|, ,|::|\( *\)|“ *”"
    r"|\bno (?:verified|dropped)\b"
)
UNFINISHED = re.compile(r"^[–\W]*$|:$|\b(?:and|or|is|are|about|Please)\.?$")


ENDINGS = ("", ".", "?", "!", "…", "...")
"""How people end what they write."""

DAY = timedelta(days=1)

Step = tuple[type[o.Command], str, dict[str, Any]]


def find_faults(message: EmailMessage) -> list[str]:
    """Return what is said twice in an email, its doubled stops and its empty lists."""
    html = parse_html(message)
    head = list_texts(html, "ask", "words")
    entries = [list_texts(card, "heading", "plain", "sentence") for card in html.find_class("card")]
    above = get_text(message).split(f"\n{REPLY_MARKER}\n")[0]
    asked = list_texts(html, "ask")
    texts = [str(message["Subject"]), *asked, *(text for entry in entries for text in entry)]
    return [
        *(clause for entry in entries or [[]] for clause in list_repeated([*head, *entry])),
        *(found.group() for found in STUMBLES.finditer(" ".join(above.split()))),
        *(text or "an empty entry" for text in texts if UNFINISHED.search(text)),
    ]


def list_texts(element: HtmlElement, *classes: str) -> list[str]:
    """Return the texts of the elements with these classes."""
    found = (each for name in classes for each in element.find_class(name))
    return [" ".join(each.text_content().split()) for each in found]


def list_repeated(texts: list[str]) -> list[str]:
    """Return the clauses that some texts have more than once, in lower case."""
    clauses = Counter(
        clause.strip(" ,–").lower()
        for text in texts
        for clause in re.split(r"[.:;?!](?:\s|$)|“|”", text)
        if len(clause.split()) >= MIN_CLAUSE_WORDS
    )
    return [clause for clause, count in clauses.items() if count > 1]


def iter_emails(rounds: NotificationSimulation) -> Iterator[EmailMessage]:
    """Yield the emails of the next rounds of a simulation, as they are when they are sent."""
    for _ in range(MAX_ROUNDS):
        plan, builder = rounds.plan(), rounds.builder
        for notification in plan.notifications:
            yield compose(notification, builder.review, rounds.people, LINKS_ON, builder.now)
        builder.review = apply_plan(builder.review, plan, builder.now)
        if plan.next_moment is None:
            return
        if not plan.notifications and not plan.commands:
            builder.set_time(plan.next_moment)


@pytest.mark.slow
@given(rounds=draw_simulations())
@settings(max_examples=60, deadline=None)
def test_no_email_says_a_clause_twice_or_has_doubled_stops_or_an_empty_list(
    rounds: NotificationSimulation,
) -> None:
    for message in iter_emails(rounds):
        assert find_faults(message) == [], f"{message['Subject']}\n{get_text(message)}"


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


def iter_emails_of_whole_lives(ending: str) -> Iterator[tuple[NotificationKind, EmailMessage]]:
    """Yield every email of whole reviews in which texts end so, with its kind."""
    for build in (build_drafted, build_assigned, build_rich, build_closed):
        simulation = NotificationSimulation(build())
        for command_type, by, fields in list_steps(ending, simulation):
            simulation.run_until(simulation.builder.now + 5 * DAY)
            with suppress(Refusal, NotFound):
                simulation.builder.ask(command_type, by, channel=Channel.LINK, **fields)
        simulation.run_until(simulation.builder.now + 20 * DAY)
        for at, notification in simulation.sent:
            review = trim_for_notifications(simulation.builder.review, (notification,))
            yield notification.kind, compose(notification, review, PEOPLE, SITE, at)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_no_email_of_a_whole_life_repeats_itself_or_ends_a_sentence_twice(ending: str) -> None:
    kinds = set()
    faults = set()
    for kind, message in iter_emails_of_whole_lives(ending):
        kinds.add(kind)
        faults |= {(kind, fault) for fault in find_faults(message)}

    assert len(kinds) >= 15
    assert faults == set()


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_a_typical_email_of_each_kind_says_nothing_twice(kind: NotificationKind) -> None:
    message = compose_samples()[kind]

    assert find_faults(message) == [], get_text(message)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Vera has looked at it. Then: Vera has looked at it.", "vera has looked at it"),
        ("A1 is verified by you.", "a1 is verified by you"),
        ("Ada dropped A1: no use..", ".."),
        ("Ada asked: is it done?.", "?."),
        ("Ada says “it is done.”.", ".”."),
        ("Ada waits....", "...."),
        ("One verified, no dropped.", "no dropped"),
        ("These are open:", "These are open:"),
        ("–", "–"),
    ],
)
def test_the_faults_of_an_email_are_found(sentence: str, fault: str) -> None:
    item = NotificationItem(code="x", sentence=sentence, request="see: A1 is verified by you")
    notification = Notification(kind=NotificationKind.REMINDER, to=OLGA, items=(item,))

    assert fault in find_faults(compose_for_person(notification, build_review()))
