"""A pseudonym takes a person's place everywhere in a review, and its chain stays whole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import commands
from models.notifications import Notification, NotificationKind
from models.review import Event, Review
from rules.audit.erasure import build_converter, build_pseudonym, erase_from_review, mentions
from rules.audit.log_chain import read_log
from rules.audit.verify_log import BreakKind, verify_chain
from tests.sample_people import ADA, COORDINATOR, FAY, OMAR
from tests.sample_reviews import ReviewBuilder, build_closed, build_rich

SECRET = b"a secret of sixteen octets"
PSEUDONYM = build_pseudonym(OMAR, SECRET)
ALIAS = "o.haddad@example.com"
CONVERT = build_converter((OMAR, ALIAS), "Omar Haddad", PSEUDONYM, {})


def list_breaks(log: tuple[Event, ...]) -> list[BreakKind]:
    lines = read_log(log)
    return [each.kind for each in verify_chain("review-pagerduty-Q1ABC", lines, "the register")]


def erase(builder: ReviewBuilder) -> Review:
    builder.ask(
        commands.Erase,
        COORDINATOR,
        pseudonym=PSEUDONYM,
        addresses=(OMAR, ALIAS),
        name="Omar Haddad",
    )
    return builder.review


@pytest.mark.parametrize("build", [build_rich, build_closed])
def test_nothing_of_somebody_is_left_and_the_chain_is_whole(build: object) -> None:
    builder: ReviewBuilder = build()  # type: ignore[operator]  # one of the two above
    assert OMAR in repr(builder.review)

    review = erase(builder)

    assert OMAR not in repr(review)
    assert "Omar" not in repr(review).replace("Omar is moving", "")
    assert PSEUDONYM in repr(review)
    assert list_breaks(review.log) == []
    assert review.log[-1].text == f"replaced somebody's name and addresses by {PSEUDONYM}"


def test_everybody_else_stays_as_they_are() -> None:
    builder = build_rich()
    before = builder.review

    review = erase(builder)

    assert review.roles == before.roles
    assert [a.owner for a in review.actions] == [a.owner for a in before.actions]
    assert review.stage == before.stage


@pytest.mark.parametrize(
    ("text", "converted"),
    [
        (f"ask {OMAR.upper()}, please", f"ask {PSEUDONYM}, please"),
        (f"<{ALIAS}>", f"<{PSEUDONYM}>"),
        ("omar  haddad's desk", f"{PSEUDONYM.partition('@')[0]}'s desk"),
        ("Omar\nHaddad", PSEUDONYM.partition("@")[0]),
        ("Omar Haddadi and Momar Haddad", "Omar Haddadi and Momar Haddad"),
        (f"x{OMAR}", f"x{OMAR}"),
        ("Omar alone", "Omar alone"),
        ("", ""),
    ],
)
def test_whole_names_and_addresses_are_replaced_and_nothing_else(text: str, converted: str) -> None:
    assert CONVERT(text) == converted


def test_who_has_no_name_in_the_directory_is_replaced_by_address_only() -> None:
    convert = build_converter((OMAR,), "", PSEUDONYM, {})

    assert convert(f"Omar Haddad <{OMAR}>") == f"Omar Haddad <{PSEUDONYM}>"


def test_a_document_without_them_takes_the_place_of_the_one_before() -> None:
    convert = build_converter((OMAR,), "", PSEUDONYM, {"d" * 64: "e" * 64})

    review = erase_from_review(build_rich().review, convert)

    assert review.document is not None
    assert review.document.digest == "e" * 64


def test_an_email_to_them_that_was_not_sent_yet_is_not_sent() -> None:
    review = build_rich().review
    notices = tuple(Notification(kind=NotificationKind.NOTICE, to=to) for to in (OMAR, ADA))

    erased = erase_from_review(replace(review, held=notices, in_flight=notices), CONVERT)

    assert [each.to for each in (*erased.held, *erased.in_flight)] == [ADA, ADA]


def test_what_is_left_of_a_line_cannot_be_changed_afterwards() -> None:
    review = erase(build_rich())
    first = next(event for event in review.log if PSEUDONYM in (event.by, event.item))

    forged = tuple(replace(e, by=FAY) if e is first else e for e in review.log)

    assert list_breaks(forged) == [BreakKind.UNCOVERED]


def test_a_second_person_is_erased_over_the_first() -> None:
    builder = build_rich()
    erase(builder)

    builder.ask(commands.Erase, COORDINATOR, pseudonym="erased-2@erased.invalid", addresses=(FAY,))

    assert FAY not in repr(builder.review)
    assert list_breaks(builder.review.log) == []


def test_a_review_that_holds_nothing_of_them_is_left_alone() -> None:
    review = erase(build_rich())

    assert not mentions(review, CONVERT)
    assert erase_from_review(review, CONVERT) == review


def test_a_pseudonym_is_stable_and_depends_on_the_secret() -> None:
    assert build_pseudonym(OMAR, SECRET) == PSEUDONYM
    assert build_pseudonym(OMAR, b"another secret of ours") != PSEUDONYM
    assert OMAR.partition("@")[0] not in PSEUDONYM
