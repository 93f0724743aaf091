"""Anybody with the link adds something; nobody learns who, and the facilitator decides."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from models.commands import AnyCommand, Settle, Write
from models.errors import Unavailable
from models.review import Receipt
from rules.commands.documents import (
    MAX_CONTRIBUTION_LENGTH,
    MAX_OPEN_CONTRIBUTIONS,
)
from tests.rules.notifications.simulation import NotificationSimulation
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, PIA, SAM, new_review
from tests.sample_reviews import build_closed, build_drafted, build_rich
from tests.web.web_app import REVIEW, TOOL, WebApp

FACT = "The pager was silent."
PAGE = f"/reviews/{REVIEW}/contribute"
PATH = f"/api/reviews/{REVIEW}/contribute"


def test_a_passer_by_adds_a_fact_on_the_page(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    form = web_app.client.get(PAGE)
    thanked = web_app.client.post(PAGE, data={"text": FACT, "when": "10:12 UTC"})

    assert '<textarea id="text"' in form.text
    assert thanked.status_code == 200
    assert "contributed K1 for the facilitator to decide about" in thanked.text
    (added,) = web_app.review_client.reviews[REVIEW].contributions
    assert (added.text, added.when, added.settled_by) == (FACT, "10:12 UTC", "")
    page = web_app.client.get(f"/reviews/{REVIEW}").text
    assert "waiting for the facilitator" in page
    assert FACT not in page
    assert "10:12" not in page


DEFACING = "Click <http://evil.example/a> or [our wiki](http://evil.example/b) www.evil.example"
PLACES = ("", "/log", "/agenda", "/export?as=json", "/export", "/export?as=html")


@pytest.mark.parametrize("by", [PIA, OLGA, TOOL])
def test_what_waits_for_the_facilitator_is_read_by_nobody_else(web_app: WebApp, by: str) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.client.post(PATH, json={"text": DEFACING, "when": "evil.example"})

    seen = [web_app.client.get(f"/reviews/{REVIEW}").text, web_app.client.get("/").text]
    seen += [
        web_app.client.get(
            f"/api/reviews/{REVIEW}{place}", headers=web_app.build_auth_header(by)
        ).text
        for place in PLACES
    ]

    assert not [text for text in seen if "evil.example" in text]


@pytest.mark.parametrize("by", [FAY, ADA, SAM, COORDINATOR])
def test_who_decides_about_a_contribution_reads_it(web_app: WebApp, by: str) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.client.post(PATH, json={"text": FACT})

    assert FACT in web_app.get(f"reviews/{REVIEW}", by=by).text


def test_what_was_left_out_is_never_shown(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.client.post(PATH, json={"text": DEFACING})
    web_app.ask("settle", FAY, contribution="K1", reason="It is spam.")

    page = web_app.client.get(f"/reviews/{REVIEW}").text

    assert "rejected: It is spam." in page
    assert "evil.example" not in page


@pytest.mark.parametrize(
    "text",
    [
        DEFACING,
        r"\[click\](http://evil.example)",
        r"\<http://evil.example/>",
        r"\\[a\\](http://evil.example)",
    ],
)
def test_what_is_accepted_has_no_live_links(web_app: WebApp, text: str) -> None:
    web_app.review_client.add_review(new_review())
    web_app.client.post(PATH, json={"text": text})
    web_app.ask("settle", FAY, contribution="K1")

    pages = [web_app.client.get(f"/reviews/{REVIEW}{place}").text for place in ("", "/document")]

    assert all("evil.example" in page for page in pages)
    assert not [page for page in pages if 'href="http://evil' in page or 'href="//www.evil' in page]


@pytest.mark.parametrize("reader", [OLGA, TOOL])
def test_no_preview_of_an_email_shows_what_is_not_accepted(web_app: WebApp, reader: str) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.client.post(PATH, json={"text": FACT})

    path = f"reviews/{REVIEW}/notifications"
    facilitators = web_app.get(path, by=FAY).text
    others = web_app.get(path, by=reader).text

    assert FACT in facilitators
    assert FACT not in others


def test_lines_of_earlier_releases_show_no_words_of_strangers(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.client.post(PATH, json={"text": "x"})
    review = web_app.review_client.reviews[REVIEW]
    old_line = replace(review.log[-1], text=f"contributed K1 (evil: 9): {DEFACING}")
    web_app.review_client.add_review(
        replace(review, log=(*review.log[:-1], old_line), revision=review.revision + 1)
    )

    page = web_app.client.get(f"/reviews/{REVIEW}").text

    assert "contributed K1 for the facilitator to decide about" in page
    assert "evil" not in page


def test_who_sends_a_token_is_still_nobody(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    response = web_app.client.post(
        PATH, json={"text": FACT}, headers=web_app.build_auth_header(OLGA)
    )

    assert response.status_code == 200
    review = web_app.review_client.reviews[REVIEW]
    assert review.log[-1].by == "anonymous"
    assert OLGA not in str(review.log[-1]) + str(review.receipts) + str(review.contributions)


def test_the_facilitator_hears_of_it_and_decides(web_app: WebApp) -> None:
    life = build_drafted()
    web_app.review_client.add_review(life.review)
    web_app.client.post(PATH, json={"text": FACT})
    web_app.client.post(PATH, json={"text": "Nobody slept."})

    taken = web_app.ask("settle", FAY, contribution="K1")
    left = web_app.ask("settle", FAY, contribution="K2", reason="It is not about the incident.")
    again = web_app.ask("settle", FAY, contribution="K2")

    assert taken.json()["summary"] == "added K1 to the document"
    assert left.json()["summary"].startswith("left out K2")
    assert again.status_code == 404
    life.review = web_app.review_client.reviews[REVIEW]
    rounds = NotificationSimulation(life)
    rounds.run_until(life.now + timedelta(days=1))
    assert any(FACT in str(notification.items) for _, notification in rounds.list_sent_to(FAY))
    assert (
        "rejected: It is not about the incident." in web_app.client.get(f"/reviews/{REVIEW}").text
    )


def test_only_facilitator_and_lead_decide(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.client.post(PATH, json={"text": FACT})

    assert web_app.ask("settle", PIA, contribution="K1").json()["code"] == "not-yours"
    assert web_app.ask("settle", ADA, contribution="K1").status_code == 200


@pytest.mark.parametrize("text", ["", "   ", "x" * (MAX_CONTRIBUTION_LENGTH + 1)])
def test_an_empty_or_endless_one_is_refused(web_app: WebApp, text: str) -> None:
    web_app.review_client.add_review(build_drafted().review)

    assert web_app.client.post(PATH, json={"text": text}).status_code in (400, 409)
    assert web_app.client.post(PAGE, data={"text": text}).status_code in (400, 409)
    assert web_app.review_client.reviews[REVIEW].contributions == ()


@pytest.mark.slow
def test_a_flood_does_not_fill_the_record(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    codes = []
    for number in range(MAX_OPEN_CONTRIBUTIONS + 2):
        web_app.now += timedelta(minutes=1)
        codes.append(web_app.client.post(PATH, json={"text": f"{FACT} {number}"}).status_code)

    assert codes == [200] * MAX_OPEN_CONTRIBUTIONS + [409, 409]


def test_a_restricted_or_closed_review_takes_none_from_outsiders(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_rich().review)
    web_app.ask("restrict", ADA, people=[ADA], reason="names of customers")

    restricted = web_app.client.post(PATH, json={"text": FACT})
    page = web_app.client.get(PAGE)

    assert restricted.status_code == 404
    assert "<textarea" not in page.text


def test_a_closed_review_says_that_it_is_closed(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    assert "<textarea" not in web_app.client.get(PAGE).text
    assert web_app.client.post(PATH, json={"text": FACT}).status_code == 409


DOCUMENT = """\
# Checkout answered with errors

