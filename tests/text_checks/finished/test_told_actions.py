from __future__ import annotations

from models.filing import ToldStatus
from text_checks.finished.told_actions import list_told_actions
from text_checks.parsing import parse_document

LISTED = """\
# Search was stale

## Action items

- Watch the index for:
  - its age
  - the room on its disk (done)
- Move the index to a disk of its own
  - https://git.example.org/search/issues/7
- Rebuild the index every night
  - Already done in https://git.example.org/search/pull/9 for the small one
- Write a runbook for a stale index
  - Who could do that?
  - @olga: I have a draft somewhere
  - Q: In the wiki?
- Ask the vendor when the fix comes:
"""


def test_what_hangs_below_an_action_is_part_of_it_or_says_what_became_of_it() -> None:
    reading = parse_document(LISTED)

    actions = list_told_actions(reading.actions, LISTED.split("\n"))

    assert [(item.text, told.status) for item, told in actions] == [
        ("Watch the index for: its age", ToldStatus.NOT_TOLD),
        ("Watch the index for: the room on its disk (done)", ToldStatus.DONE),
        ("Move the index to a disk of its own", ToldStatus.NOT_TOLD),
        ("Rebuild the index every night", ToldStatus.DONE),
        ("Write a runbook for a stale index", ToldStatus.NOT_TOLD),
        ("Ask the vendor when the fix comes:", ToldStatus.NOT_TOLD),
    ]
    assert actions[2][1].ticket == "https://git.example.org/search/issues/7"


def test_a_question_of_its_own_stays_an_action() -> None:
    text = "# X\n\n## Action items\n\n- Could the index be rebuilt every night?\n"

    ((item, _),) = list_told_actions(parse_document(text).actions, text.split("\n"))

    assert item.text == "Could the index be rebuilt every night?"


def test_actions_in_prose_are_taken_as_they_are() -> None:
    text = "# X\n\n## Action items\n\nThe index will be rebuilt every night.\n"

    actions = list_told_actions(parse_document(text).actions, text.split("\n"))

    assert [item.text for item, _ in actions] == ["The index will be rebuilt every night."]
