"""The ways that an email offers: links, replies and command lines, and none that is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest

from mail.common.mail_settings import MailSettings
from mail.common.reply_token import redact_tokens
from mail.decision_links import (
    DECISION_PATH,
    LEAVE_OUT_QUERY,
    DecisionLink,
    parse_decision_token,
)
from mail.inbound.quoting.own_messages import extract_quotable_text, split_off_quoted_lines
from mail.outbound.email_entries import find_only_item
from models import commands
from models.action import Action, ActionStatus
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review, Stage
from rules.permissions import ANONYMOUS
from rules.replies.interpret import interpret_reply, validate_lines
from tests.mail.message_parts import (
    build_item,
    build_reminder,
    get_html,
    get_html_text,
    get_text,
    parse_html,
)
from tests.mail.notification_samples import (
    LINKS_ON,
    LOAD_TEST,
    NOW,
    POOL_ALERT,
    ROLL_BACK,
    SITE,
    compose_for_person,
    list_notifications,
    select_actions,
)
from tests.rules.notifications.simulation import list_event_notifications
from tests.sample_people import ADA, FAY, ODILE, OLGA, OMAR, VERA
from tests.sample_reviews import ReviewBuilder

BY_MAIL = replace(SITE, decisions_by_mail=True)
EITHER_WAY = replace(LINKS_ON, decisions_by_mail=True)
KIND = NotificationKind
KINDS_THAT_ASK = {
    *(KIND.REMINDER, KIND.OVERDUE, KIND.ASSIGNED, KIND.ESCALATION, KIND.TO_VERIFY, KIND.QUESTION),
    *(KIND.POSTPONEMENT_ASKED, KIND.POSTPONEMENT_ANSWERED, KIND.GIVEN_UP_ASKED),
}
CANNOT_DECIDE = "because a sender’s address is easily forged"


def list_buttons(message: EmailMessage) -> dict[str, str]:
    """List where the buttons of an email lead, by what they say."""
    found = parse_html(message).xpath("//a[contains(@class, 'button')]")
    return {button.text: button.get("href") for button in found}


def find_link(address: str) -> DecisionLink:
    link = parse_decision_token(address.removeprefix(f"{SITE.url}{DECISION_PATH}"))
    assert link is not None
    return link


def compose_about(
    action: Action,
    to: str,
    code: str,
    site: MailSettings = LINKS_ON,
    *,
    kind: NotificationKind = KIND.REMINDER,
    count: int = 1,
) -> EmailMessage:
    item = NotificationItem(code=code, item=action.id, sentence="It waits.")
    notification = Notification(kind=kind, to=to, items=(item,), count=count)
    return compose_for_person(notification, select_actions(action), site)


def test_each_button_opens_the_page_of_its_decision() -> None:
    message = compose_about(LOAD_TEST, ODILE, "not-verified", kind=KIND.TO_VERIFY)

    buttons = list_buttons(message)

    assert list(buttons) == ["Verify", "Reject"]
    links = [find_link(address) for address in buttons.values()]
    assert [(link.kind, link.person, link.target) for link in links] == [
        ("verify", ODILE, "A3"),
        ("reject", ODILE, "A3"),
    ]
    assert all(link.expires_at == NOW + timedelta(days=14) for link in links)
    for address in buttons.values():
        assert f":\n{address}\n" in get_text(message)
    assert "Link to verify:" in get_text(message)


@pytest.mark.parametrize("site", [LINKS_ON, SITE])
def test_a_verifier_whose_reply_would_be_refused_is_not_invited_to_reply(
    site: MailSettings,
) -> None:
    message = compose_about(LOAD_TEST, ODILE, "not-verified", site, kind=KIND.TO_VERIFY)

    for text in (get_text(message), get_html_text(message)):
        assert "reject because" not in text
        assert "verify:" not in text.replace("Link to verify:", "")
        assert CANNOT_DECIDE in " ".join(text.split())
    assert "mailto:" not in "".join(list_buttons(message).values())


def test_where_there_is_neither_link_nor_reply_the_command_line_is_named() -> None:
    message = compose_about(LOAD_TEST, ODILE, "not-verified", SITE, kind=KIND.TO_VERIFY)

    assert list_buttons(message) == {}
    for text in (get_text(message), get_html_text(message)):
        assert "afterword verify pagerduty-Q1ABC A3 --finding …" in text
        assert "afterword reject pagerduty-Q1ABC A3 --reason …" in text


def test_decisions_are_replies_where_they_are_taken_by_mail() -> None:
    by_mail = compose_about(LOAD_TEST, ODILE, "not-verified", BY_MAIL, kind=KIND.TO_VERIFY)
    either_way = compose_about(LOAD_TEST, ODILE, "not-verified", EITHER_WAY, kind=KIND.TO_VERIFY)

    assert list(list_buttons(by_mail)) == ["verify: …", "reject because …"]
    assert list(list_buttons(either_way)) == ["Verify", "Reject"]
    for message in (by_mail, either_way):
        assert "    verify: …  ·  reject because …\n" in get_text(message)
        assert CANNOT_DECIDE not in get_html_text(message)
    assert "Or reply: verify: … · reject because …" in get_html_text(either_way)


def test_an_email_about_one_action_offers_its_words_bare() -> None:
    message = compose_for_person(build_reminder(build_item("A1")), select_actions(POOL_ALERT))

    assert "reply to this email with one of these:\n    done: …  ·  blocked by …" in get_text(
        message
    )


def test_an_email_about_several_actions_names_each_in_its_words() -> None:
    mine = replace(ROLL_BACK, owner=OLGA)

    message = compose_for_person(
        build_reminder(build_item("A1"), build_item("A2")), select_actions(POOL_ALERT, mine)
    )

    assert "    Reply: A1 done: …  ·  A1 blocked by …" in get_text(message)
    assert "    Reply: A2 done: …  ·  A2 unblocked" in get_text(message)
    assert "each on a line of its own" in " ".join(get_text(message).split())


@pytest.mark.parametrize("site", [LINKS_ON, SITE])
def test_an_action_that_is_somebody_elses_is_declined_by_one_press_or_two_words(
    site: MailSettings,
) -> None:
    offered = replace(POOL_ALERT, status=ActionStatus.ASSIGNED)
    message = compose_about(offered, OLGA, "not-accepted", site, kind=KIND.ASSIGNED)

    buttons = list_buttons(message)

    accept, decline, not_mine = buttons
    assert (accept.lower(), decline.lower()[:7], not_mine.lower()) == (
        "accept",
        "decline",
        "not mine",
    )
    if site.decision_links:
        assert buttons[not_mine] == f"{buttons[decline]}?reason=not-mine"
    else:
        assert buttons[not_mine].endswith("&body=not%20mine")
    assert "not mine" in get_text(message)


def test_without_links_each_button_begins_a_reply_with_its_words() -> None:
    message = compose_for_person(
        build_reminder(build_item("A1")), select_actions(POOL_ALERT), site=SITE
    )
    replied = message["Reply-To"].addresses[0].addr_spec.replace("+", "%2B")

    assert list(list_buttons(message).values()) == [
        f"mailto:{replied}?subject=Re%3A%20Checkout%20answered%20with%20errors%3A%20A1%20is%20waiting"
        f"%20for%20you&body={body}"
        for body in (
            "done%3A%20",
            "blocked%20by%20",
            "until%20%3Cdate%3E%20because%20",
            "give%20up%20because%20",
        )
    ]


def test_where_replies_are_known_by_what_they_refer_to_no_button_starts_one() -> None:
    bare = replace(SITE, delimiter="")

    message = compose_about(POOL_ALERT, OLGA, "not-done", bare)

    assert "mailto:" not in get_html(message)
    assert "Reply: done: … · blocked by …" in get_html_text(message)
    assert "To answer, reply to this email in these words." in get_html_text(message)


@pytest.mark.parametrize(
    ("site", "buttons"),
    [
        (LINKS_ON, ["Accept", "Reject"]),
        (EITHER_WAY, ["Accept", "Reject"]),
        (BY_MAIL, ["accept", "reject because …"]),
        (SITE, []),
    ],
)
def test_a_contribution_is_accepted_or_rejected_from_its_email(
    site: MailSettings, buttons: list[str]
) -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Contribute, ANONYMOUS, text="The pager was silent.")
    (notification,) = list_event_notifications(builder.review)

    message = compose_for_person(notification, builder.review, site)

    offered = list_buttons(message)
    assert (notification.to, list(offered)) == (FAY, buttons)
    assert "The pager was silent." in get_text(message)
    assert ("accept  ·  reject because …" in get_text(message)) is site.decisions_by_mail
    if site.decision_links:
        links = [address.partition("?")[0] for address in offered.values()]
        assert {(find_link(link).kind, find_link(link).target) for link in links} == {
            ("settle", "K1")
        }
        assert offered["Reject"].endswith(f"?{LEAVE_OUT_QUERY}")
    if not buttons:
        assert "afterword review settle pagerduty-Q1ABC K1" in get_text(message)


def test_a_contribution_that_is_decided_already_is_not_offered() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Contribute, ANONYMOUS, text="The pager was silent.")
    (notification,) = list_event_notifications(builder.review)
    builder.ask(commands.Settle, ADA, contribution="K1")

    assert list_buttons(compose_for_person(notification, builder.review, EITHER_WAY)) == {}


def test_who_is_not_in_the_directory_gets_no_link_that_would_not_hold() -> None:
    guest = replace(LOAD_TEST, verifier="guest@elsewhere.example")
    item = NotificationItem(code="not-verified", item="A3", sentence="It waits.")
    notification = Notification(kind=KIND.TO_VERIFY, to=guest.verifier, items=(item,))

    message = compose_for_person(notification, select_actions(guest))

    assert DECISION_PATH not in get_html(message)
    assert "afterword verify pagerduty-Q1ABC A3 --finding …" in get_text(message)


@pytest.mark.parametrize(
    ("action", "to", "code", "labels"),
    [
        (POOL_ALERT, OLGA, "not-accepted", ["Report as done", "Report as blocked"]),
        (replace(POOL_ALERT, status=ActionStatus.ASSIGNED), OLGA, "not-done", ["Accept"]),
        (ROLL_BACK, OMAR, "not-done", ["Report as done", "No longer blocked"]),
        (
            replace(POOL_ALERT, status=ActionStatus.DECLINED),
            ADA,
            "declined",
            ["Give to somebody else", "Drop"],
        ),
        (POOL_ALERT, VERA, "not-verified", []),
    ],
)
def test_what_is_offered_fits_the_status_that_the_action_has_by_now(
    action: Action, to: str, code: str, labels: list[str]
) -> None:
    buttons = list(list_buttons(compose_about(action, to, code)))

    assert buttons[: len(labels) or None] == labels


def test_a_reminder_that_comes_again_can_be_snoozed_and_the_first_cannot() -> None:
    assert "Snooze" not in list_buttons(compose_about(POOL_ALERT, OLGA, "not-done"))
    assert "Snooze" in list_buttons(compose_about(POOL_ALERT, OLGA, "not-done", count=2))
    assert "Snooze" not in list_buttons(
        compose_about(POOL_ALERT, OLGA, "not-done", kind=KIND.QUESTION, count=2)
    )


def test_before_a_follow_up_meeting_everybody_is_offered_what_waits_for_them() -> None:
    items = tuple(
        NotificationItem(code="status", item=action.id, sentence="")
        for action in (POOL_ALERT, ROLL_BACK, LOAD_TEST)
    )
    review = select_actions(POOL_ALERT, ROLL_BACK, LOAD_TEST)

    def list_for(to: str) -> list[str]:
        notification = Notification(kind=KIND.STATUS_BRIEF, to=to, items=items)
        return list(list_buttons(compose_for_person(notification, review)))

    assert list_for(OMAR)[:2] == ["Report as done", "No longer blocked"]
    assert list_for(ODILE) == ["Verify", "Reject"]
    assert list_for(ADA) == []


@pytest.mark.parametrize("kind", [KIND.NOTICE, KIND.RECEIPT, KIND.ANSWER, KIND.CLOSED])
def test_an_email_that_only_tells_something_asks_for_nothing(kind: NotificationKind) -> None:
    message = compose_about(POOL_ALERT, OLGA, "note", kind=kind)

    assert list_buttons(message) == {}
    assert "To answer" not in get_text(message)


def test_nothing_is_offered_twice_in_one_email() -> None:
    question, work = build_item("A1"), replace(build_item("A1"), code="question")

    buttons = parse_html(
        compose_for_person(build_reminder(question, work), select_actions(POOL_ALERT))
    ).xpath("//a[contains(@class, 'button')]/text()")

    assert len(buttons) == len(set(buttons)) == 4


def test_an_approval_is_offered_with_its_gate() -> None:
    approval = NotificationItem(
        code="approve-draft", sentence="The draft is complete.", request="approve the draft"
    )
    review: Review = replace(select_actions(), stage=Stage.DRAFT, document=None)
    notification = Notification(kind=KIND.REMINDER, to=ADA, items=(approval,))

    linked = compose_for_person(notification, review)
    plain = compose_for_person(notification, review, site=SITE)

    assert get_text(linked).startswith("Please approve the draft.")
    assert find_link(list_buttons(linked)["Approve the draft"]).target == Stage.DRAFT
    assert "afterword approve pagerduty-Q1ABC draft" in get_text(plain)


@pytest.mark.parametrize("kind", list(KIND))
def test_whatever_a_button_begins_to_write_is_accepted_once_it_is_completed(
    kind: NotificationKind,
) -> None:
    notification, review = list_notifications()[kind]
    message = compose_for_person(notification, review, BY_MAIL)
    bodies = [
        parse_qs(urlsplit(address).query, keep_blank_values=True)["body"][0]
        for address in list_buttons(message).values()
    ]

    for body in bodies:
        words = "it was tried twice in staging" if body.endswith(" ") else ""
        text = f"{body}{words}".replace("…", "it costs too much")
        text = text.replace("<date>", "11 April 2026" if "snooze" in text else "4 May 2026")
        (line,) = validate_lines(
            review,
            interpret_reply(
                text.replace("<address>", "somebody.else@example.org"),
                reply_id="reply-1",
                by=notification.to,
                review=review,
                item=find_only_item(notification),
                date=NOW,
                zone="UTC",
                may_decide=True,
            ),
            NOW,
        )
        assert line.command is not None, (text, line.answer)
    assert bool(bodies) == (kind in KINDS_THAT_ASK)


@pytest.mark.parametrize("kind", list(KIND))
@pytest.mark.parametrize("site", [LINKS_ON, BY_MAIL, EITHER_WAY, SITE])
def test_an_email_that_is_quoted_without_a_mark_is_no_command(
    kind: NotificationKind, site: MailSettings
) -> None:
    notification, review = list_notifications()[kind]
    message = compose_for_person(notification, review, site)

    stored = redact_tokens(extract_quotable_text(message))
    text = f"Thank you, I will look at it.\n\n{get_text(message)}"

    lines = interpret_reply(
        split_off_quoted_lines(text, (stored,)).own_words,
        reply_id="reply-1",
        by=notification.to,
        review=review,
        item="A1",
        date=NOW,
        zone="UTC",
        may_decide=True,
    )

    assert [line.command for line in lines if line.command] == []
