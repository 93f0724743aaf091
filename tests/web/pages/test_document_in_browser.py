"""The page of a document in a real browser: notes in the margin, or below on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sample_people import FAY, new_review
from tests.web.chromium import Browser, open_chromium
from tests.web.pages.test_decision_in_browser import serve
from tests.web.web_app import REVIEW, WebApp

MOBILE_WIDTH = 600
LINE_HEIGHT = 30
WIDE_TABLE = f"| {' | '.join(f'A wide column {n}' for n in range(12))} |\n|{'---|' * 12}\n"
DOCUMENT = f"""\
# Checkout answered with errors

## Summary

It broke. The engineer should have known.

- Olga forgot to silence the old alert
- Orders failed

{WIDE_TABLE}
```
{"one long line of code " * 20}
```

{"aword" * 60}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one browser for all tests."""
    with open_chromium() as opened:
        yield opened


def list_boxes(browser: Browser, css: str) -> list[dict[str, float]]:
    """Return where the elements are that a selector finds."""
    boxes = f"[...document.querySelectorAll('{css}')].map(e => e.getBoundingClientRect().toJSON())"
    found: list[dict[str, float]] = browser.evaluate(boxes)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_notes_stand_beside_their_paragraph_or_below_it_on_a_phone(
    web_app: WebApp, browser: Browser, width: int, scheme: str
) -> None:
    web_app.review_client.add_review(new_review())
    path, headers = f"/api/reviews/{REVIEW}/document", web_app.build_auth_header(FAY)
    web_app.client.put(path, content=DOCUMENT.encode(), headers=headers)
    with serve(web_app) as address:
        browser.resize(width)
        browser.prefer_colors(scheme)
        browser.open(f"{address}/reviews/{REVIEW}/document")

        words, notes = list_boxes(browser, ".words"), list_boxes(browser, ".notes")
        overflow = browser.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        (table,) = list_boxes(browser, ".scroll")

    assert len(words) == len(notes) == 2
    assert overflow == 0
    assert table["right"] <= width
    assert notes[1]["top"] >= notes[0]["bottom"]
    for paragraph, note in zip(words, notes, strict=True):
        is_below = note["top"] >= paragraph["bottom"]
        is_beside = (
            note["left"] >= paragraph["right"] and note["top"] >= paragraph["top"] - LINE_HEIGHT
        )
        assert is_below if width < MOBILE_WIDTH else is_beside
    assert width < MOBILE_WIDTH or abs(notes[0]["top"] - words[0]["top"]) < LINE_HEIGHT


def test_a_table_uses_the_room_of_notes_where_there_are_none(
    web_app: WebApp, browser: Browser
) -> None:
    table = "| Action | Due |\n|---|---|\n| Limit connections | 2026-12-20 |\n"
    web_app.review_client.add_review(new_review())
    path, headers = f"/api/reviews/{REVIEW}/document", web_app.build_auth_header(FAY)
    text = f"# Checkout answered with errors\n\n## Actions\n\n{table}\n## Lessons\n\nIt works.\n"
    web_app.client.put(path, content=text.encode(), headers=headers)
    with serve(web_app) as address:
        browser.resize(1200)
        browser.open(f"{address}/reviews/{REVIEW}/document")

        (words,) = list_boxes(browser, ".prose > p")
        (table_box,) = list_boxes(browser, ".scroll")
        *_, date = list_boxes(browser, ".scroll td")

    assert table_box["right"] > words["right"] + 10 * LINE_HEIGHT
    assert date["height"] < 2 * LINE_HEIGHT
