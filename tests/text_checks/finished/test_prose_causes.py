from __future__ import annotations

import pytest

from text_checks.finished.prose_causes import derive_causes

IN_SECTIONS = [
    (
        "The root cause was a lock that nobody released. This meant that writes waited.",
        ("The root cause was a lock that nobody released.",),
    ),
    (
        "There were two factors. First, the lock had no limit. Second, the alert was copied.",
        ("The lock had no limit.", "The alert was copied."),
    ),
    (
        "The import did not release its lock. As a result, every write waited for an hour.",
        ("The import did not release its lock.",),
    ),
    (
        "Writes went to a disk without room. We restarted the import.",
        ("Writes went to a disk without room.",),
    ),
    (
        "Root cause: the lock of the import was never released.",
        ("The lock of the import was never released.",),
    ),
    ("The root cause is not yet known.", ()),
    ("Why did nobody see it?", ()),
]

IN_SUMMARIES = [
    (
        "Writes failed for an hour. The outage was caused by a lock that the import held.",
        ("The outage was caused by a lock that the import held.",),
    ),
    (
        "Writes failed. After an hour we found that the import held a lock.",
        ("After an hour we found that the import held a lock.",),
    ),
    ("Writes failed for an hour. We were late because of the fog.", ()),
    ("Writes failed. No data was lost due to this.", ()),
    ("We restarted the import to prevent that it is caused by the lock again.", ()),
]


@pytest.mark.parametrize(("prose", "causes"), IN_SECTIONS)
def test_a_section_on_causes_gives_those_that_its_prose_names(
    prose: str, causes: tuple[str, ...]
) -> None:
    text = f"# Mail was late\n\n## Summary\n\nIt was late.\n\n## Root cause\n\n{prose}\n"

    assert derive_causes(text) == causes


@pytest.mark.parametrize(("prose", "causes"), IN_SUMMARIES)
def test_without_such_a_section_the_summary_gives_what_it_says_was_the_cause(
    prose: str, causes: tuple[str, ...]
) -> None:
    assert derive_causes(f"# Mail was late\n\n## Summary\n\n{prose}\n") == causes


def test_the_same_cause_in_other_words_is_one() -> None:
    text = (
        "# Mail was late\n\n## Root cause\n\nThe root cause was a lock that nobody released.\n\n"
        "The underlying cause was that the lock was released by nobody.\n"
    )

    assert len(derive_causes(text)) == 1


def test_links_and_marks_are_read_as_their_words() -> None:
    text = "# X\n\n## Cause\n\nThe **lock** of [the import](https://x.example.org) was `stale`.\n"

    assert derive_causes(text) == ("The lock of the import was stale.",)


def test_a_very_long_text_is_no_trouble() -> None:
    text = "# X\n\n## Cause\n\n" + "It failed because the lock was stale in pool 7. " * 3_000

    assert len(derive_causes(text)) <= 3


def test_a_labelled_paragraph_is_a_section_on_causes() -> None:
    text = (
        "# Mail was late\n\n**Impact:** Mail waited.\n\n**Root Causes:** A lock that was never"
        " released, due to a crash.\n\n**Trigger:** A release.\n"
    )

    assert derive_causes(text) == ("A lock that was never released, due to a crash.",)
