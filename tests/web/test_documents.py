from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from models.errors import Unknown
from tests.cast import ADA, FAY, OLGA, VERA, new_review
from tests.lives import assigned, closed, drafted
from tests.web.house import REVIEW, TOOL, House

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


def put(house: House, content: bytes | str, by: str = FAY, **headers: str) -> Any:
    return house.client.put(
        f"/api/{PATH}",
        content=content,
        headers={**house.bearer(by), "Content-Type": "text/markdown", **headers},
    )


def test_a_document_is_filed_and_read_again_as_it_was_written(house: House) -> None:
    house.room.put(new_review())

    written = put(house, WHOLE)
    read = house.get(PATH, by=ADA)

    assert written.status_code == 200, written.text
    assert written.json()["missing"] == []
    assert written.json()["findings"] == []
    assert written.json()["said"] == "wrote the document, revision 1"
    assert read.text == WHOLE
    assert read.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert read.headers["ETag"] == '"1"'


def test_title_size_sections_and_digest_enter_the_review_as_facts(house: House) -> None:
    house.room.put(new_review())

    put(house, WHOLE)

    document = house.room.reviews[REVIEW].document
    assert document is not None
    assert document.title == "Checkout ran dry"
    assert document.size == len(WHOLE.encode())
    assert document.digest == hashlib.sha256(WHOLE.encode()).hexdigest()
    assert "what went well" in document.sections


def test_a_document_without_required_sections_is_filed_and_hears_which(house: House) -> None:
    house.room.put(new_review())

    written = put(house, "# Checkout\n\n## Summary\n\nIt failed.\n")

    assert written.status_code == 200
    assert written.json()["missing"] == ["impact", "timeline"]


def test_words_that_blame_are_said_at_once(house: House) -> None:
    house.room.put(new_review())

    written = put(house, WHOLE + "\n## Causes\n\nIt was human error.\n")

    found = written.json()["findings"]
    assert [f["code"] for f in found] == ["human-error"]
    assert found[0]["where"] == "It was human error."
    assert house.room.reviews[REVIEW].findings[0].code == "human-error"


def test_who_wrote_over_an_older_revision_is_refused_and_nothing_is_lost(house: House) -> None:
    house.room.put(new_review())
    put(house, WHOLE)
    put(house, WHOLE + "\nMore.\n", If_Match="x", **{"If-Match": '"1"'})

    late = put(house, "mine", **{"If-Match": '"1"'})

    assert late.status_code == 409
    assert late.json()["code"] == "conflict"
    assert house.get(PATH).text == WHOLE + "\nMore.\n"


@pytest.mark.parametrize("match", ["1", '"1"', 'W/"1"', "*", ""])
def test_a_revision_may_be_written_in_several_ways(house: House, match: str) -> None:
    house.room.put(new_review())
    put(house, WHOLE)

    assert put(house, WHOLE + "more", **{"If-Match": match}).status_code == 200


def test_a_revision_that_is_none_is_refused(house: House) -> None:
    house.room.put(new_review())

    answer = put(house, WHOLE, **{"If-Match": "latest"})

    assert answer.status_code == 400
    assert answer.json()["reason"] == 'If-Match: “latest” is no revision; write it as "3"'


def test_a_document_of_512_kib_is_taken_and_one_octet_more_is_not(house: House) -> None:
    house.room.put(new_review())
    most = WHOLE + "x" * (512 * 1024 - len(WHOLE.encode()))

    taken, refused = put(house, most), put(house, most + "x")

    assert taken.status_code == 200
    assert refused.status_code == 413
    assert "512 KiB" in refused.json()["reason"]
    assert house.get(PATH).text == most


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"# Checkout\n\nline two \xff\n", "not UTF-8: see line 3"),
        (b"PK\x03\x04\x00", "holds a NUL"),
        (b"", "The document is empty."),
        (b" \n\n", "The document is empty."),
    ],
)
def test_what_is_no_document_is_refused(house: House, content: bytes, reason: str) -> None:
    house.room.put(new_review())

    answer = put(house, content)

    assert answer.status_code == 400
    assert reason in answer.json()["reason"]
    assert house.room.reviews[REVIEW].document is None


def test_line_ends_and_byte_order_mark_are_kept_as_written(house: House) -> None:
    house.room.put(new_review())
    content = b"\xef\xbb\xbf# Checkout\r\n\r\n## Summary\r\n\r\nIt failed.\r\n"

    written = put(house, content)

    assert written.json()["missing"] == ["impact", "timeline"]
    assert house.get(PATH).content == content


def test_the_same_key_writes_once(house: House) -> None:
    house.room.put(new_review())

    first, second = (put(house, WHOLE, **{"Idempotency-Key": "w"}) for _ in range(2))

    assert first.json()["revision"] == second.json()["revision"]
    assert house.get(PATH).headers["ETag"] == '"1"'


def test_a_reader_who_has_this_revision_is_told_so(house: House) -> None:
    house.room.put(new_review())
    put(house, WHOLE)

    answer = house.client.get(f"/api/{PATH}", headers={**house.bearer(ADA), "If-None-Match": '"1"'})

    assert answer.status_code == 304
    assert answer.content == b""


def test_a_review_without_a_document_says_so(house: House) -> None:
    house.room.put(new_review())

    answer = house.get(PATH)

    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown"


