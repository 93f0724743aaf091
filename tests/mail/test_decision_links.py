"""Decision links: who may give which command about what, told by a signed address."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.common.mail_settings import is_loopback_url
from mail.common.reply_token import redact_tokens, sign, sign_token
from mail.decision_links import (
    DECISION_PATH,
    LINK_LIFETIME,
    LINKED_COMMANDS,
    DecisionLink,
    build_decision_link,
    is_genuine_link,
    parse_decision_token,
    sign_decision_token,
)
from models import commands
from models.review import Stage
from tests.mail.notification_samples import LINKS_ON, NOW, SITE
from tests.sample_people import PEOPLE, VERA, new_review

LINK = DecisionLink(
    review="review-pagerduty-Q1ABC", person=VERA, kind="verify", target="A1", expires_at=NOW
)


def build_token(command_type: type[commands.Command], item: str = "") -> str:
    url = build_decision_link(
        LINKS_ON, new_review(), PEOPLE[VERA], command_type, now=NOW, item=item
    )
    return url.removeprefix(f"{SITE.url}{DECISION_PATH}")


def test_a_link_says_who_may_give_which_command_about_what_and_until_when() -> None:
    link = parse_decision_token(build_token(commands.Verify, "A1"))

    assert link is not None
    assert replace(link, round_id="") == replace(LINK, expires_at=NOW + LINK_LIFETIME)


def test_a_link_about_no_action_holds_for_the_stage_of_the_review() -> None:
    link = parse_decision_token(build_token(commands.Approve))

    assert link is not None
    assert link.target == Stage.DRAFT


def test_what_is_about_one_action_or_stage_can_be_decided_by_link_and_nothing_else_can() -> None:
    decided = {"verify", "reject", "accept", "decline", "grant", "refuse", "drop", "reassign"}
    decided |= {"approve", "send-back", "reject-give-up", "postpone", "claim", "overturn"}

    assert decided <= set(LINKED_COMMANDS)
    assert not {"cancel", "reopen", "note", "appoint", "restrict", "write", "ask-back"} & set(
        LINKED_COMMANDS
    )
    assert build_token(commands.Cancel) == ""


def test_emails_without_decision_links_have_none() -> None:
    link = build_decision_link(
        SITE, new_review(), PEOPLE[VERA], commands.Verify, now=NOW, item="A1"
    )

    assert link == ""


def test_a_token_is_genuine_for_what_was_signed_alone() -> None:
    token = sign_decision_token(SITE.secret, LINK)
    others = (
        replace(LINK, person="omar@example.org"),
        replace(LINK, review="review-pagerduty-Q2"),
        replace(LINK, target="A2"),
        replace(LINK, kind="reject"),
        replace(LINK, round_id="1"),
        replace(LINK, expires_at=NOW + timedelta(seconds=1)),
    )

    assert is_genuine_link(SITE.secret, token, LINK)
    assert not is_genuine_link(b"another secret", token, LINK)
    assert not is_genuine_link(SITE.secret, token, LINK, renewed=1)
    assert not any(is_genuine_link(SITE.secret, token, other) for other in others)
    assert len({link.command_id for link in (LINK, *others)}) == len(others) + 1


def test_the_signature_of_a_reply_address_signs_no_decision() -> None:
    payload = sign_decision_token(SITE.secret, LINK).partition(".")[0]
    reply_token = sign_token(SITE.secret, LINK.review, LINK.person, "A1")

    assert not is_genuine_link(SITE.secret, f"{payload}.{reply_token}", LINK)


def test_a_link_that_is_quoted_is_useless_once_tokens_are_left_out() -> None:
    token = build_token(commands.Verify, "A1")
    url = f"{SITE.url}{DECISION_PATH}{token}"

    redacted = redact_tokens(f"> Verify it: {url}\n> or reply")

    assert redacted == f"> Verify it: {SITE.url}{DECISION_PATH}…\n> or reply"


@given(st.text())
def test_a_token_that_is_none_of_ours_is_read_as_none(token: str) -> None:
    link = parse_decision_token(token)

    assert link is None or not is_genuine_link(SITE.secret, token, link)


@pytest.mark.parametrize("seconds", ["", "²", "9" * 400, "-1", "1.5", "soon"])
def test_an_impossible_time_is_no_outage(seconds: str) -> None:
    parts = (LINK.review, LINK.person, LINK.kind, LINK.target, seconds, "")
    signature = sign(SITE.secret, "decide", *parts, "0")
    token = f"{urlsafe_b64encode(chr(0).join(parts).encode()).decode()}.{signature}"

    link = parse_decision_token(token)

    assert link is None or not is_genuine_link(SITE.secret, token, link)


@pytest.mark.parametrize(
    ("url", "leads_here"),
    [
        ("http://127.0.0.1:8600", True),
        ("http://127.8.0.1", True),
        ("http://localhost:8600", True),
        ("http://afterword.localhost/", True),
        ("http://[::1]:8600", True),
        ("http://0.0.0.0:8600", True),
        ("https://afterword.example.org", False),
        ("https://localhost.example.org", False),
        ("http://192.168.1.20:8600", False),
    ],
)
def test_an_address_that_only_this_machine_can_open_is_known(url: str, leads_here: bool) -> None:
    assert is_loopback_url(url) is leads_here
