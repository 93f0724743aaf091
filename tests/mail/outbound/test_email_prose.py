"""What holds of the prose of every email, whatever happens in a review and to its people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from lxml.html import HtmlElement

from mail.common.reply_marker import REPLY_MARKER
from mail.outbound.compose import compose
from models.notifications import Notification, NotificationItem, NotificationKind
from tests.mail.message_parts import get_text, parse_html
from tests.mail.notification_samples import (
    LINKS_ON,
    build_review,
    compose_for_person,
    compose_samples,
)
from tests.rules.notifications.random_reviews import draw_simulations
from tests.rules.notifications.simulation import NotificationSimulation, apply_plan
from tests.sample_people import OLGA

MAX_ROUNDS = 6
MIN_CLAUSE_WORDS = 3
STUMBLES = re.compile(r"\.\.|\. \.|,,|, ,|::|\.:|\.,|\( *\)|“ *”|\bno (?:verified|dropped)\b")
UNFINISHED = re.compile(r"^[–\W]*$|:$|\b(?:and|or|is|are|about|Please)\.?$")


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
        ("One verified, no dropped.", "no dropped"),
        ("These are open:", "These are open:"),
        ("–", "–"),
    ],
)
def test_the_faults_of_an_email_are_found(sentence: str, fault: str) -> None:
    item = NotificationItem(code="x", sentence=sentence, request="see: A1 is verified by you")
    notification = Notification(kind=NotificationKind.REMINDER, to=OLGA, items=(item,))

    assert fault in find_faults(compose_for_person(notification, build_review()))