def test_only_writers_write(house: House) -> None:
    house.room.put(new_review())

    answers = [put(house, WHOLE, by=by) for by in (OLGA, TOOL)]

    assert {answer.status_code for answer in answers} == {409}
    assert {answer.json()["code"] for answer in answers} == {"not-yours"}


@pytest.mark.parametrize("by", [OLGA, VERA, TOOL])
@pytest.mark.parametrize("restricted_to", [(), (ADA,)])
def test_what_may_not_be_written_is_not_archived(
    house: House, by: str, restricted_to: tuple[str, ...]
) -> None:
    house.room.put(replace(new_review(), restricted_to=restricted_to))

    answer = put(house, WHOLE, by=by)

    assert answer.status_code in (403, 409)
    assert answer.json()["code"] in ("not-yours", "restricted")
    with pytest.raises(Unknown):
        house.archive.content(hashlib.sha256(WHOLE.encode()).hexdigest())


def test_a_document_of_a_review_nobody_knows_is_not_archived(house: House) -> None:
    assert put(house, WHOLE).status_code == 404

    with pytest.raises(Unknown):
        house.archive.content(hashlib.sha256(WHOLE.encode()).hexdigest())


def test_a_register_that_lags_behind_refuses_nothing_that_the_review_takes(house: House) -> None:
    house.room.put(new_review())
    house.room.deaf = True
    put(house, WHOLE)

    again = put(house, WHOLE + "more", **{"If-Match": '"1"', "Idempotency-Key": "k"})
    repeated = put(house, WHOLE + "more", **{"If-Match": '"1"', "Idempotency-Key": "k"})

    assert (again.status_code, repeated.status_code) == (200, 200)
    assert again.json() == repeated.json()


def test_a_closed_review_takes_no_document(house: House) -> None:
    house.room.put(closed().review)

    assert put(house, WHOLE).json()["code"] == "closed"


def test_a_restricted_document_is_read_by_its_people_only(house: House) -> None:
    house.room.put(replace(drafted().review, restricted_to=(ADA,)))
    put(house, WHOLE)

    answers = {by: house.get(PATH, by=by).status_code for by in (ADA, FAY, VERA, TOOL)}

    assert answers == {ADA: 200, FAY: 200, VERA: 403, TOOL: 403}


def test_an_unknown_review_has_no_document(house: House) -> None:
    assert put(house, WHOLE).status_code == 404
    assert house.get(PATH).status_code == 404


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


def facts(house: House) -> tuple[list[tuple[str, int]], list[tuple[str, str, str]]]:
    """Give the causes and actions that stand in the review."""
    review = house.room.reviews[REVIEW]
    return (
        [(c.symptom, len(c.whys)) for c in review.causes if not c.withdrawn],
        [(a.text, a.owner, a.verifier) for a in review.actions if a.standing == "proposed"],
    )


def test_what_a_document_says_of_causes_and_actions_becomes_the_reviews_own(house: House) -> None:
    house.room.put(new_review())

    said = put(house, FACTS).json()["facts"]

    causes, actions = facts(house)
    assert causes == [("The pool of connections ran full", 1), ("Nobody was paged", 1)]
    assert actions == [
        ("Limit each tenant to 20 connections in the pool", OLGA, VERA),
        ("Alert when the payment queue is above 100 for 5 min", "", ""),
    ]
    first, second = house.room.reviews[REVIEW].actions
    assert (str(first.due), first.priority, first.causes) == ("2026-04-08", "P2", ("C1",))
    assert first.measure == "Load test"
    assert (second.due, second.causes) == (None, ())
    assert any("Nobody Known" in line for line in said)
    assert any("1999-01-01" in line for line in said)
    assert any("C9" in line for line in said)


def test_the_same_document_again_gives_no_order(house: House) -> None:
    house.room.put(new_review())
    put(house, FACTS)
    before = facts(house)

    again = put(house, FACTS).json()["facts"]

    assert facts(house) == before
    assert not any(line.startswith(("named", "proposed", "revised", "withdrew")) for line in again)


def test_words_that_were_mended_revise_and_what_is_gone_is_withdrawn(house: House) -> None:
    house.room.put(new_review())
    put(house, FACTS)
    by_hand = house.ask(
        "add-cause", by=FAY, symptom="Backups were not tried", whys=["No one owns the restore."]
    )
    assert by_hand.status_code == 200

    mended = FACTS.replace("in the pool |", "of the pool |").replace("may take.", "may hold.")
    mended = mended[: mended.index("### Nobody")] + mended[mended.index("## Actions") :]
    said = put(house, mended).json()["facts"]

    causes, actions = facts(house)
    assert causes == [("The pool of connections ran full", 1), ("Backups were not tried", 1)]
    assert house.room.reviews[REVIEW].causes[0].whys == (
        "Nothing limits what one tenant may hold.",
    )
    assert actions[0] == ("Limit each tenant to 20 connections of the pool", OLGA, VERA)
    assert any(line.startswith("withdrew C2") for line in said)


def test_once_actions_are_assigned_a_document_changes_none_of_them(house: House) -> None:
    house.room.put(assigned().review)
    before = house.room.reviews[REVIEW].actions

    answer = put(house, FACTS)

    assert answer.status_code == 200
    assert answer.json()["facts"] == []
    assert house.room.reviews[REVIEW].actions == before
