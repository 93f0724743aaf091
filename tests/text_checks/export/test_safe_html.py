"""Documents as safe HTML: rendered as their authors meant, with each note at its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from text_checks.export import MarginNote, render_document

TEXT = """\
# Search was stale {#search}

First, it
was stale.

1. one

   two
2. three

- tight
- items

| Action | Due |
|---|---|
| Page on lag |
:::info
2027-01-11
:::
 |
| Cap it | soon |

```
code
```
"""


def find_noted(markdown: str, *lines: int) -> list[str]:
    """Return the words beside which a note of each line stands, from top to bottom."""
    notes = [MarginNote(line=line, name=f"W{line}", problem="Really?") for line in lines]
    shown: Any = html.fromstring(f"<main>{render_document(markdown, notes)}</main>")
    return [
        " ".join(words.text_content().split()) for words in shown.xpath("//div[@class='words']")
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (1, "Search was stale"),
        (3, "First, it was stale."),
        (4, "First, it was stale."),
        (6, "one"),
        (8, "two"),
        (9, "three"),
        (12, "items"),
        (14, "Action Due Page on lag 2027-01-11 Cap it soon"),
        (21, "Action Due Page on lag 2027-01-11 Cap it soon"),
        (24, "code"),
        (99, "code"),
    ],
)
def test_a_note_stands_beside_the_block_of_its_line(line: int, words: str) -> None:
    assert find_noted(TEXT, line) == [words]


def test_notes_of_one_block_stand_together_and_notes_of_none_at_the_end() -> None:
    notes = [MarginNote(line=n, name=f"W{n}", problem="<b>Really?</b>") for n in (1, 1, 2)]

    together, alone = render_document("a\nb", notes), render_document("", notes[:1])

    assert together.count('class="notes"') == 1
    assert together.count("&lt;b&gt;Really?&lt;/b&gt;") == 3
    assert 'class="note"' in alone


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("a<br>b", "<p>a<br>b</p>\n"),
        ("<aside>\n\nA hint\n\n</aside>", "<p></p>\n<p>A hint</p>\n<p></p>\n"),
        ("- [ ] open\n- [x] done", "<ul>\n<li>☐ open</li>\n<li>☑ done</li>\n</ul>\n"),
        ("## Summary {#summary}", "<h2>Summary</h2>\n"),
        ("# T\n\n# Other", "<h2>Other</h2>\n"),
        ("---\ntitle: x\n---\na", "<p>a</p>\n"),
        ("[a](./b.md)", '<p><a rel="noopener nofollow">a</a></p>\n'),
        ("<http://d.e>", '<p><a href="http://d.e" rel="noopener nofollow">http://d.e</a></p>\n'),
        ("![][1]\n\n[1]: <data:image/png;base64,AAAA>", "<p>(a picture)</p>\n"),
    ],
)
def test_what_tools_write_is_rendered_as_it_is_meant(markdown: str, shown: str) -> None:
    assert render_document(markdown, title="T") == shown


@given(
    st.text(alphabet="ab1 #*|-:\n\t`>[]().<!-=/", max_size=200),
    st.lists(st.integers(0, 30), max_size=4),
)
def test_any_document_is_rendered_with_every_note(text: str, lines: list[int]) -> None:
    notes = [MarginNote(line=line, name="W1", problem="Really?") for line in lines]

    assert render_document(text, notes).count('class="note"') == len(lines)
