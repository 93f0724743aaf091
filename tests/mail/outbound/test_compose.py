from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from importlib import resources

import pytest
from jinja2 import UndefinedError

from mail.common.reply_marker import REPLY_MARKER, REPLY_MARKER_CLASS
from mail.outbound import render_email
from mail.outbound.compose import compose
from mail.outbound.email_formatting import LINE_WIDTH
from mail.outbound.headers import LOOP_HEADER
from models.notifications import Notification, NotificationItem, NotificationKind
from tests.mail.message_parts import (
    get_html,
    get_html_text,
    get_text,
    parse_html,
    parse_message,
)
from tests.mail.notification_samples import (
    NOW,
    SITE,
    compose_for_person,
    list_notifications,
    select_actions,
)
from tests.sample_people import ADA, FAY, OLGA, PEOPLE, SAM

KINDS = tuple(NotificationKind)
SCRIPT = "<script>alert('x')</script>"


def get_sample(kind: NotificationKind) -> EmailMessage:
    return compose_for_person(*list_notifications()[kind])


def test_every_kind_has_its_pair_of_templates_and_a_sample() -> None:
    folder = {
        entry.name for entry in resources.files("mail.outbound").joinpath("templates").iterdir()
    }

    assert {f"{kind}.{ending}" for kind in KINDS for ending in ("txt", "html")} <= folder
    assert set(list_notifications()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_says_in_its_first_line_what_is_asked(kind: NotificationKind) -> None:
    message = get_sample(kind)
    first = get_text(message).splitlines()[0]

    assert first.endswith((".", "?")) or len(first) > 50
    assert first.split()[0] == get_html_text(message).split()[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_keeps_to_its_columns(kind: NotificationKind) -> None:
    rows = get_text(get_sample(kind)).splitlines()

    assert [row for row in rows if len(row) > LINE_WIDTH and "://" not in row] == []
    assert [row for row in rows if row != row.rstrip()] == []
    assert "\n\n\n" not in get_text(get_sample(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_has_the_marker_alone_on_its_line_and_in_its_element(
    kind: NotificationKind,
) -> None:
    message = get_sample(kind)
    above, below = get_text(message).split(f"\n{REPLY_MARKER}\n")
    (element,) = parse_html(message).find_class(REPLY_MARKER_CLASS)

    assert above
    assert "You are receiving this email because you " in below
    assert "/reviews/review-pagerduty-Q1ABC" in below
    assert element.text_content() == REPLY_MARKER
    assert element.get("id") == REPLY_MARKER_CLASS


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_says_its_sentences_in_text_and_in_html(kind: NotificationKind) -> None:
    notification, _ = list_notifications()[kind]
    message = get_sample(kind)
    flat = " ".join(get_text(message).split())

    for item in notification.items:
        assert item.item in flat
        last = " ".join(item.sentence.rpartition(") ")[2].split())
        for address, person in PEOPLE.items():
            last = last.replace(address, person.name)
        assert last in flat
        assert last in get_html_text(message)


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_has_all_its_headers(kind: NotificationKind) -> None:
    message = parse_message(get_sample(kind))

    assert str(message["From"]) == "Afterword <afterword@example.org>"
    assert message["Subject"].startswith("Checkout answered with errors: ")
    assert message["Date"].datetime == NOW
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["List-Id"] == "<review-pagerduty-Q1ABC.reply.example.org>"
    assert message[LOOP_HEADER] == SITE.domain
    assert "Precedence" not in message
    assert message["Cc"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_is_the_same_octets_when_it_is_tried_again(
    kind: NotificationKind,
) -> None:
    assert get_sample(kind).as_bytes() == get_sample(kind).as_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_passes_seven_bit_servers(kind: NotificationKind) -> None:
    octets = get_sample(kind).as_bytes()

    assert octets.isascii()
    assert max(len(row) for row in octets.split(b"\r\n")) <= 998
    assert b"\n" not in octets.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_stands_alone_and_knows_the_dark(kind: NotificationKind) -> None:
    page = get_html(get_sample(kind))
    parsed = parse_html(get_sample(kind))

    assert parsed.xpath("//img | //link | //script | //iframe") == []
    assert "url(" not in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert parsed.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert parsed.xpath("//html/@lang") == ["en"]
    assert "max-width: 600px" in parsed.xpath("//table[@class='sheet']/@style")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_no_markup_of_people_gets_into_the_html(kind: NotificationKind) -> None:
    notification, review = list_notifications()[kind]
    bad = replace(
        review,
        incident=replace(review.incident, title=SCRIPT, link=f"https://x/{SCRIPT}"),
        actions=tuple(
            replace(a, text=SCRIPT, measure=SCRIPT, last_comment=SCRIPT, evidence=SCRIPT)
            for a in review.actions
        ),
        causes=tuple(replace(c, symptom=SCRIPT, accepted_risk=SCRIPT) for c in review.causes),
        meeting=replace(review.meeting, place=SCRIPT) if review.meeting else None,
        follow_up=replace(review.follow_up, place=SCRIPT) if review.follow_up else None,
    )
    items = tuple(replace(i, sentence=SCRIPT) for i in notification.items)
    quoted = tuple(replace(q, line=SCRIPT, answer=SCRIPT) for q in notification.quoted_lines)
    people = {a: replace(p, name=SCRIPT) for a, p in PEOPLE.items()}

    message = compose(
        replace(notification, items=items, quoted_lines=quoted), bad, people, SITE, NOW
    )

    assert "<script" not in get_html(message)
    assert "&lt;script&gt;" in get_html(message)


@pytest.mark.parametrize("kind", KINDS)
def test_every_notification_can_be_written_from_the_barest_record(kind: NotificationKind) -> None:
    review = replace(select_actions(), causes=(), meeting=None, follow_up=None)
    unknown = NotificationItem(code="x", sentence="Something happened.", item="A9")

    for items in ((), (unknown,), (unknown, replace(unknown, item=""))):
        message = compose(Notification(kind=kind, to=OLGA, items=items), review, {}, SITE, NOW)
        assert REPLY_MARKER in get_text(message)
        assert "  " not in message["Subject"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_outsider_of_a_restricted_review_never_reads_its_title(kind: NotificationKind) -> None:
    notification, review = list_notifications()[kind]
    hidden = replace(review, restricted_to=(ADA, FAY))
    outsider = replace(notification, to="ula@example.org")

    octets = compose(outsider, hidden, PEOPLE, SITE, NOW)

    assert octets["Subject"].startswith("A restricted review: ")
    assert "Checkout answered" not in _decode_parts(octets)
    assert "incidents.example.org" not in _decode_parts(octets)


def _decode_parts(message: EmailMessage) -> str:
    leaves = [str(p.get_content()) for p in message.walk() if not p.is_multipart()]
    return "\n".join([*(f"{k}: {v}" for k, v in message.items()), *leaves])


def test_an_insider_of_a_restricted_review_reads_its_title() -> None:
    hidden = replace(select_actions(), restricted_to=(SAM,))

    message = compose_for_person(Notification(kind=NotificationKind.NOTICE, to=SAM), hidden)

    assert message["Subject"].startswith("Checkout answered with errors: ")


def test_a_name_a_template_does_not_know_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_email, "_build_context", lambda *_: {})

    with pytest.raises(UndefinedError):
        get_sample(NotificationKind.NOTICE)


def test_a_notification_a_day_later_is_the_same_notification() -> None:
    notification, review = list_notifications()[NotificationKind.REMINDER]

    later = compose(notification, review, PEOPLE, SITE, NOW + timedelta(days=1))

    assert later["Message-ID"] == compose_for_person(notification, review)["Message-ID"]
    assert "(tomorrow)" in get_text(later)
