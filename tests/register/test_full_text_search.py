from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.action import ActionStatus, Verified
from models.document import Cause, Document
from models.incident import Recurrence
from models.review import Review
from register.archive import Archive
from register.recorder import mark_lost, record
from register.search.search_queries import (
    SearchConditions,
    SearchHit,
    SearchResult,
    search_register,
    split_marks,
)
from register.search.spellings import find_near_words, finds_spellings
from register.transactions import begin_write
from rules.projection import build_register_update
from rules.search.query_parser import parse_query
from rules.search.search_entries import EntryKind
from tests.databases import get_engine
from tests.register.full_reviews import RUN, build_action
from tests.sample_people import ADA, INCIDENT, MONDAY, OLGA, PIA, SAM, VERA, new_review
from text_checks.search_passages import list_passages

DOCUMENT = """# Checkout

## Summary

The **pool** of connections ran dry; [the café](https://x.example.org/secret) of Müller closed.

## Timeline

- 10:00 UTC paged for db-7.example.org
"""

HOSTILE = [
    '"',
    '" OR 1=1 --',
    "NEAR(a b, 5)",
    "title:retries",
    "{title} : retries",
    "^retries",
    "a AND OR NOT b",
    "(((",
    "'; DROP TABLE reviews; --",
    "a & | ! <-> b:*",
    "\\' \\x00",
    "\0",
    "a" * 10_000,
    '* ** -* "*"',
    "%_%",
    "½ ² ﬁ Ａ",
    "\u202eretries",
    "👩‍👩‍👧",
    "ß" * 400,
    "-retries",
    'retries"',
]


def add_review(engine: Engine, key: str, **fields: Any) -> Review:
    """Record a review and return it; `title` and `services` are those of its incident."""
    names = ("title", "services")
    incident = {name: fields.pop(name) for name in names if name in fields}
    base = fields.pop("incident", INCIDENT)
    review = replace(
        new_review(),
        id=f"review-pagerduty-{key}",
        incident=replace(base, key=key, **incident),
        **fields,
    )
    record(engine, build_register_update(review, RUN, None), list_passages)
    return review


def search(engine: Engine, q: str, reader: str = "", **conditions: Any) -> SearchResult:
    return search_register(
        engine,
        parse_query(q),
        SearchConditions(**conditions),
        reader=reader,
        now=MONDAY,
        limit=20,
    )


def find_places(engine: Engine, q: str, **conditions: Any) -> list[str]:
    """List what a search finds: the key of the review and the item, the best first."""
    hits = search(engine, q, **conditions).hits
    return [f"{hit.review.removeprefix('review-pagerduty-')} {hit.item}".strip() for hit in hits]


