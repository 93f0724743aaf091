from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from models.errors import NotFound
from rules.audiences import list_invitees
from tests.sample_people import ADA, FAY, OLGA, VERA, new_review
from tests.sample_reviews import build_assigned, build_closed, build_drafted, build_met
from tests.web.web_app import REVIEW, TOOL, WebApp

WHOLE = """# Checkout ran dry

## Summary

For 105 minutes a third of all checkouts failed.

## Impact

4,120 customers saw an error page.

## Timeline

08:15 the import begins.

## What went well

The import could be stopped at once.
"""
PATH = f"reviews/{REVIEW}/document"


def put_document(web_app: WebApp, content: bytes | str, by: str = FAY, **headers: str) -> Any:
    return web_app.client.put(
        f"/api/{PATH}",
        content=content,
        headers={**web_app.build_auth_header(by), "Content-Type": "text/markdown", **headers},
    )


def test_a_document_is_filed_and_read_again_as_it_was_written(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    written = put_document(web_app, WHOLE)
    read = web_app.get(PATH, by=ADA)

    assert written.status_code == 200, written.text
    assert written.json()["missing"] == []
    assert written.json()["findings"] == []
    assert written.json()["summary"] == "wrote the document, revision 1"
    assert read.text == WHOLE
    assert read.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert read.headers["ETag"] == '"1"'


def test_title_size_sections_and_digest_enter_the_review_as_facts(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    put_document(web_app, WHOLE)

    document = web_app.review_client.reviews[REVIEW].document
    assert document is not None
    assert document.title == "Checkout ran dry"
    assert document.size == len(WHOLE.encode())
    assert document.digest == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert "what went well" in document.sections


def test_a_document_without_required_sections_is_filed_and_hears_which(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    written = put_document(web_app, "# Checkout\n\n## Summary\n\nIt failed.\n")

    assert written.status_code == 200
    assert written.json()["missing"] == ["impact", "timeline"]


def test_words_that_blame_are_said_at_once(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    written = put_document(web_app, WHOLE + "\n## Causes\n\nIt was human error.\n")

    found = written.json()["findings"]
    assert [f["code"] for f in found] == ["human-error"]
    assert found[0]["passage"] == "It was human error."
    assert web_app.review_client.reviews[REVIEW].findings[0].code == "human-error"


def test_who_wrote_over_an_older_revision_is_refused_and_nothing_is_lost(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    put_document(web_app, WHOLE)
    put_document(web_app, WHOLE + "\nMore.\n", If_Match="x", **{"If-Match": '"1"'})

    late = put_document(web_app, "mine", **{"If-Match": '"1"'})

    assert late.status_code == 409
    assert late.json()["code"] == "conflict"
    assert web_app.get(PATH).text == WHOLE + "\nMore.\n"


@pytest.mark.parametrize("match", ["1", '"1"', 'W/"1"', "*", ""])
def test_a_revision_may_be_written_in_several_ways(web_app: WebApp, match: str) -> None:
    web_app.review_client.add_review(new_review())
    put_document(web_app, WHOLE)

    assert put_document(web_app, WHOLE + "more", **{"If-Match": match}).status_code == 200


def test_a_revision_that_is_none_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    answer = put_document(web_app, WHOLE, **{"If-Match": "latest"})

    assert answer.status_code == 400
    assert answer.json()["detail"] == 'If-Match: “latest” is not a revision; write it as "3"'


def test_a_document_of_512_kib_is_taken_and_one_octet_more_is_not(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    most = WHOLE + "x" * (512 * 1024 - len(WHOLE.encode()))

    taken, refused = put_document(web_app, most), put_document(web_app, most + "x")

    assert taken.status_code == 200
    assert refused.status_code == 413
    assert "512 KiB" in refused.json()["detail"]
    assert web_app.get(PATH).text == most


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"# Checkout\n\nline two \xff\n", "not UTF-8: see line 3"),
        (b"PK\x03\x04\x00", "contains a NUL"),
        (b"", "The document is empty."),
        (b" \n\n", "The document is empty."),
    ],
)
def test_what_is_no_document_is_refused(web_app: WebApp, content: bytes, reason: str) -> None:
    web_app.review_client.add_review(new_review())

    answer = put_document(web_app, content)

    assert answer.status_code == 400
    assert reason in answer.json()["detail"]
    assert web_app.review_client.reviews[REVIEW].document is None


def test_line_ends_and_byte_command_mark_are_kept_as_written(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    content = b"\xef\xbb\xbf# Checkout\r\n\r\n## Summary\r\n\r\nIt failed.\r\n"

    written = put_document(web_app, content)

    assert written.json()["missing"] == ["impact", "timeline"]
    assert web_app.get(PATH).content == content


def test_the_same_key_writes_once(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    first, second = (put_document(web_app, WHOLE, **{"Idempotency-Key": "w"}) for _ in range(2))

    assert first.json()["revision"] == second.json()["revision"]
    assert web_app.get(PATH).headers["ETag"] == '"1"'


def test_a_reader_who_has_this_revision_is_told_so(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    put_document(web_app, WHOLE)

    answer = web_app.client.get(
        f"/api/{PATH}", headers={**web_app.build_auth_header(ADA), "If-None-Match": '"1"'}
    )

    assert answer.status_code == 304
    assert answer.content == b""


def test_a_review_without_a_document_says_so(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    answer = web_app.get(PATH)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


def test_only_writers_write(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    answers = [put_document(web_app, WHOLE, by=by) for by in (OLGA, TOOL)]

    assert {answer.status_code for answer in answers} == {409}
    assert {answer.json()["code"] for answer in answers} == {"not-yours"}


@pytest.mark.parametrize("by", [OLGA, VERA, TOOL])
@pytest.mark.parametrize("restricted_to", [(), (ADA,)])
def test_what_may_not_be_written_is_not_archived(
    web_app: WebApp, by: str, restricted_to: tuple[str, ...]
) -> None:
    web_app.review_client.add_review(replace(new_review(), restricted_to=restricted_to))

    answer = put_document(web_app, WHOLE, by=by)

    assert answer.status_code in (404, 409)
    assert answer.json()["code"] in ("not-yours", "not-found")
    with pytest.raises(NotFound):
        web_app.archive.documents.read_document(hashlib.sha256(WHOLE.encode()).hexdigest())


def test_a_document_of_a_review_nobody_knows_is_not_archived(web_app: WebApp) -> None:
    assert put_document(web_app, WHOLE).status_code == 404

    with pytest.raises(NotFound):
        web_app.archive.documents.read_document(hashlib.sha256(WHOLE.encode()).hexdigest())


def test_a_register_that_lags_behind_refuses_nothing_that_the_review_takes(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    web_app.review_client.is_register_down = True
    put_document(web_app, WHOLE)

    again = put_document(web_app, WHOLE + "more", **{"If-Match": '"1"', "Idempotency-Key": "k"})
    repeated = put_document(web_app, WHOLE + "more", **{"If-Match": '"1"', "Idempotency-Key": "k"})

    assert (again.status_code, repeated.status_code) == (200, 200)
    assert again.json() == repeated.json()


def test_a_closed_review_takes_no_document(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    assert put_document(web_app, WHOLE).json()["code"] == "closed"


def test_a_restricted_document_is_read_by_its_people_only(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_drafted().review, restricted_to=(ADA,)))
    put_document(web_app, WHOLE)

    answers = {by: web_app.get(PATH, by=by).status_code for by in (ADA, FAY, VERA, TOOL)}

    assert answers == {ADA: 200, FAY: 200, VERA: 404, TOOL: 404}


def test_an_unknown_review_has_no_document(web_app: WebApp) -> None:
    assert put_document(web_app, WHOLE).status_code == 404
    assert web_app.get(PATH).status_code == 404


FACTS = """\
# Checkout answered with errors

## Summary
It broke.
## Impact
Everybody.
## Timeline
- 10:12 it broke

## Causes
### The pool of connections ran full
1. Nothing limits what one tenant may take.

### Nobody was paged
1. The alert looks at the wrong queue.

## Actions
| Action | Owner | Verifier | Due | Done when | Priority | Causes |
|---|---|---|---|---|---|---|
| Limit each tenant to 20 connections in the pool | olga | vera | 2026-04-08 | Load test | P2 | C1 |
| Alert when the payment queue is above 100 for 5 min | Nobody Known | | 1999-01-01 | | | C9 |
"""


def list_actions_and_causes(
    web_app: WebApp,
) -> tuple[list[tuple[str, int]], list[tuple[str, str, str]]]:
    """Return the causes and the actions of the review."""
    review = web_app.review_client.reviews[REVIEW]
    return (
        [(c.symptom, len(c.whys)) for c in review.causes if not c.withdrawn],
        [(a.text, a.owner, a.verifier) for a in review.actions if a.status == "proposed"],
    )


def test_what_a_document_says_of_causes_and_actions_becomes_the_reviews_own(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(new_review())

    changes = put_document(web_app, FACTS).json()["changes"]

    causes, actions = list_actions_and_causes(web_app)
    assert causes == [("The pool of connections ran full", 1), ("Nobody was paged", 1)]
    assert actions == [
        ("Limit each tenant to 20 connections in the pool", OLGA, VERA),
        ("Alert when the payment queue is above 100 for 5 min", "", ""),
    ]
    first, second = web_app.review_client.reviews[REVIEW].actions
    assert (str(first.due), first.priority, first.causes) == ("2026-04-08", "P2", ("C1",))
    assert first.measure == "Load test"
    assert (second.due, second.causes) == (None, ())
    assert any("Nobody Known" in line for line in changes)
    assert any("1999-01-01" in line for line in changes)
    assert any("C9" in line for line in changes)


def test_a_verifier_who_owns_the_action_is_left_out_and_that_is_said(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    row = "| Limit each tenant to 20 connections in the pool | olga |"

    changes = put_document(web_app, FACTS.replace(f"{row} vera", f"{row} Olga Petrova")).json()

    _, actions = list_actions_and_causes(web_app)
    assert actions[0] == ("Limit each tenant to 20 connections in the pool", OLGA, "")
    assert str(web_app.review_client.reviews[REVIEW].actions[0].due) == "2026-04-08"
    assert any(
        "Olga Petrova owns it, so somebody else has to verify it" in line
        for line in changes["changes"]
    )


def test_the_same_document_again_gives_no_command(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    put_document(web_app, FACTS)
    before = list_actions_and_causes(web_app)

    again = put_document(web_app, FACTS).json()["changes"]

    assert list_actions_and_causes(web_app) == before
    assert not any(line.startswith(("named", "proposed", "revised", "withdrew")) for line in again)


def test_words_that_were_mended_revise_and_what_is_gone_is_withdrawn(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    put_document(web_app, FACTS)
    by_hand = web_app.ask(
        "add-cause", by=FAY, symptom="Backups were not tried", whys=["No one owns the restore."]
    )
    assert by_hand.status_code == 200

    mended = FACTS.replace("in the pool |", "of the pool |").replace("may take.", "may hold.")
    mended = mended[: mended.index("### Nobody")] + mended[mended.index("## Actions") :]
    changes = put_document(web_app, mended).json()["changes"]

    causes, actions = list_actions_and_causes(web_app)
    assert causes == [("The pool of connections ran full", 1), ("Backups were not tried", 1)]
    assert web_app.review_client.reviews[REVIEW].causes[0].whys == (
        "Nothing limits what one tenant may hold.",
    )
    assert actions[0] == ("Limit each tenant to 20 connections of the pool", OLGA, VERA)
    assert any(line.startswith("withdrew C2") for line in changes)


def test_once_actions_are_assigned_a_document_changes_none_of_them(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    before = web_app.review_client.reviews[REVIEW].actions

    answer = put_document(web_app, FACTS)

    assert answer.status_code == 200
    assert answer.json()["changes"] == []
    assert web_app.review_client.reviews[REVIEW].actions == before


def test_actions_that_could_not_be_read_are_named_in_the_answer(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    text = b"# It broke\n\n## Actions\n\n| Action | Owner |\n|---|---|\n| | Olga |\n"

    (change,) = put_document(web_app, text).json()["changes"]

    assert change.startswith("“Action | Owner” (line 7): No action was read from this table.")


NAMING = """\
---
authors: [Ada Lind, Vera]
---
# It broke

Participants: Olga Petrova (on call), @omar and the payments team

## Attendees

| Name | Role |
|---|---|
| Fay Moreau | facilitator |
| {} | scribe |
"""


def list_offers(web_app: WebApp, text: str, by: str) -> list[str]:
    """Return what the answer to a document says of people who are named in it."""
    changes = put_document(web_app, text, by).json()["changes"]
    return [line for line in changes if "named as a participant" in line]


def test_people_named_in_the_document_are_offered_as_participants(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    offers = list_offers(web_app, NAMING.format("Nobody Known"), ADA)

    assert [offer.partition(" is named")[0] for offer in offers] == [
        "Olga Petrova",
        "Omar Haddad",
        "Vera Novak",
    ]
    assert offers[0] == (
        "Olga Petrova is named as a participant, and not invited yet: add them with"
        " `afterword review appoint pagerduty-Q1ABC --role participant --person olga@example.org`"
    )


def test_who_may_not_appoint_hears_who_can(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    offers = list_offers(web_app, "# T\n\nAttendees: Olga\n", FAY)

    assert "Ada Lind can add them with `afterword review appoint" in offers[0]


def test_who_is_added_is_offered_no_more(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    list_offers(web_app, "# T\n\nAttendees: Olga\n", ADA)

    web_app.ask("appoint", ADA, role="participant", person=OLGA)

    assert OLGA in list_invitees(web_app.review_client.reviews[REVIEW])
    assert list_offers(web_app, "# T\n\nAttendees: Olga, Fay\n", ADA) == []


def test_after_the_meeting_nobody_is_offered(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    assert list_offers(web_app, "# T\n\nAttendees: Olga\n", ADA) == []


def list_actions(count: int) -> str:
    rows = "".join(f"| Cap the pool of tenant {n} | olga@example.org |\n" for n in range(count))
    return f"{WHOLE}\n## Actions\n\n| Action | Owner |\n|---|---|\n{rows}"


def test_a_document_with_more_actions_than_a_review_can_hold_is_refused_with_the_limit(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(new_review())

    answer = put_document(web_app, list_actions(1_500))

    assert answer.status_code == 409
    assert answer.json()["code"] == "full"
    assert answer.json()["detail"].startswith(
        "The document has 1500 actions; this review can hold 30."
    )
    assert "Keep the 30 that matter most" in answer.json()["way_out"]
    assert web_app.review_client.reviews[REVIEW].document is None
    assert web_app.review_client.reviews[REVIEW].actions == ()


def test_a_document_with_as_many_as_it_can_hold_is_filed(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    answer = put_document(web_app, list_actions(30))

    assert answer.status_code == 200, answer.text
    assert len(web_app.review_client.reviews[REVIEW].actions) == 30


def test_a_document_of_too_many_lines_is_refused_with_the_limit(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())

    answer = put_document(web_app, WHOLE + "a\n" * 10_001)

    assert answer.status_code == 400
    assert "the limit is 10000" in answer.json()["detail"]