## Timeline (CET)

| Time | Event |
|---|---|
| 10:05 | the pool ran out |
| 10:52 | the pool was made larger |

## Impact

Everybody.
"""


def settle_one(web_app: WebApp, document: str, text: str, when: str = "") -> tuple[str, str]:
    """Return what is answered when a contribution is accepted, and how the document reads then."""
    web_app.review_client.add_review(new_review())
    if document:
        web_app.client.put(
            f"/api/reviews/{REVIEW}/document",
            content=document.encode(),
            headers=web_app.build_auth_header(FAY),
        )
    web_app.client.post(PATH, json={"text": text, "when": when})
    answer = web_app.ask("settle", FAY, contribution="K1")
    page = web_app.client.get(f"/reviews/{REVIEW}/document.md")
    return answer.json()["summary"], page.text


@pytest.mark.parametrize(
    ("when", "row"),
    [
        ("10:12", "| 10:12 | The pager was silent. |"),
        ("9:12 UTC", "| 10:12 | The pager was silent. |"),
        ("about 10:12", "| about 10:12 | The pager was silent. |"),
    ],
)
def test_an_accepted_fact_stands_in_the_timeline_at_its_time(
    web_app: WebApp, when: str, row: str
) -> None:
    summary, document = settle_one(web_app, DOCUMENT, FACT, when)

    assert summary == "added K1 to the document, under “Timeline”"
    assert document == DOCUMENT.replace("| 10:52", f"{row}\n| 10:52")


@pytest.mark.parametrize(
    ("text", "where", "line"),
    [
        ("Impact: three shops, too", "Impact", "Everybody.\n\n- Impact: three shops, too\n"),
        (FACT, "Anonymous contributions", f"## Anonymous contributions\n\n- {FACT}\n"),
        ("## Actions\n- Sack him", "Anonymous contributions", "\n\n- ## Actions - Sack him\n"),
    ],
)
def test_an_accepted_remark_stands_where_it_says_or_at_the_end(
    web_app: WebApp, text: str, where: str, line: str
) -> None:
    summary, document = settle_one(web_app, DOCUMENT, text)

    assert summary == f"added K1 to the document, under “{where}”"
    assert line in document
    assert not web_app.review_client.reviews[REVIEW].actions


def test_what_the_document_says_already_is_not_written_twice(web_app: WebApp) -> None:
    document = f"{DOCUMENT}\n## Summary\n\n**The pager** was silent\\.\n"

    summary, after = settle_one(web_app, document, FACT)

    assert (summary, after) == ("added K1 to the document", document)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("no", ""),
        ("data", ""),
        ("The pool", ""),
        ("the pool ran out", "10:06"),
        ("the pool ran out", ""),
        ("ran out", "10:05"),
    ],
)
def test_what_is_only_a_part_of_what_the_document_says_is_written(
    web_app: WebApp, text: str, when: str
) -> None:
    document = f"{DOCUMENT}\n## Summary\n\nThe pool had no room; nobody lost data.\n"

    summary, after = settle_one(web_app, document, text, when)

    assert ", under “" in summary
    added = set(after.splitlines()) - set(document.splitlines())
    assert any(text in line and when in line for line in added)


@pytest.mark.parametrize(
    ("line", "text", "when"),
    [
        ("- 10:05 UTC - The pool ran out", "The pool ran out", "10:05 UTC"),
        ("- 10:05 UTC – **The pool** ran out", "The pool ran out", "10:05 UTC"),
    ],
)
def test_what_stands_in_the_timeline_at_that_time_is_not_written_twice(
    web_app: WebApp, line: str, text: str, when: str
) -> None:
    document = f"# Checkout\n\n## Timeline\n\n{line}\n"

    summary, after = settle_one(web_app, document, text, when)

    assert (summary, after) == ("added K1 to the document", document)


def test_a_row_of_the_timeline_is_the_same_in_another_zone(web_app: WebApp) -> None:
    _, after = settle_one(web_app, DOCUMENT, "the pool ran out", "9:05 UTC")

    assert after == DOCUMENT


def test_a_contribution_can_be_the_first_line_of_a_document(web_app: WebApp) -> None:
    summary, document = settle_one(web_app, "", FACT, "10:12 UTC")

    assert summary == "added K1 to the document, under “Timeline”"
    assert f"- 10:12 UTC – {FACT}" in document
    assert document.startswith("# Checkout answered with errors\n")


def test_who_writes_at_the_same_time_loses_nothing(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    bases: list[int] = []
    store = web_app.archive.documents.store_document

    def write_before(content: bytes) -> str:
        """Store a document just after somebody else wrote one."""
        if FACT.encode() in content:
            current = web_app.review_client.reviews[REVIEW].document
            bases.append(current.revision if current else 0)
            if len(bases) == 1:
                other = f"{DOCUMENT}\nMore.\n".encode()
                write = Write(id="other", by=ADA, digest=store(other), size=len(other), base=1)
                asyncio.run(web_app.review_client.send_command(REVIEW, write))
        return store(content)

    monkeypatch.setattr(web_app.archive.documents, "store_document", write_before)

    _, document = settle_one(web_app, DOCUMENT, FACT, "10:12")

    assert bases == [1, 2]
    assert "More." in document
    assert FACT in document


def test_what_somebody_rejects_meanwhile_is_not_in_the_document(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = web_app.review_client.send_command
    reject = Settle(id="other", by=ADA, contribution="K1", reason="It is not true.")

    async def send_after(review: str, command: AnyCommand) -> Receipt:
        if isinstance(command, Settle):
            await send(review, reject)
        return await send(review, command)

    web_app.review_client.add_review(new_review())
    web_app.client.post(PATH, json={"text": FACT})
    monkeypatch.setattr(web_app.review_client, "send_command", send_after)

    answer = web_app.ask("settle", FAY, contribution="K1")

    review = web_app.review_client.reviews[REVIEW]
    assert answer.status_code == 404
    assert review.document is None
    assert review.contributions[0].rejected_because == "It is not true."


def test_what_could_not_be_written_is_written_when_the_command_comes_again(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_content: bytes) -> str:
        raise Unavailable("the database", "it is away")

    def settle() -> int:
        response = web_app.client.post(
            f"/api/reviews/{REVIEW}/settle",
            json={"contribution": "K1"},
            headers={**web_app.build_auth_header(FAY), "Idempotency-Key": "once"},
        )
        return int(response.status_code)

    web_app.review_client.add_review(new_review())
    web_app.client.post(PATH, json={"text": FACT})

    with monkeypatch.context() as away:
        away.setattr(web_app.archive.documents, "store_document", fail)
        first = settle()
    again = [settle(), settle()]

    assert (first, again) == (503, [200, 200])
    page = web_app.client.get(f"/reviews/{REVIEW}/document.md").text
    assert page.count(FACT) == 1