def join_pieces(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(f"[{piece}]" if is_match else piece for piece, is_match in pieces)


def find_only(engine: Engine, q: str) -> SearchHit:
    (hit,) = search(engine, q).hits
    return hit


def test_each_thing_that_people_look_for_is_found_by_its_words(engine: Engine) -> None:
    verified = Verified(evidence="graph of jitter", finding="holds", by=VERA, at=MONDAY)
    action = replace(
        build_action(1), text="Limit tenants", measure="under twenty", outcome=verified
    )
    add_review(
        engine,
        "Q1",
        title="Certificates expired",
        services=("payments",),
        causes=(Cause(id="C1", symptom="Nobody renewed", whys=("no reminder",)),),
        actions=(action,),
        recurrences=(Recurrence(id="R1", at=MONDAY, text="Expired again on the relay"),),
    )

    found = {
        word: find_places(engine, word)
        for word in ("certificate", "payments", "Q1", "renew", "reminders", "tenant", "twenty")
    }

    assert found == {
        "certificate": ["Q1"],
        "payments": ["Q1"],
        "Q1": ["Q1"],
        "renew": ["Q1 C1"],
        "reminders": ["Q1 C1"],
        "tenant": ["Q1 A1"],
        "twenty": ["Q1 A1"],
    }
    assert find_places(engine, "jitter") == find_places(engine, "holds") == ["Q1 A1"]
    assert find_places(engine, "relay") == ["Q1 R1"]


def test_documents_are_found_by_the_words_that_readers_see(engine: Engine) -> None:
    digest = Archive(engine).documents.store_document(DOCUMENT.encode())
    add_review(engine, "Q1", document=build_document(digest))

    assert find_places(engine, "pool dry") == ["Q1 summary"]
    assert find_places(engine, "cafe muller") == ["Q1 summary"]
    assert find_places(engine, "db-7.example.org") == ["Q1 timeline"]
    assert find_places(engine, "secret") == []


def build_document(digest: str) -> Document:
    return Document(digest=digest, revision=1, by=ADA, at=MONDAY, size=len(DOCUMENT))


def test_words_phrases_beginnings_and_exclusions_narrow_a_search(engine: Engine) -> None:
    add_review(engine, "Q1", title="Retries made a storm")
    add_review(engine, "Q2", title="A retry storm at checkout")

    assert sorted(find_places(engine, "storm retry")) == ["Q1", "Q2"]
    assert find_places(engine, '"retry storm"') == ["Q2"]
    assert sorted(find_places(engine, "stor*")) == ["Q1", "Q2"]
    assert find_places(engine, "stor") == []
    assert find_places(engine, 'storm -"retry storm"') == ["Q1"]
    assert find_places(engine, "the storm") == []


def test_filters_hold_for_all_that_is_found(engine: Engine) -> None:
    causes = (Cause(id="C1", symptom="A storm of retries"),)
    add_review(engine, "Q1", title="Storm", services=("Mail",), causes=causes)
    add_review(engine, "Q2", title="Storm", opened_at=MONDAY + timedelta(days=2))

    result = search(engine, "storm", kind=EntryKind.CAUSE)

    assert [hit.item for hit in result.hits] == ["C1"]
    assert result.counts == {EntryKind.REVIEW: 2, EntryKind.CAUSE: 1}
    assert find_places(engine, "storm", service="mail") == ["Q1", "Q1 C1"]
    assert find_places(engine, "storm", since=MONDAY + timedelta(days=1)) == ["Q2"]


def test_what_was_found_is_marked_and_nothing_else(engine: Engine) -> None:
    texts: dict[str, Any] = {
        "text": "Limit <b>retries</b>",
        "measure": "A storm of \ue000retries\ue001 & more",
    }
    due = MONDAY.date()
    add_review(engine, "Q1", actions=(replace(build_action(1), due=due, **texts),))

    hit = find_only(engine, "limit retry")

    assert join_pieces(hit.title) == "[Limit] <b>[retries]</b>"
    assert join_pieces(hit.snippet) == "A storm of [retries] & more"
    assert hit.status is ActionStatus.ACCEPTED
    assert hit.is_late(due + timedelta(days=1))
    assert not hit.is_late(due)


def test_a_title_counts_more_than_a_body_and_a_newer_review_more_than_an_old(
    engine: Engine,
) -> None:
    add_review(engine, "Q1", title="Quota", opened_at=MONDAY - timedelta(days=2000))
    add_review(engine, "Q2", title="Quota", opened_at=MONDAY - timedelta(days=2))
    add_review(engine, "Q3", causes=(Cause(id="C1", symptom="Full", whys=("the quota was",)),))

    assert find_places(engine, "quota") == ["Q2", "Q1", "Q3 C1"]


@pytest.mark.parametrize("q", HOSTILE)
def test_whatever_is_typed_is_a_search_and_never_an_error(engine: Engine, q: str) -> None:
    add_review(engine, "Q1", title="Retries")

    assert len(search(engine, q).hits) <= 1


def test_nobody_finds_a_restricted_review_but_those_who_may_see_it(engine: Engine) -> None:
    causes = (Cause(id="C1", symptom="Zeppelin landed"),)
    add_review(engine, "Q1", title="Zeppelin", restricted_to=(PIA,), causes=causes)
    add_review(engine, "Q2", title="Zeppelin too")

    for reader in (ADA, SAM, PIA):
        assert search(engine, "zeppelin", reader).counts == {
            EntryKind.REVIEW: 2,
            EntryKind.CAUSE: 1,
        }
    for stranger in ("", OLGA, "nobody@example.org"):
        assert search(engine, "zeppelin", stranger).counts == {EntryKind.REVIEW: 1}
        assert find_near_words(engine, "zepelin", stranger) == ("zeppelin",)
        assert find_near_words(engine, "landd", stranger) == ()


def test_a_review_is_hidden_from_search_as_soon_as_it_is_restricted(engine: Engine) -> None:
    before = add_review(engine, "Q1", title="Zeppelin")
    after = replace(before, revision=1, restricted_to=(ADA,))

    record(engine, build_register_update(after, RUN, None), list_passages)

    assert find_places(engine, "zeppelin") == []
    assert find_near_words(engine, "zepelin", "") == ()


def test_what_is_visible_is_found_behind_more_that_is_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.search.search_queries.MAX_RANKED", 3)
    for number in range(5):
        add_review(engine, f"R{number}", title="Zeppelin", restricted_to=(PIA,))
    add_review(engine, "Q1", title="The long tale of how one zeppelin could not land")

    assert find_places(engine, "zeppelin") == ["Q1"]
    assert not search(engine, "zeppelin").is_capped
    assert search(engine, "zeppelin", PIA).is_capped


def test_a_kind_is_searched_behind_more_of_another(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.search.search_queries.MAX_RANKED", 3)
    causes = (Cause(id="C1", symptom="It happened", whys=("a zeppelin " * 9,)),)
    for number in range(5):
        add_review(engine, f"Q{number}", title="Zeppelin", causes=causes if number == 0 else ())

    assert find_places(engine, "zeppelin", kind=EntryKind.CAUSE) == ["Q0 C1"]


def test_a_lost_review_is_still_found(engine: Engine) -> None:
    mark_lost(engine, add_review(engine, "Q1", title="Zeppelin").id)

    assert find_places(engine, "zeppelin") == ["Q1"]


@pytest.mark.parametrize("typed", ["certifcate", "certficate", "cretificate", "certificat"])
def test_a_mistyped_word_has_near_spellings(engine: Engine, typed: str) -> None:
    add_review(engine, "Q1", title="The certificate of the gateway expired")

    assert find_near_words(engine, typed, "") == ("certificate",)


def test_a_short_or_odd_word_has_no_near_spelling(engine: Engine) -> None:
    add_review(engine, "Q1", title="The certificate of the gateway expired")

    assert [find_near_words(engine, word, "") for word in ("th", "\U0010ffff" * 5, "qqqqqq")] == [
        (),
        (),
        (),
    ]


def test_without_the_extension_for_near_spellings_search_goes_on(postgres_engine: Engine) -> None:
    add_review(postgres_engine, "Q1", title="The certificate expired")
    assert finds_spellings(postgres_engine)
    with begin_write(postgres_engine) as connection:
        connection.execute(text("DROP EXTENSION pg_trgm CASCADE"))

    try:
        assert not finds_spellings(postgres_engine)
        assert find_near_words(postgres_engine, "certifcate", "") == ()
        assert find_places(postgres_engine, "certificate") == ["Q1"]
    finally:
        with begin_write(postgres_engine) as connection:
            connection.execute(text("CREATE EXTENSION pg_trgm"))


@pytest.fixture
def postgres_engine(postgres_address: str) -> Iterator[Engine]:
    yield get_engine(postgres_address)
    get_engine(postgres_address).dispose()


def test_marks_divide_a_text() -> None:
    assert split_marks("a \ue000b\ue001 c") == (("a ", False), ("b", True), (" c", False))
    assert split_marks("") == ()
    assert split_marks("\ue000b") == (("b", True),)
