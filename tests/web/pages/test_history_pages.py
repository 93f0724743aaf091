from __future__ import annotations

import re

from tests.filed_history import FINISHED
from tests.web.api.test_import_routes import import_text
from tests.web.web_app import WebApp


def read_page(web_app: WebApp, path: str) -> str:
    """Return the text of a page, without tags."""
    html = web_app.client.get(path).text
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def test_a_page_says_that_history_was_filed_and_that_nobody_verified_it(web_app: WebApp) -> None:
    filed = import_text(web_app, FINISHED).json()["review"]

    page = read_page(web_app, f"/reviews/{filed}")

    assert "history" in page.split("Search was stale")[0]
    assert "Filed as history by Reliability desk on" in page
    assert "not carried by Afterword" in page
    assert "Actions 4, none verified here" in page
    for status in ("done, as told", "not done, as told", "dropped, as told", "unverified"):
        assert status in page
    assert "“In progress”" in page
    assert "Nils Holm" in page
    assert "derived from the text" in page
    for absent in ("overdue", "add a fact or a remark", "Verifier", "Blocking", "open</span>"):
        assert absent not in page


def test_a_list_says_which_reviews_are_history_and_shows_them_alone(web_app: WebApp) -> None:
    import_text(web_app, FINISHED)
    web_app.post("reviews", {"title": "Checkout was slow"})

    everything, history, closed = (
        read_page(web_app, f"/reviews{query}") for query in ("", "?stage=history", "?stage=closed")
    )

    assert everything.index("Checkout was slow") < everything.index("Search was stale")
    assert "ended 14 Mar 2025 , filed as history" in everything
    assert "Search was stale" in history
    assert "Checkout was slow" not in history
    assert "Search was stale" not in closed


def test_history_and_its_follow_up_refer_to_each_other(web_app: WebApp) -> None:
    answer = import_text(web_app, FINISHED, open_follow_up=True).json()

    history = web_app.client.get(f"/reviews/{answer['review']}").text
    follow_up = read_page(web_app, f"/reviews/{answer['follow_up']}")

    assert f'<a href="/reviews/{answer["follow_up"]}">' in history
    assert "took up 2 undone actions of the finished post-mortem “Search was stale”" in follow_up
    assert answer["review"] in follow_up
    assert "2 of 2 open" in follow_up
