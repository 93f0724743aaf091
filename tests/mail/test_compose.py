from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from importlib import resources

import pytest
from jinja2 import UndefinedError

from mail import rendering
from mail.compose import compose
from mail.headers import LOOP
from mail.marker import MARKER, MARKER_CLASS
from mail.wording import WIDTH
from models.letters import Item, Letter, LetterKind
from tests.cast import ADA, FAY, OLGA, PEOPLE, SAM
from tests.mail.parts import html, read_back, text, tree, words_of_html
from tests.mail.samples import (
    NOW,
    SITE,
    composed,
    letters,
    slice_of,
)

KINDS = tuple(LetterKind)
SCRIPT = "<script>alert('x')</script>"


def sample(kind: LetterKind) -> EmailMessage:
    return composed(*letters()[kind])


def test_every_kind_has_its_pair_of_templates_and_a_sample() -> None:
    folder = {entry.name for entry in resources.files("mail").joinpath("letters").iterdir()}

    assert {f"{kind}.{ending}" for kind in KINDS for ending in ("txt", "html")} <= folder
    assert set(letters()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_says_in_its_first_line_what_is_asked(kind: LetterKind) -> None:
    message = sample(kind)
    first = text(message).splitlines()[0]

    assert first.endswith((".", "?")) or len(first) > 50
    assert first.split()[0] == words_of_html(message).split()[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_keeps_to_its_columns(kind: LetterKind) -> None:
    rows = text(sample(kind)).splitlines()

    assert [row for row in rows if len(row) > WIDTH and "://" not in row] == []
    assert [row for row in rows if row != row.rstrip()] == []
    assert "\n\n\n" not in text(sample(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_has_the_marker_alone_on_its_line_and_in_its_element(
    kind: LetterKind,
) -> None:
    message = sample(kind)
    above, below = text(message).split(f"\n{MARKER}\n")
    (element,) = tree(message).find_class(MARKER_CLASS)

    assert above
    assert "You get this letter because you " in below
    assert "/reviews/review-pagerduty-Q1ABC" in below
    assert element.text_content() == MARKER
    assert element.get("id") == MARKER_CLASS


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_says_its_sentences_in_text_and_in_html(kind: LetterKind) -> None:
    letter, _ = letters()[kind]
    message = sample(kind)
    flat = " ".join(text(message).split())

    for item in letter.items:
        assert item.item in flat
        last = " ".join(item.sentence.rpartition(") ")[2].split())
        for address, person in PEOPLE.items():
            last = last.replace(address, person.name)
        assert last in flat
        assert last in words_of_html(message)
        assert all(words in flat for words in item.answers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_has_all_its_headers(kind: LetterKind) -> None:
    message = read_back(sample(kind))

    assert str(message["From"]) == "Afterword <afterword@example.org>"
    assert message["Subject"].startswith("Checkout answered with errors: ")
    assert message["Date"].datetime == NOW
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["List-Id"] == "<review-pagerduty-Q1ABC.reply.example.org>"
    assert message[LOOP] == SITE.domain
    assert "Precedence" not in message
    assert message["Cc"] is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_the_same_octets_when_it_is_tried_again(kind: LetterKind) -> None:
    assert sample(kind).as_bytes() == sample(kind).as_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_passes_seven_bit_servers(kind: LetterKind) -> None:
    octets = sample(kind).as_bytes()

    assert octets.isascii()
    assert max(len(row) for row in octets.split(b"\r\n")) <= 998
    assert b"\n" not in octets.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_stands_alone_and_knows_the_dark(kind: LetterKind) -> None:
    page = html(sample(kind))
    parsed = tree(sample(kind))

    assert parsed.xpath("//img | //link | //script | //iframe") == []
    assert "url(" not in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert parsed.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert parsed.xpath("//html/@lang") == ["en"]
    assert "max-width: 600px" in parsed.xpath("//table[@class='sheet']/@style")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_no_markup_of_people_gets_into_the_html(kind: LetterKind) -> None:
    letter, review = letters()[kind]
    bad = replace(
        review,
        incident=replace(review.incident, title=SCRIPT, link=f"https://x/{SCRIPT}"),
        actions=tuple(
            replace(a, text=SCRIPT, measure=SCRIPT, said=SCRIPT, evidence=SCRIPT)
            for a in review.actions
        ),
        causes=tuple(replace(c, symptom=SCRIPT, accepted_risk=SCRIPT) for c in review.causes),
        meeting=replace(review.meeting, place=SCRIPT) if review.meeting else None,
        follow_up=replace(review.follow_up, place=SCRIPT) if review.follow_up else None,
    )
    items = tuple(replace(i, sentence=SCRIPT, answers=(SCRIPT,)) for i in letter.items)
    quoted = tuple(replace(q, line=SCRIPT, answer=SCRIPT) for q in letter.quoted)
    people = {a: replace(p, name=SCRIPT) for a, p in PEOPLE.items()}

    message = compose(replace(letter, items=items, quoted=quoted), bad, people, SITE, NOW)

    assert "<script" not in html(message)
    assert "&lt;script&gt;" in html(message)


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_can_be_written_from_the_barest_record(kind: LetterKind) -> None:
    review = replace(slice_of(), causes=(), meeting=None, follow_up=None)
    unknown = Item(code="x", sentence="Something happened.", item="A9", answers=("accept",))

    for items in ((), (unknown,), (unknown, replace(unknown, item=""))):
        message = compose(Letter(kind=kind, to=OLGA, items=items), review, {}, SITE, NOW)
        assert MARKER in text(message)
        assert "  " not in message["Subject"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_outsider_of_a_restricted_review_never_reads_its_title(kind: LetterKind) -> None:
    letter, review = letters()[kind]
    hidden = replace(review, restricted_to=(ADA, FAY))
    outsider = replace(letter, to="ula@example.org")

    octets = compose(outsider, hidden, PEOPLE, SITE, NOW)

    assert octets["Subject"].startswith("A restricted review: ")
    assert "Checkout answered" not in _decoded(octets)
    assert "incidents.example.org" not in _decoded(octets)


def _decoded(message: EmailMessage) -> str:
    leaves = [str(p.get_content()) for p in message.walk() if not p.is_multipart()]
    return "\n".join([*(f"{k}: {v}" for k, v in message.items()), *leaves])


def test_an_insider_of_a_restricted_review_reads_its_title() -> None:
    hidden = replace(slice_of(), restricted_to=(SAM,))

    message = composed(Letter(kind=LetterKind.NOTICE, to=SAM), hidden)

    assert message["Subject"].startswith("Checkout answered with errors: ")


def test_a_name_a_template_does_not_know_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "_given", lambda *_: {})

    with pytest.raises(UndefinedError):
        sample(LetterKind.NOTICE)


def test_a_letter_a_day_later_is_the_same_letter() -> None:
    letter, review = letters()[LetterKind.REMINDER]

    later = compose(letter, review, PEOPLE, SITE, NOW + timedelta(days=1))

    assert later["Message-ID"] == composed(letter, review)["Message-ID"]
    assert "(tomorrow)" in text(later)
